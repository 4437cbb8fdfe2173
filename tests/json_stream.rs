//! JSON that is written while it leaves: documents in pieces, elements one by one.

use std::cell::{Cell, RefCell};

use conformance::reply::{Framing, Parsed, strict};
use conformance::script::{Script, poll_times};
use conformance::size;
use replywire::body::{Elements, JsonTransfer, Piece, Step};
use replywire::json::{
    ByHand, Dialect, Document, Filter, JsonError, MAX_DEPTH, Orjson, Python, Shallow,
};
use replywire::request::{Exchange, Method, Version};
use replywire::{Error, Place, Response, Status};
use replywire_embedded::{
    Answered, Buffers, Cause, Closed, Handler, Limits, Request, Responder, SendError, Transport,
    Unanswered, serve_connection,
};
use serde::{Serialize, Serializer};

const HEAD: usize = "HTTP/1.1 200 OK\r\ncontent-type: application/json\r\n\
                     transfer-encoding: chunked\r\n\r\n"
    .len();

fn exchange(method: &str, version: Version) -> Exchange<'static> {
    Exchange::new(method, version, [("", ""); 0])
}

/// The reply that a client reads; the connection's end ends the body where nothing else does.
fn read(wire: &[u8], method: &str) -> Parsed {
    strict(wire, method).unwrap_or_else(|why| panic!("{why}\n{}", wire.escape_ascii()))
}

/// All writes of a transfer that takes `most` bytes at once.
fn writes<T: Document>(
    mut transfer: JsonTransfer<'_, T>,
    most: usize,
) -> Result<Vec<Vec<u8>>, JsonError> {
    let mut writes = Vec::new();
    while let Step::Send { bytes, .. } = transfer.step()? {
        let again = bytes.to_vec();
        assert!(!again.is_empty());
        assert_eq!(transfer.step()?.bytes(), again, "asking changes nothing");
        let n = again.len().min(most);
        writes.push(again[..n].to_vec());
        transfer.sent(n);
    }
    Ok(writes)
}

#[test]
fn a_document_leaves_through_every_buffer() {
    for len in (0..80).chain([200, 300, 1000]) {
        let value = "x\"".repeat(len / 2);
        let text = serde_json::to_string(&value).unwrap();
        for room in 0..HEAD + 400 {
            let mut buf = vec![0xee; room];
            let response = Response::to(&Exchange::GET, &mut buf, Status::OK);
            let transfer = match response.json_stream(&value) {
                Ok(transfer) => transfer,
                Err(Error::Overflow { needed }) => {
                    assert!(room < HEAD && needed == HEAD, "{room} {needed}");
                    continue;
                }
                Err(error) => panic!("{error}"),
            };
            let writes = writes(transfer, usize::MAX).unwrap();
            let reply = read(&writes.concat(), "GET");
            assert_eq!(reply.body, text.as_bytes());
            // Behind the head is room for the line of a chunk, and what the document needs.
            let fits = room >= HEAD + 18 + 2 + text.len().max(16);
            match fits {
                true => assert_eq!(reply.framing, Framing::Length(text.len() as u64)),
                false => assert_eq!(reply.framing, Framing::Chunked, "{room} {len}"),
            }
            assert!(!fits || writes.len() == 1);
        }
    }
}

#[test]
fn each_chunk_is_one_write() {
    let value: Vec<u32> = (0..2000).collect();
    let mut buf = [0; 256];
    let transfer = Response::to(&Exchange::GET, &mut buf, Status::OK)
        .json_stream(&value)
        .unwrap();
    let writes = writes(transfer, usize::MAX).unwrap();
    let [first, chunks @ .., last] = &writes[..] else {
        panic!("{} writes", writes.len());
    };
    assert!(first.starts_with(b"HTTP/1.1 200 OK\r\n") && first.len() > 240);
    assert_eq!(last, b"0\r\n\r\n");
    for chunk in chunks {
        let line = chunk.iter().position(|byte| *byte == b'\r').unwrap();
        let size = usize::from_str_radix(std::str::from_utf8(&chunk[..line]).unwrap(), 16);
        assert_eq!(chunk.len(), line + 2 + size.unwrap() + 2);
    }
}

