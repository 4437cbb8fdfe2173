"""The service of the examples, over TLS, as clients of others see it: curl, `http.client`, the
package `websockets` and `openssl s_client`. Each request is written down here as it is made, and in
the end the access log has one line for each of them, and no other."""

import collections
import contextlib
import http.client
import itertools
import json
import os
import pathlib
import signal
import socket
import ssl
import struct
import subprocess
import sys
import time

from served import ROOT, begin, check, folder, program, run, venv_with

CURL = program("curl")
OPENSSL = program("openssl")
PASSWORD = "correct horse & battery"
FORM_OF_PASSWORD = "password=correct+horse+%26+battery"
FORM = "application/x-www-form-urlencoded"
JSON = "application/json"

# The lines that every reply has.
SECURITY = {
    "content-security-policy": "default-src 'self'; base-uri 'none'; frame-ancestors 'none'",
    "strict-transport-security": "max-age=31536000",
    "x-content-type-options": "nosniff",
}

# The notes that are too much to be kept anywhere: how many, and the length of each.
MANY, LONG = 800, 60_000

Entry = collections.namedtuple("Entry", "method target status whole")


class Service:
    """The service until it is stopped, and what it was asked."""

    def __init__(self, path):
        self.path = path
        self.certificate = path / "certificate.pem"
        names = "subjectAltName=DNS:localhost,IP:127.0.0.1"
        created = run(
            [OPENSSL, "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256",
             "-nodes", "-keyout", path / "key.pem", "-out", self.certificate, "-days", "2",
             "-subj", "/CN=localhost", "-addext", names]
        )
        check(created.returncode == 0, created)
        (path / "static").mkdir()
        environment = {
            "TLS_CERTIFICATES": str(self.certificate),
            "TLS_KEY": str(path / "key.pem"),
            "SERVICE_ADDRESS": "127.0.0.1:0",
            "SERVICE_DATABASE": str(path / "notes.redb"),
            "SERVICE_FOLDER": str(path / "static"),
            "SERVICE_PASSWORD": PASSWORD,
        }
        command = ["cargo", "run", "--quiet", "--release", "--package", "replywire-tokio"]
        command += ["--all-features", "--example", "service"]
        open_door = {**os.environ, **environment, "SERVICE_PASSWORD": ""}
        told = run(command, cwd=ROOT, env=open_door)
        check(told.returncode != 0 and b"SERVICE_PASSWORD is not set" in told.stderr, told)
        self.errors = path / "errors"
        with open(self.errors, "wb") as errors:
            self.process = subprocess.Popen(
                command, cwd=ROOT, stdout=subprocess.PIPE, stderr=errors, text=True,
                env={**os.environ, **environment},
            )
        first = self.process.stdout.readline()
        start, _, rest = first.partition("https://127.0.0.1:")
        check(start == "Listening on ", f"the service said {first!r}")
        self.port = int(rest.partition("/")[0])
        self.context = ssl.create_default_context(cafile=str(self.certificate))
        self.cookie = None
        self.asked = []

    def url(self, target):
        return f"https://localhost:{self.port}{target}"

    def expect(self, method, target, status, whole=True):
        """Writes down a request that was made in some other way than by `Client`."""
        self.asked.append(Entry(method, target, status, whole))

    def connect(self, receive=None):
        """A connection of TLS; the kernel keeps no more than `receive` bytes that are not read."""
        sock = socket.socket()
        if receive:
            sock.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, receive)
        sock.settimeout(20)
        sock.connect(("127.0.0.1", self.port))
        return self.context.wrap_socket(sock, server_hostname="localhost")

    def told(self, name):
        """A number that the kernel tells of the process, in bytes."""
        at = "status" if name.startswith("Vm") else "io"
        for line in pathlib.Path(f"/proc/{self.process.pid}/{at}").read_text().splitlines():
            if line.startswith(f"{name}:"):
                return int(line.split()[1]) * (1024 if at == "status" else 1)
        raise AssertionError(name)

    def log(self):
        """The lines of the log; the rest is what a panic says."""
        lines = self.errors.read_text().splitlines()
        return [json.loads(line) for line in lines if line.startswith("{")]

    def stop(self):
        self.process.kill()
        self.process.wait()
        self.process.stdout.close()


