//! Bodies that come in chunks.

use core::fmt::Debug;

use replywire::body::{Chunk, Event, JsonLine, Stream, StreamError, Trailers, Transfer};
use replywire::json::{Dialect, Document, Orjson, Pydantic, Python, Ujson};
use replywire::request::Exchange;

use crate::json::{ByHand, BySerde};
use crate::replies::transfer;
use crate::{any, bytes, keep, room, show, show_debug, text};

#[unsafe(no_mangle)]
pub extern "C" fn surface_streams() {
    transfer(|response| response.events());
    transfer(|response| response.json_lines());
    keep_chunk(any(bytes()));
    keep_chunk(event());
    documents::<Python>();
    documents::<Ujson>();
    documents::<Orjson>();
    documents::<Pydantic>();
}

/// Sends chunks of every kind.
pub(crate) fn stream(transfer: Transfer<'_>) {
    let mut stream = Stream::new(transfer);
    keep(stream.check(&any(Exchange::GET)));
    show_debug(&stream);
    while any(true) {
        match any(0) {
            0 => keep_result(stream.write(&mut bytes())),
            1 => keep_result(stream.write(&mut event())),
            2 => keep_result(stream.write(&mut event().json(Python::of(&any(BySerde))))),
            3 => keep_result(stream.write(&mut JsonLine::new(Orjson::by_hand(&any(ByHand))))),
            4 => keep_result(stream.write(&mut any(Odd))),
            5 => keep_result(stream.flush()),
            6 => keep_result(stream.end()),
            7 => keep_result(stream.end_with(trailers(any(&mut [])))),
            8 => match stream.step() {
                Ok(step) => keep(step.bytes()),
                Err(error) => show(&error),
            },
            _ => stream.sent(any(usize::MAX)),
        }
        keep(stream.is_open());
        keep(stream.closes());
    }
}

#[inline(never)]
fn trailers(buf: &mut [u8]) -> Trailers<'_> {
    let mut trailers = match any(true) {
        true => Trailers::new(any(buf)),
        false => Trailers::none(),
    };
    while any(true) {
        trailers = trailers.field(text(), text());
    }
    show_debug(&trailers);
    trailers
}

fn keep_result<T>(result: Result<T, StreamError>) {
    match result {
        Ok(value) => keep(value),
        Err(error) => show(&error),
    }
}

fn documents<D: Dialect>() {
    document(D::of(&any(BySerde)));
    document(D::by_hand(&any(ByHand)));
}

fn document(document: impl Document + Copy + Debug) {
    keep_chunk(event().json(document));
    let line = any(JsonLine::new(document));
    show_debug(&line);
    keep_chunk(line);
}

#[inline(never)]
fn event() -> Event<'static> {
    let mut event = any(Event::default());
    while any(true) {
        event = match any(0) {
            0 => event.comment(text()),
            1 => event.name(text()),
            2 => event.data(text()),
            3 => event.id(text()),
            _ => event.retry(any(u64::MAX)),
        };
    }
    show_debug(&event);
    event
}

fn keep_chunk(mut chunk: impl Chunk) {
    let mut bytes = [0; 512];
    while any(true) {
        keep(chunk.fill(room(&mut bytes)));
        keep(chunk.is_done());
    }
}

/// A chunk that does not do what it says.
struct Odd;

impl Chunk for Odd {
    fn fill(&mut self, room: &mut [u8]) -> Result<usize, replywire::Error> {
        keep(room);
        Ok(any(usize::MAX))
    }

    fn is_done(&self) -> bool {
        any(false)
    }
}
