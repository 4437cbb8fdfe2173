//! Server-sent events, read back as a browser reads them: HTML Living Standard § 9.2.6.

use conformance::FILLER;
use replywire::body::{Chunk, Event};
use replywire::json::Python;
use replywire::{Error, Place};

/// The outcome of reading an event stream.
#[derive(Clone, Debug, Default, Eq, PartialEq)]
struct Read {
    events: Vec<Dispatched>,
    retry: Option<u64>,
    last_id: String,
    comments: Vec<String>,
}

#[derive(Clone, Debug, Eq, PartialEq)]
struct Dispatched {
    name: String,
    data: String,
    last_id: String,
}

/// Reads a stream, step by step as the standard says it.
fn read(stream: &[u8]) -> Read {
    let text = String::from_utf8_lossy(stream);
    let mut rest = text.strip_prefix('\u{feff}').unwrap_or(&text);
    let mut read = Read::default();
    let (mut data, mut name, mut id) = (String::new(), String::new(), String::new());
    while let Some(end) = rest.find(['\r', '\n']) {
        let line = &rest[..end];
        let skip = if rest[end..].starts_with("\r\n") {
            2
        } else {
            1
        };
        rest = &rest[end + skip..];
        if line.is_empty() {
            read.last_id.clone_from(&id);
            let name = std::mem::take(&mut name);
            let mut data = std::mem::take(&mut data);
            if data.is_empty() {
                continue;
            }
            data.pop();
            read.events.push(Dispatched {
                name: match name.is_empty() {
                    true => "message".into(),
                    false => name,
                },
                data,
                last_id: id.clone(),
            });
            continue;
        }
        let (field, value) = line.split_once(':').unwrap_or((line, ""));
        let value = value.strip_prefix(' ').unwrap_or(value);
        match field {
            "" => read.comments.push(value.into()),
            "event" => name = value.into(),
            "data" => data.extend([value, "\n"]),
            "id" if !value.contains('\0') => id = value.into(),
            "retry" if !value.is_empty() && value.bytes().all(|byte| byte.is_ascii_digit()) => {
                read.retry = value.parse().ok();
            }
            _ => {}
        }
    }
    assert_eq!(rest, "", "what is written ends with a line");
    read
}

/// The event through rooms of this size.
fn written(mut event: impl Chunk, size: usize) -> Result<Vec<u8>, Error> {
    let mut room = vec![FILLER; size];
    let mut all = Vec::new();
    while !event.is_done() {
        let n = event.fill(&mut room)?;
        assert!(n > 0, "no progress");
        all.extend_from_slice(&room[..n]);
    }
    Ok(all)
}

/// A text with its line ends as they are read.
fn lines(text: &str) -> String {
    text.replace("\r\n", "\n").replace('\r', "\n")
}

/// All texts of at most three of what could mean something, and each character of ASCII alone and
/// within a text.
fn world() -> Vec<String> {
    const PARTS: [&str; 10] = [
        "\r", "\n", "\0", ":", " ", "a", "data: x", "\u{feff}", "\u{2028}", "é",
    ];
    let mut all = vec![String::new()];
    for from in [0, 1, 11] {
        let longer: Vec<String> = all[from..]
            .iter()
            .flat_map(|text| PARTS.map(|part| format!("{text}{part}")))
            .collect();
        all.extend(longer);
    }
    for char in (0..=0x17f).filter_map(char::from_u32) {
        all.extend([char.to_string(), format!("a{char}b"), format!("a{char}")]);
    }
    all
}

const SENTINEL: &[u8] = b"data: behind\n\n";

#[test]
fn every_field_comes_out_of_exactly_one_event_as_it_went_in() {
    let mut runs = 0;
    for text in world() {
        let text = text.as_str();
        let is_line = !text.contains(['\r', '\n']);
        let fine = |event: Event<'_>, want: Read| {
            let event = event.retry(7);
            for size in [16, 17, 23, 4096] {
                let mut stream = written(event.clone(), size).unwrap();
                stream.extend_from_slice(SENTINEL);
                let mut read = read(&stream);
                let behind = read.events.pop();
                assert_eq!(behind.map(|event| event.data), Some("behind".into()));
                assert_eq!(
                    (read.retry, &read.last_id),
                    (Some(7), &want.last_id),
                    "{text:?}"
                );
                assert_eq!(read.events, want.events, "{text:?}");
                assert_eq!(read.comments, want.comments, "{text:?}");
            }
        };
        let event = |name: &str, data: &str, last_id: &str| Dispatched {
            name: name.into(),
            data: data.into(),
            last_id: last_id.into(),
        };
        let one = |event: Dispatched| Read {
            last_id: event.last_id.clone(),
            events: vec![event],
            ..Read::default()
        };
        fine(
            Event::new().data(text).name("n").id("1"),
            one(event("n", &lines(text), "1")),
        );
        fine(
            Event::new().comment(text).data("d"),
            Read {
                comments: lines(text).split('\n').map(str::to_owned).collect(),
                ..one(event("message", "d", ""))
            },
        );
        // Without data nothing is dispatched, and the next event is not told the name.
        if is_line {
            fine(Event::new().name(text), Read::default());
            let name = if text.is_empty() { "message" } else { text };
            fine(Event::new().name(text).data("d"), one(event(name, "d", "")));
        } else {
            let wrong = Event::new().name(text).data("d");
            assert_eq!(
                written(wrong, 64),
                Err(Error::EventName(Place::UNKNOWN)),
                "{text:?}"
            );
        }
        if is_line && !text.contains('\0') {
            fine(
                Event::new().id(text).data("d"),
                one(event("message", "d", text)),
            );
        } else {
            let wrong = Event::new().id(text).data("d");
            assert_eq!(
                written(wrong, 64),
                Err(Error::EventId(Place::UNKNOWN)),
                "{text:?}"
            );
        }
        let json = Event::new().json(Python::of(text));
        let read = read(&written(json, 16).unwrap());
        let [event] = read.events.as_slice() else {
            panic!("{read:?}");
        };
        assert_eq!(serde_json::from_str::<String>(&event.data).unwrap(), text);
        runs += 1;
    }
    assert_eq!(runs, 1111 + 3 * 0x180);
}

#[test]
fn an_event_has_the_same_bytes_through_every_room() {
    let event = Event::new()
        .comment("one\r\ntwo\r")
        .name("name")
        .data("\n\r\n a line\rthat is longer than the room is\n")
        .id("id: 1")
        .retry(u64::MAX);
    let want = ": one\n: two\n: \nevent: name\ndata: \ndata: \ndata:  a line\n\
                data: that is longer than the room is\ndata: \nid: id: 1\n\
                retry: 18446744073709551615\n\n";
    for size in 16..=want.len() + 1 {
        assert_eq!(written(event.clone(), size).unwrap(), want.as_bytes());
    }
}

#[test]
fn a_long_line_is_looked_at_once() {
    // Sixteen bytes of room at a time: were the rest of the line searched each time, this would be
    // a hundred thousand million steps.
    let data = "x".repeat(2_000_000);
    let written = written(Event::new().data(&data), 16).unwrap();
    assert_eq!(written.len(), "data: \n\n".len() + data.len());
}
