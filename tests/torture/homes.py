#!/usr/bin/env python3
"""homes.py IR SHIM_FS: homes in which nothing can or should be recorded: on a
network file system, read-only, another user's, open to others. Each is said in
one clear line with the right exit code, loses nothing, and can be read where
reading is safe.
"""
import os
import subprocess
import sys

import torture

REFUSED, FAILED = 77, 1


def expect(ran, code, words, not_recorded=False):
    said = ran.err + ran.out
    if ran.code != code or words not in said:
        raise torture.Wrong(f"wanted exit {code} and \"{words}\": {ran}")
    if not_recorded and not torture.said_not_recorded(ran):
        raise torture.Wrong(f"it does not say NOT recorded: {ran}")


def network(bench, shim):
    """NFS, SMB, FUSE (sshfs), 9P: write-ahead logging is not safe there."""
    for name, magic in (("NFS", "0x6969"), ("CIFS", "0xFF534D42"),
                        ("SMB2", "0xFE534D42"), ("FUSE", "0x65735546"),
                        ("9P", "0x01021997")):
        env = {"LD_PRELOAD": shim, "IR_TORTURE_FS": magic}
        expect(bench.run("note", "x", env=env), REFUSED, name, True)
        fresh = os.path.join(bench.dir, "fresh")
        expect(bench.run("init", "--no-git", "--org", "x", "--person", "Ito",
                         home=fresh, env=env), REFUSED, name)
        left = [n for n in os.listdir(bench.dir) if n.startswith("fresh")]
        if left:
            raise torture.Wrong(f"init on {name} left {left}")
    expect(bench.run("note", "x", env={"LD_PRELOAD": shim,
                                       "IR_TORTURE_FS": "0xEF53"}), 0, "id")


def owner(bench):
    """Somebody else's directory: root's for others, nobody's for root."""
    if os.geteuid() != 0:
        expect(bench.run("note", "x", home="/"), REFUSED, "another user", True)
        return
    os.chown(bench.home, 65534, 65534)
    expect(bench.run("note", "x"), REFUSED, "another user", True)
    os.chown(bench.home, 0, 0)


def others(bench):
    os.chmod(bench.home, 0o755)
    expect(bench.run("note", "x"), REFUSED, "other users", True)
    os.chmod(bench.home, 0o700)
    os.rename(bench.home, bench.home + ".away")
    expect(bench.run("note", "x"), 66, "ir init")
    with open(bench.home, "w", encoding="utf-8") as f:
        f.write("no directory\n")
    expect(bench.run("note", "x"), REFUSED, "not a directory", True)
    os.unlink(bench.home)
    os.rename(bench.home + ".away", bench.home)


def reads(bench, recorded, why):
    """A home that cannot be written to can still be read."""
    bench.check(recorded, why=why)
    for words in (["status"], ["next"], ["timeline"], ["list"]):
        ran = bench.run(*words)
        if ran.code != 0 or not ran.out:
            raise torture.Wrong(f"{why}: ir {words[0]}: {ran}")
    expect(bench.run("note", "x"), FAILED, "cannot be written", True)
    expect(bench.run("done", "look"), FAILED, "cannot be written", True)


def read_only_inside():
    """In a mount namespace: argv is IR, DIR, and the ids recorded."""
    bench = torture.Bench(sys.argv[1], where=sys.argv[2])
    what, recorded = sys.argv[3], sys.argv[4:]
    for mount in (["--bind", bench.home], ["-o", "remount,ro,bind"]):
        subprocess.run(["mount", *mount, bench.home], check=True)
    if what == "as-left":
        reads(bench, recorded, "read-only")
    else:  # one clear line, and the way on
        for words in (["verify"], ["log"], ["status"]):
            expect(bench.run(*words), FAILED, "cp -a")
        expect(bench.run("note", "x"), FAILED, "cannot be", True)


def read_only(bench, recorded):
    """As left by ir, and as a copy without the shared-memory file."""
    for what in ("as-left", "no-shm"):
        if what == "no-shm":
            os.unlink(os.path.join(bench.home, "ir.db-shm"))
        code = subprocess.run(
            [*torture.unshare(), "python3", "-B",
             os.path.abspath(sys.argv[0]), bench.ir, bench.dir, what,
             *recorded], check=False).returncode
        if code != 0:
            raise torture.Wrong(f"a read-only home, {what}")


def test():
    if len(sys.argv) > 3:
        read_only_inside()
        return "readable"
    with torture.Bench(sys.argv[1]) as bench:
        bench.make_base()
        bench.restore(bench.base)
        recorded = bench.run("start", "box", "fire", "--var", "host=fs1",
                             check=True).ids
        recorded += bench.run("note", "here", check=True).ids
        network(bench, os.path.abspath(sys.argv[2]))
        owner(bench)
        others(bench)
        read_only(bench, recorded)
        bench.check_writable(recorded, why="afterwards")
    return "refused where it must, read where it can"


if __name__ == "__main__":
    torture.main(test)
