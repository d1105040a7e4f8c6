"""What the benchmarks share: homes to work in, running programs in turns,
medians, and the table.

Every number is a median of rounds in which the programs take turns (A B C,
A B C ...), so that what else the machine does hits all of them alike; what
counts is the ratio to the floor of the same run. A benchmark judges nothing:
it ends with 1 only when something did not work.

    NAME.py IR TOOLS RESULTS

IR is the program, TOOLS the directory of the C programs that stand beside
these scripts, RESULTS where NAME.json and scratch files go. Environment:
IR_BENCH_ROUNDS (default 40), IR_BENCH_LARGE=1 for the sizes of the budgets.
"""
import json
import os
import shutil
import statistics
import subprocess
import sys
import time

HERE = os.path.dirname(os.path.abspath(__file__))
ROUNDS = int(os.environ.get("IR_BENCH_ROUNDS", "40"))
LARGE = os.environ.get("IR_BENCH_LARGE", "") not in ("", "0")
ORG = "Minato Airport"


def machine():
    """Processor, memory, system and file system, without anybody's names."""
    cpu, cores = "unknown processor", 0
    with open("/proc/cpuinfo", encoding="utf-8") as f:
        for line in f:
            if line.startswith("model name"):
                cpu = " ".join(line.split(":", 1)[1].split())
                cores += 1
    with open("/proc/meminfo", encoding="utf-8") as f:
        gib = int(f.readline().split()[1]) / 2**20
    with open("/etc/os-release", encoding="utf-8") as f:
        system = dict(line.rstrip("\n").split("=", 1)
                      for line in f if "=" in line)["PRETTY_NAME"].strip('"')
    load = os.getloadavg()[0]
    return "%s, %d cores, %.0f GiB, %s, Linux %s, load %.1f" % (
        cpu, cores or os.cpu_count(), gib, system, os.uname().release.split("-")[0], load)


def file_system(path):
    """Type of the file system that holds path."""
    best = ("", "unknown")
    with open("/proc/mounts", encoding="utf-8") as f:
        for line in f:
            _, where, kind = line.split()[:3]
            inside = where == "/" or (path + "/").startswith(where + "/")
            if inside and len(where) >= len(best[0]):
                best = (where, kind)
    return best[1]


class Failed(Exception):
    """A program did not do what the benchmark needs."""


