-- Mail and groupware: holding mail in both directions, not trusting it, ending
-- sessions, unplugging its machines, and reaching staff without it.
--
-- Every function takes one table; besides the parameters listed, any field of
-- a step may be given and wins over the default.

local contain = require "lib.contain"
local people = require "lib.people"
local step = require "lib.step"
local text = require "lib.text"

local mailflow = {}

-- Have the filtering service keep mail from outside, so that none is lost.
-- Returns one step, id "hold-in".
function mailflow.hold_in(o)
  return step.over({
    id = "hold-in",
    title = { en = "Have incoming mail held", ja = "受信メールを預かってもらう" },
    say = { en = "Phone Mihon Message Cloud (MSC-2026-015): hold all mail for us, refuse none.",
            ja = "見本メッセージクラウド（MSC-2026-015）に電話し、当社宛てを全て預かり、拒否しないよう頼む。" },
    good = { en = "They name the hour the hold began. It lasts five days.",
             ja = "預かりの開始時刻を聞いた。期間は5日間である。" },
    on_fail = { en = "Not reached: pull MX1 and MX2; senders' servers wait by themselves.",
                ja = "つながらなければMX1とMX2を抜く。相手のサーバーが再送を続ける。" },
    role = "mail-admin",
    within = "10m",
    contain = true,
  }, o)
end

-- Stop mail from leaving, forged or misdirected mail first of all.
-- Returns one step, id "hold-out".
function mailflow.hold_out(o)
  return step.over({
    id = "hold-out",
    title = { en = "Stop outgoing mail", ja = "送信メールを止める" },
    say = { en = "On MX1 and on MX2, run: mxctl hold out.",
            ja = "MX1とMX2で mxctl hold out を実行する。" },
    good = { en = "The outgoing queue grows and nothing leaves.",
             ja = "送信待ちが増え、外に出なくなればよい。" },
    on_fail = { en = "Pull the blue cables of MX1 and MX2 (rack C1, CSW1 ports 1 and 2).",
                ja = "MX1とMX2の青いケーブル（ラックC1、CSW1の1・2番ポート）を抜く。" },
    warn = { en = "Do not empty the queue: it is evidence.",
             ja = "送信待ちを消さない（証拠である）。" },
    role = "mail-admin",
    within = "5m",
    contain = true,
  }, o)
end

-- Let mail leave again. Two people. For the undo of hold_out.
-- Returns one step, id "let-out".
function mailflow.let_out(o)
  return step.over({
    id = "let-out",
    title = { en = "Let mail leave again", ja = "送信を再開する" },
    say = { en = "On MX1, then on MX2, run: mxctl release out --per-minute 60.",
            ja = "MX1、MX2の順に mxctl release out --per-minute 60 を実行する。" },
    good = { en = "The queue falls steadily; nobody outside refuses us.",
             ja = "送信待ちが少しずつ減り、相手に拒否されない。" },
    on_fail = { en = "Refusals or odd mail: mxctl hold out at once.",
                ja = "拒否や不審なメールがあれば直ちに mxctl hold out を実行する。" },
    role = "mail-admin",
    within = "1h",
    confirm = 2,
  }, o)
end

-- State aloud and in the record that mail must not be trusted.
-- Returns one step, id "distrust".
function mailflow.distrust(o)
  return step.over({
    id = "distrust",
    title = { en = "Declare mail untrusted", ja = "メールの使用禁止を宣言する" },
    say = { en = "Say aloud, and by phone to those elsewhere: mail is not to be used.",
            ja = "「メールは使用禁止」と、その場では声に出し、離れた要員には電話で告げる。" },
    good = { en = "Each repeated it. DO NOT USE MAIL stands on the whiteboard of 3F-10.",
             ja = "全員が復唱し、3F-10室の白板に「メール使用禁止」と書いた。" },
    on_fail = { en = "Somebody not reached: send a runner, not a message.",
                ja = "連絡のつかない要員には人を走らせる。メールやチャットで伝えない。" },
    warn = { en = "Not a word about the attack in mail, calendar or shared files.",
             ja = "攻撃のことをメール、予定表、共有ファイルに書かない。" },
    role = "commander",
    within = "2m",
    contain = true,
    mail = "distrusted",
  }, o)
end

-- End every session and token of everybody at the sign-in server.
--   who  whose, bilingual (everybody); failing for one is no reason to unplug
--        the sign-in server
-- Returns one step, id "sessions".
function mailflow.sessions(o)
  o = o or {}
  local gaps = { who = o.who or { en = "everybody", ja = "全員" } }
  return step.over({
    id = "sessions",
    title = { en = "End the sessions", ja = "接続中の利用を切る" },
    say = text.fill({
      en = "On IDP1, menu Sessions, end all sessions and tokens of [who].",
      ja = "IDP1の「セッション」で、[who]の接続とトークンを全て失効させる。",
    }, gaps),
    good = { en = "The list is empty; a phone's mail app asks for the password.",
             ja = "一覧が空になり、スマートフォンのメールがパスワードを求める。" },
    on_fail = o.who
      and { en = "Disable the account on IDP1, then try again.",
            ja = "IDP1でアカウントを無効にし、もう一度試す。" }
      or { en = "Pull IDP1's blue cable (rack C3, CSW1 port 11).",
           ja = "IDP1の青いケーブル（ラックC3、CSW1の11番ポート）を抜く。" },
    warn = { en = "A new password alone leaves stolen tokens alive.",
             ja = "パスワードを変えても、盗まれたトークンは残る。" },
    role = "administrator",
    within = "5m",
    contain = true,
  }, o, { who = true })
end

local PORTS = {
  MX1 = { rack = "C1", port = "1" }, MX2 = { rack = "C1", port = "2" },
  MB1 = { rack = "C2", port = "5" }, MB2 = { rack = "C2", port = "6" },
  GW1 = { rack = "C2", port = "7" }, SH1 = { rack = "C2", port = "8" },
  IDP1 = { rack = "C3", port = "11" }, ARC1 = { rack = "C3", port = "12" },
  BKM1 = { rack = "C3", port = "13" },
}

-- Pull the cable of one machine of the mail system.
--   name  which one, as in PORTS (required)
-- Returns one step, id "unplug-<name in small letters>".
function mailflow.unplug(o)
  local p = PORTS[o.name]
  if not p then
    error("mailflow.unplug: no machine " .. tostring(o.name), 0)
  end
  return step.over(contain.cable({
    id = "unplug-" .. string.lower(o.name),
    device = o.name,
    cable = { en = "the blue cable", ja = "青いケーブル" },
    place = text.fill({ en = "rack [rack], CSW1 port [port]",
                        ja = "ラック[rack]、CSW1の[port]番ポート" }, p),
  }), o, { name = true })
end

-- Inform all staff by ways that need no mail.
-- Returns one step, id "inform-staff".
function mailflow.staff(o)
  return people.audience(step.over({
    audience = "staff",
    who = { en = "all staff", ja = "全社員" },
    by = { en = "by radio channel 1, heads of section and the six notice boards",
           ja = "無線1チャンネル、各課長への電話、6か所の掲示板で" },
    role = "secretariat",
  }, o))
end

-- Inform suppliers and partners by telephone.
-- Returns one step, id "inform-partners".
function mailflow.partners(o)
  return people.audience(step.over({
    audience = "partners",
    who = { en = "suppliers and partners", ja = "取引先・委託先" },
    by = { en = "by telephone from the red binder", ja = "赤い綴りの番号への電話で" },
    role = "purchasing",
    within = "2h",
  }, o))
end

return mailflow
