#!/usr/bin/env python3
"""What a responder waits for: `ir status`, `next`, `done`, `note`, each as a
whole process in an incident of 50 entries, beside a C program that opens the
same SQLite, signs and commits one row."""
import statistics

import peers
from bench import ROUNDS, Bench, main

ENTRIES = 50  # in an incident before it is worked on
BUDGET = 2.0


def bench():
    b = Bench("process", "whole processes in an incident of %d entries"
              % ENTRIES)
    b.home("Tanaka")
    # each `done` finds a fresh incident, each `note` grows one of its own
    ids = b.fill(ROUNDS + 4, ENTRIES, ROUNDS + 4)
    at = ids[-1]
    others = peers.ready(b)
    jobs = {name: (lambda i, argv=argv: b.clock(*argv))
            for name, argv in others.items()}
    jobs["ir status"] = lambda i: b.clock(b.ir, "--incident", at, "status")
    jobs["ir next"] = lambda i: b.clock(b.ir, "--incident", at, "next")
    jobs["ir done"] = lambda i: b.clock(*peers.step_words(b, ids[i]))
    jobs["ir note"] = lambda i: b.clock(b.ir, "--incident", ids[i], "note",
                                        "3番ゲートの表示は消えたまま")
    jobs["ir note (ja)"] = lambda i: b.clock(
        b.ir, "--lang", "ja", "--incident", ids[i], "note",
        "3番ゲートの表示は消えたまま")
    ms = b.turns(jobs)
    base = statistics.median(ms["floor"])
    for name, values in ms.items():
        ratio = statistics.median(values) / base
        ours = name.startswith("ir ")
        b.row(name, values, "ms", "floor" if name != "floor" else None,
              ratio if name != "floor" else None,
              "%g x floor" % BUDGET if ours else None,
              ratio <= BUDGET if ours else None)
    b.done()


main(bench)
