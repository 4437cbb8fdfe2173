//! Contents of classes of one's own, in the buffer and in pieces.

use std::cell::Cell;

use conformance::buffer;
use conformance::reply::strict;
use replywire::body::{Content, ContentTransfer, ContentWriter, Html, PlainText, Step};
use replywire::json::{JsonError, Orjson, Python, Ujson};
use replywire::request::{Exchange, Version};
use replywire::{Error, Leaving, Place, Reply, Response, Status};

use crate::overflow::at_every_length;

/// Points as XML.
struct Xml<'p>(&'p [(i32, f64, &'p str)]);

impl Content for Xml<'_> {
    fn media_type(&self) -> &str {
        "text/xml"
    }

    fn write(&self, out: &mut ContentWriter<'_>) -> Result<(), Error> {
        out.text("<points>")?;
        for (x, y, name) in self.0 {
            write!(out, "<point x=\"{x}\" y=\"{y:.2}\">")?;
            for char in name.chars() {
                match char {
                    '<' => out.text("&lt;")?,
                    '&' => out.text("&amp;")?,
                    char => fmt_char(out, char)?,
                }
            }
            out.text("</point>")?;
        }
        out.text("</points>")
    }
}

/// By the trait of the language.
fn fmt_char(out: &mut impl std::fmt::Write, char: char) -> Result<(), Error> {
    Ok(out.write_char(char)?)
}

/// A map of short texts to integers as MessagePack.
struct MessagePack<'m>(&'m [(&'m str, u32)]);

impl Content for MessagePack<'_> {
    fn media_type(&self) -> &str {
        "application/msgpack"
    }

    fn write(&self, out: &mut ContentWriter<'_>) -> Result<(), Error> {
        out.bytes(&[0x80 | self.0.len() as u8])?;
        for (name, value) in self.0 {
            out.bytes(&[0xa0 | name.len() as u8])?;
            out.text(name)?;
            out.bytes(&[0xce])?;
            out.bytes(&value.to_be_bytes())?;
        }
        Ok(())
    }
}

/// JSON behind a prefix, in a dialect.
struct Prefixed;

impl Content for Prefixed {
    fn media_type(&self) -> &str {
        "application/json"
    }

    fn write(&self, out: &mut ContentWriter<'_>) -> Result<(), Error> {
        out.text(")]}',\n")?;
        out.document(Ujson::of(&(
            "a/b \"\u{1}\\\u{e9}",
            [i64::MIN, -1, 0, 4_294_967_296],
            [("key", Some(1.5)), ("other", None)].map(|(name, value)| [(name, value)]),
            "long ".repeat(30),
        )))
    }
}

const XML: Xml<'_> = Xml(&[(1, 2.0, "a<b"), (-30, 0.125, "caf\u{e9} & more")]);
const XML_TEXT: &str = "<points><point x=\"1\" y=\"2.00\">a&lt;b</point>\
                        <point x=\"-30\" y=\"0.12\">caf\u{e9} &amp; more</point></points>";
const PACK: MessagePack<'_> = MessagePack(&[("a", 1), ("bc", 0xffee_ddcc)]);
const PACK_BYTES: &[u8] = b"\x82\xa1a\xce\0\0\0\x01\xa2bc\xce\xff\xee\xdd\xcc";

fn prefixed() -> Vec<u8> {
    let long = "long ".repeat(30);
    format!(
        ")]}}',\n[\"a\\/b \\\"\\u0001\\\\\u{e9}\",[-9223372036854775808,-1,0,4294967296],\
         [[[\"key\",1.5]],[[\"other\",null]]],\"{long}\"]"
    )
    .into_bytes()
}

fn copy(reply: Result<Reply<'_>, Error>) -> Result<Vec<u8>, Error> {
    reply.map(|reply| reply.as_bytes().to_vec())
}

fn buffered(content: &impl Content, exchange: &Exchange<'_>, status: Status) -> Vec<u8> {
    let write = |buf: &mut [u8]| copy(Response::to(exchange, buf, status).content(content));
    at_every_length(write, 8).unwrap()
}

/// All of a transfer that takes `most` bytes at once.
fn driven<C: Content>(
    transfer: Result<ContentTransfer<'_, C>, Error>,
    most: usize,
) -> Result<Vec<u8>, (Vec<u8>, Error)> {
    let mut transfer = transfer.map_err(|error| (Vec::new(), error))?;
    let mut wire = Vec::new();
    loop {
        match transfer.step() {
            Ok(Step::Send { bytes, .. }) => {
                let bytes = bytes.to_vec();
                assert!(!bytes.is_empty());
                let again = transfer.step().unwrap();
                assert_eq!(again.bytes(), bytes, "asking changes nothing");
                let n = bytes.len().min(most);
                wire.extend_from_slice(&bytes[..n]);
                transfer.sent(n);
            }
            Ok(Step::Done) => return Ok(wire),
            Err(error) => {
                assert!(transfer.closes());
                assert_eq!(transfer.step(), Err(error), "for ever");
                return Err((wire, error));
            }
        }
    }
}

fn is_the_same_in_every_way(content: &impl Content, media_type: &str, body: &[u8]) {
    let wire = buffered(content, &Exchange::GET, Status::OK);
    let head = format!(
        "HTTP/1.1 200 OK\r\ncontent-type: {media_type}\r\ncontent-length: {}\r\n\r\n",
        body.len()
    );
    assert_eq!(wire, [head.as_bytes(), body].concat());
    for (method, version) in [("HEAD", Version::Http11), ("GET", Version::Http10)] {
        let exchange = Exchange::new(method, version, [("", ""); 0]);
        for status in [
            Status::OK,
            Status::NO_CONTENT,
            Status::RESET_CONTENT,
            Status::NOT_MODIFIED,
        ] {
            let wire = buffered(content, &exchange, status);
            let parsed = strict(&wire, method).unwrap();
            let has_body = method == "GET" && status == Status::OK;
            assert_eq!(parsed.body, if has_body { body } else { b"" });
            let mut buf = buffer(400);
            let transfer = Response::to(&exchange, &mut buf, status).content_sized(content);
            assert_eq!(driven(transfer, usize::MAX), Ok(wire));
        }
    }
    for len in 0..wire.len() + 8 {
        for most in [1, 7, usize::MAX] {
            let mut buf = buffer(len);
            let transfer =
                Response::to(&Exchange::GET, &mut buf, Status::OK).content_sized(content);
            match driven(transfer, most) {
                Ok(sent) => assert_eq!(sent, wire),
                Err((sent, error)) => {
                    assert_eq!(error, Error::Overflow { needed: head.len() });
                    assert!(sent.is_empty() && len < head.len());
                }
            }
        }
    }
}

#[test]
fn a_content_of_text_is_the_same_in_every_way() {
    is_the_same_in_every_way(&XML, "text/xml; charset=utf-8", XML_TEXT.as_bytes());
}

#[test]
fn a_content_of_bytes_is_the_same_in_every_way() {
    is_the_same_in_every_way(&PACK, "application/msgpack", PACK_BYTES);
}

#[test]
fn a_content_with_a_document_is_the_same_in_every_way() {
    is_the_same_in_every_way(&Prefixed, "application/json", &prefixed());
}

#[test]
fn our_own_contents_are_the_same_in_every_way() {
    let plain = "text/plain; charset=utf-8";
    is_the_same_in_every_way(&PlainText::new(""), plain, b"");
    is_the_same_in_every_way(&PlainText::new("in memory"), plain, b"in memory");
    is_the_same_in_every_way(
        &PlainText::new(format_args!("{:>40}", 7)),
        plain,
        format!("{:>40}", 7).as_bytes(),
    );
    is_the_same_in_every_way(
        &Html::new(&String::from("<p>")),
        "text/html; charset=utf-8",
        b"<p>",
    );
}

#[test]
fn a_media_type_is_checked_and_a_content_type_set_before_wins() {
    struct Wrong(&'static str);

    impl Content for Wrong {
        fn media_type(&self) -> &str {
            self.0
        }

        fn write(&self, out: &mut ContentWriter<'_>) -> Result<(), Error> {
            out.text("x")
        }
    }

    for (media_type, error) in [
        ("", Error::MediaType(Place::UNKNOWN)),
        ("text", Error::MediaType(Place::UNKNOWN)),
        ("text/plain\r\nx: y", Error::HeaderValue(Place::UNKNOWN)),
    ] {
        let mut buf = buffer(256);
        let response = Response::to(&Exchange::GET, &mut buf, Status::OK);
        assert_eq!(copy(response.content(Wrong(media_type))), Err(error));
        let response = Response::to(&Exchange::GET, &mut buf, Status::OK);
        assert_eq!(response.content_sized(Wrong(media_type)).err(), Some(error));
    }
    let mut buf = buffer(256);
    let reply = Response::to(&Exchange::GET, &mut buf, Status::OK)
        .media_type("application/atom+xml")
        .content(XML)
        .unwrap();
    assert!(
        reply
            .as_bytes()
            .starts_with(b"HTTP/1.1 200 OK\r\ncontent-type: application/atom+xml\r\n")
    );
}

/// Writes 100 bytes, by the number of calls so far.
struct Changing<F>(Cell<usize>, F);

impl<F: Fn(usize, &mut ContentWriter<'_>) -> Result<(), Error>> Content for Changing<F> {
    fn media_type(&self) -> &str {
        "text/plain"
    }

    fn write(&self, out: &mut ContentWriter<'_>) -> Result<(), Error> {
        let calls = self.0.get();
        self.0.set(calls + 1);
        (self.1)(calls, out)
    }
}

#[test]
fn a_content_that_changes_breaks_off() {
    type Write = fn(usize, &mut ContentWriter<'_>) -> Result<(), Error>;
    let longer: Write = |calls, out| out.bytes(&vec![b'x'; 300 + calls]);
    let shorter: Write = |calls, out| out.bytes(&vec![b'x'; 300 - calls]);
    let nothing: Write = |calls, out| out.bytes(&vec![b'x'; if calls < 2 { 300 } else { 0 }]);
    let other: Write = |calls, out| out.bytes(&[b'0' + calls as u8; 300]);
    for write in [longer, shorter, nothing, other] {
        for len in 100..250 {
            let mut buf = buffer(len);
            let response = Response::to(&Exchange::GET, &mut buf, Status::OK);
            let content = Changing(Cell::new(0), write);
            let (sent, error) = driven(response.content_sized(content), usize::MAX).unwrap_err();
            assert_eq!(error, Error::ContentChanged);
            assert!(sent.len() < len + 300, "not whole");
        }
    }
}

#[test]
fn an_error_of_a_content_cannot_be_hidden() {
    type Write = fn(usize, &mut ContentWriter<'_>) -> Result<(), Error>;
    let own: Write = |_, out| out.text("before").and(Err(Error::Location(Place::UNKNOWN)));
    let value: Write = |_, out| {
        let _ = out.document(Python::of(&[f64::NAN]));
        out.text("behind")
    };
    let custom: Write = |_, out| {
        let _ = out.document(Orjson::of(&u128::MAX));
        Ok(())
    };
    for (write, error) in [
        (own, Error::Location(Place::UNKNOWN)),
        (value, Error::Json(JsonError::NotFinite)),
        (custom, Error::Json(JsonError::Integer)),
    ] {
        for len in 0..200 {
            for method in ["GET", "HEAD"] {
                let exchange = Exchange::new(method, Version::Http11, [("", ""); 0]);
                let mut buf = buffer(len);
                let response = Response::to(&exchange, &mut buf, Status::OK);
                let content = Changing(Cell::new(0), write);
                assert_eq!(copy(response.content(&content)), Err(error));
                let response = Response::to(&exchange, &mut buf, Status::OK);
                assert_eq!(response.content_sized(&content).err(), Some(error));
            }
        }
    }
}

#[test]
fn a_content_that_goes_on_behind_a_full_window_is_heard_no_more() {
    let deaf = Changing(Cell::new(0), |_, out: &mut ContentWriter<'_>| {
        for n in 0..100 {
            let _ = out.document(Python::of(&n));
            let _ = write!(out, ",");
        }
        Ok(())
    });
    let text: String = (0..100).map(|n| format!("{n},")).collect();
    is_the_same_in_every_way(&deaf, "text/plain; charset=utf-8", text.as_bytes());
}

#[test]
fn a_body_leaves_wherever_there_is_room_for_its_head_and_what_was_replaced() {
    const BODY: [u8; 100] = [b'x'; 100];
    let text = "x".repeat(98);
    for len in 0..400 {
        let sent = |way: usize| {
            let mut buf = buffer(len);
            let replaced = "a".repeat(60);
            let response = Response::to(&Exchange::GET, &mut buf, Status::OK)
                .header("server", &replaced)
                .header("server", "b");
            match way {
                0 => wire(response.leave_body(&BODY)),
                1 => wire(response.leave_text(format_args!("{text}"))),
                _ => match response.leave_document(Python::by_hand(&*text))? {
                    Leaving::Whole(reply) => Ok(reply.as_bytes().to_vec()),
                    Leaving::InSteps(mut transfer) => {
                        let mut wire = Vec::new();
                        while let Step::Send { bytes, .. } = transfer.step().unwrap() {
                            let n = bytes.len();
                            wire.extend_from_slice(bytes);
                            transfer.sent(n);
                        }
                        Ok(wire)
                    }
                },
            }
        };
        for way in 0..3 {
            match sent(way) {
                Ok(wire) => {
                    let reply = strict(&wire, "GET").unwrap();
                    let body = reply.body;
                    assert_eq!(
                        body.iter().filter(|byte| **byte == b'x').count(),
                        [100, 98, 98][way]
                    );
                }
                Err(Error::Overflow { needed }) => {
                    // The size of the head, with the line that was replaced.
                    assert!(len < needed && needed < 220, "{len}: {needed}");
                }
                Err(error) => panic!("{error}"),
            }
        }
    }
}

/// All bytes of a reply that may leave in steps.
fn wire<C: Content>(
    leaving: Result<Leaving<'_, ContentTransfer<'_, C>>, Error>,
) -> Result<Vec<u8>, Error> {
    Ok(match leaving? {
        Leaving::Whole(reply) => reply.as_bytes().to_vec(),
        Leaving::InSteps(mut transfer) => {
            let mut wire = Vec::new();
            while let Step::Send { bytes, .. } = transfer.step()? {
                let n = bytes.len();
                wire.extend_from_slice(bytes);
                transfer.sent(n);
            }
            wire
        }
    })
}

#[test]
fn a_driver_that_says_twice_what_was_sent_has_said_it_once() {
    fn wire<C: Content>(leaving: Result<Leaving<'_, ContentTransfer<'_, C>>, Error>) -> Vec<u8> {
        let mut transfer = match leaving.unwrap() {
            Leaving::Whole(reply) => return reply.as_bytes().to_vec(),
            Leaving::InSteps(transfer) => transfer,
        };
        let mut wire = Vec::new();
        while let Step::Send { bytes, .. } = transfer.step().unwrap() {
            let n = bytes.len();
            wire.extend_from_slice(bytes);
            transfer.sent(n);
            transfer.sent(n);
        }
        wire
    }
    let body = [b'x'; 300];
    let digits = format!("{:0300}", 7);
    for len in 140..600 {
        let mut buf = buffer(len);
        let response = Response::to(&Exchange::GET, &mut buf, Status::OK);
        let got = wire(response.leave_body(&body));
        assert!(got.ends_with(&[b"\r\n\r\n", &body[..]].concat()), "{len}");

        let mut buf = buffer(len);
        let response = Response::to(&Exchange::GET, &mut buf, Status::OK);
        let got = wire(response.leave_text(format_args!("{:0300}", 7)));
        assert!(
            got.ends_with(format!("\r\n\r\n{digits}").as_bytes()),
            "{len}"
        );
    }
}
