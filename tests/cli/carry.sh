#!/bin/sh
# One incident on several machines that no network joins: what one carried out
# the others carry in, in any order; everybody ends up with the same story.
. "${0%/*}/lib.sh"
. "$here/homes.sh"

# second NAME PERSON: another machine of this site, with that new member at it,
# let in by the machine $first over a stick.
second() {
    mkdir -p "$T/door"
    H=$T/$first
    ok --json mesh invite "$2"
    code=$(json code)
    H=$T/$1
    ok mesh join "$code" --via "$T/door"
    H=$T/$first
    ok --json carry in "$T/door"
    is let-in "$(json 'admitted[0].state')"
    H=$T/$1
    ok mesh join "$code" --via "$T/door"
}

# at HOME WHEN ARGS...: the same with the clock at WHEN.
on_at() {
    H=$T/$1 when=$2
    shift 2
    at_time "$when" 0 "$@"
}

# meet A B: both carry to and fro on a stick that only they use.
meet() {
    carry "$1" "$2"
    on "$2" carry out "$stick"
    on "$1" carry in "$stick"
}

# views HOME: what must be the same bytes on all of them.
views() {
    on "$1" --json timeline "$inc"
    cat "$T/out"
    on "$1" --json status "$inc" --now 2030-01-01T00:00:00Z
    "$PY" -c 'import json, sys
s = json.load(open(sys.argv[1]))
del s["record"], s["mail"]
print(json.dumps(s, ensure_ascii=False))' "$T/out"
}

cp -r "$src/tests/lua/site" site.own
cp -r "$here/runbooks/." site.own
cat >site.own/alpha/slow.lua <<'X'
return {
  api = 1, kind = "emergency", id = "alpha/slow",
  title = { en = "Slow", ja = "遅い" },
  symptoms = { en = "Slow to try", ja = "遅いものを試す" },
  vars = { host = { type = "host", ask = { en = "Host?", ja = "端末は？" } } },
  steps = {
    { id = "ask", title = { en = "Ask", ja = "聞く" }, say = { en = "Ask.", ja = "聞く。" },
      good = { en = "Known.", ja = "分かった。" }, after = {}, ask = { "host" } },
    { id = "look", title = { en = "Look", ja = "見る" }, say = { en = "Look.", ja = "見る。" },
      good = { en = "Seen.", ja = "見た。" }, after = {} },
    { id = "pull", title = { en = "Pull", ja = "抜く" }, say = { en = "Pull.", ja = "抜く。" },
      good = { en = "Out.", ja = "抜けた。" }, after = {} },
    { id = "move", title = { en = "Move", ja = "移す" }, say = { en = "Move.", ja = "移す。" },
      good = { en = "Moved.", ja = "移した。" }, after = {}, confirm = 2,
      run = { "/bin/sh", "-c", "echo moved", "--", "${host}" } },
  },
}
X
first=A
H=$T/A
ok init --org "Minato Airport" --person Sato --runbooks "$T/site.own"
ok release approve
second B Mori
second C Ito

title "begun on A, known on B and C"
on A --no-input start alpha slow --var host=FS1
on A --json list
inc=$("$PY" -c 'import json; print(json.load(open("out"))[0]["id"])')
on A note "SECRET-a81f the screen of FS1 asks for money"
mkdir stick
on A carry out stick
out "Carried out:"
out "ir carry in stick"
on B carry in stick
out "by sato"
on C --json carry in stick
[ "$(json entries)" -ge 2 ] || fail "hardly anything came"
on C --json carry in stick
is 0 "$(json entries)"
is 0 "$(json objects_missing)"
had=$(json had) objects=$(json had_objects)
[ "$objects" -ge 2 ] || fail "no objects were here already"
on C carry in stick
out "Nothing new here: $had entries and $objects objects were here already"
on A carry out stick
out "Nothing new to carry out"
is 1 "$(find stick/ir -type f | wc -l)"
for who in B C; do
    on $who --json timeline
    grep -q SECRET-a81f out || fail "the note did not come"
done

title "nothing readable stands on the stick"
for word in SECRET-a81f money alpha FS1 sato Minato; do
    ! grep -raqF "$word" stick || fail "\"$word\" stands on the stick"
done

