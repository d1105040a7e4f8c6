"""Other programs that record one signed or durable thing, made ready to be
run beside `ir`."""
import os


def git(b):
    """argv of `git commit -S` with an ssh key, in a repository of its own."""
    exe = b.have("git", "git")
    keygen = b.have("ssh-keygen", "openssh-client")
    if exe is None or keygen is None:
        return None
    repo, key = b.path("repo"), b.path("git-key")
    b.call(keygen, "-q", "-t", "ed25519", "-N", "", "-C", "bench", "-f", key)
    b.call(exe, "init", "-q", repo)
    for name, value in (("user.name", "Bench"), ("gpg.format", "ssh"),
                        ("user.email", "bench@example.org"),
                        ("user.signingkey", key), ("gc.auto", "0"),
                        ("core.fsync", "committed")):  # as durable as ours
        b.call(exe, "-C", repo, "config", name, value)
    return [exe, "-C", repo, "commit", "-q", "-S", "--allow-empty", "-m",
            "a step is done"]


def sqlite_cli(b):
    """argv of the sqlite3 program inserting one row durably."""
    exe = b.have("sqlite3", "sqlite3")
    if exe is None:
        return None
    db = b.path("cli.db")
    b.call(exe, db, "PRAGMA journal_mode=WAL; CREATE TABLE row(t TEXT);")
    return [exe, db, "PRAGMA synchronous=FULL;"
            "INSERT INTO row VALUES('a step is done');"]


def floor(b):
    """argv of the C program that opens the same SQLite, signs and commits."""
    return [b.tool("floor-commit"), b.path("floor.db"), "bench"]


def ready(b):
    """Those of the above that are here: {name: argv}."""
    found = {"floor": floor(b), "sqlite3 CLI": sqlite_cli(b),
             "git commit -S": git(b)}
    for argv in found.values():
        if argv is not None:
            b.call(*argv)
    return {name: argv for name, argv in found.items() if argv is not None}


def step_words(b, incident, step="1/reach"):
    """Words of `ir done` on one step of one incident."""
    return [b.ir, "--incident", incident, "done", step]


def preload(b):
    """Environment and file of the library that counts syncs."""
    counted = b.path("syncs")
    return {"LD_PRELOAD": b.tool("libcount-syncs.so"),
            "IR_BENCH_SYNCS": counted}, counted


def size(path):
    return os.path.getsize(path) if os.path.exists(path) else 0
