#!/bin/sh
# One alert, many ways: every attempt an entry, nobody twice, nothing lost.
. "${0%/*}/lib.sh"
home small
site=$H/site/runbooks

# got NAME: how many messages the channel of that name took; each is a line
cat >"$T/take" <<'X'
#!/bin/sh
# take FILE TO SHORT: one line for each message, told by what FILE.mode says
mode=$(cat "$1.mode" 2>/dev/null || echo ok)
case $mode in
slow) sleep 30 ;;
retry) echo "the line is busy" >&2; exit 75 ;;
refuse) echo "no such number" >&2; exit 1 ;;
esac
body=$(cat)
printf '%s|%s|%s\n' "$2" "$3" "$(printf %s "$body" | head -1)" >>"$1"
X
chmod +x "$T/take"
way() { printf '{ id = "%s", plugin = "command", title = { en = "%s", ja = "%s" }%s, config = { program = "%s/take", args = { "%s/%s", "{to}", "{short}" } } }' "$1" "$1" "$1" "${2:-}" "$T" "$T" "$1"; }
got() { wc -l <"$T/$1" 2>/dev/null || echo 0; }
cat "$site/contacts.lua" >"$T/contacts.lua"
sed -e 's|{ { "phone", "050-0000-0001" } }|{ { "sms", "101" }, { "chat", "ito" }, { "phone", "050-0000-0001" } }|' \
    -e 's|{ { "radio", "channel 3" } }|{ { "chat", "mori" }, { "radio", "channel 3" } }|' \
    -e "s|^ *partners = |  channels = { $(way sms), $(way chat) },\n&|" \
    "$T/contacts.lua" >"$site/contacts.lua"
ok --as sato release make
ok --as sato release approve
# sent: let the sender run until nothing is due; STATUS is its exit code
sent() { exits "${1:-0}" --json comms send --for 1s; }
# the detached sender that notify starts is waited for: it holds the lock
idle() {
    n=0
    until exits_any 0 2 comms send --for 1s || [ $n -ge 100 ]; do
        n=$((n + 1))
        sleep 0.1
    done
}
exits_any() {
    a=$1 b=$2
    shift 2
    got=0
    ir "$@" >"$T/out" 2>"$T/err" </dev/null || got=$?
    [ "$got" -eq "$a" ] || [ "$got" -eq "$b" ]
}

title "an alert goes out by itself, once, by the first way"
ok --as sato notify ito,mori "Assemble in 3F"
idle
is 1 "$(got sms)"
is 1 "$(got chat)"
within "101|Assemble in 3F [" "$T/sms" || fail "not the text"
within "mori|Assemble in 3F [" "$T/chat" || fail "not the text"
idle
is 1 "$(got sms)"
ok --json comms status
is handed-over "$(json '[0].to[0].state')"
is sms "$(json '[0].to[0].ways[0].channel')"
is handed-over "$(json '[0].to[0].ways[0].outcome')"
is none "$(json '[0].to[0].ways[1].outcome')"
ok verify

title "nobody answers: the next way, after the wait; an answer ends it"
at_time +4m 0 comms send --for 1s
is 1 "$(got chat)"
at_time +6m 0 comms send --for 1s
is 2 "$(got chat)"
within "ito|Assemble in 3F [" "$T/chat" || fail "not by the next way"
ok --json comms status
A=$(json '[0].alert')
ok --as sato answer-for ito "$A" accept --how "on the phone"
ok --json comms status
is answered "$(json '[0].to[0].state')"

title "refused by one way: the next at once"
echo refuse >"$T/sms.mode"
ok --as sato notify ito "Call back"
idle
is 1 "$(got sms)"
is 3 "$(got chat)"
ok --json comms status
is failed "$(json '[0].to[0].ways[0].outcome')"
is handed-over "$(json '[0].to[0].ways[1].outcome')"

