#!/usr/bin/env python3
"""Mail is ok, down or distrusted: found out by trial messages through a real
mail server (Exim) into a real mailbox (dovecot), or said by people. What is
distrusted gets nothing; when it works again people get one summary.

    mail.py IR
"""
import glob
import json
import os
import re
import shutil
import subprocess
import sys
import time

HERE = os.path.dirname(os.path.realpath(__file__))
sys.path.insert(0, os.path.join(HERE, "../tools"))
sys.path.insert(0, HERE)
import channel_smtp  # noqa: E402
import channel_try  # noqa: E402
import mailbox  # noqa: E402
import stand_in  # noqa: E402

CHANNELS = """
  channels = {
    { id = "smtp", plugin = "smtp", mail = true,
      title = { en = "Mail", ja = "メール" },
      canary = { to = "x@localhost", via = "box", every = "1h", within = "2s" },
      config = { host = "localhost", port = %(smtp)d, tls = "loopback",
                 from = "ir@minato.example" } },
    { id = "box", plugin = "imap", title = { en = "Box", ja = "箱" },
      config = { host = "localhost", port = %(imap)d, user = "ir",
                 password = { secret = "box" }, ca = [[
%(ca)s]] } },
    { id = "log", plugin = "command", title = { en = "Log", ja = "ログ" },
      canary = { to = "x", within = "1s" },
      config = { program = "/bin/true", args = {} } },
  },
  partners = {"""


class Home:
    """A home whose people are reached by mail."""

    def __init__(self, t, values):
        self.t, self.home = t, f"{t.dir}/home"
        site = f"{t.dir}/site"
        shutil.copytree(f"{channel_try.ROOT}/tests/lua/site", site)
        shutil.copytree(f"{HERE}/runbooks", site, dirs_exist_ok=True)
        with open(f"{site}/contacts.lua", encoding="utf-8") as f:
            text = f.read()
        text = text.replace("\n  partners = {", CHANNELS % values)
        text = text.replace('{ { "phone", "050-0000-0001" } }',
                            '{ { "smtp", "plain@localhost" },'
                            ' { "phone", "050-0000-0001" } }')
        with open(f"{site}/contacts.lua", "w", encoding="utf-8") as f:
            f.write(text)
        os.mkdir(f"{t.dir}/user")
        self.ir(0, "init", "--org", "Minato Airport", "--person", "Sato",
                "--runbooks", site)
        self.ir(0, "release", "approve")
        self.ir(0, "channel", "secret", "box", stdin="geheim")

    def ir(self, code, *words, stdin="", when=None, plain=False):
        """What it prints, as JSON where it is."""
        env = {"PATH": os.path.dirname(self.t.ir) + ":" + os.environ["PATH"],
               "HOME": f"{self.t.dir}/user", "LANG": "en_US.UTF-8",
               "IR_HOME": self.home}
        for name in ("IR_LOCALEDIR", "ASAN_OPTIONS", "UBSAN_OPTIONS"):
            if name in os.environ:
                env[name] = os.environ[name]
        argv = [self.t.ir, *([] if plain else ["--json"]), *words]
        if when:
            argv = ["faketime", "-f", when, *argv]
        done = subprocess.run(argv, env=env, input=stdin, text=True,
                              capture_output=True, timeout=60)
        self.t.check(f"exit of ir {' '.join(words)}",
                     code is None or done.returncode == code,
                     (done.returncode, done.stdout, done.stderr))
        try:
            return json.loads(done.stdout)
        except ValueError:
            return done.stdout + done.stderr

    def state(self):
        return self.ir(0, "channel", "list")[0]["state"]

    def words(self):
        """What the log says of channels, as (state, reason)."""
        out = self.ir(0, "log")
        lines = out if isinstance(out, list) else [
            json.loads(line) for line in out.splitlines()
            if line.startswith("{")]
        return [e for e in lines if e.get("kind") == "channel"]


def put(t, name, subject, flags=""):
    """A mail of somebody else in the mailbox."""
    box = f"{t.dir}/mail/x/{'cur' if flags else 'new'}"
    with open(f"{box}/{name}.a.x{flags}", "w", encoding="utf-8") as f:
        f.write(f"From: A <a@minato.example>\nSubject: {subject}\n"
                f"Message-ID: <{name}@minato.example>\n\ntext\n")


def subjects(t):
    """Of all mails in the mailbox, by what they are."""
    out = []
    for path in glob.glob(f"{t.dir}/mail/x/*/*.*"):
        with open(path, encoding="utf-8") as f:
            out += [x[9:].strip() for x in f if x.startswith("Subject: ")]
    return sorted(out)


