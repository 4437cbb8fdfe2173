"""The firmware in QEMU, whose serial line is a TCP port: every route, many requests on one
connection, and clients that mean it no good."""

import contextlib
import pathlib
import socket
import subprocess
import sys
import time

import board_hostile
import board_many
import board_routes
from board import Board
from served import ROOT, SKIPPED, check, program, within

FIRMWARE = ROOT / "adapters/embedded/firmware"

# Half a request is over after a quarter of a second, by a clock that loses ticks on a busy host.
PAUSE = 0.5


def needed():
    for name in ("qemu-system-arm", "arm-none-eabi-ld"):
        program(name)
    for path in ("/usr/bin/cargo", "/usr/lib/rustlib/src/rust/library"):
        if not pathlib.Path(path).exists():
            print(f"skipped: there is no {path}: Debian's cargo-web and rust-web-src have it")
            sys.exit(SKIPPED)


@contextlib.contextmanager
def started(name):
    """A board that runs the program of this name."""
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    # `run` becomes QEMU.
    command = [FIRMWARE / "run", str(port), name]
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL)
    try:
        end = time.monotonic() + 240
        while True:
            with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", port)):
                break
            check(process.poll() is None, "the firmware is built and QEMU runs")
            check(time.monotonic() < end, "waited for QEMU")
            time.sleep(0.1)
        board = Board("127.0.0.1", port, PAUSE)
        board.ready()
        yield board
    finally:
        process.kill()
        process.wait()


def the_least_that_a_board_supplies(board):
    with board.kept() as kept:
        for _ in range(100):
            for path, wanted in (("/", (200, b"hello\n")), ("/none", (404, b""))):
                reply, body = kept.ask(path)
                check((reply.status, body) == wanted, (path, reply.status, body))


def the_stack_is_short(board):
    deepest = board.stack()
    check(deepest <= 4096, deepest)
    print(f"firmware: the deepest stack of all this was {deepest} bytes")


def main():
    needed()
    within(3000 if board_many.FULL else 560)
    with started("minimal") as board:
        the_least_that_a_board_supplies(board)
    with started("uart") as board:
        cases = (*board_routes.CASES, *board_many.CASES, *board_hostile.CASES)
        for case in (*cases, the_stack_is_short):
            start = time.monotonic()
            case(board)
            print(f"firmware: {case.__name__}, {time.monotonic() - start:.1f} s", flush=True)


main()
