#!/usr/bin/env python3
"""usage.py IR LANG: what a command says when its words are too few or too many.

Every command of engine/cmd/table.c is run with no word and with far too many;
the usage line that comes back stands word for word in the SYNOPSIS of its
manual page in the same language, and a Japanese one holds no English word that
is to be replaced by something. `ir help COMMAND` shows the same line.
"""
import os
import re
import subprocess
import sys
import tempfile

HERE = os.path.dirname(os.path.abspath(__file__))
ROOT = os.path.join(HERE, "..", "..")
ROW = re.compile(r'^\s*\{"([a-z][a-z -]*)",', re.M)
# They take any number of words: help looks for them, a log line is one text.
ANY = {"help"}


def synopsis(command, lang):
    """The words and the options of the page's SYNOPSIS."""
    page = os.path.join(ROOT, "docs", "man", "ja" if lang == "ja" else "",
                        f"ir-{command.split()[0]}.1")
    with open(page, encoding="utf-8") as f:
        text = re.search(r"^\.Sh (?:SYNOPSIS|書式).*?$(.*?)^\.Sh ", f.read(),
                         re.M | re.S)[1]
    words, flag = set(), False
    for w in text.replace("\\&", "").split():
        words.add("-" + w if flag else w)
        flag = w in ("Fl", ".Fl")
    return words


def said(ir, lang, words, stream="stderr"):
    r = subprocess.run(
        [ir, "--no-input", *words], stdin=subprocess.DEVNULL, env={
            "IR_HOME": os.getcwd() + "/none", "IR_LANG": lang,
            "LANG": "C.UTF-8", "PATH": "/usr/bin:/bin", "COLUMNS": "400"},
        capture_output=True, text=True, timeout=60, check=False)
    return r.returncode, getattr(r, stream)


def usage(ir, lang, command):
    lead = "使い方: ir " if lang == "ja" else "usage: ir "
    for more in ([], ["x"] * 70):
        code, text = said(ir, lang, command.split() + more)
        if code == 64 and lead in text:
            return text.split(lead, 1)[1].split("\n")[0].strip()
    return None


def wrong(line, command, lang):
    if line is None:
        yield "no usage line"
        return
    if not (line + " ").startswith(command + " "):
        yield f"another command: {line}"
    known = synopsis(command, lang)
    for w in re.split(r"[\s\[\]|=]+", line):
        if w and w != "..." and w not in known:
            yield f'"{w}" is not in the SYNOPSIS: {line}'
    if lang == "ja":
        for w in re.findall(r"\b[A-Z]{2,}\b", line):
            if w != "ID":
                yield f'"{w}" is English: {line}'


def not_helped(ir, lang, command, line):
    """`ir help` shows a line for each command that begins with the word."""
    lead = "使い方: ir " if lang == "ja" else "usage: ir "
    code, text = said(ir, lang, ["help", command], "stdout")
    if code != 0 or f"{lead}{line}\n" not in text:
        yield f"ir help does not show: {lead}{line}"


def main():
    ir, lang = os.path.abspath(sys.argv[1]), sys.argv[2]
    bad, n = [], 0
    with open(os.path.join(ROOT, "engine/cmd/table.c"), encoding="utf-8") as f:
        commands = ROW.findall(f.read())
    with tempfile.TemporaryDirectory() as scratch:
        os.chdir(scratch)
        for command in commands:
            if command in ANY:
                continue
            n += 1
            line = usage(ir, lang, command)
            bad += [f"ir {command}: {w}"
                    for w in [*wrong(line, command, lang),
                              *not_helped(ir, lang, command, line)]]
        os.chdir("/")
    print("\n".join(bad))
    print(f"{n} commands, {len(bad)} wrong")
    return 1 if bad or n < 60 else 0


sys.exit(main())
