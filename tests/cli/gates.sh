#!/bin/sh
# What takes two people and what destroys: request, approve, deny, take back,
# run out; break-glass for containment; the gate before evidence is destroyed
# and who may override it; what home shows to whom.
. "${0%/*}/lib.sh"
home small
member Mori
member Kato
started alpha gates --var host=FS1

# state STEP: how it stands now.
state() {
    ir --json status >"$T/state"
    "$PY" "$here/jget.py" "$T/state" "steps[id=1/$1].state"
}

# request N FIELD: the N-th request (from 0).
request() {
    ir --json status >"$T/state"
    "$PY" "$here/jget.py" "$T/state" "requests[$1].$2"
}

title "the other's walk says it while it waits for a line, with the bell"
cat >walk.py <<'X'
import os
import sys
import time

from term import Term

walk = Term([sys.argv[1], "--as", "mori", "start", "alpha"], os.environ)
walk.type("1")
walk.ask()
open("ready", "w").close()
asks = "\a\n! Sato asks for your approval until"
until = time.monotonic() + 20 # it looks once a second
while asks not in walk.shown() and time.monotonic() < until:
    walk.look(0.2)
said = asks in walk.shown()
walk.type("inbox")
walk.type("quit")
walk.end()
print(walk.shown())
sys.exit(0 if said else 1)
X
WITH="$WITH PYTHONPATH=$here PYTHONDONTWRITEBYTECODE=1" \
    bare "$PY" walk.py "$IR" >walk.out 2>walk.err &
walk=$!
i=0
until [ -e ready ] || [ $i -eq 100 ]; do
    sleep 0.1
    i=$((i + 1))
done
exits 77 --as sato run cut
wait $walk || fail "the walk: $(cat walk.out walk.err)"
within "ir approve 1/cut" walk.out || fail "the inbox: $(cat walk.out)"

title "asked for once, by whoever is first"
out "Asks for a second person"
err "approve 1/cut"
err "--break-glass"
err "it also stands in  ir --as NAME inbox"
exits 77 --as sato run cut
silent "Asks for a second person"
is open "$(request 0 state)"
is sato "$(request 0 by)"
is ready "$(state cut)"

title "the other person sees it, and may look before agreeing"
ok --as mori
out "Sato asks for approval until"
out "ir approve 1/cut"
ok --as mori inbox
out "Sato asks for approval until"
out "ir approve 1/cut"
ok --as mori status
out "! Sato asks for your approval until"
out "(ir inbox)"
for look in "" inbox status; do
    # shellcheck disable=SC2086
    ok --as sato $look
    silent "asks for approval until"
    silent "asks for your approval"
done
exits 77 --as mori run cut
err "ir approve cut"
exits 77 --as sato approve cut
err "somebody else"
typed --as mori approve cut <<'X'
n
X
is open "$(request 0 state)"
typed --as mori approve cut <<'X'
y
X
says "cut FS1"
is approved "$(request 0 state)"
is mori "$(request 0 approved_by)"
as sato run cut
out "| -- cut FS1"
is used "$(request 0 state)"
exits 66 --as mori approve cut
exits 66 --as mori deny cut -r "too late"

title "denied, taken back, asked again"
exits 77 --as sato run move
exits 64 --as mori deny move
as mori deny move -r "not now"
is denied "$(request 1 state)"
exits 77 --as sato run move
as sato deny move -r "changed my mind"
is cancelled "$(request 2 state)"
ok timeline
out "Denied: Move FS1"
exits 77 --as sato run move --break-glass "no waiting"
err "containment only"

title "an approval lasts as long as the request"
exits 77 --as sato run move
at_time +20m 77 --as mori approve move
err "run out"
as mori approve move
at_time +20m 77 --as sato run move
err "needs a second person"
at_time +5m 0 --as sato run move

title "done by hand takes two as well, where nothing runs"
exits 77 --as sato 'done' both
as mori approve both
as sato 'done' both
exits 66 --as mori approve nothing

title "containment: by hand it is a fact, alone it takes a reason"
started alpha gates --new --var host=FS2
exits 64 --as sato run cut --break-glass ""
as sato run cut --break-glass "alone at night"
out "| -- cut FS2"
ok --json exception list
is two-person "$(json '[0].rule')"
is "alone at night" "$(json '[0].reason')"
is null "$(json '[0].reviewed_by')"
started alpha gates --new --var host=FS3
as sato 'done' cut -m "pulled the cable"
ok --json exception list
is 0 "$(json '#')"

title "what destroys waits for what is preserved"
exits 77 --as sato run wipe
err "memory"
err "save"
as kato 'done' save -m "USB stick 3"
as sato run wipe
out "| wiped"

title "or for who leads, with a reason"
exits 77 --as sato 'done' reimage
as mori approve reimage
exits 77 --as sato 'done' reimage
err "disk"
exits 77 --as sato 'done' reimage --override "no time"
err "commander"
as sato role act commander -r "nobody answers"
exits 77 --as mori 'done' reimage --override "no time"
exits 64 --as sato 'done' reimage --override ""
as sato 'done' reimage --override "no time"
ok exception list
out "no time"
out "not reviewed"

title "its own author does not review it, where there is somebody else"
ok --json exception list
id=$(json '[0].id')
exits 77 --as sato exception approve "$id"
err "somebody else"
exits 66 --as mori exception approve 0000000000
as mori exception approve "$id" -r "right at the time"
ok --json exception list
is mori "$(json '[0].reviewed_by')"
is false "$(json '[0].self_reviewed')"

title "where there is nobody else, one's own review is shown as that"
home small
started alpha gates --var host=FS1
as sato run cut --break-glass "alone"
ok --json exception list
as sato exception approve "$(json '[0].id')"
ok --json exception list
is true "$(json '[0].self_reviewed')"
