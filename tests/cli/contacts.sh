#!/bin/sh
# Whom to reach: list, show, lint, verify; what is dead or stale is named.
. "${0%/*}/lib.sh"
home small
contacts=$H/site/runbooks/contacts.lua
cp "$contacts" "$T/contacts.lua"

title "all lists, or one"
ok contacts list
for list in people roles trees audiences authorities partners channels; do
    out "$list ("
done
ok contacts list people
out "people ("
! within "roles (" out || fail "another list, too"
exits 66 contacts list nothing
err people
exits 64 contacts list people roles
ok --json contacts list
is 7 "$("$PY" -c 'import json; print(len(json.load(open("out"))))')"

title "one of them"
first=$("$PY" -c 'import json; print(json.load(open("out"))["people"][0]["id"])')
ok contacts show "$first"
out "people $first"
ok --json contacts show "$first"
is "$first" "$(json id)"
exits 66 contacts show nobody
err "nobody and nothing is called \"nobody\""
err "ir contacts list"
exits 64 contacts show
exits 66 contacts show ../../etc/passwd

title "the contacts of the release, not of the file being edited"
sed -i 's/api = 1,/api = 1, nonsense = 1,/' "$contacts"
ok contacts show "$first"

title "lint: an error is one, with its line"
exits 2 contacts lint
out "contacts.lua:"
out nonsense
out "1 errors"
cat "$T/contacts.lua" >"$contacts"

title "lint: one way only, mail only, no deputy are warnings"
sed -i 's/{ "radio", "channel 3" }/{ "mail", "a@example.jp" }/' "$contacts"
ok release make
ok release approve
ok contacts lint
out "ito: warning: can be reached in one way only"
out "mori: warning: can be reached by mail only"
out "0 errors"
out "this role has no deputy"

title "lint: whom a role, a tree or an audience names must be there"
for change in 's/holders = { "ito"/holders = { "gone"/' \
    's/levels = { { "ito"/levels = { { "gone"/' \
    's/"role:operator"/"role:gone"/' 's/releases = "commander"/releases = "gone"/' \
    's/form = "report"/form = "gone"/'; do
    sed -i "$change" "$contacts"
    exits 2 contacts lint
    out 'gone"'
    grep -q '^contacts.lua:[1-9][0-9]*: [a-z]' out || fail "no file:line: field"
    cat "$T/contacts.lua" >"$contacts"
done

title "what is old is named, and whom to call"
got=0
ir contacts verify >out 2>err </dev/null || got=$?
case $got in 0 | 2) ;; *) fail "exit $got" ;; esac
at_time "+2y" 2 contacts verify
out "$first"
out "last verified"
out "Call them"
home shipped
at_time "2026-11-21 12:00:00" 0 contacts verify
out "0 of"
at_time "+2y" 2 contacts verify
at_time "2026-11-21 12:00:00" 0 contacts lint
out "0 errors"
