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
