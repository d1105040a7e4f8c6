"""Networks of one's own for tests: namespaces, bridges, and devices with a
home each that run the real `ird`.

enter() moves the whole test into namespaces of its own (as root, or in a user
namespace where anybody may), so nothing of it touches the machine and nothing
outlives it.
"""
import glob
import json
import os
import re
import shutil
import signal
import subprocess
import sys
import tempfile
import time

ENV = {"PATH": os.environ["PATH"], "LC_ALL": "C.UTF-8", "TZ": "UTC",
       "FAKETIME_DONT_FAKE_MONOTONIC": "1"}


def enter():
    """Once outside, once inside."""
    if "IR_NET_INSIDE" not in os.environ:
        user = [] if os.geteuid() == 0 else ["--user", "--map-root-user"]
        os.environ["IR_NET_INSIDE"] = "1"
        os.execvp("unshare", ["unshare", *user, "--net", "--mount", "--pid",
                              "--fork", "--kill-child", "--mount-proc",
                              sys.executable, *sys.argv])
    run("mount", "-t", "tmpfs", "tmpfs", "/run")
    run("ip", "link", "set", "lo", "up")


def run(*argv, **more):
    p = subprocess.run(argv, stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
                       text=True, check=False, **more)
    if p.returncode != 0:
        raise SystemExit(f"{' '.join(argv)}: {p.returncode}\n{p.stdout}")
    return p.stdout


def faketime():
    found = glob.glob("/usr/lib/*/faketime/libfaketime.so.1")
    if not found:
        raise SystemExit("libfaketime is not installed: ./setup test does it")
    return found[0]


def bridge(name):
    # no spanning tree, no waiting, and multicast to everybody
    run("ip", "link", "add", name, "type", "bridge", "forward_delay", "0",
        "stp_state", "0", "mcast_snooping", "0")
    run("ip", "link", "set", name, "up")


class Device:
    """A home, a network namespace on a bridge, an ird."""

    def __init__(self, site, number, bridge_name=None, where=None, clock=None):
        self.site, self.name = site, f"n{number}"
        self.number = number
        self.home = os.path.join(where or site.top, self.name)
        self.address = f"10.9.0.{number}"
        self.wire = bridge_name and f"v{number}"
        self.env = dict(ENV)
        if clock:  # without the program faketime, which would stand between
            self.env["LD_PRELOAD"] = faketime()
            self.env["FAKETIME_TIMESTAMP_FILE"] = self.home + ".clock"
            self.env["FAKETIME_NO_CACHE"] = "1"
            self.jump(clock)
        self.daemon, self.refused = None, ""
        if self.wire:
            run("ip", "netns", "add", self.name)
            self.plug(bridge_name)

    def jump(self, clock):
        """The wall clock of this device is wrong by so much from now on."""
        with open(self.home + ".new", "w", encoding="utf-8") as f:
            f.write(clock + "\n")
        os.replace(self.home + ".new", self.home + ".clock")

    def unplug(self):
        """Not a cable but the card: the interface is gone."""
        run("ip", "link", "del", self.wire)

    def plug(self, bridge_name):
        ns, wire = self.name, self.wire
        run("ip", "link", "add", wire, "type", "veth", "peer", "name", "eth0",
            "netns", ns)
        run("ip", "link", "set", wire, "master", bridge_name, "up")
        # IPv6 works at once, without looking for the same address elsewhere
        self.inside("sysctl", "-qw", "net.ipv6.conf.default.accept_dad=0",
                    "net.ipv6.conf.all.accept_dad=0",
                    "net.ipv6.conf.eth0.accept_dad=0")
        self.inside("ip", "link", "set", "lo", "up")
        self.inside("ip", "link", "set", "eth0", "up")
        self.inside("ip", "addr", "add", self.address + "/24", "dev", "eth0")

    def inside(self, *argv):
        return run("nsenter", f"--net=/run/netns/{self.name}", *argv)

    def link(self, up):
        run("ip", "link", "set", self.wire, "up" if up else "down")

    def ir_raw(self, *words, timeout=60):
        return subprocess.run(
            [self.site.ir, "-C", self.home, *words], env=self.env,
            stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
            stderr=subprocess.PIPE, text=True, timeout=timeout, check=False)

    def ir(self, *words):
        p = self.ir_raw(*words)
        if p.returncode != 0:
            raise SystemExit(f"{self.name}: ir {' '.join(words)}: "
                             f"{p.returncode}\n{p.stdout}{p.stderr}")
        return p.stdout

    def json(self, *words):
        return json.loads(self.ir("--json", *words))

    def view(self, name):
        """What a command shows, at one moment for all, but for what is each
        device's own: where the record is, and what is known of mail."""
        now = ["--now", "2040-01-01T00:00:00Z"] if name == "status" else []
        v = self.json(name, *now)
        for own in ("record", "mail"):
            if isinstance(v, dict):
                v.pop(own, None)
        return json.dumps(v)

    def note(self, text):
        """Record a note; what is acknowledged as recorded is remembered."""
        p = self.ir_raw("--json", "note", text)
        self.refused = p.stdout + p.stderr
        if p.returncode != 0:
            return False
        self.site.acked[json.loads(p.stdout)["id"]] = self.name
        return True

    def start(self):
        with open(self.home + ".log", "a", encoding="utf-8") as log:
            self.daemon = subprocess.Popen(
                [*(["nsenter", f"--net=/run/netns/{self.name}"]
                   if self.wire else []),
                 self.site.ird, "-C", self.home], env=self.env,
                stdin=subprocess.DEVNULL, stdout=log, stderr=log)

    def stop(self, how=signal.SIGTERM):
        if self.daemon is None:
            return None
        self.daemon.send_signal(how)
        rc = self.daemon.wait(20)
        self.daemon = None
        return rc

    def log(self):
        with open(self.home + ".log", encoding="utf-8") as f:
            return f.read()

    def ids(self):
        return {json.loads(line)["id"]
                for line in self.ir("--json", "log").splitlines()}

    def ticks(self):
        """Processor time the daemon has used, in seconds."""
        with open(f"/proc/{self.daemon.pid}/stat", encoding="utf-8") as f:
            v = f.read().rsplit(")", 1)[1].split()
        return (int(v[11]) + int(v[12])) / os.sysconf("SC_CLK_TCK")


