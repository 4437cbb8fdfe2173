//! The header store against a plain list of lines.

use conformance::random::Random;
use conformance::reply::strict;
use conformance::{buffer, latin1};
use replywire::request::Exchange;
use replywire::{Cors, Error, Headers, Place, Response, SetCookie, Status};

/// The lines that a store should hold: lower-case names, in order.
type Lines = Vec<(String, String)>;

const NAMES: [&str; 6] = ["a", "A", "Vary", "x-y", "X-Y", "set-cookie"];
const VALUES: [&str; 6] = ["", "1", "some value", "caf\u{e9}", "x, y", "X,origin"];

fn set(lines: &mut Lines, name: &str, value: &str) {
    let name = name.to_ascii_lowercase();
    let place = lines.iter().position(|(line, _)| *line == name);
    let at = place.unwrap_or(lines.len());
    lines.retain(|(line, _)| *line != name);
    lines.insert(at, (name, value.into()));
}

/// The names of all `vary` lines and of `value`, each once, or `*`.
fn union(lines: &Lines, value: &str) -> String {
    let values = lines.iter().filter(|(line, _)| line == "vary");
    let values = values.map(|(_, value)| value.as_str()).chain([value]);
    let mut all: Vec<&str> = Vec::new();
    for member in values.flat_map(|value| value.split(',')).map(str::trim) {
        let is_known = all.iter().any(|one| one.eq_ignore_ascii_case(member));
        if !member.is_empty() && !is_known {
            all.push(member);
        }
    }
    match all.contains(&"*") {
        true => "*".into(),
        false => all.join(", "),
    }
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
            let joined = union(lines, "Origin");
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
fn vary_names_each_field_once_or_is_a_star_alone_whatever_lines_stand_there() {
    const VALUES: [&str; 8] = [
        "Origin",
        "oRIGIN",
        "*",
        "a, ORIGIN ,,b",
        "b",
        ",",
        "Cookie,*",
        "a",
    ];
    // Two lines or none, which nobody has joined, and what is added then, twice.
    for first in VALUES.map(Some).into_iter().chain([None]) {
        for second in VALUES.map(Some).into_iter().chain([None]) {
            for (added, again) in VALUES.iter().flat_map(|one| VALUES.map(|two| (*one, two))) {
                let mut headers = Headers::<256>::new();
                let mut lines = Lines::new();
                headers.append("x", "1").unwrap();
                lines.push(("x".into(), "1".into()));
                for value in [first, second].into_iter().flatten() {
                    headers.append("Vary", value).unwrap();
                    lines.push(("vary".into(), value.into()));
                }
                headers.append("y", "2").unwrap();
                lines.push(("y".into(), "2".into()));
                for value in [added, again] {
                    if value == "," {
                        // No member: nothing changes.
                        let result = headers.add_vary(value);
                        assert_eq!(result, Err(Error::HeaderValue(Place::UNKNOWN)));
                        assert!(is(&headers, &lines), "{headers:?} {lines:?}");
                        continue;
                    }
                    let joined = union(&lines, value);
                    set(&mut lines, "vary", &joined);
                    headers.add_vary(value).unwrap();
                    assert!(is(&headers, &lines), "{headers:?} {lines:?}");
                }
            }
        }
    }
    let mut headers = Headers::<64>::new();
    for (value, want) in [
        ("Origin", &b"Origin"[..]),
        ("origin", b"Origin"),
        ("Accept-Encoding, ORIGIN", b"Origin, Accept-Encoding"),
        ("*", b"*"),
        ("Cookie", b"*"),
    ] {
        headers.add_vary(value).unwrap();
        assert_eq!(headers.get("vary"), Some(want));
        assert_eq!(headers.len(), 1);
    }
}

#[test]
fn a_vary_without_members_or_with_one_that_is_no_token_is_refused() {
    let mut headers = Headers::<64>::new();
    for first in [None, Some("Origin")] {
        if let Some(first) = first {
            headers.add_vary(first).unwrap();
        }
        for value in [
            "",
            ",",
            ", ,",
            "a b",
            "a, (c)",
            "a;q=1",
            "\"a\"",
            "a, \u{e9}",
            " a",
            "a\t",
        ] {
            assert_eq!(
                headers.add_vary(value),
                Err(Error::HeaderValue(Place::UNKNOWN)),
                "{value}"
            );
            assert_eq!(headers.get("vary"), first.map(str::as_bytes), "{value}");
        }
    }
    headers.add_vary("a ,\t,!#$%&'*+-.^_`|~9").unwrap();
    assert_eq!(
        headers.get("vary"),
        Some(&b"Origin, a, !#$%&'*+-.^_`|~9"[..])
    );
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
    let cors = Cors::new().origins(&["*"]).expose_headers(&["x", ""]);
    let _ = cors.simple(Some(b"https://a.example"), &mut headers);
    for (name, value) in headers.iter() {
        assert_eq!(value.trim_ascii(), value, "{name}");
    }
    let mut buf = buffer(512);
    let reply = Response::to(&Exchange::GET, &mut buf, Status::OK)
        .headers(&headers)
        .empty();
    strict(reply.unwrap().as_bytes(), "GET").unwrap();
}
