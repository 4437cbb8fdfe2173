//! The connection loop of `replywire-embedded`, over a transport that follows a script.

use conformance::script::{Script, poll_times};
use embedded_io_async::{ErrorType, Read, Write};
use replywire::request::{Exchange, Method, Refusal};
use replywire::{Error, HeaderName, Response, Status};
use replywire_embedded::{
    Answered, Buffers, Cause, Closed, ConnectionError, Handler, Limits, Request, Responder,
    SendError, Transport, Unanswered, error_pages, serve_connection,
};

/// Answers by path.
struct App;

impl<T: Transport> Handler<T> for App {
    async fn handle(
        &self,
        request: &Request<'_>,
        responder: Responder<'_, T>,
    ) -> Result<Answered, Unanswered> {
        match request.path() {
            "/fail" => Err(Unanswered::new()),
            "/gone" => Err(Refusal::of(Status::GONE).into()),
            "/gone-to" => Err(Refusal::of(Status::GONE)
                .header(HeaderName::LOCATION, "https://a.example/")
                .into()),
            "/method" => Err(Refusal::not_allowed(&[Method::Get]).into()),
            "/hints" => hints(responder).await,
            "/interim" => interim(responder).await,
            "/interim-transfer" => transfer_to(responder, Status::EARLY_HINTS).await,
            "/careless" => {
                let sent = responder
                    .send(|_, buf| Response::to(&Exchange::GET, buf, Status::OK).text("/careless"))
                    .await;
                Ok(sent?)
            }
            "/careless-stream" => {
                let sent = responder.transfer(
                    |_, buf| Response::to(&Exchange::GET, buf, Status::OK).stream(),
                    &b"measured"[..],
                );
                Ok(sent.await?)
            }
            "/scratch" => {
                let sent = responder.send(|exchange, buf| {
                    let (scratch, rest) = buf.split_at_mut(8);
                    scratch.copy_from_slice(b"SCRATCH!");
                    Response::to(exchange, rest, Status::OK).text("/a")
                });
                Ok(sent.await?)
            }
            "/json" => {
                let value = ["json", request.query().unwrap_or_default()];
                let sent = responder
                    .send(|exchange, buf| Response::to(exchange, buf, Status::OK).json(&value));
                Ok(sent.await?)
            }
            "/long" => transfer(responder, |response| response.sized_exactly(7)).await,
            "/read" => read(responder).await,
            "/short" => transfer(responder, |response| response.sized(9)).await,
            "/sized" => transfer(responder, |response| response.sized(8)).await,
            "/stream" => transfer(responder, |response| response.stream()).await,
            path => {
                let sent = responder
                    .send(|exchange, buf| Response::to(exchange, buf, Status::OK).text(path));
                Ok(sent.await?)
            }
        }
    }
}

async fn read<T: Transport>(mut responder: Responder<'_, T>) -> Result<Answered, Unanswered> {
    let mut content = Vec::new();
    let mut room = [0; 3];
    while let n @ 1.. = responder.read(&mut room).await? {
        content.extend_from_slice(&room[..n]);
    }
    let sent =
        responder.send(|exchange, buf| Response::to(exchange, buf, Status::OK).body(&content));
    Ok(sent.await?)
}

async fn transfer_to<T: Transport>(
    responder: Responder<'_, T>,
    status: Status,
) -> Result<Answered, Unanswered> {
    let sent = responder.transfer(
        |exchange, buf| Response::to(exchange, buf, status).sized(0),
        &b""[..],
    );
    Ok(sent.await?)
}

