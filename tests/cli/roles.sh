#!/bin/sh
# Who leads: take, offer, accept, release, act; what is refused and the way on.
. "${0%/*}/lib.sh"
home small
member Mori
member Ito
started alpha one

# role NAME FIELD: who holds it.
role() {
    ir --json role list >"$T/roles"
    "$PY" "$here/jget.py" "$T/roles" "[role=$1].$2"
}

title "nobody yet: whom to call"
ok role list
out "nobody"
out "Ito 050-0000-0001"
is null "$(role commander member)"

title "take, and not from somebody"
as sato role take commander
is sato "$(role commander member)"
is false "$(role commander acting)"
exits 1 --as sato role take commander
exits 77 --as mori role take commander
err "role offer commander mori"
err "role act commander"
exits 66 --as mori role take comander
err "commander"
exits 64 --as mori role take ../x
exits 64 --as mori role take

title "handover is signed by both"
exits 77 --as mori role offer commander ito
exits 66 --as mori role offer commander nobody
err "nobody called \"nobody\" is a member here"
exits 66 --as sato role offer commander nobody
exits 77 --as mori role accept commander
as sato role offer commander mori
is sato "$(role commander member)"
is mori "$(role commander offered_to)"
ok --as mori
out "ir role accept commander"
exits 77 --as ito role accept commander
as mori role accept commander
is mori "$(role commander member)"
is null "$(role commander offered_to)"

title "nobody reached: whoever is there acts, with a reason"
exits 64 --as ito role act commander
as ito role act commander -r "Mori does not answer"
is ito "$(role commander member)"
is true "$(role commander acting)"
ok status
out "acting commander Ito"
ok timeline
out "Mori does not answer"

title "lay it down"
exits 77 --as sato role release commander
as ito role release commander
is null "$(role commander member)"

title "a decision may make its author act"
as sato 'done' look
as sato 'done' save
as sato 'done' cut
as mori choose spread many -r "it spreads"
is mori "$(role commander member)"
is true "$(role commander acting)"

title "the first of the commanders leads from the start"
home small
ok member add Ito
ok --as ito --no-input start alpha one
ok --as ito who
out "Ito"
ok verify
