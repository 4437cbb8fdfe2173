"""What a board answers on every route, to curl and to Python's http.client."""

import decimal
import json
import re
import time
import urllib.request

from board import ROUTES, read_reply
from served import check, parts


def document():
    """The document, by its own arithmetic."""
    raws = ((row, row * 40503 % 65536) for row in range(3000))
    rows = [{"row": row, "raw": raw, "celsius": decimal.Decimal(raw - 32768).scaleb(-3)}
            for row, raw in raws]
    return {"name": "log", "rows": rows}


def flash():
    """The file in flash."""
    state, content = 1, bytearray()
    for _ in range(20_000):
        state = (state * 1664525 + 1013904223) % 2**32
        content.append(state >> 24)
    return bytes(content)


def page(board):
    with board.kept() as kept:
        reply, whole = kept.ask("/")
        etag = reply.headers["etag"]
        check(reply.status == 200 and whole.startswith(b"<!doctype html>"), reply.status)
        check(reply.headers["content-type"] == "text/html; charset=utf-8", "the type")
        reply, body = kept.ask("/", "HEAD")
        check(reply.status == 200 and body == b"", "HEAD")
        check(int(reply.headers["content-length"]) == len(whole), "the length of HEAD")
        for tags in (etag, f'"x", W/{etag}', "*"):
            for method in ("GET", "HEAD"):
                reply, body = kept.ask("/", method, If_None_Match=tags)
                check(reply.status == 304 and body == b"", (tags, reply.status))
                check(reply.headers["etag"] == etag, tags)
                check(reply.headers["cache-control"] == "no-cache", tags)
        reply, body = kept.ask("/", If_None_Match='"other"')
        check(reply.status == 200 and body == whole, "another tag")


def sensors(board):
    with board.kept() as kept:
        first = None
        for _ in range(20):
            reply, body = kept.ask("/sensors")
            check(reply.headers["content-type"] == "application/json", "the type")
            check(re.search(rb'"celsius":2[0-5]\.\d\d,', body), body)
            reading = json.loads(body)
            if first:
                check(reading["count"] == first["count"] + 1, "every request counts")
                check(reading["millis"] >= first["millis"], "time goes on")
            first = reading
        start, passed = time.monotonic(), 0
        while passed < 500:
            passed = json.loads(kept.ask("/sensors")[1])["millis"] - first["millis"]
        took = time.monotonic() - start
        check(0.4 < took < 10, f"{passed} ms in {took} s")


def session(board):
    with board.kept() as kept:
        check(kept.ask("/me")[0].status == 403, "without a cookie")
        ids = []
        for _ in range(2):
            reply, _ = kept.ask("/login", "POST", b"")
            check(reply.status == 303 and reply.headers["location"] == "/me", reply.status)
            cookie, *attributes = reply.headers["set-cookie"].split("; ")
            check(attributes == ["HttpOnly", "Path=/", "SameSite=lax"], attributes)
            ids.append(cookie)
            for cookies in (cookie, f"theme=dark; {cookie}", f"{cookie};a=b"):
                check(kept.ask("/me", Cookie=cookies)[0].status == 200, cookies)
        first, second = ids
        check(first != second, "each session is another")
        for cookies in (first, second + "0", second[:-1], "session=", f"x{second}", ""):
            check(kept.ask("/me", Cookie=cookies)[0].status == 403, cookies)
    told = board.curl("-L", "-b", "", "-d", "", board.url + "/login")
    check(told == b"signed in\n", told)


def portal(board):
    with board.kept() as kept:
        for path, host in (("/generate_204", None), ("/generate_204", "connectivity.example"),
                           ("/hotspot-detect.html", "captive.example"), ("/x", "localhostess:80")):
            for method in ("GET", "HEAD"):
                fields = {"Host": host} if host else {}
                reply, body = kept.ask(path, method, **fields)
                check(reply.status == 302 and reply.headers["location"] == "/", (path, host))
                check(body == b"", path)
        for host in (board.host, board.host + ":1", "LocalHost"):
            check(kept.ask("/none", Host=host)[0].status == 404, host)
        check(kept.ask("/sensors", Host="captive.example")[0].status == 200, "a known path")
        check(kept.ask("/none", "POST", b"", Host="captive.example")[0].status == 404, "POST")
        for path, method, allow in (("/", "POST", "GET, HEAD"), ("/login", "GET", "POST"),
                                    ("/stack", "DELETE", "GET, HEAD")):
            reply, _ = kept.ask(path, method)
            check(reply.status == 405 and reply.headers["allow"] == allow, (path, method))


