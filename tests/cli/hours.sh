#!/bin/sh
# Working hours: who is asked first, what waits for whom, and that nothing else
# does. The clock is one of a coming Thursday in Tokyo.
. "${0%/*}/lib.sh"
home small
site=$H/site/runbooks
cat >"$T/take" <<'X2'
#!/bin/sh
cat >/dev/null
printf '%s|%s\n' "$2" "$3" >>"$1"
X2
chmod +x "$T/take"
way() { printf '{ id = "%s", plugin = "command", title = { en = "%s", ja = "%s" }, config = { program = "%s/take", args = { "%s/%s", "{to}", "{short}" } } }' "$1" "$1" "$1" "$T" "$T" "$1"; }
# got CHANNEL: so many messages; one that came again after its sender was
# stopped in the midst of it is the same
got() { if [ -e "$T/$1" ]; then sort -u "$T/$1" | wc -l; else echo 0; fi; }
day='working = { days = { "mon", "tue", "wed", "thu", "fri" }, from = "08:30", to = "17:15" }'
night='working = { days = { "mon", "tue", "wed", "thu", "fri", "sat", "sun" }, from = "22:00", to = "06:00" }'
# Ito by day: the desk for those hours, SMS for the rest; Mori by night
sed -e "s|{ { \"phone\", \"050-0000-0001\" } }|{ { \"desk\", \"101\", \"work\" }, { \"sms\", \"901\" } }, $day|" \
    -e "s|{ { \"radio\", \"channel 3\" } }|{ { \"sms\", \"902\" }, { \"phone\", \"050-0000-0003\" } }, $night|" \
    -e "s|^ *partners = |  channels = { $(way sms), $(way desk) },\n&|" \
    -e 's|^  roles = {|&\n    { id = "duty", title = { en = "On duty", ja = "当番" }, holders = { "ito", "mori" }, wait = "5m", equal = true },|' \
    -e 's|^  trees = {|&\n    { id = "duty", title = { en = "Whoever is on duty", ja = "当番者" },\n      say = { en = "Can you come?", ja = "来られますか。" },\n      levels = { { "role:duty" } }, wait = "20m", goal = "one" },|' \
    "$site/contacts.lua" >"$T/contacts.lua"
cp "$T/contacts.lua" "$site/contacts.lua"
ok --as sato release make
ok --as sato release approve
member Ito
member Mori
thu=$(TZ=Asia/Tokyo date -d 'next thursday' +%F)
WITH="TZ=Asia/Tokyo" # faketime reads its times where the process is
# when HH:MM: that time of the Thursday, in Tokyo
when() { echo "@$thu $1:00"; }
# stop: the detached sender ends cleanly, one that just starts too; a worker
# it starts bears its command line for a moment and is not to be hit
stop() {
    n=0
    while pgrep -f -- "-C $H comms send" >/dev/null && [ $n -lt 60 ]; do
        n=$((n + 1))
        end_sender TERM || sleep 0.1
    done
}
trap 'stop; cd /; chmod -R u+w "$T"; rm -rf "$T"' EXIT
# send HH:MM: what is due then goes out
send() {
    stop
    at_time "$(when "$1")" "${2:-0}" --json comms send --for 1s
}

title "02:40: the gravest go by every way at once"
at_time "$(when 02:40)" 0 --as sato notify ito "FS1 is down" --severity 1
send 02:40
is 1 "$(got desk)"
is 1 "$(got sms)"
rm -f "$T/desk" "$T/sms"

title "outside of his hours the telephone he has with him comes first"
at_time "$(when 02:41)" 0 --as sato --json notify ito "FS1 is down again"
A=$(id)
send 02:41
is 0 "$(got desk)"
is 1 "$(got sms)"
at_time "$(when 02:42)" 0 comms status "$A"
out "outside their hours, from 08:30"
at_time "$(when 02:42)" 0 --json comms status "$A"
is off "$(json '[0].to[0].duty')"
is null "$(json '[0].to[0].waits_until')"
is sms "$(json '[0].to[0].ways[0].channel')"
title "and the desk is tried when nobody answers: nothing is left out"
send 02:47
is 1 "$(got desk)"
rm -f "$T/desk" "$T/sms"

title "what is routine waits for their hours, and it is said until when"
at_time "$(when 02:48)" 0 --as sato notify ito,mori "Change your badge" --severity 3
err "Waits for the hours of: Ito (from 08:30)"
silent "by desk"
err "Goes out by sms: Mori"
send 02:49
is 0 "$(got desk)"
is 1 "$(got sms)"
at_time "$(when 02:49)" 0 comms status
out "waits for their hours, from 08:30"
at_time "$(when 02:49)" 0 --lang ja comms status
out "勤務時間まで送らない（08:30から）"
rm -f "$T/desk" "$T/sms"

title "unless its author says so, or somebody asks for it since"
at_time "$(when 03:00)" 0 --as sato notify ito "Bring your laptop" --severity 3 --now
silent "Waits for the hours"
at_time "$(when 03:00)" 0 --as sato notify ito "Answer me" --severity 3 --ack-within 20m
silent "Waits for the hours"
send 03:00
is 2 "$(got sms)"
at_time "$(when 03:01)" 0 --as sato --json notify ito "No haste" --severity 4
A=$(id)
send 03:01
is 2 "$(got sms)"
at_time "$(when 03:02)" 0 --as sato alert resend "$A"
out "Asked once more: 1"
send 03:02
is 3 "$(got sms)"
rm -f "$T/desk" "$T/sms"

title "it is still there in the morning, and goes to the desk"
send 08:31
within "101|" "$T/desk" || fail "not at the desk"
within "Change your badge" "$T/desk" || fail "not that"
rm -f "$T/desk" "$T/sms"

title "a call: of equals who is at work is asked first, others after the wait"
thu=$(TZ=Asia/Tokyo date -d "$thu + 1 day" +%F)
at_time "$(when 02:40)" 0 --as sato --no-input call duty
send 02:41
within "902|来られますか" "$T/sms" || fail "the night shift is not asked"
! within "901|来られますか" "$T/sms" || fail "who sleeps is asked first"
at_time "$(when 02:46)" 0 --json call status duty
is mori "$(json '[0].levels[0].seats[0].people[0].contact')"
is on "$(json '[0].levels[0].seats[0].people[0].duty')"
send 02:46
within "901|来られますか" "$T/sms" || fail "nobody else is asked"
at_time "$(when 02:46)" 0 call status duty
out "outside their hours"
stop

title "in the contacts"
ok contacts show ito
out "at work Mon-Fri 08:30-17:15"
ok --lang ja contacts show ito
out "月〜金 08:30-17:15"
ok contacts show mori
out "at work 22:00-06:00"
ok contacts show duty
out "who is at work is called first"
ok card --tree duty
out "22:00-06:00"
