#!/bin/sh
# install.sh BUILD: what `meson install` puts down works by itself: programs,
# runbooks, Japanese and manuals are found beside each other, and `ir` loads
# nothing heavy.
set -eu

build=$1
scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT

fail()
{
    echo "$1"
    exit 1
}

DESTDIR=$scratch/root meson install -C "$build" --no-rebuild --quiet \
    > "$scratch/log" 2>&1 || { cat "$scratch/log"; exit 1; }
bin=$(find "$scratch/root" -type f -name ir -perm -100)
[ -n "$bin" ] || fail 'no ir was installed'
prefix=${bin%/bin/ir}

# ir WORD...: the installed program, in an environment of its own
ir()
{
    env -i PATH=/usr/bin:/bin HOME="$scratch" LANG=ja_JP.UTF-8 \
        "$bin" -C "$scratch/home" --no-input "$@"
}

ir init --org 'みなと空港' --person Ito > "$scratch/said"
grep -q 'ホームを作りました' "$scratch/said" || fail 'init: no Japanese'
ir --yes release approve > /dev/null
ir start flight-information ransomware > "$scratch/said"
grep -q '記録しました' "$scratch/said" || fail 'start: nothing recorded'
ir verify > /dev/null || fail 'verify'

for page in docs/man/*.[1-8] docs/man/ja/*.[1-8]; do
    section=${page##*.} name=${page##*/}
    case $page in
    docs/man/ja/*) where=$prefix/share/man/ja/man$section ;;
    *) where=$prefix/share/man/man$section ;;
    esac
    [ -f "$where/$name" ] ||
        fail "$page was not installed (an old build? meson setup --reconfigure)"
done

# The daemon's unit names the daemon that stands beside it.
unit=$prefix/lib/systemd/system/ird@.service
started=$(sed -n 's/^ExecStart=//p' "$unit")
[ -x "$scratch/root$started" ] || fail "$unit starts $started, which is not there"
"$scratch/root$started" --version > /dev/null || fail 'ird does not start'
# `ir` finds it where it was installed: nobody answers, but it was asked.
got=0
env -i PATH=/usr/bin:/bin HOME="$scratch" "$bin" -C "$scratch/new" mesh join \
    0000-0000-0000-0000-0000-0000-02CR --at 127.0.0.1:9 \
    > "$scratch/said" 2>&1 || got=$?
[ "$got" -eq 75 ] || fail "mesh join --at: exit $got: $(cat "$scratch/said")"
# Under it systemd answers openat2 with ENOSYS, and every file beneath a home
# is opened by that.
grep -q '^RestrictSUIDSGID=' "$unit" && fail "$unit: openat2 is not there"
# The sender is within its limits, too: a worker, a broker and a program each.
runs=$(sed -n 's/^#define RUNS_MAX \([0-9]*\).*/\1/p' \
    "${0%/*}/../engine/cmd/sender_load.c")
tasks=$(sed -n 's/^TasksMax=//p' "$unit")
[ "$tasks" -ge $((3 * ${runs:?} + 32)) ] ||
    fail "$unit: $tasks tasks are too few for $runs workers"

# Start-up time is why (docs/design.md): no git, no Lua, no curl in `ir`.
heavy=$(readelf -d "$bin" | grep -E 'NEEDED.*(git2|lua|curl|seccomp|microhttpd|gnutls|uv)' || :)
[ -z "$heavy" ] || fail "ir loads $heavy"
echo 'installed and used'
