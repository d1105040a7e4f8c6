#!/bin/sh
# Targets run from when it began, deadlines from what a named person states;
# service levels meet targets; interim measures.
. "${0%/*}/lib.sh"
home small
member Mori

# clock NAME FIELD: of the incident in use.
clock() {
    ir --json clock list >"$T/clocks"
    "$PY" "$here/jget.py" "$T/clocks" "[name=$1].$2"
}

title "from when it began, said at the start"
started alpha one --began "100m ago" --var host=FS1
is at-risk "$(clock alpha/show/rto state)"
is 7200 "$(clock alpha/show/rto target_s)"
is running "$(clock alpha/show/mtpd state)"
is undecided "$(clock alpha/show/rpo state)"
ok status
out "AT RISK"

title "seen at another moment"
in_an_hour=$(date -u -d '+60 minutes' +%Y-%m-%dT%H:%M:%SZ)
ok status --now "$in_an_hour"
out MISSED
ok --json status --now "$in_an_hour"
is missed "$(json 'clocks[name=alpha/show/rto].state')"
is at-risk "$(clock alpha/show/rto state)"
exits 64 status --now "perhaps"

title "a level that is good enough meets the target, when it was reached"
as sato service show 40 --at "30m ago"
is at-risk "$(clock alpha/show/rto state)"
as sato service show 85% --at "10m ago" --basis "77 of 96"
is met "$(clock alpha/show/rto state)"
is false "$(clock alpha/show/rto met_late)"
as sato service show 20
is at-risk "$(clock alpha/show/rto state)"
exits 64 --as sato service show 120
exits 64 --as sato service show
exits 66 --as sato service nothing 80

title "too late is late, also when it is met"
started alpha one --new --began "3h ago"
is missed "$(clock alpha/show/rto state)"
as sato service show 100
is met "$(clock alpha/show/rto state)"
is true "$(clock alpha/show/rto met_late)"
ok status
out "met, late"

title "how much was lost: stated"
as sato clock start rpo --from "3h ago"
is met "$(clock alpha/show/rpo state)"
as sato clock start rpo --from "9h ago"
is missed "$(clock alpha/show/rpo state)"

title "a deadline nobody has decided about shows when it would be due"
is undecided "$(clock first state)"
is true "$(clock first provisional)"
due=$(clock first due)
ok clock list
out "undecided"

title "stated by a named person, from when, and why; back-dated"
as mori clock start first --from "1h ago" -r "we knew of it then"
is running "$(clock first state)"
is false "$(clock first provisional)"
is mori "$(clock first by)"
is "we knew of it then" "$(clock first basis)"
[ "$(clock first due)" != "$due" ] || fail "due as before"
exits 64 --as sato clock start first --from "someday"
exits 64 --as sato clock stop first
exits 66 --as sato clock start nothing
as sato clock undecided first -r "counsel asks"
is undecided "$(clock first state)"
as sato clock stop first -r "does not apply"
is stopped "$(clock first state)"
as sato clock start first --from "30m ago"
is running "$(clock first state)"
is null "$(clock first basis)"

title "met, when it was; the next one is due from then"
as sato clock met first --at "5m ago"
is met "$(clock first state)"
is running "$(clock last state)"
is "$(clock first ended)" "$(clock last from)"
ok status
out "at the latest"

title "business days of the site: Monday and Tuesday are worked"
at_time "@2026-11-24 03:00:00" 0 --as sato --no-input start alpha one --new
at_time "@2026-11-24 03:05:00" 0 --as sato clock met first
at_time "@2026-11-24 03:05:00" 0 --json clock list
# Tuesday; target three worked days on, latest five
is 2026-12-07T23:59:59+09:00 "$(json '[name=last].due')"
is 2026-12-14T23:59:59+09:00 "$(json '[name=last].latest')"

title "steps state them too, back-dated with the step"
home small
member Mori
started alpha one --began "3h ago" --var host=FS1
as sato 'done' look
as sato 'done' save
as sato 'done' cut
as sato choose spread one -r "one host"
as sato 'done' hold
ok --json measure list
is operator "$(json '[0].owner')"
as sato 'done' tell --to "Officer Kimura" --means phone --ref A-12 --at "40m ago"
out "A-12"
as sato 'done' inform --again no
as sato 'done' level --level 90 --at "30m ago"
is met "$(clock first state)"
is met "$(clock alpha/show/rto state)"
ok --json timeline
is true "$(json '[text=Service level: Show, 90 percent].late')"

title "interim measures"
as sato measure start boards by hand
ok --json measure list
id=$(json '[text=boards by hand].id')
ok measure list
out "no owner"
out "no review date"
as sato measure review "$id" --owner mori --review 24h
as mori measure permanent "$id" "new displays"
ok --json measure list
is mori "$(json '[text=boards by hand].owner')"
is "new displays" "$(json '[text=boards by hand].permanent')"
as mori measure lift "$id" "displays are back"
ok --json measure list
is lifted "$(json '[text=boards by hand].state')"
exits 66 --as sato measure review 0000
exits 64 --as sato measure start
exits 64 --as sato measure permanent "$id"
exits 64 --as sato measure review "$id" --review "someday"
ok verify
