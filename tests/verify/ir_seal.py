"""Sealing: docs/format.md, section 4.

Written from that page and the RFCs alone, with nothing but Python's standard
library. Slow, and not in constant time: it checks, it keeps no secrets.
"""
import hashlib
import hmac
import struct

from ir_format import Refused, read_whole


# RFC 5869.

def extract(salt, ikm):
    return hmac.new(salt or bytes(32), ikm, hashlib.sha256).digest()


def expand(prk, info, n):
    out, block = b"", b""
    for i in range(1, -(-n // 32) + 1):
        block = hmac.new(prk, block + info + bytes([i]),
                         hashlib.sha256).digest()
        out += block
    return out[:n]


def hkdf(salt, ikm, info, n):
    return expand(extract(salt, ikm), info, n)


# RFC 7748.

PRIME = 2 ** 255 - 19
BASE = bytes([9]) + bytes(31)


def x25519(secret, point):
    k = bytearray(secret)
    k[0] &= 248
    k[31] = k[31] & 127 | 64
    k = int.from_bytes(k, "little")
    x1 = int.from_bytes(point, "little") & (1 << 255) - 1
    x2, z2, x3, z3, swap = 1, 0, x1, 1, 0
    for t in range(254, -1, -1):
        bit = k >> t & 1
        if swap != bit:
            x2, x3, z2, z3 = x3, x2, z3, z2
        swap = bit
        a, b, c, d = x2 + z2, x2 - z2, x3 + z3, x3 - z3
        aa, bb, da, cb = a * a, b * b, d * a, c * b
        e = aa - bb
        x3 = (da + cb) ** 2 % PRIME
        z3 = x1 * (da - cb) ** 2 % PRIME
        x2 = aa * bb % PRIME
        z2 = e * (aa + 121665 * e) % PRIME
    if swap:
        x2, z2 = x3, z3
    out = x2 * pow(z2, PRIME - 2, PRIME) % PRIME
    if out == 0:
        raise Refused("a point that shares the same with everybody")
    return out.to_bytes(32, "little")


# RFC 8439.

def rotate(v, n):
    return v << n & 0xffffffff | v >> 32 - n


def quarter(x, a, b, c, d):
    for i, j, k, n in ((a, b, d, 16), (c, d, b, 12), (a, b, d, 8),
                       (c, d, b, 7)):
        x[i] = x[i] + x[j] & 0xffffffff
        x[k] = rotate(x[k] ^ x[i], n)


def chacha20_block(key, counter, nonce):
    start = list(struct.unpack("<4I8I", b"expand 32-byte k" + key)) + \
        [counter] + list(struct.unpack("<3I", nonce))
    x = start[:]
    for _ in range(10):
        for q in ((0, 4, 8, 12), (1, 5, 9, 13), (2, 6, 10, 14), (3, 7, 11, 15),
                  (0, 5, 10, 15), (1, 6, 11, 12), (2, 7, 8, 13), (3, 4, 9, 14)):
            quarter(x, *q)
    return struct.pack("<16I", *((a + b) & 0xffffffff
                                 for a, b in zip(x, start)))


def chacha20(key, counter, nonce, data):
    out = b""
    for i in range(0, len(data), 64):
        block = chacha20_block(key, counter + i // 64, nonce)
        out += bytes(a ^ b for a, b in zip(data[i:i + 64], block))
    return out


def poly1305(key, data):
    r = int.from_bytes(key[:16], "little") & 0x0ffffffc0ffffffc0ffffffc0fffffff
    acc = 0
    for i in range(0, len(data), 16):
        acc = (acc + int.from_bytes(data[i:i + 16] + b"\1", "little")) * r % \
            (2 ** 130 - 5)
    return (acc + int.from_bytes(key[16:], "little") & (1 << 128) - 1) \
        .to_bytes(16, "little")


def tag_of(key, nonce, ad, text):
    once = chacha20_block(key, 0, nonce)[:32]
    return poly1305(once, ad + bytes(-len(ad) % 16) + text +
                    bytes(-len(text) % 16) +
                    struct.pack("<QQ", len(ad), len(text)))


def aead_seal(key, nonce, ad, plain):
    text = chacha20(key, 1, nonce, plain)
    return text + tag_of(key, nonce, ad, text)


def aead_open(key, nonce, ad, sealed):
    text, tag = sealed[:-16], sealed[-16:]
    if len(sealed) < 16 or \
            not hmac.compare_digest(tag, tag_of(key, nonce, ad, text)):
        raise Refused("under another key, or changed")
    return chacha20(key, 1, nonce, text)


# RFC 9180, base mode of the one suite, and of it the first message alone.

KEM = b"KEM" + b"\0\x20"
SUITE = b"HPKE" + b"\0\x20" + b"\0\1" + b"\0\3"


def labeled_extract(suite, salt, label, ikm):
    return extract(salt, b"HPKE-v1" + suite + label + ikm)


def labeled_expand(suite, prk, label, info, n):
    return expand(prk, struct.pack(">H", n) + b"HPKE-v1" + suite + label + info,
                  n)


def hpke_schedule(dh, enc, pub, info):
    """Key and base nonce."""
    prk = labeled_extract(KEM, b"", b"eae_prk", dh)
    shared = labeled_expand(KEM, prk, b"shared_secret", enc + pub, 32)
    context = b"\0" + labeled_extract(SUITE, b"", b"psk_id_hash", b"") + \
        labeled_extract(SUITE, b"", b"info_hash", info)
    secret = labeled_extract(SUITE, shared, b"secret", b"")
    return labeled_expand(SUITE, secret, b"key", context, 32), \
        labeled_expand(SUITE, secret, b"base_nonce", context, 12)


def hpke_seal(pub, ephemeral, info, ad, plain):
    enc = x25519(ephemeral, BASE)
    key, nonce = hpke_schedule(x25519(ephemeral, pub), enc, pub, info)
    return enc + aead_seal(key, nonce, ad, plain)


def hpke_open(secret, info, ad, sealed):
    enc = sealed[:32]
    key, nonce = hpke_schedule(x25519(secret, enc), enc, x25519(secret, BASE),
                               info)
    return aead_open(key, nonce, ad, sealed[32:])


# Section 4: keys, frames, bodies.

def grant_info(site, recipient, audience, epoch):
    return b"ir-grant@v1" + site + recipient + struct.pack(">QQ", audience,
                                                           epoch)


def key_wrap(site, recipient, pub, ephemeral, audience, epoch, key):
    return hpke_seal(pub, ephemeral,
                     grant_info(site, recipient, audience, epoch), b"", key)


def key_unwrap(secret, site, recipient, audience, epoch, wrapped):
    if len(wrapped) != 80:
        raise Refused("not a wrapped key")
    return hpke_open(secret, grant_info(site, recipient, audience, epoch), b"",
                     wrapped)


def frame_hint(key):
    return hkdf(b"", key, b"ir-hint@v1", 4)


def frame_seal(key, site, salt, plain):
    return frame_hint(key) + salt + \
        aead_seal(hkdf(salt, key, b"ir-frame@v1" + site, 32), bytes(12), b"",
                  plain)


def frame_open(key, site, frame):
    if len(frame) < 36 or frame[:4] != frame_hint(key):
        raise Refused("not a frame under this key")
    salt = frame[4:20]
    return aead_open(hkdf(salt, key, b"ir-frame@v1" + site, 32), bytes(12),
                     b"", frame[20:])


def padded(n):
    step = 64 if n <= 512 else 256 if n <= 4096 else 1024
    return -(-n // step) * step


def body_keys(key, site, nonce, header):
    both = hkdf(nonce, key, b"ir-body@v1" + site +
                hashlib.sha256(header).digest(), 64)
    return both[:32], both[32:]


def body_seal(key, epoch, site, nonce, header, plain):
    """The three elements of the array."""
    own, commitment = body_keys(key, site, nonce, header)
    text = (plain + b"\x80").ljust(padded(len(plain) + 1), b"\0")
    return [epoch, nonce,
            commitment + aead_seal(own, bytes(12), header, text)]


def body_unseal(key, epoch, site, header, body):
    """The plain body's bytes."""
    got = read_whole(body, False)
    if not isinstance(got, list) or len(got) != 3 or \
            not isinstance(got[0], int) or \
            not all(isinstance(x, bytes) for x in got[1:]) or \
            len(got[1]) != 12 or len(got[2]) < 112:
        raise Refused("not a sealed body")
    if got[0] != epoch:
        raise Refused("of another epoch")
    own, commitment = body_keys(key, site, got[1], header)
    if not hmac.compare_digest(got[2][:32], commitment):
        raise Refused("under another key, or of another entry")
    text = aead_open(own, bytes(12), header, got[2][32:])
    plain = text.rstrip(b"\0")
    if plain[-1:] != b"\x80" or padded(len(plain)) != len(text):
        raise Refused("padding")
    if not isinstance(read_whole(plain[:-1], True), dict):
        raise Refused("what is sealed is not a map")
    return plain[:-1]
