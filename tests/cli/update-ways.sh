#!/bin/sh
# By which ways words for an audience go out, to how many, and what is by hand;
# while mail is distrusted nothing of them goes by mail.
. "${0%/*}/lib.sh"
home small
site=$H/site/runbooks
cat >"$T/take" <<'X'
#!/bin/sh
cat >/dev/null
printf '%s|%s\n' "$2" "$3" >>"$1"
X
chmod +x "$T/take"
"$PY" - "$site/contacts.lua" "$T" <<'X'
import sys
path, t = sys.argv[1:]
with open(path, encoding="utf-8") as f:
    s = f.read()


def put(old, new):
    global s
    assert old in s, old
    s = s.replace(old, new, 1)


def way(name, more=""):
    return ('{ id = "%s", plugin = "command", title = { en = "%s", ja = "%s" }'
            '%s, config = { program = "%s/take", args = { "%s/%s", "{to}", '
            '"{short}" } } }' % (name, name, name, more, t, t, name))


put('{ { "phone", "050-0000-0001" } }', '{ { "sms", "101" } }')
put('{ { "radio", "channel 3" } }', '{ { "post", "mori@x" },'
    ' { "radio", "channel 3" } }')
put('  },\n  roles', '''    { id = "client", name = { en = "Client", ja = "発注者" }, language = "ja",
      outside = true, verified = "2026-10-01", channels = { { "sms", "909" } } },
    { id = "press", name = { en = "Press", ja = "記者" }, language = "ja",
      outside = true, verified = "2026-10-01",
      channels = { { "post", "press@x" } } },
  },
  roles''')
put('may_know = { "what", "when" }, releases = "commander" },',
    'may_know = { "what", "when" }, releases = "commander",\n'
    '      members = { "client", "press" }, channels = { { "post", "list@x" } },'
    '\n      by = { en = "loudspeaker", ja = "拡声器" } },')
put('may_know = { "what" }, releases = "commander" },',
    'may_know = { "what" }, releases = "commander", members = { "ito", "mori" } },')
put('  partners =', '  channels = { %s, %s },\n  partners =' % (
    way("sms"), way("post", ", mail = true")))
with open(path, "w", encoding="utf-8") as f:
    f.write(s)
X
ok --as sato release make
ok --as sato release approve
member Mori
ok --as sato --no-input start alpha one
ok --as sato role take commander
got() { if [ -e "$T/$1" ]; then wc -l <"$T/$1"; else echo 0; fi; }
# until_is WANT COMMAND...: what a sender does takes a moment
until_is() {
    want=$1 n=0
    shift
    until [ "$("$@")" = "$want" ] || [ $n -ge 300 ]; do
        n=$((n + 1))
        sleep 0.1
    done
    is "$want" "$("$@")"
}
end() { pgrep -f -- "-C $H comms send" | xargs -r kill || :; }

title "before it is released: by which channel to how many, what by hand"
ok --as mori update public --text "The gate is closed"
err "It has not left: it waits for the Commander"
err "Once it may leave, it goes out by sms to 1: Client"
err "Once it may leave, it goes out by post to 2: Press, Public"
err "Once it may leave, by hand: loudspeaker"
ok --json alert list
A=$(json '[0].id')
is 0 "$(got sms)"

title "a code that is read back before: it waits for the release"
code=$("$PY" -c 'import hashlib, sys
h = hashlib.sha256(b"ir-check@v1" + bytes.fromhex(sys.argv[1])).digest()
n = int.from_bytes(h[:5], "big")
print("".join("0123456789ABCDEFGHJKMNPQRSTVWXYZ"[n >> 35 - 5 * i & 31]
              for i in range(8)))' "$A")
exits 2 check-code "$code"
out "waits for its release by the Commander"
silent "cosignatures"
IRLANG=ja_JP.UTF-8 exits 2 check-code "$code"
out "指揮者の発信の承認待ちです"

title "what went by mail before ends without it"
ok --as sato --json update staff --text "First word"
B=$(json id)
until_is 1 got sms
until_is 1 got post
rm "$T/sms" "$T/post"

title "mail is distrusted: released, it goes by the rest alone"
ok --as sato channel distrust mail -r "they read it"
ok --as sato alert cancel "$B" -r over "A secret of the end"
until_is 1 got sms
rm "$T/sms"
exits 77 --as sato alert resend "$A"
ok --as sato update release "$A"
out "Released alert"
silent "Cosigned"
err "It is out now"
err "Goes out by sms to 1: Client"
silent "by post"
err "No way is open to: Press, Public"
err "By hand: loudspeaker. Once that is done:  ir update told"
until_is 1 got sms
IRLANG=ja_JP.UTF-8 ok log
out "発信を承認"
silent "連署"

title "said in one's own words, by the template, and released at once: the same"
ok --as sato update public --text "The gate is still closed"
err "Goes out by sms to 1: Client"
ok --as sato update public --template notice --what "The gate" --release
err "Goes out by sms to 1: Client"
err "By hand: loudspeaker. Once that is done:  ir update told"
ok --as sato update staff --text "Come to the hall"
err "Goes out by sms to 1: Ito"
err "Only you can reach them, by hand:"
err "radio channel 3"
err "Say: Come to the hall ["
ok --as sato --json update staff --text "Come to the gate"
is sms "$(json 'channels[0].channel')"
is 1 "$(json 'channels[0].people')"
is 1 "$(json by_hand)"
ok --as sato notify public "Closed until noon"
err "Goes out by sms to 1: Client"
until_is 6 got sms
ok --json comms send --for 1s || :
is 0 "$(got post)"

title "no channel leads there: that is said"
ok --as sato channel down sms
ok --as sato update public --text "Open again"
err "By no channel: nothing of it goes out by itself."
end
ok verify
