#!/bin/sh
# What comes with ir, into a site that was made before it: what people changed
# or took out stays so.
. "${0%/*}/lib.sh"
site=$H/site
# What "this ir" comes with: a copy, to be changed as a later ir would.
mkdir "$T/data"
cp -r "$src/plugins" "$src/runbooks" "$T/data/"
WITH="IR_DATA=$T/data"
new() { cat "$T/data/$1"; }

title "a new home holds all of it, and says so"
ok init --org "Minato Airport" --person Sato
ok runbook refresh
out "site/ holds all that comes with this ir"
(cd "$site" && sha256sum --quiet -c .shipped) || fail "the note is not right"
ok --json runbook refresh --look
is '[]' "$(cat out)"

title "a later ir: new and older files; a look changes nothing"
printf -- '-- later\n' >>"$T/data/plugins/channel/ntfy.lua"
printf -- '-- later\n' >>"$T/data/plugins/channel/slack.lua"
printf -- '-- later\n' >>"$T/data/plugins/channel/line.lua"
printf -- '-- later\n' >>"$T/data/runbooks/controls.lua"
printf -- '-- later\n' >>"$T/data/runbooks/contacts.lua"
sed 's/webhook/fresh/' "$src/plugins/channel/webhook.lua" >"$T/data/plugins/channel/fresh.lua"
printf -- '-- ours\n' >>"$site/plugins/channel/slack.lua"
rm "$site/plugins/channel/line.lua" "$site/plugins/channel/print.lua"
ok runbook refresh --look
out "+ plugins/channel/fresh.lua  would be put there"
out "~ plugins/channel/ntfy.lua  would be brought up to date"
out "~ runbooks/controls.lua  would be brought up to date"
out "! plugins/channel/slack.lua  differs from what is shipped and stays as it is:"
out "diff -u '$site/plugins/channel/slack.lua' '$T/data/plugins/channel/slack.lua'"
out "- plugins/channel/line.lua  was taken out here and stays out"
out "- plugins/channel/print.lua  was taken out here"
silent contacts.lua
[ ! -e "$site/plugins/channel/fresh.lua" ] || fail "a look wrote"
ir doctor >out 2>err || :
out "3 files are not in site/ or older there"
out "ir runbook refresh"

title "refresh: what nobody changed is brought up to date, the rest stays"
own=$(sha256sum <"$site/runbooks/contacts.lua")
ok runbook refresh
out "~ plugins/channel/ntfy.lua  brought up to date"
out "ir release make"
is "$(new plugins/channel/ntfy.lua)" "$(cat "$site/plugins/channel/ntfy.lua")"
is "$(new plugins/channel/fresh.lua)" "$(cat "$site/plugins/channel/fresh.lua")"
is "-- ours" "$(tail -1 "$site/plugins/channel/slack.lua")"
[ ! -e "$site/plugins/channel/line.lua" ] || fail "it came back"
is "$own" "$(sha256sum <"$site/runbooks/contacts.lua")"
ok runbook refresh
silent "brought up to date"
out "! plugins/channel/slack.lua"
ir doctor >out 2>err || :
silent "runbook refresh"
ok runbook lint
ok release make

title "by name: ours is kept beside"
exits 66 runbook refresh plugins/channel/none.lua
ok runbook refresh site/plugins/channel/slack.lua plugins/channel/line.lua
out "~ plugins/channel/slack.lua  as shipped; yours: $site/.kept/plugins/channel/slack.lua"
out "+ plugins/channel/line.lua  put there"
is "$(new plugins/channel/slack.lua)" "$(cat "$site/plugins/channel/slack.lua")"
is "-- ours" "$(tail -1 "$site/.kept/plugins/channel/slack.lua")"
ok runbook lint
ok --json runbook refresh --look
is taken-out "$(json '[0].was')"
is plugins/channel/print.lua "$(json '[0].path')"

title "a home of before: no plugins, no note; its runbooks are its own"
rm -r "$site/plugins" "$site/.shipped"
ir --json runbook refresh --look >out
is new "$(json '[0].was')"
! grep -q runbooks out || fail "runbooks are offered"
ok runbook refresh
[ -e "$site/plugins/channel/smtp.lua" ] || fail "no plugins"
ok runbook refresh
out "site/ holds all that comes with this ir"
printf -- '-- ours\n' >>"$site/plugins/channel/smtp.lua"
rm "$site/.shipped"
ok runbook refresh
out "! plugins/channel/smtp.lua"
is "-- ours" "$(tail -1 "$site/plugins/channel/smtp.lua")"

title "a site with runbooks of its own is offered plugins alone"
H=$T/own
ok init --org X --person Sato --runbooks "$src/tests/lua/site"
ok runbook refresh --look
out "site/ holds all that comes with this ir"
H=$T/none
exits 66 runbook refresh

IRLANG=ja_JP.UTF-8 H=$T/own
rm "$H/site/plugins/channel/smtp.lua" "$H/site/.shipped"
ok runbook refresh
out "+ plugins/channel/smtp.lua  置きました"
