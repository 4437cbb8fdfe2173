//! Places that no peer holds that is slow, silent or gone.

use tokio::io::AsyncWriteExt;

use super::{
    Served, assert_reset, at_once, cases, get, head, ms, pause, post, rest, start, start_with,
};
use crate::served::{CLOSING, KEPT, Runtime, read_to, reply, reset, within};

cases! {
    a_reset_is_noticed_whatever_was_sent_before
    a_peer_that_closes_is_noticed_whatever_was_sent_before
    a_handler_ends_with_its_peer_and_gives_its_place_back
    a_handler_has_a_time_limit
    the_limit_of_a_handler_is_not_that_of_content
    background_work_goes_on_without_its_peer
    connections_that_have_sent_nothing_make_room
    streams_of_events_end_in_order_at_a_shutdown
    a_crowded_stream_of_events_ends_in_order_at_a_shutdown
    other_streams_go_on_at_a_shutdown
    a_handler_sees_the_shutdown
}

const TOO_SLOW: &str = "HTTP/1.1 503 Service Unavailable\r\n\
                        content-type: text/plain; charset=utf-8\r\n\
                        connection: close\r\ncontent-length: 19\r\n\r\nService Unavailable";

/// The things that wait for something else than their peer.
const WAITING: [&str; 4] = [
    "/forever",
    "/silent",
    "/half-then-silence",
    "/elements-then-silence",
];

/// The things that a peer sends before it leaves, of which the last is more than there is room for.
fn before() -> [Vec<u8>; 5] {
    [
        Vec::new(),
        b"X".to_vec(),
        b"\r\n".to_vec(),
        get("/a", "").into(),
        vec![b'x'; 20 << 10],
    ]
}

async fn a_reset_is_noticed_whatever_was_sent_before<R: Runtime>() {
    let noticed = async |path| {
        let server = start_with::<R>(|config| config.connections = 1);
        for before in before() {
            let mut stream = server.sent(get(path, "")).await;
            server.waits().await;
            stream.write_all(&before).await.unwrap();
            pause(20).await;
            reset(stream);
            server.is_dropped().await;
        }
        server.answers().await;
        server.stop().await;
    };
    at_once(WAITING.map(noticed)).await;
}

async fn a_peer_that_closes_is_noticed_whatever_was_sent_before<R: Runtime>() {
    let noticed = async |path| {
        let server = start_with::<R>(|config| {
            config.connections = 1;
            config.timeouts.half_closed = Some(ms(200));
        });
        for before in before() {
            let mut stream = server.sent(get(path, "")).await;
            server.waits().await;
            stream.write_all(&before).await.unwrap();
            pause(20).await;
            drop(stream);
            server.is_dropped().await;
        }
        server.answers().await;
        server.stop().await;
    };
    at_once(WAITING.map(noticed)).await;
}

async fn a_handler_ends_with_its_peer_and_gives_its_place_back<R: Runtime>() {
    let server = start_with::<R>(|config| {
        config.connections = 1;
        config.timeouts.half_closed = Some(ms(300));
    });
    let stream = server.sent(get("/forever", "")).await;
    server.waits().await;
    reset(stream);
    server.answers().await;
    let mut stream = server.sent(get("/forever", "")).await;
    server.waits().await;
    stream.shutdown().await.unwrap();
    server.answers().await;
    assert_eq!(rest(&mut stream).await, "");
    server.stop().await;
}

async fn a_handler_has_a_time_limit<R: Runtime>() {
    let server = start_with::<R>(|config| {
        config.connections = 1;
        config.timeouts.handler = Some(ms(200));
    });
    for request in [
        get("/forever", ""),
        post("/forever", 10, "abc"),
        post("/read-forever", 3, "abc"),
        get("/a", "") + &get("/forever", ""),
    ] {
        let mut stream = server.sent(&request).await;
        let replies = rest(&mut stream).await;
        let before = if request.contains("/a ") { KEPT } else { "" };
        assert_eq!(replies, [before, TOO_SLOW].concat(), "{request:?}");
        drop(stream);
        server.answers().await;
    }
    // A handler is not what waits when its reply has begun.
    let mut stream = server.sent(get("/three", "")).await;
    head(&mut stream).await;
    for _ in 0..3 {
        pause(300).await;
        server.signs.go_on.notify_one();
    }
    let events = "b\r\ndata: now\n\n\r\n".repeat(3) + "0\r\n\r\n";
    assert_eq!(read_to(&mut stream, "0\r\n\r\n").await, events);
    drop(stream);
    server.stop().await;
}

