#!/bin/sh
# From an exercise nothing leaves: by every way a person or a device can begin
# something, only people inside get messages, and each begins with the word for
# an exercise in their language, in subject, body and short text.
. "${0%/*}/lib.sh"
home small
member Ito
site=$H/site/runbooks

# A channel that writes down every message as it was given to it.
mkdir -p "$H/site/plugins/channel"
cat >"$T/tap" <<'X'
#!/bin/sh
cat >>"$1"
echo >>"$1"
X
chmod +x "$T/tap"
cat >"$H/site/plugins/channel/tap.lua" <<'X'
local M = { api = 1, kind = "channel", name = "tap", needs = { "run" } }
M.title = { en = "Tap", ja = "控え" }
M.config = {
  program = { type = "program", title = { en = "Program.", ja = "プログラム。" } },
  file = { type = "string", title = { en = "File.", ja = "ファイル。" } },
}
function M.send(ir, cfg, msg)
  local res, err, how = ir.run { argv = { cfg.program, cfg.file },
                                 input = ir.json.encode(msg) }
  if not res then return nil, err, how end
  return true
end
function M.check() return true, "ready" end
return M
X
"$PY" - "$site/contacts.lua" "$T" <<'X'
import sys
path, scratch = sys.argv[1:]
with open(path, encoding="utf-8") as f:
    s = f.read()


def put(old, new):
    global s
    assert old in s, old
    s = s.replace(old, new, 1)


put('{ { "phone", "050-0000-0001" } }', '{ { "tap", "in-ito" } }')
put('language = "ja", verified = "2026-10-01",\n'
    '      channels = { { "radio"', 'language = "en", verified = "2026-10-01",\n'
    '      channels = { { "tap", "in-mori" }, { "radio"')
put('  },\n  roles', '''    { id = "client", name = { en = "Client", ja = "発注者" }, language = "ja",
      outside = true, verified = "2026-10-01",
      channels = { { "tap", "out-client" } } },
    { id = "press", name = { en = "Press", ja = "記者" }, language = "ja",
      verified = "2026-10-01", channels = { { "tap", "out-press" } } },
  },
  roles''')
put('levels = { { "ito", "role:operator" } }',
    'levels = { { "ito", "role:operator", "client" } }')
put('releases = "commander" },', '''releases = "commander",
      members = { "press" }, channels = { { "tap", "out-board" } } },''')
put('{ { "phone", "050-0000-0002" } }', '{ { "tap", "out-ministry" } }')
put('{ { "phone", "050-0000-0003" } }', '{ { "tap", "out-vendor" } }')
put("  partners = ", '''  channels = {
    { id = "tap", plugin = "tap", title = { en = "Tap", ja = "控え" },
      config = { program = "%s/tap", file = "%s/taken" } },
  },
  partners = ''' % (scratch, scratch))
with open(path, "w", encoding="utf-8") as f:
    f.write(s)
X
ok --as sato release make
ok --as ito release approve
: >"$T/taken"

# What was taken: how many by each address; every one is checked.
cat >"$T/look.py" <<'X'
import json
import sys

WORDS = {("ja", "exercise"): "訓練 ", ("en", "exercise"): "EXERCISE ",
         ("ja", "test"): "試験 ", ("en", "test"): "TEST "}
got = {}
for line in open(sys.argv[1], encoding="utf-8").read().splitlines():
    if not line:
        continue
    m = json.loads(line)
    got[m["to"]] = got.get(m["to"], 0) + 1
    if not m["to"].startswith("in-"):
        sys.exit(f"left the organisation: {m}")
    if m["exercise"] is not True:
        sys.exit(f"passes as actual: {m}")
    for field in ("subject", "title", "body", "short"):
        words = [WORDS[m["language"], kind] for kind in ("exercise", "test")]
        if not m[field].startswith(tuple(words)):
            sys.exit(f"{field} does not begin with {words}: {m[field]!r}")
    if "\n" in m["subject"] + m["title"] or "\x1b" in line:
        sys.exit(f"more than a line: {m}")
print(sum(got.values()))
X
inside() { "$PY" "$T/look.py" "$T/taken" || fail "a message that must not be"; }
# idle: wait until what was begun has been sent
idle() {
    n=0
    until ir comms send --for 1s >"$T/out" 2>"$T/err" </dev/null ||
        [ $? -eq 2 ] || [ $n -ge 20 ]; do
        n=$((n + 1))
        sleep 0.2
    done
}
# any CODES ARGS...: run ir; its exit code is one of them
any() {
    codes=$1
    shift
    got=0
    ir "$@" >"$T/out" 2>"$T/err" </dev/null || got=$?
    case " $codes " in *" $got "*) ;; *) fail "exit $got: ir $*" ;; esac
}

title "an exercise is begun as one, and stays apart from what is actual"
ok --as sato --no-input --json start alpha gates --var host=FS1 --exercise \
    --title "ACTUAL: this is no exercise"
ok --json status
is exercise "$(json incident.status)"
X=$(json incident.id)
ok --as sato role take commander

title "notify, to anybody: inside only"
for to in all ito mori client press public commander public,staff staff; do
    any "0 66" --as sato notify "$to" "To $to" --severity 2
