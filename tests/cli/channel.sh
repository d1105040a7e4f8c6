#!/bin/sh
# Ways out of here: plugins of the release in force, their secrets, checks
# side by side, and the harness for who writes one.
. "${0%/*}/lib.sh"
home small
site=$H/site/runbooks
mkdir -p "$T/d"

# A server of its own, until this ends.
mkfifo "$T/hold"
"$PY" "$src/tests/tools/stand_in.py" "$T/d" <"$T/hold" >"$T/server" 2>&1 &
exec 4>"$T/hold"
n=0
while [ ! -e "$T/d/ports" ] && [ $n -lt 100 ]; do
    n=$((n + 1))
    sleep 0.1
done
port() { "$PY" -c 'import json,sys; print(json.load(open(sys.argv[1]))[sys.argv[2]])' "$T/d/ports" "$1"; }
https=$(port https)
seen() { cat "$T/d/requests" 2>/dev/null || :; }
# channels LUA: contacts.lua gets this list
cp "$site/contacts.lua" "$T/contacts.lua"
channels() {
    sed "s|^ *partners = |  channels = { $1 },\n&|" "$T/contacts.lua" >"$site/contacts.lua"
    grep -q 'channels = { {' "$site/contacts.lua" || fail "no list was put in"
}
release() {
    ok --as sato release make
    ok --as sato release approve
}

title "no channel, no secret"
ok channel list
out "The release in force has no channels"
ok --json channel list
is '[]' "$(cat out)"
exits 66 channel check board

title "the plugin must be there, and its configuration fit"
T1='title = { en = "Board", ja = "掲示" }'
channels "{ id = \"board\", plugin = \"webhok\", $T1 }"
exits 2 runbook lint
out 'contacts.lua:'
out 'there is no plugin "webhok"'
out 'did you mean "webhook"'
channels "{ id = \"board\", plugin = \"webhook\", $T1, config = { url = \"https://x/\", nonsense = 1 } }"
exits 2 runbook lint
out 'channels[1].config.url: is a secret'
out 'channels[1].config.nonsense: unknown field'
channels "{ id = \"board\", plugin = \"webhook\", $T1 }"
exits 2 runbook lint
out 'channels[1].config.url: is missing'
channels "{ id = \"board\", plugin = \"webhook\", $T1, config = { url = { sekret = \"x\" } } }"
exits 2 runbook lint
out 'secret = "NAME"'

title "a plugin is checked like a runbook"
bad=$H/site/plugins/channel/bad.lua
printf 'return { api = 1, kind = "channel", name = "other", needs = { "files" },\n  config = { a = { type = "program" }, b = { type = "int", default = "x" } },\n  send = 5 }\n' >"$bad"
exits 2 runbook lint
out 'plugins/channel/bad.lua:1: name: must be "bad"'
out 'plugins/channel/bad.lua:1: needs[1]: "files" is not allowed'
out 'plugins/channel/bad.lua:2: config.a.type: "program" is of no use'
out 'plugins/channel/bad.lua:2: config.b.default: must be a whole number'
out 'plugins/channel/bad.lua:3: send: must be a function'
rm "$bad"
printf 'return {}\n' >"$H/site/plugins/loose.lua"
exits 2 runbook lint
out 'plugins/loose.lua:0: has no place here'
rm "$H/site/plugins/loose.lua"

title "what is in force counts, not what is being edited"
ca=$("$PY" -c 'import sys; print(open(sys.argv[1]).read().replace("\n", "\\\\n"), end="")' "$T/d/ca.pem")
channels "{ id = \"board\", plugin = \"webhook\", $T1, config = { url = { secret = \"board-url\" }, token = { secret = \"board-token\" }, ca = \"$ca\" } }, { id = \"print\", plugin = \"command\", $T1, config = { program = \"/bin/cat\", args = {} } }, { id = \"gone\", plugin = \"command\", $T1, config = { program = \"/nowhere\" } }"
sed 's/"webhook"/"mine"/' "$H/site/plugins/channel/webhook.lua" \
    >"$H/site/plugins/channel/mine.lua"
ok --as sato release make
ok channel list
silent webhook
out "ir release make"
ok release diff
out '+ plugin channel/mine  (needs: http)'
out '+ contacts channels'
ok --as sato release approve
ok channel list
out board
out webhook
out 'the secret "board-url" is not in this home'
out 'not checked'
ok --json channel list
is null "$(json '[0].checked')"
exits 2 doctor
out 'channels not checked from this device yet: board, print, gone'

title "secrets: kept for their owner's eyes only"
exits 66 channel secret board-url --remove
exits 64 channel secret ../x
printf 'https://localhost:%s/hook/s3cr3t-path\n' "$https" >"$T/secret"
bare "$IR" channel secret board-url <"$T/secret" >out 2>err || fail "not kept"
out "The secret board-url is kept"
silent "asks for"
printf x | bare "$IR" channel secret bord-url >out 2>err || fail "not kept"
err "No channel of the release in force asks for bord-url."
err "board-token, board-url"
ok channel secret bord-url --remove
printf 't0k3n-of-ours' | bare "$IR" channel secret board-token >out 2>err
is 600 "$(stat -c %a "$H/keys/channel/board-url")"
is 700 "$(stat -c %a "$H/keys/channel")"
: | bare "$IR" channel secret other >out 2>err && fail "an empty secret"
[ ! -e "$H/keys/channel/other" ] || fail "an empty secret is there"
! grep -r s3cr3t-path "$H" --include='*' -l | grep -v keys/channel || fail "it stands elsewhere"

