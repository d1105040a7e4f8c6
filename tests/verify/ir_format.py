"""The entry, its header and its bodies: docs/format.md, sections 1 to 3.

Written from that page alone, for ir_verify.py.
"""
import hashlib
import heapq
import re

HEADER_MAX, BODY_MAX, DEPTH_MAX, LIST_MAX = 512, 65536, 8, 2048

# Section 3. Number, name, marks: "!" state-bearing, "+" a device may sign.
# Then the fields: key, "*" required, name, type.
KINDS_TEXT = """
1 root ! | 1* version 1..1 | 2* k uint | 3* admins hashes | 4 policy text
2 member ! | 1* name text | 2 roles texts | 3 not_after uint | 4* member id8
 | 5* public_keys hashes | 6* handle handle
3 device ! | 1* custodian id8 | 3* node_key hash | 4* x25519_key hash
 | 5 not_after uint
4 revoke ! | 1* key id8 | 2* reason text | 3* accepted hashes
5 approval ! | 1* verdict 1..2 | 2* digest hash | 3 reason text
6 release ! | 1* manifest hash | 2 commit text | 3 bytes uint | 4 text text
7 grant ! | 1* recipient id8 | 2* epoch uint | 3 audience uint
 | 4* wrapped_key bytes
8 alert ! | 1 text text | 2* severity uint | 3 cosignatures uint
 | 4 template uint | 5 arguments texts | 6 ack_within_s uint | 7 to texts
 | 8 mesh_only uint | 9 any_hour uint
9 ack ! | 1* code 1..4 | 2 text text | 3 on_behalf_of text | 4 how_known text
10 cancel ! | 1 text text | 2* reason 1..3
11 receipt ! + | 1* ids hashes | 2* state 1..2
16 incident ! | 1* op 1..10 | 2 system text | 3 manifest hash | 4 plan hash
 | 5 severity uint | 6 title text | 7 vars pairs | 8 began uint
 | 9 instance uint | 10 began_precision 1..5
17 step ! | 1* step text | 2* op 1..8 | 3 iteration uint | 4 reason text
 | 5 choice text | 6 exit uint | 7 evidence texts | 8 answers pairs
 | 9 output hash | 10 output_bytes uint | 11 argv texts
18 note | 1* text text | 2 who text | 3 what text | 4 where text | 5 why text
 | 6 how text
19 decision | 1* text text | 2 options texts | 3 chosen text | 4* reason text
 | 5 known text | 6 allows texts
20 role ! | 1* role text | 2* member id8 | 3* op 1..5 | 4 reason text
21 clock ! | 1* clock text | 2* op 1..4 | 3 target_s uint | 4 basis text
 | 5 counts_from uint
22 measure ! | 1* text text | 2* op 1..4 | 3 owner text | 4 review_at uint
23 amend | 1* text text | 2 field text
24 redact ! | 1* reason text | 2* authority text | 3* scope 1..2
25 request ! | 1* step text | 2* iteration uint | 3* argv_digest hash
 | 4* plan hash | 5* device id8 | 6* expires uint | 7 what text
26 attempt ! + | 1* contact text | 2* channel text | 3* outcome 1..6
 | 4 reply text | 5 by text | 6 detail text | 7 address text
 | 8 number uint | 9 retry_at uint | 10 stands_for uint
 | 11 deputy uint
27 evidence ! + | 1* item text | 2* op 1..4 | 3 sha256 hash | 4 bytes uint
 | 5 source text | 6 collector text | 7 stat_before text | 8 stat_after text
 | 9 errors text | 10 taken_by text
28 custody ! | 1* op 1..8 | 2* items texts | 3 from text | 4 to text
 | 5 place text | 6 purpose text
29 witness ! + | 1* heads hashes
30 exception ! | 1* rule text | 2* reason text | 3 substitute text
 | 4 until uint | 5 effect text
31 told | 1* whom text | 2* when uint | 3* means text | 4 what bytes-or-text
 | 5 receipt text | 6 next_due uint | 7 report text
32 service ! | 1* operation text | 2* level 0..100 | 3 basis text
33 report | 1* form text | 2* answers pairs | 3 reporter text | 4 means text
 | 5 verdict 1..2 | 6 criteria hash | 7 authority text | 8 report text
 | 9 text text
34 channel ! + | 1* channel text | 2* state 1..3 | 3 reason text
40 drill ! | 1* drill text | 2* op 1..5 | 3 objectives texts | 4 due uint
 | 5 reason text | 6 attendance texts
41 inject | 1* inject text | 2 to text | 3 from text | 4 channel text
 | 5* text text | 6 expect text
42 score ! | 1* objective text | 2* value bytes-or-text | 3 measured_s uint
 | 4 text text
43 action-item | 1* text text | 2* owner text | 3* due uint | 4* op 1..5
44 attest ! | 1* control text | 2* statement text | 3 until uint
 | 4 independent 0..1
64 admins ! | 1* k uint | 2* admins hashes | 3* members bytes
 | 4* accepted hashes | 5* reason text
"""
COMMON_TEXT = ("0* salt bytes16 | 30 utc_offset_min int | 31 boot id8 | "
               "32 mono_ms uint | 33 clock clock | 34 wall_ms uint")


