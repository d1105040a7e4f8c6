#!/bin/sh
# Three administrators on three machines; one laptop is lost. Its owner gets a
# new key on a new machine, and nobody else ever holds it.
. "${0%/*}/lib.sh"
. "$here/homes.sh"
home small
mv "$H" A
carry() { bring "$1" "$2"; }

# key HOME HANDLE NODE: the newest key of a person (False) or device (True).
key() {
    on "$1" --json member list
    "$PY" -c 'import json, sys
print([k["id"] for m in json.load(open("out")) if m["handle"] == sys.argv[1]
       for k in m["keys"] if str(k["node"]) == sys.argv[2]][-1])' "$2" "$3"
}

title "three machines, two of three decide"
join B Mori
join C Ito
on A admin propose --add mori --add ito --needed 2 -r "two of three"
out "In force."
carry A B
carry A C
old=$(key A mori False)
laptop=$(key A mori True)

title "nobody makes another one's key in their own home"
exits_on 77 A key rotate mori -r "laptop lost"
err "mori has no key in this home"
err "ir mesh invite --device-for mori"
err "ir admin propose --drop mori --add mori"
[ ! -e "$T/A/keys/mori" ] || fail "A holds the key of Mori"
[ ! -e "$T/A/keys/mori~" ] || fail "A holds a new key of Mori"
on A member list

title "a new machine, a new key, another list"
join D --device-for mori
on A --json admin propose --drop mori --add mori -r "laptop lost"
is open "$(json state)"
on A log
out "Put forward as administrators"
carry A C
on C admin approve
out "In force"
on C log
out "Named as administrators"
silent "Put forward as administrators"
carry C A
carry C D
new=$(key A mori False)
[ "$new" != "$old" ] || fail "the key is the old one"
on D --json admin list
is "$new" "$(json 'administrators[handle=mori].key')"
is 3 "$(json 'administrators#')"
on D mesh invite Kato
on A mesh revoke "$laptop" -r "laptop lost"
silent "Put forward"
on A --json member list
on A verify

title "an administrator's revocation is only proposed, and not twice"
carry D A
on A mesh revoke ito -r "laptop stolen"
out "Put forward: revoke key"
out "Waiting: 1 of 2 agree"
silent "Revoked key $(key A ito False)"
exits_on 1 A mesh revoke ito -r "laptop stolen"
err "put forward already"
err "one of the others"
on A --json admin list
is 1 "$(grep -o '"state":"open"' out | wc -l)"
carry A D
exits_on 1 D mesh revoke ito -r "laptop stolen"
err "ir admin approve"
IRLANG=ja_JP.UTF-8
on A log
out "の失効を提案"
