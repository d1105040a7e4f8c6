#!/usr/bin/env python3
"""An alert to the last of 10 and 20 devices (and 50, IR_BENCH_LARGE=1), each
with the real daemon in a network namespace on one bridge: from the start of `ir
notify` until it is stored on the last one, its signature checked and synced to
disk. Beside it serf in the same namespaces: from the start of `serf event` until
the handler of the last agent runs; serf checks and stores nothing. And the bytes
that cross the bridge's ports in that time, all IP, per device and alert.

Devices on one machine share its processors and its disk: twenty syncs at once
take what they take there, which real ones do not."""
import glob
import json
import os
import signal
import sqlite3
import subprocess
import sys
import time

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)),
                                "../net"))
import net  # pylint: disable=wrong-import-position
from bench import LARGE, Bench, main

ROUNDS = 10
PAUSE_S = 3  # receipts and witnesses have their time between two alerts
ROOM = 16384
NEIGHBOURS = "/proc/sys/net/ipv4/neigh/default/gc_thresh%d"


def bytes_on(devices):
    """What crossed their ports, in and out, since they were made."""
    wires = {d.wire for d in devices}
    total = 0
    for link in json.loads(net.run("ip", "-j", "-s", "link")):
        if link["ifname"] in wires:
            s = link["stats64"]
            total += s["rx"]["bytes"] + s["tx"]["bytes"]
    return total


def stored(device, entry):
    """When it was stored there, in milliseconds since 1970, or None."""
    db = sqlite3.connect(f"file:{device.home}/ir.db?mode=ro", uri=True)
    try:
        row = db.execute("SELECT at_ms FROM arrival JOIN entry USING (n) "
                         "WHERE id = ?", (bytes.fromhex(entry),)).fetchone()
    finally:
        db.close()
    return row and row[0]


def wait(what, cond, seconds=60):
    end = time.monotonic() + seconds
    while not cond():
        if time.monotonic() > end:
            raise SystemExit(f"still not: {what}")
        time.sleep(0.05)


def spread_ir(site, devices):
    """Milliseconds and bytes per device of each alert."""
    first, rest = devices[0], devices[1:]
    for d in devices:
        d.start()
    wait("all equal", lambda: site.equal(devices), 120)
    time.sleep(2 * PAUSE_S)
    took, sizes = [], []
    for i in range(ROUNDS):
        before = bytes_on(devices)
        began = time.time() * 1000
        text = first.json("notify", "all", f"gather at point {i}",
                          "--severity", "2")
        entry = text["id"]
        wait("an alert is everywhere",
             lambda e=entry: all(stored(d, e) is not None for d in rest))
        sizes.append((bytes_on(devices) - before) / len(devices))
        took.append(max(stored(d, entry) for d in rest) - began)
        time.sleep(PAUSE_S)
    for d in devices:
        d.stop()
    return took, sizes


def spread_serf(work, devices):
    agents, marks = [], []
    for d in devices:
        mark = os.path.join(work, d.name + ".mark")
        script = os.path.join(work, d.name + ".sh")
        marks.append(mark)
        with open(script, "w", encoding="utf-8") as f:
            f.write(f"#!/bin/sh\ndate +%s%N >> {mark}\n")
        os.chmod(script, 0o700)
        agents.append(subprocess.Popen(
            ["nsenter", f"--net=/run/netns/{d.name}", "serf", "agent",
             "-node", d.name, "-bind", d.address + ":7946",
             "-retry-join", devices[0].address, "-retry-interval", "1s",
             "-event-handler", f"user:alert={script}"],
            stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL))
    inside = ["nsenter", f"--net=/run/netns/{devices[0].name}", "serf"]

    def lines(mark):
        if not os.path.exists(mark):
            return []
        with open(mark, encoding="utf-8") as f:
            return f.read().split()

    def members():
        p = subprocess.run([*inside, "members"], check=False,
                           stdout=subprocess.PIPE, text=True)
        return p.stdout.count(" alive") == len(devices)

    wait("serf knows all", members)
    time.sleep(PAUSE_S)
    took = []
    for i in range(ROUNDS):
        began = time.time() * 1000
        subprocess.run([*inside, "event", "-coalesce=false", "alert",
                        f"gather at point {i}"], check=True,
                       stdout=subprocess.DEVNULL)
        wait("an event is everywhere",
             lambda n=i: all(len(lines(m)) > n for m in marks))
        took.append(max(int(lines(m)[i]) for m in marks) / 1e6 - began)
        time.sleep(PAUSE_S)
    for a in agents:
        a.send_signal(signal.SIGKILL)
        a.wait()
    return took


def bench():
    b = Bench("spread", "an alert to the last device")
    sizes = [10, 20] + ([50] if LARGE else [])
    net.bridge("br0")
    site = net.Site(b.ir, os.path.join(os.path.dirname(b.ir), "ird"),
                    b.work)
    try:
        for n in range(1, sizes[-1] + 1):
            site.add(n, bridge_name="br0")
        site.enrol()
        serf = b.have("serf", "serf")
        for n in sizes:
            ms, size = spread_ir(site, site.devices[:n])
            beside, ratio = None, None
            if serf is not None:
                floor = spread_serf(b.work, site.devices[:n])
                b.row(f"serf event, {n} agents", floor, "ms")
                beside = "serf"
                ratio = sorted(ms)[ROUNDS // 2] / sorted(floor)[ROUNDS // 2]
                for mark in glob.glob(b.path("*.mark")):
                    os.remove(mark)
            b.row(f"ir notify, {n} devices", ms, "ms", beside, ratio)
            b.row(f"bytes per device and alert, {n} devices", size, "bytes")
    finally:
        site.close()
    b.done()


def room_for_neighbours():
    """Fifty devices on one machine overflow its table of neighbours, which all
    namespaces share; returns how to put it back."""
    old = {}
    for i in (1, 2, 3):
        path = NEIGHBOURS % i
        try:
            with open(path, encoding="utf-8") as f:
                value = int(f.read())
            if value < ROOM:
                with open(path, "w", encoding="utf-8") as f:
                    f.write(str(ROOM))
                old[path] = str(value)
        except OSError:
            break  # not root: up to 20 there is room as it is
    return old


if __name__ == "__main__":
    if "IR_NET_INSIDE" not in os.environ:
        before = room_for_neighbours()
        pid = os.fork()
        if pid == 0:
            net.enter()
        status = os.waitpid(pid, 0)[1]
        for where, value in before.items():
            with open(where, "w", encoding="utf-8") as f:
                f.write(value)
        sys.exit(os.waitstatus_to_exitcode(status))
    net.enter()
    main(bench)
