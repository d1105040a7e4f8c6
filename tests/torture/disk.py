"""A disk that forgets: the calls which the shim logged, and the files that a
power cut after any of them may leave behind.

What fsync did not confirm may be there, or not, or in part: data of a file
until fsync of the file, names until fsync of their directory (POSIX promises
no more). Names are lost in order, from the last one back; data sector by
sector, in any order.
"""
import os
import struct

RECORD = struct.Struct("=IIIIQQ")
WRITE, SYNC, TRUNCATE, RENAME, UNLINK, MKDIR, LINK, CREATE, SAID = range(1, 10)
SECTOR = 512


def load(path):
    """The calls of a log: (op, path, second path, offset, data or length)."""
    with open(path, "rb") as f:
        raw = f.read()
    at, calls = 0, []
    while at < len(raw):
        op, n1, n2, _, offset, length = RECORD.unpack_from(raw, at)
        at += RECORD.size
        one = raw[at:at + n1].decode()
        two = raw[at + n1:at + n1 + n2].decode()
        at += n1 + n2
        data = b""
        if op in (WRITE, SAID):
            data = raw[at:at + length]
            at += length
        calls.append((op, one, two, offset, data))
    return calls


def apply(content, change):
    """One change of a file's content: ("w", offset, data) or ("t", length)."""
    if change[0] == "t":
        del content[change[1]:]
        content.extend(bytes(change[1] - len(content)))
        return
    _, offset, data = change
    if len(content) < offset:
        content.extend(bytes(offset - len(content)))
    content[offset:offset + len(data)] = data


class File:
    """Content on the platter, and changes that are only in memory."""

    def __init__(self, content=b""):
        self.sure = bytearray(content)
        self.pending = []

    def sync(self):
        for change in self.pending:
            apply(self.sure, change)
        self.pending = []

    def after_cut(self, rng):
        """rng: None loses all that is pending; otherwise each sector lives
        with one chance in two."""
        content = bytearray(self.sure)
        if rng is None:
            return content
        for change in self.pending:
            if change[0] == "t":
                if rng.random() < 0.5:
                    apply(content, change)
                continue
            _, offset, data = change
            for i in range(0, len(data), SECTOR):
                if rng.random() < 0.5:
                    apply(content, ("w", offset + i, data[i:i + SECTOR]))
        return content


class Disk:
    def __init__(self, root):
        """Everything beneath `root`, as it is now, is on the platter."""
        self.now, self.sure, self.pending = {}, {}, []
        self.dirs = set()
        for top, _, names in os.walk(root):
            self.dirs.add(top)
            for name in names:
                path = os.path.join(top, name)
                with open(path, "rb") as f:
                    self.now[path] = File(f.read())
        self.sure = dict(self.now)

    def names(self, space, change):
        op, one, two, file = change
        if op == RENAME:
            for path in [p for p in space
                         if p == one or p.startswith(one + "/")]:
                space[two + path[len(one):]] = space.pop(path)
        elif op == UNLINK:
            space.pop(one, None)
        elif op in (CREATE, LINK):
            space[one] = file

    def change_names(self, op, one, two=None, file=None):
        self.names(self.now, (op, one, two, file))
        self.pending.append((op, one, two, file))

    def do(self, call):
        op, one, two, offset, data = call
        if op == WRITE:
            self.now[one].pending.append(("w", offset, data))
        elif op == TRUNCATE:
            self.now[one].pending.append(("t", offset))
        elif op == SYNC and one in self.now:
            self.now[one].sync()
        elif op == SYNC:  # a directory: every name up to the last of its own
            keep = 0
            for i, change in enumerate(self.pending):
                where = change[2] if change[0] == RENAME else change[1]
                if os.path.dirname(where) == one:
                    keep = i + 1
            for change in self.pending[:keep]:
                self.names(self.sure, change)
            self.pending = self.pending[keep:]
        elif op == CREATE and one in self.now:
            self.now[one].pending.append(("t", 0))
        elif op == CREATE:
            self.change_names(CREATE, one, file=File())
        elif op == LINK:
            self.change_names(LINK, two, file=self.now[one])
        elif op == MKDIR:
            self.dirs.add(one)
        elif op in (RENAME, UNLINK):
            self.change_names(op, one, two)

    def cut(self, rng):
        """The files that are there when the power comes back."""
        space = dict(self.sure)
        keep = 0 if rng is None else rng.randint(0, len(self.pending))
        for change in self.pending[:keep]:
            self.names(space, change)
        return {path: bytes(file.after_cut(rng))
                for path, file in space.items()}

    def put(self, files, root, home):
        """Write what `cut` gave, as the directory `home`."""
        for top in sorted(self.dirs):
            os.makedirs(home + top[len(root):], mode=0o700, exist_ok=True)
        for path, content in files.items():
            where = home + path[len(root):]
            with open(os.open(where, os.O_WRONLY | os.O_CREAT | os.O_TRUNC,
                              0o600), "wb") as f:
                f.write(content)
