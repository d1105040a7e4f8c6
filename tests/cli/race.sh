#!/bin/sh
# Several ir at once on one home: what is decided about a step is decided for
# all of them. One approval is one run, a step is done once.
. "${0%/*}/lib.sh"

cp -r "$src/tests/lua/site" site.own
step() {
    cat <<X
    { id = "$1", title = { en = "$1", ja = "$1" }, say = { en = "Do.", ja = "する。" },
      good = { en = "Done.", ja = "済み。" }, after = {}, $2 },
X
}
{
    cat <<'X'
return {
  api = 1, kind = "emergency", id = "alpha/race",
  title = { en = "Race", ja = "競争" },
  symptoms = { en = "All at once", ja = "一度に" },
  steps = {
X
    step works "confirm = 2, run = { \"/bin/sh\", \"-c\", \"echo ran >>$T/works; sleep 1\" }"
    step breaks "confirm = 2, run = { \"/bin/sh\", \"-c\", \"echo ran >>$T/breaks; exit 3\" }"
    step alone "confirm = 2, contain = true, run = { \"/bin/sh\", \"-c\", \"echo ran >>$T/alone\" }"
    step long "run = { \"/bin/sh\", \"-c\", \"echo \$\$ >$T/long; exec sleep 30\" }"
    step hand "role = \"operator\""
    echo '} }'
} >site.own/alpha/race.lua
ok init --org "Minato Airport" --person Sato --runbooks "$T/site.own"
ok release approve
member mori
started alpha race

# ten WORDS...: ten times at once; $won of them ended with 0 or 1 (it was run,
# and did not work), $lost with 77.
ten() {
    pids='' won=0 lost=0
    for _ in 0 1 2 3 4 5 6 7 8 9; do
        launch "$@"
        pids="$pids $pid"
    done
    for pid in $pids; do
        code=0
        wait "$pid" || code=$?
        case $code in
        0 | 1) won=$((won + 1)) ;;
        77) lost=$((lost + 1)) ;;
        *) fail "exit status $code" ;;
        esac
    done
}

# lines FILE: how many, 0 where there is none.
lines() { if [ -e "$1" ]; then wc -l <"$1"; else echo 0; fi; }

# recorded WORDS: how many entries begin like that.
recorded() { ir --json log | grep -c "\"text\":\"$1" || :; }

title "ten at once, one approval: it runs once, and is begun once"
exits 77 --as sato run works
as mori approve works
ten --as sato run works
is 1 "$won"
is 9 "$lost"
is 1 "$(lines works)"
is 1 "$(recorded "works: begun")"
is 1 "$(recorded "works: done")"

title "the same where the command fails: the approval is used up"
exits 77 --as sato run breaks
as mori approve breaks
ten --as sato run breaks
is 1 "$won"
is 9 "$lost"
is 1 "$(lines breaks)"
is 1 "$(recorded "breaks: begun")"
exits 77 --as sato run breaks
says "second person"

title "ten at once, alone: one run, one exception"
ten --as sato run alone --break-glass "nobody else is here"
is 1 "$won"
is 1 "$(lines alone)"
is 1 "$(recorded "alone: begun")"
ok --json exception list
is 1 "$(json "#")"

title "ten say that the same step is done: one is believed"
ten --as sato 'done' hand -m "seen"
is 1 "$won"
is 9 "$lost"
is 1 "$(recorded "hand: done")"

title "what was run stands in the record"
ok timeline
out "$T/works; sleep 1"
ok verify

title "ir is killed: what it ran does not go on alone beside the next"
launch --as sato run long
i=0
until [ -s long ] || [ $i -eq 100 ]; do
    sleep 0.1
    i=$((i + 1))
done
kill -9 "$pid"
wait "$pid" 2>/dev/null || :
i=0
while kill -0 "$(cat long)" 2>/dev/null && [ $i -lt 50 ]; do
    sleep 0.1
    i=$((i + 1))
done
[ $i -lt 50 ] || fail "the command still runs"
ok verify
