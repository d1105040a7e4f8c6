#!/usr/bin/env python3
"""A device that is revoked while it is connected, and one that comes back
later: both are told by whom and how they get in again, and get nothing else.
"""
import time

import net


def told(device):
    """What its people see where they look, and where they write."""
    for words, says in ((("mesh", "status"), "was revoked by p1"),
                        (("status",), "was revoked by p1"),
                        (("note", "are you there?"), "has been revoked")):
        p = device.ir_raw(*words)
        seen = " ".join((p.stdout + p.stderr).split())
        assert says in seen and "--device-for" in seen, (words, p)


def scenario(site):
    net.bridge("br0")
    a, b, out, lost = (site.add(i, bridge_name="br0") for i in range(1, 5))
    site.enrol()
    # who calls whom does not matter: both are told
    lost.ir("mesh", "peer", "add", a.address)
    for d in site.devices:
        d.ir("mesh", "carrier", "lan", "off")
        if d is not a:
            a.ir("mesh", "peer", "add", d.address)
    a.ir("mesh", "peer", "remove", lost.address)
    a.ir("--no-input", "start", "flight-information", "ransomware")
    for d in site.devices:
        d.start()
    site.wait("all four know the incident",
              lambda: site.equal(site.devices, site.acked))
    lost.stop()
    a.ir("mesh", "revoke", "p3", "-r", "taken from a desk")
    site.wait("who was connected is told",
              lambda: net.said(out, "was revoked by p1"), 10)
    a.ir("mesh", "revoke", "p4", "-r", "left in a train")
    assert a.note("of that they hear nothing")
    site.wait("the other has it", lambda: site.equal([a, b], site.acked))
    lost.start()
    site.wait("who calls is told", lambda: net.said(lost, "was revoked by p1"),
              15)
    time.sleep(2)  # and then let go
    for d in (out, lost):
        assert a.json("mesh", "status")["daemon"]["connected"] == 1
        assert not set(site.acked) & d.ids(), "a revoked one reads the work"
        told(d)
    site.check([a, b])
    for d in site.devices:
        assert d.stop() == 0


if __name__ == "__main__":
    net.main(scenario)
