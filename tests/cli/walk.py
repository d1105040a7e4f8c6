#!/usr/bin/env python3
"""walk.py IR LANG: the ransomware of the flight displays, from an empty home
to the closed incident, on a terminal of 80x24, in Japanese or English.

A junior alone first: nobody answers, so he acts as commander, and breaks the
glass to contain. The power goes in the middle. A step is skipped, a recovery
target is missed, something is noted an hour late. Then a second person comes:
two-person steps, the destroy gate, the review of the exceptions. What the
terminal showed is compared with transcripts/walk_LANG.txt, times and ids made
alike; IR_TRANSCRIPT_WRITE=1 writes it anew (read it before you keep it).
"""
import json
import os
import re
import subprocess
import sys
import tempfile
import time

import term

HERE = os.path.dirname(os.path.abspath(__file__))
WORDS = {
    "en": {"y": "y", "why": "nobody else is here", "pulled": "link light off",
           "note": "Counter C showed a ransom note",
           "skip": "no camera at hand", "unknown": "unknown"},
    "ja": {"y": "はい", "why": "ほかに誰もいない",
           "pulled": "リンクランプの消灯を確認",
           "note": "カウンターCに脅迫文が出ていた",
           "skip": "撮影機材がない", "unknown": "不明"},
}


class Walk:
    def __init__(self, ir, lang, tmp):
        self.ir, self.lang, self.w = ir, lang, WORDS[lang]
        self.out = []
        self.env = {
            "PATH": ":".join((tmp + "/bin", os.path.dirname(ir),
                              "/usr/bin", "/bin")),
            "HOME": tmp, "IR_HOME": tmp + "/home", "TERM": "xterm",
            "LANG": "ja_JP.UTF-8" if lang == "ja" else "en_US.UTF-8",
            # where it is ten in the morning: a time of tomorrow is longer,
            # and the lines would break elsewhere at night
            "IR_TZ": "1", "TZ": "<here>%+d" % (time.gmtime().tm_hour - 10),
        }
        for name in ("ASAN_OPTIONS", "UBSAN_OPTIONS"):
            if name in os.environ:
                self.env[name] = os.environ[name]

    def say(self, text):
        self.out.append(text)

    def run(self, *words, code=0, who=None):
        """A plain command, as in a script."""
        argv = [self.ir] + (["--as", who] if who else []) + list(words)
        p = subprocess.run(argv, env=self.env, stdin=subprocess.DEVNULL,
                           capture_output=True, text=True, timeout=60,
                           check=False)
        self.say("$ ir " + " ".join(
            (["--as", who] if who else []) + [repr(w) if " " in w else w
                                              for w in words]))
        self.say(p.stdout + p.stderr)
        if p.returncode != code:
            sys.exit("exit %d, not %d: ir %s\n%s%s" %
                     (p.returncode, code, words, p.stdout, p.stderr))
        return p.stdout

    def json(self, *words, who="mori"):
        p = subprocess.run([self.ir, "--as", who, "--json"] + list(words),
                           env=self.env, capture_output=True, text=True,
                           stdin=subprocess.DEVNULL, timeout=60, check=True)
        return json.loads(p.stdout)

    def terminal(self, who, lines, kill=False):
        """`ir start` on a terminal; a line for each question."""
        t = term.Term([self.ir, "--as", who, "start", "flight-information"],
                      env=self.env, cols=80, rows=24)
        for line in lines:
            t.type(line)
        t.ask()
        code = t.kill() if kill else t.end()
        self.say(t.shown())
        if code != (-9 if kill else 0):
            sys.exit("the walk ended with %d\n%s" % (code, t.shown()))
        return t.shown()


