//! The lines that an exchange carries for every reply, for every ending and every class of status,
//! against a model that puts them into the head of the reply without them.

use conformance::buffer;
use conformance::chain::LISTS;
use conformance::singletons::SINGLETONS;
use replywire::body::{Html, PlainText};
use replywire::file::File;
use replywire::json::Python;
use replywire::request::{Exchange, Method, Refusal, Version};
use replywire::{
    Cors, Draft, ETag, Error, Headers, HttpDate, Preflight, Reply, Response, SetCookie, Status,
    Template, TemplateLines,
};

type Line = (&'static str, &'static str);

/// The templates of this world.
const TEMPLATES: [&[Line]; 6] = [
    &[],
    &[("x-frame-options", "DENY")],
    &[("vary", "Origin")],
    &[("set-cookie", "t=1; Path=/; SameSite=lax")],
    &[
        ("x-request-id", "7"),
        ("server", "a"),
        ("x-frame-options", "DENY"),
    ],
    &[
        ("server", "a"),
        ("vary", "Origin"),
        ("x-frame-options", "DENY"),
        ("set-cookie", "t=1"),
    ],
];

/// The lines that replies have of their own.
const OWN: [&[Line]; 5] = [
    &[],
    &[("x-frame-options", "SAMEORIGIN")],
    &[("vary", "Accept"), ("X-Request-Id", "8")],
    &[
        ("server", "b"),
        ("x-frame-options", "SAMEORIGIN"),
        ("set-cookie", "s=2"),
    ],
    // Those of a draft.
    &[("server", "b"), ("x-frame-options", "SAMEORIGIN")],
];

const DRAFT: usize = 4;

#[derive(Clone, Copy, Debug, Eq, PartialEq)]
enum Ending {
    Body,
    Bytes,
    Content,
    Displayed,
    Document,
    DocumentSized,
    DocumentStream,
    Elements,
    Empty,
    Events,
    File,
    FilePart,
    FileParts,
    FileUnchanged,
    FileUnsatisfied,
    FileWrong,
    Html,
    IntoError,
    JsonLines,
    LeaveDocument,
    LeaveText,
    NotAllowed,
    Preflight,
    Redirect,
    Sized,
    SizedExactly,
    Stream,
    Text,
    Tunnel,
    Upgrade,
}

const ENDINGS: [Ending; 30] = [
    Ending::Body,
    Ending::Bytes,
    Ending::Content,
    Ending::Displayed,
    Ending::Document,
    Ending::DocumentSized,
    Ending::DocumentStream,
    Ending::Elements,
    Ending::Empty,
    Ending::Events,
    Ending::File,
    Ending::FilePart,
    Ending::FileParts,
    Ending::FileUnchanged,
    Ending::FileUnsatisfied,
    Ending::FileWrong,
    Ending::Html,
    Ending::IntoError,
    Ending::JsonLines,
    Ending::LeaveDocument,
    Ending::LeaveText,
    Ending::NotAllowed,
    Ending::Preflight,
    Ending::Redirect,
    Ending::Sized,
    Ending::SizedExactly,
    Ending::Stream,
    Ending::Text,
    Ending::Tunnel,
    Ending::Upgrade,
];

const STATUSES: [u16; 15] = [
    100, 101, 103, 200, 201, 204, 205, 206, 302, 304, 404, 412, 416, 500, 999,
];

/// The request of an ending with a file.
fn file_fields(ending: Ending) -> Vec<Line> {
    match ending {
        Ending::FilePart => vec![("range", "bytes=2-3")],
        Ending::FileParts => vec![("range", "bytes=0-1,5-6")],
        Ending::FileUnchanged => vec![("if-none-match", "\"v\"")],
        Ending::FileUnsatisfied => vec![("range", "bytes=99-")],
        Ending::FileWrong => vec![("if-match", "\"w\"")],
        _ => vec![],
    }
}

