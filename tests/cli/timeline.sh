#!/bin/sh
# What stands in the timeline of the messages that went out: who was reached by
# what, in few lines, and nothing twice.
. "${0%/*}/lib.sh"
home small
site=$H/site/runbooks
cat >"$T/take" <<'X'
#!/bin/sh
[ "$1" != dead ] || { echo "no such number" >&2; exit 1; }
X
chmod +x "$T/take"
row() { printf '{ id = "%s", name = { en = "%s", ja = "%s" }, language = "en", channels = { { "chat", "%s" } } },' "$1" "$2" "$2" "$3"; }
sed -e "s|^  people = {|&\n$(row aoki Aoki a) $(row baba Baba b) $(row chiba Chiba c) $(row doi Doi dead)|" \
    -e "s|^ *partners = |  channels = { { id = \"chat\", plugin = \"command\", title = { en = \"Chat\", ja = \"チャット\" }, config = { program = \"$T/take\" } } },\n&|" \
    "$site/contacts.lua" >"$T/contacts.lua"
cp "$T/contacts.lua" "$site/contacts.lua"
ok --as sato release make
ok --as sato release approve
started alpha
ok --as sato notify aoki,baba,chiba,doi "Assemble in 3F"
n=0
until [ "$({ ir --json comms status || :; } | grep -o '"outcome":"\(handed-over\|failed\)"' | wc -l)" -eq 4 ] ||
    [ $n -ge 100 ]; do
    n=$((n + 1))
    sleep 0.1
done

title "one row for many to whom it was handed over; what failed has its own"
ok timeline
A=$(ir --json alert list | "$PY" -c 'import json, sys; print(json.load(sys.stdin)[0]["id"][:8])')
out "Alert $A handed over to 3: "
out "Aoki (Chat)"
out "Message to Doi (Chat): failed"
out "no such number"
silent "tried"
out "not shown, by machines: 4"
ok --lang ja timeline
out "緊急通知${A}を3件送信済み"

title "each of them with --all and --ids"
ok timeline --all
out "Message to Aoki (Chat): tried"
out "Message to Aoki (Chat): handed over"
ok timeline --ids
out "Message to Baba (Chat): handed over"
ok --json timeline
is 8 "$("$PY" -c 'import json; print(sum(e["kind"] == "attempt" for e in json.load(open("out"))))')"
