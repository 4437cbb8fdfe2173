"""curl: ranges, downloads that were broken off, conditions, HEAD."""

import os
import pathlib
import subprocess
import time

from served import Server, begin, check, content, folder, parts, program, run

CURL = program("curl")


def curl(*args):
    return run([CURL, "--silent", "--show-error", "--max-time", "50", *args])


def ranges_are_those_of_the_file(server, path, whole):
    (path / "whole").write_bytes(whole)
    length = len(whole)
    out = path / "out"
    for spec, want in [
        ("0-0", whole[:1]),
        ("100-199", whole[100:200]),
        ("1000000-", whole[1000000:]),
        (f"{length - 1}-{length + 9}", whole[-1:]),
        ("-1", whole[-1:]),
        ("-70000", whole[-70000:]),
        (f"-{length + 1}", whole),
        ("20-29,25-39,40-49", whole[20:50]),
    ]:
        told = curl("-r", spec, "-o", out, "-w", "%{http_code}", server.url("whole"))
        check(told.stdout == b"206", (spec, told))
        check(out.read_bytes() == want, spec)
    spec = f"0-9,-5,3000000-4999999,{length}-,700-701"
    write = "%{http_code} %{content_type}"
    told = curl("-r", spec, "-o", out, "-w", write, server.url("whole"))
    code, _, kind = told.stdout.decode().partition(" ")
    check(code == "206", told)
    got = [(first, part) for first, part, all_ in parts(kind, out.read_bytes()) if all_ == length]
    wanted = [(0, 10), (700, 702), (3000000, 5000000), (length - 5, length)]
    check(sorted(got) == [(first, whole[first:end]) for first, end in wanted], "several ranges")
    told = curl("-i", "-r", f"{length}-", server.url("whole"))
    check(told.stdout.startswith(b"HTTP/1.1 416 "), told)
    check(f"\r\ncontent-range: bytes */{length}\r\n".encode() in told.stdout, told)


def head_is_the_head_alone(server, path, whole):
    (path / "whole").write_bytes(whole)
    for fields in [[], ["-r", "5-9"]]:
        told = curl("-I", *fields, server.url("whole"))
        check(told.stdout.startswith(b"HTTP/1.1 200 OK\r\n"), told)
        check(f"\r\ncontent-length: {len(whole)}\r\n".encode() in told.stdout, told)
        check(b"\r\naccept-ranges: bytes\r\n" in told.stdout, told)


def broken_off(url, out, at_least):
    """Starts a download and kills it part-way; how much there is of it."""
    slow = subprocess.Popen([CURL, "-s", "--limit-rate", "8M", "-o", str(out), url])
    try:
        while not (out.exists() and out.stat().st_size >= at_least):
            check(slow.poll() is None, "the download was over before it was broken off")
            time.sleep(0.01)
    finally:
        slow.kill()
        slow.wait()
    return out.stat().st_size


def a_download_that_was_killed_is_resumed(server, path, whole):
    (path / "whole").write_bytes(whole)
    out = path / "killed"
    has = broken_off(server.url("whole"), out, 1_000_000)
    check(has < len(whole), "broken off")
    write = "%{http_code} %{size_download}"
    told = curl("-C", "-", "-o", out, "-w", write, server.url("whole"))
    check(told.stdout == f"206 {len(whole) - has}".encode(), (has, told))
    check(out.read_bytes() == whole, "the resumed download")
    # What is whole already stays as it is.
    told = curl("-C", "-", "-o", out, "-w", "%{http_code}", server.url("whole"))
    check((told.returncode, told.stdout) == (0, b"416"), told)
    check(out.read_bytes() == whole, "the resumed whole")


def a_download_that_lost_its_server_is_resumed(server, path, whole):
    (path / "whole").write_bytes(whole)
    out = path / "lost"
    with Server(path) as other:
        url = other.url("whole")
        slow = subprocess.Popen([CURL, "-s", "--limit-rate", "8M", "-o", str(out), url])
        while not (out.exists() and out.stat().st_size >= 1_000_000):
            time.sleep(0.01)
    told = slow.wait(50)
    check(told in (18, 56), f"curl knows that it is not whole: {told}")
    has = out.stat().st_size
    check(whole.startswith(out.read_bytes()) and has < len(whole), "a prefix")
    told = curl("-C", "-", "-o", out, "-w", "%{http_code}", server.url("whole"))
    check(told.stdout == b"206", told)
    check(out.read_bytes() == whole, "the resumed download")


def what_has_not_changed_is_not_sent_again(server, path, whole):
    file = path / "note"
    file.write_bytes(whole[:1000])
    os.utime(file, (1_700_000_000, 1_700_000_000))
    copy, etag = path / "copy", path / "etag"
    write = "%{http_code} %{size_download}"
    told = curl("-R", "--etag-save", etag, "-o", copy, "-w", write, server.url("note"))
    check(told.stdout == b"200 1000" and copy.read_bytes() == whole[:1000], told)
    check(copy.stat().st_mtime == 1_700_000_000, "the file's own time")
    by_time = ["-z", copy, "-o", path / "new", "-w", write, server.url("note")]
    by_etag = ["--etag-compare", etag, "-o", path / "new", "-w", write, server.url("note")]
    for fields in (by_time, by_etag):
        told = curl(*fields)
        check(told.stdout == b"304 0" and told.returncode == 0, told)
    file.write_bytes(whole[:2000])
    os.utime(file, (1_700_000_001, 1_700_000_001))
    for fields in (by_time, by_etag):
        told = curl(*fields)
        check(told.stdout == b"200 2000", told)
        check((path / "new").read_bytes() == whole[:2000], "what has changed")


def longer_than_buffers():
    """More bytes than the sockets of one connection hold: a download of them that is read slowly
    keeps its server."""
    largest = 0
    for name in ("tcp_rmem", "tcp_wmem"):
        limits = pathlib.Path("/proc/sys/net/ipv4", name)
        largest += int(limits.read_text().split()[2]) if limits.exists() else 4_000_000
    return 8_000_000 + largest


def main():
    begin(200)
    whole = content(longer_than_buffers())
    with folder() as path, Server(path) as server:
        for case in (
            ranges_are_those_of_the_file,
            head_is_the_head_alone,
            a_download_that_was_killed_is_resumed,
            a_download_that_lost_its_server_is_resumed,
            what_has_not_changed_is_not_sent_again,
        ):
            case(server, path, whole)
            print(f"curl: {case.__name__}")


main()
