#!/usr/bin/env python3
"""The channel imap against dovecot: it finds the trial messages of a mailbox,
each once, and leaves other mail alone.

    channel_imap.py IR
"""
import json
import os
import socket
import subprocess
import sys

sys.path.insert(0, os.path.join(os.path.dirname(os.path.realpath(__file__)),
                                "../tools"))
import channel_try  # noqa: E402
import mailbox  # noqa: E402
import stand_in  # noqa: E402


def put(t, name, subject):
    """A mail as a mail server puts it into a Maildir."""
    box = f"{t.dir}/box/new"
    os.makedirs(box, exist_ok=True)
    with open(f"{box}/{name}", "w", encoding="utf-8") as f:
        f.write(f"From: Ir <ir@minato.example>\nSubject: {subject}\n"
                f"Message-ID: <{name}@minato.example>\n"
                "Date: Sat, 21 Nov 2026 03:00:00 +0900\n\nsecret text\n")


def flood(t, conf):
    """Mails by the hundred that look like trial messages hide no real one."""
    with open(t.plugin, encoding="utf-8") as f:
        source = f.read()
    conf = {"tls": "tls", "folder": "INBOX", **conf}
    rules = {k: {"type": "int" if k == "port" else "text"} for k in conf}
    req = {"do": "channel", "op": "receive", "lang": "en", "rules": rules,
           "name": "channel/imap", "needs": ["imap"], "msgs": [],
           "source": source, "config": conf}
    worker = os.path.join(os.path.dirname(t.ir), "ir-worker")
    found, state = [], None
    for _ in range(3):
        done = subprocess.run([worker], input=json.dumps(req).encode(),
                              capture_output=True, timeout=60)
        lines = [json.loads(x) for x in done.stdout.splitlines()]
        t.check("a look", lines and "done" in lines[-1], lines)
        if state is None: # the first look is at what was there before
            put(t, "4.a.x", "ir-canary cccc3333")
            for i in range(300):
                put(t, f"{i + 5:03}.b.x", f"ir-canary {i}")
        state = req["state"] = lines[-1]["done"].get("state")
        found += [x["received"]["text"] for x in lines if "received" in x]
    t.check("behind a flood", "ir-canary cccc3333" in found and
            len(found) == 303 and len(set(found)) == 303, len(found))


def received(t, conf):
    return t.run(conf, more=["--receive"])


def main(t):
    stand_in.make_certificates(t.dir)
    put(t, "1.a.x", "Offer of the week")
    put(t, "2.a.x", "ir-canary aaaa1111")
    put(t, "3.a.x", "ir-canary\n bbbb2222")
    box = mailbox.Box(t, f"{t.dir}/box")
    conf = {"host": "localhost", "port": box.tls, "user": "ir",
            "password": "geheim", "ca": t.read("ca.pem")}
    for what, more in (("IMAPS", {}),
                       ("STARTTLS", {"tls": "starttls", "port": box.plain})):
        got = received(t, {**conf, **more})
        t.check(what, got.get("check", {}).get("ok"), (got, box.said()))
        texts = [m.get("text") for m in got.get("receive", [])]
        t.check(f"{what}: what is found",
                texts == ["ir-canary aaaa1111", "ir-canary bbbb2222"], texts)
    got = received(t, conf)["receive"][0]
    t.check("whose it is", got["from"] == "Ir <ir@minato.example>" and
            got["ref"] == "<2.a.x@minato.example>", got)
    t.check("no text is read", "secret text" not in str(got))
    t.says("it sends nothing", t.send(conf, "x@y"), "only reads", "refused")
    wrong = {**conf, "password": "hunter2hunter2"}
    got = t.run(wrong)
    t.says("password", got["check"], "user name or the password")
    t.check("it is not told", "hunter2" not in str(got), got)
    t.check("in Japanese", "パスワード" in
            t.run(wrong, lang="ja")["check"]["error"])
    for what, ca, said in (
            ("another CA", t.read("other.pem"), "not trusted"),
            ("no CA", None, channel_try.UNTRUSTED)):
        c = {k: v for k, v in {**conf, "ca": ca}.items() if v is not None}
        t.says(what, t.run(c)["check"], said)
    t.check("plain to this machine", t.run(
        {**conf, "port": box.plain, "tls": "loopback"})["check"]["ok"])
    t.says("plain to elsewhere",
           t.run({**conf, "tls": "loopback",
                  "host": "mail.example.net"})["check"], "without TLS")
    t.says("nobody there",
           t.run({**conf, "port": channel_try.free_port()})["check"],
           "nobody answers")
    t.check("no such folder", "error" in
            t.run({**conf, "folder": "Nowhere"})["check"])
    for folder in ("a b", "INBOX;UID=1", "INBOX?ALL", "/x"):
        got = t.run({**conf, "folder": folder})
        t.check(f"folder {folder!r}", "error" in got.get("check", {}) or
                "config.folder" in str(got), got)
    flood(t, conf)
    with socket.create_server(("127.0.0.1", 0)) as mute:
        t.says("says nothing",
               t.run({**conf, "port": mute.getsockname()[1],
                      "timeout": "1s"})["check"], "no answer in time")


if __name__ == "__main__":
    if not os.path.exists(mailbox.DOVECOT):
        print("dovecot-imapd is not installed: not tried")
        sys.exit(77)
    sys.exit(channel_try.Try("imap").main(main))
