//! The blocking examples of the core: over sockets, and over transports in memory in any pieces.

use std::convert::Infallible;
use std::io;
use std::net::{Shutdown, TcpListener, TcpStream};
use std::thread;

use replywire::Error;

#[allow(dead_code, unreachable_pub)]
#[path = "../core/examples/blocking_embedded.rs"]
mod over_embedded_io;
#[allow(dead_code, unreachable_pub)]
#[path = "../core/examples/blocking.rs"]
mod over_std;

use self::over_embedded_io::ServeError;

/// The texts that a client sends, and those it gets for them, in turns.
struct Talk {
    name: &'static str,
    turns: &'static [(&'static str, &'static str)],
    /// The end of the connection, as the example over `embedded-io` tells it.
    end: Result<(), ServeError<Infallible>>,
}

const CONTINUE: &str = "HTTP/1.1 100 Continue\r\n\r\n";

const GET: (&str, &str) = (
    "GET /a?b HTTP/1.1\r\nhost: a\r\n\r\n",
    "HTTP/1.1 200 OK\r\nx-received: 0\r\ncontent-type: text/plain; charset=utf-8\r\n\
     content-length: 2\r\n\r\n/a",
);

const HEAD: (&str, &str) = (
    "HEAD /head HTTP/1.1\r\nhost: a\r\n\r\n",
    "HTTP/1.1 200 OK\r\nx-received: 0\r\ncontent-type: text/plain; charset=utf-8\r\n\
     content-length: 5\r\n\r\n",
);

const POST: (&str, &str) = (
    "POST /post HTTP/1.1\r\nhost: a\r\ncontent-length: 11\r\n\r\nhello world",
    "HTTP/1.1 200 OK\r\nx-received: 11\r\ncontent-type: text/plain; charset=utf-8\r\n\
     content-length: 5\r\n\r\n/post",
);

const CHUNKS: (&str, &str) = (
    "POST /chunks HTTP/1.1\r\nhost: a\r\ntransfer-encoding: chunked\r\n\r\n\
     6\r\nhello \r\nA;x=y\r\n0123456789\r\n0\r\nsum: 1\r\n\r\n",
    "HTTP/1.1 200 OK\r\nx-received: 16\r\ncontent-type: text/plain; charset=utf-8\r\n\
     content-length: 7\r\n\r\n/chunks",
);

const BAD_REQUEST: &str = "HTTP/1.1 400 Bad Request\r\n\
    content-type: text/plain; charset=utf-8\r\nconnection: close\r\ncontent-length: 11\r\n\r\n\
    Bad Request";

