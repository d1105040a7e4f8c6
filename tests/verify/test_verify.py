#!/usr/bin/env python3
"""The independent verifier on logs that are whole and on logs that are not."""
import os
import random
import subprocess
import sys
import tempfile
import unittest

sys.dont_write_bytecode = True

import ir_format
import ir_verify
from make import Key, Site, cbor

HERE = os.path.dirname(os.path.abspath(__file__))


class Case(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.where = tempfile.TemporaryDirectory()
        for name in ("sato", "ito", "node", "stranger", "other"):
            setattr(cls, name, Key(cls.where.name, name))

    @classmethod
    def tearDownClass(cls):
        cls.where.cleanup()

    def member(self, site, who, handle, number, **more):
        return site.add(self.sato, 2, {1: handle, 4: bytes([number]) * 8,
                                       5: [who.pub], 6: handle}, **more)

    def begin(self, k=1, admins=None, policy="here"):
        """A site of two people and a device, an incident, some work."""
        site = Site()
        admins = admins or [self.sato]
        site.add(self.sato, 1, {1: 1, 2: k, 3: [a.pub for a in admins],
                               4: policy})
        self.member(site, self.sato, "sato", 1)
        self.member(site, self.ito, "ito", 2)
        site.add(self.sato, 3, {1: bytes([1]) * 8, 3: self.node.pub,
                                4: bytes(32)})
        site.inc = site.add(self.sato, 16, {1: 1, 2: "mail", 9: 1})
        site.note = site.add(self.sato, 18, {1: "何かがおかしい"}, site.inc)
        site.step = site.add(self.ito, 17, {1: "1/isolate", 2: 3}, site.inc,
                             k7=[site.note])
        return site

    def witness(self, site, *heads):
        """By the device of somebody who wrote nothing here themselves."""
        if not hasattr(site, "kato"):
            site.kato = site.add(self.sato, 2, {
                1: "kato", 4: bytes([3]) * 8, 5: [], 6: "kato"})
            site.add(self.sato, 3, {1: bytes([3]) * 8, 3: self.other.pub,
                                    4: bytes(32)})
        site.add(self.other, 29, {1: list(heads)})

    def verdict(self, site, word, **more):
        out = ir_verify.verify(site.bytes(), site.site)
        self.assertEqual(out["verdict"], word, out)
        for key, value in more.items():
            self.assertEqual(len(out[key]) if isinstance(out[key], list)
                             else out[key], value, out)
        return out


class Whole(Case):
    def test_unwitnessed_and_whole(self):
        site = self.begin()
        out = self.verdict(site, "unwitnessed", unwitnessed=3, not_counted=0)
        self.assertTrue(out["in_order"])
        self.witness(site, site.step)
        out = self.verdict(site, "whole", entries=10)
        self.assertEqual([a["name"] for a in out["authors"]
                          if a["key"] == self.ito.id.hex()], ["ito"])
        site.add(self.ito, 18, {1: "later"}, site.inc)
        self.verdict(site, "unwitnessed", unwitnessed=1)

    def test_sealed_bodies(self):
        site = self.begin()
        good = [1, bytes(12), bytes(112)]
        site.add(self.sato, 18, good, site.inc, k11=2, k14=1)
        self.verdict(site, "unwitnessed", not_counted=0)
        site.add(self.sato, 18, good, site.inc, k14=1)
        self.verdict(site, "unwitnessed", not_counted=1)
        for n, bad in enumerate(([1, bytes(11), bytes(112)], good[:2], good + [1],
                                 [1, bytes(12), bytes(111)],
                                 ["", bytes(12), bytes(112)])):
            site.add(self.sato, 18, bad, site.inc, k11=2, k14=1)
            self.verdict(site, "unwitnessed", not_counted=2 + n)

    def test_grants_by_admins_alone(self):
        site = self.begin()
        body = {1: self.node.id, 2: 1, 4: bytes(80)}
        site.add(self.sato, 7, body)
        self.verdict(site, "unwitnessed", not_counted=0)
        site.add(self.ito, 7, body)
        self.verdict(site, "unwitnessed", not_counted=1)
        site.add(self.node, 7, body)
        self.verdict(site, "unwitnessed", not_counted=2)

    def test_ones_own_device_is_no_witness(self):
        site = self.begin()
        site.add(self.node, 29, {1: [site.step]})
        # of what Sato wrote Sato's device proves nothing
        out = self.verdict(site, "unwitnessed", unwitnessed=2)
        self.assertEqual([a["witnessed_to"] for a in out["authors"]
                          if a["name"] == "ito"], [1])
        site.add(self.ito, 29, {1: [site.step]})  # a person is no device
        self.verdict(site, "unwitnessed", unwitnessed=2)
        self.witness(site, site.step)
        self.verdict(site, "whole")

    def test_order_and_doubles_do_not_matter(self):
        site = self.begin()
        self.witness(site, site.step)
        site.log += site.log[2:5]
        out = self.verdict(site, "whole", duplicates=3, entries=10)
        self.assertFalse(out["in_order"])
        random.Random(1).shuffle(site.log)
        self.verdict(site, "whole", duplicates=3, entries=10)

    def test_unknown_kinds_and_lanes(self):
        site = self.begin()
        site.add(self.ito, 38, {5: "of a later version"}, site.inc)
        site.add(self.ito, 900, {7: [1]})
        site.add(self.sato, 94, {1: "a trust of later"})
        site.add(self.ito, 127, {1: "a flash of later"})
        site.add(self.node, 191, {1: "work of later"}, site.inc)
        site.add(self.ito, 8, {1: "get out", 2: 1}, site.inc)
        site.add(self.ito, 9, {1: 2}, k12=[site.step])
        self.verdict(site, "unwitnessed", not_counted=0, missing=0, bad=0)

    def test_a_suite_of_later(self):
        site = self.begin()
        site.log.append((cbor([cbor({0: 2, 1: bytes(40), 99: bytes(600)}), [1],
                               bytes(3000), 1, 2]), b"", b""))
        self.verdict(site, "incomplete", bad=0, missing=1, entries=7)
        site.log.append((cbor([cbor({0: 1, 99: 1}), b"", b""]), b"", b""))
        self.verdict(site, "tampered", bad=1, entries=7)

    def test_a_shared_key_id(self):
        site = self.begin()
        self.member(site, self.stranger, "later", 3)
        real, ids = ir_verify.key_id, {self.stranger.pub: self.ito.id}
        ir_verify.key_id = lambda pub: ids.get(pub, real(pub))
        try:
            self.verdict(site, "unwitnessed", not_counted=0)
        finally:
            ir_verify.key_id = real

    def test_answers_come_after(self):
        site = self.begin()
        late = site.add(self.ito, 8, {1: "get out", 2: 1})
        site.hlc -= 50 << 16
        early = site.add(self.stranger, 9, {1: 2}, k12=[late])
        entries = ir_verify.split(site.bytes())[0]
        for e in entries:
            e.name(site.site)
        order = [e.id for e in ir_format.in_order(entries)]
        self.assertLess(order.index(late), order.index(early))

    def test_the_program(self):
        site = self.begin()
        path = os.path.join(self.where.name, "log.cbor")
        with open(path, "wb") as f:
            f.write(site.bytes())
        run = [sys.executable, os.path.join(HERE, "ir_verify.py")]
        for args, code in (([path], 0), (["--site", site.site.hex(), path], 0),
                           (["--site", "00" * 32, path], 2),
                           (["--site", "00", path], 64), (["--no"], 64),
                           ([path + ".gone"], 1)):
            got = subprocess.run(run + args, stdout=subprocess.PIPE,
                                 stderr=subprocess.PIPE, check=False)
            self.assertEqual(got.returncode, code, (args, got.stderr))
        got = subprocess.run(run, input=site.bytes()[:-1], check=False,
                             stdout=subprocess.PIPE)
        self.assertEqual(got.returncode, 2)
        self.assertIn(b'"tampered"', got.stdout)


class Damaged(Case):
    def test_any_bit(self):
        site = self.begin()
        self.witness(site, site.step)
        good, seed = site.bytes(), random.Random(20261121)
        for _ in range(60):
            at = seed.randrange(8 * len(good))
            bad = bytearray(good)
            bad[at // 8] ^= 1 << at % 8
            out = ir_verify.verify(bytes(bad), site.site)
            if any("suite" in x.get("why", "") for x in out["missing"]):
                out["verdict"] = "tampered"  # what looks like a later program's
            self.assertIn(out["verdict"], ("tampered", "unknown-signer"), at)

    def test_cut(self):
        site = self.begin()
        out = ir_verify.verify(site.bytes()[:-5], site.site)
        self.assertEqual(out["verdict"], "tampered")
        self.assertEqual(out["entries"], 6)

    def test_one_refused_does_not_hide_the_others(self):
        site = self.begin()
        site.log.insert(3, (cbor([b"\xa0", b"\xa0", bytes(64)]), b"", b""))
        self.verdict(site, "tampered", bad=1, entries=7)

    def test_another_body(self):
        site = self.begin()
        raw = site.log[5][0]
        site.log[5] = (raw.replace("何".encode(), "誰".encode()), b"", b"")
        self.assertNotEqual(site.log[5][0], raw)
        self.verdict(site, "tampered")

    def test_the_wrong_key_signs(self):
        site = self.begin()
        self.stranger.id, mine = self.ito.id, self.stranger.id
        site.add(self.stranger, 18, {1: "I am Ito"}, site.inc)
        self.stranger.id = mine
        self.verdict(site, "tampered", bad=1)

    def test_another_site(self):
        site, other = self.begin(), self.begin(policy="there")
        self.assertNotEqual(site.site, other.site)
        site.log[6] = other.log[6]
        self.verdict(site, "tampered")
        site.site = bytes(32)
        self.verdict(site, "unknown-signer")

    def test_unknown_signer(self):
        site = self.begin()
        site.add(self.stranger, 18, {1: "hello"}, site.inc)
        self.verdict(site, "unknown-signer", unknown_signer=1, not_counted=1)


class Chains(Case):
    def test_missing(self):
        for gone in (1, 2, 3, 4, 5):
            site = self.begin()
            del site.log[gone]
            out = ir_verify.verify(site.bytes(), site.site)
            self.assertIn(out["verdict"], ("incomplete", "unknown-signer"))
            self.assertTrue(out["missing"], gone)

    def test_fork_by_seq(self):
        site = self.begin()
        site.seq[self.ito.id] -= 1
        site.add(self.ito, 8, {1: "again", 2: 1})
        self.verdict(site, "fork", forks=1, bad=0)

    def test_fork_by_prev(self):
        site = self.begin()
        site.add(self.sato, 18, {1: "one"}, site.inc)
        site.add(self.sato, 18, {1: "two"}, site.inc, k6=site.note)
        self.verdict(site, "fork", forks=1, bad=0)

    def test_two_beginnings(self):
        site = self.begin()
        site.last = {}
        site.add(self.ito, 18, {1: "begun again"}, site.inc)
        self.verdict(site, "fork", forks=1)

    def test_prev_is_somebody_elses(self):
        site = self.begin()
        site.add(self.ito, 18, {1: "odd"}, site.inc, k6=site.note)
        self.verdict(site, "tampered", bad=1)

    def test_prev_of_another_chain(self):
        site = self.begin()
        site.add(self.sato, 18, {1: "odd"}, k6=site.note)
        self.verdict(site, "tampered", bad=1)


class Stubs(Case):
    def stub(self, site, which):
        site.log[which] = (site.log[which][2],) + site.log[which][1:]

    def test_without_redact(self):
        site = self.begin()
        self.stub(site, 5)
        self.verdict(site, "incomplete", stubs=1, missing=1, bad=0)

    def test_with_redact(self):
        site = self.begin()
        site.add(self.ito, 24, {1: "a name", 2: "the head", 3: 2}, site.inc,
                 k12=[site.note])
        self.stub(site, 5)
        self.verdict(site, "unwitnessed", stubs=1, missing=0)

    def test_of_a_step(self):
        site = self.begin()
        self.stub(site, 6)
        self.verdict(site, "tampered", bad=1)

    def test_beside_the_body(self):
        for at in (0, 7):
            site = self.begin()
            site.log.insert(at, (site.log[5][2], b"", b""))
            self.verdict(site, "unwitnessed", stubs=0, duplicates=1)


class Counting(Case):
    """What is signed and does not count changes no verdict, and is listed."""

    def not_counted(self, site, entry, word="unwitnessed"):
        out = self.verdict(site, word, bad=0)
        self.assertIn(entry.hex(), [x["id"] for x in out["not_counted"]], out)
        return out

    def test_bodies(self):
        for kind, body in ((18, {}), (18, {1: b"text"}), (18, {1: "x", 0: b""}),
                           (17, {1: "1/a", 2: 0}), (17, {1: "1/a", 2: 9}),
                           (32, {1: "desk", 2: 101}), (20, {1: "a", 2: b"",
                                                            3: 1}),
                           (33, {1: "f", 2: [["b", "1"], ["a", "2"]]}),
                           (33, {1: "f", 2: [["a", "1"], ["a", "2"]]}),
                           (18, {1: "x", 33: [2, 0, 0]}),
                           (8, {2: 1}), (8, {1: "x", 2: 1, 4: 7}),
                           (28, {1: 1, 2: [1]}), (29, {1: [b"short"]})):
            with self.subTest((kind, body)):
                site = self.begin()
                self.not_counted(site, site.add(self.ito, kind, body,
                                                site.inc))

    def test_device_signs_for_a_person(self):
        site = self.begin()
        self.not_counted(site, site.add(self.node, 18, {1: "x"}, site.inc))

    def test_certificate_by_no_admin(self):
        site = self.begin()
        i = site.add(self.ito, 2, {1: "x", 4: bytes(8), 5: [self.stranger.pub],
                                   6: "x"})
        self.not_counted(site, i)
        site.add(self.stranger, 18, {1: "x"}, site.inc)
        self.not_counted(site, i, "unknown-signer")

    def test_handles(self):
        site = self.begin()
        i = self.member(site, self.stranger, "ito", 3)
        self.not_counted(site, i)
        site = self.begin()
        self.not_counted(site, self.member(site, self.stranger, "../x", 3))

    def test_status_and_incident(self):
        site = self.begin()
        self.not_counted(site, site.add(self.ito, 18, {1: "x"}, site.inc,
                                        k10=1))
        self.not_counted(site, site.add(self.ito, 18, {1: "x"}, b"nowhere."))
        self.not_counted(site, site.add(self.ito, 16, {1: 1}, site.inc))
        self.not_counted(site, site.add(self.ito, 16, {1: 6}))

    def test_revoked(self):
        site = self.begin()
        after = site.add(self.ito, 18, {1: "not me"}, site.inc)
        site.add(self.sato, 4, {1: self.ito.id, 2: "lost", 3: [site.step]})
        out = self.not_counted(site, after, "unknown-signer")
        self.assertEqual(len(out["not_counted"]), 1)
        site.add(self.sato, 4, {1: self.ito.id, 2: "never", 3: []})
        out = self.not_counted(site, site.step, "unknown-signer")
        self.assertEqual(len(out["not_counted"]), 2)
        site.add(self.sato, 4, {1: self.ito.id, 2: "all right", 3: [after]})
        self.verdict(site, "unwitnessed", not_counted=0)

    def test_revoked_in_lane_t(self):
        """It is kept, and says nothing: not even by what it names."""
        site = self.begin()
        site.add(self.sato, 4, {1: self.ito.id, 2: "lost", 3: [site.step]})
        self.verdict(site, "unwitnessed", not_counted=0)
        nowhere = b"\x07" * 32
        late = site.add(self.ito, 5, {1: 1, 2: nowhere}, k12=[nowhere])
        out = self.not_counted(site, late)
        self.assertEqual(out["unknown_signer"], [])
        self.assertEqual(out["missing"], [])

    def test_revoked_in_parts(self):
        site = self.begin()
        acks = [site.add(self.ito, 9, {1: 1}, k12=[site.note])
                for _ in range(3)]
        first = site.add(self.sato, 4, {1: self.ito.id, 2: "left",
                                        3: [site.step, acks[0]]})
        second = site.add(self.sato, 4, {1: self.ito.id, 2: "left",
                                         3: [acks[1]]}, k12=[first])
        out = self.not_counted(site, acks[2], "unknown-signer")
        self.assertEqual(len(out["not_counted"]), 1)
        site.add(self.sato, 4, {1: self.ito.id, 2: "left", 3: [acks[2]]},
                 k12=[second])
        self.verdict(site, "unwitnessed", not_counted=0)
        site.add(self.sato, 4, {1: self.ito.id, 2: "left", 3: [acks[2]]},
                 k12=[first])
        out = self.not_counted(site, site.step, "unknown-signer")
        self.assertEqual(len(out["not_counted"]), 3)

    def test_revoking_oneself(self):
        site = self.begin()
        i = site.add(self.sato, 4, {1: self.sato.id, 2: "lost",
                                    3: [site.log[3][1], site.inc]})
        out = self.not_counted(site, site.note, "unknown-signer")
        listed = [x["id"] for x in out["not_counted"]]
        self.assertNotIn(i.hex(), listed)
        self.assertNotIn(site.inc.hex(), listed)

    def test_revoking_an_admin_takes_k(self):
        site = self.begin(2, [self.sato, self.ito, self.stranger])
        i = site.add(self.sato, 4, {1: self.ito.id, 2: "lost", 3: []})
        self.not_counted(site, i)
        site.add(self.stranger, 5, {1: 1, 2: i}, k12=[i])
        out = self.verdict(site, "unknown-signer", unknown_signer=1)
        listed = [x["id"] for x in out["not_counted"]]
        self.assertNotIn(i.hex(), listed)
        self.assertIn(site.step.hex(), listed)

    def admins(self, site, by, of, k, who, stays=()):
        """Propose `who`, pairs of key and member, in place of `of`."""
        return site.add(by, 64, {1: k, 2: [key.pub for key, _ in who],
                                 3: b"".join(m * 8 for _, m in who),
                                 4: list(stays), 5: "others"}, k12=[of])

    def listed(self, site):
        out = ir_verify.verify(site.bytes(), site.site)
        return {x["id"] for x in out["not_counted"]}

    def test_another_admin(self):
        """One alone passes it on; what the old key signs then is nothing."""
        site = self.begin()
        i = self.admins(site, self.sato, site.site, 1, [(self.ito, b"i")],
                        [site.last[(self.sato.id, "T", None)]])
        late = self.member(site, self.stranger, "late", 3)
        self.assertEqual(self.listed(site), {late.hex()})
        good = site.add(self.ito, 2, {1: "Late", 4: b"l" * 8,
                                      5: [self.stranger.pub], 6: "late"})
        again = self.admins(site, self.ito, i, 1, [(self.sato, b"s")])
        self.assertEqual(self.listed(site), {late.hex(), again.hex()})
        self.assertNotIn(good.hex(), self.listed(site))

    def test_admins_take_k(self):
        site = self.begin(2, [self.sato, self.ito, self.stranger])
        i = self.admins(site, self.sato, site.site, 2,
                        [(self.sato, b"s"), (self.ito, b"i")])
        j = self.admins(site, self.ito, site.site, 1, [(self.ito, b"i")])
        site.add(self.sato, 5, {1: 1, 2: i}, k12=[i])
        site.add(self.stranger, 5, {1: 2, 2: i}, k12=[i])
        site.add(self.stranger, 5, {1: 1, 2: site.note}, k12=[i])
        self.assertLessEqual({i.hex(), j.hex()}, self.listed(site))
        site.add(self.stranger, 5, {1: 1, 2: i}, k12=[i])
        site.add(self.stranger, 5, {1: 1, 2: j}, k12=[j])
        self.assertNotIn(i.hex(), self.listed(site))
        self.assertIn(j.hex(), self.listed(site))

    def test_nothing_completed_by_a_dropped_key(self):
        """Whoever has it signs as of before, for what others let lie."""
        three = [self.sato, self.ito, self.stranger]
        for accepted in (False, True):
            site = self.begin(2, three)
            i = self.admins(site, self.sato, site.site, 1, [
                (key, m) for key, m in zip(three, (b"s", b"i", b"x"))])
            at = site.hlc
            yes = site.add(self.stranger, 5, {1: 1, 2: i}, k12=[i], k2=1)
            site.hlc = at
            j = self.admins(site, self.sato, site.site, 2,
                            [(self.sato, b"s"), (self.ito, b"i")],
                            [yes] if accepted else [])
            site.add(self.ito, 5, {1: 1, 2: j}, k12=[j])
            self.assertEqual(self.listed(site) & {i, j, i.hex(), j.hex()},
                             {(j if accepted else i).hex()})

    def test_withdrawn_and_denied(self):
        site = self.begin(2, [self.sato, self.ito, self.stranger])
        i, j = (self.admins(site, self.sato, site.site, 2, [
            (self.sato, b"s"), (self.ito, b"i")]) for _ in range(2))
        site.add(self.sato, 5, {1: 2, 2: i}, k12=[i])
        site.add(self.ito, 5, {1: 1, 2: i}, k12=[i])
        self.assertIn(i.hex(), self.listed(site))
        site.add(self.ito, 5, {1: 2, 2: j}, k12=[j])
        site.add(self.stranger, 5, {1: 2, 2: j}, k12=[j])
        site.add(self.ito, 5, {1: 1, 2: j}, k12=[j])
        self.assertLessEqual({i.hex(), j.hex()}, self.listed(site))

    def test_an_admin_with_two_keys_is_one(self):
        site = self.begin()
        i = self.admins(site, self.sato, site.site, 2, [
            (self.sato, b"s"), (self.stranger, b"s"), (self.ito, b"i")])
        j = self.admins(site, self.sato, i, 1, [(self.sato, b"s")])
        site.add(self.stranger, 5, {1: 1, 2: j}, k12=[j])
        self.assertIn(j.hex(), self.listed(site))
        self.assertNotIn(i.hex(), self.listed(site))
        site.add(self.ito, 5, {1: 1, 2: j}, k12=[j])
        self.assertNotIn(j.hex(), self.listed(site))


if __name__ == "__main__":
    unittest.main()
