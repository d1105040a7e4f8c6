#!/usr/bin/env python3
"""Being let in: docs/format.md section 13 and tests/vectors/join.json against
the independent reading, and what must be refused.
"""
import json
import os
import subprocess
import sys
import tempfile
import unittest

sys.dont_write_bytecode = True

from ir_format import Refused
from ir_join import (NAMESPACE, ask, code, code_seal, here, invite_id,
                     proof_blob, proof_message, read_answer, read_code,
                     read_here, read_request)
from ir_verify import armour, public_line
from make import cbor
from make_join import PATH, ROOT, vectors
from test_examples import PAGE, whole

H = bytes.fromhex
with open(PATH, encoding="ascii") as f:
    VECTORS = json.load(f)
SECRET = H(VECTORS["secret"])
REQUEST, ANSWER = H(VECTORS["request"]), H(VECTORS["answer"])
MINE = H(VECTORS["x25519_secret"])


def flipped(data, at):
    return data[:at] + bytes([data[at] ^ 8]) + data[at + 1:]


class Join(unittest.TestCase):
    def refused(self, fn, *args):
        with self.assertRaises(Refused):
            fn(*args)

    def test_made_again(self):
        self.assertEqual(vectors(), VECTORS)

    def test_codes(self):
        for v in VECTORS["codes"]:
            secret = H(v["secret"])
            self.assertEqual(code(secret), v["code"])
            self.assertEqual(read_code(v["code"]), secret)
            self.assertEqual(read_code(v["typed"]), secret)
            self.assertEqual(invite_id(secret).hex(), v["id"])
        text = VECTORS["codes"][0]["code"]
        for wrong in ("", text[:-1], text + "0", text[1:] + text[0],
                      text.replace("-", "."), text[:-1] + "U"):
            self.refused(read_code, wrong)

    def test_request(self):
        r = read_request(SECRET, REQUEST)
        m = proof_message(SECRET, *r[1:5])
        self.assertEqual(proof_blob(m).hex(), VECTORS["proof"])
        for pub, sig in ((r[1], r[5]), (r[2], r[6])):
            self.assertEqual(self.verify(m, pub, sig, NAMESPACE), 0)
            self.assertNotEqual(self.verify(m, pub, sig, "ir-entry@v1"), 0)
            self.assertNotEqual(self.verify(m + b"x", pub, sig, NAMESPACE), 0)
        self.refused(read_request, flipped(SECRET, 0), REQUEST)
        self.refused(read_request, SECRET, REQUEST[:-1])
        for at in (0, 16, 60, len(REQUEST) - 1):
            self.refused(read_request, SECRET, flipped(REQUEST, at))
        for bad in ([2] + r[1:], r[:-1], r[:4] + ["../x"] + r[5:]):
            self.refused(read_request, SECRET, code_seal(
                SECRET, bytes(16), b"ir-join@v1 request", cbor(bad)))

    def verify(self, m, pub, sig, namespace):
        """What ssh-keygen says to a signature in this namespace."""
        with tempfile.TemporaryDirectory() as where:
            allowed = os.path.join(where, "allowed")
            with open(allowed, "w", encoding="ascii") as f:
                f.write('x namespaces="%s" %s\n' % (namespace,
                                                    public_line(pub)))
            with open(allowed + ".sig", "w", encoding="ascii") as f:
                f.write(armour(pub, sig, namespace.encode()))
            return subprocess.run(
                ["ssh-keygen", "-Y", "verify", "-f", allowed, "-I", "x", "-n",
                 namespace, "-s", allowed + ".sig"], input=m, check=False,
                stdout=subprocess.DEVNULL,
                stderr=subprocess.DEVNULL).returncode

    def test_answer(self):
        a = read_answer(SECRET, REQUEST, MINE, ANSWER)
        self.assertEqual(a[1].hex(), ROOT["id"])
        self.assertEqual(a[3:], ["kato", [H(ROOT["entry"])],
                                 [["plan", b"{}"]]])
        self.refused(read_answer, flipped(SECRET, 3), REQUEST, MINE, ANSWER)
        self.refused(read_answer, SECRET, REQUEST + b"x", MINE, ANSWER)
        self.refused(read_answer, SECRET, REQUEST, flipped(MINE, 8), ANSWER)
        self.refused(read_answer, SECRET, REQUEST, MINE, ANSWER[:-1])
        for at in (0, 32, 60, len(ANSWER) - 1):
            self.refused(read_answer, SECRET, REQUEST, MINE,
                         flipped(ANSWER, at))

    def test_found(self):
        asked, said = H(VECTORS["ask"]), H(VECTORS["here"])
        self.assertEqual(read_here(SECRET, asked, said), 8747)
        self.refused(read_here, flipped(SECRET, 3), asked, said)
        other = ask(SECRET, bytes(16))
        self.refused(read_here, SECRET, other, said)
        self.assertEqual(read_here(SECRET, other,
                                   here(SECRET, other, bytes(16), 0)), 0)
        for at in (0, 16, 33):
            self.refused(read_here, SECRET, asked, flipped(said, at))
        self.refused(read_here, SECRET, flipped(asked, 31), said)
        self.refused(read_here, SECRET, asked, said + b"x")

    def test_page(self):
        self.assertEqual(whole("join secret"), SECRET)
        self.assertIn("`%s`" % VECTORS["codes"][0]["code"], PAGE)
        self.assertIn("`%s`" % invite_id(SECRET).hex(), PAGE)
        self.assertEqual(whole("join request"), REQUEST)
        self.assertEqual(whole("join x25519 secret"), MINE)
        self.assertEqual(whole("join ask"), H(VECTORS["ask"]))
        self.assertEqual(whole("join here"), H(VECTORS["here"]))
        self.assertEqual(whole("join answer")[:32], ANSWER[:32])
        self.assertEqual(whole("join answer"), ANSWER)


if __name__ == "__main__":
    unittest.main()
