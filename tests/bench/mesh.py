"""What the benchmarks of the mesh share: devices with the real `ird` in network
namespaces of their own (tests/net), and looking when an entry is in a home.

An entry counts as there when a connection of its own that only reads sees it:
SQLite shows others what was committed, and with synchronous=FULL nothing is
committed before it is synced. Homes lie on the file system of the results.
"""
import os
import signal
import sqlite3
import subprocess
import sys
import time

from bench import HERE, Failed

sys.path.insert(0, os.path.join(HERE, "../net"))
import net  # noqa: E402 pylint: disable=wrong-import-position

NEIGHBOURS = {"gc_thresh1": 16384, "gc_thresh2": 32768, "gc_thresh3": 65536}
NEIGH_DIR = "/proc/sys/net/ipv%d/neigh/default"
DROP = """table inet loss {
 chain in {
  type filter hook input priority 0; policy accept
  iifname "lo" accept
  numgen random mod 100 < %d drop
 }
}
"""


def sysctl(path, value=None):
    """Set, if one may; what stood there."""
    try:
        with open(path, encoding="ascii") as f:
            old = f.read().strip()
        if value is not None:
            with open(path, "w", encoding="ascii") as f:
                f.write(str(value))
        return old
    except OSError:
        return None


def enter():
    """Go into namespaces of one's own. All namespaces of a machine share the
    tables of neighbours, which are too small for 50 devices that know each
    other by two protocols: larger for the run, then as they were."""
    if "IR_BENCH_TABLES" in os.environ:
        net.enter()
        return
    was = {}
    for family in (4, 6):
        for name, size in reversed(NEIGHBOURS.items()):
            path = os.path.join(NEIGH_DIR % family, name)
            old = sysctl(path)
            if old is not None and int(old) < size:
                was[path] = sysctl(path, size)
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
    try:
        rc = subprocess.run([sys.executable, *sys.argv], check=False,
                            env={**os.environ, "IR_BENCH_TABLES": "1"})
    finally:
        for path, value in reversed(was.items()):
            if value is not None:
                sysctl(path, value)
    sys.exit(rc.returncode)


class Mesh:
    """Devices on one bridge or two that a wire joins, enrolled, running and
    equal."""

    def __init__(self, b, n, halves=False):
        ird = os.path.join(os.path.dirname(b.ir), "ird")
        self.b, self.site = b, net.Site(b.ir, ird)
        self.bridges = ["left", "right"] if halves else ["left"]
        for name in self.bridges:
            net.bridge(name)
        if halves:
            net.run("ip", "link", "add", "wl", "type", "veth", "peer", "name",
                    "wr")
            for side, wire in (("left", "wl"), ("right", "wr")):
                net.run("ip", "link", "set", wire, "master", side, "up")
        where = b.path("homes-%d" % n)
        os.makedirs(where)
        for i in range(1, n + 1):
            far = halves and i > n // 2
            self.site.add(i, where=where,
                          bridge_name=self.bridges[1 if far else 0])
        self.devices = self.site.devices
        began = time.monotonic()
        self.site.enrol()
        self.devices[0].ir("--no-input", "start", "flight-information",
                           "ransomware")
        self.enrolled_s = time.monotonic() - began

    def start(self):
        """All daemons; until all are equal and quiet. Seconds to equal."""
        began = time.monotonic()
        for d in self.devices:
            d.start()
        ids = self.devices[0].ids()
        self.looks = {d.name: Look(d) for d in self.devices}
        if self.until(ids, 120) is None:
            self.site.tell()
            raise Failed("devices do not become equal")
        took = time.monotonic() - began
        self.quiet()
        return took

    def quiet(self, still=3, most=30):
        """Wait until nothing was recorded anywhere for a while."""
        last, since = None, time.monotonic()
        end = since + most
        while time.monotonic() < end:
            now = [look.count() for look in self.looks.values()]
            if now != last:
                last, since = now, time.monotonic()
            elif time.monotonic() - since > still:
                return
            time.sleep(0.5)

    def until(self, ids, seconds, devices=None):
        """Look until all (or these) hold `ids`; when that was, None: not in
        time."""
        left = {d.name: set(ids) for d in devices or self.devices}
        end = time.monotonic() + seconds
        while left:
            for name in list(left):
                if self.looks[name].lacks(left[name]):
                    continue
                del left[name]
            now = time.monotonic()
            if now > end:
                return None
            time.sleep(0.0005)
        return now

    def join(self, up):
        """The wire between the halves."""
        net.run("ip", "link", "set", "wl", "up" if up else "down")

    def lose(self, percent):
        """Of every hundred packets that arrive anywhere, so many are lost."""
        lose(self.devices, percent)

    def cut_devices(self):
        """The daemons end; the network stays."""
        for d in self.devices:
            d.stop(signal.SIGTERM)

    def close(self):
        for look in getattr(self, "looks", {}).values():
            look.close()
        self.site.close()
        for d in self.devices:
            d.unplug()  # or it is there until the namespace has gone
            net.run("ip", "netns", "del", d.name)
        for name in self.bridges:
            net.run("ip", "link", "del", name)


def lose(devices, percent):
    for d in devices:
        subprocess.run(["nsenter", "--net=/run/netns/" + d.name, "nft",
                        "delete", "table", "inet", "loss"], check=False,
                       stderr=subprocess.DEVNULL)
        if percent:
            subprocess.run(["nsenter", "--net=/run/netns/" + d.name, "nft",
                            "-f", "-"], check=True, text=True,
                           input=DROP % percent)


class Look:
    """Reading along in a home."""

    def __init__(self, device):
        self.db = sqlite3.connect("file:%s/ir.db?mode=ro" % device.home,
                                  uri=True, isolation_level=None, timeout=10)

    def lacks(self, ids):
        """Takes out of `ids` what is there; is anything left?"""
        while ids:
            one = next(iter(ids))
            if self.db.execute("SELECT 1 FROM entry WHERE id = ?",
                               (bytes.fromhex(one),)).fetchone() is None:
                return True
            ids.discard(one)
        return False

    def count(self):
        return self.db.execute("SELECT count(*) FROM entry").fetchone()[0]

    def close(self):
        self.db.close()


def carried(devices):
    """Bytes that the devices have sent, by their side of the wires."""
    names = {d.wire for d in devices}
    total = 0
    with open("/proc/net/dev", encoding="ascii") as f:
        for line in f:
            name, _, rest = line.partition(":")
            if name.strip() in names:  # what we receive, they have sent
                total += int(rest.split()[0])
    return total
