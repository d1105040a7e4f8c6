#!/usr/bin/env python3
"""Letting machines in over the network, with the real programs: on the LAN
without being told where, over a router by address; a key that only a person can
unlock; and everybody who has no business at that door.
"""
import json
import os
import socket
import ssl
import subprocess
import sys
import time

import net

PORT = 8747


def join(d, *words, code=0, timeout=60):
    """`ir mesh join` on the machine of `d`; what it says."""
    p = subprocess.run(
        ["nsenter", f"--net=/run/netns/{d.name}", d.site.ir, "-C", d.home,
         "mesh", "join", *words], env=d.env, stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True,
        timeout=timeout, check=False)
    if p.returncode != code:
        d.site.tell_logs()
        raise SystemExit(f"{d.name}: join {words}: {p.returncode}, not {code}\n"
                         f"{p.stdout}")
    return p.stdout


def invite(d, name):
    return d.json("mesh", "invite", name, "--role", "operator")["code"]


def post(address, path, ident, body, method="POST"):
    """A caller without a certificate: the status, its word, the body."""
    tls = ssl.create_default_context()
    tls.check_hostname, tls.verify_mode = False, ssl.CERT_NONE
    head = (f"{method} {path} HTTP/1.1\r\nHost: x\r\nIr-Join: {ident}\r\n"
            f"Content-Length: {len(body)}\r\nConnection: close\r\n\r\n")
    try:
        with socket.create_connection((address, PORT), 5) as raw:
            raw.settimeout(5)
            with tls.wrap_socket(raw) as s:
                s.sendall(head.encode() + body)
                said = b""
                while more := s.recv(65536):
                    said += more
    except (OSError, ssl.SSLError):
        return 0, "", b""
    top, _, rest = said.partition(b"\r\n\r\n")
    lines = top.decode("latin-1").split("\r\n")
    word = [x.split(":", 1)[1].strip() for x in lines
            if x.lower().startswith("ir-join:")]
    return int(lines[0].split()[1]) if top else 0, (word or [""])[0], rest


def harm(address, ident):
    """A stranger on the LAN, for as long as it lives: knocks at the door in
    every wrong way, and floods with what looks like questions for it."""
    out = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    out.setsockopt(socket.IPPROTO_IP, socket.IP_MULTICAST_IF,
                   socket.inet_aton("10.9.0.66"))
    out.setblocking(False)
    while True:
        for _ in range(300):
            try:
                out.sendto(os.urandom(32), ("224.0.0.1", PORT))
                out.sendto(os.urandom(32), (address, PORT))
            except OSError:
                pass
        for path, name, body in (("/ir/join", ident, os.urandom(300)),
                                 ("/ir/join", "00" * 8, b"x" * 4096),
                                 ("/ir/join", ident, b"x" * 5000),
                                 ("/ir/1", ident, b"")):
            status, _, _ = post(address, path, name, body)
            print(status, flush=True)


def inside(d, *argv):
    return ["nsenter", f"--net=/run/netns/{d.name}", sys.executable,
            os.path.abspath(__file__), *argv]


def call(d, *words):
    """The same from another machine: status, word, length of the answer."""
    p = subprocess.run(inside(d, "--post", *words), stdout=subprocess.PIPE,
                       text=True, timeout=20, check=True)
    status, word, n = p.stdout.rstrip("\n").split(" ")
    return int(status), word, int(n)


def on_lan(site, a):
    """The new machine knows nothing but the code."""
    b = site.add(2, bridge_name="br0")
    site.devices.remove(b)
    code = invite(a, "Kato")
    began = time.monotonic()
    said = join(b, code)
    print(f"{time.monotonic() - began:6.2f} s  let in over the LAN", flush=True)
    assert "You are Kato (kato)" in said, said
    site.devices.append(b)
    b.start()
    site.wait("they are connected", lambda: net.said(b, "connected"))
    assert b.note("from the new machine"), b.refused
    assert a.note("from the old one"), a.refused
    site.wait("notes cross", lambda: site.equal([a, b], site.acked))
    return b, code


def certs(d):
    """Who is in, by the record; witnesses come when they like."""
    return {e["id"] for e in map(json.loads,
                                 d.ir("--json", "log").splitlines())
            if e["kind"] in ("member", "device", "grant")}


