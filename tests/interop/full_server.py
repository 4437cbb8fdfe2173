"""A server with no place left: idle connections make room for a new client, on every runtime."""

import contextlib
import time

from targets import Script, get, read_reply, reset

AT_ONCE = 1.0


def idle(target, count):
    """So many connections with one request each, whose replies are waited for a moment."""
    kept = [target.connect() for _ in range(count)]
    for sock in kept:
        sock.sendall(get("/plain"))
    end = time.monotonic() + AT_ONCE
    for sock in kept:
        sock.settimeout(max(end - time.monotonic(), 0.001))
        # To those that find no place nothing comes back.
        with contextlib.suppress(OSError):
            read_reply(sock)
    return kept


def answered(target):
    """The seconds that a new client waits for its reply, at most five."""
    start = time.monotonic()
    with contextlib.suppress(OSError), target.connect(5) as sock:
        sock.sendall(get("/plain"))
        reply = read_reply(sock)
        if reply and reply[0].startswith(b"HTTP/1.1 200 "):
            return time.monotonic() - start
    return None


def open_still(sock):
    """True if the connection has not ended."""
    sock.settimeout(0.05)
    try:
        return sock.recv(1) != b""
    except TimeoutError:
        return True
    except OSError:
        return False


def told(script, target, what):
    took = [answered(target) for _ in range(3)]
    times = ", ".join("not in 5 s" if time is None else f"{1000 * time:.1f} ms" for time in took)
    is_right = all(time is not None and time <= AT_ONCE for time in took)
    script.tell(is_right, f"{target.runtime}: {what}; new clients are answered after {times}")


def descriptors(script, target):
    # What a runtime opens for its first connections it has from here on.
    told(script, target, "no one else")
    kept = idle(target, 60)
    told(script, target, "60 idle connections with 64 descriptors")
    for sock in kept:
        reset(sock)
    told(script, target, "after they have left")


def places(script, target):
    kept = idle(target, 1) + idle(target, 9)
    told(script, target, "10 idle connections in 10 places")
    # Three came, one after the other, and each has left its place.
    left = [open_still(sock) for sock in kept]
    is_right = not left[0] and left.count(True) >= 7
    script.tell(is_right, f"{target.runtime}: the longest idle one has made room; "
                f"{left.count(True)} of 10 are left, the first {'too' if left[0] else 'not'}")
    for sock in kept:
        reset(sock)


def busy(script, target):
    """Connections at work do not make room; the one that is idle does."""
    working = [target.connect() for _ in range(9)]
    for sock in working:
        sock.sendall(get("/sleep?ms=4000"))
    # They have been accepted once this one is answered.
    kept = idle(target, 1)
    told(script, target, "one idle connection, nine at work")
    replies = [read_reply(sock) for sock in working]
    is_right = all(reply and reply[1] == b"slept" for reply in replies)
    script.tell(is_right, f"{target.runtime}: those at work are answered")
    for sock in working + kept:
        reset(sock)


CHECKS = {
    "descriptors": lambda script: script.each(descriptors, descriptors=64),
    "places": lambda script: script.each(places, TARGET_CONNECTIONS="10"),
    "busy": lambda script: script.each(busy, TARGET_CONNECTIONS="10"),
}

Script(120, CHECKS).run()
