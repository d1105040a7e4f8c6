#!/bin/sh
# Reports to authorities: first, follow-up, final; told and due next; and texts
# that somebody sent.
. "${0%/*}/lib.sh"
. "$here/homes.sh"
home shipped

clock() {
    ir --json clock list >"$T/clocks"
    "$PY" "$here/jget.py" "$T/clocks" "[name=$1].$2"
}

# due AUTHORITY PATH: of `ir report-out list`.
due() {
    ir --json report-out list >"$T/due"
    "$PY" "$here/jget.py" "$T/due" "[authority=$1].$2"
}

title "no incident, no authority of that name"
exits 66 report-out mlit
ok --no-input start flight-information ransomware --began "70m ago"
exits 66 report-out mltt
err "did you mean mlit?"
exits 66 report-out told nobody --to X
exits 64 report-out mlit --first --final
exits 64 report-out mlit --set nothing=1
err "one of:"
exits 64 report-out mlit --set began=25:99
exits 64 report-out mlit --format word
exits 64 report-out
exits 64 report-out told mlit
err "--to"
exits 64 report-out told mlit --to Hori --at perhaps
exits 64 report-out told mlit --to Hori --report letter
is 0 "$(ir log --json | grep -c -e '"kind": "told"' -e '"kind": "report"' ||
    :)"

title "an undecided duty shows when it would be due; nothing is started"
ok report-out list
out "undecided"
is true "$(due mlit next.provisional)"
is first "$(due mlit next.report)"

title "the first report: filled from the record, blanks under investigation"
ok measure start "boards by hand"
ok report-out mlit --set impact="3 flights late" --set cause=unknown
out "Transport ministry: first report"
out "1  phone 050-0000-0201"
out "2  phone 050-0000-0202"
out "Flight information"
out "3 flights late"
out "boards by hand"
out "as far as known? unknown"
out "expected? under investigation"
out "Needed, still open: Where"
out "undecided. If it counts"
out "ir report-out told mlit"
is undecided "$(clock mlit-first state)"
ok report-out list
out "not told yet"
exits 64 --json report-out mlit --first --set attack=yes --set count=
ok --json report-out mlit --first --set attack=yes --set where=
drawn=$(id)
is first "$(json report)"
is true "$(json may_be_sent)"
is mlit-first "$(json deadline)"
is "3 flights late" "$(json 'fields[name=impact].value')"
is last "$(json 'fields[name=impact].from')"
is incident "$(json 'fields[name=system].from')"
is unknown "$(json 'fields[name=cause].state')"
is under-investigation "$(json 'fields[name=where].state')"
is null "$(json 'fields[name=where].value')"
is Suspected "$(json 'fields[name=attack].text')"
is 050-0000-0202 "$(json 'numbers[1].address')"
ok show "$drawn"
out "mlit"

title "told: the deadline is met, what was read out is named, the next is due"
ok --json report-out told mlit --to "Officer Hori" --ref 0153 --at "20m ago"
ok --json show "$(id)"
is first "$(json body.report)"
digest=$(json body.what)
is 64 "${#digest}"
is "mlit: Officer Hori" "$(json body.whom)"
is "$drawn" "$(json 'header.refs[0]')"
is met "$(clock mlit-first state)"
is running "$(clock mlit-followup state)"
is "$(clock mlit-first ended)" "$(clock mlit-followup from)"
is "$(clock mlit-followup due)" "$(due mlit next.due)"
is "$(clock mlit-followup due)" "$(due mlit 'told[0].next_due')"
is 0153 "$(due mlit 'told[0].receipt')"
is sato "$(due mlit 'told[0].by')"
is phone "$(due mlit 'told[0].means')"
is true "$(due mlit drawn_up_told)"
ok report-out list
out "receipt number 0153"

title "a moment to come is recorded, and said"
ok report-out told police --to desk --at "$(date -u -d '+3 hours' +%Y-%m-%dT%H:%M:%SZ)"
err "still to come"

title "follow-up: its own form, the last answers kept; final only when restored"
ok report-out mlit
out "Transport ministry: follow-up"
out "3 flights late"
out "changed since"
ok report-out told mlit --to Hori --means fax
out "Transport ministry: final report"
is met "$(clock mlit-followup state)"
ok --json report-out mlit
is follow-up "$(json report)"
ok restored
ok --json --lang ja report-out told mlit --to Hori --report follow-up
exits 2 --json report-out mlit
is final "$(json report)"
is mlit-final "$(json form)"

