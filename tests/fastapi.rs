//! Programs of FastAPI's pages on replies, one for each class of them, as they are written here:
//! `interop/fastapi_programs.py` has those in Python under the same names, and `parameters.json`
//! what they send.

use std::collections::BTreeMap;
use std::fs;

use conformance::line::Line;
use conformance::source_files::workspace;
use replywire::body::{Content, ContentWriter};
use replywire::file::File;
use replywire::json::{Filter, Model, Orjson, Part, Pydantic, Settable, Ujson};
use replywire::{Disposition, Draft, ETag, Error, SetCookie, Status};
use replywire_embedded::{Answer, Request, Responder};
use replywire_std::chunks;
use serde::Serialize;

use crate::parameters::{Works, same_with_work};

#[derive(Serialize)]
struct Message {
    message: &'static str,
}

const DARK_SIDE: Message = Message {
    message: "Come to the dark side, we have cookies",
};

const HELLO: Message = Message {
    message: "Hello World",
};

const SESSION: SetCookie = SetCookie::new("fakesession", "fake-cookie-session-value");

#[derive(Serialize)]
struct Item<T> {
    item_id: T,
}

const REPORT: &[u8] = b"held in a file";
const REPORT_FACTS: File<'static, 4> = File::new(14)
    .modified(784_111_777, 0)
    .etag(ETag::strong("8f62f24a51bb05d552dbf63ac5f542ac").unwrap())
    .media_type("text/plain")
    .ranges();

/// In Python the handler returns the object.
async fn hello(_: &Request<'_>, responder: Responder<'_, Line>) -> Answer {
    responder.ok().json(&HELLO).await
}

/// In Python the handler is given a response that is not the final one, sets the cookie on it and
/// returns the object: FastAPI makes the reply of both.
async fn cookie_and_object(_: &Request<'_>, responder: Responder<'_, Line>) -> Answer {
    let mut draft = Draft::<128>::new();
    draft.cookie(&SESSION)?;
    responder.ok().join(&draft).json(&DARK_SIDE).await
}

/// In Python the handler makes a `JSONResponse` of the object, sets the cookie on it and returns
/// it: it is sent as it is.
async fn cookie(_: &Request<'_>, responder: Responder<'_, Line>) -> Answer {
    responder.ok().cookie(&SESSION).json(&DARK_SIDE).await
}

/// In Python the handler sets a header on the response that it is given, and returns the object.
async fn headers_and_object(_: &Request<'_>, responder: Responder<'_, Line>) -> Answer {
    let mut draft = Draft::<128>::new();
    draft.set("X-Cat-Dog", "alone in the world")?;
    responder.ok().join(&draft).json(&HELLO).await
}

/// In Python the handler returns a `JSONResponse` that is made of the object and of a map of
/// headers.
async fn headers(_: &Request<'_>, responder: Responder<'_, Line>) -> Answer {
    let reply = responder.ok().header("X-Cat-Dog", "alone in the world");
    reply.header("Content-Language", "en-US").json(&HELLO).await
}

/// In Python the handler returns a `Response` of bytes with a media type.
async fn response(_: &Request<'_>, responder: Responder<'_, Line>) -> Answer {
    let data = b"<shampoo>cheap</shampoo>";
    responder.ok().bytes("application/xml", data).await
}

/// In Python the handler returns an `HTMLResponse` with another status.
async fn html(_: &Request<'_>, responder: Responder<'_, Line>) -> Answer {
    let reply = responder.status(Status::CREATED);
    reply.html("<h1>Look ma! HTML!</h1>").await
}

/// In Python the handler returns a `PlainTextResponse` of a formatted text.
async fn plain(_: &Request<'_>, responder: Responder<'_, Line>) -> Answer {
    responder.ok().text(format_args!("{} items", 6 * 7)).await
}

/// In Python the handler returns a `UJSONResponse`.
async fn ujson(_: &Request<'_>, responder: Responder<'_, Line>) -> Answer {
    let items = [Item { item_id: "a/b" }];
    responder.ok().document(Ujson::of(&items)).await
}

/// In Python the handler returns an `ORJSONResponse`.
async fn orjson(_: &Request<'_>, responder: Responder<'_, Line>) -> Answer {
    let items = [Item { item_id: 1e-5 }];
    responder.ok().document(Orjson::of(&items)).await
}

/// In Python the handler returns a `RedirectResponse`.
async fn redirect(_: &Request<'_>, responder: Responder<'_, Line>) -> Answer {
    let reply = responder.status(Status::TEMPORARY_REDIRECT);
    reply.redirect("https://typer.tiangolo.com").await
}

/// In Python the handler returns a `StreamingResponse` of an async generator.
async fn streaming(_: &Request<'_>, responder: Responder<'_, Line>) -> Answer {
    let numbers = chunks(|mut sender| async move {
        for number in 0..3 {
            sender.send(format!("{number},")).await;
        }
    });
    responder.ok().media_type("text/csv").stream(numbers).await
}

