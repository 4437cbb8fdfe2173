"""What the reference's response classes send for each of their parameters: `tests/parameters.json`,
which the suite `parameters` compares with what is sent here. It is compared with Starlette and
FastAPI themselves, or with `--write` made by them."""

import asyncio
import datetime
import json
import os
import pathlib
import subprocess
import sys
import tempfile
import unittest.mock
import warnings

from served import ROOT, check, venv_with

VERSIONS = (
    "fastapi==0.165.0",
    "numpy==2.4.6",
    "orjson==3.13.0",
    "starlette==1.10.0",
    "ujson==6.1.0",
)
RECORDED = ROOT / "tests" / "parameters.json"

# The time of all replies, and of the file's last change.
NOW = 784111777
ORIGIN = "https://app.example"


def rows(file):
    """Each row's name and what answers it."""
    import numpy
    import fastapi_programs
    from fastapi.middleware.cors import CORSMiddleware
    from starlette.background import BackgroundTask, BackgroundTasks
    from starlette.datastructures import URL
    from starlette.responses import (
        FileResponse,
        HTMLResponse,
        JSONResponse,
        PlainTextResponse,
        RedirectResponse,
        Response,
        StreamingResponse,
    )
    from fastapi.responses import ORJSONResponse, UJSONResponse

    own = {"X-Cat-Dog": "alone in the world", "Content-Language": "en-US"}
    ran = []

    class XML(Response):
        media_type = "application/xml"

        def render(self, content):
            return f"<a>{content}</a>".encode()

    async def waited(*chunks):
        for chunk in chunks:
            await asyncio.sleep(0)
            yield chunk

    def edited(change, content="hi", **parameters):
        response = Response(content, **parameters)
        change(response)
        return response

    def cookie(**parameters):
        return edited(lambda response: response.set_cookie(**parameters))

    def deleted(**parameters):
        return edited(lambda response: response.delete_cookie(**parameters))

    def headers(change):
        return edited(lambda response: change(response.headers), headers={"x-a": "1", "x-b": "2"})

    def read(headers):
        # What was read comes back as a line.
        seen = [headers.get("x-a"), headers.get("x-c", "none"), *headers.getlist("x-b")]
        headers["x-seen"] = ",".join(seen + [name for name in headers if name.startswith("x-")])

    def work(*names):
        if len(names) == 1:
            return BackgroundTask(ran.append, names[0])
        tasks = BackgroundTasks()
        for name in names:
            tasks.add_task(ran.append, name)
        return tasks

    yield "response", Response()
    yield "response.content.text", Response("caf\u00e9")
    yield "response.content.bytes", Response(b"\x00\xff")
    yield "response.status_code", Response("hi", status_code=201)
    yield "response.headers", Response("hi", headers=own)
    yield "response.media_type", Response("a{}", media_type="text/css")
    yield "response.media_type.other", Response(b"\x80", media_type="application/cbor")
    yield "response.background", Response("hi", background=work("a")), ran
    yield "response.background.several", Response("hi", background=work("a", "b")), ran
    yield "html", HTMLResponse("<p>hi")
    yield "html.status_code", HTMLResponse("<p>no", status_code=404, headers=own)
    yield "plain", PlainTextResponse("hi")
    yield "plain.media_type", PlainTextResponse("a,b", media_type="text/csv")

    value = {"name": "caf\u00e9", "tags": ["a/b", None, True], "n": 1.5}
    yield "json", JSONResponse(value)
    yield "json.none", JSONResponse(None)
    yield "json.status_code", JSONResponse(value, status_code=422, headers=own)
    yield "json.media_type", JSONResponse(value, media_type="application/problem+json")
    yield "json.background", JSONResponse(value, background=work("a")), ran
    yield "ujson", UJSONResponse(value)
    yield "orjson", ORJSONResponse(value)
    yield "orjson.keys", ORJSONResponse({2: "a", 3: "b"})
    yield "orjson.numpy", ORJSONResponse(numpy.array([[1, 2], [3, 4]]))

    yield "redirect", RedirectResponse("https://example.org/caf\u00e9 1?a=%20")
    yield "redirect.url_object", RedirectResponse(URL("/items/7"))
    yield "redirect.status_code", RedirectResponse("/items/7", status_code=303, headers=own)
    yield "redirect.background", RedirectResponse("/items/7", background=work("a")), ran

    yield "streaming.async", StreamingResponse(waited("a", b"b", memoryview(b"c")))
    yield "streaming.plain", StreamingResponse(iter(["a", b"b", memoryview(b"c")]))
    yield "streaming.status_code", StreamingResponse(waited("a"), status_code=202, headers=own)
    yield "streaming.media_type", StreamingResponse(waited("a\n"), media_type="text/csv")
    yield "streaming.background", StreamingResponse(waited("a"), background=work("a")), ran

    stat = os.stat(file)
    yield "file", FileResponse(file)
    yield "file.status_code", FileResponse(file, status_code=404, headers=own)
    yield "file.media_type", FileResponse(file, media_type="application/pdf")
    yield "file.filename", FileResponse(file, filename="report.html")
    yield "file.stat_result", FileResponse(file, stat_result=stat)
    inline = FileResponse(file, filename="report.txt", content_disposition_type="inline")
    yield "file.content_disposition_type", inline
    yield "file.background", FileResponse(file, background=work("a")), ran
    small = FileResponse(file)
    small.chunk_size = 4
    yield "file.chunk_size", small

    def status(response):
        response.status_code = 404

    def body(response):
        # A length is not mended: the same one.
        response.body = b"ho"

    def media_type(response):
        response.media_type = response.charset = "text/html"

    def background(response):
        response.background = work("a")

    yield "attribute.status_code", edited(status)
    yield "attribute.media_type", edited(media_type)
    yield "attribute.body", edited(body)
    yield "attribute.background", edited(background), ran
    yield "headers.get", headers(read)
    yield "headers.set", headers(lambda headers: headers.__setitem__("X-A", "3"))
    yield "headers.append", headers(lambda headers: headers.append("x-a", "3"))
    yield "headers.setdefault", headers(
        lambda headers: (headers.setdefault("x-a", "3"), headers.setdefault("x-c", "4"))
    )
    yield "headers.update", headers(lambda headers: headers.update({"x-b": "3", "x-c": "4"}))
    yield "headers.delete", headers(lambda headers: headers.__delitem__("x-a"))
    yield "headers.add_vary_header", headers(
        lambda headers: (headers.add_vary_header("Accept"), headers.add_vary_header("Origin"))
    )

    yield "render", XML("x")
    yield "init_headers.204", Response(status_code=204)
    yield "init_headers.304", Response(status_code=304, headers={"etag": '"a"'})
    yield "init_headers.content_type", HTMLResponse("hi", headers={"content-type": "text/x-own"})

    yield "set_cookie.key", cookie(key="sid")
    yield "set_cookie.value", cookie(key="sid", value="31d4d96e")
    yield "set_cookie.value.quoted", cookie(key="sid", value='a b;"c"')
    yield "set_cookie.max_age", cookie(key="sid", value="1", max_age=3600)
    date = datetime.datetime(2037, 1, 22, 12, 0, tzinfo=datetime.timezone.utc)
    yield "set_cookie.expires.date", cookie(key="sid", value="1", expires=date)
    text = "Thu, 22 Jan 2037 12:00:00 GMT"
    yield "set_cookie.expires.text", cookie(key="sid", value="1", expires=text)
    yield "set_cookie.expires.seconds", cookie(key="sid", value="1", expires=10)
    yield "set_cookie.path", cookie(key="sid", value="1", path="/items")
    yield "set_cookie.path.none", cookie(key="sid", value="1", path=None)
    yield "set_cookie.domain", cookie(key="sid", value="1", domain="example.org")
    yield "set_cookie.secure", cookie(key="sid", value="1", secure=True)
    yield "set_cookie.httponly", cookie(key="sid", value="1", httponly=True)
    yield "set_cookie.samesite", cookie(key="sid", value="1", samesite="strict")
    yield "set_cookie.samesite.none", cookie(key="sid", value="1", samesite=None)
    yield "set_cookie.samesite.text", cookie(key="sid", value="1", samesite="none", secure=True)
    partitioned = {"secure": True, "partitioned": True}
    yield "set_cookie.partitioned", cookie(key="sid", value="1", **partitioned)
    yield "delete_cookie.key", deleted(key="sid")
    yield "delete_cookie.path", deleted(key="sid", path="/items")
    yield "delete_cookie.domain", deleted(key="sid", domain="example.org")
    yield "delete_cookie.secure", deleted(key="sid", secure=True)
    yield "delete_cookie.httponly", deleted(key="sid", httponly=True)
    yield "delete_cookie.samesite", deleted(key="sid", samesite="strict")
    yield "delete_cookie.partitioned", deleted(key="sid", **partitioned)

    fastapi_programs.FOLDER = file.parent
    for route in fastapi_programs.app.routes:
        if route.include_in_schema:
            yield f"fastapi{route.path}", fastapi_programs.app, route.path, fastapi_programs.ran
    exposing = CORSMiddleware(
        Response("hi"), allow_origins=[ORIGIN], expose_headers=["X-Cat-Dog"]
    )
    yield "cors.expose_headers", exposing