#[test]
fn a_measured_document_tells_its_length_through_every_buffer() {
    let value = ("a", [1.5, 2.25], "\u{e9}\n".repeat(40));
    let text = serde_json::to_string(&value).unwrap();
    for room in 0..400 {
        for most in [1, 7, usize::MAX] {
            let mut buf = vec![0xee; room];
            let response = Response::to(&Exchange::GET, &mut buf, Status::OK);
            match response.document_sized(Python::of(&value)) {
                Ok(transfer) => {
                    let reply = read(&writes(transfer, most).unwrap().concat(), "GET");
                    assert_eq!(reply.framing, Framing::Length(text.len() as u64));
                    assert_eq!(reply.body, text.as_bytes());
                }
                Err(error) => assert!(matches!(error, Error::Overflow { .. }), "{error}"),
            }
        }
    }
}

#[test]
fn without_a_body_nothing_is_sent_of_a_document() {
    let value: Vec<u32> = (0..200).collect();
    let len = serde_json::to_string(&value).unwrap().len();
    for (method, status, framing) in [
        ("HEAD", Status::OK, Framing::Length(len as u64)),
        ("GET", Status::NO_CONTENT, Framing::None),
        ("GET", Status::NOT_MODIFIED, Framing::None),
        ("GET", Status::RESET_CONTENT, Framing::Length(0)),
    ] {
        let exchange = exchange(method, Version::Http11);
        let mut buf = [0; 160];
        let response = Response::to(&exchange, &mut buf, status);
        let wire = writes(response.json_stream(&value).unwrap(), 9)
            .unwrap()
            .concat();
        let reply = read(&wire, method);
        assert_eq!(reply.framing, framing, "{method} {status:?}");
        if exchange.method() == Method::Head {
            assert_eq!(reply.values("content-length"), [len.to_string().as_bytes()]);
        }
        let mut buf = [0; 160];
        let rows = Response::to(&exchange, &mut buf, status)
            .array_stream(Python)
            .unwrap();
        let reply = read(&elements(rows, &value[..3], 0).unwrap(), method);
        assert!(reply.body.is_empty());
    }
}

#[test]
fn an_http_1_0_client_is_told_the_length_of_a_document() {
    let value: Vec<u32> = (0..200).collect();
    let exchange = exchange("GET", Version::Http10);
    let mut buf = [0; 200];
    let response = Response::to(&exchange, &mut buf, Status::OK);
    let wire = writes(response.json_stream(&value).unwrap(), 50)
        .unwrap()
        .concat();
    let reply = read(&wire, "GET");
    assert_eq!(reply.body, serde_json::to_vec(&value).unwrap());
    assert_eq!(reply.framing, Framing::Length(reply.body.len() as u64));
}

#[test]
fn what_is_wrong_at_the_end_is_an_error_and_closes() {
    let mut value = vec![1.0; 200];
    value.push(f64::NAN);
    let mut buf = [0; 160];
    let response = Response::to(&Exchange::GET, &mut buf, Status::OK);
    let mut transfer = response.json_stream(&value).unwrap();
    let error = loop {
        match transfer.step() {
            Ok(Step::Send { bytes, .. }) => {
                let n = bytes.len();
                transfer.sent(n);
            }
            Ok(Step::Done) => panic!("it is no JSON"),
            Err(error) => break error,
        }
    };
    assert_eq!(error, JsonError::NotFinite);
    assert!(transfer.closes());
    assert_eq!(transfer.step(), Err(error), "nothing more is sent");
    // What is wrong within the first piece is known before anything leaves.
    let mut buf = [0; 400];
    let response = Response::to(&Exchange::GET, &mut buf, Status::OK);
    let result = response.json_stream(&[f64::NAN]).map(|_| ());
    assert_eq!(result, Err(Error::Json(JsonError::NotFinite)));
}

