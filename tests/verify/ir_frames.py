"""The messages between devices: docs/format.md, section 12.

Written from that page alone; of the entry only the CBOR subset is shared.
"""
import hashlib

from ir_format import Refused, read_item

MESSAGE_MAX, ENTRY_MAX = 262144, 66128
ENTRIES_MAX, WANT_MAX, HAVE_MAX, TAIL_MAX = 200, 512, 8000, 32
CHUNK_MAX, OBJECT_MAX, BUSY_MAX = 131072, 1 << 40, 3600000
LARGEST = (1 << 63) - 1

# Type: its name, then its elements. A number: a byte string of that length;
# "uint N": at most N; "list SIZE MIN MAX": a byte string of pieces.
FORMS = {
    1: ("beacon", 8, "uint", 16, "uint", 16, "uint 65535"),
    2: ("reconcile", "uint 1", 16, "uint 1", "list 1 1 %d" % MESSAGE_MAX),
    3: ("tail", 16, "uint 1", "uint", 16, "uint", 16, "uint",
        "list 8 0 %d" % TAIL_MAX),
    4: ("entries", "entries"),
    5: ("want", "list 32 1 %d" % WANT_MAX),
    6: ("wantobj", 32, "uint %d" % OBJECT_MAX, "uint %d" % CHUNK_MAX),
    7: ("object", 32, "uint %d" % OBJECT_MAX, "uint %d" % OBJECT_MAX,
        "list 1 0 %d" % CHUNK_MAX),
    8: ("busy", "uint %d" % BUSY_MAX),
    9: ("have", "list 32 0 %d" % HAVE_MAX),
    10: ("same", 8),
}


def need(ok, why):
    if not ok:
        raise Refused(why)


def check_element(form, v):
    if isinstance(form, int):
        need(isinstance(v, bytes) and len(v) == form, "not %d bytes" % form)
        return
    word, *rest = form.split()
    if word == "uint":
        need(isinstance(v, int) and 0 <= v <= int((rest or [LARGEST])[0]),
             "not a number, or too large")
    elif word == "list":
        size, low, high = map(int, rest)
        need(isinstance(v, bytes) and len(v) % size == 0 and
             low * size <= len(v) <= high * size, "not such a list")
    else:
        need(isinstance(v, list) and 1 <= len(v) <= ENTRIES_MAX,
             "not a list of entries")
        for e in v:
            need(isinstance(e, bytes) and len(e) <= ENTRY_MAX, "no entry")


def read_messages(data):
    """[(name, [element, ...]), ...] of a transmission; unknown ones are left
    out, elements after the known ones too. Refused: the whole is of no use
    from there on."""
    at, found = 0, []
    while at < len(data):
        v, at = read_item(data, at, 8, True)
        need(isinstance(v, list) and v, "a message is no array")
        need(isinstance(v[0], int) and v[0] > 0, "a message has no type")
        if v[0] not in FORMS:
            continue
        name, *forms = FORMS[v[0]]
        need(len(v) > len(forms), "too few elements")
        for form, element in zip(forms, v[1:]):
            check_element(form, element)
        if name == "object":
            need(v[3] + len(v[4]) <= v[2], "more than the object")
        found.append((name, v[1:len(forms) + 1]))
    return found


def varint(n):
    out = [n & 127]
    while n > 127:
        n >>= 7
        out.append(n & 127 | 128)
    return bytes(reversed(out))


def fingerprint(ids, salt=None):
    """16 bytes over a set of ids; salted within a session."""
    if salt is not None:
        ids = [hashlib.sha256(salt + i).digest() for i in ids]
    total = sum(int.from_bytes(i, "little") for i in ids) % (1 << 256)
    return hashlib.sha256(total.to_bytes(32, "little") +
                          varint(len(ids))).digest()[:16]


def short_id(salt, ident):
    return hashlib.sha256(salt + ident).digest()[:8]
