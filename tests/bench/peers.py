"""Other programs that record one signed or durable thing, made ready to be
run beside `ir`."""
import os
import re
import subprocess


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


def nncp_config():
    """A fresh node: {section: value} of its keys, and its own text."""
    text = subprocess.run(["nncp-cfgnew", "-nocomments"], check=True,
                          stdout=subprocess.PIPE).stdout.decode()
    own = text[text.index("self: {"):text.index("neigh: {")]
    return dict(re.findall(r"(\w+): ([A-Z2-7]{40,})", own))


def nncp(b):
    """The configuration files of two nodes that know each other, or None; with
    spool-NAME and in-NAME beside them."""
    if b.have("nncp-file", "nncp") is None:
        return None
    nodes = {n: nncp_config() for n in ("one", "two")}
    for me, other in (("one", "two"), ("two", "one")):
        os.makedirs(b.path("spool-" + me))
        os.makedirs(b.path("in-" + me))
        with open(b.path(me + ".hjson"), "w", encoding="utf-8") as f:
            f.write("{\n  spool: %s\n  log: %s\n  self: {\n" % (
                b.path("spool-" + me), b.path("log-" + me)))
            for k, v in nodes[me].items():
                f.write("    %s: %s\n" % (k, v))
            f.write("  }\n  neigh: {\n")
            for name, node in (("self", nodes[me]), (other, nodes[other])):
                f.write("    %s: {\n" % name)
                for k in ("id", "exchpub", "signpub", "noisepub"):
                    f.write("      %s: %s\n" % (k, node[k]))
                f.write("      incoming: %s\n    }\n" % b.path("in-" + me))
            f.write("  }\n}\n")
    return b.path("one.hjson"), b.path("two.hjson")
