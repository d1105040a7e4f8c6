#!/usr/bin/env python3
"""The channel sms-modem against a modem on a pseudo-terminal.

    channel_sms_modem.py IR
"""
import concurrent.futures
import fcntl
import json
import os
import subprocess
import sys
import threading
import time

sys.path.insert(0, os.path.join(os.path.dirname(os.path.realpath(__file__)),
                                "../tools"))
import channel_try  # noqa: E402
from channel_try import MSG  # noqa: E402
from sms_modem import Modem, deliver, status_report  # noqa: E402

ITO = "+819012345678"
RULES = {"device": {"type": "device"}, "speed": {"type": "int",
                                                 "default": 115200},
         "reports": {"type": "bool", "default": True},
         "timeout": {"type": "duration", "default": "20s"}}


def receive(t, modem, state=None, lang="en"):
    """What came in, and the state for the next time."""
    with open(t.plugin, encoding="utf-8") as f:
        source = f.read()
    req = {"do": "channel", "op": "receive", "lang": lang, "rules": RULES,
           "name": "channel/sms-modem", "needs": ["serial"], "msgs": [],
           "source": source, "config": {"device": modem.device}}
    if state is not None:
        req["state"] = state
    worker = os.path.join(os.path.dirname(t.ir), "ir-worker")
    done = subprocess.run([worker], input=json.dumps(req).encode(),
                          capture_output=True, timeout=60)
    lines = [json.loads(x) for x in done.stdout.splitlines()]
    t.check("receive", lines and "done" in lines[-1], lines)
    return [x["received"] for x in lines if "received" in x], \
        lines[-1].get("done", {}).get("state")


def texts(got):
    return [x.get("text") for x in got if "text" in x]


def sending(t):
    for options in ({}, {"echo": True}, {"garbage": True},
                    {"reports": None}, {"slow": 0.05, "echo": True}):
        m = Modem(**options)
        got = t.run({"device": m.device}, ITO)
        t.check(f"{options}", got["check"].get("ok") and
                got["send"].get("text") == "41/12345678", got)
        t.check(f"{options}: text", len(m.sent) == 1 and
                m.sent[0].text == MSG["short"] and m.sent[0].number == ITO,
                m.sent)
    t.check("what a check says",
            got["check"]["text"] == "Minato Mobile, SMSC +819012340000, -77 dBm",
            got)
    m, long = Modem(), "訓練 " + "情報システムが使えない。" * 11
    first = t.send({"device": m.device}, "090-1234-5678", {"short": long})
    t.check("in parts", first.get("text") == "43/12345678" and
            "".join(p.text for p in m.sent) == long and len(m.sent) == 3 and
            [p.report for p in m.sent] == [False, False, True], m.sent)
    t.send({"device": m.device}, "090-1234-5678", {"short": long})
    t.check("again: the same reference, so that a phone shows it once",
            [p.pdu for p in m.sent[:3]] == [p.pdu for p in m.sent[3:]])
    m = Modem(reports="push")
    got = t.send({"device": m.device}, ITO)
    t.check("a report at once", got.get("delivered") is True, got)
    m = Modem(reports="push", report_state=0x63)
    got = t.send({"device": m.device}, ITO)
    t.says("a report at once that it failed", got, "(0x63)", "retry")
    m = Modem(fail_part=(1, 332))
    got = t.send({"device": m.device}, ITO, {"short": long})
    t.says("the second part fails", got, "(332)", "retry")
    m.said.append("AT+CMGS=99")
    m.prompt = 99 # somebody was killed before he wrote the message
    got = t.send({"device": m.device}, ITO)
    t.check("left in the middle", got.get("ok"), got)


def refusals(t):
    m = Modem(errors={"1111": 1, "3333": 331, "9999": 777})
    conf = {"device": m.device}
    t.says("no such number", t.send(conf, "09000001111"),
           "nobody has this number (1)", "refused")
    t.says("no network", t.send(conf, "09000003333", lang="ja"),
           "携帯網に接続していない (331)", "retry")
    t.says("anything else", t.send(conf, "09000009999"), "(777)", "retry")
    for to in ("ito@localhost", "", "090\r1234", "+81;ATD110", "1" * 30):
        t.says(f"address {to!r}", t.send(conf, to), "no telephone number",
               "refused")
    t.says("too long", t.send(conf, ITO, {"short": "訓" * 700}),
           "too long", "refused")
    t.check("nothing of it was sent", m.sent == [], m.sent)
    evil = "a\r\nAT+CMGD=1\r\x1a\x1b"
    got = t.send(conf, ITO, {"short": evil})
    t.check("a text is no command", got.get("ok") and m.sent[0].text == evil and
            not [x for x in m.said if "CMGD" in x], m.said)


def check_fails(t, what, text, conf=None, lang="en", **options):
    m = Modem(**options)
    got = t.run({"device": m.device, **(conf or {})}, lang=lang)["check"]
    t.says(what, got, text)
    return m


