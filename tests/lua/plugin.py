#!/usr/bin/env python3
"""Plugins of channels, as ir-worker runs them: what they can do against real
servers on loopback, and what they cannot do, whatever they try.

    plugin.py IR_WORKER
"""
import email
import email.policy
import json
import os
import pty
import socket
import ssl
import subprocess
import sys
import tempfile
import threading

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)),
                                "../tools"))
import stand_in  # noqa: E402

WORKER = sys.argv[1]
D = tempfile.mkdtemp()
failed = 0
MSG = {"id": "x/ito/1", "to": "ito@localhost", "title": "EXERCISE 全停止",
       "body": "Read.\nこの文を読む。", "short": "EXERCISE", "code": "K7QM-2F9X",
       "subject": "EXERCISE 情報システム", "language": "ja", "severity": 2,
       "exercise": True, "from": "Minato", "name": "伊藤",
       "reply": {"accept": "1a", "decline": "1d"}}


def plugin(code, needs=()):
    listed = ", ".join(f'"{n}"' for n in needs)
    return (f'local M = {{ api = 1, kind = "channel", name = "t", '
            f"needs = {{ {listed} }} }}\n"
            f"function M.send(ir, cfg, msg)\n{code}\nend\nreturn M\n")


def ask(source, needs=(), rules=None, config=None, op="send", msgs=None,
        **more):
    req = {"do": "channel", "op": op, "lang": "en", "name": "channel/t",
           "source": source, "needs": list(needs), "rules": rules or {},
           "config": config or {}, "msgs": [MSG] if msgs is None else msgs,
           **more}
    env = {k: v for k, v in os.environ.items()
           if k in ("PATH", "IR_LOCALEDIR", "ASAN_OPTIONS", "UBSAN_OPTIONS")}
    done = subprocess.run([WORKER], input=json.dumps(req).encode(),
                          capture_output=True, env=env, timeout=90)
    return [json.loads(line) for line in done.stdout.splitlines()]


def sent(code, needs=(), rules=None, config=None, msgs=None):
    """The first answer to a message."""
    lines = ask(plugin(code, needs), needs, rules, config, msgs=msgs)
    for line in lines:
        if "sent" in line:
            return line["sent"]
    return lines[-1] if lines else {"error": "nothing at all"}


def check(what, ok, seen=None):
    global failed
    if not ok:
        failed += 1
        print(f"FAILED: {what}: {seen}", flush=True)


def says(what, answer, text, how=None):
    check(what, text in answer.get("error", "") and
          (how is None or answer.get("how") == how), answer)


def requests():
    path = f"{D}/requests"
    if not os.path.exists(path):
        return []
    with open(path, encoding="utf-8") as f:
        got = [json.loads(line) for line in f]
    os.remove(path)
    return got


def answer(**what):
    with open(f"{D}/answer", "w", encoding="utf-8") as f:
        json.dump(what, f)


def read(path):
    with open(path, encoding="ascii") as f:
        return f.read()


# What a plugin may try: the code, what it needs, and how the answer reads.
ESCAPES = [
    ('os.execute("touch %s")', (), "unknown name \"os\""),
    ('io.open("/etc/passwd")', (), "unknown name \"io\""),
    ('load("return 1")()', (), "unknown name \"load\""),
    ('require "socket"', (), "can be required"),
    ("M = 1", (), None),
    ("x = 1", (), "may not set the global"),
    ("ir.http.get { url = \"https://localhost/\" }", (), "not there"),
    ("ir.run { argv = { \"/bin/sh\" } }", ("http",), "is not there"),
    ("ir.serial.open { device = \"/dev/null\" }", ("http", "run"),
     "not there"),
    ("ir.smtp.send {}", ("http",), "not there"),
    ("while true do end", (), "runs too long"),
    ("local t = {} while true do t[#t + 1] = string.rep('x', 100000) end", (),
     "more than 64 MiB"),
    ("local s = ('a'):rep(200):find(('a-'):rep(30) .. 'b')", (), None),
    ("string.rep = nil", (), "may not be changed"),
    ("ir.json.encode(ir)", (), "JSON holds"),
    ("local t = {} t[1] = t return true, ir.json.encode(t)", (), "too many"),
    ("ir.json.encode { 1, a = 2 }", (), "becomes JSON"),
    ("error('own words')", (), "plugins/channel/t.lua:3: own words"),
    ("return 5", (), "send must return true, or nil and a message"),
    ("return nil", (), "send must return true, or nil and a message"),
]


