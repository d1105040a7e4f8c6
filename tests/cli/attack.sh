#!/bin/sh
# Who would keep messages from going out, or make them go where they should
# not: a member with a device of their own, who records what ir itself never
# would (tests/tools/said.c).
. "${0%/*}/lib.sh"
. "$here/homes.sh"
said=${SAID:-${IR%/engine/prog/ir}/tests/tools/said}
home small
site=$H/site/runbooks
cat >"$T/take" <<'X'
#!/bin/sh
# take FILE TO SHORT NAME: one line for each message
cat >/dev/null
[ ! -e "$1.busy" ] || exit 75
printf '%s|%s\n' "$2" "$3" >>"$1"
printf '%s\n' "$4" >>"$1.names"
X
chmod +x "$T/take"
got() { if [ -e "$T/sent" ]; then wc -l <"$T/sent"; else echo 0; fi; }
way() { printf '{ id = "%s", plugin = "command", title = { en = "%s", ja = "%s" }, config = { program = "%s/take", args = { "%s/sent", "{to}", "{short}", "{name}" } } }' "$1" "$1" "$1" "$T" "$T"; }
sed -e 's|{ { "phone", "050-0000-0001" } }|{ { "chat", "ito" }, { "phone", "050-0000-0001" } }|' \
    -e 's|{ { "radio", "channel 3" } }|{ { "chat", "mori" } }|' \
    -e 's|en = "Ito"|en = "Ito\\nBcc: x@y.example"|' \
    -e "s|^ *partners = |  channels = { $(way chat), $(way sms) },\n&|" \
    "$site/contacts.lua" >"$T/contacts.lua"
cp "$T/contacts.lua" "$site/contacts.lua"
ok --as sato release make
ok --as sato release approve
mv "$H" "$T/A"
join B Mori --handle mori
# sent_on HOME: its sender runs until nothing is due
sent_on() {
    H=$T/$1
    n=0
    until ir comms send --for 1s >"$T/out" 2>"$T/err" || [ $? -ne 75 ] ||
        [ $n -ge 80 ]; do
        n=$((n + 1))
        sleep 0.1
    done
}
stop() {
    end_sender TERM "$T/$1" || :
}
# forged HOME SIGNER CONTACT CHANNEL ADDRESS OUTCOME [STATUS]: about $A
forged() {
    home_=$1 signer=$2
    shift 2
    "$said" "$T/$home_" "$signer" "$A" "$@" || fail "said"
}
state() {
    H=$T/A
    ir --json comms status "$A" >"$T/reach" 2>"$T/err" || :
    "$PY" "$here/jget.py" "$T/reach" "[0].to[contact=$1].state" || :
}

title "a name of two lines is sent as one"
on A --as sato notify ito "Hello"
sent_on A
is "Ito Bcc: x@y.example" "$(cat "$T/sent.names")"
rm "$T/sent"
stop A

title "another device, or a person, says it was sent: it is sent all the same"
touch "$T/sent.busy"
on A --as sato --json notify ito,mori "Come to 3F" --ack-within 1s
A=$(id)
sleep 0.5
stop A
carry A B
forged B node ito chat ito 2
forged B node mori chat mori 3
forged B node mori chat mori 5
forged B mori ito chat ito 2
forged B mori ito chat ito 4
forged B mori mori chat mori 2
carry B A
is trying "$(state ito)"
is trying "$(state mori)"
rm "$T/sent.busy"
H=$T/A
at_time +1m 0 comms send --for 1s
is 2 "$(got)"
is handed-over "$(state ito)"

title "asked for anew by a person: at once, however late they want it"
carry A B
faketime -f +2m "$said" "$T/B" mori "$A" ito chat ito 6 || fail "said"
carry B A
H=$T/A
at_time +3m 0 comms send --for 1s
is 3 "$(got)"

title "what another status bears counts for nothing"
forged A node ito chat ito 5 1
is handed-over "$(state ito)"

title "word that it is over goes where it went, not where somebody likes"
carry A B
forged B node ito sms attacker 2
forged B node nobody sms attacker 2
forged B mori ito sms attacker 2
carry B A
rm "$T/sent"
on A --as sato alert cancel "$A" -r over
sent_on A
stop A
is 2 "$(got)"
! grep -q attacker "$T/sent" || fail "$(cat "$T/sent")"
rm "$T/sent"
on A --as sato --json notify ito "Again" --ack-within 1s
A=$(id)
sent_on A
stop A
forged A node ito sms attacker 2
carry A B
rm "$T/sent"
on B alert cancel "$A" -r over
sent_on B
stop B
is 1 "$(got)"
! grep -q attacker "$T/sent" || fail "$(cat "$T/sent")"
