#!/bin/sh
# `ir run`: argv only, a deadline, output capped, kept by digest, shown escaped.
. "${0%/*}/lib.sh"
home small
started alpha commands --began "10m ago"

# ended STEP STATE: how the step stands now.
ended() {
    ok status --json
    is "$2" "$(json "steps[id=1/$1].state")"
}

title "a command that ends well"
ok run hello
out "| hello"
out "hello done, exit status 0"
ended hello 'done'

title "an exit status that is not accepted"
exits 1 run three
out "| three"
err "exit status 3"
err "ir next"
ended three 'failed'
ok show three
out "exit status 3"

title "a failed command may be run again"
exits 1 run three
ok timeline --json
is 2 "$(grep -o '"text": *"[^"]*failed, exit status 3' out | wc -l)"

title "a status that the step accepts"
ok run accept
out "exit status 3"
ended accept 'done'

title "what the output must say"
ok run match
ended match 'done'
exits 1 run nomatch
err 'does not say "green"'
ended nomatch 'failed'

title "the deadline ends the whole process group"
begun=$(date +%s)
exits 1 run slow
[ $(($(date +%s) - begun)) -lt 20 ] || fail "took too long"
err "deadline of 1 s"
group=$(sed -n 's/^ *| begun //p' out)
! kill -0 -- "-$group" 2>/dev/null || fail "its child still runs"
ended slow 'failed'

title "output without end is capped, and that is said"
ok run big
out "of 1600008 bytes were kept"
[ "$(wc -l <out)" -lt 40 ] || fail "too much is shown"
ok --json show big
ok log --json
ok verify

title "escape sequences, bidirectional controls, carriage returns"
ok run hostile
out '\x1b[31mred\x1b]0;owned\x07\u{202e}\x0dback'
! grep -q "$(printf '\033')" out || fail "an escape sequence came through"

title "bytes that are no text, and NUL"
ok run binary
out '\xff\xfe\x00\x01end'

title "no such program"
exits 1 run missing
err "/no/such/program"
ended missing 'failed'

title "standard error"
ok run stderr
out "--- standard error ---"
out "| wrong"

title "standard input is empty, not the responder's"
ok run input

title "a short environment, without ours"
WITH="$WITH IR_AS=sato SECRET=hunter2"
ok run environment
silent hunter2
silent IR_HOME
silent IR_AS
out "PATH="

title "ended by a signal"
exits 1 run signal
err "signal 11"
ended signal 'failed'

title "a variable that nobody knows"
exits 77 run say
err 'the command needs what is not known'
err "ir ask say host="
ok ask say host=unknown
exits 77 run say
exits 66 ask nostep host=FS1
ok ask say host=FS1
ok run say
out "| -- FS1"

title "a value that looks like an option"
exits 64 ask say host=-rf
exits 64 ask say "host=a b;c"

title "done is done"
exits 77 run hello
err "done already"

title "a step without a command"
H=$T/none
home small
started alpha questions
exits 64 run all
err "no command"

# begun STEP: a command that ir runs in the background; sets $pid.
begun() {
    launch run "$1"
    for _ in 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17 18 19 20; do
        ir status --json >json.now
        [ "$("$PY" "$here/jget.py" json.now "steps[id=1/$1].state")" != active ] ||
            return 0
        sleep 0.1
    done
    fail "$1 does not begin"
}

home small
started alpha commands
title "interrupted by hand"
begun long
kill -TERM $pid
wait $pid || :
ok status --json
is failed "$(json "steps[id=1/long].state")"
ok timeline --json
out "interrupted by hand"

title "killed while a command ran: the step is in hand, and may be run again"
begun long
kill -9 $pid
wait $pid || :
ok status --json
is active "$(json "steps[id=1/long].state")"
begun long
kill -INT $pid
wait $pid || :
ok status --json
is failed "$(json "steps[id=1/long].state")"
ok verify

title "who reads stops reading: what has begun is run, and its end recorded"
H=$T/reader
home small
started alpha commands
{
    sleep 1
    ir run hello 2>err || :
} | :
ok status --json
is 'done' "$(json "steps[id=1/hello].state")"
ok verify
