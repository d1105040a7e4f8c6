-- Surveillance: keeping recordings from being overwritten, people where cameras
-- are blind, doors, and the question whether somebody is already inside.
--
-- Every function takes one table; besides the parameters listed, any field of
-- a step may be given and wins over the default.

local people = require "lib.people"
local step = require "lib.step"
local text = require "lib.text"

local guards = {}

-- Stop the recorders from overwriting their oldest recordings.
-- Returns one step, id "hold".
function guards.hold(o)
  return step.over({
    id = "hold",
    title = { en = "Stop overwriting", ja = "録画の上書きを止める" },
    say = { en = "On VMS1, menu Storage, set Overwrite to Hold for every recorder.",
            ja = "VMS1の「記録」で、全ての録画装置の上書きを「保留」にする。" },
    good = { en = "NVR1 to NVR4 show HOLD and the hours of space left.",
             ja = "NVR1〜NVR4に「保留」と残り時間が出る。" },
    on_fail = { en = "VMS1 refuses: press Hold on the front of each recorder.",
                ja = "VMS1でできない場合は、各録画装置の前面の「保留」を押す。" },
    warn = { en = "At HOLD a recorder stops when full: about 40 hours.",
             ja = "保留中は約40時間で満杯になり、録画が止まる。" },
    role = "guard-duty",
    within = "5m",
    place = { en = "console VC1, guard room 1F-02; recorders: rack E2, room 1F-07",
              ja = "警備室1F-02のVC1。録画装置は1F-07室のラックE2" },
    contain = true,
  }, o)
end

-- Have the recorders overwrite again.
-- Returns one step, id "unhold".
function guards.unhold(o)
  return step.over({
    id = "unhold",
    title = { en = "Let the recorders overwrite again", ja = "録画の上書きを再開する" },
    say = { en = "On VMS1, menu Storage, set Overwrite to Normal, recorder by recorder.",
            ja = "VMS1の「記録」で、録画装置ごとに上書きを「通常」に戻す。" },
    good = { en = "Each shows NORMAL; locked recordings keep their lock mark.",
             ja = "各装置に「通常」と出て、保護した録画の印が残っている。" },
    on_fail = { en = "A lock mark is missing: set that recorder back to Hold.",
                ja = "保護の印が消えた装置は「保留」に戻す。" },
    warn = { en = "Only when every wanted recording is exported and played.",
             ja = "必要な録画を全て書き出し、再生を確かめるまで戻さない。" },
    role = "guard-duty",
    within = "15m",
    confirm = 2,
  }, o)
end

-- Put people where the cameras do not see.
--   plan   which page of the posting plan, bilingual (required), as in
--          { en = "plan A (all twelve posts)", ja = "配置A（全12か所）" }
--   owner  role that answers for the measure ("guard-duty")
-- Returns one step, id "posts". Starts an interim measure.
function guards.posts(o)
  return step.over({
    id = "posts",
    title = { en = "Post guards where it is blind", ja = "見えない場所に立哨を置く" },
    say = text.fill({
      en = "Send guards by radio channel 2: [plan], red binder, tab 3.",
      ja = "無線2チャンネルで[plan]の立哨を命じる（赤い綴りの3番）。",
    }, { plan = o.plan }),
    good = { en = "Every post has reported its number by radio.",
             ja = "全ての立哨位置から、番号の報告が無線で入った。" },
    on_fail = { en = "Too few: staff P1 to P4, lock the other gates, call Mihon Guards.",
                ja = "足りなければP1〜P4を優先し、他の門を閉め、見本警備保障を呼ぶ。" },
    warn = { en = "Nobody alone outdoors or in the apron passage.",
             ja = "屋外と駐機場通路に一人で立たせない。" },
    role = "guard-duty",
    within = "15m",
    measure = {
      text = { en = "Guards posted in place of cameras",
               ja = "カメラの代わりに立哨を配置" },
      owner = o.owner or "guard-duty",
      review = "4h",
    },
  }, o, { plan = true, owner = true })
end

-- Prove that doors still refuse who must not pass.
-- Returns one step, id "doors".
function guards.doors(o)
  return step.over({
    id = "doors",
    title = { en = "Test that doors still refuse", ja = "扉が拒否することを試す" },
    say = { en = "Hold the expired test card to door D07, then to gate G2.",
            ja = "期限切れの試験用カードを扉D07、次に門G2にかざす。" },
    good = { en = "Both stay locked and the lamp turns red.",
             ja = "どちらも開かず、赤いランプが付く。" },
    on_fail = { en = "It opens: post a guard there, lock it with the key from box 4.",
                ja = "開いた場合は立哨を置き、鍵箱4の鍵で施錠する。" },
    warn = { en = "Never block a way out: from inside it must open.",
             ja = "出口をふさがない。内側からは必ず開くようにする。" },
    role = "guard-duty",
    within = "10m",
    place = { en = "test card: key cabinet, guard room 1F-02",
              ja = "試験用カードは警備室1F-02の鍵保管庫" },
  }, o)
