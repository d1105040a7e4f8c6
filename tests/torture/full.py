#!/usr/bin/env python3
"""full.py IR: a real file system that is full, at every amount of room left
from none to where there is enough; then room is made and work goes on. Mounts
a small tmpfs of its own in a mount namespace (as root or in a user namespace).
"""
import os
import sys

import torture

SIZE = 3 * 1024 * 1024
STEP = 4096
LINES = [["note", "while the disk fills"], ["take", "look"], ["done", "look"],
         ["note", "x" * 30000]]


def fill(bench, room):
    """Leave `room` bytes on the file system."""
    path = os.path.join(bench.dir, "filler")
    fs = os.statvfs(bench.dir)
    used = fs.f_bavail * fs.f_frsize - room
    if used > 0:
        fd = os.open(path, os.O_WRONLY | os.O_CREAT, 0o600)
        os.posix_fallocate(fd, 0, used)
        os.close(fd)


def empty(bench):
    path = os.path.join(bench.dir, "filler")
    if os.path.exists(path):
        os.unlink(path)


def one_amount(bench, room):
    """Returns how many of the lines were recorded with so much room."""
    recorded = []
    why = f"{room} bytes left"
    empty(bench)
    bench.restore(bench.base)
    fill(bench, room)
    for line in LINES:
        ran = bench.run(*line)
        recorded += ran.ids
        if ran.code != 0 and not torture.said_not_recorded(ran):
            raise torture.Wrong(f"{why}: {line[0]} does not say that it is "
                                f"not recorded: {ran}")
        if ran.code not in (0, 1):
            raise torture.Wrong(f"{why}: {line[0]}: {ran}")
    n = len(recorded)
    bench.check(recorded, why=why + ", still full")
    empty(bench)
    bench.check_writable(recorded, why=why + ", room made")
    return n


def test():
    counts, refused = {}, 0
    with torture.Bench(sys.argv[1], where=sys.argv[2]) as bench:
        bench.make_base()
        bench.run("start", "box", "fire", "--var", "host=fs1",
                  home=bench.base, check=True)
        room = 0
        while counts.get(room - STEP, 0) < len(LINES):
            counts[room] = one_amount(bench, room)
            refused += len(LINES) - counts[room]
            room += STEP
            if room > SIZE // 2:
                raise torture.Wrong("never enough room")
        if counts[0] == len(LINES):
            raise torture.Wrong("a full disk hindered nothing")
    return f"{len(counts)} amounts of room, {refused} refusals, nothing lost"


if __name__ == "__main__":
    if len(sys.argv) < 3:
        torture.in_namespace(SIZE)
    torture.main(test)