def answer(app, path):
    """What an application sends."""
    method = "POST" if "cookie" in path else "GET"
    scope = {
        "type": "http",
        "method": method,
        "path": path,
        "raw_path": path.encode(),
        "root_path": "",
        "query_string": b"",
        "headers": [(b"origin", ORIGIN.encode())],
    }
    sent = []
    content = [{"type": "http.request", "body": b"", "more_body": False}]

    async def send(message):
        sent.append(message)

    async def receive():
        if not content:
            # The peer stays.
            await asyncio.Event().wait()
        return content.pop()

    asyncio.run(app(scope, receive, send))
    start, *chunks = sent
    body = b"".join(chunk.get("body", b"") for chunk in chunks)
    pairs = [[name.decode("latin-1"), value.decode("latin-1")] for name, value in start["headers"]]
    return {"status": start["status"], "headers": pairs, "body": body.decode("latin-1")}


def take_partitioned():
    """Older versions of Python do not know the attribute, which then is as 3.14 writes it."""
    import http.cookies
    import types

    import starlette.responses

    if sys.version_info < (3, 14):
        http.cookies.Morsel._reserved["partitioned"] = "Partitioned"
        http.cookies.Morsel._flags.add("partitioned")
        starlette.responses.sys = types.SimpleNamespace(version_info=(3, 14))


