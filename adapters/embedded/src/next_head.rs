//! The head of the next request, found among the bytes that were read, or waited for.

use core::ops::Range;

use replywire::request::{HeadScan, Refusal, Scanned, too_long};

use crate::closed::Closed;
use crate::error::ConnectionError;
use crate::io::ConnectionIo;
use crate::move_down::move_down;
use crate::state::CONTENT_ROOM;
use crate::transport::{Phase, Transport};

pub(crate) enum Next {
    Closed(Closed),
    /// A head of so many bytes stands where `unread` begins.
    Head(usize),
    Refused(Refusal),
}

/// Finds the next head in the bytes `unread` of the request buffer, or reads until there is one.
pub(crate) async fn next_head<T: Transport>(
    io: &mut ConnectionIo<'_, T>,
    unread: &mut Range<usize>,
) -> Result<Next, ConnectionError<T::Error>> {
    let mut scan = HeadScan::new();
    let mut begun = unread.start != unread.end;
    loop {
        let bytes = io.input.get(unread.clone()).unwrap_or_default();
        match scan.next(bytes) {
            Scanned::BareLf => return Ok(Next::Refused(Refusal::BadRequest)),
            Scanned::EmptyLine => {
                unread.start += 2;
                continue;
            }
            Scanned::Head { len } => {
                // Content may follow; where in the buffer a request lies makes no difference to it.
                let room = io.input.len() - unread.start - len;
                if room < CONTENT_ROOM && unread.start > 0 {
                    move_to_front(io.input, unread);
                }
                return Ok(Next::Head(len));
            }
            Scanned::More => {}
        }
        // Whoever waits for replies before sending more gets them now.
        io.flush().await?;
        let ConnectionIo {
            transport, input, ..
        } = &mut *io;
        if unread.start == unread.end {
            *unread = 0..0;
        }
        // Empty lines do not make a connection idle again.
        if begun {
            transport.phase(Phase::Head);
        } else if transport.is_closing() {
            return Ok(Next::Closed(Closed::Server));
        } else {
            transport.phase(Phase::Idle);
        }
        if unread.end == input.len() {
            if unread.start == 0 {
                return Ok(Next::Refused(too_long(input)));
            }
            move_to_front(input, unread);
        }
        let free = input.get_mut(unread.end..).unwrap_or_default();
        match transport.read(free).await.map_err(ConnectionError::Io)? {
            // Of half a head there is nothing to answer.
            0 => return Ok(Next::Closed(Closed::Peer)),
            n => unread.end += n.min(free.len()),
        }
        begun = true;
    }
}

#[cfg_attr(not(target_pointer_width = "64"), inline(never))]
fn move_to_front(input: &mut [u8], unread: &mut Range<usize>) {
    if unread.end <= input.len() {
        move_down(input, unread.clone(), 0);
    }
    *unread = 0..unread.end - unread.start;
}
