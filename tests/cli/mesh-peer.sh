#!/bin/sh
# mesh-peer.sh IR: where the others are, how this device talks to them; the
# daemon's manners.
. "${0%/*}/lib.sh"

IRD=${IR%/*}/ird
home small

title "peers"
ok mesh peer
err "No peers"
ok mesh peer add ops2.example.jp
is ops2.example.jp:8747 "$(cat out)"
ok mesh peer add 192.0.2.7:9000
ok mesh peer add 2001:db8::7
ok mesh peer add '[2001:db8::8]:9001'
ok --json mesh peer
is ops2.example.jp:8747 "$(json "peers[0]")"
is 192.0.2.7:9000 "$(json "peers[1]")"
is '[2001:db8::7]:8747' "$(json "peers[2]")"
is '[2001:db8::8]:9001' "$(json "peers[3]")"
exits 1 mesh peer add ops2.example.jp:8747
says "is a peer already"
ok mesh peer remove ops2.example.jp
exits 66 mesh peer remove ops2.example.jp
says "is no peer"

title "what is no address, and words that are off"
for bad in '' ' ' 'a b' '-x' 'host:' 'host:0' 'host:65536' 'host:99x' \
    '[192.0.2.7]' '[::1' '[::1]x' '::1]:5' 'a_b' '日本'; do
    exits 64 mesh peer add -- "$bad"
done
exits 64 mesh peer rename a
exits 64 mesh peer add
exits 64 mesh peer list a
ok --json mesh peer
is 192.0.2.7:9000 "$(json "peers[0]")"

title "carriers"
ok --json mesh carrier
is true "$(json lan.on)"
is true "$(json https.on)"
is 8747 "$(json https.port)"
ok mesh carrier lan off
ok mesh carrier --port 18799 --listen 127.0.0.1
ok --json mesh carrier
is false "$(json lan.on)"
is 18799 "$(json https.port)"
is 127.0.0.1 "$(json https.listen)"
exits 64 mesh carrier radio on
exits 64 mesh carrier lan maybe
exits 64 mesh carrier --port 0
exits 64 mesh carrier --listen localhost
IRLANG=ja_JP.UTF-8
ok mesh carrier
says "待ち受け 127.0.0.1"
IRLANG=en_US.UTF-8

# ird_exits CODE ARGS...: run the daemon, which ends at once
ird_exits() {
    want=$1
    shift
    rc=0
    bare "$IRD" "$@" >out 2>err || rc=$?
    is "$want" "$rc"
}

# wait_for TEXT FILE: at most five seconds
wait_for() {
    i=0
    while ! grep -q "$1" "$2"; do
        i=$((i + 1))
        [ "$i" -le 100 ] || fail "$2 does not say: $1: $(cat "$2")"
        sleep 0.05
    done
}

# daemon TEXT ARGS...: start it, until it says TEXT; $pid is its own, not a shell's
daemon() {
    said=$1
    shift
    rm -f pid
    # shellcheck disable=SC2016
    bare sh -c 'echo $$ >pid; exec "$@"' \
        - "$IRD" "$@" 2>log &
    job=$!
    wait_for "$said" log
    pid=$(cat pid)
}

title "the daemon: words, no home, one a home"
ird_exits 64 mesh
err "takes no words"
ird_exits 64 --nonsense
ird_exits 66 -C "$T/nowhere"
ird_exits 0 --version
daemon "ready:"
ird_exits 75
err "another ird runs"

title "the daemon: settings and signals while it runs"
ok mesh peer remove 192.0.2.7:9000
ok mesh peer remove 2001:db8::7
ok mesh peer remove '[2001:db8::8]:9001'
ok mesh carrier https off
ok note "while it runs"
kill -HUP "$pid"
ok note "after it was told to start its carriers anew"
kill -TERM "$pid"
rc=0
wait "$job" || rc=$?
is 0 "$rc"
wait_for "ended" log
[ ! -e "$H/ird.sock" ] || fail "its socket stayed behind"

title "the daemon: killed, and started again"
daemon "ready:"
kill -KILL "$pid"
wait "$job" 2>/dev/null || true
ok note "nobody listens"
daemon "準備ができました" --lang ja
kill -INT "$pid"
kill -TERM "$pid"
wait "$job" || true
ok verify

title "the daemon: what it listens on cannot be had"
ok mesh carrier https on --listen 192.0.2.77 # no address of this machine
daemon "ready:"
ok mesh status
out "calls only"
out "others cannot call this device"
out "ir mesh carrier --port N"
kill -TERM "$pid"
wait "$job" || true
