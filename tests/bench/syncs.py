#!/usr/bin/env python3
"""How often recording one thing waits for the disk: calls of fsync, fdatasync
and their like, counted by a preloaded library in the program and in all it
starts."""
import os

import peers
from bench import Bench, Failed, main

BUDGET = 2
TIMES = 10


def bench():
    b = Bench("syncs", "waits for the disk per recorded entry")
    b.home("Tanaka")
    ids = b.fill(TIMES, 20, TIMES)
    env, counted = peers.preload(b)
    jobs = {name: (lambda i, argv=argv: argv)
            for name, argv in peers.ready(b).items()}
    jobs["ir done"] = lambda i: peers.step_words(b, ids[i])
    jobs["ir note"] = lambda i: [b.ir, "--incident", ids[i], "note", "x"]
    for name, argv in jobs.items():
        each = []
        for i in range(TIMES):
            before = peers.size(counted)
            b.call(*argv(i), env=env)
            each.append(peers.size(counted) - before)
        ours = name.startswith("ir ")
        b.row(name, each, "syncs", budget="%d at most" % BUDGET if ours
              else None, holds=max(each) <= BUDGET if ours else None,
              note="never more than %d" % max(each))
    if not os.path.exists(counted):
        raise Failed("the counting library was not loaded")
    b.done()


main(bench)
