#!/bin/sh
# Administrators: one alone, several, another list of them by as many as it
# takes; a key replaced, a lost one brought back, what a dropped one signs.
. "${0%/*}/lib.sh"

# proposal: of the last --json.
proposal() { json id | cut -c1-8; }

title "one alone is told so"
home small
ok admin list
out "One administrator alone"
out "ir admin propose --add NAME"
ok --json admin list
is 1 "$(json needed)"
is sato "$(json 'administrators[0].handle')"
exits 64 admin propose -r nothing
err "what is to change?"
exits 66 admin propose --add nobody -r x
exits 66 admin propose --drop mori -r x
exits 66 admin approve
err "nothing waits"

title "a key of one's own is replaced at once; the old one is nobody's"
cp "$H/keys/sato" old.key
old=$(ir key show | cut -d' ' -f2)
ok key rotate sato
[ ! -e "$H/keys/sato~" ] || fail "the new key still waits"
ok --json admin list
is 1 "$(json 'administrators#')"
is "in force" "$(json 'proposals[0].state')"
ok note "with the new key"
ok member add Mori
ok verify
cp "$H/keys/sato" new.key
cp old.key "$H/keys/sato"
exits 77 --as sato member add Kato
err "has been revoked"
cp new.key "$H/keys/sato"
ok --as sato key show
is 2 "$(wc -l <out)"
[ "$old" != "$(tail -1 out | cut -d' ' -f2)" ] || fail "the key is the old one"

title "interrupted: the new key is certified and does not lie in its place"
home small
cp "$H/keys/sato" old.key
ok key rotate sato
mv "$H/keys/sato" "$H/keys/sato~"
cp old.key "$H/keys/sato"
ok note "goes on"
err "The new key of sato is in use from now."
[ ! -e "$H/keys/sato~" ] || fail "the new key still waits"
rm "$H/keys/sato"
exits 66 --as sato note "lost"

title "three of them, two must agree"
home small
member Mori
member Ito
as sato --json admin propose --add mori --add ito --needed 2 -r "two of three"
is "in force" "$(json state)"
as sato --json admin list
is 3 "$(json 'administrators#')"
is 2 "$(json needed)"
as sato --json member list
is true "$(json '[handle=ito].admin')"
exits 77 --as mori admin propose --drop ito -r "one would do" --needed 3
err "3 must agree, but there would be 2 administrators"
exits 1 --as mori admin propose --add "$(ir --json admin list --as ito |
    grep -o '"key":"[0-9a-f]*"' | head -1 | cut -d'"' -f4)" -r again

title "too few: nothing changes; the same person twice counts once"
as mori --json admin propose --drop ito -r "left us"
is open "$(json state)"
is 1 "$(json missing)"
drop=$(proposal)
ok --as ito log
out "Named as administrators: Sato, Mori, Ito"
out "Put forward as administrators: Sato, Mori"
exits 1 --as mori admin approve "$drop"
err "you have agreed to this"
before=$(entries)
exits 1 --as mori admin propose --drop ito -r "left us"
err "put forward already"
err "ir --as NAME admin approve $drop"
exits 1 --as sato admin propose --drop ito -r "left us"
err "ir admin approve $drop"
is "$before" "$(entries)"
member Kato
exits 77 --as kato admin approve "$drop"
err "only an administrator"
as mori --json admin list
is 3 "$(json 'administrators#')"
ok --as ito admin deny "$drop" -r "I am here"
out "Denied by Ito"
as sato --json admin list
is open "$(json "proposals[1].state")"

title "who put something forward takes it back: closed for everybody"
as ito --json admin propose --drop sato -r "mistyped"
mistyped=$(proposal)
ok --as ito admin deny "$mistyped" -r "I meant somebody else"
out "Cannot come into force any more."
exits 77 --as mori admin approve "$mistyped"
err "cannot come into force any more"

title "two that replace the same list: the first that is complete counts"
as ito --json admin propose --add kato --needed 3 -r "four"
four=$(proposal)
as sato admin approve "$drop"
out "In force."
exits 77 --as mori admin approve "$four"
err "cannot come into force any more"
exits 1 --as sato admin approve "$drop"
err "in force already"
as mori --json admin list
is 2 "$(json 'administrators#')"
exits 77 --as ito member add Abe
err "only an administrator"
as ito note "still a member"
exits 77 --as sato admin propose --add ito -r "back"
err "no key that could be added"
err "ir key rotate"

title "back, with a new key"
as sato key rotate ito
as sato --json admin propose --add ito -r "back"
as mori admin approve
as ito member list
as ito --json admin list
is 3 "$(json 'administrators#')"

title "a lost key of one of three is replaced by the other two"
rm "$H/keys/sato"
exits 66 --as sato note "my laptop is gone"
exits 77 --as mori key rotate sato -r "laptop lost"
err "has no key in this home"
err "ir mesh invite --device-for sato"
err "ir admin propose --drop sato --add sato"
[ ! -e "$H/keys/sato~" ] || fail "somebody else made a key"
as mori key rotate sato --here -r "laptop lost"
out "Put forward as administrators"
out "Put forward: revoke key"
silent "Named as administrators"
[ -e "$H/keys/sato~" ] || fail "no new key waits"
exits 77 --as sato admin approve
err "The new key of sato is in use from now."
err "not the one with which sato is an administrator"
as mori admin list
out "Waiting: 1 of 2 agree"
out "drop Sato"
as ito admin approve -r "seen the badge"
out "In force."
as sato note "with the new key"
as sato --json admin list
is 3 "$(json 'administrators#')"
as sato member add Abe
ok --as mori --json key show
ok --as mori --json member list
is true "$(json '[handle=sato].keys[0].revoked')"

title "one's own among several waits for another, and is finished by the same"
as ito key rotate ito
out "Waiting: 1 of 2 agree"
exits 77 --as ito key rotate ito
err "waits for the other administrators"
as ito note "the old one still signs"
as sato admin approve
as ito key rotate ito
out "The new key of ito, "
out "no longer counts"
[ ! -e "$H/keys/ito~" ] || fail "the new key still waits"
as ito note "the new one"
as ito member add Endo

title "an administrator's key is revoked by two"
as sato member remove mori -r "left us"
out "revoke key"
out "Waiting: 1 of 2 agree"
as mori note "still here"
exits 77 --as mori member remove mori -r "myself"
exits 1 --as sato admin approve
as ito admin approve
out "In force: the key is revoked."
exits 77 --as mori note "gone"
as sato --json admin list
is 3 "$(json 'administrators#')"
exits 77 --as ito member remove sato -r "too few would be left"
err "2 must agree, but there would be 1 administrators"
as sato --json admin propose --needed 1 -r "two of us"
as ito --json admin approve
is "in force" "$(json state)"
as sato --json admin list
is 2 "$(json 'administrators#')"

title "all of it holds elsewhere as well"
exits 2 verify # what mori wrote between being put forward and agreed on
out "1 by keys nobody certified"
out "signed by a key after it was revoked"
ir log --cbor >log.cbor
"$PY" "$src/tests/verify/ir_verify.py" log.cbor >out || [ $? -eq 2 ]
is unknown-signer "$(json verdict)"
is 1 "$(json 'unknown_signer#')"

title "in Japanese"
IRLANG=ja_JP.UTF-8
ok --as sato admin list
out "管理者"
