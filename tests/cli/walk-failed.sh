#!/bin/sh
# A step that failed and says where to go on is not in front any more: the one
# it leads to is.
. "${0%/*}/lib.sh"
home shipped
started email ransomware

title "nobody answers: who leads is settled next"
typed --as sato start email <<'X'
1
reach
fail nobody answers
quit
X
says "reach failed"
says " lead>"
ok --json status
is ready "$(json 'steps[name=lead].state')"

title "where it leads nowhere it stays, to be tried again"
typed --as sato start email <<'X'
1
cut
fail the rack is locked
quit
X
"$PY" - "$T/out" <<'X' || fail "another step is in front"
import re
import sys
shown = open(sys.argv[1], encoding="utf-8").read()
assert re.findall(r" (\S+)> ", shown)[-1] == "cut", shown
X

title "what is said is folded between words, like the screen"
COLS=40
typed --as sato start email <<'E'
1
channel distrust mail
quit
E
"$PY" - "$T/out" <<'E' || fail "the terminal breaks it"
import sys
lines = open(sys.argv[1], encoding="utf-8").read().splitlines()
at = [i for i, x in enumerate(lines) if "Nothing of the incident" in x]
assert at, lines
assert all(len(x) <= 40 for x in lines[at[0]:at[0] + 3]), lines[at[0]:]
E

title "who waits for a turn pushes nobody who is called off the line"
COLS=80
any=0
ir --as sato call emergency --no-input >"$T/out" 2>"$T/err" || any=$?
[ "$any" -eq 0 ] || [ "$any" -eq 2 ] || fail "exit $any"
out " more"
grep -Eq '^ 1 .*Ito.*(phone|to be dialled)' "$T/out" || fail "two lines for one person"

title "what is open is named as people know it; leaving says that nothing began"
typed --as sato start email <<'E'
quit
E
says "Mail and groupware: "
says "nothing was begun, nothing recorded"
