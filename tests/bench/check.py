#!/usr/bin/env python3
"""`ir verify` over a long log: hashes and chains only, and every signature on
all cores, beside libsodium checking signatures on one core, and ssh-keygen
checking one entry."""
import glob
import os
import statistics

from bench import LARGE, Bench, main

INCIDENTS, ENTRIES = (2000, 500) if LARGE else (200, 500)
OPEN = 5  # incidents
RAW = 20000        # signatures of the floor
CHAIN_BUDGET = 200000
SIGNED_BUDGET = 1.6


def ssh_keygen(b):
    """Milliseconds of ssh-keygen -Y verify on one exported entry."""
    exe = b.have("ssh-keygen", "openssh-client")
    if exe is None:
        return None
    made = b.call(b.ir, "--json", "note", "x").split('"')[3]
    out = b.path("export")
    os.mkdir(out)
    b.call(b.ir, "export-entry", made, out)
    m, = glob.glob(out + "/*.m")
    stem = m[:-2]
    argv = ["/bin/sh", "-c", 'exec "$0" -Y verify -f "$1" -I ito -n '
            'ir-entry@v1 -s "$2.m.sig" < "$2.m"', exe,
            stem + ".allowed_signers", stem]
    return lambda: b.clock(*argv)


def bench():
    n = INCIDENTS * ENTRIES
    b = Bench("check", "ir verify over %d entries" % n)
    b.home("Tanaka")
    b.fill(INCIDENTS, ENTRIES, OPEN)
    keygen = ssh_keygen(b)
    chain, signed, raw, other = [], [], [], []
    for _ in range(3 if LARGE else 5):
        raw.append(RAW / int(b.call(b.tool("floor-verify"), str(RAW))) * 1e9)
        chain.append(n / b.clock(b.ir, "verify", "--chain-only") * 1000)
        raw.append(RAW / int(b.call(b.tool("floor-verify"), str(RAW))) * 1e9)
        signed.append(n / b.clock(b.ir, "verify") * 1000)
        if keygen is not None:
            other += [1000 / keygen() for _ in range(5)]
    base = statistics.median(raw)
    b.row("libsodium, one core", raw, "/s")
    if keygen is not None:
        b.row("ssh-keygen -Y verify", other, "/s", "libsodium",
              statistics.median(other) / base)
    med = statistics.median(chain)
    b.row("ir verify --chain-only", chain, "/s", "libsodium", med / base,
          "%d /s" % CHAIN_BUDGET, med >= CHAIN_BUDGET)
    ratio = statistics.median(signed) / base
    cores = os.cpu_count()
    b.row("ir verify, %d cores" % cores, signed, "/s", "libsodium", ratio,
          "%g x libsodium on two cores" % SIGNED_BUDGET,
          ratio >= SIGNED_BUDGET if cores >= 2 else None)
    b.done()


main(bench)