def test_escapes():
    for code, needs, text in ESCAPES:
        got = sent(code, needs)
        if text is None:
            check(code, "ok" not in got or code == "M = 1", got)
        else:
            says(code, got, text, "refused")
    check("nothing was started", not os.path.exists("%s"))
    # one that hangs in a call ends the process, and says where
    lines = ask(plugin("local s = ('a'):rep(200):find(('a-'):rep(30) .. 'b')"))
    check("stuck", lines == [{"stuck": 3}], lines)
    # one bad message does not spoil the next
    lines = ask(plugin("if msg.id == '1' then error('x') end return true"),
                msgs=[dict(MSG, id="1"), dict(MSG, id="2")])
    check("goes on", lines[1] == {"sent": {"i": 1, "ok": True, "ref": "",
                                           "delivered": False}}, lines)


def test_devices():
    rules = {"device": {"type": "device"}}
    opened = "return ir.serial.open { device = msg.to }"
    got = sent(opened, ("serial",), rules, {"device": "/dev/tty"},
               [dict(MSG, to="/dev/sda")])
    says("another device", got, "not the device of this channel", "refused")
    got = sent(opened, ("serial",), rules, {"device": "/dev/null"},
               [dict(MSG, to="/dev/null")])
    says("no line", got, "is no serial line", "refused")
    for bad in ("/etc/passwd", "/dev/../etc/passwd", "ttyS0"):
        lines = ask(plugin("return true"), ("serial",), rules, {"device": bad})
        check(bad, "must be a device" in json.dumps(lines), lines)
    ours, theirs = pty.openpty()
    name = os.ttyname(theirs)

    def modem():
        os.read(ours, 100)
        os.write(ours, b"OK\r\n")

    threading.Thread(target=modem, daemon=True).start()
    got = sent("local p = ir.serial.open { device = cfg.device, speed = 9600 }\n"
               "p:write('AT\\r') local s = p:read(5) p:close() return true, s",
               ("serial",), rules, {"device": name})
    check("a modem answers", got.get("ok") and "OK" in got["ref"], got)


def test_run():
    rules = {"program": {"type": "program"}}
    run = ("local r, e, how = ir.run { argv = { msg.to, msg.title }, "
           "input = msg.body, timeout = 2 }\n"
           "if not r then return nil, e, how end\n"
           "return true, r.exit .. ' ' .. r.out")
    got = sent(run, ("run",), rules, {"program": "/bin/cat"},
               [dict(MSG, to="/bin/sh")])
    says("another program", got, "not the one of this channel", "refused")
    got = sent(run, ("run",), {"program": {"type": "string"}},
               {"program": "/bin/echo"}, [dict(MSG, to="/bin/echo")])
    says("a string is no program", got, "not the one of this channel")
    got = sent(run, ("run",), rules, {"program": "/bin/echo"},
               [dict(MSG, to="/bin/echo", title="$(id); `id`")])
    check("no shell", got.get("ref") == "0 $(id); `id`\\x0a", got)
    got = sent(run, ("run",), rules, {"program": "/bin/sleep"},
               [dict(MSG, to="/bin/sleep", title="60")])
    says("one that hangs", got, "no answer in time", "retry")
    got = sent(run, ("run",), rules, {"program": f"{D}/none"},
               [dict(MSG, to=f"{D}/none")])
    says("none there", got, "no program", "refused")


POST = ("local r, e, how = ir.http.post { url = msg.to, ca = cfg.ca, "
        "headers = { ['X-A'] = msg.title }, json = { a = msg.body } }\n"
        "if not r then return nil, e, how end\n"
        "return true, r.status .. ' ' .. #r.body")
RULES = {"ca": {"type": "text", "optional": True}}


def post(to, ca=True, title="a", **more):
    return sent(POST, ("http",), RULES,
                {"ca": read(f"{D}/ca.pem")} if ca is True else
                {"ca": ca} if ca else {},
                [dict(MSG, to=to, title=title, **more)])


