#!/usr/bin/env python3
"""What happens to a machine while it sends: its clock is set back or ahead by
hours between two tries; its disk fills, and room is made; ird and the sender
that it started are killed. Everybody gets the message, nobody waits for longer
than the rules say, and what does not go is said.

    send_faults.py IR
"""
import glob
import json
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time

HERE = os.path.dirname(os.path.realpath(__file__))
sys.path.insert(0, os.path.join(HERE, "../tools"))
import holder  # noqa: E402
from world import unshare  # noqa: E402

PEOPLE = 40
TAKE = """#!/bin/sh
cat >/dev/null
[ ! -e "$1.busy" ] || exit 75
[ ! -e "$1.slow" ] || sleep 0.3
echo "$2 $3" >>"$1"
"""
FAKE = glob.glob("/usr/lib/*/faketime/libfaketime.so.1")


class Home:
    def __init__(self, ir, where):
        self.prog, self.dir, self.home = ir, where, where + "/home"
        self.more, self.err = {}, ""
        self.log, self.made = where + "/log0", 0

    def env(self):
        return {"PATH": os.environ["PATH"], "LANG": "en_US.UTF-8",
                "HOME": self.dir, "IR_HOME": self.home, "IR_AS": "sato",
                **self.more}

    def ir(self, *words, may=(0,)):
        done = subprocess.run([self.prog, *words], env=self.env(), timeout=100,
                              stdin=subprocess.DEVNULL, text=True,
                              capture_output=True, check=False)
        self.err = done.stderr
        if done.returncode not in may:
            sys.exit(f"ir {' '.join(words)}: exit {done.returncode}\n"
                     f"{done.stdout}{done.stderr}")
        return done.stdout

    def make(self):
        """A new home, whose messages go where no worker of an earlier one,
        which was killed in the midst of its work, can still write."""
        shutil.rmtree(self.home, ignore_errors=True)
        self.made += 1
        self.log = f"{self.dir}/log{self.made}"
        self.ir("init", "--org", "Minato Airport", "--person", "Sato",
                "--runbooks", os.path.join(HERE, "../lua/site"), "--no-git")
        path = self.home + "/site/runbooks/contacts.lua"
        with open(path, encoding="utf-8") as f:
            text = f.read()
        people = "".join(
            f'{{ id = "p{i}", name = {{ en = "P{i}", ja = "甲{i}" }}, language '
            f'= "en", channels = {{ {{ "log", "{i}" }} }} }},\n'
            for i in range(PEOPLE))
        text = text.replace("people = {", "people = {\n" + people, 1)
        members = ", ".join(f'"p{i}"' for i in range(PEOPLE))
        text = text.replace(
            "audiences = {", 'audiences = { { id = "crew", number = 901, title'
            ' = { en = "All", ja = "全員" }, inside = true, may_know = { "what" }'
            ', releases = "commander", members = { ' + members + " } },", 1)
        text = text.replace(
            "partners = {", 'channels = { { id = "log", plugin = "command", '
            'title = { en = "Log", ja = "記録" }, config = { program = '
            f'"{self.dir}/take", args = {{ "{self.log}", "{{to}}", '
            '"{id}" } } } },\n  partners = {', 1)
        with open(path, "w", encoding="utf-8") as f:
            f.write(text)
        self.ir("release", "make")
        self.ir("release", "approve")

    def sent(self):
        try:
            with open(self.log, encoding="utf-8") as f:
                return [tuple(line.split()) for line in f]
        except FileNotFoundError:
            return []

    def flag(self, name, yes):
        path = f"{self.log}.{name}"
        if yes:
            with open(path, "w", encoding="ascii"):
                pass
        elif os.path.exists(path):
            os.unlink(path)

    def end(self, signo=signal.SIGTERM):
        pid = holder.holder(self.home)
        if pid is None:
            return
        os.kill(pid, signo)
        until(lambda: holder.holder(self.home) != pid, "a sender ends", 20)


def until(is_so, what, seconds=30):
    end = time.monotonic() + seconds
    while not is_so():
        if time.monotonic() > end:
            sys.exit(f"not within {seconds} s: {what}")
        time.sleep(0.05)


def need(yes, what):
    if not yes:
        sys.exit("not so: " + what)


def once(h, n, what):
    got = h.sent()
    need(len({to for to, _ in got}) == n, f"{what}: all {n}: {len(got)}")
    need(len(got) == n, f"{what}: each once: {sorted(got)}")


