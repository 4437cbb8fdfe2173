"""Clients that mean it no good, or that vanish. After each the board answers the next one."""

import contextlib
import socket
import threading
import time

from board import read_reply
from served import check

GET = b"GET /sensors HTTP/1.1\r\nHost: localhost\r\n\r\n"
LARGE = GET.replace(b"/sensors", b"/document")
POST = b"POST /echo HTTP/1.1\r\nHost: localhost\r\nContent-Length: 9\r\n\r\nsome text"
CHUNKED = (b"POST /echo HTTP/1.1\r\nHost: localhost\r\nTransfer-Encoding: chunked\r\n\r\n"
           b"4\r\nsome\r\n0\r\n\r\n")

# What is sent, and the status of the reply; none where the request is not whole.
WRONG = (
    (b"\x00" * 100, None),
    (b"GET /\n\n", 400),
    (b"GET / HTTP/1.1\nHost: localhost\r\n\r\n", 400),
    (b"GET  / HTTP/1.1\r\nHost: localhost\r\n\r\n", 400),
    (b"GET /\x01 HTTP/1.1\r\nHost: localhost\r\n\r\n", 400),
    (b"GET / HTTP/1.1\r\n\r\n", 400),
    (b"GET / HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n", 400),
    (b"GET / HTTP/1.1\r\nHost: a\r\n folded\r\n\r\n", 400),
    (b"GET / HTTP/1.1\r\nHost : a\r\n\r\n", 400),
    (b"GET / HTTP/2.0\r\nHost: a\r\n\r\n", 505),
    (b"GET /" + b"a" * 5000, 414),
    (b"GET / HTTP/1.1\r\nX: " + b"a" * 5000, 431),
    (b"GET / HTTP/1.1\r\nHost: a\r\n" + b"x: y\r\n" * 30 + b"\r\n", 431),
    (POST.replace(b": 9", b": 9, 8"), 400),
    (POST.replace(b": 9", b": -9"), 400),
    (POST.replace(b": 9", b": 99999999999999999999"), 413),
    (POST.replace(b"\r\n\r\n", b"\r\nTransfer-Encoding: chunked\r\n\r\n"), 400),
    (CHUNKED.replace(b"chunked", b"gzip, chunked"), 501),
    (CHUNKED.replace(b"\r\n4\r\n", b"\r\nx\r\n"), 400),
    (CHUNKED.replace(b"some\r\n", b"some\n"), 400),
    (b"\xff\xfe" * 3000, 414),
    (b"\r\n" * 3000, None),
)


def what_is_no_request_is_refused(board):
    for sent, status in WRONG:
        with board.connect() as sock, contextlib.suppress(ConnectionError):
            sock.sendall(sent)
            if status:
                line = sock.makefile("rb").readline()
                check(line.startswith(b"HTTP/1.1 %d " % status), (sent[:99], line))
        board.settle()
        board.answers(sent[:99])


def what_follows_is_not_a_request(board):
    with board.connect() as sock, contextlib.suppress(TimeoutError, ConnectionError):
        sock.settimeout(0.5)
        got = b""
        sock.sendall(b"GET \n" + GET * 100)
        while more := sock.recv(65536):
            got += more
    check(got.startswith(b"HTTP/1.1 400 Bad Request\r\n"), got)
    check(got.count(b"HTTP/1.1 ") == 1, got)
    board.settle()
    board.answers("requests after what is none")


def clients_that_vanish_at_every_byte(board):
    # The head of what is chunked is like the others.
    for whole, first in ((GET, 1), (POST, 1), (CHUNKED, CHUNKED.index(b"4\r\n"))):
        for end in range(first, len(whole)):
            with board.connect() as sock:
                sock.sendall(whole[:end])
            board.settle()
            board.answers(whole[:end])


def clients_that_vanish_in_a_reply(board):
    for path in (b"/document", b"/flash.bin", b"/events", b"/"):
        for length in (0, 1, 100, 5000):
            with board.connect() as sock:
                sock.sendall(GET.replace(b"/sensors", path))
                while length > 0 and path != b"/":
                    length -= len(sock.recv(length))
            board.settle()
            board.answers((path, length))


def a_client_that_does_not_read(board):
    with board.connect() as sock:
        sock.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
        sock.setblocking(False)
        for _ in range(100):
            with contextlib.suppress(BlockingIOError):
                sock.send(GET.replace(b"/sensors", b"/flash.bin"))
        time.sleep(2)
    board.settle()
    board.answers("a client that does not read")


def a_flood_of_requests_is_answered(board):
    # While a document is written, what follows it has to wait.
    flood = ([LARGE] + [GET] * 500) * 8
    with board.connect() as sock, sock.makefile("rb") as replies:
        sender = threading.Thread(target=sock.sendall, args=(b"".join(flood),))
        sender.start()
        for at, request in enumerate(flood):
            status, body = read_reply(replies)
            check(status == 200 and (len(body) > 100_000) == (request == LARGE), (at, body[:99]))
        sender.join()


def a_flood_that_nobody_reads(board):
    for wrong in (b"", b"GET \n"):
        with board.connect() as sock:
            sock.setblocking(False)
            for _ in range(1000):
                with contextlib.suppress(BlockingIOError, ConnectionError):
                    sock.send(GET * 10 + wrong)
        board.settle()
        board.answers(("a flood", wrong))


def half_a_request_is_not_the_next_ones(board):
    if not board.pause:
        return
    # A client that does not wait is refused, and not answered something else.
    with board.connect() as sock:
        sock.sendall(GET[:7])
    with board.connect() as sock:
        sock.sendall(GET)
        line = sock.makefile("rb").readline()
        check(line == b"HTTP/1.1 400 Bad Request\r\n", line)
    board.settle()
    # Nor does one wait for the rest of what pauses.
    with board.connect() as sock:
        sock.sendall(GET[:7])
        time.sleep(2 * board.pause)
        sock.sendall(GET)
        status, _ = read_reply(sock.makefile("rb"))
        check(status == 200, status)


CASES = (
    what_is_no_request_is_refused,
    what_follows_is_not_a_request,
    clients_that_vanish_at_every_byte,
    clients_that_vanish_in_a_reply,
    a_client_that_does_not_read,
    a_flood_of_requests_is_answered,
    a_flood_that_nobody_reads,
    half_a_request_is_not_the_next_ones,
)
