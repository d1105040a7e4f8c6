#!/usr/bin/env python3
"""A device that was away while the carrier key changed, and has nothing but the
datagrams of the LAN: it gets its new key by what is said about lane T under the
one it has. A revoked one gets to know that it is, and nothing of the work.
"""
import time

import net


def scenario(site):
    net.bridge("br0")
    a, b, away, lost = (site.add(i, bridge_name="br0") for i in range(1, 5))
    site.enrol()
    for d in site.devices:
        d.ir("mesh", "carrier", "https", "off")
    a.ir("--no-input", "start", "flight-information", "ransomware")
    for d in site.devices:
        d.start()
    site.wait("all four know the incident",
              lambda: site.equal(site.devices, site.acked))
    away.stop()
    lost.stop()
    a.ir("mesh", "revoke", "p4", "-r", "left in a train")
    assert a.json("mesh", "status")["carrier_key"] == 2
    site.wait("the other has the new key",
              lambda: b.json("mesh", "status")["carrier_key"] == 2)
    a.note("under the new key")
    site.wait("and what is said under it",
              lambda: site.equal([a, b], site.acked))

    lost.start()
    site.wait("the revoked one hears that it is",
              lambda: net.said(lost, "was revoked by p1"), 15)
    time.sleep(3)
    assert not set(site.acked) & lost.ids(), "the revoked one reads on"
    assert away.json("mesh", "status")["carrier_key"] == 1
    away.start()
    site.wait("who was away has the new key, by the LAN alone",
              lambda: away.json("mesh", "status")["carrier_key"] == 2, 20)
    away.note("back again")
    site.wait("and all that was recorded",
              lambda: site.equal([a, b, away], site.acked))
    assert not set(site.acked) & lost.ids(), "the revoked one reads the work"
    assert "was revoked by p1" in lost.ir("mesh", "status")
    site.check([a, b, away])
    for d in site.devices:
        assert d.stop() == 0


if __name__ == "__main__":
    net.main(scenario)
