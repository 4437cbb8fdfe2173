//! Replies that are not lost.

use std::io;
use std::time::{Duration, Instant};

use replywire_std::{Config, Rate};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

use super::{
    Served, WHOLE_LEN, assert_reset, at_once, cases, get, head, ms, pause, post, read_body, rest,
    start, start_with,
};
use crate::served::{CLOSING, FAILED, KEPT, Runtime, TIMED_OUT, read_to, reply, within};

cases! {
    a_reply_that_is_read_slowly_arrives_whole
    a_reply_that_is_read_below_the_least_rate_is_cut
    content_below_the_least_rate_is_cut
    the_least_rate_is_not_that_of_a_source_or_a_handler
    a_whole_reply_arrives_whole_whatever_the_peer_sends_next
    a_whole_reply_arrives_whole_when_its_connection_ends
    what_is_sent_after_a_whole_reply_does_not_destroy_it
    a_whole_reply_outlives_a_panic_after_it
    what_is_finished_leaves_before_a_handler_waits
    a_panic_after_half_of_a_reply_is_a_reset
    a_panic_while_content_is_read_is_answered_for
    a_finite_stream_arrives_whole_after_its_peer_has_half_closed
    a_handler_answers_a_peer_that_has_half_closed_and_ends_after_a_while
    content_that_ends_with_the_connection_is_refused
    content_that_stops_is_told
    a_handler_may_answer_after_its_content_has_failed
    a_connection_that_sends_nothing_ends_silently
    a_client_that_sends_slowly_for_long_can_read_the_last_reply
    lingering_has_a_limit
}

const BAD: &str = "HTTP/1.1 400 Bad Request\r\ncontent-type: text/plain; charset=utf-8\r\n\
                   connection: close\r\ncontent-length: 11\r\n\r\nBad Request";

/// No peer of these tests is as fast.
const FAST: Option<Rate> = Some(Rate::new(4 << 20).grace(Duration::from_millis(200)));

async fn a_reply_that_is_read_slowly_arrives_whole<R: Runtime>() {
    let server = start_with::<R>(|config| config.timeouts.write = Some(ms(4000)));
    let read = async |path| {
        let mut stream = server.sent_narrow(get(path, ""), 16 << 10).await;
        head(&mut stream).await;
        // Longer than a write may take, by less than what is there in it.
        let slowly = 52;
        for part in 0..slowly {
            read_body(&mut stream, part * 1500, 1500).await;
            pause(100).await;
        }
        read_body(&mut stream, slowly * 1500, WHOLE_LEN - slowly * 1500).await;
        if path == "/whole" {
            stream.write_all(get("/a", "").as_bytes()).await.unwrap();
            assert_eq!(reply(&mut stream).await, KEPT);
        }
    };
    at_once(["/whole", "/file"].map(read)).await;
    server.stop().await;
}

async fn a_reply_that_is_read_below_the_least_rate_is_cut<R: Runtime>() {
    let server = start_with::<R>(|config| config.timeouts.rate = FAST);
    let cut = async |path| {
        let mut stream = server.sent_narrow(get(path, ""), NARROW).await;
        let mut room = [0; 1 << 12];
        let read = async {
            loop {
                match stream.read(&mut room).await {
                    Ok(n) => assert!(n > 0, "{path} has ended"),
                    Err(error) => return error.kind(),
                }
                pause(20).await;
            }
        };
        assert_eq!(within(read).await, io::ErrorKind::ConnectionReset, "{path}");
    };
    at_once(["/whole", "/file"].map(cut)).await;
    server.stop().await;
}

async fn content_below_the_least_rate_is_cut<R: Runtime>() {
    let server = start_with::<R>(|config| config.timeouts.rate = FAST);
    let mut stream = server.sent(post("/read", 1000, "")).await;
    let (mut from, mut to) = stream.split();
    let send = async {
        while to.write_all(b"x").await.is_ok() {
            pause(20).await;
        }
    };
    tokio::select! {
        reply = rest(&mut from) => assert_eq!(reply, TIMED_OUT),
        () = send => panic!("it was closed before it was read"),
    }
    drop(stream);
    server.stop().await;
}

