"""Heads that never end, and connections that are reset wherever they are, on every runtime."""

import contextlib
import selectors
import socket
import time

from targets import Script, get, more_descriptors, read_reply, reset, sparse

# The time for a whole head, and how late its end may be.
LIMIT = 10
LATE = 8

HALF = b"GET /plain HTTP/1.1\r\nhost: x\r\nx: "
REFUSED = b"HTTP/1.1 408 Request Timeout\r\n"


class Slow:
    """A connection that sends half a head and then a byte a second."""

    def __init__(self, target, is_late):
        self.runtime = target.runtime
        self.sock = target.connect()
        self.got = b""
        self.end = None
        if is_late:
            self.sock.sendall(get("/plain"))
            read_reply(self.sock)
        self.start = time.monotonic()
        self.sock.sendall(HALF)
        self.sock.setblocking(False)

    def trickle(self):
        if not self.end:
            with contextlib.suppress(OSError):
                self.sock.send(b"a")

    def read(self):
        try:
            more = self.sock.recv(4096)
        except BlockingIOError:
            return
        except OSError:
            more = b""
            self.got += b" (reset)"
        self.got += more
        if not more:
            self.end = time.monotonic()

    def is_right(self):
        head = self.got.partition(b"\r\n\r\n")[0]
        is_answered = head.startswith(REFUSED) and b"\r\nconnection: close" in head
        return is_answered and LIMIT - 0.5 <= self.end - self.start <= LIMIT + LATE


def trickles(script):
    count = script.options.connections
    more_descriptors(8 * count + 1000)
    with script.targets() as targets, selectors.DefaultSelector() as selector:
        slow = []
        for target in targets:
            # The half of them after a request that was answered.
            for at in range(count):
                slow.append(Slow(target, at % 2))
                selector.register(slow[-1].sock, selectors.EVENT_READ, slow[-1])
        end, tick = time.monotonic() + LIMIT + 2 * LATE, time.monotonic()
        while selector.get_map() and time.monotonic() < end:
            for key, _ in selector.select(0.05):
                key.data.read()
                if key.data.end:
                    selector.unregister(key.fileobj)
            if time.monotonic() >= tick:
                tick += 1
                for each in slow:
                    each.trickle()
        for target in targets:
            mine = [each for each in slow if each.runtime == target.runtime]
            over = [each for each in mine if each.end]
            times = [each.end - each.start for each in over] or [0]
            right = sum(each.is_right() for each in over)
            figures = f"cut after {min(times):.1f} to {max(times):.1f} s"
            wrong = next((each.got[:99] for each in mine if not (each.end and each.is_right())), "")
            script.tell(right == count, f"{target.runtime}: {right} of {count} slow heads are "
                        f"answered 408 and closed, {figures} {wrong}")
        for each in slow:
            each.sock.close()


def nothing(target):
    return target.connect()


def half_a_head(target):
    sock = target.connect()
    sock.sendall(HALF)
    return sock


def in_mid_reply(target, path="/static/large"):
    sock = target.connect()
    # The less the system takes for it, the less has to be copied.
    sock.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
    sock.sendall(get(path))
    sock.recv(1000)
    return sock


def in_a_stream(target):
    return in_mid_reply(target, "/drip?n=1000000&ms=1")


def half_the_content(target):
    sock = target.connect()
    sock.sendall(b"POST /echo HTTP/1.1\r\nhost: x\r\ncontent-length: 9\r\n\r\nsome")
    return sock


def idle(target):
    sock = target.connect()
    sock.sendall(get("/plain"))
    read_reply(sock)
    return sock


def silent(target, *fields, after=b""):
    sock = target.connect()
    sock.sendall(get("/silent", *fields))
    sock.recv(1000)
    sock.sendall(after)
    return sock


def silent_after_a_byte(target):
    return silent(target, after=b"X")


def silent_after_an_empty_line(target):
    return silent(target, after=b"\r\n")


def silent_and_closing(target):
    return silent(target, "connection: close")


def silent_and_closing_after_a_byte(target):
    return silent(target, "connection: close", after=b"X")


def silent_with_more_than_a_buffer(target):
    return silent(target, after=get("/plain") * 1000)


def at_work(target):
    sock = target.connect()
    sock.sendall(get("/sleep?ms=600000"))
    return sock


def at_work_with_a_request_after(target):
    sock = target.connect()
    sock.sendall(get("/sleep?ms=600000") + get("/plain"))
    return sock


def leaks(script, target, stages, count, is_at_work=False, at_once=50):
    """Resets so many connections at each stage, and waits until their descriptors are free."""
    for stage in stages:
        # What a runtime opens for its first connections it may keep.
        for sock in [idle(target) for _ in range(at_once)]:
            sock.close()
        # A folder holds a file open once it was asked for.
        reset(stage(target))
        before = fewest(target, 0)
        for at in range(0, count, at_once):
            opened = [stage(target) for _ in range(min(at_once, count - at))]
            if is_at_work:
                # All of them have been accepted once a later one is answered.
                idle(target).close()
            for sock in opened:
                reset(sock)
        idle(target).close()
        after = fewest(target, before)
        script.tell(after <= before, f"{target.runtime}: {count} resets, {stage.__name__}; "
                    f"{before} descriptors before and {after} after")


def fewest(target, wanted):
    """The fewest descriptors within some seconds, or no more than what is wanted."""
    counts = []
    end = time.monotonic() + (3 if wanted else 0.5)
    while time.monotonic() < end and (not counts or counts[-1] > wanted):
        counts.append(target.descriptors())
        time.sleep(0.02)
    return min(counts)


def resets(script):
    stages = (nothing, half_a_head, half_the_content, in_mid_reply, in_a_stream, idle)
    count = script.options.resets // len(stages) // len(script.runtimes)
    sparse(script.path / "served/large", 100_000_000)
    script.each(lambda script, target: leaks(script, target, stages, count))


def waits(script):
    """The same where the server waits for something else than its peer."""
    stages = (silent, silent_after_a_byte, silent_after_an_empty_line, silent_and_closing,
              silent_and_closing_after_a_byte, silent_with_more_than_a_buffer, at_work,
              at_work_with_a_request_after)
    script.each(lambda script, target: leaks(script, target, stages, 50, True))


OPTIONS = (
    ("--connections", 500, "slow heads on each runtime"),
    ("--resets", 10_000, "connections that are reset, on all runtimes together"),
)

Script(240, {"trickles": trickles, "resets": resets, "waits": waits}, OPTIONS).run()
