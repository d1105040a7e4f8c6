#!/bin/sh
# A test by hand of the ways to those outside: what is to be tried and said, what
# came of it, and when each was verified last.
. "${0%/*}/lib.sh"
home small

title "a list of what to do: who, by what number, what to say, exercise first"
ok --as sato comms test --outside
out "authorities/ministry  Ministry"
out "050-0000-0002"
out "partners/vendor  Vendor"
out "050-0000-0003"
out "last verified: 2026-10-01"
out "訓練"
silent "audiences/staff"
err "ir comms tested ID reached --who NAME"
ok --json comms status
A=$(json '[0].alert')
is "party:authorities/ministry" "$(json '[0].to[0].contact')"
is not-yet "$(json '[0].to[0].state')"

title "of some alone, in the site's own language; nobody inside is taken"
ok --as sato --json comms test --outside vendor
is "party:partners/vendor" "$(json 'to[0].contact')"
json say | grep -q '^訓練です' || fail "what to say does not begin with it"
ok --as sato comms test --outside public
out "last verified: never"
exits 66 --as sato comms test --outside staff
exits 66 --as sato comms test --outside nobody
err "ir contacts list"

title "what came of it is recorded, by whom, and shown"
exits 64 --as sato comms tested ministry reached
err "who answered?"
exits 64 --as sato comms tested ministry perhaps
err "how did it end?"
exits 66 --as sato comms tested nobody wrong
ok --as sato comms tested ministry reached --who "Ms Hara" --at "10m ago" "night desk"
ok --as sato comms tested vendor no-answer --means phone
ok --lang ja --as sato comms tested partners/vendor 誤り "番号が変わった"
err "contacts.lua"
ok --as sato comms status "$A"
out "reached by hand: Ms Hara"
ok --lang ja --as sato comms status "$A"
out "人手で到達: Ms Hara"
ok verify

title "it is the day on which they were verified last, for verify, lint, doctor"
ok --json comms test --outside ministry --as sato
today=$(TZ=Asia/Tokyo date -d '10 minutes ago' +%F)
is "$today" "$(json 'to[0].verified')"
exits_any() { ir "$@" >"$T/out" 2>"$T/err" || :; }
exits_any contacts verify
silent "ministry"
exits_any contacts lint
silent "ministry: warning: nobody has tried yet"
at_time +200d 2 contacts verify
out "ministry  Ministry: last verified $today"
at_time +200d 0 contacts lint
out "ministry: warning: last verified $today"
bare faketime -f +200d "$IR" doctor >"$T/out" 2>"$T/err" || :
out "not tried for over 183 days"

title "a result without a list makes its own; no word to an audience comes of it"
ok --as sato comms tested public reached --who "Board" --means board
exits_any --json update list
! grep -q Board "$T/out" || fail "a test counts as told"
ok verify

title "another home reads it"
ok --json rebuild
ok --as sato comms status
