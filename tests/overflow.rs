//! Every buffer length: a reply comes out whole, or not at all with the length it needs.

use conformance::family::{Cookies, head, redirect};
use conformance::pieces::whole;
use conformance::plan::{Ended, Plan, Way};
use conformance::random::Random;
use conformance::reply::strict;
use conformance::singletons::SINGLETONS;
use conformance::size;
use conformance::tree::Tree;
use conformance::vector::shared;
use conformance::{buffer, chain};
use replywire::body::Step;
use replywire::file::File;
use replywire::json::{Dialect, JsonError, Orjson, Pydantic, Python, Ujson};
use replywire::request::{Exchange, Method, Version};
use replywire::{Draft, Error, Head, Place, Reply, Response, SetCookie, Status, head as head_of};

/// Room for any reply here.
const PLENTY: usize = 8192;

/// The number of lengths beyond the needed one that are tried.
const BEYOND: usize = 40;

/// Writes at every length from 0 to beyond the needed one.
///
/// Below, the error is always `Overflow` with the same `needed`; from there on, the bytes are the
/// same. What is refused for another reason is refused so at every length.
pub(crate) fn at_every_length<W>(write: W, beyond: usize) -> Result<Vec<u8>, Error>
where
    W: Fn(&mut [u8]) -> Result<Vec<u8>, Error>,
{
    let want = match write(&mut buffer(PLENTY)) {
        Ok(want) => want,
        Err(error) => {
            assert!(!matches!(error, Error::Overflow { .. }), "{error:?}");
            for len in 0..200 + beyond {
                assert_eq!(write(&mut buffer(len)), Err(error), "at length {len}");
            }
            return Err(error);
        }
    };
    let needed = match write(&mut []) {
        Err(Error::Overflow { needed }) => needed,
        other => panic!("{other:?} in no room at all"),
    };
    assert!(
        (want.len()..want.len() + 512).contains(&needed),
        "{needed} for {}",
        want.len()
    );
    for len in 0..=needed + beyond {
        let got = write(&mut buffer(len));
        match len < needed {
            true => assert_eq!(got, Err(Error::Overflow { needed }), "at length {len}"),
            false => assert_eq!(got.as_ref(), Ok(&want), "at length {len}"),
        }
    }
    Ok(want)
}

fn copy(reply: Result<Reply<'_>, Error>) -> Result<Vec<u8>, Error> {
    reply.map(|reply| reply.as_bytes().to_vec())
}

/// The numbers of vectors that were written and refused.
fn plans(
    family: &str,
    plan: impl Fn(&conformance::vector::Vector) -> Option<Plan>,
) -> (usize, usize) {
    let (mut written, mut refused) = (0, 0);
    for vector in shared(family) {
        // A length that contradicts the body makes a transfer, and those have their own tests.
        let Some(plan) = plan(&vector).filter(|plan| !plan.is_stale()) else {
            continue;
        };
        let write = |buf: &mut [u8]| match plan.write(Way::Hand, buf) {
            Ok(Ended::Reply(reply)) => Ok(reply.as_bytes().to_vec()),
            Ok(Ended::Transfer(_)) => panic!("a transfer"),
            Err(conformance::failure::Failure::Core(error)) => Err(error),
            Err(other) => panic!("{other:?}"),
        };
        match at_every_length(write, BEYOND) {
            Ok(wire) => {
                strict(&wire, "GET").unwrap();
                written += 1;
            }
            Err(_) => refused += 1,
        }
    }
    (written, refused)
}

#[test]
fn every_constructed_response_is_all_or_nothing() {
    let (written, refused) = plans("head", |vector| head::plan(vector).ok());
    assert!(written > 200 && refused > 10, "{written} and {refused}");
}

#[test]
fn every_redirect_is_all_or_nothing() {
    let (written, _) = plans("redirect", |vector| redirect::plan(vector).ok());
    assert!(written > 70, "{written}");
}

