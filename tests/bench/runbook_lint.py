#!/usr/bin/env python3
"""`ir runbook lint` over all shipped runbooks, and of one, beside Lua only
parsing the same files."""
import glob
import os
import statistics

from bench import HERE, ROUNDS, Bench, main


def bench():
    b = Bench("runbook_lint", "ir runbook lint of the shipped runbooks")
    b.home()
    site = os.path.join(HERE, "../../runbooks")
    sources = sorted(glob.glob(site + "/**/*.lua", recursive=True))
    lua = b.have("lua5.4", "lua5.4")
    jobs = {
        "ir --version": lambda i: b.clock(b.ir, "--version"),
        "ir runbook lint, one": lambda i: b.clock(
            b.ir, "runbook", "lint", "flight-information/ransomware"),
        "ir runbook lint, all %d files" % len(sources): lambda i: b.clock(
            b.ir, "runbook", "lint"),
    }
    if lua is not None:
        script = b.path("parse.lua")
        with open(script, "w", encoding="utf-8") as f:
            f.write("for i = 1, #arg do assert(loadfile(arg[i])) end\n")
        jobs["lua, parsing all"] = lambda i: b.clock(lua, script, *sources)
    ms = b.turns(jobs, rounds=max(3, ROUNDS // 8), warm=1)
    base = statistics.median(ms.get("lua, parsing all", [0])) or None
    for name, values in ms.items():
        b.row(name, values, "ms", "lua" if base else None,
              statistics.median(values) / base if base else None)
    b.done()


main(bench)