def removes_its_own(t, h, liar, exim):
    liar.to = exim
    h.ir(0, "channel", "canary", "smtp")
    t.check("a trial that was seen does not stay", subjects(t) == [],
            subjects(t))
    word = re.findall(rb"Subject: (ir-canary [0-9a-f]{16})",
                      liar.passed[-1])[0].decode()
    others = sorted(["Fwd: " + word, "ir-canary 0123456789abcdef", "Offer",
                     "Marked by another program", word[:-1] + "x"])
    for i, subject in enumerate(others):
        put(t, str(i), subject,
            ":2,T" if subject.startswith("Marked") else "")
    put(t, "9", word) # ours, that came late
    h.ir(0, "channel", "canary", "smtp")
    t.check("but all others, and what a person marked", subjects(t) == others,
            subjects(t))
    for path in glob.glob(f"{t.dir}/mail/x/*/*.a.x*"):
        os.remove(path)


def found_out(t, h, liar, exim):
    liar.to = exim
    got = h.ir(0, "channel", "canary", "smtp")[0]
    t.check("it arrives", got["ok"] and got["result"] == "arrived" and
            got["recorded"], got)
    t.check("mail works, says this device", h.state() == "ok")
    got = h.ir(0, "channel", "canary", "smtp")[0]
    t.check("no news", got["ok"] and not got["recorded"], got)
    liar.to = None
    got = h.ir(2, "channel", "canary", "smtp")[0]
    t.check("250 and nothing delivered", got["result"] == "lost" and
            got["error"] == "accepted, but did not arrive within 2s" and
            got["recorded"], got)
    t.check("mail is down", h.state() == "down")
    said = [f["what"] for f in h.ir(None, "doctor") if not f["ok"]]
    t.check("the doctor names it", any("did not arrive within 2s" in w
                                       for w in said), said)
    t.check("ir alone says so", h.ir(0)["mail"] == "down")
    t.check("it took the mail", len(liar.taken) == 1)
    got = h.ir(2, "channel", "canary", "smtp")[0]
    t.check("no flood of entries", not got["recorded"] and
            len(h.words()) == 2, h.words())
    liar.to = exim
    got = h.ir(0, "channel", "canary", "smtp")[0]
    t.check("it works again", got["recorded"] and h.state() == "ok", got)
    liar.to = channel_try.free_port()
    got = h.ir(2, "channel", "canary", "smtp")[0]
    t.check("nobody takes it", got["result"] == "refused" and
            got["recorded"] and h.state() == "down", got)
    got = h.ir(2, "channel", "canary", "log")[0]
    t.check("nobody can look", got["result"] == "unseen" and
            not got["recorded"] and "cannot be read" in got["error"], got)
    h.ir(64, "channel", "canary", "box")
    h.ir(66, "channel", "canary", "nothing")


def by_itself(t, h, liar, exim):
    liar.to = exim
    got = h.ir(None, "channel", "canary", "--due", when="+2h")
    t.check("no incident: nothing is tried", got == [], got)
    h.ir(0, "--no-input", "start", "alpha", "one")
    got = h.ir(None, "channel", "canary", "--due")
    t.check("tried not long ago", [k["id"] for k in got] == [], got)
    got = h.ir(None, "channel", "canary", "--due", when="+2h")
    t.check("tried when it is time", sorted(k["id"] for k in got) ==
            ["log", "smtp"] and h.state() == "ok", got)


def distrusted(t, h, liar, exim):
    liar.to = exim
    h.ir(0, "channel", "distrust", "mail", "-r", "they read it")
    got = h.ir(None, "channel", "canary", "--due", when="+9h")
    t.check("nothing goes there by itself", "smtp" not in
            [k["id"] for k in got], got)
    got = h.ir(0, "status")
    t.check("in the status", got["mail"] == "distrusted" and
            got["mail_since"] and got["mail_found_by_device"] is False, got)
    t.check("by whom", "attacker may read it (Sato, " in
            h.ir(0, "status", plain=True))
    got = h.ir(0, "channel", "canary", "smtp")[0]
    t.check("a device does not lift a person's distrust",
            got["ok"] and not got["recorded"] and
            h.state() == "distrusted", got)


