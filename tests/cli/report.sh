#!/bin/sh
# Event or incident? Reports that come in by telephone.
. "${0%/*}/lib.sh"
home shipped
was=$(entries)

title "nobody there to answer: nothing is assumed, nothing recorded"
exits 64 triage
err "nothing was recorded"
exits 64 report-in
exits 64 report-in suspicious-mail
exits 66 report-in nothing
err suspicious-mail
is "$was" "$(entries)"

title "what is asked, in figures; unknown may count as yes"
ok triage people=no
err "These are events, not incidents"
out "INCIDENT"
ok triage admin=no baggage=no cameras=no control=no displays=no falsified=no \
    logins=no lost=no mail-down=no malware=no one-machine=no people=no \
    personal-data=no public-down=no ransom=no supplier=no
out "This is an event, not an incident"
ok triage people=yes
out "INCIDENT, severity 1"
exits 64 triage people=perhaps
exits 64 triage nothing=yes
err "one of:"
is "$((was + 3))" "$(entries)"

title "on a terminal, and left in the middle"
typed triage <<'X'
n
hm
y
^D
X
is 64 "$got"
says "nothing was recorded"
typed triage <<'X'
quit
X
is 64 "$got"
is "$((was + 3))" "$(entries)"

title "a report by telephone: script, questions, what to say"
typed report-in <<'X'
6
Yamada, 3F
10m ago
unknown
opened it
PC-3
no
X
is 0 "$got"
says "Thank you"
says "Now say to them"
says "ir triage"
ok log
out "Yamada, 3F"

title "what was said before the line went dead is kept"
typed report-in lost-device <<'X'
Tanaka
^D
X
is 0 "$got"
ok log
out "Tanaka"
typed report-in lost-device <<'X'
Suzuki
quit
X
is 64 "$got"
ok log
silent Suzuki

title "by words; inside an incident it is part of it"
ok --no-input start flight-information first-response
ok report-in suspicious-mail --from "help desk" --means phone --set who=Mori
ok timeline
out "Mori"
ok report-in suspicious-mail --from "Ogawa, terminal duty"
ok timeline
out "Ogawa"
exits 64 report-in suspicious-mail --from Ogawa --set nothing=1
exits 64 report-in suspicious-mail --set who
ok verify
