#!/usr/bin/env python3
"""An alert by channels of which most are in trouble: no resolver answers, a
server accepts and says nothing, one says a byte a second, certificates that
expired, are for another name or signed by nobody, no STARTTLS. Each of them
fails in bounded time with a clear line; the one that works is not held up, and
nobody waits behind others for their next way.

    bad_net.py IR
"""
import json
import os
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import threading
import time

HERE = os.path.dirname(os.path.realpath(__file__))
sys.path.insert(0, os.path.join(HERE, "../tools"))
import holder  # noqa: E402
import stand_in  # noqa: E402
from world import unshare  # noqa: E402

EACH = 12  # people of the slow channel, each with a second way


def listen(talk):
    """A port at which talk(connection) has its say, a thread each."""
    server = socket.create_server(("127.0.0.1", 0), backlog=64)

    def one(c):
        try:
            with c:
                talk(c)
        except OSError:
            pass

    def run():
        while True:
            c = server.accept()[0]
            threading.Thread(target=one, args=(c,), daemon=True).start()

    threading.Thread(target=run, daemon=True).start()
    return server.getsockname()[1]


def mute(c):
    while c.recv(4096):
        pass
    time.sleep(60)


def drip(c):
    """A byte a second: more slowly than any answer is waited for."""
    c.recv(4096)
    for b in b"HTTP/1.1 200 OK\r\nX-Long: " + b"x" * 600:
        c.sendall(bytes([b]))
        time.sleep(1)


def drip_mail(c):
    for b in b"220-" + b"x" * 600:
        c.sendall(bytes([b]))
        time.sleep(1)


def bare_mail(c):
    """Mail without STARTTLS."""
    c.sendall(b"220 here\r\n")
    while line := c.recv(4096):
        c.sendall(b"250 ok\r\n" if line[:4].upper() != b"QUIT" else b"221\r\n")


def tls(context):
    def talk(c):
        with context.wrap_socket(c, server_side=True) as s:
            s.recv(4096)
            s.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n")
    return talk


def certificates(d):
    """Ports of HTTPS servers with what is wrong in their certificates."""
    stand_in.make_certificates(d)
    ports = {}
    for name, subject, days in (("expired", "DNS:localhost", "-1"),
                                ("name", "DNS:elsewhere.example", "30")):
        with open(f"{d}/ext", "w", encoding="ascii") as f:
            f.write(f"subjectAltName={subject}\n")
        stand_in.openssl(
            "x509", "-req", "-in", f"{d}/server.csr", "-CA", f"{d}/ca.pem",
            "-CAkey", f"{d}/ca.key", "-CAcreateserial", "-extfile", f"{d}/ext",
            "-out", f"{d}/server.crt", "-days", days)
        with open(f"{d}/server.pem", "wb") as out:
            for part in ("server.key", "server.crt"):
                with open(f"{d}/{part}", "rb") as f:
                    out.write(f.read())
        ports[name] = listen(tls(stand_in.server_context(d)))
    with open(f"{d}/server.pem", "wb") as out:
        for part in ("other.key", "other.pem"):
            with open(f"{d}/{part}", "rb") as f:
                out.write(f.read())
    ports["nobody"] = listen(tls(stand_in.server_context(d)))
    return ports


class Home:
    def __init__(self, ir, where):
        self.prog, self.dir, self.home = ir, where, where + "/home"
        self.err = ""

    def ir(self, *words, text=None, may=(0,)):
        env = {"PATH": os.environ["PATH"], "LANG": "en_US.UTF-8",
               "HOME": self.dir, "IR_HOME": self.home, "IR_AS": "sato"}
        done = subprocess.run([self.prog, *words], env=env, timeout=100,
                              input=text or "", text=True, capture_output=True,
                              check=False)
        self.err = done.stderr
        if done.returncode not in may:
            sys.exit(f"ir {' '.join(words)}: exit {done.returncode}\n"
                     f"{done.stdout}{done.stderr}")
        return done.stdout


# channel: the words that say what is wrong, seconds until they are there
WANT = {"dns": ("nobody said in time where it is (DNS)", 12),
        "dnsmail": ("nobody said in time where it is (DNS)", 12),
        "mute": ("no answer in time", 12),
        "drip": ("no answer in time", 12),
        "mutemail": ("no answer in time", 12),
        "dripmail": ("no answer in time", 12),
        "expired": ("its certificate has expired", 12),
        "name": ("its certificate is for another name", 12),
        "nobody": ("its certificate is not trusted", 12),
        "bare": ("TLS", 12)}


