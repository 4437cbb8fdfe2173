//! `content-disposition` of the reference's files: the same name is read from both.

use conformance::vector::{pairs, shared};
use replywire::request::Exchange;
use replywire::{Disposition, Response, Status};

#[test]
fn the_name_is_the_one_of_the_reference_without_what_is_dangerous() {
    let mut seen = [0; 2];
    for vector in shared("file") {
        let input = &vector.input;
        let headers = pairs(&vector.expect["ok"]["headers"]);
        let told = headers
            .iter()
            .find(|(name, _)| *name == "content-disposition");
        let is_supplied = pairs(&input["headers"])
            .iter()
            .any(|(name, _)| name.eq_ignore_ascii_case("content-disposition"));
        let (Some(name), Some((_, told)), false) = (input["filename"].as_str(), told, is_supplied)
        else {
            continue;
        };
        let disposition = match told.split_once(';').expect("a name").0 {
            "attachment" => Disposition::attachment(name),
            "inline" => Disposition::inline(name),
            _ => continue,
        };
        let got = written(disposition);
        let is_unreserved = |char: char| char.is_ascii_alphanumeric() || "-._~".contains(char);
        if !name.is_empty() && name.chars().all(is_unreserved) {
            assert_eq!(got, *told);
            seen[0] += 1;
            continue;
        }
        seen[1] += 1;
        assert_eq!(
            extended(told).unwrap_or_else(|| quoted(told)),
            name,
            "{told}"
        );
        let base = name.rsplit(['/', '\\']).next().unwrap();
        let want = match base.replace(char::is_control, "") {
            empty if empty.is_empty() => "download".to_owned(),
            base => base,
        };
        match extended(&got) {
            Some(got) => assert_eq!(got, want),
            None => assert_eq!(quoted(&got), want),
        }
        assert!(quoted(&got).is_ascii(), "{got}");
        assert!(!quoted(&got).contains(['%', '/', '\\']), "{got}");
    }
    let [same, other] = seen;
    assert!(same > 10 && other > 40, "{same} the same, {other} not");
}

fn written(disposition: Disposition<'_>) -> String {
    let mut buf = [0; 1024];
    let reply = Response::to(&Exchange::GET, &mut buf, Status::NO_CONTENT)
        .disposition(&disposition)
        .empty()
        .unwrap();
    let head = str::from_utf8(reply.as_bytes()).unwrap();
    let line = head.strip_prefix("HTTP/1.1 204 No Content\r\ncontent-disposition: ");
    line.and_then(|line| line.strip_suffix("\r\n\r\n"))
        .expect("one line")
        .to_owned()
}

/// The value of `filename`.
fn quoted(value: &str) -> String {
    let (_, text) = value.split_once("filename=\"").expect("a name in quotes");
    text.split_once('"').expect("a second quote").0.to_owned()
}

/// The value of `filename*`, if there is one.
fn extended(value: &str) -> Option<String> {
    let (_, encoded) = value.split_once("filename*=utf-8''")?;
    let mut parts = encoded.split('%');
    let mut bytes = parts.next()?.as_bytes().to_vec();
    for part in parts {
        let (digits, rest) = part.split_at(2);
        bytes.push(u8::from_str_radix(digits, 16).expect("two digits"));
        bytes.extend(rest.bytes());
    }
    Some(String::from_utf8(bytes).expect("UTF-8"))
}