def test_http(ports):
    https = f"https://localhost:{ports['https']}/a"
    got = post(https)
    check("https with the CA", got.get("ref") == "200 2", got)
    seen = requests()
    check("what arrives", json.loads(seen[0]["body"]) == {"a": MSG["body"]} and
          seen[0]["headers"]["Content-Type"] == "application/json", seen)
    says("nobody vouches", post(https, ca=None), "is not trusted", "retry")
    says("another CA", post(https, ca=read(f"{D}/other.pem")),
         "is not trusted")
    got = post(f"http://127.0.0.1:{ports['http']}/")
    check("plain on loopback", got.get("ok"), got)
    check("nothing else was asked", len(requests()) == 1)
    for url in ("http://example.net/", "http://127.0.0.1.example.net/",
                "http://localhost@example.net/", "ftp://localhost/",
                "http://[::2]/"):
        says(url, post(url), "https://", "refused")
    got = sent("return ir.http.get { url = msg.to, proxy = 'http://x:1' }",
               ("http",), msgs=[dict(MSG, to=f"http://127.0.0.1:{ports['http']}")])
    says("plain by a proxy", got, "https://", "refused")
    says("a file", post("file:///etc/passwd"), "no web address", "refused")
    says("no address", post("nonsense nonsense"), "is no web address")
    for bad in ("a\r\nX-Evil: 1", "a\nb", "a\0b"):
        got = post(https, title=bad.replace("\0", "\x01"))
        says("header injection", got, "line break", "refused")
    check("nothing was sent", requests() == [])
    answer(huge=2000000)
    says("a huge answer", post(https), "too long", "refused")
    answer(status=302, headers={"Location": "http://example.net/"})
    got = post(https)
    check("no redirect is followed", got.get("ref", "").startswith("302"), got)
    answer(hang=30)
    got = sent(POST.replace("url =", "timeout = 1, url ="), ("http",), RULES,
               {"ca": read(f"{D}/ca.pem")}, [dict(MSG, to=https, title="a")])
    says("a slow server", got, "no answer in time", "retry")
    answer()
    got = sent("return ir.http.get { url = msg.to, headers = { Host = 'x' } }",
               ("http",), msgs=[dict(MSG, to=https)])
    says("a header of ours", got, "header", "refused")
    requests()


SMTP = ("return ir.smtp.send { host = 'localhost', port = cfg.port, "
        "tls = cfg.tls, ca = cfg.ca, user = cfg.user, password = cfg.pass, "
        "from = 'ir@minato.example', from_name = msg.from, to = msg.to, "
        "to_name = msg.name, id = msg.id, text = msg.body, "
        "headers = { Subject = msg.subject } }")


def mail(server, tls="starttls", config=None, **more):
    rules = {"port": {"type": "int"}, "tls": {"type": "string"},
             "ca": {"type": "text", "optional": True},
             "user": {"type": "string", "optional": True},
             "pass": {"type": "string", "optional": True}}
    conf = {"port": server.port, "tls": tls, "ca": read(f"{D}/ca.pem")}
    return sent(SMTP, ("smtp",), rules, {**conf, **(config or {})},
                [dict(MSG, **more)])


