"""The black-box target, read by clients of others: each finds the same status, fields and body in
every reply, and also when its bytes come one at a time.

Python's http.client is always there; h11 and httptools are fetched from PyPI, Node and curl are
taken where they are installed."""

import base64
import contextlib
import http.client
import json
import shutil
import site
import socket
import subprocess
import sys
import threading
import time
import venv
from collections import namedtuple

from served import ROOT, Server, begin, check, folder, run

PACKAGES = ("replywire-tokio", "replywire-smol", "replywire-async-std")

Request = namedtuple("Request", "method target fields body chunked version")
Reply = namedtuple("Reply", "status fields body")


def request(method, target, fields=(), body=None, chunked=False, version="1.1"):
    return Request(method, target, tuple(fields), body, chunked, version)


def reply(status, fields, body):
    """A reply whose fields are in one form, but for the time."""
    fields = [(name.lower(), value.strip()) for name, value in fields]
    dates = [name for name, _ in fields if name == "date"]
    check(len(dates) == 1, fields)
    return Reply(status, tuple(sorted(field for field in fields if field[0] != "date")), body)


INTERIM = (100, 102, 103, 104, 150, 199)
FINAL = (*range(200, 210), 226, 299, *range(300, 309), 399, *range(400, 432), 451, 499,
         *range(500, 512), 599, 600, 700, 999)

ROUTES = (
    ("/", 200),
    ("/hello", 200),
    ("/plain", 200),
    ("/html", 200),
    ("/json", 200),
    ("/empty204", 204),
    ("/notmod304", 304),
    ("/redirect?to=/caf%C3%A9%0d%0a", 307),
    ("/redirect", 400),
    ("/cookie?name=a&value=b&path=/&domain=example.org&samesite=none&secure=1&httponly=1&max_age=9",
     200),
    ("/cookie?name=a;b", 400),
    ("/cookies", 200),
    ("/header?name=x-cat&value=caf%C3%A9%09dog", 200),
    ("/header?name=x-cat", 200),
    ("/header?name=x-cat&value=a%0d%0ab:c", 400),
    ("/header?name=content-length&value=5", 400),
    ("/download?filename=%E2%82%AC%22.txt", 200),
    ("/big?n=0", 200),
    ("/big?n=13000", 200),
    ("/big?n=16777217", 400),
    ("/big", 400),
    ("/bigjson?n=0", 200),
    ("/bigjson?n=3000", 200),
    ("/bigjson?n=2000001", 400),
    ("/stream?n=0", 200),
    ("/stream?n=1", 200),
    ("/stream?n=1000", 200),
    ("/stream?n=1000001", 400),
    ("/sse?n=0", 200),
    ("/sse?n=9", 200),
    ("/background", 200),
    ("/sleep?ms=1", 200),
    ("/sleep?ms=600001", 400),
    ("/drip?n=3&ms=1", 200),
    ("/future4k", 200),
    ("/discard", 200),
    ("/static/hi.txt", 200),
    ("/static/large", 200),
    ("/static/", 200),
    ("/static", 307),
    ("/static/no", 404),
    ("/no", 404),
    ("/echo", 405),
    ("/echo-json", 405),
    *((f"/status/{code}", code) for code in FINAL),
    *((f"/status/{code}?body=0", code) for code in FINAL),
    *((f"/status/{code}", 200) for code in INTERIM),
    ("/status/101", 400),
)

CONTENTS = (
    ("POST", "/", b"", 200),
    ("PUT", "/hello", b"GET / HTTP/1.1\r\n\r\n", 200),
    ("POST", "/echo", bytes(range(256)), 200),
    ("POST", "/echo", b"x" * 65_536, 200),
    ("POST", "/echo", b"x" * 300_000, 413),
    ("POST", "/echo-json", b'{"a": [1.5, "\\u00e9", null]}', 200),
    ("POST", "/echo-json", b"{", 400),
    ("POST", "/discard", b"x" * 5000, 200),
    ("POST", "/status/404", b"hi", 404),
    ("POST", "/plain", b"hi", 405),
    ("DELETE", "/no", b"hi", 404),
)


# Its reply ends with a trailer field, which some clients do not tell.
TRAILED = request("GET", "/stream?n=3", [("te", "trailers"), ("connection", "te")])


def all_requests():
    """What is asked, and the status that is due."""
    cookies = [("cookie", 'b="2"; a=1')]
    for version in ("1.1", "1.0"):
        for target, status in ROUTES:
            for method in ("GET", "HEAD"):
                yield request(method, target, cookies, version=version), status
    for method, target, body, status in CONTENTS:
        for chunked in (False, True):
            yield request(method, target, [], body, chunked), status


