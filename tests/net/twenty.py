#!/usr/bin/env python3
"""Twenty devices with the real daemon, on two bridges joined by a bad wire,
one with its clock ahead, one behind, one with a small disk, one reached by a
stick alone. For a while anything happens to them; after that all is well again,
and everybody must hold everything that was ever called recorded.

IR_NET_SECONDS: for how long anything happens (12). IR_NET_SEED: what (1).
"""
import os
import random
import signal
import subprocess
import sys

import net

SECONDS = float(os.environ.get("IR_NET_SECONDS", "12"))
SEED = int(os.environ.get("IR_NET_SEED", "1"))
HERE = os.path.dirname(os.path.abspath(__file__))


class Relay:
    def __init__(self, left, right):
        for side, port in ((left, "rl"), (right, "rr")):
            net.run("ip", "link", "add", port + "0", "type", "veth", "peer",
                    "name", port + "1")
            net.run("ip", "link", "set", port + "0", "master", side, "up")
            net.run("ip", "link", "set", port + "1", "up", "promisc", "on")
        self.p = subprocess.Popen(
            [sys.executable, os.path.join(HERE, "relay.py"), "rl1", "rr1",
             str(SEED), "10", "3", "20"], stdout=subprocess.PIPE, text=True)
        assert self.p.stdout.readline() == "relay\n"

    def cut(self, yes):
        self.p.send_signal(signal.SIGUSR1 if yes else signal.SIGUSR2)


class Disk:
    """A small disk that can be filled up."""

    def __init__(self, site):
        self.path = os.path.join(site.top, "disk")
        os.mkdir(self.path)
        net.run("mount", "-t", "tmpfs", "-o", "size=96m", "tmpfs", self.path)

    def fill(self, leave):
        """Leave that many bytes."""
        v = os.statvfs(self.path)
        n = v.f_bavail * v.f_frsize - leave
        with open(os.path.join(self.path, "ballast"), "ab") as f:
            try:
                os.posix_fallocate(f.fileno(), f.tell(), max(n, 1))
            except OSError:
                pass  # somebody else wrote meanwhile: it is full

    def empty(self):
        if os.path.exists(os.path.join(self.path, "ballast")):
            os.remove(os.path.join(self.path, "ballast"))


def build(site):
    net.bridge("left")
    net.bridge("right")
    disk = Disk(site)
    for i in range(1, 21):
        more = {"bridge_name": "left" if i <= 10 else "right"}
        if i == 17:
            more["clock"] = "-2d"
        elif i == 18:
            more["where"] = disk.path
        elif i == 19:
            more["clock"] = "+3h"
        elif i == 20:
            more = {}
        site.add(i, **more)
    return Relay("left", "right"), disk


def full(site, disk, small, other):
    """A disk without room: nothing is called recorded there, its daemon lives
    on, and when there is room again it has what the others have."""
    disk.fill(0)
    # what SQLite has of the disk already may still take a few
    assert not all(small.note("no room for this: " + "x" * 50000)
                   for _ in range(100)), "a full disk takes everything"
    other.note("while that disk is full")
    net.time.sleep(1)
    assert small.daemon.poll() is None
    disk.fill(20 << 20)  # room for its own, not for what others send
    disk.empty()
    site.wait("a disk that was full holds everything",
              lambda: site.equal([small, other], site.acked))


class Chaos:
    def __init__(self, site, relay, disk):
        self.site, self.relay, self.disk = site, relay, disk
        self.wired = site.devices[:19]
        self.draw = random.Random(SEED)
        self.notes = self.refused = self.killed = 0

    def note(self):
        d = self.draw.choice(self.site.devices)
        self.notes += 1
        if not d.note(f"{self.notes}: {d.name}"):
            self.refused += 1

    def link(self):
        self.draw.choice(self.wired).link(self.draw.random() < 0.5)

    def kill(self):
        d = self.draw.choice(self.wired)
        if d.daemon is not None:
            d.stop(self.draw.choice([signal.SIGKILL, signal.SIGTERM]))
            self.killed += 1

    def start(self):
        for d in self.wired:
            if d.daemon is None or d.daemon.poll() is not None:
                d.stop()
                d.start()
                return

    def cut(self):
        self.relay.cut(self.draw.random() < 0.5)

    def jump(self):
        """A clock is set, while everything runs."""
        self.site.devices[18].jump(self.draw.choice(["+3h", "+5m", "-1d"]))

    def full(self):
        self.draw.choice([lambda: self.disk.fill(0),
                          lambda: self.disk.fill(20 << 20),
                          self.disk.empty])()

    def run(self):
        doing = [self.note] * 12 + [self.link] * 3 + [self.kill] * 2 + \
            [self.start] * 2 + [self.cut, self.full, self.jump]
        end = net.time.monotonic() + SECONDS
        while net.time.monotonic() < end:
            self.draw.choice(doing)()
            net.time.sleep(self.draw.random() * 0.1)

    def heal(self):
        self.disk.empty()
        self.relay.cut(False)
        for d in self.wired:
            d.link(True)
            if d.daemon is not None and d.daemon.poll() is not None:
                raise SystemExit(f"{d.name}: ird ended by itself: "
                                 f"{d.daemon.returncode}\n{d.log()[-2000:]}")
            if d.daemon is None:
                d.start()


def scenario(site):
    relay, disk = build(site)
    site.enrol()
    first, wired, alone = site.devices[0], site.devices[:19], site.devices[19]
    first.ir("--no-input", "start", "flight-information", "ransomware")
    for d in wired:
        d.start()
    site.wait("19 devices hold the incident", lambda: site.equal(wired), 60)
    for i in range(3):
        first.note(f"quiet {i}")
        site.wait("a note is on 19 devices", lambda: site.equal(
            wired, site.acked))
    net.stick(site, wired[4], alone)
    full(site, disk, site.devices[17], first)
    chaos = Chaos(site, relay, disk)
    chaos.run()
    print(f"       {chaos.notes} notes ({chaos.refused} refused: disk full), "
          f"{chaos.killed} daemons ended", flush=True)
    chaos.heal()
    reached = {i for i, name in site.acked.items() if name != alone.name}
    site.wait("19 devices hold everything again",
              lambda: site.equal(wired, reached), 60)
    net.stick(site, wired[4], alone)
    site.wait("and what the stick brought",
              lambda: site.equal(wired, site.acked), 60)
    site.check(site.devices)


if __name__ == "__main__":
    net.main(scenario)
