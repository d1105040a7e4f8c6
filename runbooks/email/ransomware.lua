-- Mail and shared files encrypted. Everything the response would like to use is
-- gone or read by the attacker: voice, paper and radio from the first minute.
local back = require "lib.back"
local bcp = require "lib.bcp"
local begin = require "lib.begin"
local command = require "lib.command"
local contain = require "lib.contain"
local evidence = require "lib.evidence"
local mailflow = require "lib.mailflow"
local people = require "lib.people"
local privacy = require "lib.privacy"
local step = require "lib.step"
local vars = require "lib.vars"

-- Mail holds personal data: somebody must decide whether it was taken.
local TAKEN = { ["not"] = { step = "taken", chose = "no" } }

return {
  api = 1,
  kind = "emergency",
  id = "email/ransomware",
  title = { en = "Mail and files encrypted", ja = "メール・共有ファイルの暗号化" },
  symptoms = { en = "Ransom note, odd file names, mail does not open",
               ja = "脅迫文、見慣れない拡張子、メールが開かない" },
  severity = 1,
  order = 1,
  safety = {
    en = "Alarms and duty calls that came by mail come no more. Tell the guard room and terminal duty by radio now.",
    ja = "メールで届いていた警報や当番連絡も止まる。警備室とターミナル当直に今すぐ無線で伝える。",
  },
  legal = { "appi-preliminary", "mlit-first" },
  vars = {
    host = vars.host { ask_at_start = true },
    began = vars.began(),
    other = vars.count {
      ask = { en = "How many machines show the note?",
              ja = "脅迫文が出ている機器は何台ですか？" } },
  },
  steps = step.flow {
    command.lead(),
    begin.photo { what = { en = "the ransom note", ja = "脅迫文" } },
    begin.ask { ask = { "host", "began" } },

    -- Containment, by one person, in this order.
    contain.segment {
      after = {},
      segment = { en = "the mail segment", ja = "メール系の区画" },
      place = { en = "rack C1, CSW1 ports 23 and 24", ja = "ラックC1、CSW1の23・24番ポート" },
      effect = { en = "Mail, calendars and shared files stop for everybody.",
                 ja = "全員のメール、予定表、共有ファイルが止まる。" },
    },
    mailflow.unplug { name = "BKM1",
                      title = { en = "Save the backup: unplug BKM1", ja = "バックアップを守る: BKM1を抜く" } },
    mailflow.unplug { name = "ARC1",
                      title = { en = "Save the journal: unplug ARC1", ja = "メールの写しを守る: ARC1を抜く" } },
    contain.cable { device = "${host}",
                    cable = { en = "every network cable", ja = "全ての通信ケーブル" },
                    place = { en = "rack as on its white label", ja = "前面の白い札にあるラック" },
                    on_fail = { en = "Host unknown: pull CSW1 ports 5 to 8 (rack C1).",
                                ja = "特定できない場合はラックC1のCSW1、5〜8番ポートを全て抜く。" } },
    mailflow.hold_in(),
    mailflow.distrust(),

    -- People, without mail.
    command.call_out { after = { "distrust" } },
    mailflow.staff {
      by = { en = "by radio channel 1, public address and the six notice boards",
             ja = "無線1チャンネル、館内放送、6か所の掲示板で" },
      warn = { en = "Say also: leave PCs on, pull the cable if a note appears.",
               ja = "端末の電源は切らず、脅迫文が出たらケーブルを抜くよう伝える。" } },
    people.tree { id = "heads", tree = "management", who = { en = "management", ja = "経営層" },
                  role = "secretariat" },

    -- Evidence.
    evidence.volatile { target = "${host}", after = { "distrust" } },
    evidence.logs { target = "${host}" },
    evidence.network_device { target = "csw1", device = "CSW1" },

    -- How far?
    { id = "walk",
      title = { en = "Walk the floors and count notes", ja = "各階を回り、脅迫文を数える" },
      say = { en = "Have each department count PCs that show the note; fetch the numbers on foot.",
              ja = "部署ごとに脅迫文の出た端末を数えさせ、人が回って集める。" },
      good = { en = "Every department has given a number, also 0.",
               ja = "全部署から、0台も含めて数が集まった。" },
      on_fail = { en = "A department is closed: a guard looks through its rooms.",
                  ja = "閉まっている部署は、警備員に室内を見てもらう。" },
      role = "helpdesk", within = "1h", after = { "distrust" }, ask = { "other" } },
    { id = "spread",
      title = { en = "Decide how far it reached", ja = "広がりを判断する" },
      say = { en = "At racks C1 to C3, look at each screen. Touch nothing.",
              ja = "ラックC1〜C3の各画面を見る。操作はしない。" },
      role = "security", within = "20m",
      choose = {
        { id = "files", title = { en = "SH1 and PCs; mailboxes still whole", ja = "SH1と端末だけ（メールは無事）" }, go = "ransom" },
        { id = "mail", title = { en = "MB1 or MB2 too", ja = "MB1かMB2も" }, go = "ransom" },
        { id = "idp", title = { en = "IDP1 too: every sign-in is in doubt", ja = "IDP1も（全てのログインが疑わしい）" }, go = "sessions" },
        { id = "others", title = { en = "Other systems as well", ja = "ほかのシステムにも" }, go = "others" },
        { id = "unknown", title = { en = "Not known: as if IDP1 too", ja = "不明: IDP1も含むとして扱う" }, go = "sessions" },
      } },
    { id = "others",
      title = { en = "Add the other systems", ja = "ほかのシステムの手順書を加える" },
      say = { en = "For each system type: add SYSTEM ransomware. Name one person for each.",
              ja = "システムごとに add システム名 ransomware と入力し、担当を一人ずつ決める。" },
      good = { en = "Each system has a runbook and a name.", ja = "全てに手順書と担当者が付いた。" },
      on_fail = { en = "Too few people: flight information and baggage first.",
                  ja = "人が足りなければ、フライトインフォメーションと手荷物を先にする。" },
      role = "commander", within = "10m" },
    mailflow.sessions(),
    { id = "ransom",
      title = { en = "Settle: nobody answers the note", ja = "要求に応じないことを徹底する" },
      say = { en = "Say aloud: nobody opens the link, writes to them or pays.",
              ja = "「リンクを開かない、連絡しない、払わない」を全員に声に出して伝える。" },
      good = { en = "Everybody at work repeated it.", ja = "作業中の全員が復唱した。" },
      on_fail = { en = "Somebody already wrote: record time and words.",
                  ja = "連絡済みの人がいれば、時刻と内容を記録する。" },
      role = "commander", within = "5m" },

    -- Staff must be reached within half an hour: continuity begins early.
    bcp.decide { after = { "distrust" },
                 figure = { en = "Encrypted servers: invoke. Otherwise invoke beyond 30 minutes without mail.",
                            ja = "サーバーの暗号化なら発動する。それ以外は30分を超えて止まれば発動する。" },
                 invoke = "experts", hold = "experts" },
    { id = "by-hand", title = { en = "Work by telephone and paper", ja = "電話と紙の運用に移る" },
      role = "secretariat", runbook = "email/continuity",
      after = { "invoke-bcp" }, when = { step = "invoke-bcp", chose = "invoke" }, go = "end" },
    { id = "experts",
      title = { en = "Call the experts in", ja = "外部の専門家を呼ぶ" },
      say = { en = "Phone Mihon Forensics (MSC-2026-020, four hours). Read them the note and ${host}.",
              ja = "見本フォレンジック（MSC-2026-020、4時間以内）に電話し、脅迫文と${host}を伝える。" },
      good = { en = "They name who comes and when; they say what not to touch.",
               ja = "来る人、到着時刻、触れてはならない物を聞いた。" },
      on_fail = { en = "Not reached: the police desk gives advice at any hour.",
                  ja = "つながらなければ警察の窓口に助言を求める。" },
      role = "security", within = "1h" },
    people.authority { authority = "mlit", who = { en = "Transport ministry", ja = "国土交通省" },
                       clock = "mlit-first", start = true, after = { "ransom" } },
    people.police { go_no = "taken" },
    { id = "taken",
      title = { en = "Was data carried off?", ja = "情報の持出しを判断する" },
      say = { en = "Look in FW1's record for large uploads in the last 30 days, and in the note.",
              ja = "FW1の記録で過去30日の大量送信を探し、脅迫文も読む。" },
      role = "security", within = "1d",
      choose = {
        { id = "yes", title = { en = "Yes", ja = "ある" } },
        { id = "likely", title = { en = "Cannot be excluded", ja = "否定できない" } },
        { id = "no", title = { en = "Excluded, with a reason", ja = "根拠をもって否定できる" } },
      } },
    privacy.preliminary { when = TAKEN },

    -- Recovery.
    evidence.disk { target = "${host}", after = { "experts", "net-state", "ransom" } },
    { id = "restore", title = { en = "Rebuild and restore", ja = "再構築して復元する" },
      role = "mail-admin", runbook = "email/restore" },
    { id = "return", title = { en = "Return to normal operation", ja = "平常運用に切り戻す" },
      role = "mail-admin", runbook = "email/return-to-normal",
      when = { step = "invoke-bcp", chose = "hold" } },
    privacy.final { wrongful = true, when = TAKEN },
    back.close { where = { en = "disk image, CSW1's and FW1's log, sign-ins",
                           ja = "ディスクの複製、CSW1とFW1のログ、ログイン記録" } },
  },
}