def replayed(site, a, kato):
    """The bytes of a request, again and from elsewhere; another request under
    the same code; a code nobody made."""
    c = site.add(3, bridge_name="br0")
    site.devices.remove(c)
    code = invite(a, "Abe")
    join(c, code, "--via", site.stick)  # makes the request, nobody answers it
    name = os.listdir(os.path.join(site.stick, "ir-join"))[0]
    ident = name.split(".")[0]
    path = os.path.join(site.stick, "ir-join", name)
    stranger = net.Device(site, 66, bridge_name="br0")
    before = certs(a)
    where = a.address, "/ir/join", ident

    assert call(stranger, *where[:2], "0" * 16, path)[0] == 404
    with open(path, "rb") as f:
        request = f.read()
    changed = path + ".changed"
    with open(changed, "wb") as f:
        f.write(request[:50] + bytes([request[50] ^ 1]) + request[51:])
    assert call(stranger, *where, changed)[:2] == (403, "code")
    assert call(stranger, a.address, "/ir/1", ident, path)[0] == 403
    assert certs(a) == before
    status, _, first = call(stranger, *where, path)
    assert status == 200 and first > 1000
    after = certs(a)
    assert after > before
    status, _, again = call(stranger, *where, path)
    assert status == 200 and again == first
    assert certs(a) == after, "a replayed request certified something"

    said = join(c, code)  # whose request it is is let in all the same
    assert "You are Abe (abe)" in said, said
    d = site.add(4, bridge_name="br0")
    site.devices.remove(d)
    assert "used already" in join(d, code, code=77)
    assert not os.path.exists(d.home)
    assert "used already" in join(d, kato, "--at", a.address, "--again",
                                  code=77)
    a.ir("mesh", "invite", "Nobody")
    a.ir("mesh", "invite", "withdraw", "nobody")
    # a good code that was never made here: nobody answers, and what to do
    said = join(d, "0000-0000-0000-0000-0000-0000-02CR", "--again", code=66)
    assert "nobody on this network" in said and "--via DIR" in said, said
    said = join(d, "0000-0000-0000-0000-0000-0000-02CR", "--at", a.address,
                code=66)
    assert "was not made there" in said, said
    return stranger


def flooded(site, a, stranger):
    """Somebody hammers at the door while somebody else comes in."""
    d = site.devices[-1]
    e = site.add(5, bridge_name="br0")
    site.devices.remove(e)
    code = invite(a, "Endo")
    # the worst of strangers: one who knows what the invitation is called
    join(e, code, "--via", site.stick)
    names = os.listdir(os.path.join(site.stick, "ir-join"))
    ident = max(names, key=lambda n: os.stat(os.path.join(
        site.stick, "ir-join", n)).st_mtime).split(".")[0]
    p = subprocess.Popen(inside(stranger, "--harm", a.address, ident),
                         stdout=subprocess.PIPE, text=True)
    used = a.ticks()
    time.sleep(1.5)
    began = time.monotonic()
    said = join(e, code)
    took = time.monotonic() - began
    assert "You are Endo (endo)" in said, said
    assert a.note("under the flood"), a.refused
    site.wait("a note crosses", lambda: site.equal([a, d], site.acked))
    used = a.ticks() - used
    assert p.poll() is None
    p.kill()
    statuses = p.communicate()[0].split()
    assert {"429", "403"} <= set(statuses) and "200" not in statuses, statuses
    assert used < 1.5, used
    print(f"{took:6.2f} s  let in while a stranger hammers; {used:.2f} s of "
          "processor time there", flush=True)