def events(board):
    with board.kept() as kept:
        start = time.monotonic()
        reply, body = kept.ask("/events?n=5")
        check(time.monotonic() - start > 0.35, "a tenth of a second between two")
        check(reply.headers["content-type"] == "text/event-stream; charset=utf-8", "the type")
        told = re.findall(rb"event: reading\ndata: (.*)\n\n", body)
        check([json.loads(data)["count"] for data in told] == [1, 2, 3, 4, 5], body)
        check(kept.ask("/events?n=0")[1] == b"", "none")
        check(kept.ask("/events", "HEAD")[1] == b"", "HEAD")
    with board.connect() as sock, sock.makefile("rb") as lines:
        sock.sendall(b"GET /events HTTP/1.1\r\nHost: localhost\r\n\r\n")
        for count in range(1, 16):
            line = next(line for line in lines if line.startswith(b"data: "))
            check(json.loads(line[6:])["count"] == count, line)
    board.settle()
    board.answers("a stream that nobody reads")


def large_document(board):
    wanted = document()
    with board.kept() as kept:
        reply, body = kept.ask("/document")
        check(reply.headers["transfer-encoding"] == "chunked", "chunked")
        check(len(body) > 100_000, len(body))
        check(json.loads(body, parse_float=decimal.Decimal) == wanted, "the document")
        check(kept.ask("/document", "HEAD")[1] == b"", "HEAD")
    check(board.curl(board.url + "/document") == body, "the same to curl")


def flash_file(board):
    whole = flash()
    length = len(whole)
    with board.kept() as kept:
        reply, body = kept.ask("/flash.bin")
        check(reply.status == 200 and body == whole, "the whole")
        etag = reply.headers["etag"]
        for spec, part in (("0-0", whole[:1]), ("100-4099", whole[100:4100]),
                           ("-7", whole[-7:]), ("19999-", whole[-1:]), ("0-99999", whole)):
            reply, body = kept.ask("/flash.bin", Range=f"bytes={spec}")
            check(reply.status == 206 and body == part, spec)
        reply, body = kept.ask("/flash.bin", Range="bytes=7-7,1000-8999,-3")
        check(reply.status == 206, reply.status)
        got = list(parts(reply.headers["content-type"], body))
        places = [(7, 8), (1000, 9000), (length - 3, length)]
        check(got == [(first, whole[first:end], length) for first, end in places], "the parts")
        reply, _ = kept.ask("/flash.bin", Range="bytes=20000-")
        check(reply.status == 416, reply.status)
        check(reply.headers["content-range"] == "bytes */20000", "416")
        for tag, status in ((etag, 206), ('"other"', 200)):
            reply, _ = kept.ask("/flash.bin", Range="bytes=9-", If_Range=tag)
            check(reply.status == status, tag)
        check(kept.ask("/flash.bin", If_None_Match=etag)[0].status == 304, "304")
        reply, body = kept.ask("/flash.bin", "HEAD", Range="bytes=1-2")
        check(reply.headers["content-length"] == "20000" and body == b"", "HEAD")
    check(board.curl("-r", "5000-5999", board.url + "/flash.bin") == whole[5000:6000], "curl")


