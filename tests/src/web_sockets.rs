//! Tests of WebSockets in messages, the same on every runtime.

use std::future::{Future, poll_fn};
use std::pin::pin;
use std::time::Duration;

use replywire::Status;
use replywire_std::{Answer, Conn, Message, Request, Responder, Streams, WebSocket};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

use crate::served::within;
use crate::upgrades::{Running, Upgrades, expect, rest, start};

/// Makes every case of this module a test on the [`Upgrades`].
#[macro_export]
macro_rules! web_sockets {
    ($runtime:ty) => {
        $crate::web_sockets! { $runtime:
            messages_come_back_whole
            messages_that_came_with_the_request_come_back
            a_close_is_answered
            a_message_that_is_too_long_ends_the_socket
            a_text_that_is_no_utf8_ends_the_socket
            a_peer_that_breaks_the_protocol_is_told
            a_peer_that_vanishes_ends_the_socket
            a_shutdown_is_told_and_the_peers_word_is_waited_for
            a_peer_that_does_not_close_is_waited_for_no_longer_than_for_content
            a_silent_peer_is_asked_and_has_gone_where_it_does_not_answer
            a_handler_closes_and_what_comes_meanwhile_is_dropped
            requests_for_no_web_socket_and_pages_of_elsewhere_are_refused
            a_protocol_of_messages_may_be_chosen
        }
    };
    ($runtime:ty: $($case:ident)*) => {
        $(#[tokio::test]
        async fn $case() {
            $crate::web_sockets::$case::<$runtime>().await;
        })*
    };
}

/// The most bytes of a message.
const LONGEST: usize = 1024;

/// The silence after which a peer is asked under `/asked`.
const PING: Duration = Duration::from_millis(200);

/// Sends each message back, and ends the socket after the text `end`. Under `/anew` each wait is
/// dropped and begun again whenever it is woken.
///
/// # Errors
///
/// Those of the socket.
pub async fn echo<R: Streams<S>, S>(
    request: &Request<'_>,
    responder: Responder<'_, Conn<R, S>>,
) -> Answer {
    let mut socket = match request.path() {
        "/web-socket/chat" => {
            let reply = responder.status(Status::SWITCHING_PROTOCOLS);
            let reply = reply.header("sec-websocket-protocol", "chat");
            WebSocket::new(reply.web_socket(request).await?, LONGEST)
        }
        _ => WebSocket::accept(request, responder, LONGEST).await?,
    };
    if request.path() == "/web-socket/asked" {
        socket = socket.ping_after(PING);
    }
    let is_anew = request.path() == "/web-socket/anew";
    loop {
        let message = match is_anew {
            true => poll_fn(|cx| pin!(socket.next()).poll(cx)).await?,
            false => socket.next().await?,
        };
        match message {
            Some(Message::Text(text)) if text == "end" => break,
            Some(message) => socket.send(message).await?,
            None => break,
        }
    }
    Ok(socket.finish().await?)
}

const ASKED: &str = "host: a.example\r\nconnection: Upgrade\r\nupgrade: websocket\r\n\
                     sec-websocket-key: dGhlIHNhbXBsZSBub25jZQ==\r\n";

const SWITCHED: &str = "HTTP/1.1 101 Switching Protocols\r\n\
                        sec-websocket-accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=\r\n\
                        connection: upgrade\r\nupgrade: websocket\r\n\r\n";

fn asking(path: &str) -> String {
    format!("GET /web-socket{path} HTTP/1.1\r\n{ASKED}sec-websocket-version: 13\r\n\r\n")
}

async fn opened(server: &Running, path: &str) -> TcpStream {
    let mut stream = server.send(asking(path).as_bytes()).await;
    expect(&mut stream, SWITCHED).await;
    stream
}

/// A frame of a client: its first byte, and what it holds, which is masked.
fn frame(first: u8, payload: &[u8]) -> Vec<u8> {
    const MASK: [u8; 4] = [0x37, 0xfa, 0x21, 0x3d];
    let mut frame = vec![first];
    match payload.len() {
        len @ 0..126 => frame.push(0x80 | u8::try_from(len).unwrap()),
        len => {
            frame.push(0x80 | 126);
            frame.extend(u16::try_from(len).unwrap().to_be_bytes());
        }
    }
    frame.extend(MASK);
    frame.extend(payload.iter().zip(MASK.iter().cycle()).map(|(a, b)| a ^ b));
    frame
}

async fn expect_bytes(stream: &mut TcpStream, want: &[u8]) {
    let mut got = vec![0; want.len()];
    within(stream.read_exact(&mut got)).await.unwrap();
    assert_eq!(got, want);
}

/// Sends `bytes`, and expects these ones and the end, which is no reset.
async fn ends(mut stream: TcpStream, bytes: &[u8], want: &[u8]) {
    stream.write_all(bytes).await.unwrap();
    expect_bytes(&mut stream, want).await;
    stream.shutdown().await.unwrap();
    assert_eq!(rest(&mut stream).await.unwrap(), "");
}

