#!/bin/sh
# An approval is for one command as it stands, once; approving takes a plain
# yes and shows what will run, not what was said about it.
. "${0%/*}/lib.sh"

cp -r "$src/tests/lua/site" site.own
cat >site.own/alpha/slow.lua <<'EOF'
return {
  api = 1, kind = "emergency", id = "alpha/slow",
  title = { en = "Slow", ja = "遅い" },
  symptoms = { en = "Slow to try", ja = "遅いものを試す" },
  vars = { host = { type = "host", ask = { en = "Host?", ja = "端末は？" } } },
  steps = {
    { id = "ask", title = { en = "Ask", ja = "聞く" }, say = { en = "Ask.", ja = "聞く。" },
      good = { en = "Known.", ja = "分かった。" }, after = {}, ask = { "host" } },
    { id = "move", title = { en = "Move", ja = "移す" }, say = { en = "Move.", ja = "移す。" },
      good = { en = "Moved.", ja = "移した。" }, after = {}, confirm = 2,
      run = { "/bin/sh", "-c", "exec sleep 9", "--", "${host}" } },
  },
}
EOF
ok init --org "Minato Airport" --person Sato --runbooks "$T/site.own"
ok release approve
member mori
started alpha slow
as sato ask host=one # of the step that is next

title "a variable changed after the request"
exits 77 --as sato run move
as sato ask ask host=two
exits 77 --as mori approve move
says "not what 1/move does now"
exits 77 --as sato run move

title "an answer nobody can read approves nothing"
typed --as mori approve move <<'EOF'
hm
hm
hm
EOF
says "nothing was approved"
typed --as mori approve move <<'EOF'
^D
EOF
says "nothing was approved"

title "killed while it ran: to run it once more takes a new approval"
as mori approve move
launch --as sato run move
i=0
until grep -q begun "$T/out" || [ $i -eq 100 ]; do
    sleep 0.1
    i=$((i + 1))
done
kill -9 "$pid"
wait "$pid" 2>/dev/null || :
as sato ask ask host=three
exits 77 --as sato run move
says "needs a second person"

title "an approval written into the database without a key opens nothing"
"$PY" - "$H" <<'EOF'
import hashlib
import sqlite3
import sys


def head(n, major):
    for size, code in ((1, 24), (2, 25), (4, 26), (8, 27)):
        if n < 24:
            return bytes([major << 5 | n])
        if n < 1 << 8 * size:
            return bytes([major << 5 | code]) + n.to_bytes(size, "big")


def text(b):
    return head(len(b), 2) + b


def put(table, *values):
    db.execute("INSERT INTO %s VALUES(%s)" %
               (table, ",".join("?" * len(values))), values)


db = sqlite3.connect(sys.argv[1] + "/ir.db")
site, = db.execute("SELECT value FROM meta WHERE key = 'site'").fetchone()
asked, incident, hlc = db.execute(
    "SELECT id, incident, hlc FROM entry WHERE kind = 25 "
    "ORDER BY n DESC").fetchone()
author, seq, prev = db.execute(
    "SELECT author, seq + 1, id FROM entry WHERE kind = 5 "
    "ORDER BY n DESC").fetchone()
fields = {0: head(1, 0), 1: text(author), 2: head(hlc + 1, 0),
          3: head(seq, 0), 4: head(5, 0), 5: text(incident), 6: text(prev),
          12: head(1, 4) + text(asked)}
p = head(len(fields), 5) + b"".join(
    head(k, 0) + v for k, v in sorted(fields.items()))
b = head(2, 5) + head(1, 0) + head(1, 0) + head(2, 0) + text(asked)
digest = hashlib.sha256(b).digest()
name = hashlib.sha256(site + p + digest).digest()
put("entry", None, name, p, digest, bytes(64), author, seq, 5, 0, hlc + 1,
    incident, bytes(8))
put("body", name, b)
db.commit()
EOF
exits 77 --as sato run move
says "needs a second person"
exits 2 verify
says "the signature does not belong to these bytes"