def read_fields(text):
    fields = {}
    for part in text.split("|"):
        key, name, kind = part.split()
        fields[int(key.rstrip("*"))] = (key.endswith("*"), name,
                                        kind.replace("-or-", " or "))
    return fields


def read_kinds(text):
    kinds = {}
    for row in text.strip().replace("\n |", " |").split("\n"):
        head, _, rest = row.partition("|")
        words = head.split()
        kinds[int(words[0])] = (words[1], "!" in words, "+" in words,
                                read_fields(rest))
    return kinds


KINDS = read_kinds(KINDS_TEXT)
# Section 1, "Parsing", 5: the list of kinds that have no stubs is closed.
WHOLE = {n for n in KINDS if KINDS[n][1] and n <= 44}
COMMON = read_fields(COMMON_TEXT)


class Refused(Exception):
    """The bytes are refused for ever."""


class OtherSuite(Refused):
    """An entry of a suite that is not known here."""


# Section 1: the CBOR subset.

def read_head(data, at):
    if at >= len(data):
        raise Refused("cut short")
    major, info = data[at] >> 5, data[at] & 31
    at += 1
    if info < 24:
        return major, info, at
    if info > 27:
        raise Refused("indefinite or reserved length")
    n = 1 << (info - 24)
    if at + n > len(data):
        raise Refused("cut short")
    value = int.from_bytes(data[at:at + n], "big")
    if value < (24, 1 << 8, 1 << 16, 1 << 32)[info - 24]:
        raise Refused("not in the shortest form")
    if value >= 1 << 63:
        raise Refused("integer of 2^63 or more")
    return major, value, at + n


def read_item(data, at, depth, negative):
    """One item at `at`; returns (value, the place after it)."""
    major, arg, at = read_head(data, at)
    if major == 0:
        return arg, at
    if major == 1:
        if not negative:
            raise Refused("negative integer")
        return -1 - arg, at
    if major in (2, 3):
        if arg > len(data) - at:
            raise Refused("cut short")
        raw = data[at:at + arg]
        if major == 2:
            return raw, at + arg
        if b"\0" in raw:
            raise Refused("NUL in text")
        try:
            return raw.decode("utf-8", "strict"), at + arg
        except UnicodeDecodeError:
            raise Refused("text is not UTF-8") from None
    if major > 5:
        raise Refused("a tag, a simple value or a float")
    if depth == 0:
        raise Refused("nested more than 8 deep")
    if arg * (major - 3) > len(data) - at:
        raise Refused("cut short")
    if major == 4:
        array = []
        for _ in range(arg):
            value, at = read_item(data, at, depth - 1, negative)
            array.append(value)
        return array, at
    table, last = {}, -1
    for _ in range(arg):
        if at < len(data) and data[at] >> 5 != 0:
            raise Refused("a map key is not an unsigned integer")
        key, at = read_item(data, at, 0, False)
        if key <= last:
            raise Refused("map keys out of order or twice")
        last = key
        table[key], at = read_item(data, at, depth - 1, negative)
    return table, at


