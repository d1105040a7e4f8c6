#!/bin/sh
# Alerts between three members: to all, a role, a person; stored, displayed and
# answered are three facts; grave ones wait for others; one cancels.
. "${0%/*}/lib.sh"
home small
member Mori
member Ito

# alerts WHO PATH: a value of what waits for somebody.
waiting() {
    ir --as "$1" --json inbox >"$T/box"
    "$PY" -c 'import json,sys; print(len(json.load(open(sys.argv[1]))))' "$T/box"
}
# state ALERT PATH
state() {
    ir --as sato --json alert status "$1" >"$T/state"
    "$PY" "$here/jget.py" "$T/state" "$2"
}

title "outside of any incident"
ok --as sato inbox
out "Nothing waits for you"
ok --as sato alert list
out "No alerts"
ok --as sato --json notify mori "Come to rack B3" --ack-within 10m
A=$(id)
is null "$(state "$A" incident)"
is 1 "$(waiting mori)"
is 0 "$(waiting ito)"
is 0 "$(waiting sato)"

title "displayed is signed once, by the person, and is no answer"
before=$(entries)
ok --as mori --json inbox
is "$before" "$(entries)"
ok --as mori inbox
out "Come to rack B3"
out "answer wanted by"
out "ir ack "
is $((before + 1)) "$(entries)"
ok --as mori inbox
is $((before + 1)) "$(entries)"
is mori "$(state "$A" 'people[0].displayed.by')"
is null "$(state "$A" 'people[0].answer')"
is 1 "$(waiting mori)"

title "an answer, a better one, and what is none"
exits 64 --as mori ack "$A" --accept --decline
exits 64 --as mori ack xyz
exits 66 --as mori ack ffffffff
exits 64 --as mori ack
ok --as mori ack "$A"
out "seen"
exits 1 --as mori ack "$A"
is 0 "$(waiting mori)"
ok --as mori ack "$A" --decline "cannot leave"
is decline "$(state "$A" 'people[0].answer.code')"
ok --as mori ack "$A" --accept on my way
is accept "$(state "$A" 'people[0].answer.code')"
is "on my way" "$(state "$A" 'people[0].answer.text')"
ok --as sato alert status "$A"
out "Mori"
out "accepts"
out "1 called, 1 answered (1 accept, 0 decline), 0 silent"
ok --as mori inbox --all
out "you: accepts"

title "in an incident; to a role, to several"
started alpha one
ok --as mori --json notify commander "Who leads?"
A=$(id)
is 1 "$(waiting sato)"
ok --as ito role take commander
exits 77 --as mori role take commander
ok --as sato --json notify ito,operator "Read this"
exits 64 --as sato notify all " "
exits 64 --as sato notify all
exits 64 --as sato notify all x --severity 0
exits 64 --as sato notify all x --ack-within soon
exits 64 --as sato notify all x --cosign 3
exits 66 --as sato notify nobody x
exits 66 --as sato notify vendr x
ok --as mori alert show "$A"
out "Who leads?"

title "ir --json status lists those of the incident, the same for everybody"
ok --as ito ack "$A" --accept
ok --as sato --json status
is "Read this" "$(json 'alerts[0].text')"
is 2 "$(json 'alerts#')"
is ito "$(json "alerts[id=$A].answers[0].member")"
is accept "$(json "alerts[id=$A].answers[0].code")"
is true "$(json "alerts[id=$A].open")"
is null "$(json "alerts[id=$A].sealed")"
is 2 "$(json "alerts[id=$A].severity")"
is '#0' "#$(json 'alerts[0].answers#')"
sed 's/.*"alerts":\(.*\)"services".*/\1/' out >alerts.sato
ok --as mori --json status
sed 's/.*"alerts":\(.*\)"services".*/\1/' out | cmp - alerts.sato ||
    fail "not the same for everybody"

title "the gravest wait for another member; a denial by its author is none"
ok --as ito --json notify all "Assemble in room 3F" --severity 1
G=$(id)
short=${G%"${G#????????}"}
is waiting "$(state "$G" state)"
exits 77 --as ito alert cosign "$G"
err "Sato, Mori:  ir --as NAME alert cosign $short"
exits 77 --as ito ack "$G"
err "waits for cosignatures"
err "Sato, Mori:  ir --as NAME alert cosign $short"
exits 77 --as mori ack "$G"
err "waits for cosignatures"
err "   ir alert cosign $short"
ok --as sato status
out "! "
out "Ito asks for your cosignature: Assemble in room 3F  (ir inbox)"
ok --as ito status
silent "room 3F"
ok --as mori
out "not sent yet, waits for your cosignature: \"Assemble in room 3F\" from Ito"
ok --as mori inbox
out "ir alert cosign"
ok --as mori alert cosign "$G"
err "It is out now"
exits 1 --as mori alert cosign "$G"
is out "$(state "$G" state)"
is mori "$(state "$G" 'approvals[0].by')"

title "the author is told who else cosigns, and what they type"
ok --as ito notify all "Leave the building" --severity 1 --cosign 2
err "0 of 2 so far. Who can: Sato, Mori."
err "They type:  ir --as NAME alert cosign "
two=$(sed -n 's|.*NAME alert cosign ||p' err)
ok --as sato alert cosign "$two"
err "1 of 2 so far. Who can: Mori."
exits 1 --as sato alert cosign "$two"
ok --as sato alert cancel "$two" -r mistaken
exits 64 --as ito notify all x --cosign 3
err "others who could give one: 2"

title "ir alone says what waits"
ok --as sato
out "\"Assemble in room 3F\" from Ito"
out "ir ack "

