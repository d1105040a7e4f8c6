#!/usr/bin/env python3
"""A device that was away for long takes in thousands of entries; whoever
records on it meanwhile is not kept waiting: bulk.py IR IRD FILL. How fast that
is, is not judged here; how long the slowest `ir note` took, is.
"""
import re
import sys
import time

import net

ENTRIES = 3000


def scenario(site):
    net.bridge("br0")
    a = site.add(1, bridge_name="br0")
    b = site.add(2, bridge_name="br0")
    site.enrol()
    a.ir("--no-input", "start", "flight-information", "ransomware")
    a.start()
    b.start()
    site.wait("both know the incident", lambda: site.equal([a, b]))
    b.ir("use", re.search("IR-[0-9A-Z]{4}", a.ir("list"))[0])
    a.stop()
    net.run(sys.argv[3], a.home, "1", str(ENTRIES), "0")
    a.start()
    began, slow = time.monotonic(), []
    while len(b.ids()) < ENTRIES:
        t = time.monotonic()
        if t - began > 60:
            site.tell()
            raise SystemExit(f"{len(b.ids())} entries after 60 s")
        assert b.note(f"meanwhile {len(slow)}"), b.refused
        slow.append(time.monotonic() - t)
    slow.sort()
    took = time.monotonic() - began
    print(f"{took:6.2f} s  {ENTRIES} entries came; {len(slow)} notes "
          f"meanwhile, slowest {slow[-1] * 1000:.0f} ms", flush=True)
    assert slow[-1] < 2, slow[-5:]
    site.wait("both hold all", lambda: site.equal([a, b], site.acked), 60)
    site.check([a, b])


if __name__ == "__main__":
    net.main(scenario)
