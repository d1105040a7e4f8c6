#!/usr/bin/env python3
"""Sealing: the independent implementation against the vectors of the RFCs,
tests/vectors/seal.json and docs/format.md section 4 against it, and what must
not open.
"""
import json
import sys
import unittest

sys.dont_write_bytecode = True

import ir_seal
from ir_format import Refused
from ir_seal import (BASE, SUITE, aead_open, aead_seal, body_keys, body_seal,
                     body_unseal, expand, extract, frame_hint, frame_open,
                     frame_seal, hpke_open, hpke_schedule, hpke_seal,
                     key_unwrap, key_wrap, padded, x25519)
from make import cbor
from make_seal import PATH, vectors
from test_examples import PAGE, whole

H = bytes.fromhex
with open(PATH, encoding="ascii") as f:
    VECTORS = json.load(f)
SITE = H(VECTORS["site"])


class Rfcs(unittest.TestCase):
    def test_hkdf(self):  # RFC 5869, A.1 and A.3
        prk = extract(bytes(range(13)), b"\x0b" * 22)
        self.assertEqual(prk.hex(), "077709362c2e32df0ddc3f0dc47bba6390b6c73bb5"
                                    "0f9c3122ec844ad7c2b3e5")
        self.assertEqual(expand(prk, bytes(range(0xf0, 0xfa)), 42).hex(),
                         "3cb25f25faacd57a90434f64d0362f2a2d2d0a90cf1a5a4c5db02"
                         "d56ecc4c5bf34007208d5b887185865")
        self.assertEqual(expand(extract(b"", b"\x0b" * 22), b"", 42).hex(),
                         "8da4e775a563c18f715f802a063c5a31b8a11f5c5ee1879ec3454"
                         "e5f3c738d2d9d201395faa4b61a96c8")

    def test_x25519(self):  # RFC 7748, 6.1
        a = H("77076d0a7318a57d3c16c17251b26645df4c2f87ebc0992ab177fba51db92c"
              "2a")
        b = H("5dab087e624a8a4b79e17f8b83800ee66f3bb1292618b6fd1c2f8b27ff88e0"
              "eb")
        pub_a, pub_b = x25519(a, BASE), x25519(b, BASE)
        self.assertEqual(pub_a.hex(), "8520f0098930a754748b7ddcb43ef75a0dbf3a0d"
                                      "26381af4eba4a98eaa9b4e6a")
        self.assertEqual(x25519(a, pub_b), x25519(b, pub_a))
        self.assertEqual(x25519(a, pub_b).hex(),
                         "4a5d9d5ba4ce2de1728e3bf480350f25e07e21c947d19e3376f09"
                         "b3c1e161742")
        with self.assertRaises(Refused):
            x25519(a, bytes(32))

    def test_aead(self):  # RFC 8439, 2.8.2
        key = bytes(range(0x80, 0xa0))
        nonce = H("070000004041424344454647")
        ad = H("50515253c0c1c2c3c4c5c6c7")
        text = (b"Ladies and Gentlemen of the class of '99: If I could offer "
                b"you only one tip for the future, sunscreen would be it.")
        sealed = aead_seal(key, nonce, ad, text)
        self.assertEqual(sealed[-16:].hex(), "1ae10b594f09e26a7e902ecbd0600691")
        self.assertEqual(sealed[:16].hex(), "d31a8d34648e60db7b86afbc53ef7ec2")
        self.assertEqual(aead_open(key, nonce, ad, sealed), text)

    def test_hpke(self):  # RFC 9180, A.2.1
        info = b"Ode on a Grecian Urn"
        skr = H("8057991eef8f1f1af18f4a9491d16a1ce333f695d4db8e38da75975c4478"
                "e0fb")
        ske = H("f4ec9b33b792c372c1d2c2063507b684ef925b8c75a42dbcbf57d63ccd38"
                "1600")
        pub, enc = x25519(skr, BASE), x25519(ske, BASE)
        self.assertEqual(SUITE, b"HPKE" + bytes([0, 0x20, 0, 1, 0, 3]))
        key, nonce = hpke_schedule(x25519(ske, pub), enc, pub, info)
        self.assertEqual(key.hex(), "ad2744de8e17f4ebba575b3f5f5a8fa1f69c2a07f6"
                                    "e7500bc60ca6e3e3ec1c91")
        self.assertEqual(nonce.hex(), "5c4d98150661b848853b547f")
        text = H("4265617574792069732074727574682c20747275746820626561757479")
        sealed = hpke_seal(pub, ske, info, b"Count-0", text)
        self.assertEqual(sealed[32:].hex(),
                         "1c5250d8034ec2b784ba2cfd69dbdb8af406cfe3ff938e131f0de"
                         "f8c8b60b4db21993c62ce81883d2dd1b51a28")
        self.assertEqual(hpke_open(skr, info, b"Count-0", sealed), text)


def flipped(data, at, bit=0x20):
    out = bytearray(data)
    out[at] ^= bit
    return bytes(out)


