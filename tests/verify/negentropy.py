"""Negentropy protocol V1 written from its specification, and from what
engine/core/negentropy.h says about limits and salts; Python's standard library
only. Slow and plain: sorted lists, sums made anew each time.
"""
import bisect
import hashlib

VERSION = 0x61
END = 2 ** 64 - 1
SKIP, FINGERPRINT, LIST = 0, 1, 2
MESSAGE_MAX = 262144
IDS_MAX = 8192
# what may still have to follow anything: a skip with the longest bound, and a
# fingerprint up to the end
LONGEST_BOUND = 10 + 1 + 32
CLOSING = (LONGEST_BOUND + 1) + (2 + 1 + 16)


class Refused(Exception):
    pass


def varint(v):
    digits = [v & 127]
    while v > 127:
        v >>= 7
        digits.append(v & 127 | 128)
    return bytes(reversed(digits))


def fingerprint(ids, salt):
    if salt is not None:
        ids = [hashlib.sha256(salt + x).digest() for x in ids]
    total = sum(int.from_bytes(x, "little") for x in ids) % 2 ** 256
    return hashlib.sha256(total.to_bytes(32, "little") +
                          varint(len(ids))).digest()[:16]


class Reader:
    def __init__(self, data):
        self.data, self.at, self.last = data, 0, 0
        self.bound = (0, b"")

    def take(self, n):
        if len(self.data) - self.at < n:
            raise Refused("cut short")
        self.at += n
        return self.data[self.at - n:self.at]

    def varint(self):
        v, first = 0, True
        while True:
            digit = self.take(1)[0]
            if first and digit == 128:
                raise Refused("not the shortest form")
            v, first = v << 7 | digit & 127, False
            if v >= 2 ** 64:
                raise Refused("number too large")
            if digit < 128:
                return v

    def next_bound(self):
        if self.bound[0] == END:
            raise Refused("a range after the end")
        v, n = self.varint(), self.varint()
        if n > 32:
            raise Refused("prefix too long")
        prefix = self.take(n)
        if v == 0:
            if prefix:
                raise Refused("the end has a prefix")
            self.bound = (END, b"")
            return
        hlc = self.last + v - 1
        if hlc >= END:
            raise Refused("moment too large")
        new = (hlc, prefix)
        if (hlc, prefix.ljust(32, b"\0")) < \
                (self.bound[0], self.bound[1].ljust(32, b"\0")):
            raise Refused("bounds fall")
        self.last, self.bound = hlc, new


class Side:
    """One side: items are pairs (hlc, id)."""

    def __init__(self, items, salt=None, limit=0):
        self.items = sorted(items)
        self.salt, self.limit = salt, limit

    # writing

    def write_range(self, bound, mode, payload=b""):
        hlc, prefix = bound
        if hlc == END:
            self.out += varint(0)
        else:
            self.out += varint(1 + hlc - self.last)
            self.last = hlc
        self.out += varint(len(prefix)) + prefix + varint(mode) + payload

    def fits(self, n):
        return self.limit == 0 or \
            len(self.out) + n + CLOSING <= self.limit

    def flush_skip(self):
        if self.skip is not None:
            self.write_range(self.skip, SKIP)
        self.skip = None

    def ids(self, lo, hi):
        return [x for _, x in self.items[lo:hi]]

    def write_fingerprint(self, bound, lo, hi):
        self.write_range(bound, FINGERPRINT,
                         fingerprint(self.ids(lo, hi), self.salt))

    def close(self, lo):
        self.flush_skip()
        self.write_fingerprint((END, b""), lo, len(self.items))
        self.closed = True

    def between(self, i):
        (before, low), (hlc, high) = self.items[i - 1], self.items[i]
        if before != hlc:
            return hlc, b""
        n = next(k for k in range(32) if low[k] != high[k])
        return hlc, high[:n + 1]

    def write_list(self, lo, hi, bound):
        self.flush_skip()
        head = LONGEST_BOUND + 1 + 10
        n = hi - lo
        if not self.fits(head + 32 * n):
            n = max(0, self.limit - len(self.out) - CLOSING - head) // 32
            if n == 0:
                self.close(lo)
                return
            bound = self.between(lo + n)
        self.write_range(bound, LIST,
                         varint(n) + b"".join(self.ids(lo, lo + n)))
        if lo + n < hi:
            self.close(lo + n)

    def split(self, lo, hi, bound):
        n, parts = hi - lo, 0
        if n >= 32:
            parts = 16
        elif self.limit and self.asks and n >= 3:
            parts = 1
        elif self.limit and not self.asks and n >= 12 and \
                self.unlike <= self.seen * 7 / 8:
            parts = n // 4
        if parts == 0:
            self.write_list(lo, hi, bound)
            return
        self.flush_skip()
        each, more = divmod(n, parts)
        for k in range(parts):
            if not self.fits(LONGEST_BOUND + 1 + 16):
                self.close(lo)
                return
            part = each + (k < more)
            self.write_fingerprint(
                bound if k == parts - 1 else self.between(lo + part), lo, lo + part)
            lo += part

    # reading

    def exchange(self, message, learn):
        if self.limit and len(message) > MESSAGE_MAX:
            raise Refused("too long")
        if not message or message[0] != VERSION:
            raise Refused("another version")
        r = Reader(message)
        r.take(1)
        self.start(learn)
        have, need, lo = [], [], 0
        while r.at < len(message):
            r.next_bound()
            mode = r.varint()
            hlc, prefix = r.bound
            hi = len(self.items) if hlc == END else bisect.bisect_left(
                self.items, (hlc, prefix.ljust(32, b"\0")))
            if mode == SKIP:
                if not self.closed:
                    self.skip = r.bound
            elif mode == FINGERPRINT:
                theirs = r.take(16)
                if not self.closed:
                    self.compare(theirs, lo, hi, r.bound)
            elif mode == LIST:
                n = r.varint()
                if n > (len(message) - r.at) // 32:
                    raise Refused("cut short")
                theirs = [r.take(32) for _ in range(n)]
                if self.closed:
                    pass
                elif learn:
                    self.learn(theirs, lo, hi, r.bound, have, need)
                else:
                    self.write_list(lo, hi, r.bound)
            else:
                raise Refused("no such mode")
            lo = hi
        return have, need

    def compare(self, theirs, lo, hi, bound):
        self.seen += 1
        if theirs == fingerprint(self.ids(lo, hi), self.salt):
            self.skip = bound
        else:
            self.unlike += 1
            self.split(lo, hi, bound)

    def learn(self, theirs, lo, hi, bound, have, need):
        if len(set(theirs)) != len(theirs):
            raise Refused("an id twice")
        known = set(theirs)
        need += [x for x in theirs if x not in set(self.ids(lo, hi))]
        for i in range(lo, hi):
            x = self.items[i][1]
            if x in known:
                continue
            if self.limit and len(have) == IDS_MAX:
                if i > lo:
                    self.skip = self.between(i)
                self.close(i)
                return
            have.append(x)
        self.skip = bound

    # the three messages

    def start(self, asks):
        self.asks, self.seen, self.unlike = asks, 0, 0
        self.out, self.last = bytes([VERSION]), 0
        self.skip, self.closed = None, False

    def begin(self):
        self.start(True)
        self.split(0, len(self.items), (END, b""))
        return self.out

    def answer(self, message):
        self.exchange(message, False)
        return self.out

    def next(self, message):
        """(ids only we have, ids only they have, next message or None)"""
        have, need = self.exchange(message, True)
        return have, need, self.out if len(self.out) > 1 else None