def first_night(w):
    """Alone at the console."""
    y, why = w.w["y"], w.w["why"]
    del y
    shown = w.terminal("mori", [
        "1",                    # what do you see
        "3h ago",               # when did it begin: the RTO is missed
        w.w["unknown"],         # which server
        "",                     # the screen again
        "run",                  # refused: which server?
        "ask", "FS1",
        "run",                  # asks for a second person
        "run isolate --break-glass \"%s\"" % why,
        "done " + w.w["pulled"],  # the network is gone: by hand
        "fail reach " + why,
        "choose lead nobody", why,
        "take volatile",
    ], kill=True)
    assert "isolate" in shown
    status = w.json("status")
    assert status["incident"]["state"] == "open", status["incident"]
    acting = [r for r in status["roles"] if r["role"] == "commander"]
    assert acting and acting[0]["member"] == "mori" and acting[0]["acting"]
    assert any(c["state"] == "missed" for c in status["clocks"])
    taken = [s for s in status["steps"] if s["id"] == "1/volatile"][0]
    assert taken["state"] == "active" and taken["by"] == "mori", taken


def resumed(w):
    """After the power came back: the step taken is in front, nothing lost."""
    shown = w.terminal("mori", [
        "1",                    # go on with the open incident
        "skip volatile " + w.w["skip"],
        "look", "done", w.w["unknown"],
        "note %s --at 65m ago" % w.w["note"],
        "list", "", "help",
        "quit",
    ])
    assert "volatile" in shown
    late = [e for e in w.json("timeline") if w.w["note"] in e["text"]]
    assert len(late) == 1 and late[0]["late"], late
    first = [s for s in w.json("status")["steps"]
             if s["id"] == "1/volatile"][0]
    assert first["state"] == "skipped" and first["by"] == "mori", first


def pick(step):
    """The option that keeps the walk short and goes through the rebuilding."""
    ids = [o["id"] for o in step["options"]]
    for good in ("one", "hold", "sound", "no", "none"):
        if good in ids:
            return good
    return ids[0]


def second_person(w):
    """Ito has come. Both work through what is left, by plain commands; the
    person who asked is never the one who approves."""
    w.run("join", who="ito")
    gated = approved = 0
    for _ in range(400):
        n = w.json("next")
        step = n.get("step")
        if step is None or step["state"] in ("done", "skipped"):
            break
        name, act = step["id"], step["act"]
        if act == "choose":
            w.run("choose", name, pick(step), "-r", "as discussed",
                  who="mori")
        elif act == "ask":
            w.run("ask", name, *["%s=%s" % (q["name"], value(q))
                                 for q in step["ask"]], who="mori")
        elif act == "wait":
            w.run("skip", name, "-r", "not waited for in this test",
                  who="mori")
        elif name.endswith("/memory"):
            w.run("skip", name, "-r", "memory was lost with the power",
                  who="mori")
        else:
            words = ["done", name, "-m", "done"]
            if step.get("repeat") or step.get("again"):
                words += ["--again", "no"]
            p = attempt(w, words)
            if p == 64:
                words += ["--again", "no"]
                p = attempt(w, words)
            if p == 77 and "approval" in w.json("next")["step"]["needs"]:
                w.run("approve", name, who="ito")
                approved += 1
                p = attempt(w, words)
            if p == 77:
                gated += 1
                w.run("done", name, "-m", "done", "--override",
                      "memory was lost with the power", "--again", "no",
                      who="mori")
            elif p != 0:
                sys.exit("exit %d: %s" % (p, words))
    else:
        sys.exit("the walk did not come to an end")
    assert approved >= 1, "no two-person step was met"
    assert gated >= 1, "the destroy gate was not met"


def value(question):
    kind = question.get("type", "text")
    return {"host": "fs1", "address": "192.0.2.1", "number": "2",
            "time": "3h ago", "person": "mori"}.get(
                kind, (question.get("choices") or [{"id": "unknown"}])[0]["id"]
                if kind == "choice" else "unknown")


def attempt(w, words):
    p = subprocess.run([w.ir, "--as", "mori"] + words, env=w.env, text=True,
                       stdin=subprocess.DEVNULL, capture_output=True,
                       timeout=60, check=False)
    w.say("$ ir --as mori " + " ".join(words))
    w.say(p.stdout + p.stderr)
    return p.returncode


