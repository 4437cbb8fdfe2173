//! The app of the world: handlers that answer by the path, and the log of what became of them.

use std::cell::RefCell;
use std::convert::Infallible;
use std::future::{pending, poll_fn};
use std::io;
use std::panic::resume_unwind;
use std::task::Poll;
use std::time::Duration;

use embedded_io_async::{ErrorType, Read};
use replywire_std::replywire::body::{Content, ContentWriter, Event};
use replywire_std::replywire::{Error, Response, Status};
use replywire_std::{Answered, Chunks, KeepAlive, Request, Unanswered, UpgradedStream};

use super::clock::{self, sleep};
use super::executor::Planned;
use super::routes::{Asked, MOST_REQUESTS, PING, Route, pattern};
use super::runtime::{Handler, Responder, Simulated, Stream};
use super::trace::note;
use super::waits;

/// The state of the handler of one request.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(super) enum Fate {
    Begun,
    /// Its reply was handed over whole, and it goes on.
    Replied,
    Answered,
    Unanswered,
    /// Its future was dropped, by a panic or otherwise.
    Dropped,
}

/// The facts of the handler of one request.
#[derive(Clone, Copy, Debug)]
pub(super) struct Handling {
    pub(super) fate: Fate,
    pub(super) begun_at: u64,
    /// The time at which its fate changed last.
    pub(super) changed_at: u64,
    /// It waits for content.
    pub(super) reads: bool,
    /// The time at which it began to reply.
    pub(super) replies_from: u64,
}

// By client and request.
thread_local!(static LOG: RefCell<Vec<Vec<Option<Handling>>>> = RefCell::default());

pub(super) fn begin(clients: usize) {
    LOG.set(vec![vec![None; MOST_REQUESTS]; clients]);
}

/// The fate of a request's handler, if there was one.
pub(super) fn fate(client: usize, index: usize) -> Option<Fate> {
    LOG.with_borrow(|log| log.get(client)?.get(index)?.map(|handling| handling.fate))
}

/// The time at which a handler's fate was decided; 0 where there was none.
pub(super) fn ended_at(client: usize, index: usize) -> u64 {
    LOG.with_borrow(|log| {
        let handling = log
            .get(client)
            .and_then(|log| log.get(index).copied().flatten());
        handling.map_or(0, |handling| handling.changed_at)
    })
}

/// The handler that a client waits for, and the number of its request.
pub(super) fn current(client: usize) -> Option<(usize, Handling)> {
    LOG.with_borrow(|log| {
        let mut handled = log.get(client)?.iter().copied().enumerate();
        handled.find_map(|(index, handling)| {
            let handling = handling.filter(|handling| handling.fate == Fate::Begun)?;
            Some((index, handling))
        })
    })
}

/// The number of requests of a client that were answered, from the first on.
pub(super) fn answered(client: usize) -> usize {
    LOG.with_borrow(|log| {
        let handled = log.get(client).into_iter().flatten().flatten();
        let is_answered =
            |handling: &&Handling| matches!(handling.fate, Fate::Answered | Fate::Replied);
        handled.take_while(is_answered).count()
    })
}

fn change(client: usize, index: usize, change: impl FnOnce(&mut Handling)) {
    LOG.with_borrow_mut(|log| {
        let place = log.get_mut(client).and_then(|log| log.get_mut(index));
        if let Some(place) = place {
            let now = clock::now();
            change(place.get_or_insert(Handling {
                fate: Fate::Begun,
                begun_at: now,
                changed_at: now,
                reads: false,
                replies_from: now,
            }));
        }
    });
}

/// Notes the fate of a handler; `Dropped` unless it says otherwise.
struct Noting(usize, usize);

impl Noting {
    fn set(&self, fate: Fate) {
        note(|| format!("[{}] handler {}: {fate:?}", self.0, self.1));
        change(self.0, self.1, |handling| {
            handling.fate = fate;
            handling.changed_at = clock::now();
        });
    }
}

impl Drop for Noting {
    fn drop(&mut self) {
        if let Some(Fate::Begun) = fate(self.0, self.1) {
            self.set(Fate::Dropped);
        }
    }
}

/// The handler of all requests.
#[derive(Debug)]
pub(super) struct App;

