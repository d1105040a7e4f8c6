#!/bin/sh
# setup.sh: what ./setup says where packages, sudo or the right to write are
# missing; a copy of it runs with programs that only say what they were asked.
# shellcheck disable=SC2016 # the programs expand it
set -eu

src=$(cd "${0%/*}/../.." && pwd)
T=$(mktemp -d)
trap 'chmod -R u+w "$T"; rm -rf "$T"' EXIT

fail()
{
    echo "FAILED: $*"
    cat "$T/said"
    exit 1
}

# try CODE WORDS...: run the copy; what it said is in $T/said
try()
{
    want=$1 got=0
    shift
    env -i PATH="$T/bin" HOME="$T" LANG="$lang" sh "$T/setup" "$@" \
        > "$T/said" 2>&1 < /dev/null || got=$?
    [ "$got" -eq "$want" ] || fail "exit $got, not $want: $lang ./setup $*"
}

says()
{
    grep -qF -e "$1" "$T/said" || fail "does not say: $1"
}

# fake NAME LINE: a program of one line
fake()
{
    printf '#!/bin/sh\n%s\n' "$2" > "$T/bin/$1"
    chmod +x "$T/bin/$1"
}

mkdir "$T/bin" "$T/closed"
sed "s|^policy=.*|policy=$T/policy-rc.d|" "$src/setup" > "$T/setup"
for p in sh env awk sort tr cat rm mv mkdir dirname grep date; do
    ln -s "$(command -v $p)" "$T/bin/$p"
done
fake id 'echo 1000'
fake meson 'echo "meson $*" >> "$HOME/asked"'
fake ninja 'echo "ninja $*" >> "$HOME/asked"'
fake dpkg-query 'shift 3; for p; do [ "$p" = nettle-dev ] ||
    echo "$p installed"; done'

# A package is missing, and nobody can be root.
for lang in en_US.UTF-8 ja_JP.UTF-8; do
    try 1 build
    says 'apt-get install --no-install-recommends nettle-dev'
    [ ! -e "$T/asked" ] || fail 'something was built'
done
says 'rootで次を実行してください'

# With sudo it is installed, and that alone.
fake sudo 'echo "sudo $*" >> "$HOME/asked"'
lang=en_US.UTF-8
try 0 build
grep -q 'sudo env DEBIAN.* install nettle-dev$' "$T/asked" ||
    fail 'nothing was installed'
rm "$T/bin/sudo"

# Servers that only tests want are installed, and start neither now nor later;
# what was there before is left as it is.
fake sudo 'printf "%s\n" "sudo $*" >> "$HOME/asked"'
fake systemctl ':'
fake python3 ':'
fake dpkg-query 'shift 3; for p; do case $p in
    dovecot-*) ;; *) echo "$p installed" ;; esac; done'
rm -f "$T/asked"
try 0 test
grep -v 'apt-get -qq update' "$T/asked" | grep '^sudo' > "$T/order"
sed -n 1p "$T/order" | grep -q 'exit 101.*policy-rc.d' || fail 'not held'
sed -n 2p "$T/order" | grep -q 'install dovecot-imapd$' || fail 'installed'
sed -n 3p "$T/order" | grep -q "^sudo rm -f $T/policy-rc.d$" ||
    fail 'held for ever'
grep -q '^sudo systemctl disable dovecot.service$' "$T/asked" ||
    fail 'starts at the next boot'
grep -q 'disable \(cups\|exim4\|rsyslog\)' "$T/asked" &&
    fail 'touched what was there'
rm "$T/bin/sudo" "$T/bin/systemctl" "$T/bin/python3"

# A place that cannot be written to (root can write anywhere).
fake dpkg-query 'shift 3; for p; do echo "$p installed"; done'
: > "$T/file"
rm -f "$T/asked"
for lang in en_US.UTF-8 ja_JP.UTF-8; do
    try 1 install "$T/file/prefix"
    says "./setup install $T/.local"
    says "./setup install $T/file/prefix"
    [ "$(wc -l < "$T/said")" -eq 3 ] || fail 'more than what to do'
    [ ! -e "$T/asked" ] || fail 'it was built for nothing'
done
lang=en_US.UTF-8
try 0 install "$T/prefix"
grep -q 'meson install' "$T/asked" || fail 'not installed'
try 64 install prefix
try 64 install /a /b
try 64 nonsense
try 64

# What a benchmark wants, ./setup bench installs.
sed -n "/^packages_bench='/,/'\$/p" "$src/setup" | tr -s "' \n" '\n' \
    > "$T/listed"
sed -n 's/.*have("[^"]*", "\([^"]*\)").*/\1/p' "$src"/tests/bench/*.py \
    > "$T/wanted"
[ -s "$T/wanted" ] || fail 'the benchmarks want nothing?'
while read -r p; do
    grep -qx "$p" "$T/listed" || fail "packages_bench: $p"
done < "$T/wanted"
echo 'said what was missing'