/// In Python the handler returns a `FileResponse` with the name under which it is saved. Here the
/// file lies in memory, with the tag that the reference gives it; one of the operating system is
/// `FileReply::new("report.txt").filename("report.txt").answer(request, responder.ok())`.
async fn file(request: &Request<'_>, responder: Responder<'_, Line>) -> Answer {
    let name = Disposition::attachment("report.txt");
    let reply = responder.ok().disposition(&name);
    reply.file(request, REPORT_FACTS, REPORT).await
}

/// In Python the handler adds a task to those that are done after its reply, and returns an object.
async fn background(_: &Request<'_>, responder: Responder<'_, Line>, mail: Works) -> Answer {
    let sent = Message {
        message: "sent in the background",
    };
    responder.ok().background(mail).json(&sent).await
}

/// In Python the class has a media type and a method `render`.
struct PrettyJson<'t>(&'t str);

impl Content for PrettyJson<'_> {
    fn media_type(&self) -> &str {
        "application/json"
    }

    fn write(&self, out: &mut ContentWriter<'_>) -> Result<(), Error> {
        write!(out, "{{\n    \"item\": \"{}\"\n}}", self.0)
    }
}

/// In Python the handler returns one of that class.
async fn own_class(_: &Request<'_>, responder: Responder<'_, Line>) -> Answer {
    responder.ok().content(PrettyJson("foo")).await
}

#[derive(Model)]
struct Priced {
    name: &'static str,
    price: f64,
    tax: Settable<f64>,
    cost: f64,
}

const FOO: Priced = Priced {
    name: "Foo",
    price: 50.2,
    tax: Settable::unset(10.5),
    cost: 31.5,
};

const PUBLIC: Filter = Filter::new().exclude(&[Part::Name("cost")]).exclude_unset();

/// In Python the handler returns an object that has more than its `response_model`, which leaves
/// out what was not set.
async fn response_model(_: &Request<'_>, responder: Responder<'_, Line>) -> Answer {
    let document = Pydantic::of(&FOO).response_model(&PUBLIC);
    responder.ok().document(document).await
}

/// The work that several handlers share: in Python a dependency.
fn session(request: &Request<'_>, draft: &mut Draft<128>) -> Result<(), Error> {
    match request.cookie("fakesession") {
        Some(_) => Ok(()),
        None => draft.cookie(&SESSION),
    }
}

/// In Python the handler has a dependency, which sets a cookie on the response that it is given.
async fn dependency(request: &Request<'_>, responder: Responder<'_, Line>) -> Answer {
    let mut draft = Draft::<128>::new();
    session(request, &mut draft)?;
    responder.ok().join(&draft).json(&HELLO).await
}

#[test]
fn each_program_sends_what_that_of_fastapi_sends() {
    macro_rules! same {
        ($($method:literal $name:literal $program:ident)+) => { $(
            same_with_work($name, $method, async |request, responder, _| {
                $program(request, responder).await
            });
        )+ };
    }
    same! {
        "GET" "fastapi/hello/" hello
        "POST" "fastapi/cookie-and-object/" cookie_and_object
        "POST" "fastapi/cookie/" cookie
        "GET" "fastapi/headers-and-object/" headers_and_object
        "GET" "fastapi/headers/" headers
        "GET" "fastapi/response/" response
        "GET" "fastapi/html/" html
        "GET" "fastapi/plain/" plain
        "GET" "fastapi/ujson/" ujson
        "GET" "fastapi/orjson/" orjson
        "GET" "fastapi/redirect/" redirect
        "GET" "fastapi/streaming/" streaming
        "GET" "fastapi/file/" file
        "GET" "fastapi/own-class/" own_class
        "GET" "fastapi/response-model/" response_model
        "GET" "fastapi/dependency/" dependency
    }
    same_with_work("fastapi/background/", "GET", background);
}

/// The lines of each function or class, by its name, that begins with one of these words and goes
/// on in lines that are indented, or close it.
fn lines(path: &str, begins: &str) -> BTreeMap<String, usize> {
    let text = fs::read_to_string(workspace().join(path)).unwrap();
    let begins = regex::Regex::new(begins).unwrap();
    let mut found = BTreeMap::new();
    let mut name = None;
    for line in text.lines().filter(|line| !line.is_empty()) {
        if let Some(begin) = begins.captures(line) {
            name = Some(begin[1].to_owned());
        } else if !line.starts_with([' ', '}']) {
            name = None;
        }
        if let Some(name) = &name {
            *found.entry(name.clone()).or_default() += 1;
        }
    }
    found
}

#[test]
fn no_program_has_over_twice_the_lines_of_that_in_python() {
    let theirs = lines("tests/interop/fastapi_programs.py", r"^(?:def|class) (\w+)");
    let ours = lines(
        "tests/fastapi.rs",
        r"^(?:async fn|impl Content for|struct) (\w+)",
    );
    let programs: Vec<_> = ours
        .keys()
        .filter(|name| theirs.contains_key(*name))
        .collect();
    assert_eq!(programs.len(), 18, "{programs:?}");
    for name in programs {
        // With the line that names the route, there.
        let most = 2 * (theirs[name] + 1);
        assert!(
            ours[name] <= most,
            "{name}: {} and {}",
            ours[name],
            theirs[name]
        );
    }
    let (class, render) = (ours["PrettyJson"], theirs["PrettyJSONResponse"]);
    assert!(class <= 2 * render + 1, "{class} and {render}");
}
