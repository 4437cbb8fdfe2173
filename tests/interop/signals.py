"""SIGINT and SIGTERM with work under way, on every runtime: what can be finished is finished, what
has no end is ended in order, and the process exits in its time."""

import signal
import subprocess
import time

from targets import Script, dechunked, get, read_reply, sparse

FILE = 100_000_000

# The time that is as good as at once on a busy machine, the time for a whole head, and the grace.
AT_ONCE = 2
HEAD = 10
GRACE = 30


def begun(target, path):
    """A connection to which the first bytes of a reply have come, and these."""
    sock = target.connect()
    sock.sendall(get(path))
    got = b""
    while b"\r\n\r\n" not in got:
        got += sock.recv(1000)
    return sock, got


def rest(sock, got=b""):
    """What comes up to the end of the connection, which is closed then, and how it has ended."""
    got = bytearray(got)
    with sock:
        try:
            while more := sock.recv(1 << 20):
                got += more
        except TimeoutError:
            return bytes(got), "no end"
        except OSError as error:
            return bytes(got), error.strerror
    return bytes(got), ""


def told(script, name, start, end, is_right, figures):
    """An end that is due at once."""
    took = time.monotonic() - start
    is_right = is_right and not end and took <= AT_ONCE
    script.tell(is_right, f"{name} after {took:.2f} s: {figures} {end}")


def ended(script, target, number, half=None):
    """Everything that may be under way, and the signal."""
    name = f"{target.runtime}, {number.name}"
    loads = [begun(target, "/static/large") for _ in range(2)]
    streams = [(path, *begun(target, path)) for path in ("/silent", "/sse?n=1000000")]
    idle = target.connect()
    idle.sendall(get("/plain"))
    read_reply(idle)
    fresh = target.connect()
    asked = target.connect()
    asked.sendall(get("/sleep?ms=1000"))
    if half:
        half = target.connect()
        half.sendall(b"GET /plain HTTP/1.1\r\nhost: x\r\n")
    # All of them were accepted once a later one is answered.
    last = target.connect()
    last.sendall(get("/plain", "connection: close"))
    rest(last)

    target.process.send_signal(number)
    start = time.monotonic()
    for what, sock in (("idle", idle), ("fresh", fresh)):
        sock.settimeout(2 * AT_ONCE)
        got, end = rest(sock)
        told(script, f"{name}: a connection that is {what}", start, end, not got, got[:99])
    for path, sock, got in streams:
        sock.settimeout(2 * AT_ONCE)
        got, end = rest(sock, got)
        body, is_whole = dechunked(got.partition(b"\r\n\r\n")[2])
        what = "the last chunk came" if is_whole else f"no last chunk, {body[-20:]}"
        told(script, f"{name}: {path}", start, end, is_whole, what)
    for sock, got in loads:
        got, end = rest(sock, got)
        length = len(got) - got.index(b"\r\n\r\n") - 4
        script.tell(length == FILE and not end, f"{name}: {length} bytes of a download {end}")
    reply, end = rest(asked)
    is_right = b"\r\nconnection: close\r\n" in reply and reply.endswith(b"\r\n\r\nslept")
    script.tell(is_right and not end, f"{name}: a handler at work has answered {end}")
    if half:
        reply, end = rest(half)
        is_right = not end and (not reply or reply.startswith(b"HTTP/1.1 408 "))
        took = time.monotonic() - start
        is_right = is_right and took <= HEAD + AT_ONCE
        script.tell(is_right, f"{name}: half a head is ended after {took:.2f} s {reply[:40]} {end}")

    try:
        code = target.process.wait(GRACE + 5)
    except subprocess.TimeoutExpired:
        code = "none"
    took = time.monotonic() - start
    script.tell(code == 0 and took <= GRACE / 2, f"{name}: exit {code} after {took:.2f} s")


def refused(script, target):
    """No new client is taken while the last ones are answered."""
    held = target.connect()
    held.sendall(get("/sleep?ms=1500"))
    probe = target.connect()
    probe.sendall(get("/plain", "connection: close"))
    rest(probe)
    target.process.terminate()
    end = time.monotonic() + AT_ONCE
    outcome = "is taken"
    while outcome == "is taken" and time.monotonic() < end:
        try:
            target.connect(1).close()
            time.sleep(0.05)
        except ConnectionError as error:
            outcome = error.strerror
    script.tell(outcome != "is taken", f"{target.runtime}: a client after the signal: {outcome}")
    reply, end = rest(held)
    script.tell(reply.endswith(b"slept"), f"{target.runtime}: the one at work is answered {end}")
    code = target.process.wait(GRACE + 5)
    script.tell(code == 0, f"{target.runtime}: exit {code}")


def all_of(number, half=False):
    def case(script):
        sparse(script.path / "served/large", FILE)
        script.each(lambda script, target: ended(script, target, number, half))

    return case


CHECKS = {
    "int": all_of(signal.SIGINT),
    "term": all_of(signal.SIGTERM),
    "half": all_of(signal.SIGTERM, half=True),
    "refused": lambda script: script.each(refused),
}

Script(240, CHECKS).run()