class Vectors(unittest.TestCase):
    def refused(self, fn, *args):
        with self.assertRaises(Refused):
            fn(*args)

    def test_made_again(self):
        self.assertEqual(vectors(), VECTORS)

    def test_grants(self):
        for g in VECTORS["grants"]:
            secret, to, wrapped = map(H, (g["secret"], g["recipient"],
                                          g["wrapped"]))
            args = [secret, SITE, to, g["audience"], g["epoch"], wrapped]
            self.assertEqual(key_unwrap(*args).hex(), g["key"])
            for i, other in ((0, flipped(secret, 9)), (1, flipped(SITE, 0)),
                             (2, flipped(to, 7)), (3, g["audience"] + 1),
                             (4, g["epoch"] + 1), (5, flipped(wrapped, 3)),
                             (5, flipped(wrapped, 79)), (5, wrapped[:-1])):
                self.refused(key_unwrap, *args[:i], other, *args[i + 1:])

    def test_frames(self):
        for v in VECTORS["frames"]:
            key, frame = H(v["key"]), H(v["frame"])
            self.assertEqual(frame_open(key, SITE, frame).hex(), v["plain"])
            self.assertEqual(len(frame), len(H(v["plain"])) + 36)
            self.refused(frame_open, flipped(key, 1), SITE, frame)
            self.refused(frame_open, key, flipped(SITE, 31), frame)
            self.refused(frame_open, key, SITE, frame[:-1])
            for at in (0, 4, 19, 20, len(frame) - 1):
                self.refused(frame_open, key, SITE, flipped(frame, at))

    def test_bodies(self):
        for v in VECTORS["bodies"]:
            key, epoch, header, body = H(v["key"]), v["epoch"], H(v["P"]), \
                H(v["B"])
            self.assertEqual(body_unseal(key, epoch, SITE, header, body).hex(),
                             v["plain"])
            self.refused(body_unseal, flipped(key, 0), epoch, SITE, header,
                         body)
            self.refused(body_unseal, key, epoch + 1, SITE, header, body)
            self.refused(body_unseal, key, epoch, flipped(SITE, 3), header,
                         body)
            self.refused(body_unseal, key, epoch, SITE, header + b"\0", body)
            self.refused(body_unseal, key, epoch, SITE, header, body[:-1])
            for at in (0, 1, 5, 20, 60, len(body) - 1):
                self.refused(body_unseal, key, epoch, SITE, header,
                             flipped(body, at))

    def test_what_is_inside(self):
        v = VECTORS["bodies"][1]
        key, header, nonce = H(v["key"]), H(v["P"]), H(v["nonce"])
        for plain in (b"", b"\x80", b"\xa1", b"\x83\1\2\3", b"\xa0\0"):
            body = cbor(body_seal(key, 3, SITE, nonce, header, plain))
            self.refused(body_unseal, key, 3, SITE, header, body)
        was = ir_seal.padded
        ir_seal.padded = lambda n: was(n) + 64  # more than it takes
        body = cbor(body_seal(key, 3, SITE, nonce, header, H(v["plain"])))
        ir_seal.padded = was
        self.refused(body_unseal, key, 3, SITE, header, body)

    def test_steps(self):
        self.assertEqual([padded(n) for n in (1, 64, 65, 512, 513, 4096, 4097,
                                              64512)],
                         [64, 64, 128, 512, 768, 4096, 5120, 64512])


class Page(unittest.TestCase):
    """What section 4 shows is what the vectors hold."""

    def test_grant(self):
        g = VECTORS["grants"][1]
        self.assertEqual((g["audience"], g["epoch"]), (2, 3))
        self.assertIn("`%s`, whose secret" % H(g["recipient"]).hex(" "), PAGE)
        for name, want in (("site", VECTORS["site"]), ("audience key", g["key"]),
                           ("x25519 secret", g["secret"]),
                           ("ephemeral", g["ephemeral"]),
                           ("wrapped key", g["wrapped"])):
            self.assertEqual(whole("seal " + name).hex(), want, name)
        pub = x25519(whole("seal x25519 secret"), BASE)
        self.assertEqual(whole("seal wrapped key"),
                         key_wrap(SITE, H(g["recipient"]), pub,
                                  whole("seal ephemeral"), 2, 3,
                                  whole("seal audience key")))

    def test_body(self):
        key, header = whole("seal audience key"), whole("seal header")
        body, nonce = whole("seal body"), H(VECTORS["bodies"][1]["nonce"])
        self.assertEqual(body.hex(), VECTORS["bodies"][1]["B"])
        self.assertEqual(b"".join(body_keys(key, SITE, nonce, header)),
                         whole("seal own key"))
        self.assertEqual(body_unseal(key, 3, SITE, header, body),
                         whole("seal plain"))
        self.assertEqual(len(whole("seal plain")), 63)

    def test_frame(self):
        key, frame = whole("seal carrier key"), whole("seal frame")
        self.assertEqual(frame.hex(), VECTORS["frames"][1]["frame"])
        self.assertEqual(frame_open(key, SITE, frame), H("83014000"))
        self.assertEqual(frame[:4], frame_hint(key))
        self.assertEqual(frame_seal(key, SITE, frame[4:20], H("83014000")),
                         frame)


if __name__ == "__main__":
    unittest.main()
