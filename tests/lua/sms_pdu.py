#!/usr/bin/env python3
"""The PDUs of plugins/channel/sms-modem.lua: published ones, and those of
tests/tools/sms_modem.py, which makes and reads them in another way.

    sms_pdu.py IR_WORKER
"""
import json
import os
import random
import subprocess
import sys

HERE = os.path.dirname(os.path.realpath(__file__))
sys.path.insert(0, os.path.join(HERE, "../tools"))
import sms_modem  # noqa: E402

PLUGIN = os.path.join(HERE, "../../plugins/channel/sms-modem.lua")
# In place of what talks to a modem: each message is one call of a function.
CALLS = """
function M.send(ir, cfg, msg)
  if msg.call == "submit" then
    local pdus = submit(ir, cfg, number_of(msg.to), msg.text, msg.id) or {}
    local pdu = pdus[msg.part] or { "", 0 }
    return true, #pdus .. "/" .. pdu[2] .. "/" .. pdu[1]
  elseif msg.call == "pack" then
    local codes = {}
    for _, v in ipairs((encode(ir, msg.text))) do
      for _, c in ipairs(v) do codes[#codes + 1] = c end
    end
    return true, hex(pack(codes))
  elseif msg.call == "number" then
    return true, number_of(msg.text) or "none"
  end
  local got = read_pdu(ir, msg.text)
  return true, got and ir.json.encode(got) or "nil"
end
return M
"""
failed = 0


def ask(calls, reports=True, smsc=None):
    with open(PLUGIN, encoding="utf-8") as f:
        source = f.read()
    assert source.endswith("\nreturn M\n")
    config = {"timeout": 20, "reports": reports}
    if smsc:
        config["smsc"] = smsc
    out = []
    for i in range(0, len(calls), 40):
        req = {"do": "channel", "op": "send", "lang": "en",
               "name": "channel/sms-modem", "needs": [],
               "source": source[:-len("return M\n")] + CALLS,
               "rules": {"reports": {"type": "bool"},
                         "timeout": {"type": "int"},
                         "smsc": {"type": "string", "optional": True}},
               "config": config, "msgs": calls[i:i + 40]}
        done = subprocess.run([sys.argv[1]], input=json.dumps(req).encode(),
                              capture_output=True, timeout=60)
        for line in done.stdout.splitlines():
            line = json.loads(line)
            if "sent" in line:
                out.append(line["sent"].get("ref", str(line["sent"])))
            elif "done" not in line:
                sys.exit(f"ir-worker: {line}")
    return out


def submit(texts, **more):
    """For each text its PDUs, each with its length."""
    base = [{"call": "submit", "to": "090-1234-5678", "text": t,
             "id": f"m{i}", **more} for i, t in enumerate(texts)]
    out = [[] for _ in base]
    calls = [(i, {**b, "part": 1}) for i, b in enumerate(base)]
    while calls:
        again = []
        for (i, call), answer in zip(calls, ask([c for _, c in calls])):
            n, length, pdu = answer.split("/")
            if pdu:
                out[i].append((pdu, int(length)))
            if len(out[i]) < int(n):
                again.append((i, {**call, "part": len(out[i]) + 1}))
        calls = again
    return out


def check(what, got, want):
    global failed
    if got != want:
        failed += 1
        print(f"FAILED: {what}: {got!r}, not {want!r}", flush=True)


def published():
    """Packed septets and PDUs that stand in many places."""
    check("packed", ask([{"call": "pack", "text": t} for t in
                         ("hellohello", "How are you?", "1234567", "@@", "€")]),
          ["E8329BFD4697D9EC37", "C8F71D14969741F977FD07", "31D98C56B3DD00",
           "0000", "9B32"])
    got = ask([{"call": "submit", "to": "+46708251358", "text": "hellohello",
                "id": "x", "part": 1}], reports=False, smsc="+358501234567")[0]
    check("submitted", got, "1/23/"
          "0791535810325476" "1100" "0B916407281553F8" "0000A7" "0A" "E8329BFD4697D9EC37")
    got = json.loads(ask([{"call": "read", "text":
                           "07917283010010F5040BC87238880900F100009930925161"
                           "95800AE8329BFD4697D9EC37"}])[0])
    check("read", (got["text"], got["from"], got["at_ms"]),
          ("hellohello", "27838890001", 4078473419000))
    name = sms_modem.pack(sms_modem.septets("MINATO")).hex().upper()
    got = json.loads(ask([{"call": "read", "text": "00040BD0" + name + "0000"
                           "62112120400063" "0131"}])[0])
    check("a name", (got["from"], got["text"]), ("MINATO", "1"))


