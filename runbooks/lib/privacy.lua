-- Reporting a leak of personal data to the privacy commission: the preliminary
-- report (速報) and the final one (確報), with their clocks. Whether the duty
-- applies, and from when, a named person states; never the program.
--
-- Both functions take one table; besides the parameters listed, any field of
-- the telling step may be given and wins over the default.

local people = require "lib.people"
local step = require "lib.step"

local privacy = {}

local WHO = { en = "Privacy commission", ja = "個人情報保護委員会" }

-- The preliminary report, about three to five days after becoming aware.
--   after, when  as in people.authority
-- Returns three steps: clock-ppc, tell-ppc, told-ppc.
function privacy.preliminary(o)
  return people.authority(step.over({
    authority = "ppc",
    who = WHO,
    clock = "appi-preliminary",
    start = true,
    starter = "privacy",
    title = { en = "Privacy commission: preliminary", ja = "個人情報保護委員会に速報する" },
    say = { en = "Fill in the nine items of the web form. Unknown ones: \"under investigation\".",
            ja = "報告フォームの9項目を埋める。不明な項目は「調査中」とする。" },
    on_fail = { en = "Form down: phone on working days from 9:30, and note the try.",
                ja = "フォームが使えなければ平日9時30分から電話し、試みた時刻を残す。" },
    role = "privacy",
    within = "1d",
  }, o))
end

-- The final report. Begins with stating from when its clock counts.
--   wrongful  true: a wrongful purpose is suspected, sixty days (else thirty)
--   id        id of the telling step ("ppc-final"; "ppc-60d" if wrongful)
--   after, when  as in people.authority
-- Returns three steps: clock-<id>, <id>, told-<id>.
function privacy.final(o)
  local sixty = o and o.wrongful
  local fields = step.over({
    id = sixty and "ppc-60d" or "ppc-final",
    authority = "ppc",
    who = WHO,
    report = "final",
    clock = sixty and "appi-final-wrongful" or "appi-final",
    start = true,
    starter = "privacy",
    title = sixty
      and { en = "Privacy commission: final (60 days)", ja = "個人情報保護委員会に確報する（60日）" }
      or { en = "Privacy commission: final (30 days)", ja = "個人情報保護委員会に確報する（30日）" },
    say = { en = "Complete the nine items of the web form. None may say \"under investigation\".",
            ja = "報告フォームの9項目を全て埋める。「調査中」を残さない。" },
    on_fail = { en = "An item is open: phone before the last day and ask what to write.",
                ja = "埋まらない項目は、期限前に電話して書き方を確かめる。" },
    warn = { en = "What the preliminary report got wrong is corrected here.",
             ja = "速報の誤りはここで訂正する。" },
    role = "privacy",
    within = "3d",
  }, o, { wrongful = true })
  return people.authority(fields)
end

return privacy
