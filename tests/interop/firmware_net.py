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
from board import Board
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
        for case in (*board_routes.CASES, *board_many.CASES, *board_hostile.CASES):
            start = time.monotonic()
            case(board)
            seconds = time.monotonic() - start
            print(f"firmware over TCP: {case.__name__}, {seconds:.1f} s", flush=True)


main()
