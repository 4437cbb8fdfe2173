//! Preconditions: the whole table of RFC 9110 § 13.2.2, against a plain reference.

use conformance::buffer;
use replywire::file::{Coding, File};
use replywire::request::{Exchange, Version};
use replywire::{ETag, Error, HttpDate, Response, Status};

/// The kinds of values of a field of the request.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
enum Said {
    Absent,
    /// Its condition is true of the file.
    True,
    False,
    /// It is nothing that the RFC knows.
    Malformed,
}

const ALL: [Said; 4] = [Said::Absent, Said::True, Said::False, Said::Malformed];

const AT: &str = "Sun, 06 Nov 1994 08:49:37 GMT";
const BEFORE: &str = "Sun, 06 Nov 1994 08:49:36 GMT";
const MODIFIED: u64 = 784_111_777;

/// The fields of a request, in the order of the table.
const FIELDS: [&str; 5] = [
    "If-Match",
    "If-Unmodified-Since",
    "If-None-Match",
    "If-Modified-Since",
    "If-Range",
];

/// A value of the field by which its condition is what is said of the file `"v"`, modified [`AT`].
fn value(field: &str, said: Said, spelling: usize) -> Option<&'static str> {
    let values: [&'static str; 3] = match (field, said) {
        (_, Said::Absent) => return None,
        ("If-Match", Said::True) => ["\"v\"", "*", "\"w\" , W/\"v\",, \"v\""],
        ("If-Match", Said::False) => ["\"w\"", "W/\"v\"", "\"w\", W/\"v\""],
        ("If-None-Match", Said::True) => ["\"w\"", "\"V\"", "W/\"w\", \"vv\""],
        ("If-None-Match", Said::False) => ["\"v\"", "*", "\"w\", W/\"v\""],
        ("If-Modified-Since", Said::True) => [
            BEFORE,
            "Sunday, 06-Nov-94 08:49:36 GMT",
            "Sat Nov  5 08:49:37 1994",
        ],
        ("If-Modified-Since", Said::False) | ("If-Unmodified-Since", Said::True) => [
            AT,
            "Sun Nov  6 08:49:37 1994",
            "Sun, 06 Nov 1994 08:49:38 GMT",
        ],
        ("If-Unmodified-Since", Said::False) => [
            BEFORE,
            "Sunday, 06-Nov-94 08:49:36 GMT",
            "Sat Nov  5 08:49:37 1994",
        ],
        ("If-Range", Said::True) => ["\"v\"", AT, "\"v\""],
        ("If-Range", Said::False) => ["\"w\"", BEFORE, "W/\"v\""],
        // A list without a tag has no tag of the file, and is not `*`.
        ("If-Match" | "If-None-Match", Said::Malformed) => ["v", "\"v", "'v'"],
        ("If-Range", Said::Malformed) => ["v", "\"v\", \"v\"", "*"],
        (_, Said::Malformed) => [
            "yesterday",
            "Sun, 06 Nov 1994 08:49:36 GMT, Sun, 06 Nov 1994 08:49:36 GMT",
            "0",
        ],
        (field, said) => panic!("{field} {said:?}"),
    };
    Some(values[spelling])
}

/// RFC 9110 § 13.2.2, step by step.
fn status(method: &str, said: [Said; 5], ranged: bool) -> u16 {
    use Said::{Absent, False, Malformed, True};

    let [
        if_match,
        if_unmodified_since,
        if_none_match,
        if_modified_since,
        if_range,
    ] = said;
    let is_read = method == "GET" || method == "HEAD";
    let whole = if method == "GET" && ranged { 206 } else { 200 };
    if matches!(method, "CONNECT" | "OPTIONS" | "TRACE") {
        return 200;
    }
    // 1 and 2
    match if_match {
        True => {}
        False | Malformed => return 412,
        Absent if if_unmodified_since == False => return 412,
        Absent => {}
    }
    // 3 and 4
    match if_none_match {
        True | Malformed => {}
        False if is_read => return 304,
        False => return 412,
        Absent if is_read && if_modified_since == False => return 304,
        Absent => {}
    }
    // 5
    match if_range {
        Absent | True => whole,
        False | Malformed => 200,
    }
}

