#!/usr/bin/env python3
"""Check a log of ir without ir.

Written from docs/format.md alone; needs Python 3, ssh-keygen and sha256sum.

    ir log --cbor | ir_verify.py            (or: ir_verify.py FILE)

Prints one JSON object, "verdict" as in section 10 of that page. Exit 0 when
the verdict is whole or unwitnessed, 2 when it is another, 64 for wrong usage,
1 when a file or a tool is missing.
"""
import argparse
import base64
import concurrent.futures
import json
import os
import struct
import subprocess
import sys
import tempfile

sys.dont_write_bytecode = True

from ir_admins import ADMINS, GRANT, Admins, build_on
from ir_format import (DEPTH_MAX, KINDS, Entry, OtherSuite, Refused, in_order,
                       key_id, misfit, read_item)

WORDS = ["whole", "unwitnessed", "incomplete", "unknown-signer", "fork",
         "tampered"]


# Section 9: signatures by ssh-keygen, ids again by sha256sum.

def s(x):
    return struct.pack(">I", len(x)) + x


def public_line(pub):
    blob = s(b"ssh-ed25519") + s(pub)
    return "ssh-ed25519 " + base64.b64encode(blob).decode()


def armour(pub, sig, namespace=b"ir-entry@v1"):
    raw = (b"SSHSIG" + struct.pack(">I", 1) + s(s(b"ssh-ed25519") + s(pub)) +
           s(namespace) + s(b"") + s(b"sha512") +
           s(s(b"ssh-ed25519") + s(sig)))
    text = base64.b64encode(raw).decode()
    lines = [text[i:i + 70] for i in range(0, len(text), 70)]
    return "\n".join(["-----BEGIN SSH SIGNATURE-----"] + lines +
                     ["-----END SSH SIGNATURE-----", ""])


def check_signatures(jobs):
    """jobs: (entry, public key). Returns the ids whose signature is wrong."""
    if not jobs:
        return set()
    with tempfile.TemporaryDirectory() as where:
        allowed = os.path.join(where, "allowed_signers")
        with open(allowed, "w", encoding="ascii") as f:
            for pub in {pub for _, pub in jobs}:
                f.write('%s namespaces="ir-entry@v1" %s\n' %
                        (pub.hex(), public_line(pub)))

        def good(number, entry, pub):
            path = os.path.join(where, "%d.sig" % number)
            with open(path, "w", encoding="ascii") as f:
                f.write(armour(pub, entry.sig))
            return subprocess.run(
                ["ssh-keygen", "-Y", "verify", "-f", allowed, "-I", pub.hex(),
                 "-n", "ir-entry@v1", "-s", path], input=entry.m, check=False,
                stdout=subprocess.DEVNULL,
                stderr=subprocess.DEVNULL).returncode == 0

        with concurrent.futures.ThreadPoolExecutor(os.cpu_count()) as pool:
            done = pool.map(lambda j: good(*j),
                            [(n, e, pub) for n, (e, pub) in enumerate(jobs)])
            return {e.id for (e, _), ok in zip(jobs, done) if not ok}


def check_ids(entries):
    """Ids for which sha256sum says something else."""
    wrong = set()
    with tempfile.TemporaryDirectory() as where:
        for at in range(0, len(entries), 1000):
            some = entries[at:at + 1000]
            names = []
            for n, e in enumerate(some):
                names.append(os.path.join(where, str(n)))
                with open(names[-1], "wb") as f:
                    f.write(e.m)
            out = subprocess.run(["sha256sum", "-b", "--"] + names, check=True,
                                 stdout=subprocess.PIPE).stdout.decode()
            for e, line in zip(some, out.splitlines()):
                if line.split()[0] != e.id.hex():
                    wrong.add(e.id)
    return wrong


def sealed_form(body):
    """Section 4: [epoch, nonce, commitment and ciphertext]."""
    return isinstance(body, list) and len(body) == 3 and \
        isinstance(body[0], int) and body[0] >= 0 and \
        all(isinstance(x, bytes) for x in body[1:]) and \
        len(body[1]) == 12 and len(body[2]) >= 32 + 64 + 16