class HttpClient:
    """Python's http.client, which takes an interim reply but `100 Continue` for a final one."""

    name = "http.client"

    def __init__(self, address):
        self.conn = http.client.HTTPConnection(address, timeout=20)

    def reads(self, asked):
        interim = asked.target.removeprefix("/status/")
        is_old = asked.version == "1.0"
        is_interim = interim.isdigit() and int(interim) in INTERIM
        return asked != TRAILED and (is_old or interim == "100" or not is_interim)

    def ask(self, asked):
        conn = self.conn
        conn._http_vsn, conn._http_vsn_str = {
            "1.0": (10, "HTTP/1.0"), "1.1": (11, "HTTP/1.1")
        }[asked.version]
        body = asked.body
        if asked.chunked:
            body = iter([body[:100], body[100:]] if body else [])
        conn.request(asked.method, asked.target, body, dict(asked.fields),
                     encode_chunked=asked.chunked)
        answer = conn.getresponse()
        return reply(answer.status, answer.getheaders(), answer.read())

    def close(self):
        self.conn.close()


class Sans:
    """What clients that do no I/O of their own have in common."""

    def __init__(self, address):
        host, _, port = address.partition(":")
        self.address = host, int(port)
        self.stream = None

    def open(self):
        self.stream = socket.create_connection(self.address, timeout=20)
        self.stream.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)

    def close(self):
        if self.stream:
            self.stream.close()
            self.stream = None


class H11(Sans):
    """h11, which speaks HTTP/1.1 only."""

    name = "h11"

    def reads(self, asked):
        return asked.version == "1.1"

    def ask(self, asked):
        if self.stream is None:
            self.open()
            self.conn = self.module.Connection(self.module.CLIENT)
        h11, conn = self.module, self.conn
        fields = [("host", "x"), *asked.fields]
        if asked.chunked:
            fields.append(("transfer-encoding", "chunked"))
        elif asked.body is not None:
            fields.append(("content-length", str(len(asked.body))))
        head = h11.Request(method=asked.method, target=asked.target, headers=fields)
        out = conn.send(head)
        if asked.body:
            out += conn.send(h11.Data(data=asked.body))
        self.stream.sendall(out + conn.send(h11.EndOfMessage()))
        head, body = None, b""
        while True:
            event = conn.next_event()
            if event is h11.NEED_DATA:
                conn.receive_data(self.stream.recv(65_536))
            elif isinstance(event, h11.Response):
                head = event
            elif isinstance(event, h11.Data):
                body += bytes(event.data)
            elif isinstance(event, h11.EndOfMessage):
                trailers = list(event.headers)
                break
            else:
                check(isinstance(event, h11.InformationalResponse), event)
        if conn.our_state is h11.DONE and conn.their_state is h11.DONE:
            check(conn.trailing_data == (b"", False), conn.trailing_data)
            conn.start_next_cycle()
        else:
            self.close()
        fields = [(name.decode(), value.decode("latin-1"))
                  for name, value in list(head.headers) + trailers]
        return reply(head.status_code, fields, body)


class HttpTools(Sans):
    """httptools, whose parser is not told of HEAD."""

    name = "httptools"

    def reads(self, asked):
        return asked.method != "HEAD"

    def ask(self, asked):
        if self.stream is None:
            self.open()
        fields = [("host", "x"), *asked.fields]
        body = asked.body or b""
        if asked.chunked:
            fields.append(("transfer-encoding", "chunked"))
            if body:
                body = b"%x\r\n%s\r\n" % (len(body), body)
            body += b"0\r\n\r\n"
        elif asked.body is not None:
            fields.append(("content-length", str(len(body))))
        head = f"{asked.method} {asked.target} HTTP/{asked.version}\r\n"
        head += "".join(f"{name}: {value}\r\n" for name, value in fields)
        self.stream.sendall(head.encode("latin-1") + b"\r\n" + body)

        read = Read()
        parser = read.parser = self.module.HttpResponseParser(read)
        closes = False
        while not read.is_done:
            data = self.stream.recv(65_536)
            if not data:
                check(read.ends_with_connection, (asked, "an end that was not announced"))
                closes = True
                break
            parser.feed_data(data)
        check(read.after_end == 0, "more than was asked for")
        if closes or ("connection", "close") in read.fields:
            self.close()
        return reply(read.status, read.fields, read.body)


class Read:
    """What a parser of httptools tells."""

    def __init__(self):
        self.is_done = False
        self.after_end = 0
        self.on_message_begin()

    def on_message_begin(self):
        self.after_end += self.is_done
        self.fields, self.body, self.ends_with_connection = [], b"", False

    def on_header(self, name, value):
        self.fields.append((name.decode(), value.decode("latin-1")))

    def on_headers_complete(self):
        self.status = self.parser.get_status_code()
        names = {name.lower() for name, _ in self.fields}
        self.ends_with_connection = not names & {"content-length", "transfer-encoding"}

    def on_body(self, body):
        self.body += body

    def on_message_complete(self):
        self.is_done = self.status >= 200


