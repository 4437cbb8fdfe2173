"""The firmware's routes over embassy-net, on a TAP device in a network namespace of its own: the
cases of the serial line are asked over real connections, too."""

import contextlib
import os
import socket
import subprocess
import sys
import time

import board_hostile
import board_many
import board_routes
from board import Board, read_reply
from served import ROOT, SKIPPED, check, program, within

FIRMWARE = ROOT / "adapters/embedded/firmware"
INSIDE = "--inside"
HERE, THERE = "192.0.2.1", "192.0.2.2"


def namespace():
    """Becomes this script in a namespace of its own, or skips."""
    program("ip")
    unshare = program("unshare")
    if not os.path.exists("/dev/net/tun"):
        print("skipped: there is no /dev/net/tun")
        sys.exit(SKIPPED)
    for alone in ([unshare, "--net"], [unshare, "--net", "--map-root-user"]):
        try_one = [*alone, "ip", "tuntap", "add", "dev", "tap0", "mode", "tap"]
        tried = subprocess.run(try_one, capture_output=True, text=True)
        if tried.returncode == 0:
            os.execvp(unshare, [*alone, sys.executable, __file__, INSIDE])
    print(f"skipped: no TAP device can be made: {tried.stderr.strip()}")
    sys.exit(SKIPPED)


def device():
    for args in (
        ["link", "set", "lo", "up"],
        ["tuntap", "add", "dev", "tap0", "mode", "tap"],
        ["address", "add", f"{HERE}/24", "dev", "tap0"],
        ["link", "set", "tap0", "up"],
    ):
        subprocess.run(["ip", *args], check=True)


@contextlib.contextmanager
def started():
    target = os.environ.get("CARGO_TARGET_DIR", FIRMWARE / "target")
    process = subprocess.Popen([f"{target}/release/net", "tap0", f"{THERE}/24"])
    try:
        end = time.monotonic() + 20
        while True:
            with contextlib.suppress(OSError), socket.create_connection((THERE, 80), 1):
                break
            check(process.poll() is None, "the program runs")
            check(time.monotonic() < end, "waited for the program")
        yield Board(THERE, 80)
    finally:
        process.kill()
        process.wait()


def connected(stack, board):
    """A client that stays, once it is heard."""
    end = time.monotonic() + 10
    while True:
        try:
            return stack.enter_context(board.connect())
        except ConnectionRefusedError:
            check(time.monotonic() < end, "a new client is heard")
            time.sleep(0.01)


def ask(sock):
    sock.sendall(board_hostile.GET)
    with sock.makefile("rb") as replies:
        status, _ = read_reply(replies)
        check(status == 200, status)


def idle_connections_make_room(board):
    """There are six sockets, and one of them listens."""
    slowest = 0
    with contextlib.ExitStack() as stack:
        stream = stack.enter_context(board.connect())
        stream.sendall(board_hostile.GET.replace(b"/sensors", b"/events"))
        check(stream.recv(9) == b"HTTP/1.1 ", "a stream")
        clients = []
        for _ in range(30):
            start = time.monotonic()
            clients.append(connected(stack, board))
            ask(clients[-1])
            slowest = max(slowest, time.monotonic() - start)
        for sock in clients[:-4]:
            check(sock.recv(1) == b"", "those that were idle longest have ended, in order")
        for sock in clients[-3:]:
            ask(sock)
        silent = [connected(stack, board) for _ in range(30)]
        start = time.monotonic()
        ask(connected(stack, board))
        slowest = max(slowest, time.monotonic() - start)
        for sock in (*clients, *silent[:-4]):
            check(sock.recv(1) == b"", "so do clients that say nothing")
        # The events of the meantime, then those that follow.
        stream.recv(1 << 20)
        got = b""
        while got.count(b"data: ") < 3:
            more = stream.recv(65536)
            check(more, "what is not idle goes on")
            got += more
    check(slowest < 10, f"a new client waited for {slowest:.1f} s")
    print(f"firmware over TCP: a new client waited for {slowest * 1000:.0f} ms at most")


def a_client_that_ends_its_half_is_answered(board):
    with board.connect() as sock, sock.makefile("rb") as replies:
        sock.sendall(board_hostile.GET.replace(b"/sensors", b"/events?n=5"))
        sock.shutdown(socket.SHUT_WR)
        status, body = read_reply(replies)
        check((status, body.count(b"data: ")) == (200, 5), body)


def a_client_that_is_late_is_told(board):
    for late in (board_hostile.GET[:-1], board_hostile.POST[:-1]):
        with board.connect() as sock, sock.makefile("rb") as replies:
            sock.sendall(late)
            got = replies.read()
            check(got.startswith(b"HTTP/1.1 408 Request Timeout\r\n"), got)
            check(b"\r\nconnection: close\r\n" in got, got)


NET_CASES = (
    a_client_that_ends_its_half_is_answered,
    a_client_that_is_late_is_told,
    idle_connections_make_room,
)


def build():
    command = ["cargo", "build", "--quiet", "--release", "--package", "net"]
    subprocess.run(command, cwd=FIRMWARE, check=True)


def main():
    if INSIDE not in sys.argv:
        build()
        namespace()
    within(560)
    device()
    with started() as board:
        cases = (*board_routes.CASES, *board_many.CASES, *board_hostile.CASES, *NET_CASES)
        for case in cases:
            start = time.monotonic()
            case(board)
            seconds = time.monotonic() - start
            print(f"firmware over TCP: {case.__name__}, {seconds:.1f} s", flush=True)


main()
