#!/usr/bin/env python3
"""Who holds the lock of a home's sender (comms.lock)?

    holder.py HOME        print the process, or nothing: nobody does

The lock is of an open file (F_OFD_SETLK), so that /proc/locks names nobody:
it stands in the fdinfo of the descriptor by which it was taken.
"""
import contextlib
import fcntl
import glob
import os
import struct
import sys

F_OFD_SETLKW = 38


@contextlib.contextmanager
def held(home):
    """Hold it, once who does has ended: nobody sends meanwhile."""
    fd = os.open(os.path.join(home, "comms.lock"), os.O_RDWR | os.O_CREAT, 0o600)
    try:
        fcntl.fcntl(fd, F_OFD_SETLKW,
                    struct.pack("hhqqi4x", fcntl.F_WRLCK, 0, 0, 0, 0))
        yield
    finally:
        os.close(fd)


def holder(home):
    """The process that holds the lock, or None."""
    try:
        want = os.stat(os.path.join(home, "comms.lock"))
    except OSError:
        return None
    for fd in glob.glob("/proc/[0-9]*/fd/*"):
        try:
            if not os.path.samestat(os.stat(fd), want):
                continue
            with open(fd.replace("/fd/", "/fdinfo/"), encoding="utf-8") as f:
                if any(line.startswith("lock:") for line in f):
                    return int(fd.split("/")[2])
        except OSError:
            continue
    return None


if __name__ == "__main__":
    pid = holder(sys.argv[1])
    print(pid if pid is not None else "", end="")
