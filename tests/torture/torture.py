"""What the torture tests share: a small home, running ir in it, and the
invariants that must hold afterwards, whatever happened:

  everything printed as recorded is in the log,
  the log verifies, and can be written to,
  what failed said that it is NOT recorded.
"""
import json
import os
import shutil
import signal
import subprocess
import sys
import tempfile

HERE = os.path.dirname(os.path.abspath(__file__))
NOT_RECORDED = "NOT recorded"
BASE_ENV = {"PATH": "/usr/bin:/bin", "LANG": "C.UTF-8", "HOME": "/nonexistent"}

# One command a line, each recording something; @N is the id which the N-th
# line printed (from 0).
WALK = [
    ["note", "before anything"],
    ["start", "box", "fire", "--var", "host=fs1"],
    ["role", "take", "commander"],
    ["done", "look"],
    ["ask", "count", "boxes=3"],
    ["run", "echo"],
    ["choose", "spread", "one", "-r", "only one"],
    ["skip", "cut", "-r", "no rack here"],
    ["take", "hold"],
    ["done", "hold"],
    ["decide", "boards by hand", "-r", "passengers wait"],
    ["severity", "1", "-r", "two halls dark"],
    ["amend", "@0", "before everything"],
    ["redact", "@0", "-r", "a name", "--erase", "--yes"],
    ["service", "show", "40"],
    ["member", "add", "Mori"],
    ["--as", "ito", "role", "offer", "commander", "mori"],
    ["--as", "mori", "role", "accept", "commander"],
    ["--as", "ito", "--yes", "rebuild"],
    ["--as", "ito", "note", "x" * 20000],
]


class Wrong(Exception):
    """An invariant does not hold."""


class Ran:
    """What one ir said and how it ended."""

    def __init__(self, code, out, err):
        self.code, self.out, self.err = code, out, err
        self.killed = code == -signal.SIGKILL

    @property
    def ids(self):
        """What was printed as recorded."""
        found = []
        for line in self.out.split("\n"):
            try:
                said = json.loads(line)
            except ValueError:
                continue  # cut short by death
            if isinstance(said, dict) and len(said.get("id", "")) == 64:
                found.append(said["id"])
        return found

    def __str__(self):
        return f"exit {self.code}\n  stdout: {self.out}\n  stderr: {self.err}"


class Bench:
    """A scratch directory with a home that was made once, and the program."""

    def __init__(self, ir, where=None):
        self.ir = os.path.abspath(ir)
        if where is None:  # in memory: nothing here needs a real disk
            memory = "/dev/shm" if os.access("/dev/shm", os.W_OK) else None
            where = tempfile.mkdtemp(prefix="ir-torture-", dir=memory)
        self.dir = os.path.realpath(where)
        self.base = os.path.join(self.dir, "base")
        self.home = os.path.join(self.dir, "home")

    def __enter__(self):
        return self

    def __exit__(self, *_):
        shutil.rmtree(self.dir, ignore_errors=True)

    def run(self, *words, home=None, env=None, check=False):
        p = subprocess.run(
            [self.ir, "-C", home or self.home, "--json", "--no-input",
             "--lang", "en", *words], env={**BASE_ENV, **(env or {})},
            stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
            stderr=subprocess.PIPE, text=True, errors="replace", check=False)
        ran = Ran(p.returncode, p.stdout, p.stderr)
        if check and ran.code != 0:
            raise Wrong(f"ir {' '.join(words)[:200]}: {ran}")
        return ran

    def make_base(self, wal_bytes=0):
        """A home with an approved release; its WAL grown to wal_bytes, so
        that the checkpoint comes during the test."""
        self.run("init", "--no-git", "--runbooks", os.path.join(HERE, "site"),
                 "--org", "Test", "--person", "Ito", home=self.base,
                 check=True)
        self.run("--yes", "release", "approve", home=self.base, check=True)
        wal = os.path.join(self.base, "ir.db-wal")
        while os.path.exists(wal) and os.path.getsize(wal) < wal_bytes:
            self.run("note", "a line before the day", home=self.base,
                     check=True)

    def restore(self, source, home=None):
        home = home or self.home
        shutil.rmtree(home, ignore_errors=True)
        shutil.copytree(source, home)

    def check(self, recorded, home=None, why=""):
        """The invariants; `recorded` are ids that were printed."""
        verify = self.run("verify", home=home)
        if verify.code != 0:
            raise Wrong(f"{why}: the log does not verify: {verify}")
        verdict = json.loads(verify.out)["verdict"]
        if verdict not in ("whole", "unwitnessed"):
            raise Wrong(f"{why}: the verdict is {verdict}")
        there = set(self.run("log", home=home, check=True).ids)
        lost = [i for i in recorded if i not in there]
        if lost:
            raise Wrong(f"{why}: printed as recorded, not in the log: {lost}")
        return there

    def check_writable(self, recorded, home=None, why=""):
        ran = self.run("--as", "ito", "note", "afterwards", home=home)
        if ran.code != 0 or len(ran.ids) != 1:
            raise Wrong(f"{why}: nothing can be recorded afterwards: {ran}")
        return self.check([*recorded, *ran.ids], home=home, why=why)


def said_not_recorded(ran):
    """Did a failed command say so, in words or as JSON?"""
    if NOT_RECORDED in ran.err:
        return True
    for line in ran.err.split("\n"):
        try:
            error = json.loads(line).get("error", {})
        except (ValueError, AttributeError):
            continue
        if error.get("recorded") is False:
            return True
    return False


def words_of(line, ids):
    """A line of the walk with the ids in place."""
    return [ids[int(w[1:])] if w.startswith("@") else w for w in line]


def unshare():
    """The words before a command that mounts: a mount namespace, as root or
    in a user namespace. Where none can be made the test is skipped."""
    words = ["unshare", "-m" if os.geteuid() == 0 else "-rm"]
    probe = subprocess.run([*words, "mount", "-t", "tmpfs", "none", "/mnt"],
                           stderr=subprocess.PIPE, text=True, check=False)
    if probe.returncode != 0:
        print(f"no mount namespace can be made here: {probe.stderr}")
        sys.exit(77)
    return words


def in_namespace(size, before=""):
    """Run this program again where it may mount: with a tmpfs of `size` bytes
    as its second word, after the command `before`. Does not come back."""
    where = tempfile.mkdtemp(prefix="ir-torture-")
    inside = (f"mount -t tmpfs -o size={size},mode=700 none \"$1\" && "
              f"{before} exec python3 -B \"$0\" \"$2\" \"$1\"")
    try:
        code = subprocess.run(
            [*unshare(), "sh", "-c", inside, os.path.abspath(sys.argv[0]),
             where, os.path.abspath(sys.argv[1])], check=False).returncode
    finally:
        os.rmdir(where)
    sys.exit(code)


def main(test):
    """The program of a test: test() returns a line about what was done."""
    try:
        print(test())
    except Wrong as wrong:
        print(wrong)
        sys.exit(1)
