#!/usr/bin/env python3
"""A bad wire between two interfaces: relay.py A B SEED LOSS TWICE DELAY_MS.
Ethernet frames are lost, doubled, and wait up to DELAY_MS, so that they
overtake each other; percents, drawn from a seed. SIGUSR1: nothing passes;
SIGUSR2: again.
"""
import heapq
import random
import select
import signal
import socket
import sys
import time

ETH_P_ALL = 3
SOL_PACKET, PACKET_VNET_HDR = 263, 15  # linux/if_packet.h
OUTGOING = 4


def open_on(interface):
    s = socket.socket(socket.AF_PACKET, socket.SOCK_RAW,
                      socket.htons(ETH_P_ALL))
    # sums that the sender left to its hardware come and go as they are
    s.setsockopt(SOL_PACKET, PACKET_VNET_HDR, 1)
    s.bind((interface, ETH_P_ALL))
    s.setblocking(False)
    return s


class Wire:
    def __init__(self, a, b, seed, loss, twice, delay_ms):
        self.ends = [open_on(a), open_on(b)]
        self.draw = random.Random(seed)
        self.loss, self.twice, self.delay_ms = loss, twice, delay_ms
        self.waiting, self.number, self.cut = [], 0, False

    def take(self, i):
        while True:
            try:
                frame, (_, _, kind, _, _) = self.ends[i].recvfrom(70000)
            except (BlockingIOError, OSError):
                return
            lost = self.draw.random() * 100 < self.loss
            copies = 2 if self.draw.random() * 100 < self.twice else 1
            if kind == OUTGOING or lost or self.cut:
                continue
            for _ in range(copies):
                self.number += 1
                due = time.monotonic() + self.draw.random() * \
                    self.delay_ms / 1000
                heapq.heappush(self.waiting, (due, self.number, 1 - i, frame))

    def give(self):
        """Send what is due; seconds until the next is."""
        while self.waiting:
            left = self.waiting[0][0] - time.monotonic()
            if left > 0:
                return left
            _, _, to, frame = heapq.heappop(self.waiting)
            try:
                self.ends[to].send(frame)
            except OSError:
                pass  # an interface that is down loses it, too
        return None

    def run(self):
        while True:
            left = self.give()
            ready, _, _ = select.select(self.ends, [], [], left)
            for s in ready:
                self.take(self.ends.index(s))


def main():
    a, b, seed, loss, twice, delay_ms = sys.argv[1:]
    w = Wire(a, b, int(seed), float(loss), float(twice), float(delay_ms))
    signal.signal(signal.SIGUSR1, lambda *_: setattr(w, "cut", True))
    signal.signal(signal.SIGUSR2, lambda *_: setattr(w, "cut", False))
    print("relay", flush=True)
    w.run()


if __name__ == "__main__":
    main()
