//! Tests of replies that outgrow the reply buffer over real sockets, the same on every runtime:
//! each arrives whole or is seen to be broken, and those around it are not touched.

use std::io;
use std::time::Duration;

use replywire::body::{Content, ContentWriter};
use replywire::{Error, HeaderName, Response, SetCookie, Status};
use replywire_embedded::{Answered, Cause, Request, Responder, Transport, Unanswered};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

use crate::served::{App, Running, Runtime, end, reset, start_with, within};

/// Makes every case of this module a test on the [`Runtime`].
#[macro_export]
macro_rules! grown {
    ($runtime:ty) => {
        $crate::grown! { $runtime:
            replies_of_any_size_arrive_between_others
            a_slow_reader_gets_all_of_it
            a_peer_that_leaves_in_mid_way_is_seen
            a_reply_beyond_the_limit_is_an_error_that_says_what_helps
            a_reply_under_way_is_finished_at_a_shutdown
            long_heads_leave
            the_head_of_a_chain_may_fill_the_reply_buffer_whatever_waits
            another_reply_takes_the_place_of_one_that_failed
        }
    };
    ($runtime:ty: $($case:ident)*) => {
        mod grown {
            $(#[tokio::test]
            async fn $case() {
                $crate::grown::$case::<$runtime>().await;
            })*
        }
    };
}

/// The ways to send a body: by closures, by a content that is written, from where it lies.
const WAYS: [&str; 4] = ["send", "now", "content", "lies"];

/// A body of so many bytes that are not all the same.
fn body(len: usize) -> String {
    const LETTERS: &str = "abcdefghijklmnopqrstuvwxyz";
    let mut body = LETTERS.repeat(1 + len / LETTERS.len());
    body.truncate(len);
    body
}

/// A content that does not tell that it lies in memory.
struct Written<'t>(&'t str);

impl Content for Written<'_> {
    fn media_type(&self) -> &str {
        "text/plain"
    }

    fn write(&self, out: &mut ContentWriter<'_>) -> Result<(), Error> {
        let (first, second) = self.0.split_at(self.0.len() / 2);
        out.text(first)?;
        out.text(second)
    }
}

/// Answers `/grown/WAY/SIZE`.
pub(crate) async fn answer<T: Transport>(
    request: &Request<'_>,
    mut responder: Responder<'_, T>,
) -> Result<Answered, Unanswered> {
    let mut parts = request.path().split('/').skip(2);
    let way = parts.next().unwrap_or_default();
    let len = parts.next().and_then(|len| len.parse().ok());
    let body = body(len.ok_or(Unanswered::new())?);
    match way {
        "send" => {
            let sent =
                responder.send(|exchange, buf| Response::to(exchange, buf, Status::OK).text(&body));
            Ok(sent.await?)
        }
        "now" => {
            let sent = responder.send_now(|exchange, buf| {
                Response::to(exchange, buf, Status::OK).content(Written(&body))
            });
            Ok(sent.await?)
        }
        "again" => {
            let again = responder.again();
            let reply = responder.ok().header(HeaderName::ETAG, "one\r\ntwo");
            match reply.text(&body).await {
                Ok(_) => Err(Unanswered::new()),
                Err(_) => again.responder()?.ok().text(&body).await,
            }
        }
        "chain" => responder.ok().header("x-long", &*body).empty().await,
        "content" => responder.ok().content(Written(&body)).await,
        "lies" => responder.ok().text(&body).await,
        "head" => {
            let hints = responder.inform(|exchange, buf| {
                Response::to(exchange, buf, Status::EARLY_HINTS)
                    .header(HeaderName::LINK, &body)
                    .empty()
            });
            hints.await?;
            let sent = responder.send(|exchange, buf| {
                let cookie = SetCookie::new("a", "b");
                let reply = Response::to(exchange, buf, Status::OK);
                let cookies = 0..body.len() / 20;
                cookies
                    .fold(reply, |reply, _| reply.cookie(&cookie))
                    .text("hi")
            });
            Ok(sent.await?)
        }
        _ => Err(Unanswered::new()),
    }
}

fn get(path: &str) -> String {
    format!("GET {path} HTTP/1.1\r\nhost: x\r\n\r\n")
}

async fn ask(server: &Running, request: &str) -> TcpStream {
    let mut stream = server.connect().await;
    stream.write_all(request.as_bytes()).await.unwrap();
    stream
}

/// Reads a head, and nothing after it.
async fn read_head(stream: &mut TcpStream) -> String {
    let mut head = Vec::new();
    while !head.ends_with(b"\r\n\r\n") {
        head.push(within(stream.read_u8()).await.unwrap());
    }
    String::from_utf8(head).unwrap()
}

