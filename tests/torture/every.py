#!/usr/bin/env python3
"""every.py IR SHIM: the walk with a fault at its n-th call that changes the
home, for every n and every sort of fault: the call fails, the disk is full
from there on, half is written, the process dies before, after or within it.
"""
import ctypes
import mmap
import os
import sys

import torture

MODES = ("enospc", "eio", "full", "short", "kill", "killed", "torn")
STATE = 4096


class State:
    """The counter which the shim shares with us (struct state)."""

    def __init__(self, path):
        self.path = path
        with open(path, "wb") as f:
            f.write(bytes(STATE))
        self.fd = os.open(path, os.O_RDWR)
        self.map = mmap.mmap(self.fd, STATE)

    def clear(self):
        self.map[:] = bytes(STATE)

    @property
    def fired(self):
        return ctypes.c_uint64.from_buffer_copy(self.map[8:16]).value

    @property
    def what(self):
        return self.map[16:136].split(b"\0")[0].decode(errors="replace")


def judge(bench, ran, recorded, words, why):
    """After a fault: nothing printed is lost, what failed was said."""
    records = "rebuild" not in words  # which only makes views anew
    if records and not ran.killed and ran.code != 0 and not ran.ids and \
            not torture.said_not_recorded(ran):
        raise torture.Wrong(f"{why}: it does not say NOT recorded: {ran}")
    if records and not ran.killed and ran.code == 0 and not ran.ids:
        raise torture.Wrong(f"{why}: neither done nor refused: {ran}")
    return bench.check([*recorded, *ran.ids], why=why)


def again(bench, words, why):
    """What was not recorded can be done by the same words."""
    retry = bench.run(*words)
    if retry.code != 0:
        raise torture.Wrong(f"{why}: the same words again: {retry}")
    return retry.ids


def one_line(bench, state, shim, before, words, recorded):
    """Every n and every mode for one line; returns how many faults."""
    faults, wrongs = 0, []
    size = len(bench.check([], home=before))
    env = {"LD_PRELOAD": shim, "IR_TORTURE_HOME": bench.home,
           "IR_TORTURE_STATE": state.path}
    for mode in MODES:
        n = 0
        while True:
            n += 1
            bench.restore(before)
            state.clear()
            ran = bench.run(*words, env={**env, "IR_TORTURE_MODE": mode,
                                         "IR_TORTURE_AT": str(n)})
            if not state.fired:
                break
            faults += 1
            why = f"{' '.join(words)[:60]}: {mode} at {n} ({state.what})"
            try:
                there = judge(bench, ran, recorded, words, why)
                ids = ran.ids if len(there) > size else again(bench, words,
                                                              why)
                if n % 7 == 1:
                    bench.check_writable([*recorded, *ids], why=why)
            except torture.Wrong as wrong:
                wrongs.append(wrong)
        if n == 1:
            raise torture.Wrong(f"{words[:3]}: the shim counted nothing")
    if wrongs:
        raise torture.Wrong("\n".join(str(w) for w in wrongs))
    return faults


def walk(bench, state, shim):
    faults, ids, recorded, wrongs = 0, [], [], []
    before = os.path.join(bench.dir, "before")
    bench.restore(bench.base, before)
    for line in torture.WALK:
        words = torture.words_of(line, ids)
        try:
            faults += one_line(bench, state, shim, before, words, recorded)
        except torture.Wrong as wrong:
            wrongs.append(str(wrong))
        bench.restore(before)
        ran = bench.run(*words, check=True)
        ids.append(ran.ids[0] if ran.ids else None)
        recorded += ran.ids
        bench.restore(bench.home, before)
    bench.check(recorded, home=before, why="the whole walk")
    if wrongs:
        raise torture.Wrong("\n".join(wrongs))
    return faults


def test():
    with torture.Bench(sys.argv[1]) as bench:
        bench.make_base(wal_bytes=820 * 1024)
        state = State(os.path.join(bench.dir, "state"))
        faults = walk(bench, state, os.path.abspath(sys.argv[2]))
        return f"{faults} faults over {len(torture.WALK)} commands"


if __name__ == "__main__":
    torture.main(test)
