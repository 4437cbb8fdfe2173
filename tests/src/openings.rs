//! Tests of connections that are not accepted, or not opened, the same on every runtime.

use std::collections::VecDeque;
use std::future::{pending, poll_fn};
use std::io;
use std::time::Duration;

use replywire_std::{Handshake, Incoming, Listen, Runtime, Streams};
use tokio::io::AsyncWriteExt;
use tokio::net::TcpStream;

use crate::served::{self, Running, end, start_failing, within};

/// Makes the cases of this module tests on the [`Runtime`](served::Runtime).
#[macro_export]
macro_rules! openings {
    ($runtime:ty) => {
        #[tokio::test]
        async fn each_error_of_accepting_is_seen_once_and_the_server_goes_on() {
            $crate::openings::each_error_of_accepting_is_seen_once::<$runtime>().await;
        }

        #[tokio::test]
        async fn each_handshake_that_fails_ends_its_connection_and_is_seen_once() {
            $crate::openings::each_handshake_that_fails_is_seen_once::<$runtime>().await;
        }
    };
}

/// A listener that fails now and then.
struct Failing<L> {
    listener: L,
    /// The outcomes of the calls before all others; `None` is a connection.
    errors: VecDeque<Option<io::Error>>,
}

impl<R: Runtime, L: Listen<R>> Listen<R> for Failing<L> {
    type Stream = L::Stream;
    type Opening = L::Opening;

    async fn accept(&mut self) -> io::Result<L::Opening> {
        if let Some(Some(error)) = self.errors.pop_front() {
            return Err(error);
        }
        self.listener.accept().await
    }
}

const TOO_MANY_OPEN_FILES: i32 = 24;

/// The errors before the first connection, the second and the third.
fn errors() -> [Vec<io::Error>; 3] {
    [
        vec![
            io::ErrorKind::ConnectionAborted.into(),
            io::Error::other("no network"),
        ],
        (0..3)
            .map(|_| io::Error::from_raw_os_error(TOO_MANY_OPEN_FILES))
            .collect(),
        vec![
            io::ErrorKind::ConnectionReset.into(),
            io::ErrorKind::OutOfMemory.into(),
            io::ErrorKind::OutOfMemory.into(),
            io::ErrorKind::OutOfMemory.into(),
            io::Error::other("no network"),
        ],
    ]
}

/// A listener that fails by [`errors`], and whose connections begin with a byte of the client that
/// says what becomes of the handshake.
pub fn failing<R, S, L>(listener: L) -> impl Listen<R, Stream = S>
where
    R: Streams<S>,
    S: Send + 'static,
    L: Listen<R, Stream = S>,
{
    let errors = errors().into_iter().flat_map(|errors| {
        let errors = errors.into_iter().map(Some);
        errors.chain([None])
    });
    let listener = Failing {
        listener,
        errors: errors.collect(),
    };
    Handshake::new(listener, |mut incoming: Incoming<R, S>| async {
        let mut byte = [0];
        poll_fn(|cx| R::poll_read(incoming.stream_mut(), cx, &mut byte)).await?;
        match &byte {
            b"f" => Err(io::Error::other("no such certificate")),
            b"p" => panic!("row {}", 9),
            b"s" => pending().await,
            _ => Ok(incoming),
        }
    })
}

const REQUEST: &str = "GET / HTTP/1.1\r\nhost: x\r\n\r\n";

/// A connection whose first byte is this, and which asks for something then.
async fn begun(server: &Running, byte: char) -> TcpStream {
    let mut stream = server.connect().await;
    let bytes = format!("{byte}{REQUEST}");
    stream.write_all(bytes.as_bytes()).await.unwrap();
    stream
}

/// Waits until so many failures were told, and logged.
async fn told(server: &Running, count: usize) {
    let is_told = || {
        let events = server.seen.events();
        events.not_accepted.len() >= count && logged(&events.log).len() >= count
    };
    let told = async {
        while !is_told() {
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
    };
    within(told).await;
}

/// The failures of connections that were not accepted, as the log has them.
fn logged(log: &[String]) -> Vec<&str> {
    let lines = log.iter().filter_map(|line| {
        let (start, rest) = line.split_once("] ")?;
        let failure = rest.strip_prefix("\"-\" - 0 \"connection not accepted: ")?;
        assert!(start.starts_with("- - - ["), "{line}");
        failure.strip_suffix('"')
    });
    lines.collect()
}

/// The lines of the log about connections that were not accepted are of these failures.
fn check_log(server: &Running, want: &[String]) {
    let events = server.seen.events();
    assert_eq!(events.not_accepted, want);
    assert_eq!(logged(&events.log), want);
    assert!(events.ends.iter().all(|(_, cause)| cause.is_none()));
}

pub async fn each_error_of_accepting_is_seen_once<R: served::Runtime>() {
    let server = start_failing::<R>(|_| ());
    let mut streams = Vec::new();
    let mut want = Vec::new();
    for errors in errors() {
        want.extend(errors.iter().map(io::Error::to_string));
        told(&server, want.len()).await;
        check_log(&server, &want);
        let mut stream = begun(&server, 'g').await;
        assert_eq!(served::reply(&mut stream).await, served::KEPT);
        streams.push(stream);
    }
    drop(streams);
    let seen = std::sync::Arc::clone(&server.seen);
    server.stop().await;
    assert_eq!(seen.lines().len(), 3);
}

pub async fn each_handshake_that_fails_is_seen_once<R: served::Runtime>() {
    let server = start_failing::<R>(|config| {
        config.timeouts.handshake = Some(Duration::from_millis(400));
        config.connections = 2;
    });
    let before: Vec<_> = errors()
        .iter()
        .flatten()
        .map(io::Error::to_string)
        .collect();
    for _ in errors() {
        let mut stream = begun(&server, 'g').await;
        assert_eq!(served::reply(&mut stream).await, served::KEPT);
    }
    let mut want = before;
    for (byte, failure) in [
        ('f', "no such certificate"),
        ('p', "opening panicked: row 9"),
        ('s', "timed out"),
        ('f', "no such certificate"),
    ] {
        want.push(failure.to_owned());
        let ended = end(&mut begun(&server, byte).await).await;
        assert!(matches!(ended.as_deref(), Ok([]) | Err(_)), "{ended:?}");
        told(&server, want.len()).await;
        check_log(&server, &want);
        // Its slot is free, and the server goes on.
        let mut stream = begun(&server, 'g').await;
        assert_eq!(served::reply(&mut stream).await, served::KEPT);
    }
    let seen = std::sync::Arc::clone(&server.seen);
    let mut silent = begun(&server, 's').await;
    let mut other = begun(&server, 'g').await;
    assert_eq!(served::reply(&mut other).await, served::KEPT);
    server.stop().await;
    let ended = end(&mut silent).await;
    assert!(matches!(ended.as_deref(), Ok([]) | Err(_)), "{ended:?}");
    assert_eq!(
        seen.events().not_accepted.last().map(String::as_str),
        Some("connection aborted")
    );
}