fn drive<D: Dialect, T: Document<Dialect = D>>(
    piece: Result<Piece<'_, '_, D, T>, JsonError>,
    wire: &mut Vec<u8>,
) -> Result<(), JsonError> {
    let mut piece = piece?;
    while let Step::Send { bytes, .. } = piece.step()? {
        let n = bytes.len().min(11);
        wire.extend_from_slice(&bytes[..n]);
        piece.sent(n);
    }
    Ok(())
}

/// All of an array; every `flush`th element is flushed.
fn elements<T: Serialize>(
    mut elements: Elements<'_, Python>,
    values: &[T],
    flush: usize,
) -> Result<Vec<u8>, JsonError> {
    let mut wire = Vec::new();
    for (index, value) in values.iter().enumerate() {
        drive(elements.item(Python::of(value)), &mut wire)?;
        if flush > 0 && index % flush == 0 {
            drive(elements.flush(), &mut wire)?;
        }
    }
    drive(elements.end(), &mut wire)?;
    Ok(wire)
}

#[test]
fn elements_leave_through_every_buffer() {
    #[derive(Serialize)]
    struct Row<'t> {
        id: u32,
        text: &'t str,
    }

    let texts = [
        "",
        "short",
        "quite a bit longer than the buffers are at least",
        "\u{1}\"\u{e9}",
    ];
    let rows: Vec<Row> = (0..12)
        .map(|id| Row {
            id,
            text: texts[id as usize % 4],
        })
        .collect();
    for count in [0, 1, 2, 12] {
        let expected = serde_json::to_vec(&rows[..count]).unwrap();
        for room in HEAD..HEAD + 200 {
            for flush in [0, 1, 3] {
                let mut buf = vec![0xee; room];
                let array = Response::to(&Exchange::GET, &mut buf, Status::OK)
                    .array_stream(Python)
                    .unwrap();
                let wire = elements(array, &rows[..count], flush).unwrap();
                let reply = read(&wire, "GET");
                assert_eq!(reply.body, expected);
                assert_eq!(reply.framing, Framing::Chunked);
            }
        }
    }
}

#[test]
fn members_leave_in_an_object() {
    let mut buf = [0; 128];
    let mut object = Response::to(&Exchange::GET, &mut buf, Status::OK)
        .object_stream(Orjson)
        .unwrap();
    let mut wire = Vec::new();
    drive(object.member("na\"me", Orjson::of(&f64::NAN)), &mut wire).unwrap();
    drive(
        object.member("list", Orjson::by_hand(&[1, 2, 3])),
        &mut wire,
    )
    .unwrap();
    assert!(matches!(
        object.item(Orjson::of(&1)),
        Err(JsonError::Element)
    ));
    drive(object.end(), &mut wire).unwrap();
    assert_eq!(
        read(&wire, "GET").body,
        br#"{"na\"me":null,"list":[1,2,3]}"#
    );
    let mut buf = [0; 128];
    let mut object = Response::to(&Exchange::GET, &mut buf, Status::OK)
        .object_stream(Python)
        .unwrap();
    let mut wire = Vec::new();
    drive(object.end(), &mut wire).unwrap();
    assert_eq!(read(&wire, "GET").body, b"{}");
}

#[test]
fn an_element_that_is_left_half_sent_ends_it_all() {
    let mut buf = [0; 128];
    let mut array = Response::to(&Exchange::GET, &mut buf, Status::OK)
        .array_stream(Python)
        .unwrap();
    let long = "x".repeat(500);
    let mut piece = array.item(Python::of(&long)).unwrap();
    assert!(matches!(piece.step(), Ok(Step::Send { .. })));
    drop(piece);
    assert!(matches!(
        array.item(Python::of(&1)),
        Err(JsonError::Element)
    ));
    assert!(matches!(array.flush(), Err(JsonError::Element)));
    assert!(matches!(array.end(), Err(JsonError::Element)));
    // A value that is wrong, too.
    let mut buf = [0; 128];
    let mut array = Response::to(&Exchange::GET, &mut buf, Status::OK)
        .array_stream(Python)
        .unwrap();
    let mut wire = Vec::new();
    let result = drive(array.item(Python::of(&f64::NAN)), &mut wire);
    assert_eq!(result, Err(JsonError::NotFinite));
    assert!(array.closes());
    assert!(matches!(array.end(), Err(JsonError::Element)));
}

