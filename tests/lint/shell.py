#!/usr/bin/env python3
"""shellcheck over everything that a shell runs."""
import re

import lint


def scripts(root):
    for path in lint.files(root):
        if path.endswith((".c", ".h", ".lua", ".py", ".md", ".po")):
            continue
        if path.endswith(".sh") or re.match(
                r"#! ?/\S*\b(ba|da)?sh\b|#!/usr/bin/env (ba|da)?sh\b",
                lint.read(root, path)[:60]):
            yield path


def check(root):
    found = list(scripts(root))
    if not found:
        return
    _, said = lint.run(["shellcheck", "--format=gcc", "--shell=sh",
                        "--external-sources", "--source-path=SCRIPTDIR",
                        *found], cwd=root)
    for line in said.strip().split("\n"):
        m = re.match(r"(\S+?):(\d+):\d+: (.*)", line)
        if m:
            yield m[1], int(m[2]), m[3]
        elif line:
            yield "setup", 1, line


PLANTS = [
    ({"tests/a.sh": "#!/bin/sh\nrm -rf $1/x\n"}, "SC2086"),
    ({"setup": "#!/bin/sh\n[[ -n $1 ]] && echo \"$1\"\n"}, "SC3010"),
]
CLEAN = {"setup": "#!/bin/sh\necho \"$1\"\n", "tests/a": "cd $1\n"}

if __name__ == "__main__":
    lint.main(check, PLANTS, CLEAN)
