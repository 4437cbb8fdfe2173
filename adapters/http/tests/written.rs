//! Replies that are written at once: to any request, with any status, of any length.
#![expect(
    clippy::panic,
    clippy::unwrap_used,
    reason = "what is not as expected ends the test"
)]

use std::panic::catch_unwind;

use bytes::Bytes;
use http::{HeaderMap, Method, Request, Response, StatusCode};
use http_body::Body;
use http_body_util::BodyExt;
use replywire::request::{Exchange, Version};
use replywire::{Error, Reply, SetCookie, Status};
use replywire_http::{NotWritten, ReplyBody, exchange, written};

type Written = Result<Response<ReplyBody>, NotWritten>;

const PLAIN: (&str, &str) = ("content-type", "text/plain; charset=utf-8");

fn request(method: &str) -> Request<()> {
    Request::builder().method(method).body(()).unwrap()
}

/// Has the compiler know what a closure is for.
fn writes<F>(write: F) -> F
where
    F: for<'b> Fn(&Exchange<'b>, &'b mut [u8]) -> Result<Reply<'b>, Error> + Copy,
{
    write
}

/// The fields of a response, and its body, of which the length is known.
fn told(response: Response<ReplyBody>) -> (StatusCode, Vec<(String, Bytes)>, Bytes) {
    let (head, body) = response.into_parts();
    let fields = head.headers.iter();
    let fields = fields.map(|(name, value)| {
        let value = Bytes::copy_from_slice(value.as_bytes());
        (name.to_string(), value)
    });
    let len = body.size_hint().exact();
    assert_eq!(body.is_end_stream(), len == Some(0));
    let mut body = std::pin::pin!(body.collect());
    let cx = &mut std::task::Context::from_waker(std::task::Waker::noop());
    let std::task::Poll::Ready(Ok(body)) = body.as_mut().poll(cx) else {
        panic!("no body at once");
    };
    let body = body.to_bytes();
    assert_eq!(len, Some(body.len() as u64));
    (head.status, fields.collect(), body)
}

fn mistake(error: NotWritten) -> Error {
    error.0
}

fn are<'f>(fields: &[(String, Bytes)], want: impl IntoIterator<Item = (&'f str, &'f str)>) -> bool {
    let fields = fields.iter();
    let fields = fields.map(|(name, value)| (name.as_str(), &**value));
    fields.eq(want
        .into_iter()
        .map(|(name, value)| (name, value.as_bytes())))
}

/// The fields of a text of two bytes, and its body, by RFC 9110 §§ 8.6, 9.3.2 and 15; `None` for an
/// interim reply. A length that the body tells is the host's.
fn wanted(method: &str, code: u16) -> Option<(Vec<(&'static str, &'static str)>, &'static str)> {
    let mut fields = vec![PLAIN];
    let mut body = "";
    match (code, method) {
        (100..=199, _) => return None,
        (204 | 304, _) | (200..=299, "CONNECT") => {}
        (205, _) => fields.push(("content-length", "0")),
        (_, "HEAD") => fields.push(("content-length", "2")),
        _ => body = "hi",
    }
    Some((fields, body))
}

#[test]
fn a_reply_has_the_fields_and_the_body_of_its_status_and_method() {
    for method in ["GET", "HEAD", "POST", "OPTIONS", "CONNECT", "X"] {
        for code in 100..=999 {
            let write = writes(|exchange, buf| {
                replywire::Response::to(exchange, buf, Status::new(code).unwrap()).text("hi")
            });
            let (parts, ()) = request(method).into_parts();
            let replies = [
                written(exchange(&parts), write),
                written(&parts, write),
                written(parts, write),
                written(&request(method), write),
                written(request(method), write),
            ];
            for reply in replies {
                match (reply.map(told).map_err(mistake), wanted(method, code)) {
                    (Ok((status, fields, body)), Some((want, content))) => {
                        assert_eq!(status.as_u16(), code);
                        assert!(are(&fields, want), "{method} {code}: {fields:?}");
                        assert_eq!(body, content, "{method} {code}");
                    }
                    (Err(Error::InterimStatus), None) => {}
                    (reply, want) => panic!("{method} {code}: {reply:?}, not {want:?}"),
                }
            }
        }
    }
}

