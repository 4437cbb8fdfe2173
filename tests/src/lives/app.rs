//! The handlers of these suites.

use std::convert::Infallible;
use std::future::{Future, pending, poll_fn};
use std::io;
use std::pin::pin;
use std::sync::Arc;
use std::task::Poll;

use embedded_io_async::{ErrorType, Read};
use replywire::body::Event;
use replywire::json::Python;
use replywire::{Response, Status};
use replywire_embedded::{Answered, Chunks, Request, Responder, Unanswered};
use replywire_files::FileTransport;
use tokio::sync::Notify;

use crate::served::file_byte;

/// Answers what takes its time, by the path; everything else at once.
#[derive(Clone, Default)]
pub struct Lives(pub(super) Arc<Signs>);

/// The signs that a handler and its test give each other.
#[derive(Default)]
pub(super) struct Signs {
    /// A handler, or the source of a body, waits.
    pub(super) waits: Notify,
    /// It need wait no longer.
    pub(super) go_on: Notify,
    /// It was dropped.
    pub(super) is_dropped: Notify,
    /// It came to its end.
    pub(super) is_done: Notify,
}

impl Signs {
    async fn wait(&self) {
        self.waits.notify_one();
        self.go_on.notified().await;
    }
}

/// Tells when it is dropped.
struct Told(Arc<Signs>);

impl Drop for Told {
    fn drop(&mut self) {
        self.0.is_dropped.notify_one();
    }
}

/// The length of `/whole`, more than the kernels hold of it at a reader that takes little.
pub const WHOLE_LEN: u64 = 1 << 20;

impl Lives {
    pub(crate) async fn answer<T: FileTransport>(
        &self,
        request: &Request<'_>,
        mut responder: Responder<'_, T>,
    ) -> Result<Answered, Unanswered> {
        let signs = &self.0;
        match request.path() {
            "/wait" => signs.wait().await,
            "/forever" => {
                let _told = Told(signs.clone());
                signs.waits.notify_one();
                pending::<()>().await;
            }
            "/closing" => {
                assert!(!responder.is_closing());
                signs.waits.notify_one();
                responder.closing().await;
                assert!(responder.is_closing());
            }
            "/read" | "/read-forever" | "/read-wait" | "/read-or-not" | "/wait-read-wait" => {
                if request.path() == "/wait-read-wait" {
                    signs.wait().await;
                }
                let mut buf = [0; 512];
                loop {
                    match responder.read(&mut buf).await {
                        Ok(0) => break,
                        Ok(_) => {}
                        Err(_) if request.path() == "/read-or-not" => break,
                        Err(error) => return Err(error.into()),
                    }
                }
                match request.path() {
                    "/read-forever" => pending().await,
                    "/read-wait" | "/wait-read-wait" => signs.wait().await,
                    _ => {}
                }
            }
            "/read-now-and-then" => {
                let mut buf = [0; 512];
                loop {
                    // Each try is given up at once, and made anew when the connection is polled.
                    let read = poll_fn(|cx| match pin!(responder.read(&mut buf)).poll(cx) {
                        Poll::Ready(read) => Poll::Ready(Some(read)),
                        Poll::Pending => Poll::Ready(None),
                    });
                    match read.await.transpose()? {
                        Some(0) => break,
                        Some(_) => {}
                        None => once(signs).await,
                    }
                }
            }
            "/panic" => panic!("a handler that is wrong"),
            "/panic-in-read" => {
                let mut buf = [0; 512];
                loop {
                    let mut read = pin!(responder.read(&mut buf));
                    let panics = poll_fn(|cx| match read.as_mut().poll(cx) {
                        Poll::Ready(_) => Poll::Ready(()),
                        Poll::Pending => panic!("a handler that is wrong while it reads"),
                    });
                    panics.await;
                }
            }
            "/whole" | "/whole-then-panic" | "/whole-then-work" => {
                let work = async {
                    match request.path() {
                        "/whole-then-panic" => panic!("work that is wrong"),
                        "/whole-then-work" => {
                            signs.wait().await;
                            signs.is_done.notify_one();
                        }
                        _ => {}
                    }
                    Ok::<_, Infallible>(())
                };
                let reply = responder.ok().background(work);
                return reply.sized(WHOLE_LEN, Whole(0)).await;
            }
            "/broken-then-work" => {
                let work = async {
                    signs.wait().await;
                    signs.is_done.notify_one();
                    Ok::<_, Infallible>(())
                };
                let reply = responder.ok().background_always(work);
                return reply.stream(Signed::silent(signs)).await;
            }
            "/half-then-panic" | "/half-then-silence" => {
                let sent = responder.transfer(
                    |exchange, buf| Response::to(exchange, buf, Status::OK).stream(),
                    Half {
                        is_begun: false,
                        panics: request.path() == "/half-then-panic",
                        told: Told(signs.clone()),
                    },
                );
                return Ok(sent.await?);
            }
            "/elements-then-silence" => {
                let _told = Told(signs.clone());
                let sender = responder.elements(|exchange, buf| {
                    Response::to(exchange, buf, Status::OK).array_stream(Python)
                });
                let mut sender = sender.await?;
                sender.flush().await?;
                signs.waits.notify_one();
                return pending().await;
            }
            "/three" | "/events" | "/events-go-on" | "/panic-in-source" | "/crowd" => {
                let source = Signed::of(request.path(), signs);
                let sent = responder.stream(
                    |exchange, buf| Response::to(exchange, buf, Status::OK).events(),
                    Events(source),
                );
                return Ok(sent.await?);
            }
            "/silent" => {
                let sent = responder.stream(
                    |exchange, buf| Response::to(exchange, buf, Status::OK).stream(),
                    Signed::silent(signs),
                );
                return Ok(sent.await?);
            }
            _ => {}
        }
        let sent =
            responder.send(|exchange, buf| Response::to(exchange, buf, Status::OK).text("hi"));
        Ok(sent.await?)
    }
}