def replies():
    """All rows, as the installed reference answers."""
    warnings.simplefilter("ignore")
    found = {}
    with tempfile.TemporaryDirectory(prefix="replywire-interop-") as folder:
        file = pathlib.Path(folder, "report.txt")
        file.write_bytes(b"held in a file")
        os.utime(file, (NOW, NOW))
        with unittest.mock.patch("time.time", return_value=float(NOW)):
            for name, app, *more in rows(file):
                check(name not in found, name)
                path = next((part for part in more if isinstance(part, str)), "/")
                ran = next((part for part in more if isinstance(part, list)), [])
                ran.clear()
                found[name] = answer(app, path)
                if ran:
                    found[name]["ran"] = list(ran)
    return found


def main():
    if "--inside" not in sys.argv:
        python = venv_with(*VERSIONS)
        sys.exit(subprocess.run([python, __file__, "--inside", *sys.argv[1:]]).returncode)
    take_partitioned()
    text = json.dumps(replies(), indent=1, ensure_ascii=True) + "\n"
    if "--write" in sys.argv:
        RECORDED.write_text(text)
    recorded, now = json.loads(RECORDED.read_text()), json.loads(text)
    for name in recorded.keys() | now.keys():
        check(recorded.get(name) == now.get(name), (name, recorded.get(name), now.get(name)))
    print(f"parameters: {len(now)} replies of the reference are as they were recorded")


if __name__ == "__main__":
    main()
