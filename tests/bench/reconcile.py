#!/usr/bin/env python3
"""Bytes of finding out which of two sets of 100,000 ids holds what, when they
differ in d; and time and memory of a set of a million.

Counted are whole negentropy messages, both ways, from first to last. The ratio
is to 32 d, the ids themselves. What the entries take that are then handed over
is not in it, nor what is sent before it comes to this (beacons; the newest ids,
which settle up to 32 at the tail in one message: docs/format.md section 12).

"IP bytes" are an estimate, made of message lengths as follows.
  datagrams: messages of at most 1,134 bytes; to each 30 bytes of the message it
             travels in, 36 of sealing, 48 of IPv6 and UDP.
  HTTPS:     messages of at most 262,144 bytes over a connection that stands; to
             each 30 bytes of the message it travels in, 200 of a request's
             head or 150 of an answer's, 22 of TLS for every 16,384; 72 of IPv6
             and TCP for every 1,428, and as many for every second such segment
             acknowledged.
"""
from bench import Bench, main

N = 100000
MILLION = 1000000
APART = (0, 1, 10, 32, 100, 1000)
SEEDS = 5
MIB_BUDGET = 48


def datagrams(lengths):
    return sum(n + 30 + 36 + 48 for n in lengths)


def https(lengths):
    total = 0
    for k, n in enumerate(lengths):
        n += 30 + (150 if k % 2 else 200)
        n += 22 * -(-n // 16384)
        segments = -(-n // 1428)
        total += n + 72 * segments + 72 * -(-segments // 2)
    return total


def messages(b, d, where, limit):
    """The message lengths of a session, for some seeds."""
    seeds = range(SEEDS if where == "scattered" and d > 0 else 1)
    return [[int(x) for x in b.call(b.tool("reconcile-sets"), "bytes", str(N),
                                    str(d), where, str(limit),
                                    str(seed)).split()] for seed in seeds]


def bench():
    b = Bench("reconcile", "which of two sets of %d ids holds what" % N)
    for where in ("tail", "interleaved", "scattered"):
        for d in APART if where == "tail" else APART[2:]:
            whole = messages(b, d, where, 262144)
            small = messages(b, d, where, 1134)
            what = "d = %d, %s" % (d, where) if d > 0 else "equal"
            sent = [sum(m) for m in whole]
            b.row(what, sent, "bytes", "32 d" if d else None,
                  sorted(sent)[len(sent) // 2] / (32 * d) if d else None,
                  note="%d messages" % len(whole[0]))
            b.row("  IP bytes, HTTPS (estimate)", [https(m) for m in whole],
                  "bytes")
            b.row("  IP bytes, datagrams (estimate)",
                  [datagrams(m) for m in small], "bytes",
                  note="%d messages" % len(small[0]))
    for order in ("tail", "random"):
        got = dict(line.split() for line in b.call(
            b.tool("reconcile-sets"), "size", str(MILLION),
            order).splitlines())
        mib = int(got["heap_bytes"]) / 2**20
        b.row("%d items put in, %s order" % (MILLION, order),
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