def read_whole(data, negative):
    value, at = read_item(data, 0, DEPTH_MAX, negative)
    if at != len(data):
        raise Refused("bytes after the end")
    return value


# Sections 1 and 2: the entry and its header.

LANES = ((7, "T"), (10, "F"), (39, "I"), (63, "S"), (95, "T"), (127, "F"),
         (191, "I"))


def lane_of(kind):
    for last, lane in LANES:
        if kind <= last:
            return lane
    return "S"


def is_uint(v):
    return isinstance(v, int) and v >= 0


def is_bytes(v, n):
    return isinstance(v, bytes) and len(v) == n


def ids_ok(v, most):
    return isinstance(v, list) and 1 <= len(v) <= most and \
        all(is_bytes(x, 32) for x in v)


HEADER_FORM = {
    0: lambda v: v == 1 and is_uint(v),
    1: lambda v: is_bytes(v, 8),
    2: is_uint,
    3: lambda v: is_uint(v) and v > 0,
    4: lambda v: is_uint(v) and v > 0,
    5: lambda v: is_bytes(v, 8),
    6: lambda v: is_bytes(v, 32),
    7: lambda v: ids_ok(v, 8) and v == sorted(set(v)),
    8: lambda v: is_uint(v) and v > 0,
    9: lambda v: is_uint(v) and v <= 3,
    10: lambda v: is_uint(v) and 1 <= v <= 2,
    11: lambda v: is_uint(v) and v > 0,
    12: lambda v: ids_ok(v, 3),
    13: lambda v: isinstance(v, list) and len(v) == 2 and
        all(is_uint(x) for x in v) and v[1] <= 5,
    14: lambda v: v == 1 and is_uint(v),
}


def read_header(p):
    h = read_whole(p, False)
    if not isinstance(h, dict):
        raise Refused("the header is not a map")
    if is_uint(h.get(0)) and h[0] != 1:
        raise OtherSuite("suite %d" % h[0])
    if len(p) > HEADER_MAX:
        raise Refused("header of %d bytes" % len(p))
    for key in range(5):
        if key not in h:
            raise Refused("header key %d is missing" % key)
    for key, value in h.items():
        if key not in HEADER_FORM:
            raise Refused("header key %d is not known" % key)
        if not HEADER_FORM[key](value):
            raise Refused("header key %d is malformed" % key)
    kind, lane = h[4], lane_of(h[4])
    if h.get(9) == {"T": 1, "F": 0, "I": 2, "S": 3}[lane]:
        raise Refused("the default prio is written out")
    if 6 in h and lane == "F":
        raise Refused("prev in lane F")
    if 7 in h and lane != "I":
        raise Refused("deps outside lane I")
    if 5 in h and kind == 9:
        raise Refused("an ack with an incident")
    if 14 in h and kind in WHOLE:
        raise Refused("this kind may not be sealed")
    return h


class Entry:
    """One parsed entry or stub."""

    def __init__(self, raw):
        parts = read_whole(raw, False)
        if not isinstance(parts, list) or not parts or \
                not isinstance(parts[0], bytes):
            raise Refused("not an array that begins with a byte string")
        self.h = read_header(parts[0])
        if len(parts) not in (3, 4):
            raise Refused("not an array of 3 or 4")
        if not all(isinstance(x, bytes) for x in parts[:3]):
            raise Refused("not byte strings")
        self.p, middle, self.sig = parts[:3]
        self.kind, self.author = self.h[4], self.h[1]
        self.lane, self.seq, self.hlc = lane_of(self.kind), self.h[3], self.h[2]
        if len(self.sig) != 64:
            raise Refused("signature of %d bytes" % len(self.sig))
        self.body = self.sealed = None
        self.stub = len(parts) == 4
        if self.stub:
            if parts[3] != 1 or not is_bytes(middle, 32):
                raise Refused("not a stub")
            if self.kind in WHOLE:
                raise Refused("this kind may not be a stub")
            self.digest = middle
        else:
            if len(middle) > BODY_MAX:
                raise Refused("body of %d bytes" % len(middle))
            body = read_whole(middle, True)
            if not isinstance(body, list if 14 in self.h else dict):
                raise Refused("the body is not a map, or sealed not an array")
            if 14 in self.h:
                self.sealed = body
            else:
                self.body = body
            self.digest = hashlib.sha256(middle).digest()

    def name(self, site):
        """Fill m and id."""
        self.m = (bytes(32) if self.kind == 1 else site) + self.p + self.digest
        self.id = hashlib.sha256(self.m).digest()

    def chain(self):
        if self.lane != "I":
            return self.lane if self.lane != "F" else None
        if self.kind == 16 and 5 not in self.h:
            return self.id[:8]
        return self.h.get(5, "I")

    def before(self):
        """What this entry names, and so builds on."""
        return ([self.h[6]] if 6 in self.h else []) + self.h.get(7, []) + \
            self.h.get(12, [])


