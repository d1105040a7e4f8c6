#!/usr/bin/env python3
"""kill.py IR: thousands of ir, two at a time in one home, killed (-9) at
random moments; nothing that was printed may be missing afterwards.
IR_TORTURE_KILLS=10000 for the long run (2,000 otherwise), IR_TORTURE_SEED to
repeat one as far as chance allows.
"""
import os
import random
import signal
import sys
import time

import torture

EVERY = 200  # the invariants are looked at after so many


class Child:
    """One `ir note`, its output in pipes."""

    def __init__(self, bench, number):
        r, w = os.pipe()
        null = os.open(os.devnull, os.O_RDWR)
        argv = [bench.ir, "-C", bench.home, "--json", "--no-input", "note",
                f"line {number}"]
        self.pid = os.posix_spawn(bench.ir, argv, torture.BASE_ENV,
                                  file_actions=[
                                      (os.POSIX_SPAWN_DUP2, null, 0),
                                      (os.POSIX_SPAWN_DUP2, w, 1),
                                      (os.POSIX_SPAWN_DUP2, null, 2)])
        os.close(w)
        os.close(null)
        self.out = r

    def end(self):
        _, status = os.waitpid(self.pid, 0)
        with os.fdopen(self.out, encoding="utf-8") as f:
            said = f.read()
        code = -os.WTERMSIG(status) if os.WIFSIGNALED(status) \
            else os.WEXITSTATUS(status)
        return torture.Ran(code, said, "")


def usual_s(bench):
    """How long one takes, as the median of some."""
    times = []
    for n in range(21):
        began = time.perf_counter()
        Child(bench, n).end()
        times.append(time.perf_counter() - began)
    return sorted(times)[10]


def pair(bench, rng, number, span_s):
    """Two at once, each killed at its own moment."""
    children = [Child(bench, number), Child(bench, number + 1)]
    began = time.perf_counter()
    for at, child in sorted(((rng.random() * span_s, c) for c in children),
                            key=lambda x: x[0]):
        while time.perf_counter() - began < at:
            pass  # shorter than any sleep
        os.kill(child.pid, signal.SIGKILL)
    return [c.end() for c in children]


def test():
    kills = int(os.environ.get("IR_TORTURE_KILLS", "2000"))
    seed = os.environ.get("IR_TORTURE_SEED",
                          str(random.SystemRandom().randrange(10 ** 9)))
    print(f"seed {seed}")
    rng = random.Random(seed)
    recorded, silent, finished, failed = [], 0, 0, []
    with torture.Bench(sys.argv[1]) as bench:
        bench.make_base()
        bench.restore(bench.base)
        span_s = 1.6 * usual_s(bench)
        for number in range(0, kills, 2):
            for ran in pair(bench, rng, number, span_s):
                recorded += ran.ids
                silent += ran.killed and not ran.ids
                finished += ran.code == 0
                if not ran.killed and ran.code != 0:
                    failed.append(str(ran))
            if number % EVERY == 0:
                bench.check(recorded, why=f"seed {seed}, after {number}")
        bench.check_writable(recorded, why=f"seed {seed}, at the end")
    if failed:
        raise torture.Wrong(f"seed {seed}: {len(failed)} were refused: "
                            f"{failed[0]}")
    if silent < kills // 20 or len(recorded) < kills // 20:
        raise torture.Wrong(f"too one-sided to prove anything: {silent} died "
                            f"silent, {len(recorded)} recorded")
    return (f"{kills} killed: {silent} before they said anything, "
            f"{len(recorded) - finished} after, {finished} had ended")


if __name__ == "__main__":
    torture.main(test)
