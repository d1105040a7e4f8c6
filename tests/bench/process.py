#!/usr/bin/env python3
"""What a responder waits for: `ir status`, `next`, `done`, `note`, each as a
whole process in an incident of 50 entries, beside a C program that opens the
same SQLite, signs and commits one row. Then the same in a home that DEVICES
others share, each with a person of its own, who all wrote into that incident and
witnessed what they got."""
import json
import os
import statistics

import peers
from bench import ROUNDS, Bench, main

ENTRIES = 50  # in an incident before it is worked on
BUDGET = 2.0
DEVICES = 6


def join(b, ours, theirs, name):
    """Let in a new device over a directory, as people do."""
    door = b.path("door")
    os.makedirs(door, exist_ok=True)
    code = json.loads(b.call(b.ir, "-C", ours, "--json", "mesh", "invite",
                             name))["code"]
    words = (b.ir, "-C", theirs, "mesh", "join", code, "--via", door)
    env = {"IR_AS": ""}
    b.call(*words, env=env)
    b.call(b.ir, "-C", ours, "carry", "in", door)
    b.call(*words, env=env)


def shared(b, simple):
    """A home like `simple` in a mesh: (its path, its incidents)."""
    ours, stick = b.path("mesh"), b.path("stick")
    os.mkdir(stick)
    b.env["IR_HOME"] = ours
    b.home()
    ids = b.fill(ROUNDS + 4, ENTRIES, ROUNDS + 4)
    names = ["device%d" % i for i in range(DEVICES)]
    for name in names:
        join(b, ours, b.path(name), name)
    b.call(b.ir, "-C", ours, "carry", "out", stick)
    for name in names:
        ir = [b.ir, "-C", b.path(name)]
        env = {"IR_AS": ""}
        b.call(*ir, "carry", "in", stick, env=env)
        b.call(*ir, "--incident", ids[-1], "note", "ここは %s" % name, env=env)
        b.call(*ir, "carry", "out", stick, env=env)
    b.call(b.ir, "-C", ours, "carry", "in", stick)
    b.env["IR_HOME"] = simple
    return ours, ids


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
    home, theirs = shared(b, b.env["IR_HOME"])
    env = {"IR_HOME": home}
    for word in ("status", "next"):
        jobs["ir %s, shared" % word] = lambda i, word=word: b.clock(
            b.ir, "--incident", theirs[-1], word, env=env)
    jobs["ir done, shared"] = lambda i: b.clock(
        *peers.step_words(b, theirs[i]), env=env)
    jobs["ir note, shared"] = lambda i: b.clock(
        b.ir, "--incident", theirs[i], "note", "3番ゲートの表示は消えたまま",
        env=env)
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