/// The head of the reply in `buf`, and what follows it there.
fn write(
    ending: Ending,
    exchange: &Exchange<'_>,
    status: Status,
    own: usize,
    buf: &mut [u8],
) -> Result<Vec<u8>, Error> {
    let mut whole = None;
    let response = match ending {
        Ending::NotAllowed => Response::not_allowed(exchange, buf, &[Method::Get]),
        _ => Response::to(exchange, buf, status),
    };
    let response = match own {
        DRAFT => {
            let mut draft = Draft::<128>::new();
            for (name, value) in OWN[own] {
                draft.append(*name, *value)?;
            }
            response.join(&draft)
        }
        _ => OWN[own].iter().fold(response, |response, (name, value)| {
            response.header(*name, *value)
        }),
    };
    let mut keep = |reply: Reply<'_>| whole = Some(reply.as_bytes().to_vec());
    match ending {
        Ending::Body => response.body(b"hi").map(&mut keep)?,
        Ending::Bytes => response.bytes("image/png", b"hi").map(&mut keep)?,
        Ending::Content => response.content(Html::new("hi")).map(&mut keep)?,
        Ending::Displayed => response.text(format_args!("{}", 12)).map(&mut keep)?,
        Ending::Document => response.document(Python::of(&[1, 2])).map(&mut keep)?,
        Ending::DocumentSized => drop(response.document_sized(Python::of(&[1, 2]))?),
        Ending::DocumentStream => drop(response.document_stream(Python::of(&[1, 2]))?),
        Ending::Elements => drop(response.array_stream(Python)?),
        Ending::Empty => response.empty().map(&mut keep)?,
        Ending::Events => drop(response.events()?),
        Ending::File
        | Ending::FilePart
        | Ending::FileParts
        | Ending::FileUnchanged
        | Ending::FileUnsatisfied
        | Ending::FileWrong => {
            let mut response = response;
            let file = File::new(10)
                .etag(ETag::strong("v").unwrap())
                .media_type("text/plain");
            let plan = response.plan(&file, file_fields(ending));
            drop(response.file(&plan)?);
        }
        Ending::Html => response.html("hi").map(&mut keep)?,
        Ending::IntoError => {
            let response = response
                .header("etag", "\"v\"")
                .into_error(Status::NOT_FOUND);
            response.empty().map(&mut keep)?;
        }
        Ending::JsonLines => drop(response.json_lines()?),
        Ending::LeaveDocument => {
            let _ = response.leave_document(Python::of("a long text"))?;
        }
        Ending::LeaveText => {
            let _ = response.leave_content(PlainText::new("a long text"))?;
        }
        Ending::NotAllowed => response.empty().map(&mut keep)?,
        Ending::Preflight => {
            const CORS: Cors = Cors::new().origins(&["https://a.example"]);
            let asked = [
                ("origin", &b"https://a.example"[..]),
                ("access-control-request-method", b"GET"),
            ];
            let preflight = Preflight::read("OPTIONS", asked).unwrap();
            response.preflight(&CORS, &preflight).map(&mut keep)?;
        }
        Ending::Redirect => response.redirect("/a b").map(&mut keep)?,
        Ending::Sized => drop(response.sized(9)?),
        Ending::SizedExactly => drop(response.sized_exactly(9)?),
        Ending::Stream => drop(response.stream()?),
        Ending::Text => response.text("hi").map(&mut keep)?,
        Ending::Tunnel => response.tunnel().map(&mut keep)?,
        Ending::Upgrade => {
            let fields = [("connection", "upgrade"), ("upgrade", "echo")];
            response.upgrade(fields, "echo").map(&mut keep)?;
        }
    }
    Ok(whole.unwrap_or_default())
}

/// The reply as it stands in a buffer of `len` bytes: whole, or its head.
fn written(
    ending: Ending,
    exchange: &Exchange<'_>,
    status: Status,
    own: usize,
    len: usize,
) -> Result<String, Error> {
    let mut buf = buffer(len);
    let mut bytes = write(ending, exchange, status, own, &mut buf)?;
    if bytes.is_empty() {
        let start = buf
            .windows(9)
            .position(|part| part == b"HTTP/1.1 ")
            .unwrap();
        let end = buf.windows(4).position(|part| part == b"\r\n\r\n").unwrap();
        bytes = buf[start..end + 4].to_vec();
    }
    Ok(String::from_utf8(bytes).unwrap())
}

