"""Requests that must be taken and requests that must be refused, sent as they are to every runtime:
hosts, targets, authorities, members of lists, trailers, extensions of chunks."""

from targets import Script, read_reply

ABSOLUTE = "http://b.example/plain"

HOSTS = {
    400: ("a b", "user@a", "a/b", "a,b", "a:xyz", "[::1", "a?b", "<a>", "a%zz", "http://a",
          "@", "a@", "@a", "u:p@a", "/", "?", "#", "a#b", "a\\b", 'a"b', "a:80:80", "a:8 0",
          "a :80", "a: 80", "a:-1", "a:+1", "a:8x", "[::1]x", "[::1]:x", "[::1]80", "[]", "[g::1]",
          "::1", "a[", "a]", "[a]b", "a%", "a%4", "a%4g", "%", "{a}", "a|b", "a^b", "a`b", "a\tb",
          "\xe9", "a, b", "a b:80"),
    200: ("", "a", "a:", "a:80", "[::1]", "[::1]:", "[::1]:80", "[2001:db8::1]:8080",
          "[::ffff:192.0.2.1]", "%41", "%41%2e:80", "A.Example", "192.0.2.1", "192.0.2.1:80",
          "a-b", "a_b", "a~b", "a.", "xn--caf-dma.example", " a ", "\ta\t"),
}

TARGETS = {
    400: (("GET", "x"), ("GET", "hello"), ("GET", "*"), ("GET", "a:80"), ("GET", "/a#b"),
          ("GET", "?x"), ("GET", "?x://h/p"), ("GET", "http:///x"), ("GET", "ftp://b/x"),
          ("GET", "http://u:p@c/x"), ("GET", "http://b:99999/x"), ("GET", "@evil.example"),
          # Their neighbours.
          ("HEAD", "*"), ("POST", "*"), ("OPTIONS", "**"), ("OPTIONS", "*/"), ("OPTIONS", "*?x"),
          ("POST", "a:80"), ("POST", "plain"), ("GET", "plain/"), ("GET", "./plain"),
          ("GET", "../plain"), ("GET", "#"), ("GET", "/#"), ("GET", "/plain#"),
          ("GET", "/plain?a#b"), ("GET", "?"), ("GET", ":80"), ("GET", ":"), ("GET", "http:"),
          ("GET", "http:/plain"), ("GET", "http:plain"), ("GET", "http://"), ("GET", "http://?x"),
          ("GET", "http://:80/plain"), ("GET", "http://@b/plain"), ("GET", "http://u@b/plain"),
          ("GET", "http://b:x/plain"), ("GET", "http://b:65536/plain"),
          ("GET", "http://b:-1/plain"),
          ("GET", "http://[::1/plain"), ("GET", "http://[]/plain"), ("GET", "http://b/plain#f"),
          ("GET", "http://b,c/plain"), ("GET", "http://b%zz/plain"), ("GET", "http://b\\c/plain"),
          ("GET", "ws://b/plain"), ("GET", "file:///plain"), ("GET", "mailto:a@b"),
          ("GET", "://b/plain"), ("GET", "httpx://b/plain"), ("GET", "@"), ("GET", "a@b:80")),
    200: (("GET", "/plain"), ("GET", "/plain?"), ("GET", "/plain?a=http://b/"),
          ("GET", "/plain?a:b@c"), ("GET", "/plain?*"), ("GET", ABSOLUTE), ("GET", ABSOLUTE + "?x"),
          ("GET", "HTTP://B.EXAMPLE/plain"), ("GET", "http://b.example"),
          ("GET", "http://b.example?x"), ("GET", "http://b.example/"),
          ("GET", "http://b.example:/plain"), ("GET", "http://b.example:80/plain"),
          ("GET", "http://b.example:65535/plain"), ("GET", "http://[::1]/plain"),
          ("GET", "http://[::1]:80/plain"), ("GET", "http://192.0.2.1/plain"),
          ("HEAD", ABSOLUTE), ("GET", "http://%62.example/plain")),
    404: (("GET", "/*"), ("GET", "/a:80"), ("GET", "/@evil.example"), ("GET", "/x://h/p"),
          ("GET", "//"), ("GET", "/%23"), ("GET", "http://b.example/x")),
    501: (("CONNECT", "a:80"),),
}

