#!/bin/sh
# Words for an audience: what it may know, who releases them, when they are due.
. "${0%/*}/lib.sh"
home shipped
member Yoshida
member Mori
ok --as sato --no-input start flight-information ransomware
# words LANG TEXT: what was just written says that
words() {
    json "texts.$1" >"$T/x"
    grep -qF "$2" "$T/x" || fail "does not say in $1: $2"
}
row() { ok --json update list; json "[0].$1"; }

title "written by anybody: it waits for who speaks to that audience"
ok --as sato --json update passengers --what "The boards are dark." \
    --where "terminal 1" --how "Ask at the counters"
A=$(json id)
is passengers-update "$(json template)"
is "The boards are dark." \
    "$(json texts.en >"$T/x" && head -1 "$T/x")"
words ja "発生時刻: 調査中。場所: terminal 1。"
is waiting "$(ok --json alert show "$A" && json state)"
is false "$(json released)"
is spokesperson "$(json releases)"
is 1 "$(json cosign_needed)"
ok --as mori inbox
silent "boards are dark"
ok --as yoshida inbox
says "ir update release"
ok --as yoshida
says "waits for your release"
ok --as sato status
says "waits for its release by the Spokesperson"
IRLANG=ja_JP.UTF-8 ok --as yoshida inbox
says "発信を承認する"

title "nothing of it may be said before; nobody else lets it out"
exits 77 --as sato update told passengers
says "it has not been released"
exits 77 --as sato update release "$A"
says "now: Yoshida"
says "ir role act spokesperson"
exits 77 --as mori update release "$A"
exits 77 --as mori alert cosign "$A"
says "it is released, not cosigned"
is waiting "$(ok --json alert show "$A" && json state)"

title "who is named for the role takes it by releasing"
ok --as yoshida update release "$A"
says "It is out now"
is out "$(ok --json alert show "$A" && json state)"
is true "$(json released)"
exits 1 --as yoshida update release "$A"
ok role list
says "Yoshida"
is "${A}" "$(row untold)"
ok --as sato update told passengers --means "public address" --at "1m ago"
is 0 "$(row late)"
is null "$(row untold)"
ok --json timeline
within "public address" "$T/out" || fail "not in the timeline"

title "alone at night: act in the role, with a reason, and release one's own"
ok --as sato --json update passengers --how "Come to counter 4"
B=$(json id)
ok --json alert show "$B"
json text >"$T/x"
grep -qF "Where: terminal 1" "$T/x" || fail "not as said last"
exits 77 --as sato update release "$B"
ok --as sato role act spokesperson -r "Yoshida is not reached"
ok --as sato update release "$B"
is out "$(ok --json alert show "$B" && json state)"
ok --as sato --json update passengers
is out "$(ok --json alert show "$(json id)" && json state)"
ok --as mori --json update airlines --what "Boards are dark"
M=$(json id)
exits 77 --as mori update airlines --what "x" --release
is waiting "$(ok --json alert show "$M" && json state)"

title "handed over: what was released stays released; who held it no longer does"
ok --as sato role release spokesperson
is out "$(ok --json alert show "$B" && json state)"
ok --as mori role take spokesperson
exits 77 --as yoshida update release "$M"
says "now: Mori"
ok --as mori update release "$M"
is out "$(ok --json alert show "$M" && json state)"

title "inside: nobody has to release it"
ok --as sato --json update staff --what "Boards dark"
is out "$(ok --json alert show "$(json id)" && json state)"

title "words of one's own, by notify and by correction, wait too"
ok --as sato notify passengers "Come later"
says "It has not left"
ok --as sato --json notify residents "Come later"
N=$(json id)
is waiting "$(ok --json alert show "$N" && json state)"
ok --as mori update release "$N"
ok --as sato --json alert correct "$N" "Come tomorrow"
C=$(json id)
is waiting "$(ok --json alert show "$C" && json state)"
exits 1 --as mori update release "$N"

title "need to know: the fact and the audience are named"
exits 77 --as mori update passengers --why "a stolen password"
says "Passengers and visitors"
says "cause"
says "ir update allow passengers cause"
IRLANG=ja_JP.UTF-8 exits 77 --as mori update passengers --why "盗まれたパスワード"
says "共有範囲「旅客・来港者」に伝えてよい事項ではありません"
exits 77 --as mori update partners --where "server room"
says "where"
exits 77 --as mori update partners --template staff-update
says "where"
exits 77 --as mori update passengers --text "Because of \${why}."
ok --as sato update responders --why "a stolen password"
exits 77 --as mori update passengers --text "It was a stolen password, sorry"
says "cause"
exits 77 --as mori update passengers --what "a stolen password was used"

title "nor is the cause said in another form, or by another command"
exits 77 --as sato update passengers --text "It was A  STOLEN Password"
says "cause"
exits 77 --as sato update passengers --how "a stolen
password"
exits 77 --as sato notify passengers "Somebody used a stolen password"
says "cause"
exits 77 --as sato notify responders,passengers "Ａ stolen password"
ok --as sato --json notify passengers "Please wait"
W=$(json id)
exits 77 --as sato alert correct "$W" "Please wait: a stolen password"
says "cause"
exits 77 --as sato alert cancel "$W" -r over "It was a stolen password"
says "cause"
ok --as sato alert cancel "$W" -r mistaken
ok --as sato notify responders "a stolen password"

