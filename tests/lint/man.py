#!/usr/bin/env python3
"""Manuals: mandoc has nothing to say about them, every command of
engine/cmd/table.c has its page ir-<first word>.1 in English and in Japanese,
and the page names each of its second words. Ql quotes the rest of its line:
another macro behind it, or a Japanese mark, would stand inside the quotes. A
Japanese synopsis does not begin a line for each form by itself.
"""
import os
import re

import lint

TABLE = "engine/cmd/table.c"
QUOTED = re.compile(r"^\.(?:.* )?Ql .* (?:Ql|No|Xr) ", re.M)
WIDE = re.compile(r"^\.(?:.* )?Ql [^\n]* [、。）」]", re.M)
FORMS = re.compile(r"^\.Sh 書式.*?(?=^\.Sh |\Z)", re.M | re.S)
ROW = re.compile(r'^\s*\{"([a-z][a-z -]*)",', re.M)
PLACES = ("docs/man", "docs/man/ja")


def check_commands(root):
    if not os.path.exists(os.path.join(root, TABLE)):
        yield TABLE, 1, "is not there"
        return
    text = lint.read(root, TABLE)
    for m in ROW.finditer(text):
        first, _, second = m[1].partition(" ")
        for place in PLACES:
            page = f"{place}/ir-{first}.1"
            if first == "help":
                page = f"{place}/ir.1"
            if not os.path.exists(os.path.join(root, page)):
                yield TABLE, lint.line_of(text, m.start()), f"no {page}"
            elif second and not re.search(
                    rf"\b{second}\b", lint.read(root, page)):
                yield page, 1, f'nothing about "{m[1]}"'


def check_pages(root):
    ends = tuple(f".{n}" for n in range(1, 9))
    pages = lint.files(root, *ends, under=("docs/man",))
    for page in pages:
        other = page.replace("docs/man/", "docs/man/ja/") \
            if "/ja/" not in page else page.replace("/ja/", "/")
        if not os.path.exists(os.path.join(root, other)):
            yield page, 1, f"no {other}"
        text = lint.read(root, page)
        for m in QUOTED.finditer(text):
            yield page, lint.line_of(text, m.start()), "quotes within quotes"
        for m in WIDE.finditer(text):
            yield page, lint.line_of(text, m.start()), "a mark within quotes"
        for m in FORMS.finditer(text):
            body = re.sub(r"^\.(?:Ek|Bk -words)\n", "", m[0], flags=re.M)
            lines = body.split("\n")
            first = next((i for i, line in enumerate(lines)
                          if line.startswith(".Nm")), len(lines))
            for i in range(first + 1, len(lines)):
                if lines[i].startswith(".Nm") and lines[i - 1] != ".br":
                    yield page, lint.line_of(text, m.start()), \
                        "two forms on one line: .br between them"
    if not pages:
        return
    _, said = lint.run(["mandoc", "-T", "lint", "-K", "utf-8", "-W",
                        "warning", *pages], cwd=root)
    for line in said.strip().split("\n"):
        m = re.match(r"mandoc: (\S+?):(\d+):(?:\d+: )?(.*)", line)
        if m:
            yield m[1], int(m[2]), m[3]
        elif line:
            yield "docs/man", 1, line


def check(root):
    yield from check_commands(root)
    yield from check_pages(root)


def page(body):
    return (".Dd January 2, 2026\n.Dt IR-A 1\n.Os\n.Sh NAME\n.Nm ir-a\n"
            ".Nd for the test\n.Sh DESCRIPTION\n" + body)


def tree(table, en, ja):
    t = {TABLE: table}
    if en is not None:
        t["docs/man/ir-a.1"] = en
    if ja is not None:
        t["docs/man/ja/ir-a.1"] = ja
    return t


A = '    {"a b", f, G, N_("x")},\n'
PLANTS = [
    (tree(A, None, None), "no docs/man/ir-a.1"),
    (tree(A, page("b\n"), None), "no docs/man/ja/ir-a.1"),
    (tree("", None, page("b\n")), "no docs/man/ir-a.1"),
    (tree(A, page("c\n"), page("b\n")), 'nothing about "a b"'),
    (tree(A, page(".Xx b\n"), page("b\n")), "unknown macro"),
    (tree(A, page(".Pq Ql b , Ql c\n"), page("b\n")), "quotes within quotes"),
    (tree(A, page("b\n"), page("b\n.Ql c 、\n")), "a mark within quotes"),
    (tree(A, page("b\n"), page("b\n.Sh 書式\\&\n.Nm ir\n.Cm b\n.Nm ir\n"
                               ".Cm c\n")), "two forms on one line"),
    ({}, "is not there"),
]
CLEAN = tree(A, page(".Cm b\n"), page(".Cm b\nは試し\n"))

if __name__ == "__main__":
    lint.main(check, PLANTS, CLEAN)
