#!/bin/sh
# Down a contact tree: who answers, who does not, and how it ends.
. "${0%/*}/lib.sh"
home small
site=$H/site/runbooks

# take FILE TO SHORT: a channel that keeps a line of each message
cat >"$T/take" <<'X'
#!/bin/sh
cat >/dev/null
printf '%s|%s\n' "$2" "$3" >>"$1"
X
chmod +x "$T/take"
sms='{ id = "sms", plugin = "command", title = { en = "SMS", ja = "SMS" }, config = { program = "'$T/take'", args = { "'$T/sms'", "{to}", "{short}" } } }'
: >"$T/sms"
got() { grep -c "^$1|" "$T/sms" || :; }
sed -e 's|{ { "phone", "050-0000-0001" } }|{ { "sms", "101" }, { "phone", "050-0000-0001" } }|' \
    -e 's|{ { "radio", "channel 3" } }|{ { "sms", "102" }, { "radio", "channel 3" } }|' \
    -e "s|^ *partners = |  channels = { $sms },\n&|" \
    -e 's|^  trees = {|&\n    { id = "command", title = { en = "The commander", ja = "指揮者" },\n      say = { en = "Can you command?", ja = "指揮をとれますか。" },\n      levels = { { "role:commander" } }, wait = "20m" },|' \
    "$site/contacts.lua" >"$T/contacts.lua"
cp "$T/contacts.lua" "$site/contacts.lua"
ok --as sato release make
ok --as sato release approve
member ito
member mori
# The sender that a call leaves behind works until the call is over.
stop() {
    quiet=0
    while [ $quiet -lt 3 ]; do
        quiet=$((quiet + 1))
        ! end_sender KILL || quiet=0
        sleep 0.1
    done
}
trap 'stop; cd /; chmod -R u+w "$T"; rm -rf "$T"' EXIT
# sent TO N: wait until that number got N messages
sent() {
    n=0
    until [ "$(got "$1")" -ge "$2" ] || [ $n -ge 100 ]; do
        n=$((n + 1))
        sleep 0.1
    done
    is "$2" "$(got "$1")"
}
# state [N]: of the newest call of the tree
state() {
    ir --as sato --json call status command >"$T/out" 2>"$T/err" || :
    json '[0].state'
}
who() { json "[0].levels[0].seats[0].people[$1].$2"; }

title "the commander first, by the first way, in his own language"
ok --as sato call command
out "Call: The commander"
out "Ito (Commander)"
sent 101 1
within "101|指揮をとれますか。 [" "$T/sms" || fail "not in his language"
is running "$(state)"
is handed-over "$(who 0 state)"
is not-yet "$(who 1 state)"
is 0 "$(got 102)"

title "one call of a tree at a time"
before=$(entries)
ok --as sato call command
err "That tree is being called already."
is "$before" "$(entries)"
exits 1 --as sato call command --text "Something else"
err "that tree is being called already"

title "killed in the middle, and resumed: nobody twice, the deputy in time"
stop
at_time +4m 0 --as sato comms send --for 1s
is 0 "$(got 102)"
at_time +6m 0 --as sato comms send --for 1s
is 1 "$(got 102)"
is 1 "$(got 101)"

title "what is written back is a claim: it meets the seat, and makes no commander"
ok --as sato call reply mori "１ａ 10分で行く"
err "what they claim"
is met "$(state)"
is accepted "$(who 1 state)"
is true "$(who 1 claim)"
ok --as sato call status command
out '(a claim'
out "Goal met. Who can come: Mori"
out "Only a reply says so, which nobody signed: Mori"
ok --as mori inbox
silent "role take commander"

