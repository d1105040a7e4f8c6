#!/bin/sh
# What is closed is out of the way, and that it is closed is remembered until
# something is recorded there: a view, written with what is recorded next.
. "${0%/*}/lib.sh"

# views: how many cached views there are.
views() {
    "$PY" - "$H/ir.db" <<'X'
import sqlite3, sys
print(sqlite3.connect(sys.argv[1]).execute(
    "SELECT count(*) FROM view WHERE name LIKE 'over/%'").fetchone()[0])
X
}

# ended: walk the incident in use to its end and close it; $name is its name.
ended() {
    ok --json status
    name=$(json incident.name)
    ok 'done' begin
    ok 'done' try
    ok choose enough none -r "stop here"
    ok close
}

home small

title "what is closed is not listed"
started alpha loops
ended
ok list
silent "$name"
ok list --all
out "$name"
is 0 "$(views)"

title "it is remembered with what is recorded next, and read again"
started alpha loops
is 1 "$(views)"
ok list
silent "$name"
ok
silent "$name"

title "what is recorded in it later is noticed"
second=$(ok --json status && json incident.name)
ok use "$name"
ok reopen -r "it is back"
is 1 "$(views)"
ok list
out "$name"
ok close
ok list
silent "$name"

title "a view that is dropped is made again"
ok use "$second"
ended
ok rebuild
is 0 "$(views)"
ok list
silent "IR-"
started alpha loops
is 2 "$(views)"
