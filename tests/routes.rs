//! Paths as routes match them, and the methods that a path has.

use conformance::size;
use percent_encoding::percent_decode_str;
use replywire::request::{Exchange, Method, PathError, RequestHead, Segments, Version};
use replywire::{Draft, Error, Place, Reply, Response, Status};

/// The segments of a path and what is wrong with them, told plainly.
fn model(path: &str) -> Result<Vec<String>, PathError> {
    let mut texts = Vec::new();
    for segment in path.split('/').skip(1) {
        let decoded: Vec<u8> = percent_decode_str(segment).collect();
        let text = String::from_utf8(decoded).map_err(|_| PathError::NotUtf8)?;
        match &*text {
            "." | ".." => return Err(PathError::DotSegment),
            text if text.contains('\0') => return Err(PathError::Nul),
            _ => texts.push(text),
        }
    }
    Ok(texts)
}

/// The path gives what the model says, into every buffer.
fn check<const N: usize>(path: &str) {
    let want = model(path);
    let encoded = path.split('/').skip(1).map(|sent| {
        let decoded: Vec<u8> = percent_decode_str(sent).collect();
        if decoded == sent.as_bytes() {
            0
        } else {
            decoded.len()
        }
    });
    let needed = encoded.sum();
    for len in 0..=needed + 1 {
        let mut buf = vec![0xAA; len];
        let got = Segments::of(path).decode::<N>(&mut buf);
        match &want {
            Err(error) => assert_eq!(got.unwrap_err(), *error, "{path}"),
            Ok(texts) if texts.len() > N => {
                assert_eq!(got.unwrap_err(), PathError::TooManySegments, "{path}");
            }
            Ok(_) if len < needed => {
                assert_eq!(got.unwrap_err(), PathError::Overflow { needed }, "{path}");
            }
            Ok(texts) => assert_eq!(*got.unwrap(), **texts, "{path}"),
        }
    }
}

#[test]
fn every_short_path_is_split_and_then_decoded() {
    const PARTS: [&str; 12] = [
        "/", ".", "a", "%", "%2e", "%2E", "%2F", "%5c", "%00", "%ff", "%c3%a9", "\u{e9}",
    ];
    for len in 0..size::either(4, 5) {
        for mut number in 0..PARTS.len().pow(len) {
            let mut path = String::from("/");
            for _ in 0..len {
                path.push_str(PARTS[number % PARTS.len()]);
                number /= PARTS.len();
            }
            check::<0>(&path);
            check::<1>(&path);
            check::<2>(&path);
            check::<8>(&path);
        }
    }
}

#[test]
fn a_path_takes_one_way_in_all_of_its_encodings() {
    let spellings = |char: char| {
        let code = u32::from(char);
        [
            char.to_string(),
            format!("%{code:02x}"),
            format!("%{code:02X}"),
        ]
    };
    for number in 0..3_usize.pow(5) {
        let mut path = String::from("/");
        let mut rest = number;
        for char in "items".chars() {
            path.push_str(&spellings(char)[rest % 3]);
            rest /= 3;
        }
        path.push_str("/7");
        let mut buf = [0; 8];
        let decoded = Segments::of(&path).decode::<2>(&mut buf).unwrap();
        assert!(matches!(*decoded, ["items", "7"]), "{path}");
    }
}

#[test]
fn an_encoded_slash_is_no_separator_and_a_separator_no_slash() {
    let mut buf = [0; 16];
    let path = Segments::of("/a%2Fb").decode::<2>(&mut buf).unwrap();
    assert_eq!(*path, ["a/b"]);
    let path = Segments::of("/..%2Fb").decode::<2>(&mut buf).unwrap();
    assert_eq!(*path, ["../b"]);
    let path = Segments::of("//a//").decode::<5>(&mut buf).unwrap();
    assert_eq!(*path, ["", "a", "", ""]);
}

#[test]
fn targets_without_a_path_have_no_segments() {
    for (head, want) in [
        ("OPTIONS * HTTP/1.1\r\nhost: a\r\n\r\n", &[][..]),
        ("CONNECT a:1 HTTP/1.1\r\nhost: a:1\r\n\r\n", &[]),
        ("GET http://a HTTP/1.1\r\nhost: a\r\n\r\n", &[""]),
        ("GET http://a/b?c/d HTTP/1.1\r\nhost: a\r\n\r\n", &["b"]),
        ("GET /?a/b HTTP/1.1\r\nhost: a\r\n\r\n", &[""]),
    ] {
        let head = RequestHead::parse::<1>(head.as_bytes()).unwrap();
        let segments = head.request().segments();
        assert!(segments.eq(want.iter().copied()), "{want:?}");
    }
}

