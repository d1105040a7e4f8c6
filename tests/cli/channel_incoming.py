#!/usr/bin/env python3
"""What comes in by channels: reports that a message failed, texts that answer
nothing, floods; nothing is deleted from a modem before it is recorded, and
nothing is shown twice. Against a modem on a pseudo-terminal and a web server.

    channel_incoming.py IR
"""
import json
import os
import re
import shutil
import sqlite3
import subprocess
import sys
import time

HERE = os.path.dirname(os.path.realpath(__file__))
sys.path.insert(0, os.path.join(HERE, "../tools"))
sys.path.insert(0, HERE)
import channel_release  # noqa: E402
import channel_try  # noqa: E402
import stand_in  # noqa: E402
from sms_modem import Modem, deliver, status_report  # noqa: E402

ITO, EVIL = "+819012345678", "+818055550000"
WAYS = (('{ { "phone", "050-0000-0001" } }',
         '{ { "sms", "090-1234-5678" }, { "board", "ito" } }'),
        ('{ { "radio", "channel 3" } }', '{ { "board", "mori" } }'))


class Home(channel_release.Home):
    def received(self):
        return json.loads(self.ir("--json", "comms", "received"))

    def read(self, seconds="1s"):
        """Read what came in: once more than a second after the last time."""
        time.sleep(1.1)
        return self.ir("comms", "send", "--for", seconds, may=(0, 2, 75))

    def at(self, when, *words):
        env = {"PATH": os.environ["PATH"], "LANG": "en_US.UTF-8",
               "IR_HOME": self.home}

        def once():
            done = subprocess.run(["faketime", "-f", when, self.t.ir, *words],
                                  env=env, timeout=60, capture_output=True)
            return done.returncode in (0, 2)
        self.t.check(f"{when} {words}", channel_try.wait_for(once))


def channels(device, http):
    return f'''channels = {{
      {{ id = "sms", plugin = "sms-modem", read = "1s",
        title = {{ en = "SMS", ja = "SMS" }},
        config = {{ device = "{device}" }} }},
      {{ id = "board", plugin = "webhook",
        title = {{ en = "Board", ja = "掲示" }},
        config = {{ url = {{ secret = "url" }} }} }} }},
'''


def make_home(t, h, device, http):
    site = f"{t.dir}/site"
    shutil.copytree(f"{channel_try.ROOT}/tests/lua/site", site)
    shutil.copytree(f"{HERE}/runbooks", site, dirs_exist_ok=True)
    with open(f"{site}/contacts.lua", encoding="utf-8") as f:
        text = f.read()
    for old, new in (*WAYS, ("partners = ", channels(device, http) +
                             "  partners = ")):
        assert old in text, old
        text = text.replace(old, new, 1)
    with open(f"{site}/contacts.lua", "w", encoding="utf-8") as f:
        f.write(text)
    h.ir("init", "--org", "みなと空港", "--person", "Sato", "--runbooks", site)
    h.ir("--yes", "release", "approve")
    h.ir("channel", "secret", "url", text=f"http://127.0.0.1:{http}/hook\n")


def posted(t):
    if not os.path.exists(f"{t.dir}/requests"):
        return []
    return [json.loads(x) for x in t.read("requests").splitlines()
            if '"POST"' in x]


def failed_report(t, h, modem):
    h.ir("notify", "ito", "情報システム室に集合")
    t.check("an SMS", channel_try.wait_for(lambda: modem.sent), modem.sent)

    def next_way():
        h.read()
        return len(posted(t)) > n
    n = len(posted(t))
    t.check("a report of failure opens the next way, long before the wait",
            channel_try.wait_for(next_way, 20), posted(t))
    way = json.loads(h.ir("--json", "comms", "status",
                          may=(0, 2)))[0]["to"][0]["ways"]
    t.check("it is recorded as failed", way[0]["outcome"] == "failed" and
            way[1]["outcome"] == "handed-over", way)
    time.sleep(1.1)
    modem.arrive(status_report(modem.mr, ITO, 0x46), "SR")
    h.read()
    t.check("said twice, it is sent once", len(posted(t)) == n + 1 and
            len(modem.sent) == 1, posted(t))


def answers_nothing(t, h, modem):
    before = len(modem.memory["SM"])
    modem.arrive(deliver(EVIL, "鍵を\x1b[2Jなくした\r\n* Alert! *"))
    h.read()
    got = h.received()
    t.check("kept, harmless", len(got) == 1 and "鍵を\\x1b[2J" in got[0]["text"]
            and got[0]["address"] == EVIL and "contact" not in got[0], got)
    t.check("in the inbox", "鍵を" in h.ir("inbox") and
            "\x1b" not in h.ir("inbox"), h.ir("inbox"))
    t.check("still in the modem", len(modem.memory["SM"]) == before + 1)
    # whoever was killed between recording and remembering reads it again
    os.remove(f"{h.home}/channel/sms.json")
    h.read()
    t.check("once, though it came twice", len(h.received()) == 1, h.received())
    h.read()
    t.check("then deleted from the modem", len(modem.memory["SM"]) == before,
            modem.memory)
    modem.arrive(deliver(ITO, "Who is there?"))
    h.read()
    got = json.loads(h.ir("--json", "comms", "status", may=(0, 2)))
    t.check("an answer of one who was written to is none of those",
            len(h.received()) == 1 and "Who is there?" in str(got), got)
    h.ir("verify")


