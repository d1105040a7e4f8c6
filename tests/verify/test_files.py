#!/usr/bin/env python3
"""What `ir carry out` puts on a stick, read by a program that is not `ir`:
docs/format.md section 12, "Files", and nothing else.

    test_files.py IR         path of the program
"""
import hashlib
import os
import subprocess
import sys
import tempfile
import unittest

sys.dont_write_bytecode = True

import ir_seal
import ir_verify
from ir_format import Entry, Refused, key_id
from ir_frames import read_messages

HERE = os.path.dirname(os.path.abspath(__file__))
IR = os.path.abspath(sys.argv.pop(1))
FRAME_MAX = 262184


def read_file(data, key, site):
    """node, ids it says it holds, entries, objects of one file. Refused: it
    is not whole."""
    at, frames = 0, []
    while at < len(data):
        n = int.from_bytes(data[at:at + 4], "big")
        frame = data[at + 4:at + 4 + n]
        if n > FRAME_MAX or len(frame) != n:
            raise Refused("cut off")
        frames.append(read_messages(ir_seal.frame_open(key, site, frame)))
        at += 4 + n
    if not frames or frames.pop() != [("have", [b""])]:
        raise Refused("no end")
    said = [m for f in frames for m in f]
    name, beacon = said.pop(0)
    if name != "beacon" or beacon[1::2] != [0, 0, 0]:
        raise Refused("no beacon of zeros first")
    ids, entries, objects = [], [], {}
    for name, m in said:
        if name == "have":
            if entries or objects:
                raise Refused("a have after what it announces")
            ids += [m[0][i:i + 32] for i in range(0, len(m[0]), 32)]
        elif name == "entries":
            entries += m[0]
        elif name == "object":
            whole = objects.setdefault(m[0], bytearray())
            if m[2] != len(whole):
                raise Refused("a piece out of its place")
            whole += m[3]
    return beacon[0], ids, entries, objects


class Stick(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.where = tempfile.TemporaryDirectory()
        cls.home = os.path.join(cls.where.name, "home")
        cls.stick = os.path.join(cls.where.name, "stick")
        os.mkdir(cls.stick)
        cls.env = {"PATH": os.environ["PATH"], "LANG": "C.UTF-8",
                   "HOME": cls.where.name, "IR_HOME": cls.home}
        for name in ("ASAN_OPTIONS", "UBSAN_OPTIONS", "LD_PRELOAD"):
            if name in os.environ:
                cls.env[name] = os.environ[name]
        cls.ir("init", "--org", "Minato Airport", "--person", "Ito",
               "--runbooks", os.path.join(HERE, "../lua/site"))
        cls.ir("note", "first")
        cls.ir("carry", "out", cls.stick)
        cls.ir("note", "画面に身代金要求")
        cls.ir("carry", "out", cls.stick)
        entries, _, _ = ir_verify.split(cls.ir("log", "--cbor"))
        root = next(e for e in entries if e.h[4] == 1)
        root.name(bytes(32))
        cls.site = root.id
        for e in entries:
            if e.h[4] != 1:
                e.name(cls.site)
        cls.entries = entries
        with open(os.path.join(cls.home, "keys/node"), "rb") as f:
            cls.secret = f.read()[36:68]
        device = next(e for e in entries if e.h[4] == 3)
        cls.node = key_id(device.body[3])
        grant = next(e for e in entries if e.h[4] == 7 and
                     e.body[1] == cls.node)
        cls.key = ir_seal.key_unwrap(cls.secret, cls.site, cls.node,
                                     grant.body.get(3, 0), grant.body[2],
                                     grant.body[4])
        cls.files = []
        for name in os.listdir(os.path.join(cls.stick, "ir")):
            with open(os.path.join(cls.stick, "ir", name), "rb") as f:
                cls.files.append((name, f.read()))

    @classmethod
    def tearDownClass(cls):
        cls.where.cleanup()

    @classmethod
    def ir(cls, *args):
        return subprocess.run([IR, "--no-input", *args], env=cls.env,
                              stdin=subprocess.DEVNULL,
                              stdout=subprocess.PIPE, check=True).stdout

    def test_all_of_the_log_once(self):
        self.assertEqual(len(self.files), 2)
        got, said, objects = [], [], {}
        for name, data in self.files:
            self.assertRegex(name, "^[0-9a-f]{32}$")
            node, ids, entries, o = read_file(data, self.key, self.site)
            self.assertEqual(node, self.node)
            self.assertEqual(len(set(ids)), len(entries) + len(o))
            said += ids
            got += entries
            objects.update(o)
        for digest, data in objects.items():
            self.assertEqual(hashlib.sha256(data).digest(), digest)
        parsed = [Entry(e) for e in got]
        for e in parsed:
            e.name(bytes(32) if e.h[4] == 1 else self.site)
        mine = sorted(e.id for e in self.entries)
        self.assertEqual(sorted(e.id for e in parsed), mine)
        self.assertEqual(sorted(said), sorted(mine + list(objects)))
        self.assertGreater(len(objects), 2)

    def test_nothing_stands_there_to_read(self):
        for _, data in self.files:
            for word in ("画面", "first", "Minato", "ito"):
                self.assertNotIn(word.encode(), data)
        with self.assertRaises(Refused):
            read_file(self.files[0][1], bytes(32), self.site)
        with self.assertRaises(Refused):
            read_file(self.files[0][1], self.key, bytes(32))

    def test_cut_anywhere(self):
        data = min((d for _, d in self.files), key=len)
        for n in list(range(0, len(data), 41)) + [len(data) - 1]:
            with self.assertRaises(Refused):
                read_file(data[:n], self.key, self.site)
        for at in range(0, len(data), 173):
            bad = bytearray(data)
            bad[at] ^= 4
            with self.assertRaises(Refused):
                read_file(bytes(bad), self.key, self.site)


if __name__ == "__main__":
    unittest.main()
