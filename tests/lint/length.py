#!/usr/bin/env python3
"""No file over 600 lines, no function over 80."""
import ast
import re

import lint

FILE_MAX = 600
FUNC_MAX = 80
ENDS = (".c", ".h", ".py", ".sh", ".lua", ".sql", ".build", "setup")
FUNC = re.compile(r"^([a-z_]\w*)\([^;]*?\)\n\{\n(.*?)^\}", re.M | re.S)


def functions(path, text):
    if path.endswith((".c", ".h")):
        blanked = lint.code(text)
        for m in FUNC.finditer(blanked):
            yield (m[1], lint.line_of(blanked, m.start()),
                   m[0].count("\n") + 1)
    elif path.endswith(".py"):
        for f in ast.walk(ast.parse(text)):
            if isinstance(f, (ast.FunctionDef, ast.AsyncFunctionDef)):
                yield f.name, f.lineno, f.end_lineno - f.lineno + 1


def check(root):
    for path in lint.files(root, *ENDS):
        text = lint.read(root, path)
        n = text.count("\n")
        if n > FILE_MAX:
            yield path, n, f"{n} lines, {FILE_MAX} at most"
        for name, line, long in functions(path, text):
            if long > FUNC_MAX:
                yield (path, line,
                       f"{name}: {long} lines, {FUNC_MAX} at most")


def c_func(lines):
    return "static int\nf(int a,\n  int b)\n{\n" + "    a++;\n" * lines + "}\n"


PLANTS = [
    ({"engine/a.c": "\n" * 601}, "601 lines"),
    ({"engine/a.c": c_func(77)}, "f: 81 lines"),
    ({"tests/a.py": "def g():\n" + "    pass\n" * 80}, "g: 81 lines"),
]
CLEAN = {"engine/a.c": c_func(76), "tests/a.py": "\n" * 600}

if __name__ == "__main__":
    lint.main(check, PLANTS, CLEAN)