/// The model: the lines stand before those that the library writes last, without the singletons
/// that the reply has.
fn with_lines(reply: &str, template: &[Line]) -> String {
    const LAST: [&str; 5] = [
        "date",
        "connection",
        "content-length",
        "transfer-encoding",
        "upgrade",
    ];

    let (head, content) = reply.split_once("\r\n\r\n").unwrap();
    let mut lines: Vec<&str> = head.split("\r\n").collect();
    let name = |line: &str| line.split(':').next().unwrap().to_owned();
    let is_last = |line: &&str| LAST.contains(&name(line).as_str());
    let last = lines.iter().rev().take_while(|line| is_last(line)).count();
    let at = lines.len() - last;
    let has =
        |want: &str| SINGLETONS.contains(&want) && lines.iter().any(|line| name(line) == want);
    let added: Vec<String> = template
        .iter()
        .filter(|(name, _)| !has(name))
        .map(|(name, value)| format!("{name}: {value}"))
        .collect();
    lines.splice(at..at, added.iter().map(String::as_str));
    format!("{}\r\n\r\n{content}", lines.join("\r\n"))
}

fn template<'m>(lines: &[Line], memory: &'m mut [u8]) -> Template<'m> {
    let template = Template::write(memory, |out| {
        for (name, value) in lines {
            out.header(*name, *value);
        }
    });
    template.unwrap()
}

/// The exchanges of this world: with a date or none, on a connection that stays or closes.
fn exchanges() -> Vec<Exchange<'static>> {
    let now = HttpDate::from_unix(784_111_777).unwrap();
    let connect = [("connection", "close")];
    let mut exchanges = vec![Exchange::GET, Exchange::HEAD];
    exchanges.push(Exchange::GET.at(now).closing());
    exchanges.push(Exchange::new("CONNECT", Version::Http11, connect).at(now));
    exchanges.push(Exchange::new("OPTIONS", Version::Http11, connect));
    exchanges.push(Exchange::new("GET", Version::Http10, connect).at(now));
    exchanges
}

#[test]
fn every_ending_of_every_status_has_the_lines_of_the_exchange() {
    let mut tried = 0;
    for lines in TEMPLATES {
        let mut memory = buffer(256);
        let template = template(lines, &mut memory);
        for exchange in exchanges() {
            let carrying = exchange.with_template(template);
            for code in STATUSES {
                let status = Status::new(code).unwrap();
                for (ending, own) in ENDINGS.iter().flat_map(|e| (0..OWN.len()).map(|o| (*e, o))) {
                    let plain = written(ending, &exchange, status, own, 1024);
                    let got = written(ending, &carrying, status, own, 1024);
                    let want = plain.map(|plain| with_lines(&plain, lines));
                    assert_eq!(got, want, "{ending:?} {code} {own} {lines:?} {exchange:?}");
                    tried += usize::from(want.is_ok());
                }
            }
        }
    }
    assert!(tried > 50_000, "{tried}");
}

#[test]
fn every_buffer_length_is_all_or_nothing_and_what_is_needed_is_enough() {
    let mut memory = buffer(256);
    let template = template(TEMPLATES[5], &mut memory);
    for exchange in [Exchange::GET, Exchange::HEAD.closing()] {
        let exchange = exchange.with_template(template);
        for (ending, own) in ENDINGS
            .iter()
            .flat_map(|ending| [(*ending, 0), (*ending, 3)])
        {
            let status = match ending {
                Ending::Upgrade => Status::SWITCHING_PROTOCOLS,
                _ => Status::OK,
            };
            // It tells its length where there is room for all of it, else it leaves in chunks.
            if ending == Ending::DocumentStream {
                continue;
            }
            let Ok(want) = written(ending, &exchange, status, own, 1024) else {
                assert_eq!(ending, Ending::Tunnel);
                continue;
            };
            for len in 0..=want.len() {
                match written(ending, &exchange, status, own, len) {
                    Ok(got) => assert_eq!(got, want, "{ending:?} {len}"),
                    Err(Error::Overflow { needed }) => {
                        assert!(needed > len, "{ending:?} {len} {needed}");
                        let again = written(ending, &exchange, status, own, needed);
                        assert_eq!(again.as_ref(), Ok(&want), "{ending:?} {len} {needed}");
                    }
                    Err(error) => panic!("{ending:?} {len} {error}"),
                }
            }
        }
    }
}

