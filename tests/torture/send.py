#!/usr/bin/env python3
"""send.py IR SHIM: an alert on its way when the sender dies, or its disk fails
or is full, at its n-th call that changes the home, for every n. Afterwards
another sender goes on. Everybody gets the message; where one gets it twice it
is the same message, by its id; and nothing left that had not been recorded as
tried. And the same of the summary of two alerts that people missed by a way
that works again: one message for each, in the same words where it comes twice.
"""
import contextlib
import fcntl
import json
import os
import struct
import sys

import every
import torture

PEOPLE = 3
F_OFD_SETLK = 37
MODES = ("kill", "killed", "enospc", "full")

TAKE = """#!/bin/sh
echo "$2 $3 $(sha256sum | cut -c 1-16)" >>"$1"
"""


@contextlib.contextmanager
def held(path):
    """The lock of a sender (fcntl(2), F_OFD_SETLK)."""
    fd = os.open(path, os.O_RDWR | os.O_CREAT, 0o600)
    try:
        fcntl.fcntl(fd, F_OFD_SETLK,
                    struct.pack("hhqqi4x", fcntl.F_WRLCK, 0, 0, 0, 0))
        yield
    finally:
        os.close(fd)


def contacts(where):
    """People of whom each is written to by a program that keeps a line."""
    people = "".join(
        f'{{ id = "p{i}", name = {{ en = "P{i}", ja = "甲{i}" }}, language = '
        f'"en", verified = "2026-10-01", channels = {{ {{ "log", "{i}00" }}, '
        f'{{ "phone", "050-0000-000{i}" }} }} }},\n' for i in range(PEOPLE))
    row = (f'channels = {{ {{ id = "log", plugin = "command", title = {{ en = '
           f'"Log", ja = "記録" }}, config = {{ program = "{where}/take", args '
           f'= {{ "{where}/log", "{{to}}", "{{id}}" }} }} }} }},\n')
    with open(os.path.join(torture.HERE, "site", "contacts.lua"),
              encoding="utf-8") as f:
        text = f.read()
    return text.replace("  people = {\n", "  people = {\n" + people) \
               .replace("  partners = {", "  " + row + "  partners = {")


def make(bench):
    """A home with such contacts and an alert that is not sent yet."""
    with open(os.path.join(bench.dir, "take"), "w", encoding="utf-8") as f:
        f.write(TAKE)
    os.chmod(f.name, 0o755)
    bench.make_base()
    bench.restore(bench.base)
    bench.run("--as", "ito", "member", "add", "Mori", check=True)
    path = os.path.join(bench.home, "site", "runbooks", "contacts.lua")
    with open(path, "w", encoding="utf-8") as f:
        f.write(contacts(bench.dir))
    bench.run("--as", "ito", "release", "make", check=True)
    bench.run("--as", "mori", "--yes", "release", "approve", check=True)
    # the lock that a sender holds keeps this one from starting another
    with held(os.path.join(bench.home, "comms.lock")):
        bench.run("--as", "ito", "notify",
                  ",".join(f"p{i}" for i in range(PEOPLE)), "Come",
                  check=True)
    ready = os.path.join(bench.dir, "ready")
    bench.restore(bench.home, ready)
    return ready


def make_missed(bench, ready):
    """The same home with two alerts that were missed by a way that is said to
    work again."""
    missed = os.path.join(bench.dir, "missed")
    bench.restore(ready)
    to = ",".join(f"p{i}" for i in range(PEOPLE))
    with held(os.path.join(bench.home, "comms.lock")):
        bench.run("--as", "ito", "channel", "down", "log", check=True)
        bench.run("--as", "ito", "notify", to, "Go", check=True)
    bench.run("comms", "send", "--for", "1s")  # passed over: written down
    if sent(bench):
        raise torture.Wrong(f"sent by what is down: {sent(bench)}")
    with held(os.path.join(bench.home, "comms.lock")):
        bench.run("--as", "ito", "channel", "up", "log", "-r", "mended",
                  check=True)
    bench.restore(bench.home, missed)
    return missed


def sent(bench):
    """What was taken: (address, message id, text) of each."""
    path = os.path.join(bench.dir, "log")
    if not os.path.exists(path):
        return []
    with open(path, encoding="utf-8") as f:
        return [tuple(line.split()) for line in f]


def tried(bench, why):
    """How often each address is recorded as tried."""
    ran = bench.run("comms", "status")
    if ran.code not in (0, 2):
        raise torture.Wrong(f"{why}: {ran}")
    known = {}
    for alert in json.loads(ran.out):
        for person in alert["to"]:
            for way in person["ways"]:
                if not way["by_hand"]:
                    known[way["address"]] = (known.get(way["address"], 0) +
                                             way["tried"])
    return known


def judge_before(bench, why):
    """After the fault: what was sent had been recorded as tried."""
    known = tried(bench, why)
    for to, _, _ in sent(bench):
        if known[to] == 0:
            raise torture.Wrong(f"{why}: {to} got what was not recorded")


def judge_after(bench, why):
    ran = bench.run("comms", "send", "--for", "1s")
    if ran.code != 0:
        raise torture.Wrong(f"{why}: the next sender: {ran}")
    for i in range(PEOPLE):
        ids = [(m, text) for to, m, text in sent(bench) if to == f"{i}00"]
        if not ids:
            raise torture.Wrong(f"{why}: {i}00 got nothing")
        if len(set(ids)) != 1:
            raise torture.Wrong(f"{why}: {i}00 got two messages: {ids}")
    for alert in json.loads(bench.run("comms", "status").out):
        for person in alert["to"]:
            if person["state"] != "handed-over":
                raise torture.Wrong(f"{why}: {alert['alert']}: {person}")
    bench.check([], why=why)
    return len(sent(bench)) - PEOPLE


def round_of(bench, ready, what):
    """Every fault of every mode from there on."""
    faults = twice = 0
    state = every.State(os.path.join(bench.dir, "state"))
    env = {"LD_PRELOAD": sys.argv[2], "IR_TORTURE_HOME": bench.home,
           "IR_TORTURE_STATE": state.path}
    for mode in MODES:
        n = 0
        while True:
            n += 1
            bench.restore(ready)
            state.clear()
            if os.path.exists(os.path.join(bench.dir, "log")):
                os.unlink(os.path.join(bench.dir, "log"))
            ran = bench.run("comms", "send", "--for", "1s",
                            env={**env, "IR_TORTURE_MODE": mode,
                                 "IR_TORTURE_AT": str(n)})
            if not state.fired:
                break
            faults += 1
            why = f"{what}: {mode} at {n} ({state.what})"
            if ran.code == 0 and len(sent(bench)) < PEOPLE:
                raise torture.Wrong(f"{why}: it says nothing: {ran}")
            judge_before(bench, why)
            twice += judge_after(bench, why)
    if faults < 20:
        raise torture.Wrong(f"{what}: {faults} faults prove nothing")
    return f"{what}: {faults} faults: nothing lost, {twice} came twice"


def test():
    with torture.Bench(sys.argv[1]) as bench:
        ready = make(bench)
        missed = make_missed(bench, ready)
        done = [round_of(bench, ready, "an alert"),
                round_of(bench, missed, "a summary")]
    return "; ".join(done)


if __name__ == "__main__":
    torture.main(test)
