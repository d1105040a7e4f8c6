#!/bin/sh
# Two copies of a home, and a home restored from a backup: recognised,
# explained, each goes on from its own; nothing is dropped.
. "${0%/*}/lib.sh"
. "$here/homes.sh"
home small
as sato --no-input start alpha one --var host=FS1
mv "$H" A

# prev ID: what the entry names as the one before it.
prev() { ir --json show "$1" | grep -o '"prev":"[0-9a-f]*"' | cut -d'"' -f4; }

title "two copies write; each goes on from its own"
cp -a A B
on A --json note "A one"
a1=$(id)
on B --json note "B one"
b1=$(id)
carry A B
out "This home is an older copy"
out "1 entry signed with its own keys (sato), which were not here, came"
out "both branches are kept and count"
out "ir mesh invite --device-for sato"
carry B A
out "both branches are kept and count"
on A --json note "A two"
a2=$(id)
is "$a1" "$(prev "$a2")"
on B --json note "B two"
b2=$(id)
is "$b1" "$(prev "$b2")"
carry A B
on A --json timeline
before=$(grep -o '"A one"\|"A two"\|"B one"' out | sort -u | wc -l)
is 3 "$before"

title "it is recognised and explained, and nothing is dropped"
for h in A B; do
    H=$T/$h
    exits 2 verify
    out "Fork from a restored backup"
    out "The key of sato in this home signs elsewhere too"
    out "ir mesh invite --device-for sato"
    exits 2 --json verify
    is sato "$(json 'copies[0].handle')"
    is "$([ $h = A ] && echo 1 || echo 2)" "$(json 'copies[0].elsewhere')"
    ir --json doctor >out 2>err || :
    grep -q "signs elsewhere too" out || fail "the doctor says nothing"
    ok mesh status
    out "signs elsewhere too"
    ok --json mesh status
    is fork "$(ir --json verify | "$PY" -c \
        'import json, sys; print(json.load(sys.stdin)["verdict"])')"
    ok timeline
    out "A one"
    out "B one"
done
IRLANG=ja_JP.UTF-8
on A mesh status
out "このホームを複写したか"
IRLANG=en_US.UTF-8

title "another reading of the log says the same"
ir log --cbor >log.cbor
"$PY" "$src/tests/verify/ir_verify.py" log.cbor >out || [ $? -eq 2 ]
is fork "$(json verdict)"
is 0 "$(json 'bad#')"

title "restored from a backup, and what came after comes back: no fork"
home small
as sato --no-input start alpha one --var host=FS1
mv "$H" C
cp -a C backup
on C --json note "before the disk died"
last=$(id)
mkdir last
on C carry out "$T/last"
rm -r C
mv backup C
on C carry in "$T/last"
out "This home is an older copy"
out "they are here now, and what you record goes on behind them"
on C carry in "$T/last"
silent "older copy"
on C --json note "after"
is "$last" "$(prev "$(id)")"
ok verify
ok --json verify
is 0 "$(json 'copies#')"
ok --json mesh status
is 0 "$(json 'copies#')"
