"""Being let in: docs/format.md, section 13. From that page alone."""
import hashlib
import re
import struct

from ir_format import Refused, read_whole
from ir_seal import aead_open, aead_seal, hkdf, hpke_open, hpke_seal

DIGITS = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
NAMESPACE = "ir-join@v1"
HANDLE = re.compile(r"[a-z0-9][a-z0-9._-]{0,39}")


def check_bits(secret):
    return int.from_bytes(hashlib.sha256(NAMESPACE.encode() + secret)
                          .digest()[:2], "big") >> 4


def code(secret):
    v = int.from_bytes(secret, "big") << 12 | check_bits(secret)
    text = "".join(DIGITS[v >> 5 * i & 31] for i in range(27, -1, -1))
    return "-".join(text[i:i + 4] for i in range(0, 28, 4))


def read_code(text):
    v, n = 0, 0
    for c in text.upper().translate(str.maketrans("ILO", "110", "- ")):
        if c not in DIGITS:
            raise Refused("not a digit")
        v, n = v << 5 | DIGITS.index(c), n + 1
    secret = (v >> 12 & (1 << 128) - 1).to_bytes(16, "big")
    if n != 28 or v & 0xfff != check_bits(secret):
        raise Refused("mistyped")
    return secret


def invite_id(secret):
    return hkdf(b"", secret, b"ir-join@v1 id", 8)


def proof_message(secret, person, node, x25519, handle):
    """What both keys sign, in the SSHSIG namespace NAMESPACE."""
    return invite_id(secret) + person + node + x25519 + handle.encode()


def s(x):
    return struct.pack(">I", len(x)) + x


def proof_blob(m):
    return b"SSHSIG" + s(NAMESPACE.encode()) + s(b"") + s(b"sha512") + \
        s(hashlib.sha512(m).digest())


def code_seal(secret, salt, info, plain):
    return salt + aead_seal(hkdf(salt, secret, info, 32), bytes(12), b"", plain)


def code_open(secret, info, sealed):
    return aead_open(hkdf(sealed[:16], secret, info, 32), bytes(12), b"",
                     sealed[16:])


def read_request(secret, request):
    """[1, person, node, x25519, handle, two signatures]."""
    r = read_whole(code_open(secret, b"ir-join@v1 request", request), False)
    if not isinstance(r, list) or len(r) != 7 or r[0] != 1 or \
            [len(x) if isinstance(x, bytes) else -1
             for x in r[1:4] + r[5:]] != [32, 32, 32, 64, 64] or \
            not isinstance(r[4], str) or \
            (r[4] and not HANDLE.fullmatch(r[4])):
        raise Refused("not a request")
    return r


def ask(secret, salt):
    """What a new device says to everybody on the LAN."""
    return code_seal(secret, salt, b"ir-join@v1 find", b"")


def here_info(asked):
    return b"ir-join@v1 here" + hashlib.sha256(asked).digest()


def here(secret, asked, salt, port):
    """What is said back by who made the invitation."""
    return code_seal(secret, salt, here_info(asked), struct.pack(">H", port))


def read_here(secret, asked, said):
    """The port of HTTPS."""
    if len(asked) != 32 or code_open(secret, b"ir-join@v1 find", asked):
        raise Refused("not asked under this code")
    if len(said) != 34:
        raise Refused("not of that length")
    return struct.unpack(">H", code_open(secret, here_info(asked), said))[0]


def answer_info(request):
    return b"ir-join@v1 answer" + hashlib.sha256(request).digest()


def answer_seal(secret, request, pub, ephemeral, salt, plain):
    info = answer_info(request)
    return hpke_seal(pub, ephemeral, info, b"",
                     code_seal(secret, salt, info, plain))


def read_answer(secret, request, x25519_secret, answer):
    """[1, site, member, handle, [entry], [[type, object]]]."""
    info = answer_info(request)
    a = read_whole(code_open(secret, info,
                             hpke_open(x25519_secret, info, b"", answer)),
                   False)
    if not isinstance(a, list) or len(a) != 6 or a[0] != 1 or \
            not isinstance(a[4], list) or not isinstance(a[5], list):
        raise Refused("not an answer")
    return a
