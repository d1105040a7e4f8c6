#!/usr/bin/env python3
"""The channel terminal, with write(1) and wall(1) of this machine and people
"logged in" on pseudo-terminals: utmp is a file of the test's own, in a mount
namespace.

    channel_terminal.py IR
"""
import os
import pty
import re
import select
import struct
import sys
import time
import tty

sys.path.insert(0, os.path.join(os.path.dirname(os.path.realpath(__file__)),
                                "../tools"))
import channel_try  # noqa: E402
from channel_try import MSG  # noqa: E402
from world import unshare  # noqa: E402

USER_PROCESS = 7


class Screen:
    """A pseudo-terminal that somebody sits at."""

    def __init__(self, name):
        self.name = name
        self.ours, theirs = pty.openpty()
        tty.setraw(theirs)
        self.keep, self.path = theirs, os.ttyname(theirs)
        self.line = self.path.removeprefix("/dev/")
        os.chmod(self.path, 0o620)

    def record(self):
        """utmp(5), as Linux has it on 64 bits."""
        return struct.pack("<hxxi32s4s32s256shhiii16s20x", USER_PROCESS,
                           os.getpid(), self.line.encode(),
                           self.line[-4:].encode(), self.name.encode(), b"",
                           0, 0, 0, int(time.time()), 0, b"")

    def read(self):
        got = b""
        while select.select([self.ours], [], [], 0.3)[0]:
            got += os.read(self.ours, 10000)
        return got.decode("utf-8")


def namespace(t, screens):
    """Words that start a program where these are logged in."""
    with open(f"{t.dir}/utmp", "wb") as f:
        f.write(b"".join(s.record() for s in screens))
    inside = ('mount -t tmpfs t /run && cp "$0" /run/utmp && exec "$@"')
    return [*unshare("--mount"), "sh", "-c", inside, f"{t.dir}/utmp"]


def plain(text):
    return text.replace("\r", "").replace("\a", "")


def try_all(t, screens, before):
    ito, kato, ito2 = screens

    def send(to, message=None, lang="en"):
        return t.run({}, to, message, lang, before=before).get("send", {})
    got = t.run({}, before=before)["check"]
    t.check("who is there", got.get("text") == "logged in: " + ", ".join(
        f"{s.name} {s.line}" for s in screens), got)
    got = send("kato")
    seen = plain(kato.read())
    t.check("one person", got.get("ok") and MSG["body"] in seen, (got, seen))
    t.check("nobody else", ito.read() + ito2.read() == "")
    got = send(f"ito {ito2.line}")
    t.check("one of two screens", got.get("ok") and
            MSG["body"] in plain(ito2.read()) and ito.read() == "", got)
    got = send("all")
    seen = [re.sub(" +\n", "\n", plain(s.read())) for s in screens]
    t.check("everybody", got.get("ok") and
            all(MSG["body"] in s for s in seen), (got, seen))
    evil = "a\x1b[2J\x1b]0;x\x07\x9b2Jb\u009b1m\u202ec\x7f\x00".replace(
        "\x00", "\x01") + "\r\nroot@ops:~# "
    for to in ("kato", "all"):
        send(to, {"body": evil})
        raw = kato.read()
        at = raw.index("a?[2J")
        t.check(f"harmless: {to}", "\x1b" not in raw and "\x9b" not in raw and
                "\u202e" not in raw and "\x01" not in raw and
                "b?1m?c?" in raw[at:], repr(raw))
    for s in (ito, ito2):
        s.read()
    t.says("not there", send("suzuki"), "is not logged in", "retry")
    t.says("not there", send("suzuki", lang="ja"), "ログインしていない")
    t.says("not on that one", send("kato pts/9999"), "is not logged in")
    for to in ("-n", "kato; id", "kato\n", "", "../x", "kato pts/1 x"):
        t.says(f"address {to!r}", send(to), "no login name", "refused")
    if os.geteuid() == 0:
        not_allowed(t, screens, before)
    os.chmod(kato.path, 0o600)
    if os.geteuid() != 0:
        t.says("wants none", send("kato"), "messages", "retry")
    t.says("no program", t.run({"wall": "/nowhere/wall"}, before=before)
           ["check"], "/nowhere/wall")
    t.says("nobody is there", t.run({}, "all", before=namespace(t, []))
           ["send"], "is not logged in", "retry")


def not_allowed(t, screens, before):
    """Who may not write there is told so; wall(1) alone would say nothing."""
    # root without its rights: nobody may not get at a build in /root
    nobody = [*before, "setpriv", f"--regid={channel_try.NOBODY}",
              "--clear-groups", "--bounding-set=-all", "--inh-caps=-all"]
    for s in screens:
        os.chown(s.path, channel_try.NOBODY, -1)
    for to in ("all", "kato"):
        t.says(f"closed to nobody: {to}",
               t.run({}, to, before=nobody).get("send", {}), "tty", "retry")
    t.check("nothing came", "".join(s.read() for s in screens) == "")
    os.chmod(screens[0].path, 0o622)
    got = t.run({}, "all", before=nobody)
    t.check("one is open", got["send"].get("ok") and
            MSG["body"] in re.sub(" +\n", "\n", plain(screens[0].read())), got)
    t.check("which are closed", got["check"].get("text", "").count("closed")
            == 2, got)
    os.chmod(screens[0].path, 0o620)
    for s in screens:
        os.chown(s.path, 0, -1)


def main(t):
    screens = [Screen("ito"), Screen("kato"), Screen("ito")]
    try_all(t, screens, namespace(t, screens))


if __name__ == "__main__":
    sys.exit(channel_try.Try("terminal").main(main))
