#!/usr/bin/env python3
"""Two devices, each with the real daemon: what one records the other has, by
either carrier, through cut wires, kill -9 and a restart; what a stick brings to
one it passes on; and a daemon that has nothing to do does nothing.
"""
import os
import time

import net


def same(site):
    return lambda: site.equal(site.devices[:2], site.acked)


def prompt(site, a, b):
    """Time from `recorded` here to stored there, over a few."""
    took = []
    for i in range(8):
        a.note(f"prompt {i}")
        began = time.monotonic()
        while not b.ids().issuperset(site.acked):
            if time.monotonic() - began > 10:
                site.tell()
                raise SystemExit("a note was not pushed")
        took.append(time.monotonic() - began)
    took.sort()
    print(f"{took[4]:6.3f} s  a note is there, median (one `ir log` included)")
    # well under a beacon's pace: it was pushed
    assert took[4] < 0.4, took


def idle(site):
    time.sleep(2)
    before = [d.ticks() for d in site.devices[:2]]
    time.sleep(3)
    used = [d.ticks() - b for d, b in zip(site.devices[:2], before)]
    print(f"       idle for 3 s: {used} s of processor time")
    assert max(used) < 0.5, used


def scenario(site):
    net.bridge("br0")
    a = site.add(1, bridge_name="br0")
    b = site.add(2, bridge_name="br0")
    alone = site.add(3)
    site.enrol()
    a.ir("--no-input", "start", "flight-information", "ransomware")
    began = time.monotonic()
    a.start()
    site.wait("the first is ready", lambda: "ready" in a.log(), 5)
    assert time.monotonic() - began < 3
    b.start()
    site.wait("all of an incident is on the second", same(site))
    site.wait("they are connected", lambda: net.said(b, "connected"))
    site.wait("and ir mesh status says so, and that both hold the same",
              lambda: all(v["connected"] and v["equal"] for d in (a, b)
                          for v in d.json("mesh", "status")["devices"]
                          if not v["this"] and v["custodian"] in ("p1", "p2")),
              10)
    assert "holds the same" in a.ir("mesh", "status")
    prompt(site, a, b)
    prompt(site, b, a)
    idle(site)

    second = b.daemon.pid
    p = os.spawnvpe(os.P_WAIT, b.site.ird, [b.site.ird, "-C", b.home], net.ENV)
    assert p == 75, f"a second ird for one home: exit {p}"
    assert b.daemon.poll() is None and b.daemon.pid == second

    b.stop(9)
    for i in range(5):
        a.note(f"while the other is dead {i}")
    b.start()
    site.wait("equal after kill -9", same(site))

    a.link(False)
    a.note("alone here")
    b.note("alone there")
    time.sleep(1)
    assert not site.equal([a, b])
    a.link(True)
    site.wait("equal after the wire was out", same(site))

    b.unplug()
    a.note("no card there")
    time.sleep(0.5)
    b.plug("br0")
    site.wait("equal after the card was out", same(site))

    for off, on in (("lan", "https"), ("https", "lan")):
        for d in (a, b):
            d.ir("mesh", "carrier", on, "on")
            d.ir("mesh", "carrier", off, "off")
        if on == "https":
            a.ir("mesh", "peer", "add", b.address)
        a.note(f"by {on} alone")
        b.note(f"by {on} alone, back")
        site.wait(f"equal by {on} alone", same(site))

    alone.note("on no network")
    net.stick(site, a, alone)
    site.wait("what a stick brought to one is on both", same(site))
    net.stick(site, a, alone)
    site.check(site.devices)
    for d in (a, b):
        assert d.stop() == 0


if __name__ == "__main__":
    net.main(scenario)
