#!/usr/bin/env python3
"""Time to heal: 20 devices with the real `ird` on two bridges, halves of a
network whose wire is out while 100 entries are recorded in each; from when the
wire is in until all hold all 200, on disk. Both halves hear at once that the
wire is back only by what comes over it, as with a switch between."""
import time

import mesh
from bench import Bench, main

DEVICES, ENTRIES, ROUNDS = 20, 100, 3


def apart(m, number):
    """Record in both halves, until each half is equal; the ids."""
    half = len(m.devices) // 2
    m.site.acked.clear()
    ids = []
    for i in range(ENTRIES):
        for d in (m.devices[i % half], m.devices[half + i % half]):
            if not d.note("%d: apart %d" % (number, i)):
                raise SystemExit(d.refused)
        ids = dict(m.site.acked)
    left = {d.name for d in m.devices[:half]}
    sides = [{i for i, name in ids.items() if (name in left) == yes}
             for yes in (True, False)]
    for side, devices in zip(sides, (m.devices[:half], m.devices[half:])):
        if m.until(side, 60, devices) is None:
            raise SystemExit("a half does not become equal")
    if not any(m.looks[m.devices[0].name].lacks({i}) for i in sides[1]):
        raise SystemExit("the halves are not apart")
    return sides[0] | sides[1]


def bench():
    mesh.enter()
    b = Bench("mesh-heal", "two halves of %d devices, %d entries each"
              % (DEVICES, ENTRIES))
    m = mesh.Mesh(b, DEVICES, halves=True)
    seconds, sent = [], []
    try:
        m.start()
        for i in range(ROUNDS):
            m.join(False)
            ids = apart(m, i)
            m.quiet()
            before = mesh.carried(m.devices)
            began = time.monotonic()
            m.join(True)
            ended = m.until(ids, 180)
            if ended is None:
                m.site.tell()
                raise SystemExit("the halves do not become equal")
            seconds.append(ended - began)
            m.quiet()
            sent.append((mesh.carried(m.devices) - before) / DEVICES / 1000)
            print("%.2f s, %.0f kB a device" % (seconds[-1], sent[-1]),
                  flush=True)
    finally:
        m.close()
    b.row("from the wire to all equal", seconds, "s")
    b.row("bytes a device sends until it is quiet again", sent, "kB")
    b.done()


main(bench)