async fn the_least_rate_is_not_that_of_a_source_or_a_handler<R: Runtime>() {
    let server = start_with::<R>(|config| config.timeouts.rate = FAST);
    let mut stream = server.sent(get("/three", "")).await;
    head(&mut stream).await;
    for _ in 0..3 {
        server.waits().await;
        pause(300).await;
        server.signs.go_on.notify_one();
    }
    assert_eq!(read_to(&mut stream, "0\r\n\r\n").await, three_events());
    for request in [get("/wait", ""), post("/read-wait", 2, "ab")] {
        stream.write_all(request.as_bytes()).await.unwrap();
        server.waits().await;
        pause(300).await;
        server.signs.go_on.notify_one();
        assert_eq!(reply(&mut stream).await, KEPT);
    }
    drop(stream);
    server.stop().await;
}

/// The room for what comes that a client asks for.
const NARROW: u32 = 32 << 10;

/// The last bytes of a reply, of which some are neither read nor sent.
const TAIL: u64 = 56 << 10;

/// A connection that has read all but the tail of `/whole`.
async fn before_tail(server: &Served, request: &str) -> TcpStream {
    let mut stream = server.sent_narrow(request, NARROW).await;
    head(&mut stream).await;
    read_body(&mut stream, 0, WHOLE_LEN - TAIL).await;
    // The rest of the reply is written now, and what comes next can happen.
    pause(100).await;
    stream
}

/// Reads the tail, and what is after it.
async fn after_tail(stream: &mut TcpStream) -> String {
    read_body(stream, WHOLE_LEN - TAIL, TAIL).await;
    rest(stream).await
}

fn short(config: &mut Config) {
    config.timeouts.head = Some(ms(200));
    config.timeouts.idle = Some(ms(200));
    config.timeouts.content = Some(ms(200));
}

async fn a_whole_reply_arrives_whole_whatever_the_peer_sends_next<R: Runtime>() {
    let server = start_with::<R>(short);
    let next = |next: &str| get("/whole", "") + next;
    let cases = [
        (next(""), ""),
        (next("GE"), TIMED_OUT),
        (next("GET / HTTP/1.1\r\nho"), TIMED_OUT),
        (next("\r\n"), TIMED_OUT),
        (next("no head\r\n\r\n"), BAD),
        (next(&post("/read", 10, "abc")), TIMED_OUT),
        (next(&get("/panic", "")), FAILED),
        (post("/whole", 1000, "abc"), ""),
        (post("/whole", 1 << 30, "abc"), ""),
    ];
    let whole = async |(request, then): (String, &str)| {
        let mut stream = before_tail(&server, &request).await;
        pause(500).await;
        assert_eq!(after_tail(&mut stream).await, then, "{request:?}");
    };
    at_once(cases.map(whole)).await;
    server.stop().await;
}

async fn a_whole_reply_arrives_whole_when_its_connection_ends<R: Runtime>() {
    let shut_down = async |request: String| {
        let server = start_with::<R>(|config| config.grace = ms(200));
        let mut stream = before_tail(&server, &request).await;
        within(server.stopping()).await.unwrap();
        assert_eq!(after_tail(&mut stream).await, "", "{request:?}");
    };
    at_once([get("/whole", ""), get("/whole", "") + "GE"].map(shut_down)).await;
    let server = start_with::<R>(|config| config.connections = 1);
    let mut stream = before_tail(&server, &get("/whole", "")).await;
    server.answers().await;
    assert_eq!(after_tail(&mut stream).await, "");
    server.stop().await;
}

async fn what_is_sent_after_a_whole_reply_does_not_destroy_it<R: Runtime>() {
    let server = start_with::<R>(|config| {
        short(config);
        config.timeouts.linger = Some(Duration::from_secs(30));
    });
    // Content that is dropped comes in, and goes on to come when it is given up.
    let mut stream = before_tail(&server, &post("/whole", 1000, "abc")).await;
    for _ in 0..12 {
        stream.write_all(b"x").await.unwrap();
        pause(50).await;
    }
    assert_eq!(after_tail(&mut stream).await, "");
    drop(stream);
    // A further request crosses the end of an idle connection.
    let mut stream = before_tail(&server, &get("/whole", "")).await;
    pause(500).await;
    stream.write_all(get("/a", "").as_bytes()).await.unwrap();
    pause(100).await;
    assert_eq!(after_tail(&mut stream).await, "");
    drop(stream);
    server.stop().await;
}

