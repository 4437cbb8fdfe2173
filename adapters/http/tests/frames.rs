//! The frames of bodies that come in chunks: when they leave, and what is in them.
#![expect(clippy::unwrap_used, reason = "what is not as expected ends the test")]

use std::convert::Infallible;
use std::pin::{Pin, pin};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::task::{Context, Poll, Waker};

use bytes::Bytes;
use embedded_io_async::{ErrorType, Read, Write};
use futures_util::stream::{Stream, iter};
use http_body::Body;
use replywire_embedded::{Buffers, Limits, Transport, serve_connection};
use replywire_http::{Answer, Handler, Hosted, Request, Responder};
use replywire_std::FromStream;
use replywire_tokio::Tokio;

/// The most bytes of a frame.
const MOST: usize = 32 * 1024;

/// Bytes of which no two pieces are the same.
fn pattern(from: usize, len: usize) -> Vec<u8> {
    (from..from + len).map(|at| (at % 251) as u8).collect()
}

/// Pieces of these lengths; where there is none, it waits once.
struct Pieces {
    lens: Vec<Option<usize>>,
    /// The bytes that were made.
    made: Arc<AtomicUsize>,
}

impl Pieces {
    fn new(lens: &[Option<usize>], made: &Arc<AtomicUsize>) -> Self {
        Self {
            lens: lens.iter().rev().copied().collect(),
            made: Arc::clone(made),
        }
    }
}

impl Stream for Pieces {
    type Item = Result<Vec<u8>, Infallible>;

    fn poll_next(mut self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        Poll::Ready(match self.lens.pop() {
            Some(Some(len)) => {
                let from = self.made.fetch_add(len, Ordering::Relaxed);
                Some(Ok(pattern(from, len)))
            }
            Some(None) => return Poll::Pending,
            None => None,
        })
    }
}

#[derive(Clone)]
struct Streaming {
    lens: &'static [Option<usize>],
    /// The length that is told.
    told: Option<u64>,
    header: usize,
    made: Arc<AtomicUsize>,
}

impl Streaming {
    fn of(lens: &'static [Option<usize>]) -> Self {
        Self {
            lens,
            told: None,
            header: 0,
            made: Arc::default(),
        }
    }
}

impl Handler<Tokio> for Streaming {
    async fn handle(&self, _: &Request<'_>, responder: Responder<'_, Tokio>) -> Answer {
        let source = FromStream::new(Pieces::new(self.lens, &self.made));
        let reply = responder.ok().header("x-long", &*"x".repeat(self.header));
        match self.told {
            Some(told) => reply.stream_sized(told, source).await,
            None => reply.stream(source).await,
        }
    }
}

/// The frames of a reply, all of which are kept; whenever there is none, all that was made has
/// come. `None` where the reply has broken off, or there is a page of an error.
fn frames(streaming: &Streaming) -> Option<Vec<Bytes>> {
    let cx = &mut Context::from_waker(Waker::noop());
    let hosted = Hosted::<Tokio, _>::new(streaming.clone()).reply_buffer(100 * 1024);
    let request = http::Request::get("http://a/").body(String::new()).unwrap();
    let mut answering = pin!(hosted.answer(request));
    let response = loop {
        if let Poll::Ready(response) = answering.as_mut().poll(cx) {
            break response;
        }
    };
    if response.status() != 200 {
        return None;
    }
    assert_eq!(response.headers()["x-long"].len(), streaming.header);
    let mut body = pin!(response.into_body());
    let mut frames = Vec::<Bytes>::new();
    while !body.is_end_stream() {
        match body.as_mut().poll_frame(cx) {
            Poll::Ready(Some(frame)) => frames.push(frame.ok()?.into_data().unwrap()),
            Poll::Ready(None) => break,
            Poll::Pending if streaming.told.is_none() => {
                let made = streaming.made.load(Ordering::Relaxed);
                assert_eq!(frames.iter().map(Bytes::len).sum::<usize>(), made);
            }
            Poll::Pending => {}
        }
    }
    Some(frames)
}

#[test]
fn pieces_that_are_there_leave_together() {
    let streaming = Streaming::of(&[Some(1024); 16]);
    let frames = frames(&streaming).unwrap();
    assert_eq!(frames.iter().map(Bytes::len).collect::<Vec<_>>(), [16_384]);
}

#[test]
fn all_that_was_made_has_come_whenever_the_source_waits() {
    const SCHEDULES: [&[Option<usize>]; 9] = [
        &[],
        &[None],
        &[Some(3), None, Some(4), None],
        &[None, Some(9_000), None, Some(9_000), Some(9_000), None],
        &[Some(100_000)],
        &[None, Some(100_000), None, Some(100_000), Some(1)],
        &[
            Some(40_000),
            None,
            Some(2),
            Some(40_000),
            None,
            None,
            Some(8_191),
        ],
        &[Some(32_768), Some(32_768), None, Some(32_768), Some(1)],
        &[Some(5_000); 40],
    ];
    for lens in SCHEDULES {
        for header in [0, 9_000, 40_000] {
            let mut streaming = Streaming::of(lens);
            streaming.header = header;
            let frames = frames(&streaming).unwrap();
            let want = pattern(0, lens.iter().flatten().sum());
            assert!(frames.concat() == want, "{lens:?} {header}");
            let most = frames.iter().map(Bytes::len).max().unwrap_or(0);
            assert!(most <= MOST, "{lens:?} {header}: {most}");
        }
    }
}

