#!/usr/bin/env python3
"""docs/format.md, section 12: its examples are computed again from what they
say they hold, and what it forbids is refused by the independent reader.
"""
import sys
import unittest

sys.dont_write_bytecode = True

from ir_format import Entry, Refused
from ir_frames import (BUSY_MAX, CHUNK_MAX, ENTRIES_MAX, HAVE_MAX, MESSAGE_MAX,
                       TAIL_MAX, WANT_MAX, fingerprint, read_messages,
                       short_id, varint)
from make import cbor
from test_examples import BLOCKS, PAGE, VECTORS, whole

NODE = bytes.fromhex(VECTORS["keys"]["node"]["id"])
ID = {n: whole(n + " id") for n in ("root", "member", "declare", "note")}
HLC = {n: Entry(whole(n)).h[2] for n in ID}
TRUST, REST = [ID["root"], ID["member"]], [ID["declare"], ID["note"]]
SALT = bytes(range(16))
SUMS = [2, fingerprint(TRUST), 2, fingerprint(REST)]


def negentropy_ids(ids):
    """The first message of somebody who holds few: everything, listed."""
    return b"\x61" + b"\0\0" + varint(2) + varint(len(ids)) + b"".join(ids)


EXAMPLES = {
    "beacon": [1, NODE, *SUMS, 7740],
    "reconcile": [2, 1, SALT, 0, negentropy_ids(REST)],
    "tail": [3, SALT, 0, *SUMS, 0,
             b"".join(short_id(SALT, i) for i in REST)],
    "entries": [4, [whole("root")]],
    "want": [5, b"".join(REST)],
    "wantobj": [6, ID["root"], 131072, 131072],
    "object": [7, ID["root"], 131077, 131072, b"bytes"],
    "busy": [8, 1500],
    "have": [9, b"".join(TRUST)],
    "same": [10, fingerprint(TRUST)[:4] + fingerprint(REST)[:4]],
}


def refused(messages):
    try:
        read_messages(messages)
    except Refused:
        return True
    return False


class Examples(unittest.TestCase):
    def test_bytes(self):
        for name, want in EXAMPLES.items():
            with self.subTest(name):
                self.assertEqual(whole("message " + name).hex(),
                                 cbor(want).hex())
                self.assertEqual(read_messages(cbor(want)),
                                 [(name, want[1:])])

    def test_no_other(self):
        self.assertEqual({n[8:] for n in BLOCKS if n.startswith("message ")},
                         set(EXAMPLES))

    def test_fingerprints(self):
        self.assertEqual(whole("empty fingerprint"), fingerprint([]))
        self.assertEqual(fingerprint(REST), fingerprint(REST[::-1]))
        self.assertEqual(whole("salted fingerprint"), fingerprint(REST, SALT))
        self.assertEqual(varint(300), b"\x82\x2c")

    def test_limits_stand_on_the_page(self):
        for n in (MESSAGE_MAX, ENTRIES_MAX, WANT_MAX, HAVE_MAX, TAIL_MAX,
                  CHUNK_MAX, BUSY_MAX):
            self.assertIn(format(n, ","), PAGE)


class Reading(unittest.TestCase):
    def test_sequence_and_what_may_be_added(self):
        later = [11, "something new", {1: [2]}]
        longer = EXAMPLES["busy"] + [b"more", 1]
        data = b"".join(cbor(m) for m in (later, longer, EXAMPLES["want"]))
        self.assertEqual([n for n, _ in read_messages(data)],
                         ["busy", "want"])
        self.assertEqual(read_messages(data)[0][1], [1500])
        self.assertEqual(read_messages(b""), [])

    def test_refused(self):
        bad = [
            [], [0], [-1], ["beacon"], {1: 2}, 5, [1], [5], [5, b""],
            [5, bytes(31)], [5, bytes(33)], [5, bytes(32 * (WANT_MAX + 1))],
            [10, bytes(7)], [10, 5], [4, []], [4, [5]], [4, [bytes(70000)]],
            [4, [b"x"] * (ENTRIES_MAX + 1)],
            EXAMPLES["beacon"][:-1], EXAMPLES["beacon"][:-1] + [65536],
            [1, bytes(7), *SUMS, 0], [1, NODE, *SUMS[:3], bytes(15), 0],
            [2, 2, SALT, 0, b"a"], [2, 0, SALT, 2, b"a"], [2, 0, SALT, 0, b""],
            [2, 0, SALT[1:], 0, b"a"],
            [3, SALT, 0, *SUMS, 0, bytes(7)],
            [3, SALT, 0, *SUMS, 0, bytes(8 * (TAIL_MAX + 1))],
            [6, ID["root"], 0, CHUNK_MAX + 1], [6, ID["root"][1:], 0, 1],
            [7, ID["root"], 4, 0, b"bytes"], [7, ID["root"], 4, 5, b""],
            [7, ID["root"], (1 << 40) + 1, 0, b""],
            [8, BUSY_MAX + 1], [8, "soon"], [9, bytes(1)],
        ]
        for m in bad:
            with self.subTest(str(m)[:60]):
                self.assertTrue(refused(cbor(m)))
        for name, m in EXAMPLES.items():
            with self.subTest("cut " + name):
                for n in range(1, len(cbor(m))):
                    self.assertTrue(refused(cbor(m)[:n]))


if __name__ == "__main__":
    unittest.main()
