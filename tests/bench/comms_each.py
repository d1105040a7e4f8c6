#!/usr/bin/env python3
"""From `ir notify` until the message is in the hands of each channel, one after
the other, while every other channel hangs: for each plugin there is one channel
that works and one that takes what it is given and never answers.

What takes is in this process: HTTP, SMTP and syslog on the loopback, a modem on
a pseudo-terminal; for `print` and `terminal` small programs stand in the places
of lp(1) and write(1). The floor is what `command` takes: a program that is
started and done."""
import os
import socket
import sys
import threading
import time

from bench import HERE, ROUNDS, Bench, Failed, main
from comms import Mail, Server, Web, end_senders, serve, taken

sys.path.insert(0, os.path.join(HERE, "../tools"))
from sms_modem import Modem  # noqa: E402

NUMBER = "+819012345678"
PROGRAMS = {"took": "cat >/dev/null\n: >\"$1\"\n",
            "hang": "exec sleep 600\n",
            "lp": "case $* in *hang*) exec sleep 600 ;; esac\n"
                  "cat >/dev/null\n: >DIR/print\necho 'request id is x-1'\n",
            "write": "case $* in *hang*) exec sleep 600 ;; esac\n"
                     "cat >/dev/null\n: >DIR/terminal\n",
            "who": "echo 'ito pts/1'\necho 'hang pts/2'\n"}


class Mute(Web):
    """Takes all and never says a word."""

    def handle(self):
        while self.request.recv(65536):
            pass


class Lines(Web):
    def handle(self):
        self.request.recv(65536)
        taken.append((time.perf_counter(), b"syslog"))


def udp():
    s = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    s.bind(("127.0.0.1", 0))

    def read():
        while True:
            s.recv(65536)
            taken.append((time.perf_counter(), b"udp"))
    threading.Thread(target=read, daemon=True).start()
    return s.getsockname()[1]


def lua(value):
    if isinstance(value, str):
        return '"%s"' % value
    if isinstance(value, list):
        return "{ " + ", ".join(map(lua, value)) + " }"
    if isinstance(value, dict):
        return "{ " + ", ".join(f"{k} = {lua(v)}" for k, v in value.items()) + " }"
    return str(value).lower()


