#!/usr/bin/env python3
"""Durable signed entries a second in one process, beside bare commits of rows
of about the same size by the same SQLite."""
import statistics

from bench import ROUNDS, Bench, main

EACH = 500
BUDGET = 0.5


def bench():
    b = Bench("append", "one commit per entry, in one process")
    incident = b.home()
    rounds = max(6, ROUNDS // 4)
    out = b.call(b.tool("append"), b.env["IR_HOME"], b.path("bare.db"),
                 incident, str(EACH), str(rounds))
    pairs = [tuple(int(x) for x in line.split())
             for line in out.splitlines()][1:]
    ours = [EACH / (a / 1e9) for a, _ in pairs]
    bare = [EACH / (z / 1e9) for _, z in pairs]
    ratio = statistics.median(z / a for a, z in pairs)
    b.row("bare SQLite commits", bare, "/s")
    b.row("signed entries", ours, "/s", "bare", ratio, "%g x bare" % BUDGET,
          ratio >= BUDGET)
    b.done()


main(bench)
