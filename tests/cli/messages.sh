#!/bin/sh
# What people get and send back: the prefix of an exercise, cosignatures, the
# cancel to whom it went, asking anew, check codes, a test of the ways, replies.
. "${0%/*}/lib.sh"
home small
site=$H/site/runbooks
mkdir -p "$H/site/plugins/channel"

# A channel that can receive: answers are lines of FILE.in, "FROM|TEXT|REF".
cat >"$H/site/plugins/channel/post.lua" <<'X'
local M = { api = 1, kind = "channel", name = "post", needs = { "run" } }
M.config = { program = { type = "program" }, file = { type = "string" } }
function M.send(ir, cfg, msg)
  local res, err, how = ir.run { argv = { cfg.program, cfg.file, msg.to,
    msg.short, msg.id }, input = msg.body }
  if not res then return nil, err, how end
  if res.exit ~= 0 then return nil, "exit " .. res.exit, "refused" end
  return true, msg.id
end
function M.check(ir, cfg) return true end
function M.receive(ir, cfg, state)
  local res, err = ir.run { argv = { cfg.program, cfg.file }, input = "" }
  if not res then return nil, err end
  local list = {}
  for from, text, ref in res.out:gmatch("([^|\n]*)|([^|\n]*)|([^|\n]*)\n") do
    list[#list + 1] = { from = from, text = text, ref = ref, at_ms = 0,
                        delivered = text == "DELIVERED" or nil }
  end
  return list
