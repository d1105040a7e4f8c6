#!/bin/sh
# Alerts between two devices that only a stick joins: stored, displayed and
# answered come back with their proofs, and who has witnessed them.
. "${0%/*}/lib.sh"
. "$here/homes.sh"
home small
member Mori
member Ito

# device NAME HANDLE, then second NAME HANDLE: as in carry.sh.
device() {
    mkdir "$T/keys.$1"
    "${IR%/engine/prog/ir}/tests/tools/new-device" "$H" sato "$2" \
        "$T/keys.$1" || fail "new-device"
}
second() {
    cp -a "$H" "$T/$1"
    [ ! -e "$T/keys.$1" ] || cp "$T/keys.$1/keys/node" "$T/$1/keys/node"
    for key in "$T/$1"/keys/*; do
        case ${key##*/} in
        node | "$2") ;;
        *) rm "$key" ;;
        esac
    done
}
# state HOME ALERT PATH
state() {
    on "$1" --json alert status "$2"
    json "$3"
}

device B mori
device C ito
second A sato
second B mori
second C ito

title "what comes by stick is receipted by the device, once"
on A --no-input start alpha one
on A --json notify mori "Come to rack B3"
M=$(id)
on A --json notify all "Assemble in room 3F" --severity 1
G=$(id)
is null "$(state A "$M" 'people[0].stored')"
carry A B
before=$(entries)
carry A B
is "$before" "$(entries)"
carry B A
is mori "$(state A "$M" 'people[0].stored.by')"
is null "$(state A "$M" 'people[0].displayed')"
on A alert status "$M"
out "no answer; stored"
on A alert status "$G"
out "waits for cosignatures: 0 of 1"

title "cosigned elsewhere it is out everywhere"
on B inbox
out "Come to rack B3"
out "ir alert cosign"
on B alert cosign "$G"
on B ack "$G" --accept "on my way"
on B ack "$M" --decline
carry B A
is out "$(state A "$G" state)"
is accept "$(state A "$G" 'people[member=mori].answer.code')"
is mori "$(state A "$M" 'people[0].displayed.by')"
is decline "$(state A "$M" 'people[0].answer.code')"

title "what A has seen A says, and a third one knows"
carry A C
is out "$(state C "$G" state)"
is 1 "$(on C --json inbox && json '[0].severity')"
is sato "$(state C "$G" 'people[member=mori].answer.witnessed[0].custodian')"
on C alert status "$G"
out "on my way"
out "witnessed: Sato"
on C ack "$G"
carry C A
carry A B
for who in A B; do
    is seen "$(state $who "$G" 'people[member=ito].answer.code')"
    on "$who" verify
done

title "verify: witnessed by whom, and what stands on one person's word"
on A verify
out "Sato: to"
out "witnessed by devices of"
on B note "only here"
on B --json verify
is unwitnessed "$(json verdict)"
is 1 "$(json record.this_device_only)"
carry B A
carry A B
on B --json verify
is 0 "$(json record.this_device_only)"
on B --json verify
is sato "$(json 'authors[name=mori].witnessed_by[0]')"

title "the same views on all"
carry A C
carry C A
carry A B
for who in A B; do
    on $who --json alert status "$G"
    "$PY" - "$T/out" "$who" <<'X'
import json, sys
a = json.load(open(sys.argv[1]))
for key in ("for_me", "waits_for_me", "answer"):
    a.pop(key)
open("same." + sys.argv[2], "w").write(json.dumps(a, sort_keys=True))
X
done
cmp -s same.A same.B || {
    cp same.A out
    cp same.B err
    fail "the alert is not the same on both"
}

title "cancelled by one is over everywhere"
on C alert cancel "$G" -r over "all is well"
carry C B
is cancelled "$(state B "$G" state)"
on B inbox
silent "room 3F"

title "a secret that only the audience reads"
on A mesh audience add staff mori
exits 64 notify mori "Read this" --secret "the key lies under the mat"
exits 64 notify public,staff "Read this" --secret "the key lies under the mat"
on A mesh audience list
carry A B
carry A C
H=$T/C
exits 77 notify staff "Read this" --secret "the key lies under the mat"
on B --json notify staff "Read what is sealed" --secret "the key lies under the mat"
S=$(id)
is staff "$(state B "$S" 'to[0]' | sed s/audience://)"
is "the key lies under the mat" "$(state B "$S" secret)"
carry B A
carry B C
is null "$(state C "$S" secret)"
on C --json alert status "$S"
is false "$(json for_me)"
is "[]" "$(json people)"
on C alert show "$S"
out "Sealed for"
! grep -raqF "under the mat" "$T/C" || fail "it can be read on C"
ok verify
