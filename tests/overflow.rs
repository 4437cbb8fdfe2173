//! Every buffer length: a reply comes out whole, or not at all with the length it needs.

use conformance::buffer;
use conformance::family::{Cookies, head, redirect};
use conformance::pieces::whole;
use conformance::plan::{Ended, Plan, Way};
use conformance::random::Random;
use conformance::reply::strict;
use conformance::size;
use conformance::tree::Tree;
use conformance::vector::shared;
use replywire::body::Step;
use replywire::json::{Dialect, Document, JsonError, Lenient, Slashed, Strict};
use replywire::request::{Exchange, Method, Version};
use replywire::{Draft, Error, Head, Reply, Response, SetCookie, Status, head as head_of};

/// Room for any reply here.
const PLENTY: usize = 8192;

/// The number of lengths beyond the needed one that are tried.
const BEYOND: usize = 40;

/// Writes at every length from 0 to beyond the needed one.
///
/// Below, the error is always `Overflow` with the same `needed`; from there on, the bytes are the
/// same. What is refused for another reason is refused so at every length.
fn at_every_length<W>(write: W, beyond: usize) -> Result<Vec<u8>, Error>
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
    reply.map(|reply| reply.to_vec())
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
            Ok(Ended::Reply(reply)) => Ok(reply.to_vec()),
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
            reply.map(|reply| reply.to_vec()).map_err(core)
        };
        let direct = |buf: &mut [u8]| match cookies.written(buf) {
            Some(reply) => reply.map(|reply| reply.to_vec()).map_err(core),
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
                let response = Response::new(buf, Status::OK);
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
        check::<Strict>(&value);
        check::<Slashed>(&value);
        check::<Lenient>(&value);
    }
}

#[test]
fn a_document_in_a_reply_is_all_or_nothing() {
    let mut source = Random::new(15);
    for _ in 0..200 {
        let value = Tree::any(&mut source, 2);
        let write =
            |buf: &mut [u8]| copy(Response::new(buf, Status::OK).document(&Slashed::of(&value)));
        if let Ok(wire) = at_every_length(write, BEYOND) {
            let parsed = strict(&wire, "GET").unwrap();
            assert_eq!(Ok(parsed.body), whole(&Slashed::of(&value)));
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
        let response = Response::join(&exchange, buf, Status::CREATED, &draft);
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
        let response = Response::new(buf, Status::OK).header("Content-Type", long.as_str());
        let response = response.header("x", "y");
        copy(response.media_type("image/png").body(b"body"))
    };
    assert_eq!(at_every_length(between, 300).unwrap(), want);
    let last = |buf: &mut [u8]| {
        let response = Response::new(buf, Status::OK).header("x", "y");
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
            let response = Response::new(buf, Status::OK).header("x", "y");
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
        let response = Response::new(buf, Status::OK);
        let response = response.header("x y", "1").header("x", "a\nb");
        copy(response.cookie(&SetCookie::new("", "")).json(&f64::NAN))
    };
    assert_eq!(at_every_length(write, 300), Err(Error::HeaderName));
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
            let mut response = Response::new(buf, Status::OK);
            for (name, value) in lines {
                response = response.header(*name, *value);
            }
            let mut transfer = response.events()?;
            match transfer.step() {
                Step::Fill(_) => {
                    transfer.filled(0).unwrap();
                }
                Step::Send(_) | Step::Done => {}
            }
            match transfer.step() {
                Step::Send(bytes) => Ok(bytes.to_vec()),
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
