#!/usr/bin/env python3
"""Thousands of people: taken out of a table, released in parts, written to by
a webhook, each once; what is shown stays short.

    many.py IR
"""
import json
import os
import shutil
import signal
import socketserver
import subprocess
import sys
import tempfile
import threading
import time

HERE = os.path.dirname(os.path.realpath(__file__))
sys.path.insert(0, os.path.join(HERE, "../tools"))
import holder  # noqa: E402

MANY = 3000
LANG = "en_US.UTF-8"


class Web(socketserver.StreamRequestHandler):
    """HTTP/1.1: takes all, but refuses who ends in 7 the first time."""
    taken = {}
    lock = threading.Lock()

    def handle(self):
        while line := self.rfile.readline():
            length = 0
            while (h := self.rfile.readline()) not in (b"\r\n", b""):
                if h.lower().startswith(b"content-length:"):
                    length = int(h.split(b":")[1])
            msg = json.loads(self.rfile.read(length))
            who = msg["id"].split("/")[1]
            with self.lock:
                ids = self.taken.setdefault(who, [])
                late = who.endswith("7") and not ids
                ids.append("late" if late else msg["id"])
            self.wfile.write(b"HTTP/1.1 %s\r\nContent-Length: 0\r\n\r\n" %
                             (b"503 Later" if late else b"200 OK"))
        del line


class Server(socketserver.ThreadingTCPServer):
    allow_reuse_address = daemon_threads = True


class Home:
    def __init__(self, ir, where):
        self.prog, self.dir, self.home = ir, where, where + "/home"
        self.out = self.err = ""

    def ir(self, *words, text=None, may=(0,)):
        env = {"PATH": os.environ["PATH"], "LANG": LANG, "HOME": self.dir,
               "IR_HOME": self.home, "IR_AS": "sato"}
        done = subprocess.run([self.prog, *words], env=env, timeout=100,
                              input=text or "", text=True, capture_output=True,
                              check=False)
        self.out, self.err = done.stdout, done.stderr
        if done.returncode not in may:
            sys.exit(f"ir {' '.join(words)}: exit {done.returncode}\n"
                     f"{self.out}{self.err}")
        return self.out


def need(yes, what):
    if not yes:
        sys.exit("not so: " + what)


def contacts(h, port):
    """People from a table; the site takes them in, and an audience of all."""
    with open(h.dir + "/book.csv", "w", encoding="utf-8") as f:
        f.write("id,name,mobile,mail\n")
        for i in range(MANY):
            f.write(f"p{i},Person {i},090-{i // 10000:04}-{i % 10000:04},"
                    f"p{i}@example.org\n")
    site = h.home + "/site/runbooks/"
    h.ir("contacts", "import", h.dir + "/book.csv", "--write")
    need(f"{MANY} new, 0 changed" in h.out, "everybody is new")
    need(f"and {MANY - 200} more (all of them: --json)" in h.out, "cut short")
    with open(site + "contacts.lua", encoding="utf-8") as f:
        text = f.read()
    head, rest = text.split("people = {", 1)
    text = head + 'people = require("lib.imported").with {' + rest
    head, rest = text.split("audiences = {", 1)
    text = (head + 'audiences = { { id = "everybody", number = 900, title = '
            '{ en = "All", ja = "全員" }, inside = true, may_know = { "what" }, '
            'releases = "commander", members = require("lib.imported").ids '
            '{ "ito" } },' + rest)
    text = text.replace("  partners = {", '  channels = { { id = "sms", plugin '
                        '= "webhook", title = { en = "Web", ja = "ウェブ" }, '
                        'config = { url = { secret = "web" } } } },\n'
                        "  partners = {", 1)
    with open(site + "contacts.lua", "w", encoding="utf-8") as f:
        f.write(text)
    h.ir("channel", "secret", "web", text=f"http://127.0.0.1:{port}/\n")
    h.ir("contacts", "import", h.dir + "/book.csv", "--write")
    need(f"0 new, 0 changed, {MANY} as they were" in h.out, "known again")
    h.ir("contacts", "lint")
    need(f"unverified: and {MANY - 50} more" in h.out, "notes are counted")
    need(len(h.out.splitlines()) < 100, "lint stays short")
    h.ir("release", "make")
    h.ir("release", "approve")


def everybody(h):
    h.ir("--json", "contacts", "list", "people")
    ids = [p["id"] for p in json.loads(h.out)]
    need(len(set(ids)) == len(ids) and set(ids) >= {f"p{i}" for i in
                                                    range(MANY)}, "all listed")
    h.ir("contacts", "show", f"p{MANY - 1}")
    need(f"Person {MANY - 1}" in h.out, "one of them is found")
    h.ir("contacts", "show", "p-nobody", may=(66,))


def send(h):
    h.ir("notify", "audience:everybody", "Assemble in 3F")
    need("and 2994 more" in h.err, "some are named, all are counted")
    until = time.monotonic() + 60
    while time.monotonic() < until and len(Web.taken) < MANY:
        time.sleep(0.1)
    time.sleep(0.5)
    late = [w for w, ids in Web.taken.items() if ids == ["late"]]
    h.ir("comms", "status", may=(0, 2))
    need(f"{MANY + 1} recipients" in h.out, "they are counted")
    need(f"being sent: {len(late)}" in h.out, "who is to be tried again")
    need(f"no answer: {MANY - len(late)}" in h.out, "who has got it")
    need("by hand: 1" in h.out and "Ito" in h.out, "who is to be called")
    need(len(h.out.splitlines()) < 150, "the status stays short")
    h.ir("comms", "status", "--all", may=(0, 2))
    need(len(h.out.splitlines()) > MANY, "everybody is listed")
    h.ir("--json", "comms", "status", may=(0, 2))
    one = json.loads(h.out)[0]
    need(one["counts"]["trying"] == len(late) and one["counts"]["by_hand"] == 1
         and one["counts"]["silent"] == MANY - len(late) and
         len(one["to"]) == MANY + 1, "the counts as JSON")
    for who in (f"p{i}" for i in range(MANY)):
        ids = Web.taken.get(who, [])
        want = ["late"] if who.endswith("7") else ids[:1]
        need(len(ids) == 1 and ids == want, f"{who} got it once: {ids}")


def too_large(h):
    """One clear line says what exceeds."""
    path = h.home + "/site/runbooks/contacts.lua"
    with open(path, "r+", encoding="utf-8") as f:
        text = f.read()
        f.write("-- \n" * (2 << 20))
    h.ir("runbook", "lint", may=(2,))
    need("contacts.lua:0: : is larger than 8 MiB" in h.out + h.err or
         "is larger than 8 MiB" in h.out + h.err, "too large is said")
    with open(path, "w", encoding="utf-8") as f:
        f.write(text)


def main():
    with tempfile.TemporaryDirectory() as where:
        h = Home(os.path.abspath(sys.argv[1]), where)
        server = Server(("127.0.0.1", 0), Web)
        threading.Thread(target=server.serve_forever, daemon=True).start()
        h.ir("init", "--org", "Minato Airport", "--person", "Sato",
             "--runbooks", os.path.join(HERE, "../lua/site"), "--no-git")
        h.ir("release", "approve")
        try:
            contacts(h, server.server_address[1])
            everybody(h)
            send(h)
            too_large(h)
        finally:
            pid = holder.holder(h.home)
            if pid is not None:
                os.kill(pid, signal.SIGTERM)
            while holder.holder(h.home) is not None:
                time.sleep(0.05)
            shutil.rmtree(h.home)


main()