#[test]
fn a_reply_has_the_memory_of_the_fields_of_its_request_and_none_of_them() {
    for names in [0, 1, 3, 6, 7, 30, 100] {
        for values in [1, 2, 5] {
            let mut headers = HeaderMap::new();
            for name in 0..names {
                let name = match name {
                    0 => "content-type".to_owned(),
                    1 => "cookie".to_owned(),
                    2 => "set-cookie".to_owned(),
                    name => format!("x-{name}"),
                };
                let name = http::HeaderName::try_from(name).unwrap();
                for _ in 0..values {
                    headers.append(name.clone(), http::HeaderValue::from_static("secret"));
                }
            }
            let capacity = headers.capacity();
            let mut to = request("GET");
            *to.headers_mut() = headers;
            let write = writes(|exchange, buf| {
                let response = replywire::Response::to(exchange, buf, Status::OK);
                response.header("vary", "a").text("hi")
            });
            let kept = written(&to, write).unwrap();
            assert_eq!(to.headers().len(), names * values);
            let (parts, ()) = to.clone().into_parts();
            for reply in [written(to, write), written(parts, write)] {
                let reply = reply.unwrap();
                assert_eq!(reply.headers(), kept.headers());
                assert_eq!(
                    reply.headers().capacity(),
                    capacity.max(kept.headers().capacity())
                );
                let (_, fields, body) = told(reply);
                assert!(are(&fields, [("vary", "a"), PLAIN]), "{fields:?}");
                assert_eq!(body, "hi");
            }
        }
    }
}

#[test]
fn a_body_that_outgrows_the_buffer_is_written_again() {
    const HEAD: &str = "HTTP/1.1 200 OK\r\ncontent-type: text/plain; charset=utf-8\r\n\
                        content-length: 4000\r\n\r\n";

    for len in (0..70)
        .chain(3900..4200)
        .chain([9_999, 10_000, 10_001, 1_000_000])
    {
        let text = "x".repeat(len);
        let mut times = 0;
        let reply = written(request("GET"), |exchange, buf| {
            times += 1;
            let response = replywire::Response::to(exchange, buf, Status::OK);
            response.text(&*text)
        });
        let (_, fields, body) = told(reply.unwrap());
        let told = (len == 0).then_some(("content-length", "0"));
        assert!(are(&fields, [PLAIN].into_iter().chain(told)), "{len}");
        assert!(body == text, "{len}");
        assert_eq!(times, 1 + usize::from(len + HEAD.len() > 4096), "{len}");
    }
}

#[test]
fn each_value_arrives_as_it_was_written() {
    let values = [
        "",
        "a",
        "a, b",
        "\u{e9}\t~",
        "text/html; charset=utf-8",
        "2",
    ];
    for value in values {
        for media_type in [
            None,
            Some("text/html"),
            Some("application/json"),
            Some("x/y; z=1"),
        ] {
            let reply = written(request("GET"), |exchange, buf| {
                let mut response = replywire::Response::to(exchange, buf, Status::CREATED)
                    .header("Location", "/a")
                    .cookie(&SetCookie::new("a", "1"))
                    .header("x-value", value)
                    .cookie(&SetCookie::new("b", "2"));
                if let Some(media_type) = media_type {
                    response = response.header("content-type", media_type);
                }
                response.body(b"\r\n\r\n")
            });
            let (status, fields, body) = told(reply.unwrap());
            assert_eq!(status, 201);
            let value: Vec<u8> = value.chars().map(|char| char as u8).collect();
            let mut want: Vec<(&str, &[u8])> = vec![
                ("location", b"/a"),
                ("set-cookie", b"a=1; Path=/; SameSite=lax"),
                ("set-cookie", b"b=2; Path=/; SameSite=lax"),
                ("x-value", &value),
            ];
            want.extend(media_type.map(|media_type| ("content-type", media_type.as_bytes())));
            let fields = fields.iter().map(|(name, value)| (name.as_str(), &**value));
            assert!(fields.eq(want), "{value:?} {media_type:?}");
            assert_eq!(body, "\r\n\r\n");
        }
    }
}

