#!/bin/sh
# worker.sh: one file that stops the worker does not hide what is wrong with
# the others; a worker that hangs, dies, babbles or is missing costs nothing.
. "${0%/*}/lib.sh"

home small
site=$H/site/runbooks
before=$(entries)

# book FILE LUA: a file of the site.
book() { printf '%s\n' "$2" >"$site/alpha/$1.lua"; }

bomb='local s = string.rep("a", 200):find(string.rep("a-", 30) .. "b")'

title "each file has its own time: the others are reported all the same"
book bomb1 "
$bomb"
book bomb2 "$bomb"
book hang 'while true do end'
book slow 'local t = {} for i = 1, 400000 do table.insert(t, 1, i) end'
book big 'local t = {} while true do t[#t + 1] = ("x"):rep(100000) .. #t end'
book zlast 'return { api = 1, kind = "recovery", id = "alpha/zlast" }'
exits 2 --as sato release make
says "alpha/bomb1.lua:2"
says "alpha/bomb2.lua:1"
says "takes too long: a string pattern"
says "alpha/hang.lua:1"
says "alpha/slow.lua:1"
says "runs too long"
says "alpha/big.lua:1"
says "needs more than 64 MiB"
says "alpha/zlast.lua:1"
is "$before" "$(entries)"
rm "$site"/alpha/bomb1.lua "$site"/alpha/bomb2.lua "$site"/alpha/hang.lua \
    "$site"/alpha/slow.lua "$site"/alpha/big.lua "$site"/alpha/zlast.lua

title "within what a runbook requires: at the line that requires it"
mv "$site/lib/l.lua" "$T/l.lua"
{
    sed '$d' "$T/l.lua"
    printf '%s\n' "$bomb"
    tail -n 1 "$T/l.lua"
} >"$site/lib/l.lua"
exits 2 --as sato release make
says "lib/l.lua:"
says "takes too long"
mv "$T/l.lua" "$site/lib/l.lua"
exits 1 --as sato release make
says "nothing has changed"

title "what is no plain file is named, and never waited for"
mkfifo "$site/alpha/fifo.lua"
ln -s /etc/passwd "$site/alpha/link.lua"
ln -s nowhere "$site/alpha/lost.lua"
head -c 300000 /dev/zero | tr '\0' '-' >"$site/alpha/huge.lua"
mkdir "$site/alpha/dir.lua"
exits 2 --as sato release make
says "alpha/fifo.lua"
says "is not a plain file"
says "alpha/link.lua"
says "symbolic link"
says "alpha/lost.lua"
says "alpha/huge.lua"
says "256 KiB"
silent root:
is "$before" "$(entries)"
rm -r "$site/alpha/fifo.lua" "$site/alpha/link.lua" "$site/alpha/lost.lua" \
    "$site/alpha/huge.lua" "$site/alpha/dir.lua"

title "NUL in a text, a name that is none"
printf 'return { api = 1, x = "a\0b" }\n' >"$site/alpha/nul.lua"
printf 'return {}\n' >"$site/alpha/
x.lua"
exits 2 --as sato release make
says "alpha/nul.lua:1"
says 'x.lua'
rm "$site/alpha/nul.lua" "$site/alpha/
x.lua"

title "the repository's own configuration starts nothing"
cat >>"$H/site/.git/config" <<X
[core]
	fsmonitor = "touch $T/escaped"
	hooksPath = $T/hooks
	pager = touch $T/escaped
	sshCommand = touch $T/escaped
[filter "evil"]
	clean = touch $T/escaped
	required = true
[gpg]
	program = $T/hooks/pre-commit
[commit]
	gpgSign = true
X
mkdir "$T/hooks"
for hook in pre-commit post-commit commit-msg post-index-change; do
    printf '#!/bin/sh\ntouch %s/escaped\n' "$T" >"$T/hooks/$hook"
    cp "$T/hooks/$hook" "$H/site/.git/hooks/" 2>/dev/null || {
        mkdir -p "$H/site/.git/hooks"
        cp "$T/hooks/$hook" "$H/site/.git/hooks/"
    }
done
chmod +x "$T"/hooks/* "$H"/site/.git/hooks/*
echo '*.lua filter=evil' >"$H/site/.gitattributes"
sed -i 's/title = { en = "/&New: /' "$site/alpha/commands.lua"
ok --as sato release make
[ ! -e "$T/escaped" ] || fail "something was started"
before=$(entries)

# worker LINES: IR_WORKER is a script of these lines.
worker() {
    printf '#!/bin/sh\n%s\n' "$1" >"$T/worker"
    chmod +x "$T/worker"
    WITH="$base IR_WORKER=$T/worker"
}
base=$WITH
sed -i 's/title = { en = "/&Very /' "$site/alpha/commands.lua"

title "a worker that hangs is ended after twenty seconds"
worker "exec /bin/sleep 3600"
began=$(date +%s)
at_time "+0 x40" 75 --as sato release make
says "took too long and was stopped"
[ $(($(date +%s) - began)) -lt 15 ] || fail "waited by the wall clock"

title "one that closes its output and stays"
worker 'exec >&- 2>&-; exec /bin/sleep 3600'
at_time "+0 x40" 75 --as sato release make
says "took too long and was stopped"

title "one that dies"
worker 'kill -SEGV $$'
exits 1 --as sato release make
says "signal 11"
worker 'echo "{\"file\":\"alpha/one.lua\"}"; kill -SEGV $$'
exits 1 --as sato release make
says "alpha/one.lua"
worker 'echo "out of order" >&2; exit 5'
exits 1 --as sato release make
says "ended without an answer: out of order"
worker 'printf "\033[2Jgone" >&2; exit 5'
exits 1 --as sato release make
says '\x1b[2Jgone'

title "one that babbles"
for answer in 'nonsense' '{"object":{"type":"plan","name":"../x","json":"{}"}}' \
    '{"object":{"type":"evil","name":"x","json":"{}"}}' \
    '{"object":{"type":"plan","name":"alpha/one","json":"{ }"}}' '[[[[' \
    '{"error":{"number":99,"message":"\u001b[2J"}}'; do
    worker "printf '%s\\n' '$answer'"
    exits 1 --as sato release make
done
worker 'exec /usr/bin/head -c 70000000 /dev/zero'
exits 1 --as sato release make
says "too long"

title "one that is not there"
WITH="$base IR_WORKER=$T/none"
exits 66 --as sato release make
says "$T/none"
WITH=$base
is "$before" "$(entries)"
ok --as sato release make
ok verify
