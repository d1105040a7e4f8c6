"""A mobile modem on a pseudo-terminal: AT commands of TS 27.005 in PDU mode.

    m = Modem(echo=True, pin="1234")    m.device is its line
    m.sent        what was sent: Submit(number, text, head, report, pdu)
    m.arrive(deliver("+8190", "1a"))    a message comes in
    m.options     what it does wrong, see OPTIONS

The PDUs are read and written here in another way than the plugin does: bits as
texts of "0" and "1", UTF-16 by Python.
"""
import os
import pty
import re
import select
import threading
import time
import tty
from collections import namedtuple

BASIC = ("@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞ\x1bÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?"
         "¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿abcdefghijklmnopqrstuvwxyzäöñüà")
EXTRA = {"\f": 10, "^": 20, "{": 40, "}": 41, "\\": 47, "[": 60, "~": 61,
         "]": 62, "|": 64, "€": 101}
OPTIONS = {"echo": False, "pin": None, "tries": 3, "puk": False, "sim": True,
           "registered": True, "smsc": "+819012340000", "garbage": False,
           "mute": False,        # answers nothing
           "mute_after": None,   # nothing after a command that begins so
           "errors": {},         # number (its end): code of +CMS ERROR
           "fail_part": None,    # (which PDU, code)
           "report_state": 0,    # what reports say
           "reports": "store",   # or "push", or None: does not know ds=2
           "no_cpinr": False, "delete_fails": False, "slow": 0}
Submit = namedtuple("Submit", "number text head report pdu")


def septets(text):
    out = []
    for c in text:
        out += [27, EXTRA[c]] if c in EXTRA else [BASIC.index(c)]
    return out


def pack(values, fill=0):
    """Septets as bytes: a string of bits, read from its end."""
    bits = "".join(f"{v:07b}" for v in reversed(values)) + "0" * fill
    bits = "0" * (-len(bits) % 8) + bits
    return bytes(int(bits[i:i + 8], 2) for i in range(len(bits) - 8, -1, -8))


def unpack(data, count, fill=0):
    bits = "".join(f"{b:08b}" for b in reversed(data))
    values, end = [], len(bits) - fill
    for _ in range(count):
        values.append(int(bits[end - 7:end], 2))
        end -= 7
    back, out, esc = {v: k for k, v in EXTRA.items()}, "", False
    for v in values:
        if esc:
            out, esc = out + back[v], False
        elif v == 27:
            esc = True
        else:
            out += BASIC[v]
    return out


def swap(digits):
    digits += "F" * (len(digits) % 2)
    return "".join(digits[i + 1] + digits[i] for i in range(0, len(digits), 2))


def address(number):
    digits = number.lstrip("+")
    kind = "91" if number.startswith("+") else "81"
    return f"{len(digits):02X}{kind}{swap(digits)}"


