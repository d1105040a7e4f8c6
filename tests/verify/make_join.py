#!/usr/bin/env python3
"""Write tests/vectors/join.json anew: what ir_join.py makes of fixed keys;
test_join.py says that they still come to be so.
"""
import hashlib
import json
import os
import sys
import tempfile

sys.dont_write_bytecode = True

from ir_join import (NAMESPACE, answer_seal, ask, code, code_seal, here,
                     invite_id, proof_blob, proof_message)
from ir_seal import BASE, x25519
from make import Key, cbor

HERE = os.path.dirname(os.path.abspath(__file__))
PATH = os.path.join(HERE, "../vectors/join.json")
with open(os.path.join(HERE, "../vectors/entry.json"), encoding="utf-8") as f:
    ENTRIES = json.load(f)
ROOT = next(v for v in ENTRIES["accept"]
            if v["name"] == "root: one admin, k=1")


def fixed(name, n=32):
    return hashlib.sha256(b"ir join vector: " + name.encode()).digest()[:n]


def vectors():
    secret, mine = fixed("secret", 16), fixed("x25519")
    codes = []
    for one in (secret, bytes(16), b"\xff" * 16, fixed("another", 16)):
        text = code(one)
        codes.append({"secret": one.hex(), "code": text,
                      "typed": text.lower().replace("-", " ")
                      .replace("0", "o").replace("1", "l"),
                      "id": invite_id(one).hex()})
    with tempfile.TemporaryDirectory() as where:
        keys = {n: Key(where, n, bytes.fromhex(k["seed"]),
                       bytes.fromhex(k["public"]))
                for n, k in ENTRIES["keys"].items() if n in ("admin", "node")}
        person, node = keys["admin"].pub, keys["node"].pub
        m = proof_message(secret, person, node, x25519(mine, BASE), "kato")
        plain = cbor([1, person, node, x25519(mine, BASE), "kato",
                      keys["admin"].sign(m, NAMESPACE),
                      keys["node"].sign(m, NAMESPACE)])
    request = code_seal(secret, fixed("salt", 16), b"ir-join@v1 request", plain)
    entry = bytes.fromhex(ROOT["entry"])
    answer = answer_seal(secret, request, x25519(mine, BASE),
                         fixed("ephemeral"), fixed("salt 2", 16),
                         cbor([1, bytes.fromhex(ROOT["id"]), b"\1" * 8, "kato",
                               [entry], [["plan", b"{}"]]]))
    asked = ask(secret, fixed("salt 3", 16))
    return {"codes": codes, "secret": secret.hex(),
            "x25519_secret": mine.hex(), "proof": proof_blob(m).hex(),
            "request": request.hex(), "answer": answer.hex(),
            "ask": asked.hex(),
            "here": here(secret, asked, fixed("salt 4", 16), 8747).hex()}


if __name__ == "__main__":
    with open(PATH, "w", encoding="ascii") as f:
        json.dump(vectors(), f, indent=1)
        f.write("\n")
