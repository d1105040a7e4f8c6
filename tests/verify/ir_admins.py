"""Who the admins are: docs/format.md, section 6, rules 6, 7 and 11.

Written from that page alone, for ir_verify.py.
"""
import sys

sys.dont_write_bytecode = True

from ir_format import key_id, misfit

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
        self.root, self.lane_t, self.everything = root, lane_t, everything
        out = set()
        self.go(acts, out)
        while self.undo_one(acts, out):
            pass

    def go(self, acts, out):
        """Through lane T, with the proposals in `out` left aside."""
        self.person = {}    # in force: key id -> member
        self.pubs = {}      # of any time: key id -> public key
        self.dropped = {}   # key id -> what stays of its acts
        self.revokes = Revokes(self.lane_t, self.everything)
        self.counted = {}   # id -> (list in force then, k then, who agreed)
        self.closed, self.no = set(out), {}
        self.k, self.tip = 1, None
        if self.root is not None:
            self.pubs = {key_id(pub): pub for pub in self.root.body[3]}
            self.person = {kid: ("root", kid) for kid in self.pubs}
            self.k, self.tip = self.root.body[2], self.root.id
        waiting = self.waiting = {}
        for e in acts:
            if e.kind in (ADMINS, REVOKE):
                waiting[e.id] = [e, [e]]
                self.look(waiting, e.id)
            elif e.kind == APPROVAL and e.body[2] in e.h.get(12, []) and \
                    e.body[2] in waiting:
                if e.body[1] == 1:
                    if self.backs(e):
                        self.no.get(e.body[2], set()).discard(
                            self.person[e.author])
                    waiting[e.body[2]][1].append(e)
                    self.look(waiting, e.body[2])
                elif self.backs(e) and e.body[2] not in self.counted:
                    self.deny(waiting[e.body[2]][0], self.person[e.author])

    def deny(self, e, person):
        """Closed by its author, or when k others are not left."""
        no = self.no.setdefault(e.id, set())
        no.add(person)
        if self.person.get(e.author) in no or \
                len(set(self.person.values()) - no) < self.k:
            self.closed.add(e.id)

    @staticmethod
    def listed(e):
        """The list in a root or an `admins` entry: key id -> whose."""
        if e.kind == ADMINS:
            return dict(zip(map(key_id, e.body[2]), Admins.members(e)))
        return {key_id(pub): key_id(pub) for pub in e.body[3]}

    def takes_away(self, x, kid):
        if x.kind == REVOKE:
            return x.body[1] == kid
        base = self.everything.get(x.h.get(12, [None])[0])
        return base is not None and base.kind in (ROOT, ADMINS) and \
            base.body is not None and misfit(base.kind, base.body) is None \
            and kid in self.listed(base) and kid not in self.listed(x)

    def accepts(self, x):
        heads = [i for i in x.body[3 if x.kind == REVOKE else 4]
                 if i in self.lane_t]
        return build_on(self.lane_t,
                        heads + ([x.id] if x.kind == ADMINS else []))

    def left(self, how, x):
        """Of those behind a proposal that counted, how many x leaves."""
        base, _, behind = how
        whose, past = self.listed(self.everything[base]), self.accepts(x)
        return len({whose[b.author] for b in behind if b.author in whose and (
            b.id in past or not self.takes_away(x, b.author))})

    def may_undo(self, x, e, how):
        if x is e or x.author not in self.pubs or x.id in self.closed or \
                (x.id in self.counted and x.kind == ADMINS) or \
                not any(self.takes_away(x, b.author) for b in how[2]):
            return False
        return x.id not in self.counted or self.left(how, x) < how[1]

    def undo_one(self, acts, out):
        """Leave aside one that is undone by another. Was there any?"""
        for e, _ in list(self.waiting.values()):
            how = self.counted.get(e.id)
            if how is None or not any(
                    self.may_undo(x, e, how)
                    for x, _ in self.waiting.values()):
                continue
            out.add(e.id)
            self.go(acts, out)
            if any(self.left(how, self.waiting[i][0]) < how[1] and
                   self.left(other, e) >= other[1]
                   for i, other in self.counted.items()):
                return True
            out.remove(e.id)
            self.go(acts, out)
        return False

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
        if e.id in self.counted or e.id in self.closed or not self.backs(e):
            return False
        people = {self.person[b.author] for b in behind if self.backs(b)} - \
            self.no.get(e.id, set())
        how = (self.tip, self.k, list(behind))
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
        self.counted[e.id] = how
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