# A target, a host, and the authority that counts.
AUTHORITIES = (
    ("/authority", "a.example", "a.example"),
    ("/authority", "a.example:8080", "a.example:8080"),
    ("/authority", "[::1]:80", "[::1]:80"),
    ("/authority", "", ""),
    ("/authority?http://b/", "a.example", "a.example"),
    ("http://b.example/authority", "a.example", "b.example"),
    ("http://b.example/authority", "", "b.example"),
    ("http://b.example:8080/authority", "a.example:80", "b.example:8080"),
    ("http://[::1]:80/authority", "a.example", "[::1]:80"),
    ("http://b.example/authority?x=http://c/", "a.example", "b.example"),
    # Whatever the target, `Host` has to be one.
    ("http://b.example/authority", "a b", 400),
    ("http://b.example/authority", "user@a", 400),
    ("http://b.example/authority", None, 400),
)

CHUNKS = b"4\r\nsome\r\n"

# Codings and expectations, with members that are empty.
CODINGS = (",chunked", "chunked,", ", chunked", "chunked ,", " , ,chunked, ,", "chunked\t,\t")
EXPECTATIONS = ("100-continue", "100-continue,", ",100-continue", " , 100-continue ,",
                "100-continue, 100-continue", "100-continue,,100-CONTINUE",
                "100-continue\r\nexpect: 100-continue")
OPTIONS = ("close", "close,", ",close", " , close ,", "x, ,close", "close,close")

TRAILERS = {
    400: (b"GARBAGE LINE\r\n", b" folded: line\r\n", b"x: y\r\n folded\r\n",
          b"x: y\r\n\tfolded\r\n",
          b"x : y\r\n", b": y\r\n", b"\tx: y\r\n", b"x\t: y\r\n", b"x y: z\r\n", b"x\r\n",
          b"x\0: y\r\n", b"x: a\0b\r\n", b"x: a\rb\r\n", b"x: y\n", b"x: y\r\nGARBAGE\r\n",
          b"(x): y\r\n", b"\xe9: y\r\n", b"x: \x7f\r\n", b"x: y\r\n: z\r\n"),
    200: (b"", b"x: y\r\n", b"x:\r\n", b"x:y\r\n", b"x: y z \r\n", b"x: \xe9\r\n",
          b"x: y\r\nz: a\r\n",
          b"x: a:b\r\n", b"x:\ty\t\r\n", b"x: y\r\nx: y\r\n"),
}

EXTENSIONS = {
    400: (b";;;=", b';a="b', b";", b";;a", b";a=", b";=b", b";a=b c", b';a="b"c', b';a="b\\"',
          b"x;b", b" a", b";a b", b";a=\"b\0c\"", b";\xe9", b";a=\x7f", b";a=b;", b";(a)"),
    200: (b"", b";a", b";a=b", b';a="b"', b';a="b c;d"', b';a="b\\"c"', b";a;b", b';a=b;c="d"',
          b" ;a", b" ; a = b", b"\t;\ta\t=\tb", b';a=""'),
}


def request(method, target, host="x", *fields, version="1.1", content=b""):
    """A request with these lines as they are."""
    lines = [f"{method} {target} HTTP/{version}"]
    lines += [] if host is None else [f"Host:{host}"]
    return "\r\n".join([*lines, *fields, "", ""]).encode("latin-1") + content


def chunked(*fields, coding="chunked", content=CHUNKS + b"0\r\n\r\n"):
    return request("POST", "/echo", "x", f"transfer-encoding: {coding}", *fields, content=content)