# Section 3: does a body fit its kind?

def field_ok(kind, v):
    bounds = re.fullmatch(r"(\d+)\.\.(\d+)", kind)
    if bounds:
        return is_uint(v) and int(bounds[1]) <= v <= int(bounds[2])
    if kind in ("texts", "hashes", "pairs"):
        if not isinstance(v, list) or len(v) > LIST_MAX:
            return False
        if kind == "texts":
            return all(isinstance(x, str) for x in v)
        if kind == "hashes":
            return all(is_bytes(x, 32) for x in v)
        names = [x[0].encode() for x in v if isinstance(x, list) and
                 len(x) == 2 and all(isinstance(y, str) for y in x)]
        return len(names) == len(v) and names == sorted(set(names))
    return {
        "uint": lambda: is_uint(v),
        "int": lambda: isinstance(v, int),
        "text": lambda: isinstance(v, str),
        "handle": lambda: isinstance(v, str) and
        re.fullmatch(r"[a-z0-9][a-z0-9._-]{0,39}", v) is not None,
        "bytes": lambda: isinstance(v, bytes),
        "bytes16": lambda: is_bytes(v, 16),
        "id8": lambda: is_bytes(v, 8),
        "hash": lambda: is_bytes(v, 32),
        "bytes or text": lambda: isinstance(v, (bytes, str)),
        "clock": lambda: isinstance(v, list) and len(v) == 3 and
        all(isinstance(x, int) for x in v) and v[0] in (0, 1),
    }[kind]()


def misfit(kind, body):
    """Why a plain body does not fit its kind, or None."""
    if kind not in KINDS:
        return None
    fields = dict(KINDS[kind][3])
    if lane_of(kind) in "IS":
        fields.update(COMMON)
    for key, (required, name, form) in fields.items():
        if key not in body:
            if required:
                return "body: %s is missing" % name
        elif not field_ok(form, body[key]):
            return "body: %s is malformed" % name
    if kind == 1 and not 1 <= body[2] <= len(body[3]):
        return "body: k is not from 1 to the number of admins"
    if kind == 64 and not (1 <= body[1] <= len(body[2]) <= 64 and
                           len(body[3]) == 8 * len(body[2]) and
                           len(set(body[2])) == len(body[2])):
        return "body: the admins, their members and k do not go together"
    if kind == 8 and (1 in body) == (4 in body):
        return "body: not exactly one of text and template"
    return None


def key_id(pub):
    return hashlib.sha256(pub).digest()[:8]


def in_order(entries):
    """Section 2, "Order"."""
    by_id = {e.id: e for e in entries}
    waits, after = {}, {}
    for e in entries:
        named = {i for i in e.before() if i in by_id and i != e.id}
        waits[e.id] = len(named)
        for i in named:
            after.setdefault(i, []).append(e.id)
    ready = [(e.hlc, e.id) for e in entries if waits[e.id] == 0]
    heapq.heapify(ready)
    out = []
    while ready:
        _, i = heapq.heappop(ready)
        out.append(by_id[i])
        for j in after.get(i, []):
            waits[j] -= 1
            if waits[j] == 0:
                heapq.heappush(ready, (by_id[j].hlc, j))
    return out
