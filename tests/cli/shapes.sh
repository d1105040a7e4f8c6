#!/bin/sh
# --json: one value, valid, with the fields the manual pages name.
. "${0%/*}/lib.sh"
home small
member Mori
started alpha gates --var host=FS1 --began "1h ago"
as sato measure start "boards by hand"
ok --as sato --json measure list
as sato measure review "$(json '[0].id')" --owner mori --review 30d
as sato clock start first --from "1h ago"
as sato service show 50
exits 77 --as sato run move
as sato run cut --break-glass "alone"
as sato role take commander
as sato role offer commander mori
as sato note "a word" --at "10m ago"
as sato take save
ok --as sato --json note "another"
note=$(id)
ok --as sato --json notify all "come" --severity 1
alert=$(id)
as mori alert cosign "$alert"
as mori inbox
as mori ack "$alert"
as sato answer-for vendor "$alert" accept --how phone
ok --as sato --json notify mori "wait" --cosign 1
as mori alert correct "$(id)" "go"
as mori --json notify public "word"
WITH="$WITH IR_AS=sato"

title "each command, its fields, its manual page"
{
    while read -r code words; do
        printf '%s\t%s\n' "$words" "$code"
    done
} >commands <<X
0|2 doctor
0 selftest
0 key show
0 member list
0 system list
0 system show alpha
0 runbook list
0 runbook show alpha/one
0 runbook lint
0 runbook dry-run alpha/one
0 release list
0 release diff
0 contacts list
0 contacts show ito
0 contacts lint
0 contacts verify
0 list
0 list --all
0 status
0 next
0 role list
0 inbox
0 alert list
0 update list
0 alert show $alert
0 alert status $alert
0 notify mori hello
0 ack $alert
1 ack $alert
66 ack ffffffff
0 who
0 measure list
0 clock list
0 exception list
0 timeline
0 log
0 show $note
0 show --hex $note
0 show 1/save
0 verify
0 help
0 note hello
0 decide this -r that
0 amend $note better
0 redact $note -r wrong
0 severity 1 -r worse
0 contained
0 done save
1 repin
77 close
66 use nothing
66 show ffffffff
64 note
64 nonsense
64 list x
66 runbook show alpha/none
66 contacts show nobody
66 approve both
X
got=0
bare "$PY" "$here/shapes.py" "$IR" "$src/docs/man" <commands >out 2>err || got=$?
[ "$got" -eq 0 ] || fail "fields or shapes"
out " commands"