/// A text of one length when it is looked at first, and of another from then on.
struct Changing<'c> {
    looks: &'c Cell<u32>,
    first: &'c str,
    then: &'c str,
}

impl Serialize for Changing<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        self.looks.set(self.looks.get() + 1);
        serializer.serialize_str(match self.looks.get() {
            1 => self.first,
            _ => self.then,
        })
    }
}

#[test]
fn a_measured_document_that_changes_is_no_whole_reply() {
    // 9 and 10 bytes, with their quotes and without, have lengths of one and of two digits.
    let texts: Vec<String> = (0..90)
        .filter(|len| *len < 12 || size::takes(*len, 4))
        .map(|len| "y".repeat(len))
        .flat_map(|text| [text.clone() + "\u{e9}\u{e9}", text.clone() + "\u{1}", text])
        .collect();
    for (first, then) in texts
        .iter()
        .flat_map(|first| texts.iter().map(move |then| (first, then)))
    {
        for room in [81, 90, 97, 200] {
            let looks = Cell::new(0);
            let value = Changing {
                looks: &looks,
                first,
                then,
            };
            let mut buf = [0; 200];
            let response = Response::to(&Exchange::GET, &mut buf[..room], Status::OK);
            let Ok(mut transfer) = response.document_sized(Python::of(&value)) else {
                continue;
            };
            let mut wire = Vec::new();
            let result = loop {
                match transfer.step() {
                    Ok(Step::Send { bytes, .. }) => {
                        let n = bytes.len();
                        wire.extend_from_slice(bytes);
                        transfer.sent(n);
                    }
                    Ok(Step::Done) => break Ok(()),
                    Err(error) => break Err(error),
                }
            };
            let len = |text| Python::of(text).measure();
            if len(first) == len(then) {
                assert_eq!(result, Ok(()));
                read(&wire, "GET");
            } else {
                let told = [JsonError::LengthChanged, JsonError::TextChanged];
                assert!(result.is_err_and(|error| told.contains(&error)));
                assert!(transfer.closes());
                assert!(strict(&wire, "GET").is_err(), "{}", wire.escape_ascii());
            }
        }
    }
}

#[test]
fn the_first_mistake_is_told() {
    for version in [Version::Http10, Version::Http11] {
        let exchange = exchange("GET", version);
        let mut buf = [0; 300];
        let response = Response::to(&exchange, &mut buf, Status::OK).header("bad name", "x");
        let result = response.json_stream(&f64::NAN).map(|_| ());
        assert_eq!(result, Err(Error::HeaderName(Place::UNKNOWN)));
    }
}

#[test]
fn a_measured_document_that_fits_is_one_write() {
    for len in 0..60 {
        let value = "x".repeat(len);
        let mut buf = [0; 300];
        let response = Response::to(&Exchange::GET, &mut buf, Status::OK);
        let transfer = response.document_sized(Python::of(&value)).unwrap();
        assert_eq!(writes(transfer, usize::MAX).unwrap().len(), 1, "{len}");
    }
}

#[test]
fn what_went_wrong_stays_so() {
    let mut buf = [0; 128];
    let mut array = Response::to(&Exchange::GET, &mut buf, Status::OK)
        .array_stream(Python)
        .unwrap();
    let mut piece = array.item(Python::of(&f64::NAN)).unwrap();
    assert_eq!(piece.step(), Err(JsonError::NotFinite));
    assert_eq!(piece.step(), Err(JsonError::NotFinite));
    assert!(array.closes());
    assert!(matches!(
        array.item(Python::of(&1)),
        Err(JsonError::Element)
    ));
    // An element that was dropped may have left in part.
    let mut buf = [0; 128];
    let mut array = Response::to(&Exchange::GET, &mut buf, Status::OK)
        .array_stream(Python)
        .unwrap();
    drop(array.item(Python::of(&1)).unwrap());
    assert!(array.closes());
    // Behind the end is nothing.
    let mut buf = [0; 128];
    let mut array = Response::to(&Exchange::GET, &mut buf, Status::OK)
        .array_stream(Python)
        .unwrap();
    let mut wire = Vec::new();
    drive(array.end(), &mut wire).unwrap();
    assert!(!array.closes());
    assert!(matches!(
        array.item(Python::of(&1)),
        Err(JsonError::Element)
    ));
    assert!(matches!(array.end(), Err(JsonError::Element)));
}

