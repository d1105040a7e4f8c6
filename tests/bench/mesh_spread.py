#!/usr/bin/env python3
"""How long from the end of `ir note` (and `ir notify`) on one device until the
last of 10 and 20 (IR_BENCH_LARGE=1: and 50) has it, checked, on disk: real `ird`
in network namespaces on one bridge, at 0, 10 and 30 % loss at everybody who
receives; and how many bytes each device sends for it, above what it sends when
nothing happens. Beside it, in the same namespaces, `serf`: the same from the end
of `serf event` until the last agent says that it received it, which it does in
memory only. Neither has anything else to do meanwhile. IR_BENCH_DEVICES=n: with
so many alone.

`serf` runs with its LAN profile, a key, and events that are not gathered.
"""
import json
import os
import re
import selectors
import statistics
import subprocess
import time

import mesh
import net
from bench import LARGE, Bench, main

ROUNDS = 10
LOSSES = (0, 10, 30)
EACH_S = 1.0  # one a second; receipts and witnesses of each count
IDLE_S = 5
WAIT_S = 30
BUDGET_MS = {20: 25, 50: 40}
KEY = "cg8StVXbQJ0gPvMd9o7yrg6Vq5d7zqpUqXcRvRZyR8o="


class Serf:
    """Agents in the namespaces of the devices, each a member of one pool."""

    def __init__(self, devices):
        self.devices, self.heard = devices, {}
        self.wait_on = selectors.DefaultSelector()
        self.agents = []
        for d in devices:
            words = ["serf", "agent", "-node=" + d.name, "-encrypt=" + KEY,
                     "-bind=%s:7946" % d.address, "-profile=lan",
                     "-log-level=info"]
            if d is not devices[0]:
                words.append("-retry-join=" + devices[0].address)
                words.append("-retry-interval=1s")
            p = subprocess.Popen(
                ["nsenter", "--net=/run/netns/" + d.name, *words],
                stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                stderr=subprocess.STDOUT)
            os.set_blocking(p.stdout.fileno(), False)
            self.wait_on.register(p.stdout, selectors.EVENT_READ, d.name)
            self.agents.append(p)

    def words(self, device, *more):
        return ["nsenter", "--net=/run/netns/" + device.name, "serf", *more]

    def drain(self, seconds):
        """Read what they say for so long; notes who has received what."""
        end = time.monotonic() + seconds
        while True:
            for key, _ in self.wait_on.select(max(0, end - time.monotonic())):
                text = key.fileobj.read() or b""
                for name in re.findall(rb"user-event: (\S+)", text):
                    self.heard.setdefault(name.decode(), {}).setdefault(
                        key.data, time.monotonic())
            if time.monotonic() >= end:
                return

    def join(self):
        for _ in range(120):
            self.drain(0.5)
            known = [subprocess.run(
                self.words(d, "members", "-format=json"), check=False,
                stdout=subprocess.PIPE, text=True).stdout
                for d in (self.devices[0], self.devices[-1])]
            if all(k.count('"alive"') == len(self.devices) for k in known):
                self.drain(5)
                return
        raise SystemExit("the agents of serf do not find each other")

    def event(self, device, name):
        """Milliseconds to the last, and how many were never reached."""
        began = time.monotonic()
        subprocess.run(self.words(device, "event", "-coalesce=false", name,
                                  "3番ゲートの表示は消えたまま。" * 3),
                       check=True, stdout=subprocess.DEVNULL)
        ended = time.monotonic()
        while len(self.heard.get(name, ())) < len(self.devices) and \
                time.monotonic() - ended < WAIT_S:
            self.drain(0.005)
        got = self.heard.get(name, {})
        last = max(got.values(), default=ended)
        return began, ended, last, len(self.devices) - len(got)

    def close(self):
        for p in self.agents:
            p.kill()
            p.wait()