class Log:
    """A set of entries and what is found about it."""

    def __init__(self, entries, site):
        self.site = site
        self.by_id = {}
        self.bad, self.uncounted, self.unknown = [], {}, []
        self.forks, self.missing = [], []
        self.duplicates = 0
        for e in entries:
            e.name(site)
            if e.id in self.by_id:
                self.duplicates += 1
                if not self.by_id[e.id].stub:
                    continue
            self.by_id[e.id] = e
        self.all = in_order(self.by_id.values())

    def blame(self, e, why):
        self.bad.append({"id": e.id.hex(), "why": why})

    def wrong(self, e):
        self.blame(e, "the signature is wrong")
        self.skip(e, "the signature is wrong")

    def skip(self, e, why):
        self.uncounted.setdefault(e.id, why)

    def check(self):
        for i in check_ids(self.all):
            self.blame(self.by_id[i], "sha256sum computes another id")
        self.trust()
        self.chains()
        self.counting()
        self.bodies()

    def trust(self):
        """Section 6, rules 1 to 4, 6 and 11."""
        root = self.by_id.get(self.site)
        self.keys, self.node, self.names = {}, set(), {}
        self.whose = {}
        named = {}
        if root is not None and root.kind == 1 and root.body is not None and \
                misfit(1, root.body) is None:
            named = {key_id(pub): pub for pub in root.body[3]}
            if root.author not in named:
                self.skip(root, "the root's author is none of its admins")
                root, named = None, {}
        elif root is not None:
            self.skip(root, "not a root")
            root = None
        for e in self.all:
            if root is not None and e.kind == ADMINS and e.body is not None \
                    and misfit(ADMINS, e.body) is None:
                for pub in e.body[2]:
                    named.setdefault(key_id(pub), pub)
        acts = [e for e in self.all if e.author in named and
                (e.kind <= 5 or e.kind in (GRANT, ADMINS))]
        wrong = check_signatures([(e, named[e.author]) for e in acts])
        acts = [e for e in acts if e.id not in wrong and e.body is not None and
                misfit(e.kind, e.body) is None]
        chosen = Admins(root, acts,
                        {e.id: e for e in self.all if e.lane == "T"},
                        self.by_id)
        admins = chosen.pubs
        self.revokes, counted = chosen.all_revokes(acts)
        self.acts = counted | set(chosen.counted) | {self.site} | {
            e.id for e in acts if e.kind in (2, 3, GRANT) and chosen.acts(e)}
        members = {}
        for e in acts:
            if e.id not in self.acts:
                continue
            if e.kind == 2:
                if any(handle == e.body[6] and m != e.body[4]
                       for m, handle in members.items()):
                    self.skip(e, "the handle is another member's")
                    continue
                members[e.body[4]] = e.body[6]
                for pub in e.body[5][:16]:
                    self.certify(pub, e.body[6], e.body[4], False, admins)
            elif e.kind == 3 and e.body[1] not in members:
                self.skip(e, "the custodian is no member")
            elif e.kind == 3:
                self.certify(e.body[3], members[e.body[1]] + ".device",
                             e.body[1], True, admins)
        jobs = []
        for e in self.all:
            pub = self.keys.get(e.author)
            if (e.kind <= 5 or e.kind == ADMINS) and e.author in named and \
                    (e.author in admins or pub is None):
                if e.id in wrong:
                    self.wrong(e)
                elif e.author not in admins:
                    self.unknown.append(e)
                    self.skip(e, "the author is not known")
            elif pub is None:
                self.unknown.append(e)
                self.skip(e, "the author is not known")
            else:
                jobs.append((e, pub))
        for i in check_signatures(jobs):
            self.wrong(self.by_id[i])

    def certify(self, pub, name, whose, node, admins):
        """The first certificate of a key, and of its id, stands."""
        kid = key_id(pub)
        if kid not in self.keys and admins.get(kid, pub) == pub:
            self.keys[kid] = pub
            self.names[kid] = name
            self.whose[kid] = whose
            if node:
                self.node.add(kid)

    def revoked(self, e):
        return self.revokes.excludes(e)

    def dead(self, e):
        """Of lane T, which is kept by all, and by a revoked key."""
        return e.lane == "T" and self.revoked(e)

    def chains(self):
        """Section 2, "Chains"; seq of every author; section 10 of what a
        revoked key put in lane T: no word follows from it."""
        named, seqs, begun = {}, {}, {}
        for e in self.all:
            if self.dead(e):
                seqs.setdefault(e.author, {}).setdefault(e.seq, []).append(e)
                continue
            for i in e.before():
                if i not in self.by_id:
                    self.missing.append({"id": i.hex(), "why": "named by " +
                                         e.id.hex()})
            seqs.setdefault(e.author, {}).setdefault(e.seq, []).append(e)
            chain = e.chain()
            if chain is None:
                continue
            if 6 not in e.h:
                begun.setdefault((e.author, chain), []).append(e)
                continue
            named.setdefault((e.author, e.h[6]), []).append(e)
            prev = self.by_id.get(e.h[6])
            if prev is not None and (
                    (prev.author, prev.chain()) != (e.author, chain) or
                    prev.seq >= e.seq):
                self.blame(e, "prev is not the author's entry before")
        for what, groups in (("name the same prev", named),
                             ("begin the same chain", begun)):
            for group in groups.values():
                if len(group) > 1:
                    self.forks.append({"ids": [e.id.hex() for e in group],
                                       "why": "entries that " + what})
        for author, by_seq in seqs.items():
            top = max((e.seq for group in by_seq.values() for e in group
                       if not self.dead(e)), default=0)
            for seq, group in sorted(by_seq.items()):
                group = [e for e in group if not self.dead(e)]
                if len(group) > 1:
                    self.forks.append({"ids": [e.id.hex() for e in group],
                                       "why": "entries with seq %d" % seq})
            gone, last = [], 0
            for seq in sorted(by_seq):
                if last + 1 < seq <= top:
                    gone.append([last + 1, seq - 1])
                last = seq
            if gone:
                self.missing.append({"author": author.hex(), "seq": gone})
        self.seqs = seqs

    def counting(self):
        """Section 6, rules 1, 2, 5, 6, 9 and 11; section 3, declare."""
        declared = {}
        for e in self.all:
            if e.kind == 16 and 5 not in e.h:
                declared.setdefault(e.id[:8], []).append(e)
        for e in self.all:
            if e.kind == 1 and e.id != self.site:
                self.skip(e, "the root of another site")
            elif e.kind <= 4 or e.kind in (GRANT, ADMINS):
                if e.id not in self.acts:
                    self.skip(e, "not by an admin, revoked, or its body does "
                              "not fit")
            elif self.revoked(e):
                self.skip(e, "the key was revoked")
                if e.lane != "T":
                    self.unknown.append(e)
            elif e.author in self.node and e.kind in KINDS and \
                    not KINDS[e.kind][2]:
                self.skip(e, "a device may not sign this kind")
            if 14 in e.h and (11 not in e.h or (e.sealed is not None and
                                                not sealed_form(e.sealed))):
                self.skip(e, "not a sealed body")
            if e.body is not None:
                why = misfit(e.kind, e.body)
                if why is None and e.kind == 16 and \
                        (e.body[1] == 1) != (5 not in e.h):
                    why = "declare and incident do not go together"
                if why is not None:
                    self.skip(e, why)
        for e in self.all:
            if 5 not in e.h or e.id in self.uncounted:
                continue
            of = [d for d in declared.get(e.h[5], [])
                  if d.id not in self.uncounted]
            if len(of) > 1:
                past = build_on(self.by_id, [e.id])
                of = [d for d in of if d.id in past] or of
            if not of:
                self.skip(e, "the incident's declare entry is not here")
            elif all(d.h.get(10, 0) != e.h.get(10, 0) for d in of):
                self.skip(e, "another status than the incident's")

    def bodies(self):
        """Stubs without a redact; what no other device has seen."""
        counting = [e for e in self.all if e.id not in self.uncounted]
        redacted = {i for e in counting if e.kind == 24
                    for i in e.h.get(12, [])}
        for e in self.all:
            if e.stub and e.id not in redacted:
                self.missing.append({"id": e.id.hex(), "why": "its body"})
        self.witnesses(counting)
        self.unseen = [e for e in self.all if e.lane == "I" and
                       e.author not in self.node and
                       isinstance(e.chain(), bytes) and e.id not in self.seen]

    def witnesses(self, counting):
        """What the devices of another member than its author have seen."""
        heads = {}
        for e in counting:
            if e.kind == 29 and e.author in self.node:
                heads.setdefault(self.whose[e.author], []).extend(e.body[1])
        self.seen = set()
        for member, ids in heads.items():
            self.seen |= {i for i in build_on(self.by_id, ids)
                          if i in self.by_id and
                          self.whose.get(self.by_id[i].author) != member}

    def report(self):
        found = [self.unseen, self.missing, self.unknown, self.forks, self.bad]
        worst = max((n + 1 for n, f in enumerate(found) if f), default=0)
        authors = []
        for author, by_seq in sorted(self.seqs.items()):
            mine = [e for group in by_seq.values() for e in group]
            authors.append({
                "key": author.hex(), "name": self.names.get(author),
                "entries": len(mine), "last_seq": max(by_seq),
                "witnessed_to": max((e.seq for e in mine if e.id in self.seen),
                                    default=0)})
        return {
            "verdict": WORDS[worst], "site": self.site.hex(),
            "entries": len(self.all),
            "stubs": sum(e.stub for e in self.all),
            "duplicates": self.duplicates,
            "bad": self.bad, "forks": self.forks, "missing": self.missing,
            "unknown_signer": [e.id.hex() for e in self.unknown],
            "not_counted": [{"id": i.hex(), "why": why}
                            for i, why in sorted(self.uncounted.items())],
            "unwitnessed": len(self.unseen), "authors": authors}


