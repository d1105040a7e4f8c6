#!/bin/sh
# A step that declares mail untrusted does so: what is written afterwards does
# not go out by mail, whoever forgets `ir channel distrust mail`.
. "${0%/*}/lib.sh"
home shipped

title "in an exercise it holds there alone"
started email mail-distrusted --exercise
ok show distrust
out "no message goes out by mail"
ok "done" distrust -m "said aloud"
ok --json status
is distrusted "$(json mail)"

title "else everywhere, once it is done"
started email mail-distrusted
ok --json status
is actual "$(json incident.status)"
is unknown "$(json mail)"
ok --json show distrust
is distrusted "$(json mail)"
ok "done" distrust -m "said aloud"
says "mail: not to be trusted (\"said aloud\")"
ok --json status
is distrusted "$(json mail)"
ok verify
