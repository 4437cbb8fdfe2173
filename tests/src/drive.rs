//! Drives transfers without I/O.

use replywire::{BodyError, Step, Transfer};

/// What became of a transfer.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Driven {
    /// What reached the connection.
    pub sent: Vec<u8>,
    /// The lengths of the writes.
    pub writes: Vec<usize>,
    pub result: Result<(), BodyError>,
}

/// Drives `transfer`: each of `reads` is offered as one read, and as several where there is no
/// room; each write takes as many bytes as `writes` says next, its last entry for ever.
///
/// # Panics
///
/// Where a slice of a step is empty, or the transfer never ends.
pub fn drive(mut transfer: Transfer<'_>, reads: &[&[u8]], writes: &[usize]) -> Driven {
    let mut source = reads.iter().copied().filter(|read| !read.is_empty());
    let mut read: &[u8] = &[];
    let mut limits = writes.iter().copied();
    let mut limit = usize::MAX;
    let mut driven = Driven {
        sent: Vec::new(),
        writes: Vec::new(),
        result: Ok(()),
    };
    for _ in 0..1 << 20 {
        match transfer.step() {
            Step::Fill(room) => {
                assert!(!room.is_empty(), "no room to fill");
                if read.is_empty() {
                    read = source.next().unwrap_or_default();
                }
                let n = read.len().min(room.len());
                room[..n].copy_from_slice(&read[..n]);
                read = &read[n..];
                if let Err(error) = transfer.filled(n) {
                    driven.result = Err(error);
                    return driven;
                }
            }
            Step::Send(bytes) => {
                assert!(!bytes.is_empty(), "nothing to send");
                limit = limits.next().unwrap_or(limit);
                let n = limit.min(bytes.len());
                driven.sent.extend_from_slice(&bytes[..n]);
                driven.writes.push(n);
                transfer.sent(n);
            }
            Step::Done => return driven,
        }
    }
    panic!("a transfer without end");
}