title "why a way failed, and how long it took to reach people and to be answered"
is "exit 1: no such number" "$(json '[0].to[0].ways[0].detail')"
json '[0].to[0].ways[1].at' | grep -q '^20..-..-..T' || fail "no moment"
number() { "$PY" -c 'import json,sys; print(0 <= json.load(open("out"))[int(sys.argv[1])]["to"][0][sys.argv[2]] < 3600)' "$@"; }
is True "$(number 0 handed_over_s)"
is null "$(json '[0].to[0].answered_s')"
is True "$(number 1 answered_s)"
ok comms status
out "no such number"
out "Handed over: 1 of 1, half of them within"
out "Answered: 1 of 2, half of them within"

title "a channel that hangs holds up nobody else"
echo slow >"$T/sms.mode"
ok --as sato notify ito,mori "Two ways"
n=0
until [ "$(got chat)" -ge 4 ] || [ $n -ge 80 ]; do
    n=$((n + 1))
    sleep 0.1
done
is 4 "$(got chat)"
is 1 "$(got sms)"
within "mori|Two ways" "$T/chat" || fail "Mori did not get it"

title "killed in the middle: nothing is lost, nothing comes twice"
exits 75 comms send --for 1s
end_sender KILL || fail "no sender to kill"
echo ok >"$T/sms.mode"
idle
is 2 "$(got sms)"
within "101|Two ways" "$T/sms" || fail "it was lost"
is 4 "$(got chat)"
ok --json comms status
is handed-over "$(json '[0].to[0].state')"
is 2 "$(json '[0].to[0].ways[0].tried')"

title "a channel that is down, or distrusted, is passed over, and it is said once"
ok --as sato channel distrust sms -r "strange replies"
err "goes by other ways"
exits 66 --as sato channel down smms
err 'called "smms"'
err "sms, chat"
n4=$(got chat)
ok --as sato notify ito "Not by SMS"
n=0
until [ "$(got chat)" -gt "$n4" ] || [ $n -ge 80 ]; do
    n=$((n + 1))
    sleep 0.1
done
is 2 "$(got sms)"
within "ito|Not by SMS" "$T/chat" || fail "not by the other way"
ok --json channel list
is distrusted "$(json '[0].state')"
is unknown "$(json '[1].state')"
ok --json comms status
is failed "$(json '[0].to[0].ways[0].outcome')"
is 0 "$(json '[0].to[0].ways[0].tried')"
exits 64 --as sato channel up sms
err "a reason is needed"
ok --as sato channel up sms -r "the provider has checked"
ok --as sato channel distrust email -r "they read it"
idle

title "what can be tried again is tried again, later"
n5=$(got chat)
echo retry >"$T/chat.mode"
ok --as sato notify mori "Once more"
n=0
until { ok --json comms status; [ "$(json '[0].to[0].ways[0].outcome')" = failed ]; } || [ $n -ge 80 ]; do
    n=$((n + 1))
    sleep 0.1
done
is trying "$(json '[0].to[0].state')"
ok comms status
out "NOT reached so far"
out "the line is busy"
is "$n5" "$(got chat)"
end_sender KILL || :
echo ok >"$T/chat.mode"
idle
is "$n5" "$(got chat)"
at_time +1m 0 comms send --for 1s
is $((n5 + 1)) "$(got chat)"
ok verify

title "when somebody was reached does not move with what is tried after that"
echo retry >"$T/sms.mode"
ok --as sato notify ito "Twice"
n=0
until { ok --json comms status; [ "$(json '[0].to[0].ways[1].outcome')" = handed-over ]; } || [ $n -ge 80 ]; do
    n=$((n + 1))
    sleep 0.1
done
end_sender KILL || :
ok --json comms status
hm=$(json '[0].to[0].ways[1].at' | cut -c12-16)
at_time +2m 2 comms send --for 1s
at_time +2m 0 comms status
out "$hm handed over"
out "101 (2): exit 75"

title "a sender whose home is taken away ends"
echo retry >"$T/sms.mode"
echo retry >"$T/chat.mode"
ok --as sato notify ito "Nobody takes it"
n=0
until pid=$(sender) && [ -n "$pid" ] || [ $n -ge 80 ]; do
    n=$((n + 1))
    sleep 0.1
done
[ -n "$pid" ] || fail "no sender"
rm -rf "$H"
n=0
until is_gone "$pid" || [ $n -ge 100 ]; do
    n=$((n + 1))
    sleep 0.1
done
[ $n -lt 100 ] || fail "it is still there"
