"""Reading gettext catalogues: enough of PO for what msgcat --no-wrap writes,
and of what people write by hand.
"""
import re

ESC = {"n": "\n", "t": "\t", "r": "\r", '"': '"', "\\": "\\", "a": "\a"}


def unquote(s):
    return re.sub(r"\\(.)", lambda m: ESC.get(m[1], m[1]), s)


class Message:
    def __init__(self):
        self.text = {"msgid": None, "msgstr": None, "msgctxt": None}
        self.line, self.flags, self.at = 0, set(), None

    @property
    def id(self):
        return self.text["msgid"]

    @property
    def str(self):
        return self.text["msgstr"]


def parse(text):
    """Every message of a catalogue, its header left out."""
    out, m, key = [], Message(), None
    for no, line in enumerate(text.split("\n"), 1):
        if line.startswith("#~"):
            continue
        found = re.match(r'(msgid|msgstr|msgctxt)\s+"(.*)"\s*$', line)
        if line.startswith("#") and m.str is not None:
            out.append(m)
            m = Message()
        if line.startswith("#:") and m.at is None:
            m.at = line.split()[1]
        elif line.startswith("#,"):
            m.flags |= {f.strip() for f in line[2:].split(",")}
        elif found:
            key = found[1]
            if key in ("msgid", "msgctxt") and m.str is not None:
                out.append(m)
                m = Message()
            if key == "msgid":
                m.line = no
            m.text[key] = unquote(found[2])
        elif line.startswith('"') and key:
            m.text[key] += unquote(line.rstrip()[1:-1])
        elif not line.strip():
            key = None
    if m.str is not None:
        out.append(m)
    return [x for x in out if x.id]