end
return M
X
cat >"$T/take" <<'X'
#!/bin/sh
# take FILE [TO SHORT ID]: one line for each message; without: what came in
if [ $# -eq 1 ]; then
    [ ! -e "$1.in" ] || cat "$1.in"
    exit 0
fi
[ ! -e "$1.bad" ] || exit 1
[ ! -e "$1.slow" ] || sleep 20
printf '%s|%s|%s|%s\n' "$2" "$3" "$4" "$(head -1)" >>"$1"
X
chmod +x "$T/take"
way() { printf '{ id = "%s", plugin = "post", title = { en = "%s", ja = "%s" }, config = { program = "%s/take", file = "%s/%s" } }' "$1" "$1" "$1" "$T" "$T" "$1"; }
got() { if [ -e "$T/$1" ]; then wc -l <"$T/$1"; else echo 0; fi; }
sed -e 's|{ { "phone", "050-0000-0001" } }|{ { "sms", "090-1111-2222" }, { "chat", "ito" }, { "phone", "050-0000-0001" } }|' \
    -e 's|{ { "radio", "channel 3" } }|{ { "chat", "mori" }, { "radio", "channel 3" } }|' \
    -e "s|^ *partners = |  channels = { $(way sms), $(way chat) },\n&|" \
    "$site/contacts.lua" >"$T/contacts.lua"
cp "$T/contacts.lua" "$site/contacts.lua"
ok --as sato release make
ok --as sato release approve
member Mori
# until_is WANT COMMAND...: what a sender does takes a moment
until_is() {
    want=$1 n=0
    shift
    until [ "$("$@")" = "$want" ] || [ $n -ge 80 ]; do
        n=$((n + 1))
        sleep 0.1
    done
    is "$want" "$("$@")"
}
# reach PATH: of `comms status` of the alert $A
reach() {
    ir --json comms status "$A" >"$T/reach" 2>"$T/err" || :
    "$PY" "$here/jget.py" "$T/reach" "$1" || :
}
# end: the detached sender ends cleanly by SIGTERM
end() { end_sender TERM || :; }
# now: a sender that looks for what came in; one that begins to send meanwhile
# ends first
now() {
    n=0 got=75
    while [ $got -eq 75 ] && [ $n -lt 20 ]; do
        end
        n=$((n + 1)) got=0
        ir --json comms send --for 1s >/dev/null 2>&1 || got=$?
    done
}

title "who is written to how, and whom a person calls, is said"
ok --as sato notify ito,mori "Assemble in 3F"
err "Goes out by sms: Ito"
err "Goes out by chat: Mori"
until_is 1 got sms
until_is 1 got chat
ok --json alert list
A=$(json '[0].id')

title "replies count from where it was sent to, for the number they name"
until_is handed-over reach '[0].to[contact=ito].state'
printf '%s\n' '+8190-9999-9999|1a|r1' '+819011112222|「１ａ 了解」|r2' >"$T/sms.in"
printf 'mori|\033]0;x\007 what is this?|r3\n' >"$T/chat.in"
now
until_is replied reach '[0].to[contact=ito].state'
is "「１ａ 了解」" "$(reach '[0].to[contact=ito].reply')"
until_is replied reach '[0].to[contact=mori].state'
ok --plain comms status "$A"
! grep -q "$(printf '\033')" "$T/out" || fail "an escape gets to the terminal"
ok --as sato alert status "$A"
out "a claim"
ok verify
end
ok comms status "$A"
is 2 "$(grep -c "(a claim)" "$T/out")"
ok --as sato answer-for ito "$A" accept --how "rang up"
ok comms status "$A"
is 1 "$(grep -c "(a claim)" "$T/out")" # what somebody heard and signed is none
end
: >"$T/sms.in"
: >"$T/chat.in"

title "a check code, as it is read out"
code=$(sed -n '1s/.*\[\(....-....\)\].*/\1/p' "$T/sms")
ok check-code "$code"
out "YES"
out "Assemble in 3F"
out "Actual"
ok check-code "$(echo "$code" | tr 'A-Z-' 'a-z ')" assemble  in ３Ｆ
ok check-code "$code" "$(head -1 "$T/sms" | cut -d'|' -f2)"
exits 2 check-code "$code" "Assemble in 4F"
out "the text is another one"
head -1 "$T/sms" | cut -d'|' -f2 | sed 's/ /\n/g' >"$T/pasted"
ir check-code "$code" --paste <"$T/pasted" >"$T/out" 2>"$T/err" || fail "no"
out "YES: code and text are what was signed."
sed 's/3F/4F/' "$T/pasted" >"$T/other"
! ir check-code "$code" --paste <"$T/other" >"$T/out" 2>"$T/err" || fail "yes"
out "the text is another one"
exits 64 check-code "$code" "Assemble in 3F" --paste
exits 2 check-code 0000-0000
out "Do not act"
exits 64 check-code hello
ok --lang ja check-code "$code"
out "はい"
out "訓練ではありません"
ok --json check-code "$code"
is yes "$(json answer)"

title "a number that it did not have stops nothing; a flood is not all recorded"
ok --as sato --json notify ito "Second floor" --ack-within 30m
O=$A
A=$(json id)
until_is handed-over reach '[0].to[0].state'
end
is 2 "$(got sms)"
printf '%s\n' '+819011112222|77a|r4' >"$T/sms.in"
now
is handed-over "$(reach '[0].to[0].state')"
is 77a "$(reach '[0].to[0].other_reply')"
ok comms status "$A"
out "which names another alert"
n=0
while [ $n -lt 60 ]; do
    n=$((n + 1))
    echo "+819011112222|spam $n|f$n"
done >"$T/sms.in"
now
is replied "$(reach '[0].to[0].state')"
ok --json log
is 19 "$(grep -c 'spam ' "$T/out")"
: >"$T/sms.in"
end
A=$O

title "cancelled: who got it is told by the same way, nobody else"
rm -f "$T/sms" "$T/chat"
ok --as sato alert cancel "$A" -r mistaken "Stay where you are"
until_is 1 got sms
until_is 1 got chat
within "Stay where you are [$code]" "$T/sms" || fail "not the words"
ok check-code "$code"
out "no longer holds"
end
is 1 "$(got sms)"

title "asked anew on purpose, and not otherwise"
rm -f "$T/sms" "$T/chat"
ok --as sato --json notify ito "Call back"
A=$(id)
until_is 1 got sms
until_is handed-over reach '[0].to[0].state'
end
is 1 "$(got sms)"
ok --as sato alert resend "$A"
out "Asked once more: 1"
until_is 2 got sms
[ "$(cut -d'|' -f3 "$T/sms" | sort -u | wc -l)" -eq 2 ] || fail "the same message id"
exits 66 --as sato alert resend "$A" mori
ok --as sato answer-for ito "$A" accept --how "by phone"
exits 2 --as sato alert resend "$A"
end

title "delivered, says the carrier"
ok --as sato --json notify ito "Third"
A=$(id)
until_is 3 got sms
printf '%s\n' "|DELIVERED|$(tail -1 "$T/sms" | cut -d'|' -f3)" >"$T/sms.in"
now
until_is delivered reach '[0].to[0].state'
end
: >"$T/sms.in"

title "corrected: at once by the way the mistake went"
rm -f "$T/sms" "$T/chat"
ok --as sato alert correct "$A" "Fourth"
until_is 1 got sms
within "[Corrected alert] Fourth" "$T/sms" || within "訂正" "$T/sms" || fail "no word that it is corrected"
end

title "to devices alone"
ok --as sato notify ito "Quiet" --no-send
err "no channel"
ok --as sato note "a command that records"
end
is 1 "$(got sms)"

title "the gravest waits for who cosigns it, and goes by all ways then"
rm -f "$T/sms" "$T/chat"
ok --as sato --json notify all "Evacuate" --severity 1
A=$(id)
end
[ ! -e "$T/chat" ] || fail "it did not wait"
ok --as mori alert cosign "$A"
until_is 1 got chat
end

title "an exercise says so first, in the language of who gets it"
rm -f "$T/sms" "$T/chat"
ok --as sato --no-input start alpha one --exercise --began unknown
ok --as sato notify ito "Assemble"
until_is 1 got sms
case $(cut -d'|' -f2 "$T/sms") in 訓練\ *) ;; *) fail "$(cat "$T/sms")" ;; esac
case $(cut -d'|' -f4 "$T/sms") in 訓練\ *) ;; *) fail "$(cat "$T/sms")" ;; esac
end