#[test]
fn an_own_singleton_stands_in_the_place_of_one_of_the_template_and_all_else_adds_up() {
    let mut memory = [0; 256];
    let template = Template::write(&mut memory, |lines| {
        lines
            .header("X-Frame-Options", "DENY")
            .header("referrer-policy", "no-referrer")
            .header("vary", "Origin")
            .header("x-request-id", 7)
            .cookie(&SetCookie::new("t", "1"));
    });
    let exchange = Exchange::GET.with_template(template.unwrap()).closing();
    let mut buf = buffer(512);
    let reply = Response::to(&exchange, &mut buf, Status::NOT_FOUND)
        .header("x-frame-options", "SAMEORIGIN")
        .header("vary", "Accept")
        .header("x-request-id", 8)
        .cookie(&SetCookie::new("s", "2"))
        .text("no");
    assert_eq!(
        String::from_utf8(reply.unwrap().as_bytes().to_vec()).unwrap(),
        "HTTP/1.1 404 Not Found\r\nx-frame-options: SAMEORIGIN\r\nvary: Accept\r\n\
         x-request-id: 8\r\nset-cookie: s=2; Path=/; SameSite=lax\r\n\
         content-type: text/plain; charset=utf-8\r\nreferrer-policy: no-referrer\r\n\
         vary: Origin\r\nx-request-id: 7\r\nset-cookie: t=1; Path=/; SameSite=lax\r\n\
         connection: close\r\ncontent-length: 2\r\n\r\nno",
    );
}

#[test]
fn the_page_of_a_refusal_and_the_call_for_content_have_the_lines() {
    let mut memory = [0; 256];
    let template = template(TEMPLATES[4], &mut memory);
    let exchange = Exchange::GET.closing().with_template(template);
    let mut buf = buffer(512);
    let page = Response::refuse(&exchange, &mut buf, Refusal::BadRequest).unwrap();
    assert_eq!(
        page.as_bytes(),
        b"HTTP/1.1 400 Bad Request\r\ncontent-type: text/plain; charset=utf-8\r\n\
          x-request-id: 7\r\nserver: a\r\nx-frame-options: DENY\r\nconnection: close\r\n\
          content-length: 11\r\n\r\nBad Request",
    );
    const CONTINUE: &[u8] = b"HTTP/1.1 100 Continue\r\nx-request-id: 7\r\nserver: a\r\n\
        x-frame-options: DENY\r\n\r\n";
    for len in 0..=CONTINUE.len() {
        let mut buf = buffer(len);
        let want = match len == CONTINUE.len() {
            true => Ok(CONTINUE),
            false => Err(Error::Overflow {
                needed: CONTINUE.len(),
            }),
        };
        assert_eq!(exchange.write_continue(&mut buf), want);
    }
}

#[test]
fn an_edited_reply_has_the_lines_once_and_an_edit_replaces_them() {
    let mut memory = [0; 256];
    let template = template(TEMPLATES[5], &mut memory);
    let exchange = Exchange::GET.with_template(template);
    let mut buf = buffer(512);
    let reply = Response::to(&exchange, &mut buf, Status::OK)
        .text("hi")
        .unwrap();
    let reply = reply
        .edit()
        .header("x-frame-options", "SAMEORIGIN")
        .header("x", "y");
    let reply = reply.status(Status::CREATED).finish().unwrap();
    let reply = reply.edit().finish().unwrap();
    assert_eq!(
        String::from_utf8(reply.as_bytes().to_vec()).unwrap(),
        "HTTP/1.1 201 Created\r\ncontent-type: text/plain; charset=utf-8\r\nserver: a\r\n\
         vary: Origin\r\nset-cookie: t=1\r\nx-frame-options: SAMEORIGIN\r\nx: y\r\n\
         content-length: 2\r\n\r\nhi",
    );
}

