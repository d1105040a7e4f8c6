#!/bin/sh
# --json: every command that prints something prints one line of JSON, and
# nothing else on standard output.
. "${0%/*}/lib.sh"

# one CODE ARGS...: what it prints is one JSON value.
one() {
    want=$1
    shift
    exits "$want" --json "$@"
    "$PY" -c 'import json, sys
lines = open(sys.argv[1], encoding="utf-8").read().splitlines()
sys.exit(0 if len(lines) == 1 and json.loads(lines[0]) is not None else 1)' \
        "$T/out" || fail "not one line of JSON: ir --json $*"
}

title "init says it in one object"
cp -r "$src/tests/lua/site" "$T/site"
one 0 init --org "Minato Airport" --person Sato --runbooks "$T/site"
is "$H" "$(json home)"
is sato "$(json handle)"
is 64 "$(json release | tr -d '\n' | wc -c)"

title "commands without an incident"
home small
member Mori
one 0 help
is init "$(json '[0].name')"
one 0 help role
is "role list" "$(json '[0].name')"
is "ir role take ROLE" "$(json '[1].usage')"
exits 64 --json help nonsense
one 0 runbook new alpha/made
is alpha/made "$(json runbook)"
[ -f "$(json path)" ] || fail "no file there"
one 0 runbook dry-run alpha/commands
is run "$(json 'steps[id=say].act')"
one 0 runbook diff
is added "$(json '[name=alpha/made].change')"
sed -i 's/What good looks like/What is good/' "$H/site/runbooks/alpha/made.lua"
as sato release make -m one
as mori release approve
sed -i 's/What is good/All is well/' "$H/site/runbooks/alpha/made.lua"
one 0 runbook diff alpha/made
is changed "$(json '[0].steps[id=first].change')"
is good "$(json '[0].steps[id=first].fields[0].field')"
as sato release make -m two
one 0 release diff
is plan "$(json '[0].type')"
one 0 contacts lint
one 0 contacts verify
is 183 "$(json days)"
one 0 selftest --offline
is true "$(json '[0].good')"

title "commands with one"
started alpha loops
ok --json list
name=$(json '[0].name')
one 0 use "$name"
is "$name" "$(json incident)"

title "a damaged database"
one 0 rebuild --salvage
is 0 "$(json lost)"
