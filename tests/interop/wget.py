"""wget: downloads that were broken off, and times."""

import os
import subprocess
import time

from served import Server, begin, check, content, folder, program, run

WGET = program("wget")


def wget(path, *args):
    return run([WGET, "-S", "--tries=1", "--timeout=20", *args], cwd=path)


def a_download_that_was_killed_is_resumed(server, path, whole):
    out = path / "here" / "whole"
    url = server.url("whole")
    slow = subprocess.Popen([WGET, "-q", "--limit-rate=4m", "-O", str(out), url])
    try:
        while not (out.exists() and out.stat().st_size >= 1_000_000):
            check(slow.poll() is None, "the download was over before it was broken off")
            time.sleep(0.01)
    finally:
        slow.kill()
        slow.wait()
    has = out.stat().st_size
    check(has < len(whole), "broken off")
    told = wget(path / "here", "-c", url)
    check(told.returncode == 0 and b"HTTP/1.1 206 Partial Content" in told.stderr, told)
    place = f"content-range: bytes {has}-{len(whole) - 1}/{len(whole)}"
    check(place.encode() in told.stderr.lower(), (has, told))
    check(out.read_bytes() == whole, "the resumed download")


def what_is_whole_is_left_as_it_is(server, path, whole):
    out = path / "here" / "whole"
    out.write_bytes(whole)
    told = wget(path / "here", "-c", server.url("whole"))
    check(told.returncode == 0 and b"HTTP/1.1 416 " in told.stderr, told)
    check(out.read_bytes() == whole, "the whole")


def a_file_is_fetched_again_when_it_is_newer(server, path, whole):
    os.utime(path / "whole", (1_700_000_000, 1_700_000_000))
    out = path / "here" / "whole"
    out.unlink()
    told = wget(path / "here", "-N", server.url("whole"))
    check(out.read_bytes() == whole and out.stat().st_mtime == 1_700_000_000, told)
    told = wget(path / "here", "-N", server.url("whole"))
    check(told.returncode == 0 and b"HTTP/1.1 304 Not Modified" in told.stderr, told)
    os.utime(path / "whole", (1_700_000_001, 1_700_000_001))
    told = wget(path / "here", "-N", server.url("whole"))
    check(b"HTTP/1.1 200 OK" in told.stderr and out.stat().st_mtime == 1_700_000_001, told)


def main():
    begin(120)
    whole = content(8_000_000)
    with folder() as path, Server(path) as server:
        (path / "whole").write_bytes(whole)
        (path / "here").mkdir()
        for case in (
            a_download_that_was_killed_is_resumed,
            what_is_whole_is_left_as_it_is,
            a_file_is_fetched_again_when_it_is_newer,
        ):
            case(server, path, whole)
            print(f"wget: {case.__name__}")


main()
