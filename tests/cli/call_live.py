#!/usr/bin/env python3
"""call_live.py IR LANG: a call down a contact tree as its screen shows it, in
Japanese or English, at 80 and 40 columns.

A terminal is emulated as far as the screen needs one: what is drawn over is
gone, so that what is left is what a person sees. The tally stands there once
and nothing scrolls away; the number to dial stands alone on its line; an
answer by somebody else, a refusal and a silence are recorded; whoever leaves
finds the call where it was.
"""
import json
import os
import re
import shutil
import signal
import subprocess
import sys
import tempfile

import term

HERE = os.path.dirname(os.path.abspath(__file__))
ROOT = os.path.dirname(os.path.dirname(HERE))
SEEN = {
    "en": {"call": "Call: Phones", "say": "Come at once.",
           "dial": "Now by hand: Ito", "next": "Now by hand: Mori",
           "silent": "no answer: phone no answer", "met": "Goal met.",
           "tried": "Everybody was tried", "on": "It goes on."},
    "ja": {"call": "連絡網: 電話網", "say": "すぐ来てください。",
           "dial": "次の連絡（人手）: 伊藤",
           "next": "次の連絡（人手）: 森", "silent": "応答なし: 電話 応答なし",
           "met": "目標達成。", "tried": "全員に連絡し",
           "on": "連絡は続きます。"},
}
TREE = '''{ id = "phones", title = { en = "Phones", ja = "電話網" },
  say = { en = "Come at once.", ja = "すぐ来てください。" },
  levels = { { "role:commander" } }, wait = "20m" },'''
CODE = re.compile(r"\x1b\[([0-9;?]*)([A-Za-z])")


class Screen:
    """What is left on a terminal of `rows` lines."""

    def __init__(self, text, rows):
        self.lines, self.row, self.col, self.top = [""], 0, 0, 0
        self.rows = rows
        at = 0
        while at < len(text):
            m = CODE.match(text, at)
            if m:
                self.code(m.group(1), m.group(2))
                at = m.end()
                continue
            self.put(text[at])
            at += 1

    def code(self, number, letter):
        if letter == "A":
            up = int(number or 1)
            assert self.row - up >= self.top, "drawn over what scrolled away"
            self.row -= up
        elif letter == "J":
            if number == "2":
                self.top = self.row
            self.lines[self.row] = self.lines[self.row][:self.col]
            del self.lines[self.row + 1:]
        elif letter == "H":
            self.row = self.top

    def put(self, ch):
        if ch == "\n":
            self.row, self.col = self.row + 1, 0
            if self.row == len(self.lines):
                self.lines.append("")
            self.top = max(self.top, self.row - self.rows + 1)
        elif ch == "\r":
            self.col = 0
        else:
            line = self.lines[self.row]
            self.lines[self.row] = line[:self.col] + ch + line[self.col + 1:]
            self.col += 1

    def text(self):
        return "\n".join(self.lines)


class Scene:
    def __init__(self, ir, lang, tmp):
        self.ir, self.lang, self.tmp = ir, lang, tmp
        self.env = {"PATH": os.path.dirname(ir) + ":/usr/bin:/bin",
                    "HOME": tmp, "IR_HOME": tmp + "/home", "TERM": "xterm",
                    "LANG": "ja_JP.UTF-8" if lang == "ja" else "en_US.UTF-8"}
        for name in ("ASAN_OPTIONS", "UBSAN_OPTIONS"):
            if name in os.environ:
                self.env[name] = os.environ[name]
        site = tmp + "/site"
        shutil.copytree(ROOT + "/tests/lua/site", site)
        shutil.copytree(HERE + "/runbooks", site, dirs_exist_ok=True)
        path = site + "/contacts.lua"
        with open(path, encoding="utf-8") as f:
            text = f.read().replace("  trees = {", "  trees = {" + TREE, 1)
        with open(path, "w", encoding="utf-8") as f:
            f.write(text)
        self.run("init", "--org", "Minato Airport", "--person", "Sato",
                 "--runbooks", site)
        self.run("release", "approve")

    def run(self, *words, code=0):
        p = subprocess.run([self.ir] + list(words), env=self.env, text=True,
                           stdin=subprocess.DEVNULL, capture_output=True,
                           timeout=60, check=False)
        assert p.returncode == code, (words, p.returncode, p.stdout, p.stderr)
        return p.stdout

    def status(self):
        p = subprocess.run([self.ir, "--json", "call", "status", "phones"],
                           env=self.env, text=True, stdin=subprocess.DEVNULL,
                           capture_output=True, timeout=60, check=False)
        return json.loads(p.stdout)[0]

    def people(self):
        return self.status()["levels"][0]["seats"][0]["people"]

    def call(self, lines, cols, code, words=()):
        """A line for each question; the screens, one for each, and the end."""
        t = term.Term([self.ir, "call", "phones"] + list(words), env=self.env,
                      cols=cols, rows=24)
        seen = []
        for line in lines:
            t.ask()
            seen.append(Screen(t.text, 24).text())
            t.type(line)
        got = t.end()
        seen.append(Screen(t.text, 24).text())
        assert got == code, (got, t.text)
        return seen

    def lines_fit(self, screens, cols):
        for screen in screens:
            for line in screen.split("\n"):
                wide = sum(2 if ord(c) > 0x2E80 else 1 for c in line)
                assert wide <= cols, (cols, line)


def test(s):
    w = SEEN[s.lang]
    # nobody at the first telephone; somebody else at the second
    seen = s.call(["3", "5", "Hanako", "1"], 80, 0)
    s.lines_fit(seen, 80)
    assert w["dial"] in seen[0] and w["say"] in seen[0], seen[0]
    alone = [x for x in seen[0].split("\n") if x.strip() == "050-0000-0001"]
    assert len(alone) == 1, seen[0]
    assert w["next"] in seen[1] and w["silent"] in seen[1], seen[1]
    for screen in seen:
        assert screen.count(w["call"]) == 1, screen
    assert w["met"] in seen[-1], seen[-1]
    ito, mori = s.people()
    assert (ito["state"], mori["state"]) == ("no-answer", "accepted")
    assert not mori["claim"] and mori["by"], mori
    attempts = [json.loads(x) for x in s.run("log", "--json").split("\n") if x]
    assert "Hanako" in json.dumps(attempts), attempts

    # left and taken up again, on a narrow terminal; a name typed, a refusal
    seen = s.call(["s", "q"], 40, 0, ["--text", "3F"])
    s.lines_fit(seen, 40)
    assert w["on"] in seen[-1], seen[-1]
    assert s.status()["state"] == "running"
    before = s.status()["id"]
    seen = s.call(["1 nobody", "２", "2"], 40, 2)
    s.lines_fit(seen, 40)
    assert s.status()["id"] == before
    assert w["tried"] in seen[-1], seen[-1]
    assert [p["state"] for p in s.people()] == ["declined", "declined"]

    # ended by a signal, the terminal is given back and the call goes on
    s.run("call", "phones", "--text", "4F")
    t = term.Term([s.ir, "call", "phones"], env=s.env, cols=80, rows=24)
    t.ask()
    os.kill(t.pid, signal.SIGTERM)
    assert t.end() == -signal.SIGTERM
    assert s.status()["state"] == "running"


def main():
    with tempfile.TemporaryDirectory() as tmp:
        test(Scene(os.path.realpath(sys.argv[1]), sys.argv[2], tmp))


if __name__ == "__main__":
    main()