async fn transfer<T: Transport>(
    responder: Responder<'_, T>,
    end: impl Fn(Response<'_>) -> Result<replywire::body::Transfer<'_>, Error>,
) -> Result<Answered, Unanswered> {
    let sent = responder.transfer(
        |exchange, buf| end(Response::to(exchange, buf, Status::OK)),
        &b"measured"[..],
    );
    Ok(sent.await?)
}

async fn hints<T: Transport>(mut responder: Responder<'_, T>) -> Result<Answered, Unanswered> {
    responder
        .inform(|exchange, buf| {
            Response::to(exchange, buf, Status::EARLY_HINTS)
                .header("link", "</a>")
                .empty()
        })
        .await?;
    let sent =
        responder.send(|exchange, buf| Response::to(exchange, buf, Status::OK).text("/hints"));
    Ok(sent.await?)
}

async fn interim<T: Transport>(responder: Responder<'_, T>) -> Result<Answered, Unanswered> {
    let sent = responder
        .send(|exchange, buf| Response::to(exchange, buf, Status::EARLY_HINTS).empty())
        .await;
    assert!(matches!(sent, Err(SendError::Reply(Error::InterimStatus))));
    Err(Unanswered::new())
}

type Outcome = Result<Closed, ConnectionError<std::convert::Infallible>>;

async fn serve(script: &mut Script, request: usize, reply: usize) -> Outcome {
    let (mut request, mut reply) = (vec![0; request], vec![0; reply]);
    let buffers = Buffers {
        request: &mut request,
        reply: &mut reply,
    };
    serve_connection(
        script,
        &App,
        buffers,
        &Limits::new().headers::<4>().drain(16),
    )
    .await
}

/// Serves to the end; a transport that never waits needs no more than one poll.
fn run(script: &mut Script) -> Outcome {
    poll_times(serve(script, 256, 256), 1).expect("no wait")
}

fn answer(input: &str) -> (String, Outcome) {
    let mut script = Script::new([input]);
    let outcome = run(&mut script);
    (String::from_utf8(script.wire()).unwrap(), outcome)
}

const TEXT: &str = "HTTP/1.1 200 OK\r\ncontent-type: text/plain; charset=utf-8\r\n\
                    content-length: 2\r\n\r\n/a";
const JSON: &str = "HTTP/1.1 200 OK\r\ncontent-type: application/json\r\n\
                    content-length: 13\r\n\r\n[\"json\",\"b\"]";

#[test]
fn one_reply_is_one_write() {
    for (path, want) in [
        ("/a", TEXT),
        (
            "/json?b",
            "HTTP/1.1 200 OK\r\ncontent-type: application/json\r\n\
             content-length: 12\r\n\r\n[\"json\",\"b\"]",
        ),
        (
            "/sized",
            "HTTP/1.1 200 OK\r\ncontent-length: 8\r\n\r\nmeasured",
        ),
    ] {
        let mut script = Script::new([format!("GET {path} HTTP/1.1\r\nhost: x\r\n\r\n")]);
        assert_eq!(run(&mut script), Ok(Closed::Peer));
        assert_eq!(script.writes, [want.as_bytes()]);
    }
}

#[test]
fn replies_to_requests_that_arrive_together_leave_together() {
    let mut script = Script::new(["GET /a HTTP/1.1\r\nhost: x\r\n\r\n\
         GET /json?b HTTP/1.1\r\nhost: x\r\n\r\n\
         \r\nGET /a HTTP/1.1\r\nhost: x\r\n\r\n"]);
    let served = poll_times(serve(&mut script, 256, 1024), 1);
    assert_eq!(served, Some(Ok(Closed::Peer)));
    let json = JSON.replace("13", "12");
    assert_eq!(script.writes, [[TEXT, &json, TEXT].concat().as_bytes()]);
}

#[test]
fn pipelined_replies_that_do_not_fit_together_leave_in_order() {
    let mut input = String::new();
    let mut want = String::new();
    for _ in 0..20 {
        input += "GET /a HTTP/1.1\r\nhost: x\r\n\r\n";
        want += TEXT;
    }
    for reply in TEXT.len()..13 * TEXT.len() {
        let mut script = Script::new([&input]);
        assert_eq!(
            poll_times(serve(&mut script, 1024, reply), 1),
            Some(Ok(Closed::Peer))
        );
        assert_eq!(String::from_utf8(script.wire()).unwrap(), want);
        // As many as leave the next one three quarters of the buffer, and that.
        let each = reply / 4 / TEXT.len() + 1;
        assert_eq!(script.writes.len(), 20usize.div_ceil(each));
    }
}

/// Requests of every kind on one connection, and what answers them.
const MIXED: (&str, &str) = (
    "POST /read HTTP/1.1\r\nHost: x\r\nContent-Length: 5\r\n\r\nhello\
     POST /read HTTP/1.1\r\nhost: x\r\ntransfer-encoding: chunked\r\n\r\n\
     4;x=y\r\nwire\r\n1\r\n!\r\n0\r\nt: u\r\n\r\n\
     HEAD /a HTTP/1.1\r\nhost: x\r\n\r\n\
     POST /a HTTP/1.1\r\nhost: x\r\ncontent-length: 4\r\n\r\nlost\
     GET /stream HTTP/1.1\r\nhost: x\r\n\r\n\
     GET /a HTTP/1.0\r\n\r\n",
    "HTTP/1.1 200 OK\r\ncontent-length: 5\r\n\r\nhello\
     HTTP/1.1 200 OK\r\ncontent-length: 5\r\n\r\nwire!\
     HTTP/1.1 200 OK\r\ncontent-type: text/plain; charset=utf-8\r\ncontent-length: 2\r\n\r\n\
     HTTP/1.1 200 OK\r\ncontent-type: text/plain; charset=utf-8\r\ncontent-length: 2\r\n\r\n/a\
     HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n8\r\nmeasured\r\n0\r\n\r\n\
     HTTP/1.1 200 OK\r\ncontent-type: text/plain; charset=utf-8\r\nconnection: close\r\n\
     content-length: 2\r\n\r\n/a",
);

#[test]
fn requests_are_answered_the_same_at_every_split_and_every_size_of_write() {
    let (input, want) = MIXED;
    for split in 0..=input.len() {
        let (first, second) = input.split_at(split);
        let mut script = Script::new([first, second]).max_write(1 + split % 40);
        assert_eq!(run(&mut script), Ok(Closed::Server));
        assert_eq!(
            String::from_utf8(script.wire()).unwrap(),
            want,
            "split at {split}"
        );
    }
    let mut bytes = Script::new(input.as_bytes().iter().map(|byte| [*byte]));
    assert_eq!(run(&mut bytes), Ok(Closed::Server));
    assert_eq!(String::from_utf8(bytes.wire()).unwrap(), want);
}

#[test]
fn a_future_dropped_at_any_await_has_written_a_prefix() {
    let (input, want) = MIXED;
    let script = Script::new(input.as_bytes().chunks(7))
        .max_write(50)
        .hesitates();
    for polls in 0.. {
        let mut script = script.clone();
        let outcome = poll_times(serve(&mut script, 256, 256), polls);
        assert!(want.as_bytes().starts_with(&script.wire()));
        if let Some(outcome) = outcome {
            assert_eq!(outcome, Ok(Closed::Server));
            assert_eq!(script.wire(), want.as_bytes());
            return;
        }
    }
}

#[test]
fn a_request_that_two_recipients_could_read_differently_is_refused() {
    for (status, head) in [
        (
            "400 Bad Request",
            "GET / HTTP/1.1\r\nhost: x\r\ncontent-length: 1\r\ntransfer-encoding: chunked\r\n\r\n",
        ),
        (
            "400 Bad Request",
            "GET / HTTP/1.1\r\nhost: x\r\ncontent-length: 1\r\ncontent-length: 2\r\n\r\n",
        ),
        (
            "400 Bad Request",
            "GET / HTTP/1.1\r\nhost: x\r\ncontent-length: 1, 1\r\n\r\n",
        ),
        (
            "400 Bad Request",
            "GET / HTTP/1.1\r\nhost: x\r\ncontent-length: 0x1\r\n\r\n",
        ),
        (
            "400 Bad Request",
            "GET / HTTP/1.1\r\nhost: x\r\ntransfer-encoding: chunked, x\r\n\r\n",
        ),
        (
            "400 Bad Request",
            "GET / HTTP/1.1\r\nhost: x\r\ncontent-length : 1\r\n\r\n",
        ),
        (
            "400 Bad Request",
            "GET / HTTP/1.1\r\nhost: x\r\na: b\r\n c\r\n\r\n",
        ),
        (
            "400 Bad Request",
            "GET / HTTP/1.1\r\nhost: x\r\na: b\rc\r\n\r\n",
        ),
        ("400 Bad Request", "GET / HTTP/1.1\r\nhost: x\r\na: b\n\r\n"),
        ("400 Bad Request", "GET / HTTP/1.1\nhost: x\n\n"),
        (
            "400 Bad Request",
            "GET / HTTP/1.1\r\nhost: x\r\na: \0\r\n\r\n",
        ),
        (
            "400 Bad Request",
            "GET / HTTP/1.1\r\nhost: x\r\n: b\r\n\r\n",
        ),
        ("400 Bad Request", "GET / HTTP/1.1\r\n\r\n"),
        (
            "400 Bad Request",
            "GET / HTTP/1.1\r\nhost: x\r\nhost: x\r\n\r\n",
        ),
        (
            "400 Bad Request",
            "GET / HTTP/1.0\r\ntransfer-encoding: chunked\r\n\r\n",
        ),
        ("400 Bad Request", "GET  / HTTP/1.1\r\nhost: x\r\n\r\n"),
        ("400 Bad Request", "nonsense\r\n\r\n"),
        (
            "417 Expectation Failed",
            "GET / HTTP/1.1\r\nhost: x\r\nexpect: tea\r\n\r\n",
        ),
        (
            "431 Request Header Fields Too Large",
            "GET / HTTP/1.1\r\nhost: x\r\na: b\r\na: b\r\na: b\r\na: b\r\n\r\n",
        ),
        (
            "501 Not Implemented",
            "GET / HTTP/1.1\r\nhost: x\r\ntransfer-encoding: gzip, chunked\r\n\r\n",
        ),
        (
            "505 HTTP Version Not Supported",
            "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n",
        ),
    ] {
        let smuggled = "GET /smuggled HTTP/1.1\r\nhost: x\r\n\r\n";
        let (wire, outcome) = answer(&format!("{head}{smuggled}"));
        let reason = &status[4..];
        let want = format!(
            "HTTP/1.1 {status}\r\ncontent-type: text/plain; charset=utf-8\r\n\
             connection: close\r\ncontent-length: {}\r\n\r\n{reason}",
            reason.len()
        );
        assert_eq!(wire, want, "{head:?}");
        assert_eq!(outcome, Ok(Closed::Server));
    }
}

#[test]
fn a_head_longer_than_its_buffer_is_refused() {
    let (wire, outcome) = answer(&format!("GET /{} HTTP/1.1\r\n", "a".repeat(300)));
    assert!(wire.starts_with("HTTP/1.1 414 URI Too Long\r\n"), "{wire}");
    assert_eq!(outcome, Ok(Closed::Server));
    let (wire, _) = answer(&format!(
        "GET / HTTP/1.1\r\nhost: x\r\na: {}\r\n\r\n",
        "a".repeat(300)
    ));
    assert!(
        wire.starts_with("HTTP/1.1 431 Request Header Fields Too Large\r\n"),
        "{wire}"
    );
}

#[test]
fn a_peer_that_leaves_in_a_head_is_not_answered() {
    let head = "GET /a HTTP/1.1\r\nhost: x\r\n\r\n";
    for cut in 0..head.len() {
        assert_eq!(answer(&head[..cut]), (String::new(), Ok(Closed::Peer)));
    }
}

#[test]
fn unread_content_is_dropped_up_to_the_limit_and_beyond_it_the_reply_says_close() {
    let next = "GET /a HTTP/1.1\r\nhost: x\r\n\r\n";
    let closing = TEXT.replace("content-length", "connection: close\r\ncontent-length");
    for len in 0..40 {
        let content = "x".repeat(len);
        let head = format!("POST /a HTTP/1.1\r\nhost: x\r\ncontent-length: {len}\r\n\r\n");
        // The content comes after its head, so none of it has been read when the reply is made.
        let mut script = Script::new([&head, &content, next]);
        let outcome = run(&mut script);
        let wire = String::from_utf8(script.wire()).unwrap();
        match len {
            0..=16 => assert_eq!((wire, outcome), (TEXT.repeat(2), Ok(Closed::Peer))),
            _ => assert_eq!((wire, outcome), (closing.clone(), Ok(Closed::Server))),
        }
    }
}

#[test]
fn a_client_that_waits_for_100_continue_gets_it_when_the_content_is_read() {
    let head = |path| {
        format!(
            "POST {path} HTTP/1.1\r\nhost: x\r\ncontent-length: 2\r\nexpect: 100-Continue\r\n\r\n"
        )
    };
    let mut script = Script::new([head("/read").as_str(), "hi"]);
    assert_eq!(run(&mut script), Ok(Closed::Peer));
    assert_eq!(
        script.writes,
        [
            &b"HTTP/1.1 100 Continue\r\n\r\n"[..],
            b"HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\nhi"
        ]
    );
    let (wire, outcome) = answer(&head("/a"));
    assert_eq!(
        wire,
        TEXT.replace("content-length", "connection: close\r\ncontent-length")
    );
    assert_eq!(outcome, Ok(Closed::Server));
}

#[test]
fn malformed_content_is_answered_400_and_ends_the_connection() {
    let head = "POST /read HTTP/1.1\r\nhost: x\r\ntransfer-encoding: chunked\r\n\r\n";
    for content in ["x\r\n", "1\r\nab\r\n", "2\r\na"] {
        let (wire, outcome) = answer(&format!("{head}{content}"));
        assert!(wire.starts_with("HTTP/1.1 400 Bad Request\r\n"), "{wire}");
        assert!(wire.contains("connection: close\r\n"));
        assert_eq!(outcome, Ok(Closed::Server));
    }
}

#[test]
fn a_request_that_a_handler_refuses_has_its_status_and_is_the_last_where_no_one_observes() {
    let gone = "GET /gone HTTP/1.1\r\nhost: x\r\n\r\n";
    let (wire, outcome) = answer(&format!("{gone}GET /a HTTP/1.1\r\nhost: x\r\n\r\n"));
    let head = "HTTP/1.1 410 Gone\r\ncontent-type: text/plain; charset=utf-8\r\n\
                connection: close\r\ncontent-length: 4\r\n\r\n";
    assert_eq!(wire, format!("{head}Gone"));
    assert_eq!(outcome, Ok(Closed::Server));
}

#[test]
fn a_status_as_an_error_is_the_refusal_with_it() {
    for status in (100..=999).filter_map(Status::new) {
        let failure = Unanswered::from(status);
        assert_eq!(failure.cause(), Cause::Refused(Refusal::of(status)));
        // What refuses nothing is told all the same.
        let is_held = matches!(status.code(), 400..=599);
        assert_eq!(failure.error().is_none(), is_held, "{status}");
    }
    let failure = Unanswered::from(Status::OK);
    assert_eq!(failure.to_string(), "request refused: 200 OK");
}

#[test]
fn a_refusal_that_answers_options_does_so_on_a_connection_that_closes() {
    let (wire, outcome) = answer("OPTIONS /method HTTP/1.1\r\nhost: x\r\n\r\n");
    assert_eq!(
        wire,
        "HTTP/1.1 204 No Content\r\nallow: GET, HEAD, OPTIONS\r\nconnection: close\r\n\r\n"
    );
    assert_eq!(outcome, Ok(Closed::Server));
    let (wire, _) = answer("HEAD /method HTTP/1.1\r\nhost: x\r\n\r\n");
    assert_eq!(
        wire,
        "HTTP/1.1 405 Method Not Allowed\r\nallow: GET, HEAD, OPTIONS\r\n\
         content-type: text/plain; charset=utf-8\r\nconnection: close\r\n\
         content-length: 18\r\n\r\n"
    );
}

#[test]
fn a_page_without_room_for_the_line_of_its_refusal_goes_without() {
    let page = |line: &str| {
        format!(
            "HTTP/1.1 410 Gone\r\n{line}content-type: text/plain; charset=utf-8\r\n\
             connection: close\r\ncontent-length: 4\r\n\r\nGone"
        )
    };
    let pages = [
        "".to_owned(),
        page(""),
        page("location: https://a.example/\r\n"),
    ];
    let mut seen = vec![String::new()];
    for reply in 0..256 {
        let mut script = Script::new(["GET /gone-to HTTP/1.1\r\nhost: x\r\n\r\n"]);
        let served = poll_times(serve(&mut script, 512, reply), 1);
        assert!(served.is_some(), "{reply}");
        seen.push(String::from_utf8(script.wire()).unwrap());
    }
    seen.dedup();
    assert_eq!(seen, pages);
}

/// A transport that is told what becomes of requests.
struct Observing(Script);

impl ErrorType for Observing {
    type Error = std::convert::Infallible;
}

impl Read for Observing {
    async fn read(&mut self, buf: &mut [u8]) -> Result<usize, Self::Error> {
        self.0.read(buf).await
    }
}

impl Write for Observing {
    async fn write(&mut self, bytes: &[u8]) -> Result<usize, Self::Error> {
        self.0.write(bytes).await
    }

    async fn flush(&mut self) -> Result<(), Self::Error> {
        self.0.flush().await
    }
}

impl Transport for Observing {
    const OBSERVES: bool = true;
}

#[test]
fn after_a_page_that_says_close_nothing_is_answered() {
    for closes in [false, true] {
        let input = "GET /gone HTTP/1.1\r\nhost: x\r\n\r\nGET /a HTTP/1.1\r\nhost: x\r\n\r\n";
        let mut observing = Observing(Script::new([input]));
        let (mut request, mut reply) = ([0; 256], [0; 256]);
        let buffers = Buffers {
            request: &mut request,
            reply: &mut reply,
        };
        let handler = error_pages(App, |_, _, response| match closes {
            true => response.close().empty(),
            false => response.empty(),
        });
        let limits = Limits::new().headers::<4>();
        let served = serve_connection(&mut observing, &handler, buffers, &limits);
        let outcome = poll_times(served, 1).expect("no wait");
        let wire = String::from_utf8(observing.0.wire()).unwrap();
        let want = match closes {
            true => (
                "HTTP/1.1 410 Gone\r\nconnection: close\r\ncontent-length: 0\r\n\r\n",
                "",
            ),
            false => ("HTTP/1.1 410 Gone\r\ncontent-length: 0\r\n\r\n", TEXT),
        };
        assert_eq!(wire, format!("{}{}", want.0, want.1));
        let ends = if closes { Closed::Server } else { Closed::Peer };
        assert_eq!(outcome, Ok(ends));
    }
}

#[test]
fn a_handler_that_fails_is_answered_for_and_the_connection_closes() {
    let head = "HTTP/1.1 500 Internal Server Error\r\n\
                content-type: text/plain; charset=utf-8\r\nconnection: close\r\n\
                content-length: 21\r\n\r\n";
    for path in ["/fail", "/interim", "/interim-transfer", "/long"] {
        let (wire, outcome) = answer(&format!("GET {path} HTTP/1.1\r\nhost: x\r\n\r\n"));
        assert_eq!(wire, format!("{head}Internal Server Error"), "{path}");
        assert_eq!(outcome, Ok(Closed::Server));
        let (wire, _) = answer(&format!("HEAD {path} HTTP/1.1\r\nhost: x\r\n\r\n"));
        if path != "/long" {
            assert_eq!(wire, head, "{path}");
        }
    }
    // A reply that the buffer cannot hold is such a failure.
    let long = format!("GET /{} HTTP/1.1\r\nhost: x\r\n\r\n", "a".repeat(200));
    assert!(answer(&long).0.starts_with("HTTP/1.1 500 "));
}

#[test]
fn a_body_that_ends_early_breaks_the_connection_and_is_never_passed_off_as_whole() {
    let (wire, outcome) = answer(
        "GET /short HTTP/1.1\r\nhost: x\r\n\r\n\
         GET /a HTTP/1.1\r\nhost: x\r\n\r\n",
    );
    assert_eq!(wire, "HTTP/1.1 200 OK\r\ncontent-length: 9\r\n\r\nmeasured");
    assert_eq!(outcome, Ok(Closed::Broken));
}

#[test]
fn a_connection_that_takes_no_bytes_is_an_error() {
    let mut script = Script::new(["GET /a HTTP/1.1\r\nhost: x\r\n\r\n"]).max_write(0);
    assert_eq!(run(&mut script), Err(ConnectionError::WriteZero));
}

#[test]
fn a_reply_made_for_another_exchange_is_not_sent() {
    for (request, careful) in [
        ("GET /careless HTTP/1.1\r\nhost: x\r\n\r\n", true),
        ("POST /careless HTTP/1.1\r\nhost: x\r\n\r\n", true),
        ("HEAD /careless HTTP/1.1\r\nhost: x\r\n\r\n", false),
        ("GET /careless HTTP/1.0\r\n\r\n", false),
        (
            "GET /careless HTTP/1.1\r\nhost: x\r\nconnection: close\r\n\r\n",
            false,
        ),
        ("GET /careless-stream HTTP/1.0\r\n\r\n", false),
    ] {
        let (wire, outcome) = answer(request);
        match careful {
            true => assert!(wire.starts_with("HTTP/1.1 200 OK\r\n"), "{request}"),
            false => {
                assert!(
                    wire.starts_with("HTTP/1.1 500 Internal Server Error\r\n"),
                    "{request}"
                );
                assert_eq!(outcome, Ok(Closed::Server));
            }
        }
        assert!(!wire.contains("chunked"));
    }
}

#[test]
fn a_reply_may_be_written_to_a_part_of_the_buffer() {
    let requests = ["GET /scratch HTTP/1.1\r\nhost: x\r\n\r\n"; 2].concat();
    assert_eq!(answer(&requests), (TEXT.repeat(2), Ok(Closed::Peer)));
}

#[test]
fn where_a_request_lies_in_the_buffer_makes_no_difference() {
    let chunked = "POST /read HTTP/1.1\r\nhost: x\r\ntransfer-encoding: chunked\r\n\r\n\
                   5\r\nhello\r\n0\r\n\r\n";
    let sized = "POST /read HTTP/1.1\r\nhost: x\r\ncontent-length: 5\r\n\r\nhello";
    let unread = "POST /a HTTP/1.1\r\nhost: x\r\ncontent-length: 5\r\n\r\nhello";
    let read = "HTTP/1.1 200 OK\r\ncontent-length: 5\r\n\r\nhello";
    for (request, want) in [(chunked, read), (sized, read), (unread, TEXT)] {
        for padding in 0..230 {
            let before = format!("GET /a HTTP/1.1\r\nhost: {}\r\n\r\n", "x".repeat(padding));
            let (wire, outcome) = answer(&format!("{before}{request}"));
            assert_eq!(wire, [TEXT, want].concat(), "{padding}");
            assert_eq!(outcome, Ok(Closed::Peer));
        }
    }
}

#[test]
fn a_head_that_fills_its_buffer_leaves_its_content_readable() {
    let head = "POST /read HTTP/1.1\r\ncontent-length: 5\r\nhost: ";
    for room in 0..4 {
        let padding = "x".repeat(256 - head.len() - 4 - room);
        let (wire, outcome) = answer(&format!("{head}{padding}\r\n\r\nhello"));
        assert_eq!(wire, "HTTP/1.1 200 OK\r\ncontent-length: 5\r\n\r\nhello");
        assert_eq!(outcome, Ok(Closed::Peer));
    }
}

#[test]
fn a_connection_closes_behind_the_answer_to_connect() {
    let (wire, outcome) =
        answer("CONNECT x:1 HTTP/1.1\r\nhost: x\r\n\r\nGET /a HTTP/1.1\r\nhost: x\r\n\r\n");
    assert_eq!(
        wire,
        "HTTP/1.1 200 OK\r\ncontent-type: text/plain; charset=utf-8\r\nconnection: close\r\n\r\n"
    );
    assert_eq!(outcome, Ok(Closed::Server));
}

#[test]
fn a_target_in_absolute_form_has_the_path_behind_its_authority() {
    for (target, want) in [("http://x/a?b://c", TEXT), ("http://x:80/a", TEXT)] {
        let (wire, _) = answer(&format!("GET {target} HTTP/1.1\r\nhost: x\r\n\r\n"));
        assert_eq!(wire, want);
    }
    let (wire, _) = answer("GET http://x?/a HTTP/1.1\r\nhost: x\r\n\r\n");
    assert!(wire.ends_with("\r\n\r\n/"), "{wire}");
}

#[test]
fn only_the_final_reply_says_that_the_connection_closes() {
    for (head, hints, close) in [
        ("GET /hints HTTP/1.1\r\nhost: a\r\n", true, ""),
        (
            "HEAD /hints HTTP/1.1\r\nhost: a\r\nconnection: close\r\n",
            true,
            "connection: close\r\n",
        ),
        ("GET /hints HTTP/1.0\r\n", false, "connection: close\r\n"),
    ] {
        let (wire, _) = answer(&format!("{head}\r\n"));
        let hints = match hints {
            true => "HTTP/1.1 103 Early Hints\r\nlink: </a>\r\n\r\n",
            false => "",
        };
        let body = match head.starts_with("HEAD") {
            true => "",
            false => "/hints",
        };
        assert_eq!(
            wire,
            format!(
                "{hints}HTTP/1.1 200 OK\r\ncontent-type: text/plain; charset=utf-8\r\n\
                 {close}content-length: 6\r\n\r\n{body}"
            )
        );
    }
}

#[test]
fn only_a_request_line_with_another_version_is_answered_505() {
    for (status, line) in [
        ("505 HTTP Version Not Supported", "GET / HTTP/2.0"),
        ("505 HTTP Version Not Supported", "GET / HTTP/1.2"),
        ("505 HTTP Version Not Supported", "GET / HTTP/0.9"),
        ("400 Bad Request", "GET /a b HTTP/1.1"),
        ("400 Bad Request", "GET / HTTP/2.0 b"),
        ("400 Bad Request", "GET / HTTP/2"),
        ("400 Bad Request", "GET / HTTP/1.10"),
        ("400 Bad Request", "GET / http/1.1"),
        ("400 Bad Request", "GET / HTTP/x.1"),
        ("400 Bad Request", "GET / FTP/1.1"),
        ("400 Bad Request", "GET / "),
        ("400 Bad Request", "GET /"),
    ] {
        let (wire, outcome) = answer(&format!("{line}\r\nhost: x\r\n\r\n"));
        let start = format!("HTTP/1.1 {status}\r\n");
        assert!(wire.starts_with(&start), "{line:?}: {wire}");
        assert_eq!(outcome, Ok(Closed::Server));
    }
}
