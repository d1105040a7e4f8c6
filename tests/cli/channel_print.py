#!/usr/bin/env python3
"""The channel print against a CUPS server of the test's own: what lies in its
spool, and whether the code is the one that libqrencode makes of the text.

    channel_print.py IR
"""
import ctypes
import glob
import os
import subprocess
import sys

sys.path.insert(0, os.path.join(os.path.dirname(os.path.realpath(__file__)),
                                "../tools"))
import channel_try  # noqa: E402
from channel_try import MSG  # noqa: E402

CONF = """
Listen 127.0.0.1:%(port)d
Browsing Off
WebInterface No
DefaultAuthType None
PreserveJobFiles Yes
DirtyCleanInterval 0
<Location />
Order allow,deny
Allow all
</Location>
<Policy default>
<Limit All>
Order allow,deny
Allow all
</Limit>
</Policy>
"""
FILES = """
ServerRoot %(dir)s/root
RequestRoot %(dir)s/spool
CacheDir %(dir)s/cache
StateDir %(dir)s/state
TempDir %(dir)s/tmp
AccessLog %(dir)s/access
ErrorLog %(dir)s/error
PageLog %(dir)s/page
FileDevice Yes
"""
BLOCKS = {" ": (0, 0), "▀": (1, 0), "▄": (0, 1), "█": (1, 1)}


class Code(ctypes.Structure):
    _fields_ = [("version", ctypes.c_int), ("width", ctypes.c_int),
                ("data", ctypes.POINTER(ctypes.c_ubyte))]


def start_cups(t):
    port = channel_try.free_port()
    for name in ("root", "spool", "cache", "state", "tmp"):
        os.mkdir(f"{t.dir}/{name}")
    conf = t.write("cupsd.conf", CONF % {"port": port})
    files = t.write("files.conf", FILES % {"dir": t.dir})
    with open(f"{t.dir}/cups.err", "wb") as f:
        t.start(["/usr/sbin/cupsd", "-f", "-c", conf, "-s", files], stderr=f,
                stdout=f)
    if not channel_try.wait_for(lambda: channel_try.answers(port)):
        sys.exit("cupsd does not start: " + t.read("cups.err"))
    return port


def jobs(t, n):
    """What was printed, as it lies in the spool."""
    def there():
        return [x for x in sorted(glob.glob(f"{t.dir}/spool/d*-001"))
                if os.path.exists(x[:-4].replace("/spool/d", "/spool/c"))]
    channel_try.wait_for(lambda: len(there()) >= n, 5)
    out = []
    for path in there():
        with open(path, encoding="utf-8") as f:
            text = f.read()
        job = os.path.basename(path)[1:-4]
        with open(f"{t.dir}/spool/c{job}", "rb") as f:
            out.append((text, f.read()))
    return out


def matrix(text):
    """Modules of a code in half blocks, without its margin of four."""
    rows = []
    for line in text.split("\n"):
        if line and set(line) <= set(BLOCKS) and len(line) > 20:
            rows.append([BLOCKS[c][0] for c in line])
            rows.append([BLOCKS[c][1] for c in line])
    n = len(rows[0]) - 8
    return [row[4:4 + n] for row in rows[4:4 + n]]


def expected(text):
    lib = ctypes.CDLL("libqrencode.so.4")
    lib.QRcode_encodeString.restype = ctypes.POINTER(Code)
    code = lib.QRcode_encodeString(text.encode(), 0, 0, 2, 1).contents
    w = code.width
    return [[code.data[y * w + x] & 1 for x in range(w)] for y in range(w)]


def without_cups(t):
    """A directory that a printer watches."""
    spot = f"{t.dir}/spot box"
    conf = {"directory": spot, "copies": 2}
    t.says("no directory", t.run(conf)["check"], "spot box")
    got = t.send(conf, "board")
    t.check("nor can it be put there", got.get("how") == "retry" and
            "spot box" in got["error"], got)
    os.mkdir(spot)
    got = t.run(conf, "board")
    t.check("put there", got["check"].get("ok") and got["send"].get("ok"), got)
    files = [x for x in os.listdir(spot) if not x.startswith(".")]
    t.check("one file, by its name", files == [got["send"]["text"]] and
            files[0].startswith("board-") and files[0].endswith(".txt"), files)
    with open(f"{spot}/{files[0]}", encoding="utf-8") as f:
        sheets = f.read().split("\f")
    t.check("two sheets, each whole", len(sheets) == 2 and
            sheets[0] == sheets[1] and MSG["body"] in sheets[0] and
            matrix(sheets[0]) == expected(MSG["short"]), sheets)
    again = t.send(conf, "board")
    t.check("the same message is the same file", again.get("ok") and
            len([x for x in os.listdir(spot) if x[0] != "."]) == 1)
    for to in ("../x", "a/b", "-t", "", ".x", "掲示"):
        t.says(f"name {to!r}", t.send(conf, to), "no name for a file",
               "refused")
    t.check("a directory by its whole path", "config.directory" in str(
        t.run({"directory": "spot"})))


def main(t):
    without_cups(t)
    port = start_cups(t)
    conf = {"server": f"127.0.0.1:{port}"}
    t.says("no printer", t.run(conf)["check"], "estination")
    subprocess.run(["lpadmin", "-h", conf["server"], "-p", "board", "-E", "-v",
                    f"file:{t.dir}/paper"], check=True, timeout=20,
                   capture_output=True)
    got = t.run({**conf, "copies": 3}, "board")
    t.check("printed", got["check"] == {"ok": True, "delivered": False,
                                        "text": "board"} and
            got["send"].get("text") == "board-1", got)
    text, job = jobs(t, 1)[0]
    t.check("the text", MSG["body"] in text and "掲示" in text and
            MSG["from"] in text, text)
    t.check("the code", matrix(text) == expected(MSG["short"]), text)
    t.check("the job", MSG["title"].encode() in job and b"text/plain" in job and
            b"cpi" in job, job)
    evil = "%!PS\n\x1b%-12345X@PJL\x0c\x9b\x00".replace("\x00", "\x04")
    got = t.send(conf, "board", {"body": evil, "title": "-o raw\n\x1bx",
                                 "short": "短" * 140, "language": "en"})
    text, job = jobs(t, 2)[1]
    t.check("harmless", got.get("ok") and text.startswith("====") and
            "?%-12345X@PJL???" in text and b"-o raw ?x" in job, (text, job))
    t.check("a long one", matrix(text) == expected("短" * 140), text)
    t.says("no such printer", t.send(conf, "nowhere"), "does not exist",
           "refused")
    for to in ("", "-d", "a b", "a;b", "board\n", "掲示"):
        t.says(f"address {to!r}", t.send(conf, to), "no name of a printer",
               "refused")
    t.says("no server", t.send({"server": "127.0.0.1:1"}, "board"),
           "no print server answers", "retry")
    t.says("no lp", t.run({**conf, "lp": "/nowhere/lp"})["check"],
           "/nowhere/lp")


if __name__ == "__main__":
    sys.exit(channel_try.Try("print").main(main))