def clocks(h):
    """The clock is set between two tries, by hours back or ahead: while the
    sender runs, and while none does."""
    if not FAKE:
        return
    clock = h.dir + "/clock"
    fake = {**h.env(), "LD_PRELOAD": FAKE[0], "FAKETIME_NO_CACHE": "1",
            "FAKETIME_TIMESTAMP_FILE": clock, "DONT_FAKE_MONOTONIC": "1",
            "FAKETIME_DONT_FAKE_MONOTONIC": "1"}

    def set_to(text):
        with open(clock + ".new", "w", encoding="ascii") as f:
            f.write(text + "\n")
        os.rename(clock + ".new", clock)

    def sender():
        return subprocess.Popen(
            [h.prog, "comms", "send", "--for", "1m"], env=fake,
            stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL)

    def tried(n):
        out = json.loads(h.ir("--json", "comms", "status", may=(0, 2)))
        return out[0]["to"][0]["ways"][0]["outcome"] == "failed" and \
            out[0]["to"][0]["ways"][0]["tried"] == n

    def alert(to):
        """An alert that no sender has begun with."""
        with holder.held(h.home):
            h.ir("notify", to, "Come")
    for jump in ("-2h", "+5h"):
        h.make()
        for who, stays in (("p1", True), ("p2", False)):
            n = len(h.sent())
            h.flag("busy", True)
            set_to("+0")
            alert(who)
            one = sender()
            until(lambda: tried(1), "tried once")
            if not stays:
                one.terminate()
                one.wait()
            h.flag("busy", False)
            time.sleep(0.3)
            need(len(h.sent()) == n, "it waits")
            set_to(jump)
            if not stays:
                one = sender()
            until(lambda: len(h.sent()) > n, f"{who} after {jump}", 15)
            one.terminate()
            one.wait()
        once(h, 2, f"clock {jump}")
    h.ir("verify")


def disk(h):
    """A file system that fills in the middle of sending."""
    h.make()
    os.mkdir(h.dir + "/small")
    used = sum(os.path.getsize(os.path.join(d, n))
               for d, _, names in os.walk(h.home) for n in names)
    subprocess.run(["mount", "-t", "tmpfs", "-o", f"size={2 * used + (6 << 20)}",
                    "tmpfs", h.dir + "/small"], check=True)
    was, h.home = h.home, h.dir + "/small/home"
    shutil.copytree(was, h.home, ignore=lambda d, names: [
        n for n in names if n.endswith(".sock")])
    h.flag("slow", True)
    h.ir("notify", "audience:crew", "Come")
    until(lambda: len(h.sent()) >= 5, "it begins")
    filler = h.dir + "/small/filler"
    with open(filler, "wb", buffering=0) as f:
        try:
            while f.write(b"x" * 4096) == 4096:
                pass
        except OSError:
            pass
    until(lambda: holder.holder(h.home) is None, "the sender gives up", 60)
    n = len(h.sent())
    need(n < PEOPLE, "not everybody has it")
    h.ir("note", "is there room?", may=(1,))
    need("full" in h.err or "room" in h.err, f"it is said: {h.err}")
    h.ir("comms", "send", "--for", "1s", may=(1,))
    need("the disk is full" in h.err and "try again" in h.err,
         f"what to do is said: {h.err}")
    out = h.ir("comms", "status", may=(0, 2))
    need("not tried yet" in out, "who has not got it can be seen")
    need(len(h.sent()) == n, "nothing leaves that cannot be recorded")
    os.unlink(filler)
    h.flag("slow", False)
    h.ir("note", "there is")  # starts the sender
    until(lambda: len({to for to, _ in h.sent()}) == PEOPLE, "all have it", 60)
    time.sleep(0.5)
    twice = len(h.sent()) - PEOPLE
    need(len(set(h.sent())) == PEOPLE, "who got it twice got the same message")
    need(twice <= 20, f"{twice} twice: no more than were in the air")
    h.end()
    h.ir("verify")
    h.home = was
    subprocess.run(["umount", "-l", h.dir + "/small"], check=True)


def daemon(h):
    """ird and the sender that it started are killed; another ird goes on."""
    ird = os.path.join(os.path.dirname(h.prog), "ird")
    if not os.path.exists(ird):
        return
    h.make()
    h.flag("slow", True)
    with holder.held(h.home):
        h.ir("notify", "audience:crew", "Come")

    def start():
        return subprocess.Popen([ird, "-C", h.home], env=h.env(),
                                stdin=subprocess.DEVNULL,
                                stdout=subprocess.DEVNULL,
                                stderr=subprocess.DEVNULL)
    one = start()
    try:
        until(lambda: len(h.sent()) >= 3, "ird sends", 60)
        one.kill()
        one.wait()
        h.end(signal.SIGKILL)
        n = len(h.sent())
        h.flag("slow", False)
        one = start()
        until(lambda: len({to for to, _ in h.sent()}) == PEOPLE,
              f"another ird goes on from {n}", 90)
    finally:
        one.terminate()
        one.wait()
    need(len(set(h.sent())) == PEOPLE, "who got it twice got the same message")
    h.end()
    h.ir("verify")


def main():
    ir = os.path.abspath(sys.argv[1])
    if len(sys.argv) == 2:  # with a mount table of its own
        world = unshare("--mount")
        if subprocess.run([*world, "true"], check=False).returncode != 0:
            sys.exit(77)
        sys.exit(subprocess.run([*world, sys.executable, __file__, ir, "-"],
                                check=False).returncode)
    with tempfile.TemporaryDirectory() as where:
        h = Home(ir, where)
        with open(where + "/take", "w", encoding="ascii") as f:
            f.write(TAKE)
        os.chmod(where + "/take", 0o755)
        try:
            for trial in (disk, daemon, clocks):
                trial(h)
                print(trial.__name__, "ok", flush=True)
        finally:
            for home in (h.home, where + "/home", where + "/small/home"):
                h.home = home
                h.end(signal.SIGKILL)
            subprocess.run(["umount", "-l", where + "/small"], check=False,
                           stderr=subprocess.DEVNULL)


main()