def channels(where, taken):
    certs = certificates(where)

    def good(c):
        while (data := c.recv(65536)):
            taken.append((time.monotonic(), data))
            c.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n")
    with open(f"{where}/ca.pem", encoding="ascii") as f:
        ca = f.read().replace("\n", "\\n")
    urls = {"dns": "https://hooks.example.org/x",
            "mute": f"http://127.0.0.1:{listen(mute)}/x",
            "drip": f"http://127.0.0.1:{listen(drip)}/x",
            "good": f"http://127.0.0.1:{listen(good)}/x"}
    urls |= {n: f"https://localhost:{p}/x" for n, p in certs.items()}
    hosts = {"dnsmail": ("mail.example.org", 587, "starttls"),
             "mutemail": ("127.0.0.1", listen(mute), "loopback"),
             "dripmail": ("127.0.0.1", listen(drip_mail), "loopback"),
             "bare": ("127.0.0.1", listen(bare_mail), "starttls")}
    rows = [f'{{ id = "{n}", plugin = "webhook", title = {{ en = "{n}", ja = '
            f'"{n}" }}, config = {{ url = {{ secret = "{n}" }}, timeout = "4s"'
            + (f', ca = "{ca}"' if n in certs else "") + " } }"
            for n in urls]
    rows += [f'{{ id = "{n}", plugin = "smtp", title = {{ en = "{n}", ja = '
             f'"{n}" }}, config = {{ host = "{h}", port = {p}, tls = "{t}", '
             f'from = "ir@example.org", timeout = "4s" }} }}'
             for n, (h, p, t) in hosts.items()]
    return urls, rows


def make(h, taken):
    urls, rows = channels(h.dir, taken)
    people = [(n, f'{{ "{n}", "x@example.org" }}') for n in WANT]
    people += [("quick", '{ "good", "quick" }')]
    people += [(f"both{i}", f'{{ "mute", "{i}" }}, {{ "good", "both{i}" }}')
               for i in range(EACH)]
    h.ir("init", "--org", "Minato Airport", "--person", "Sato", "--runbooks",
         os.path.join(HERE, "../lua/site"), "--no-git")
    path = h.home + "/site/runbooks/contacts.lua"
    with open(path, encoding="utf-8") as f:
        text = f.read()
    text = text.replace("people = {", "people = {" + "".join(
        f'{{ id = "{n}", name = {{ en = "{n}", ja = "{n}" }}, language = "en", '
        f'channels = {{ {ways} }} }},\n' for n, ways in people), 1)
    text = text.replace("partners = {", "channels = {" + ",\n".join(rows) +
                        "},\n partners = {", 1)
    with open(path, "w", encoding="utf-8") as f:
        f.write(text)
    for n, url in urls.items():
        h.ir("channel", "secret", n, text=url + "\n")
    h.ir("release", "make")
    h.ir("release", "approve")
    return [n for n, _ in people]


def ways(h):
    """Of each contact: channel, outcome and what was said of it."""
    got = json.loads(h.ir("--json", "comms", "status", may=(0, 2)))[0]["to"]
    return {x["contact"]: [(w["channel"], w["outcome"], w["detail"] or "")
                           for w in x["ways"]] for x in got}


def trial(h):
    taken = []
    people = make(h, taken)
    begin = time.monotonic()
    h.ir("notify", ",".join(people), "Assemble in 3F")
    missing = dict(WANT)
    both = {}
    took = {}
    while time.monotonic() - begin < 45 and (missing or len(both) < EACH):
        time.sleep(0.3)
        now = time.monotonic() - begin
        state = ways(h)
        for n in list(missing):
            said = [w for w in state[n] if w[1] == "failed"]
            if said:
                words, limit = missing.pop(n)
                took[n] = now
                print(f"{n}: {now:.1f} s: {said[0][2]}")
                if words not in said[0][2] or now > limit:
                    sys.exit(f"{n} after {now:.1f} s, at most {limit}: {said}")
        for i in range(EACH):
            if state[f"both{i}"][1][1] == "handed-over":
                both.setdefault(i, now)
    quick = [t - begin for t, data in taken if b"quick" in data]
    print(f"quick: {quick}; second ways: {sorted(both.values())}")
    if missing or len(quick) != 1 or quick[0] > 8:
        sys.exit(f"not said: {missing}; the channel that works: {quick}")
    if len(both) < EACH or max(both.values()) > 30:
        sys.exit(f"they wait behind others: {both}")


def main():
    ir = os.path.abspath(sys.argv[1])
    if len(sys.argv) == 2:  # in a world of its own where no resolver answers
        with tempfile.TemporaryDirectory() as where:
            with open(where + "/resolv.conf", "w", encoding="ascii") as f:
                f.write("nameserver 127.0.0.1\n")
            world = unshare("--mount", "--net")
            if subprocess.run([*world, "true"], check=False).returncode != 0:
                sys.exit(77)  # no namespaces here
            done = subprocess.run(
                [*world, "sh", "-ec", 'ip link set lo up\nmount --bind "$1" '
                 '/etc/resolv.conf\nshift\nexec "$@"', "sh",
                 where + "/resolv.conf", sys.executable, __file__, ir, where],
                check=False)
            sys.exit(done.returncode)
    hole = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    hole.bind(("127.0.0.1", 53))
    h = Home(ir, sys.argv[2])
    try:
        trial(h)
    finally:
        while (pid := holder.holder(h.home)) is not None:
            os.kill(pid, signal.SIGKILL)
            time.sleep(0.1)
        shutil.rmtree(h.home, ignore_errors=True)


main()
