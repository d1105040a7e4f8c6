#!/usr/bin/env python3
"""What it takes until two nodes that hold 100,000 entries of 300 bytes, but for d
of them, hold the same; and time and memory of a set of a million.

First the difference alone: whole negentropy messages of both sides, from first
to last, without what they travel in. The ratio is to 32 d, the ids themselves.
Then everything: all IP bytes of two nodes that speak over HTTPS on a connection
that stands, entries, beacons, wants and acknowledgements in it, counted in a
network namespace (equal_sets.c); where they are equal, over the LAN too. The ratio is to 300 d, the entries themselves.
"""
from bench import Bench, Failed, main

N = 100000
MILLION = 1000000
ENTRY = 300
APART = (0, 1, 10, 32, 100, 1000)
SEEDS = 5
MIB_BUDGET = 48
ALL_BUDGET = {("tail", 0): 300, ("tail", 1): 1500, ("tail", 10): 5000,
              ("tail", 100): 36000, ("tail", 1000): 340000,
              ("scattered", 100): 150000}
CASES = [(where, d) for where in ("tail", "interleaved", "scattered")
         for d in (APART if where == "tail" else APART[2:])]


def words(where, d):
    return "d = %d, %s" % (d, where) if d > 0 else "equal"


def difference(b):
    for where, d in CASES:
        seeds = range(SEEDS if where == "scattered" else 1)
        found = [[int(x) for x in b.call(
            b.tool("reconcile-sets"), "bytes", str(N), str(d), where, "262144",
            str(seed)).split()] for seed in seeds]
        sent = sorted(sum(m) for m in found)
        b.row("negentropy, " + words(where, d), sent, "bytes",
              "32 d" if d else None,
              sent[len(sent) // 2] / (32 * d) if d else None,
              note="%d messages" % len(found[0]))


def everything(b):
    for where, d in CASES:
        got = [b.values("equal-sets", N, d, where, seed)
               for seed in range(SEEDS)]
        sent = sorted(int(x["ip_bytes"]) for x in got)
        median = sent[len(sent) // 2]
        budget = ALL_BUDGET.get((where, d))
        b.row("all IP bytes, " + words(where, d), sent, "bytes",
              "300 d" if d else None, median / (ENTRY * d) if d else None,
              "%d bytes" % budget if budget else None,
              median <= budget if budget else None,
              "%d packets, %s ms" % (int(got[0]["packets"]), got[0]["ms"]))
    got = [b.values("equal-sets", N, 0, "tail", seed, "lan")
           for seed in range(SEEDS)]
    sent = sorted(int(x["ip_bytes"]) for x in got)
    b.row("all IP bytes, equal, over the LAN (IPv4)", sent, "bytes",
          note="%d packets" % int(got[0]["packets"]))


class Sets(Bench):
    def values(self, tool, *words_):
        """What a tool prints as "name value" lines."""
        return dict(line.split() for line in self.call(
            self.tool(tool), *(str(w) for w in words_)).splitlines())


def bench():
    b = Sets("reconcile", "two sets of %d entries" % N)
    difference(b)
    try:
        everything(b)
    except Failed as e:
        if ": 77: " not in str(e):
            raise
        print("left out: all IP bytes; no network namespace can be made here")
    for order in ("tail", "random"):
        got = b.values("reconcile-sets", "size", MILLION, order)
        mib = int(got["heap_bytes"]) / 2**20
        b.row("%d ids put in, %s order" % (MILLION, order),
              float(got["fill_s"]) * 1000, "ms")
        b.row("  memory", mib, "MiB", budget="%d MiB" % MIB_BUDGET,
              holds=mib <= MIB_BUDGET, note="%.1f MiB with what the heap "
              "holds free" % (int(got["arena_bytes"]) / 2**20))
        b.row("  both sides of a session, d = 100 scattered",
              float(got["first_s"]) * 1000, "ms")
        b.row("  again under the same salt", float(got["again_s"]) * 1000,
              "ms")
    b.done()


main(bench)
