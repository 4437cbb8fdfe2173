//! A server with a thread, a runtime and a listener for each core, over tokio and over smol.

use std::collections::BTreeMap;
use std::io::{self, BufRead, BufReader, ErrorKind, Read, Write};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::thread::{self, JoinHandle};

use smol::channel::{Sender, bounded};

const CORES: usize = 3;

/// Asks on a connection; the thread that has answered.
fn ask(stream: &mut TcpStream, path: &str) -> String {
    write!(stream, "GET {path} HTTP/1.1\r\nhost: a\r\n\r\n").unwrap();
    let mut reply = BufReader::new(&*stream);
    let mut len = 0;
    loop {
        let mut line = String::new();
        assert_ne!(reply.read_line(&mut line).unwrap(), 0, "no whole head");
        if let Some(value) = line.strip_prefix("content-length: ") {
            len = value.trim().parse().unwrap();
        }
        if line == "\r\n" {
            break;
        }
    }
    let mut body = vec![0; len];
    reply.read_exact(&mut body).unwrap();
    String::from_utf8(body).unwrap()
}

/// Connections that have asked, by the threads that answered, in order.
fn connections(at: SocketAddr, count: usize, path: &str) -> BTreeMap<String, Vec<TcpStream>> {
    let mut by_thread = BTreeMap::<_, Vec<_>>::new();
    for _ in 0..count {
        let mut stream = TcpStream::connect(at).unwrap();
        by_thread
            .entry(ask(&mut stream, path))
            .or_default()
            .push(stream);
    }
    by_thread
}

/// Connections that have asked, of which each core has some, and keeps those that it accepted.
fn connections_of_all(at: SocketAddr, path: &str) -> BTreeMap<String, Vec<TcpStream>> {
    let mut by_thread = connections(at, 200, path);
    assert_eq!(by_thread.len(), CORES);
    for (thread, streams) in &mut by_thread {
        for stream in streams {
            assert_eq!(ask(stream, "/"), *thread);
        }
    }
    by_thread
}

/// Waits for the end of a connection.
fn ends(mut stream: &TcpStream) {
    match stream.read(&mut [0]) {
        Ok(0) => {}
        Err(error) if error.kind() == ErrorKind::ConnectionReset => {}
        other => panic!("{other:?}"),
    }
}

macro_rules! suite {
    ($name:ident, $adapter:ident, $runtime:ident) => {
        mod $name {
            use replywire_std::Runtime;
            use $adapter::{Answer, Config, Request, Responder, Server, handler_fn, $runtime};

            use super::*;

            /// Answers with the thread that it runs on.
            async fn whoami(request: &Request<'_>, responder: Responder<'_>) -> Answer {
                if request.path() == "/panic" {
                    $runtime::spawn(async { panic!("a task of a core") });
                }
                let thread = format!("{:?}", thread::current().id());
                responder.ok().text(&thread).await
            }

            /// A server on several cores, until something is sent, or the sender is dropped.
            fn serve(config: Config) -> (SocketAddr, Sender<()>, JoinHandle<io::Result<()>>) {
                let (stop, stopped) = bounded::<()>(1);
                let server = Server::new(handler_fn(whoami)).config(config).per_core();
                let server = server.cores(CORES).bind("127.0.0.1:0").unwrap();
                let at = server.local_addr();
                let serving = thread::spawn(move || {
                    server.serve_until(async move {
                        let _ = stopped.recv().await;
                    })
                });
                (at, stop, serving)
            }

            #[test]
            fn all_cores_answer_and_a_shutdown_ends_all() {
                let (at, stop, serving) = serve(Config::default());
                let by_thread = connections_of_all(at, "/");
                drop(stop);
                serving.join().unwrap().unwrap();
                by_thread.values().flatten().for_each(ends);
                let refused = TcpStream::connect(at).map_err(|error| error.kind());
                assert_eq!(refused.err(), Some(ErrorKind::ConnectionRefused));
            }

            #[test]
            fn each_core_has_its_part_of_the_places_and_makes_room_on_its_own() {
                // Two for each core, rounded up.
                let config = Config::new().connections(2 * CORES - 1);
                let (at, stop, serving) = serve(config);
                let mut by_thread = connections(at, 100, "/");
                assert_eq!(by_thread.len(), CORES);
                for (thread, streams) in &mut by_thread {
                    let last = streams.len() - 2;
                    let (closed, open) = streams.split_at_mut(last);
                    closed.iter().for_each(ends);
                    for stream in open {
                        assert_eq!(ask(stream, "/"), *thread);
                    }
                }
                drop(stop);
                serving.join().unwrap().unwrap();
            }

            #[test]
            fn an_address_that_another_has_is_an_error_and_so_is_none() {
                let taken = TcpListener::bind("127.0.0.1:0").unwrap();
                let bind = |addresses: &[SocketAddr]| {
                    let server = Server::new(handler_fn(whoami)).per_core();
                    server.bind(addresses).map(|bound| bound.local_addr())
                };
                let at = taken.local_addr().unwrap();
                let failed = bind(&[at]).map_err(|error| error.kind());
                assert_eq!(failed, Err(ErrorKind::AddrInUse));
                let failed = bind(&[]).map_err(|error| error.kind());
                assert_eq!(failed, Err(ErrorKind::InvalidInput));
                // The first that can be had is taken.
                let free = SocketAddr::from(([127, 0, 0, 1], 0));
                assert_ne!(bind(&[at, free]).unwrap().port(), 0);
            }

            #[test]
            fn a_task_that_panics_ends_alone() {
                let (at, stop, serving) = serve(Config::default());
                connections_of_all(at, "/panic");
                drop(stop);
                serving.join().unwrap().unwrap();
            }
        }
    };
}

suite!(on_tokio, replywire_tokio, Tokio);
suite!(on_smol, replywire_smol, Smol);
