#!/usr/bin/env python3
"""The channel syslog against rsyslogd, by UDP, TCP and TLS: each line is read
as rsyslogd understood it.

    channel_syslog.py IR
"""
import datetime
import json
import os
import socket
import sys

sys.path.insert(0, os.path.join(os.path.dirname(os.path.realpath(__file__)),
                                "../tools"))
import channel_try  # noqa: E402
import stand_in  # noqa: E402
from channel_try import MSG  # noqa: E402

CONF = """
global(workDirectory="%(dir)s" defaultNetstreamDriverCAFile="%(dir)s/ca.pem"
       defaultNetstreamDriverCertFile="%(dir)s/server.crt"
       defaultNetstreamDriverKeyFile="%(dir)s/server.key")
module(load="imudp")
module(load="imtcp")
input(type="imudp" address="127.0.0.1" port="%(udp)d" name="udp")
input(type="imtcp" address="127.0.0.1" port="%(tcp)d" name="tcp")
input(type="imtcp" address="127.0.0.1" port="%(tls)d" name="tls"
      streamDriver.name="gtls" streamDriver.mode="1"
      streamDriver.authMode="anon")
input(type="imtcp" address="127.0.0.1" port="%(mutual)d" name="mutual"
      streamDriver.name="gtls" streamDriver.mode="1"
      streamDriver.authMode="x509/certvalid")
template(name="json" type="list" option.jsonf="on") {
    property(outname="by" name="inputname" format="jsonf")
    property(outname="facility" name="syslogfacility-text" format="jsonf")
    property(outname="level" name="syslogseverity-text" format="jsonf")
    property(outname="time" name="timereported" format="jsonf"
             dateformat="rfc3339")
    property(outname="host" name="hostname" format="jsonf")
    property(outname="app" name="app-name" format="jsonf")
    property(outname="msgid" name="msgid" format="jsonf")
    property(outname="data" name="structured-data" format="jsonf")
    property(outname="text" name="msg" format="jsonf")
}
action(type="omfile" file="%(dir)s/got" template="json")
"""


def start_rsyslog(t):
    ports = {"udp": channel_try.free_port(socket.SOCK_DGRAM),
             "tcp": channel_try.free_port(), "tls": channel_try.free_port(),
             "mutual": channel_try.free_port()}
    conf = t.write("rsyslog.conf", CONF % {"dir": t.dir, **ports})
    with open(f"{t.dir}/rsyslog.err", "wb") as f:
        t.start(["rsyslogd", "-n", "-f", conf, "-i", f"{t.dir}/pid"],
                stderr=f, stdout=f)
    if not channel_try.wait_for(lambda: channel_try.answers(ports["tcp"]) and
                                channel_try.answers(ports["tls"])):
        sys.exit("rsyslogd does not start: " + t.read("rsyslog.err"))
    return ports


def lines(t, n, msgid="ALERT"):
    def there():
        if not os.path.exists(f"{t.dir}/got"):
            return []
        with open(f"{t.dir}/got", encoding="utf-8") as f:
            got = [json.loads(line) for line in f]
        return [line for line in got if line["msgid"] == msgid]
    channel_try.wait_for(lambda: len(there()) >= n)
    return there()


def one_way(t, conf, way, n):
    got = t.run(conf, "noc", {"incident": "INC-2026-7"})
    t.check(way, got["check"]["ok"] and got["send"]["ok"], got)
    here = [x for x in lines(t, n) if x["by"] == way]
    t.check(f"{way}: one line", len(here) == 1, here)
    if not here:
        return
    x = here[0]
    t.check(f"{way}: who", (x["facility"], x["level"], x["app"], x["host"]) ==
            ("local3", "crit", "ir", "ops1"), x)
    t.check(f"{way}: text", x["text"].lstrip("\ufeff") ==
            MSG["body"].rstrip("\n").replace("\n", " / "), x["text"])
    t.check(f"{way}: data", x["data"] ==
            f'[ir@32473 id="{MSG["id"]}" code="{MSG["code"]}" to="noc" '
            'severity="2" exercise="true" incident="INC-2026-7"]', x["data"])
    age = datetime.datetime.now(datetime.timezone.utc) - \
        datetime.datetime.fromisoformat(x["time"].replace("Z", "+00:00"))
    t.check(f"{way}: time", abs(age.total_seconds()) < 60, x["time"])


