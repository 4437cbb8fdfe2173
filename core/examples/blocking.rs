//! A keep-alive server over blocking sockets of the standard library, a thread a connection:
//! `cargo run -p replywire --features request --example blocking`, then
//! `curl -id hello http://127.0.0.1:8000/path`.
//!
//! What faces the world also has timeouts, and reads on for a moment after a refusal, so that the
//! reply is not lost with the bytes that were not read.

use std::error::Error;
use std::io::{self, Read, Write};
use std::net::TcpListener;

use replywire::request::{CONTINUE, Content, ContentStep, RequestStep, Requests};
use replywire::{Response, Status};

fn main() -> io::Result<()> {
    for conn in TcpListener::bind("127.0.0.1:8000")?.incoming() {
        let conn = conn?;
        std::thread::spawn(move || serve(conn).unwrap_or_else(|error| eprintln!("{error}")));
    }
    Ok(())
}

/// Answers each request with its path and the length of its content.
pub fn serve(mut conn: impl Read + Write) -> Result<(), Box<dyn Error>> {
    let (mut input, mut output) = ([0; 4096], [0; 4096]);
    let mut requests = Requests::new(&mut input);
    let refused = loop {
        match requests.step() {
            RequestStep::Read(room) => match conn.read(room)? {
                0 => return Ok(()),
                n => requests.filled(n),
            },
            RequestStep::Head => {
                // Here a clock would date the reply: `*exchange = exchange.at(now)`.
                if let Err(refused) = requests.begin::<32>() {
                    break refused;
                }
                let (request, content) = requests.request();
                let len = receive(content, &mut conn)?;
                let reply = Response::to(request.exchange(), &mut output, Status::OK)
                    .header("x-received", len)
                    .text(request.path())?;
                conn.write_all(reply.as_bytes())?;
                if reply.closes() {
                    return Ok(());
                }
            }
            // All of it is read before the reply.
            RequestStep::Content => return Ok(()),
            RequestStep::Refused(refused) => break refused,
        }
    };
    let reply = Response::refuse(&refused.exchange(), &mut output, refused.reason)?;
    Ok(conn.write_all(reply.as_bytes())?)
}

/// Reads the content and gives its length.
fn receive(
    mut content: Content<'_>,
    conn: &mut (impl Read + Write),
) -> Result<usize, Box<dyn Error>> {
    let mut len = 0;
    loop {
        match content.step()? {
            ContentStep::Continue => conn.write_all(CONTINUE)?,
            ContentStep::Done => return Ok(len),
            // The head fills the buffer: content is read past it.
            ContentStep::Read([]) => {
                let mut room = [0; 256];
                let most = content.direct().min(256) as usize;
                match conn.read(room.get_mut(..most).unwrap_or_default())? {
                    0 => return Err("the content was cut off".into()),
                    n => {
                        content.skip(n as u64);
                        len += n;
                    }
                }
            }
            ContentStep::Read(room) => match conn.read(room)? {
                0 => return Err("the content was cut off".into()),
                n => content.filled(n),
            },
            ContentStep::Slice(bytes) => len += bytes.len(),
        }
    }
}