class Node:
    """Node's http: all requests over one connection, as far as it stays."""

    name = "node"

    SCRIPT = """
const http = require('http');
const agent = new http.Agent({ keepAlive: true, maxSockets: 1 });
const ask = (to, { method, path, fields, body, chunked }) => new Promise((done, fail) => {
  const headers = Object.fromEntries(fields);
  if (body !== null && !chunked) headers['content-length'] = Buffer.from(body, 'base64').length;
  if (chunked) headers['transfer-encoding'] = 'chunked';
  const request = http.request({ ...to, agent, method, path, headers }, (reply) => {
    const chunks = [];
    reply.on('data', (chunk) => chunks.push(chunk)).on('error', fail).on('end', () => done({
      status: reply.statusCode,
      fields: [...reply.rawHeaders, ...reply.rawTrailers],
      body: Buffer.concat(chunks).toString('base64'),
    }));
  });
  request.on('error', fail);
  if (body) request.write(Buffer.from(body, 'base64'));
  request.end();
});
let input = '';
process.stdin.on('data', (data) => { input += data; }).on('end', async () => {
  const { to, requests } = JSON.parse(input);
  const replies = [];
  for (const request of requests) {
    replies.push(await ask(to, request).catch((error) => ({ error: String(error) })));
  }
  console.log(JSON.stringify(replies));
  agent.destroy();
});
"""

    def __init__(self, address):
        host, _, port = address.partition(":")
        self.to = {"host": host, "port": int(port)}

    def reads(self, asked):
        return asked.version == "1.1"

    def ask_all(self, requests):
        described = [
            {
                "method": asked.method,
                "path": asked.target,
                "fields": asked.fields,
                "body": None if asked.body is None else base64.b64encode(asked.body).decode(),
                "chunked": asked.chunked,
            }
            for asked in requests
        ]
        told = run([self.program, "-e", self.SCRIPT],
                   input=json.dumps({"to": self.to, "requests": described}).encode())
        check(told.returncode == 0, told)
        for asked, got in zip(requests, json.loads(told.stdout), strict=True):
            check("error" not in got, (asked, got))
            fields = zip(got["fields"][::2], got["fields"][1::2])
            yield reply(got["status"], fields, base64.b64decode(got["body"]))

    def close(self):
        pass


class Curl:
    """curl, a connection for each request."""

    name = "curl"

    def __init__(self, address):
        self.address = address

    def reads(self, asked):
        return asked != TRAILED

    def ask(self, asked):
        command = [self.program, "--silent", "--show-error", "--globoff", "--max-time", "30"]
        command += [f"--http{asked.version}", "--write-out", "%{stderr}%{http_code}"]
        # Of a reply to HEAD it prints the head as if it were the body.
        command += {"HEAD": ["--head"]}.get(
            asked.method, ["--request", asked.method, "--dump-header", "-"]
        )
        for name, value in asked.fields:
            command += ["--header", f"{name}: {value}"]
        if asked.chunked:
            command += ["--header", "transfer-encoding: chunked"]
        if asked.body is not None:
            command += ["--data-binary", "@-"]
        command += ["--output", "-", f"http://{self.address}{asked.target}"]
        told = run(command, input=asked.body)
        check(told.returncode == 0, (asked, told))
        out = told.stdout
        while True:
            head, _, out = out.partition(b"\r\n\r\n")
            line, *fields = head.decode("latin-1").split("\r\n")
            if not line.startswith("HTTP/1.1 1"):
                break
        fields = [field.partition(":")[::2] for field in fields]
        return reply(int(told.stderr), fields, out)

    def close(self):
        pass


@contextlib.contextmanager
def byte_by_byte(address):
    """A relay to a server, which passes on the bytes of replies one at a time."""
    host, _, port = address.partition(":")
    listener = socket.create_server(("127.0.0.1", 0))

    def pass_on(source, to, size):
        sent = 0
        with contextlib.suppress(OSError):
            while data := source.recv(65_536):
                for start in range(0, len(data), size):
                    to.sendall(data[start:start + size])
                    sent += 1
                    # For a while each byte gets the time to be read alone.
                    if size == 1 and sent < 500:
                        time.sleep(0)
        with contextlib.suppress(OSError):
            to.shutdown(socket.SHUT_WR)

    def relay():
        while True:
            try:
                client, _ = listener.accept()
            except OSError:
                return
            server = socket.create_connection((host, int(port)))
            for stream in (client, server):
                stream.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            for args in ((client, server, 65_536), (server, client, 1)):
                threading.Thread(target=pass_on, args=args, daemon=True).start()

    threading.Thread(target=relay, daemon=True).start()
    with listener:
        yield "127.0.0.1:%d" % listener.getsockname()[1]
        listener.shutdown(socket.SHUT_RDWR)