class Client:
    """A client that keeps its connection as long as it may, and looks at each reply."""

    def __init__(self, service, receive=None):
        self.service = service
        self.conn = http.client.HTTPSConnection(
            "localhost", service.port, context=service.context, timeout=20
        )
        if receive:
            self.conn.sock = service.connect(receive)

    def begin(self, method, target, content=None, kind=None, whole=True, **fields):
        """Asks, and returns the reply, of which the content is to be read."""
        fields = {name.replace("_", "-"): value for name, value in fields.items()}
        if kind:
            fields["content-type"] = kind
        if self.service.cookie and "cookie" not in fields:
            fields["cookie"] = self.service.cookie
        self.conn.request(method, target, content, fields)
        reply = self.conn.getresponse()
        self.service.expect(method, target, reply.status, whole)
        secured(target, dict(reply.headers))
        return reply

    def ask(self, method, target, *args, **fields):
        reply = self.begin(method, target, *args, **fields)
        return reply, reply.read()

    def refused(self, status, method, target, *args, **fields):
        """Asks for what is refused by an error page, and returns it."""
        reply, content = self.ask(method, target, *args, **fields)
        check(reply.status == status, (method, target, reply.status))
        problem(reply.headers, content, status, reply.reason)
        return reply


def secured(target, fields):
    got = {key.lower(): value for key, value in fields.items()}
    for name, value in SECURITY.items():
        check(got.get(name) == value, f"{name} of {target}: {got}")


def problem(fields, content, status, phrase):
    check(fields["content-type"] == "application/problem+json", fields["content-type"])
    check(json.loads(content) == {"status": status, "title": phrase}, content)


def strangers_are_refused(service):
    client = Client(service)
    for method, target in [
        ("GET", "/api/notes"), ("POST", "/api/notes"), ("GET", "/api/notes.jsonl"),
        ("DELETE", "/api/notes/1"), ("GET", "/events"), ("GET", "/ws"), ("GET", "/missing"),
    ]:
        client.refused(403, method, target)
    for cookie in ["__Host-session=", f"__Host-session={'0' * 32}", "session=1"]:
        client.refused(403, "GET", "/api/notes", cookie=cookie)
    for form in ["password=wrong", "password=", "", f"passwort={PASSWORD}"]:
        client.refused(403, "POST", "/login", form, FORM)
    client.refused(415, "POST", "/login", "{}", JSON)
    client.refused(413, "POST", "/login", "password=" + "x" * 2000, FORM)
    client.refused(405, "GET", "/login")


def curl_logs_in(service):
    jar = service.path / "jar"
    base = [CURL, "--silent", "--show-error", "--include", "--cacert", service.certificate]

    def curl(status, method, target, *args):
        told = run([*base, "--request", method, *args, service.url(target)])
        check(told.returncode == 0, told)
        head, _, content = told.stdout.partition(b"\r\n\r\n")
        start, *lines = head.decode().split("\r\n")
        check(start.startswith(f"HTTP/1.1 {status} "), (target, start))
        service.expect(method, target, status)
        fields = [line.split(": ", 1) for line in lines]
        secured(target, dict(fields))
        return {name.lower(): value for name, value in fields}, content

    login = ["--cookie-jar", jar, "--data", FORM_OF_PASSWORD]
    fields, _ = curl(303, "POST", "/login", *login)
    cookie, *attributes = fields["set-cookie"].split("; ")
    check(fields["location"] == "/static/", fields)
    check(len(cookie) == len("__Host-session=") + 32, cookie)
    wanted = ["HttpOnly", "Path=/", "SameSite=strict", "Secure"]
    check(attributes == wanted, attributes)
    # The jar has it, and gives it back.
    send = ["--cookie", jar]
    new = ["--header", f"content-type: {JSON}", "--data", '{"text":"of curl"}']
    fields, content = curl(201, "POST", "/api/notes", *send, *new)
    check(fields["location"] == "/api/notes/1" and content == b"", fields)
    fields, content = curl(200, "GET", "/api/notes", *send)
    check(json.loads(content) == [{"id": 1, "text": "of curl"}], content)
    check(fields["content-type"] == JSON, fields)
    curl(204, "DELETE", "/api/notes/1", *send)
    # A login ends the session before it, also for those who have kept the cookie.
    curl(303, "POST", "/login", *login)
    curl(200, "GET", "/api/notes", *send)
    for old in [cookie, cookie[:-1]]:
        _, content = curl(403, "GET", "/api/notes", "--header", f"cookie: {old}")
        check(json.loads(content) == {"status": 403, "title": "Forbidden"}, content)


