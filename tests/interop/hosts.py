"""Replies through axum, hyper, tower and actix-web, and a router of axum on our own server: curl,
and a client that reads events as they come and leaves."""

import http.client
import os
import pathlib
import subprocess
import sys
import time

from served import ROOT, check, program, run, within

CURL = program("curl")
NAMES = ("axum", "hyper", "tower", "actix", "router")
# As the tests of the package are built.
COMMAND = ("--quiet", "--package", "replywire-http", "--all-features", "--example")
FILE = pathlib.Path(ROOT) / "adapters/http/README.md"


class Host:
    """An example, until it is stopped."""

    def __init__(self, name):
        command = ["cargo", "run", *COMMAND, name, "--", "127.0.0.1:0"]
        self.process = subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True)
        first = self.process.stdout.readline()
        start, _, rest = first.partition("http://")
        check(start == "Listening on ", f"the example said {first!r}")
        self.address = rest.partition("/")[0]

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.process.kill()
        self.process.wait()
        self.process.stdout.close()

    def curl(self, path, *args):
        told = run([CURL, "-sS", "-i", "--max-time", "20", *args, f"http://{self.address}{path}"])
        check(told.returncode == 0, told)
        head, _, body = told.stdout.partition(b"\r\n\r\n")
        lines = head.decode("latin-1").split("\r\n")
        fields = [line.split(": ", 1) for line in lines[1:]]
        fields = [(name.lower(), value) for name, value in fields]
        return lines[0].split()[1], fields, body


def values(fields, name):
    return [value for other, value in fields if other == name]


def ranges_are_those_of_the_file(host):
    whole = FILE.read_bytes()
    for spec, want in [("0-0", whole[:1]), ("100-199", whole[100:200]), ("-7", whole[-7:])]:
        code, fields, body = host.curl("/file", "-r", spec)
        check(code == "206" and body == want, (spec, code, body))
        check(values(fields, "content-length") == [str(len(want))], fields)
    code, fields, _ = host.curl("/file", "-r", f"{len(whole)}-")
    check(code == "416", code)
    check(values(fields, "content-range") == [f"bytes */{len(whole)}"], fields)


def what_has_not_changed_is_not_sent(host):
    code, fields, body = host.curl("/file")
    check(code == "200" and body == FILE.read_bytes(), code)
    (tag,) = values(fields, "etag")
    (modified,) = values(fields, "last-modified")
    (disposition,) = values(fields, "content-disposition")
    check("read me.txt" in disposition, disposition)
    for line in [f"if-none-match: {tag}", f"if-modified-since: {modified}"]:
        code, fields, body = host.curl("/file", "-H", line)
        check(code == "304" and body == b"" and not values(fields, "content-length"), fields)
        check(values(fields, "etag") == [tag], fields)
    code, fields, body = host.curl("/file", "-I")
    check(code == "200" and body == b"", body)
    check(values(fields, "content-length") == [str(len(FILE.read_bytes()))], fields)


def each_line_is_there_once(host):
    _, fields, _ = host.curl("/")
    check(len(values(fields, "set-cookie")) == 2, fields)
    for name in ["date", "content-length", "content-type"]:
        check(len(values(fields, name)) == 1, fields)
    check(not values(fields, "transfer-encoding"), fields)


def content_comes_back(host):
    for how in [[], ["-H", "transfer-encoding: chunked"]]:
        _, _, body = host.curl("/echo", "--data-binary", "x" * 50000, *how)
        check(body == b"x" * 50000, (how, len(body)))


def events_come_as_they_are_made(host):
    name, port = host.address.rsplit(":", 1)
    before = descriptors(host)
    for _ in range(5):
        client = http.client.HTTPConnection(name, int(port), timeout=20)
        begun = time.monotonic()
        client.request("GET", "/events")
        reply = client.getresponse()
        check(reply.getheader("content-type") == "text/event-stream; charset=utf-8", reply.headers)
        for at in [0, 0.1, 0.2]:
            check(reply.readline() + reply.readline() == b"data: tick\n\n", "an event")
            check(at - 0.05 < time.monotonic() - begun < at + 5, "at its time")
        reply.close()
        client.close()
    # Who leaves is let go.
    until = time.monotonic() + 10
    while descriptors(host) > before:
        check(time.monotonic() < until, "a connection stays")
        time.sleep(0.05)


