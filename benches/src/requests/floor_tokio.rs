//! A loop over tokio, which answers what it reads. Files are opened once: then each request is an
//! `fstat`, one read and one write.

use std::collections::HashMap;
use std::fs::{self, File};
use std::io;
use std::path::Path;
use std::rc::Rc;

use rustix::fs::fstat;
use rustix::io::pread;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio::task::{LocalSet, spawn_local};

use super::bare::Bare;
use super::shop::served;
use crate::server::{announce, runtime};

/// The opened files by their names in a request.
type Opened = HashMap<String, File>;

pub(super) fn serve(folder: &Path) -> io::Result<()> {
    let mut opened = Opened::new();
    for entry in fs::read_dir(served(folder))? {
        let name = entry?.file_name().to_string_lossy().into_owned();
        if let Some(asked) = name.strip_suffix(".br") {
            opened.insert(asked.to_owned(), File::open(served(folder).join(&name))?);
        }
    }
    let opened = Rc::new(opened);
    LocalSet::new().block_on(&runtime()?, async {
        let listener = TcpListener::bind("127.0.0.1:0").await?;
        announce(listener.local_addr()?)?;
        loop {
            let (stream, _) = listener.accept().await?;
            stream.set_nodelay(true)?;
            spawn_local(connection(stream, Rc::clone(&opened)));
        }
    })
}

async fn connection(mut stream: TcpStream, opened: Rc<Opened>) -> Option<()> {
    let mut bare = Bare::default();
    let mut file = Vec::new();
    loop {
        let mut room = [0; 4096];
        let len = stream.read(&mut room).await.ok().filter(|len| *len > 0)?;
        if let Some(name) = room[..len].strip_prefix(b"GET /static/") {
            let end = name.iter().position(|byte| *byte == b' ')?;
            let len = read(opened.get(str::from_utf8(&name[..end]).ok()?)?, &mut file)?;
            stream.write_all(&file[..len]).await.ok()?;
            continue;
        }
        bare.input.extend_from_slice(&room[..len]);
        bare.answer()?;
        stream.write_all(&bare.output).await.ok()?;
        bare.output.clear();
    }
}

/// How long a head is at most.
const HEAD: usize = 512;

/// Reads all of a file after its head; how much that is.
fn read(file: &File, reply: &mut Vec<u8>) -> Option<usize> {
    let len = fstat(file).ok()?.st_size as usize;
    let head = format!(
        "HTTP/1.1 200 OK\r\ncontent-type: text/css; charset=utf-8\r\ncontent-encoding: br\r\n\
         date: Sun, 06 Nov 1994 08:49:37 GMT\r\ncontent-length: {len}\r\n\r\n"
    );
    if reply.len() < HEAD + len {
        reply.resize(HEAD + len, 0);
    }
    reply[..head.len()].copy_from_slice(head.as_bytes());
    let read = pread(file, &mut reply[head.len()..head.len() + len], 0).ok()?;
    (read == len).then_some(head.len() + len)
}
