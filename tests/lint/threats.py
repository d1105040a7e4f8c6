#!/usr/bin/env python3
"""Every test that docs/threats.md names is there: the file, and the function or
method named behind it.
"""
import os
import re

import lint

PAGE = "docs/threats.md"
# `tests/unit/test_x.c` one, two, three
NAMED = re.compile(r"`(tests/[\w./-]+)`((?:[ \n,]+[a-z]\w*_?\w*(?=[,;)|\s]))*)")


def check(root):
    if not os.path.exists(os.path.join(root, PAGE)):
        return
    text = lint.read(root, PAGE)
    for m in NAMED.finditer(text):
        line = lint.line_of(text, m.start())
        path = m[1]
        if not os.path.exists(os.path.join(root, path)):
            yield PAGE, line, f"{path}: no such test"
            continue
        said = lint.read(root, path)
        for name in re.findall(r"\w+", m[2]):
            if not re.search(rf"\b{name}\((?:void \*\*\w+|self)|^def {name}\(|"
                             rf'^    {{"{name}",', said, re.M):
                yield PAGE, line, f"{path}: no test {name}"
    for n, row in enumerate(text.split("\n"), 1):
        if re.match(r"\| (?!they |it )[^-|]", row) and "`tests/" not in row:
            yield PAGE, n, "a row without a test"


TEST = "static void\nfloods(void **state)\n{\n}\n"
PLANTS = [
    ({PAGE: "| a | b | `tests/unit/test_q.c` |\n"}, "test_q.c: no such test"),
    ({PAGE: "| a | b | `tests/a.c` floods, waits |\n", "tests/a.c": TEST},
     "no test waits"),
    ({PAGE: "(`tests/v.py` test_b).\n",
      "tests/v.py": "def test_a(self):\n"}, "no test test_b"),
    ({PAGE: "| forge | refused | trust me |\n"}, "a row without a test"),
]
CLEAN = {PAGE: "| they | what | shown by |\n|---|---|---|\n"
               "| a | b | `tests/a.c` floods; `tests/v.py` test_a |\n",
         "tests/a.c": TEST, "tests/v.py": "def test_a(self):\n"}

if __name__ == "__main__":
    lint.main(check, PLANTS, CLEAN)
