#!/bin/sh
# tour.sh: the README's five minutes, word for word, in an empty home.
. "${0%/*}/lib.sh"

# commands HEADING: those under that heading of the README.
commands() {
    "$PY" - "$src/README.md" "$1" <<'END'
import re
import sys

text = open(sys.argv[1], encoding="utf-8").read()
block = re.search(r"# " + sys.argv[2] + r".*?```sh\n(.*?)```", text, re.S)
print("set -eu\n" + block.group(1))
END
}

title "the commands of the README"
commands "Five minutes" >"$T/tour"
[ "$(grep -c '^ir ' "$T/tour")" -ge 10 ] || fail "no commands found"
bare sh "$T/tour" >"$T/out" 2>"$T/err" </dev/null || fail "it stopped"
out "Isolate the first host"
out "Counter C shows a ransom note"
out "all signatures good"
out "ssh-keygen -Y verify"

title "a second machine"
commands "A second machine" >"$T/tour2"
[ "$(grep -c '^ir ' "$T/tour2")" -ge 10 ] || fail "no commands found"
bare sh "$T/tour2" >"$T/out" 2>"$T/err" </dev/null || fail "it stopped"
out "Gate displays are dark, too"
out "this device"
! grep -rq "Gate displays" "$T/user/ir-tour-stick" || fail "read on the stick"

title "the same, said in Japanese"
rm -rf "$T/user/ir-tour"
IRLANG=ja_JP.UTF-8
bare sh "$T/tour" >"$T/out" 2>"$T/err" </dev/null || fail "it stopped"
out "最初の端末を隔離する"
out "記録しました"

title "the commands of its Japanese half"
commands "五分で試す" >"$T/tour"
[ "$(grep -c '^ir ' "$T/tour")" -ge 10 ] || fail "no commands found"
bare sh "$T/tour" >"$T/out" 2>"$T/err" </dev/null || fail "it stopped"
out "最初の端末を隔離する"
out "カウンターCに脅迫文"
out "署名は全て正しい"

title "a second machine, in Japanese"
commands "二台目の端末" >"$T/tour2"
[ "$(grep -c '^ir ' "$T/tour2")" -ge 10 ] || fail "no commands found"
bare sh "$T/tour2" >"$T/out" 2>"$T/err" </dev/null || fail "it stopped"
out "搭乗口の表示も消えている"
