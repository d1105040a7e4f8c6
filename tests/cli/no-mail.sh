#!/bin/sh
# While mail is distrusted nothing suggests it: not the sheet of a report, not
# the walk, not the contacts, not the card, not the words for an audience.
. "${0%/*}/lib.sh"
home shipped
site=$H/site/runbooks

# A channel that is mail by another name; an authority and people who have
# nothing else; an audience that is told by mail.
sed -e 's|{ "mail", "ito@example.jp" }|{ "post", "ito@post.example" }|' \
    -e 's|channels = { { "phone", "050-0000-0205" } }|channels = { { "email", "nco@mail.example" }, { "post", "nco@post.example" } }|' \
    -e 's|by = { en = "public address, boards|by = { en = "the mailing list, public address, boards|' \
    -e 's|by = { en = "claims desk by phone", ja = "事故受付への電話"|by = { en = "claims desk by phone", ja = "事故受付へのメール"|' \
    -e 's|^  channels = {$|&\n    { id = "post", plugin = "command", mail = true, title = { en = "Post", ja = "便り" }, config = { program = "/bin/true", args = {} } },|' \
    "$site/contacts.lua" >"$T/contacts.lua"
cp "$T/contacts.lua" "$site/contacts.lua"
grep -q 'nco@post.example' "$site/contacts.lua" || fail "no such authority"
ok --as sato release make
ok --as sato release approve
ok --as sato --no-input start flight-information ransomware

# addresses COMMAND...: does it print one of mail?
addresses() {
    ok "$@"
    grep -q '@[a-z]*\.*example' "$T/out" "$T/err"
}

title "while mail is trusted its addresses are there"
for a in mlit nco isac; do
    addresses report-out $a || fail "the sheet for $a has no address"
    silent "do not use"
    silent "Nothing of this by mail"
done
addresses contacts show mlit || fail "no address of mlit"
addresses contacts list people || fail "no address of people"
ok --json report-out mlit
is true "$(json 'numbers[means=mail].usable')"

title "the card has none in any case"
! addresses card || fail "an address on the card"
! addresses --json card || fail "an address on the card"

title "distrusted: the sheet names telephone and fax, and where there is none"
ok channel distrust mail -r "they read it"
for a in mlit nco isac; do
    ! addresses report-out $a || fail "the sheet for $a shows a mail address"
    out "do not use"
    ! addresses --json report-out $a || fail "an address in the JSON for $a"
done
ok report-out mlit
out "1  phone 050-0000-0201"
out "Nothing of this by mail: others may read it. Telephone, fax, or bring it."
ok report-out nco
out "lead to them by mail alone, and mail must not be used"
out "Telephone or fax"
ok --lang ja report-out nco
out "連絡先にはメールしかないが、メールは使用禁止"
out "電話かファクスで連絡する"
ok report-out isac --out sheet.txt
grep -q "Nothing of this by mail" sheet.txt || fail "not on the sheet"
ok --json report-out mlit
is null "$(json 'numbers[means=mail].address')"
is false "$(json 'numbers[means=mail].usable')"
is true "$(json 'numbers[means=phone].usable')"
ok --json report-out nco
is false "$(json 'numbers[1].usable')"

title "nor contacts, nor what is typed at any time"
! addresses contacts list || fail "contacts list"
! addresses contacts show mlit || fail "contacts show"
out "mail: do not use"
for c in status next "report-out list" card contacts who "update list"; do
    # shellcheck disable=SC2086
    [ "$c" = contacts ] || ! addresses $c || fail "$c"
done
for s in $(ir --json status | "$PY" -c 'import json,sys
print(" ".join(s["id"] for s in json.load(sys.stdin)["steps"]))'); do
    ir show "$s" >"$T/out" 2>"$T/err" || fail "show $s"
    ! grep -q '@[a-z]*\.*example' "$T/out" "$T/err" || fail "show $s"
done

title "nor a call, nor how messages stand"
ok --as sato notify ito,tanaka "Come to the desk"
! grep -q '@[a-z]*\.*example' "$T/out" "$T/err" || fail "notify"
got=0
ir --as sato call command --no-input >"$T/out" 2>"$T/err" || got=$?
[ $got -eq 0 ] || [ $got -eq 2 ] || fail "call: exit $got"
! grep -q '@[a-z]*\.*example' "$T/out" "$T/err" || fail "call"
for c in "call status" "comms status" inbox "alert list"; do
    # shellcheck disable=SC2086
    ir --as sato $c >"$T/out" 2>"$T/err" || :
    ! grep -q '@[a-z]*\.*example' "$T/out" "$T/err" || fail "$c"
done
ok --as sato call end command

title "words for an audience whose way is mail: told not to use it"
ok --as sato update passengers --what "The boards are dark"
says "the mailing list"
says "Nothing of this by mail"
ok --as sato update responders --what "The boards are dark"
silent "Nothing of this by mail"
IRLANG=ja_JP.UTF-8 ok --as sato update insurer --what "案内表示の停止"
says "この件はメールで送らない"

title "down is not distrusted: the address is there, and said not to work"
ok channel up mail -r "new accounts"
ok channel down mail
addresses report-out mlit || fail "no address"
out "mail is down"

title "in an exercise distrust holds there, and numbers are not dialled either"
ok channel up mail
"${IR%/engine/prog/ir}/tests/tools/exercise" "$H" sato || fail "exercise"
ok channel distrust mail -r "as practised"
! addresses report-out mlit || fail "the sheet of an exercise shows an address"
ok verify