pub async fn messages_come_back_whole<U: Upgrades>() {
    let server = start::<U>(|_| ());
    let two_hundred = [7; 200];
    let longest = [8; LONGEST];
    for path in ["", "/anew"] {
        let mut stream = opened(&server, path).await;
        stream.set_nodelay(true).unwrap();
        for (frames, want) in [
            (frame(0x81, b"hi"), b"\x81\x02hi".to_vec()),
            (frame(0x82, b"\0\xff"), b"\x82\x02\0\xff".to_vec()),
            (frame(0x81, b""), b"\x81\0".to_vec()),
            (
                frame(0x82, &two_hundred),
                [&b"\x82\x7e\0\xc8"[..], &two_hundred].concat(),
            ),
            (
                frame(0x82, &longest),
                [&b"\x82\x7e\x04\0"[..], &longest].concat(),
            ),
            // A letter in two fragments, a ping between them, and a pong that no one asked for.
            (
                [
                    frame(0x01, b"caf\xc3"),
                    frame(0x89, b"ping"),
                    frame(0x8a, b""),
                    frame(0x80, b"\xa9"),
                ]
                .concat(),
                b"\x8a\x04ping\x81\x05caf\xc3\xa9".to_vec(),
            ),
        ] {
            stream.write_all(&frames).await.unwrap();
            expect_bytes(&mut stream, &want).await;
            if frames.len() < 100 {
                for byte in &frames {
                    stream.write_all(&[*byte]).await.unwrap();
                    tokio::time::sleep(Duration::from_millis(1)).await;
                }
                expect_bytes(&mut stream, &want).await;
            }
        }
        ends(stream, &frame(0x88, b""), b"\x88\0").await;
    }
    server.stop().await;
}

pub async fn messages_that_came_with_the_request_come_back<U: Upgrades>() {
    let server = start::<U>(|_| ());
    let mut bytes = asking("").into_bytes();
    bytes.extend(frame(0x81, b"one"));
    bytes.extend(frame(0x81, b"two"));
    let mut stream = server.send(&bytes).await;
    expect(&mut stream, SWITCHED).await;
    expect_bytes(&mut stream, b"\x81\x03one\x81\x03two").await;
    ends(stream, &frame(0x88, b""), b"\x88\0").await;
    server.stop().await;
}

pub async fn a_close_is_answered<U: Upgrades>() {
    let server = start::<U>(|_| ());
    for (close, want) in [
        (&b""[..], &b"\x88\0"[..]),
        (b"\x03\xe8", b"\x88\x02\x03\xe8"),
        (b"\x0f\xa0bye", b"\x88\x05\x0f\xa0bye"),
    ] {
        let stream = opened(&server, "").await;
        ends(stream, &frame(0x88, close), want).await;
    }
    server.stop().await;
}

pub async fn a_message_that_is_too_long_ends_the_socket<U: Upgrades>() {
    let server = start::<U>(|_| ());
    const TOLD: &[u8] = b"\x88\x02\x03\xf1";
    for bytes in [
        frame(0x82, &[0; LONGEST + 1]),
        // Its end is not waited for.
        b"\x82\xff\0\0\0\0\0\0\x04\x01\x37\xfa\x21\x3d".to_vec(),
        b"\x82\xff\x7f\xff\xff\xff\xff\xff\xff\xff\x37\xfa\x21\x3d".to_vec(),
        [frame(0x02, &[0; LONGEST]), frame(0x80, b"0")].concat(),
    ] {
        ends(opened(&server, "").await, &bytes, TOLD).await;
    }
    server.stop().await;
}

pub async fn a_text_that_is_no_utf8_ends_the_socket<U: Upgrades>() {
    let server = start::<U>(|_| ());
    const TOLD: &[u8] = b"\x88\x02\x03\xef";
    for bytes in [
        frame(0x81, b"\xff"),
        frame(0x81, b"caf\xc3"),
        [frame(0x01, b"\xc3"), frame(0x80, b"a")].concat(),
    ] {
        ends(opened(&server, "").await, &bytes, TOLD).await;
    }
    server.stop().await;
}

pub async fn a_peer_that_breaks_the_protocol_is_told<U: Upgrades>() {
    let server = start::<U>(|_| ());
    const TOLD: &[u8] = b"\x88\x02\x03\xea";
    for bytes in [
        // Without a mask, with a bit that nobody has spoken of, of no kind, a fragment of nothing,
        // a message in a message, a ping in fragments.
        b"\x81\x02hi".to_vec(),
        frame(0xc1, b"hi"),
        frame(0x83, b"hi"),
        frame(0x80, b"hi"),
        [frame(0x01, b"a"), frame(0x81, b"b")].concat(),
        frame(0x09, b"a"),
    ] {
        ends(opened(&server, "").await, &bytes, TOLD).await;
    }
    server.stop().await;
}

