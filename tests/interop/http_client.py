"""Python's http.client: one connection for everything, of ranges and of heads."""

import http.client
import random

from served import Server, begin, check, content, folder, parts

PACKAGES = ("replywire-tokio", "replywire-smol", "replywire-async-std")


class Kept:
    """One connection, which no reply may close."""

    def __init__(self, server):
        self.conn = http.client.HTTPConnection(server.address, timeout=20)
        self.conn.connect()
        self.sock = self.conn.sock

    def ask(self, name, method="GET", **fields):
        fields = {name.replace("_", "-"): value for name, value in fields.items()}
        self.conn.request(method, f"/files/{name}", headers=fields)
        reply = self.conn.getresponse()
        body = reply.read()
        check(self.conn.sock is self.sock, "the connection is kept")
        return reply, body


def any_ranges(kept, whole):
    chance = random.Random(2)
    length = len(whole)
    for _ in range(300):
        first = chance.randrange(length)
        last = min(first + chance.choice([0, 1, 99, 12_000, 200_000, length]), length - 1)
        reply, body = kept.ask("whole", Range=f"bytes={first}-{last}")
        check(reply.status == 206 and body == whole[first:last + 1], (first, last))
        check(reply.headers["content-range"] == f"bytes {first}-{last}/{length}", (first, last))


def several_ranges(kept, whole):
    length = len(whole)
    reply, body = kept.ask("whole", Range="bytes=7-7,1000000-1999999,-3")
    check(reply.status == 206, reply.status)
    got = list(parts(reply.headers["content-type"], body))
    places = [(7, 8), (1_000_000, 2_000_000), (length - 3, length)]
    check(got == [(first, whole[first:end], length) for first, end in places], "the parts")


def what_is_not_sent(kept, whole):
    length = str(len(whole))
    reply, body = kept.ask("whole")
    check(reply.status == 200 and body == whole, "the whole")
    etag, modified = reply.headers["etag"], reply.headers["last-modified"]
    for fields in ({}, {"Range": "bytes=1-2"}):
        reply, body = kept.ask("whole", "HEAD", **fields)
        check(reply.status == 200 and body == b"", "HEAD")
        check(reply.headers["content-length"] == length and reply.headers["etag"] == etag, "HEAD")
    for fields in ({"If_None_Match": etag}, {"If_Modified_Since": modified}):
        for method in ("GET", "HEAD"):
            reply, body = kept.ask("whole", method, **fields)
            check(reply.status == 304 and body == b"", (method, fields))
    reply, body = kept.ask("whole", If_Match='"other"')
    check(reply.status == 412, reply.status)
    reply, body = kept.ask("whole", Range=f"bytes={length}-")
    check(reply.status == 416 and reply.headers["content-range"] == f"bytes */{length}", "416")
    reply, body = kept.ask("none")
    check(reply.status == 404, reply.status)


def ranges_of_what_was_known(kept, whole):
    reply, _ = kept.ask("whole", "HEAD")
    etag = reply.headers["etag"]
    reply, body = kept.ask("whole", Range="bytes=9-", If_Range=etag)
    check(reply.status == 206 and body == whole[9:], "the same file")
    reply, body = kept.ask("whole", Range="bytes=9-", If_Range='"other"')
    check(reply.status == 200 and body == whole, "another file")


def main():
    begin(120, *PACKAGES)
    whole = content(5_000_000)
    for package in PACKAGES:
        with folder() as path, Server(path, package=package) as server:
            (path / "whole").write_bytes(whole)
            kept = Kept(server)
            for case in (any_ranges, several_ranges, what_is_not_sent, ranges_of_what_was_known):
                case(kept, whole)
            print(f"http.client: one connection to {package}")


main()
