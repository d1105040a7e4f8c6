#!/bin/sh
# The card for every wallet: fits, in both languages, says what is needed.
. "${0%/*}/lib.sh"
home shipped

title "as text: 24 lines of 80 columns, in both languages"
for lang in en ja; do
    ok card --language "$lang"
    "$PY" - <<'EOF' || fail "does not fit"
import sys, unicodedata
lines = open("out", encoding="utf-8").read().splitlines()
wide = max(sum(2 if unicodedata.east_asian_width(c) in "WF" else 1
               for c in l) for l in lines)
sys.exit(f"{len(lines)} lines, {wide} columns"
         if len(lines) > 24 or wide > 80 else 0)
EOF
    for word in 050-0000-0101 050-0000-0102 050-0000-0103 050-0000-0112 1a 1d \
        K7QM-2F9X EXERCISE 訓練 "$(date +%Y)"; do
        out "$word"
    done
done
out "伊藤 和夫（運用本部長）"
out "対策本部室: 第1ターミナル3階"
out "留守番電話は応答に数えない"

title "the release it was made from"
ok --json release list
release=$("$PY" -c 'import json; print(json.dumps(json.load(open("out"))))')
ok --json card
short=$(json release)
case $release in *"$short"*) ;; *) fail "no release is called $short" ;; esac
is ito "$(json "call[0].id")"
is 4 "$(json call#)"
is 3 "$(json places#)"

title "another contact tree; roles are their holders, each once"
ok --json card --tree control-side
is hayashi "$(json "call[0].id")"
is saito "$(json "call[1].id")"
is shimizu "$(json "call[2].id")"
is fujita "$(json "call[3].id")"
exits 66 card --tree nothing
err "ir contacts list trees"
exits 64 card --language fr
exits 64 card now

title "as a page: two sides, whole, nothing from elsewhere, hostile names quoted"
ok card --html --language ja
"$PY" - <<'EOF' || fail "no page"
from html.parser import HTMLParser
class P(HTMLParser):
    void = {"meta", "path"}
    def __init__(self):
        super().__init__()
        self.open, self.cards, self.text = [], 0, ""
    def handle_starttag(self, tag, attrs):
        a = dict(attrs)
        assert tag not in ("script", "img", "link", "iframe"), tag
        assert not any(k.startswith("on") or k in ("src", "href") for k in a), a
        self.cards += a.get("class") == "card"
        if tag not in self.void:
            self.open.append(tag)
    def handle_startendtag(self, tag, attrs):
        pass
    def handle_endtag(self, tag):
        assert self.open.pop() == tag, tag
    def handle_data(self, d):
        self.text += d
p = P()
p.feed(open("out", encoding="utf-8").read())
assert p.cards == 2 and not p.open, (p.cards, p.open)
assert "050-0000-0101" in p.text and "照合コード" in p.text
EOF
out '<svg class="qr"'
sed -i 's/{ en = "Ito Kazuo", ja = "伊藤 和夫" }/{ en = "<script>alert(1)<\/script>", ja = "\&\\"x\\"" }/' \
    "$H/site/runbooks/contacts.lua"
ok release make
ok release approve
ok card --html --language en
silent "<script"
out "&lt;script&gt;alert(1)"

title "nobody stands on it whom only a program can reach"
sed -i -e '/^  channels = {/a { id = "chat", plugin = "command", title = { en = "Chat", ja = "チャット" }, config = { program = "/bin/true" } },' \
    -e 's/{ { "phone", "050-0000-0102" }, { "sms", "050-0000-0102" },/{ { "chat", "tanaka" },/' \
    "$H/site/runbooks/contacts.lua"
ok release make
ok release approve
ok card
silent tanaka
silent Tanaka
out 050-0000-0103

title "without a release in force there is no card that is true"
home small
H=$T/empty
ok init --org X --person Sato --runbooks "$src/tests/lua/site"
exits 66 card
err "ir release approve"
