//! A server without descriptors left, in a process of its own.
#![cfg(target_os = "linux")]

use std::fs;
use std::io::{Read, Write};
use std::net::TcpStream;
use std::sync::Arc;
use std::thread;

use async_std::net::TcpListener;
use replywire::{Response, Status};
use replywire_async_std::{
    Answered, FileBody, Handler, OpenFile, Request, Responder, Unanswered, serve,
};
use rustix::process::{Resource, Rlimit, getrlimit, setrlimit};

/// Answers everything with a file that is open.
struct App(Arc<OpenFile>);

impl Handler for App {
    async fn handle(
        &self,
        request: &Request<'_>,
        responder: Responder<'_>,
    ) -> Result<Answered, Unanswered> {
        let body = FileBody::new(self.0.clone());
        let sent = responder.file(request, self.0.facts(), body, |exchange, buf| {
            Response::to(exchange, buf, Status::OK)
        });
        Ok(sent.await?)
    }
}

#[test]
fn without_descriptors_a_connection_still_sends_its_files() {
    let path = std::env::temp_dir().join(format!("replywire-async-std-{}", std::process::id()));
    let content: Vec<u8> = (0..1_000_000_u32).map(|at| (at % 251) as u8).collect();
    fs::write(&path, &content).unwrap();
    let app = App(Arc::new(OpenFile::open(&path).unwrap()));
    fs::remove_file(&path).unwrap();

    let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap();
    thread::spawn(|| async_std::task::block_on(serve(TcpListener::from(listener), app)));
    let mut stream = TcpStream::connect(address).unwrap();
    // A reply that needs no second descriptor says that the connection was accepted.
    stream
        .write_all(b"GET / HTTP/1.1\r\nhost: x\r\nrange: bytes=0-0\r\n\r\n")
        .unwrap();
    let mut reply = Vec::new();
    while !reply.ends_with(b"\r\n\r\n\0") {
        let mut byte = [0];
        stream.read_exact(&mut byte).unwrap();
        reply.push(byte[0]);
    }

    let before = getrlimit(Resource::Nofile);
    let limited = Rlimit {
        current: Some(200),
        ..before
    };
    setrlimit(Resource::Nofile, limited).unwrap();
    let mut taken = Vec::new();
    while let Ok(file) = fs::File::open("/dev/null") {
        taken.push(file);
    }
    stream
        .write_all(b"GET / HTTP/1.1\r\nhost: x\r\nconnection: close\r\n\r\n")
        .unwrap();
    let mut reply = Vec::new();
    let end = stream.read_to_end(&mut reply);
    drop(taken);
    setrlimit(Resource::Nofile, before).unwrap();
    end.unwrap();
    assert!(reply.starts_with(b"HTTP/1.1 200 OK\r\n"));
    assert!(reply.ends_with(&content));
}