class Channels:
    """Two of each plugin, in DIR: NAME works, NAME-hang does not answer."""

    def __init__(self, b):
        self.b, self.dir = b, b.path("stand-ins")
        self.secrets = {"token": "t0"}
        os.makedirs(self.dir)
        for name, text in PROGRAMS.items():
            with open(self.file(name + ".sh"), "w", encoding="utf-8") as f:
                f.write("#!/bin/sh\n" + text.replace("DIR", self.dir))
            os.chmod(self.file(name + ".sh"), 0o755)
        self.modem, self.dead = Modem(), Modem(mute=True)
        web, mute = serve(Web), serve(Mute)
        lines = serve(Lines)
        self.all = {}  # name: (plugin, config, address, hanging config)
        token = {"secret": "token"}
        for plugin, key in (("webhook", "url"), ("slack", "url"),
                            ("mattermost", "url"), ("teams", "url"),
                            ("ntfy", "server"), ("line", "api"),
                            ("sms-gateway", "url")):
            good, bad = f"{plugin}-url", f"{plugin}-mute"
            self.secrets[good] = f"http://127.0.0.1:{web}/{plugin}"
            self.secrets[bad] = f"http://127.0.0.1:{mute}/{plugin}"
            plain = plugin in ("ntfy", "line", "sms-gateway")
            more = {"token": token} if plugin == "line" else {}
            self.add(plugin, plugin, NUMBER if plugin == "sms-gateway" else "ops",
                     {key: self.secrets[good] if plain else {"secret": good}, **more},
                     {key: self.secrets[bad] if plain else {"secret": bad}, **more})
        smtp = {"host": "127.0.0.1", "tls": "loopback", "from": "ir@example.org"}
        self.add("smtp", "smtp", "ito@example.org", {**smtp, "port": serve(Mail)},
                 {**smtp, "port": mute})
        log = {"host": "127.0.0.1"}
        hang = {**log, "transport": "tls", "port": mute}
        self.add("syslog-udp", "syslog", "soc", {**log, "port": udp()}, hang)
        self.add("syslog-tcp", "syslog", "soc",
                 {**log, "transport": "tcp", "port": lines}, hang)
        self.add("sms-modem", "sms-modem", NUMBER,
                 {"device": self.modem.device}, {"device": self.dead.device})
        self.add("command", "command", "ito",
                 {"program": self.file("took.sh"), "args": [self.file("command")]},
                 {"program": self.file("hang.sh"), "args": []})
        programs = {n: self.file(n + ".sh") for n in ("write", "who")}
        self.add("terminal", "terminal", "ito", programs, programs)
        self.add("print", "print", "board", {"lp": self.file("lp.sh")},
                 {"lp": self.file("lp.sh")})

    def add(self, name, plugin, to, config, hanging):
        self.all[name] = (plugin, config, to, hanging)

    def file(self, name):
        return os.path.join(self.dir, name)

    def contacts(self):
        out = "local people, channels = {}, {}\n"
        for name, (plugin, config, to, hanging) in self.all.items():
            away = "hang" if plugin in ("terminal", "print") else to
            for kind, conf, where in (("", config, to), ("-hang", hanging, away)):
                out += "channels[#channels + 1] = " + lua(
                    {"id": name + kind, "plugin": plugin, "config": conf,
                     "title": {"en": name, "ja": name}}) + "\n"
                out += "people[#people + 1] = " + lua(
                    {"id": "p-" + name + kind, "name": {"en": name, "ja": name},
                     "language": "ja", "verified": "2026-10-01",
                     "channels": [[name + kind, where]]}) + "\n"
        return out

    def release(self):
        b = self.b
        for name, text in self.secrets.items():
            b.call(b.ir, "channel", "secret", name, text=text + "\n")
        path = b.path("home", "site", "runbooks", "contacts.lua")
        with open(path, encoding="utf-8") as f:
            text = f.read()
        head, rest = text.split("  people = {\n", 1)
        own, rest = rest.split("  },\n  roles", 1)
        with open(path, "w", encoding="utf-8") as f:
            f.write(self.contacts() + "people[#people + 1] =\n" +
                    own.strip().rstrip(",") + "\n" + head +
                    "  people = people,\n  channels = channels,\n  roles" + rest)
        b.call(b.ir, "release", "make")
        b.call(b.ir, "--as", "mori", "--yes", "release", "approve")

    def one_ms(self, home, name, cold):
        """From the start of `ir notify` until channel `name` has taken it."""
        if cold:
            end_senders(home)
        to = ",".join(["p-" + name] + [f"p-{other}-hang" for other in self.all
                                       if other != name])
        mark = self.file(name)
        if os.path.exists(mark):
            os.unlink(mark)
        taken.clear()
        sent = len(self.modem.sent)
        began = time.perf_counter()
        self.b.call(self.b.ir, "notify", to, "Assemble in 3F")
        while not (taken or len(self.modem.sent) > sent or os.path.exists(mark)):
            if time.perf_counter() - began > 30:
                raise Failed(f"{name} got nothing")
            time.sleep(0.0005)
        end = taken[0][0] if taken else time.perf_counter()
        return (end - began) * 1000


def bench():
    b = Bench("comms_each", "each channel while all others hang")
    home = b.env["IR_HOME"]
    rounds = max(3, ROUNDS // 13)
    b.call(b.ir, "init", "--org", "Minato Airport", "--person", "Ito",
           "--runbooks", os.path.join(HERE, "../torture/site"), "--no-git")
    b.call(b.ir, "release", "approve")
    b.call(b.ir, "member", "add", "Mori")
    b.env["IR_AS"] = "ito"
    channels = Channels(b)
    channels.release()
    try:
        for cold in (True, False):
            got = {name: [] for name in channels.all}
            for _ in range(rounds):
                for name in channels.all:
                    got[name].append(channels.one_ms(home, name, cold))
            floor = sorted(got["command"])[rounds // 2]
            for name, ms in got.items():
                b.row(f"{name}, {'no sender yet' if cold else 'sender at work'}",
                      ms, "ms", "command", sorted(ms)[rounds // 2] / floor)
    finally:
        end_senders(home)
    b.done()


if __name__ == "__main__":
    main(bench)
