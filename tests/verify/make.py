"""Entries made by hand for the tests of the verifier: an encoder for the CBOR
subset, and signatures by ssh-keygen.
"""
import base64
import hashlib
import os
import struct
import subprocess

from ir_format import lane_of

HLC = 1795219200000 << 16


def cbor(v):
    """The one form of ints, bytes, text, lists and int-keyed dictionaries."""
    def head(major, n):
        for info, size in ((None, 24), (24, 1 << 8), (25, 1 << 16),
                           (26, 1 << 32), (27, 1 << 64)):
            if n < size:
                break
        if info is None:
            return bytes([major << 5 | n])
        return bytes([major << 5 | info]) + n.to_bytes(1 << (info - 24), "big")

    if isinstance(v, int):
        return head(0, v) if v >= 0 else head(1, -1 - v)
    if isinstance(v, bytes):
        return head(2, len(v)) + v
    if isinstance(v, str):
        return head(3, len(v.encode())) + v.encode()
    if isinstance(v, list):
        return head(4, len(v)) + b"".join(cbor(x) for x in v)
    return head(5, len(v)) + b"".join(cbor(k) + cbor(v[k]) for k in sorted(v))


def s(x):
    return struct.pack(">I", len(x)) + x


def private_key_file(path, seed, pub):
    """An unlocked OpenSSH private key from its seed (PROTOCOL.key)."""
    public = s(b"ssh-ed25519") + s(pub)
    secret = bytes(8) + public + s(seed + pub) + s(b"")
    secret += bytes(range(1, 1 + -len(secret) % 8))
    raw = (b"openssh-key-v1\0" + s(b"none") + s(b"none") + s(b"") +
           struct.pack(">I", 1) + s(public) + s(secret))
    text = base64.encodebytes(raw).decode()
    with open(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600),
              "w", encoding="ascii") as f:
        f.write("-----BEGIN OPENSSH PRIVATE KEY-----\n" + text +
                "-----END OPENSSH PRIVATE KEY-----\n")


class Key:
    """A key pair in a file that ssh-keygen signs with."""

    def __init__(self, where, name, seed=None, pub=None):
        self.path = os.path.join(where, name)
        if seed is not None:
            private_key_file(self.path, seed, pub)
        else:
            subprocess.run(["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-C",
                            name, "-f", self.path], check=True)
            with open(self.path + ".pub", encoding="ascii") as f:
                pub = base64.b64decode(f.read().split()[1])[-32:]
        self.pub = pub
        self.id = hashlib.sha256(pub).digest()[:8]

    def sign(self, m, namespace="ir-entry@v1"):
        """The 64 bytes of an Ed25519 signature in an SSHSIG over m."""
        out = subprocess.run(["ssh-keygen", "-Y", "sign", "-q", "-f", self.path,
                              "-n", namespace], input=m, check=True,
                             stdout=subprocess.PIPE,
                             stderr=subprocess.DEVNULL).stdout.decode()
        return base64.b64decode("".join(out.split("\n")[1:-2]))[-64:]


def entry(key, site, header, body):
    """Sign and encode; returns (bytes, id, stub)."""
    p, b = cbor(header), cbor(body)
    digest = hashlib.sha256(b).digest()
    m = (bytes(32) if header[4] == 1 else site) + p + digest
    sig = key.sign(m)
    return (cbor([p, b, sig]), hashlib.sha256(m).digest(),
            cbor([p, digest, sig, 1]))


class Site:
    """Keeps seq, hlc and prev for several authors."""

    def __init__(self):
        self.site = bytes(32)
        self.seq, self.last = {}, {}
        self.hlc = HLC
        self.log = []  # (bytes, id, stub)

    def add(self, key, kind, body, incident=None, keep=True, **more):
        """Append one entry; returns its id. more: header fields as k6=..."""
        lane = lane_of(kind)
        self.seq[key.id] = self.seq.get(key.id, 0) + 1
        self.hlc += 1 << 16
        h = {0: 1, 1: key.id, 2: self.hlc, 3: self.seq[key.id], 4: kind}
        if incident is not None:
            h[5] = incident[:8]
        chain = (key.id, lane, h.get(5))
        if lane != "F" and chain in self.last and \
                not (kind == 16 and incident is None):
            h[6] = self.last[chain]
        h.update({int(k[1:]): v for k, v in more.items()})
        if lane in "IS" and isinstance(body, dict):
            body = dict(body)
            body.setdefault(0, bytes([len(self.log)]) * 16)
        made = entry(key, self.site, h, body)
        if kind == 1:
            self.site = made[1]
        if kind == 16 and incident is None:
            chain = (key.id, "I", made[1][:8])
        self.last[chain] = made[1]
        if keep:
            self.log.append(made)
        return made[1]

    def bytes(self):
        return b"".join(made[0] for made in self.log)