impl Handler for App {
    async fn handle(
        &self,
        request: &Request<'_>,
        responder: Responder<'_>,
    ) -> Result<Answered, Unanswered> {
        let asked = Asked::of_path(request.path()).ok_or(Unanswered::new())?;
        let noting = Noting(asked.client, asked.index);
        if fate(asked.client, asked.index).is_some() {
            super::trace::wrong(|| format!("[{}] request {} twice", asked.client, asked.index));
        }
        noting.set(Fate::Begun);
        let answered = answer(&asked, request, responder, &noting).await;
        noting.set(match answered {
            Ok(_) => Fate::Answered,
            Err(_) if fate(asked.client, asked.index) == Some(Fate::Replied) => Fate::Replied,
            Err(_) => Fate::Unanswered,
        });
        answered
    }
}

async fn answer(
    asked: &Asked,
    request: &Request<'_>,
    mut responder: Responder<'_>,
    noting: &Noting,
) -> Result<Answered, Unanswered> {
    let body = asked.body();
    let text = str::from_utf8(&body).expect("letters");
    let slow = Slow {
        body: body.clone(),
        at: 0,
        asked: *asked,
    };
    match asked.route {
        Route::Text => {}
        Route::Sleep => sleep(asked.delay).await,
        Route::Hints => {
            let hints = responder.inform(|exchange, buf| {
                Response::to(exchange, buf, Status::EARLY_HINTS)
                    .header("x-hint", "y")
                    .empty()
            });
            hints.await?;
            sleep(asked.delay).await;
        }
        Route::PanicBefore => {
            sleep(asked.delay % 100).await;
            resume_unwind(Box::new(Planned));
        }
        Route::Fail => return Err(Unanswered::new()),
        Route::Never => pending().await,
        Route::Echo => return echo(asked, responder).await,
        Route::Upgrade => return upgraded(asked, request, responder).await,
        Route::Sized | Route::Breaks => {
            let sent = responder.transfer(
                |exchange, buf| Response::to(exchange, buf, Status::OK).sized(asked.size as u64),
                slow,
            );
            return Ok(sent.await?);
        }
        Route::Read => {
            let sent = responder.transfer(
                |exchange, buf| Response::to(exchange, buf, Status::OK).stream(),
                slow,
            );
            return Ok(sent.await?);
        }
        Route::Chunks => {
            let sent = responder.stream(
                |exchange, buf| Response::to(exchange, buf, Status::OK).stream(),
                slow,
            );
            return Ok(sent.await?);
        }
        Route::Silent => {
            let events = Silent {
                text: text.to_owned(),
                asked: *asked,
                given: false,
            };
            let sent = responder.stream(
                |exchange, buf| Response::to(exchange, buf, Status::OK).events(),
                events,
            );
            return Ok(sent.await?);
        }
        Route::Grown => {
            let sent = responder
                .send(|exchange, buf| Response::to(exchange, buf, Status::OK).text(text))
                .await?;
            noting.set(Fate::Replied);
            sleep(asked.delay).await;
            return Ok(sent);
        }
        Route::Displayed => return responder.ok().content(Displayed(text)).await,
        Route::Lying => return responder.ok().text(text).await,
        Route::PanicAfter => {
            let _sent = responder
                .send(|exchange, buf| Response::to(exchange, buf, Status::OK).text(text))
                .await?;
            noting.set(Fate::Replied);
            sleep(asked.delay).await;
            resume_unwind(Box::new(Planned));
        }
        Route::Background | Route::BackgroundPanic => {
            let work = async {
                noting.set(Fate::Replied);
                sleep(asked.delay).await;
                if asked.route == Route::BackgroundPanic {
                    resume_unwind(Box::new(Planned));
                }
                Ok::<(), Infallible>(())
            };
            let reply = responder.ok().background(work);
            return reply.text(&text[..asked.size.min(200)]).await;
        }
    }
    let text = &text[..asked.size.min(200)];
    let sent = responder.send(|exchange, buf| Response::to(exchange, buf, Status::OK).text(text));
    Ok(sent.await?)
}

async fn echo(asked: &Asked, mut responder: Responder<'_>) -> Result<Answered, Unanswered> {
    let (mut content, mut buf) = (Vec::new(), [0; 100]);
    change(asked.client, asked.index, |handling| handling.reads = true);
    loop {
        match responder.read(&mut buf).await? {
            0 => break,
            n => content.extend_from_slice(&buf[..n]),
        }
    }
    change(asked.client, asked.index, |handling| {
        handling.reads = false;
        handling.replies_from = clock::now();
    });
    let sent = responder.transfer(
        |exchange, buf| Response::to(exchange, buf, Status::OK).sized(content.len() as u64),
        &content[..],
    );
    Ok(sent.await?)
}