#[test]
fn what_is_wrong_with_a_path_has_a_status() {
    for (path, code) in [
        ("/%ff", 400),
        ("/a/..", 400),
        ("/%00", 400),
        ("/a/b/c", 404),
        ("/%61", 414),
    ] {
        let error = Segments::of(path).decode::<2>(&mut []).unwrap_err();
        assert_eq!(error.status().code(), code, "{path}: {error}");
    }
}

#[test]
fn every_set_of_methods_is_told_with_head_and_options() {
    const METHODS: [Method; 10] = [
        Method::Connect,
        Method::Delete,
        Method::Get,
        Method::Head,
        Method::Options,
        Method::Other,
        Method::Patch,
        Method::Post,
        Method::Put,
        Method::Trace,
    ];
    for set in 0..1_usize << METHODS.len() {
        let methods = METHODS.iter().enumerate();
        let methods = methods.filter(|(at, _)| set >> at & 1 == 1);
        let methods: Vec<_> = methods.map(|(_, method)| *method).collect();
        let mut names: Vec<_> = methods
            .iter()
            .filter_map(|method| method.as_str())
            .collect();
        names.push("OPTIONS");
        if names.contains(&"GET") {
            names.push("HEAD");
        }
        names.sort_unstable();
        names.dedup();
        for method in METHODS {
            let name = method.as_str().unwrap_or("PROPFIND");
            let exchange = Exchange::new(name, Version::Http11, [("host", "a")]);
            let mut buf = [0; 256];
            let response = Response::not_allowed(&exchange, &mut buf, &methods);
            let reply = response.empty().unwrap();
            let want = match method {
                Method::Options => Status::NO_CONTENT,
                _ => Status::METHOD_NOT_ALLOWED,
            };
            assert_eq!(reply.status(), want);
            let mut allow = reply.fields().all("allow");
            assert_eq!(allow.next(), Some(names.join(", ").as_bytes()));
            assert_eq!(allow.next(), None);
        }
    }
}

#[test]
fn options_has_no_content_and_no_line_that_describes_it_however_it_ends() {
    const WANT: &[u8] =
        b"HTTP/1.1 204 No Content\r\nallow: GET, HEAD, OPTIONS\r\nx-more: 1\r\n\r\n";
    type End = fn(Response<'_>) -> Result<Reply<'_>, Error>;
    let ends: [End; 9] = [
        |response| response.empty(),
        |response| response.problem(),
        |response| response.text("a"),
        |response| response.html("<p>a"),
        |response| response.json(&["a"]),
        |response| response.bytes("text/css", b"p{}"),
        |response| response.media_type("text/css").body(b"p{}"),
        |response| {
            let response = response.header("content-type", "text/css");
            let response = response.header("content-encoding", "gzip");
            response.header("content-language", "de").body(b"p{}")
        },
        |response| {
            let mut draft = Draft::<128>::new();
            draft.set("content-type", "text/css").unwrap();
            draft.set("content-encoding", "gzip").unwrap();
            draft.append("content-language", "de").unwrap();
            response.join(&draft).join(&draft).text("a")
        },
    ];
    let options = Exchange::new("OPTIONS", Version::Http11, [("host", "a")]);
    for end in ends {
        for len in 0..=WANT.len() {
            let mut buf = vec![0; len];
            let response = Response::not_allowed(&options, &mut buf, &[Method::Get]);
            match end(response.header("x-more", 1)) {
                Ok(reply) => assert_eq!(reply.as_bytes(), WANT),
                Err(error) => {
                    assert!(len < WANT.len());
                    assert_eq!(error, Error::Overflow { needed: WANT.len() });
                }
            }
        }
    }
    // What is wrong is told all the same, and an error has its content.
    let mut buf = [0; 192];
    let response = Response::not_allowed(&options, &mut buf, &[Method::Get]);
    let wrong = response.media_type("text").text("a");
    assert_eq!(wrong.unwrap_err(), Error::MediaType(Place::UNKNOWN));
    let response = Response::not_allowed(&options, &mut buf, &[Method::Get]);
    let error = response.into_error(Status::GONE).text("a").unwrap();
    assert_eq!(
        error.as_bytes(),
        b"HTTP/1.1 410 Gone\r\nallow: GET, HEAD, OPTIONS\r\n\
          content-type: text/plain; charset=utf-8\r\ncontent-length: 1\r\n\r\na",
    );
    // There a draft tells of its content, too.
    let mut draft = Draft::<64>::new();
    draft.set("content-type", "text/css").unwrap();
    let response = Response::not_allowed(&options, &mut buf, &[Method::Get]);
    let error = response.into_error(Status::GONE).join(&draft).text("a");
    assert_eq!(
        error.unwrap().as_bytes(),
        b"HTTP/1.1 410 Gone\r\nallow: GET, HEAD, OPTIONS\r\n\
          content-type: text/css\r\ncontent-length: 1\r\n\r\na",
    );
}
