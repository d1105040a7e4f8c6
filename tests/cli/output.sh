#!/bin/sh
# What is printed where: 40 columns, terminals and character sets that cannot
# draw Japanese, colour, pipes that break, a standard output that is full.
. "${0%/*}/lib.sh"
home shipped
member Mori
WITH="$WITH IR_AS=sato"
ok --no-input start flight-information ransomware --var host=fs1
ok note "日本語のメモ: 脅迫文"

# widest FILE: of its lines, in columns (a Japanese letter takes two).
widest() {
    "$PY" -c 'import sys, unicodedata
print(max([0] + [sum(0 if unicodedata.combining(c) else
    2 if unicodedata.east_asian_width(c) in "WF" else 1
    for c in l.rstrip("\n")) for l in open(sys.argv[1], encoding="utf-8")]))' "$1"
}

title "40 columns: no line is longer, no word is lost"
for lang in en ja; do
    for words in status next "contacts list" timeline "clock list" who \
        "runbook list" "release list" "exception list" help log \
        "help role" "help report-in"; do
        COLS=40
        # shellcheck disable=SC2086 # a command and its operands
        typed --lang $lang $words </dev/null
        is 0 "$got"
        w=$(widest out)
        [ "$w" -le 40 ] || fail "$w columns: --lang $lang $words"
    done
done
COLS=80

title "a character set without Japanese: English, and nothing that is no ASCII"
for lang in en_US.ISO-8859-1 ja_JP.eucJP C.ANSI_X3.4-1968; do
    IRLANG=$lang
    for words in status next timeline log help; do
        ok "$words"
        ! LC_ALL=C grep -q '[^ -~]' out || fail "LANG=$lang: $words: no ASCII"
    done
    exits 66 show 日本
    ! LC_ALL=C grep -q '[^ -~]' err || fail "LANG=$lang: an error: no ASCII"
    ok timeline
    out '\u{65E5}'
    ok --json timeline
    out "日本語のメモ"
    [ ! -s err ] || fail "talk beside JSON"
    exits 66 --json show 日本
    is 日本 "$("$PY" -c 'import json; print(json.load(open("err", encoding="utf-8"))["error"]["message"].split("\"")[1])' 2>&1 || cat err)"
done

title "no character set is named: what people wrote comes as they wrote it"
for lang in C POSIX ''; do
    IRLANG=$lang
    for words in status next timeline help; do
        ok "$words"
    done
    ok timeline
    out "日本語のメモ"
done

title "the console of the kernel cannot draw Japanese"
IRLANG=ja_JP.UTF-8 IRTERM=linux
typed status </dev/null
is 0 "$got"
silent "記録"
out "record"
IRTERM=dumb
typed status </dev/null
! grep -q "$(printf '\033')" out || fail "codes on a dumb terminal"
IRTERM=xterm
typed status </dev/null
out "記録"
IRLANG=en_US.UTF-8

title "colour only on a terminal that has it, and where it is wanted"
ok status
! grep -q "$(printf '\033')" out || fail "codes in a file"
typed --plain status </dev/null
! grep -q "$(printf '\033')" out || fail "codes with --plain"

title "who reads stops reading: no noise, and ir knows"
ok note "$(head -c 60000 /dev/zero | tr '\0' x)"
for words in log timeline "log --cbor" help status "--json log"; do
    {
        rc=0
        # shellcheck disable=SC2086 # a command and its operands
        ir $words 2>err || rc=$?
        echo $rc >rc
    } | head -c 10 >out
    [ ! -s err ] || fail "noise: $words"
    case $(cat rc) in
    0 | 1 | 141) ;;
    *) fail "exit $(cat rc): $words" ;;
    esac
done

title "what was recorded is recorded, whoever reads the answer"
before=$(entries)
{
    rc=0
    ir note "into a pipe nobody reads" 2>err || rc=$?
    echo $rc >rc
} | :
ok log
out "into a pipe nobody reads"
is $((before + 1)) "$(entries)"

title "nowhere to print: said, by the exit code too"
if [ -w /dev/full ]; then
    got=0
    ir log >/dev/full 2>err </dev/null || got=$?
    is 1 "$got"
    err "standard output"
    got=0
    ir note "printed into what is full" >/dev/full 2>err </dev/null || got=$?
    is 1 "$got"
    err "What was recorded is kept"
    ok log
    out "printed into what is full"
fi
got=0
ir status >&- 2>err </dev/null || got=$?
[ "$got" -le 1 ] || fail "exit $got with standard output closed"
ok verify
