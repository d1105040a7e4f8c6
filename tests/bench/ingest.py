#!/usr/bin/env python3
"""Entries that come from elsewhere, judged with every signature checked and
stored durably, 100 a transaction and 2 ms between two, beside libsodium alone
checking the signatures of the same messages, in turns."""
import shutil
import statistics

from bench import LARGE, Bench, main

ENTRIES, SLICES = (100000, 20) if LARGE else (20000, 10)


def bench():
    b = Bench("ingest", "%d entries of two people" % ENTRIES)
    b.home("Tanaka")
    shutil.copytree(b.path("home"), b.path("other"))
    b.fill(ENTRIES // 500, 500, 1)
    out = b.call(b.tool("ingest-rate"), b.path("home"), b.path("other"),
                 str(SLICES))
    rows = [tuple(int(x) for x in line.split()) for line in out.splitlines()]
    floor = [n / (bare / 1e9) for n, bare, _ in rows]
    ours = [n / (took / 1e9) for n, _, took in rows]
    ratio = statistics.median(bare / took for _, bare, took in rows)
    b.row("libsodium alone", floor, "/s")
    b.row("judged and stored", ours, "/s", "libsodium", ratio)
    b.done()


main(bench)
