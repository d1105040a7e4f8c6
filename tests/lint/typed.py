#!/usr/bin/env python3
"""What a runbook tells a person to type is there: the command stands in the
table of commands, and the runbook that is to be added exists.
"""
import os
import re

import lint

TABLE = "engine/cmd/table.c"
# "Type: add email ransomware.", "と入力", "ir triage" in the middle of a line.
SAID = [
    re.compile(r"(?<!\w)[Tt]ype:? +((?:ir +)?[a-z][a-z-]*(?: +[A-Za-z-]+)*)"),
    re.compile(r"次を入力: *((?:ir +)?[a-z][a-z-]*(?: +[a-z-]+)*)"),
    re.compile(r"(?<![\w}-])(?<!\w )((?:ir +)?[a-z][a-z-]*(?: +[a-z-]+)*) *と入力"),
    re.compile(r"(?<![\w.-])ir +([a-z][a-z-]*(?: +[a-z-]+)*)"),
]
# Words after "type" that are no command: "type no password".
PLAIN = {"no", "something", "it", "them"}
# Words after "ir" that speak of the program: "ir is", "ir starts".
ABOUT = {"is", "starts", "where", "or", "by", "and", "in", "the"}


def commands(root):
    path = os.path.join(root, TABLE)
    if not os.path.exists(path):
        return set()
    return set(re.findall(r'^\s*\{"([a-z -]+)",', lint.read(root, TABLE), re.M))


def fault(root, known, words):
    words = [w for w in words.split() if w != "ir"]
    if not words or words[0] in PLAIN | ABOUT:
        return None
    if words[0] not in known and " ".join(words[:2]) not in known:
        return f"no command {' '.join(words[:2])!r}"
    if words[0] == "add" and len(words) > 2 and words[1].islower() and \
            words[2].islower() and not os.path.exists(os.path.join(
                root, "runbooks", words[1], words[2] + ".lua")):
        return f"no runbook {words[1]}/{words[2]}"
    return None


def check(root):
    known = commands(root)
    for path in lint.files(root, ".lua", under=("runbooks",)):
        text = re.sub(r"--[^\n]*", lambda m: " " * len(m[0])
                      if '"' not in m[0] else m[0], lint.read(root, path))
        for pattern in SAID:
            for m in pattern.finditer(text):
                said = fault(root, known, m[1])
                if said:
                    yield path, lint.line_of(text, m.start()), said


COMMANDS = 'x[] = {\n    {"add", a, W, N_("")},\n    {"triage", t, R, N_("")},\n};\n'
PLANTS = [
    ({TABLE: COMMANDS, "runbooks/a/b.lua": 'en = "Type: channel down mail."\n'},
     "no command 'channel down'"),
    ({TABLE: COMMANDS, "runbooks/a/b.lua": 'ja = "evidence list と入力する。"\n'},
     "no command 'evidence list'"),
    ({TABLE: COMMANDS, "runbooks/a/b.lua": 'ja = "次を入力: add a gone"\n'},
     "no runbook a/gone"),
    ({TABLE: COMMANDS, "runbooks/a/b.lua": 'en = "Run ir carry out now."\n'},
     "no command 'carry out'"),
]
CLEAN = {TABLE: COMMANDS,
         "runbooks/a/b.lua": 'en = "Type: add a b. Walk it. Type triage."\n'
                             'ja = "add a b と入力し、続ける。"\n'}

if __name__ == "__main__":
    lint.main(check, PLANTS, CLEAN)
