#!/bin/sh
# broken.sh SIM: the checker finds what is deliberately broken; the same run
# unbroken passes.
set -eu
sim=$1
bad=0

# finds BREAK SCENARIO WORDS
finds()
{
    if ! "$sim" --scenario "$2" --nodes 5 --seed 3 > /dev/null; then
        echo "$2 fails although nothing is broken"
        bad=1
    fi
    if said=$("$sim" --scenario "$2" --nodes 5 --seed 3 --broken "$1"); then
        echo "$1 in $2: not found"
        bad=1
    elif ! echo "$said" | grep -q "$3"; then
        echo "$1 in $2: found something else: $said"
        bad=1
    fi
}

finds put narrow 'is not at\|is at one of'
finds check outsider 'holds a forged entry'
finds sync churn 'is not at\|is at one of'
finds view forks 'sees something else'
finds ack calm 'is not at node'
exit $bad