fn facts() -> File<'static> {
    File::new(10)
        .etag(ETag::strong("v").unwrap())
        .last_modified(HttpDate::from_unix(MODIFIED).unwrap())
}

/// The status of the reply, which the plan tells too.
fn answered(facts: File<'_>, exchange: &Exchange, request: &[(&str, &str)], status: Status) -> u16 {
    let plan = facts.plan(exchange, request.iter().copied());
    let mut buf = buffer(512);
    let transfer = Response::to(exchange, &mut buf, status)
        .file(&plan)
        .unwrap();
    let code: u16 = std::str::from_utf8(&transfer.head()[9..12])
        .unwrap()
        .parse()
        .unwrap();
    if status == Status::OK {
        assert_eq!(plan.status().code(), code);
    }
    code
}

#[test]
fn the_table_of_rfc_9110_13_2_2_is_answered_whole() {
    let methods = [
        "GET", "HEAD", "POST", "PUT", "DELETE", "PATCH", "OPTIONS", "TRACE", "CONNECT", "get", "X",
    ];
    let mut count = 0;
    for case in 0..4_usize.pow(5) {
        let said = [0, 1, 2, 3, 4].map(|at| ALL[case >> (2 * at) & 3]);
        for spelling in 0..3 {
            for ranged in [false, true] {
                let mut request: Vec<(&str, &str)> = FIELDS
                    .iter()
                    .zip(said)
                    .filter_map(|(field, said)| Some((*field, value(field, said, spelling)?)))
                    .collect();
                if ranged {
                    request.insert(request.len() / 2, ("Range", "bytes=2-3"));
                }
                for method in methods {
                    let exchange = Exchange::new(method, Version::Http11, request.iter().copied());
                    let want = status(method, said, ranged);
                    let got = answered(facts(), &exchange, &request, Status::OK);
                    assert_eq!(got, want, "{method} {request:?}");
                    // What is no success has no preconditions; RFC 9110 § 13.2.1.
                    let got = answered(facts(), &exchange, &request, Status::NOT_FOUND);
                    assert_eq!(got, 404, "{method} {request:?}");
                    count += 1;
                }
            }
        }
    }
    assert_eq!(count, 1024 * 3 * 2 * 11);
}

fn get(facts: File<'_>, request: &[(&str, &str)]) -> u16 {
    answered(facts, &Exchange::GET, request, Status::OK)
}

#[test]
fn a_file_of_which_nothing_is_known_has_no_tag_and_no_date() {
    let unknown = File::new(10);
    for (field, value, want) in [
        ("if-match", "\"v\"", 412),
        ("if-match", "*", 200),
        ("if-none-match", "\"v\"", 200),
        ("if-none-match", "*", 304),
        ("if-modified-since", AT, 200),
        ("if-unmodified-since", BEFORE, 200),
    ] {
        assert_eq!(get(unknown, &[(field, value)]), want, "{field}: {value}");
    }
    for value in ["\"v\"", AT, "*", ""] {
        let request = [("range", "bytes=0-0"), ("if-range", value)];
        assert_eq!(get(unknown, &request), 200, "{value}");
    }
}

#[test]
fn a_weak_tag_is_good_for_caches_and_for_nothing_else() {
    let weak = facts().etag(ETag::weak("v").unwrap());
    for value in ["\"v\"", "W/\"v\""] {
        assert_eq!(get(weak, &[("if-none-match", value)]), 304, "{value}");
        assert_eq!(get(weak, &[("if-match", value)]), 412, "{value}");
        let request = [("range", "bytes=0-0"), ("if-range", value)];
        assert_eq!(get(weak, &request), 200, "{value}");
    }
}

