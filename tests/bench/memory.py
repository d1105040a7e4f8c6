#!/usr/bin/env python3
"""The largest resident set of commands over a long log (ru_maxrss), beside
the smallest thing `ir` can do. With IR_BENCH_LARGE=1 the log has a million
entries."""
from bench import LARGE, Bench, main

INCIDENTS, ENTRIES = (2000, 500) if LARGE else (200, 500)
OPEN = 5  # incidents
BUDGET_MIB = 64
COMMANDS = (
    ("--version",), ("status",), ("next",), ("note", "x"), ("timeline",),
    ("list",), (), ("log",), ("--json", "log"), ("log", "--cbor"),
    ("verify", "--chain-only"), ("verify",), ("show", "1/reach"),
    ("rebuild",), ("exception", "list"), ("done", "1/reach"),
    ("--no-input", "start", "flight-information", "ransomware"),
)


def bench():
    n = INCIDENTS * ENTRIES
    b = Bench("memory", "peak memory over %d entries in %d incidents"
              % (n, INCIDENTS))
    b.home("Tanaka")
    last = b.fill(INCIDENTS, ENTRIES, OPEN)[-1]
    b.call(b.ir, "use", last[:12])
    for words in COMMANDS:
        b.clock(b.tool("peak"), b.path("peak"), b.ir, *words)
        with open(b.path("peak"), encoding="ascii") as f:
            kib, ms = (int(x) for x in f.read().split())
        mib = kib / 1024
        b.row("ir " + " ".join(words), mib, "MiB",
              budget="%d MiB" % BUDGET_MIB, holds=mib <= BUDGET_MIB,
              note="in %.2f s" % (ms / 1000))
    b.done()


main(bench)
