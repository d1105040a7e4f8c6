#!/bin/sh
# A laptop is stolen: its keys are revoked on another machine, what they signed
# before stays, what comes later is refused wherever the revocation is known.
. "${0%/*}/lib.sh"
. "$here/homes.sh"
home small
as sato --no-input start alpha one --var host=FS1
mv "$H" A
# carry FROM TO: what TO says is in out.
carry() { bring "$1" "$2" --json; }

# has HOME TEXT / lacks HOME TEXT: in its log.
has() {
    on "$1" log --json
    grep -q "$2" out || fail "$1 has not \"$2\""
}
lacks() {
    on "$1" log --json
    ! grep -q "$2" out || fail "$1 has \"$2\""
}
# told HOME TEXT: in the story of the incident; void: shown as not counting.
told() {
    on "$1" timeline
    out "$2"
}
void() {
    on "$1" timeline
    out "(does not count) $2"
}

title "three machines, all with the same"
join B Mori
join C Ito
carry A B
on B note "before-one"
on B note "before-two"
carry B A
carry B C
for h in A B C; do told $h before-two; done
cp -a B stolen

title "revoked by the device's key: its person's key goes with it"
on A --json member list
node=$("$PY" -c 'import json
print([k["id"] for m in json.load(open("out")) if m["handle"] == "mori"
       for k in m["keys"] if k["node"]][0])')
mine=$("$PY" -c 'import json
print([k["id"] for m in json.load(open("out")) if m["handle"] == "sato"
       for k in m["keys"] if k["node"]][0])')
exits_on 66 A mesh revoke 0011223344556677 -r x
exits_on 66 A mesh revoke kato -r x
exits_on 77 A mesh revoke "$mine" -r x
err "this is the device you sit at"
exits_on 77 A mesh revoke sato -r x
err "the key with which you act"
exits_on 77 C mesh revoke mori -r x
exits_on 64 A mesh revoke mori
on A --json mesh invite --device-for mori
before=$(json code)
cp -a A A.since
on A --json mesh revoke "$node" -r "laptop stolen"
is 2 "$(json 'keys#')"
is true "$(json "keys[key=$node].node")"
is true "$(json "keys[key=$node].revoked")"
is true "$(json 'keys[1].revoked')"
is false "$(json 'keys[1].node')"
err "of mori:"
err "entries stay accepted, up to"
[ "$(json 'keys[1].accepted')" -ge 2 ] || fail "too little is accepted"
told A before-two
ok verify
exits_on 1 A mesh revoke mori -r again
err "revoked already"

title "the thief writes: now, and as if it were before"
on stolen note "thief-now"
H=$T/stolen
at_time -2h 0 note "thief-backdated"

title "where the revocation is known nothing of it is taken"
carry stolen A
is 2 "$(json refused.revoked)"
on A mesh status
out "refused so far: 2"
carry stolen A
on A mesh status
out "refused so far: 2"
lacks A thief
told A before-one
ok verify

title "where it is not yet known it is taken, and out as soon as it is"
carry stolen C
has C thief-now
told C thief-now
carry A C
void C thief-now
void C thief-backdated
told C before-two
has C thief-now
exits_on 2 C verify
out "signed by a key after it was revoked"
ir doctor >out 2>err || : # a build machine's clock may be unsynchronised
out "some by a revoked key"
silent "damaged"
ir log --cbor >log.cbor
"$PY" "$src/tests/verify/ir_verify.py" log.cbor >verdict || [ $? -eq 2 ]
cp verdict out
is unknown-signer "$(json verdict)"
is "$(ir --json verify | "$PY" -c 'import json, sys
print(len([b for b in json.load(sys.stdin)["bad"] if b["why"] == "revoked"]))')" \
    "$(json 'unknown_signer#')"

title "and is not passed on"
join D Abe
carry C D
lacks D thief
told D before-two
on D verify

title "who had built on it lacks nothing elsewhere"
on C note "Mori writes that all is well"
carry C A
told A "all is well"
lacks A thief
ok verify
out "not here because it was refused"
out "signed with a key of Mori that Sato revoked"
out "Nothing is missing."
silent "Incomplete"
is 1 "$(grep -c 'not here because it was' out)"
ok --json verify
is whole "$(json verdict)"
is 1 "$(json 'refused#')"
is mori "$(json 'refused[0].author')"
is sato "$(json 'refused[0].revoked_by')"
title "nor where what was refused had never come"
carry C D
told D "all is well"
lacks D thief
on D verify
out "not here because it was refused"
H=$T/A IRLANG=ja_JP.UTF-8
ok verify
out "受け付けを拒否したため、この端末にはありません"
IRLANG=en_US.UTF-8

title "on the stolen machine itself, once it hears of it"
carry A stolen
exits_on 77 stolen --as mori note "more"
err "has been revoked"
H=$T/stolen
exits 77 --as mori start alpha one --var host=FS2
err "The key of mori in this home was revoked by sato"
ok status
err "The key of this device (mori) was revoked by sato"
err "The key of mori in this home was revoked by sato"
err "ir mesh invite --device-for mori"
ok mesh status
out "The key of this device (mori) was revoked by sato"
ok --json mesh status
is 2 "$(json 'revoked#')"
is sato "$(json 'revoked[0].by')"

title "the same where the person has another key that counts"
mkdir "$T/door2" "$T/door3"
on F mesh join "$before" --via "$T/door3"
exits_on 77 A mesh admit "$T/door3"
says "mori is not a member any more"
on A --json mesh invite --device-for mori
code=$(json code)
on E mesh join "$code" --via "$T/door2"
on A mesh admit "$T/door2"
on E mesh join "$code" --via "$T/door2"
carry A E
carry A stolen
H=$T/stolen
ir doctor >out 2>err || :
out "BAD  The key of mori in this home was revoked by sato"
out "BAD  The key of this device (mori) was revoked by sato"
ok status
err "The key of mori in this home was revoked by sato"
H=$T/E
ok status
silent "revoked"
ir doctor >out 2>err || :
out "no key of this home is revoked"

title "lost some time ago: what came since does not stay"
H=$T/B
at_time +2h 0 note "much later"
filled B
on A.since carry in "$stick"
told A.since "much later"
when=$(TZ=UTC faketime -f +1h date -u +%Y-%m-%dT%H:%M:00Z)
on A.since member remove mori --since "$when" -r "lost an hour from now"
err "1 recorded from then on no longer count"
void A.since "much later"
told A.since before-two