pub async fn a_peer_that_vanishes_ends_the_socket<U: Upgrades>() {
    let server = start::<U>(|_| ());
    for bytes in [vec![], frame(0x81, b"hi")[..5].to_vec(), frame(0x01, b"a")] {
        let mut stream = opened(&server, "").await;
        stream.write_all(&bytes).await.unwrap();
        stream.shutdown().await.unwrap();
        assert!(rest(&mut stream).await.is_err(), "it is reset");
        let stream = opened(&server, "").await;
        stream.set_zero_linger().unwrap();
    }
    server.stop().await;
}

pub async fn a_shutdown_is_told_and_the_peers_word_is_waited_for<U: Upgrades>() {
    let server = start::<U>(|_| ());
    let mut stream = opened(&server, "").await;
    server.stop.send(()).unwrap();
    expect_bytes(&mut stream, b"\x88\x02\x03\xe9").await;
    // A message on its way is no fault.
    stream.write_all(&frame(0x81, b"hi")).await.unwrap();
    let early = tokio::time::timeout(Duration::from_millis(50), stream.read_u8()).await;
    assert!(early.is_err(), "the word of the peer is waited for");
    ends(stream, &frame(0x88, b"\x03\xe9"), b"").await;
    within(server.ended).await.unwrap();
}

pub async fn a_peer_that_does_not_close_is_waited_for_no_longer_than_for_content<U: Upgrades>() {
    let limit = Duration::from_millis(100);
    let server = start::<U>(|config| config.timeouts.content = Some(limit));
    let mut stream = opened(&server, "").await;
    let began = std::time::Instant::now();
    server.stop.send(()).unwrap();
    expect_bytes(&mut stream, b"\x88\x02\x03\xe9").await;
    assert_eq!(rest(&mut stream).await.unwrap(), "", "it is not reset");
    assert!(began.elapsed() >= limit);
    drop(stream);
    within(server.ended).await.unwrap();
}

pub async fn a_silent_peer_is_asked_and_has_gone_where_it_does_not_answer<U: Upgrades>() {
    let server = start::<U>(|_| ());
    let mut stream = opened(&server, "/asked").await;
    let began = std::time::Instant::now();
    for answer in [frame(0x8a, b""), frame(0x81, b"a")[..1].to_vec()] {
        expect_bytes(&mut stream, b"\x89\0").await;
        stream.write_all(&answer).await.unwrap();
    }
    expect_bytes(&mut stream, b"\x89\0").await;
    assert!(began.elapsed() >= 5 * PING);
    assert!(rest(&mut stream).await.is_err(), "it is reset");
    assert!(began.elapsed() >= 6 * PING);
    server.stop().await;
}

pub async fn a_handler_closes_and_what_comes_meanwhile_is_dropped<U: Upgrades>() {
    let server = start::<U>(|_| ());
    let end = [frame(0x81, b"end"), frame(0x81, b"late"), frame(0x89, b"")].concat();
    let mut stream = opened(&server, "").await;
    stream.write_all(&end).await.unwrap();
    expect_bytes(&mut stream, b"\x88\x02\x03\xe8").await;
    ends(stream, &frame(0x88, b"\x03\xe8"), b"").await;
    server.stop().await;
}

pub async fn requests_for_no_web_socket_and_pages_of_elsewhere_are_refused<U: Upgrades>() {
    let server = start::<U>(|_| ());
    for (fields, status) in [
        ("host: a.example\r\n".to_owned(), "400 Bad Request"),
        (
            format!("{ASKED}sec-websocket-version: 8\r\n"),
            "426 Upgrade Required",
        ),
        (
            format!("{ASKED}sec-websocket-version: 13\r\norigin: https://b.example\r\n"),
            "403 Forbidden",
        ),
    ] {
        let request = format!("GET /web-socket HTTP/1.1\r\n{fields}connection: close\r\n\r\n");
        let reply = rest(&mut server.send(request.as_bytes()).await)
            .await
            .unwrap();
        let start = format!("HTTP/1.1 {status}\r\n");
        assert!(reply.starts_with(&start), "{fields}: {reply}");
    }
    let own = "sec-websocket-version: 13\r\norigin: https://a.example\r\n";
    let request = format!("GET /web-socket HTTP/1.1\r\n{ASKED}{own}\r\n");
    let mut stream = server.send(request.as_bytes()).await;
    expect(&mut stream, SWITCHED).await;
    ends(stream, &frame(0x88, b""), b"\x88\0").await;
    server.stop().await;
}

pub async fn a_protocol_of_messages_may_be_chosen<U: Upgrades>() {
    let server = start::<U>(|_| ());
    let mut stream = server.send(asking("/chat").as_bytes()).await;
    let (start, rest) = SWITCHED.split_once("\r\n").unwrap();
    let want = format!("{start}\r\nsec-websocket-protocol: chat\r\n{rest}");
    expect(&mut stream, &want).await;
    ends(stream, &frame(0x88, b""), b"\x88\0").await;
    server.stop().await;
}
