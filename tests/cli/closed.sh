#!/bin/sh
# What is closed is out of the way, and that it is closed is remembered until
# something is recorded there: a view, as good as no view.
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

title "what is closed is not listed, and that it is closed is remembered"
started alpha loops
ended
is 1 "$(views)"
ok list
silent "$name"
ok
silent "$name"
ok list --all
out "$name"

title "what is recorded in it later is noticed"
ok note "the report is late"
ok list
silent "$name"
ok reopen -r "it is back"
ok list
out "$name"
ok close
ok list
silent "$name"

title "dropped views are made anew, also in passing"
ok rebuild
is 1 "$(views)"
sqlite3 "$H/ir.db" "DELETE FROM view"
ok list
silent "$name"
is 0 "$(views)"
started alpha loops
is 1 "$(views)"
ok list
silent "$name"
