"""What tests of shipped channels share: a plugin tried by `ir channel test`
against servers of the test's own.

    sys.path.insert(0, ".../tests/tools"); import channel_try
    t = channel_try.Try("smtp")     sys.argv[1] is ir
    t.run(config, to, message)      what it said, as JSON
    t.check("what", condition, seen)
    t.start([...])                  a process, ended with the test

and at its end  sys.exit(t.main(function))  which calls function(t).
"""
import itertools
import json
import os
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time

from world import unshare

ROOT = os.path.realpath(os.path.join(os.path.dirname(__file__), "../.."))
NOBODY = 65534
CAS = "/etc/ssl/certs/ca-certificates.crt"
# what is said of a certificate that no authority of this machine has signed
UNTRUSTED = "not trusted" if os.path.exists(CAS) else "ca-certificates"
NO_CAS = [*unshare("--mount"), "sh", "-c",
          f'mount --bind /dev/null {CAS} && exec "$@"', "x"]
MSG = {"id": "5e" * 32 + "/ito/1", "name": "伊藤 花子", "language": "ja",
       "subject": "訓練 重大度2 情報システムが使えません [K7QM-2F9X]",
       "title": "訓練 情報システムが使えません",
       "body": "訓練\n情報システムが使えません。電話で指揮者に連絡してください。\n"
               ".\n照合コード: K7QM-2F9X\n返答: 1a 対応可 / 1d 対応不可\n",
       "short": "訓練 情報システムが使えません。K7QM-2F9X 返答:1a/1d",
       "code": "K7QM-2F9X", "exercise": True, "severity": 2,
       "reply": {"accept": "1a", "decline": "1d"}, "from": "みなと空港"}


def free_port(kind=socket.SOCK_STREAM):
    with socket.socket(socket.AF_INET, kind) as s:
        s.bind(("127.0.0.1", 0))
        return s.getsockname()[1]


def wait_for(what, seconds=15):
    """What `what` answers as soon as it is true, else the last answer."""
    until = time.monotonic() + seconds
    got = what()
    while not got and time.monotonic() < until:
        time.sleep(0.05)
        got = what()
    return got


def answers(port):
    try:
        socket.create_connection(("127.0.0.1", port), 1).close()
        return True
    except OSError:
        return False


class Try:
    def __init__(self, name):
        self.ir, self.name = os.path.realpath(sys.argv[1]), name
        self.plugin = f"{ROOT}/plugins/channel/{name}.lua"
        self.dir = os.path.realpath(tempfile.mkdtemp())
        os.chmod(self.dir, 0o755)
        self.failed, self.started = 0, []
        self.count = itertools.count()

    def start(self, argv, **more):
        # pylint: disable=consider-using-with
        p = subprocess.Popen(argv, stdin=subprocess.DEVNULL,
                             start_new_session=True, **more)
        self.started.append(p)
        return p

    def write(self, name, text):
        with open(f"{self.dir}/{name}", "w", encoding="utf-8") as f:
            f.write(text)
        return f"{self.dir}/{name}"

    def read(self, name):
        with open(f"{self.dir}/{name}", encoding="utf-8") as f:
            return f.read()

    def run(self, config, to=None, message=None, lang="en", more=(),
            before=()):
        n = next(self.count)
        argv = [*before, self.ir, "--json", "channel", "test", self.plugin,
                "--config", self.write(f"config-{n}", json.dumps(config)),
                *more]
        if to is not None:
            argv += ["--to", to, "--message",
                     self.write(f"message-{n}",
                                json.dumps({**MSG, **(message or {})}))]
        env = {k: v for k, v in os.environ.items()
               if k in ("PATH", "IR_LOCALEDIR", "ASAN_OPTIONS",
                        "UBSAN_OPTIONS")}
        env["LANG"] = "ja_JP.UTF-8" if lang == "ja" else "en_US.UTF-8"
        done = subprocess.run(argv, env=env, capture_output=True, timeout=100)
        try:
            return json.loads(done.stdout)
        except ValueError:
            return {"said": done.stderr.decode(), "exit": done.returncode}

    def send(self, config, to, message=None, lang="en"):
        return self.run(config, to, message, lang).get("send", {})

    def check(self, what, ok, seen=None):
        if not ok:
            self.failed += 1
            print(f"FAILED: {self.name}: {what}: {seen}", flush=True)

    def says(self, what, answer, text, how=None):
        self.check(what, text in answer.get("error", "") and
                   (how is None or answer.get("how") == how), answer)

    def end(self):
        for p in self.started:
            try:
                os.killpg(p.pid, signal.SIGKILL)
            except ProcessLookupError:
                pass
            p.wait()
        shutil.rmtree(self.dir)

    def main(self, function):
        try:
            function(self)
        finally:
            self.end()
        return 1 if self.failed else 0
