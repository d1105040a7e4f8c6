-- CMS1, FORM1 or DB1 encrypted. The public pages may still be right: keep them
-- apart from the inside while the inside is dealt with.
local back = require "lib.back"
local bcp = require "lib.bcp"
local begin = require "lib.begin"
local command = require "lib.command"
local contain = require "lib.contain"
local evidence = require "lib.evidence"
local people = require "lib.people"
local privacy = require "lib.privacy"
local step = require "lib.step"
local vars = require "lib.vars"
local web = require "lib.web"

-- The inquiries of citizens may be concerned.
local DATA = { any = { { step = "spread", chose = "data" },
                       { step = "spread", chose = "unknown" } } }

return {
  api = 1,
  kind = "emergency",
  id = "public-information/ransomware",
  title = { en = "Registration servers encrypted", ja = "登録系サーバーの暗号化" },
  symptoms = { en = "Ransom note, odd file names, CMS1 does not open",
               ja = "脅迫文、見慣れない拡張子、CMS1が開かない" },
  severity = 1,
  order = 4,
  legal = { "client-first", "appi-preliminary" },
  vars = {
    host = vars.host(),
    began = vars.began(),
    people_n = vars.count {
      ask = { en = "How many people's inquiries does DB1 hold?",
              ja = "DB1に入っている問合せは何人分ですか？" } },
  },
  steps = step.flow {
    command.lead(),
    begin.photo { what = { en = "the ransom note", ja = "脅迫文" } },
    begin.ask { ask = { "host", "began" } },

    -- Apart from each other, in this order; one person can do it.
    contain.segment {
      after = {},
      segment = { en = "the management LAN", ja = "管理用LAN" },
      place = { en = "rack D2, MSW1 ports 23 and 24", ja = "ラックD2、MSW1の23・24番ポート" },
      effect = { en = "Registration stops; the public pages stay.",
                 ja = "登録は止まるが、公開ページは残る。" },
    },
    web.unplug { name = "BKP1",
                 title = { en = "Save the backup: unplug BKP1", ja = "バックアップを守る: BKP1を抜く" },
                 warn = { en = "Do not start a backup or a restore now.",
                          ja = "今はバックアップも復元も始めない。" } },
    web.unplug { name = "CMS1" },
    web.unplug { name = "DB1", within = "3m" },
    { id = "pages",
      title = { en = "Are the public pages still ours?", ja = "公開ページの無事を確かめる" },
      say = { en = "Open the home page and two others on a phone over mobile data.",
              ja = "携帯回線のスマートフォンでトップページと他の2ページを開く。" },
      role = "operator", within = "5m",
      choose = {
        { id = "fine", title = { en = "Right and up to date: leave them", ja = "正しく表示される: そのまま残す" },
          go = "volatile" },
        { id = "bad", title = { en = "Wrong, broken or I cannot tell", ja = "異常がある、または判断できない" },
          go = "static" },
      } },
    web.static(),

    -- Evidence.
    evidence.volatile { target = "${host}" },
    evidence.logs { target = "${host}", after = { "volatile" } },
    evidence.network_device { target = "msw1", device = "MSW1" },

    -- People.
    command.call_out { after = { "volatile" } },
    web.client(),
    people.tree { id = "call-desk", tree = "ministry",
                  who = { en = "the registration desk", ja = "掲載情報登録担当" } },
    people.audience { id = "tell-heads", audience = "management", who = { en = "management", ja = "経営層" },
                      by = { en = "by telephone", ja = "電話で" }, role = "secretariat" },

    -- Extent.
    { id = "spread",
      title = { en = "Find how far it reached", ja = "広がりを確かめる" },
      say = { en = "At each console of rack D1 and D2, look for the note. Touch nothing.",
              ja = "ラックD1とD2の各画面で脅迫文の有無だけを見る。操作はしない。" },
      role = "security", within = "30m", after = { "volatile" },
      choose = {
        { id = "cms", title = { en = "CMS1 only", ja = "CMS1だけ" }, go = "ransom" },
        { id = "data", title = { en = "FORM1 or DB1 too (inquiries)", ja = "FORM1かDB1も（問合せ）" }, go = "ransom" },
        { id = "web", title = { en = "WEB1 or WEB2 too", ja = "WEB1かWEB2も" }, go = "static-too" },
        { id = "unknown", title = { en = "Not known", ja = "わからない" }, go = "static-too" },
      } },
    web.static { id = "static-too", when = { step = "pages", chose = "fine" } },
    { id = "ransom",
      title = { en = "Settle: nobody answers the note", ja = "要求に応じないことを徹底する" },
      say = { en = "Say aloud: nobody opens the link, writes to them or pays.",
              ja = "「リンクを開かない、連絡しない、払わない」を全員に声に出して伝える。" },
      good = { en = "Everybody at work repeated it.", ja = "作業中の全員が復唱した。" },
      on_fail = { en = "Somebody already wrote: record time and words.",
                  ja = "連絡済みの人がいれば、時刻と内容を記録する。" },
      role = "commander", within = "5m" },
    people.police { go_no = "persons" },
    { id = "persons",
      title = { en = "Count the people concerned", ja = "個人情報の人数を数える" },
      say = { en = "Ask the data protection officer for last month's count of inquiries.",
              ja = "個人情報保護管理者に、前月末の問合せ件数を聞く。" },
      good = { en = "A number and its date are entered.",
               ja = "人数と、いつの数かがわかった。" },
      on_fail = { en = "Officer not reached: enter \"unknown\", treat it as over 1,000.",
                  ja = "つながらなければ「不明」とし、1,000人超として扱う。" },
      role = "privacy", within = "1h", ask = { "people_n" },
      when = DATA },
    privacy.preliminary { when = DATA },

    bcp.decide { after = { "told-ppc", "tell-heads", "call-desk", "net-state" },
                 figure = { en = "Invoke if registration stays down beyond four hours.",
                            ja = "登録が4時間を超えて止まる見込みなら発動する。" },
                 invoke = "image", hold = "image" },
    { id = "by-hand", title = { en = "Go over to paper and telephone", ja = "紙と電話の運用に移る" },
      role = "content", runbook = "public-information/continuity",
      after = { "invoke-bcp" }, when = { step = "invoke-bcp", chose = "invoke" }, go = "end" },
    evidence.disk { target = "${host}" },
    { id = "restore", title = { en = "Rebuild and restore", ja = "再構築して復元する" },
      role = "administrator", runbook = "public-information/restore" },
    { id = "return", title = { en = "Return to normal operation", ja = "平常運用に切り戻す" },
      role = "content", runbook = "public-information/return-to-normal",
      when = { step = "invoke-bcp", chose = "hold" } },
    web.client { id = "client-final", report = "final", within = "3d" },
    privacy.final { wrongful = true, when = DATA },
    back.close { where = { en = "disk image, MSW1's log and sign-ins",
                           ja = "ディスクの複製、MSW1のログ、ログイン記録" } },
  },
}