def from_pypi(*names):
    """Those of these packages that can be had."""
    place = ROOT / "target" / "interop" / "venv"
    python = place / "bin" / "python"
    if not python.exists():
        try:
            venv.create(place, with_pip=True)
        except (OSError, subprocess.SubprocessError) as error:
            print(f"skipped: no venv for {', '.join(names)}: {error}")
            return {}
    lib = place / "lib" / f"python{sys.version_info.major}.{sys.version_info.minor}"
    site.addsitedir(str(lib / "site-packages"))
    modules = {}
    for name in names:
        with contextlib.suppress(ImportError):
            modules[name] = __import__(name)
            continue
        command = [python, "-m", "pip", "install", "--quiet", "--disable-pip-version-check", name]
        run(command)
        try:
            modules[name] = __import__(name)
        except ImportError:
            print(f"skipped: {name} cannot be installed")
    return modules


def clients():
    """Those that are there."""
    yield HttpClient
    modules = from_pypi("h11", "httptools")
    for client in (H11, HttpTools):
        if client.name in modules:
            client.module = modules[client.name]
            yield client
    for client in (Node, Curl):
        client.program = shutil.which(client.name)
        if client.program:
            yield client
        else:
            print(f"skipped: {client.name} is not installed")


def comparable(asked, read):
    """A reply without what depends on the moment: whether the connection stays where content that
    is not read may not all have arrived."""
    if not asked.chunked:
        return read
    fields = tuple(field for field in read.fields if field != ("connection", "close"))
    return read._replace(fields=fields)


def answers(client, requests):
    """What a client reads in reply to those requests that it can make."""
    requests = [asked for asked in requests if client.reads(asked)]
    if isinstance(client, Node):
        return dict(zip(requests, client.ask_all(requests), strict=True))
    return {asked: client.ask(asked) for asked in requests}


BUFFER = 12 * 1024
SIZES = (0, 1, *range(BUFFER - 300, BUFFER + 20), 1 << 20, (1 << 24) - 1, 1 << 24)
COUNTS = (0, 1, 2, *range(2600, 2800), 100_000, 2_000_000)


def check_sizes(kind, address):
    """Buffered replies of any size, over one connection where that stays."""
    client = kind(address)

    def one(target, body, media_type):
        for method, version in (("GET", "1.1"), ("HEAD", "1.1"), ("GET", "1.0")):
            asked = request(method, target, version=version)
            if not client.reads(asked):
                continue
            read = client.ask(asked)
            check(read.status == 200, (kind.name, asked, read.status))
            check(("content-length", str(len(body))) in read.fields, (kind.name, asked))
            check(("content-type", media_type) in read.fields, (kind.name, asked))
            check(read.body == (body if method == "GET" else b""), (kind.name, asked))

    try:
        for size in SIZES:
            one(f"/big?n={size}", b"x" * size, "text/plain; charset=utf-8")
        for count in COUNTS:
            body = json.dumps([*range(count)], separators=(",", ":")).encode()
            one(f"/bigjson?n={count}", body, "application/json")
    finally:
        client.close()
    print(f"{kind.name}: {len(SIZES)} texts and {len(COUNTS)} arrays of every size")


def main():
    begin(600, *PACKAGES, example="target")
    present = list(clients())
    asked = dict(all_requests())
    if {kind.name for kind in present} & {"h11", "httptools", "node"}:
        asked[TRAILED] = 200
    for package in PACKAGES:
        with folder() as path, Server(path, package=package, example="target") as server:
            (path / "index.html").write_bytes(b"<p>hi")
            (path / "hi.txt").write_bytes(b"hi\n")
            (path / "large").write_bytes(bytes(range(256)) * 200)
            with byte_by_byte(server.address) as slowly:
                known = {}
                for address, way in ((server.address, "whole"), (slowly, "byte by byte")):
                    for kind in present:
                        client = kind(address)
                        try:
                            got = answers(client, asked)
                        finally:
                            client.close()
                        for what, read in got.items():
                            check(read.status == asked[what], (kind.name, what, read))
                            count = ("x-chunks", "3")
                            check((count in read.fields) == (what == TRAILED), (kind.name, read))
                            read = comparable(what, read)
                            first = known.setdefault(what, read)
                            check(read == first, (kind.name, way, what, read, first))
                        print(f"{kind.name}: {len(got)} replies of {package}, {way}")
                check(known.keys() == asked.keys(), "every request was made")
            for kind in present:
                if kind in (HttpClient, H11):
                    check_sizes(kind, server.address)


main()