title "a final report lacks nothing; what cannot be found out is unknown"
exits 2 report-out mlit --set restored="5m ago"
out "Not a final report yet"
out "Root cause"
err "under investigation"
ok --json report-out mlit --set restored="5m ago" --set course="as attached" \
    --set cause=unknown --set prevention="patched by 12-01" \
    --set public="web page 14:00, ISAC" --set impact="31 flights late"
is '[]' "$(json lacks | tr -d ' ')"
ok report-out told mlit --to Hori --final --ref 99
out "No further report"
is met "$(clock mlit-final state)"

title "who says from when it counts: the preliminary one, then the final"
exits 64 --json report-out told ppc --first --final --to X
ok clock start appi-preliminary --from "2h ago" -r "the help desk knew then"
ok --json report-out ppc --set persons="about 1,200" --set trigger=many
is ppc-preliminary "$(json form)"
is "about 1,200" "$(json 'fields[name=persons].value')"
is "$(clock appi-preliminary from)" "$(json 'fields[name=aware].value')"
is false "$(json provisional)"
ok --json show "$(id)"
[ "$(json 'header.refs[0]')" != null ] || fail "does not refer to the clock"
ok report-out told ppc --to "web form" --means web --ref 7
is running "$(clock appi-final state)"
is "$(clock appi-preliminary from)" "$(clock appi-final from)"
is final "$(due ppc next.report)"

title "the other authorities: police, cyber office, sector, client, no form"
for a in police nco isac client-ministry eu-dpa; do
    ok report-out $a
    ok --lang ja report-out $a
    out "調査中"
done
out "侵害の性質、本人と記録の数"
exits 66 report-out fire
err "report-out told fire"
ok report-out told fire --to "command centre" --means phone
ok --json report-out list
is "command centre" "$(json '[authority=fire].told[0].to')"

title "a step of the walk that tells counts the same, and is ended by it"
home small
started alpha one --began "3h ago" --var host=FS1
as sato 'done' look
as sato 'done' save
as sato 'done' cut
as sato choose spread one -r "one host"
as sato 'done' hold
ok --json next
is 1/tell "$(json step.id)"
ok next
out "ir report-out ministry --first"
as sato report-out ministry
out "First"
as sato report-out told ministry --to "Officer Kimura" --ref A-12 --at "40m ago"
out "done"
ok --json status
is 'done' "$(json 'steps[id=1/tell].state')"
is met "$(clock first state)"
first=$(clock first ended)
as sato 'done' inform --again no
as sato 'done' level --level 90
is "$first" "$(clock first ended)"
is running "$(clock last state)"
started alpha one --new --began "3h ago" --var host=FS1
for s in look save cut; do as sato 'done' $s; done
as sato choose spread one -r "one host"
as sato 'done' hold
as sato 'done' tell --to "Officer Kimura" --means radio --ref A-13
is A-13 "$(due ministry 'told[0].receipt')"
is met "$(clock first state)"
is last "$(due ministry next.deadline)"
is radio "$(due ministry 'told[0].means')"
ok report-out list --all
out A-12
out A-13

title "an incident does not close while a report is owed"
is running "$(clock last state)"
exits 77 --as sato close
err "Not reported yet"
as sato report-out told ministry --to Kimura --final
is met "$(clock last state)"
exits 77 --as sato close
silent "Not reported yet"

title "an exercise: said first, nothing may leave, no number is dialled"
home shipped
ok --no-input start flight-information ransomware
"${IR%/engine/prog/ir}/tests/tools/exercise" "$H" sato || fail "exercise"
ok --lang ja report-out mlit
is " 訓練 / EXERCISE" "$(head -n 1 out)"
out "訓練です"
out "かけない"
silent "report-out told"
ok --lang ja report-out mlit --out sheet.txt
is " 訓練 / EXERCISE" "$(head -n 1 sheet.txt)"
ok --json report-out mlit
is false "$(json may_be_sent)"
is exercise "$(json status)"
ok report-out told mlit --to "the facilitator"
ok --json report-out list
is "the facilitator" "$(json '[authority=mlit].told[0].to')"