def stamp(ms, quarters=36):
    t = time.gmtime(ms // 1000 + quarters * 900)
    return "".join(swap(f"{v:02d}") for v in (
        t.tm_year % 100, t.tm_mon, t.tm_mday, t.tm_hour, t.tm_min, t.tm_sec,
        quarters))


def deliver(number, text, ms=1795000000000, part=None, wide=True):
    """SMS-DELIVER; part: (reference, how many, which, bits of reference)."""
    head = b""
    if part:
        ref, n, i, bits = part
        head = (bytes([5, 0, 3, ref, n, i]) if bits == 8 else
                bytes([6, 8, 4, ref >> 8, ref & 255, n, i]))
    if wide:
        body = text.encode("utf-16-be")
        length = len(head) + len(body)
    else:
        over = -(-len(head) * 8 // 7)
        body = pack(septets(text), over * 7 - len(head) * 8)
        length = over + len(septets(text))
    return (f"00{'44' if part else '04'}{address(number)}00"
            f"{'08' if wide else '00'}{stamp(ms)}{length:02X}"
            f"{(head + body).hex().upper()}")


def status_report(mr, number, state=0, ms=1795000000000):
    return (f"0006{mr:02X}{address(number)}{stamp(ms)}{stamp(ms + 5000)}"
            f"{state:02X}")


def read_submit(text, said):
    b = bytes.fromhex(text)
    at = 1 + b[0]
    assert len(b) - at == said, f"length {said}, {len(b) - at} bytes"
    first, n = b[at], b[at + 2]
    assert first & 0x1B == 0x11, f"first octet {first:02X}"
    digits = swap(b[at + 4:at + 4 + (n + 1) // 2].hex().upper())[:n]
    number = ("+" if b[at + 3] == 0x91 else "") + digits
    at += 4 + (n + 1) // 2
    dcs, vp, length = b[at + 1], b[at + 2], b[at + 3]
    assert vp == 167 and b[at] == 0
    data, head = b[at + 4:], b""
    if first & 0x40:
        head = data[:data[0] + 1]
    if dcs == 8:
        assert len(data) == length <= 140
        body = data[len(head):].decode("utf-16-be")
    else:
        assert len(data) == -(-length * 7 // 8) <= 140
        over = -(-len(head) * 8 // 7)
        body = unpack(data[len(head):], length - over, over * 7 - 8 * len(head))
    return Submit(number, body, head, bool(first & 0x20), text)


class Modem(threading.Thread):
    def __init__(self, **options):
        super().__init__(daemon=True)
        self.options = {**OPTIONS, **options}
        self.ours, theirs = pty.openpty()
        tty.setraw(self.ours)
        tty.setraw(theirs)
        self.keep, self.device = theirs, os.ttyname(theirs)
        self.sent, self.said, self.mr = [], [], 40
        self.memory = {"SM": {}, "SR": {}}
        self.use, self.left = "SM", self.options["tries"]
        self.locked, self.prompt, self.ds = bool(self.options["pin"]), None, 0
        self.dead = False
        self.start()

    def write(self, text):
        os.write(self.ours, text.encode("latin-1"))

    def line(self, text):
        self.write(f"\r\n{text}\r\n")

    def arrive(self, pdu, memory="SM"):
        box = self.memory[memory]
        index = next(i for i in range(1, 300) if i not in box)
        box[index] = pdu
        return index

    def run(self):
        buf = b""
        while True:
            if not select.select([self.ours], [], [], 60)[0]:
                continue
            try:
                buf += os.read(self.ours, 1000)
            except OSError:
                return
            while m := re.search(rb"[\r\x1a\x1b]", buf):
                text, end = buf[:m.start()].decode("latin-1"), m.group()
                buf = buf[m.end():]
                self.take(text, end)

    def take(self, text, end):
        o = self.options
        self.said.append(text)
        if o["mute"] or self.dead:
            return
        if o["mute_after"] and text.startswith(o["mute_after"]):
            self.dead = True
            return
        if o["garbage"]:
            self.write("\x00\xfe\xff%!\r\n^RSSI: 14\r\nRING\r\n")
        if o["echo"]:
            self.write(text + end.decode())
        if o["slow"]:
            time.sleep(o["slow"])
        if end == b"\x1b":
            self.line("OK" if self.prompt else "ERROR")
            self.prompt = None
        elif self.prompt is not None:
            self.submit(text.lstrip("\n"))
        elif text:
            self.command(text)

    def submit(self, text):
        said, self.prompt = self.prompt, None
        try:
            got = read_submit(text, said)
        except (ValueError, AssertionError, IndexError) as e:
            self.sent.append(e)
            return self.line("+CMS ERROR: 304")
        o = self.options
        if o["fail_part"] and len(self.sent) == o["fail_part"][0]:
            code = o["fail_part"][1]
            o["fail_part"] = None
            return self.line(f"+CMS ERROR: {code}")
        for tail, code in o["errors"].items():
            if got.number.endswith(tail):
                return self.line(f"+CMS ERROR: {code}")
        self.sent.append(got)
        self.mr = (self.mr + 1) % 256
        self.line(f"+CMGS: {self.mr}")
        report = status_report(self.mr, got.number,
                               self.options["report_state"])
        if got.report and self.ds == 1:
            self.line(f"+CDS: {len(report) // 2 - 1}\r\n{report}")
        elif got.report and self.ds == 2:
            self.arrive(report, "SR")
            self.line('+CDSI: "SR",1')
        self.line("OK")
        return None

    def command(self, text):
        o = self.options
        if self.locked and not re.match(r"AT(E|\+CMEE|\+CPIN|$)", text):
            return self.line("+CME ERROR: 11")
        for pattern, function in COMMANDS:
            m = re.fullmatch(pattern, text)
            if m:
                answer = function(self, o, *m.groups())
                return self.line(answer) if answer else None
        return self.line("ERROR")


def say(text):
    return lambda m, o: f"{text}\r\n\r\nOK"


def echo_off(m, o):
    o["echo"] = False
    return "OK"


def ask_pin(m, o):
    if not o["sim"]:
        return "+CME ERROR: 10"
    state = "SIM PUK" if o["puk"] or m.left < 1 else \
        "SIM PIN" if m.locked else "READY"
    return f"+CPIN: {state}\r\n\r\nOK"


def give_pin(m, o, pin):
    if pin != o["pin"]:
        m.left -= 1
        return "+CME ERROR: 16"
    m.locked, m.left = False, 3
    return "OK"


def send(m, o, n):
    m.prompt = int(n)
    m.write("\r\n> ")


def notify(m, o, ds):
    if ds == "2" and o["reports"] != "store":
        return "+CMS ERROR: 303"
    m.ds = int(ds) if o["reports"] else 0
    return "OK"


def use(m, o, name):
    if name not in m.memory or (name == "SR" and o["reports"] != "store"):
        return "+CMS ERROR: 303"
    m.use = name
    return "+CPMS: 1,50,1,50,1,50\r\n\r\nOK"


def list_all(m, o):
    rows = [f"+CMGL: {i},0,,{len(p) // 2 - 1}\r\n{p}"
            for i, p in sorted(m.memory[m.use].items())]
    return "\r\n".join([*rows, "", "OK"])


def delete(m, o, index):
    if o["delete_fails"] or int(index) not in m.memory[m.use]:
        return "+CMS ERROR: 321"
    del m.memory[m.use][int(index)]
    return "OK"


COMMANDS = [
    (r"AT", lambda m, o: "OK"), (r"ATE0", echo_off),
    (r"AT\+CMEE=1", lambda m, o: "OK"), (r"AT\+CPIN\?", ask_pin),
    (r'AT\+CPIN="(\d+)"', give_pin),
    (r'AT\+CPINR="SIM PIN"', lambda m, o: "ERROR" if o["no_cpinr"] else
     f"+CPINR: SIM PIN,{m.left},3\r\n\r\nOK"),
    (r"AT\+CMGF=0", lambda m, o: "OK"), (r"AT\+CNMI=2,1,0,([12]),0", notify),
    (r"AT\+CREG\?", lambda m, o:
     f"+CREG: 0,{1 if o['registered'] else 2}\r\n\r\nOK"),
    (r"AT\+CEREG\?", lambda m, o: "ERROR"),
    (r"AT\+CSCA\?", lambda m, o: f'+CSCA: "{o["smsc"]}",145\r\n\r\nOK'),
    (r"AT\+COPS\?", say('+COPS: 0,0,"Minato Mobile",7')),
    (r"AT\+CSQ", say("+CSQ: 18,99")), (r"AT\+CMGS=(\d+)", send),
    (r"AT\+CPMS\?", lambda m, o:
     f'+CPMS: "{m.use}",1,50,"SM",1,50,"SM",1,50\r\n\r\nOK'),
    (r'AT\+CPMS="(\w+)"', use), (r"AT\+CMGL=4", list_all),
    (r"AT\+CMGD=(\d+)", delete),
]
