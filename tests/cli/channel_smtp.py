#!/usr/bin/env python3
"""The channel smtp against Exim: what arrives in its mailboxes, and what is
said when it does not.

    channel_smtp.py IR
"""
import email
import email.policy
import glob
import os
import shutil
import socket
import sys
import time

sys.path.insert(0, os.path.join(os.path.dirname(os.path.realpath(__file__)),
                                "../tools"))
import channel_try  # noqa: E402
import stand_in  # noqa: E402
from channel_try import MSG  # noqa: E402

# installed, or where another mail server is unpacked by ./setup test
EXIM = "/usr/sbin/exim4"
if not os.path.exists(EXIM):
    EXIM = channel_try.ROOT + "/.build/exim" + EXIM
# Ports: `plain` with AUTH PLAIN, `login` with AUTH LOGIN, `tls` with TLS from
# the beginning, `bare` without any of it.
CONF = r"""
spool_directory = %(dir)s/spool
log_file_path = %(dir)s/log/%%slog
pid_file_path = %(dir)s/pid
primary_hostname = mail.test
local_interfaces = <; 127.0.0.1
daemon_smtp_ports = %(plain)d : %(login)d : %(tls)d : %(bare)d
tls_on_connect_ports = %(tls)d
tls_advertise_hosts = ${if eq{$received_port}{%(bare)d}{}{*}}
tls_certificate = %(dir)s/server.crt
tls_privatekey = %(dir)s/server.key
exim_user = %(uid)d
exim_group = %(gid)d
admin_groups = %(gid)d
deliver_drop_privilege = true
message_size_limit = 40K
keep_environment =
host_lookup =
acl_smtp_rcpt = rcpt
begin acl
rcpt:
  deny !authenticated = *
       condition = ${if or{{eq{$received_port}{%(plain)d}}{eq{$received_port}{%(login)d}}}}
       message = log in first
  deny local_parts = refuse
       message = no such mailbox
  defer local_parts = later
       message = come back later
  discard local_parts = hole
  accept local_parts = hang
       delay = 30s
  accept
begin routers
all:
  driver = accept
  local_parts = lsearch;%(dir)s/boxes
  transport = box
begin transports
box:
  driver = appendfile
  maildir_format
  delivery_date_add
  envelope_to_add
  return_path_add
  directory = %(dir)s/mail/$local_part_data
begin authenticators
plain:
  driver = plaintext
  public_name = PLAIN
  server_prompts = :
  server_condition = ${if and{{eq{$auth2}{ir}}{eq{$auth3}{geheim}}}}
  server_set_id = $auth2
  server_advertise_condition = ${if and{{def:tls_in_cipher}{!eq{$received_port}{%(login)d}}}}
login:
  driver = plaintext
  public_name = LOGIN
  server_prompts = Username:: : Password::
  server_condition = ${if and{{eq{$auth1}{ir}}{eq{$auth2}{geheim}}}}
  server_set_id = $auth1
  server_advertise_condition = ${if and{{def:tls_in_cipher}{eq{$received_port}{%(login)d}}}}
"""


def start_exim(t):
    """Exim as nobody, or as who we are."""
    root = os.getuid() == 0
    uid = channel_try.NOBODY if root else os.getuid()
    gid = channel_try.NOBODY if root else os.getgid()
    ports = {n: channel_try.free_port()
             for n in ("plain", "login", "tls", "bare")}
    for name in ("spool", "log", "mail"):
        os.mkdir(f"{t.dir}/{name}")
    t.write("boxes", "".join(f"{box}: {box}\n" for box in (
        *ports, "inj", "evil", "x", "hang", "big")))
    conf = t.write("exim.conf",
                   CONF % {"dir": t.dir, "uid": uid, "gid": gid, **ports})
    if root:
        os.chown(t.dir, uid, gid)
        for name in os.listdir(t.dir):
            shutil.chown(f"{t.dir}/{name}", uid, gid)
        os.chown(conf, 0, 0)
    drop = ["setpriv", f"--reuid={uid}", f"--regid={gid}",
            f"--groups={gid}"] if root else []
    with open(f"{t.dir}/exim.err", "wb") as f:
        t.start([*drop, EXIM, "-C", conf, "-bdf"], stderr=f, stdout=f)
    if not channel_try.wait_for(lambda: channel_try.answers(ports["bare"])):
        sys.exit("Exim does not start: " + t.read("exim.err"))
    return ports


