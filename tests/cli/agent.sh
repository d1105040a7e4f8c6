#!/bin/sh
# agent.sh IR: keys that an ssh-agent holds: it signs, and what it signed can be
# checked by anybody; one that hangs or goes costs a clear line and nothing else.
. "${0%/*}/lib.sh"

agent='' hanging=''
end_agents() {
    # shellcheck disable=SC2086 # none or one of each
    kill $agent $hanging 2>/dev/null || :
    cd /
    rm -rf "$T"
}
trap end_agents EXIT
base=$WITH

home small
ssh-keygen -q -t ed25519 -N '' -C kato -f key
eval "$(ssh-agent -a "$T/real")" >out
agent=$SSH_AGENT_PID
SSH_AUTH_SOCK="$T/real" ssh-add -q key
WITH="$base SSH_AUTH_SOCK=$T/real"
as sato member add Kato --agent

title "it signs, also in Japanese, and the record is whole"
ok --json --as kato note "signed by the agent"
first=$(id)
as kato note "エージェントが署名した"
started alpha one
as kato note "in an incident"
ok verify
out "all signatures good"
is kato "$(ir --json log | "$PY" -c 'import json, sys
for line in sys.stdin:
    e = json.loads(line)
    if e["id"] == sys.argv[1]:
        print(e["author"])' "$first")"

title "ssh-keygen agrees"
mkdir exported
ok export-entry "$first" "$T/exported"
check=$(sed -n 's/^.*\(ssh-keygen -Y verify\)/\1/p' out err)
(cd exported && sh -c "$check") >checked 2>&1 || fail "$(cat checked)"
grep -q 'Good "' checked || fail "$(cat checked)"

title "one that hangs: one line, nothing written, and nobody else waits"
"$PY" -c '
import socket, sys
s = socket.socket(socket.AF_UNIX)
s.bind(sys.argv[1])
s.listen(8)
kept = []
while True:
    kept.append(s.accept())
    open(sys.argv[2], "a").write("asked\n")
' "$T/mute" "$T/asked" &
hanging=$!
until [ -S "$T/mute" ]; do sleep 0.02; done
WITH="$base SSH_AUTH_SOCK=$T/mute"
before=$(entries)
for lang in en ja; do
    at_time "+0 x200" 75 --lang $lang --as kato note "never kept"
    is 2 "$(wc -l <err)"
    [ ! -s out ] || fail "something on standard output"
    err "ssh-agent"
    err "ir note --at"
    at_time "+0 x200" 75 --lang $lang --json --as kato note "never kept"
    is 1 "$(wc -l <err)"
done
at_time "+0 x200" 75 --as kato note "never kept"
err "NOT recorded. the ssh-agent did not answer"
is "$before" "$(entries)"
ok verify
ok log
silent "never kept"
: >asked
(
    EXEC='exec'
    bare faketime -f "+0 x5" "$IR" --as kato note "never kept" >hung 2>&1
) &
pid=$!
until [ -s asked ]; do sleep 0.02; done
as sato note "meanwhile"
kill -0 $pid 2>/dev/null || fail "sato waited for kato's agent"
kill $pid
wait $pid || :
ok verify

title "one that is gone, and one that lost the key"
kill "$hanging"
hanging=''
exits 77 --as kato note "the agent is gone"
err "NOT recorded"
err "ssh-add"
WITH="$base SSH_AUTH_SOCK=$T/real"
SSH_AUTH_SOCK="$T/real" ssh-add -q -D 2>/dev/null
exits 77 --as kato note "without the key"
err "NOT recorded"
err "ssh-add"
SSH_AUTH_SOCK="$T/real" ssh-add -q key
as kato note "back again"
ok verify
