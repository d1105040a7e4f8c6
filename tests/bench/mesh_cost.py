#!/usr/bin/env python3
"""How much processor time an entry costs each of 20 (IR_BENCH_LARGE=1: and 50)
devices with the real `ird` on one bridge, none of it waited for: from the
command until the last device has it, and with all that devices sign and say
about it afterwards (witnesses, receipts, beacons), less what they use when
idle. A machine that does other things, too, changes little of it.
IR_BENCH_DEVICES=n: with so many alone; IR_BENCH_ROUNDS as elsewhere (5).
"""
import json
import os
import statistics
import time

import mesh
from bench import LARGE, Bench, Failed, main

ROUNDS = int(os.environ.get("IR_BENCH_ROUNDS", "5"))
IDLE_S = 10
SETTLE_S = 10  # receipts of 50 devices take half of it
WORDS = {"ir note": ("note",), "ir notify": ("notify", "all", "--severity", "3")}


def used(devices):
    """Milliseconds of processor time each daemon has used, on average."""
    total = 0
    for d in devices:
        tasks = "/proc/%d/task" % d.daemon.pid
        for task in os.listdir(tasks):
            with open(os.path.join(tasks, task, "schedstat"),
                      encoding="ascii") as f:
                total += int(f.read().split()[0])
    return total / 1e6 / len(devices)


def one(m, words, device, text):
    """Until it is everywhere, and with all that follows; how many entries."""
    before, had = used(m.devices), m.looks[device.name].count()
    began = time.monotonic()
    p = device.ir_raw("--json", *words, text)
    if p.returncode != 0:
        raise Failed(p.stderr)
    if m.until([json.loads(p.stdout.splitlines()[0])["id"]], 30) is None:
        raise Failed("not everywhere within 30 s")
    there = used(m.devices)
    time.sleep(SETTLE_S)
    m.quiet(still=2, most=60)
    return (there - before, used(m.devices) - before,
            m.looks[device.name].count() - had, time.monotonic() - began)


def of(b, n):
    """Everything with n devices."""
    m = mesh.Mesh(b, n)
    try:
        m.start()
        m.quiet(still=8, most=90)
        before = used(m.devices)
        time.sleep(IDLE_S)
        rate = (used(m.devices) - before) / IDLE_S
        b.row("%d: idle, a second" % n, [rate], "ms")
        for what, words in WORDS.items():
            there, whole, entries = [], [], []
            for i in range(ROUNDS):
                now, all_of_it, count, took = one(
                    m, words, m.devices[(7 * i + 3) % n], "表示は消えたまま %d" % i)
                there.append(now)
                whole.append(all_of_it - rate * took)
                entries.append(count)
            b.row("%d: %s, until the last has it" % (n, what), there, "ms")
            b.row("%d: %s, with the %d entries of it" % (
                n, what, statistics.median(entries)), whole, "ms")
            print("%d: %s: %.2f ms a device until the last has it, %.2f with "
                  "the %d entries of it" % (
                      n, what, statistics.median(there),
                      statistics.median(whole), statistics.median(entries)),
                  flush=True)
        m.cut_devices()
    finally:
        m.close()


def bench():
    mesh.enter()
    b = Bench("mesh-cost", "processor time of an entry on each device")
    only = os.environ.get("IR_BENCH_DEVICES")
    for n in [int(only)] if only else [20] + [50] * LARGE:
        of(b, n)
    b.done()


main(bench)