def sent(h, when=None):
    """Let a sender work until nothing is due, at the time it is to be: one that
    is at it already ends what it does and makes room."""
    for _ in range(100):
        subprocess.run(["pkill", "-TERM", "-f", "--",
                        f"-C {h.home} comms send"], timeout=60, check=False)
        got = h.ir(None, "comms", "send", "--for", "1s", when=when)
        if "error" not in got:
            return
        time.sleep(0.1)
    h.t.check("a sender that never ends", False, got)


def nothing_leaves(t, h, liar, exim):
    """From no entry point, while people say that mail is read by others."""
    h.ir(0, "channel", "up", "mail", "-r", "a trial came through")
    liar.to = channel_try.free_port()
    h.ir(0, "notify", "ito", "The first secret plan")
    sent(h)
    h.ir(0, "channel", "distrust", "mail", "-r", "they read it")
    liar.to, liar.taken[:] = None, []
    sent(h, "+10m")  # a retry was pending
    h.ir(0, "notify", "ito", "The second secret plan")
    h.ir(0, "notify", "ito", "Answered by telephone")
    h.ir(0, "notify", "ito", "The newest secret plan", "--severity", "1")
    sent(h)
    h.ir(None, "comms", "test", "ito", "--for", "1s")
    h.ir(None, "alert", "resend", alert(h, "second"))
    h.ir(None, "call", "call", "--no-input")
    sent(h, "+10m")
    t.check("nothing of it left", liar.taken == [] and
            not glob.glob(f"{t.dir}/mail/plain/new/*"), liar.taken)
    h.ir(0, "answer-for", "ito", alert(h, "Answered"), "accept", "--how",
         "by telephone")
    what_they_missed(t, h, liar, exim)


def alert(h, word):
    """The id of the alert that says `word`."""
    return [a["id"] for a in h.ir(0, "alert", "list", "--all")
            if word in a["text"]][0]


def what_they_missed(t, h, liar, exim):
    liar.to = exim
    h.ir(0, "channel", "up", "mail", "-r", "new accounts")
    sent(h)
    mails = [channel_smtp.text_of(m)
             for m in channel_smtp.mails(t, "plain", 2)]
    actual = [m for m in mails if m.startswith("【")]
    t.check("one for what is actual, one for tests", len(mails) == 2 and
            len(actual) == 1, mails)
    t.check("what it says", "【届かなかった緊急通知】" in actual[0] and
            "送れなかった緊急通知: 4件" in actual[0] and
            "最新: 来てください。" in actual[0] and
            "ir inbox" in actual[0] and "Satoに電話" in actual[0], actual)
    t.check("a test is no alert", "試験 【" in str(mails))
    sent(h, "+30m")
    t.check("once", len(channel_smtp.mails(t, "plain", 2)) == 2)
    got = [w["outcome"] for a in h.ir(None, "comms", "status")
           for r in a["to"] if r["contact"] == "ito"
           for w in r["ways"] if w["channel"] == "smtp"]
    t.check("all were handed over but what was answered",
            sorted(set(got)) in (["failed", "handed-over"], ["handed-over"])
            and got.count("failed") <= 1, got)
    h.ir(0, "verify")


def what_trials_say(t, liar):
    mails = [m.decode() for m in liar.taken + liar.passed
             if b"ir-canary" in m]
    t.check("there are trials", len(mails) > 4)
    for m in mails:
        t.check("nothing of the incident is in a trial",
                "ir-canary" in m and "IR-" not in m and
                "Choose one" not in m and "alpha" not in m.lower(), m)


def main(t):
    stand_in.make_certificates(t.dir)
    ports = channel_smtp.start_exim(t)
    box = mailbox.Box(t, f"{t.dir}/mail/x")
    liar = mailbox.Liar()
    h = Home(t, {"smtp": liar.port, "imap": box.tls, "ca": t.read("ca.pem")})
    try:
        found_out(t, h, liar, ports["bare"])
        removes_its_own(t, h, liar, ports["bare"])
        by_itself(t, h, liar, ports["bare"])
        distrusted(t, h, liar, ports["bare"])
        what_trials_say(t, liar)
        nothing_leaves(t, h, liar, ports["bare"])
    finally:  # senders that were started by commands, of this home alone
        subprocess.run(["pkill", "-KILL", "-f", "--", f"-C {h.home} "],
                       check=False)


if __name__ == "__main__":
    if not os.path.exists(channel_smtp.EXIM) or \
            not os.path.exists(mailbox.DOVECOT):
        print("Exim or dovecot is not installed: not tried")
        sys.exit(77)
    sys.exit(channel_try.Try("smtp").main(main))
