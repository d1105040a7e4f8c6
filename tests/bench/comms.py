#!/usr/bin/env python3
"""Messages to people: how long from `ir notify` until one is in the hands of a
channel that answers, while six others hang; how long 1,000 and 10,000 people
take by a webhook and by SMTP, from `ir notify` until the last one is taken,
beside a loop of libcurl in C that does nothing but hand over as many on one
connection; the largest resident set of the sender and of its worker meanwhile;
and what commands take in an incident with 1,000 and with 10,000 people in the
contacts, before an alert to all of them and after.

The servers are in this process, on the loopback, and take all there is."""
import glob
import os
import signal
import socketserver
import subprocess
import threading
import time

from bench import HERE, ROUNDS, Bench, Failed, main

MANY = 1000
MOST = 10000
HANG = 6
taken = []  # (when, what) of every message that a server took


class Web(socketserver.StreamRequestHandler):
    """HTTP/1.1, connections stay; what is asked of /hang is not answered."""

    def handle(self):
        while True:
            line, length = self.rfile.readline(), 0
            if not line:
                return
            while (h := self.rfile.readline()) not in (b"\r\n", b""):
                if h.lower().startswith(b"content-length:"):
                    length = int(h.split(b":")[1])
            body = self.rfile.read(length)
            if b"/hang" in line:
                time.sleep(3600)
            taken.append((time.perf_counter(), body))
            self.wfile.write(b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n")


class Mail(socketserver.StreamRequestHandler):
    """As much of RFC 5321 as a client needs."""

    def handle(self):
        self.wfile.write(b"220 here\r\n")
        while line := self.rfile.readline():
            verb = line[:4].upper()
            if verb == b"DATA":
                self.wfile.write(b"354 go on\r\n")
                while self.rfile.readline() not in (b".\r\n", b""):
                    pass
                taken.append((time.perf_counter(), b""))
            self.wfile.write(b"221 bye\r\n" if verb == b"QUIT" else
                             b"250 ok\r\n")
            if verb == b"QUIT":
                return


class Server(socketserver.ThreadingTCPServer):
    allow_reuse_address = daemon_threads = True
    request_queue_size = 128


def serve(handler):
    server = Server(("127.0.0.1", 0), handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    return server.server_address[1]


CONTACTS = """
local people, channels, audiences = {}, {}, {}
local function channel(id, plugin, config)
  channels[#channels + 1] = { id = id, plugin = plugin, config = config,
                              title = { en = id, ja = id } }
end
local function person(id, way)
  people[#people + 1] = { id = id, name = { en = id, ja = id }, language = "ja",
    verified = "2026-10-01", channels = { { way, id .. "@example.org" } } }
end
local function post(path) return { secret = path } end
for i = 0, HANG - 1 do
  channel("hang" .. i, "webhook", { url = post("hang"), timeout = "50s" })
  person("slow" .. i, "hang" .. i)
end
channel("fast", "webhook", { url = post("fast") })
person("quick", "fast")
channel("web", "webhook", { url = post("web") })
channel("mails", "smtp", { host = "127.0.0.1", port = MAIL, tls = "loopback",
                           from = "ir@example.org" })
local members = {}
for i = 0, MANY - 1 do
  person("p" .. i, "WAY")
  members[#members + 1] = "p" .. i
end
audiences[#audiences + 1] = { id = "everybody", number = 90,
  title = { en = "All", ja = "全員" }, inside = true,
  may_know = { "what" }, releases = "commander", members = members }
"""


def release(b, way, web, mail, people=MANY):
    """Let the many be written to by that channel."""
    with open(os.path.join(HERE, "../torture/site/contacts.lua"), encoding="utf-8") as f:
        text = f.read()
    lua = CONTACTS
    for word, value in (("WAY", way), ("MAIL", mail), ("HANG", HANG),
                        ("MANY", people)):
        lua = lua.replace(word, str(value))
    text = text.replace("  audiences = {},", "  audiences = audiences,\n"
                        "  channels = channels,")
    head, rest = text.split("  people = {\n", 1)
    own, rest = rest.split("  },\n  roles", 1)
    text = (lua + "people[#people + 1] =\n" + own.strip().rstrip(",") + "\n" +
            head + "  people = people,\n  roles" + rest)
    with open(b.path("home", "site", "runbooks", "contacts.lua"), "w",
              encoding="utf-8") as f:
        f.write(text)
    b.call(b.ir, "release", "make")
    b.call(b.ir, "--as", "mori", "--yes", "release", "approve")


def senders(home):
    """The processes that send for this home, and their workers."""
    found = {}
    for path in glob.glob("/proc/[0-9]*/cmdline"):
        try:
            with open(path, "rb") as f:
                words = f.read().split(b"\0")
            with open(path.replace("cmdline", "status"), encoding="utf-8") as f:
                status = dict(line.split(":", 1) for line in f if ":" in line)
        except OSError:
            continue
        found[int(path.split("/")[2])] = (words, status)
    ours = {p for p, (w, _) in found.items()
            if home.encode() in w and b"comms" in w and b"send" in w}
    work = {p for p, (w, s) in found.items()
            if int(s.get("PPid", "0")) in ours and b"ir-worker" in w[0]}
    return ours, work, found


def end_senders(home):
    for _ in range(100):
        ours = senders(home)[0]
        if not ours:
            return
        for pid in ours:
            try:
                os.kill(pid, signal.SIGTERM)
            except ProcessLookupError:
                pass
        time.sleep(0.1)
    raise Failed("a sender does not end")


def first_ms(b, home, cold):
    """From the start of `ir notify` until the fast channel has taken it."""
    if cold:
        end_senders(home)
    to = ",".join([f"slow{i}" for i in range(HANG)] + ["quick"])
    taken.clear()
    began = time.perf_counter()
    b.call(b.ir, "notify", to, "Assemble in 3F")
    while not taken:
        if time.perf_counter() - began > 30:
            raise Failed("the fast channel got nothing")
        time.sleep(0.0005)
    return (taken[0][0] - began) * 1000


def many(b, home, people):
    """Seconds until all are taken; KiB of the sender and of a worker."""
    end_senders(home)
    taken.clear()
    sender = worker = 0
    began = time.perf_counter()
    b.call(b.ir, "notify", "audience:everybody", "Assemble in 3F")
    while len(taken) < people:
        if time.perf_counter() - began > 300:
            raise Failed("%d of %d" % (len(taken), people))
        ours, work, found = senders(home)
        for p in ours | work:
            kib = int(found[p][1].get("VmHWM", "0 kB").split()[0])
            sender = max(sender, kib) if p in ours else sender
            worker = max(worker, kib) if p in work else worker
        time.sleep(0.05)
    took = taken[-1][0] - began
    end_senders(home)
    return took, sender, worker


def commands(b, what):
    """What a responder waits for."""
    ms = b.turns({name: lambda _, argv=argv: b.clock(b.ir, *argv)
                  for name, argv in (("next", ["next"]),
                                     ("note", ["note", "a line"]),
                                     ("status", ["status"]))}, max(3, ROUNDS // 8))
    for name, took in ms.items():
        b.row(f"ir {name}, {what}", took, "ms")


def most(b, home, web, mail):
    """As many people as a large site has."""
    b.call(b.ir, "--no-input", "start", "box", "fire", "--var", "host=fs1")
    commands(b, f"{MANY:,} people")
    for name in ("web", "mails"):
        began = time.perf_counter()
        release(b, name, web, mail, MOST)
        if name == "web":
            b.row(f"release with {MOST:,} people made, approved",
                  time.perf_counter() - began, "s")
            commands(b, f"{MOST:,} people")
        took, sender, worker = many(b, home, MOST)
        b.row(f"ir notify, {MOST:,} ({name})", took, "s")
        b.row("... resident, sender", sender / 1024, "MiB")
        b.row("... resident, worker", worker / 1024, "MiB")
        if name == "web":
            commands(b, f"{MOST:,} people, alert to all")
            began = time.perf_counter()
            # it ends with 2: those of the hanging channels are not reached
            subprocess.run([b.ir, "comms", "status"], env=b.env, check=False,
                           stdout=subprocess.DEVNULL)
            b.row(f"ir comms status, {MOST:,} people",
                  (time.perf_counter() - began) * 1000, "ms")


def bench():
    b = Bench("comms", "messages to people")
    web, mail = serve(Web), serve(Mail)
    home = b.env["IR_HOME"]
    rounds = max(3, ROUNDS // 8)
    b.call(b.ir, "init", "--org", "Minato Airport", "--person", "Ito",
           "--runbooks", os.path.join(HERE, "../torture/site"), "--no-git")
    b.call(b.ir, "release", "approve")
    b.call(b.ir, "member", "add", "Mori")
    b.env["IR_AS"] = "ito"
    for name in ("hang", "fast", "web"):
        b.call(b.ir, "channel", "secret", name,
               text=f"http://127.0.0.1:{web}/{name}\n")
    release(b, "web", web, mail)
    try:
        cold = [first_ms(b, home, True) for _ in range(rounds)]
        warm = [first_ms(b, home, False) for _ in range(rounds)]
        b.row("notify to hand-over, six hang, no sender", cold, "ms")
        b.row("... while a sender is at it", warm, "ms")
        for name, url in (("web", f"http://127.0.0.1:{web}/x"),
                          ("mails", f"smtp://127.0.0.1:{mail}")):
            if name == "mails":
                release(b, name, web, mail)
            plain = [b.clock(b.tool("curl-loop"), url, str(MANY)) / 1000
                     for _ in range(3)]
            ours = [many(b, home, MANY) for _ in range(3)]
            floor = sorted(plain)[1]
            b.row(f"libcurl alone, {MANY:,} ({name})", plain, "s")
            b.row(f"ir notify, {MANY:,} ({name})", [o[0] for o in ours], "s",
                  "libcurl", sorted(o[0] for o in ours)[1] / floor)
            b.row("... resident, sender", max(o[1] for o in ours) / 1024, "MiB")
            b.row("... resident, worker", max(o[2] for o in ours) / 1024, "MiB")
        most(b, home, web, mail)
    finally:
        end_senders(home)
    b.done()


if __name__ == "__main__":
    main(bench)
