-- Recorders or consoles encrypted. Two things run away at once: what the
-- recorders hold, and what nobody sees any more.
local back = require "lib.back"
local bcp = require "lib.bcp"
local begin = require "lib.begin"
local command = require "lib.command"
local contain = require "lib.contain"
local evidence = require "lib.evidence"
local guards = require "lib.guards"
local people = require "lib.people"
local step = require "lib.step"
local vars = require "lib.vars"

return {
  api = 1,
  kind = "emergency",
  id = "security-surveillance/ransomware",
  title = { en = "Recorders encrypted", ja = "録画装置の暗号化" },
  symptoms = { en = "Ransom note on a recorder or console, recordings do not open",
               ja = "脅迫文が出る、録画が開けない" },
  severity = 1,
  order = 1,
  safety = {
    en = "Cameras may be blind. People at doors come before repair. Guards go in pairs.",
    ja = "カメラが見えていないおそれがある。修理より先に扉と門に人を置く。警備員は二人組で動く。",
  },
  legal = { "mlit-first", "appi-preliminary" },
  vars = {
    host = vars.host { ask_at_start = true,
      ask = { en = "Which recorder or server showed it first (NVR1 to NVR4, VMS1)?",
              ja = "最初に異常が出た装置はどれですか？（NVR1〜NVR4、VMS1など）" } },
    began = vars.began(),
    blind = vars.count {
      ask = { en = "How many of the 36 red-list cameras show no picture?",
              ja = "重点カメラ36台のうち、映像が出ないカメラは何台ですか？" } },
    newest = { type = "time",
               ask = { en = "Until what time do recordings still play?",
                       ja = "再生できる録画は何時までですか？" } },
  },
  steps = step.flow {
    command.lead(),
    begin.ask { ask = { "host", "began" } },
    begin.photo {
      what = { en = "the note on ${host} and the lamps of rack E2",
               ja = "${host}の脅迫文とラックE2のランプ" },
    },

    -- Containment: one person can do it in ten minutes.
    guards.cut { after = {} },
    guards.vendor_off(),
    contain.cable {
      device = "${host}",
      cable = { en = "the red cable", ja = "赤いケーブル" },
      place = { en = "rack E1, ESW1, the port labelled ${host}",
                ja = "ラックE1、ESW1の「${host}」の札のポート" },
      role = "guard-duty",
    },
    { id = "spread",
      title = { en = "Judge how far it has gone", ja = "被害の広がりを判断する" },
      say = { en = "On VC1, play one minute from each recorder: NVR1, 2, 3, 4.",
              ja = "VC1で、NVR1〜NVR4の録画を1分ずつ再生してみる。" },
      role = "guard-duty",
      within = "10m",
      choose = {
        { id = "one", title = { en = "Only ${host}", ja = "${host}だけ" }, go = "hold" },
        { id = "many", title = { en = "Two or more recorders", ja = "録画装置2台以上" },
          go = "unplug-mirror" },
        { id = "vms", title = { en = "VMS1 or the consoles too", ja = "VMS1や監視端末も" },
          go = "unplug-mirror" },
        { id = "unknown", title = { en = "Cannot tell", ja = "わからない" },
          go = "unplug-mirror" },
      } },
    contain.cable {
      id = "unplug-mirror",
      device = "NVR4",
      cable = { en = "the red cable", ja = "赤いケーブル" },
      place = { en = "rack E1, ESW1 port 4", ja = "ラックE1、ESW1の4番ポート" },
      check = { en = "Link light off. The mirror's older recordings are safe.",
                ja = "リンクランプが消え、NVR4の過去の録画は守られた。" },
      role = "guard-duty",
    },
    guards.hold(),

    -- People where it is blind.
    { id = "blind",
      title = { en = "Count the blind cameras", ja = "見えないカメラを数える" },
      say = { en = "Count them on the red list, and note until when recordings play.",
              ja = "重点カメラ一覧で数え、再生できる最後の時刻も控える。" },
      good = { en = "Both answers are entered, or \"unknown\".",
               ja = "両方に答えか「不明」が入った。" },
      on_fail = { en = "The wall is dark: enter 36 and go on.",
                  ja = "画面が全て消えている場合は36と入れて進む。" },
      role = "guard-duty", within = "5m",
      after = { "hold" }, ask = { "blind", "newest" } },
    guards.posts { plan = { en = "plan A, or the posts of the blind cameras",
                            ja = "配置A（または見えないカメラの位置）" } },
    guards.doors(),
    guards.intruder { clear = "inform-airport-agencies" },
    guards.agencies(),
    people.authority { authority = "mlit", clock = "mlit-first", start = true,
                       who = { en = "Transport ministry", ja = "国土交通省" } },

    -- Long blindness, meanwhile. It runs beside the repair, not before it.
    bcp.decide {
      figure = { en = "Invoke if over 7 red-list cameras stay blind beyond 30 minutes.",
                 ja = "重点カメラ8台以上が30分を超えて見えない場合は発動する。" },
      invoke = "continuity", hold = "end", after = { "posts" },
    },
    { id = "continuity", title = { en = "Patrols and fixed posts", ja = "巡回と立哨による監視" },
      role = "guard-duty", runbook = "security-surveillance/continuity", go = "end" },

    -- Evidence, meanwhile.
    evidence.volatile { target = "${host}", after = { "hold" }, role = "security" },
    evidence.logs { target = "${host}", role = "security" },
    evidence.recording {
      target = "NVR4",
      span = { en = "door and racks of 1F-07, cameras 107 and 108, three days",
               ja = "1F-07室の扉とラック、107・108番、過去3日分" },
      on_fail = { en = "NVR4 hit too: take the memory cards of cameras 107 and 108.",
                  ja = "NVR4も使えない場合は、107・108番のメモリーカードを抜く。" },
    },
    evidence.disk { target = "${host}", preserves = { "disk", "recording", "config" } },

    -- The team, meanwhile.
    people.tree { id = "call-csirt", tree = "csirt", after = { "hold" },
                  who = { en = "the CSIRT", ja = "CSIRT" } },
    people.tree { id = "call-mgmt", tree = "management",
                  who = { en = "management", ja = "経営層" } },
    { id = "vendor",
      title = { en = "Call Mihon Security Works", ja = "見本警備機器を呼ぶ" },
      say = { en = "Phone the vendor, contract MSC-2026-012: recorder, software version, note text.",
              ja = "契約MSC-2026-012の窓口に、機種、版、脅迫文を電話で伝える。" },
      good = { en = "An engineer comes within four hours with sealed media.",
               ja = "技術者が4時間以内に、封印済み媒体を持って来る。" },
      on_fail = { en = "No answer: call again every 15 minutes; go on without.",
                  ja = "出ない場合は15分ごとにかけ直し、先へ進む。" },
      warn = { en = "No remote session: VR1 stays off.",
               ja = "遠隔での作業は断る。VR1は切ったままにする。" },
      role = "operator", within = "15m" },

    -- What was taken.
    { id = "leak",
      title = { en = "Decide: were recordings copied out?", ja = "録画の持出しの有無を判断する" },
      say = { en = "Read port 48 of ESW1: bytes out since ${began}. Normal: under 20 GB a day.",
              ja = "ESW1の48番ポートの送信量（${began}以降）を見る。通常は1日20GB未満。" },
      role = "security", within = "1h",
      after = { "image", "told-mlit", "vendor" },
      choose = {
        { id = "yes", title = { en = "Yes, or the volume is unusual", ja = "ある、または送信量が多い" },
          go = "clock-ppc" },
        { id = "unknown", title = { en = "Cannot be told", ja = "わからない" },
          say = { en = "Faces are personal data: not knowing means a likelihood.",
                  ja = "顔の映像は個人情報である。不明なら「おそれあり」とする。" },
          go = "clock-ppc" },
        { id = "no", title = { en = "No, and somebody can show it", ja = "ない（根拠を示せる）" },
          go = "end" },
      } },
    people.authority { authority = "ppc", clock = "appi-preliminary", start = true,
                       starter = "privacy", role = "privacy", within = "3d", go = "end",
                       who = { en = "Privacy commission", ja = "個人情報保護委員会" } },
    people.police { go_no = "end", after = { "image" } },

    -- Repair and the way back.
    { id = "restore", title = { en = "Rebuild and restore", ja = "再構築と復元" },
      role = "administrator", runbook = "security-surveillance/restore",
      after = { "image", "vendor" } },
    { id = "return", title = { en = "Back to the cameras", ja = "カメラ監視への切戻し" },
      role = "guard-duty", runbook = "security-surveillance/return-to-normal",
      after = { "restore", "continuity" } },
    back.close { after = { "return" },
                 where = { en = "disk image, logs and the recording of 1F-07",
                           ja = "ディスクの複製、ログ、1F-07室の録画" } },
  },
}
