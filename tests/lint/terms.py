#!/usr/bin/env python3
"""One word for one thing: no Japanese form that terms.tsv rules out in
catalogues, runbooks, manuals and README; and where an English sentence says a
term, its Japanese says ours.
"""
import os
import re

import lint
import po

TABLE = os.path.join(os.path.dirname(os.path.abspath(__file__)), "terms.tsv")


def load():
    wrong, expect = [], []
    with open(TABLE, encoding="utf-8") as f:
        for line in f:
            if line.startswith("#"):
                continue
            c = line.rstrip("\n").split("\t") + [""] * 3
            for form in c[2].split():
                narrow = form.startswith("po:")
                wrong.append((re.compile(form[3:] if narrow else form),
                              narrow, c[1]))
            if c[3]:
                expect.append((re.compile(rf"\b({c[3]})\b", re.I), c[4]))
    return wrong, expect


WRONG, EXPECT = load()


def forms(text, narrow):
    for form, only_narrow, right in WRONG:
        if only_narrow and not narrow:
            continue
        for m in form.finditer(text):
            yield m.start(), f"{m[0]}: the word is {right}"


def spoken(s):
    """A message without what is typed or filled in."""
    s = re.sub(r"%[-+ #0-9.*]*[a-z]+", " ", s)
    s = re.sub(r"\bir (-\S+ )?[a-z-]+( [a-z-]+)?\b|--?[a-z][\w-]*", " ", s)
    return re.sub(r"[\w./-]*/[\w./-]*|[\w-]*[_=][\w-]*|\b[A-Z]{2,}\b", " ", s)


def check_catalogue(root, path):
    for m in po.parse(lint.read(root, path)):
        for _, said in forms(m.str, True):
            yield path, m.line, said
        for english, right in EXPECT:
            if (english.search(spoken(m.id)) and right not in m.str and
                    not english.search(m.str)):  # a field's name
                yield (path, m.line, f'"{m.id[:50]}": {right} is missing in '
                       f'"{m.str[:50]}"')


def check(root):
    for path in lint.files(root, ".po", under=("engine",)):
        yield from check_catalogue(root, path)
    for path in lint.files(root, ".lua", under=("runbooks", "plugins")):
        text = lint.read(root, path)
        for pos, said in forms(text, False):
            yield path, lint.line_of(text, pos), said
    for path in lint.files(root, ".md", *(f".{n}" for n in range(1, 9))):
        if path.startswith("docs/man/ja/") or path == "README.md":
            text = lint.read(root, path)
            for pos, said in forms(text, path != "README.md"):
                yield path, lint.line_of(text, pos), said


def entry(en, ja):
    return f'msgid ""\nmsgstr ""\n"X: y\\n"\n\nmsgid "{en}"\nmsgstr "{ja}"\n'


PLANTS = [
    ({"engine/po/ja/a.po": entry("x", "このタイムラインを見る")},
     "タイムライン: the word is 時系列記録"),
    ({"engine/po/ja/a.po": entry("the scribe writes", "書く")},
     "記録係 is missing"),
    ({"engine/po/ja/a.po": entry("who leads", "構成員")}, "構成員"),
    ({"runbooks/x/a.lua": 'ja = "サーバを隔離する"\n'}, "サーバ: the word"),
    ({"docs/man/ja/ir.1": ".Dd x\n指揮官が決める\n"}, "指揮官"),
    ({"README.md": "このエビデンスは\n"}, "エビデンス"),
]
CLEAN = {
    "engine/po/ja/a.po": entry("ir step %s: the commander", "指揮者は%s"),
    "runbooks/x/a.lua": 'ja = "サーバーを隔離する。構成員"\n',
}

if __name__ == "__main__":
    lint.main(check, PLANTS, CLEAN)
