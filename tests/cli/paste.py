#!/usr/bin/env python3
"""A hostile text pasted into `ir report-in --paste`: no line of it answers a
question, none is left for the shell.

    paste.py IR HOME
"""
import os
import pty
import select
import sys
import termios
import time

IR, HOME = sys.argv[1:]
EVIL = b"touch /tmp/ir-paste-was-run\n"


class Paste:
    """One run on a terminal that outlives it."""

    def __init__(self):
        self.said, self.done = b"", False
        self.master, self.slave = pty.openpty()
        mode = termios.tcgetattr(self.slave)
        mode[3] &= ~termios.ECHO
        termios.tcsetattr(self.slave, termios.TCSANOW, mode)
        self.pid = os.fork()
        if self.pid == 0:
            os.login_tty(self.slave)
            os.execve(IR, [IR, "--as", "sato", "report-in", "other",
                           "--paste"],
                      {"IR_HOME": HOME, "LANG": "en_US.UTF-8",
                       "TERM": "xterm", "HOME": HOME})

    def hear(self, seconds):
        until = time.monotonic() + seconds
        while not self.done and time.monotonic() < until:
            if select.select([self.master], [], [], 0.02)[0]:
                self.said += os.read(self.master, 65536)
            self.done = os.waitpid(self.pid, os.WNOHANG)[0] != 0

    def paste(self, text):
        """Together, as fast as the terminal takes it."""
        while text and not self.done:
            text = text[os.write(self.master, text[:2000]):]
            self.hear(0.02)

    def left(self):
        """What whoever reads the terminal next would get."""
        os.set_blocking(self.slave, False)
        try:
            return os.read(self.slave, 65536)
        except BlockingIOError:
            return b""


def run(text):
    p = Paste()
    p.hear(0.3)
    p.paste(text)
    p.hear(0.6)
    p.paste(b".\n")
    p.hear(1)
    until = time.monotonic() + 20
    while not p.done and time.monotonic() < until:
        p.paste(b"\n")
        p.hear(0.1)
    return p.said.decode(errors="replace"), p.left(), p.done


def check(what, ok, seen):
    if not ok:
        print(f"FAILED: paste.py: {what}: {seen}")
        sys.exit(1)


said, left, done = run(b"Help!\n.\ny\nmail\n" + EVIL * 9)
check("it ends", done, said)
check("no line is left for the shell", left == b"", left)
check("who sent it is asked", "Who sent it?" in said, said)
said, left, done = run((b"y" * 70 + b"\n") * 250 + b".\n" + EVIL * 9)
check("a long one ends", done, said[-300:])
check("it is cut", "only its beginning" in said, said[-500:])
check("no line of a long one is left", left == b"", left)
