#!/usr/bin/env python3
"""picture.py IR LANG OUT.svg: draw the walk as the README shows it.

Runs the given `ir` on a pseudo-terminal of 80 columns in a fresh home, walks
two steps, and draws the last screen as SVG. Not a test: run it by hand when
the screens change.
"""
import fcntl
import os
import pty
import re
import select
import struct
import sys
import tempfile
import termios
import time
import unicodedata
from xml.sax.saxutils import escape

COLS, CELL, LINE = 80, 8.4, 19
STYLE = {"1": ("#ffffff", "bold"), "2": ("#8a939e", "normal"),
         "36": ("#5fd7ff", "bold"), "31": ("#ff6b5e", "bold")}


def width(ch):
    if unicodedata.combining(ch):
        return 0
    return 2 if unicodedata.east_asian_width(ch) in "WF" else 1


def talk(fd, lines):
    """Send lines one by one; return everything the terminal got."""
    out = b""

    def drain(seconds):
        nonlocal out
        end = time.time() + seconds
        while time.time() < end:
            if not select.select([fd], [], [], 0.1)[0]:
                continue
            try:
                got = os.read(fd, 65536)
            except OSError:
                return
            if not got:
                return
            out += got
            end = time.time() + 0.3

    drain(1.5)
    for line in lines:
        os.write(fd, line.encode() + b"\n")
        drain(1.0)
    return out.decode("utf-8", "replace")


def spans(line):
    """(column, text, colour, weight) of one line with SGR codes."""
    col, colour, weight = 0, "#d7dde4", "normal"
    for part in re.split(r"(\x1b\[[0-9;]*m)", line):
        if part.startswith("\x1b["):
            codes = [c for c in part[2:-1].split(";") if c]
            colour, weight = "#d7dde4", "normal"
            for c in codes:
                if c in STYLE:
                    colour, weight = STYLE[c]
            continue
        for run in re.split(r"(  +)", part):
            if run.strip():
                yield col, run, colour, weight
            col += sum(width(c) for c in run)


def svg(screen):
    rows = screen.split("\n")
    w, h = COLS * CELL + 24, len(rows) * LINE + 24
    out = [f'<svg xmlns="http://www.w3.org/2000/svg" width="{w:.0f}" '
           f'height="{h}" viewBox="0 0 {w:.0f} {h}">',
           f'<rect width="100%" height="100%" rx="8" fill="#14181d"/>',
           '<g font-family="\'Noto Sans Mono CJK JP\', \'DejaVu Sans Mono\', '
           'Menlo, Consolas, monospace" font-size="14" '
           'xml:space="preserve">']
    for i, row in enumerate(rows):
        for col, text, colour, weight in spans(row):
            bare = text.lstrip(" ")     # browsers drop what leads a text
            col += len(text) - len(bare)
            text = bare.rstrip(" ")
            if not text:
                continue
            n = sum(width(c) for c in text)
            out.append(
                f'<text x="{12 + col * CELL:.1f}" y="{24 + i * LINE}" '
                f'fill="{colour}" font-weight="{weight}" '
                f'textLength="{n * CELL:.1f}" '
                f'lengthAdjust="spacingAndGlyphs">{escape(text)}</text>')
    return "\n".join(out + ["</g>", "</svg>", ""])


def main():
    ir, lang, path = sys.argv[1:4]
    with tempfile.TemporaryDirectory() as tmp:
        env = dict(os.environ, IR_HOME=tmp + "/home", HOME=tmp,
                   TERM="xterm-256color", IR_LANG=lang)
        env.pop("NO_COLOR", None)
        for words in (["init", "--org", "Minato Airport", "--person", "Ito"],
                      ["release", "approve"],
                      ["member", "add", "Mori"]):
            if os.spawnve(os.P_WAIT, ir, [ir] + words, env) != 0:
                sys.exit("ir " + words[0] + " did not work")
        pid, fd = pty.fork()
        if pid == 0:
            os.execve(ir, [ir, "--as", "ito", "start", "flight-information",
                           "ransomware", "--began", "75m ago", "--var",
                           "host=FS1"] , env)
        fcntl.ioctl(fd, termios.TIOCSWINSZ, struct.pack("HHHH", 40, COLS, 0, 0))
        text = talk(fd, sys.argv[4:])
        os.write(fd, b"quit\n")
        os.close(fd)
        os.waitpid(pid, 0)
    text = text.replace("\r", "")
    start = [m.start() for m in re.finditer(r"\n *(\x1b\[[0-9;]*m)* *(\x1b\[[0-9;]*m)*IR-", text)]
    screen = text[start[-1]:].strip("\n").rstrip()
    with open(path, "w", encoding="utf-8") as f:
        f.write(svg(screen))


main()