#[test]
fn a_stream_that_is_not_as_long_as_told_breaks_the_reply_off() {
    const STREAMS: [&[Option<usize>]; 6] = [
        &[Some(3)],
        &[Some(10_000), Some(1)],
        &[Some(32_767), None, Some(1)],
        &[Some(40_000)],
        &[Some(70_000), None],
        &[Some(1024); 64],
    ];
    for lens in STREAMS {
        let made = lens.iter().flatten().sum::<usize>();
        for told in [made - 1, made, made + 1] {
            let mut streaming = Streaming::of(lens);
            streaming.told = Some(told as u64);
            let frames = frames(&streaming).map(|frames| frames.concat());
            match told == made {
                true => assert!(frames.unwrap() == pattern(0, made), "{lens:?}"),
                false => assert!(frames.is_none(), "{lens:?} {told}"),
            }
        }
    }
}

#[test]
fn a_body_that_is_dropped_drops_its_source() {
    let streaming = Streaming::of(&[Some(20_000); 1_000_000]);
    let cx = &mut Context::from_waker(Waker::noop());
    let hosted = Hosted::<Tokio, _>::new(streaming.clone());
    let request = http::Request::get("http://a/").body(String::new()).unwrap();
    let Poll::Ready(response) = pin!(hosted.answer(request)).poll(cx) else {
        panic!("no head at once");
    };
    let mut body = response.into_body();
    assert!(Pin::new(&mut body).poll_frame(cx).is_ready());
    let (made, users) = (&streaming.made, Arc::strong_count(&streaming.made));
    // A host that takes nothing has little made.
    assert!(made.load(Ordering::Relaxed) <= 6 * MOST);
    drop(body);
    assert_eq!(Arc::strong_count(made), users - 1);
}

/// A connection whose frames are its own memory, from which it writes a few bytes at a time.
struct Few {
    request: &'static [u8],
    wire: Vec<u8>,
    frames: usize,
}

impl ErrorType for Few {
    type Error = Infallible;
}

impl Read for Few {
    async fn read(&mut self, buf: &mut [u8]) -> Result<usize, Infallible> {
        self.request.read(buf).await
    }
}

impl Write for Few {
    async fn write(&mut self, bytes: &[u8]) -> Result<usize, Infallible> {
        let some = bytes.chunks(7).next().unwrap();
        self.wire.extend_from_slice(some);
        Ok(some.len())
    }

    async fn flush(&mut self) -> Result<(), Infallible> {
        Ok(())
    }
}

impl Transport for Few {
    const FRAME: usize = 128;

    fn frame(&mut self) -> Vec<u8> {
        self.frames += 1;
        vec![0; Self::FRAME]
    }
}

#[tokio::test]
async fn a_transport_may_write_a_frame_in_parts() {
    let mut conn = Few {
        request: b"GET / HTTP/1.1\r\nhost: a\r\n\r\n",
        wire: Vec::new(),
        frames: 0,
    };
    let handler = replywire_embedded::handler_fn(
        async |_: &Request<'_>, responder: replywire_embedded::Responder<'_, Few>| {
            let pieces = iter((0..3).map(|n| Ok::<_, Infallible>(pattern(n * 60, 60))));
            responder.ok().stream(FromStream::new(pieces)).await
        },
    );
    let (mut request, mut reply) = ([0; 256], [0; 256]);
    let buffers = Buffers {
        request: &mut request,
        reply: &mut reply,
    };
    let closed = serve_connection(&mut conn, &handler, buffers, &Limits::new()).await;
    closed.unwrap();
    let (want, at) = (pattern(0, 180), conn.wire.windows(4));
    let head = 4 + at.clone().position(|end| end == b"\r\n\r\n").unwrap();
    let mut chunks = &conn.wire[head..];
    let mut body = Vec::new();
    loop {
        let line = chunks.iter().position(|byte| *byte == b'\n').unwrap() + 1;
        let size = std::str::from_utf8(&chunks[..line - 2]).unwrap();
        let size = usize::from_str_radix(size, 16).unwrap();
        body.extend_from_slice(&chunks[line..line + size]);
        chunks = &chunks[line + size + 2..];
        if size == 0 {
            break;
        }
    }
    assert_eq!(body, want);
    assert!(chunks.is_empty());
    assert!(conn.frames >= 2, "{} frames", conn.frames);
}
