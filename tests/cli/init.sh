#!/bin/sh
# A home is made whole or not at all; doctor and selftest.
. "${0%/*}/lib.sh"

title "no home yet"
ok
out "ir init"
exits 66 status
err "ir init"
exits 66 note hello
exits 2 doctor
out "ir init"

title "who and whose must be said"
exits 64 init
err "ir init --org"
exits 64 init --org Minato
exits 64 init --org "" --person Ito
exits 64 init --org Minato --person 伊藤
err "--handle"
exits 64 init --org Minato --person Ito --handle Ito
exits 64 init --org Minato --person Ito --handle ../ito
exits 64 init --org Minato --person Ito --handle node
[ ! -e "$H" ] || fail "something was made"

title "a home with its keys, its root, its site under git"
ok init --org 'Minato "Air" \ port' --person Ito
out "ir release approve"
is 700 "$(stat -c %a "$H")"
is 700 "$(stat -c %a "$H/keys")"
is 600 "$(stat -c %a "$H/keys/ito")"
is 600 "$(stat -c %a "$H/keys/node")"
is 600 "$(stat -c %a "$H/ir.db")"
cmp "$src/runbooks/contacts.lua" "$H/site/runbooks/contacts.lua"
grep -qF 'Minato \"Air\" \\ port' "$H/site/runbooks/site.lua" ||
    fail "the organisation is not named"
bare git -C "$H/site" log --oneline >out 2>err
is 1 "$(wc -l <out)"
bare git -C "$H/site" status --porcelain >out
is 0 "$(wc -c <out)"
ok release list
out "not approved"
ok
out "release"
ok verify

title "not twice, not over something else"
exits 77 init --org Minato --person Ito
err "not empty"
mkdir full && touch full/file
exits 77 init full --org Minato --person Ito
touch file
exits 77 init file --org Minato --person Ito
exits 1 init no/such/place --org Minato --person Ito
is "file" "$(ls full)"

title "a directory named from where one stands; one object for programs"
ok --json init beside --org Minato --person Ito
is ito "$(json handle)"
is 1 "$(wc -l <out | tr -d ' ')"
[ -d beside/site/.git ] || fail "site/ is not under git"

title "an empty directory, without git, with other runbooks"
mkdir empty
exits 66 init empty --org Minato --person Ito --runbooks /nonexistent
err /nonexistent
ok init "$T/empty" --org Minato --person Ito --no-git --runbooks "$src/tests/lua/site"
[ ! -e empty/site/.git ] || fail "there is a .git"
ok -C "$T/empty" runbook list
out alpha/one
ok -C "$T/empty" release approve

title "nothing is left beside it when it fails"
mkdir bad && cp -r "$src/tests/lua/site/." bad && echo 'return {' >bad/site.lua
got=0
ir init "$T/worse" --org Minato --person Ito --runbooks "$T/bad" >out 2>err || got=$?
is 2 $got
err "site.lua:"
err "ir runbook lint"
! ls -d worse.new.* 2>/dev/null || fail "a half-made home is left"
ok -C "$T/worse" member list
out ito

title "asked on a terminal"
H=$T/asked
typed init <<'X'
港空港
伊藤
ito
X
is 0 $got
ok key show
out " ito"

title "doctor"
home shipped
ir doctor >out 2>err || :
out "ok   the home opens"
out "ok   site/runbooks compiles"
out "ok   the log's chains are whole"
out "no channel is set up: whoever is to be told has to be called by hand"
ir --json doctor >out 2>err || :
is true "$(json '[0].ok')"
echo 'return {' >"$H/site/runbooks/email/system.lua"
chmod 644 "$H/keys/sato"
exits 2 doctor
out "BAD  site/runbooks has errors"
IRLANG=ja_JP.UTF-8
exits 2 doctor
out "要対応  site/runbooksに誤りがある"

title "selftest"
IRLANG=en_US.UTF-8 H=$T/none
ok selftest --offline
out "ok   ir verify"
[ ! -e "$H" ] || fail "it touched the home"
