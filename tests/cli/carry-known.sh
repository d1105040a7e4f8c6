#!/bin/sh
# `ir carry out` does not read again what it knows of a stick, and believes
# nothing of a file that is gone, shorter, changed, or on another stick.
. "${0%/*}/lib.sh"

# writes N: so many entries and objects were not on the stick; now they are.
writes() {
    ok --json carry out stick
    is "$1" "$(json written)"
    is 0 "$(json left)"
}

# largest: the longest file on the stick.
largest() {
    find stick/ir -type f -printf '%s %p\n' | sort -n | tail -n 1 | cut -d' ' -f2
}

# same_time FILE CODE: CODE changes it, its time stays.
same_time() {
    touch -r "$1" stamp
    "$PY" -c "import sys
f = open(sys.argv[1], 'r+b')
n = f.seek(0, 2)
$2" "$1"
    touch -r stamp "$1"
}

home small
ok --no-input start alpha one --new
long=$("$PY" -c 'print("x" * 3000)')
for i in 1 2 3 4 5 6; do ok note "$i $long"; done
mkdir stick
ok --json carry out stick
all=$(json written)
is 0 "$(json held)"
big=$(largest)
[ "$(wc -c <"$big")" -gt 16000 ] || fail "a small file: $big"

title "what is known is not read: damage in its midst is seen a day later"
writes 0
cp -p "$big" keep
same_time "$big" 'f.seek(n // 2); f.write(b"?")'
writes 0
at_time +25h 0 --json carry out stick
is "$all" "$(json written)"
is 1 "$(json files.torn)"
cp -p keep "$big"
writes 0

title "a clock that went back proves nothing"
same_time "$big" 'f.seek(n // 2); f.write(b"?")'
at_time -25h 0 --json carry out stick
is 1 "$(json files.torn)"
rm -r stick
mkdir stick
writes "$all"
big=$(largest)

title "gone, another stick, and back"
mv stick other
mkdir stick
writes "$all"
rm stick/ir/*
writes "$all"
rm -r stick
mv other stick
writes 0
rm "$big"
writes "$all"

title "shorter; with its end lost; with another time; with another beginning"
for how in 'f.truncate(n - 1)' 'f.truncate(n // 2)' 'f.truncate(0)' \
    'f.seek(n - 512); f.write(bytes(512))' \
    'f.seek(0); f.write(bytes(512))' \
    'f.seek(30); b = f.read(1)[0] ^ 1; f.seek(30); f.write(bytes([b]))'; do
    rm -r stick
    mkdir stick
    writes "$all"
    same_time "$(largest)" "$how"
    writes "$all"
done
rm -r stick
mkdir stick
writes "$all"
big=$(largest)
"$PY" -c 'import sys
f = open(sys.argv[1], "r+b")
middle = f.seek(0, 2) // 2
f.seek(middle)
b = f.read(1)[0] ^ 1
f.seek(middle)
f.write(bytes([b]))' "$big"
writes "$all"

title "what another device wrote is known once it was read"
rm -r stick
mkdir stick
writes "$all"
cp -R "$H" twin
ok note "one more"
writes 1
H=$T/twin
writes 0
writes 0