def split(data):
    """Entries of a CBOR sequence, what is refused, and what is of a suite that
    is not known here.
    """
    entries, refused, newer, at = [], [], [], 0
    while at < len(data):
        begin = at
        try:
            _, at = read_item(data, begin, DEPTH_MAX, False)
        except Refused as why:
            refused.append({"at": begin, "why": str(why)})
            break  # where the next one begins cannot be told
        try:
            entries.append(Entry(data[begin:at]))
        except OtherSuite as why:
            newer.append({"at": begin, "why": str(why)})
        except Refused as why:
            refused.append({"at": begin, "why": str(why)})
    return entries, refused, newer


def listed_in_order(entries):
    keys = [(e.lane != "T", e.hlc, e.id) for e in entries]
    return keys == sorted(keys)


def verify(data, site=None):
    """The verdict over the bytes of a log, as a dictionary."""
    entries, refused, newer = split(data)
    if site is None:
        roots = [e for e in entries if e.kind == 1]
        for e in roots:
            e.name(bytes(32))
        ids = {e.id for e in roots}
        if len(ids) > 1:
            print("ir_verify.py: several roots; say which by --site",
                  file=sys.stderr)
        site = ids.pop() if len(ids) == 1 else bytes(32)
    log = Log(entries, site)
    log.check()
    log.bad[:0] = refused
    log.missing[:0] = newer
    out = log.report()
    out["in_order"] = listed_in_order(entries)
    return out


def main():
    args = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    args.add_argument("--site", metavar="HEX", help="the site's id, when it is "
                      "known from elsewhere (else that of the only root)")
    args.add_argument("file", nargs="?", help="a CBOR sequence; else stdin")
    try:
        given = args.parse_args()
        site = bytes.fromhex(given.site) if given.site else None
        if site is not None and len(site) != 32:
            raise ValueError("a site is 64 hex digits")
    except ValueError as why:
        print("ir_verify.py: %s" % why, file=sys.stderr)
        return 64
    except SystemExit as why:
        return 64 if why.code else 0
    try:
        if given.file:
            with open(given.file, "rb") as f:
                data = f.read()
        else:
            data = sys.stdin.buffer.read()
        out = verify(data, site)
    except OSError as why:
        print("ir_verify.py: %s" % why, file=sys.stderr)
        return 1
    json.dump(out, sys.stdout, indent=1, ensure_ascii=False)
    print()
    return 0 if out["verdict"] in WORDS[:2] else 2


if __name__ == "__main__":
    sys.exit(main())
