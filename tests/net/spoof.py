#!/usr/bin/env python3
"""A device is called where it is, though somebody without a key plays its
beacons back from other addresses, and though its own address changes.
"""
import socket
import subprocess
import sys
import os
import time

import net

PORT = 8747
GROUP = "224.0.0.1"


def listen(here, seconds, path):
    """Write down what is said to all, each datagram behind its length."""
    s = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    s.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    s.bind((GROUP, PORT))
    s.setsockopt(socket.IPPROTO_IP, socket.IP_ADD_MEMBERSHIP,
                 socket.inet_aton(GROUP) + socket.inet_aton(here))
    s.settimeout(0.2)
    end = time.monotonic() + float(seconds)
    with open(path, "wb") as f:
        while time.monotonic() < end:
            try:
                p = s.recv(2000)
            except socket.timeout:
                continue
            f.write(len(p).to_bytes(2, "big") + p)


def play(here, seconds, path):
    """Say it again, and again, as if it came from here."""
    s = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    s.setsockopt(socket.IPPROTO_IP, socket.IP_MULTICAST_IF,
                 socket.inet_aton(here))
    with open(path, "rb") as f:
        data = f.read()
    heard, at = [], 0
    while at < len(data):
        n = int.from_bytes(data[at:at + 2], "big")
        heard.append(data[at + 2:at + 2 + n])
        at += 2 + n
    end = time.monotonic() + float(seconds)
    while time.monotonic() < end:
        for p in heard:
            s.sendto(p, (GROUP, PORT))
            time.sleep(0.03)


def harm(d, *words):
    return subprocess.Popen(
        ["nsenter", f"--net=/run/netns/{d.name}", sys.executable,
         os.path.abspath(__file__), "--harm", words[0], d.address, *words[1:]])


def connected(d):
    state = d.json("mesh", "status")
    return any(x.get("carrier") == "https"
               for x in state.get("daemon", state).get("links", []))


def scenario(site):
    net.bridge("br0")
    a = site.add(1, bridge_name="br0")
    b = site.add(2, bridge_name="br0")
    site.enrol()
    outsider = net.Device(site, 66, bridge_name="br0")
    heard = os.path.join(site.top, "heard")

    ear = harm(outsider, "listen", "3", heard)
    time.sleep(0.3)
    a.start()
    b.start()
    ear.wait(20)
    for d in (a, b):
        d.stop()
    assert os.path.getsize(heard) > 0, "nothing was heard"

    # each hears the other from a wrong place first
    for first, other in ((a, b), (b, a)):
        first.start()
        site.wait("it is ready", lambda: first.log().endswith("https on, "
                  "lan on\n"), 5)
        mouth = harm(outsider, "play", "2", heard)
        mouth.wait(20)
        other.start()
        site.wait(f"{first.name} and {other.name} are connected",
                  lambda: net.said(other, "connected"), 25)
        for d in (a, b):
            d.stop()
            os.unlink(d.home + ".log")

    # the one that is called moves
    a.start()
    b.start()
    site.wait("they are connected", lambda: net.said(b, "connected"))
    for d, to in ((a, "10.9.0.101"), (b, "10.9.0.102")):
        d.inside("ip", "addr", "add", to + "/24", "dev", "eth0")
        d.inside("ip", "addr", "del", d.address + "/24", "dev", "eth0")
        d.address = to
    for d in (a, b):
        with open(d.home + ".log", "w", encoding="utf-8"):
            pass
    site.wait("connected at the new addresses",
              lambda: net.said(b, "connected"), 60)
    assert a.note("said from another place"), a.refused
    site.wait("and a note is there",
              lambda: b.ids().issuperset(site.acked), 10)


if __name__ == "__main__":
    if "--harm" in sys.argv:
        {"listen": listen, "play": play}[sys.argv[2]](*sys.argv[3:])
    else:
        net.main(scenario)
