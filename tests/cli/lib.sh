# lib.sh: what the scripts beside it share. A script is run as
#
#     NAME.sh IR        IR: path of the program to test
#
# and begins with  . "${0%/*}/lib.sh"  It gets an empty scratch directory $T
# (the working directory), taken away at its end, and these words:
#
#   ir ARGS...           run ir with the home $H in a bare environment
#   as WHO ARGS...       the same with --as WHO
#   ok ARGS...           run ir, fail unless it exits with 0
#   exits CODE ARGS...   run ir, fail unless it exits with CODE
#   at_time WHEN CODE ARGS...  exits, with the clock at WHEN ("+20m")
#   typed ARGS...        run ir on a terminal; standard input: a line for each
#                        question ("^D" end of input, "^C" interrupt)
#   says TEXT            the last ok/exits/typed said TEXT (out or err)
#   out TEXT  err TEXT   the same, of one stream only
#   silent TEXT          it did not say TEXT
#   json PATH            a value of the JSON that was printed (jget.py)
#   is WANT GOT          fail unless both are the same
#   fail WORDS...        end here
#   title WORDS...       what is tested from here on
#   home NAME            $H becomes a fresh copy of a prepared home: "shipped"
#                        (the shipped runbooks), "small" (a small site);
#                        sato alone, release approved
#   member NAME          one more member
#   sender [HOME]        the process that sends for it (who holds comms.lock)
#   end_sender SIGNAL [HOME]  send it that and wait until it is gone; false:
#                        there was none
#
# $T/out and $T/err hold what was said last. WITH="A=1 B=2" adds variables,
# IRLANG and IRTERM change LANG and TERM, COLS and ROWS the terminal of typed.
# shellcheck shell=sh disable=SC2034,SC2154

set -eu
here=${CLI:-$(cd "${0%/*}" && pwd)}
src=$(cd "$here/../.." && pwd)
IR=$(realpath "$1")
PY=$(command -v python3)
T=$(realpath "$(mktemp -d)")
H=$T/home
EXEC='' WITH='' IRLANG=en_US.UTF-8 IRTERM=xterm COLS=80 ROWS=24 at='(beginning)'
trap 'rc=$?; cd /; chmod -R u+w "$T"; rm -rf "$T"; exit $rc' EXIT
trap 'exit 1' HUP INT TERM
exec 3>&1
cd "$T"
umask 022
mkdir user
: >out
: >err

for v in ASAN_OPTIONS UBSAN_OPTIONS LD_PRELOAD; do
    eval "value=\${$v:-}"
    # shellcheck disable=SC2154
    [ -z "$value" ] || WITH="$WITH $v=$value"
done

# The variables every program here is started with.
bare() {
    # shellcheck disable=SC2086
    $EXEC env -i PATH="${IR%/*}:/usr/local/bin:/usr/bin:/bin:/usr/sbin:/sbin" \
        HOME="$T/user" LANG="$IRLANG" TERM="$IRTERM" IR_HOME="$H" $WITH "$@"
}

ir() { bare "$IR" "$@"; }

# at_time WHEN CODE ARGS...: as exits, with the clock at WHEN ("+20m", "-1y").
at_time() {
    when=$1 code=$2
    shift 2
    # faketime names something after its process, which another one of that
    # number may have left behind
    for _ in 1 2 3; do
        got=0
        bare faketime -f "$when" "$IR" "$@" >"$T/out" 2>"$T/err" </dev/null ||
            got=$?
        grep -q '^faketime: sem_open' "$T/err" || break
    done
    [ "$got" -eq "$code" ] || fail "exit $got, not $code: at $when: ir $*"
}

# launch ARGS...: run ir in the background; its process is $pid.
launch() {
    (
        EXEC='exec'
        bare "$IR" "$@" >"$T/out" 2>"$T/err" </dev/null
    ) &
    pid=$!
}

as() {
    who=$1
    shift
    ok --as "$who" "$@"
}

title() { at=$*; }

fail() {
    {
        echo "FAILED: ${0##*/}: $at: $*"
        echo "--- out"
        head -c 20000 "$T/out"
        echo "--- err"
        head -c 20000 "$T/err"
    } >&3
    exit 1
}

exits() {
    want=$1
    shift
    got=0
    ir "$@" >"$T/out" 2>"$T/err" </dev/null || got=$?
    [ "$got" -eq "$want" ] || fail "exit $got, not $want: ir $*"
}

ok() { exits 0 "$@"; }

typed() {
    got=0
    bare "$PY" "$here/term.py" "$COLS" "$ROWS" \
        "$IR" "$@" >"$T/out" 2>"$T/err" || got=$?
    [ "$got" -ne 99 ] || fail "stuck: ir $*"
}

# within TEXT FILE...: is it there, also over the end of a line?
# Who holds the lock is a sender, whatever else is called so; an executable is
# no more to be found of who is gone, be it a zombie.
sender() { "$PY" "$src/tests/tools/holder.py" "${1:-$H}"; }
is_gone() { ! readlink "/proc/$1/exe" >/dev/null 2>&1; }
end_sender() {
    sends=$(sender "${2:-$H}")
    [ -n "$sends" ] || return 1
    kill -"$1" "$sends" 2>/dev/null || :
    tries=0
    until is_gone "$sends" || [ $tries -ge 100 ]; do
        tries=$((tries + 1))
        sleep 0.1
    done
    [ $tries -lt 100 ] || fail "the sender does not end"
}

within() {
    text=$1
    shift
    grep -qF -e "$text" "$@" || cat "$@" | tr '\n' ' ' | tr -s ' ' |
        grep -qF -e "$text" || cat "$@" | tr -d '\n ' |
        grep -qF -e "$(printf %s "$text" | tr -d ' ')"
}

says() { within "$1" "$T/out" "$T/err" || fail "does not say: $1"; }
out() { within "$1" "$T/out" || fail "not on standard output: $1"; }
err() { within "$1" "$T/err" || fail "not on standard error: $1"; }
silent() { ! within "$1" "$T/out" "$T/err" || fail "says: $1"; }
json() { "$PY" "$here/jget.py" "$T/out" "$1" || fail "no JSON value at $1"; }
is() { [ "$1" = "$2" ] || fail "is \"$2\", not \"$1\""; }

# id: of the last entry recorded with --json.
id() { json id; }

# Make the homes that the tests copy.
prepare() {
    case $1 in
    shipped) from=$src/runbooks ;;
    small)
        from=$T/site.small
        cp -r "$src/tests/lua/site" "$from"
        cp -r "$here/runbooks/." "$from"
        ;;
    esac
    H=$T/home.$1
    title "making the home $1"
    ok init --org "Minato Airport" --person Sato --runbooks "$from"
    ok release approve
    at='(beginning)'
}

copies=0
home() {
    [ -d "$T/home.$1" ] || prepare "$1"
    copies=$((copies + 1))
    H=$T/home-$copies
    cp -a "$T/home.$1" "$H"
}

member() { ok --as sato member add "$1"; }

# started: an incident of the small site, with words for `ir start`.
started() { ok --as sato --no-input start "$@"; }

# Entries in the log.
entries() { ir log --json | wc -l; }