/// Reads one reply: its head, without the date, and its body.
async fn read(stream: &mut TcpStream) -> (String, String) {
    let head = read_head(stream).await;
    let len = head.split_once("content-length: ").unwrap().1;
    let len = len.split_once("\r\n").unwrap().0.parse().unwrap();
    let mut body = vec![0; len];
    within(stream.read_exact(&mut body)).await.unwrap();
    let lines = head.split_inclusive("\r\n");
    let head = lines.filter(|line| !line.starts_with("date: ")).collect();
    (head, String::from_utf8(body).unwrap())
}

fn text(body: String) -> (String, String) {
    let head = format!(
        "HTTP/1.1 200 OK\r\ncontent-type: text/plain; charset=utf-8\r\ncontent-length: {}\r\n\r\n",
        body.len()
    );
    (head, body)
}

pub async fn replies_of_any_size_arrive_between_others<R: Runtime>() {
    let server = start_with::<R>(App::default(), |_| ());
    let seen = std::sync::Arc::clone(&server.seen);
    let sizes = [0, 1000, 12_100, 12_200, 12_288, 13_000, 100_000, 3 << 20];
    for way in WAYS {
        // All at once, with others that wait before them.
        let (mut requests, mut wanted) = (String::new(), Vec::new());
        for size in sizes {
            requests += &get("/a");
            requests += &get(&format!("/grown/{way}/{size}"));
            wanted.push(text("hi".to_owned()));
            wanted.push(text(body(size)));
        }
        requests += &get("/a");
        wanted.push(text("hi".to_owned()));
        let mut stream = ask(&server, &requests).await;
        for (at, want) in wanted.into_iter().enumerate() {
            assert!(read(&mut stream).await == want, "{way}, reply {at}");
        }
        // The connection goes on.
        stream.write_all(get("/a").as_bytes()).await.unwrap();
        assert_eq!(read(&mut stream).await, text("hi".to_owned()));
    }
    server.stop().await;
    let lines = seen.lines();
    assert_eq!(lines.len(), WAYS.len() * (2 * sizes.len() + 2));
    for line in lines {
        assert!(line.is_whole && line.cause.is_none(), "{line:?}");
        let target = line.target.unwrap();
        let size = target.rsplit('/').next().unwrap().parse().unwrap_or(2);
        assert!((size..size + 200).contains(&line.bytes), "{target}");
    }
}

pub async fn a_slow_reader_gets_all_of_it<R: Runtime>() {
    const LEN: usize = 8 << 20;
    let server = start_with::<R>(App::default(), |_| ());
    for way in WAYS {
        let mut stream = ask(&server, &get(&format!("/grown/{way}/{LEN}"))).await;
        // The kernels have taken what they take, and the server waits.
        tokio::time::sleep(Duration::from_millis(100)).await;
        let head = read_head(&mut stream).await;
        assert!(head.starts_with("HTTP/1.1 200 OK\r\n"), "{head}");
        let (mut got, mut room) = (Vec::with_capacity(LEN), vec![0; 300_000]);
        while got.len() < LEN {
            let n = within(stream.read(&mut room)).await.unwrap();
            assert!(n > 0, "{way}: an end after {}", got.len());
            got.extend_from_slice(&room[..n]);
            if got.len() % 5 == 0 {
                tokio::time::sleep(Duration::from_millis(1)).await;
            }
        }
        assert!(got == body(LEN).as_bytes(), "{way}");
        stream.write_all(get("/a").as_bytes()).await.unwrap();
        assert_eq!(read(&mut stream).await, text("hi".to_owned()));
    }
    server.stop().await;
}

pub async fn a_peer_that_leaves_in_mid_way_is_seen<R: Runtime>() {
    let server = start_with::<R>(App::default(), |_| ());
    let seen = std::sync::Arc::clone(&server.seen);
    for (count, way) in WAYS.into_iter().enumerate() {
        let mut stream = ask(&server, &get(&format!("/grown/{way}/{}", 8 << 20))).await;
        read_head(&mut stream).await;
        reset(stream);
        within(async {
            while seen.lines().len() <= count {
                tokio::time::sleep(Duration::from_millis(5)).await;
            }
        })
        .await;
        let line = seen.lines().pop().unwrap();
        assert!(!line.is_whole && line.bytes > 0, "{line:?}");
        assert_eq!(
            (line.status, line.cause),
            (Some(200), Some(Cause::Connection))
        );
    }
    server.stop().await;
}

