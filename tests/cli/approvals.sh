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
as sato ask ask host=one

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
