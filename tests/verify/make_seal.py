#!/usr/bin/env python3
"""Write tests/vectors/seal.json anew: what ir_seal.py makes of fixed keys.
The vectors are frozen; this says how they came to be, and test_seal.py that
they still come to be so.
"""
import hashlib
import json
import os
import sys

sys.dont_write_bytecode = True

from ir_seal import (BASE, body_seal, frame_hint, frame_seal, key_wrap, x25519)
from make import HLC, cbor

HERE = os.path.dirname(os.path.abspath(__file__))
PATH = os.path.join(HERE, "../vectors/seal.json")


def fixed(name, n=32):
    return hashlib.sha256(b"ir seal vector: " + name.encode()).digest()[:n]


def vectors():
    site, carrier, command = map(fixed, ("site", "carrier 1", "audience 2"))
    author, device = fixed("author", 8), fixed("device", 8)
    secret = fixed("x25519")
    pub = x25519(secret, BASE)
    out = {"site": site.hex(), "grants": [], "frames": [], "bodies": []}
    for audience, epoch, key in ((0, 1, carrier), (2, 3, command)):
        out["grants"].append({
            "audience": audience, "epoch": epoch, "key": key.hex(),
            "recipient": device.hex(), "secret": secret.hex(),
            "public": pub.hex(), "ephemeral": fixed("ephemeral").hex(),
            "wrapped": key_wrap(site, device, pub, fixed("ephemeral"),
                                audience, epoch, key).hex()})
    for i, plain in enumerate((b"", b"\x83\x01\x40\x00",
                               bytes(range(256)) * 5)):
        salt = fixed("salt %d" % i, 16)
        out["frames"].append({
            "epoch": 1, "key": carrier.hex(), "hint": frame_hint(carrier).hex(),
            "salt": salt.hex(), "plain": plain.hex(),
            "frame": frame_seal(carrier, site, salt, plain).hex()})
    for i, text in enumerate(("", "x" * 41, "x" * 42, "患者情報" * 60,
                              "x" * 4096)):
        header = cbor({0: 1, 1: author, 2: HLC + i, 3: i + 1, 4: 18, 11: 2,
                       14: 1})
        body = {0: b"\xaa" * 16, 1: text} if text else {}
        nonce = fixed("nonce %d" % i, 12)
        out["bodies"].append({
            "audience": 2, "epoch": 3, "key": command.hex(),
            "P": header.hex(), "nonce": nonce.hex(), "plain": cbor(body).hex(),
            "B": cbor(body_seal(command, 3, site, nonce, header,
                                cbor(body))).hex()})
    return out


if __name__ == "__main__":
    with open(PATH, "w", encoding="ascii") as f:
        json.dump(vectors(), f, indent=1)
        f.write("\n")