pub async fn a_reply_beyond_the_limit_is_an_error_that_says_what_helps<R: Runtime>() {
    let server = start_with::<R>(App::default(), |config| config.largest_reply = 50_000);
    let seen = std::sync::Arc::clone(&server.seen);
    for way in ["send", "now"] {
        let request = get("/a") + &get(&format!("/grown/{way}/50000")) + &get("/a");
        let mut stream = ask(&server, &request).await;
        assert_eq!(read(&mut stream).await, text("hi".to_owned()));
        let page = end(&mut stream).await.unwrap();
        assert!(page.starts_with(b"HTTP/1.1 500 Internal Server Error\r\n"));
        let line = seen.lines().pop().unwrap();
        let Some(Cause::Reply(Error::Overflow { needed })) = line.cause else {
            panic!("{line:?}");
        };
        assert!((50_100..50_200).contains(&needed), "{needed}");
        let what = format!("buffer too small, {needed} bytes needed; a larger `reply_buffer`");
        assert!(line.text.contains(&what), "{}", line.text);
        assert!(line.text.contains("`largest_reply`"), "{}", line.text);
    }
    // The others leave, in pieces and from where they lie.
    for way in ["content", "lies"] {
        let mut stream = ask(&server, &get(&format!("/grown/{way}/70000"))).await;
        assert!(read(&mut stream).await == text(body(70_000)), "{way}");
    }
    server.stop().await;
}

pub async fn a_reply_under_way_is_finished_at_a_shutdown<R: Runtime>() {
    for way in WAYS {
        let server = start_with::<R>(App::default(), |_| ());
        let mut stream = ask(&server, &get(&format!("/grown/{way}/{}", 8 << 20))).await;
        read_head(&mut stream).await;
        let ended = server.stopping();
        tokio::time::sleep(Duration::from_millis(20)).await;
        let rest = end(&mut stream).await.unwrap();
        assert!(rest == body(8 << 20).as_bytes(), "{way}");
        within(ended).await.unwrap();

        // It is longer than what the kernel takes of it.
        let server = start_with::<R>(App::default(), |config| config.grace = Duration::ZERO);
        let mut stream = ask(&server, &get(&format!("/grown/{way}/{}", 15 << 20))).await;
        read_head(&mut stream).await;
        within(server.stopping()).await.unwrap();
        let cut = end(&mut stream).await.unwrap_err();
        assert_eq!(cut.kind(), io::ErrorKind::ConnectionReset, "{way}");
    }
}

pub async fn long_heads_leave<R: Runtime>() {
    let server = start_with::<R>(App::default(), |_| ());
    for len in [20, 12_000, 12_300, 60_000] {
        let mut stream = ask(&server, &(get("/a") + &get(&format!("/grown/head/{len}")))).await;
        assert_eq!(read(&mut stream).await, text("hi".to_owned()));
        let hints = read_head(&mut stream).await;
        let line = format!("HTTP/1.1 103 Early Hints\r\nlink: {}\r\n", body(len));
        assert!(hints.starts_with(&line), "{len}");
        let (head, content) = read(&mut stream).await;
        assert_eq!(head.matches("set-cookie: a=b").count(), len / 20);
        assert_eq!(content, "hi");
    }
    server.stop().await;
}

pub async fn the_head_of_a_chain_may_fill_the_reply_buffer_whatever_waits<R: Runtime>() {
    const SIZE: usize = 420;
    let server = start_with::<R>(App::default(), |config| config.reply_buffer = SIZE);
    let mut stream = server.connect().await;
    let mut size = 0;
    for len in 0.. {
        let requests = get("/a") + &get(&format!("/grown/chain/{len}")) + &get("/a");
        stream.write_all(requests.as_bytes()).await.unwrap();
        assert_eq!(read(&mut stream).await, text("hi".to_owned()));
        let head = read_head(&mut stream).await;
        assert!(
            head.contains(&format!("\r\nx-long: {}\r\n", body(len))),
            "{len}"
        );
        assert_eq!(read(&mut stream).await, text("hi".to_owned()));
        size = head.len();
        if size == SIZE {
            break;
        }
    }
    assert_eq!(size, SIZE);
    drop(stream);
    server.stop().await;
}

pub async fn another_reply_takes_the_place_of_one_that_failed<R: Runtime>() {
    let server = start_with::<R>(App::default(), |_| ());
    let mut stream = server.connect().await;
    for len in [0, 100, 20_000, 1 << 20] {
        let requests = get("/a") + &get(&format!("/grown/again/{len}")) + &get("/a");
        stream.write_all(requests.as_bytes()).await.unwrap();
        for want in [2, len, 2] {
            let want = match want {
                2 => "hi".to_owned(),
                len => body(len),
            };
            assert!(read(&mut stream).await == text(want), "{len}");
        }
    }
    drop(stream);
    server.stop().await;
}
