#!/bin/sh
# bad-input.sh: what is malformed, hostile or damaged gets one clear line and
# the right exit code, and loses nothing.
. "${0%/*}/lib.sh"

home small
ok --as sato note "before"
before=$(entries)
site=$H/site/runbooks

# refused CODE TEXT: `release make` says TEXT, and nothing is recorded.
refused() {
    exits "$1" --as sato release make
    says "$2"
    is "$before" "$(entries)"
}

title "a runbook that Lua cannot read"
echo 'return {' >"$site/alpha/broken.lua"
refused 2 "alpha/broken.lua:"

title "an endless loop"
echo 'while true do end' >"$site/alpha/broken.lua"
refused 2 "alpha/broken.lua"

title "memory without end"
echo 'local t = {} while true do t[#t + 1] = ("x"):rep(100000) .. #t end' \
    >"$site/alpha/broken.lua"
refused 2 "alpha/broken.lua"

title "an unknown field, named with its line"
cat >"$site/alpha/broken.lua" <<'END'
return {
  api = 1, kind = "recovery", id = "alpha/broken",
  title = { en = "x", ja = "x" },
  stepz = {},
}
END
refused 2 "alpha/broken.lua:4"

title "a missing translation"
sed -i 's/, ja = "x"//; s/stepz/steps/' "$site/alpha/broken.lua"
refused 2 "alpha/broken.lua:3"

title "git in the middle of a merge"
rm "$site/alpha/broken.lua"
echo "-- changed" >>"$site/site.lua"
git -C "$H/site" rev-parse HEAD >"$H/site/.git/MERGE_HEAD"
exits 77 --as sato release make
says "merge"
is "$before" "$(entries)"
rm "$H/site/.git/MERGE_HEAD"
exits 1 --as sato release make
says "nothing has changed"

title "names that leave their place"
exits 64 --as sato runbook new ../../evil/x
exits 64 --as sato member add Evil --handle ../evil
exits 66 --as ../sato note x
[ ! -e "$T/evil" ] || fail "a directory outside was made"

title "a home that others can read"
chmod 750 "$H"
exits 77 --as sato note x
says "chmod 700"
chmod 700 "$H"

title "another user's home"
if [ "$(command id -u)" -eq 0 ]; then
    chown 65534 "$H"
    exits 77 --as sato note x
    says "belongs to another user"
    chown 0 "$H"
fi

title "a database that lies elsewhere"
sqlite3 "$H/ir.db" 'PRAGMA wal_checkpoint(TRUNCATE)' >/dev/null
mkdir far

# state: of the home's database files and of what they point to.
state() { (cd "$H" && stat -c '%n %s %Y' ir.db* && sha256sum "$T"/far/*); }

for file in ir.db ir.db-wal ir.db-shm; do
    [ -e "$H/$file" ] || : >"$H/$file"
    mv "$H/$file" far/there
    for name in there nowhere; do # also a link that leads nowhere
        ln -s "$T/far/$name" "$H/$file"
        before=$(state)
        for words in 'note x' status 'rebuild --salvage' verify; do
            # shellcheck disable=SC2086
            exits 77 --as sato $words
            err "$file is a symbolic link"
        done
        is "$before" "$(state)"
        rm "$H/$file"
    done
    mv far/there "$H/$file"
done
as sato note "here again"

title "a file may not grow (ulimit -f): said, not ended without a word"
before=$(entries)
(
    ulimit -f 1
    rc=0
    ir --as sato note "too much" >"$T/limited" 2>&1 </dev/null || rc=$?
    echo "$rc" >>"$T/limited"
) || :
cat limited >out
is 1 "$(tail -n 1 out)"
says "NOT recorded"
is "$before" "$(entries)"
ok verify

title "a terminal that cannot draw Japanese speaks English"
IRLANG=ja_JP.UTF-8 IRTERM=linux
typed status </dev/null
silent "インシデント"
IRLANG=en_US.UTF-8 IRTERM=xterm

title "a damaged database: told, salvaged, whole again"
before=$(entries)
sqlite3 "$H/ir.db" 'PRAGMA wal_checkpoint(TRUNCATE)' >/dev/null
head -c 4096 /dev/urandom |
    dd of="$H/ir.db" bs=4096 count=1 conv=notrunc 2>/dev/null
exits 1 --as sato note x
says "NOT recorded"
says "salvage"
ok rebuild --salvage
is "$before" "$(entries)"
ok verify