title "a stranger takes nothing in, and another site's stick gives nothing"
H=$T/stranger
ok init --org "Elsewhere" --person Mori --runbooks "$T/site.own"
before=$(entries)
exits 77 carry in stick
says "of another site"
is "$before" "$(entries)"
mkdir theirs
ok carry out theirs
H=$T/A
before=$(entries)
exits 77 carry in theirs
is "$before" "$(entries)"
cp theirs/ir/* stick/ir
on B --json carry in stick
is 1 "$(json files.unreadable)"
is 0 "$(json entries)"

title "an hour apart, everybody does something"
on_at A +10m 'done' look -m "money on the screen"
on_at B +20m fail look -r "no screen found"
on_at C +30m note "the switch is warm"
on_at A +31m role take commander
on_at B +32m role take commander
on_at B +33m severity 1 -r "three hosts"
on_at C +34m 'done' pull
on_at A +35m severity 2 -r "one host"
on_at C +36m ask ask host=FS7
on_at B +37m ask ask host=FS9
for step in ask pull move; do
    on_at A +38m skip $step -r "not here"
done
for step in look pull move; do
    on_at B +38m skip $step -r "not here"
done
on_at A +39m close -r "all is well"
on_at B +39m close -r "handed on"
on_at C +40m note "still going"

title "two meet, then others, in every order: the same for all"
n=0
for order in "A-B B-C C-A" "A-B C-A B-C" "B-C A-B C-A" \
    "B-C C-A A-B" "C-A A-B B-C" "C-A B-C A-B"; do
    n=$((n + 1))
    for who in A B C; do
        cp -a "$T/$who" "$T/$who.$n"
    done
    for pair in $order $order; do
        meet "${pair%-*}.$n" "${pair#*-}.$n"
    done
    for who in A B C; do
        views "$who.$n" >"$T/views"
        [ -e "$T/want" ] || cp "$T/views" "$T/want"
        cmp -s "$T/want" "$T/views" || {
            cp "$T/views" "$T/out"
            cp "$T/want" "$T/err"
            fail "$order: $who shows something else"
        }
    done
    on "A.$n" verify
done
[ "$(wc -c <"$T/want")" -gt 3000 ] || fail "hardly anything was shown"

title "conflicts are decided by rule and shown"
H=$T/C.1
ok --json status "$inc"
is 'done' "$(json 'steps[name=look].state')"
is 1 "$(json incident.severity)"
is closed "$(json incident.state)"
is 7 "$(json conflicts#)"
ok status "$inc"
out "The severity was set to 1 and to 2 at the same time"
out "is held by sato and by mori"
out "1/look was ended twice at the same time"
out "\"host\" was answered"
out "without knowing that it was closed"
out "also on"
ok timeline "$inc"
out "all is well"
out "handed on"
out "still going"

title "two people at two machines: asked for on A, approved on B, run on A"
H=$T/A
ok --no-input start alpha slow --var host=FS2
exits 77 run move
says "on their own device"
says "ir approve 1/move"
says "no device is connected: tell them by voice, and take it there:"
silent "--as"
meet A B
H=$T/B
ok --json list
ok use "$("$PY" -c 'import json
print(max(json.load(open("out")), key=lambda i: i["declared"])["id"])')"
ok approve move
exits 77 run move
meet B A
on A run move
on A --json status
is 'done' "$(json 'steps[name=move].state')"
meet A B
on B --json status
is 0 "$(json record.this_device_only)" # B's approval does not keep it there
on B --json show move
on B timeline
out "moved" || :

title "two commanders, and a step done on both sides of a cut"
H=$T/A
ok --no-input start alpha slow --var host=FS3
on A role take commander
meet A B
H=$T/B
ok --json list
ok use "$("$PY" -c 'import json
print(max(json.load(open("out")), key=lambda i: i["declared"])["id"])')"
on A 'done' look -m "Mori answered"
on B role act commander -r "Sato is not reached"
on B 'done' look -m "Sato answered"
meet A B
for who in A B; do
    on $who status
    out "is held by"
    out "ir role release commander"
    out "1/look was done more than once, by"
    on $who show look
    out "Done more than once, by"
    on $who --json show look
    is 2 "$(json twice#)"
done
on A next
out "You and Mori both hold the role"
on B next
out "You and Sato both hold the role"
on B note "looked at twice: no harm"
on B show look
silent "more than once"
on B role release commander
meet A B
on A status
silent "is held by"
silent "more than once"

title "the output of the command came too"
on B --json carry in "$T/stick.$sticks"
is 0 "$(json objects_missing)"

title "what is withheld goes without its text, and what is erased is gone"
H=$T/A
ok --json note "Passport TK0000000 of a witness"
held=$(id)
ok --json note "Phone 090-0000-0000 of a witness"
gone=$(id)
meet A B
on B --json log
grep -q TK0000000 out || fail "the text did not come"
on A redact "$held" -r "a witness"
on A --yes redact "$gone" -r "a witness" --erase
meet A C
on C log
silent TK0000000
silent 090-0000
meet A B
on B log
silent 090-0000
! grep -raqF 090-0000 "$T/B" || fail "an erased text is still there"
on B verify
on C verify

title "where it is, and who holds what"
meet A C
meet A B
H=$T/A
ok --json mesh status
is 3 "$(json devices#)"
is true "$(json 'devices[custodian=sato].this')"
is "$(json 'devices[custodian=mori].of')" "$(json 'devices[custodian=mori].held')"
is dir "$(json 'devices[custodian=mori].carrier')"
is 0 "$(json 'incidents[0].this_device_only')"
is 0 "$(json stuck.objects_missing)"
is 0 "$(json stuck.gaps#)"
ok status
out "also on"
ok note "something new"
ok status
out "1 of "
out "ir carry out DIR"
ok --json
is 1 "$(json record.this_device_only)"
ok
out "ir carry out DIR"
ok mesh status
out "by hand"
out "nothing leaves this device by itself: start ird"
out "mori"
IRLANG=ja_JP.UTF-8 ok mesh status
out "この端末"

title "a stolen machine: what it held stays, what it signs after does not come"
meet A C
H=$T/A
ok member remove ito -r "laptop stolen"
meet A B
H=$T/C
ok note "by whoever has the laptop"
late=$(ir --json log | tail -1 | grep -o '"id":"[0-9a-f]*"')
mkdir stolen
ok carry out stolen
H=$T/A
ok --json carry in stolen
is 1 "$(json refused.revoked)"
is 0 "$(json entries)"
ok carry in stolen
out "by a revoked key"
ok --json log
! grep -q "$late" out || fail "it came"
grep -q "still going" out || fail "what was accepted is gone"
ok --json mesh status
is ito "$(json 'stuck.refused[why=revoked].author')"
ok verify

title "what is carried out from then on the stolen machine cannot open"
mkdir after
on A note "said after the theft"
on A carry out after
on C --json carry in after
[ "$(json files.unreadable)" -ge 1 ] || fail "it opened everything"
on C --json log
silent "said after the theft"
on B carry in after
on B timeline
out "said after the theft"

title "whatever else lies on the stick is passed over and said"
mkdir odd
on A carry out odd
# shellcheck disable=SC2012 # names are hex digits
name=$(ls -S odd/ir | head -1)
head -c 3000 "odd/ir/$name" >odd/ir/00000000000000000000000000000001
head -c 9999 /dev/urandom >odd/ir/00000000000000000000000000000002
ln -s /etc/passwd odd/ir/00000000000000000000000000000003
mkfifo odd/ir/00000000000000000000000000000004
: >odd/ir/holiday.jpg
mkdir odd/ir/holiday
truncate -s 99M odd/ir/00000000000000000000000000000005
on B --json carry in odd
is 2 "$(json files.good)" # the other: lane T under the key of before
is 1 "$(json files.huge)"
is 3 "$(json files.odd)"
on B carry in odd
out "Files passed over"
# what only a file that was cut off promises is written again
rm "odd/ir/$name"
on A --json carry out odd
is 0 "$(json held)"

title "no such directory, nothing there, no words"
exits 66 carry in "$T/nowhere"
exits 66 carry in "$T/user"
exits 64 carry in
exits 64 carry out
exits 64 carry sideways x

title "a full stick: said in words; what was written counts"
mkdir small
cat >full.sh <<'END'
mount -t tmpfs -o "size=$SIZE,mode=755" none small || exit 99
shift
"$@"
rc=$?
cp -a small/. "$KEPT"
exit $rc
END
# full SIZE ARGS...: with `small` a medium of that size; what it holds then is
# in `kept`
full() {
    rm -rf kept
    mkdir kept
    as=-rm
    [ "$(command id -u)" -ne 0 ] || as=-m # a chroot lets root do this, and not that
    EXEC="env SIZE=$1 KEPT=$T/kept unshare $as sh $T/full.sh -"
    shift
    "$@"
    EXEC=
}
on A note "before the stick was full"
full 24k exits 1 carry out small
err "not all of it could be written"
err "what was written counts"
silent "no space left on device ("
is 1 "$(find kept/ir -type f | wc -l)"
on B carry in kept # what happened fitted, the runbooks did not
on B timeline
out "before the stick was full"
full 4k exits 1 carry out small
err "nothing could be written"
is 0 "$(find kept/ir -type f | wc -l)"

title "a stick that is not mounted is not taken for one in silence"
mkdir unplugged
on A carry out unplugged
err "the same disk as the home"

title "a home is no stick"
mkdir "$T/parent"
cp -a "$H" "$T/parent/ir"
before=$(ls "$T/parent/ir")
exits 77 carry out "$T/parent"
says "holds a home"
exits 77 carry in "$T/parent"
exits 77 carry out "$T/parent/ir"
exits 77 carry in "$T/parent/ir"
is "$before" "$(ls "$T/parent/ir")"
