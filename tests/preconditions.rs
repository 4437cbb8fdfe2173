//! Preconditions: the whole table of RFC 9110 § 13.2.2, against a plain reference.

use conformance::{buffer, size};
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
const MODIFIED: i64 = 784_111_777;

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
fn answered(
    facts: File<'_>,
    exchange: &Exchange<'_>,
    request: &[(&str, &str)],
    status: Status,
) -> u16 {
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

/// The status of a reply whose lines tell its validators, which are not those of the file.
fn answered_by_lines(exchange: &Exchange<'_>, request: &[(&str, &str)]) -> u16 {
    let other = File::<16>::new(10)
        .etag(ETag::strong("w").unwrap())
        .last_modified(HttpDate::from_unix(MODIFIED - 1).unwrap());
    let mut buf = buffer(512);
    let mut response = Response::to(exchange, &mut buf, Status::OK)
        .header("Last-Modified", AT)
        .header("ETag", "\"v\"");
    let plan = response.plan(&other, request.iter().copied());
    let transfer = response.file(&plan).unwrap();
    let head = str::from_utf8(transfer.head()).unwrap();
    let code = head[9..12].parse().unwrap();
    assert_eq!(plan.status().code(), code);
    let has_validators = matches!(code, 200 | 206 | 304);
    let lines = format!("last-modified: {AT}\r\netag: \"v\"\r\n");
    assert_eq!(head.contains(&lines), has_validators, "{head}");
    let count = |name| head.matches(name).count();
    assert_eq!(count("\r\netag:"), usize::from(has_validators), "{head}");
    assert_eq!(
        count("\r\nlast-modified:"),
        usize::from(has_validators),
        "{head}"
    );
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
                    let got = answered_by_lines(&exchange, &request);
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
        (["*", ""], 304),
    ] {
        let request = lines.map(|line| ("if-none-match", line));
        assert_eq!(get(facts(), &request), want, "{lines:?}");
    }
    let request = ["\"w\"", "\"v\""].map(|line| ("if-match", line));
    assert_eq!(get(facts(), &request), 200);
}

