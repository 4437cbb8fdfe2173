"""The CPU time of two builds of the target, side by side: `cpu.py BEFORE AFTER [ROUNDS]`, each the
path of a program. Kept and pipelined requests take turns; no outcome is a failure."""

import socket
import statistics
import subprocess
import sys
import tempfile

REQUEST = b"GET /hello HTTP/1.1\r\nhost: a\r\n\r\n"
# What is done: its name, how many requests are sent at once, and how often.
WORK = [("keep-alive", 1, 60_000), ("pipelined", 32, 24_000)]


def start(program, folder):
    process = subprocess.Popen([program, "127.0.0.1:0", folder], stdout=subprocess.PIPE)
    address = process.stdout.readline().decode().partition("http://")[2].partition("/")[0]
    host, _, port = address.rpartition(":")
    return process, (host, int(port))


def ticks(process):
    """The time in user space and in all, in ticks of the kernel: ten milliseconds, mostly."""
    with open(f"/proc/{process.pid}/stat") as stat:
        fields = stat.read().rpartition(")")[2].split()
    user, system = int(fields[11]), int(fields[12])
    return user, user + system


def ask(address, at_once, times):
    with socket.create_connection(address) as sock:
        sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        sock.sendall(REQUEST)
        length = len(sock.recv(4096))
        for _ in range(times):
            sock.sendall(REQUEST * at_once)
            left = length * at_once
            while left:
                more = len(sock.recv(left))
                assert more, "the connection ended"
                left -= more


def main(before, after, rounds=9):
    with tempfile.TemporaryDirectory() as folder:
        targets = [start(program, folder) for program in (before, after)]
        for name, at_once, times in WORK:
            taken = [[], []]
            for turn in range(int(rounds)):
                for which in (0, 1) if turn % 2 else (1, 0):
                    process, address = targets[which]
                    began = ticks(process)
                    ask(address, at_once, times)
                    ended = ticks(process)
                    taken[which].append([end - begin for begin, end in zip(began, ended)])
            for kind, what in enumerate(["user", "user and system"]):
                ratios = [b[kind] / max(a[kind], 1) for a, b in zip(*taken)]
                spread = f"{min(ratios):.2f} to {max(ratios):.2f}"
                print(f"{name}, {what}: {statistics.median(ratios):.2f}, {spread}")
        for process, _ in targets:
            process.kill()


main(*sys.argv[1:])
