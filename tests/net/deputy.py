#!/usr/bin/env python3
"""A device dies before it has sent its alert: another one sends it, once, and
says so; the first one comes back and sends nothing twice. Where the two are cut
off from each other both send, the same message under one id. A third that has
not the secret of the channel leaves it alone.
"""
import fcntl
import os
import signal
import sqlite3
import struct
import time

import net

F_OFD_SETLK = 37
CHANNEL = """  channels = {
    { id = "chat", plugin = "command", title = { en = "Chat", ja = "チャット" },
      config = { program = "%s", args = { "%s", "{to}", "{id}" } } },
  },
}
"""


class Held:
    """The sender of a device cannot run: somebody holds its lock."""

    def __init__(self, device):
        self.fd = os.open(os.path.join(device.home, "comms.lock"),
                          os.O_RDWR | os.O_CREAT, 0o600)
        for _ in range(200):
            try:
                fcntl.fcntl(self.fd, F_OFD_SETLK,
                            struct.pack("hhqqi", fcntl.F_WRLCK, 0, 0, 0, 0))
                return
            except OSError:
                time.sleep(0.05)
        raise SystemExit("a sender does not end")

    def free(self):
        os.close(self.fd)


def contacts(site, first):
    """Mori has a chat, which is a file of ours."""
    take = os.path.join(site.top, "take")
    sent = os.path.join(site.top, "sent")
    with open(take, "w", encoding="utf-8") as f:
        f.write("#!/bin/sh\ncat >/dev/null\n"
                "printf '%s|%s\\n' \"$2\" \"$3\" >>\"$1\"\n")
    os.chmod(take, 0o755)
    path = os.path.join(first.home, "site/runbooks/contacts.lua")
    with open(path, encoding="utf-8") as f:
        text = f.read()
    cut = text.index("  channels = {\n    --")
    text = text[:cut] + CHANNEL % (take, sent)
    text = text.replace('{ "phone", "050-0000-0104" }, { "sms", "050-0000-0104"'
                        ' },', '{ "chat", "mori" },')
    assert '"chat", "mori"' in text
    with open(path, "w", encoding="utf-8") as f:
        f.write(text)
    first.ir("--yes", "release", "make")
    first.ir("--yes", "release", "approve")
    return sent


def lines(path):
    if not os.path.exists(path):
        return []
    with open(path, encoding="utf-8") as f:
        return f.read().splitlines()


def senders(site):
    """Processes that send for a home of this test."""
    found = []
    for pid in filter(str.isdigit, os.listdir("/proc")):
        try:
            with open(f"/proc/{pid}/cmdline", "rb") as f:
                words = f.read().split(b"\0")
        except OSError:
            continue
        if b"comms" in words and b"send" in words and \
           any(w.startswith(site.top.encode()) for w in words):
            found.append(int(pid))
    return found


def looks_on(device, alert):
    """It has the alert, and counts the time that nobody sends it."""
    def cond():
        db = sqlite3.connect(f"file:{device.home}/ir.db?mode=ro", uri=True)
        row = db.execute("SELECT value FROM setting WHERE key = 'comms_seen'"
                         ).fetchone()
        db.close()
        return row is not None and alert[:16] in str(row[0])
    return cond


def attempts(device, alert):
    out = device.json("comms", "status", alert)
    return [w["outcome"] for w in out[0]["to"][0]["ways"]
            if w["channel"] == "chat"]


def died(site, a, b, sent):
    held = Held(a)
    alert = a.json("notify", "mori", "FS1 is down")["id"]
    site.wait("the other knows of the alert, and looks on", looks_on(b, alert))
    a.stop(signal.SIGKILL)
    assert lines(sent) == [], "it was sent at once"
    b.jump("+4m")
    site.wait("the other device sends it", lambda: len(lines(sent)) == 1, 40)
    site.wait("and has recorded that",
              lambda: attempts(b, alert) == ["handed-over"], 10)
    assert "in place of the one" in b.ir("comms", "status", alert)
    a.jump("+4m")
    held.free()
    a.start()
    site.wait("the first one is back and knows",
              lambda: attempts(a, alert) == ["handed-over"])
    time.sleep(8)
    assert len(lines(sent)) == 1, f"twice: {lines(sent)}"


def by_hand(site, a, b, sent):
    held = Held(a)
    before = len(lines(sent))
    alert = a.json("notify", "mori", "FS2 is down")["id"]
    site.wait("the other knows of the next", looks_on(b, alert))
    p = b.ir_raw("alert", "resend", alert[:8])
    assert p.returncode == 77 and "comms take" in p.stderr, p.stderr
    p = a.ir_raw("comms", "take", alert[:8])
    assert p.returncode == 1, p.returncode
    for d in (a, b):
        d.jump("+255s")
    assert "in place of" in b.ir("comms", "take", alert[:8])
    site.wait("told to, it sends at once",
              lambda: len(lines(sent)) == before + 1, 10)
    site.wait("and the first one knows",
              lambda: attempts(a, alert) == ["handed-over"])
    held.free()
    time.sleep(7)
    assert len(lines(sent)) == before + 1, f"twice: {lines(sent)}"


def cut_off(site, a, b, sent):
    before = len(lines(sent))
    held = Held(a)
    alert = a.json("notify", "mori", "FS3 is down")["id"]
    site.wait("the other knows of the third", looks_on(b, alert))
    a.link(False)
    b.jump("+12m")
    site.wait("each side of the cut sends",
              lambda: len(lines(sent)) == before + 1, 40)
    held.free()
    site.wait("...so twice,", lambda: len(lines(sent)) == before + 2, 15)
    one, two = lines(sent)[-2:]
    assert one == two, f"not the same message: {one} {two}"
    print("        under one id")
    a.link(True)
    site.wait("and then both know of both",
              lambda: all(attempts(d, alert) == ["handed-over"]
                          for d in (a, b)))
    time.sleep(1)
    assert len(lines(sent)) == before + 2


def scenario(site):
    net.bridge("br0")
    a = site.add(1, bridge_name="br0", clock="+0")
    b = site.add(2, bridge_name="br0", clock="+0")
    first_sent = []
    init = a.ir

    def made(*words):  # the contacts before the others join
        out = init(*words)
        if words[:2] == ("--yes", "release") and not first_sent:
            first_sent.append(None)
            first_sent[0] = contacts(site, a)
        return out

    a.ir = made
    site.enrol()
    a.ir = init
    sent = first_sent[0]
    a.ir("--no-input", "start", "flight-information", "ransomware")
    for d in (a, b):
        d.start()
    site.wait("both know the incident", lambda: site.equal([a, b]))
    try:
        died(site, a, b, sent)
        by_hand(site, a, b, sent)
        cut_off(site, a, b, sent)
        site.check([a, b])
        for d in (a, b):
            assert d.stop() == 0
    finally:
        for pid in senders(site):
            os.kill(pid, signal.SIGKILL)


if __name__ == "__main__":
    net.main(scenario)