def test_smtp():
    server, implicit = stand_in.Smtp(D), stand_in.Smtp(D, True)
    got = mail(server)
    check("STARTTLS", got.get("ref") == "queued as A1B2", got)
    m = email.message_from_bytes(server.mails[0]["data"],
                                 policy=email.policy.default)
    check("TLS was on", server.mails[0]["tls"])
    check("subject", m["Subject"] == MSG["subject"], m["Subject"])
    check("to", m["To"].addresses[0].display_name == "伊藤", str(m["To"]))
    check("text", m.get_content().replace("\r\n", "\n").rstrip() ==
          MSG["body"].rstrip(), m.get_content())
    check("date and id", m["Date"] and m["Message-ID"], str(m))
    got = mail(server, config={"user": "ir", "pass": "geheim"})
    check("AUTH", got.get("ok"), got)
    check("the same message, the same id",
          email.message_from_bytes(server.mails[1]["data"])["Message-ID"] ==
          m["Message-ID"])
    says("wrong password", mail(server, config={"user": "i", "pass": "no"}),
         "535", "refused")
    check("implicit TLS", mail(implicit, "tls").get("ok"))
    says("refused", mail(server, to="refuse@localhost"), "550", "refused")
    says("later", mail(server, to="later@localhost"), "451", "retry")
    says("no CA", mail(server, config={"ca": read(f"{D}/other.pem")}),
         "not trusted", "retry")
    check("plain on loopback", mail(server, "loopback").get("ok"))
    n = len(server.mails)
    for bad in ({"to": "a@b\r\nRCPT TO:<c@d>"}, {"to": "a@b>"}, {"to": "-x@b"},
                {"to": "nobody"}, {"subject": "a\r\nBcc: x@y"},
                {"subject": "a\nb"}, {"name": "a\r\nBcc: x@y"}):
        got = mail(server, **bad)
        check(f"injection {bad}", got.get("how") == "refused", got)
    check("nothing of it was sent", len(server.mails) == n)
    got = sent(SMTP.replace("'localhost'", "'mail.example.net'"), ("smtp",),
               {"tls": {"type": "string"}}, {"tls": "loopback"})
    says("plain elsewhere", got, "without TLS", "refused")


def take_one(sock, context, into):
    def run():
        conn, _ = sock.accept()
        if context:
            conn = context.wrap_socket(conn, server_side=True)
        into.append(conn.recv(100))
        conn.sendall(b"thanks")
        conn.close()

    t = threading.Thread(target=run, daemon=True)
    t.start()
    return t


def test_sockets():
    udp = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    udp.bind(("127.0.0.1", 0))
    udp.settimeout(5)
    port = {"port": {"type": "int"}, **RULES}
    got = sent("return ir.socket.udp { host = '127.0.0.1', port = cfg.port, "
               "data = 'hello' }", ("socket",), port,
               {"port": udp.getsockname()[1]})
    check("udp", got.get("ok") and udp.recv(10) == b"hello", got)
    closed = udp.getsockname()[1]
    udp.close()
    got = sent("return ir.socket.udp { host = '127.0.0.1', port = cfg.port, "
               "data = 'hello' }", ("socket",), port, {"port": closed})
    says("udp, nobody there", got, "nobody answers there", "retry")
    for kind, context in (("tcp", None), ("tls", stand_in.server_context(D))):
        with socket.create_server(("127.0.0.1", 0)) as sock:
            heard = []
            t = take_one(sock, context, heard)
            got = sent(f"return ir.socket.{kind} {{ host = 'localhost', port = "
                       "cfg.port, data = 'hello', read = 10, ca = cfg.ca }",
                       ("socket",), port,
                       {"port": sock.getsockname()[1],
                        "ca": read(f"{D}/ca.pem")})
            t.join(5)
            check(kind, got.get("ref") == "thanks" and heard == [b"hello"],
                  (got, heard))
    got = sent("return ir.socket.tls { host = 'nowhere.invalid', port = 1, "
               "data = '' }", ("socket",))
    says("no such name", got, "DNS", "retry")


def test_values():
    got = sent("local v = ir.json.decode('{\"a\":[1,2.5,null,\"x\"],\"b\":true}')"
               " return true, ir.json.encode(v.a[2]) .. ir.json.encode { 1, 2 }"
               " .. tostring(v.b) .. ir.base64.encode('a?>') .. "
               "ir.base64.decode('YT8+')")
    check("values", got.get("ref") == "2.5[1,2]trueYT8+a?>", got)
    got = sent("local b = ir.utf16.encode('a訓😀') return true, "
               "ir.base64.encode(b) .. ir.utf16.decode(b) .. "
               "ir.utf16.decode('\\216\\61\\0a\\222\\0x') .. #ir.utf16.encode('\\255')")
    check("utf-16", got.get("ref") == "AGGKE9g93gA=a訓😀\ufffda\ufffd2", got)
    got = sent("return true, type(ir.time()) == 'number' and 'n'")
    check("time", got.get("ref") == "n", got)
    got = sent("local v, e = ir.json.decode('{') return nil, e, 'refused'")
    says("no JSON", got, "ends too early", "refused")
    got = sent("return true, 'r', 'delivered'")
    check("delivered", got.get("delivered") is True, got)
    got = sent("return nil, 'a\\27[2Jb', 'retry'")
    says("hostile words", got, "a\\x1b[2Jb", "retry")


