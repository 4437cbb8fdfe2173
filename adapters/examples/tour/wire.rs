//! Replies as they are on the wire: the server asks itself, over a connection of its own.

use std::io::{self, Read, Write};
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr, TcpStream};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use replywire::{HeaderName, Status};
use replywire_embedded::{Answer, Request, Responder, Transport};
use replywire_std::{Blocking, Runtime};

use super::stops::{Stop, all};

/// Sends the bytes of the reply that a stop of this name has, as text and up to the stop's limit.
/// Nothing but the stops can be asked for, by few at once; where a browser tells the site of the
/// page that asks, that has to be the tour's.
pub(super) async fn answer<R: Runtime, T: Transport>(
    name: &str,
    request: &Request<'_>,
    responder: Responder<'_, T>,
    address: SocketAddr,
) -> Answer {
    let site = request.header("sec-fetch-site");
    if site.is_some_and(|site| !matches!(site, b"same-origin" | b"none")) {
        let reply = responder.status(Status::FORBIDDEN);
        return reply.text("this is for the page of the tour").await;
    }
    let Some(stop) = all().find(|stop| stop.name == name) else {
        let reply = responder.status(Status::NOT_FOUND);
        return reply.text("no such stop").await;
    };
    let Some(_turn) = Turn::take() else {
        let reply = responder.status(Status::SERVICE_UNAVAILABLE);
        return reply.text("others are asking; try again").await;
    };
    let reply = responder.ok().media_type("text/plain");
    let reply = reply.header(HeaderName::CACHE_CONTROL, "no-store");
    let reply = reply.header(HeaderName::X_CONTENT_TYPE_OPTIONS, "nosniff");
    let bytes = Wire::NotAsked { stop, address };
    reply
        .stream(Blocking::<R, _, _>::read(bytes.take(stop.limit)))
        .await
}

/// A turn to ask the server, given back when it is dropped.
struct Turn;

/// The number of those that ask.
static ASKING: AtomicUsize = AtomicUsize::new(0);

impl Turn {
    fn take() -> Option<Self> {
        const MOST: usize = 16;
        let turn = Self;
        (ASKING.fetch_add(1, Ordering::Relaxed) < MOST).then_some(turn)
    }
}

impl Drop for Turn {
    fn drop(&mut self) {
        ASKING.fetch_sub(1, Ordering::Relaxed);
    }
}

/// The request of a stop, to a server of this name.
pub(super) fn request(stop: &Stop, host: &str) -> String {
    let Stop {
        method,
        path,
        fields,
        content,
        ..
    } = stop;
    format!(
        "{method} {path} HTTP/1.1\r\nhost: {host}\r\n{fields}connection: close\r\n\r\n{content}"
    )
}

/// The bytes that the server sends, asked for where the first is wanted.
enum Wire {
    NotAsked {
        stop: &'static Stop,
        address: SocketAddr,
    },
    Asked(TcpStream),
}

impl Read for Wire {
    fn read(&mut self, room: &mut [u8]) -> io::Result<usize> {
        match self {
            Self::NotAsked { stop, address } => {
                let mut stream = TcpStream::connect_timeout(&near(*address), LIMIT)?;
                stream.set_read_timeout(Some(LIMIT))?;
                stream.set_write_timeout(Some(LIMIT))?;
                stream.write_all(request(stop, &address.to_string()).as_bytes())?;
                *self = Self::Asked(stream);
                self.read(room)
            }
            Self::Asked(stream) => stream.read(room),
        }
    }
}

/// The most time that connecting, sending and each read may take.
const LIMIT: Duration = Duration::from_secs(5);

/// An address that a connection can be made to, of one to listen on.
fn near(mut address: SocketAddr) -> SocketAddr {
    match address.ip() {
        IpAddr::V4(ip) if ip.is_unspecified() => address.set_ip(Ipv4Addr::LOCALHOST.into()),
        IpAddr::V6(ip) if ip.is_unspecified() => address.set_ip(Ipv6Addr::LOCALHOST.into()),
        _ => {}
    }
    address
}