title "the banner stands first until it is answered"
ok --as sato status
[ "$(head -c 2 "$T/out")" = "! " ] || fail "no banner"
out "Assemble in room 3F"
out "(ir inbox)"
ok --as sato ack "$G" --done
ok --as sato status
silent "room 3F"

title "a word for somebody who cannot sign"
exits 64 --as sato answer-for vendor "$G" accept
err "--how"
exits 64 --as sato answer-for vendor "$G" perhaps --how "by phone"
exits 66 --as sato answer-for stranger "$G" accept --how "by phone"
ok --as sato answer-for vendor "$G" accept --how "by phone" two people
ok --as ito alert status "$G"
out "says Sato"
is null "$(state "$G" 'people[1].answer')"
is vendor "$(state "$G" 'on_behalf[0].on_behalf_of')"

title "corrected: the better one waits too; one member cancels"
ok --as ito --json alert correct "$G" "Assemble in room 2F"
B=$(id)
is corrected "$(state "$G" state)"
is "$B" "$(state "$G" instead)"
is waiting "$(state "$B" state)"
exits 64 --as mori alert cancel "$B"
exits 64 --as mori alert cancel "$B" -r boredom
ok --as mori alert cancel "$B" -r mistaken "wrong floor"
is cancelled "$(state "$B" state)"
exits 1 --as mori alert cancel "$B" -r over
exits 1 --as mori alert correct "$B" "again"
exits 1 --as sato alert cosign "$B"
ok --as sato alert list
silent "room 2F"
ok --as sato alert list --all
out "sent by mistake"
ok timeline
out "Alert, severity 1: Assemble in room 3F"
out "Mori     Cosigned alert $short"
silent "Approved: "
ok --json timeline
is approval "$(json "[text=Cosigned alert $short].kind")"
out "Answers"
ok verify

title "in Japanese"
IRLANG=ja_JP.UTF-8
ok --as sato notify all "3F会議室に参集"
ok --as mori inbox
out "全要員へ、重大度2"
ok --as mori status
out "！"
ok --as mori alert list
out "発信済み"
IRLANG=en_US.UTF-8

title "forty columns: nothing is wider"
COLS=40
typed --as mori status <<X
X
"$PY" - "$T/out" <<'X' || fail "wider than forty columns"
import sys, unicodedata
for line in open(sys.argv[1], encoding="utf-8"):
    w = sum(2 if unicodedata.east_asian_width(c) in "WF" else 1
            for c in line.strip("\r\n\a"))
    assert w <= 40, line
X

title "an alert comes while a walk stands open: the bell, once"
COLS=80
ok --as mori inbox
cat >"$T/walk.py" <<'X'
import os, subprocess, sys, time
sys.path.insert(0, sys.argv[1])
import term
ir, env = sys.argv[2], dict(os.environ)
def run(*words):
    subprocess.run([ir, *words], env=env, check=True,
                   stdin=subprocess.DEVNULL, capture_output=True)
t = term.Term([ir, "--as", "mori", "start", "alpha"], env)
t.type("1")
t.ask()
bells = t.text.count("\a")
run("--as", "ito", "notify", "mori", "Leave the building")
until = time.monotonic() + 20
while "Leave the building" not in t.text and time.monotonic() < until:
    t._read(0.2)
t.ask()
assert "Leave the building" in t.fresh(), t.shown()
assert t.text.count("\a") == bells + 1, (bells, t.text.count("\a"))
t.type("")
t.ask()
assert "Leave the building" in t.fresh(), t.shown()
assert t.text.count("\a") == bells + 1
t.type("ack " + sys.argv[3] + " --accept")
t.ask()
t.type("quit")
assert t.end() == 0
X
ok --as ito --json notify mori "Look at the log"
L=$(id)
ok --as mori inbox
bare "$PY" "$T/walk.py" "$here" "$IR" "$L" >out 2>err || fail "the walk"
is accept "$(state "$L" 'people[0].answer.code')"

title "what the site asks for holds, whatever an author wrote"
was=$H
home small
member Mori
sed '/policy = {/s//policy = { alert_cosign = 0,/' "$H/site/runbooks/site.lua" >site.new
grep -q alert_cosign site.new || fail "no policy in the small site"
cp site.new "$H/site/runbooks/site.lua"
ok --as sato release make -m "no cosignatures"
ok --as mori release approve
ok --as sato --json notify all "Leave the building" --severity 1
Y=$(id)
is out "$(state "$Y" state)"
sed 's/alert_cosign = 0/alert_cosign = 1/' site.new >"$H/site/runbooks/site.lua"
ok --as sato release make -m "one"
ok --as mori release approve
is waiting "$(state "$Y" state)"
ok --as mori alert cosign "$Y"
is out "$(state "$Y" state)"
H=$was

title "an exercise says so first, and no actual alert comes of it"
"${IR%/engine/prog/ir}/tests/tools/exercise" "$H" sato || fail "exercise"
ok --as sato --json notify all "Assemble in room 3F" --severity 1 --cosign 1
X=$(id)
is exercise "$(state "$X" status)"
is "EXERCISE Assemble in room 3F" "$(state "$X" text)"
ok --as mori alert cosign "$X"
err "EXERCISE Assemble in room 3F"
ok --as mori inbox
out "EXERCISE Assemble in room 3F"
ok --as mori --lang ja inbox
out "訓練 Assemble in room 3F"
ok --as mori ack "$X" --accept
is accept "$(state "$X" 'people[member=mori].answer.code')"
answer=$(state "$X" 'answers[0].id')
ok --as mori --json show "$answer"
is exercise "$(json header.status)"
ok --as ito --json alert correct "$X" "Assemble in room 2F"
is exercise "$(state "$(id)" status)"
ok timeline
out "[EXERCISE]"
ok verify
