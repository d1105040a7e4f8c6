#!/usr/bin/env python3
"""`ird` over a long log: memory when it is ready, how long that takes, processor
time in 20 s with nothing to do; 100,000 entries, with IR_BENCH_LARGE=1 a million.
Then what it means for who works there: the time of `ir note` while `ird` takes
in 20,000 entries that the device lacks, beside the same without, each as often.
"""
import re
import time

import mesh
import net
from bench import LARGE, Bench, main

ENTRIES = 1000000 if LARGE else 100000
LACKING = 20000
IDLE_S = 20


def memory(d, what):
    with open("/proc/%d/status" % d.daemon.pid, encoding="ascii") as f:
        return int(re.search(what + r":\s+(\d+)", f.read())[1]) / 1024


def used(d):
    """Seconds of processor time, to the nanosecond."""
    with open("/proc/%d/schedstat" % d.daemon.pid, encoding="ascii") as f:
        return int(f.read().split()[0]) / 1e9


def ready(d):
    """Start; seconds until it is ready."""
    heard = d.log().count("ready")
    began = time.monotonic()
    d.start()
    while d.log().count("ready") == heard:
        if time.monotonic() - began > 120:
            raise SystemExit("ird does not become ready:\n" + d.log())
        time.sleep(0.002)
    return time.monotonic() - began


def noted(d, more, most=100000):
    """The milliseconds of one `ir note` after another, while more()."""
    ms = []
    while len(ms) < most and more():
        began = time.monotonic()
        if not d.note("meanwhile %d" % len(ms)):
            raise SystemExit(d.refused)
        ms.append((time.monotonic() - began) * 1000)
    return ms


def worst(ms):
    return sorted(ms)[len(ms) * 99 // 100]


def lacking(b, m):
    a, d = m.devices
    net.run(b.tool("fill"), a.home, "1", str(LACKING), "0")
    look = mesh.Look(d)
    until = look.count() + LACKING
    a.start()
    d.start()
    began = time.monotonic()
    busy = noted(d, lambda: look.count() < until and
                 time.monotonic() - began < 300)
    took = time.monotonic() - began
    came = look.count() - (until - LACKING) - len(busy)
    time.sleep(5)
    idle = noted(d, lambda: True, len(busy))
    look.close()
    b.row("entries taken in meanwhile", came / took, "/s")
    b.row("ir note, ird with nothing to do", idle, "ms",
          note="p99 %.1f ms" % worst(idle))
    b.row("ir note, ird taking in %d" % LACKING, busy, "ms",
          note="p99 %.1f ms, slowest %.1f" % (worst(busy), max(busy)))


def bench():
    mesh.enter()
    b = Bench("ird-memory", "ird over %d entries" % ENTRIES)
    m = mesh.Mesh(b, 2)
    a, d = m.devices
    try:
        m.start()
        d.ir("use", re.search("IR-[0-9A-Z]{4}", a.ir("list"))[0])
        m.cut_devices()
        lacking(b, m)
        m.cut_devices()
        net.run(b.tool("fill"), a.home, str(ENTRIES // 500), "500", "1")
        seconds = []
        for _ in range(5):
            seconds.append(ready(a))
            if len(seconds) < 5:
                a.stop()
        b.row("until it is ready", seconds, "s")
        b.row("memory when ready", memory(a, "VmRSS"), "MiB")
        time.sleep(10)
        began, before = time.monotonic(), used(a)
        time.sleep(IDLE_S)
        share = (used(a) - before) / (time.monotonic() - began)
        b.row("processor while idle", share * 100, "%")
        b.row("memory after that", memory(a, "VmRSS"), "MiB")
        b.row("memory at most", memory(a, "VmHWM"), "MiB")
    finally:
        m.close()
    b.done()


main(bench)
