//! The header store against a plain list of lines.

use conformance::random::Random;
use conformance::reply::strict;
use conformance::{buffer, latin1};
use replywire::{Cors, Error, Headers, Response, SetCookie, Status};

/// The lines that a store should hold: lower-case names, in order.
type Lines = Vec<(String, String)>;

const NAMES: [&str; 6] = ["a", "A", "Vary", "x-y", "X-Y", "set-cookie"];
const VALUES: [&str; 5] = ["", "1", "some value", "caf\u{e9}", "x, y"];

fn set(lines: &mut Lines, name: &str, value: &str) {
    let name = name.to_ascii_lowercase();
    let place = lines.iter().position(|(line, _)| *line == name);
    let at = place.unwrap_or(lines.len());
    lines.retain(|(line, _)| *line != name);
    lines.insert(at, (name, value.into()));
}

fn len(lines: &Lines) -> usize {
    lines
        .iter()
        .map(|(name, value)| name.len() + latin1(value).len() + 4)
        .sum()
}

fn is<const N: usize>(headers: &Headers<N>, lines: &Lines) -> bool {
    headers.len() == lines.len()
        && headers
            .iter()
            .zip(lines)
            .all(|((name, value), (want, text))| name == want && value == latin1(text))
}

/// Applies a random edit to both; the store may be too small.
fn edit<const N: usize>(source: &mut Random, headers: &mut Headers<N>, lines: &mut Lines) {
    let name = NAMES[source.below(NAMES.len())];
    let value = VALUES[source.below(VALUES.len())];
    let lower = name.to_ascii_lowercase();
    let line = name.len() + latin1(value).len() + 4;
    let before = lines.clone();
    let (result, added) = match source.below(6) {
        0 => {
            lines.push((lower, value.into()));
            (headers.append(name, value), line)
        }
        1 => {
            set(lines, name, value);
            (headers.set(name, value), line)
        }
        2 => {
            let stands = lines.iter().find(|(line, _)| *line == lower);
            let want = stands.map_or(value, |(_, value)| value).to_owned();
            if stands.is_none() {
                lines.push((lower, value.into()));
            }
            let result = headers.set_default(name, value).map(|got| {
                assert_eq!(got, latin1(&want));
            });
            (result, line)
        }
        3 => {
            lines.retain(|(line, _)| *line != lower);
            headers.remove(name);
            (Ok(()), 0)
        }
        4 => {
            let mut all: Vec<String> = lines
                .iter()
                .filter(|(line, _)| line == "vary")
                .map(|(_, value)| value.clone())
                .collect();
            all.push("Origin".into());
            let joined = all.join(", ");
            set(lines, "vary", &joined);
            (headers.add_vary("Origin"), latin1(&joined).len() + 8)
        }
        _ => {
            let cookie = format!("{value}=1; Path=/; SameSite=lax");
            match value {
                "1" => lines.push(("set-cookie".into(), cookie.clone())),
                _ => return assert!(headers.cookie(&SetCookie::new("", "")).is_err()),
            }
            (headers.cookie(&SetCookie::new("1", "1")), cookie.len() + 14)
        }
    };
    if result.is_err() {
        // The new line stands beside the old ones until they go.
        let needed = len(&before) + added;
        assert_eq!(result, Err(Error::Overflow { needed }));
        assert!(needed > N);
        *lines = before;
    }
}

#[test]
fn random_edits_do_what_they_do_to_a_list_of_lines() {
    let mut source = Random::new(17);
    for _ in 0..3000 {
        let mut headers = Headers::<1024>::new();
        let mut lines = Lines::new();
        for _ in 0..12 {
            edit(&mut source, &mut headers, &mut lines);
            assert!(is(&headers, &lines), "{headers:?} {lines:?}");
        }
        for name in NAMES {
            let lower = name.to_ascii_lowercase();
            let all: Vec<Vec<u8>> = lines
                .iter()
                .filter(|(line, _)| *line == lower)
                .map(|(_, value)| latin1(value))
                .collect();
            assert!(headers.get_all(name).eq(all.iter().map(Vec::as_slice)));
            assert_eq!(headers.get(name), all.first().map(Vec::as_slice));
            assert_eq!(headers.contains(name), !all.is_empty());
        }
    }
}

#[test]
fn a_store_that_is_too_small_says_what_it_needs_and_keeps_its_lines() {
    let mut source = Random::new(18);
    let mut full = 0;
    for _ in 0..3000 {
        let mut headers = Headers::<48>::new();
        let mut lines = Lines::new();
        for _ in 0..12 {
            edit(&mut source, &mut headers, &mut lines);
            assert!(is(&headers, &lines), "{headers:?} {lines:?}");
            full += usize::from(len(&lines) > 40);
        }
    }
    assert!(full > 1000);
}

#[test]
fn stores_are_equal_in_any_order_and_unequal_for_any_difference() {
    let store = |lines: &[(&str, &str)]| {
        let mut headers = Headers::<256>::new();
        for (name, value) in lines {
            headers.append(*name, *value).unwrap();
        }
        headers
    };
    let one = store(&[("a", "1"), ("b", "2"), ("a", "1"), ("A", "3")]);
    assert!(one == store(&[("a", "3"), ("a", "1"), ("B", "2"), ("a", "1")]));
    for other in [
        store(&[]),
        store(&[("a", "1"), ("b", "2"), ("a", "3")]),
        store(&[("a", "1"), ("b", "2"), ("a", "3"), ("a", "3")]),
        store(&[("a", "1"), ("b", "2"), ("a", "1"), ("a", "3"), ("a", "3")]),
        store(&[("a", "1"), ("b", "1"), ("a", "2"), ("a", "3")]),
    ] {
        assert!(one != other, "{other:?}");
        assert!(other != one, "{other:?}");
    }
}

#[test]
fn an_edit_never_leaves_a_blank_at_the_end_of_a_line() {
    let mut headers = Headers::<256>::new();
    headers.add_vary("Origin").unwrap();
    let _ = headers.add_vary("");
    let cors = Cors::new().origins(&["*"]).expose_headers(&["x", ""]);
    let _ = cors.simple(Some(b"https://a.example"), &mut headers);
    for (name, value) in headers.iter() {
        assert_eq!(value.trim_ascii(), value, "{name}");
    }
    let mut buf = buffer(512);
    let reply = Response::new(&mut buf, Status::OK)
        .headers(&headers)
        .empty();
    strict(&reply.unwrap(), "GET").unwrap();
}
