#!/bin/sh
# What keeps an incident open, each with the way on; close, reopen.
. "${0%/*}/lib.sh"
home small
member Mori
started alpha gates --var host=FS1

title "everything that is open is named"
as sato run cut --break-glass "alone"
exits 77 --as sato run move
as sato measure start "boards by hand"
as sato clock start first --from "1h ago"
exits 77 --as sato close
err "does not close yet"
err "Step 1/save is open"
err "ir skip 1/save -r WHY"
err "A request for 1/move is not answered"
err "is not reviewed"
err "has no owner"
err "has no date of review"
err "has no permanent fix"
err "Not reported yet: First"
exits 77 --json --as sato close
err '"code"'
err "is not reviewed"

title "one after the other"
for step in save wipe reimage both; do
    as sato skip $step -r "not needed"
done
as sato deny move -r "not needed"
as sato skip move -r "not needed"
ok --json exception list
id=$(json '[0].id')
exits 77 --as sato exception approve "$id"
as mori exception approve "$id"
exits 77 --as sato close
silent "is not reviewed"
silent "Step 1/"
ok --json measure list
id=$(json '[0].id')
as sato measure review "$id" --owner mori --review 30d
exits 77 --as sato close
silent "no owner"
err "has no permanent fix"
as sato measure permanent "$id" "new displays"
as sato clock met first
exits 77 --as sato close
err "Not reported yet: Last"
as sato clock stop last -r "one report was enough"
as sato close --at "1m ago" -r "all well"
ok --json status
is closed "$(json incident.state)"
[ "$(json incident.closed)" != null ] || fail "no moment"
out '"left_open":[]'
ok timeline
out "all well"
silent "left open"

title "closed: nothing is walked, words are still taken"
exits 1 --as sato close
exits 77 --as sato 'done' rejoin
err "reopen"
as sato note "an afterthought"
ok list
silent "IR-"
ok list --all
out closed
ok
out "All quiet"

title "a lifted measure, an undecided deadline"
started alpha one --var host=FS1
for step in look save cut; do as sato skip $step -r x; done
as sato choose spread one -r x
as sato 'done' hold
as sato skip tell -r x
as sato 'done' inform --again no
as sato skip level -r x
as sato skip wait -r x
as sato skip call -r x
exits 77 --as sato close
err "Nobody has decided about: First"
as sato clock stop first -r "does not apply"
exits 77 --as sato close
err "has no permanent fix"
ok --json measure list
as sato measure lift "$(json '[0].id')"
as sato close

title "it is not over"
ok list --all
exits 66 --as sato reopen IR-0000 -r "no such one"
as sato reopen -r "it came back"
ok --json status
is open "$(json incident.state)"
exits 77 --as sato reopen -r again
as sato close
ok verify