title "check: all at once, each for itself"
exits 2 channel check
out 'ok     board  HTTP 200'
out 'ok     print  /bin/cat'
out 'FAILED gone'
ok --json channel check board
is true "$(json '[0].ok')"
seen | grep -q 'Bearer t0k3n-of-ours' || fail "the token did not arrive"

title "the last check is kept: the list and the doctor know of it"
ok channel list
out 'checked '
out 'check FAILED '
ok --json channel list
is true "$(json '[0].checked.ok')"
is 'HTTP 200' "$(json '[0].checked.text')"
is false "$(json '[0].checked.stale')"
is false "$(json '[2].checked.ok')"
exits 2 doctor
out 'channel gone: the last check failed ('
out 'ir channel check gone'
silent 'channels not checked'
at_time +8d 0 --json channel list
is true "$(json '[0].checked.stale')"
at_time +8d 2 doctor
out 'channels not checked for seven days: board, print'
IRLANG=ja_JP.UTF-8
at_time +8d 2 doctor
out '7日間確認していない連絡手段: board, print'
out '連絡手段 gone: 最後の確認で失敗しました'
IRLANG=en_US.UTF-8
at_time -1d 0 --json channel list
is true "$(json '[0].checked.stale')"

title "a secret that others can read is not used"
chmod 644 "$H/keys/channel/board-url"
exits 2 channel check board
out "can be read by other users"
out "chmod 600"
chmod 600 "$H/keys/channel/board-url"

title "what goes wrong names no secret"
printf 'https://localhost:1/hook/s3cr3t-path\n' | bare "$IR" channel secret board-url >out 2>err
exits 2 channel check board
out "nobody answers there"
silent s3cr3t
printf '{"status":403,"body":"s3cr3t-path"}' >"$T/d/answer"
printf 'https://localhost:%s/hook/s3cr3t-path\n' "$https" | bare "$IR" channel secret board-url >out 2>err
exits 2 channel check board
out "HTTP 403"
silent s3cr3t
rm "$T/d/answer"
ok channel secret board-url --remove
out "no longer in this home"
exits 2 channel check board
out 'ir channel secret board-url'

title "a changed plugin is a new release, and its lines are shown"
sed -i 's/judge(res, "look")/judge(res)/' "$H/site/plugins/channel/webhook.lua"
ok runbook diff
out '~ plugin channel/webhook'
out '53 -   return ir.http.judge(res, "look")'
out '53 +   return ir.http.judge(res)'
silent 'function M.send'

title "made is not approved: what runs is what was approved"
printf 'https://localhost:%s/hook/s3cr3t-path\n' "$https" | bare "$IR" channel secret board-url >out 2>err
sed -i 's/^function M.check(ir, cfg)$/& do return nil, "CHANGED" end/' "$H/site/plugins/channel/webhook.lua"
ok --as sato release make
ok channel check board
ok --as sato release approve
exits 2 channel check board
out CHANGED

title "without an approved release nothing runs"
H=$T/fresh
ok init --org X --person Sato --runbooks "$T/site.small"
exits 77 channel list
err "ir release approve"

title "the help leads to the pages that tell how"
ok help channel
out "man ir-channel"
out "man 7 ir-channels"
out "man 5 ir-plugin"

title "the harness: no home, no release"
H=$T/nowhere
plugin=$src/plugins/channel/command.lua
printf '{"program":"/usr/bin/tee","args":["%s/got"]}' "$T" >conf.json
ok channel test "$plugin" --config conf.json --to ito
out 'check: ok  /usr/bin/tee'
out 'send: ok  EXERCISE'
within "EXERCISE" "$T/got" || fail "the program did not get the text"
printf '{"program":"/usr/bin/tee","args":["%s/got-{to}-{other}"]}' "$T" >conf.json
ok channel test "$plugin" --config conf.json --to ito
[ -s "$T/got-ito-{other}" ] || fail "not filled in within a word"
printf '{"program":"/bin/sh","args":["{to}"]}' >conf.json
exits 2 channel test "$plugin" --config conf.json --to -c
out 'send: REFUSED'
ok --json channel test "$plugin" --config conf.json
is true "$(json check.ok)"
exits 2 channel test "$plugin"
out 'config.program: is missing'
printf 'return { api = 1, kind = "channel", name = "x", needs = {}, send = 1 }' >x.lua
exits 2 channel test x.lua
err 'plugins/channel/x.lua:1: send: must be a function'
exits 66 channel test none.lua
printf '{' >conf.json
exits 64 channel test "$plugin" --config conf.json

title "the plugin of the manual: 30 lines, tried as the manual says"
for page in "$src/docs/man/ir-plugin.5" "$src/docs/man/ja/ir-plugin.5"; do
    sed -n '/^\.Bd -literal$/,/^\.Ed$/p' "$page" | sed '1d;$d;s/\\e/\\/g' >board.lua
    is 30 "$(wc -l <board.lua)"
    printf '{"url":"http://127.0.0.1:%s/","key":"k3y-of-ours"}' "$(port http)" >board.json
    rm -f "$T/d/requests"
    ok channel test board.lua --config board.json --to ops
    out 'check: ok  HTTP 200'
    out 'send: ok'
    seen | grep -q '"room' || fail "no message arrived"
    seen | grep -q 'Bearer k3y-of-ours' || fail "no key arrived"
done
printf '{"url":"http://127.0.0.1:%s/","key":"k3y-of-ours"}' 1 >board.json
exits 2 channel test board.lua --config board.json --to ops
silent k3y

IRLANG=ja_JP.UTF-8
exits 2 channel test "$plugin"
out 'config.program: ありません'