const TALKS: [Talk; 13] = [
    Talk {
        name: "requests one after the other",
        turns: &[GET, HEAD, POST, CHUNKS, GET],
        end: Ok(()),
    },
    Talk {
        name: "a request of HTTP/1.0, and another that is not read",
        turns: &[(
            "GET /old HTTP/1.0\r\n\r\nGET / HTTP/1.1\r\n",
            "HTTP/1.1 200 OK\r\nx-received: 0\r\ncontent-type: text/plain; charset=utf-8\r\n\
             connection: close\r\ncontent-length: 4\r\n\r\n/old",
        )],
        end: Ok(()),
    },
    Talk {
        name: "a request that closes",
        turns: &[
            GET,
            (
                "GET /last HTTP/1.1\r\nhost: a\r\nconnection: close\r\n\r\n",
                "HTTP/1.1 200 OK\r\nx-received: 0\r\n\
                 content-type: text/plain; charset=utf-8\r\nconnection: close\r\n\
                 content-length: 5\r\n\r\n/last",
            ),
        ],
        end: Ok(()),
    },
    Talk {
        name: "a refused head after a request",
        turns: &[
            POST,
            ("GET / HTTP/1.1\r\nhost: a\r\nhost: b\r\n\r\n", BAD_REQUEST),
        ],
        end: Ok(()),
    },
    Talk {
        name: "a line that ends in LF alone",
        turns: &[("GET / HTTP/1.1\n", BAD_REQUEST)],
        end: Ok(()),
    },
    Talk {
        name: "a refused HEAD",
        turns: &[(
            "HEAD / HTTP/3.0\r\n\r\n",
            "HTTP/1.1 505 HTTP Version Not Supported\r\n\
             content-type: text/plain; charset=utf-8\r\nconnection: close\r\n\
             content-length: 26\r\n\r\n",
        )],
        end: Ok(()),
    },
    Talk {
        name: "no head",
        turns: &[("", "")],
        end: Ok(()),
    },
    Talk {
        name: "empty lines alone",
        turns: &[("\r\n\r\n", "")],
        end: Ok(()),
    },
    Talk {
        name: "half a head, then the end",
        turns: &[GET, ("GET / HTTP/1.1\r\nhost: a\r\n", "")],
        end: Ok(()),
    },
    Talk {
        name: "half the content, then the end",
        turns: &[(
            "POST / HTTP/1.1\r\nhost: a\r\ncontent-length: 5\r\n\r\nhell",
            "",
        )],
        end: Err(ServeError::Truncated),
    },
    Talk {
        name: "half a chunk, then the end",
        turns: &[(
            "POST / HTTP/1.1\r\nhost: a\r\ntransfer-encoding: chunked\r\n\r\n5\r\nhello\r\n0\r\n",
            "",
        )],
        end: Err(ServeError::Truncated),
    },
    Talk {
        name: "a malformed chunk",
        turns: &[
            GET,
            (
                "POST / HTTP/1.1\r\nhost: a\r\ntransfer-encoding: chunked\r\n\r\n5\r\nhello!",
                "",
            ),
        ],
        end: Err(ServeError::Content),
    },
    Talk {
        name: "a coding that is not known",
        turns: &[(
            "POST / HTTP/1.1\r\nhost: a\r\ntransfer-encoding: gzip, chunked\r\n\r\n",
            "HTTP/1.1 501 Not Implemented\r\ncontent-type: text/plain; charset=utf-8\r\n\
             connection: close\r\ncontent-length: 15\r\n\r\nNot Implemented",
        )],
        end: Ok(()),
    },
];

/// The head and the content of a request whose client waits, and the reply after [`CONTINUE`].
const EXPECTS: [&str; 3] = [
    "PUT /wait HTTP/1.1\r\nhost: a\r\nexpect: 100-continue\r\ncontent-length: 5\r\n\r\n",
    "hello",
    "HTTP/1.1 200 OK\r\nx-received: 5\r\ncontent-type: text/plain; charset=utf-8\r\n\
     content-length: 5\r\n\r\n/wait",
];

impl Talk {
    fn sent(&self) -> String {
        self.turns.iter().map(|(sent, _)| *sent).collect()
    }

    fn received(&self) -> String {
        self.turns.iter().map(|(_, received)| *received).collect()
    }
}

/// A transport in memory, whose client sends pieces that end at these places, and which takes a few
/// bytes at a time.
struct Pieces<'s> {
    sent: &'s [u8],
    at: usize,
    ends: Vec<usize>,
    received: Vec<u8>,
}

impl<'s> Pieces<'s> {
    fn new(sent: &'s str, ends: impl IntoIterator<Item = usize>) -> Self {
        Self {
            sent: sent.as_bytes(),
            at: 0,
            ends: ends.into_iter().collect(),
            received: Vec::new(),
        }
    }

    fn take(&mut self, room: &mut [u8]) -> usize {
        assert!(!room.is_empty(), "a read without room is no end");
        let end = self.ends.iter().find(|end| **end > self.at);
        let end = end.map_or(self.sent.len(), |end| *end);
        let n = room.len().min(end - self.at);
        room[..n].copy_from_slice(&self.sent[self.at..self.at + n]);
        self.at += n;
        n
    }

    fn put(&mut self, bytes: &[u8]) -> usize {
        let n = bytes.len().min(7);
        self.received.extend_from_slice(&bytes[..n]);
        n
    }
}

