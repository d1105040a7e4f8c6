#!/bin/sh
# clock-back.sh IR: a clock that is a year back, or was a year ahead: it is said
# once, the entry bears what the clock showed, and the order is kept.
. "${0%/*}/lib.sh"
home small
member Mori

# wall: body field 34 of the newest entry, its year; "none" without one.
wall() {
    ir --json log | tail -1 >out
    ok show "$(id)"
    sed -n 's/^ *wall_ms .*(\([0-9]*\)-.*/\1/p' out | grep . || echo none
}

# year_in SECONDS: which year it is then, where the site is; -1y is 365 days.
year_in() { TZ=Asia/Tokyo date -d "@$(($(date +%s) + $1))" +%Y; }

# order: the words of the notes, as the log has them.
order() {
    ir --json log | "$PY" -c 'import json, sys
for line in sys.stdin:
    e = json.loads(line)
    if e["kind"] == "note":
        print(e["text"], e["recorded"][:4])' | tr '\n' ' ' | sed 's/ $//'
}

year=$(year_in 0) back=$(year_in -31536000) ahead=$(year_in 31536000)

title "a year back: said once to each, recorded as the clock showed it"
as sato --json note one
is none "$(wall)"
at_time -1y 0 --as sato note two
err "By the clock of this device it is $back-"
err "but there are entries of $year-"
err "timedatectl"
while IFS= read -r line; do
    [ "${#line}" -le 80 ] || fail "longer than the terminal: $line"
done <err
out "recorded"
is "$back" "$(wall)"
at_time -1y 0 --as sato note three
silent "timedatectl"
at_time -1y 0 --as mori --lang ja note four
err "この端末の時計は $back-"
at_time -1y 0 --as mori --json note five
[ ! -s err ] || fail "talk beside JSON"

title "right again: nothing to say; order and signatures are good"
as sato note six
silent "timedatectl"
want="one $year two $back three $back four $back five $back six $year"
is "$want" "$(order)"
ok verify
out "all signatures good"

title "a year ahead, then corrected"
home small
at_time +1y 0 --as sato note ahead
silent "timedatectl"
as sato note corrected
err "By the clock of this device it is $year-"
err "but there are entries of $ahead-"
as sato note again
silent "timedatectl"
is "ahead $ahead corrected $year again $year" "$(order)"
ok verify
out "all signatures good"
