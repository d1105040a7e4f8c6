#!/usr/bin/env python3
"""An entry of some 300 bytes between two devices that are online, from the end
of `ir note` until it is checked and on disk there: real `ird` in two network
namespaces on one bridge. Beside it, in the same namespaces, NNCP: from the end
of `nncp-file` until `nncp-call` has brought it into the spool of a running
`nncp-daemon`, checked, and until that has put it down as a file. A call is made
for each file: NNCP looks for what is new in one that stands once a second, which
is the second line.
"""
import os
import statistics
import subprocess
import time

import mesh
import peers
from bench import Bench, Failed, main

ROUNDS = 10
WAIT_S = 20
TEXT = "3番ゲートの表示は消えたまま。" * 4


def inside(device, *words):
    return ["nsenter", "--net=/run/netns/" + device.name, *words]


def ours(b, m):
    one, two = m.devices
    ms = []
    for i in range(ROUNDS + 1):
        ident = one.json("note", "%d %s" % (i, TEXT))["id"]
        ended = time.monotonic()
        came = m.until([ident], WAIT_S, [two])
        if came is None:
            raise Failed("the note did not come")
        ms.append(max(0, came - ended) * 1000)
        time.sleep(0.5)
    b.row("ir note, ird and ird", ms[1:], "ms")
    return statistics.median(ms[1:])


def until(found, end):
    """When it was found; looks as often as for entries."""
    while not found():
        if time.monotonic() > end:
            raise Failed("NNCP brought nothing")
        time.sleep(0.0005)
    return time.monotonic()


class Nncp:
    def __init__(self, b, m, cfg):
        self.b, self.cfg = b, cfg
        self.one, self.two = m.devices
        self.note = b.path("note")
        self.spool, self.down = b.path("spool-two"), b.path("in-two")
        self.daemon = subprocess.Popen(inside(
            self.two, "nncp-daemon", "-quiet", "-autotoss", "-cfg", cfg[1],
            "-bind", self.two.address + ":5400"),
            stdin=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        time.sleep(1)

    def call(self, seconds):
        """A call that ends itself when nothing is left for so long: what is
        killed holds its locks over there."""
        return subprocess.Popen(inside(
            self.one, "nncp-call", "-quiet", "-onlinedeadline", str(seconds),
            "-cfg", self.cfg[0], "two", self.two.address + ":5400"),
            stdin=subprocess.DEVNULL, stderr=subprocess.DEVNULL)

    def spooled(self):
        """Whole packets that came: a name without a suffix."""
        return sum("." not in name for d, _, files in os.walk(self.spool)
                   if d.endswith("/rx") for name in files)

    def send(self, i):
        with open(self.note, "wb") as f:
            f.write(os.urandom(300))
        self.b.call("nncp-file", "-quiet", "-cfg", self.cfg[0], self.note,
                    "two:note-%d" % i)
        return time.monotonic()

    def round(self, i, standing):
        """Milliseconds until it is in the spool, and until it is a file."""
        name = os.path.join(self.down, "note-%d" % i)
        time.sleep(2.5)  # the call before has ended over there, too
        call = self.call(3) if standing else None
        if standing:
            time.sleep(1.3)
        began = self.send(i)
        call = call or self.call(1)
        try:
            end = began + WAIT_S
            there = until(lambda: self.spooled() > 0 or os.path.exists(name),
                          end)
            whole = until(lambda: os.path.exists(name), end)
        finally:
            call.wait()
        return (there - began) * 1000, (whole - began) * 1000

    def close(self):
        self.daemon.kill()
        self.daemon.wait()


def theirs(b, m, base):
    cfg = peers.nncp(b)
    if cfg is None:
        return
    n = Nncp(b, m, cfg)
    try:
        for standing, name in ((False, "called for it"),
                               (True, "in a call that stands")):
            got = [n.round(i + 1000 * standing, standing)
                   for i in range(ROUNDS + 1)][1:]
            for what, at in (("in the spool", 0), ("put down", 1)):
                ms = [x[at] for x in got]
                b.row("NNCP, %s: %s" % (name, what), ms, "ms", "ir",
                      statistics.median(ms) / base)
    finally:
        n.close()


def bench():
    mesh.enter()
    b = Bench("mesh-nncp", "an entry between two devices online")
    m = mesh.Mesh(b, 2)
    try:
        m.start()
        base = ours(b, m)
        m.cut_devices()
        theirs(b, m, base)
    finally:
        m.close()
    b.done()


main(bench)
