use std::vec;

use super::*;
use crate::request::reading::ContentStep;

const FIELDS: [(&str, &str); 3] = [("Host", "a"), ("empty", ""), ("blanks", " a\tb ")];

#[test]
fn a_head_without_its_fields_is_refused_and_answered_as_one_with_them() {
    const FIELDS: [(&str, &str); 10] = [
        ("host", "a"),
        ("Host", " a:80 "),
        ("host", "a b"),
        ("connection", "close"),
        ("Connection", "x , Close"),
        ("te", "trailers"),
        ("TE", "gzip"),
        ("expect", "100-continue"),
        ("cookie", "host=a"),
        ("x-te", "trailers"),
    ];
    let mut taken = 0;
    for at in 0..FIELDS.len().pow(3) {
        let fields = [at, at / 10, at / 100].map(|at| FIELDS[at % 10]);
        for fields in [&fields[..], &fields[..1], &[]] {
            for (method, target, version) in [
                ("GET", "/", Version::Http10),
                ("HEAD", "/a?b", Version::Http11),
                ("GET", "http://b:8?c", Version::Http11),
                ("OPTIONS", "*", Version::Http11),
                ("CONNECT", "a:1", Version::Http11),
                ("G T", "/", Version::Http10),
                ("GET", "a b", Version::Http10),
            ] {
                let mut buf = [0; 256];
                let fields = fields.iter().copied();
                let head = HostedHead::write(&mut buf, method, target, version, fields.clone());
                let checked = HostedHead::check(method, target, version, fields);
                let exchange = head.map(|head| head.exchange);
                assert_eq!(exchange, checked.map(|head| head.exchange));
                let (Ok(head), Ok(checked)) = (head, checked) else {
                    continue;
                };
                taken += 1;
                let lines = head.lines(&buf).to_vec();
                let parts = Parts(method, target, lines);
                let body = BodyDecoder::sized(0);
                let mut whole = Requests::hosted(&mut buf, head, body);
                let mut late = Requests::hosted_late(&mut [], checked, &parts, body);
                let (whole, late) = (whole.request().0, late.request().0);
                assert_eq!(late.method(), whole.method());
                assert_eq!(late.target(), whole.target());
                assert_eq!((late.path(), late.query()), (whole.path(), whole.query()));
                assert_eq!(late.authority(), whole.authority());
                assert!(late.headers().eq(whole.headers()));
            }
        }
    }
    assert!(taken > 1000, "{taken}");
}

struct Parts(&'static str, &'static str, vec::Vec<u8>);

impl HostedParts for Parts {
    fn method(&self) -> &str {
        self.0
    }

    fn target(&self) -> &str {
        self.1
    }

    fn lines(&self) -> &[u8] {
        &self.2
    }
}

#[test]
fn a_head_is_whole_in_a_buffer_of_its_length_and_refused_in_a_shorter_one() {
    let needed = Requests::hosted_len("PUT", "/a?b", FIELDS);
    for len in 0..needed + 8 {
        let mut buf = vec![0xAA; len];
        let head = HostedHead::write(&mut buf, "PUT", "/a?b", Version::Http11, FIELDS);
        let head = match head {
            Ok(head) => head,
            Err(refused) => {
                assert_eq!(refused.reason, Refusal::FieldsTooLarge);
                // The blanks around a value are counted, and not written.
                assert!(len < needed - 2, "{len}");
                continue;
            }
        };
        assert_eq!(head.len, needed - 2);
        let mut requests = Requests::hosted(&mut buf, head, BodyDecoder::hosted());
        let (request, mut content) = requests.request();
        assert_eq!((request.method(), request.target()), ("PUT", "/a?b"));
        let want = [("Host", &b"a"[..]), ("empty", b""), ("blanks", b"a\tb")];
        assert!(request.headers().eq(want), "{:?}", request.fields());
        assert_eq!(content.remaining(), None);
        content.skip(1 << 40);
        assert!(!content.is_ended());
        assert!(content.end());
        assert!(matches!(content.step(), Ok(ContentStep::Done)));
    }
}

