#!/bin/sh
# What is sealed for an audience: who reads it, who does not, and who can write
# it; two machines and a stick.
. "${0%/*}/lib.sh"
home small
first=$H
bare_with=$WITH
mkdir stick

machine() { H=$T/$1 WITH=$bare_with; }
back() { H=$first WITH="$bare_with IR_AS=sato"; }
carry() {
    ok carry out "$T/stick"
    machine "$1"
    ok carry in "$T/stick"
}

back
ok --json mesh invite Mori
code=$(json code)
machine mori
ok mesh join "$code" --via "$T/stick"
back
ok mesh admit "$T/stick"
machine mori
ok mesh join "$code" --via "$T/stick"
back
started alpha one

title "no key yet"
ok mesh audience list
out "staff"
out "no key yet"
exits 77 note --audience staff "for few"
err "was not given the key of staff"
err "ir mesh audience add staff HANDLE"
exits 66 note --audience nobody "for few"
exits 66 mesh audience add nobody sato
exits 66 mesh audience add staff nobody
exits 64 mesh audience add staff
machine mori
exits 77 mesh audience add staff mori

title "sealed: read here, and by nobody else"
back
ok mesh audience add staff sato
exits 1 mesh audience add staff sato
ok note "plain words"
ok note --audience staff "the president resigns"
out "the president resigns"
out "sealed: staff only"
ok --json note --audience staff "once more"
id=$(json id)
ok decide --audience staff "say nothing" -r "the lawyers"
! grep -qa "president resigns\|the lawyers" "$H/ir.db" || fail "plain in ir.db"
carry mori
ok timeline
out "plain words"
out "sealed, for staff to read"
silent "president"
silent "lawyers"
ok --json timeline
silent "president"
ok --json show "$id"
silent "once more"
is null "$(json body)"
ok log --cbor
! grep -qa "president" out || fail "plain in what is exported"
exits 77 note --audience staff "me too"
exits 77 amend "$id" "twice more"
err "whose key this device was not given"
ok verify

title "somebody comes in, and reads what was there"
back
ok mesh audience add staff mori
out "key 1"
carry mori
ok timeline
out "the president resigns"
out "say nothing"
ok note --audience staff "I see"
ok amend "$id" "twice more"
out "sealed: staff only"
ok --json mesh audience list
is true "$(json '[id=staff].here')"
is 1 "$(json '[id=staff].key')"

title "and goes: what comes then is not theirs"
back
ok mesh audience remove staff mori
out "key 2"
exits 1 mesh audience remove staff mori
exits 77 mesh audience remove staff sato
err "last"
ok note --audience staff "after that"
carry mori
ok timeline
out "the president resigns"
silent "after that"
exits 77 note --audience staff "may I?"
back
ok carry in "$T/stick"
ok timeline
out "after that"
ok verify

title "a member who is revoked: a new key for the others"
ok mesh audience add staff mori
carry mori
ok timeline
out "after that"
back
ok member remove mori -r "left"
ok --json mesh audience list
is 3 "$(json '[id=staff].key')"
ok note --audience staff "quite alone"
carry mori
ok timeline
silent "quite alone"

title "another device of somebody who reads it"
back
ok --json mesh invite --device-for sato
code=$(json code)
machine second
ok mesh join "$code" --via "$T/stick"
back
ok mesh admit "$T/stick"
machine second
ok mesh join "$code" --via "$T/stick"
ok carry in "$T/stick"
ok timeline
out "quite alone"