#[test]
fn an_empty_list_is_there_so_the_date_does_not_count() {
    for value in ["", " ", "\t", ",", " , ,", "v"] {
        let request = [("if-none-match", value), ("if-modified-since", AT)];
        assert_eq!(get(facts(), &request), 200, "{value:?}");
        let request = [("if-match", value), ("if-unmodified-since", AT)];
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
        let transfer = Response::to(&Exchange::GET, &mut buf, Status::OK).file(&plan)?;
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

/// The lines of a field, by how many there are and what is in them.
type Lines = &'static [&'static str];

const TAGS: [Lines; 16] = [
    &[],
    &[""],
    &[" \t"],
    &[",, ,"],
    &["v"],
    &["\"v"],
    &["*"],
    &["\"v\""],
    &["W/\"v\""],
    &["\"w\""],
    &[" , \"w\",,\"v\" ,"],
    &["", ""],
    &["", "\"v\""],
    &["W/\"v\"", "\"w\""],
    &["\"w\"", "*"],
    &["\"w\", *"],
];

const AFTER: &str = "Sun, 06 Nov 1994 08:49:38 GMT";
const TWICE: &str = "Sun, 06 Nov 1994 08:49:37 GMT, Sun, 06 Nov 1994 08:49:37 GMT";
const LONG_AGO: &str = "Wed, 31 Dec 1969 23:59:59 GMT";

const DATES: [Lines; 12] = [
    &[],
    &[""],
    &[" \t"],
    &[","],
    &["yesterday"],
    &[LONG_AGO],
    &[BEFORE],
    &[" Sun Nov  6 08:49:37 1994 "],
    &[AFTER],
    &[TWICE],
    &[AT, AT],
    &["", BEFORE],
];

const IF_RANGES: [Lines; 13] = [
    &[],
    &[""],
    &[" \t"],
    &["v"],
    &["*"],
    &["\"v\""],
    &[" \"v\" "],
    &["W/\"v\""],
    &["\"v\","],
    &[BEFORE],
    &[AT],
    &["\"v\"", "\"v\""],
    &["", "\"v\""],
];

/// With the status of a `GET` that heeds them. Of two lines the first is read.
const RANGES: [(Lines, u16); 9] = [
    (&[], 200),
    (&[""], 400),
    (&[" \t"], 400),
    (&["2-3"], 400),
    (&["bytes="], 400),
    (&["bytes=2-3"], 206),
    (&[" bytes=,2-3,,"], 206),
    (&["bytes=2-3", "bytes=4-99, x"], 206),
    (&["bytes=10-"], 416),
];

/// The tag of a representation and whether it is weak; its date.
type Facts = (Option<(&'static str, bool)>, Option<i64>);

/// RFC 9110 § 13.1: the answers of the fields, each read by itself.
struct Read {
    tag: Option<(&'static str, bool)>,
    date: Option<i64>,
}

impl Read {
    /// Finds the tag in a list; `None` where the field is not there.
    fn finds(&self, lines: Lines, is_strong: bool) -> Option<bool> {
        let is_own = |member: &str| {
            let (is_weak, quoted) = match member.strip_prefix("W/") {
                Some(quoted) => (true, quoted),
                None => (false, member),
            };
            self.tag.is_some_and(|(tag, is_own_weak)| {
                quoted == format!("\"{tag}\"") && !(is_strong && (is_weak || is_own_weak))
            })
        };
        let finds = |line: &&str| line.trim() == "*" || line.split(',').map(str::trim).any(is_own);
        (!lines.is_empty()).then(|| lines.iter().any(finds))
    }

    /// Tells if it was modified after a date; `None` where there is no such condition.
    fn is_modified_since(&self, lines: Lines) -> Option<bool> {
        let [line] = lines else { return None };
        let date = match line.trim() {
            LONG_AGO => -1,
            BEFORE => MODIFIED - 1,
            AT | "Sun Nov  6 08:49:37 1994" => MODIFIED,
            AFTER => MODIFIED + 1,
            _ => return None,
        };
        Some(self.date? > date)
    }

    fn is_same_for_ranges(&self, lines: Lines) -> bool {
        match lines {
            [] => true,
            [AT] => self.date == Some(MODIFIED),
            ["\"v\""] => self.tag == Some(("v", false)),
            _ => false,
        }
    }

    /// RFC 9110 § 13.2.2, step by step.
    fn status(&self, method: &str, lines: [Lines; 5], heeded: u16) -> u16 {
        let [if_match, unmodified, none_match, modified, if_range] = lines;
        let is_read = matches!(method, "GET" | "HEAD");
        if method == "OPTIONS" {
            return 200;
        }
        match self.finds(if_match, true) {
            Some(true) => {}
            Some(false) => return 412,
            None if self.is_modified_since(unmodified) == Some(true) => return 412,
            None => {}
        }
        match self.finds(none_match, false) {
            Some(true) if is_read => return 304,
            Some(true) => return 412,
            Some(false) => {}
            None if is_read && self.is_modified_since(modified) == Some(false) => return 304,
            None => {}
        }
        match method == "GET" && self.is_same_for_ranges(if_range) {
            true => heeded,
            false => 200,
        }
    }
}

/// All files that there are, as validators go.
fn all_facts() -> Vec<Facts> {
    let tags = [None, Some(("v", false)), Some(("v", true))];
    let dates = [None, Some(MODIFIED)];
    tags.into_iter()
        .flat_map(|tag| dates.map(|date| (tag, date)))
        .collect()
}

/// Plans the reply to these lines for every file and method, and compares it with the model.
fn compare(lines: [Lines; 5], (range, heeded): (Lines, u16)) {
    let named = FIELDS.iter().zip(lines).chain([(&"range", range)]);
    let request: Vec<(&str, &str)> = named
        .flat_map(|(name, lines)| lines.iter().map(move |line| (*name, *line)))
        .collect();
    for (tag, date) in all_facts() {
        let mut file = File::<16>::new(10);
        if let Some((tag, is_weak)) = tag {
            let etag = if is_weak {
                ETag::weak(tag)
            } else {
                ETag::strong(tag)
            };
            file = file.etag(etag.unwrap());
        }
        if let Some(date) = date {
            file = file.last_modified(HttpDate::from_unix(date).unwrap());
        }
        for method in ["GET", "HEAD", "PUT", "OPTIONS"] {
            let exchange = Exchange::new(method, Version::Http11, request.iter().copied());
            let got = file
                .plan(&exchange, request.iter().copied())
                .status()
                .code();
            let want = Read { tag, date }.status(method, lines, heeded);
            assert_eq!(got, want, "{method} {request:?} for {tag:?} {date:?}");
        }
    }
}

#[test]
fn fields_that_are_empty_malformed_or_repeated_are_answered_as_the_rfc_has_them() {
    let mut count = 0;
    for if_match in TAGS {
        for unmodified in DATES {
            for none_match in TAGS {
                for modified in DATES {
                    count += 1;
                    let alone = [if_match, unmodified, none_match, modified];
                    let has_few = alone.iter().filter(|lines| lines.is_empty()).count() >= 2;
                    if has_few || size::takes(count, 31) {
                        compare([if_match, unmodified, none_match, modified, &[]], RANGES[0]);
                    }
                }
            }
        }
    }
    for range in RANGES {
        for if_range in IF_RANGES {
            for tags in TAGS {
                compare([tags, &[], &[], &[], if_range], range);
                compare([&[], &[], tags, &[], if_range], range);
            }
            for dates in DATES {
                compare([&[], dates, &[], &[], if_range], range);
                compare([&[], &[], &[], dates, if_range], range);
            }
        }
    }
}

#[test]
fn a_file_is_dated_in_every_year_that_a_date_can_have() {
    for (seconds, nanoseconds, want) in [
        (-1, 0, Some("Wed, 31 Dec 1969 23:59:59 GMT")),
        (-1, 999_999_999, Some("Wed, 31 Dec 1969 23:59:59 GMT")),
        (-62_167_219_200, 1, Some("Sat, 01 Jan 0000 00:00:00 GMT")),
        (253_402_300_799, 5, Some("Fri, 31 Dec 9999 23:59:59 GMT")),
        (-62_167_219_201, 999_999_999, None),
        (253_402_300_800, 0, None),
        (i64::MIN, 0, None),
        (i64::MAX, u32::MAX, None),
    ] {
        let file = File::new(10).modified(seconds, nanoseconds);
        let plan = file.plan::<&str, &str>(&Exchange::GET, []);
        let mut buf = buffer(512);
        let transfer = Response::to(&Exchange::GET, &mut buf, Status::OK)
            .file(&plan)
            .unwrap();
        let head = str::from_utf8(transfer.head()).unwrap();
        let line = head
            .split("\r\n")
            .find_map(|line| line.strip_prefix("last-modified: "));
        assert_eq!(line, want, "{seconds}");
        // Its tag tells it apart, whatever its date.
        assert!(head.contains("\r\netag: \""), "{head}");

        let Some(date) = want else { continue };
        assert_eq!(get(file, &[("if-modified-since", date)]), 304, "{date}");
        assert_eq!(get(file, &[("if-unmodified-since", date)]), 200, "{date}");
        let part = [("range", "bytes=0-0"), ("if-range", date)];
        assert_eq!(get(file, &part), 206, "{date}");
    }
}

/// As much as is reasonable: its tag takes about a second of the time to compile this suite, and
/// the compiler refuses one that takes too many steps.
static LARGE: [u8; 4 << 20] = [b'x'; 4 << 20];
static LARGE_FILE: File<'static> = File::of(&LARGE);

#[test]
fn a_file_of_four_mebibytes_has_its_tag_at_compile_time() {
    let at_run_time = File::of(std::hint::black_box(&LARGE));
    let [want, got] = [at_run_time, LARGE_FILE].map(|file| format!("{file:?}"));
    assert_eq!(got, want);
    assert!(got.contains("-400000\""), "{got}");
}

/// Lines by which a reply tells its version.
const TOLD: [&[(&str, &str)]; 7] = [
    &[],
    &[("etag", "\"a\"")],
    &[("etag", "\"b\"")],
    &[("etag", "")],
    &[("last-modified", AT)],
    &[("last-modified", BEFORE)],
    &[("etag", "\"a\""), ("last-modified", AT)],
];

fn telling<'b>(mut response: Response<'b>, lines: &[(&'static str, &'static str)]) -> Response<'b> {
    for (name, value) in lines {
        response = response.header(*name, *value);
    }
    response
}

#[test]
fn a_plan_is_used_with_the_validators_that_it_knows_of() {
    let request = [("if-none-match", "\"a\"")];
    let exchange = Exchange::new("GET", Version::Http11, request);
    for file in [File::<16>::new(10), facts()] {
        for (known, told) in TOLD
            .iter()
            .flat_map(|known| TOLD.map(|told| (*known, told)))
        {
            let mut planner = buffer(512);
            let mut planned = telling(Response::to(&exchange, &mut planner, Status::OK), known);
            let plan = planned.plan(&file, request);
            let want = match known == told {
                true => Ok(format!("HTTP/1.1 {}", plan.status().code()).into_bytes()),
                false => Err(Error::FileHeader),
            };
            let mut buf = buffer(512);
            let other = telling(Response::to(&exchange, &mut buf, Status::OK), told);
            let sent = other.file(&plan);
            let sent = sent.map(|transfer| transfer.head()[..12].to_vec());
            assert_eq!(sent, want, "{told:?} by a plan for {known:?}");
            // Lines that come after the plan replace those that it knows of.
            let replaced = told.iter().all(|line| known.contains(line));
            let late = telling(planned, told).file(&plan).map(drop);
            let want = if replaced {
                Ok(())
            } else {
                Err(Error::FileHeader)
            };
            assert_eq!(late, want, "{told:?} after a plan for {known:?}");
            let by_file = file.plan(&exchange, request);
            let mut buf = buffer(512);
            let other = telling(Response::to(&exchange, &mut buf, Status::OK), told);
            assert_eq!(other.file(&by_file).is_ok(), told.is_empty(), "{told:?}");
        }
    }
}

#[test]
fn a_plan_for_lines_that_did_not_fit_is_for_no_other_reply() {
    let lines = [("etag", "\"a\"")];
    let mut small = buffer(20);
    let mut response = telling(Response::to(&Exchange::GET, &mut small, Status::OK), &lines);
    let plan = response.plan::<&str, &str, 16>(&File::new(10), []);
    let mut buf = buffer(512);
    let other = telling(Response::to(&Exchange::GET, &mut buf, Status::OK), &lines);
    assert_eq!(other.file(&plan).map(drop), Err(Error::FileHeader));
    let overflow = response.file(&plan).map(drop);
    assert!(
        matches!(overflow, Err(Error::Overflow { .. })),
        "{overflow:?}"
    );
}

#[test]
fn a_tag_of_the_reply_may_have_any_byte_that_a_tag_has() {
    for byte in 0..=255 {
        let is_tag = matches!(byte, 0x21 | 0x23..=0x7e | 0x80..);
        let is_value = is_tag || matches!(byte, b'\t' | b' ' | b'"');
        let tag = [b'"', byte, b'"'];
        for (name, status) in [("if-match", 412), ("if-none-match", 304), ("if-range", 206)] {
            let request = [(name, &tag[..]), ("range", b"bytes=0-0")];
            let exchange = Exchange::new("GET", Version::Http11, request);
            let mut buf = buffer(512);
            let mut response =
                Response::to(&exchange, &mut buf, Status::OK).header("etag", &tag[..]);
            let plan = response.plan(&File::<16>::new(10), request);
            assert_eq!(response.file(&plan).is_ok(), is_value, "{byte:#x}");
            let is_so = (plan.status().code() == status) == (is_tag != (name == "if-match"));
            assert!(is_so, "{byte:#x} {name}: {:?}", plan.status());
        }
    }
}
