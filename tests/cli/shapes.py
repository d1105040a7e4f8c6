#!/usr/bin/env python3
"""shapes.py IR MANDIR < COMMANDS: each command with --json prints one
JSON value (`log` and `key show`: one a line), nothing else; its fields stand
in the JSON section of its manual page, and what stands there exists. IR_HOME
is the home; a line is COMMAND, TAB, expected exit status ("0|2": either).
"""
import json
import os
import re
import subprocess
import sys

LINES = ("log", "key show")
SECTION = re.compile(r"^\.Sh JSON\n(.*?)(?=^\.Sh |\Z)", re.M | re.S)


def read(mandir, name):
    path = os.path.join(mandir, name)
    if not os.path.exists(path):
        return ""
    with open(path, encoding="utf-8") as f:
        return f.read()


def page(mandir, name):
    found = SECTION.search(read(mandir, f"ir-{name}.1"))
    return found.group(1) if found else ""


def described(mandir, name, seen):
    """The words of a page's JSON section and of the pages it refers to; what
    every command that records prints stands in ir(1)."""
    seen.add(name)
    text = page(mandir, name)
    words = set(re.findall(r"[A-Za-z][A-Za-z0-9_]*", text))
    if not text:
        words.update(re.findall(r"^\.It Cm (\w+)$", read(mandir, "ir.1"), re.M))
    for other, section in re.findall(r"^\.Xr ir-([a-z-]+) ([15])", text, re.M):
        if section == "5":
            words.update(re.findall(r"\w+", read(mandir, f"ir-{other}.5")))
        elif other not in seen:
            words |= described(mandir, other, seen)
    return words


def promised(mandir, name):
    for line in re.findall(r"^\.It Cm (.*)$", page(mandir, name), re.M):
        yield from re.findall(r"[a-z][a-z0-9_]*", line)


def keys_of(value):
    """Every key anywhere in a value."""
    if isinstance(value, dict):
        for k, v in value.items():
            yield k
            yield from keys_of(v)
    elif isinstance(value, list):
        for v in value:
            yield from keys_of(v)


def values(text, command):
    if command.startswith(LINES):
        return [json.loads(line) for line in text.splitlines()]
    if not text.endswith("\n"):
        raise ValueError("no newline at the end")
    return [json.loads(text)]


def top(value):
    for one in value if isinstance(value, list) else [value]:
        if isinstance(one, dict):
            yield from one


def main():
    ir, mandir = sys.argv[1:3]
    wrong, exist, pages, ran = [], set(), set(), 0
    for line in sys.stdin.read().splitlines():
        command, code = line.split("\t")
        name = command.split()[0]
        pages.add(name)
        got = subprocess.run([ir, "--json", *command.split()], text=True,
                             stdin=subprocess.DEVNULL, capture_output=True,
                             check=False, timeout=60)
        ran += 1
        if str(got.returncode) not in code.split("|"):
            wrong.append(f"{command}: exit {got.returncode}: {got.stderr}")
            continue
        try:
            if got.returncode in (0, 2):
                all_values = values(got.stdout, command)
            else:
                all_values = []
                error = json.loads(got.stderr)["error"]
                if got.stdout or set(error) - {"code", "message", "hint",
                                               "field"}:
                    wrong.append(f"{command}: {got.stdout}{error}")
        except (ValueError, KeyError) as e:
            wrong.append(f"{command}: {e}: {got.stdout[:200]}{got.stderr}")
            continue
        words = described(mandir, name, set())
        for value in all_values:
            exist.update(keys_of(value))
            for key in set(top(value)) - words:
                wrong.append(f"{command}: \"{key}\" is not in ir-{name}(1)")
    for name in sorted(pages):
        for field in promised(mandir, name):
            if field not in exist:
                wrong.append(f"ir-{name}(1): nothing has \"{field}\"")
    print("\n".join(sorted(set(wrong))))
    print(f"{ran} commands")
    sys.exit(1 if wrong else 0)


if __name__ == "__main__":
    main()
