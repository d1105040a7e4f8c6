#!/usr/bin/env python3
"""term.py COLS ROWS PROGRAM ARGS...: run a program on a pseudo-terminal and
type the lines of standard input, one for each question it asks (a question
ends with "> " or ": "). "^D" is the end of input, "^C" an interrupt. What the
terminal got goes to standard output, without colours; the exit status is the
program's.

Also the module that the walks of walk.py are made with.
"""
import codecs
import errno
import fcntl
import os
import pty
import re
import select
import signal
import struct
import sys
import termios
import time

PATIENCE_S = 60       # nothing may take longer
QUIET_S = 0.03        # a question is over when nothing follows it
QUESTION = re.compile(r"(> |: )$")
CODES = re.compile(r"\x1b\[[0-9;?]*[A-Za-z]|\x1b\][^\x07]*\x07|\x1b[=>]")


class Stuck(Exception):
    """It neither asked nor ended."""


class Term:
    """One program on one terminal."""

    def __init__(self, argv, env=None, cols=80, rows=24):
        self.text = ""        # everything shown, without colours
        self.seen = 0         # how much of it was there at the last question
        self.ended = None     # exit status, or -signal
        self.decode = codecs.getincrementaldecoder("utf-8")("replace").decode
        self.pid, self.fd = pty.fork()
        if self.pid == 0:
            fcntl.ioctl(0, termios.TIOCSWINSZ,
                        struct.pack("HHHH", rows, cols, 0, 0))
            os.execve(argv[0], argv, env if env is not None else os.environ)

    def _read(self, seconds):
        """Take what comes within `seconds`; False: nothing or the end."""
        if not select.select([self.fd], [], [], seconds)[0]:
            return False
        try:
            data = os.read(self.fd, 65536)
        except OSError as e:
            if e.errno != errno.EIO:
                raise
            data = b""
        if not data:
            self._wait()
            return False
        self.text += self.decode(data).replace("\r\n", "\n")
        return True

    def _wait(self):
        if self.ended is None:
            status = os.waitpid(self.pid, 0)[1]
            self.ended = os.waitstatus_to_exitcode(status)

    def look(self, seconds):
        """Take what comes without being asked for."""
        return self._read(seconds)

    def fresh(self):
        """What came since the last question was answered."""
        return CODES.sub("", self.text[self.seen:])

    def ask(self):
        """Wait for a question or the end; what was shown since the last."""
        until = time.monotonic() + PATIENCE_S
        while self.ended is None:
            if self._read(QUIET_S):
                continue
            if self.ended is None and QUESTION.search(self.fresh()):
                break
            if time.monotonic() > until:
                raise Stuck(CODES.sub("", self.text[-3000:]))
        return self.fresh()

    def type(self, line):
        """Answer the question with a line."""
        self.ask()
        if self.ended is not None:
            raise Stuck("it ended (%s) before: %s\n%s" %
                        (self.ended, line, CODES.sub("", self.text[-3000:])))
        self.seen = len(self.text)
        if line == "^D":
            os.write(self.fd, b"\x04")
        elif line == "^C":
            os.write(self.fd, b"\x03")
        else:
            os.write(self.fd, line.encode() + b"\n")

    def end(self):
        """Wait for the end; the exit status."""
        until = time.monotonic() + PATIENCE_S
        while self.ended is None:
            self._read(0.2)
            if time.monotonic() > until:
                raise Stuck(CODES.sub("", self.text[-3000:]))
        if self.fd >= 0:
            os.close(self.fd)
            self.fd = -1
        return self.ended

    def kill(self):
        """As when the power goes."""
        if self.ended is None:
            os.kill(self.pid, signal.SIGKILL)
        return self.end()

    def shown(self):
        return CODES.sub("", self.text)


def main():
    term = Term(sys.argv[3:], cols=int(sys.argv[1]),
                rows=int(sys.argv[2]))
    try:
        for line in sys.stdin.read().splitlines():
            term.type(line)
        term.ask()
        if term.ended is None:
            term.type("^D")
        code = term.end()
    except Stuck as e:
        term.kill()
        print(term.shown())
        print("term.py: %s" % e, file=sys.stderr)
        sys.exit(99)  # no exit status of ir, so that no test takes it for one
    print(term.shown())
    sys.exit(code if code >= 0 else 128 - code)


if __name__ == "__main__":
    main()