class Bench:
    def __init__(self, name, about):
        self.ir, self.tools, self.results = (
            os.path.abspath(p) for p in sys.argv[1:4])
        self.name = name
        self.rows = []
        self.work = os.path.join(self.results, "work-" + name)
        shutil.rmtree(self.work, ignore_errors=True)
        os.makedirs(self.work)
        self.env = {"PATH": os.environ["PATH"], "HOME": self.work,
                    "LANG": "C.UTF-8", "IR_LANG": "en",
                    "IR_HOME": os.path.join(self.work, "home")}
        print("%s: %s\n%s\nfile system: %s\n" % (
            name, about, machine(), file_system(self.work)))

    def path(self, *parts):
        return os.path.join(self.work, *parts)

    def tool(self, name):
        return os.path.join(self.tools, name)

    def have(self, program, package):
        """The path of a peer, or None with a line that says so."""
        found = shutil.which(program)
        if found is None:
            print("left out: %s is not installed (package %s; ./setup bench "
                  "installs it)" % (program, package))
        return found

    # -- running ----------------------------------------------------------

    def call(self, *argv, env=None, cwd=None, text=""):
        """Run to the end, with `text` to read; what it printed. Raises when it
        does not work."""
        done = subprocess.run(argv, env={**self.env, **(env or {})}, cwd=cwd,
                              input=text.encode(), check=False,
                              stdout=subprocess.PIPE, stderr=subprocess.PIPE)
        if done.returncode != 0:
            raise Failed("%s: %d: %s" % (" ".join(argv), done.returncode,
                                         done.stderr.decode()[-500:]))
        return done.stdout.decode()

    def clock(self, *argv, env=None):
        """Milliseconds from start to end of one process."""
        full = {**self.env, **(env or {})}
        quiet = [(os.POSIX_SPAWN_OPEN, 0, "/dev/null", os.O_RDONLY, 0),
                 (os.POSIX_SPAWN_OPEN, 1, "/dev/null", os.O_WRONLY, 0),
                 (os.POSIX_SPAWN_OPEN, 2, self.path("stderr"),
                  os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)]
        began = time.perf_counter_ns()
        pid = os.posix_spawn(argv[0], argv, full, file_actions=quiet)
        status = os.waitpid(pid, 0)[1]
        ms = (time.perf_counter_ns() - began) / 1e6
        if status != 0:
            with open(self.path("stderr"), encoding="utf-8") as f:
                raise Failed("%s: status %d: %s" % (" ".join(argv), status,
                                                    f.read()[-500:]))
        return ms

    def turns(self, jobs, rounds=ROUNDS, warm=2):
        """Call the jobs {name: function(round) -> ms} in turns; the
        milliseconds of each, by name. The first rounds are not counted."""
        ms = {name: [] for name in jobs}
        for i in range(rounds + warm):
            for name, job in jobs.items():
                took = job(i)
                if i >= warm:
                    ms[name].append(took)
        return ms

    # -- homes ------------------------------------------------------------

    def home(self, *extra_people):
        """A home with the shipped runbooks, approved, and one incident of
        flight-information/ransomware; its id."""
        self.call(self.ir, "init", "--org", ORG, "--person", "Ito",
                  "--runbooks", os.path.join(HERE, "../../runbooks"),
                  "--no-git")
        self.call(self.ir, "release", "approve")
        for person in extra_people:
            self.call(self.ir, "member", "add", person)
        self.env["IR_AS"] = "ito"
        return self.start()

    def start(self):
        text = self.call(self.ir, "--no-input", "--json", "start",
                         "flight-information", "ransomware", "--new")
        return json.loads(text.splitlines()[0])["id"]

    def fill(self, incidents, entries, still_open):
        """More incidents of so many entries, all closed but the last ones;
        their ids."""
        return self.call(self.tool("fill"), self.env["IR_HOME"],
                         str(incidents), str(entries),
                         str(still_open)).split()

    # -- the table --------------------------------------------------------

    def row(self, what, values, unit, beside=None, ratio=None, budget=None,
            holds=None, note=""):
        """Put a line: `values` are samples, or one number."""
        samples = values if isinstance(values, list) else [values]
        spread = sorted(samples)
        self.rows.append({
            "what": what, "unit": unit, "n": len(samples),
            "median": statistics.median(samples),
            "p10": spread[len(spread) // 10],
            "p90": spread[len(spread) * 9 // 10],
            "beside": beside, "ratio": ratio, "budget": budget,
            "holds": holds, "note": note})

    def show(self):
        head = ("what", "median", "p10 to p90", "ratio", "budget", "")
        lines = [head]
        for r in self.rows:
            wide = r["n"] > 1
            lines.append((
                r["what"], "%s %s" % (number(r["median"]), r["unit"]),
                "%s to %s" % (number(r["p10"]), number(r["p90"]))
                if wide else "",
                "%s x %s" % (number(r["ratio"]), r["beside"])
                if r["ratio"] is not None else "", r["budget"] or "",
                {True: "holds", False: "MISSED", None: ""}[r["holds"]] +
                (" " + r["note"] if r["note"] else "")))
        width = [max(len(line[i]) for line in lines) for i in range(6)]
        for line in lines:
            print("  ".join(c.ljust(w) for c, w in zip(line, width)).rstrip())

    def done(self):
        self.show()
        with open(os.path.join(self.results, self.name + ".json"), "w",
                  encoding="utf-8") as f:
            json.dump({"machine": machine(), "large": LARGE,
                       "file_system": file_system(self.work),
                       "rows": self.rows}, f, indent=1, ensure_ascii=False)
        shutil.rmtree(self.work, ignore_errors=True)


def number(x):
    """Three figures, as a person writes them."""
    if abs(x) >= 1000:
        return "{:,.0f}".format(x)
    return "%.0f" % x if abs(x) >= 100 else "%.1f" % x if abs(x) >= 10 else \
        "%.2f" % x


def main(bench):
    """Run a benchmark function; say what did not work."""
    try:
        bench()
    except Failed as e:
        print("did not work:", e)
        sys.exit(1)