#[test]
fn a_flush_before_the_first_element_sends_the_head() {
    let mut buf = [0; 128];
    let mut array = Response::to(&Exchange::GET, &mut buf, Status::OK)
        .array_stream(Python)
        .unwrap();
    let mut wire = Vec::new();
    drive(array.flush(), &mut wire).unwrap();
    assert_eq!(wire.len(), HEAD);
    drive(array.flush(), &mut wire).unwrap();
    assert_eq!(wire.len(), HEAD);
    drive(array.item(Python::of(&1)), &mut wire).unwrap();
    drive(array.end(), &mut wire).unwrap();
    assert_eq!(read(&wire, "GET").body, b"[1]");
}

/// Answers by path, over any transport.
struct App;

impl<T: Transport> Handler<T> for App {
    async fn handle(
        &self,
        request: &Request<'_>,
        responder: Responder<'_, T>,
    ) -> Result<Answered, Unanswered> {
        let numbers: Vec<u32> = (0..100).collect();
        match request.path() {
            "/text" => {
                let sent = responder
                    .send(|exchange, buf| Response::to(exchange, buf, Status::OK).text("text"));
                Ok(sent.await?)
            }
            "/stream" => {
                let sent = responder.document(|exchange, buf| {
                    Response::to(exchange, buf, Status::OK).json_stream(&numbers)
                });
                Ok(sent.await?)
            }
            "/sized" => {
                let sent = responder.document(|exchange, buf| {
                    Response::to(exchange, buf, Status::OK).document_sized(Python::of(&numbers))
                });
                Ok(sent.await?)
            }
            "/wrong" => {
                let mut wrong: Vec<f64> = numbers.iter().copied().map(f64::from).collect();
                wrong.push(f64::NAN);
                let sent = responder.document(|exchange, buf| {
                    Response::to(exchange, buf, Status::OK).json_stream(&wrong)
                });
                let error = sent.await.unwrap_err();
                assert!(matches!(error, SendError::Json(JsonError::NotFinite)));
                Err(error.into())
            }
            path => {
                let mut rows = responder
                    .elements(|exchange, buf| {
                        Response::to(exchange, buf, Status::OK).array_stream(Python)
                    })
                    .await?;
                if path == "/dropped" {
                    return Err(Unanswered::new());
                }
                for number in &numbers {
                    let number: ByHand<'_, u32, Python> = Python::by_hand(number);
                    rows.item(number).await?;
                    if path == "/half" && rows.flush().await.is_ok() {
                        return Err(Unanswered::new());
                    }
                }
                Ok(rows.end().await?)
            }
        }
    }
}

fn serve(script: &mut Script, reply: usize, polls: usize) -> Option<Closed> {
    let (mut request, mut reply) = (vec![0; 256], vec![0; reply]);
    let buffers = Buffers {
        request: &mut request,
        reply: &mut reply,
    };
    poll_times(
        serve_connection(script, &App, buffers, &Limits::new()),
        polls,
    )
    .map(Result::unwrap)
}

fn requests(paths: &[&str]) -> Vec<u8> {
    let request = |path: &&str| format!("GET {path} HTTP/1.1\r\nhost: x\r\n\r\n");
    paths.iter().map(request).collect::<String>().into_bytes()
}