def mails(t, box, n=1):
    """The mails of a mailbox, oldest first, when there are `n`."""
    def there():
        return sorted(glob.glob(f"{t.dir}/mail/{box}/new/*"))
    channel_try.wait_for(lambda: len(there()) >= n)
    got = []
    for path in there():
        with open(path, "rb") as f:
            got.append(email.message_from_bytes(f.read(),
                                                policy=email.policy.default))
    return got


def text_of(mail):
    return mail.get_content().replace("\r\n", "\n").rstrip("\n")


def ways_in(t, conf, ports):
    ways = {"plain": {}, "login": {}, "tls": {"tls": "tls"},
            "bare": {"tls": "loopback", "user": None, "password": None}}
    for box, more in ways.items():
        c = {k: v for k, v in {**conf, "port": ports[box], **more}.items()
             if v is not None}
        got = t.run(c, f"{box}@localhost", lang="ja")
        t.check(box, got["check"]["ok"] and got["send"]["ok"] and
                got["send"]["text"].startswith("OK id="), got)
        t.check(f"{box}: who answered", got["check"]["text"] == "localhost" +
                (", ir" if "user" in c else ""), got)
        t.check(f"{box}: mail", len(mails(t, box)) == 1)
    log = t.read("log/mainlog")
    t.check("PLAIN, LOGIN and TLS were used",
            "A=plain" in log and "A=login" in log and log.count("X=TLS") == 3,
            log)


def what_arrives(t):
    m = mails(t, "plain")[0]
    t.check("subject", m["Subject"] == MSG["subject"], m["Subject"])
    t.check("text", text_of(m) == MSG["body"].rstrip("\n"), text_of(m))
    t.check("from", m["From"].addresses[0].display_name == MSG["from"] and
            m["From"].addresses[0].addr_spec == "ir@minato.example", m["From"])
    t.check("to", m["To"].addresses[0].display_name == MSG["name"], m["To"])
    t.check("charset", m.get_content_charset() == "utf-8")
    for name, value in (("Auto-Submitted", "auto-generated"),
                        ("Precedence", "list"), ("X-Ir-Exercise", "yes"),
                        ("X-Ir-Code", MSG["code"]), ("Importance", "high"),
                        ("Reply-To", "desk@minato.example"),
                        ("Return-path", "<ir@minato.example>")):
        t.check(name, m[name] == value, m[name])
    t.check("no line of it is too long",
            all(len(line) <= 78 for line in m.as_string().split("\n")[:40]))
    other = mails(t, "login")[0]
    t.check("the same message, the same Message-ID",
            m["Message-ID"] and m["Message-ID"] == other["Message-ID"])