class Ir:
    """The devices' own daemons."""

    def __init__(self, m, words):
        self.m, self.words = m, words

    def event(self, device, name):
        text = name + " 3番ゲートの表示は消えたまま。" * 3
        began = time.monotonic()
        p = device.ir_raw("--json", *self.words, text)
        ended = time.monotonic()
        if p.returncode != 0:
            raise SystemExit(p.stderr)
        one = json.loads(p.stdout.splitlines()[0])["id"]
        last = self.m.until([one], WAIT_S)
        return began, ended, last or ended + WAIT_S, 0 if last else 1

    def drain(self, seconds):
        time.sleep(seconds)


def idle(peer, devices):
    """Bytes a device sends in a second when nothing happens."""
    before, began = mesh.carried(devices), time.monotonic()
    peer.drain(IDLE_S)
    return (mesh.carried(devices) - before) / len(devices) / \
        (time.monotonic() - began)


def rounds(b, peer, what, devices, rate, budget=None):
    """One line: how long; another: bytes."""
    ms, whole, missed, extra = [], [], 0, []
    for i in range(ROUNDS + 1):
        before, start = mesh.carried(devices), time.monotonic()
        began, ended, last, lost = peer.event(
            devices[(7 * i + 3) % len(devices)],
            "%s-%d" % (re.sub(r"\W", "", what), i))
        peer.drain(max(0.1, EACH_S - (time.monotonic() - start)))
        if i == 0:
            continue  # warm
        missed += 1 if lost else 0
        ms.append(max(0, last - ended) * 1000)
        whole.append((last - began) * 1000)
        extra.append((mesh.carried(devices) - before) / len(devices) -
                     rate * (time.monotonic() - start))
    middle = statistics.median(ms)
    b.row(what, ms, "ms", budget=budget and "%d ms" % budget,
          holds=budget and middle <= budget,
          note="%d rounds did not reach all in %d s" % (missed, WAIT_S)
          if missed else "")
    b.row(what + ", with the command itself", whole, "ms")
    print("%s: %.1f ms, with the command %.1f, %.0f bytes a device"
          % (what, middle, statistics.median(whole),
             statistics.median(extra)), flush=True)
    b.row(what + ", bytes a device", extra, "bytes")


def of(b, n):
    """Everything with n devices."""
    m = mesh.Mesh(b, n)
    try:
        took = m.start()
        print("%d devices: enrolled in %.1f s, equal %.1f s after they began"
              % (n, m.enrolled_s, took), flush=True)
        peer = Ir(m, ("note",))
        rate = idle(peer, m.devices)
        b.row("%d: ir, bytes a device and second, idle" % n, rate, "bytes")
        for loss in LOSSES:
            m.lose(loss)
            rounds(b, peer, "%d at %d %%: ir note" % (n, loss), m.devices,
                   rate, None if loss else BUDGET_MS.get(n))
        m.lose(0)
        m.quiet()
        rounds(b, Ir(m, ("notify", "all", "--severity", "3")),
               "%d at 0 %%: ir notify" % n, m.devices, rate)
        m.cut_devices()
        if b.have("serf", "serf") is None:
            return
        s = Serf(m.devices)
        try:
            s.join()
            rate = idle(s, m.devices)
            b.row("%d: serf, bytes a device and second, idle" % n, rate,
                  "bytes")
            for loss in LOSSES:
                m.lose(loss)
                rounds(b, s, "%d at %d %%: serf event" % (n, loss), m.devices,
                       rate)
        finally:
            s.close()
    finally:
        m.close()


def bench():
    mesh.enter()
    if not net.shutil.which("nft"):
        raise SystemExit("nft is not installed (package nftables)")
    b = Bench("mesh-spread", "an alert to the last of some devices")
    only = os.environ.get("IR_BENCH_DEVICES")
    for n in [int(only)] if only else [10, 20] + [50] * LARGE:
        of(b, n)
    b.done()


main(bench)