def closing(w):
    """What keeps it open, one by one; then the end."""
    w.run("close", code=77, who="mori")
    for _ in range(3):          # meeting one deadline may begin the next
        for clock in w.json("clock", "list"):
            if clock["type"] != "legal":
                continue
            if clock["state"] == "undecided":
                w.run("clock", "stop", clock["name"], "-r", "does not apply",
                      who="mori")
            elif clock["state"] in ("running", "at-risk", "missed"):
                w.run("clock", "met", clock["name"], who="mori")
    for m in w.json("measure", "list"):
        w.run("measure", "permanent", m["id"][:12],
              "replace the display servers", "--owner", "ito", "--review",
              "90d", who="mori")
    for x in w.json("exception", "list"):
        w.run("exception", "approve", x["id"][:12], who="mori", code=77)
        w.run("exception", "approve", x["id"][:12], "-r", "right at the time",
              who="ito")
    w.run("contained", who="mori")
    w.run("restored", who="mori")
    w.run("close", who="mori")
    state = w.json("status")["incident"]
    assert state["state"] == "closed", state
    shown = w.run("timeline", who="ito")
    assert w.w["note"] in shown
    w.run("verify", who="ito")


ALIKE = [
    (r"\b[0-9a-f]{64}\b", "ID"), (r"\b[0-9a-f]{12}\b", "ID"),
    (r"\b[0-9a-f]{8}\b", "ID"), (r"IR-[0-9A-Z]{4}", "IR-XXXX"),
    (r"/tmp/[^ \n]*/home", "HOME"),
    (r"\d\d\d\d-\d\d-\d\d", "DATE"), (r"\d\d-\d\d\s+(?=\d\d:\d\d)", ""),
    (r"\d\d:\d\d", "HH:MM"),
    (r"\b(Mon|Tue|Wed|Thu|Fri|Sat|Sun)\b", "DAY"),
    (r"[月火水木金土日](?= *HH:MM)", "DAY"),
    (r"\d+ (min|h|s|days?)\b( \d+ (min|h|s)\b)?", "SPAN"),
    (r"\d+(日|時間|分|秒)(\d+(時間|分|秒))?", "SPAN"),
]


def alike(text):
    """One form for every run: no times, ids, and lines that only wrap."""
    for pattern, by in ALIKE:
        text = re.sub(pattern, by, text)
    lines = (re.sub(r"[ \t]+", " ", line).strip() for line in
             text.splitlines())
    return "\n".join(line for line in lines if line) + "\n"


def main():
    ir, lang = os.path.realpath(sys.argv[1]), sys.argv[2]
    with tempfile.TemporaryDirectory() as tmp:
        os.mkdir(tmp + "/bin")      # the network is gone
        with open(tmp + "/bin/ssh", "w", encoding="utf-8") as f:
            f.write("#!/bin/sh\necho 'ssh: no route to host' >&2\nexit 255\n")
        os.chmod(tmp + "/bin/ssh", 0o755)
        w = Walk(ir, lang, tmp)
        w.run("init", "--org", "Minato Airport", "--person", "Ito")
        w.run("release", "approve")
        w.run("member", "add", "Mori", "--role", "network")
        first_night(w)
        resumed(w)
        second_person(w)
        closing(w)
    got = alike("\n".join(w.out))
    path = os.path.join(HERE, "transcripts", "walk_%s.txt" % lang)
    if os.environ.get("IR_TRANSCRIPT_WRITE"):
        os.makedirs(os.path.dirname(path), exist_ok=True)
        with open(path, "w", encoding="utf-8") as f:
            f.write(got)
        return
    with open(path, encoding="utf-8") as f:
        want = f.read()
    if got != want:
        import difflib
        sys.stdout.writelines(difflib.unified_diff(
            want.splitlines(True), got.splitlines(True), path, "this run"))
        sys.exit(1)


main()