def what_goes_wrong(t, conf, ports):
    t.says("5xx", t.send(conf, "refuse@localhost"), "no such mailbox",
           "refused")
    t.says("4xx", t.send(conf, "later@localhost"), "come back later", "retry")
    t.says("too large", t.send(conf, "big@localhost", {"body": "長い" * 9000}),
           "exceeds maximum", "refused")
    wrong = {**conf, "password": "hunter2"}
    got = t.run(wrong, "x@localhost")
    t.says("password", got["send"], "user name or the password", "refused")
    t.says("password, checked", got["check"], "user name or the password")
    t.check("the password is not told", "hunter2" not in str(got), got)
    t.check("in Japanese", "パスワード" in
            t.run(wrong, lang="ja")["check"]["error"])
    t.says("no login given", t.send({k: v for k, v in conf.items()
                                     if k not in ("user", "password")},
                                    "x@localhost"), "log in first", "refused")
    for what, ca, said in (
            ("another CA", t.read("other.pem"), "not trusted"),
            ("no CA", None, channel_try.UNTRUSTED)):
        c = {k: v for k, v in {**conf, "ca": ca}.items() if v is not None}
        t.says(what, t.send(c, "x@localhost"), said, "retry")
    if os.geteuid() == 0 and os.path.exists(channel_try.CAS):
        own = {k: v for k, v in conf.items() if k != "ca"}
        t.says("a machine without authorities",
               t.run(own, before=channel_try.NO_CAS)["check"],
               "ca-certificates")
        t.check("needs none with one of its own",
                t.run(conf, before=channel_try.NO_CAS)["check"].get("ok"))
    bare = {**conf, "port": ports["bare"]}
    t.says("no STARTTLS there", t.send(bare, "x@localhost"), "TLS", "retry")
    t.says("no STARTTLS, checked", t.run(bare)["check"], "TLS")
    t.says("no login there",
           t.run({**bare, "tls": "loopback"})["check"], "no way to log in")
    t.says("plain to elsewhere",
           t.send({**conf, "tls": "loopback", "host": "mail.example.net"},
                  "x@localhost"), "without TLS", "refused")
    t.says("nobody there",
           t.send({**conf, "port": channel_try.free_port()}, "x@localhost"),
           "nobody answers", "retry")
    slow = {**conf, "timeout": "1s"}
    t.says("hangs after the address", t.send(slow, "hang@localhost"),
           "no answer in time", "retry")
    with socket.create_server(("127.0.0.1", 0)) as mute:
        began = time.monotonic()
        got = t.run({**slow, "port": mute.getsockname()[1]}, "x@localhost")
        t.says("says nothing", got["send"], "no answer in time", "retry")
        t.check("in time", time.monotonic() - began < 5)
    got = t.send(conf, "hole@localhost")
    t.check("250 is what can be known", got.get("ok") and
            got["delivered"] is False, got)


def injection(t, conf):
    evil = "a\r\nBcc: evil@localhost\r\n\r\nx"
    for field in ("subject", "name", "from", "code"):
        got = t.send(conf, "inj@localhost", {field: evil})
        t.says(f"a line break in {field}", got, "line break", "refused")
    for to in ("inj@localhost\r\nRCPT TO:<evil@localhost>", "inj@localhost>",
               "<inj@localhost>", "inj@localhost,evil@localhost", "-oQ@x",
               "inj", "inj@localhost SIZE=1"):
        got = t.send(conf, to)
        t.check(f"address {to!r}", got.get("how") == "refused", got)
    got = t.run({**conf, "from": "a@b\nBcc: c@d"})
    t.check("in the configuration", "config.from" in str(got), got)
    body = "a\r\n.\r\nRCPT TO:<evil@localhost>\r\n\x00\x1b[2J" + evil
    got = t.send(conf, "inj@localhost",
                 {"body": body.replace("\x00", ""), "id": evil,
                  "subject": "=?utf-8?q?a=0ABcc:_x?= " + "長" * 200})
    t.check("in the text it is text", got.get("ok"), got)
    m = mails(t, "inj")[0]
    t.check("as it was", "RCPT TO:<evil@localhost>" in text_of(m) and
            m["Bcc"] is None and m["Subject"].endswith("長" * 200) and
            m["Subject"].startswith("=?utf-8?q?a=0ABcc:_x?="), m.as_string())
    t.check("one mail only", len(mails(t, "inj")) == 1 and
            not os.path.exists(f"{t.dir}/mail/evil"))


def main(t):
    stand_in.make_certificates(t.dir)
    ports = start_exim(t)
    conf = {"host": "localhost", "port": ports["plain"], "user": "ir",
            "password": "geheim", "from": "ir@minato.example",
            "reply_to": "desk@minato.example", "ca": t.read("ca.pem")}
    ways_in(t, conf, ports)
    what_arrives(t)
    what_goes_wrong(t, conf, ports)
    injection(t, conf)


if __name__ == "__main__":
    if not os.path.exists(EXIM):
        print("there is another mail server than Exim: not tried")
        sys.exit(77)
    sys.exit(channel_try.Try("smtp").main(main))
