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

title "lint: one way only, mail only, no deputy are warnings, with their lines"
ok contacts lint
out "vendor: warning: can be reached in one way only"
out "0 errors"
sed -i 's/{ "radio", "channel 3" }/{ "mail", "a@example.jp" }/' "$contacts"
for lint in "contacts lint" "runbook lint"; do
    # shellcheck disable=SC2086
    ok $lint
    out "contacts.lua:6: warning: people[1].channels: ito: can be reached in one way only"
    out "contacts.lua:8: warning: people[2].channels: mori: can be reached by mail only"
    out "contacts.lua:12: warning: roles[2].holders: operator: this role has no deputy"
    out "contacts.lua:16: warning: trees[1].levels[1][2]: call: role:operator can be"
done
ok --json contacts lint
for check in one-way mail-only no-deputy not-set-up; do
    out "\"check\":\"$check\""
done
IRLANG=ja_JP.UTF-8
ok contacts lint
out "contacts.lua:6: 警告: people[1].channels: ito: 連絡手段が一つしかありません"
out "メールでは何も送られません"
ok contacts list
out "緊急連絡網 trees (1)"
IRLANG=en_US.UTF-8
cat "$T/contacts.lua" >"$contacts"

title "lint: nobody to be reached, circles, one member twice, words nobody knows"
sed -i 's/{ "radio", "channel 3" }/&, { "pigeon", "loft 4" }, { "rado", "1" }/' "$contacts"
ok contacts lint
out "contacts.lua:19: warning: audiences[1]: public: nobody can be reached"
out "people[2].channels[2]: mori: \"pigeon\" is neither a channel of the list"
out "did you mean \"radio\"?"
cat "$T/contacts.lua" >"$contacts"
sed -i -e 's/may_know = { "what", "when" },/& members = { "mori", "audience:staff" },/' \
    -e 's/may_know = { "what" },/& members = { "audience:public" },/' "$contacts"
exits 2 contacts lint
out "audiences[1].members[2]: public: the audience \"public\" holds itself"
exits 2 runbook lint --json
out "\"check\":\"loop\""
cat "$T/contacts.lua" >"$contacts"
sed -i 's/{ id = "mori", /&member = "ito", /' "$contacts"
exits 2 contacts lint
out "ito and mori are both the member \"ito\""
cat "$T/contacts.lua" >"$contacts"

title "lint: never verified, and too long ago"
sed -i '0,/verified = "2026-10-01",/s///' "$contacts"
at_time "2026-11-21 12:00:00" 0 contacts lint
out "ito: warning: nobody has tried yet whether this reaches them"
silent "183 days ago"
at_time "2027-11-21 12:00:00" 0 contacts lint
out "mori: warning: last verified 2026-10-01: over 183 days ago"
cat "$T/contacts.lua" >"$contacts"

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

title "one of them: what the sender, the call and the update go by"
home shipped
ok contacts show nakamura
out "at work 20:00 to 08:30"
ok contacts show brown
out "outside this organisation"
ok contacts show command
out "the first who accepts ends it"
ok contacts show staff
out "hears something every 30 minutes"
out "audience:responders"

title "lint: what is wrong in the contacts is said, however much is wrong elsewhere"
contacts=$H/site/runbooks/contacts.lua
cp "$contacts" "$T/shipped.lua"
cat >"$contacts" <<'END'
local function both(word) return { en = word, ja = word } end
local function group(id, number, member)
  return { id = id, number = number, title = both(id), inside = true,
           may_know = { "what" }, releases = "commander", members = { member } }
end
return {
  api = 1, kind = "contacts", authorities = {}, partners = {}, trees = {},
  people = { { id = "ito", name = both("Ito"), language = "en",
               channels = { { "mail", "ito@example.jp" } } } },
  roles = { { id = "commander", title = both("Commander"), holders = { "ito" } } },
  audiences = { group("night", 1, "audience:day"), group("day", 2, "audience:night") },
}
END
exits 2 contacts lint
out "holds itself"
out "people[1].channels: ito: can be reached"
out "this role has no deputy"
cat "$T/shipped.lua" >"$contacts"

title "by the shipped channels nothing leaves; its examples are true"
ok --json contacts list channels
is "[]" "$(cat out)"
ok runbook lint
out "0 errors, 0 warnings"
sed -i '/^  channels = {/,/^  },/s/^    -- /    /' "$H/site/runbooks/contacts.lua"
ok runbook lint
out "0 errors, 0 warnings"
ok contacts lint
silent "is neither a channel"
home small
contacts=$H/site/runbooks/contacts.lua
first=ito

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