/// A text that does not tell that it lies in memory.
struct Displayed<'t>(&'t str);

impl Content for Displayed<'_> {
    fn media_type(&self) -> &str {
        "text/plain"
    }

    fn write(&self, out: &mut ContentWriter<'_>) -> Result<(), Error> {
        write!(out, "{}", self.0)
    }
}

/// The last bytes of an upgraded connection that ends with its server.
pub(super) const FAREWELL: &[u8] = b"BYE";

/// Tells whether the handler of an upgrade is not told of a shutdown: another task is, which
/// outlives it.
pub(super) fn is_deaf(asked: &Asked) -> bool {
    asked.delay == 3000
}

/// Sends each byte back, until the client has ended its half.
async fn upgraded(
    asked: &Asked,
    request: &Request<'_>,
    responder: Responder<'_>,
) -> Result<Answered, Unanswered> {
    let reply = responder.status(Status::SWITCHING_PROTOCOLS);
    let mut stream = UpgradedStream::<Simulated, Stream>::from(reply.upgrade(request, "x").await?);
    let mut closing = Box::pin(stream.closing());
    if is_deaf(asked) {
        waits::begin(asked.client, stream.closing());
    }
    let mut buf = [0; 60];
    loop {
        let read = poll_fn(|cx| {
            if !is_deaf(asked) && closing.as_mut().poll(cx).is_ready() {
                return Poll::Ready(Ok(None));
            }
            stream.poll_read(cx, &mut buf).map_ok(Some)
        });
        let (mut bytes, is_last) = match read.await? {
            None => (FAREWELL, true),
            Some(0) if asked.delay == 1 => resume_unwind(Box::new(Planned)),
            Some(n) => (&buf[..n], n == 0),
        };
        while !bytes.is_empty() {
            let n = poll_fn(|cx| stream.poll_write(cx, bytes)).await?;
            bytes = &bytes[n..];
        }
        if is_last {
            return Ok(stream.finish().await?);
        }
    }
}

/// A source of a body that waits now and then, and fails where it is to.
struct Slow {
    body: Vec<u8>,
    at: usize,
    asked: Asked,
}

impl Slow {
    async fn next(&mut self, most: usize) -> io::Result<usize> {
        let left = self.body.len() - self.at;
        if self.asked.route == Route::Breaks && left <= self.body.len() / 2 {
            return Err(io::ErrorKind::Other.into());
        }
        // The number of waits is small, so that the time a reply takes is bounded.
        let part = 1 + self.body.len() / 4;
        if self.at > 0 && self.at.is_multiple_of(part) {
            sleep(self.asked.delay).await;
        }
        Ok(left.min(most).min(part - self.at % part))
    }
}

impl ErrorType for Slow {
    type Error = io::Error;
}

impl Read for Slow {
    async fn read(&mut self, buf: &mut [u8]) -> io::Result<usize> {
        let n = self.next(buf.len()).await?;
        buf[..n].copy_from_slice(&self.body[self.at..self.at + n]);
        self.at += n;
        Ok(n)
    }
}

impl Chunks for Slow {
    type Chunk<'c> = &'c [u8];
    type Error = io::Error;

    async fn next(&mut self) -> io::Result<Option<&[u8]>> {
        let n = Slow::next(self, 1 + self.asked.size / 3).await?;
        self.at += n;
        Ok((n > 0).then(|| &self.body[self.at - n..self.at]))
    }
}

/// One event, and then nothing.
struct Silent {
    text: String,
    asked: Asked,
    given: bool,
}

impl Chunks for Silent {
    type Chunk<'c> = Event<'c>;
    type Error = Infallible;

    async fn next(&mut self) -> Result<Option<Event<'_>>, Infallible> {
        if self.given {
            pending().await
        }
        self.given = true;
        Ok(Some(Event::new().data(&self.text)))
    }

    fn keep_alive(&self) -> Option<KeepAlive> {
        (self.asked.delay == 3000).then_some(KeepAlive::new(Duration::from_secs(3), PING))
    }
}

/// The first letters of a body that a text reply has.
pub(super) fn body_of(asked: &Asked) -> Vec<u8> {
    match asked.route {
        Route::Sized | Route::Read | Route::Chunks | Route::Echo | Route::Breaks => asked.body(),
        Route::Grown | Route::Displayed | Route::Lying => asked.body(),
        Route::Silent => [b"data: ", &asked.body()[..], b"\n\n"].concat(),
        _ => pattern(asked.client, asked.index, asked.size.min(200)),
    }
}
