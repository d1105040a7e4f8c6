#!/usr/bin/env python3
"""docs/format.md says what is: its examples are computed again, its comments
are held against the bytes they explain, its tables against the verifier's.
"""
import hashlib
import json
import os
import re
import sys
import tempfile
import unittest

sys.dont_write_bytecode = True

from ir_format import COMMON, KINDS, WHOLE, Entry, lane_of
from make import Key, cbor

HERE = os.path.dirname(os.path.abspath(__file__))
with open(os.path.join(HERE, "../../docs/format.md"), encoding="utf-8") as f:
    PAGE = f.read()
with open(os.path.join(HERE, "../vectors/entry.json"), encoding="utf-8") as f:
    VECTORS = json.load(f)

# The example, and which vector it is.
EXAMPLES = {"root": "root: one admin, k=1", "member": "member certificate",
            "declare": "incident declared, exercise",
            "note": "note in Japanese, occurred earlier, negative clock offset"}


def blocks():
    """{name: [(bytes, comment), ...]} of every fenced hex block."""
    found = {}
    for name, text in re.findall(r"^```hex (.+)\n((?:.*\n)*?)```$", PAGE, re.M):
        rows = []
        for line in text.splitlines():
            data, _, comment = line.partition(" ;")
            rows.append((bytes.fromhex(data), comment.strip()))
        assert name not in found, name
        found[name] = rows
    return found


BLOCKS = blocks()


def whole(name):
    return b"".join(data for data, _ in BLOCKS[name])


class Examples(unittest.TestCase):
    def test_all_are_there(self):
        want = {"seed", "public", "stub", "stub id", "root M"}
        for name in EXAMPLES:
            want |= {name, name + " id"}
        self.assertLessEqual(want, set(BLOCKS))

    def test_the_keys(self):
        pub, kid = whole("public"), hashlib.sha256(whole("public")).digest()[:8]
        self.assertEqual(whole("seed").hex(), VECTORS["keys"]["admin"]["seed"])
        self.assertEqual(pub.hex(), VECTORS["keys"]["admin"]["public"])
        self.assertIn("key id `%s`" % kid.hex(" "), PAGE)

    def test_bytes_ids_signatures(self):
        site = whole("root id")
        with tempfile.TemporaryDirectory() as where:
            key = Key(where, "admin", whole("seed"), whole("public"))
            for name in list(EXAMPLES) + ["stub"]:
                with self.subTest(name):
                    e = Entry(whole(name))
                    e.name(site)
                    self.assertEqual(e.id, whole(name + " id"))
                    self.assertEqual(key.sign(e.m), e.sig)
                    self.assertEqual(e.author, key.id)
                    self.assertEqual(cbor(e.h), e.p)
                    if name == "root":
                        self.assertEqual(e.m, whole("root M"))
        for name, vector in EXAMPLES.items():
            v = next(v for v in VECTORS["accept"] if v["name"] == vector)
            self.assertEqual(whole(name).hex(), v["entry"])
            if name == "note":
                self.assertEqual(whole("stub").hex(), v["stub"])

    def test_links(self):
        e = {n: Entry(whole(n)) for n in EXAMPLES}
        self.assertEqual(e["member"].h[6], whole("root id"))
        self.assertEqual(e["note"].h[6], whole("declare id"))
        self.assertEqual(e["note"].h[5], whole("declare id")[:8])
        self.assertEqual(whole("stub id"), whole("note id"))

    def test_comments(self):
        major = {"byte string": 2, "text": 3, "array": 4, "map": 5}
        seen = 0
        for rows in BLOCKS.values():
            for data, comment in rows:
                for what, n in re.findall(
                        r"(byte string|text|array|map) of (\d+)", comment):
                    head = bytearray(cbor(int(n)))
                    head[0] |= major[what] << 5
                    self.assertTrue(data.endswith(bytes(head)), comment)
                    seen += 1
                key = re.match(r"key (\d+), ", comment)
                if key:
                    self.assertTrue(data.startswith(cbor(int(key[1]))), comment)
                    seen += 1
                if re.fullmatch('".*"', comment):
                    self.assertEqual(data.decode(), comment[1:-1])
                    seen += 1
                value = re.search(r": (-?\d+)(?:,| us|$)", comment)
                if value:
                    self.assertTrue(data.endswith(cbor(int(value[1]))), comment)
                    seen += 1
                hlc = re.search(r"hlc: (\d+) << 16 \| (\d+)", comment)
                if hlc:
                    want = int(hlc[1]) << 16 | int(hlc[2])
                    self.assertTrue(data.endswith(cbor(want)), comment)
                    seen += 1
        self.assertGreater(seen, 100)


def table_rows(text):
    """Rows of field tables: {key: (required, name, type)}."""
    rows = re.findall(r"^\| (\d+)(\*?) \| ([a-z0-9_]+) \| ([^|]+) \|", text,
                      re.M)
    return {int(k): (star == "*", name, kind.strip())
            for k, star, name, kind in rows}


class Tables(unittest.TestCase):
    def test_kinds(self):
        page = {}
        parts = re.split(r"^#### (\d+) ([a-z-]+)( !)?( \+)?$", PAGE, flags=re.M)
        for no, name, state, node, text in zip(*[iter(parts[1:])] * 5):
            text = re.split(r"^#", text, flags=re.M)[0]
            page[int(no)] = (name, bool(state), bool(node), table_rows(text))
        self.assertEqual(list(page), sorted(page))
        self.assertGreaterEqual(len(page), 35)
        for no in sorted(set(page) | set(KINDS)):
            self.assertEqual(page.get(no), KINDS.get(no), no)

    def test_common(self):
        text = PAGE[PAGE.index("**Common fields**"):PAGE.index("**Types.**")]
        self.assertEqual(table_rows(text), COMMON)

    def test_lanes(self):
        rows = re.findall(r"^\| ([TFIS]) [a-z]+ \| ([0-9a-z, ]+) \| (\d) \|",
                          PAGE, re.M)
        self.assertEqual([row[0] for row in rows], list("TFIS"))
        numbers = {}
        for lane, text, _ in rows:
            for first, last in re.findall(r"(\d+) (?:to (\d+)|and above)", text):
                for n in range(int(first), int(last or 4096) + 1):
                    self.assertNotIn(n, numbers)
                    numbers[n] = lane
        self.assertEqual(sorted(numbers), list(range(1, 4097)))
        self.assertEqual(numbers, {n: lane_of(n) for n in numbers})

    def test_state_bearing(self):
        """The closed list of section 1 is that of the marks in section 3."""
        text = re.search(r"of the kinds ([^:]*): those marked", PAGE)[1]
        listed = set()
        for first, last in re.findall(r"(\d+)(?: to (\d+))?", text):
            listed |= set(range(int(first), int(last or first) + 1))
        self.assertEqual(listed, WHOLE)
        self.assertEqual(WHOLE, {n for n in KINDS if KINDS[n][1] and n < 45})

    def test_limits(self):
        from ir_format import BODY_MAX, HEADER_MAX, LIST_MAX
        for n in (HEADER_MAX, BODY_MAX, LIST_MAX):
            self.assertIn(format(n, ","), PAGE)

    def test_canonical_json(self):
        value = {"b": [1, -2, True], "a": {"é": "\x1f\x7f\"\\/\n日本"}, "": None}
        text = json.dumps(value, sort_keys=True, separators=(",", ":"),
                          ensure_ascii=False)
        self.assertEqual(text, '{"":null,"a":{"é":"\\u001f\x7f\\"\\\\/\\n日本"},'
                               '"b":[1,-2,true]}')


if __name__ == "__main__":
    unittest.main()