def card(t):
    check_fails(t, "no SIM card", "no SIM card can be used", sim=False)
    check_fails(t, "no SIM card", "使えるSIMカードがない", sim=False, lang="ja")
    check_fails(t, "PUK", "PUK", puk=True)
    check_fails(t, "no PIN given", "name a secret as pin", pin="1234")
    m = check_fails(t, "wrong PIN", "PIN of the SIM card is wrong",
                    {"pin": "9999"}, pin="1234")
    t.says("not again", t.run({"device": m.device, "pin": "9999"})["check"],
           "by hand")
    t.check("two tries are left", m.left == 2, m.left)
    m = check_fails(t, "tries not known", "by hand", {"pin": "1234"},
                    pin="1234", no_cpinr=True)
    t.check("none was used", m.left == 3)
    m = Modem(pin="1234")
    got = t.run({"device": m.device, "pin": "1234"}, ITO)
    t.check("PIN", got["check"].get("ok") and got["send"].get("ok"), got)
    check_fails(t, "no network", "no mobile network", registered=False)
    check_fails(t, "no SMS centre", "set smsc", smsc="")
    m = Modem(smsc="")
    got = t.run({"device": m.device, "smsc": "+819012340000"}, ITO)
    t.check("SMS centre given", got["send"].get("ok") and
            m.sent[0].pdu.startswith("07911809214300"), m.sent)


def silence(t):
    m = Modem(mute=True)
    began = time.monotonic()
    got = t.run({"device": m.device}, lang="ja")["check"]
    t.says("mute", got, "モデムが応答しない")
    t.check("in time", time.monotonic() - began < 9)
    m = Modem(mute_after="00")
    got = t.send({"device": m.device, "timeout": "1s"}, ITO)
    t.says("hangs at the message", got, "does not answer", "retry")
    t.says("nothing there", t.send({"device": "/dev/pts/9999"}, ITO),
           "/dev/pts/9999", "retry")
    m = Modem()
    with open(m.device, "rb", buffering=0) as held:
        fcntl.flock(held, fcntl.LOCK_EX)
        threading.Timer(1.5, fcntl.flock, (held, fcntl.LOCK_UN)).start()
        began = time.monotonic()
        got = t.run({"device": m.device})["check"]
        t.check("one at a time", got.get("ok") and
                time.monotonic() - began > 1, got)


def receiving(t):
    m = Modem()
    m.arrive(deliver(ITO, "1a", 1795000000000))
    m.arrive(deliver("110", "x[€]", wide=False))
    m.arrive(deliver(ITO, "です", part=(700, 2, 2, 16)))
    m.arrive(deliver("+819087654321", "少し", part=(7, 2, 1, 8)))
    m.arrive("00FFZZ")
    m.arrive(status_report(41, "09012345678"), "SR")
    m.arrive(status_report(42, ITO, 0x46), "SR")
    m.arrive(status_report(43, ITO, 0x20), "SR") # is still being tried
    m.arrive(status_report(44, ITO, 0x61), "SR")
    got, state = receive(t, m)
    t.check("texts", texts(got) == ["1a", "x[€]"], got)
    t.check("who and when", got[0]["from"] == ITO and
            got[0]["at_ms"] == 1795000000000 and got[0]["ref"], got)
    t.check("a report",
            [x["ref"] for x in got if x.get("delivered")] == ["41/12345678"],
            got)
    t.check("and two of what failed, one of them for good",
            [(x["ref"], x["how"]) for x in got if x.get("delivered") is False]
            == [("42/12345678", "refused"), ("44/12345678", "retry")] and
            "for a day (0x46)" in str(got) and "busy" in str(got), got)
    t.check("nothing was deleted before it was kept", len(m.memory["SM"]) == 5)
    again, _ = receive(t, m)
    t.check("the same once more, had it been lost", again == got, again)
    m.arrive(deliver(ITO, "対応可", part=(700, 2, 1, 16)))
    got, state = receive(t, m, state)
    t.check("parts put together", texts(got) == ["対応可です"], got)
    t.check("what was handed over is deleted", len(m.memory["SM"]) == 3 and
            not m.memory["SR"] and m.use == "SM", m.memory)
    m.options["delete_fails"] = True
    got, state = receive(t, m, state)
    t.check("once only", got == [], got)
    m.options["delete_fails"] = False
    state["parts"] = {k: v - 700000 for k, v in state["parts"].items()}
    got, state = receive(t, m, state)
    t.check("a part that never comes", texts(got) == ["少し [...] "], got)
    got, _ = receive(t, m, state)
    t.check("empty in the end", got == [] and not m.memory["SM"], m.memory)
    for i in range(12): # begun messages would fill the card
        m.arrive(deliver("+819087654321", "x", part=(i, 200, 7, 8)))
    m.arrive(deliver(ITO, "1a"))
    got, state = receive(t, m)
    t.check("parts by the dozen are not kept", len(got) == 3 and
            "1a" in texts(got) and len(state["parts"]) == 10, got)
    got, _ = receive(t, m, state)
    t.check("there is room on the card", got == [] and
            len(m.memory["SM"]) == 10, m.memory)
    m = Modem(garbage=True, echo=True, reports=None)
    for i in range(40):
        m.arrive(deliver(ITO, f"{i} 了解しました"))
    got, _ = receive(t, m)
    t.check("many, from a modem that chatters", len(got) == 40, got)


def main(t):
    """All at once: a modem is mostly waited for."""
    with concurrent.futures.ThreadPoolExecutor() as pool:
        for done in [pool.submit(f, t) for f in (sending, refusals, card,
                                                 silence, receiving)]:
            done.result()


if __name__ == "__main__":
    sys.exit(channel_try.Try("sms-modem").main(main))
