"""Programs of FastAPI's pages, and one for each class of replies; `tests/fastapi.rs` has ours."""

import pathlib
from typing import Annotated

from fastapi import BackgroundTasks, Cookie, Depends, FastAPI, Response
from fastapi.responses import (
    FileResponse,
    HTMLResponse,
    JSONResponse,
    ORJSONResponse,
    PlainTextResponse,
    RedirectResponse,
    StreamingResponse,
    UJSONResponse,
)
from pydantic import BaseModel

app = FastAPI()
FOLDER = pathlib.Path()
ran = []


@app.get("/hello/")
def hello():
    return {"message": "Hello World"}


@app.post("/cookie-and-object/")
def cookie_and_object(response: Response):
    response.set_cookie(key="fakesession", value="fake-cookie-session-value")
    return {"message": "Come to the dark side, we have cookies"}


@app.post("/cookie/")
def cookie():
    content = {"message": "Come to the dark side, we have cookies"}
    response = JSONResponse(content=content)
    response.set_cookie(key="fakesession", value="fake-cookie-session-value")
    return response


@app.get("/headers-and-object/")
def headers_and_object(response: Response):
    response.headers["X-Cat-Dog"] = "alone in the world"
    return {"message": "Hello World"}


@app.get("/headers/")
def headers():
    content = {"message": "Hello World"}
    headers = {"X-Cat-Dog": "alone in the world", "Content-Language": "en-US"}
    return JSONResponse(content=content, headers=headers)


@app.get("/response/")
def response():
    data = "<shampoo>cheap</shampoo>"
    return Response(content=data, media_type="application/xml")


@app.get("/html/")
def html():
    return HTMLResponse("<h1>Look ma! HTML!</h1>", status_code=201)


@app.get("/plain/")
def plain():
    return PlainTextResponse(f"{6 * 7} items")


@app.get("/ujson/")
def ujson():
    return UJSONResponse([{"item_id": "a/b"}])


@app.get("/orjson/")
def orjson():
    return ORJSONResponse([{"item_id": 1e-5}])


@app.get("/redirect/")
def redirect():
    return RedirectResponse("https://typer.tiangolo.com")


@app.get("/streaming/")
def streaming():
    async def numbers():
        for number in range(3):
            yield f"{number},"

    return StreamingResponse(numbers(), media_type="text/csv")


@app.get("/file/")
def file():
    return FileResponse(FOLDER / "report.txt", filename="report.txt")


@app.get("/background/")
def background(tasks: BackgroundTasks):
    tasks.add_task(ran.append, "mail")
    return {"message": "sent in the background"}


class PrettyJSONResponse(Response):
    media_type = "application/json"

    def render(self, content):
        return b'{\n    "item": "%s"\n}' % content.encode()


@app.get("/own-class/")
def own_class():
    return PrettyJSONResponse("foo")


class Priced(BaseModel):
    name: str
    price: float
    tax: float = 10.5


@app.get("/response-model/", response_model=Priced, response_model_exclude_unset=True)
def response_model():
    return {"name": "Foo", "price": 50.2, "cost": 31.5}


def session(response: Response, fakesession: Annotated[str | None, Cookie()] = None):
    if fakesession is None:
        response.set_cookie(key="fakesession", value="fake-cookie-session-value")


@app.get("/dependency/", dependencies=[Depends(session)])
def dependency():
    return {"message": "Hello World"}