end

-- Ask whether somebody used the gap, and go over to the intrusion runbook.
--   clear  id of the step to go on with when nobody is inside (required)
--   after  what the question waits for
-- Returns two steps: intruder, intrusion (a nested runbook, which then goes on
-- with the step `clear` as well).
function guards.intruder(o)
  return {
    {
      id = "intruder",
      title = { en = "Decide: is somebody inside?", ja = "侵入者の有無を判断する" },
      say = { en = "Ask every post and patrol: open door, cut fence, unknown person?",
              ja = "各立哨と巡回に、開いた扉、破れた柵、見慣れない人の有無を聞く。" },
      role = "guard-duty",
      within = "5m",
      after = o.after,
      choose = {
        { id = "yes", title = { en = "Yes, or signs of it", ja = "いる、または形跡がある" },
          go = "intrusion" },
        { id = "unsure", title = { en = "A post cannot see or answer", ja = "見えない、または返事のない位置がある" },
          say = { en = "Treat it as a yes until somebody has looked.",
                  ja = "人が見て確かめるまで、「いる」として扱う。" },
          go = "intrusion" },
        { id = "no", title = { en = "No, every post has looked", ja = "いない（全位置で確認済み）" },
          go = o.clear },
      },
    },
    {
      id = "intrusion",
      title = { en = "Intruder while cameras are blind", ja = "監視の空白中の侵入" },
      role = "guard-duty",
      runbook = "security-surveillance/intrusion",
      go = o.clear,
    },
  }
end

-- Close the camera network towards the office LAN. Live view in the guard room
-- goes on. Returns one step, id "cut".
function guards.cut(o)
  return step.over({
    id = "cut",
    title = { en = "Cut off the camera network", ja = "カメラ用ネットワークを切り離す" },
    say = { en = "Pull the orange cable, ESW1 port 48. Live view in the guard room goes on.",
            ja = "ESW1の48番ポートの橙色のケーブルを抜く。警備室の映像は続く。" },
    good = { en = "Port 48 is dark; VC1 still shows moving pictures.",
             ja = "48番のランプが消え、VC1の映像は動いている。" },
    on_fail = { en = "No access to 1F-07: network duty closes port 12 of OSW3.",
                ja = "1F-07に入れない場合、ネットワーク当番がOSW3の12番を閉じる。" },
    role = "guard-duty",
    within = "5m",
    place = { en = "rack E1, room 1F-07; key 7 in the guard room",
              ja = "1F-07室 ラックE1（鍵は警備室の7番）" },
    contain = true,
  }, o)
end

-- Take the vendor's maintenance line off.
-- Returns one step, id "vendor-off".
function guards.vendor_off(o)
  return step.over({
    id = "vendor-off",
    title = { en = "Turn the vendor line off", ja = "保守回線を切る" },
    say = { en = "Turn the key of VR1 to OFF and take it with you.",
            ja = "VR1の鍵を「切」に回し、鍵を抜いて持ち帰る。" },
    good = { en = "The green lamp LINE on VR1 is out.",
             ja = "VR1の緑の「回線」ランプが消えた。" },
    on_fail = { en = "No key: pull the white telephone cable of VR1.",
                ja = "鍵がない場合はVR1の白い電話線を抜く。" },
    role = "guard-duty",
    within = "3m",
    place = { en = "rack E3, top unit, room 1F-07", ja = "1F-07室 ラックE3の最上段" },
    contain = true,
  }, o)
end

-- Tell the agencies in the airport by the direct lines of the guard room.
-- Returns one step, id "inform-airport-agencies".
function guards.agencies(o)
  return people.audience(step.over({
    audience = "airport-agencies",
    who = { en = "airport police and customs", ja = "空港警察・税関など" },
    by = { en = "by the direct lines", ja = "警備室の直通電話で" },
    role = "guard-duty",
    within = "10m",
  }, o))
end

-- Ask Mihon Guards for more people.
-- Returns one step, id "more-guards".
function guards.more(o)
  return step.over({
    id = "more-guards",
    title = { en = "Order more guards", ja = "警備員の増員を頼む" },
    say = { en = "Phone Mihon Guards, contract MSC-2026-028: number, gate 2, for how long.",
            ja = "見本警備保障（契約MSC-2026-028）に、人数、2番ゲート、期間を伝える。" },
    good = { en = "They name a leader and an arrival time within two hours.",
             ja = "隊長の氏名と、2時間以内の到着時刻を聞いた。" },
    on_fail = { en = "Late or refused: terminal duty lends staff with a pass, in pairs.",
                ja = "来られない場合は、ターミナル当直から立入証を持つ係員を二人組で借りる。" },
    role = "guard-duty",
    within = "15m",
  }, o)
end

return guards
