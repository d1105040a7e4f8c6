#!/bin/sh
# broken.sh SIM: the checker finds what is deliberately broken; the same run
# unbroken passes.
set -eu
sim=$1
bad=0

# finds BREAK SCENARIO WORDS NODES
finds()
{
    if ! "$sim" --scenario "$2" --nodes "$4" --seed 3 > /dev/null; then
        echo "$2 fails although nothing is broken"
        bad=1
    fi
    if said=$("$sim" --scenario "$2" --nodes "$4" --seed 3 --broken "$1"); then
        echo "$1 in $2: not found"
        bad=1
    elif ! echo "$said" | grep -q "$3"; then
        echo "$1 in $2: found something else: $said"
        bad=1
    fi
}

finds put narrow 'is not at\|is at one of' 5
finds check outsider 'holds a forged entry' 2
finds sync churn 'is not at\|is at one of' 8
finds view forks 'sees something else' 5
finds ack calm 'is not at node' 5
finds digest false 'not what its digest says' 6
finds named objects 'bytes of object' 5
exit $bad