def ask(target, sent):
    """The statuses of the interim replies and of the final one, its head and its content."""
    statuses = []
    with target.connect(4) as sock:
        try:
            sock.sendall(sent)
            while not statuses or statuses[-1] < 200:
                reply = read_reply(sock, sent.startswith(b"HEAD "))
                if not reply:
                    return [*statuses, "an end"], b"", b""
                statuses.append(int(reply[0][9:12]))
        except OSError as error:
            return [*statuses, error.strerror or "no reply"], b"", b""
    return statuses, *reply


def told(script, target, what, cases):
    """Cases of an input as it is shown, the outcome that is due, and the one that came."""
    wrong = [f"{shown!r}: {got}, not {wanted}" for shown, wanted, got in cases if wanted != got]
    some = "".join(f"\n         {line}" for line in wrong)
    right = len(cases) - len(wrong)
    script.tell(not wrong, f"{target.runtime}: {what}, {right} of {len(cases)}{some}")


def status(target, sent):
    return ask(target, sent)[0][-1]


def hosts(script, target):
    cases = [(f"{version} {host}", wanted,
              status(target, request("GET", "/plain", host, version=version)))
             for version in ("1.1", "1.0") for wanted, hosts in HOSTS.items() for host in hosts]
    cases += [("1.1, none", 400, status(target, request("GET", "/plain", None))),
              ("1.0, none", 200, status(target, request("GET", "/plain", None, version="1.0")))]
    cases += [(f"{version}, two", 400,
               status(target, request("GET", "/plain", "a", "host: a", version=version)))
              for version in ("1.1", "1.0")]
    told(script, target, "hosts", cases)


def targets(script, target):
    cases = [(f"{method} {path}", wanted, status(target, request(method, path)))
             for wanted, asked in TARGETS.items() for method, path in asked]
    # What it comes to is the handler's; it is no mistake.
    star = status(target, request("OPTIONS", "*"))
    cases.append(("OPTIONS *", False, star == 400))
    told(script, target, "targets", cases)


def authorities(script, target):
    cases = []
    for path, host, wanted in AUTHORITIES:
        statuses, _, content = ask(target, request("GET", path, host))
        got = content.decode("latin-1") if statuses == [200] else statuses[-1]
        cases.append(((path, host), wanted, got))
    told(script, target, "authorities", cases)


def lists(script, target):
    cases = []
    for coding in CODINGS:
        statuses, _, content = ask(target, chunked(coding=coding))
        cases.append((f"transfer-encoding: {coding}", ([200], b"some"), (statuses, content)))
    for coding in ("gzip, chunked", "chunked, gzip", "chunked, chunked"):
        wanted = status(target, chunked(coding=coding))
        for like in (coding.replace(", ", ",,"), f",{coding}", f"{coding},"):
            got = status(target, chunked(coding=like))
            cases.append((f"transfer-encoding: {like}", wanted, got))
    for expectation in EXPECTATIONS:
        fields = (f"expect: {expectation}", "content-length: 4")
        got = expected(target, request("POST", "/echo", "x", *fields))
        cases.append((f"expect: {expectation}", ([100, 200], b"some"), got))
    for expectation in ("x", "100-continue, x", "x,", "100-continue=1"):
        fields = (f"expect: {expectation}", "content-length: 4")
        sent = request("POST", "/echo", "x", *fields, content=b"some")
        cases.append((f"expect: {expectation}", 417, status(target, sent)))
    for option in OPTIONS:
        head = ask(target, request("GET", "/plain", "x", f"connection: {option}"))[1]
        cases.append((f"connection: {option}", True, b"\r\nconnection: close" in head))
    head = ask(target, request("GET", "/static/hi.txt"))[1]
    tag = next(line[6:] for line in head.decode().split("\r\n") if line.startswith("etag: "))
    for line, wanted in ((f"if-none-match: ,{tag}", 304), (f"if-none-match: {tag},", 304),
                         (f'if-none-match: "x", ,{tag}', 304), (f"if-match: ,{tag},", 200),
                         ('if-none-match: ,"x",', 200), ('if-match: ,"x"', 412),
                         ("range: bytes=,0-1", 206), ("range: bytes=0-1,", 206),
                         ("range: bytes=0-0, ,1-1", 206)):
        cases.append((line, wanted, status(target, request("GET", "/static/hi.txt", "x", line))))
    told(script, target, "members of lists", cases)