/// The mistake in lines, in memory that is large enough.
fn mistake(write: impl FnOnce(&mut TemplateLines<'_>)) -> Option<Error> {
    Template::write(&mut [0; 512], write).err()
}

#[test]
fn lines_that_frame_a_message_or_tell_of_one_reply_are_in_no_template() {
    for name in [
        "content-length",
        "Transfer-Encoding",
        "connection",
        "UPGRADE",
    ] {
        let error = mistake(|lines| {
            lines.header(name, "x");
        });
        assert!(matches!(error, Some(Error::FramingHeader(_))), "{name}");
    }
    let of_one = |name: &str| {
        matches!(
            name,
            "date" | "etag" | "last-modified" | "location" | "digest" | "repr-digest"
        ) || name == "accept-ranges"
            || name.starts_with("content-") && !name.starts_with("content-security")
    };
    for name in SINGLETONS
        .iter()
        .chain(&LISTS)
        .chain(&["content-security-policy", "digest"])
    {
        let upper = name.to_uppercase();
        let headers = |lines: &mut TemplateLines<'_>| {
            let mut headers = Headers::<64>::new();
            headers.append(*name, "x").unwrap();
            lines.headers(&headers);
        };
        for error in [
            mistake(|lines| {
                lines.header(upper.as_str(), "x");
            }),
            mistake(headers),
        ] {
            let want = of_one(name).then_some(Error::Template(replywire::Place::UNKNOWN));
            assert_eq!(
                error.map(|error| matches!(error, Error::Template(_))),
                want.map(|_| true)
            );
        }
    }
}

#[test]
fn the_first_mistake_in_a_template_is_told_with_its_line() {
    let error = mistake(|lines| {
        lines.header("a", "b").header("c", "d\n").header("e f", "g");
    });
    let error = error.unwrap();
    assert_eq!(
        error.to_string(),
        "invalid header value: byte 2, in field line 2"
    );
    let error = mistake(|lines| {
        lines.cookie(&SetCookie::new("", "x"));
    })
    .unwrap();
    assert_eq!(error.place().unwrap().line(), Some(1));
}

#[test]
fn a_later_singleton_of_a_template_replaces_an_earlier_one() {
    let write = |lines: &mut TemplateLines<'_>| {
        lines
            .header("server", "one")
            .header("x", "1")
            .header("Server", "2")
            .header("x", "3");
    };
    let want = [("x", &b"1"[..]), ("server", b"2"), ("x", b"3")];
    let Err(Error::Overflow { needed }) = Template::write(&mut [], write) else {
        panic!("it fits nowhere");
    };
    for len in 0..=needed {
        let mut memory = buffer(len);
        match Template::write(&mut memory, write) {
            Ok(template) => {
                assert_eq!(len, needed);
                assert_eq!(template.iter().collect::<Vec<_>>(), want);
                assert_eq!(template.len(), "x: 1\r\nserver: 2\r\nx: 3\r\n".len());
            }
            Err(error) => assert_eq!(error, Error::Overflow { needed }),
        }
    }
    assert!(Template::EMPTY.is_empty() && Template::default().iter().next().is_none());
}

#[test]
fn an_exchange_tells_its_template_and_is_equal_by_it() {
    let mut memory = [0; 64];
    let template = template(TEMPLATES[2], &mut memory);
    let exchange = Exchange::GET.with_template(template);
    assert_eq!(exchange.template(), template);
    assert_ne!(exchange, Exchange::GET);
    assert_eq!(exchange.with_template(Template::EMPTY), Exchange::GET);
    assert_eq!(format!("{template:?}"), "Template { vary: \"Origin\" }");
    // The lines are no part of what a reply is checked by.
    let mut buf = buffer(64);
    let reply = Response::to(&Exchange::GET, &mut buf, Status::OK)
        .empty()
        .unwrap();
    assert_eq!(reply.check(&exchange), Ok(()));
}