impl io::Read for Pieces<'_> {
    fn read(&mut self, room: &mut [u8]) -> io::Result<usize> {
        Ok(self.take(room))
    }
}

impl io::Write for Pieces<'_> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        Ok(self.put(bytes))
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

impl embedded_io::ErrorType for Pieces<'_> {
    type Error = Infallible;
}

impl embedded_io::Read for Pieces<'_> {
    fn read(&mut self, room: &mut [u8]) -> Result<usize, Infallible> {
        Ok(self.take(room))
    }
}

impl embedded_io::Write for Pieces<'_> {
    fn write(&mut self, bytes: &[u8]) -> Result<usize, Infallible> {
        Ok(self.put(bytes))
    }

    fn flush(&mut self) -> Result<(), Infallible> {
        Ok(())
    }
}

fn text(bytes: &[u8]) -> &str {
    str::from_utf8(bytes).unwrap()
}

/// Both examples give these bytes for what is sent in these pieces, and end like this.
fn check(
    name: &str,
    sent: &str,
    ends: &[usize],
    want: &str,
    end: &Result<(), ServeError<Infallible>>,
) {
    let mut conn = Pieces::new(sent, ends.iter().copied());
    let served = over_embedded_io::serve(&mut conn, &mut [0xaa; 192], &mut [0xaa; 160]);
    assert_eq!(served, *end, "{name}, {ends:?}");
    assert_eq!(text(&conn.received), want, "{name}, {ends:?}");
    let mut conn = Pieces::new(sent, ends.iter().copied());
    let served = over_std::serve(&mut conn);
    assert_eq!(served.is_err(), end.is_err(), "{name}, {ends:?}");
    assert_eq!(text(&conn.received), want, "{name}, {ends:?}");
}

#[test]
fn what_is_sent_may_come_in_any_two_pieces_and_in_pieces_of_any_length() {
    for talk in &TALKS {
        let (sent, received) = (talk.sent(), talk.received());
        for split in 0..=sent.len() {
            check(talk.name, &sent, &[split], &received, &talk.end);
        }
        for len in 1..=sent.len() {
            let ends: Vec<_> = (0..sent.len()).step_by(len).collect();
            check(talk.name, &sent, &ends, &received, &talk.end);
        }
    }
}

#[test]
fn a_client_is_told_to_go_on_unless_all_of_its_content_has_come() {
    let [head, content, reply] = EXPECTS;
    let sent = [head, content, GET.0].concat();
    let asked = [CONTINUE, reply, GET.1].concat();
    let unasked = [reply, GET.1].concat();
    let waits = head.len()..head.len() + content.len();
    for split in 0..=sent.len() {
        let want = match waits.contains(&split) {
            true => &asked,
            false => &unasked,
        };
        check("a client that waits", &sent, &[split], want, &Ok(()));
    }
}

#[test]
fn a_head_as_long_as_the_buffer_is_read_and_a_longer_one_is_refused() {
    let serve = |sent: &str| {
        let mut conn = Pieces::new(sent, []);
        let served = over_embedded_io::serve(&mut conn, &mut [0; 64], &mut [0; 160]);
        assert_eq!(served, Ok(()));
        String::from_utf8(conn.received).unwrap()
    };
    let head = |more| {
        format!(
            "GET /a HTTP/1.1\r\nhost: a\r\nx: {}\r\n\r\n",
            "y".repeat(more)
        )
    };
    assert_eq!(head(31).len(), 64);
    assert_eq!(serve(&head(31).repeat(3)), GET.1.repeat(3));
    let refusal = "HTTP/1.1 431 Request Header Fields Too Large\r\n\
                   content-type: text/plain; charset=utf-8\r\nconnection: close\r\n\
                   content-length: 31\r\n\r\nRequest Header Fields Too Large";
    assert_eq!(serve(&head(32)), refusal);
    let refusal = "HTTP/1.1 414 URI Too Long\r\ncontent-type: text/plain; charset=utf-8\r\n\
                   connection: close\r\ncontent-length: 12\r\n\r\nURI Too Long";
    assert_eq!(serve(&format!("GET /{}", "a".repeat(60))), refusal);
}