#[test]
fn a_mistake_is_no_reply() {
    fn fails(
        write: impl for<'b> FnMut(&Exchange<'b>, &'b mut [u8]) -> Result<Reply<'b>, Error>,
        error: Error,
    ) {
        assert_eq!(
            written(request("GET"), write).map_err(mistake).err(),
            Some(error)
        );
    }

    let place = replywire::Place::default();
    for value in ["a\r\nb: c", "\0", " a", "a\n"] {
        fails(
            |exchange, buf| {
                let response = replywire::Response::to(exchange, buf, Status::OK);
                response.header("x", value).text("hi")
            },
            Error::HeaderValue(place),
        );
    }
    fails(
        |exchange, buf| {
            let response = replywire::Response::to(exchange, buf, Status::OK);
            response.header("content-length", "1").text("hi")
        },
        Error::FramingHeader(place),
    );
    // Made for nobody, or for another method, it might be framed in another way.
    fails(
        |_, buf| replywire::Response::to(&Exchange::GET, buf, Status::OK).text("hi"),
        Error::OtherExchange,
    );
    fails(
        |_, buf| replywire::Response::to(&Exchange::HEAD.hosted(), buf, Status::OK).text("hi"),
        Error::OtherExchange,
    );
    // One that needs more room each time, and one that is not where it has to be.
    fails(
        |_, buf| {
            Err(Error::Overflow {
                needed: buf.len() + 1,
            })
        },
        Error::Overflow { needed: 4098 },
    );
    fails(
        |exchange, buf| match buf.len() {
            4096 => Err(Error::Overflow { needed: 5000 }),
            _ => replywire::Response::to(exchange, vec![0; 99].leak(), Status::OK).text("hi"),
        },
        Error::OtherBuffer,
    );
}

#[test]
fn a_name_that_is_too_long_for_the_host_is_no_reply() {
    let name = "x".repeat(70_000);
    let reply = written(request("GET"), |exchange, buf| {
        let response = replywire::Response::to(exchange, buf, Status::OK);
        response.header(&*name, "a").text("hi")
    });
    let error = Error::HeaderName(replywire::Place::default());
    assert_eq!(reply.map_err(mistake).err(), Some(error));
}

#[test]
fn a_reply_in_a_reply_and_one_after_a_panic_are_apart() {
    fn hello(to: Request<()>, name: &str) -> Written {
        written(to, |exchange, buf| {
            let inner = written(request("GET"), |exchange, buf| {
                replywire::Response::to(exchange, buf, Status::OK).text("inner")
            });
            assert_eq!(told(inner.unwrap()).2, "inner");
            assert!(buf.len() >= 4096);
            let response = replywire::Response::to(exchange, buf, Status::OK);
            response.header("x-name", name).text(name)
        })
    }

    for name in ["a", "b", "a longer name"] {
        let (_, fields, body) = told(hello(request("GET"), name).unwrap());
        assert!(are(&fields, [("x-name", name), PLAIN]), "{fields:?}");
        assert_eq!(body, name);
        catch_unwind(|| written(request("GET"), |_, _| panic!("in a reply"))).unwrap_err();
    }
}

