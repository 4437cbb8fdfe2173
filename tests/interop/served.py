"""The example of an adapter, serving a folder of the script's own."""

import contextlib
import pathlib
import random
import shutil
import signal
import subprocess
import sys
import tempfile
import venv

ROOT = pathlib.Path(__file__).resolve().parents[2]

# What a script exits with that could not run.
SKIPPED = 77


def program(*names):
    """The first of these programs that is installed; without one the script is skipped."""
    for name in names:
        if path := shutil.which(name):
            return path
    print(f"skipped: {names[0]} is not installed")
    sys.exit(SKIPPED)


def venv_with(*packages):
    """The interpreter of a venv that has these packages of PyPI, in these versions; the script is
    skipped where it cannot be had."""
    place = ROOT / "target" / "interop" / "-".join(packages)
    python = place / "bin" / "python"
    try:
        if not python.exists():
            venv.create(place, with_pip=True)
        # What is there already is not asked for.
        install = [python, "-m", "pip", "install", "--quiet", "--disable-pip-version-check"]
        subprocess.run([*install, *packages], check=True, timeout=600)
    except (OSError, subprocess.SubprocessError) as error:
        print(f"skipped: no venv with {', '.join(packages)}: {error}")
        sys.exit(SKIPPED)
    return python


@contextlib.contextmanager
def folder():
    """A folder that is gone at the end."""
    with tempfile.TemporaryDirectory(prefix="replywire-interop-") as path:
        yield pathlib.Path(path)


class Server:
    """The example over a folder, until it is stopped."""

    def __init__(
        self, path, address="127.0.0.1:0", package="replywire-tokio", example="serve", log=None
    ):
        command = ["cargo", "run", "--quiet", "--release", "--package", package]
        command += ["--example", example, "--", address, str(path)]
        # On Unix `cargo run` becomes the server.
        self.process = subprocess.Popen(
            command, cwd=ROOT, stdout=subprocess.PIPE, stderr=log, text=True
        )
        try:
            first = self.process.stdout.readline()
            start, _, rest = first.partition("http://")
            check(start == "Listening on ", f"the example said {first!r}")
        except BaseException:
            self.stop()
            raise
        self.address = rest.partition("/")[0]
        # A pipe holds the few lines that follow.

    def url(self, name):
        return f"http://{self.address}/files/{name}"

    def stop(self):
        self.process.kill()
        self.process.wait()
        self.process.stdout.close()

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.stop()


def run(command, **options):
    """What a command came to; none takes more than a minute."""
    command = [str(word) for word in command]
    return subprocess.run(command, capture_output=True, timeout=60, check=False, **options)


def content(length, seed=1):
    """Bytes of which no two places look the same."""
    return random.Random(seed).randbytes(length)


def check(is_true, what):
    """Fails the script unless it `is_true`."""
    if not is_true:
        raise AssertionError(what)


def parts(content_type, body):
    """The ranges of a multipart body: where each begins, its bytes, and the whole length."""
    kind, _, boundary = content_type.partition("; boundary=")
    check(kind == "multipart/byteranges" and boundary, content_type)
    mark = b"--" + boundary.encode()
    while True:
        check(body.startswith(mark), body[:100])
        body = body[len(mark):]
        if body in (b"--", b"--\r\n"):
            return
        head, _, body = body.partition(b"\r\n\r\n")
        fields = dict(line.split(b": ", 1) for line in head.lower().split(b"\r\n")[1:])
        place, _, whole = fields[b"content-range"].removeprefix(b"bytes ").partition(b"/")
        first, last = map(int, place.split(b"-"))
        length = last - first + 1
        yield first, body[:length], int(whole)
        check(body[length:length + 2] == b"\r\n", "a line's end after a part")
        body = body[length + 2:]


def begin(seconds, *packages, example="serve", flags=()):
    """Builds the examples; from here on the script, and all that it starts, has these seconds."""
    for package in packages or ("replywire-tokio",):
        command = ["cargo", "build", "--quiet", "--release", "--package", package]
        subprocess.run([*command, *flags, "--example", example], cwd=ROOT, check=True)
    within(seconds)


def within(seconds):
    """From here on the script, and all that it starts, has these seconds."""

    def over(*_):
        raise TimeoutError(f"not done after {seconds} seconds")

    signal.signal(signal.SIGALRM, over)
    signal.alarm(seconds)
