#!/usr/bin/env python3
"""carry.py IR: a stick that is pulled out, that is full, and death at any moment
of `ir carry out` and `ir carry in`. What was half done is never believed, and
doing it again makes it whole. The stick is a small tmpfs where that can be
mounted, for the amounts of room left on it.
"""
import json
import os
import random
import shutil
import signal
import subprocess
import sys
import time

import torture

SIZE = 4 * 1024 * 1024
STEP = 8192
KILLS = 40
HALF = ("whole", "unwitnessed", "incomplete")  # of what is there so far


def ids(bench, home):
    return set(bench.run("log", home=home, check=True).ids)


def second(bench, first):
    """A home of another machine, let in by the first."""
    door, other = os.path.join(bench.dir, "door"), os.path.join(bench.dir, "b")
    os.mkdir(door)
    code = json.loads(bench.run("mesh", "invite", "Mori", home=first,
                                check=True).out)["code"]
    bench.run("mesh", "join", code, "--via", door, home=other, check=True)
    bench.run("carry", "in", door, home=first, check=True)
    bench.run("mesh", "join", code, "--via", door, home=other, check=True)
    return other


def killed(bench, span_s, rng, *words, home):
    """Run and kill somewhere in between; True when it was still running."""
    p = subprocess.Popen([bench.ir, "-C", home, "--json", "--no-input", *words],
                         env=torture.BASE_ENV, stdin=subprocess.DEVNULL,
                         stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    time.sleep(rng.random() * span_s)
    p.send_signal(signal.SIGKILL)
    return p.wait() == -signal.SIGKILL


def whole(bench, stick, home, want, why):
    """All of it goes over, and nothing on the stick is half a file."""
    ran = bench.run("carry", "out", stick, home=bench.home)
    if ran.code != 0:
        raise torture.Wrong(f"{why}: carry out: {ran}")
    ran = bench.run("carry", "in", stick, home=home)
    if ran.code != 0:
        raise torture.Wrong(f"{why}: carry in: {ran}")
    said = json.loads(ran.out.splitlines()[-1])
    odd = {k: n for k, n in said["files"].items() if k != "good" and n > 0}
    if odd or said["refused"] or said["later"] or said["objects_missing"]:
        raise torture.Wrong(f"{why}: {said}")
    missing = want - ids(bench, home)
    if missing:
        raise torture.Wrong(f"{why}: not there: {missing}")
    bench.check([], home=home, why=why)


def kills(bench, base_b, want):
    rng, hit = random.Random(8), 0
    began = time.monotonic()
    stick = os.path.join(bench.dir, "usual")
    os.mkdir(stick)
    bench.run("carry", "out", stick, check=True)
    span = 1.2 * (time.monotonic() - began)
    for i in range(KILLS):
        stick = os.path.join(bench.dir, f"stick{i}")
        home = os.path.join(bench.dir, f"b{i}")
        os.mkdir(stick)
        shutil.copytree(base_b, home)
        hit += killed(bench, span, rng, "carry", "out", stick, home=bench.home)
        if i % 2 == 1:  # or only the other side dies
            bench.run("carry", "out", stick, check=True)
        if os.path.isdir(os.path.join(stick, "ir")):
            hit += killed(bench, span, rng, "carry", "in", stick, home=home)
            ran = bench.run("verify", home=home)
            if json.loads(ran.out)["verdict"] not in HALF:
                raise torture.Wrong(f"kill {i}: {ran}")
        whole(bench, stick, home, want, f"kill {i}")
        shutil.rmtree(home)
        shutil.rmtree(stick)
    if hit < KILLS // 4:
        raise torture.Wrong(f"only {hit} were still running when killed")
    return hit


def fill(stick, room):
    path = os.path.join(stick, "film.mp4")
    if os.path.exists(path):
        os.unlink(path)
    if room is None:
        return
    fs = os.statvfs(stick)
    with open(path, "wb") as f:
        os.posix_fallocate(f.fileno(), 0, max(1, fs.f_bavail * fs.f_frsize -
                                              room))


def full(bench, stick, base_b, want):
    """Every amount of room, from none to where all of it goes on."""
    room, refusals = 4096, 0
    while True:
        why = f"{room} bytes left on the stick"
        home = os.path.join(bench.dir, "bf")
        shutil.copytree(base_b, home)
        shutil.rmtree(os.path.join(stick, "ir"), ignore_errors=True)
        fill(stick, room)
        ran = bench.run("carry", "out", stick)
        if ran.code not in (0, 1) or (ran.code == 1 and
                                      "no space left" not in ran.err):
            raise torture.Wrong(f"{why}: {ran}")
        half = bench.run("carry", "in", stick, home=home)
        if half.code not in (0, 66):
            raise torture.Wrong(f"{why}: what was written: {half}")
        fill(stick, None)
        whole(bench, stick, home, want, why)
        shutil.rmtree(home)
        if ran.code == 0:
            return refusals
        refusals += 1
        room += STEP
        if room > SIZE // 2:
            raise torture.Wrong("never enough room")


def nearly_full(bench, small, base_b):
    """A home on a disk with little room left takes nothing in, says so, and can
    record all the same."""
    stick, home = os.path.join(bench.dir, "s"), os.path.join(small, "home")
    os.mkdir(stick)
    bench.run("carry", "out", stick, check=True)
    shutil.copytree(base_b, home)
    ran = bench.run("carry", "in", stick, home=home)
    said = json.loads(ran.out.splitlines()[-1])
    if ran.code != 0 or said["entries"] != 0 or said["later"].get("disk", 0) < 30:
        raise torture.Wrong(f"a disk with little room: {ran}")
    bench.run("note", "afterwards", home=home, check=True)
    shutil.rmtree(home)


def test():
    stick = sys.argv[2]
    with torture.Bench(sys.argv[1]) as bench:
        bench.make_base()
        bench.run("start", "box", "fire", "--var", "host=fs1",
                  home=bench.base, check=True)
        base_b = second(bench, bench.base)
        bench.restore(bench.base)
        for i in range(30):
            bench.run("note", f"line {i} " + "x" * 1000, check=True)
        want = ids(bench, bench.home)
        ran = bench.run("carry", "out")  # which one? what is mounted is named
        if ran.code != 64 or "ir carry out /mnt" not in ran.err:
            raise torture.Wrong(f"the stick is not named: {ran}")
        nearly_full(bench, stick, base_b)
        refusals = full(bench, stick, base_b, want)
        hit = kills(bench, base_b, want)
    if refusals < 2:
        raise torture.Wrong("a full stick hindered nothing")
    return f"{refusals} full sticks, {hit} deaths, nothing lost or half there"


if __name__ == "__main__":
    if len(sys.argv) < 3:
        torture.in_namespace(SIZE, "mount -t tmpfs none /mnt &&")
    torture.main(test)
