#!/usr/bin/env python3
"""From `ir start SYSTEM SCENARIO` to the first step on the screen: a whole
process that declares an incident and shows the walk, beside a trivial
ansible-playbook, make and sh."""
import statistics

import peers
from bench import ROUNDS, Bench, main

BUDGET_MS, BUDGET_FASTER = 12, 50
PLAYBOOK = """- hosts: localhost
  connection: local
  gather_facts: false
  tasks:
    - debug:
        msg: isolate the first host
"""


def write(path, text):
    with open(path, "w", encoding="utf-8") as f:
        f.write(text)
    return path


def bench():
    b = Bench("start", "ir start to the first step")
    b.home()
    make = b.have("make", "make")
    ansible = b.have("ansible-playbook", "ansible-core")
    jobs = {
        "floor": lambda i: b.clock(*peers.floor(b)),
        "ir start": lambda i: b.clock(
            b.ir, "--no-input", "start", "flight-information", "ransomware",
            "--new"),
        "ir --lang ja start": lambda i: b.clock(
            b.ir, "--lang", "ja", "--no-input", "start", "flight-information",
            "ransomware", "--new"),
        "sh": lambda i: b.clock("/bin/sh", "-c", "echo isolate"),
    }
    if make is not None:
        rules = write(b.path("Makefile"), "isolate:\n\t@echo isolate\n")
        jobs["make"] = lambda i: b.clock(make, "-f", rules)
    ms = b.turns(jobs)
    if ansible is not None:
        book = write(b.path("book.yml"), PLAYBOOK)
        # slow: fewer rounds, in turns with ir of its own
        slow = b.turns({
            "ansible-playbook": lambda i: b.clock(
                ansible, "-i", "localhost,", book),
            "ir start": jobs["ir start"],
        }, rounds=max(3, ROUNDS // 8), warm=1)
        ms["ansible-playbook"] = slow["ansible-playbook"]
        faster = (statistics.median(slow["ansible-playbook"]) /
                  statistics.median(slow["ir start"]))
    for name, values in ms.items():
        ours = name.startswith("ir ")
        med = statistics.median(values)
        b.row(name, values, "ms", budget="%d ms" % BUDGET_MS if ours else None,
              holds=med <= BUDGET_MS if ours else None,
              beside="floor", ratio=med / statistics.median(ms["floor"]))
    if ansible is not None:
        b.row("ansible-playbook / ir start", faster, "times",
              budget="%d times" % BUDGET_FASTER, holds=faster >= BUDGET_FASTER)
    b.done()


main(bench)