def echo(board):
    whole = flash()
    with board.kept() as kept:
        for length in (0, 1, 255, 512):
            for body in (whole[:length], iter([whole[:length // 2], whole[length // 2:length]])):
                reply, got = kept.ask("/echo", "POST", body)
                check(reply.status == 200 and got == whole[:length], length)
        reply, _ = kept.ask("/echo", "POST", whole[:513])
        check(reply.status == 413, "one byte too much")
        check(kept.ask("/echo", "POST", b"next")[1] == b"next", "the connection goes on")
    told = board.curl("-i", "-H", "Expect: 100-continue", "-d", "ping", board.url + "/echo")
    check(told.startswith(b"HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 200 OK\r\n"), told)
    check(told.endswith(b"\r\n\r\nping"), told)


def big(board):
    with board.kept() as kept:
        for size in (0, 1, 200, 255, 256, 1000, 100_000):
            reply, body = kept.ask(f"/big?n={size}")
            check(reply.headers["content-length"] == str(size), reply.headers)
            check(reply.status == 200 and body == b"x" * size, (size, len(body)))
        for count in (0, 1, 2, 100, 20_000):
            reply, body = kept.ask(f"/bigjson?n={count}")
            check(reply.headers["content-type"] == "application/json", reply.headers)
            check(reply.status == 200 and json.loads(body) == list(range(count)), count)
        for path in ("/big", "/bigjson"):
            reply, body = kept.ask(f"{path}?n=100", "HEAD")
            check(reply.status == 200 and body == b"", path)
            for query in ("", "?n=", "?n=x", "?n=-1", "?n=99999999", "?m=1"):
                check(kept.ask(path + query)[0].status == 400, path + query)
            reply, _ = kept.ask(path, "POST", b"")
            check(reply.status == 405 and reply.headers["allow"] == "GET, HEAD", path)


def upgrade(board):
    with board.connect() as sock, sock.makefile("rb") as replies:
        sock.sendall(b"GET /upgrade HTTP/1.1\r\nHost: localhost\r\nConnection: upgrade\r\n"
                     b"Upgrade: ECHO\r\n\r\nearly")
        head = list(iter(replies.readline, b"\r\n"))
        check(head == [b"HTTP/1.1 101 Switching Protocols\r\n", b"connection: upgrade\r\n",
                       b"upgrade: echo\r\n"], head)
        check(replies.read(5) == b"early", "bytes that came with the request")
        for _ in range(9):
            sock.sendall(bytes(range(200)))
            check(replies.read(200) == bytes(range(200)), "bytes that came later")
    board.settle()
    with board.kept() as kept:
        check(kept.ask("/upgrade")[0].status == 400, "not asked for")


def pipelined(board):
    paths = [path for path in ROUTES if path != "/document"] * 3
    with board.kept() as kept:
        wanted = {path: kept.ask(path) for path in paths}
    with board.connect() as sock, sock.makefile("rb") as replies:
        sock.sendall(b"".join(
            b"HEAD %s HTTP/1.1\r\nHost: localhost\r\n\r\n" % path.encode() for path in paths))
        for path in paths:
            status = replies.readline().split()[1]
            check(int(status) == wanted[path][0].status, (path, status))
            while replies.readline() != b"\r\n":
                pass


def byte_by_byte(board):
    for _ in range(20):
        with board.connect() as sock, sock.makefile("rb") as reply:
            longest, last = 0, time.monotonic()
            for byte in b"POST /echo HTTP/1.1\r\nHost: localhost\r\nContent-Length: 4\r\n\r\nslow":
                sock.sendall(bytes([byte]))
                time.sleep(0.005)
                last, before = time.monotonic(), last
                longest = max(longest, last - before)
            if longest < 0.1:
                check(read_reply(reply) == (200, b"slow"), "a request that comes slowly")
                return
        # The host was busy, and to a board on a line this was half a request that is over.
        board.settle()
    raise AssertionError("no request could be sent without a pause")


def every_route_by_curl(board):
    urls = [board.url + path for path in ROUTES]
    told = board.curl("-w", "\n%{http_code} %{num_connects}\n", *urls)
    codes = re.findall(rb"\n(\d{3}) (\d)\n", told)
    statuses = [403 if path == "/me" else 200 for path in ROUTES]
    check([int(code) for code, _ in codes] == statuses, codes)
    check(sum(int(new) for _, new in codes) == 1, "one connection for all")


def the_last_request(board):
    # Clients that close after a reply come back at once.
    for _ in range(20):
        with urllib.request.urlopen(board.url + "/sensors", timeout=5) as reply:
            check(reply.headers["connection"] == "close", "close")
            json.load(reply)


CASES = (page, sensors, session, portal, events, large_document, flash_file, big, echo,
         upgrade, pipelined, byte_by_byte, every_route_by_curl, the_last_request)
