-- Passwords, keys and sessions after somebody may have read them.

local step = require "lib.step"
local text = require "lib.text"

local credentials = {}

-- Change passwords from a machine that is surely clean.
--   what   whose passwords, bilingual (required)
--   from   where to do it, bilingual (the sealed laptop in cabinet K1)
--   count  how many accounts, string or bilingual (none)
-- Any field of a step may be given too.
-- Returns one step, id "passwords".
function credentials.change(o)
  local gaps = {
    what = o.what,
    from = o.from or { en = "the sealed laptop (cabinet K1)",
                       ja = "封印済みノート端末（キャビネットK1）" },
  }
  return step.over({
    id = "passwords",
    title = { en = "Change the passwords", ja = "パスワードを変える" },
    say = text.fill({
      en = "From [from], change [what]. End all open sessions.",
      ja = "[from]から[what]を変更する。接続中の利用も全て切る。",
    }, gaps),
    good = { en = "The old password is refused; no old session is left.",
             ja = "古いパスワードが拒否され、以前の接続が残っていない。" },
    on_fail = { en = "Disable the account until it can be changed.",
                ja = "変更できるまでアカウントを無効にする。" },
    warn = { en = "Never from the affected machine, never sent by mail.",
             ja = "被害端末で変更しない。メールで送らない。" },
    role = "administrator",
    within = "1h",
  }, o, { what = true, from = true, count = true })
end

-- Renew service accounts and keys that programs use.
--   what   which, bilingual (required)
--   order  what depends on them, bilingual sentence (required)
-- Returns one step, id "keys".
function credentials.keys(o)
  return step.over({
    id = "keys",
    title = { en = "Renew service keys", ja = "サービス用の鍵を替える" },
    say = text.both(text.fill({
      en = "Renew [what] one by one.",
      ja = "[what]を一つずつ替える。",
    }, { what = o.what }), o.order),
    good = { en = "Each service runs with its new key; the old one is revoked.",
             ja = "新しい鍵で動作し、古い鍵を失効させた。" },
    on_fail = { en = "Keep that service stopped and go on with the next.",
                ja = "その機能は止めたまま、次の鍵へ進む。" },
    role = "administrator",
    within = "2h",
  }, o, { what = true, order = true })
end

return credentials