def test_receive():
    source = plugin("return true").replace(
        "return M\n", "function M.receive(ir, cfg, state)\n"
        "return { { from = '+81', text = '1a', at_ms = 5, ref = 'r', x = 1 },"
        " { ref = 'q', delivered = true } }, (state or 0) + 1\nend\n"
        "function M.check(ir, cfg) return true, 'fine' end\nreturn M\n")
    lines = ask(source, op="receive", state=41)
    check("receive", lines == [
        {"received": {"from": "+81", "text": "1a", "ref": "r", "at_ms": 5}},
        {"received": {"ref": "q", "delivered": True}},
        {"done": {"state": 42}}], lines)
    lines = ask(source, op="check")
    check("check", lines[0] == {"checked": {"ok": True, "text": "fine"}}, lines)
    lines = ask(plugin("return true"), op="check")
    check("no check", "no function check" in json.dumps(lines), lines)


JUDGED = [
    # what the server answers; ok, or how it goes on, and what it says
    ({"status": 204}, True, ""),
    ({"status": 429, "headers": {"Retry-After": "120"}}, "retry", "HTTP 429"),
    ({"status": 503, "headers": {"Retry-After": "99999999"}, "body": "busy\nx"},
     "retry", "HTTP 503 (busy)"),
    ({"status": 408}, "retry", "HTTP 408"),
    ({"status": 400, "body": '{"error":{"message":"bad room"}}'}, "refused",
     "HTTP 400 (bad room)"),
    ({"status": 400, "body": '{"message":"a\\u001b[2Jb"}'}, "refused",
     "HTTP 400 (a\\x1b[2Jb)"),
    ({"status": 404, "body": "<html>a page</html>"}, "refused", "HTTP 404"),
    ({"status": 401, "body": "key k3y-of-ours, /hook/T0K3N-path?a=s1gn4ture"},
     "refused", "HTTP 401: the token or password is not accepted there "
     "(key ***, /hook/***?a=***)"),
    ({"status": 302, "headers": {"Location": "http://e.example/"}, "body": ""},
     "refused", "HTTP 302: it points elsewhere, where nothing is sent"),
]


def test_judge(ports):
    base = f"http://127.0.0.1:{ports['http']}"
    rules = {"url": {"type": "string", "secret": True},
             "key": {"type": "string", "secret": True}}
    config = {"url": base + "/hook/T0K3N-path?a=s1gn4ture",
              "key": "k3y-of-ours"}
    code = ("local res = ir.http.get { url = cfg.url } "
            "return ir.http.judge(res%s)")
    for what, how, says_ in JUDGED:
        answer(**{"body": "", **what})
        got = sent(code % "", ("http",), rules, config)
        check(what, got.get("ok") is True if how is True else
              got.get("how") == how and got["error"] == says_, got)
    answer(status=429, body="", headers={"Retry-After": "120"})
    got = sent(code % "", ("http",), rules, config)
    check("a time is named", got.get("again_s") == 120, got)
    answer(status=429, body="", headers={"Retry-After": "86400"})
    got = sent(code % "", ("http",), rules, config)
    check("nobody puts us off for a day", got.get("again_s") == 3600, got)
    answer(status=400, body="", headers={"Retry-After": "120"})
    got = sent(code % "", ("http",), rules, config)
    check("no time for what is refused", "again_s" not in got, got)
    for status, ok in ((200, True), (404, True), (405, True), (401, False),
                       (302, False), (410, False), (500, False)):
        answer(status=status, body="")
        got = sent(code % ", 'look'", ("http",), rules, config)
        check(f"a look: {status}", bool(got.get("ok")) == ok and
              f"HTTP {status}" in got.get("ref", got.get("error")), got)
    got = sent("return ir.http.judge(5)", ("http",))
    says("no answer at all", got, "ir.http.judge takes what")
    got = sent("return nil, 'x', 'retry', 7")
    check("a plugin's own time", got.get("again_s") == 7, got)
    answer()
    requests()