#[test]
fn every_cookie_is_all_or_nothing() {
    let mut written = 0;
    for vector in shared("cookies") {
        let cookies = Cookies::of(&vector);
        let core = |error| match error {
            conformance::failure::Failure::Core(error) => error,
            // Not a mistake that the core could see.
            _ => Error::CookieSameSite,
        };
        let stored = |buf: &mut [u8]| {
            let reply = cookies.stored(buf);
            reply.map(|reply| reply.as_bytes().to_vec()).map_err(core)
        };
        let direct = |buf: &mut [u8]| match cookies.written(buf) {
            Some(reply) => reply.map(|reply| reply.as_bytes().to_vec()).map_err(core),
            None => Ok(Vec::new()),
        };
        let result = at_every_length(stored, BEYOND);
        written += usize::from(result.is_ok());
        if cookies.written(&mut buffer(PLENTY)).is_some() {
            assert_eq!(at_every_length(direct, BEYOND), result);
        }
    }
    assert!(written > 120, "{written}");
}

#[test]
fn every_length_of_json_is_all_or_nothing() {
    for len in [
        2, 9, 10, 11, 12, 98, 99, 100, 101, 102, 998, 999, 1000, 1001, 1002,
    ] {
        // Two of the bytes are the quotes.
        let text = "x".repeat(len - 2);
        let want = format!(
            "HTTP/1.1 200 OK\r\ncontent-type: application/json\r\n\
             content-length: {len}\r\n\r\n\"{text}\""
        );
        for way in [Way::Hand, Way::Serde] {
            let write = |buf: &mut [u8]| {
                let response = Response::to(&Exchange::GET, buf, Status::OK);
                copy(match way {
                    Way::Hand => response.json_by_hand(text.as_str()),
                    Way::Serde => response.json(&text),
                })
            };
            assert_eq!(at_every_length(write, 300).unwrap(), want.as_bytes());
        }
    }
}

#[test]
fn every_document_is_all_or_nothing() {
    fn check<D: Dialect>(value: &Tree) {
        let document = D::of(value);
        let write = |buf: &mut [u8]| {
            let len = document.write(buf)?;
            Ok(buf[..len].to_vec())
        };
        let text = at_every_length(write, BEYOND);
        assert_eq!(text, whole(&document).map_err(Error::Json));
    }

    let mut source = Random::new(14);
    for _ in 0..size::either(150, 1000) {
        let value = Tree::any(&mut source, 2);
        check::<Python>(&value);
        check::<Ujson>(&value);
        check::<Orjson>(&value);
        check::<Pydantic>(&value);
    }
}

#[test]
fn a_document_in_a_reply_is_all_or_nothing() {
    let mut source = Random::new(15);
    for _ in 0..200 {
        let value = Tree::any(&mut source, 2);
        let write = |buf: &mut [u8]| {
            copy(Response::to(&Exchange::GET, buf, Status::OK).document(Ujson::of(&value)))
        };
        if let Ok(wire) = at_every_length(write, BEYOND) {
            let parsed = strict(&wire, "GET").unwrap();
            assert_eq!(Ok(parsed.body), whole(&Ujson::of(&value)));
        }
    }
}

#[test]
fn json_behind_headers_and_a_draft_is_all_or_nothing() {
    let mut draft = Draft::<256>::new();
    draft.set("x-request-id", "7").unwrap();
    draft
        .set("content-type", "application/problem+json")
        .unwrap();
    draft.cookie(&SetCookie::new("sid", "31d4d96e")).unwrap();
    let value = ("abc", [1, 2, 3], 1.5, None::<u8>);
    let write = |buf: &mut [u8]| {
        let exchange = Exchange::new("GET", Version::Http11, [("connection", "close")]);
        let response = Response::to(&exchange, buf, Status::CREATED).join(&draft);
        copy(
            response
                .header("content-type", "x")
                .header("vary", "Origin")
                .json(&value),
        )
    };
    assert_eq!(
        at_every_length(write, 300).unwrap(),
        b"HTTP/1.1 201 Created\r\nx-request-id: 7\r\n\
          content-type: application/problem+json\r\n\
          set-cookie: sid=31d4d96e; Path=/; SameSite=lax\r\nvary: Origin\r\n\
          connection: close\r\ncontent-length: 24\r\n\r\n[\"abc\",[1,2,3],1.5,null]"
    );
}

#[test]
fn json_in_reply_to_head_needs_room_for_the_head_alone() {
    let write = |buf: &mut [u8]| {
        let exchange = Exchange::new("HEAD", Version::Http11, [("", ""); 0]);
        assert_eq!(exchange.method(), Method::Head);
        copy(Response::to(&exchange, buf, Status::OK).json(&"x".repeat(5000)))
    };
    assert_eq!(
        at_every_length(write, 300).unwrap(),
        b"HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: 5002\r\n\r\n"
    );
}

