"""Readers that are slow, and readers that take nothing, on every runtime at once: a slow one gets
all of a large file and of an endless stream, the others are cut once the limit is over."""

import fcntl
import select
import struct
import termios
import time

from targets import Script, dechunked, get, sparse

FILE = 100_000_000
PATHS = {"file": "/static/large", "stream": "/drip?n=1000000&ms=0"}

# The seconds that a cut may be late.
LATE = 10
TICK = 0.05


class Reader:
    """One that takes `rate` bytes a second."""

    def __init__(self, target, kind, rate):
        self.name = f"{target.runtime}: {kind}"
        self.kind, self.rate = kind, rate
        self.sock = target.connect()
        self.sock.sendall(get(PATHS[kind]))
        self.sock.setblocking(False)
        self.start = time.monotonic()
        self.got = bytearray()
        self.end = None

    def step(self, now):
        due = int((now - self.start) * self.rate) - len(self.got)
        if self.end or due <= 0:
            return
        try:
            more = self.sock.recv(due)
        except BlockingIOError:
            return
        except OSError as error:
            self.end = f"{error.strerror} after {now - self.start:.1f} s"
            return
        self.got += more
        if not more:
            self.end = f"an end after {now - self.start:.1f} s"

    def told(self, now):
        took = now - self.start
        head, _, body = bytes(self.got).partition(b"\r\n\r\n")
        rate = len(self.got) / took
        figures = f"{self.name}: {len(self.got)} bytes in {took:.1f} s, {rate:.0f} a second"
        if self.end:
            return False, f"{figures}; {self.end}"
        if not head.startswith(b"HTTP/1.1 200 OK\r\n"):
            return False, f"{figures}; {head[:50]}"
        if self.kind == "file":
            is_right = not body.strip(b"\0")
        else:
            lines = dechunked(body)[0]
            wanted = "".join(f"chunk {at}\n" for at in range(lines.count(b"\n") + 1))
            is_right = wanted.encode().startswith(lines)
        # A reader that was given too little was not what it is meant to be.
        is_steady = rate > 0.9 * self.rate
        return is_right and is_steady, figures + ("" if is_right else "; other bytes")


class Idler:
    """One that takes nothing: the limit counts from the last byte that its system has taken."""

    def __init__(self, target, kind, limit):
        self.name, self.limit = f"{target.runtime}: {kind}", limit
        self.sock = target.connect()
        self.sock.sendall(get(PATHS[kind]))
        self.poll = select.poll()
        self.poll.register(self.sock, 0)
        self.start = self.since = time.monotonic()
        self.taken = 0
        self.cut = None

    def step(self, now):
        if self.cut:
            return
        if self.poll.poll(0):
            self.cut = now
            return
        taken = fcntl.ioctl(self.sock, termios.FIONREAD, b"\0" * 4)
        taken = struct.unpack("i", taken)[0]
        if taken != self.taken:
            self.taken, self.since = taken, now

    def told(self, now):
        figures = f"{self.name}: nothing read, {self.taken} bytes waited"
        if not self.cut:
            return False, f"{figures}; not cut after {now - self.since:.1f} s"
        took = self.cut - self.since
        # The kernel may have had room once more: `Timeouts::write` tells of it.
        is_right = self.limit - 1 <= took <= 2 * self.limit + LATE
        return is_right and self.taken > 0, f"{figures}; cut after {took:.1f} s"


def both(script, reader=True, idler=True):
    seconds = script.options.seconds
    sparse(script.path / "served/large", FILE)
    with script.targets() as targets:
        readers = []
        for target in targets:
            for kind in PATHS:
                if reader:
                    readers.append(Reader(target, kind, script.options.rate))
                if idler:
                    readers.append(Idler(target, kind, script.options.limit))
        end = time.monotonic() + seconds
        while (now := time.monotonic()) < end:
            for each in readers:
                each.step(now)
            time.sleep(TICK)
        for each in readers:
            script.tell(*each.told(now))
            each.sock.close()


def steady(script):
    both(script, idler=False)


def cut(script):
    both(script, reader=False)


CHECKS = {"both": both, "steady": steady, "cut": cut}

OPTIONS = (
    ("--rate", 20_000, "bytes a second"),
    ("--seconds", 75, "the time for all of them"),
    ("--limit", 30, "the seconds that a peer may take nothing of a reply"),
)

Script(240, CHECKS, OPTIONS, default=["both"]).run()
