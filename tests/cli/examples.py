#!/usr/bin/env python3
"""examples.py IR LANG: run the EXAMPLES of every manual page.

A line that begins with "$ " in a literal display is a command; "# exit N"
behind it says what it ends with, else 0. The first four commands of ir.1 make
the demonstration home; each page gets a fresh copy of it.
"""
import glob
import os
import re
import shutil
import subprocess
import sys
import tempfile

HERE = os.path.dirname(os.path.abspath(__file__))
MAN = os.path.join(HERE, "..", "..", "docs", "man")
ROFF = (("\\(ha", "^"), ("\\(ti", "~"), ("\\(aq", "'"), ("\\(dq", '"'),
        ("\\-", "-"), ("\\&", ""), ("\\e", "\\"))


def commands(path):
    """The commands of a page, continued lines put together."""
    out, literal = [], False
    with open(path, encoding="utf-8") as f:
        for line in f.read().splitlines():
            if line.startswith(".Bd -literal"):
                literal = True
            elif line.startswith(".Ed"):
                literal = False
            elif literal:
                for roff, plain in ROFF:
                    line = line.replace(roff, plain)
                if line.startswith("$ "):
                    out.append(line[2:])
                elif out and out[-1].endswith("\\"):
                    out[-1] = out[-1][:-1] + " " + line.strip()
    return out


def run_page(cmds, where, env):
    """All commands in one shell, so that variables last; their results."""
    script = ["set +e"]
    for i, c in enumerate(cmds):
        c = re.sub(r"\s+# .*$", "", c)
        to = "" if ">" in c or "=$(" in c else f" >{where}/out.{i}"
        script += [c + to + f" 2>{where}/err.{i}", f"echo $? >{where}/rc.{i}"]
    subprocess.run(["sh", "-c", "\n".join(script)], cwd=where, env=env,
                   stdin=subprocess.DEVNULL, timeout=120, check=False)
    for i, c in enumerate(cmds):
        with open(f"{where}/rc.{i}", encoding="utf-8") as f:
            yield c, int(f.read()), i


def read(path):
    if not os.path.exists(path):
        return ""
    with open(path, encoding="utf-8", errors="replace") as f:
        return f.read(3000)


def main():
    ir, lang = os.path.realpath(sys.argv[1]), sys.argv[2]
    pages = sorted(glob.glob(MAN + ("/ja/*.[1-8]" if lang == "ja" else "/*.[1-8]")))
    n = bad = 0
    with tempfile.TemporaryDirectory() as base:
        os.mkdir(base + "/bin")     # no network is needed to try them
        with open(base + "/bin/ssh", "w", encoding="utf-8") as f:
            f.write("#!/bin/sh\necho 'ssh: no route to host' >&2\nexit 255\n")
        os.chmod(base + "/bin/ssh", 0o755)
        env = {"PATH": ":".join((base + "/bin", os.path.dirname(ir),
                                 "/usr/bin", "/bin")), "HOME": base,
               "IR_HOME": base + "/demo", "IR_AS": "ito", "IR_LANG": lang,
               "LANG": "C.UTF-8", "TERM": "dumb"}
        setup = commands(MAN + "/ir.1")[1:5]
        for c in setup:
            subprocess.run(["sh", "-c", c], cwd=base, env=env, check=True,
                           stdin=subprocess.DEVNULL, stdout=sys.stderr)
        for page in pages:
            cmds = commands(page)
            if page.endswith("/ir.1"):
                cmds = cmds[5:]
            where = tempfile.mkdtemp(dir=base)
            shutil.copytree(base + "/demo", where + "/demo", symlinks=True)
            for c, got, i in run_page(cmds, where,
                                      dict(env, IR_HOME=where + "/demo")):
                m = re.search(r"# exit (\d+)", c)
                want = int(m.group(1)) if m else 0
                n += 1
                if got != want:
                    bad += 1
                    print(f"{os.path.basename(page)}: {c}\n  exit {got}, "
                          f"not {want}\n" + read(f"{where}/out.{i}") +
                          read(f"{where}/err.{i}"))
    print(n, "examples,", bad, "not as expected")
    sys.exit(bad > 0 or n < 100)


main()
