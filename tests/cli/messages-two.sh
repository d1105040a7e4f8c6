#!/bin/sh
# Two devices: the one on which an alert was written sends it, and only that;
# who has answered on the other is left in peace once that is known.
. "${0%/*}/lib.sh"
. "$here/homes.sh"
home small
site=$H/site/runbooks
cat >"$T/take" <<'X'
#!/bin/sh
# take FILE TO SHORT: one line for each message
cat >/dev/null
[ ! -e "$1.busy" ] || exit 75
printf '%s|%s\n' "$2" "$3" >>"$1"
X
chmod +x "$T/take"
got() { if [ -e "$T/sent" ]; then wc -l <"$T/sent"; else echo 0; fi; }
sed -e 's|{ { "radio", "channel 3" } }|{ { "chat", "mori" } }|' \
    -e "s|^ *partners = |  channels = { { id = \"chat\", plugin = \"command\", title = { en = \"chat\", ja = \"chat\" }, config = { program = \"$T/take\", args = { \"$T/sent\", \"{to}\", \"{short}\" } } } },\n&|" \
    "$site/contacts.lua" >"$T/contacts.lua"
cp "$T/contacts.lua" "$site/contacts.lua"
ok --as sato release make
ok --as sato release approve
mv "$H" "$T/A"
join B Mori --handle mori
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

title "only the device on which it was written sends"
on A notify mori "From A"
until_is 1 got
carry A B
sent_on B
sent_on A
is 1 "$(got)"
on B notify mori "For myself"
sent_on B
is 1 "$(got)"

title "answered on the other device: left in peace once that is known"
touch "$T/sent.busy"
on A --json notify mori "Answer me"
A=$(id)
pkill -TERM -f -- "-C $T/A comms send" || :
sent_on A
rm "$T/sent.busy"
carry A B
on B ack "$A" --accept
carry B A
H=$T/A
at_time +2m 0 comms send --for 1s
is 1 "$(got)"
ok --json comms status "$A"
is answered "$(json '[0].to[0].state')"

title "what the other device sent is known here"
on B --json comms status
ok verify

title "words released on one device are sent by the one that wrote them: said"
on A --no-input start alpha one
on A role take commander
carry A B
on B --json update public --text "The gate is closed"
W=$(id)
carry B A
on A update release "$W"
err "It is sent by the device of Mori on which it was written"
silent "Goes out by"
H=$T/A IRLANG=ja_JP.UTF-8 ok --as sato --json alert show "$W"
is out "$(json state)"