def values(t, conf):
    evil = 'a"] [x@1 y="1"]\\\r\n<0>1 - - - - - - evil'
    got = t.send({**conf, "facility": "auth"}, evil,
                 {"code": evil, "body": "a\r\n<0>1 - - - - ALERT - b\x1b[2J",
                  "severity": 4})
    t.check("hostile", got.get("ok"), got)
    x = lines(t, 4)[-1]
    t.check("one line of it", len(lines(t, 4)) == 4, lines(t, 4))
    t.check("level", (x["facility"], x["level"]) == ("auth", "notice"), x)
    quoted = evil.replace("\r\n", " / ").replace("\\", "\\\\")
    quoted = quoted.replace('"', '\\"').replace("]", "\\]")
    t.check("quoted", f'code="{quoted}"' in x["data"], x["data"])
    t.check("no controls", "\x1b" not in x["text"] and
            x["text"].lstrip("\ufeff").startswith("a / <0>1"), x["text"])
    t.send(conf, "noc", {"body": "長い文" * 2000})
    x = lines(t, 5)[-1]
    t.check("a long one is cut between characters",
            x["text"].endswith("…") and "\ufffd" not in x["text"] and
            6990 <= len(x["text"].encode()) < 7010, x["text"][-20:])
    t.check("checks wake nobody",
            {y["level"] for y in lines(t, 3, "CHECK")} == {"debug"})


def what_goes_wrong(t, ways):
    tls = ways["tls"]
    for what, ca, said in (
            ("another CA", t.read("other.pem"), "not trusted"),
            ("no CA", None, channel_try.UNTRUSTED)):
        c = {k: v for k, v in {**tls, "ca": ca}.items() if v is not None}
        t.says(what, t.send(c, "noc"), said, "retry")
    t.says("TLS to who speaks none",
           t.send({**tls, "port": ways["tcp"]["port"], "timeout": "1s"},
                  "noc"), "127.0.0.1: ", "retry")
    for way, conf in ways.items():
        free = channel_try.free_port(socket.SOCK_DGRAM if way == "udp"
                                     else socket.SOCK_STREAM)
        t.says(f"{way}: nobody there", t.send({**conf, "port": free}, "noc"),
               "nobody answers", "retry")
    got = t.run(ways["udp"], lang="ja")["check"]
    t.check("UDP says so", "UDPでは" in got.get("text", ""), got)
    got = t.run({**tls, "facility": "local9"})
    t.check("configuration", "config.facility" in str(got), got)


def mutual(t, tls, port):
    """A server that lets in who has a certificate of its CA."""
    conf = {**tls, "port": port, "timeout": "3s"}
    before = len(lines(t, 1))
    known = {"cert": t.read("server.crt"), "key": t.read("server.key")}
    got = t.send({**conf, **known}, "noc")
    t.check("who is known is let in", got.get("ok") and
            lines(t, before + 1)[-1]["by"] == "mutual", got)
    for what, more in (("who shows none", {}),
                       ("who shows another's",
                        {"cert": t.read("other.pem"),
                         "key": t.read("other.key")})):
        got = t.send({**conf, **more}, "noc")
        t.check(f"{what} is not, and it is not taken for handed over",
                got.get("how") == "retry", got)
    t.says("one without its key", t.send({**conf, "cert": known["cert"]},
                                         "noc"), "does not take this")
    t.says("another's key", t.send({**conf, **known, "key":
                                    t.read("other.key")}, "noc"), "cannot be used")
    got = t.send({**conf, **known, "key": "-----BEGIN nonsense"}, "noc")
    t.check("no key", "error" in got and "nonsense" not in str(got), got)
    t.check("nothing of theirs is there", len(lines(t, 1)) == before + 1)


def main(t):
    stand_in.make_certificates(t.dir)
    ports = start_rsyslog(t)
    base = {"host": "127.0.0.1", "facility": "local3", "hostname": "ops1",
            "ca": t.read("ca.pem")}
    ways = {way: {**base, "transport": way, "port": port}
            for way, port in ports.items() if way != "mutual"}
    for n, way in enumerate(ways):
        one_way(t, ways[way], way, n + 1)
    values(t, ways["tcp"])
    mutual(t, ways["tls"], ports["mutual"])
    what_goes_wrong(t, ways)


if __name__ == "__main__":
    sys.exit(channel_try.Try("syslog").main(main))