async fn the_limit_of_a_handler_is_not_that_of_content<R: Runtime>() {
    let server = start_with::<R>(|config| config.timeouts.handler = Some(ms(500)));
    let mut stream = server.sent(post("/wait-read-wait", 12, "")).await;
    server.waits().await;
    server.signs.go_on.notify_one();
    for _ in 0..12 {
        pause(60).await;
        stream.write_all(b"x").await.unwrap();
    }
    server.waits().await;
    pause(50).await;
    server.signs.go_on.notify_one();
    assert_eq!(reply(&mut stream).await, KEPT);
    drop(stream);
    server.stop().await;
}

async fn background_work_goes_on_without_its_peer<R: Runtime>() {
    let server = start_with::<R>(|config| {
        config.timeouts.half_closed = Some(ms(100));
        config.timeouts.handler = Some(ms(100));
    });
    for ends in [reset, drop] {
        let mut stream = server.sent(get("/whole-then-work", "")).await;
        head(&mut stream).await;
        super::read_body(&mut stream, 0, super::WHOLE_LEN).await;
        server.waits().await;
        ends(stream);
        pause(300).await;
        server.signs.go_on.notify_one();
        within(server.signs.is_done.notified()).await;
    }
    // So does work that is to be done although its reply has broken.
    let mut stream = server.sent(get("/broken-then-work", "")).await;
    head(&mut stream).await;
    server.waits().await;
    reset(stream);
    server.waits().await;
    pause(300).await;
    server.signs.go_on.notify_one();
    within(server.signs.is_done.notified()).await;
    server.stop().await;
}

async fn connections_that_have_sent_nothing_make_room<R: Runtime>() {
    let server = start_with::<R>(|config| config.connections = 2);
    let mut silent = Vec::new();
    for _ in 0..4 {
        silent.push(server.sent("").await);
        pause(20).await;
    }
    for stream in &mut silent[..2] {
        assert_eq!(rest(stream).await, "");
    }
    server.answers().await;
    assert_eq!(rest(&mut silent[2]).await, "");
    drop(silent);
    // Those that wait for the end of a head make none.
    let mut half = [server.sent("GE").await, server.sent("\r\n").await];
    pause(100).await;
    let mut next = server.sent(get("/a", "connection: close\r\n")).await;
    pause(200).await;
    for stream in &mut half {
        stream.write_all(b"\r\n\r\n").await.unwrap();
        stream.shutdown().await.unwrap();
    }
    assert_eq!(rest(&mut next).await, CLOSING);
    server.stop().await;
}

async fn streams_of_events_end_in_order_at_a_shutdown<R: Runtime>() {
    let server = start::<R>();
    let mut quiet = server.sent(get("/events", "")).await;
    let mut old = server.sent("GET /events HTTP/1.0\r\n\r\n").await;
    let mut half_closed = server.sent(get("/events", "")).await;
    half_closed.shutdown().await.unwrap();
    for stream in [&mut quiet, &mut old, &mut half_closed] {
        head(stream).await;
    }
    pause(50).await;
    let ended = server.stopping();
    assert_eq!(rest(&mut quiet).await, "0\r\n\r\n");
    assert_eq!(rest(&mut old).await, "");
    assert_eq!(rest(&mut half_closed).await, "0\r\n\r\n");
    drop(quiet);
    drop(old);
    within(ended).await.unwrap();
}

/// The shutdown begins while the stream waits for its peer, and then its source has nothing more.
async fn a_crowded_stream_of_events_ends_in_order_at_a_shutdown<R: Runtime>() {
    let server = start::<R>();
    let mut stream = server.sent_narrow(get("/crowd", ""), 32 << 10).await;
    head(&mut stream).await;
    pause(500).await;
    let signs = server.signs.clone();
    let ended = server.stopping();
    pause(100).await;
    signs.go_on.notify_one();
    assert!(rest(&mut stream).await.ends_with(".\n\n\r\n0\r\n\r\n"));
    drop(stream);
    within(ended).await.unwrap();
}

async fn other_streams_go_on_at_a_shutdown<R: Runtime>() {
    for (path, chunk) in [
        ("/events-go-on", "b\r\ndata: now\n\n\r\n"),
        ("/silent", "3\r\nnow\r\n"),
    ] {
        let server = start_with::<R>(|config| config.grace = ms(600));
        let mut stream = server.sent(get(path, "")).await;
        head(&mut stream).await;
        server.waits().await;
        let Served { running, signs } = server;
        let ended = running.stopping();
        for _ in 0..2 {
            pause(100).await;
            signs.go_on.notify_one();
            assert_eq!(read_to(&mut stream, &chunk[chunk.len() - 5..]).await, chunk);
        }
        assert_reset(&mut stream).await;
        within(ended).await.unwrap();
    }
}

async fn a_handler_sees_the_shutdown<R: Runtime>() {
    let server = start::<R>();
    let mut stream = server.sent(get("/closing", "")).await;
    server.waits().await;
    let ended = server.stopping();
    assert_eq!(rest(&mut stream).await, CLOSING);
    within(ended).await.unwrap();
}