def submitted():
    rng = random.Random(7)
    kana = "訓練情報システムが使えません電話で指揮者に連絡してください。"
    basic = sms_modem.BASIC.replace("\x1b", "")
    texts = ["", "a", "訓練", "a" * 160, "a" * 161, "訓" * 70, "訓" * 71,
             "€" * 80, "€" * 81, "a" + "[" * 160, "😀" * 35, "😀" * 36,
             "訓" * 65 + "😀" * 40, basic * 3, "`", "x\n\r.", "訓練\n" * 40]
    for _ in range(60):
        pool = rng.choice([kana, basic + "€[]{}~^|\\", kana + "😀𠮷a"])
        texts.append("".join(rng.choice(pool)
                             for _ in range(rng.randrange(300))))
    refs = set()
    for text, pdus in zip(texts, submit(texts)):
        parts = [sms_modem.read_submit(*p) for p in pdus]
        check(repr(text[:30]), "".join(p.text for p in parts), text)
        check("number", {p.number for p in parts}, {"09012345678"})
        check("only the last asks for a report", [p.report for p in parts],
              [False] * (len(parts) - 1) + [True])
        if len(parts) == 1:
            check("no header", parts[0].head, b"")
        else:
            refs.add(parts[0].head[3:5])
            check("headers", [p.head for p in parts],
                  [b"\6\x08\4" + parts[0].head[3:5] + bytes([len(parts), i + 1])
                   for i in range(len(parts))])
        wide = any(c not in basic and c not in sms_modem.EXTRA for c in text)
        units = len(text.encode("utf-16-be")) // 2 if wide else \
            len(sms_modem.septets(text))
        check(f"{units} in one", len(parts) == 1,
              units <= (70 if wide else 160))
    check("references differ", len(refs) > 20, True)
    check("too long", submit(["訓" * 661]), [[]])


def numbers():
    check("numbers", ask([{"call": "number", "text": t} for t in (
        "+81 90-1234-5678", "090(1234)5678", "110", "12", "+81x", "", "1" * 22,
        "09012345678\r", "ito", "++81", "０９０")]),
        ["+819012345678", "09012345678", "110"] + ["none"] * 8)


def received():
    rng = random.Random(9)
    texts = ["1a", "対応可です", "😀", "€[]", "", "a" * 153, "了解" * 33]
    pdus, want = [], []
    for text in texts:
        for part in (None, (7, 3, 2, 8), (700, 3, 2, 16)):
            wide = any(ord(c) > 0x2000 and c != "€" for c in text)
            if part and len(text) > 66 and wide or part and len(text) > 152:
                continue
            ms = rng.randrange(946684800, 2000000000) * 1000
            pdus.append(sms_modem.deliver("+819012345678", text, ms, part,
                                          wide))
            want.append((text, "+819012345678", ms,
                         part and (part[0], part[1], part[2])))
    got = [json.loads(x) for x in
           ask([{"call": "read", "text": p} for p in pdus])]
    for g, w in zip(got, want):
        check("read", (g["text"], g["from"], g["at_ms"],
                       (g["group"], g["parts"], g["part"])
                       if "group" in g else None), w)
    got = json.loads(ask([{"call": "read", "text":
                           sms_modem.status_report(41, "+819012345678", 0)}])[0])
    check("report", got, {"mr": 41, "to": "+819012345678", "state": 0})


def broken():
    """Whatever comes off a line: no fault, whatever is answered."""
    rng = random.Random(11)
    good = [sms_modem.deliver("+819012345678", "対応可", part=(7, 3, 2, 8)),
            sms_modem.deliver("110", "x" * 40, wide=False),
            sms_modem.status_report(41, "+819012345678")]
    bad = ["", "0", "00", "zz", "04", "FF", "0004FF"]
    for _ in range(150):
        text = rng.choice(good)
        text = text[:rng.randrange(len(text))] if rng.random() < 0.5 else text
        b = bytearray.fromhex(text[:len(text) // 2 * 2])
        for _ in range(rng.randrange(4)):
            if b:
                b[rng.randrange(len(b))] = rng.randrange(256)
        bad.append(bytes(b).hex().upper())
    for text, answer in zip(bad, ask([{"call": "read", "text": b}
                                      for b in bad])):
        check(text, "sms-modem.lua" in answer or "error" in answer, False)


published()
submitted()
numbers()
received()
broken()
sys.exit(1 if failed else 0)
