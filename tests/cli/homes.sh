# homes.sh: words for several machines of one site, each a home $T/NAME; read
# after lib.sh.
#
#   on HOME ARGS...          run ir in that home, fail unless it works
#   exits_on CODE HOME ARGS...  the same, fail unless it exits with CODE
#   join HOME INVITE...      another machine, let in by A
#   carry FROM TO            all that FROM gives, taken in by TO
#   bring FROM TO OPTS...    the same, whatever taking it in says
# shellcheck shell=sh disable=SC2034,SC2154

on() {
    H=$T/$1
    shift
    ok "$@"
}

exits_on() {
    want_code=$1 H=$T/$2
    shift 2
    exits "$want_code" "$@"
}

join() {
    new=$1
    shift
    mkdir -p "$T/door"
    on A --json mesh invite "$@"
    code=$(json code)
    on "$new" mesh join "$code" --via "$T/door"
    on A mesh admit "$T/door"
    on "$new" mesh join "$code" --via "$T/door"
}

# filled FROM: a stick of its own with all that FROM gives; it is $stick.
sticks=0
filled() {
    sticks=$((sticks + 1))
    stick=$T/stick.$sticks
    mkdir "$stick"
    on "$1" carry out "$stick"
}

carry() {
    filled "$1"
    on "$2" carry in "$stick"
}

bring() {
    filled "$1"
    H=$T/$2
    shift 2
    ir "$@" carry in "$stick" >out 2>err || :
}