#[test]
fn a_replaced_line_needs_room_until_it_is_replaced() {
    let long = "text/x-".to_owned() + &"y".repeat(100);
    let want =
        b"HTTP/1.1 200 OK\r\nx: y\r\ncontent-type: image/png\r\ncontent-length: 4\r\n\r\nbody";
    let between = |buf: &mut [u8]| {
        let response =
            Response::to(&Exchange::GET, buf, Status::OK).header("Content-Type", long.as_str());
        let response = response.header("x", "y");
        copy(response.media_type("image/png").body(b"body"))
    };
    assert_eq!(at_every_length(between, 300).unwrap(), want);
    let last = |buf: &mut [u8]| {
        let response = Response::to(&Exchange::GET, buf, Status::OK).header("x", "y");
        let response = response.header("Content-Type", long.as_str());
        copy(response.media_type("image/png").body(b"body"))
    };
    assert_eq!(at_every_length(last, 300).unwrap(), want);
}

#[test]
fn a_value_that_is_no_json_is_refused_at_every_length() {
    for way in [Way::Hand, Way::Serde] {
        let value = [1.0, 22.5, f64::NAN];
        let write = |buf: &mut [u8]| {
            let response = Response::to(&Exchange::GET, buf, Status::OK).header("x", "y");
            copy(match way {
                Way::Hand => response.json_by_hand(&value),
                Way::Serde => response.json(&value),
            })
        };
        let refused = Err(Error::Json(JsonError::NotFinite));
        assert_eq!(at_every_length(write, 300), refused);
    }
}

#[test]
fn the_first_of_two_mistakes_is_reported_at_every_length() {
    let write = |buf: &mut [u8]| {
        let response = Response::to(&Exchange::GET, buf, Status::OK);
        let response = response.header("x y", "1").header("x", "a\nb");
        copy(response.cookie(&SetCookie::new("", "")).json(&f64::NAN))
    };
    assert_eq!(
        at_every_length(write, 300),
        Err(Error::HeaderName(Place::UNKNOWN))
    );
}

#[test]
fn a_head_of_constants_is_all_or_nothing() {
    const PAGE: Head = head_of!(Status::OK, "Content-Type" => "text/html", "x" => "y");
    let write = |buf: &mut [u8]| {
        let response = Response::with_head(&Exchange::GET, buf, PAGE);
        copy(response.html("<p>hi"))
    };
    assert_eq!(
        at_every_length(write, 300).unwrap(),
        b"HTTP/1.1 200 OK\r\ncontent-type: text/html\r\nx: y\r\ncontent-length: 5\r\n\r\n<p>hi"
    );
}

#[test]
fn a_stream_of_events_needs_the_same_room_at_every_length() {
    for lines in [
        &[][..],
        &[("Cache-Control", "no-store")],
        &[("x-accel-buffering", "yes"), ("cache-control", "private")],
        &[("content-type", "text/plain"), ("X-Accel-Buffering", "yes")],
    ] {
        let write = |buf: &mut [u8]| {
            let mut response = Response::to(&Exchange::GET, buf, Status::OK);
            for (name, value) in lines {
                response = response.header(*name, *value);
            }
            let mut transfer = response.events()?;
            match transfer.step().unwrap() {
                Step::Fill(_) => {
                    transfer.filled(0).unwrap();
                }
                Step::Send { .. } | Step::Done => {}
            }
            match transfer.step().unwrap() {
                Step::Send { bytes, .. } => Ok(bytes.to_vec()),
                step => panic!("{step:?}"),
            }
        };
        let head = |wire: Vec<u8>| {
            let end = wire.windows(4).position(|window| window == b"\r\n\r\n");
            wire[..end.unwrap()].to_vec()
        };
        at_every_length(|buf| write(buf).map(head), BEYOND).unwrap();
    }
}

