"""Programs that users copy, each in an empty workspace of its own: the first of the README, and
those of the examples that say so; and the configuration of nginx that a page has. A program is
built with the dependencies that it names by `cargo add`, those of this repository by their paths,
and asked."""

import json
import os
import pathlib
import re
import shutil
import subprocess
import sys
import tomllib
import urllib.request

from served import ROOT, check, folder, program, run, within

CURL = program("curl")
SITE = "http://127.0.0.1:8000"
PLACE = ROOT / "target" / "interop" / "copied"


def readme():
    """The first program of the README, and the commands before it."""
    before, _, rest = (ROOT / "README.md").read_text().partition("```rust")
    _, _, rest = rest.partition("\n")
    return before, rest.partition("```")[0]


def example(path):
    """The program of an example, and its first comment."""
    text = (ROOT / path).read_text()
    lines = [line for line in text.splitlines() if line.startswith("//!")]
    return "\n".join(line.removeprefix("//!").strip() for line in lines), text


def own_packages():
    """The folders of this repository's packages, by their names."""
    tree = tomllib.loads((ROOT / "Cargo.toml").read_text())
    folders = [ROOT / member for member in tree["workspace"]["members"]]
    manifests = {folder: tomllib.loads((folder / "Cargo.toml").read_text()) for folder in folders}
    return {manifest["package"]["name"]: folder for folder, manifest in manifests.items()}


def dependencies(commands):
    """A line of a manifest for each package that a command adds."""
    own = own_packages()
    lines = []
    for command in re.findall(r"^cargo add (.*)$", commands, re.MULTILINE):
        name, *options = command.split()
        name, _, version = name.partition("@")
        wanted = {"path": str(own[name])} if name in own else {"version": version or "*"}
        if "--no-default-features" in options:
            wanted["default-features"] = False
        if "--features" in options:
            wanted["features"] = options[options.index("--features") + 1].split(",")
        pairs = ", ".join(f"{key} = {json.dumps(value)}" for key, value in wanted.items())
        lines.append(f"{name} = {{ {pairs} }}")
    check(lines, f"no `cargo add` in {commands!r}")
    return "\n".join(lines)


def build(name, commands, text):
    """The program, built in a workspace that holds nothing else."""
    place = PLACE / name
    shutil.rmtree(place, ignore_errors=True)
    (place / "src").mkdir(parents=True)
    (place / "src" / "main.rs").write_text(text)
    (place / "Cargo.toml").write_text(
        f'[workspace]\n\n[package]\nname = "{name}"\nversion = "0.1.0"\nedition = "2024"\n\n'
        f"[dependencies]\n{dependencies(commands)}\n"
    )
    # The same versions as here, which were downloaded already.
    shutil.copy(ROOT / "Cargo.lock", place)
    environment = dict(os.environ, CARGO_TARGET_DIR=str(ROOT / "target"))
    environment |= {"CARGO_PROFILE_DEV_DEBUG": "false", "CARGO_PROFILE_DEV_INCREMENTAL": "false"}
    command = ["cargo", "build", "--quiet", "--offline", "--message-format=json"]
    built = subprocess.run(command, cwd=place, env=environment, stdout=subprocess.PIPE, check=True)
    told = [json.loads(line) for line in built.stdout.splitlines()]
    warned = [what for what in told if what["reason"] == "compiler-message"]
    check(not warned, f"{name} is built with warnings: {warned}")
    return next(what["executable"] for what in reversed(told) if what.get("executable"))


class Program:
    """A program under way, until it is stopped."""

    def __init__(self, executable, *args, log=None):
        # A copy is started in its own folder, as `cargo run` is.
        place = PLACE / pathlib.Path(executable).name
        command = [executable, *map(str, args)]
        self.process = subprocess.Popen(command, cwd=place, stderr=log)

    def curl(self, *args):
        """The status, the fields and the body of what is answered to this command of curl."""
        command = [CURL, "-sS", "-i", "--max-time", "20", "--retry", "50", "--retry-delay", "0"]
        told = run([*command, "--retry-connrefused", "--retry-max-time", "20", *args])
        check(told.returncode == 0, told)
        check(self.process.poll() is None, "the program has ended")
        head, _, body = told.stdout.partition(b"\r\n\r\n")
        status, *fields = head.decode().split("\r\n")
        fields = [field.split(": ", 1) for field in fields]
        return int(status.split()[1]), [(name.lower(), value) for name, value in fields], body

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.process.kill()
        self.process.wait()


def the_first_program_of_the_readme():
    commands, text = readme()
    check(len(text.splitlines()) <= 12, "it has twelve lines at most")
    with Program(build("first", commands, text)) as first:
        status, fields, body = first.curl(f"{SITE}/a/b")
        check((status, body) == (200, b"hello, world"), (status, body))
        fields = dict(fields)
        check(fields["x-path"] == "/a/b" and fields["content-length"] == "12", fields)
        check(fields["content-type"] == "text/plain; charset=utf-8", fields)