/// Waits until something polls the connection.
async fn once(signs: &Signs) {
    let mut is_pending = true;
    poll_fn(|_| match std::mem::take(&mut is_pending) {
        true => {
            signs.waits.notify_one();
            Poll::Pending
        }
        false => Poll::Ready(()),
    })
    .await;
}

/// The body of `/whole`.
struct Whole(u64);

impl ErrorType for Whole {
    type Error = Infallible;
}

impl Read for Whole {
    async fn read(&mut self, buf: &mut [u8]) -> Result<usize, Infallible> {
        for byte in &mut *buf {
            *byte = file_byte(self.0);
            self.0 += 1;
        }
        Ok(buf.len())
    }
}

/// A body that gives half of it, and then panics or nothing.
struct Half {
    is_begun: bool,
    panics: bool,
    told: Told,
}

impl ErrorType for Half {
    type Error = io::Error;
}

impl Read for Half {
    async fn read(&mut self, buf: &mut [u8]) -> io::Result<usize> {
        if !std::mem::replace(&mut self.is_begun, true) {
            buf[..4].copy_from_slice(b"half");
            return Ok(4);
        }
        self.told.0.waits.notify_one();
        if self.panics {
            self.told.0.go_on.notified().await;
            panic!("a source that is wrong");
        }
        pending().await
    }
}

/// Gives chunks at a sign.
struct Signed {
    told: Told,
    left: usize,
    panics: bool,
    goes_on: bool,
    chunk: Vec<u8>,
    /// Gives one after another, and none after a sign.
    is_crowd: bool,
}

impl Signed {
    fn silent(signs: &Arc<Signs>) -> Self {
        Self {
            told: Told(signs.clone()),
            left: usize::MAX,
            panics: false,
            goes_on: false,
            chunk: b"now".to_vec(),
            is_crowd: false,
        }
    }

    fn of(path: &str, signs: &Arc<Signs>) -> Self {
        Self {
            left: if path == "/three" { 3 } else { usize::MAX },
            panics: path == "/panic-in-source",
            goes_on: path == "/events-go-on",
            is_crowd: path == "/crowd",
            chunk: match path {
                "/crowd" => vec![b'.'; 4096],
                _ => b"now".to_vec(),
            },
            ..Self::silent(signs)
        }
    }

    async fn signed(&mut self) -> bool {
        let signs = &self.told.0;
        if self.is_crowd {
            let mut stops = pin!(signs.go_on.notified());
            let mut is_first = true;
            poll_fn(|cx| match stops.as_mut().poll(cx) {
                Poll::Ready(()) => Poll::Pending,
                // It is never there at once, so that what was written leaves before.
                Poll::Pending if std::mem::take(&mut is_first) => {
                    cx.waker().wake_by_ref();
                    Poll::Pending
                }
                Poll::Pending => Poll::Ready(()),
            })
            .await;
            return true;
        }
        let Some(left) = self.left.checked_sub(1) else {
            return false;
        };
        signs.wait().await;
        assert!(!self.panics, "a source of chunks that is wrong");
        self.left = left;
        true
    }
}

impl Chunks for Signed {
    type Chunk<'c> = &'c [u8];
    type Error = Infallible;

    async fn next(&mut self) -> Result<Option<&[u8]>, Infallible> {
        Ok(self.signed().await.then_some(&self.chunk[..]))
    }
}

struct Events(Signed);

impl Chunks for Events {
    type Chunk<'c> = Event<'c>;
    type Error = Infallible;

    async fn next(&mut self) -> Result<Option<Event<'_>>, Infallible> {
        let is_given = self.0.signed().await;
        let data = std::str::from_utf8(&self.0.chunk).unwrap();
        Ok(is_given.then_some(Event::new().data(data)))
    }

    fn ends_at_shutdown(&self) -> bool {
        !self.0.goes_on
    }
}
