#!/bin/sh
# What people read: what is not known by its question, what was answered and
# who was told by name, where to go on; menus that are longer than the screen.
. "${0%/*}/lib.sh"

home shipped
member Mori

title "what is not known is named by its question, in both languages"
as mori --no-input start flight-information ransomware
as mori next
out "[not known: which server showed it first]"
silent "[host"
ok --lang ja --as mori next
out "［最初に異常が出たサーバー: 未確認］"
out "ask host=..."
exits 77 --lang ja --as mori run isolate --break-glass "alone"
err "コマンドに必要な答えがありません: 最初に異常が出たサーバーはどれですか"

title "what was answered stands in the record"
as mori ask isolate host=fs1
out "answered which server showed it first = fs1"
as mori 'done' isolate -m "link light off"
as mori fail reach -r "nobody answers"
as mori choose lead nobody -r "nobody answers"
as mori ask look encrypted=2
ok --lang ja timeline
out "完了（脅迫文や見慣れないファイル名の台数 = 2）"
ok --json timeline
is 2 "$(json '[step=1/look].answers.encrypted')"

title "what nobody holds the role of is for who is here, the soonest first"
as mori ask volatile host=fs1
as mori 'done' volatile
as mori choose spread many -r "two machines"
ok --json --as mori next
is 1/cut "$(json step.id)"
as mori next
[ "$(grep -c 'only to undo' "$T/out")" -le 1 ] || fail "undo steps in front"

title "words of a command line are in the reader's language"
exits 64 --lang ja --as mori choose lead
err "手順 選択肢 -r 理由"

title "what destroys is not done to what nobody knows"
as mori skip cut -r "not needed here"
for step in call-out no-mail logs entry passwords; do
    ir --as mori skip "$step" -r "not in this test" >"$T/out" 2>&1 || :
done
as mori ask pick target=unknown
for step in memory image; do
    as mori skip "$step" -r "not in this test"
done
exits 77 --as mori 'done' reimage --override "no time" --again no
err "destroys, and this is not known: Which machine is rebuilt now?"
err "ask 1/reimage target=..."
typed --as mori 'done' reimage <<'X'
unknown
X
says "destroys"
silent "recorded"

title "leaving says how to go on as it was called"
typed --as mori start flight-information <<'X'
1
quit
X
says "Go on with: ir --as mori start flight-information"
mkdir "$T/elsewhere"
cp "$IR" "$T/elsewhere/ir"
cp "${IR%/*}/ir-worker" "$T/elsewhere/ir-worker"
got=0
printf '1\nquit\n' | bare "$PY" "$here/term.py" 80 24 "$T/elsewhere/ir" \
    -C "$H" --as mori start flight-information >"$T/out" 2>"$T/err" || got=$?
is 0 "$got"
says "$T/elsewhere/ir -C $H --as mori start flight-information"

title "long answers stop at each screen; what is typed there counts"
COLS=40
typed --as mori start flight-information <<'X'
1
list
note seen between two screens
quit
X
COLS=80
says "Enter: more"
says "recorded"
ok timeline
out "seen between two screens"

title "when it began is asked once; not knowing later does not undo it"
home shipped
ok start public-information first-response --began "30m ago"
ok --json status
began=$(json vars.began)
case $began in 20*) ;; *) fail "not taken over: $began" ;; esac
ok show begin
typed ask begin <<'X'
unknown
unknown
unknown
X
ok --json status
is "$began" "$(json vars.began)"

title "a list names the systems of all incidents"
home shipped
ok start flight-information ransomware --began "1h ago" --var host=fs1
ok start email first-response
ok list
out "Mail and groupware: "
silent "email: "

title "not recorded: the time to enter names its offset"
sqlite3 "$H/ir.db" 'PRAGMA wal_checkpoint(TRUNCATE)' >/dev/null
head -c 4096 /dev/urandom |
    dd of="$H/ir.db" bs=4096 count=1 conv=notrunc 2>/dev/null
exits 1 --as sato note x
says "NOT recorded"
tr -d '\n' <"$T/err" | grep -qE \
    'ir note --at *20[0-9-]*T[0-9]{2}:[0-9]{2}[+-][0-9]{2}:[0-9]{2} ' ||
    fail "no offset"

title "after closing a missed clock stands still"
home small
ok start alpha loops --began "150m ago"
ok 'done' begin
ok 'done' try
ok choose enough none -r "stop here"
ok close
ok list --all
ok --json status
was=$(json 'clocks[name=alpha/show/rto].elapsed_s')
ok status
missed=$(grep -o 'MISSED by [0-9a-z ]*' "$T/out" | head -n 1)
[ -n "$missed" ] || fail "no missed clock"
at_time +3h 0 --json status
is "$was" "$(json 'clocks[name=alpha/show/rto].elapsed_s')"
at_time +3h 0 status
out "$missed"

title "the log names steps of the incident in use as the timeline does"
ok log
out "done"
silent "1/begin"

title "a step that only waits for its time is not offered to be done"
started alpha loops --new
ok 'done' begin
ok fail try -r broken
ok 'done' spare --again no
typed start alpha <<'X'
1
done
quit
X
says "waits until"
silent "What did you see"
silent "done  fail  skip"

title "a directory that is not there is to be made first"
ok --json note "to be shown"
one=$(id)
exits 66 export-entry "$one" "$T/none"
err "mkdir $T/none"

title "what the runbooks say to type is there: a runbook common to all"
home shipped
ok --no-input start email ransomware
ok add common data-leak
ok --json status
is common/data-leak "$(json "instances[number=2].scenario")"
ok show hold-in
out "Number: Mihon Message Cloud 050-0000-0305"
ok next
out "Number: Network: Mori 050-0000-0104; Kato 050-0000-0105"
exits 66 add common nothing
is 1 "$(grep -o data-leak "$T/err" | wc -l)"

title "what is asked at done can be left; what waits says so; what is dropped says so"
home shipped
ok start flight-information ransomware --began "1h ago" --var host=fs1
was=$(entries)
typed start flight-information <<'X'
1
done
quit
no-mail
I saw a ghost
n
X
says "not done yet, nothing recorded"
says "Not yet: no-mail comes after"
says "NOT recorded"
is "$was" "$(entries)"

title "words, answers for others and reports stand in sentences, not as fields"
ok update staff --what "No display" --how ""
says "what happened: No display"
silent "what="
A=$(ir --json alert list | grep -o '"id":"[0-9a-f]*' | cut -c 7- | head -1)
ok answer-for mori "$A" seen --how telephone
says "on behalf of Mori"
ok update airlines --what "No display" --how "Call us"
ok role act spokesperson -r "nobody answers"
A=$(ir --json update list | sed 's/.*"pending":"\([0-9a-f]*\).*/\1/')
ok update release "$A"
ok update told airlines --means phone
says "Called Airlines and handlers (phone): handed over"
ok report-in system-down --set since="20m ago" --set sign=dark
says "sign: dark"
silent "unknown,"
silent "+00:00"
