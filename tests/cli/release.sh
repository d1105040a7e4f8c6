#!/bin/sh
# Which runbooks are in force: make, approve, deny, diff, repin; lint, new,
# show, dry-run; systems and contacts.
. "${0%/*}/lib.sh"
home small
one() { echo "$H/site/runbooks/alpha/one.lua"; }

# look: how the first step reads in the incident.
look() {
    ir show look >"$T/look"
    grep -E 'Look at|Stare at|Gaze at' "$T/look" | sed 's/^ *//; s/ .*//'
}

title "one person approves what they made themselves, and it is shown"
ok release list
out "approved by its author Sato alone, in use"
ok --json release list
is true "$(json '[0].self_approved')"
is true "$(json '[0].current')"
started alpha one
out "approved by its author alone"
ok --json status
is self-approved "$(json incident.approval)"

title "nothing new, no release"
exits 1 release make
err "nothing has changed"

title "an edit in site/ changes nothing of a running incident"
is Look "$(look)"
sed -i 's/en = "Look at/en = "Stare at/' "$(one)"
is Look "$(look)"
ok status
ok runbook diff
out "~ plan alpha/one"
out "Stare at"

title "two people: not the author"
member Mori
as sato release make -m "stare"
ok release list
out "not approved"
exits 77 --as sato release approve
err "somebody else"
is Look "$(look)"
exits 64 --as mori release deny
as mori release deny -r "why stare?"
exits 1 --as mori release approve
err denied
as sato release make -m "stare all the same"
ok release diff
out "Stare at"
as mori release approve
exits 1 --as mori release approve
exits 66 --as mori release approve 0000000000
ok --json release list
is mori "$(json '[0].approver')"
is false "$(json '[0].self_approved')"
is "stare all the same" "$(json '[0].text')"
is 40 "$(json '[0].commit' | tr -d '\n' | wc -c)"
bare git -C "$H/site" log --oneline >out
is 2 "$(wc -l <out)"

title "who approves sees each number, address and rule that changed"
sed -i 's/"050-0000-0001"/"050-9999-0001"/' "$H/site/runbooks/contacts.lua"
sed -i 's/^  policy = {/&\n    alert_cosign = 0,/' "$H/site/runbooks/site.lua"
sed -i 's/^  people = {/&\n    { id = "new", name = { en = "New Face", ja = "New Face" }, language = "en",\n      channels = { { "phone", "050-8888-0001" } } },/' \
    "$H/site/runbooks/contacts.lua"
ok --as sato release make
ok release diff
out '+ [["phone","050-9999-0001"]'
out '    + new  New Face'
out '050-8888-0001'
out '"alert_cosign":0'
ok --json release diff
out '"rows":[{"id":"new","change":"added"},{"id":'
ok --as mori release deny -r "who is that?"
bare git -C "$H/site" checkout -q HEAD~1 -- .

title "the running incident stays with its release until somebody decides"
is Look "$(look)"
ok --json status
was=$(json incident.manifest)

title "repin shows the difference first, and is recorded with its reason"
exits 64 --as sato --no-input repin
err "What would change"
err "Stare at"
err "--yes"
is Look "$(look)"
exits 64 --as sato --yes --no-input repin
err reason
typed --as sato repin <<'X'
n
X
is Look "$(look)"
typed --as sato repin <<'X'
y
it says more
X
is 0 "$got"
is Stare "$(look)"
ok timeline
out "it says more"
ok --json status
[ "$(json incident.manifest)" != "$was" ] || fail "the same manifest"
exits 1 --as sato --yes repin -r again
err "newest approved release"
ok verify

title "what was done stays done over a repin"
as sato 'done' look -m seen
sed -i 's/en = "Stare at/en = "Gaze at/' "$(one)"
as sato release make
as mori release approve
as sato --yes repin -r "third"
is Gaze "$(look)"
ok --json status
is 'done' "$(json 'steps[id=1/look].state')"

title "without an approved release: only with a reason, and as an exception"
home small
cp -a "$H" "$T/unapproved"
H=$T/unapproved
sed -i 's/en = "Look at/en = "Stare at/' "$(one)"
ok release make
started alpha one --unapproved "the approved one is wrong" --var host=FS1
is Stare "$(look)"
out "the approved one is wrong"
ok --json status
is unapproved "$(json 'exceptions[0].rule')"
is true "$(json 'instances[0].unapproved')"
is null "$(json 'exceptions[0].reviewed_by')"
H=$T/never
ok init --org Minato --person Ito --runbooks "$src/tests/lua/site"
exits 77 --no-input start alpha one
err "ir release approve"
err "--unapproved"
ok --no-input start alpha one --unapproved "nobody here"
ok exception list
out "nobody here"

title "site/ does not compile: the newest release that did"
echo 'return {' >"$(one)"
exits 2 release make
err "alpha/one.lua:"
err "no release was made"
ok --no-input start alpha one --new --unapproved "broken files"
err "alpha/one.lua:"
ok runbook lint common/two
exits 2 runbook lint
exits 2 --json runbook lint

title "runbooks to read"
home small
ok runbook list
out alpha/one
ok runbook show alpha/one
out "Cut it off."
exits 66 runbook show alpha/nothing
exits 66 runbook show nothing/at/all
ok runbook new alpha/fresh
[ -f "$H/site/runbooks/alpha/fresh.lua" ] || fail "not made"
ok runbook lint alpha/fresh
exits 64 runbook new ../x
exits 64 runbook new alpha/..
exits 1 runbook new alpha/one
was=$(entries)
ok runbook dry-run alpha/loops
out "nothing was recorded"
is "$was" "$(entries)"
IRLANG=ja_JP.UTF-8
ok runbook show alpha/one
out "切り離す。"
IRLANG=en_US.UTF-8

title "systems and contacts"
ok system list
out alpha
ok system show alpha
out "RTO 2 h"
exits 66 system show beta
ok contacts list
out "Ito"
ok contacts show ito
out 050-0000-0001
exits 66 contacts show nobody
ok contacts lint
ok contacts verify
