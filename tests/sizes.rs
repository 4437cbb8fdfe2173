//! The size of the future of a connection; the test prints it.

use std::convert::Infallible;

use embedded_io_async::{ErrorType, Read, Write};
use replywire_embedded::{
    Answered, Buffers, Handler, Limits, Request, Responder, Transport, Unanswered, serve_connection,
};

/// A transport whose own futures have no state.
struct Bare;

impl ErrorType for Bare {
    type Error = Infallible;
}

impl Read for Bare {
    async fn read(&mut self, _: &mut [u8]) -> Result<usize, Infallible> {
        Ok(0)
    }
}

impl Write for Bare {
    async fn write(&mut self, bytes: &[u8]) -> Result<usize, Infallible> {
        Ok(bytes.len())
    }

    async fn flush(&mut self) -> Result<(), Infallible> {
        Ok(())
    }
}

impl Transport for Bare {}

/// Answers nothing, so that the loop is all there is.
struct Nothing;

impl Handler<Bare> for Nothing {
    async fn handle(
        &self,
        _: &Request<'_>,
        _: Responder<'_, Bare>,
    ) -> Result<Answered, Unanswered> {
        Err(Unanswered::new())
    }
}

/// The size of the loop's future, in bytes.
fn size_of_loop<const HEADERS: usize>() -> usize {
    let buffers = Buffers {
        request: &mut [],
        reply: &mut [],
    };
    let size = size_of_val(&serve_connection(
        &mut Bare,
        &Nothing,
        buffers,
        &Limits::new().headers::<HEADERS>(),
    ));
    println!("size of a future: the loop, {HEADERS} header fields: {size} bytes");
    size
}

#[test]
fn the_loop_takes_at_most_a_kibibyte_however_many_header_fields_there_are() {
    let few = size_of_loop::<4>();
    let many = size_of_loop::<64>();
    assert!(few <= 1024);
    assert_eq!(few, many);
}
