"""What the lints share: walking the tree, reporting, and proving themselves.

A lint is a function check(root) that yields (path, line, text) and a list of
plants: small trees with one violation each, and what must be said about it.
Every run first plants them all in a scratch directory: a lint that does not
find what was planted fails before it looks at the project.
"""
import os
import re
import shutil
import subprocess
import sys
import tempfile

SKIP_DIRS = {".git", ".build", "__pycache__", "corpus"}


def files(root, *ends, under=()):
    """Paths below root (relative, sorted) whose names end in one of `ends`,
    beneath one of the directories `under` where any are given."""
    found = []
    for top, dirs, names in os.walk(root):
        dirs[:] = sorted(d for d in dirs if d not in SKIP_DIRS and
                         not (top == root and d.startswith("build")))
        for name in names:
            path = os.path.relpath(os.path.join(top, name), root)
            if under and not path.startswith(tuple(u + "/" for u in under)):
                continue
            if not ends or name.endswith(ends):
                found.append(path)
    return sorted(found)


def read(root, path):
    with open(os.path.join(root, path), encoding="utf-8",
              errors="surrogateescape") as f:
        return f.read()


TOKEN = re.compile(
    r"/\*.*?\*/|//[^\n]*|\"(?:[^\"\\\n]|\\.)*\"|'(?:[^'\\\n]|\\.)*'", re.S)


def code(text, keep_strings=False):
    """C source without comments, and without what stands inside quotes;
    every character keeps its line and column."""
    def blank(m):
        s = m.group(0)
        if s[0] in "\"'":
            if keep_strings:
                return s
            return s[0] + " " * (len(s) - 2) + s[-1]
        return re.sub(r"[^\n]", " ", s)
    return TOKEN.sub(blank, text)


def line_of(text, pos):
    return text.count("\n", 0, pos) + 1


def run(argv, cwd=None, stdin=None):
    """Run a tool; returns (exit code, what it said on both outputs). Without
    the tool there is nothing to say: the test counts as skipped."""
    if shutil.which(argv[0]) is None:
        print(f"{argv[0]} is not installed; ./setup test installs it")
        sys.exit(77)
    p = subprocess.run(argv, cwd=cwd, input=stdin, stdout=subprocess.PIPE,
                       stderr=subprocess.STDOUT, text=True, errors="replace",
                       check=False)
    return p.returncode, p.stdout


def plant(where, tree):
    for path, text in tree.items():
        full = os.path.join(where, path)
        os.makedirs(os.path.dirname(full), exist_ok=True)
        with open(full, "w", encoding="utf-8") as f:
            f.write(text)


def prove(check, plants, clean):
    """Returns what is wrong with the lint itself, or None."""
    if not plants:
        return "a lint without a planted violation proves nothing"
    for tree, said in [*plants, (clean, None)]:
        where = tempfile.mkdtemp(prefix="ir-lint-")
        try:
            plant(where, tree)
            found = list(check(where))
        finally:
            shutil.rmtree(where)
        if said is None and found:
            return f"a clean tree is blamed: {found[0]}"
        if said is not None and not any(said in f"{p}: {t}"
                                        for p, _, t in found):
            return (f"planted in {', '.join(tree)}, not found: {said}; "
                    f"found {found}")
    return None


def main(check, plants, clean, planted=None):
    """The whole program of a lint: lint.py ROOT. Exit 0 or 1. `planted` is
    the check for planted trees where it differs."""
    root = os.path.abspath(sys.argv[1])
    wrong = prove(planted or check, plants, clean)
    if wrong is not None:
        print(f"{os.path.basename(sys.argv[0])}: {wrong}")
        sys.exit(1)
    found = list(check(root))
    for path, line, text in found:
        print(f"{path}:{line}: {text}")
    print(f"{len(plants)} planted violations found; "
          f"{len(found)} in the project")
    sys.exit(1 if found else 0)
