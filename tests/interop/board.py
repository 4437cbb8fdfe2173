"""A board that runs the firmware, by its address."""

import contextlib
import http.client
import json
import socket
import time

from served import check, program, run

CURL = program("curl")

ROUTES = ("/", "/sensors", "/me", "/stack", "/document", "/flash.bin", "/events?n=1")


class Board:
    """A board at `host` and `port`. Behind a serial line it does not see where a connection ends:
    `pause` seconds after a client has gone, the line is the next one's."""

    def __init__(self, host, port, pause=0):
        self.host, self.port, self.pause = host, port, pause
        self.url = f"http://{host}:{port}"

    @contextlib.contextmanager
    def kept(self):
        """One connection of `http.client`, which no reply may close."""
        with contextlib.closing(http.client.HTTPConnection(self.host, self.port, 20)) as conn:
            conn.connect()
            sock = conn.sock
            yield Kept(conn)
            check(conn.sock is sock, "the connection is kept")

    def connect(self):
        return socket.create_connection((self.host, self.port), 20)

    def ready(self):
        """Waits until a program that has just been started reads its line. A port is reset when it
        is set up: what it has taken before is lost, here the first bytes of a long method."""
        with self.connect() as sock, sock.makefile("rb") as reply:
            sock.settimeout(60)
            sock.sendall(b"X" * 64 + b" /none HTTP/1.1\r\nHost: localhost\r\n\r\n")
            status, _ = read_reply(reply)
            check(400 <= status < 500, status)
        # After some of these replies a line is read again once it was quiet.
        time.sleep(self.pause)

    def settle(self):
        """Waits until what a client has left behind is over: until a word comes back."""
        if not self.pause:
            return
        time.sleep(self.pause)
        with self.connect() as sock:
            sock.settimeout(1)
            for at in range(60):
                word = b"settled %d," % at
                # The empty line ends a stream that no one reads, and is no request.
                sock.sendall(b"\r\nPOST /echo HTTP/1.1\r\nHost: localhost\r\n"
                             b"Content-Length: %d\r\n\r\n%s" % (len(word), word))
                with contextlib.suppress(TimeoutError):
                    got = b""
                    while not got.endswith(word):
                        more = sock.recv(65536)
                        check(more, "a line has no end")
                        got = got[-len(word):] + more
                    return
        raise AssertionError("what a client has left behind is not over")

    def answers(self, after):
        """Fails unless a new client is answered."""
        with self.kept() as kept:
            reply, body = kept.ask("/sensors")
            check(reply.status == 200 and "celsius" in json.loads(body), after)

    def stack(self):
        """How many bytes of the stack were used at most."""
        with self.kept() as kept:
            words = kept.ask("/stack")[1].split()
        check(0 < int(words[0]) < int(words[2]), words)
        return int(words[0])

    def curl(self, *args):
        told = run([CURL, "--silent", "--show-error", "--max-time", "50", *args])
        check(told.returncode == 0, told)
        return told.stdout


class Kept:
    def __init__(self, conn):
        self.conn = conn

    def ask(self, path, method="GET", body=None, **fields):
        """A reply and its body; of the names of fields `_` is `-`."""
        fields = {name.replace("_", "-"): value for name, value in fields.items()}
        chunked = body is not None and not isinstance(body, bytes)
        self.conn.request(method, path, body, fields, encode_chunked=chunked)
        reply = self.conn.getresponse()
        return reply, reply.read()


def read_reply(replies):
    """The status and the body of the next reply of a connection's file; none to HEAD."""
    status = replies.readline()
    check(status.startswith(b"HTTP/1.1 "), status)
    fields = dict(line.rstrip().split(b": ", 1) for line in iter(replies.readline, b"\r\n"))
    if b"transfer-encoding" not in fields:
        return int(status[9:12]), replies.read(int(fields[b"content-length"]))
    body = b""
    while length := int(replies.readline(), 16):
        body += replies.read(length)
        check(replies.readline() == b"\r\n", "the end of a chunk")
    check(replies.readline() == b"\r\n", "the end of the chunks")
    return int(status[9:12]), body