def expected(target, head):
    """The outcome where the content waits for `100 Continue`."""
    statuses, content = [], b""
    with target.connect(4) as sock:
        try:
            sock.sendall(head)
            while not statuses or statuses[-1] < 200:
                reply = read_reply(sock)
                if not reply:
                    return [*statuses, "an end"], b""
                statuses.append(int(reply[0][9:12]))
                if statuses[-1] == 100:
                    sock.sendall(b"some")
                content = reply[1]
        except OSError as error:
            return [*statuses, error.strerror or "no reply"], b""
    return statuses, content


def trailers(script, target):
    cases = []
    for wanted, trailers in TRAILERS.items():
        for trailer in trailers:
            sent = chunked(content=CHUNKS + b"0\r\n" + trailer + b"\r\n")
            cases.append((trailer, wanted, status(target, sent)))
    # Nor is what follows a request, where nobody reads the content.
    for trailer in TRAILERS[400]:
        after = request("GET", "/plain", "x", "connection: close")
        content = CHUNKS + b"0\r\n" + trailer + b"\r\n" + after
        sent = request("POST", "/discard", "x", "transfer-encoding: chunked", content=content)
        cases.append((b"unread " + trailer, False, b"Hello, World!" in everything(target, sent)))
    told(script, target, "trailers", cases)


def everything(target, sent):
    """All that comes until the server ends the connection."""
    got = b""
    with target.connect(4) as sock:
        try:
            sock.sendall(sent)
            while more := sock.recv(65536):
                got += more
        except OSError:
            pass
    return got


def extensions(script, target):
    cases = []
    for wanted, extensions in EXTENSIONS.items():
        for extension in extensions:
            content = b"4" + extension + b"\r\nsome\r\n0\r\n\r\n"
            cases.append((extension, wanted, status(target, chunked(content=content))))
            last = CHUNKS + b"0" + extension + b"\r\n\r\n"
            cases.append((b"last " + extension, wanted, status(target, chunked(content=last))))
    told(script, target, "extensions of chunks", cases)


def versions(script, target):
    cases = [(version, wanted, status(target, request("GET", "/plain", version=version)))
             for version, wanted in (("1.0", 200), ("1.1", 200), ("1.2", 505), ("1.9", 505),
                                     ("2.0", 505), ("0.9", 505), ("3.0", 505))]
    told(script, target, "versions", cases)


def room(script, target):
    """Heads that leave little of the request buffer: refused as too large, or taken whole."""
    most = 8192
    cases = []
    for free in (0, 1, 2, 31, 63, 64, 65, 100):
        short = len(chunked("x: ", content=b""))
        sent = chunked("x: " + "x" * (most - free - short))
        statuses, _, content = ask(target, sent)
        is_whole = (statuses, content) == ([200], b"some")
        is_right = is_whole or (statuses == [431] and free < 64)
        cases.append((f"{free} bytes left", "431 or all of it", "431 or all of it" if is_right
                      else (statuses, content)))
    told(script, target, "room after a head", cases)


CASES = (hosts, targets, authorities, lists, trailers, extensions, versions, room)


def prepared(case):
    def on_all(script):
        served = script.path / "served"
        served.mkdir(exist_ok=True)
        (served / "hi.txt").write_text("hi\n")
        script.each(case)

    return on_all


Script(240, {case.__name__: prepared(case) for case in CASES}).run()
