#!/usr/bin/env python3
"""From `ir notify` to a mailbox and a log server: channels of an approved
release, by Exim and by UDP, with the secret of this home.

    channel_release.py IR
"""
import json
import os
import re
import shutil
import socket
import subprocess
import sys
import time

HERE = os.path.dirname(os.path.realpath(__file__))
sys.path.insert(0, os.path.join(HERE, "../tools"))
sys.path.insert(0, HERE)
import channel_smtp  # noqa: E402
import channel_try  # noqa: E402
import sms_modem  # noqa: E402
import stand_in  # noqa: E402

WAYS = (('{ { "phone", "050-0000-0001" } }',
         '{ { "mail", "plain@localhost" }, { "phone", "050-0000-0001" } }'),
        ('{ { "radio", "channel 3" } }',
         '{ { "log", "noc" }, { "sms", "090-1234-5678" } }'))


class Home:
    def __init__(self, t):
        self.t, self.home = t, f"{t.dir}/home"

    def ir(self, *words, text=None, may=(0,)):
        env = {"PATH": os.environ["PATH"], "LANG": "en_US.UTF-8",
               "HOME": self.t.dir, "IR_HOME": self.home,
               "IR_LOCALEDIR": os.environ.get("IR_LOCALEDIR", "")}
        done = subprocess.run([self.t.ir, *words], env=env, timeout=60,
                              input=(text or "").encode(), capture_output=True)
        if done.returncode not in may:
            sys.exit(f"ir {words}: {done.returncode}: {done.stdout.decode()}"
                     f"{done.stderr.decode()}")
        return done.stdout.decode()


def channels(ports, udp, ca, device):
    ca = ca.replace("\n", "\\n")
    return f'''channels = {{
      {{ id = "mail", plugin = "smtp", mail = true,
        title = {{ en = "Mail", ja = "メール" }},
        config = {{ host = "localhost", port = {ports["plain"]}, user = "ir",
                   from = "ir@minato.example", ca = "{ca}",
                   password = {{ secret = "mail-password" }} }} }},
      {{ id = "log", plugin = "syslog",
        title = {{ en = "Log", ja = "ログ" }},
        config = {{ host = "127.0.0.1", port = {udp} }} }},
      {{ id = "sms", plugin = "sms-modem",
        title = {{ en = "SMS", ja = "SMS" }},
        config = {{ device = "{device}" }} }} }},
'''


def make_home(t, h, list_of_channels):
    site = f"{t.dir}/site"
    shutil.copytree(f"{channel_try.ROOT}/tests/lua/site", site)
    shutil.copytree(f"{HERE}/runbooks", site, dirs_exist_ok=True)
    with open(f"{site}/contacts.lua", encoding="utf-8") as f:
        text = f.read()
    for old, new in (*WAYS, ("partners = ",
                             list_of_channels + "  partners = ")):
        assert old in text, old
        text = text.replace(old, new, 1)
    with open(f"{site}/contacts.lua", "w", encoding="utf-8") as f:
        f.write(text)
    h.ir("init", "--org", "みなと空港", "--person", "Sato", "--runbooks", site)
    h.ir("--yes", "release", "approve")


def answer(t, h, modem):
    """A grave alert goes every way at once; who gets the SMS answers it."""
    h.ir("notify", "mori", "至急、指揮を", "--severity", "1")
    channel_try.wait_for(lambda: modem.sent)
    text = modem.sent[0].text if modem.sent else ""
    t.check("an SMS", "至急、指揮を" in text, modem.sent)
    word = re.search(r"(?<!\w)(\d+a)(?![0-9A-Za-z])", text)
    modem.arrive(sms_modem.deliver("+819012345678", word[1] if word else "1a",
                                   int(time.time() * 1000)))

    def claimed():
        h.ir("comms", "send", "--for", "2s", may=(0, 2, 75))
        status = h.ir("--json", "comms", "status", may=(0, 2))
        return status if '"replied"' in status and '"delivered"' in status \
            else None
    t.check("the answer and the delivery are recorded",
            channel_try.wait_for(claimed, 40),
            h.ir("--json", "comms", "status", may=(0, 2)))
    h.ir("verify")


def main(t):
    stand_in.make_certificates(t.dir)
    os.chmod(t.dir, 0o755)
    ports = channel_smtp.start_exim(t)
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as udp:
        udp.bind(("127.0.0.1", 0))
        udp.settimeout(20)
        h = Home(t)
        modem = sms_modem.Modem()
        make_home(t, h, channels(ports, udp.getsockname()[1],
                                 t.read("ca.pem"), modem.device))
        got = json.loads(h.ir("--json", "channel", "check", may=(2,)))
        t.check("the password is missing", "mail-password" in str(got), got)
        h.ir("channel", "secret", "mail-password", text="geheim\n")
        got = json.loads(h.ir("--json", "channel", "check"))
        t.check("all are ready", [x["ok"] for x in got] == [True] * 3, got)
        h.ir("--no-input", "start", "alpha", "one",
             may=(0, 2))
        h.ir("notify", "ito,mori", "情報システム室に集合")
        mail = channel_smtp.mails(t, "plain")
        t.check("a mail", len(mail) == 1 and "情報システム室に集合" in
                channel_smtp.text_of(mail[0]), mail)
        line = udp.recv(10000).decode()
        while " CHECK " in line:
            line = udp.recv(10000).decode()
        t.check("a line", re.search(r'<13\d>1 .* ALERT \[ir@32473 id="[^"]*/mori/0"'
                                    r'.* to="noc" severity="\d" exercise="false"'
                                    r' incident="IR-[0-9A-Z]{4}"\] ', line) and
                "情報システム室に集合" in line, line)
        h.ir("comms", "send", "--for", "3s", may=(0, 2, 75))
        status = h.ir("--json", "comms", "status", may=(0, 2))
        t.check("recorded", "handed-over" in status, status)
        answer(t, h, modem)
        t.check("no secret anywhere", "geheim" not in subprocess.run(
            ["grep", "-r", "--exclude-dir=keys", "geheim", h.home],
            capture_output=True, text=True, timeout=60).stdout)


if __name__ == "__main__":
    if not os.path.exists(channel_smtp.EXIM):
        print("there is another mail server than Exim: not tried")
        sys.exit(77)
    sys.exit(channel_try.Try("release").main(main))
