#!/usr/bin/env python3
"""An entry of some 300 bytes from one home to another by a directory: `ir carry
out` and `ir carry in` as whole processes, beside `cp`, `sync` and `sha256sum` of
a file as long, and beside NNCP doing the same with `nncp-file`, `nncp-xfer` and
`nncp-toss`. Bytes are those that stand in the directory afterwards.

Both sides know each other before; the stick is on the same disk. The second
home is a copy of the first: what is measured does not depend on whose it is."""
import os
import shutil

import peers
from bench import LARGE, Bench, main

TEXT = "3番ゲートの表示は消えたまま。" * 4


def size_of(where):
    return sum(os.path.getsize(os.path.join(d, f))
               for d, _, files in os.walk(where) for f in files)


def bench():
    b = Bench("carry", "one entry by a directory")
    b.home()
    shutil.copytree(b.path("home"), b.path("other"))
    theirs = b.path("theirs")
    os.mkdir(theirs)
    ir = [b.ir, "-C", b.path("home")]
    note, copied = b.path("note"), b.path("copied")
    os.mkdir(copied)
    with open(note, "wb") as f:
        f.write(os.urandom(300))
    sizes = {}

    # the stick knows everything but the new entry, as one that goes around
    full = b.path("full")
    os.mkdir(full)
    b.call(*ir, "carry", "out", full)

    def carry_out(_):
        b.call(*ir, "note", TEXT)
        before = size_of(full)
        ms = b.clock(b.ir, "-C", b.path("home"), "carry", "out", full)
        sizes["ir"] = size_of(full) - before
        return ms

    def carry_in(_):
        return b.clock(b.ir, "-C", b.path("other"), "carry", "in", full)

    def copy(i):
        to = os.path.join(copied, str(i))
        ms = b.clock("/bin/sh", "-c", 'cp "$1" "$2"; sync "$2"; '
                     'sha256sum "$2"', "sh", note, to)
        sizes["cp"] = os.path.getsize(to)
        return ms

    jobs = {"floor: cp, sync, sha256sum": copy, "ir carry out": carry_out,
            "ir carry in": carry_in}
    both = peers.nncp(b)
    if both is not None:
        def nncp_out(_):
            before = size_of(theirs)
            ms = b.clock("/bin/sh", "-c", 'nncp-file -quiet -cfg "$1" "$2" '
                         'two: && nncp-xfer -quiet -cfg "$1" -mkdir "$3"',
                         "sh", both[0], note, theirs)
            sizes["nncp"] = size_of(theirs) - before
            return ms

        def nncp_in(_):
            return b.clock("/bin/sh", "-c", 'nncp-xfer -quiet -cfg "$1" "$2" '
                           '&& nncp-toss -quiet -cfg "$1"', "sh", both[1],
                           theirs)

        jobs["nncp-file, nncp-xfer"] = nncp_out
        jobs["nncp-xfer, nncp-toss"] = nncp_in
    ms = b.turns(jobs, rounds=20 if not LARGE else 100)
    floor = sorted(ms["floor: cp, sync, sha256sum"])
    base = floor[len(floor) // 2]
    for name, values in ms.items():
        mid = sorted(values)[len(values) // 2]
        b.row(name, values, "ms",
              None if name.startswith("floor") else "floor",
              None if name.startswith("floor") else mid / base)
    for name, n in sizes.items():
        b.row("bytes on the stick, " + name, n, "bytes")
    b.done()


main(bench)
