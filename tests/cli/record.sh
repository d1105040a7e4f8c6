#!/bin/sh
# Words into the record and out of it: note, decide, amend, redact, timeline,
# log, show, verify, export-entry.
. "${0%/*}/lib.sh"
home small
member Mori
as sato note outside any incident
started alpha one --began "50m ago"

# at ID PATH: a value of that entry in the timeline.
at() {
    ir --json timeline >"$T/out"
    json "[id=$1].$2"
}

# first KIND: id of the first entry of that kind.
first() {
    ir --json log >log.json
    grep "\"kind\":\"$1\"" log.json | head -1 >one.json
    "$PY" "$here/jget.py" one.json id
}

title "a note about earlier is entered late, and keeps both times"
as mori --json note "link light off" --at "40m ago"
note=$(id)
is 64 "$(printf %s "$note" | wc -c)"
is true "$(at "$note" late)"
is minute "$(at "$note" precision)"
is mori "$(at "$note" author)"
is "link light off" "$(at "$note" text)"
is actual "$(at "$note" status)"
ok timeline
out "late"
ok --json timeline
is "$note" "$(json '[0].id')"

title "a note with fields, about another entry; words without quotes"
as mori --json note two hosts of five --who Yamada --where 3F --about "$note"
about=$(id)
is "two hosts of five (who: Yamada) (where: 3F)" "$(at "$about" text)"
is "$note" "$(at "$about" 'refs[0]')"

title "a moment that cannot be read, or is still to come"
exits 64 --as sato note hello --at yesteryear
err "Examples"
exits 64 --as sato note hello --at ""
as sato note "a slip" --at "2030-01-01 10:00"
err "still to come"
out recorded

title "nothing to note"
exits 64 --as sato note
exits 64 --as sato note ""
exits 64 --as sato note "$(printf 'bad \377')"
as sato note -- "-begins with a dash"

title "a decision has a reason"
exits 64 --as sato decide "Cut it off"
as sato --json decide "Cut it off" -r "it spreads" --option cut --option wait \
    --chosen cut --known "three hosts"
decision=$(id)
ok show "$decision"
out "it spreads"
out "three hosts"

title "a correction leaves what it corrects"
as mori --json amend "$note" "it was counter D"
is true "$(at "$note" amended)"
at "$note" correction >corrected
grep -q "it was counter D" corrected || fail "no correction"
ok show "$note"
out "it was counter D"
exits 66 --as mori amend deadbeefdeadbeef "what?"
exits 64 --as mori amend zz "what?"
exits 64 --as mori amend "$note"

title "withheld: gone from the views and from what others get"
as sato --json note "a name: Tanaka"
name=$(id)
exits 64 --as mori redact "$name"
as mori redact "$name" -r "personal data"
ok timeline
silent Tanaka
out "personal data"
ok log
silent Tanaka
is withheld "$(at "$name" redacted)"
ok show "$name"
silent Tanaka
ir log --cbor >log.cbor
! grep -q Tanaka log.cbor || fail "it is in the CBOR"
as mori note "still whole"
ok verify

title "erased: gone from the disk too"
as sato --json note "a name: Suzuki Ichiro"
name=$(id)
exits 64 --as mori redact "$name" -r "by order" --erase
err "--yes"
as mori --yes redact "$name" -r "by order" --erase --authority "the court"
is erased "$(at "$name" redacted)"
! grep -aq "Suzuki Ichiro" "$H/ir.db" "$H/ir.db-wal" || fail "it is on the disk"
exits 1 --as mori --yes redact "$name" -r again --erase
ok verify
out "the text of 1 entry"

title "what carries the incident's state is not taken away"
exits 77 --as mori redact "$(first incident)" -r no
exits 77 --as mori redact "$(first member)" -r no

title "the log, as lines, as JSON, as CBOR"
ok log
is "$(entries)" "$(wc -l <out)"
ok log --json
"$PY" -c 'import json,sys
for line in open("out"):
    e = json.loads(line)
    assert len(e["id"]) == 64 and e["author"] and e["kind"], e' || fail "JSON"
typed log --cbor </dev/null
is 64 "$got"

title "an independent program finds the log whole"
ir log --cbor >log.cbor
"$PY" "$src/tests/verify/ir_verify.py" log.cbor >out 2>err || fail "ir_verify.py"
is unwitnessed "$(json verdict)"
is "$(entries)" "$(json entries)"
ok verify --json
is unwitnessed "$(json verdict)"
is "$(entries)" "$(json entries)"
is 0 "$(json bad#)"
is mori "$(json 'authors[name=mori].name')"
json 'authors[name=mori].witnessed_to' >null
ok verify --chain-only
exits 2 verify --strict
ok verify
out "all signatures good"
out "not yet witnessed by another member's device"

title "show an entry, by the beginning of its id"
ok show "$(printf %.8s "$note")"
out "$note"
out "signature     good"
ok show "$note" --hex
ok --json show "$note"
is "$note" "$(json id)"
exits 66 show 00000000

title "one entry for a stranger: ssh-keygen and sha256sum"
mkdir exported
ok export-entry "$note" exported
stem=$(printf %.8s "$note")
cd exported
is "$note" "$(sha256sum "$stem.m" | cut -d' ' -f1)"
ssh-keygen -Y verify -f "$stem.allowed_signers" -I mori -n ir-entry@v1 \
    -s "$stem.m.sig" <"$stem.m" >"$T/out" 2>"$T/err" || fail "ssh-keygen"
out 'Good "ir-entry@v1" signature for mori'
tail -c 32 "$stem.m" | od -An -tx1 | tr -d ' \n' >"$T/body"
is "$(sha256sum "$stem.body" | cut -d' ' -f1)" "$(cat "$T/body")"
printf x >>"$stem.m"
! ssh-keygen -Y verify -f "$stem.allowed_signers" -I mori -n ir-entry@v1 \
    -s "$stem.m.sig" <"$stem.m" >"$T/out" 2>"$T/err" || fail "it verifies"
cd ..
ok export-entry "$name" exported
[ ! -e "exported/$(printf %.8s "$name").body" ] || fail "a body"
exits 66 export-entry "$note" /no/such/place
exits 64 export-entry zz
exits 66 export-entry 0000000000
