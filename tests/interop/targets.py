"""The black-box target on each runtime, for scripts that look at the server from outside: as a
process with limits, and by sockets of their own."""

import argparse
import contextlib
import json
import os
import pathlib
import resource
import shutil
import signal
import socket
import struct
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor

from served import ROOT, SKIPPED, check, folder, within

# A name: the package, and what its environment says besides.
RUNTIMES = {
    "tokio": ("replywire-tokio", {}),
    "tokio, one thread": ("replywire-tokio", {"TARGET_ONE_THREAD": "1"}),
    "smol": ("replywire-smol", {}),
    "async-std": ("replywire-async-std", {}),
}


class Target:
    """The target of one runtime, until it is stopped."""

    def __init__(self, runtime, program, path, descriptors=None, **environment):
        self.runtime = runtime
        self.errors = path / f"{runtime}.errors"

        def limited():
            hard = resource.getrlimit(resource.RLIMIT_NOFILE)[1]
            resource.setrlimit(resource.RLIMIT_NOFILE, (descriptors or hard, hard))

        served = path / "served"
        served.mkdir(exist_ok=True)
        with open(self.errors, "ab") as errors:
            self.process = subprocess.Popen(
                [program, "127.0.0.1:0", served], stdout=subprocess.PIPE, stderr=errors,
                env={**os.environ, **RUNTIMES[runtime][1], **environment}, preexec_fn=limited,
            )
        first = self.process.stdout.readline().decode()
        start, _, rest = first.partition("http://")
        check(start == "Listening on ", f"the target said {first!r}")
        host, _, port = rest.partition("/")[0].rpartition(":")
        self.address = host, int(port)

    def connect(self, timeout=20):
        return socket.create_connection(self.address, timeout)

    def descriptors(self):
        return len(os.listdir(f"/proc/{self.process.pid}/fd"))

    def resident(self):
        """The resident memory, in bytes."""
        for line in pathlib.Path(f"/proc/{self.process.pid}/status").read_text().splitlines():
            if line.startswith("VmRSS:"):
                return int(line.split()[1]) * 1024
        raise AssertionError("no VmRSS")

    def stop(self):
        self.process.kill()
        self.process.wait()
        self.process.stdout.close()


class Checks:
    """The outcomes of what was looked at; the script goes on after a failure."""

    def __init__(self):
        self.failed = False

    def tell(self, is_true, what):
        self.failed |= not is_true
        # As one write: threads may tell something at once.
        print(f"{'ok    ' if is_true else 'FAILED'} {what.rstrip()}\n", end="", flush=True)


class Script:
    """The checks of a script by their names, the runtimes, and where all of it happens."""

    def __init__(self, seconds, checks, options=(), default=None):
        if not pathlib.Path("/proc/self/fd").exists():
            print("skipped: there is no /proc")
            sys.exit(SKIPPED)
        parser = argparse.ArgumentParser()
        parser.add_argument("check", nargs="*", help=", ".join(checks))
        parser.add_argument("--runtime", action="append", choices=RUNTIMES)
        for name, value, text in options:
            parser.add_argument(name, type=type(value), default=value, help=text)
        self.options = parser.parse_args()
        names = self.options.check or default or list(checks)
        for name in names:
            if name not in checks:
                parser.error(f"no check {name}: {', '.join(checks)}")
        self.checks = [checks[name] for name in names]
        self.runtimes = self.options.runtime or list(RUNTIMES)
        self.seconds = seconds
        self.outcomes = Checks()
        self.tell = self.outcomes.tell

    @contextlib.contextmanager
    def targets(self, runtimes=None, **options):
        """The targets of all runtimes at once."""
        with contextlib.ExitStack() as stack:
            targets = []
            for runtime in runtimes or self.runtimes:
                target = Target(runtime, self.programs[runtime], self.path, **options)
                stack.callback(target.stop)
                targets.append(target)
            yield targets

    def each(self, case, **options):
        """Has the targets looked at by `case`, all at once."""
        with self.targets(**options) as targets, ThreadPoolExecutor(len(targets)) as pool:
            for outcome in [pool.submit(case, self, target) for target in targets]:
                outcome.result()

    def run(self):
        """Builds the targets, runs the checks and exits."""
        with folder() as path:
            self.path = path
            # All have one name: each is copied before the next one takes its place.
            copies = {}
            self.programs = {}
            for runtime in self.runtimes:
                package = RUNTIMES[runtime][0]
                if package not in copies:
                    copies[package] = shutil.copy(built(package), path / package)
                self.programs[runtime] = copies[package]
            within(self.seconds)
            for case in self.checks:
                case(self)
            if self.outcomes.failed:
                for said in path.glob("*.errors"):
                    for line in said.read_text(errors="replace").splitlines()[:9]:
                        print(f"{said.stem}: {line}")
        sys.exit(1 if self.outcomes.failed else 0)


def built(package):
    """The path of the target that was built last."""
    command = ["cargo", "build", "--quiet", "--release", "--package", package]
    command += ["--example", "target", "--message-format", "json"]
    told = subprocess.run(command, cwd=ROOT, check=True, stdout=subprocess.PIPE, text=True)
    for line in told.stdout.splitlines():
        message = json.loads(line)
        if message.get("executable"):
            return message["executable"]
    raise AssertionError(f"no target of {package}")


def more_descriptors(wanted):
    """Raises the limit of the script, and of what it starts, as far as it may; tells the limit."""
    hard = max(wanted, resource.getrlimit(resource.RLIMIT_NOFILE)[1])
    with contextlib.suppress(OSError, ValueError):
        resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))
    hard = resource.getrlimit(resource.RLIMIT_NOFILE)[1]
    resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))
    return hard


def reset(sock):
    """Closes a connection by a reset."""
    with contextlib.suppress(OSError):
        sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    sock.close()


def get(target, *fields):
    lines = [f"GET {target} HTTP/1.1", "host: x", *fields, "", ""]
    return "\r\n".join(lines).encode()


def read_reply(sock, is_head=False):
    """The head of the next reply and its body of known length; `None` where it ends before."""
    got = b""
    while b"\r\n\r\n" not in got:
        more = sock.recv(65536)
        if not more:
            return None
        got += more
    head, _, body = got.partition(b"\r\n\r\n")
    fields = dict(line.lower().split(b": ", 1) for line in head.split(b"\r\n")[1:])
    length = 0 if is_head or head[9:12] == b"304" else int(fields.get(b"content-length", 0))
    while len(body) < length:
        more = sock.recv(65536)
        if not more:
            return None
        body += more
    return head, body


def dechunked(body):
    """The content of chunks so far, and whether the last one has come."""
    content = bytearray()
    at = 0
    while True:
        end = body.find(b"\r\n", at)
        if end < 0:
            return bytes(content), False
        size = int(body[at:end], 16)
        if size == 0:
            check(body[at:] in (b"0\r\n", b"0\r\n\r\n"), body[at:][:99])
            return bytes(content), body[at:] == b"0\r\n\r\n"
        content += body[end + 2:end + 2 + size]
        at = end + 2 + size + 2
        if at > len(body):
            return bytes(content), False
        check(body[at - 2:at] == b"\r\n", "the end of a chunk")


def sparse(path, length):
    """A file of zeros that takes no room."""
    path.parent.mkdir(exist_ok=True)
    with open(path, "wb") as file:
        file.truncate(length)


# A broken pipe is an error like others.
signal.signal(signal.SIGPIPE, signal.SIG_IGN)
