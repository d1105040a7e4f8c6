#!/bin/sh
# What becomes of steps: take, give back, done, fail, skip, choose, ask, wait,
# loops, rounds, nested runbooks, undo, conditions.
. "${0%/*}/lib.sh"

# state STEP: how it stands now.
state() {
    ir --json status >"$T/state"
    "$PY" "$here/jget.py" "$T/state" "steps[id=1/$1].$2"
}

home small
member Mori
started alpha loops

title "only what is ready can be done; done is done"
exits 77 --as sato 'done' try
err "comes after 1/begin"
exits 66 --as sato 'done' nothing
as sato 'done' begin -m "began well" --at "2m ago"
is 'done' "$(state begin state)"
is "began well" "$(state begin note)"
is sato "$(state begin by)"
exits 77 --as sato 'done' begin
err "done already"
exits 77 --as sato fail begin -r late
exits 77 --as sato skip begin -r late

title "take and give back"
as mori take try
is active "$(state try state)"
is mori "$(state try by)"
exits 77 --as mori take try
as sato take try
is sato "$(state try by)"
as sato give-back try
is ready "$(state try state)"
exits 77 --as sato give-back try

title "a step that fails leads elsewhere; it stands as failed"
exits 64 --as sato fail try
err "reason"
as sato fail try -r "broken"
is failed "$(state try state)"
is broken "$(state try reason)"
is ready "$(state spare state)"
exits 77 --as sato choose enough yes -r "no such way"

title "rounds: whether again must be said, at most as often as allowed"
exits 64 --as sato 'done' spare
err "--again yes|no"
as sato 'done' spare --again yes -m first
is 2 "$(state spare iteration)"
is ready "$(state spare state)"
typed --as sato 'done' spare <<'X'
hm
y
X
is 0 "$got"
is 3 "$(state spare iteration)"
exits 64 --as sato 'done' spare --again yes
err "3 times"
as sato 'done' spare --again no
is 'done' "$(state spare state)"
ok timeline --json
is 3 "$(grep -o '"text": *"Take the spare: done' out | wc -l)"

title "a wait is not cut short without a reason"
exits 77 --as sato 'done' cool
err "waits until"
as sato 'done' cool -r "cool enough"
is 'done' "$(state cool state)"

title "a nested runbook is walked here"
is ready "$(state bravo/wait state)"
exits 64 --as sato skip bravo/wait
as sato skip bravo/wait -r "not now"
as mori 'done' bravo/call -m "Ito answered"
is 'done' "$(state bravo state)"

title "side by side, then together"
is ready "$(state left state)"
is ready "$(state right state)"
is waiting "$(state meet state)"
as sato 'done' left
exits 77 --as sato 'done' meet
as mori skip right -r "nothing there"
as sato 'done' meet
ok next
out "ir close"
as sato close
exits 77 --as sato 'done' left
err "closed"

title "a decision that leads back begins a round"
started alpha loops --new
as sato 'done' begin
as sato 'done' try
exits 64 --as sato choose enough
exits 64 --as sato choose enough perhaps -r why
exits 64 --as sato choose enough no
exits 64 --as sato choose try yes -r "not a decision"
exits 64 --as sato 'done' enough
as sato choose enough no -r "not yet"
is 2 "$(state try iteration)"
as sato 'done' try
as sato choose enough 3 -r "stop here"
is none "$(state enough choice)"
is "stop here" "$(state enough reason)"
is not-applicable "$(state meet state)"
ok next
out "ir close"

title "questions: every type, and unknown"
started alpha questions --new
typed --as sato ask all <<'X'
not a host!
fs1
300.1.1.1.1/99
192.0.2.7
25:99
02:40
many
12
blue
green
森 大輔
"a b" c
X
is 0 "$got"
says "That is not"
is 'done' "$(state all state)"
ok --json status
is fs1 "$(json vars.host)"
is 12 "$(json vars.count)"
is green "$(json vars.colour)"
is "森 大輔" "$(json vars.who)"
is not-applicable "$(state red state)"
started alpha questions --new
exits 64 --as sato ask all
exits 64 --as sato ask all nothing=1
exits 64 --as sato ask all host
exits 64 --as sato ask all count=many
exits 64 --as sato ask all colour=blue
as sato ask all colour=赤
ok --json status
is red "$(json vars.colour)"
as sato ask all host=unknown address=不明 seen=? count=わからない \
    colour=unknown who=unknown words=unknown
is 'done' "$(state all state)"
ok --json status
is unknown "$(json vars.count)"
is ready "$(state lost state)"
as mori ask lost host=fs9
ok --json status
is fs9 "$(json vars.host)"

title "undo becomes possible, once what it undoes is done"
started alpha gates --new --var host=FS1
exits 77 --as sato 'done' rejoin
as sato 'done' cut -m "pulled the cable"
is true "$(state rejoin optional)"
is ready "$(state rejoin state)"
as sato 'done' rejoin
is 'done' "$(state rejoin state)"
ok verify

title "names: short, whole, the beginning; what is not clear is asked"
started alpha commands --new
as sato skip 1/hello -r "the whole name"
as sato skip envir -r "its beginning"
exits 64 --as sato skip s -r "several begin so"
err "could be any of"
as sato take three
exits 66 --as sato skip tree -r "a slip"
err "three"