#[test]
fn the_loop_sends_json_and_keeps_the_connection() {
    let numbers = serde_json::to_vec(&(0..100).collect::<Vec<u32>>()).unwrap();
    for reply in [120, 200, 1000] {
        for most in [1, 13, usize::MAX] {
            let paths = ["/text", "/stream", "/sized", "/rows", "/text"];
            let mut script = Script::new([requests(&paths)]).max_write(most);
            assert!(serve(&mut script, reply, 2).is_some());
            let wire = script.wire();
            let count = wire
                .windows(12)
                .filter(|bytes| *bytes == b"HTTP/1.1 200")
                .count();
            assert_eq!(count, paths.len());
            // The replies one by one: each begins where the last ended.
            let mut rest = &wire[..];
            for path in paths {
                let end = (1..=rest.len())
                    .find(|end| {
                        rest[*end..].is_empty() || rest[*end..].starts_with(b"HTTP/1.1 200")
                    })
                    .unwrap();
                let reply = read(&rest[..end], "GET");
                match path {
                    "/text" => assert_eq!(reply.body, b"text"),
                    _ => assert_eq!(reply.body, numbers, "{path}"),
                }
                rest = &rest[end..];
            }
        }
    }
}

#[test]
fn what_breaks_off_closes_and_what_has_not_begun_is_answered() {
    let mut script = Script::new([requests(&["/wrong", "/text"])]);
    assert_eq!(serve(&mut script, 160, 2), Some(Closed::Broken));
    assert!(strict(&script.wire(), "GET").is_err(), "no whole reply");

    let mut script = Script::new([requests(&["/half", "/text"])]);
    assert_eq!(serve(&mut script, 160, 2), Some(Closed::Broken));
    assert!(strict(&script.wire(), "GET").is_err(), "no whole reply");

    let mut script = Script::new([requests(&["/dropped", "/text"])]);
    assert!(serve(&mut script, 160, 2).is_some());
    assert_eq!(read(&script.wire(), "GET").status, 500);
}

/// Makes mistakes in values and elements, each handed on by `?`.
#[derive(Default)]
struct Mistaken {
    causes: RefCell<Vec<Cause>>,
}

impl Mistaken {
    async fn attempt<T: Transport>(
        path: &str,
        responder: Responder<'_, T>,
    ) -> Result<Answered, Unanswered> {
        let nan = Python::of(&f64::NAN);
        match path {
            "/item" => {
                let mut rows = responder.ok().array(Python).await?;
                rows.item(nan).await?;
                rows.end().await
            }
            "/item-of-object" => {
                let mut rows = responder.ok().object(Python).await?;
                rows.item(Python::of(&1)).await?;
                rows.end().await
            }
            "/member" => {
                let mut rows = responder.ok().object(Python).await?;
                rows.member("a", nan).await?;
                rows.end().await
            }
            "/closure" => {
                let sent = responder.elements(|exchange, buf| {
                    Response::to(exchange, buf, Status::OK).array_stream(Python)
                });
                let mut rows = sent.await?;
                rows.member("a", Python::of(&1)).await?;
                rows.end().await
            }
            _ => {
                let values = [0.0; 100];
                let mut values = values.to_vec();
                values.push(f64::NAN);
                let sent = responder.document(|exchange, buf| {
                    Response::to(exchange, buf, Status::OK).json_stream(&values)
                });
                Ok(sent.await?)
            }
        }
    }
}

impl<T: Transport> Handler<T> for Mistaken {
    async fn handle(
        &self,
        request: &Request<'_>,
        responder: Responder<'_, T>,
    ) -> Result<Answered, Unanswered> {
        let answer = Self::attempt(request.path(), responder).await;
        let cause = answer.as_ref().map_err(Unanswered::cause);
        self.causes.borrow_mut().push(cause.unwrap_err());
        answer
    }
}

