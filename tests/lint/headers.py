#!/usr/bin/env python3
"""Headers explain themselves: a file comment, a guard named after the path,
and a comment above every prototype (one may serve a group of lines that stand
together without a blank one between).
"""
import re

import lint

# a declaration at column 0 that ends in ");" or in an attribute and ";"
PROTO = re.compile(
    r"^(?!typedef|static|struct\s+\w+\s*\{|#|\s|\}|/|union|enum\s+\w+\s*\{)"
    r"[^;{}=]*?\b(\w+)\s*\([^;{}]*\)[^;{}]*;", re.M)


def check_prototypes(path, text):
    blanked = lint.code(text)
    raw = text.split("\n")
    for m in PROTO.finditer(blanked):
        line = lint.line_of(blanked, m.start())
        at = line - 2  # the line above, counted from 0
        while at >= 0 and raw[at].strip() and \
                not raw[at].rstrip().endswith("*/"):
            at -= 1
        if at < 0 or not raw[at].strip():
            yield path, line, f"{m[1]}: no comment above it"


def check(root):
    for path in lint.files(root, ".h", under=("engine",)):
        text = lint.read(root, path)
        name = re.escape(path.rsplit("/", 1)[1])
        if not re.match(r"/\* " + name + r": \S", text):
            yield path, 1, "does not begin with /* name.h: what it is"
        guard = "IR_" + re.sub(r"[/.-]", "_", path[len("engine/"):]).upper()
        if not re.search(rf"^#ifndef {guard}\n#define {guard}$", text, re.M):
            yield path, 1, f"no guard {guard}"
        yield from check_prototypes(path, text)


def header(body):
    return ("/* a.h: for the test. */\n#ifndef IR_BASE_A_H\n"
            "#define IR_BASE_A_H\n\n" + body + "\n#endif\n")


PLANTS = [
    ({"engine/base/a.h": header("int ir_a(void);\n")}, "ir_a: no comment"),
    ({"engine/base/a.h": header("/* Fine. */\nint ir_a(void);\n\n"
                                "int ir_b(int x,\n         int y);\n")},
     "ir_b: no comment"),
    ({"engine/base/a.h": header("struct ir_a *\nir_b(int x)\n"
                                "    __attribute__((cold));\n")},
     "ir_b: no comment"),
    ({"engine/base/a.h": "#ifndef IR_BASE_A_H\n#define IR_BASE_A_H\n#endif\n"},
     "does not begin"),
    ({"engine/base/a.h": "/* a.h: x */\n#ifndef A_H\n#define A_H\n#endif\n"},
     "no guard IR_BASE_A_H"),
]
CLEAN = {"engine/base/a.h": header(
    "/* Two that belong together. */\nint ir_a(void);\nint ir_b(int x,\n"
    "         int y);\n\nstruct ir_s {\n    int (*fn)(int x);\n};\n"
    "#define IR_M(x) ir_a(x);\n"
    "static inline int ir_i(void) { return ir_a(); }\n")}

if __name__ == "__main__":
    lint.main(check, PLANTS, CLEAN)
