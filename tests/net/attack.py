#!/usr/bin/env python3
"""Somebody without a key on the same wire as two devices: floods them with
junk, plays back what was heard, changed and unchanged, and holds connections
open. What the two record reaches the other all the same, nothing else does,
and nothing that was sent can be read.
"""
import os
import random
import signal
import socket
import subprocess
import sys
import time

import net

PORT = 8747
GROUP = "224.0.0.1"
HERE = socket.inet_aton("10.9.0.66")
ROUNDS = 12
SECRET = "the passphrase of the vault is Kingfisher"


def junk(targets):
    """Datagrams of all lengths to everybody, as fast as they go."""
    s = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    s.setsockopt(socket.IPPROTO_IP, socket.IP_MULTICAST_IF, HERE)
    draw = random.Random(1)
    pool = [draw.randbytes(draw.randrange(1, 1400)) for _ in range(200)]
    while True:
        for p in pool:
            try:
                s.sendto(p, (draw.choice(targets + [GROUP]), PORT))
            except OSError:
                time.sleep(0.001)


def replay(targets):
    """What is heard comes again, as it was and with a bit changed."""
    s = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    s.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    s.bind((GROUP, PORT))
    s.setsockopt(socket.IPPROTO_IP, socket.IP_ADD_MEMBERSHIP,
                 socket.inet_aton(GROUP) + HERE)
    out = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    heard = []
    s.settimeout(0.05)
    while True:
        try:
            p, who = s.recvfrom(2000)
            if who[0] in targets:
                if not heard:
                    print("HEARD", flush=True)
                heard.append(p)
                if SECRET[:12].encode() in p:
                    print("READ", flush=True)
        except socket.timeout:
            pass
        for p in heard[-20:]:
            q = bytearray(p)
            q[len(q) // 2] ^= 1
            for t in targets:
                out.sendto(p, (t, PORT))
                out.sendto(bytes(q), (t, PORT))


def hold(targets):
    """Connections that say nothing, or nonsense, by the hundred."""
    held = []
    while True:
        for t in targets:
            s = socket.socket()
            s.settimeout(0.2)
            try:
                s.connect((t, PORT))
                s.send(random.choice([b"", b"GET / HTTP/1.1\r\n\r\n",
                                      b"\x16\x03\x01\x02\x00\x01", b"\0"]))
                held.append(s)
            except OSError:
                s.close()
        if len(held) > 400:
            held.pop(random.randrange(len(held))).close()



class Outsider:
    """On the wire, in a namespace of its own; each harm a process."""

    def __init__(self, site, bridge_name, targets):
        d = net.Device(site, 66, bridge_name=bridge_name)
        self.p = [subprocess.Popen(
            ["nsenter", f"--net=/run/netns/{d.name}", sys.executable,
             os.path.abspath(__file__), "--harm", str(i), *targets],
            stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
            for i in range(3)]

    def end(self):
        """Stop; what they had to say."""
        said = ""
        for p in self.p:
            if p.poll() is not None:
                raise SystemExit(f"a harm ended early: {p.stderr.read()}")
            p.send_signal(signal.SIGKILL)
            said += p.communicate()[0]
        return said


def scenario(site):
    net.bridge("br0")
    a = site.add(1, bridge_name="br0")
    b = site.add(2, bridge_name="br0")
    site.enrol()
    a.ir("--no-input", "start", "flight-information", "ransomware")
    a.start()
    b.start()
    site.wait("all of an incident is on both", lambda: site.equal([a, b]))
    for carrier in ("https", "lan"):  # both, then the LAN's datagrams alone
        out = Outsider(site, "br0", [a.address, b.address])
        time.sleep(1)
        took = []
        for i in range(ROUNDS):
            one = (a, b)[i % 2]
            assert one.note(f"{SECRET} {carrier} {i}"), one.refused
            began = time.monotonic()
            while not site.equal([a, b], site.acked):
                if time.monotonic() - began > 15:
                    site.tell()
                    raise SystemExit("nothing comes through")
                time.sleep(0.01)
            took.append(time.monotonic() - began)
        said = out.end()
        assert "HEARD" in said and "READ" not in said, said
        net.run("ip", "netns", "del", "n66")
        took.sort()
        print(f"{took[ROUNDS // 2]:6.3f} s  a note is there under attack, "
              f"median of {ROUNDS}; slowest {took[-1]:.3f}", flush=True)
        for d in (a, b):
            assert d.daemon.poll() is None
            d.ir("mesh", "carrier", "https", "off")
    site.check([a, b])


if __name__ == "__main__":
    if "--harm" in sys.argv:
        [junk, replay, hold][int(sys.argv[2])](sys.argv[3:])
    net.main(scenario)