def routed(site, a):
    """Another network: not found, but by address; and then called there."""
    d = site.add(6, bridge_name="br1")
    site.devices.remove(d)
    d.inside("ip", "addr", "flush", "dev", "eth0")
    d.inside("ip", "addr", "add", "10.8.0.6/24", "dev", "eth0")
    d.inside("ip", "route", "add", "default", "via", "10.8.0.254")
    a.inside("ip", "route", "add", "default", "via", "10.9.0.254")
    net.run("ip", "addr", "add", "10.9.0.254/24", "dev", "br0")
    net.run("ip", "addr", "add", "10.8.0.254/24", "dev", "br1")
    net.run("sysctl", "-qw", "net.ipv4.ip_forward=1")
    code = invite(a, "Fujii")
    assert "nobody on this network" in join(d, code, code=66)
    assert "nobody answers there" in join(d, code, "--at", "10.9.0.1:9",
                                          code=75)
    d.inside("ip", "route", "del", "default")
    assert "no network leads there now" in join(d, code, "--at", "10.9.0.1",
                                                code=75)
    d.inside("ip", "route", "add", "default", "via", "10.8.0.254")
    d.link(False)
    assert "no network interface" in join(d, code, code=75)
    d.link(True)
    d.inside("ip", "route", "replace", "default", "via", "10.8.0.254")
    said = join(d, code, "--at", a.address)
    assert "You are Fujii (fujii)" in said, said
    assert d.json("mesh", "peer")["peers"] == [f"{a.address}:{PORT}"]
    site.devices.append(d)
    d.start()
    assert a.note("for the other network"), a.refused
    site.wait("notes cross the router", lambda: site.equal([a, d], site.acked))


def by_hand(site, a):
    """The key of who invited opens for a person only."""
    d = site.add(7, bridge_name="br0")
    site.devices.remove(d)
    code = invite(a, "Goto")
    key = os.path.join(a.home, "keys", "p1")
    with open(key, "rb") as f:
        plain = f.read()
    with open(key, "wb") as f:  # locked: a box that no passphrase opens
        f.write(b"irk\1" + os.urandom(76))
    said = join(d, code)
    assert "ir mesh admit" in said and not os.path.exists(d.home), said
    assert "waits" in join(d, code)
    assert net.said(a, "Goto .goto. asks to be let in, from 10.9.0.7")
    assert a.log().count("asks to be let in") == 1
    assert "Goto (goto) waits to be let in" in a.ir("mesh", "status")
    assert a.json("mesh", "status")["waiting"] == [
        {"handle": "goto", "name": "Goto"}]
    with open(key, "wb") as f:
        f.write(plain)
    assert "Let in: Goto (goto)" in a.ir("mesh", "admit")
    assert a.ir_raw("mesh", "admit").returncode == 66
    assert a.json("mesh", "status")["waiting"] == []
    assert "You are Goto (goto)" in join(d, code)


def turned_off(site, a):
    d = site.add(8, bridge_name="br0")
    site.devices.remove(d)
    code = invite(a, "Hara")
    a.ir("mesh", "carrier", "https", "off")
    time.sleep(0.5)
    assert "its HTTPS is off" in join(d, code, code=75)
    a.ir("mesh", "carrier", "https", "on")
    a.ir("mesh", "carrier", "lan", "off")
    time.sleep(0.5)
    assert "nobody on this network" in join(d, code, code=66)
    assert "You are Hara (hara)" in join(d, code, "--at", a.address)
    a.stop()
    e = site.add(9, bridge_name="br0")
    site.devices.remove(e)
    code = invite(a, "Ito")
    assert "does ird run there" in join(e, code, "--at", a.address, code=75)


def scenario(site):
    site.tell_logs = lambda: [print(d.log()) for d in site.devices
                              if os.path.exists(d.home + ".log")]
    net.bridge("br0")
    net.bridge("br1")
    a = site.add(1, bridge_name="br0")
    a.ir("init", "--org", "Net", "--person", "P1")
    a.ir("--yes", "release", "approve")
    a.ir("--no-input", "start", "flight-information", "ransomware")
    a.start()
    site.wait("the first is ready", lambda: "ready" in a.log(), 5)
    _, kato = on_lan(site, a)
    stranger = replayed(site, a, kato)
    flooded(site, a, stranger)
    net.run("ip", "netns", "del", "n66")
    routed(site, a)
    by_hand(site, a)
    site.check(site.devices)
    turned_off(site, a)


if __name__ == "__main__":
    if "--harm" in sys.argv:
        harm(*sys.argv[2:])
    if "--post" in sys.argv:
        with open(sys.argv[5], "rb") as f:
            got = post(sys.argv[2], sys.argv[3], sys.argv[4], f.read())
        print(got[0], got[1], len(got[2]))
        sys.exit(0)
    net.main(scenario)
