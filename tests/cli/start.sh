#!/bin/sh
# From "something is wrong" to the first step: by menus, by words, alone,
# again; list, use, join, link, add, severity, contained, restored, reopen.
. "${0%/*}/lib.sh"
home shipped

# the NAME: a value of the status of the incident in use.
the() {
    ir --json status >"$T/out"
    json "$1"
}

title "nothing known: systems, then what is seen, in the reader's words"
typed start <<'X'
9
3
?
1
02:99
20m ago
unknown
quit
X
is 0 "$got"
says "Which system is it?"
says "What do you see?"
says "Ransom note, odd file names, displays frozen"
says "None of these, or I cannot tell"
says "People first: a crowd at a dark display"
says "is not a time that can be read"
says "recorded"
says "Isolate the first host"
says "Nothing is lost. Go on with: ir start flight-information"
is flight-information "$(the incident.system)"
is ransomware "$(the incident.scenario)"
is minute "$(the incident.began_precision)"
is unknown "$(the vars.host)"

title "in Japanese"
home shipped
IRLANG=ja_JP.UTF-8
typed start email <<'X'
不明
２０分前
quit
X
says "何が起きていますか"
says "指揮者に電話する"
is email "$(the incident.system)"
is first-response "$(the incident.scenario)"
IRLANG=en_US.UTF-8

title "quit before anything is declared declares nothing"
home shipped
was=$(entries)
typed start <<'X'
quit
X
typed start flight-information <<'X'
1
^D
X
is 64 "$got"
says "nothing was begun"
typed start flight-information <<'X'
1
unknown
^D
X
is 64 "$got"
typed start flight-information <<'X'
^C
X
is 130 "$got"
is "$was" "$(entries)"

title "by words, nobody to ask"
home shipped
exits 64 start
exits 66 start flightx
exits 66 start flight-information nothing
err "ransomware"
exits 64 start flight-information ransomware --var nothing=1
exits 64 start flight-information ransomware --var host
exits 64 start flight-information ransomware --began 25:99
is "$was" "$(entries)"
ok --json start flight-information ransomware --began 3h\ ago --var host=FS1
first=$(id)
out '"id"'
is FS1 "$(the vars.host)"
is "$first" "$(the incident.declare)"
[ "$(the 'clocks[name=flight-information/displays/rto].state')" = missed ] ||
    fail "the target is not missed"
name=$(the incident.name)

title "again: goes on with the open one"
ok start flight-information
out "$name"
ok start flight rans
out "$name"
ok --json start flight-information
is "$first" "$(id)"
is true "$(json joined)"
ok start flight-information --began "1h ago"
err "NOT recorded"
exits 64 start flight-information first-response
err "is open"
err "--new"
typed start flight-information <<'X'
1
quit
X
says "$name"
ok --json list
is 1 "$(json '#')"

title "a second one beside it; which is in use is known"
ok start flight-information first-response --new
second=$(the incident.name)
[ "$second" != "$name" ] || fail "the same"
exits 66 use IR-0000
ok use "$name"
is "$name" "$(the incident.name)"
ok status "$second"
out "$second"
ok --incident "$second" note "for the other one"
ok timeline "$second"
out "for the other one"
ok start flight-information ransomware
is "$name" "$(the incident.name)"
ok --json list
is 2 "$(json '#')"
ok
out "$name"
out "$second"

title "link, wider, severity"
ok link "$second"
exits 64 link "$name"
exits 66 link IR-0000
ok --json status
is 1 "$(json links#)"
ok add email first-response
is 2 "$(the instances#)"
is email "$(the 'instances[number=2].system')"
exits 66 add nothing
exits 64 severity 9 -r no
exits 64 severity 2
ok severity 2 -r "one host only"
is 2 "$(the incident.severity)"
ok timeline
out "one host only"

title "several people in it"
ok member add Mori
ok --as mori join "$second"
ok --as mori join "$name"
is 2 "$(the joined#)"

title "contained, restored, when it was"
ok --as sato contained --at "10m ago"
is contained "$(the incident.state)"
ok --as sato restored
is restored "$(the incident.state)"
exits 77 --as sato reopen -r "it is not closed"

title "no incident"
home shipped
exits 66 status
err "ir start"
exits 66 'done' isolate
exits 66 timeline
exits 66 close
ok list
ok note "outside"
ok
out "All quiet"