#[test]
fn the_exchange_tells_all_of_the_request_that_a_reply_depends_on() {
    for method in [Method::GET, Method::HEAD, Method::CONNECT, Method::PATCH] {
        for (version, ours) in [
            (http::Version::HTTP_10, Version::Http10),
            (http::Version::HTTP_11, Version::Http11),
            (http::Version::HTTP_2, Version::Http11),
        ] {
            for te in [&[][..], &["trailers"], &["gzip"], &["gzip", "x, Trailers"]] {
                let mut to = Request::builder().method(&method).version(version);
                to = to.header("connection", "close").header("x", "trailers");
                to = te.iter().fold(to, |to, te| to.header("te", *te));
                let (parts, ()) = to.body(()).unwrap().into_parts();
                let fields = parts.headers.iter();
                let fields = fields.map(|(name, value)| (name.as_str(), value.as_bytes()));
                let want = Exchange::new(method.as_str(), ours, fields).hosted();
                let got = exchange(&parts);
                let date = got.date().unwrap();
                assert_eq!(got, want.at(date), "{method} {version:?} {te:?}");
            }
        }
    }
}

#[cfg(feature = "actix")]
mod actix {
    use actix_web::body::{BodySize, MessageBody};
    use actix_web::test::TestRequest;
    use actix_web::{HttpRequest, HttpResponse, ResponseError};

    use super::*;

    fn request(method: &str) -> HttpRequest {
        let method = actix_web::http::Method::from_bytes(method.as_bytes()).unwrap();
        TestRequest::default().method(method).to_http_request()
    }

    fn fields(response: &HttpResponse) -> Vec<(String, Bytes)> {
        let fields = response.headers().iter();
        let fields = fields.map(|(name, value)| {
            let value = Bytes::copy_from_slice(value.as_bytes());
            (name.to_string(), value)
        });
        let mut fields: Vec<_> = fields.collect();
        fields.sort();
        fields
    }

    #[test]
    fn actix_web_gets_the_same_replies_and_their_lengths() {
        for method in ["GET", "HEAD", "POST", "CONNECT"] {
            for code in 100..=999 {
                let reply = written(&request(method), |exchange, buf| {
                    let status = Status::new(code).unwrap();
                    replywire::Response::to(exchange, buf, status).text("hi")
                });
                let Some((want, content)) = wanted(method, code) else {
                    assert_eq!(reply.map_err(mistake).err(), Some(Error::InterimStatus));
                    continue;
                };
                let reply = reply.unwrap();
                assert_eq!(reply.status().as_u16(), code);
                let is_length = |(name, _): &(&str, &str)| *name == "content-length";
                let told = want.iter().find(|field| is_length(field));
                let want = want.iter().copied().filter(|field| !is_length(field));
                assert!(are(&fields(&reply), want), "{method} {code}");
                let size = match (told, content.len() as u64) {
                    (Some((_, len)), _) => BodySize::Sized(len.parse().unwrap()),
                    (None, 0) => BodySize::None,
                    (None, len) => BodySize::Sized(len),
                };
                assert_eq!(reply.body().size(), size, "{method} {code}");
                match reply.into_body().try_into_bytes() {
                    Ok(bytes) => assert_eq!(bytes, content),
                    Err(_) => assert_eq!(content, "", "{method} {code}"),
                }
            }
        }
    }

    #[test]
    fn actix_web_gets_each_value_and_a_long_body() {
        let text = "x".repeat(100_000);
        let reply = written(&request("GET"), |exchange, buf| {
            replywire::Response::to(exchange, buf, Status::OK)
                .cookie(&SetCookie::new("a", "1"))
                .cookie(&SetCookie::new("b", "2"))
                .header("content-type", "x/y")
                .text(&*text)
        });
        let reply = reply.unwrap();
        let want = [
            ("content-type", "x/y"),
            ("set-cookie", "a=1; Path=/; SameSite=lax"),
            ("set-cookie", "b=2; Path=/; SameSite=lax"),
        ];
        assert!(are(&fields(&reply), want));
        assert!(reply.into_body().try_into_bytes().unwrap() == text);
    }

    #[test]
    fn actix_web_gets_a_500_of_a_mistake() {
        let reply = written(&request("GET"), |exchange, buf| {
            let response = replywire::Response::to(exchange, buf, Status::OK);
            response.header("x", "\n").text("hi")
        });
        assert_eq!(reply.unwrap_err().error_response().status(), 500);
    }
}
