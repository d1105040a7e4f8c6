#!/usr/bin/env python3
"""Messages of engine/core/negentropy.c against negentropy.py, byte by byte:
whole sessions over some hundred seeded pairs of sets, without a limit, with the
smallest, a datagram's and a message's, with and without salt; and changed
messages, which both must take alike.
"""
import hashlib
import random
import subprocess
import sys

sys.dont_write_bytecode = True

import negentropy

LIMITS = (0, 256, 1200, 262144)
PAIRS = 320
CHANGES = 6  # changed copies tried of a message, one message in ten


class Talk:
    """neg_talk's two sets."""

    def __init__(self, program):
        self.p = subprocess.Popen([program], stdin=subprocess.PIPE,
                                  stdout=subprocess.PIPE, text=True)

    def fill(self, side, items):
        self.p.stdin.write(f"new {side}\n" + "".join(
            f"add {side} {hlc} {x.hex()}\n" for hlc, x in items))

    def ask(self, verb, side, limit, salt, message=b""):
        self.p.stdin.write(f"{verb} {side} {limit} "
                           f"{salt.hex() if salt else '-'} {message.hex()}\n")
        self.p.stdin.flush()
        return self.p.stdout.readline().strip()


def hexed(data):
    return data.hex() or "-"


def said(side, verb, message):
    """What neg_talk should say."""
    try:
        if verb == "answer":
            return hexed(side.answer(message))
        have, need, out = side.next(message)
    except negentropy.Refused:
        return "refused"
    return " ".join(("more" if out else "done", hexed(b"".join(have)),
                     hexed(b"".join(need)), hexed(out or b"")))


def make(rng):
    """A pair of sets: few or many moments, apart here, there or everywhere."""
    n = rng.choice((0, 1, 5, 31, 32, 33, 100, 300, 700))
    moments = rng.choice((1, 3, 50, 10 ** 6, 2 ** 64 - 2))
    short = rng.random() < 0.2  # ids with long common prefixes
    everything = {}
    for i in range(n):
        x = hashlib.sha256(b"%d %d" % (i, rng.randrange(10 ** 9))).digest()
        if short:
            x = (bytes(rng.choice((28, 31))) + x)[:32]
        everything[x] = rng.randrange(moments)
    everything = sorted((hlc, x) for x, hlc in everything.items())
    part = rng.choice((0, 0.01, 0.1, 0.5, 1))
    if rng.random() < 0.5:  # apart in one run, else scattered
        at = rng.randrange(len(everything) + 1)
        apart = set(everything[at:at + int(part * n) + 1])
    else:
        apart = {x for x in everything if rng.random() < part}
    a = [x for x in everything if x not in apart or rng.random() < 0.4]
    b = [x for x in everything if x not in apart or rng.random() < 0.4]
    return a, b


def change(rng, message):
    m = bytearray(message)
    for _ in range(rng.randrange(1, 4)):
        at = rng.randrange(len(m)) if m else 0
        what = rng.randrange(4)
        if what == 0:
            m.insert(at, rng.choice((0, 1, 2, 127, 128, 255)))
        elif what == 1:
            del m[at:at + rng.choice((1, 2, 33))]
        elif m:
            m[at] = rng.choice((0, 1, 2, 3, 128, 255, m[at] ^ 1))
    return bytes(m)


class Test:
    def __init__(self, talk, rng):
        self.talk, self.rng = talk, rng
        self.messages = self.changed = self.refused = 0

    def same(self, side, name, verb, message):
        got = self.talk.ask(verb, name, side.limit, side.salt, message)
        want = said(side, verb, message)
        if got != want:
            raise SystemExit(f"{verb} to {message.hex()}\nwith {side.limit} "
                             f"{side.salt}\n says {got}\n not {want}")
        return want

    def session(self, a, b):
        limit = self.rng.choice(LIMITS)
        salt = self.rng.randbytes(16) if self.rng.random() < 0.5 else None
        us = negentropy.Side(a, salt, limit)
        them = negentropy.Side(b, salt, limit)
        self.talk.fill("a", a)
        self.talk.fill("b", b)
        message = us.begin()
        if self.talk.ask("begin", "a", limit, salt) != message.hex():
            raise SystemExit("first message differs")
        have, need = set(), set()
        for _ in range(3000):
            for verb, side, name in (("answer", them, "b"), ("next", us, "a")):
                if limit and len(message) > limit:
                    raise SystemExit(f"{len(message)} bytes, limit {limit}")
                if self.rng.random() < 0.1:
                    self.change_some(side, name, verb, message)
                word = self.same(side, name, verb, message).split()
                self.messages += 1
                message = b"" if word[-1] == "-" else bytes.fromhex(word[-1])
            for ids, into in ((word[1], have), (word[2], need)):
                data = b"" if ids == "-" else bytes.fromhex(ids)
                into |= {data[k:k + 32] for k in range(0, len(data), 32)}
            if word[0] == "done":
                break
        else:
            raise SystemExit("does not end")
        ours, theirs = {x for _, x in a}, {x for _, x in b}
        if have != ours - theirs or need != theirs - ours:
            raise SystemExit("learnt something else")

    def change_some(self, side, name, verb, message):
        for _ in range(CHANGES):
            word = self.same(side, name, verb, change(self.rng, message))
            self.changed += 1
            self.refused += word == "refused"


def published():
    """What the reference's own tests say of three items."""
    items = [(1678011277 + k, bytes.fromhex(x)) for k, x in enumerate((
        "eb6b05c2e3b008592ac666594d78ed83e7b9ab30f825b9b08878128f7500008c",
        "39b916432333e069a4386917609215cc688eb99f06fed01aadc29b1b4b92d6f0",
        "abc81d58ebe3b9a87100d47f58bf15e9b1cbf62d38623f11d0f0d17179f5f3ba"))]
    ids = [x for _, x in items]
    for n, want in ((1, "6d74e1212fcafc8a81d090f0ffbde8b0"),
                    (2, "96b26d110825d4b1805fc56988a3e65d"),
                    (3, "c15ce60f185fd24ae341076caa93daa5")):
        assert negentropy.fingerprint(ids[:n], None).hex() == want
    assert negentropy.Side(items).begin().hex() == \
        "6100000203" + b"".join(ids).hex()


def main():
    published()
    talk = Talk(sys.argv[1])
    test = Test(talk, random.Random(3))
    for seed in range(PAIRS):
        test.rng.seed(seed)
        a, b = make(test.rng)
        try:
            test.session(a, b)
        except SystemExit as e:
            raise SystemExit(f"seed {seed}: {e}") from None
    talk.p.stdin.close()
    if talk.p.wait() != 0:
        raise SystemExit("neg_talk ended badly")
    assert test.messages > 2 * PAIRS and 0 < test.refused < test.changed
    print(f"{PAIRS} pairs, {test.messages} messages alike, {test.changed} "
          f"changed ones ({test.refused} refused)")


main()
