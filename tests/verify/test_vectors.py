#!/usr/bin/env python3
"""tests/vectors/entry.json against the independent verifier: accepted is what
must be, byte for byte; refused is what must be.
"""
import json
import os
import sys
import tempfile
import unittest

sys.dont_write_bytecode = True

from ir_format import KINDS, Entry, Refused
from ir_verify import check_ids, check_signatures, split
from make import Key, cbor

HERE = os.path.dirname(os.path.abspath(__file__))
with open(os.path.join(HERE, "../vectors/entry.json"), encoding="utf-8") as f:
    VECTORS = json.load(f)


class Vectors(unittest.TestCase):
    def test_there_are_enough(self):
        self.assertGreaterEqual(len(VECTORS["accept"]), 10)
        self.assertGreaterEqual(len(VECTORS["refuse"]), 28)

    def test_accepted(self):
        for v in VECTORS["accept"]:
            with self.subTest(v["name"]):
                e = Entry(bytes.fromhex(v["entry"]))
                e.name(bytes.fromhex(v["site"]))
                self.assertEqual(e.p.hex(), v["P"])
                self.assertEqual(e.m.hex(), v["M"])
                self.assertEqual(e.id.hex(), v["id"])
                self.assertEqual(e.sig.hex(), v["S"])
                self.assertEqual(sorted(map(str, e.h)), sorted(v["header"]))
                self.assertEqual(sorted(map(str, e.body)), sorted(v["body"]))
                self.assertEqual(cbor(e.h).hex(), v["P"])
                self.assertEqual(cbor(e.body).hex(), v["B"])

    def test_signatures_and_ids(self):
        jobs = []
        for v in VECTORS["accept"]:
            e = Entry(bytes.fromhex(v["entry"]))
            e.name(bytes.fromhex(v["site"]))
            pub = next(k["public"] for k in VECTORS["keys"].values()
                       if k["seed"] == v["seed"])
            jobs.append((e, bytes.fromhex(pub)))
        self.assertEqual(check_signatures(jobs), set())
        self.assertEqual(check_ids([e for e, _ in jobs]), set())
        pubs = {pub for _, pub in jobs}
        crossed = [(e, (pubs - {pub}).pop()) for e, pub in jobs]
        self.assertEqual(len(check_signatures(crossed)), len(jobs))

    def test_signed_again_from_the_seed(self):
        with tempfile.TemporaryDirectory() as where:
            keys = {k["seed"]: Key(where, name, bytes.fromhex(k["seed"]),
                                   bytes.fromhex(k["public"]))
                    for name, k in VECTORS["keys"].items()}
            for name, k in VECTORS["keys"].items():
                self.assertEqual(keys[k["seed"]].id.hex(), k["id"], name)
            for v in VECTORS["accept"]:
                sig = keys[v["seed"]].sign(bytes.fromhex(v["M"]))
                self.assertEqual(sig.hex(), v["S"], v["name"])

    def test_stubs(self):
        allowed = 0
        for v in VECTORS["accept"]:
            with self.subTest(v["name"]):
                raw = bytes.fromhex(v["stub"])
                if KINDS[v["header"]["4"]][1]:
                    self.assertRaises(Refused, Entry, raw)
                    continue
                e = Entry(raw)
                e.name(bytes.fromhex(v["site"]))
                self.assertEqual(e.id.hex(), v["id"])
                allowed += 1
        self.assertGreater(allowed, 0)

    def test_refused(self):
        for v in VECTORS["refuse"]:
            with self.subTest(v["why"]):
                self.assertRaises(Refused, Entry, bytes.fromhex(v["hex"]))
                _, refused, newer = split(bytes.fromhex(v["hex"]))
                self.assertTrue(refused or newer)

    def test_cut_short(self):
        for v in VECTORS["accept"]:
            raw = bytes.fromhex(v["entry"])
            for n in range(len(raw)):
                self.assertRaises(Refused, Entry, raw[:n])
            self.assertRaises(Refused, Entry, raw + b"\0")


if __name__ == "__main__":
    unittest.main()