def log_in(service):
    """Begins a session for all clients that come, and ends the one before."""
    reply, _ = Client(service).ask("POST", "/login", FORM_OF_PASSWORD, FORM)
    check(reply.status == 303, reply.status)
    service.cookie = reply.headers["set-cookie"].partition(";")[0]


def made(client, text):
    """Makes a note, and returns its place."""
    reply, content = client.ask("POST", "/api/notes", json.dumps({"text": text}), JSON)
    check(reply.status == 201 and content == b"", reply.status)
    return reply.headers["location"]


def notes_are_made_read_changed_and_removed(service):
    client = Client(service)
    texts = {}
    for text in ["one", "caf\u00e9 \u2603", "", 'quotes " and \\ and\nlines', "x" * 60_000]:
        location = made(client, text)
        note = {"id": int(location.removeprefix("/api/notes/")), "text": text}
        texts[note["id"]] = text
        reply, content = client.ask("GET", location)
        check(reply.status == 200 and json.loads(content) == note, content[:99])
        reply, nothing = client.ask("HEAD", location)
        check(reply.headers["content-length"] == str(len(content)) and nothing == b"", location)
    rows = [{"id": id, "text": text} for id, text in texts.items()]
    reply, content = client.ask("GET", "/api/notes")
    check(reply.headers["content-type"] == JSON and json.loads(content) == rows, content[:99])
    reply, content = client.ask("GET", "/api/notes.jsonl")
    check(reply.headers["content-type"] == "application/jsonl", reply.headers)
    check([json.loads(line) for line in content.splitlines()] == rows, content[:99])
    for target in ["/api/notes", "/api/notes.jsonl"]:
        reply, content = client.ask("HEAD", target)
        check(reply.status == 200 and content == b"", target)
    first, second, *_ = texts
    reply, content = client.ask("PUT", f"/api/notes/{first}", '{"text":"two"}', f"{JSON}; a=b")
    check(reply.status == 204 and content == b"", reply.status)
    reply, content = client.ask("GET", f"/api/notes/%3{first}")
    check(json.loads(content) == {"id": first, "text": "two"}, content)
    reply, _ = client.ask("DELETE", f"/api/notes/{second}")
    check(reply.status == 204, reply.status)
    for method in ["GET", "DELETE"]:
        client.refused(404, method, f"/api/notes/{second}")
    client.refused(404, "PUT", f"/api/notes/{second}", '{"text":"two"}', JSON)


def what_is_wrong_is_told_in_json(service):
    client = Client(service)
    for target in ["/", "/api", "/api/notes/1/2", "/api/notes/x", "/api/notes/-1", "/api/notes/"]:
        client.refused(404, "GET", target)
    client.refused(404, "GET", "/" + "/".join("123456789"))
    client.refused(400, "GET", "/api/%2e%2e/notes")
    client.refused(400, "GET", "/api/%ff")
    client.refused(415, "POST", "/api/notes", "text=1", FORM)
    client.refused(415, "PUT", "/api/notes/1", "{}")
    for content in ["", "{", "[]", '{"text":1}', '{"texts":"a"}', '{"text":"a"} b', b"\xff"]:
        client.refused(422, "POST", "/api/notes", content, JSON)
    long = json.dumps({"text": "x" * (64 << 10)})
    client.refused(413, "POST", "/api/notes", long, JSON)
    client.refused(413, "POST", "/api/notes", iter([long.encode()]), JSON)
    for method, target, allow in [
        ("PATCH", "/api/notes", "GET, HEAD, OPTIONS, POST"),
        ("POST", "/api/notes/1", "DELETE, GET, HEAD, OPTIONS, PUT"),
        ("POST", "/api/notes.jsonl", "GET, HEAD, OPTIONS"),
        ("DELETE", "/events", "GET, HEAD, OPTIONS"),
        ("PUT", "/ws", "GET, HEAD, OPTIONS"),
        ("PUT", "/login", "OPTIONS, POST"),
    ]:
        check(client.refused(405, method, target).headers["allow"] == allow, target)
    reply, content = client.ask("OPTIONS", "/api/notes")
    check(reply.status == 204 and content == b"", reply.status)
    check(reply.headers["allow"] == "GET, HEAD, OPTIONS, POST", reply.headers)
    reply, _ = client.ask("GET", "/ws")
    check(reply.status == 400 and reply.headers["sec-websocket-version"] == "13", reply.status)
    reply = client.refused(
        426, "GET", "/ws", connection="upgrade", upgrade="websocket", sec_websocket_version="8",
        sec_websocket_key="dGhlIHNhbXBsZSBub25jZQ==",
    )
    check(reply.headers["upgrade"] == "websocket", reply.headers)
    check(reply.headers["sec-websocket-version"] == "13", reply.headers)
    client.refused(500, "GET", "/panic")
    # The service goes on.
    client.refused(404, "GET", "/api/notes/999999")