title "a file: whole, for its owner only; where it cannot be, that is said"
rm sheet.txt
home shipped
ok --no-input start flight-information ransomware
ok report-out mlit --out sheet.txt
is 600 "$(stat -c %a sheet.txt)"
out "sheet.txt"
grep -q "under investigation" sheet.txt || fail "no sheet"
n=$(entries)
exits 66 report-out mlit --out nowhere/sheet.txt
out "Transport ministry"
is "$((n + 1))" "$(entries)"

title "not recorded: said, and the sheet is there all the same"
typed key passphrase <<'Y'
correct horse
correct horse
Y
is 0 "$got"
n=$(entries)
exits 77 report-out mlit
err "NOT recorded"
out "050-0000-0201"
silent "report-out told"
exits 77 report-out told mlit --to Hori
err "NOT recorded"
exits 77 --json report-out mlit
is null "$(json id)"
is "$n" "$(entries)"
home shipped
ok --no-input start flight-information ransomware

title "a full disk, or a log that cannot be opened: the sheet is there, and marked"
cp -r "$H" "$T/hurt"
rm -rf "$T"/hurt/ir.db*
mkdir "$T/hurt/ir.db"
was=$H H=$T/hurt
for c in "" "--lang ja"; do
    # shellcheck disable=SC2086
    exits 1 $c report-out mlit --set what="displays dark"
    out "050-0000-0201"
    out "displays dark"
    ! grep -q "mlit-desk@" out || fail "mail, and nobody knows its state"
done
out "記録されていません"
out "訓練かどうかもわからない"
out "調査中"
err "記録されていません"
exits 1 --json report-out mlit
is null "$(json id)"
is null "$(json status)"
is false "$(json may_be_sent)"
exits 1 report-out isac --out sheet.txt
out "NOT recorded. Write on paper"
out "The log cannot be read"
exits 66 report-out mltt
err "did you mean mlit?"
silent "NOT recorded"
head -c 50000 /dev/urandom >"$T/bad"
rm -rf "$T/hurt/ir.db"
cp "$T/bad" "$T/hurt/ir.db"
exits 1 report-out mlit
out "The log cannot be read"
H=$was
cat >full.sh <<'END'
mount -t tmpfs -o "size=8m,mode=755" none small || exit 99
mkdir -m 700 small/home
cp -a "$FROM"/$WHICH "$FROM"/keys small/home
dd if=/dev/zero of=small/fill bs=4k 2>/dev/null
exec "$@"
END
mkdir small
as=-rm
[ "$(command id -u)" -ne 0 ] || as=-m
for which in "ir.db*" ir.db; do
    "$PY" -c 'import sqlite3, sys
sqlite3.connect(sys.argv[1]).execute("pragma wal_checkpoint(truncate)")' \
        "$was/ir.db"
    H=$was
    [ "$which" = ir.db ] || ok report-out police # something is in the WAL
    EXEC="env FROM=$was WHICH=$which unshare $as sh $T/full.sh"
    H=$T/small/home
    exits 1 report-out mlit
    EXEC=
    out "050-0000-0201"
    out "Flight information"
    out "NOT recorded. Write on paper"
    err "NOT recorded"
    err "the disk is full"
    silent "cannot be read"
    silent "report-out told"
done
H=$was

title "asked on a terminal: Enter, words, a slip, what is unknown, quit"
typed report-out mlit <<'Y'

Departure bords
back
Departure boards
~70m ago
all concourses
25:99

7
1
back
2
quit
Y
is 0 "$got"
says "[1/12]"
says "Enter: Sato"
says "none of the answers"
ok --json report-out list
ok --json report-out mlit
is "Departure boards" "$(json 'fields[name=system].value')"
is "all concourses" "$(json 'fields[name=where].value')"
is no "$(json 'fields[name=attack].value')"
is "25:99" "$(json 'fields[name=what].value')"
is under-investigation "$(json 'fields[name=cause].state')"
is under-investigation "$(json 'fields[name=outlook].state')"
typed --lang ja report-out told mlit <<'Y'
堀係長
Y
is 0 "$got"
ok --json report-out list
is "堀係長" "$(json '[authority=mlit].told[0].to')"