#[test]
fn content_after_a_head_as_long_as_the_buffer_is_read_past_it() {
    let content = "y".repeat(300);
    let head = |len: usize| {
        let start = "POST /a HTTP/1.1\r\nhost: a\r\ncontent-length: 300\r\nx: ";
        format!("{start}{}\r\n\r\n", "x".repeat(len - start.len() - 4))
    };
    let want = GET.1.replace("x-received: 0", "x-received: 300") + GET.1;
    for piece in [1, 7, usize::MAX] {
        let ends = |sent: &str| (0..sent.len()).step_by(piece).collect::<Vec<_>>();
        let sent = [&head(128), &content, GET.0].concat();
        let mut conn = Pieces::new(&sent, ends(&sent));
        let served = over_embedded_io::serve(&mut conn, &mut [0; 128], &mut [0; 160]);
        assert_eq!(served, Ok(()));
        assert_eq!(text(&conn.received), want);
        let sent = [&head(4096), &content, GET.0].concat();
        let mut conn = Pieces::new(&sent, ends(&sent));
        over_std::serve(&mut conn).unwrap();
        assert_eq!(text(&conn.received), want);
    }
}

#[test]
fn a_reply_that_its_buffer_cannot_hold_is_an_error() {
    for len in 0..GET.1.len() {
        let mut conn = Pieces::new(GET.0, []);
        let served = over_embedded_io::serve(&mut conn, &mut [0; 64], &mut vec![0; len]);
        let needed = GET.1.len();
        assert_eq!(served, Err(ServeError::Reply(Error::Overflow { needed })));
        assert_eq!(conn.received, b"");
    }
}

/// A client of the example over a socket.
fn over_a_socket(talk: impl FnOnce(&mut TcpStream)) -> Result<(), String> {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap();
    let server = thread::spawn(move || {
        let (conn, _) = listener.accept().unwrap();
        over_std::serve(conn).map_err(|error| error.to_string())
    });
    let mut client = TcpStream::connect(address).unwrap();
    talk(&mut client);
    end(&mut client);
    server.join().unwrap()
}

/// Sends some bytes, and reads as many as are due.
fn turn(client: &mut TcpStream, sent: &str, want: &str) {
    io::Write::write_all(client, sent.as_bytes()).unwrap();
    let mut got = vec![0; want.len()];
    io::Read::read_exact(client, &mut got).unwrap();
    assert_eq!(text(&got), want);
}

/// Sends no more: nothing more must come.
fn end(client: &mut TcpStream) {
    // The server may have closed the connection already.
    let _ = client.shutdown(Shutdown::Write);
    let mut rest = Vec::new();
    io::Read::read_to_end(client, &mut rest).unwrap();
    assert_eq!(text(&rest), "");
}

#[test]
fn a_socket_is_served_in_turns_and_pipelined() {
    for talk in &TALKS {
        let served = over_a_socket(|client| {
            for (sent, want) in talk.turns {
                turn(client, sent, want);
            }
        });
        assert_eq!(
            served.is_err(),
            talk.end.is_err(),
            "{}: {served:?}",
            talk.name
        );
        let served = over_a_socket(|client| turn(client, &talk.sent(), &talk.received()));
        assert_eq!(
            served.is_err(),
            talk.end.is_err(),
            "{}: {served:?}",
            talk.name
        );
    }
}

#[test]
fn a_client_that_waits_on_a_socket_is_told_to_go_on() {
    let [head, content, reply] = EXPECTS;
    let served = over_a_socket(|client| {
        turn(client, head, CONTINUE);
        turn(client, content, reply);
        turn(client, GET.0, GET.1);
    });
    assert_eq!(served, Ok(()));
}