async fn a_whole_reply_outlives_a_panic_after_it<R: Runtime>() {
    let server = start::<R>();
    let mut stream = before_tail(&server, &get("/whole-then-panic", "")).await;
    pause(200).await;
    assert_eq!(after_tail(&mut stream).await, "");
    server.answers().await;
    server.stop().await;
}

async fn what_is_finished_leaves_before_a_handler_waits<R: Runtime>() {
    let server = start::<R>();
    for (next, then) in [
        (get("/wait", ""), None),
        (get("/forever", ""), None),
        (get("/panic", ""), Some(FAILED)),
        (get("/half-then-silence", ""), None),
        (get("/silent", ""), None),
        (get("/elements-then-silence", ""), None),
        (post("/read", 10, "abc"), None),
        (post("/panic-in-read", 10, "abc"), Some(FAILED)),
        (post("/read-forever", 3, "abc"), None),
    ] {
        let mut stream = server.sent(get("/a", "") + &next).await;
        let mut first = [0; KEPT.len() + 37];
        within(stream.read_exact(&mut first)).await.unwrap();
        assert_eq!(super::dateless(&first), KEPT, "{next:?}");
        if let Some(then) = then {
            assert_eq!(rest(&mut stream).await, then, "{next:?}");
        }
        crate::served::reset(stream);
    }
    server.stop().await;
}

async fn a_panic_after_half_of_a_reply_is_a_reset<R: Runtime>() {
    let server = start::<R>();
    let mut stream = server.sent("GET /half-then-panic HTTP/1.0\r\n\r\n").await;
    server.waits().await;
    // The head and the half leave with what comes next, or with nothing.
    server.signs.go_on.notify_one();
    server.is_dropped().await;
    assert_reset(&mut stream).await;
    let mut stream = server.sent("GET /panic-in-source HTTP/1.0\r\n\r\n").await;
    head(&mut stream).await;
    server.waits().await;
    server.signs.go_on.notify_one();
    server.is_dropped().await;
    assert_reset(&mut stream).await;
    server.answers().await;
    server.stop().await;
}

async fn a_panic_while_content_is_read_is_answered_for<R: Runtime>() {
    let server = start::<R>();
    for length in [10, 1 << 30] {
        let mut stream = server.sent(post("/panic-in-read", length, "abc")).await;
        assert_eq!(rest(&mut stream).await, FAILED);
    }
    server.answers().await;
    server.stop().await;
}

/// The body of `/three`.
fn three_events() -> String {
    "b\r\ndata: now\n\n\r\n".repeat(3) + "0\r\n\r\n"
}

async fn a_finite_stream_arrives_whole_after_its_peer_has_half_closed<R: Runtime>() {
    let server = start::<R>();
    for when in 0..3 {
        let mut stream = server.sent(get("/three", "")).await;
        head(&mut stream).await;
        for event in 0..3 {
            server.waits().await;
            if event == when {
                stream.shutdown().await.unwrap();
            }
            pause(100).await;
            server.signs.go_on.notify_one();
        }
        assert_eq!(rest(&mut stream).await, three_events());
    }
    server.stop().await;
}

async fn a_handler_answers_a_peer_that_has_half_closed_and_ends_after_a_while<R: Runtime>() {
    let server = start_with::<R>(|config| config.timeouts.half_closed = Some(ms(1000)));
    for request in [get("/wait", ""), post("/read-wait", 3, "abc")] {
        let mut stream = server.sent(&request).await;
        stream.shutdown().await.unwrap();
        server.waits().await;
        pause(100).await;
        server.signs.go_on.notify_one();
        assert_eq!(rest(&mut stream).await, KEPT, "{request:?}");
    }
    let mut stream = server.sent(get("/forever", "")).await;
    stream.shutdown().await.unwrap();
    server.is_dropped().await;
    assert_eq!(rest(&mut stream).await, "");
    // All that was asked for before is answered.
    let mut stream = server
        .sent(get("/a", "") + &get("/a", "") + &get("/forever", "") + &get("/a", ""))
        .await;
    stream.shutdown().await.unwrap();
    server.is_dropped().await;
    assert_eq!(rest(&mut stream).await, [KEPT, KEPT].concat());
    server.stop().await;
}