def files_have_ranges_and_validators(service):
    page = b"<!doctype html><title>Notes</title>" * 5000
    static = service.path / "static"
    (static / "index.html").write_bytes(page)
    # It has validators when its last change is a moment ago.
    time.sleep(0.1)
    client = Client(service)
    reply, content = client.ask("GET", "/static/")
    check(reply.status == 200 and content == page, reply.status)
    check(reply.headers["content-type"] == "text/html; charset=utf-8", reply.headers)
    etag, target = reply.headers["etag"], "/static/index.html"
    reply, content = client.ask("GET", target, range="bytes=7-99")
    check(reply.status == 206 and content == page[7:100], reply.status)
    check(reply.headers["content-range"] == f"bytes 7-99/{len(page)}", reply.headers)
    reply, content = client.ask("GET", target, if_none_match=etag)
    check(reply.status == 304 and content == b"", reply.status)
    reply, _ = client.ask("GET", target, range="bytes=9999999-")
    check(reply.status == 416, reply.status)
    reply, content = client.ask("HEAD", target)
    check(reply.headers["content-length"] == str(len(page)) and content == b"", reply.headers)
    client.refused(404, "GET", "/static/missing")
    reply, _ = client.ask("POST", target)
    check(reply.status == 405 and reply.headers["allow"] == "GET, HEAD", reply.headers)
    client.refused(400, "GET", "/static/%2e%2e/key.pem")


def events_come_when_they_happen(service):
    listener, client = Client(service), Client(service)
    reply = listener.begin("GET", "/events", whole=False)
    check(reply.headers["content-type"] == "text/event-stream; charset=utf-8", reply.headers)

    def event():
        lines = iter(lambda: reply.readline().decode().rstrip("\n"), "")
        return dict(line.split(": ", 1) for line in lines)

    # Each is waited for before the next change is made.
    target = made(client, "first")
    told = {"data": target.removeprefix("/api/notes/")}
    check(event() == told, told)
    client.ask("PUT", target, '{"text":"second"}', JSON)
    check(event() == told, told)
    client.ask("DELETE", target)
    check(event() == told, told)
    listener.conn.sock.close()
    reply.close()
    # They end with their session: what happens after it is not told.
    reply = Client(service).begin("GET", "/events")
    log_in(service)
    target = made(client, "secret")
    told = reply.read()
    check(b"data" not in told, told)
    client.ask("DELETE", target)


ECHO = """
import asyncio, ssl, sys
import websockets

async def refused(status, url, **more):
    try:
        await websockets.connect(url, **more)
    except websockets.InvalidStatus as error:
        assert error.response.status_code == status, error
    else:
        raise AssertionError("a stranger was let in")

async def main(url, certificate, cookie):
    context = ssl.create_default_context(cafile=certificate)
    own = url.replace("wss://", "https://").removesuffix("/ws")
    more = {"ssl": context, "additional_headers": {"cookie": cookie}}
    async with websockets.connect(url, origin=own, **more) as socket:
        for message in ["hello", "", "caf\\u00e9", b"\\0\\xff", "x" * 60_000, b"y" * 65_536]:
            await socket.send(message)
            assert await asyncio.wait_for(socket.recv(), 20) == message, message[:99]
        await asyncio.wait_for(await socket.ping(), 20)
        for name, value in socket.response.headers.raw_items():
            print(f"{name}: {value}")
    assert socket.close_code == 1000, socket.close_code
    await refused(403, url, ssl=context)
    for origin in ["https://elsewhere.example", own + "0", "null"]:
        await refused(403, url, origin=origin, **more)
    # A socket ends with its session.
    async with websockets.connect(url, **more) as socket:
        await socket.send("hello")
        assert await asyncio.wait_for(socket.recv(), 20) == "hello"
        print("ready", flush=True)
        await asyncio.to_thread(sys.stdin.readline)
        await socket.send("secret")
        try:
            told = await asyncio.wait_for(socket.recv(), 20)
        except websockets.ConnectionClosed:
            pass
        else:
            raise AssertionError(told)

asyncio.run(main(*sys.argv[1:]))
"""


