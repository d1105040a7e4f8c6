"""Who the admins are: docs/format.md, section 6, rules 6, 7 and 11.

Written from that page alone, for ir_verify.py.
"""
import sys

sys.dont_write_bytecode = True

from ir_format import key_id

ROOT, MEMBER, DEVICE, REVOKE, APPROVAL, GRANT, ADMINS = 1, 2, 3, 4, 5, 7, 64


def build_on(by_id, heads):
    """The ids of `heads` and of everything they build on."""
    seen, todo = set(), list(heads)
    while todo:
        i = todo.pop()
        if i not in seen:
            seen.add(i)
            if i in by_id:
                todo.extend(by_id[i].before())
    return seen


class Revokes:
    """Which keys are revoked, and what stays accepted of each."""

    def __init__(self, lane_t, everything):
        self.lane_t, self.everything = lane_t, everything
        self.accepted, self.last = {}, {}

    def add(self, e):
        key, heads = e.body[1], e.body[3]
        within = build_on(self.lane_t, [i for i in heads if i in self.lane_t])
        over = build_on(self.everything, heads)
        stays = {i for i in over
                 if i not in self.lane_t or i in within} | within
        if self.last.get(key) in e.h.get(12, []):
            stays |= self.accepted[key]
        self.accepted[key], self.last[key] = stays, e.id

    def excludes(self, e):
        return e.author in self.accepted and \
            e.id not in self.accepted[e.author]


class Admins:
    """Goes through lane T; `acts` are fitting entries of kinds 1 to 5 and 64
    in the order, signed by a key that some list names.
    """

    def __init__(self, root, acts, lane_t, everything):
        self.lane_t = lane_t
        self.person = {}    # in force: key id -> member
        self.pubs = {}      # of any time: key id -> public key
        self.dropped = {}   # key id -> what stays of its acts
        self.revokes = Revokes(lane_t, everything)
        self.counted = set()
        self.k, self.tip = 1, None
        if root is not None:
            self.pubs = {key_id(pub): pub for pub in root.body[3]}
            self.person = {kid: ("root", kid) for kid in self.pubs}
            self.k, self.tip = root.body[2], root.id
        waiting = {}
        for e in acts:
            if e.kind in (ADMINS, REVOKE):
                waiting[e.id] = [e, [e]]
                self.look(waiting, e.id)
            elif e.kind == APPROVAL and e.body[1] == 1 and \
                    e.body[2] in e.h.get(12, []) and e.body[2] in waiting:
                waiting[e.body[2]][1].append(e)
                self.look(waiting, e.body[2])

    def backs(self, e):
        return e.author in self.person and not self.revokes.excludes(e)

    def look(self, waiting, i):
        """Is proposal i complete? Then look again at what waits."""
        if not self.complete(*waiting[i]):
            return
        again = True
        while again:
            again = any(self.complete(e, behind)
                        for e, behind in waiting.values())

    def complete(self, e, behind):
        if e.id in self.counted or not self.backs(e):
            return False
        people = {self.person[b.author] for b in behind if self.backs(b)}
        if len(people) < self.k:
            return False
        if e.kind == REVOKE:
            if e.body[1] not in self.person:
                return False
            self.revokes.add(e)
        elif e.h.get(12, [None])[0] != self.tip or not self.fits(e):
            return False
        else:
            self.put(e)
        self.counted.add(e.id)
        return True

    def fits(self, e):
        kids = [key_id(pub) for pub in e.body[2]]
        return len(set(kids)) == len(kids) and \
            not any(kid in self.dropped for kid in kids) and \
            all(self.pubs.get(key_id(pub), pub) == pub for pub in e.body[2]) \
            and e.body[1] <= len(set(self.members(e)))

    @staticmethod
    def members(e):
        return [e.body[3][n:n + 8] for n in range(0, len(e.body[3]), 8)]

    def put(self, e):
        new = dict(zip((key_id(pub) for pub in e.body[2]), self.members(e)))
        gone = set(self.person) - set(new)
        stays = build_on(self.lane_t, [e.id] + [
            i for i in e.body[4] if i in self.lane_t])
        for kid in gone:
            self.dropped[kid] = stays
        self.person, self.k, self.tip = new, e.body[1], e.id
        self.pubs.update((key_id(pub), pub) for pub in e.body[2])

    def acts(self, e):
        """Does an admin's act of e's author still stand?"""
        return e.author in self.pubs and not self.revokes.excludes(e) and \
            (e.author not in self.dropped or e.id in self.dropped[e.author])

    def all_revokes(self, acts):
        """With those that one admin may make. Returns (revokes, counted)."""
        out = Revokes(self.lane_t, self.revokes.everything)
        counted = set()
        for e in acts:
            if e.kind == REVOKE and (
                    e.id in self.counted or
                    e.body[1] not in self.person and self.acts(e)):
                out.add(e)
                counted.add(e.id)
        return out, counted