title "told on one machine, known on the other"
first=A
H=$T/A
mkdir "$T/site.two"
cp -r "$src/runbooks/." "$T/site.two"
ok init --org "Minato Airport" --person Sato --runbooks "$T/site.two"
ok release approve
join B Mori
on A --no-input start flight-information ransomware
on A --json report-out mlit --set impact="3 flights late"
on A report-out told mlit --to "Officer Hori" --ref 77
due=$(due mlit next.due)
carry A B
H=$T/B
ok use "$(ir --json list | "$PY" "$here/jget.py" /dev/stdin '[0].name')"
is 77 "$(due mlit 'told[0].receipt')"
is sato "$(due mlit 'told[0].by')"
is "$due" "$(due mlit next.due)"
ok --json report-out mlit
is follow-up "$(json report)"
is "3 flights late" "$(json 'fields[name=impact].value')"
is mori "$(json by)"

title "pasted: names in both languages, quoted, below; the rest is kept"
home shipped
cat >mail.txt <<'Y'
Subject: help
Hello,
> 氏名：小川（3階 案内所）
・システム名: email
(3) 症状：
ログイン画面に
英語の文が出る
Where are you, and who next to you has it too? Counter 4, all of us

Is anybody waiting, stuck or in danger? [people]: Danger
since: some time this morning
Regards
Y
sed -i 's/it too? Counter/it too?: Counter/' mail.txt
ir report-in system-down --paste --from "Ogawa" --means mail <mail.txt >out 2>err ||
    fail "not taken in"
err "6 of 6"
ok --json log
ok log
out "小川"
ok --json show "$(ir log --json | tail -n 1 | "$PY" -c 'import json, sys
print(json.load(sys.stdin)["id"])')"
is Ogawa "$(json body.reporter)"
is mail "$(json body.means)"
"$PY" - "$T/out" <<'Y' || fail "not as it was pasted"
import json, sys
b = json.load(open(sys.argv[1]))["body"]
a = b["answers"]
a = dict(a) if isinstance(a, list) else a
assert a["who"] == "小川（3階 案内所）", a
assert a["system"] == "email", a
assert a["sign"] == "ログイン画面に 英語の文が出る", a
assert a["place"] == "Counter 4, all of us", a
assert a["people"] == "danger", a
assert a["since"] == "unknown", a
assert "since: some time this morning" in b["text"], b
assert "Regards" in b["text"] and "Subject: help" in b["text"], b
Y

title "a hostile text harms nothing; nothing at all is nothing"
n=$(entries)
ir report-in other --paste </dev/null >out 2>err && fail "taken in"
err "nothing was pasted"
is "$n" "$(entries)"
{
    # shellcheck disable=SC2016 # it is not to be expanded
    printf 'what: \033]0;evil\007\033[2J${IFS}`id`$(id) \342\200\256txt\n'
    printf 'when: \377\376\000\001\n'
    printf '%0500d\n' 1
    head -c 20000 /dev/zero | tr '\0' ':'
} >bad.txt
ir report-in other --paste --from '?' --means sms <bad.txt >out 2>err ||
    fail "not taken in"
err "longer than"
LC_ALL=C grep -q "$(printf '\033')" out err && fail "an escape came through"
ok log
LC_ALL=C grep -q "$(printf '\033')" out && fail "an escape came through"
ok verify
typed report-in other --paste <<'Y'
what: smoke in the server room
hello
.
Kato
phone
Kato, 2F
now

unknown
Y
is 0 "$got"
ok log
out "smoke in the server room"
out "hello"

title "the blank form is read again when it is filled in"
ok --lang ja report-in system-down --print
out "[sign]"
out "不明"
n=$(entries)
sed 's/\[sign\]:.*/[sign]: no picture/' out >filled.txt
ir report-in system-down --paste --from x <filled.txt >out 2>err ||
    fail "not taken in"
ok log
out "no picture"
is "$((n + 1))" "$(entries)"
ok verify

title "a hostile text pasted on a terminal answers nothing and reaches no shell"
"$PY" "$here/paste.py" "$IR" "$H" >out 2>&1 || fail "$(cat out)"
ok log
is 1 "$(grep -c 'touch /tmp/ir-paste' "$T/out")"
ok verify