class Site:
    """Devices that belong together, and what was acknowledged on them."""

    def __init__(self, ir, ird, top="/run"):
        self.ir, self.ird = os.path.abspath(ir), os.path.abspath(ird)
        self.top = tempfile.mkdtemp(prefix="ir-net-", dir=top)
        self.stick = os.path.join(self.top, "stick")
        os.mkdir(self.stick)
        self.devices, self.acked = [], {}

    def add(self, number, **more):
        d = Device(self, number, **more)
        self.devices.append(d)
        return d

    def enrol(self):
        """The first makes the site, all others are let in by a stick; then
        all know of all, still by the stick."""
        first, rest, codes = self.devices[0], self.devices[1:], []
        first.ir("init", "--org", "Net", "--person", "P1")
        first.ir("--yes", "release", "approve")  # alone, still
        for d in rest:
            codes.append(first.json("mesh", "invite", f"P{d.number}",
                                    "--role", "operator")["code"])
        for d, code in zip(rest, codes):
            d.ir("mesh", "join", code, "--via", self.stick)
        first.ir("mesh", "admit", self.stick)
        for d, code in zip(rest, codes):
            d.ir("mesh", "join", code, "--via", self.stick)

    def close(self):
        for d in self.devices:
            d.stop(signal.SIGKILL)
        shutil.rmtree(self.top, ignore_errors=True)

    def wait(self, what, cond, seconds=30):
        """Wait until `cond` holds; how long it took."""
        began = time.monotonic()
        while not cond():
            if time.monotonic() - began > seconds:
                self.tell()
                raise SystemExit(f"after {seconds} s still not: {what}")
            time.sleep(0.05)
        took = time.monotonic() - began
        print(f"{took:6.2f} s  {what}", flush=True)
        return took

    def tell(self):
        held = {d.name: d.ids() for d in self.devices}
        every = set().union(*held.values())
        for name, ids in held.items():
            print(f"{name}: {len(ids)} of {len(every)} entries; lacks "
                  f"{[i[:8] for i in sorted(every - ids)][:8]}, of those "
                  f"acknowledged {len(set(self.acked) - ids)}")
        for d in self.devices:
            if os.path.exists(d.home + ".log"):
                print(f"--- {d.name} (exit {d.daemon and d.daemon.poll()})")
                print("\n".join(d.log().splitlines()[-12:]))

    def equal(self, devices, least=()):
        """Do they hold the same entries, `least` among them?"""
        first = devices[0].ids()
        return first.issuperset(least) and all(d.ids() == first
                                               for d in devices[1:])

    def check(self, devices):
        """The promise: all that was acknowledged is everywhere, nothing is
        forged, and everybody sees the same. Of what devices write by
        themselves (witnesses, receipts) the last may be under way."""
        least = set(self.acked)
        for d in devices:
            ids = d.ids()
            if least - ids:
                raise SystemExit(f"{d.name} lacks {len(least - ids)} entries "
                                 "that were acknowledged")
            p = d.ir_raw("--json", "verify")
            v = json.loads(p.stdout)
            if p.returncode != 0 or v.get("bad_signatures"):
                raise SystemExit(f"{d.name}: verify: {p.returncode} "
                                 f"{p.stdout[:600]}")
        for view in ("timeline", "status"):
            seen = {d.view(view) for d in devices}
            if len(seen) != 1:
                raise SystemExit(f"{len(seen)} different views of {view}")

    def prove(self):
        """A check that cannot fail says nothing: it must see a gap."""
        self.acked["0" * 64] = "nobody"
        try:
            self.check(self.devices[:1])
        except SystemExit:
            return
        raise SystemExit("the checker does not see what is missing")


def stick(site, by, alone):
    """There and back."""
    by.ir("carry", "out", site.stick)
    alone.ir("carry", "in", site.stick)
    alone.ir("carry", "out", site.stick)
    by.ir("carry", "in", site.stick)


def main(scenario):
    """The whole program of a test: NAME.py IR IRD."""
    enter()
    site = Site(sys.argv[1], sys.argv[2])
    try:
        scenario(site)
        site.prove()
    finally:
        site.close()
    print("as it should be")


def said(device, pattern):
    return re.search(pattern, device.log()) is not None
