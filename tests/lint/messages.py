#!/usr/bin/env python3
"""Every sentence a person reads has its Japanese: what xgettext finds in
engine/ against the fragments engine/po/ja/*.po. Untranslated, fuzzy, translated
twice in two ways, no longer said, or with other %-directives: findings.
"""
import os
import tempfile

import lint
import po

FRAGMENTS = "engine/po/ja"
HEADER = ('msgid ""\nmsgstr ""\n"Content-Type: text/plain; charset=UTF-8\\n"\n'
          '"Language: ja\\n"\n\n')


def extract(root, out):
    """The messages of the source, each with its first place; writes `out`."""
    sources = lint.files(root, ".c", ".h", under=("engine",))
    rc, said = lint.run(["xgettext", "--from-code=UTF-8", "--keyword=_",
                         "--keyword=N_", "--add-location=full",
                         "--no-wrap", "--force-po", "--language=C",
                         "--files-from=-", "-o", out], cwd=root,
                        stdin="\n".join(sources) + "\n")
    if rc != 0:
        raise SystemExit(said)
    with open(out, encoding="utf-8") as f:
        return {m.id: m.at for m in po.parse(f.read())}


def short(text):
    return '"' + text[:70].replace("\n", "\\n") + '"'


def check_fragments(root):
    """Each fragment by itself; yields findings, then returns all of them."""
    seen = {}
    for path in lint.files(root, ".po", under=(FRAGMENTS,)):
        text = lint.read(root, path)
        if "charset=UTF-8" not in text:
            yield path, 1, "the header does not say charset=UTF-8"
        for m in po.parse(text):
            first = seen.get(m.id)
            if not m.str:
                yield path, m.line, f"no Japanese: {short(m.id)}"
            elif "fuzzy" in m.flags:
                yield path, m.line, f"fuzzy: {short(m.id)}"
            elif first and first[2] != m.str:
                yield (path, m.line, f'other words than in {first[0]}:'
                       f"{first[1]}: {short(m.id)}")
            seen.setdefault(m.id, (path, m.line, m.str))
    return seen


def check_formats(root, pot, scratch):
    """The %-directives agree: the flags come from the source."""
    merged = os.path.join(scratch, "all.po")
    found = [os.path.join(root, p)
             for p in lint.files(root, ".po", under=(FRAGMENTS,))]
    rc, said = lint.run(["msgcat", "--use-first", "-o", merged, *found])
    if rc == 0:
        rc, said = lint.run(["msgmerge", "--quiet", "--no-fuzzy-matching",
                             "--update", "--backup=none", merged, pot])
    if rc == 0:  # msgmerge calls fuzzy what does not fit
        rc, said = lint.run(["msgattrib", "--clear-fuzzy", "-o", merged,
                             merged])
    if rc == 0:
        rc, said = lint.run(["msgfmt", "--check-format", "-o", os.devnull,
                             merged])
    if rc != 0:
        for line in said.strip().split("\n"):
            yield FRAGMENTS, 1, line.replace(scratch, "")


def check(root):
    with tempfile.TemporaryDirectory(prefix="ir-lint-") as scratch:
        pot = os.path.join(scratch, "ir.pot")
        said = extract(root, pot)
        seen = yield from check_fragments(root)
        for msgid, at in sorted(said.items(), key=lambda x: x[1]):
            if msgid not in seen:
                path, line = at.rsplit(":", 1)
                yield path, int(line), f"no Japanese for {short(msgid)}"
        for msgid, (path, line, _) in seen.items():
            if msgid not in said:
                yield path, line, f"nothing says {short(msgid)} any more"
        if seen:
            yield from check_formats(root, pot, scratch)


def tree(c, *messages):
    return {"engine/cmd/a.c": c, "engine/po/ja/a.po": HEADER + "".join(
        f'msgid "{i}"\nmsgstr "{s}"\n\n' for i, s in messages)}


DONE = 'void f(void) { puts(_("done")); }\n'
PLANTS = [
    (tree(DONE), 'no Japanese for "done"'),
    (tree(DONE, ("done", "")), 'no Japanese: "done"'),
    (tree(DONE, ("done", "完了"), ("over", "終了")), 'nothing says "over"'),
    (tree('const char *x[] = {N_("a")};\n'), 'no Japanese for "a"'),
    (tree('void f(void) { g(_("%s of %d"), a, b); }\n',
          ("%s of %d", "%d中の%s")), "msgstr"),
    ({**tree(DONE, ("done", "完了")),
      "engine/po/ja/b.po": HEADER + 'msgid "done"\nmsgstr "済み"\n'},
     "other words than in engine/po/ja/a.po"),
    ({"engine/cmd/a.c": DONE, "engine/po/ja/a.po": HEADER +
      '#, fuzzy\nmsgid "done"\nmsgstr "完了"\n'}, 'fuzzy: "done"'),
]
CLEAN = tree('void f(void) { g(_("%s "\n "of %d"), N_("x"), _("x")); }\n',
             ("%s of %d", "%2$d中の%1$s"), ("x", "え"))

if __name__ == "__main__":
    lint.main(check, PLANTS, CLEAN)
