#!/usr/bin/env python3
"""What became of the tests: report.py DIR prints the output of each that
failed and ends with one line "N passed, N failed, N skipped" over all stages.
DIR holds STAGE.json (meson's testlog.json) or STAGE.broken (the output of a
build that did not come to its tests; counts as one failure).
Exit 1 when something failed; with CI set, also when something was skipped.

report.py --quick FILE prints the unit tests that took under two seconds: what
valgrind, thirty times slower, is given.
"""
import json
import os
import re
import sys

QUICK_S = 2.0
COUNTS = [  # cases inside one test: passed, skipped
    # cmocka
    (re.compile(r"^\[       OK \] ", re.M),
     re.compile(r"^\[  SKIPPED \] (?!\d+ test\(s\)).*", re.M)),
    # TAP
    (re.compile(r"^ok\b(?!.*# ?skip)", re.M | re.I),
     re.compile(r"^ok\b.*# ?skip.*", re.M | re.I)),
]
FAILED = re.compile(r"^\[  FAILED  \] (\d+) test\(s\), listed", re.M)
# Debian 12's valgrind knows neither openat2 nor pidfd_open; what needs them
# runs under the sanitizers.
NO_VALGRIND = "WARNING: unhandled amd64-linux syscall"
UNITTEST = re.compile(r"^Ran (\d+) tests? in", re.M)
UNITTEST_SKIPPED = re.compile(r"\(.*?skipped=(\d+)", re.M)


def load(path):
    with open(path, encoding="utf-8") as f:
        return [json.loads(line) for line in f]


def inside(record):
    """Passed and skipped cases that a test counted itself."""
    said = (record.get("stdout") or "") + "\n" + (record.get("stderr") or "")
    for ok, skipped in COUNTS:
        n = len(ok.findall(said)), len(set(skipped.findall(said)))
        if any(n):
            return n
    ran = sum(int(n) for n in UNITTEST.findall(said))
    passed_over = sum(int(n) for n in UNITTEST_SKIPPED.findall(said))
    return ran - passed_over, passed_over


def count(record):
    """(passed, failed, skipped) of one test; what counts nothing is one."""
    result = record["result"]
    if result == "SKIP":
        return 0, 0, 1
    passed, skipped = inside(record)
    if result in ("OK", "EXPECTEDFAIL"):
        return (passed, 0, skipped) if passed + skipped else (1, 0, 0)
    failed = FAILED.findall(record.get("stderr") or "")
    return passed, max(1, sum(int(n) for n in failed)), skipped


def show(stage, record):
    print(f"==== {stage}: {record['name']}: {record['result']} "
          f"(exit {record.get('returncode')}, {record['duration']:.1f} s)")
    for stream in ("stdout", "stderr"):
        text = (record.get(stream) or "").rstrip()
        if text:
            print(text)


def report(where):
    total = [0, 0, 0]
    stages = sorted(os.listdir(where))
    for name in stages:
        path, (stage, ending) = os.path.join(where, name), name.split(".")
        if ending == "broken":
            with open(path, encoding="utf-8", errors="replace") as f:
                print(f"==== {stage}: did not build\n{f.read().rstrip()}")
            total[1] += 1
            continue
        for record in load(path):
            if NO_VALGRIND in (record.get("stderr") or ""):
                print(f"{stage}: it lacks a system call that "
                      f"{record['name']} makes: left out")
                continue
            n = count(record)
            total = [a + b for a, b in zip(total, n)]
            if n[1] or n[2]:
                show(stage, record)
    if not stages:
        print("==== nothing was tested")
        total[1] += 1
    print("{} passed, {} failed, {} skipped".format(*total))
    return total[1] > 0 or ("CI" in os.environ and total[2] > 0)


def quick(path):
    for record in load(path) if os.path.exists(path) else []:
        suite, _, name = record["name"].partition(" / ")
        if suite.endswith(":unit") and record["result"] == "OK" and \
                record["duration"] < QUICK_S:
            print(name)


if __name__ == "__main__":
    if sys.argv[1] == "--quick":
        quick(sys.argv[2])
    else:
        sys.exit(1 if report(sys.argv[1]) else 0)
