#!/usr/bin/env python3
"""clang-tidy with the allow-list of .clang-tidy over engine/, as the build
directory compiles it: tidy.py ROOT BUILD. What was clean stays clean until the
file, a header below it or the list changes (BUILD/tidy/ remembers).
"""
import concurrent.futures
import hashlib
import json
import os
import re
import shlex
import sys

import lint

CONFIG = os.path.join(os.path.dirname(os.path.abspath(__file__)),
                      "../../.clang-tidy")
KEEP = re.compile(r"-[DIUO].*|-std=.*|-f(stack|no-)\S*|-pthread|-i\S+")
QUOTED = re.compile(r'^\s*#\s*include\s*"([^"]+)"', re.M)


def flags(command):
    """The arguments that change what the code means."""
    out, words = [], iter(shlex.split(command)[1:])
    for w in words:
        if w in ("-isystem", "-include", "-I"):
            out += [w, next(words)]
        elif KEEP.fullmatch(w):
            out.append(w)
    return out


def digest(top, path, args):
    """Of everything that decides what will be said about a file."""
    h = hashlib.sha256(json.dumps(args).encode())
    with open(CONFIG, "rb") as f:
        h.update(f.read())
    seen, todo = set(), [path]
    while todo:
        p = todo.pop()
        if p in seen or not os.path.exists(p):
            continue
        seen.add(p)
        with open(p, encoding="utf-8") as f:
            text = f.read()
        h.update(text.encode())
        todo += [os.path.join(top, "engine", x) for x in QUOTED.findall(text)]
    return h.hexdigest()


def look(top, memory, entry):
    """What clang-tidy says about one file."""
    path = os.path.realpath(os.path.join(entry["directory"], entry["file"]))
    args = flags(entry["command"])
    mark = os.path.join(memory, digest(top, path, args)) if memory else None
    if mark and os.path.exists(mark):
        return []
    _, said = lint.run(["clang-tidy", "--quiet", f"--config-file={CONFIG}",
                        path, "--", *args],
                       cwd=entry["directory"])
    found = []
    for m in re.finditer(r"^(\S+?):(\d+):\d+: (?:error|warning): (.*)$", said,
                         re.M):
        found.append((os.path.relpath(os.path.realpath(os.path.join(
            entry["directory"], m[1])), top), int(m[2]), m[3]))
    if mark and not found:
        os.makedirs(memory, exist_ok=True)
        with open(mark, "w", encoding="utf-8") as f:
            f.write(path + "\n")
    return found


def check(root, build):
    with open(os.path.join(build, "compile_commands.json"),
              encoding="utf-8") as f:
        entries = [e for e in json.load(f)
                   if "/engine/" in "/" + e["file"] and
                   not e["file"].endswith("schema.c")]
    top, seen = os.path.realpath(root), set()
    memory = os.path.join(build, "tidy") if build != root else None
    with concurrent.futures.ThreadPoolExecutor(os.cpu_count()) as pool:
        for found in pool.map(lambda e: look(top, memory, e), entries):
            for finding in found:
                if finding not in seen:
                    seen.add(finding)
                    yield finding


def check_planted(root):
    path = os.path.join(root, "compile_commands.json")
    with open(path, "w", encoding="utf-8") as f:
        json.dump([{"directory": root, "file": "engine/a.c",
                    "command": "cc -std=gnu11 -c engine/a.c"}], f)
    return check(root, root)


def tree(source):
    return {"engine/a.c": source}


PLANTS = [
    (tree("int f(int a);\nint f(int a)\n{\n    if (a)\n        ;\n"
          "    return a;\n}\n"),
     "bugprone"),
    (tree("int f(int *p);\nint f(int *p)\n{\n    if (p == 0)\n"
          "        return *p;\n    return 0;\n}\n"), "clang-analyzer"),
]
CLEAN = tree("int f(int a);\nint f(int a)\n{\n    return a + 1;\n}\n")


if __name__ == "__main__":
    if len(sys.argv) < 3:
        raise SystemExit("tidy.py ROOT BUILD")
    lint.main(lambda root: check(root, os.path.abspath(sys.argv[2])), PLANTS,
              CLEAN, check_planted)