def cannot_record(t, h, modem):
    """The log takes nothing more while it is read."""
    modem.arrive(deliver(EVIL, "二度目の文"))
    state = t.read("home/channel/sms.json")
    log = sqlite3.connect(f"{h.home}/ir.db", isolation_level=None,
                          check_same_thread=False)
    command = modem.command

    def fill(text):
        if text.startswith("AT+CMGL"):
            log.execute("CREATE TRIGGER IF NOT EXISTS full BEFORE INSERT ON "
                        "entry BEGIN SELECT RAISE(ABORT, 'full'); END")
        return command(text)
    modem.command = fill
    time.sleep(1.1)
    h.ir("comms", "send", "--for", "1s", may=(1, 74))
    modem.command = command
    log.execute("DROP TRIGGER full")
    log.close()
    t.check("what could not be recorded is not said to be handed over",
            t.read("home/channel/sms.json") == state)
    h.read()
    h.read()
    t.check("and is there the next time",
            [x["text"] for x in h.received()][-1:] == ["二度目の文"],
            h.received())


def flood(t, h, modem):
    before = len(h.received())
    for i in range(34):
        modem.arrive(deliver("+818066660000", f"{i} 広告"))
    h.read("4s")
    got = h.received()[before:]
    t.check("so many of one sender, and that there was more",
            len(got) == 31 and got[-1]["more"] is True and "text" not in got[-1],
            (len(got), got[-2:]))
    for i in range(75):
        modem.arrive(deliver(f"+8180777700{i:02}", "広告"))
    h.read("5s")
    got = h.received()[before:]
    t.check("so many of all strangers", got[-1]["more"] is True and
            got[-1]["address"] == "" and len(got) < 110, (len(got), got[-2:]))
    word = re.search(r"\b(\d+a)", modem.sent[0].text)[1]
    modem.arrive(deliver(ITO, word))
    h.read("3s")
    status = json.loads(h.ir("--json", "comms", "status", may=(0, 2)))
    t.check("who was written to is heard all the same",
            any(x["reply"] == word for a in status for x in a["to"]
                if "reply" in x), status)
    h.read("3s")
    t.check("the modem is empty", modem.memory["SM"] in ([], {}), len(
        modem.memory["SM"]))


def told_to_wait(t, h):
    with open(f"{t.dir}/answer", "w", encoding="utf-8") as f:
        json.dump({"status": 429, "body": "", "headers":
                   {"Retry-After": "600"}}, f)
    n = len(posted(t))
    h.ir("notify", "mori", "指示を待て")
    t.check("it was tried", channel_try.wait_for(lambda: len(posted(t)) == n + 1))
    h.ir("comms", "send", "--for", "1s", may=(0, 2, 75))
    os.remove(f"{t.dir}/answer")
    h.at("+5m", "comms", "send", "--for", "1s")
    t.check("not before the server wants it", len(posted(t)) == n + 1)
    h.at("+11m", "comms", "send", "--for", "1s")
    t.check("then", len(posted(t)) == n + 2, posted(t)[n:])


def by_ird(t, h, modem):
    """Nothing is due, nobody waits: the daemon reads all the same."""
    n = len(h.received())
    env = {"PATH": os.environ["PATH"], "LANG": "en_US.UTF-8",
           "IR_HOME": h.home}
    p = t.start([os.path.join(os.path.dirname(t.ir), "ird")], env=env,
                stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    modem.arrive(deliver("+14155550100", "Building B is locked"))
    t.check("ird reads it", channel_try.wait_for(
        lambda: len(h.received()) > n, 20), h.received())
    p.terminate()
    p.wait(10)


def main(t):
    port = stand_in.serve_http(t.dir, False)
    h, modem = Home(t), Modem(report_state=0x46)
    make_home(t, h, modem.device, port)
    told_to_wait(t, h)
    failed_report(t, h, modem)
    answers_nothing(t, h, modem)
    cannot_record(t, h, modem)
    by_ird(t, h, modem)
    flood(t, h, modem)
    h.ir("verify")
    log = subprocess.run([t.ir, "log", "--cbor"], check=True, timeout=60,
                         env={"PATH": os.environ["PATH"], "IR_HOME": h.home},
                         capture_output=True).stdout
    read = subprocess.run([sys.executable,
                           f"{channel_try.ROOT}/tests/verify/ir_verify.py"],
                          input=log, capture_output=True, timeout=60)
    t.check("another reading of the log agrees", read.returncode == 0,
            (read.stdout, read.stderr))


if __name__ == "__main__":
    sys.exit(channel_try.Try("incoming").main(main))