#[test]
fn a_value_that_is_no_json_is_the_cause_whoever_hands_it_on() {
    for (path, want) in [
        ("/item", JsonError::NotFinite),
        ("/item-of-object", JsonError::Element),
        ("/member", JsonError::NotFinite),
        ("/closure", JsonError::Element),
        ("/document", JsonError::NotFinite),
    ] {
        let mistaken = Mistaken::default();
        let mut script = Script::new([requests(&[path])]);
        let (mut request, mut reply) = ([0; 256], [0; 160]);
        let buffers = Buffers {
            request: &mut request,
            reply: &mut reply,
        };
        let limits = Limits::new();
        let served = serve_connection(&mut script, &mistaken, buffers, &limits);
        assert!(poll_times(served, 2).is_some_and(|served| served.is_ok()));
        assert_eq!(*mistaken.causes.borrow(), [Cause::Json(want)], "{path}");
    }
}

#[test]
fn a_future_that_is_dropped_leaves_no_whole_reply() {
    let whole = {
        let mut script = Script::new([requests(&["/rows"])])
            .max_write(17)
            .hesitates();
        assert!(serve(&mut script, 120, 1000).is_some());
        script.wire()
    };
    for polls in 1.. {
        let mut script = Script::new([requests(&["/rows"])])
            .max_write(17)
            .hesitates();
        let closed = serve(&mut script, 120, polls);
        let wire = script.wire();
        assert!(whole.starts_with(&wire));
        if closed.is_some() {
            break;
        }
        assert!(wire.len() == whole.len() || strict(&wire, "GET").is_err());
    }
}

/// A value that fails behind a long text.
struct FailsLate;

impl Serialize for FailsLate {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        (vec!["long"; 400], f64::NAN).serialize(serializer)
    }
}

/// Arrays, one in another.
struct Nest(u8);

impl Serialize for Nest {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self.0.checked_sub(1) {
            None => serializer.serialize_unit(),
            Some(depth) => serializer.collect_seq([Nest(depth)]),
        }
    }
}

#[test]
fn what_cannot_be_filtered_is_an_error_before_the_first_byte_of_it() {
    let filter = Filter::new();
    let value = Python::of(&FailsLate).filtered(&filter);
    for len in 0..300 {
        let name = "n".repeat(len);
        let mut buf = [0; 256];
        let mut out = Vec::new();
        let response = Response::to(&Exchange::GET, &mut buf, Status::OK);
        let mut object = response.object_stream(Python).unwrap();
        let result = drive(object.member(&name, value), &mut out);
        assert_eq!(result, Err(JsonError::NotFinite));
        assert_eq!(out, b"", "{len}");
    }
    for depth in [MAX_DEPTH - 2, MAX_DEPTH - 1, MAX_DEPTH] {
        let nest = Nest(depth);
        let mut buf = [0; 128];
        let mut out = Vec::new();
        let response = Response::to(&Exchange::GET, &mut buf, Status::OK);
        let mut array = response.array_stream(Python).unwrap();
        let result = drive(array.item(Python::of(&nest).filtered(&filter)), &mut out);
        match depth < MAX_DEPTH {
            true => assert_eq!(result, Ok(())),
            false => {
                assert_eq!(result, Err(JsonError::Depth));
                assert_eq!(out, b"");
            }
        }
    }
    for len in 0..300 {
        let mut buf = vec![0; len];
        let response = Response::to(&Exchange::GET, &mut buf, Status::OK);
        match response.document_stream(value).map(|_| ()) {
            Err(Error::Overflow { .. }) => {}
            result => assert_eq!(result, Err(Error::Json(JsonError::NotFinite)), "{len}"),
        }
    }
}

#[test]
fn a_dialect_without_depth_has_no_arrays_and_no_objects() {
    let dialect = Shallow::<Python, 0>::new(Python);
    let mut buf = [0; 256];
    let array = Response::to(&Exchange::GET, &mut buf, Status::OK).array_stream(dialect);
    assert_eq!(array.unwrap_err(), Error::Json(JsonError::Depth));
    let object = Response::to(&Exchange::GET, &mut buf, Status::OK).object_stream(dialect);
    assert_eq!(object.unwrap_err(), Error::Json(JsonError::Depth));
    let dialect = Shallow::<Python, 1>::new(Python);
    let array = Response::to(&Exchange::GET, &mut buf, Status::OK).array_stream(dialect);
    assert!(array.is_ok());
}
