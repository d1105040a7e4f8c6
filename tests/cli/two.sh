#!/bin/sh
# Two `ir` at once on one home: nothing is lost, all verifies, one order.
. "${0%/*}/lib.sh"
home small
member Mori
started alpha one --var host=FS1
before=$(entries)

title "two people write as fast as they can"
write() {
    for i in 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17 18 19 20; do
        ir --as "$1" --json note "$1 number $i" || return 1
    done >"$T/$1.ids" 2>"$T/$1.err" </dev/null
}
write sato &
one=$!
write mori &
two=$!
wait $one || fail "sato could not write: $(cat sato.err)"
wait $two || fail "mori could not write: $(cat mori.err)"
is 20 "$(wc -l <sato.ids)"
is 20 "$(wc -l <mori.ids)"
is $((before + 40)) "$(entries)"
ok verify --json
is 0 "$("$PY" -c 'import json; print(len(json.load(open("out"))["bad"]))')"
ir log --json >log.1
grep -o '"id":"[0-9a-f]*"' sato.ids mori.ids -h | sort >said
grep -o '"id":"[0-9a-f]*"' log.1 | sort >kept
is 40 "$(comm -12 said kept | wc -l)"

title "in the order each wrote, the same for everybody, also made anew"
for who in sato mori; do
    i=0
    grep -o "$who number [0-9]*" log.1 | while read -r _ _ n; do
        i=$((i + 1))
        [ "$n" -eq "$i" ] || fail "$who's number $n at place $i"
    done
done
ir --as mori log --json >log.2
cmp log.1 log.2 || fail "two orders"
ir timeline --json >timeline.1
ok rebuild
ir timeline --json >timeline.2
cmp timeline.1 timeline.2 || fail "another order after rebuild"

title "the same step ended by two: one of them is told"
ir --as sato 'done' look >sato.out 2>&1 </dev/null &
one=$!
ir --as mori 'done' look >mori.out 2>&1 </dev/null &
two=$!
a=0 b=0
wait $one || a=$?
wait $two || b=$?
[ "$a" -eq 0 ] || [ "$b" -eq 0 ] || fail "neither was recorded"
cat sato.out mori.out >out
ok --json status
is 'done' "$(json 'steps[name=look].state')"
ok verify

title "two walks at two terminals see each other's steps"
cat >walks.py <<'X'
import os
import subprocess
import sys

from term import Term

ir, home = sys.argv[1:]
env = {"PATH": os.environ["PATH"], "HOME": home, "IR_HOME": home,
       "LANG": "en_US.UTF-8", "TERM": "xterm"}
env.update({k: v for k, v in os.environ.items() if k.startswith("IR_")})
a = Term([ir, "--as", "sato", "start", "alpha"], env)
b = Term([ir, "--as", "mori", "start", "alpha"], env)
a.type("1")
b.type("1")
a.ask()
b.ask()
a.type("note seen by sato alone")
a.type("skip save -r not-needed")
a.ask()
before = len(b.shown())
b.type("")
b.ask()
new = b.shown()[before:]
subprocess.run([ir, "--as", "sato", "notify", "mori", "Come to rack B3"],
               env=env, check=True, capture_output=True)
b.ask()
before = len(b.shown())
b.type("inbox") # that it was shown is recorded, and must not push it away
b.ask()
box = b.shown()[before:]
if "ir ack " not in box or "> cut" in box:
    sys.exit(f"the inbox was drawn over\n{box}")
for t in (a, b):
    t.type("quit")
codes = [t.end() for t in (a, b)]
print(new)
if codes != [0, 0]:
    sys.exit(f"ended with {codes}\n{a.shown()}")
X
bare env PYTHONPATH="$here" PYTHONDONTWRITEBYTECODE=1 \
    "$PY" walks.py "$IR" "$H" >out 2>err || fail "the walks"
out "> cut"
! within "> save" out || fail "the step of before"
ok timeline
out "seen by sato alone"
out "not-needed"
ok verify
