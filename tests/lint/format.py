#!/usr/bin/env python3
"""clang-format has nothing to change, under the project's .clang-format."""
import os
import re

import lint

STYLE = os.path.join(os.path.dirname(os.path.abspath(__file__)),
                     "../../.clang-format")


def check(root):
    found = lint.files(root, ".c", ".h", under=("engine", "tests"))
    if not found:
        return
    _, said = lint.run(["clang-format", f"--style=file:{STYLE}", "--dry-run",
                        *found], cwd=root)
    seen = set()
    for m in re.finditer(r"^(\S+?):(\d+):\d+: (warning|error): (.*)$", said,
                         re.M):
        if m[1] not in seen:  # the first place of each file is enough
            seen.add(m[1])
            yield m[1], int(m[2]), m[4] + " (clang-format -i does it)"


PLANTS = [
    ({"engine/a.c": "int f(void) { return 1; }\n"}, "clang-format"),
    ({"tests/a.h": "int\nf(int   x);\n"}, "clang-format"),
]
CLEAN = {"engine/a.c": "int\nf(void)\n{\n    return 1;\n}\n"}

if __name__ == "__main__":
    lint.main(check, PLANTS, CLEAN)
