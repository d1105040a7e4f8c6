#!/bin/sh
# People out of address books: shown, written, written again; what is hostile
# is left out and said.
. "${0%/*}/lib.sh"
home small
contacts=$H/site/runbooks/contacts.lua
imported=$H/site/runbooks/lib/imported.lua

title "a vCard: rows to paste, nothing changed"
cat >phone.vcf <<'EOF'
BEGIN:VCARD
VERSION:3.0
N:佐藤;花子;;;
FN:佐藤 花子
X-PHONETIC-LAST-NAME:さとう
X-PHONETIC-FIRST-NAME:はなこ
ORG:見本空港;運用部
TEL;TYPE=CELL:090-0000-0001
EMAIL:sato@example.jp
END:VCARD
BEGIN:VCARD
VERSION:3.0
FN:No Number
END:VCARD
EOF
ok contacts import phone.vcf
out '{ id = "satou",'
out 'name = { en = "Satou Hanako", ja = "佐藤 花子" }'
out '{ "phone", "090-0000-0001" }'
err "line 11: left out: No Number: has neither a telephone number"
err "1 new, 0 changed"
err "ir contacts import phone.vcf --write"
[ ! -e "$imported" ] || fail "it was written"

title "a name in Latin letters is not spelt anew from how it is read"
cat >brien.vcf <<'EOF'
BEGIN:VCARD
VERSION:3.0
N:O'Brien;Siobhan;;;
FN:Siobhan O'Brien
X-PHONETIC-LAST-NAME:オブライエン
TEL;TYPE=CELL:090-0000-0009;ext=12
END:VCARD
EOF
ok contacts import brien.vcf
out '{ id = "obrien",'
out 'name = { en = "Siobhan O'"'"'Brien", ja = "Siobhan O'"'"'Brien" }'

title "no text message goes to an extension"
silent '"sms"'

title "written; the site says how it takes them in"
ok contacts import phone.vcf --write
out "+ satou: phone 090-0000-0001, sms 090-0000-0001, mail sato@example.jp"
out 'people = require("lib.imported").with { ... }'
sed -i -e 's/people = {/people = require("lib.imported").with {/' "$contacts"
ok contacts lint
silent error:
ok runbook lint
ok release make
ok release approve
ok contacts show satou
out "Satou Hanako"

title "a second time: nothing changes, nobody goes, what was added stays"
before=$(sha256sum <"$imported")
ok contacts import phone.vcf --write
out "0 new, 0 changed, 1 as they were"
silent "does not take it in"
is "$before" "$(sha256sum <"$imported")"
sed -i 's/language = "ja"/language = "ja", verified = "2026-11-01", member = "sato"/' \
    "$imported"
printf 'name,mobile\n佐藤 花子,090-0000-0009\nIto,050-0000-0001\n"Ann Brown",+44 20 0000 0001\n' >more.csv
ok contacts import more.csv --write
out "~ satou: phone 090-0000-0001, sms 090-0000-0001, mail sato@example.jp -> phone 090-0000-0009, sms 090-0000-0009 (verified goes)"
out "! ito: phone 050-0000-0001 -> phone 050-0000-0001, sms 050-0000-0001 (written by hand"
out "+ ann-brown:"
grep -q 'member = "sato"' "$imported" || fail "the member was lost"
! grep -q verified "$imported" || within "verified goes" out
printf 'name,phone\nMori Taro,03-0000-0001\n' >third.csv
ok contacts import third.csv --write
out "2 of former imports kept"
for id in satou ann-brown mori-taro; do
    grep -q "id = \"$id\"" "$imported" || fail "$id is gone"
done
ok --json contacts import third.csv
is same "$(json "changes[0].change")"
is false "$(json written)"

title "as Excel in Japan writes it: Shift_JIS, a lost zero, a formula"
printf '氏名,フリガナ,携帯電話,備考\n髙橋 一,タカハシ ハジメ,9000000005,x\n=1+1,エビル,0300000001,\n' |
    iconv -f UTF-8 -t CP932 >excel.csv
IRLANG=ja_JP.UTF-8
ok contacts import excel.csv
out '{ id = "takahashi",'
out 'en = "Takahashi Hajime", ja = "髙橋 一"'
out '"09000000005"'
err "先頭の0が失われている"
err "名前: 数式です"
err "使わない列: 備考"
IRLANG=en_US.UTF-8

title "the same table as Python reads it"
"$PY" - <<'EOF' >table.csv
import csv, sys
w = csv.writer(sys.stdout)
w.writerow(["name", "phone", "organisation"])
for i, odd in enumerate(['a,b', 'say "x"', "two\nlines", "  blanks ", "ü;ö"]):
    w.writerow([f"P{i}", f"03-0000-{i:04}", odd])
EOF
ok --json contacts import table.csv
is 'a,b' "$(json "people[id=p0].organisation.en")"
is 'say "x"' "$(json "people[id=p1].organisation.en")"
is 'two lines' "$(json "people[id=p2].organisation.en")"
is 'ü;ö' "$(json "people[id=p4].organisation.en")"

title "what cannot be read is refused, and nothing is touched"
before=$(sha256sum <"$imported")
printf 'name,phone\n"open' >open.csv
exits 64 contacts import open.csv --write
err "line 2: a quote that nothing closes"
exits 66 contacts import nothing.csv
exits 77 contacts import "$T"
printf 'shoe,size\n1,2\n' >shoes.csv
exits 64 contacts import shoes.csv
err "the first row: name,phone,mobile,mail"
printf 'name,phone\nA,\n' >none.csv
exits 2 contacts import none.csv --write
err "nobody in it can be taken"
exits 64 contacts import
sed -i 's/api = 1,/api = 1, nonsense = 1,/' "$contacts"
exits 2 contacts import third.csv --write
err "ir contacts lint"
sed -i 's/ nonsense = 1,//' "$contacts"
is "$before" "$(sha256sum <"$imported")"
echo "-- my own" >"$imported"
exits 77 contacts import third.csv --write
err "move it away"
is "-- my own" "$(cat "$imported")"

title "the shipped site takes them in as it is"
home shipped
cmp "$H/site/runbooks/lib/imported.lua" "$src/runbooks/lib/imported.lua"
ok contacts import third.csv --write
silent "does not take it in"
ok runbook lint
out "0 errors"