exits 77 --as sato update allow passengers cause -r "no"
says "now: Mori"
exits 64 --as mori update allow passengers secrets -r "no"
exits 66 --as mori update allow nobody cause -r "no"
ok --as mori update allow passengers cause -r "Agreed with management"
ok --as mori --json update passengers --why "a stolen password"
words en "Reason: a stolen password."
exits 77 --as mori update airlines --why "a stolen password"

title "however it is written: case, width, spaces, ends of lines, hyphens"
ok --as sato update responders --why "Phishing mail"
ok --as sato update responders --why "サーバーの設定ミス"
ok --as sato update responders --why "ﾊﾟｽﾜｰﾄﾞの流出"
# the_same FACT FOUND TEXT...: refused, naming the fact and what was found
the_same() {
    fact=$1 found=$2
    shift 2
    for said in "$@"; do
        exits 77 --as mori update airlines --text "$said"
        err "($fact)"
        err "$found"
        exits 77 --as mori update airlines --how "$said"
        exits 77 --as mori notify airlines "$said"
    done
}
the_same cause "Phishing mail" "It was PHISHING MAIL." "ｐｈｉｓｈｉｎｇ　ｍａｉｌ" \
    "phish-ing mail" "a phish-
ing
mail" "phishing-mails" "Ｐhishing  \"mail\"" "$(printf 'phish\302\255ing mail')"
the_same cause "サーバーの設定ミス" "原因はサーバの設定ミスでした" "ｻｰﾊﾞｰの設定ﾐｽ" \
    "サーバー
の 設定・ミス"
the_same cause "の流出" "昨夜パスワードの流出がありました"
ok --as mori update airlines --text "Fishing mails are not the cause"
ok --as mori update airlines --text "係の設定は正しい"
IRLANG=ja_JP.UTF-8 exits 77 --as mori update airlines --text "設定ミスはｻｰﾊﾞｰの設定ﾐｽ"
err "サーバーの設定ミス"
ok --as sato --json notify airlines "The boards are dark"
exits 77 --as sato alert correct "$(json id)" "It was phishing mail"

title "also other facts, and the cause of a report to an authority"
ok --as sato update staff --where "Room 3F-07"
exits 77 --as mori update partners --text "Do not come to room 3f 07"
err "(where)"
ok --as mori update airlines --text "Do not come to room 3f 07"
ok --as sato report-out mlit --set cause="An expired certificate"
exits 77 --as mori update airlines --what "expired certificate: an EXPIRED certificate"
err "(cause)"

title "only who holds the role decides what an audience may know"
ok --as mori --json update passengers --set what.ja=案内表示の停止 --set what.en=Boards
words ja "案内表示の停止"
words en "Boards."

title "wrong words"
exits 66 --as mori update nobody
exits 66 --as mori update commander
exits 66 --as mori update passengers --template no-such
exits 64 --as mori update passengers --set who
exits 64 --as mori update passengers --set who.fr=x
exits 64 --as mori update passengers --what "$(head -c 500 /dev/zero | tr '\0' x)"
exits 64 --as mori update passengers --text " "
exits 66 --as mori update told media
exits 66 --as mori update release ffff

title "what it says cannot forge a line of the message, nor another blank"
evil=$(printf 'a\nReason: %s{why}\r\nTo: all\033[2J' "\$")
ok --as mori --json update airlines --what "$evil"
json texts.en >"$T/x"
! grep -qxF "To: all" "$T/x" || fail "forged a line"
! grep -q "$(printf '\033')" "$T/x" || fail "an escape"
is 1 "$(grep -c '^Reason' "$T/x")"

title "the rhythm: due, late, measured"
ok --as sato --no-input start email first-response --new
ok --as sato update passengers --what "Mail is down"
ok --as yoshida role take spokesperson
ok --json update list
A=$(json '[0].pending')
is 1200 "$(json '[0].every_s')"
ok --as yoshida update release "$A"
ok --as yoshida update told "$A"
at_time +25m 0 status
says "late 5 min"
at_time +25m 0 --as yoshida --json update list
is 1 "$(json '[0].late')"
at_time +25m 0 --json status
is passengers "$(json 'updates[0].audience')"
at_time +25m 0 --as yoshida update told passengers
at_time +26m 0 --as yoshida --json update list
is 0 "$(json '[0].late_s')"
is 1 "$(json '[0].late')"
at_time +3h 0 --as yoshida --json update list
is 2 "$(json '[0].late')"
at_time +110m 0 --as yoshida update told passengers
at_time +111m 0 --as sato restored
at_time +4h 0 --as yoshida --json update list
is null "$(json '[0].due')"

title "a person of the record, by the whole name or by the family's"
ok --as sato --no-input add common handover
ok --as sato ask 2/plan successor=tanaka at=06:00
for said in "Ask Tanaka" "ask TANAKA's office" "担当は田中です" "田中 由 美" "ﾀﾅｶ tanaka"; do
    exits 77 --as yoshida update passengers --text "$said"
    err "(personal-data)"
done
ok --as yoshida update passengers --text "Ask at the counters"
ok verify