title "outside of an incident the next call is a new one; a decline is no answer for others"
ok --as sato call command --text "Come to room 3F"
code=$(ir --as sato --json alert list | "$PY" -c 'import json,sys,hashlib
d = int.from_bytes(hashlib.sha256(b"ir-check@v1" + bytes.fromhex(
    json.load(sys.stdin)[0]["id"])).digest()[:5], "big")
print("".join("0123456789ABCDEFGHJKMNPQRSTVWXYZ"[d >> 5 * i & 31]
              for i in range(7, -1, -1)))')
ok check-code "$code"
out '"Come to room 3F Can you command?"'
ok check-code "$code" "Come to room 3F Can you command?"
sent 101 2
stop
within "101|Come to room 3F 指揮をとれますか。 [" "$T/sms" || fail "not both"
ok --as sato --json call status command
A=$(json '[0].id')
ok --as ito ack "$A" --decline "on leave"
ok --as sato call command
sent 102 2
stop
is running "$(state)"
is declined "$(who 0 state)"
is false "$(who 0 claim)"

title "an accept of a member on another device, carried here"
at_time +1m 0 --as mori ack "$A" --accept "on the way"
is met "$(state)"
is mori "$(json '[0].levels[0].seats[0].taken_by')"
is false "$(who 1 claim)"
ok verify

title "everybody tried: exit 2, who was not reached, what is left"
started alpha one
ok --as sato call command
sent 101 3
stop
at_time +6m 0 --as sato comms send --for 1s
sent 102 3
at_time +7m 0 --as sato call status command
out "The call runs."
at_time +12m 2 --as sato call status command
out "Everybody was tried. No answer: Ito, Mori"
out "ir call command --again"
out 'ir role act commander -r "nobody reached"'
at_time +12m 2 --as sato --json call status command
is tried "$(json '[0].state')"
is no-answer "$(who 0 state)"

title "asked again: the silent alone"
ok --as sato answer-for mori "$(json '[0].id')" decline --how "on the radio"
stop
at_time +13m 0 --as sato call command --again
err "Asked once more: 1."
sent 101 4
stop
is 3 "$(got 102)"

title "met by a member: they are offered command, nobody has it before"
ok --as sato --json call status command
ok --as ito ack "$(json '[0].id')" --accept
is met "$(state)"
ok --as ito inbox
out "ir role take commander"
ok --as ito role take commander
ok --as ito inbox
silent "role take commander"

title "nobody else is called once it is ended"
ok --as sato call command --text "Once more"
stop
ok --as sato call end command "mistaken"
is ended "$(state)"
exits 66 --as sato call end command
exits 66 --as sato call command --again
exits 66 --as sato call nobody
err "there are: command call"
ok verify

title "in an exercise the same, marked"
"${IR%/engine/prog/ir}/tests/tools/exercise" "$H" sato || fail "exercise"
X=$(ir --json list | "$PY" -c 'import json, sys
print([i["id"] for i in json.load(sys.stdin) if i["status"] == "exercise"][0])')
: >"$T/sms"
ok --as sato --incident "$X" call command
out "EXERCISE Call: The commander"
sent 101 1
stop
within "101|訓練 指揮をとれますか。 [" "$T/sms" || fail "not marked"
ok --as sato --json --incident "$X" call status command
is exercise "$(json '[0].status')"
ok verify

title "at a step with a tree: its call, and what became of it"
home small
sed -i 's|^ *trees = {|&\n    { id = "duty", title = { en = "Duty", ja = "当番" }, say = { en = "Come.", ja = "来て。" }, levels = { { "mori" } }, wait = "5m" },\n    { id = "boss", title = { en = "Boss", ja = "長" }, say = { en = "Lead.", ja = "指揮を。" }, levels = { { "ito" }, { "mori" } }, wait = "5m", goal = "one" },|' \
    "$H/site/runbooks/contacts.lua"
cat >"$H/site/runbooks/alpha/reach.lua" <<'X'
return {
  api = 1, kind = "emergency", id = "alpha/reach",
  title = { en = "Reach", ja = "連絡" }, symptoms = { en = "Alone", ja = "一人" },
  steps = {
    { id = "reach", title = { en = "Reach", ja = "連絡" }, role = "operator", call = "duty",
      say = { en = "Call the duty.", ja = "当番に連絡する。" } },
    { id = "other", title = { en = "Other", ja = "別" }, role = "operator", call = "duty",
      say = { en = "Call them again.", ja = "もう一度連絡する。" } },
  },
}
X
ok --as sato release make
ok --as sato release approve
printf '%s\n' call 1 "done" "" quit | typed --as sato start alpha reach --began now
is 0 "$got"
out "Type: call duty"
out "Goal met. Who can come: Mori"
ok timeline
out "can come: Mori"
ok --as sato fail other
ok timeline
out 'Other: failed ("can come: Mori")'

title "one is enough where the tree says so; who acts is told whom to hand over to"
member mori
ok --as sato role act commander -r "nobody else here"
ok --as sato --json call boss
A=$(json id)
is one "$(json goal)"
is 2 "$(json seats)"
ok --as sato inbox
silent "hand over"
ok --as sato answer-for mori "$A" accept --how "on the radio"
ok --as sato --json call status boss
is met "$(json '[0].state')"
is 1 "$(json '[0].taken')"
ok --as sato inbox
out "Mori accepted to command: brief them, then hand over"
out "ir role offer commander mori"
ok --as sato role offer commander mori
ok --as mori inbox
out "ir role accept commander"
