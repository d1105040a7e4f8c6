#!/usr/bin/env python3
"""A device without any network: no interface is there, or only its own loop.
The daemon says so at its start, in the user's language too, runs on, takes
what is recorded and ends as it should; with a wire it does not say it.
"""
import net

ENGLISH = "no network interface is up"
JAPANESE = "使えるネットワークインターフェースがありません"


def begin(site, device):
    """A daemon from its start to its end; what it said."""
    before = len(device.log()) if device.started else 0
    device.started = True
    device.start()
    site.wait("ready", lambda: "ready" in device.log()[before:] or
              "準備ができました" in device.log()[before:], 10)
    assert device.note("alone")
    assert device.stop() == 0
    return device.log()[before:]


def scenario(site):
    net.bridge("br0")
    d = site.add(1, bridge_name="br0")
    d.started = False
    d.ir("init", "--org", "Net", "--person", "P1")
    d.ir("--yes", "release", "approve")
    d.ir("--no-input", "start", "flight-information", "ransomware")

    assert ENGLISH not in begin(site, d)
    d.link(False)  # the cable is out
    assert ENGLISH in begin(site, d)
    d.unplug()  # the card is out, the loop is left
    assert ENGLISH in begin(site, d)
    d.inside("ip", "link", "set", "lo", "down")
    said = begin(site, d)
    assert said.count(ENGLISH) == 1 and "carry out" in said, said
    d.env["LANG"] = d.env["LC_ALL"] = "ja_JP.UTF-8"
    said = begin(site, d)
    assert JAPANESE in said and ENGLISH not in said, said
    d.env.update(net.ENV)
    d.plug("br0")
    assert ENGLISH not in begin(site, d)
    site.check([d])


if __name__ == "__main__":
    net.main(scenario)
