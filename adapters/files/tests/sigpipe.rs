//! A program that does not ignore SIGPIPE, in a process of its own.
#![cfg(target_os = "linux")]

use std::fs;
use std::io::{self, ErrorKind, Read as _, Write as _};
use std::net::{Shutdown, TcpListener, TcpStream};
use std::os::fd::{AsFd, BorrowedFd};
use std::os::unix::process::ExitStatusExt;
use std::pin::pin;
use std::process::Command;
use std::sync::Arc;
use std::task::{Context, Poll, Waker};
use std::thread;

use embedded_io_async::{ErrorType, Read, Write};
use replywire_embedded::{ConnectionError, FileSource, SendError, Transport};
use replywire_files::{FileBody, FileTransport, OpenFile};

/// A socket that blocks, and the number of calls of the system that it was lent to.
struct Socket(TcpStream, usize);

impl ErrorType for Socket {
    type Error = io::Error;
}

impl Read for Socket {
    async fn read(&mut self, buf: &mut [u8]) -> io::Result<usize> {
        self.0.read(buf)
    }
}

impl Write for Socket {
    async fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.write(bytes)
    }

    async fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

impl Transport for Socket {}

impl FileTransport for Socket {
    async fn blocking<R, F>(work: F) -> io::Result<R>
    where
        R: Send + 'static,
        F: FnOnce() -> io::Result<R> + Send + 'static,
    {
        work()
    }

    async fn kernel(
        &mut self,
        mut op: impl FnMut(BorrowedFd<'_>) -> io::Result<usize>,
    ) -> Option<io::Result<usize>> {
        self.1 += 1;
        let sent = op(self.0.as_fd());
        // A call that would send the signal says that there is no such way.
        let kind = sent.as_ref().map_err(io::Error::kind);
        assert_eq!(kind, Err(ErrorKind::Unsupported));
        Some(sent)
    }
}

#[test]
fn a_client_that_leaves_does_not_end_a_program_that_has_sigpipe() {
    let mut child = Command::new(std::env::current_exe().unwrap());
    let output = child
        .args(["--exact", "lose_clients", "--ignored"])
        .output();
    let output = output.unwrap();
    let text = String::from_utf8_lossy(&output.stdout);
    assert_eq!(output.status.signal(), None, "{text}");
    assert!(text.contains("1 passed"), "{text}");
}

/// Sends a file to clients that half-close the connection and close it before they have all.
#[test]
#[ignore = "for a process of its own"]
fn lose_clients() {
    const LEN: u64 = 1 << 30;
    sigpipe::reset();
    let path = std::env::temp_dir().join(format!("replywire-sigpipe-{}", std::process::id()));
    fs::File::create(&path).unwrap().set_len(LEN).unwrap();
    let file = OpenFile::open(&path).unwrap();
    fs::remove_file(&path).unwrap();
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap();
    let file = Arc::new(file);
    for _ in 0..3 {
        let client = thread::spawn(move || {
            let mut client = TcpStream::connect(address).unwrap();
            client.shutdown(Shutdown::Write).unwrap();
            client.read_exact(&mut [0; 100_000]).unwrap();
        });
        let mut socket = Socket(listener.accept().unwrap().0, 0);
        // It was half-closed.
        assert_eq!(socket.0.read(&mut [0]).unwrap(), 0);
        let mut body = FileBody::new(Arc::clone(&file));
        let mut offset = 0;
        let error = loop {
            let copied = pin!(body.copy_to(offset, LEN - offset, &mut socket));
            let mut cx = Context::from_waker(Waker::noop());
            match copied.poll(&mut cx) {
                Poll::Ready(Ok(n)) => offset += n.unwrap(),
                Poll::Ready(Err(error)) => break error,
                Poll::Pending => {}
            }
        };
        client.join().unwrap();
        assert_eq!(socket.1, 1);
        match error {
            SendError::Connection(ConnectionError::Io(error)) => {
                let kind = error.kind();
                assert!(matches!(
                    kind,
                    ErrorKind::BrokenPipe | ErrorKind::ConnectionReset
                ));
            }
            other => panic!("{other:?}"),
        }
    }
}