async fn content_that_ends_with_the_connection_is_refused<R: Runtime>() {
    let server = start::<R>();
    for request in [
        post("/read", 10, "abc"),
        post("/read", 10, ""),
        "POST /read HTTP/1.1\r\nhost: x\r\ntransfer-encoding: chunked\r\n\r\n3\r\nab".into(),
    ] {
        let mut stream = server.sent(&request).await;
        stream.shutdown().await.unwrap();
        assert_eq!(rest(&mut stream).await, BAD, "{request:?}");
    }
    // Of half a head there is nothing to answer.
    let mut stream = server.sent(get("/a", "") + "GE").await;
    stream.shutdown().await.unwrap();
    assert_eq!(rest(&mut stream).await, KEPT);
    server.stop().await;
}

async fn content_that_stops_is_told<R: Runtime>() {
    let server = start_with::<R>(|config| {
        config.timeouts.content = Some(ms(200));
        config.timeouts.rate = None;
    });
    let chunked = "POST /read HTTP/1.1\r\nhost: x\r\ntransfer-encoding: chunked\r\n\r\n3\r\nab";
    for request in [
        post("/read", 10, "abc"),
        post("/read", 10, ""),
        chunked.into(),
        post("/read-now-and-then", 10, "abc"),
    ] {
        let mut stream = server.sent(&request).await;
        assert_eq!(rest(&mut stream).await, TIMED_OUT, "{request:?}");
    }
    let head = post("/read", 10, "abc").replace("POST", "HEAD");
    let mut stream = server.sent(head).await;
    let (told, _) = TIMED_OUT.split_at(TIMED_OUT.len() - "Request Timeout".len());
    assert_eq!(rest(&mut stream).await, told);
    server.stop().await;
}

async fn a_handler_may_answer_after_its_content_has_failed<R: Runtime>() {
    let server = start_with::<R>(|config| config.timeouts.content = Some(ms(200)));
    let mut stream = server.sent(post("/read-or-not", 10, "abc")).await;
    assert_eq!(rest(&mut stream).await, CLOSING);
    let mut stream = server.sent(post("/read-or-not", 10, "abc")).await;
    stream.shutdown().await.unwrap();
    assert_eq!(rest(&mut stream).await, CLOSING);
    server.stop().await;
}

async fn a_connection_that_sends_nothing_ends_silently<R: Runtime>() {
    let server = start_with::<R>(|config| config.timeouts.first = Some(ms(200)));
    let mut stream = server.sent("").await;
    assert_eq!(rest(&mut stream).await, "");
    server.stop().await;
}

/// More content than is dropped for a further request.
const UPLOAD: usize = 1 << 30;

async fn a_client_that_sends_slowly_for_long_can_read_the_last_reply<R: Runtime>() {
    let server = start_with::<R>(|config| {
        config.timeouts.linger = Some(Duration::from_secs(30));
    });
    let mut stream = server.sent(post("/a", UPLOAD, "")).await;
    for _ in 0..25 {
        stream.write_all(&[b'x'; 10_000]).await.unwrap();
        pause(100).await;
    }
    assert_eq!(reply(&mut stream).await, CLOSING);
    drop(stream);
    server.stop().await;
}

async fn lingering_has_a_limit<R: Runtime>() {
    let server = start_with::<R>(|config| config.timeouts.linger = Some(ms(300)));
    let mut stream = server.sent(post("/a", UPLOAD, "")).await;
    let began = Instant::now();
    let sent = async {
        while stream.write_all(b"x").await.is_ok() {
            pause(20).await;
        }
    };
    within(sent).await;
    assert!(began.elapsed() > ms(250), "it did not linger");
    server.stop().await;
}