title "an exercise without its word is not what was sent"
code=$(sed -n '1s/.*\[\(....-....\)\].*/\1/p' "$T/sms")
exits 2 check-code "$code" Assemble
out "the text is another one"
ok check-code "$code" "訓練 Assemble"
is "EXERCISE: nothing of it is actual." "$(head -1 "$T/out" | sed 's/^ *//')"

title "a test of the ways, by all of them"
rm -f "$T/sms" "$T/chat"
exits 66 --as sato comms test nobody
ir --as sato doctor >out 2>err || :
out "nobody has tried yet whether people are reached"
ok --as sato comms test ito --for 20s
err "ir answer-for CONTACT $(ir --as sato --json comms status |
    "$PY" -c 'import json, sys; print(json.load(sys.stdin)[-1]["alert"][:8])') seen"
is 1 "$(got sms)"
is 1 "$(got chat)"
out "handed over"
case $(cut -d'|' -f2 "$T/sms") in
試験\ 連絡手段の試験です*) ;;
*) fail "$(cat "$T/sms")" ;;
esac
! grep -q 'This is a test' "$T/sms" || fail "in a language they do not read"
touch "$T/chat.bad"
exits 2 --as sato comms test mori --for 20s
err "did not take the message: 1"
end
ok verify
ir --as sato doctor >out 2>err || :
silent "are reached"
bare faketime -f +190d "$IR" --as sato doctor >out 2>err </dev/null || :
out "whether people are reached was last tried half a year ago or earlier"

title "a sender that died: ird starts the next"
rm -f "$T/sms" "$T/chat"
touch "$T/sms.slow"
ok --as sato --json notify ito "Once more"
A=$(id)
until_is trying reach '[0].to[0].state'
pkill -KILL -f -- "-C $H comms send" || fail "no sender to kill"
rm "$T/sms.slow"
ok mesh carrier lan off
ok mesh carrier https off
(
    EXEC='exec'
    bare "${IR}d" -C "$H" >"$T/ird" 2>&1 </dev/null
) &
ird=$!
until_is 1 got sms
kill "$ird"
wait "$ird" || fail "ird: $(cat "$T/ird")"
end
is 1 "$(got sms)"