#[test]
fn content_of_a_host_is_taken_as_it_is() {
    for len in 0..4 {
        let mut decoder = BodyDecoder::hosted();
        let mut input = &b"5\r\nabc"[..len + 3];
        let whole = input;
        assert_eq!(decoder.slice(&mut input), Ok(Some(whole)));
        assert!(input.is_empty() && !decoder.is_ended());
        assert!(decoder.end() && decoder.is_ended());
    }
    // The end of what has a length is its own.
    assert!(!BodyDecoder::sized(1).end());
    assert!(BodyDecoder::sized(0).end());
}

#[test]
fn what_could_be_read_as_another_head_is_refused() {
    fn refused(method: &str, target: &str, name: &str, value: &[u8]) -> bool {
        let fields = [("host", &b"a"[..]), (name, value)];
        HostedHead::write(&mut [0; 99], method, target, Version::Http11, fields).is_err()
    }
    assert!(!refused("GET", "/", "a", b"b"));
    for byte in (0..=b' ').chain([0x7F]).map(char::from) {
        let text = ["a", byte.encode_utf8(&mut [0; 4]), "b"].concat();
        assert!(refused(&text, "/", "a", b"b"), "{text:?}");
        assert!(
            refused("GET", &["/", &*text].concat(), "a", b"b"),
            "{text:?}"
        );
        assert!(refused("GET", "/", &text, b"b"), "{text:?}");
        let is_blank = byte == ' ' || byte == '\t';
        assert_eq!(
            refused("GET", "/", "a", text.as_bytes()),
            !is_blank,
            "{text:?}"
        );
    }
}

#[test]
fn the_exchange_of_a_head_is_that_of_its_fields() {
    for method in ["GET", "HEAD", "POST", "PATCH", "BREW", "get"] {
        for version in [Version::Http10, Version::Http11] {
            for (name, value) in [
                ("x", "trailers"),
                ("TE", "deflate, trailers"),
                ("te", "trailers;q=1"),
                ("connection", "close, TE"),
            ] {
                let fields = [("Host", "a"), (name, value)];
                let head = HostedHead::write(&mut [0; 99], method, "/", version, fields);
                let want = Exchange::new(method, version, fields).hosted();
                assert_eq!(head.unwrap().exchange(), &want, "{method} {name}: {value}");
            }
        }
    }
}

#[test]
fn a_head_with_the_bytes_of_another_breaks_nothing() {
    let head = HostedHead::write(&mut [0; 99], "PUT", "/a?b", Version::Http11, FIELDS);
    for len in 0..99 {
        let mut buf = vec![0x80; len];
        let mut requests = Requests::hosted(&mut buf, head.unwrap(), BodyDecoder::sized(0));
        let (request, _) = requests.request();
        assert_eq!((request.method(), request.path()), ("", ""));
        assert_eq!(request.headers().count(), 0);
    }
}

#[test]
fn a_request_names_one_host() {
    fn status(version: Version, hosts: &[&str]) -> Option<u16> {
        let fields = hosts.iter().map(|host| ("Host", host));
        let made = HostedHead::write(&mut [0; 99], "GET", "/", version, fields);
        made.err().map(|refused| refused.reason.status().code())
    }
    for version in [Version::Http10, Version::Http11] {
        for right in ["", "a", "a:80", "[::1]:80", " a "] {
            assert_eq!(status(version, &[right]), None, "{right}");
            assert_eq!(status(version, &[right, right]), Some(400), "{right}");
        }
        for wrong in ["a b", "a/", "u@a", "a:65536", "a, a", "http://a", "[a"] {
            assert_eq!(status(version, &[wrong]), Some(400), "{wrong}");
        }
    }
    assert_eq!(status(Version::Http10, &[]), None);
    assert_eq!(status(Version::Http11, &[]), Some(400));
}
