#!/bin/sh
# Several people on one machine, each with a key of their own.
. "${0%/*}/lib.sh"
home small

title "a second person: who acts must be said"
ok member add Mori --role operator
exits 64 note hello
err "several people use this home"
err "mori, sato"
as mori note "by option"
WITH="$WITH IR_AS=mori"
ok note "by environment"
WITH=${WITH% IR_AS=mori}
exits 66 --as nobody note hello
err nobody
ok log --json
is 2 "$(grep -c '"author":"mori"' out)"

title "asked on a terminal"
typed note which hands <<'X'
9
2
X
is 0 $got
says "   1  mori"
says "   2  sato"
says "recorded"

title "only an administrator enrols and revokes"
exits 77 --as mori member add Kato
exits 77 --as mori member remove sato -r no
exits 77 --as sato member remove sato -r no
exits 1 --as sato member add Mori
err "mori is a member already"
exits 64 --as sato member add 加藤
exits 64 --as sato member add Kato --handle ../kato
exits 64 --as sato member add Kato --handle Kato
is 'mori node sato ' "$(find "$H/keys" -type f -printf '%f\n' | sort | tr '\n' ' ')"
as sato --json member list
is operator "$(json '[handle=mori].roles[0]')"
is true "$(json '[handle=sato].admin')"

title "a revoked person signs no more; what was signed stays"
as sato member add 加藤 --handle kato
as kato note "before"
exits 64 --as sato member remove kato
err "reason"
ok log
out "Gave a device of Sato carrier key 1"
is 1 "$(ir --json log | grep -c '"kind":"grant"')"
as sato member remove kato -r "left us"
ok log
out "Gave a device of Sato carrier key 2"
is 2 "$(ir --json log | grep -c '"kind":"grant"')"
exits 77 --as kato note after
err revoked
ir --as kato doctor >out 2>err || :
out "the key of kato has been revoked"
out "ir mesh invite --device-for kato"
ir --as sato doctor >out 2>err || :
silent "has been revoked"
exits 1 --as sato member remove kato -r again
ok verify
ok --as sato member list
out revoked

title "a new key for somebody"
exits 77 --as mori key rotate mori
g=$(ir --json log | grep -c '"kind":"grant"')
as sato key rotate mori
is "$g" "$(ir --json log | grep -c '"kind":"grant"')" # it opened nothing
as mori note "with the new key"
ok --as mori key show
is 2 "$(wc -l <out)"
out "(revoked)"
exits 66 --as sato key rotate nobody
ok verify

title "a passphrase"
home small
typed member add Mori --passphrase <<'X'
correct horse
battery staple
X
is 64 $got
[ ! -e "$H/keys/mori" ] || fail "a key was made"
typed member add Mori --passphrase <<'X'
correct horse
correct horse
X
is 0 $got
silent "correct horse"
exits 77 --as mori note "nobody types"
err "NOT recorded"
err "ssh-agent"
exits 77 --as mori --no-input note "nobody types"
typed --as mori note "right" <<'X'
wrong
correct horse
X
is 0 $got
says "wrong passphrase"
says "recorded"
silent "correct horse"
typed --as mori note "lost words" <<'X'
wrong
wrong
wrong
X
is 77 $got
says "NOT recorded"
says "ir note --at"
typed --as mori note "interrupted" <<'X'
^C
X
is 130 $got
ok --as sato log
silent "lost words"
silent interrupted

title "change and remove the passphrase"
typed --as mori key passphrase <<'X'
correct horse
鍵です
鍵です
X
is 0 $got
typed --as mori key passphrase --none <<'X'
鍵です
X
is 0 $got
as mori note "without one"
exits 64 --as mori key passphrase

title "a key in an ssh-agent"
command -v ssh-agent >out || fail "no ssh-agent"
ssh-keygen -q -t ed25519 -N '' -C kato -f key
eval "$(ssh-agent -a "$T/socket")" >out
trap 'kill "$SSH_AGENT_PID"; cd /; rm -rf "$T"' EXIT
SSH_AUTH_SOCK="$T/socket" ssh-add -q key
WITH="$WITH SSH_AUTH_SOCK=$T/socket"
as sato member add Kato --agent
as kato note "signed by the agent"
is "$(cut -d' ' -f2 <key.pub)" "$(ir --as kato key show | cut -d' ' -f2)"
exits 1 --as sato member add Abe --agent
err "already kato's"
[ ! -e "$H/keys/abe" ] || fail "a key was made"
exits 77 --as kato key passphrase
kill "$SSH_AGENT_PID"
trap 'cd /; rm -rf "$T"' EXIT
exits 77 --as kato note "the agent is gone"
err "NOT recorded"
err "ssh-add"
ok verify

title "the key file is not one, or is open to others"
chmod 644 "$H/keys/sato"
exits 77 --as sato note hello
err "NOT recorded"
err "chmod 600 '$H/keys/sato'"
chmod 600 "$H/keys/sato"
cp "$H/keys/sato" good
echo rubbish >"$H/keys/sato"
exits 77 --as sato note hello
err "NOT recorded"
cp "$H/keys/node" "$H/keys/sato"
exits 77 --as sato note hello
cp "$H/keys/mori" "$H/keys/sato"
exits 77 --as sato note hello
err "not one certified for sato"
rm "$H/keys/sato"
exits 66 --as sato note hello
err "no key of"
mkfifo "$H/keys/sato"
chmod 600 "$H/keys/sato"
exits 77 --as sato note hello
rm "$H/keys/sato"
ln -s "$T/good" "$H/keys/sato"
exits 77 --as sato note hello
rm "$H/keys/sato"
cp good "$H/keys/sato"
as sato note hello
