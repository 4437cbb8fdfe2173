use core::fmt::Write as _;

use replywire::request::Exchange;
use replywire::{Error, Reply, Response, Status};

use crate::Stack;

pub(crate) fn show<'b>(
    stack: Stack,
    exchange: &Exchange<'b>,
    buf: &'b mut [u8],
) -> Result<Reply<'b>, Error> {
    let mut text = heapless::String::<64>::new();
    // Two numbers of at most ten digits.
    let _ = writeln!(text, "{} of {} bytes", stack.deepest, stack.size);
    Response::to(exchange, buf, Status::OK).text(&text)
}
