#!/usr/bin/env python3
"""A call on one device, the answer on another: whoever is called accepts on
their own device, and the tally that stands on the caller's terminal follows,
says that the goal is met, and ends with 0. One who declines makes the next
one's turn begin; a call without a terminal is met just so.
"""
import os
import pty
import select
import subprocess

import net

TREES = """  trees = {
    { id = "two", title = { en = "Two", ja = "二人" },
      say = { en = "Can you come?", ja = "来られますか。" },
      levels = { { "role:pair" } }, wait = "20m", goal = "one" },
"""
ROLE = """  roles = {
    { id = "pair", title = { en = "Pair", ja = "二人組" },
      holders = { "mori", "kato" }, wait = "15m" },
"""


class Live:
    """`ir call` on a terminal of its own."""

    def __init__(self, device, tree):
        main, other = pty.openpty()
        env = dict(device.env, TERM="xterm", LANG="en_US.UTF-8", COLUMNS="80",
                   LINES="30")
        self.process = subprocess.Popen(
            [device.site.ir, "-C", device.home, "--lang", "en", "call", tree],
            env=env, stdin=other, stdout=other, stderr=other,
            start_new_session=True)
        os.close(other)
        self.main, self.text = main, ""

    def read(self):
        while select.select([self.main], [], [], 0)[0]:
            try:
                got = os.read(self.main, 65536)
            except OSError:
                break
            if not got:
                break
            self.text += got.decode("utf-8", "replace")
        return self.text

    def shows(self, words):
        return lambda: words in self.read()

    def end(self):
        rc = self.process.wait(20)
        self.read()
        os.close(self.main)
        return rc


def contacts(first):
    path = os.path.join(first.home, "site/runbooks/contacts.lua")
    with open(path, encoding="utf-8") as f:
        text = f.read()
    for person, member in (("mori", "p2"), ("kato", "p3")):
        text = text.replace(f'{{ id = "{person}", name',
                            f'{{ id = "{person}", member = "{member}", name')
    text = text.replace("  trees = {\n", TREES).replace("  roles = {\n", ROLE)
    assert 'member = "p3"' in text and '"pair"' in text and '"two"' in text
    with open(path, "w", encoding="utf-8") as f:
        f.write(text)
    first.ir("--yes", "release", "make")
    first.ir("--yes", "release", "approve")


def seat(device):
    call = device.json("call", "status", "two")[0]
    return call, call["levels"][0]["seats"][0]


def answers(site, a, b, c):
    live = Live(a, "two")
    site.wait("the call stands on the terminal", live.shows("Call: Two"), 10)
    site.wait("the first of the seat is to be dialled",
              live.shows("Now by hand: Mori Daisuke"), 10)
    alert = a.json("call", "status", "two")[0]["id"]
    site.wait("the call is on both other devices",
              lambda: all(alert in d.ids() for d in (b, c)))
    b.ir("ack", alert[:8], "--decline")
    site.wait("a no on another device begins the next one's turn",
              live.shows("Now by hand: Kato Aya"), 10)
    assert live.process.poll() is None
    c.ir("ack", alert[:8], "--accept")
    site.wait("a yes there ends it here", lambda: live.process.poll()
              is not None or live.shows("Goal met")(), 10)
    rc = live.end()
    assert rc == 0, f"exit {rc}\n{live.text[-2000:]}"
    assert "Goal met. Who can come: Kato" in live.text, live.text[-2000:]
    assert "(signed)" in live.text
    for d in (a, b, c):
        site.wait(f"{d.name} says the same",
                  lambda d=d: seat(d)[0]["state"] == "met"
                  and seat(d)[1]["taken_by"] == "kato"
                  and not seat(d)[1]["people"][1]["claim"])


def without_terminal(site, a, b):
    p = a.ir_raw("--no-input", "--json", "call", "two", "--text", "Once more")
    assert p.returncode == 0, p.stderr
    alert = a.json("call", "status", "two")[0]["id"]
    assert seat(a)[0]["state"] == "running"
    site.wait("the other has the next call", lambda: alert in b.ids())
    b.ir("ack", alert[:8], "--accept")
    site.wait("and it is met here", lambda: seat(a)[0]["state"] == "met")
    p = a.ir_raw("--no-input", "call", "status", "two")
    assert p.returncode == 0 and "can come" in p.stdout, p.stdout


def scenario(site):
    net.bridge("br0")
    a, b, c = (site.add(i, bridge_name="br0") for i in range(1, 4))
    init, made = a.ir, []

    def with_contacts(*words):
        out = init(*words)
        if words[:3] == ("--yes", "release", "approve") and not made:
            made.append(True)
            contacts(a)
        return out

    a.ir = with_contacts
    site.enrol()
    a.ir = init
    net.stick(site, a, b)
    net.stick(site, a, c)
    a.ir("--no-input", "start", "flight-information", "ransomware")
    for d in site.devices:
        d.start()
    site.wait("all know the incident", lambda: site.equal(site.devices))
    answers(site, a, b, c)
    without_terminal(site, a, b)
    site.wait("they hold the same", lambda: site.equal(site.devices))
    site.check(site.devices)
    for d in site.devices:
        assert d.stop() == 0


if __name__ == "__main__":
    net.main(scenario)