def a_web_socket_echoes(service, python):
    url = f"wss://localhost:{service.port}/ws"
    command = [python, "-c", ECHO, url, service.certificate, service.cookie]
    pipe = subprocess.PIPE
    with subprocess.Popen(command, stdin=pipe, stdout=pipe, stderr=pipe, text=True) as process:
        lines = list(itertools.takewhile(lambda line: line != "ready\n", process.stdout))
        log_in(service)
        _, errors = process.communicate("\n")
        check(process.returncode == 0, errors)
    secured("/ws", dict(line.rstrip("\n").split(": ", 1) for line in lines))
    for status in [101, 403, 403, 403, 403, 101]:
        service.expect("GET", "/ws", status)


def openssl_sees_every_reply_and_the_end(service):
    messages = service.path / "messages"
    command = [OPENSSL, "s_client", "-quiet", "-connect", f"127.0.0.1:{service.port}"]
    command += ["-CAfile", service.certificate, "-verify_return_error", "-ign_eof"]
    command += ["-msg", "-msgfile", messages]

    def sent(requests, *wanted):
        told = run(command, input=requests)
        rest = told.stdout
        for method, target, status, title in wanted:
            head, _, rest = rest.partition(b"\r\n\r\n")
            start, *lines = head.decode().split("\r\n")
            fields = dict(line.split(": ", 1) for line in lines)
            check(start == f"HTTP/1.1 {status} {title}", (start, told.stderr[-500:]))
            secured(target, fields)
            length = int(fields["content-length"])
            problem(fields, rest[:length], status, title)
            rest = rest[length:]
            service.expect(method, target, status)
        check(rest == b"", rest)
        last = [line for line in messages.read_text().splitlines() if line.startswith("<<<")]
        last = [line for line in last if "Alert" in line]
        check(last and "close_notify" in last[-1], messages.read_text()[-999:])

    get = b"GET /static/%d HTTP/1.1\r\nhost: localhost\r\n\r\n"
    absent = lambda n: ("GET", f"/static/{n}", 404, "Not Found")
    malformed = (None, None, 400, "Bad Request")
    sent(get % 1 + get % 2 + b"GET  / HTTP/1.1\r\n\r\n", absent(1), absent(2), malformed)
    sent(get % 3 + get % 4 + b"GET / HTTP/1.1\r\nhost: a\nb\r\n\r\n", absent(3), absent(4), malformed)
    long = b"GET /" + b"x" * 20_000 + b" HTTP/1.1\r\nhost: localhost\r\n\r\n"
    sent(long, (None, None, 414, "URI Too Long"))
    chunks = b"POST /login HTTP/1.1\r\nhost: localhost\r\ntransfer-encoding: chunked\r\n"
    chunks += b"content-type: application/x-www-form-urlencoded\r\n\r\nzz\r\n"
    sent(chunks, ("POST", "/login", 400, "Bad Request"))
    unknown = b"POST /login HTTP/1.1\r\nhost: localhost\r\ntransfer-encoding: gzip, chunked\r\n\r\n"
    sent(unknown, (None, None, 501, "Not Implemented"))


