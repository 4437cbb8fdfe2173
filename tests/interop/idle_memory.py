"""The resident memory of idle connections that were kept after a request, on every runtime: of a
server without a hook, and of one that has one."""

import selectors
import statistics
import time

from targets import Script, get, more_descriptors, reset

MOST = 1500
# What a hook may take besides.
HOOK = 300
AT_ONCE = 100
# An allocator with several threads leaves more or less between connections: the median counts.
TIMES = 9
REQUEST = get("/future4k")


def asked(target, count):
    """So many connections, each with one request that was answered."""
    kept = []
    while len(kept) < count:
        batch = min(AT_ONCE, count - len(kept))
        with selectors.DefaultSelector() as selector:
            for _ in range(batch):
                sock = target.connect()
                sock.sendall(REQUEST)
                selector.register(sock, selectors.EVENT_READ, bytearray())
                kept.append(sock)
            while selector.get_map():
                ready = selector.select(20)
                if not ready:
                    raise TimeoutError(f"{target.runtime}: {len(kept)} connections")
                for key, _ in ready:
                    more = key.fileobj.recv(4096)
                    key.data.extend(more)
                    if not more:
                        raise AssertionError(f"{target.runtime}: closed, {bytes(key.data)}")
                    if key.data.endswith(b"\r\n\r\nOK"):
                        selector.unregister(key.fileobj)
    return kept


def settled(target):
    """The resident memory once it no longer changes."""
    last, same = target.resident(), 0
    for _ in range(50):
        time.sleep(0.1)
        now = target.resident()
        same = same + 1 if now == last else 0
        last = now
        if same == 5:
            break
    return last


def idle(script):
    wanted = script.options.connections
    # One descriptor for each, here and there, and some besides.
    count = min(wanted, more_descriptors(wanted + 1000) - 500)
    if count < wanted:
        print(f"idle memory: {count} connections only, as the limit on descriptors has it")
    for runtime in script.runtimes:
        measure(script, runtime, count, MOST, {"TARGET_UNOBSERVED": "1"})
        measure(script, runtime, count, MOST + HOOK, {})


def measure(script, runtime, count, most, settings):
    name = f"{runtime}, {'without' if settings else 'with'} a hook"
    each = sorted(once(script, runtime, count, settings) for _ in range(TIMES))
    spread = ", ".join(f"{bytes:.0f}" for bytes in each)
    script.tell(statistics.median(each) <= most, f"{name}: {spread} bytes a connection")


def once(script, runtime, count, settings):
    """The bytes of a connection, in a server that was just started."""
    with script.targets([runtime], TARGET_CONNECTIONS=str(2 * count), **settings) as [target]:
        # As many at once as there will be later, a few times.
        for _ in range(3):
            for sock in asked(target, AT_ONCE):
                reset(sock)
        none = settled(target)
        kept = asked(target, count)
        each = (settled(target) - none) / count
        # They are kept: each is answered once more.
        for sock in (kept[0], kept[-1]):
            sock.sendall(REQUEST)
            sock.settimeout(5)
            is_kept = sock.recv(4096).startswith(b"HTTP/1.1 200")
            if not is_kept:
                script.tell(False, f"{runtime}: a connection that was not kept")
        for sock in kept:
            reset(sock)
    return each


Script(560, {"idle": idle}, [("--connections", 10_000, "idle connections")]).run()
