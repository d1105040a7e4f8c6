#!/usr/bin/env python3
"""What `ir` writes, read by programs that are not `ir`: a home is made and
worked in, then the independent verifier checks its log, and ssh-keygen and
sha256sum check one exported entry.

    test_real.py IR          path of the program
"""
import hashlib
import json
import os
import random
import shutil
import subprocess
import sys
import tempfile
import unittest

sys.dont_write_bytecode = True

import ir_verify
from ir_format import Entry, Refused, key_id
from ir_frames import read_messages
from ir_seal import BASE, frame_open, key_unwrap, x25519

HERE = os.path.dirname(os.path.abspath(__file__))
IR = os.path.abspath(sys.argv.pop(1))


class Home(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.where = tempfile.TemporaryDirectory()
        cls.env = {"PATH": os.environ["PATH"], "LANG": "C.UTF-8",
                   "HOME": cls.where.name, "TZ": "Asia/Tokyo",
                   "IR_HOME": os.path.join(cls.where.name, "home")}
        for name in ("ASAN_OPTIONS", "UBSAN_OPTIONS", "LD_PRELOAD"):
            if name in os.environ:
                cls.env[name] = os.environ[name]
        site = os.path.join(HERE, "../../runbooks")
        cls.ir("init", "--org", "Minato Airport", "--person", "Ito",
               "--runbooks", site, "--no-git")
        cls.ir("release", "approve")
        cls.ir("member", "add", "Tanaka")
        cls.ir("--yes", "start", "flight-information", "ransomware")
        cls.late = cls.id("note", "画面に身代金要求", "--at", "10m ago")
        cls.ir("--as", "tanaka", "join")
        cls.other = cls.id("--as", "tanaka", "note", "a name: Yamada")
        cls.gone = cls.id("note", "another name: Kato")
        cls.ir("severity", "1", "-r", "it spreads")
        cls.ir("role", "take", "operator")
        cls.ir("redact", cls.other, "-r", "a person's name")
        cls.ir("--yes", "redact", "--erase", cls.gone, "-r", "by order")
        cls.log = cls.ir("log", "--cbor")

    @classmethod
    def tearDownClass(cls):
        cls.where.cleanup()

    @classmethod
    def ir(cls, *args):
        who = [] if args[0] in ("--as", "init") else ["--as", "ito"]
        done = subprocess.run([IR, "--no-input"] + who + list(args),
                              env=cls.env, stdin=subprocess.DEVNULL,
                              stdout=subprocess.PIPE, stderr=subprocess.PIPE,
                              check=False)
        if done.returncode != 0:
            raise AssertionError("ir %s: %d %s" % (
                " ".join(args), done.returncode, done.stderr.decode()))
        return done.stdout

    @classmethod
    def id(cls, *args):
        who = list(args[:2]) if args[0] == "--as" else ["--as", "ito"]
        rest = args[2:] if args[0] == "--as" else args
        return json.loads(cls.ir(*who, "--json", *rest))["id"]

    def test_the_verifier_agrees(self):
        out = ir_verify.verify(self.log)
        self.assertEqual(out["verdict"], "unwitnessed", out)
        self.assertTrue(out["in_order"])
        self.assertEqual(out["not_counted"], [])
        self.assertGreaterEqual(out["entries"], 11)
        own = json.loads(self.ir("--json", "verify"))
        self.assertEqual(own["verdict"], out["verdict"])
        self.assertEqual(own["entries"], out["entries"])
        self.assertEqual({a["name"] for a in out["authors"]},
                         {"ito", "tanaka"})

    def test_withheld_and_erased_leave_as_stubs(self):
        entries, refused, _ = ir_verify.split(self.log)
        self.assertEqual(refused, [])
        site = bytes.fromhex(ir_verify.verify(self.log)["site"])
        for e in entries:
            e.name(site)
        stubs = {e.id.hex() for e in entries if e.stub}
        self.assertEqual(stubs, {self.other, self.gone})
        self.assertNotIn("Yamada".encode(), self.log)
        self.assertNotIn("Kato".encode(), self.log)
        late = next(e for e in entries if e.id.hex() == self.late)
        self.assertEqual(late.body[1], "画面に身代金要求")
        self.assertLess(late.h[13][0], late.hlc >> 16)

    def test_any_bit(self):
        seed = random.Random(7)
        for _ in range(25):
            at = seed.randrange(8 * len(self.log))
            bad = bytearray(self.log)
            bad[at // 8] ^= 1 << at % 8
            out = ir_verify.verify(bytes(bad))
            if any("suite" in x.get("why", "") for x in out["missing"]):
                out["verdict"] = "tampered"  # what looks like a later program's
            self.assertIn(out["verdict"], ("tampered", "unknown-signer"), at)

    def test_exported_for_a_stranger(self):
        where = os.path.join(self.where.name, "export")
        os.mkdir(where)
        self.ir("export-entry", self.late, where)
        stem = os.path.join(where, self.late[:8])
        with open(stem + ".m", "rb") as f:
            m = f.read()
        check = ["ssh-keygen", "-Y", "verify", "-f", stem + ".allowed_signers",
                 "-I", "ito", "-n", "ir-entry@v1", "-s", stem + ".m.sig"]
        for message, good in ((m, True), (m + b"x", False), (m[1:], False)):
            done = subprocess.run(check, input=message, check=False,
                                  stdout=subprocess.DEVNULL,
                                  stderr=subprocess.DEVNULL)
            self.assertEqual(done.returncode == 0, good)
        sums = subprocess.run(["sha256sum", stem + ".m", stem + ".body"],
                              stdout=subprocess.PIPE, check=True).stdout.split()
        self.assertEqual(sums[0].decode(), self.late)
        self.assertEqual(sums[2].decode(), m[-32:].hex())
        with open(stem + ".cbor", "rb") as f:
            e = Entry(f.read())
        e.name(m[:32])
        self.assertEqual(e.m, m)

    def test_exported_without_withheld_text(self):
        where = os.path.join(self.where.name, "withheld")
        os.mkdir(where)
        self.ir("export-entry", self.other, where)
        self.assertFalse(os.path.exists(os.path.join(
            where, self.other[:8] + ".body")))
        for name in os.listdir(where):
            with open(os.path.join(where, name), "rb") as f:
                self.assertNotIn(b"Yamada", f.read(), name)

    def test_objects_are_named_by_their_digest(self):
        """The manifest of the release, from the database by its digest."""
        import sqlite3
        entries, _, _ = ir_verify.split(self.log)
        release = next(e for e in entries if e.kind == 6)
        db = sqlite3.connect("file:%s/ir.db?mode=ro" % self.env["IR_HOME"],
                             uri=True)
        text = db.execute("SELECT bytes FROM object WHERE digest = ?",
                          (release.body[1],)).fetchone()[0]
        self.assertEqual(hashlib.sha256(text).digest(), release.body[1])
        manifest = json.loads(text)

        def canonical(value):
            return json.dumps(value, sort_keys=True, separators=(",", ":"),
                              ensure_ascii=False).encode()

        self.assertEqual(canonical(manifest), text)
        self.assertEqual(sorted(manifest), ["api", "objects"])
        names = [(o["type"], o["name"]) for o in manifest["objects"]]
        self.assertEqual(names, sorted(names))
        for o in manifest["objects"]:
            self.assertEqual(sorted(o), ["bytes", "digest", "name", "type"])
            data = db.execute("SELECT bytes FROM object WHERE digest = ?",
                              (bytes.fromhex(o["digest"]),)).fetchone()[0]
            self.assertEqual(len(data), o["bytes"])
            self.assertEqual(hashlib.sha256(data).hexdigest(), o["digest"])
            self.assertEqual(canonical(json.loads(data)), data)
        self.assertGreater(len(names), 5)
        db.close()

    def test_what_a_removed_member_wrote_stays(self):
        home = os.path.join(self.where.name, "copy")
        shutil.copytree(self.env["IR_HOME"], home)
        self.ir("-C", home, "member", "remove", "tanaka", "-r", "has left")
        log = self.ir("-C", home, "log", "--cbor")
        self.assertGreater(len(log), len(self.log))
        out = ir_verify.verify(log)
        self.assertEqual((out["verdict"], out["not_counted"]),
                         ("unwitnessed", []), out)
        own = json.loads(self.ir("-C", home, "--json", "verify"))
        self.assertEqual(own["verdict"], "unwitnessed")

    def grants(self, log, home):
        """The carrier keys that the log hands to this home's device."""
        with open(os.path.join(home, "keys", "node"), "rb") as f:
            secret = f.read()[36:]
        site = bytes.fromhex(ir_verify.verify(log)["site"])
        entries, _, _ = ir_verify.split(log)
        mine = next(key_id(e.body[3]) for e in entries if e.kind == 3 and
                    e.body[4] == x25519(secret, BASE))
        return site, {e.body[2]: key_unwrap(secret, site, mine, 0, e.body[2],
                                            e.body[4])
                      for e in entries if e.kind == 7 and e.body[1] == mine}

    def test_carrier_keys(self):
        home = self.env["IR_HOME"]
        _, keys = self.grants(self.log, home)
        self.assertEqual(list(keys), [1])
        copy = os.path.join(self.where.name, "removed")
        shutil.copytree(home, copy)
        self.ir("-C", copy, "member", "remove", "tanaka", "-r", "has left")
        log = self.ir("-C", copy, "log", "--cbor")
        site, more = self.grants(log, copy)
        self.assertEqual(more[1], keys[1])
        self.assertEqual(sorted(more), [1, 2])
        self.assertNotEqual(more[1], more[2])
        stick = os.path.join(self.where.name, "stick")
        os.mkdir(stick)
        self.ir("-C", copy, "carry", "out", stick)
        frames = {1: 0, 2: 0}
        for name in os.listdir(stick + "/ir"):
            with open(os.path.join(stick, "ir", name), "rb") as f:
                data = f.read()
            while data:
                n = int.from_bytes(data[:4], "big")
                frame, data = data[4:4 + n], data[4 + n:]
                self.assertEqual(len(frame), n)
                if n > 20000:
                    continue  # objects: long, and no other frames
                for key in (1, 2):
                    try:
                        plain = frame_open(more[key], site, frame)
                    except Refused:
                        continue
                    self.told(key, plain)
                    frames[key] += 1
        self.assertGreater(min(frames.values()), 1)

    def told(self, key, transmission):
        """To those who were taken out only lane T is told: the grant of the
        new key lies there."""
        for name, elements in read_messages(transmission):
            if name == "entries" and key == 1:
                for e in elements[0]:
                    self.assertEqual(Entry(e).lane, "T")

    def test_key_files(self):
        keys = os.path.join(self.env["IR_HOME"], "keys")
        forms = {"ito": (b"irk\0", 36), "tanaka": (b"irk\0", 36),
                 "node": (b"irk\3", 68)}
        self.assertEqual(set(os.listdir(keys)), set(forms))
        for name, (magic, length) in forms.items():
            path = os.path.join(keys, name)
            self.assertEqual(os.stat(path).st_mode & 0o7777, 0o600)
            with open(path, "rb") as f:
                data = f.read()
            self.assertEqual((data[:4], len(data)), (magic, length), name)


if __name__ == "__main__":
    unittest.main()
