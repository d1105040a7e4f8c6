#!/usr/bin/env python3
"""power.py IR SHIM [SEED]: the power goes after every single call of the walk.
The walk runs once while the shim logs what it writes and says; for each moment
of the log the disk is built anew as it may be found afterwards: with nothing
that was not synced, and twice with a part of it. IR_TORTURE_SEED, or the third
word, repeats a run.
"""
import json
import os
import random
import shutil
import sys

import disk
import torture

CUTS = 2  # random ones at each moment, besides the one that loses most


def record_walk(bench, shim, log):
    """Run the walk with everything logged."""
    with open(log, "wb"):
        pass
    state = os.path.join(bench.dir, "state")
    with open(state, "wb") as f:
        f.write(bytes(4096))
    env = {"LD_PRELOAD": shim, "IR_TORTURE_HOME": bench.home,
           "IR_TORTURE_STATE": state, "IR_TORTURE_LOG": log}
    ids = []
    for line in torture.WALK:
        ran = bench.run(*torture.words_of(line, ids), env=env, check=True)
        ids.append(ran.ids[0] if ran.ids else None)


def said_ids(data):
    found = []
    for line in data.decode(errors="replace").split("\n"):
        try:
            found.append(json.loads(line)["id"])
        except (ValueError, KeyError, TypeError):
            continue
    return found


def cut_here(bench, platter, recorded, rng, why):
    home = os.path.join(bench.dir, "after")
    shutil.rmtree(home, ignore_errors=True)
    platter.put(platter.cut(rng), bench.home, home)
    return bench.check(recorded, home=home, why=why)


class Liar(disk.Disk):
    """A disk whose fsync does nothing: what was said must then be lost."""

    def do(self, call):
        if call[0] != disk.SYNC:
            super().do(call)


def prove(bench, base, calls, recorded):
    """The test finds a disk that lies."""
    liar = Liar(base)
    for call in calls:
        if call[0] != disk.SAID:
            liar.do((call[0], *[p.replace(bench.home, base, 1)
                                for p in call[1:3]], *call[3:]))
    home = os.path.join(bench.dir, "liar")
    liar.put(liar.cut(None), base, home)
    try:
        bench.check(recorded, home=home)
    except torture.Wrong:
        return
    raise torture.Wrong("a disk that forgets what was synced is not noticed")


def test():
    seed = sys.argv[3] if len(sys.argv) > 3 else os.environ.get(
        "IR_TORTURE_SEED", str(random.SystemRandom().randrange(10 ** 9)))
    print(f"seed {seed}")
    rng = random.Random(seed)
    with torture.Bench(sys.argv[1]) as bench:
        bench.make_base(wal_bytes=820 * 1024)
        bench.restore(bench.base)
        log = os.path.join(bench.dir, "calls")
        platter = disk.Disk(bench.home)
        record_walk(bench, os.path.abspath(sys.argv[2]), log)
        recorded, cuts = [], 0
        calls = disk.load(log)
        for n, call in enumerate(calls):
            if call[0] == disk.SAID:
                recorded += said_ids(call[4])
            else:
                platter.do(call)
            why = f"seed {seed}, power cut after call {n} of {len(calls)}"
            cut_here(bench, platter, recorded, None, why + ", all lost")
            for _ in range(CUTS):
                cut_here(bench, platter, recorded, rng, why)
            cuts += 1 + CUTS
        bench.check_writable(recorded, home=os.path.join(bench.dir, "after"),
                             why="after the last cut")
        prove(bench, bench.base, calls, recorded)
        if len(recorded) < len(torture.WALK) - 1:
            raise torture.Wrong(f"only {len(recorded)} ids were seen")
        return f"{cuts} power cuts over {len(torture.WALK)} commands"


if __name__ == "__main__":
    torture.main(test)