def a_json_api():
    built = build("json_api", *example("adapters/tokio/examples/json_api.rs"))
    with Program(built, log=subprocess.DEVNULL) as api:
        notes = f"{SITE}/notes"
        status, fields, body = api.curl("--json", '{"text":"hello"}', notes)
        check((status, body) == (201, b'{"id":1,"text":"hello"}'), (status, body))
        check(("location", "/notes/1") in fields, fields)
        status, fields, body = api.curl(notes)
        check((status, body) == (200, b'[{"id":1,"text":"hello"}]'), (status, body))
        check(("content-type", "application/json") in fields, fields)
        problem = b'{"status":%d,"title":"%s"}'
        for args, status, want in [
            (["--json", '{"text":7}', notes], 422, problem % (422, b"Unprocessable Content")),
            (["--json", "x" * 65537, notes], 413, problem % (413, b"Content Too Large")),
            (["-X", "DELETE", f"{notes}/1"], 200, b'{"id":1,"text":"hello"}'),
            ([f"{notes}/1"], 404, problem % (404, b"Not Found")),
            (["-X", "PUT", notes], 405, b""),
            ([notes], 200, b"[]"),
        ]:
            told, _, body = api.curl(*args)
            check((told, body) == (status, want), (args, told, body))


def a_site_behind_tls():
    openssl = program("openssl")
    built = build("tls_site", *example("adapters/tokio/examples/tls_site.rs"))
    place = PLACE / "tls_site"
    chain, key, site = place / "chain.pem", place / "key.pem", place / "site"
    site.mkdir()
    (site / "index.html").write_text("<h1>hello</h1>")
    command = [openssl, "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2"]
    command += ["-subj", "/CN=localhost", "-addext", "subjectAltName=DNS:localhost"]
    told = run([*command, "-keyout", key, "-out", chain])
    check(told.returncode == 0, told)
    args = ("127.0.0.1:8443", site, chain, key)
    with Program(built, *args, log=subprocess.DEVNULL) as server:
        trusting = ["--cacert", str(chain), "--resolve", "localhost:8443:127.0.0.1"]
        status, fields, body = server.curl(*trusting, "https://localhost:8443/")
        check((status, body) == (200, b"<h1>hello</h1>"), (status, body))
        check(("strict-transport-security", "max-age=63072000") in fields, fields)
        etag = dict(fields)["etag"]
        status, _, body = server.curl(*trusting, "-r", "4-8", "https://localhost:8443/")
        check((status, body) == (206, b"hello"), (status, body))
        known = ["-H", f"if-none-match: {etag}", "https://localhost:8443/"]
        check(server.curl(*trusting, *known)[0] == 304, etag)
        status, fields, _ = server.curl(*trusting, "https://localhost:8443/none")
        check(status == 404 and ("x-content-type-options", "nosniff") in fields, fields)


def replies_in_axum():
    built = build("in_axum", *example("adapters/http/examples/in_axum.rs"))
    with Program(built) as axum:
        status, _, body = axum.curl(f"{SITE}/hello")
        check((status, body) == (200, b"hello from axum"), (status, body))
        manifest = (PLACE / "in_axum" / "Cargo.toml").read_bytes()
        status, fields, body = axum.curl("-r", "0-9", f"{SITE}/manifest")
        check((status, body) == (206, manifest[:10]), (status, body))
        saved = ("content-disposition", 'attachment; filename="manifest.toml"')
        check(saved in fields, fields)
        _, fields, _ = axum.curl(f"{SITE}/cookies")
        cookies = [value.partition("=")[0] for name, value in fields if name == "set-cookie"]
        check(cookies == ["seen", "theme"], fields)
        with urllib.request.urlopen(f"{SITE}/events", timeout=20) as events:
            lines = [events.readline() for _ in range(4)]
        check(lines == [b"data: tick\n", b"\n"] * 2, lines)


def the_first_program_behind_nginx():
    nginx = shutil.which("nginx")
    if not nginx:
        print("skipped: nginx is not installed")
        return
    page = (ROOT / "adapters/std/docs/behind-a-proxy.md").read_text()
    block = page.partition("```nginx\n")[2].partition("```")[0]
    with Program(build("first", *readme())) as first, folder() as place:
        temporary = ("client_body", "proxy", "fastcgi", "uwsgi", "scgi")
        paths = "".join(f"{name}_temp_path {place}/{name}; " for name in temporary)
        (place / "nginx.conf").write_text(
            f"daemon off; master_process off; pid {place}/pid; error_log stderr; events {{}}\n"
            f"http {{ access_log off; {paths}\n{block}\n}}\n"
        )
        first.curl(SITE)
        command = [nginx, "-p", str(place), "-c", str(place / "nginx.conf"), "-e", "stderr"]
        proxy = subprocess.Popen(command)
        try:
            for _ in range(3):
                status, fields, body = first.curl("http://127.0.0.1:8080/a/b")
                check((status, body) == (200, b"hello, world"), (status, body))
                check(("x-path", "/a/b") in fields, fields)
                check(("connection", "keep-alive") in fields, fields)
            check(proxy.poll() is None, "nginx has ended")
        finally:
            proxy.kill()
            proxy.wait()


PROGRAMS = [
    the_first_program_of_the_readme,
    the_first_program_behind_nginx,
    a_json_api,
    a_site_behind_tls,
    replies_in_axum,
]


def main():
    wanted = sys.argv[1:]
    chosen = [it for it in PROGRAMS if not wanted or it.__name__ in wanted]
    check(chosen, f"no program of {wanted}")
    within(900)
    for it in chosen:
        it()
        print(f"copied: {it.__name__} answers")


main()