#[test]
fn lines_of_one_list_are_one_list() {
    for (lines, want) in [
        (["\"w\"", "\"v\""], 304),
        (["\"v\"", "\"w\""], 304),
        (["", "\"v\""], 304),
        (["x", "*"], 304),
        (["\"w\"", ""], 200),
        (["", " "], 200),
    ] {
        let request = lines.map(|line| ("if-none-match", line));
        assert_eq!(get(facts(), &request), want, "{lines:?}");
    }
    let request = ["\"w\"", "\"v\""].map(|line| ("if-match", line));
    assert_eq!(get(facts(), &request), 200);
}

#[test]
fn an_empty_list_says_nothing_so_the_date_counts() {
    for value in ["", " ", "\t"] {
        let request = [("if-none-match", value), ("if-modified-since", AT)];
        assert_eq!(get(facts(), &request), 304, "{value:?}");
        let request = [("if-match", value), ("if-unmodified-since", BEFORE)];
        assert_eq!(get(facts(), &request), 412, "{value:?}");
    }
}

#[test]
fn a_date_that_is_said_twice_is_none() {
    // RFC 9110 §§ 13.1.3 and 13.1.4: a field with more than one member is ignored.
    let request = [("if-modified-since", AT), ("If-Modified-Since", AT)];
    assert_eq!(get(facts(), &request), 200);
    let request = [("if-unmodified-since", BEFORE); 3];
    assert_eq!(get(facts(), &request), 200);
    let request = [
        ("range", "bytes=0-0"),
        ("if-range", "\"v\""),
        ("if-range", "\"v\""),
    ];
    assert_eq!(get(facts(), &request), 200);
}

#[test]
fn a_date_is_a_strong_validator_only_once_its_second_is_over() {
    // RFC 9110 § 8.8.2.2
    for (now, want) in [(-1, 200), (0, 200), (1, 206), (100, 206)] {
        let modified = HttpDate::from_unix(MODIFIED).unwrap();
        let exchange = Exchange::GET.at(modified.checked_add(now).unwrap());
        let request = [("range", "bytes=0-0"), ("if-range", AT)];
        let got = answered(facts(), &exchange, &request, Status::OK);
        assert_eq!(got, want, "{now}");
    }
}

#[test]
fn a_file_from_the_future_is_dated_now() {
    // RFC 9110 § 8.8.2.1
    let now = HttpDate::parse(BEFORE.as_bytes()).unwrap();
    let exchange = Exchange::GET.at(now);
    let plan = facts().plan::<&str, &str>(&exchange, []);
    let mut buf = buffer(512);
    let transfer = Response::to(&exchange, &mut buf, Status::OK)
        .file(&plan)
        .unwrap();
    let head = std::str::from_utf8(transfer.head()).unwrap();
    assert!(
        head.contains(&format!("\r\nlast-modified: {BEFORE}\r\n")),
        "{head}"
    );
}

#[test]
fn a_derived_tag_is_another_one_in_each_coding() {
    let plain = File::new(10).modified(1, 2);
    let tag = |facts: File<'_>| {
        let plan = facts.plan::<&str, &str>(&Exchange::GET, []);
        let mut buf = buffer(512);
        let transfer = Response::new(&mut buf, Status::OK).file(&plan)?;
        let head = std::str::from_utf8(transfer.head()).unwrap();
        let value = head.split("\r\netag: ").nth(1).unwrap();
        Ok::<_, Error>(value.split("\r\n").next().unwrap().to_owned())
    };
    let tags = [
        plain,
        plain.content_encoding(Coding::Gzip),
        plain.content_encoding(Coding::Brotli),
        File::of(b"0123456789"),
        File::of(b"0123456789").content_encoding(Coding::Gzip),
    ]
    .map(|facts| tag(facts).unwrap());
    for (at, one) in tags.iter().enumerate() {
        assert!(!tags[..at].contains(one), "{tags:?}");
        let facts = [plain, plain.content_encoding(Coding::Gzip)];
        for (other, facts) in facts.iter().enumerate() {
            let want = if other == at { 304 } else { 200 };
            assert_eq!(get(*facts, &[("if-none-match", one)]), want);
        }
    }
}