#[test]
fn what_is_taken_back_before_an_error_is_counted_alike_at_every_length() {
    let headers = [("range", "bytes=50-")];
    let exchange = Exchange::new("GET", Version::Http11, headers);
    let file: File<'_> = File::new(50);
    let plan = file.plan(&exchange, headers);
    let (long, other) = ("a".repeat(20), "x".repeat(22));
    let write = |buf: &mut [u8]| {
        let response = Response::to(&exchange, buf, Status::OK);
        let response = response.header("location", long.as_str());
        let response = response.header("content-language", "en");
        let response = response.header("x", other.as_str()).header("location", "");
        response
            .file(&plan)
            .map(|transfer| transfer.head().to_vec())
    };
    assert_eq!(
        String::from_utf8(at_every_length(write, BEYOND).unwrap()).unwrap(),
        "HTTP/1.1 416 Range Not Satisfiable\r\nx: xxxxxxxxxxxxxxxxxxxxxx\r\nlocation: \r\n\
         content-range: bytes */50\r\ncontent-type: text/plain; charset=utf-8\r\n\
         content-length: 0\r\n\r\n"
    );
    assert_eq!(write(&mut buffer(97)), Err(Error::Overflow { needed: 164 }));
    assert_eq!(
        write(&mut buffer(163)),
        Err(Error::Overflow { needed: 164 })
    );
    assert!(write(&mut buffer(164)).is_ok());
}

/// Fills a buffer with an earlier reply, over and over, so that old lines stand everywhere.
fn dirty(len: usize, earlier: &[u8]) -> Vec<u8> {
    earlier.iter().copied().cycle().take(len).collect()
}

#[test]
fn a_second_try_with_what_a_reply_needs_succeeds_after_any_chain_of_calls() {
    const OLD: &[u8] = b"HTTP/1.1 200 OK\r\ncontent-type: text/old\r\netag: \"old\"\r\n\
        location: /old\r\nlast-modified: Sun, 06 Nov 1994 08:49:37 GMT\r\n\
        accept-ranges: none\r\ncontent-language: old\r\ncache-control: old\r\n\r\n";
    let mut earlier = OLD.to_vec();
    let (mut written, mut refused) = (0, 0);
    for number in 0..chain::count() {
        let source = &mut Random::new(!number);
        let want = chain::write(number, &mut dirty(PLENTY, &earlier));
        if let Err(error) = want {
            assert!(
                !matches!(error, Error::Overflow { .. }),
                "{number}: {error:?}"
            );
            for len in [0, source.below(200), source.below(800)] {
                let got = chain::write(number, &mut dirty(len, &earlier));
                assert_eq!(got, Err(error), "{number} at length {len}");
            }
            refused += 1;
            continue;
        }
        let first = match chain::write(number, &mut []) {
            Err(Error::Overflow { needed }) => needed,
            other => panic!("{number}: {other:?} in no room at all"),
        };
        // A plan needs room for whatever lines say that have not fitted.
        let is_exact = !matches!(want, Ok(chain::Written::Planned(_)));
        // All lengths of some chains, and some of all.
        let lens: Vec<usize> = match number % 64 {
            0 => (0..first + 3).collect(),
            _ => (0..3)
                .map(|_| source.below(first))
                .chain([first - 1])
                .collect(),
        };
        for len in lens {
            let needed = match chain::write(number, &mut dirty(len, &earlier)) {
                Err(Error::Overflow { needed }) => needed,
                got => {
                    assert_eq!(got, want, "{number} at length {len}");
                    assert!(
                        len >= first || !is_exact,
                        "{number} at length {len} of {first}"
                    );
                    continue;
                }
            };
            assert!(len < needed, "{number} at length {len} needs {needed}");
            let got = chain::write(number, &mut dirty(needed, &earlier));
            assert_eq!(got, want, "{number} at length {len}, then {needed}");
            assert!(needed == first || !is_exact, "{number}: {needed} {first}");
        }
        if let Ok(
            chain::Written::Whole(wire)
            | chain::Written::Head(wire)
            | chain::Written::Planned(wire),
        ) = want
        {
            let (parsed, _) = conformance::reply::head(&wire).unwrap();
            for name in SINGLETONS {
                assert!(
                    parsed.values(name).len() < 2,
                    "{number}: two lines of {name}"
                );
            }
            written += 1;
            if number % 7 == 0 {
                earlier = wire;
            }
        }
    }
    assert!(
        written > chain::count() / 2 && refused > 10,
        "{written} and {refused}"
    );
}