def test_replies(ports):
    base = f"http://127.0.0.1:{ports['http']}/back?box=1"
    source = plugin("return true").replace(
        "return M\n", "function M.receive(ir, cfg, state)\n"
        "return ir.http.replies { url = cfg.url, since = state }\nend\n"
        "return M\n")
    rules = {"url": {"type": "string"}}

    def fetch(body, **more):
        answer(body=body)
        return ask(source, ("http",), rules, {"url": base}, op="receive",
                   **more)

    lines = fetch('[{"from":"+81","text":"1a","ref":"r 7"}, 5]', state="q/6")
    check("replies", lines == [
        {"received": {"from": "+81", "text": "1a", "ref": "r 7"}},
        {"done": {"state": "r 7"}}], lines)
    path = requests()[0]["path"]
    check("since", path == "/back?box=1&since=q%2F6", path)
    lines = fetch("[]", state="q/6")
    check("nothing new", lines == [{"done": {"state": "q/6"}}], lines)
    lines = fetch("[]")
    check("nothing ever", lines == [{"done": {}}] and
          requests()[-1]["path"] == "/back?box=1", lines)
    # what one of them sends keeps nobody else's out
    good = {"received": {"from": "+81", "text": "1a", "ref": "z"}}
    for what, bad in (("a NUL", '"a\\u0000b"'), ("half a pair", '"a\\ud83d b"'),
                      ("the other half", '"\\udc00"'),
                      ("half of two", '"\\ud800\\ud800"'),
                      ("behind a backslash", '"\\\\\\ud800"'),
                      ("endless", '"' + "\\u0001" * 90000 + '"')):
        lines = fetch('[{"from":"+82","text":' + bad + ',"ref":"y"},'
                      '{"from":"+81","text":"1a","ref":"z"}]')
        check(f"{what} beside a reply", good in lines and len(lines) == 3,
              str(lines)[:300])
    lines = fetch('[{"from":"+82","text":"\\ud83d\\ude00 \\\\u0000","ref":"y"}]')
    check("what is well stays", lines[0] == {"received": {
        "from": "+82", "text": "\U0001f600 \\u0000", "ref": "y"}}, lines)
    lines = fetch("[" + ",".join('{"from":"+8","text":"x","ref":"%d"}' % i
                                 for i in range(1500)) + "]")
    check("a flood", len(lines) == 1001 and
          lines[-1] == {"done": {"state": "999"}}, lines[-1])
    for body in ("{}", "no", "", "[", '"x"'):
        lines = fetch(body)
        check(f"no list: {body}", "no list" in json.dumps(lines), lines)
    answer()
    requests()


def test_config():
    rules = {"a": {"type": "int", "min": 1, "max": 9},
             "b": {"type": "duration", "default": "2m"},
             "c": {"type": "string", "match": "^x", "optional": True},
             "d": {"type": "list", "optional": True},
             "e": {"type": "string", "choices": ["p", "q"], "default": "p"}}
    got = sent("return true, cfg.a .. ' ' .. cfg.b .. ' ' .. cfg.e", (), rules,
               {"a": 3})
    check("filled in", got.get("ref") == "3 120 p", got)
    for config, text in (({}, "config.a: is missing"),
                         ({"a": 10}, "1 to 9 are allowed"),
                         ({"a": 1, "c": "y"}, "does not fit the pattern"),
                         ({"a": 1, "z": "y"}, "config.z: unknown field"),
                         ({"a": 1, "d": "y"}, "must be a list"),
                         ({"a": 1, "e": "r"}, "must be one of: p, q"),
                         ({"a": 1, "b": "soon"}, "must be a duration")):
        lines = ask(plugin("return true"), (), rules, config)
        check(text, text in json.dumps(lines), lines)


def main():
    stand_in.make_certificates(D)
    ports = {"https": stand_in.serve_http(D, True),
             "http": stand_in.serve_http(D, False)}
    test_escapes()
    test_devices()
    test_run()
    test_http(ports)
    test_judge(ports)
    test_replies(ports)
    test_smtp()
    test_sockets()
    test_values()
    test_receive()
    test_config()
    subprocess.run(["rm", "-rf", D], check=True)
    sys.exit(1 if failed else 0)


if __name__ == "__main__":
    main()