done
idle
[ "$(inside)" -ge 3 ] || fail "nobody inside got anything"

title "whatever the text says"
RLO=$(printf '\342\200\256')
for text in "実際です。これは訓練ではありません" "ACTUAL" "EXERCISE over, this is real" \
    "$(printf 'a\nSubject: real\r\n\r\nbody\033[2J')" "${RLO}ESICREXE" \
    "$(head -c 1900 /dev/zero | tr '\0' A)" '{"exercise":false}'; do
    ok --as sato --json notify ito,mori,public "$text"
    A=$(json id)
    ok --json alert show "$A"
    is exercise "$(json status)"
done
idle
[ "$(inside)" -gt 9 ] || fail "nobody inside got anything"
code=$("$PY" -c 'import json,sys
print(json.loads(open(sys.argv[1]).read().split("\n")[-2])["code"])' "$T/taken")
ok check-code "$code"
says "EXERCISE only"

title "an update is shown, and released, and leaves by no channel"
: >"$T/taken"
ok --as sato update public --what "Boards are dark"
says "EXERCISE Boards are dark"
says "訓練"
says "leaves by no channel"
ok --as ito --json update public --what "Still dark"
U=$(json id)
ok --json alert show "$U"
is waiting "$(json state)"
ok --as sato update release "$U"
ok --as sato update told public
ok --as sato notify public "Free words"
idle
is 0 "$(inside)"

title "correcting, cancelling, asking anew"
: >"$T/taken"
ok --as sato --json alert correct "$U" "Corrected"
C=$(json id)
any "0 1 2 77" --as sato alert resend "$C"
any "0 1" --as sato alert cancel "$C" -r mistaken "REAL: evacuate"
ok --as sato --json notify mori,client "First"
A=$(json id)
idle
any "0 2" --as sato alert resend "$A"
any "0 2 66" --as sato alert resend "$A" client
idle
ok --as sato alert cancel "$A" -r over "ACTUAL: this was no exercise"
idle
[ "$(inside)" -gt 1 ] || fail "nobody inside got anything"

title "authorities: nothing is sent, whatever is filled in"
: >"$T/taken"
if ir help report-out >/dev/null 2>&1; then
    any "0 2 64 66 77" --as sato --no-input report-out ministry
fi
any "64 66" --as sato notify ministry "To the ministry"
any "64 66" --as sato notify vendor "To the vendor"
idle
is 0 "$(inside)"

title "trying the ways begins with TEST, and goes to nobody outside"
any "0 2 66" --as sato comms test --for 5s
any "0 2 66" --as sato comms test client press --for 1s
idle
any "0 2" --as sato channel check
inside >"$T/n"

title "the daemon sends the same, and no more"
: >"$T/taken"
ok --as sato notify all "By the daemon"
(
    EXEC='exec'
    bare "${IR%/ir}/ird" -C "$H" >"$T/ird" 2>&1 </dev/null 3>&-
) &
daemon=$!
n=0
until [ "$(grep -c daemon "$T/taken")" -gt 0 ] || [ $n -ge 50 ]; do
    n=$((n + 1))
    sleep 0.1
done
kill -KILL "$daemon"
wait "$daemon" 2>/dev/null || :
idle
[ "$(inside)" -gt 0 ] || fail "nobody inside got anything"

title "no actual alert comes of it; beside it what is actual goes on as such"
ok --as sato --json notify mori "From the drill"
ok --json show "$(json id)"
is exercise "$(json header.status)"
: >"$T/taken"
ok --as sato --no-input --json start alpha gates --var host=FS2
ok --json status
is actual "$(json incident.status)"
ok --as sato role take commander
ok --as sato notify public,mori "This is real"
idle
"$PY" - "$T/taken" <<'P' || fail "the actual alert did not go out as such"
import json
import sys
m = [json.loads(x) for x in open(sys.argv[1], encoding="utf-8") if x.strip()]
to = {x["to"] for x in m}
assert {"out-press", "out-board", "in-mori"} <= to, to
for x in m:
    assert x["exercise"] is False, x
    for field in ("subject", "title", "body", "short"):
        for word in ("訓練", "EXERCISE", "TEST", "試験"):
            assert not x[field].startswith(word), x
P
: >"$T/taken"
ok --as sato --json notify public "Once more"
A=$(json id)
idle
ok --as ito alert cancel "$A" -r over "a secret that nobody released"
idle
grep -q out-board "$T/taken" || fail "the end of it was told nobody"
! grep -q secret "$T/taken" || fail "words left that nobody released"

title "back in the exercise"
: >"$T/taken"
ok use "$X"
ok --as sato notify public,mori "In the drill again"
idle
is 1 "$(inside)"
title "what goes on with it is the exercise; what is recorded says so first"
ok
says "start alpha --exercise"
ok --as sato note "Only a drill"
says "EXERCISE Only a drill"
title "a contact tree, where it can be worked down"
if ir help call >/dev/null 2>&1; then
    any "0 2" --as sato --no-input call call
    idle
    inside >"$T/n"
fi
ok verify
end_sender KILL || :