def rows_leave_while_they_are_read(service):
    client = Client(service)
    for number in range(MANY):
        made(client, f"{number} " + chr(ord("a") + number % 26) * LONG)
    whole = MANY * LONG
    before = service.told("VmRSS")
    for target in ["/api/notes", "/api/notes.jsonl"]:
        # Readers that do not read keep no rows in memory.
        readers = []
        for _ in range(12):
            reader = Client(service, receive=32 << 10)
            reply = reader.begin("GET", target, whole=False)
            check(reply.read(1000).startswith(b'[{"id":'[target.endswith("l"):]), target)
            readers.append((reader, reply))
        time.sleep(1)
        grown = service.told("VmRSS") - before
        print(f"{target}: {len(readers)} readers that do not read take {grown >> 20} MiB more")
        check(grown < 40 << 20, f"{target}: {grown} bytes more for {len(readers)} readers")
        for reader, reply in readers:
            reader.conn.sock.close()
            reply.close()
        # The first row is here, and most of the table was not read yet.
        reader = Client(service, receive=32 << 10)
        start = service.told("rchar")
        reply = reader.begin("GET", target)
        content = reply.read(100)
        time.sleep(0.5)
        first = service.told("rchar") - start
        content += reply.read()
        last = service.told("rchar") - start
        print(f"{target}: {first >> 20} MiB read for the first row, {last >> 20} for all")
        check(first < whole // 3 < 2 * whole // 3 < last, (target, first, last, whole))
        lines = content.splitlines() if target.endswith("l") else None
        rows = json.loads(content) if lines is None else [json.loads(line) for line in lines]
        texts = [row["text"] for row in rows][-MANY:]
        check([int(text.partition(" ")[0]) for text in texts] == list(range(MANY)), target)
        check(all(len(text.partition(" ")[2]) == LONG for text in texts), target)


def a_reader_resets(service):
    for target in ["/api/notes", "/api/notes.jsonl"]:
        sock = service.connect(receive=32 << 10)
        head = f"GET {target} HTTP/1.1\r\nhost: a\r\ncookie: {service.cookie}\r\n\r\n"
        sock.sendall(head.encode())
        check(sock.recv(20).startswith(b"HTTP/1.1 200 OK"), target)
        sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        # `close` of what is wrapped would say so to the peer.
        socket.socket(fileno=sock.detach()).close()
        service.expect("GET", target, 200, whole=False)


def each_request_has_one_line_in_the_log(service):
    wanted = collections.Counter(service.asked)
    end = time.monotonic() + 40
    while len(service.log()) < len(service.asked) and time.monotonic() < end:
        time.sleep(0.1)
    # What comes too often comes now.
    time.sleep(0.5)
    got = collections.Counter(
        Entry(line.get("method"), line.get("target"), line.get("status"), line.get("whole"))
        for line in service.log()
    )
    check(got == wanted, f"missing: {wanted - got}; too many: {got - wanted}")
    failures = {
        (line["status"], line["failure"].partition(":")[0])
        for line in service.log() if line["failure"]
    }
    for status, cause in [
        (400, "request refused"), (400, "content not received"), (413, "content not received"),
        (414, "request refused"), (500, "handler panicked"), (501, "request refused"),
    ]:
        check((status, cause) in failures, (status, cause, failures))
    broken = [line["failure"] for line in service.log() if line["whole"] is False]
    check(all(broken), "what broke off has a cause")
    check(all(line["peer"].startswith("127.0.0.1:") for line in service.log()), "peers")


def it_ends_in_order(service):
    service.process.send_signal(signal.SIGINT)
    check(service.process.wait(20) == 0, service.process.returncode)


def main():
    if not pathlib.Path("/proc/self/io").exists():
        print("skipped: there is no /proc")
        sys.exit(77)
    python = venv_with("websockets==17.4")
    begin(300, "replywire-tokio", example="service", flags=["--all-features"])
    with folder() as path:
        service = Service(path)
        with contextlib.closing(contextlib.ExitStack()) as stack:
            stack.callback(service.stop)
            strangers_are_refused(service)
            curl_logs_in(service)
            log_in(service)
            notes_are_made_read_changed_and_removed(service)
            what_is_wrong_is_told_in_json(service)
            files_have_ranges_and_validators(service)
            events_come_when_they_happen(service)
            a_web_socket_echoes(service, python)
            openssl_sees_every_reply_and_the_end(service)
            rows_leave_while_they_are_read(service)
            a_reader_resets(service)
            each_request_has_one_line_in_the_log(service)
            it_ends_in_order(service)
    print(f"service: {len(service.asked)} requests, and a line for each")


if __name__ == "__main__":
    main()
