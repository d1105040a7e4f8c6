#!/bin/sh
# rebuild.sh: views are folds: whatever order the entries came in, and after
# the cached ones were dropped, the same bytes of JSON.
. "${0%/*}/lib.sh"
shuffle=${IR%/engine/prog/ir}/tests/tools/shuffle-home

home shipped
member Mori
ok --as sato --no-input start flight-information ransomware \
    --began "3h ago" --var host=FS1
as sato note "counter C" --at "1h ago"
as mori fail reach -r "nobody answered"
as sato choose lead nobody -r "nobody answered"
as sato 'done' isolate -m "link light off"
as mori ask look encrypted=2
as sato severity 2 -r "one host only"
as mori role take scribe
as sato measure start "boards" --owner sato --review 24h
as sato service displays 40
as sato clock start police --from "1h ago"
as mori skip call-out -r "everybody is here"

views() {
    for words in 'timeline' 'status --now 2030-01-01T00:00:00Z' 'role list' \
         'measure list' 'exception list'; do
        # shellcheck disable=SC2086
        ok --as sato --json $words
        cat "$T/out"
    done
}

title "views of the home as it is"
views >"$T/want"
[ "$(wc -c <"$T/want")" -gt 5000 ] || fail "hardly anything was shown"

title "after a rebuild"
ok rebuild
views >"$T/got"
cmp -s "$T/want" "$T/got" || fail "other bytes"

for seed in 1 2 3 4 5 6 7 8; do
    title "entries in order number $seed"
    rm -rf "$T/other"
    "$shuffle" "$H" "$T/other" "$seed" || fail "shuffle-home"
    cp -a "$H/keys" "$T/other/keys"
    (
        H=$T/other
        views >"$T/got"
    )
    cmp -s "$T/want" "$T/got" || fail "other bytes"
done
