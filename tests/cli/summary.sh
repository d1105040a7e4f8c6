#!/bin/sh
# What people missed by a way that could not be used: one summary, which proves
# itself as a whole; of an exercise it begins so, and nothing actual is in it.
. "${0%/*}/lib.sh"
home small
site=$H/site/runbooks
cat >"$T/take" <<'X'
#!/bin/sh
f=$(mktemp "$1/part.XXXXXX")
cat >"$f"
mv "$f" "$1/got.${f##*.}"
X
chmod +x "$T/take"
mkdir "$T/sms" "$T/chat"
way() { printf '{ id = "%s", plugin = "command", title = { en = "%s", ja = "%s" }, config = { program = "%s/take", args = { "%s/%s" } } }' "$1" "$1" "$1" "$T" "$T" "$1"; }
sed -e 's|{ { "phone", "050-0000-0001" } }|{ { "sms", "101" } }|' \
    -e 's|{ { "radio", "channel 3" } }|{ { "chat", "mori" } }|' \
    -e 's|language = "ja", verified = "2026-10-01",|language = "en", verified = "2026-10-01",|' \
    -e "s|^ *partners = |  channels = { $(way sms), $(way chat) },\n&|" \
    "$site/contacts.lua" >"$T/contacts.lua"
cp "$T/contacts.lua" "$site/contacts.lua"
ok --as sato release make
ok --as sato release approve
got() { find "$T/$1" -name 'got.*' | wc -l; }
until_is() {
    want=$1 n=0
    shift
    until [ "$("$@")" = "$want" ] || [ $n -ge 300 ]; do
        n=$((n + 1))
        sleep 0.1
    done
    is "$want" "$("$@")"
}
idle() {
    n=0
    until ir comms send --for 1s >"$T/out" 2>"$T/err" </dev/null ||
        [ $? -eq 2 ] || [ $n -ge 40 ]; do
        n=$((n + 1))
        sleep 0.2
    done
}
# the_one WORD: the message that begins so
the_one() { grep -lE "^$1" "$T"/sms/got.* || fail "none begins with $1"; }
code_in() { grep -oE '[0-9A-Z]{4}-[0-9A-Z]{4} \(' "$1" | cut -c 1-9; }

title "two incidents, one of them an exercise; the way is down for both"
ok --as sato --no-input --json start alpha gates --var host=FS1
ok --json status
A=$(json incident.id)
ok --as sato channel down sms
ok --as sato notify ito "Actual one"
ok --as sato notify ito "Actual two"
ok --as sato --no-input --json start alpha gates --var host=FS1 --exercise
for w in one two three; do ok --as sato notify ito "Drill $w"; done
idle
is 0 "$(got sms)"

title "it works again: one summary of each, never of both"
ok use "$A"
ok --as sato channel up sms
until_is 2 got sms
idle
is 2 "$(got sms)"
actual=$(the_one '\[Missed alerts\]')
drill=$(the_one 'EXERCISE \[Missed alerts\]')
grep -q "could not be used: 2. The newest: Actual two" "$actual" ||
    fail "not what was missed"
grep -q "could not be used: 3. The newest: Drill three" "$drill" ||
    fail "not what was missed"
! grep -q Drill "$actual" || fail "mixed"
! grep -q Actual "$drill" || fail "mixed"

title "as a whole it is known; altered in anything it is not"
code=$(code_in "$drill")
ok check-code "$code" "$(cat "$drill")"
out "YES: it is the summary of 3 alerts"
out "EXERCISE only"
ok --json check-code "$code" "$(cat "$drill")"
is 3 "$(json summary_of)"
ok --lang ja check-code "$code" "$(cat "$drill")"
out "緊急通知3件のまとめです"
code=$(code_in "$actual")
ok check-code "$code" "$(tr '\n' ' ' <"$actual")"
out "summary of 2 alerts"
out "Actual, no exercise"
exits 2 check-code "$code" "$(sed 's/used: 2/used: 7/' "$actual")"
out "NO: nothing here says that a summary of 7 alerts was sent"
for change in 's/Actual two/Actual ten/' 's/telephone/mail/' 's/^\[/EXERCISE [/' \
    's/severity 2/severity 1/' 's/Sato/Mori/'; do
    exits 2 check-code "$code" "$(sed "$change" "$actual")"
    out "the text is another one"
done
exits 2 check-code "$code" "$(cat "$drill")"
ok check-code "$code" "Actual two"
silent "summary"

title "in an exercise alone, and in Japanese: 訓練 first"
sed -e 's|language = "en"|language = "ja"|' "$T/contacts.lua" \
    >"$site/contacts.lua"
ok --as sato release make
ok --as sato release approve
rm "$T"/sms/got.*
ok --as sato --no-input --json start alpha gates --var host=FS2 --exercise
ok --as sato channel distrust sms -r "as practised"
ok --as sato notify ito "参集"
ok --as sato notify ito "集合"
idle
is 0 "$(got sms)"
ok --as sato channel up sms -r "practised"
until_is 1 got sms
drill=$(the_one '訓練 【届かなかった緊急通知】')
code=$(grep -oE '[0-9A-Z]{4}-[0-9A-Z]{4}' "$drill" | tail -1)
ok check-code "$code" "$(cat "$drill")"
out "summary of 2 alerts"
ok verify
end_sender TERM || :
