#!/usr/bin/env python3
"""init.py IR SHIM: `ir init` with a fault at its n-th call that changes the
disk, for every n: a home is there whole or not at all, what failed leaves
nothing behind, and what was killed does not hinder the next try.
"""
import os
import shutil
import sys

import every
import torture

MODES = ("enospc", "eio", "kill", "killed", "torn")


def init(bench, env=None):
    return bench.run("init", "--no-git", "--runbooks",
                     os.path.join(torture.HERE, "site"), "--org", "Test",
                     "--person", "Ito", env=env)


def judge(bench, place, ran, why):
    left = sorted(os.listdir(place))
    there = "home" in left
    if not ran.killed and ran.code != 0 and [n for n in left if n != "home"]:
        raise torture.Wrong(f"{why}: {left} left behind: {ran}")
    if ran.code == 0 and not there:
        raise torture.Wrong(f"{why}: done, but no home: {ran}")
    if there:
        bench.check(ran.ids, why=why)
    else:
        again = init(bench)
        if again.code != 0:
            raise torture.Wrong(f"{why}: init again: {again}")
    if bench.run("--yes", "release", "approve").code != 0:
        bench.run("release", "make", check=True)
        bench.run("--yes", "release", "approve", check=True)
    bench.check_writable(ran.ids, why=why)


def test():
    faults = 0
    with torture.Bench(sys.argv[1]) as bench:
        place = os.path.join(bench.dir, "place")
        bench.home = os.path.join(place, "home")
        state = every.State(os.path.join(bench.dir, "state"))
        env = {"LD_PRELOAD": os.path.abspath(sys.argv[2]),
               "IR_TORTURE_HOME": place, "IR_TORTURE_STATE": state.path}
        for mode in MODES:
            n = 0
            while True:
                n += 1
                shutil.rmtree(place, ignore_errors=True)
                os.mkdir(place, 0o700)
                state.clear()
                ran = init(bench, {**env, "IR_TORTURE_MODE": mode,
                                   "IR_TORTURE_AT": str(n)})
                if not state.fired:
                    break
                faults += 1
                judge(bench, place, ran,
                      f"init: {mode} at {n} ({state.what})")
    return f"{faults} faults in ir init"


if __name__ == "__main__":
    torture.main(test)