def http_2_has_the_same(host):
    whole = FILE.read_bytes()
    code, fields, body = host.curl("/file", "--http2-prior-knowledge", "-r", "5-9")
    check(code == "206" and body == whole[5:10], code)
    check(values(fields, "content-range") == [f"bytes 5-9/{len(whole)}"], fields)
    code, fields, body = host.curl("/echo", "--http2-prior-knowledge", "--data-binary", "x" * 9)
    check(code == "200" and body == b"x" * 9, code)


def a_router_has_its_extractors(host):
    _, fields, body = host.curl("/items/7")
    check(body == b'{"id":7,"name":"item 7"}', body)
    check(values(fields, "content-type") == ["application/json"], fields)
    check(host.curl("/search?q=a%20b")[2] == b"a b None", "a query")
    check(host.curl("/form", "-d", "id=7&name=a")[2] == b'{"id":7,"name":"a"}', "a form")
    check(host.curl("/peer")[2] == b"127.0.0.1", "the peer")
    check(host.curl("/items/7", "-X", "DELETE")[0] == "204", "no content")
    check(host.curl("/form")[0] == "405" and host.curl("/none")[0] == "404", "no route")
    check(len(values(host.curl("/cookies")[1], "set-cookie")) == 2, "cookies")
    code, fields, body = host.curl("/file", "-I")
    check(values(fields, "content-length") == ["200000"] and body == b"", fields)


def a_router_has_content(host):
    content = b"some " * 100000
    expects = ["-H", "expect: 100-continue"]
    for how in [[], ["-H", "transfer-encoding: chunked"], expects]:
        for path, want in [("/upload", None), ("/echo", content)]:
            told = run(
                [CURL, "-sS", "--max-time", "20", "--data-binary", "@-", *how]
                + [f"http://{host.address}{path}"],
                input=content,
            )
            check(told.returncode == 0, told)
            want = want or b"500000 bytes, "
            check(told.stdout.startswith(want), (path, how, told.stdout[:80]))


def a_router_streams(host):
    lines = b"".join(b"line %d\n" % n for n in range(5))
    code, fields, body = host.curl("/lines")
    check(values(fields, "transfer-encoding") == ["chunked"] and body == lines, (fields, body))
    check(host.curl("/lines", "--http1.0")[2] == lines, "up to the end of the connection")
    _, fields, body = host.curl("/events")
    check(values(fields, "content-type") == ["text/event-stream"], fields)
    check(body.count(b"data: tick\ndata: tock\n\n") == 3, body)
    # One connection for all, as curl keeps it.
    urls = [f"http://{host.address}{path}" for path in ["/", "/lines", "/file", "/"]]
    told = run([CURL, "-sS", "--max-time", "20", "-w", "%{num_connects}\n", *urls])
    check(told.stdout.endswith(b"hello, world0\n"), told.stdout[-80:])


def descriptors(host):
    return len(os.listdir(f"/proc/{host.process.pid}/fd")) if sys.platform == "linux" else 0


CHECKS = [
    ranges_are_those_of_the_file,
    what_has_not_changed_is_not_sent,
    each_line_is_there_once,
    content_comes_back,
    events_come_as_they_are_made,
]


ROUTER_CHECKS = [a_router_has_its_extractors, a_router_has_content, a_router_streams]


def main():
    for name in NAMES:
        subprocess.run(["cargo", "build", *COMMAND, name], cwd=ROOT, check=True)
    within(200)
    for name in NAMES:
        checks = CHECKS + [http_2_has_the_same] * (name == "tower")
        checks = ROUTER_CHECKS if name == "router" else checks
        with Host(name) as host:
            for each in checks:
                each(host)
                print(f"ok: {name}: {each.__name__}")


if __name__ == "__main__":
    main()
