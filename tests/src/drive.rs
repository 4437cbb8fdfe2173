//! Drives transfers without I/O.

use replywire::body::{BodyError, Step, Transfer};
use replywire::file::{FileBytes, FileTransfer};

/// The outcome of a transfer.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Driven {
    /// The bytes that reached the connection.
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
        match transfer.step().unwrap() {
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
            Step::Send { bytes, .. } => {
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

/// The ways in which a driver does what [`Step::Copy`] says.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum FileWay {
    /// From the file to the connection.
    Copied,
    /// Through the room.
    Filled,
    /// One way after the other.
    Mixed,
}

/// Drives `transfer` from `content`: every read, copy and write moves at most as many bytes as
/// `limits` says next, its last entry for ever.
///
/// # Panics
///
/// Where a step has nothing to do, leads outside of what was promised, or the transfer never ends.
pub fn drive_file(
    mut transfer: FileTransfer<'_, '_>,
    content: &[u8],
    way: FileWay,
    limits: &[usize],
) -> Driven {
    let mut limits = limits.iter().copied();
    let mut limit = usize::MAX;
    let mut driven = Driven {
        sent: Vec::new(),
        writes: Vec::new(),
        result: Ok(()),
    };
    for turn in 0..1 << 20 {
        limit = limits.next().unwrap_or(limit);
        let before = shape(&transfer.step().unwrap());
        assert_eq!(before, shape(&transfer.step().unwrap()), "asked twice");
        let result = match transfer.step().unwrap() {
            Step::Copy(FileBytes {
                offset, len, room, ..
            }) => {
                assert!(len > 0 && !room.is_empty(), "nothing to copy");
                let rest = content.get(offset as usize..).unwrap_or_default();
                let is_copied = match way {
                    FileWay::Copied => true,
                    FileWay::Filled => false,
                    FileWay::Mixed => turn % 2 == 0,
                };
                match is_copied {
                    true => {
                        let n = rest.len().min(limit).min(len as usize);
                        driven.sent.extend_from_slice(&rest[..n]);
                        transfer.copied(n as u64)
                    }
                    false => {
                        let n = rest.len().min(limit).min(room.len());
                        room[..n].copy_from_slice(&rest[..n]);
                        transfer.filled(n)
                    }
                }
            }
            Step::Done => return driven,
            Step::Fill(FileBytes { offset, room, .. }) => {
                assert!(!room.is_empty(), "no room to fill");
                let rest = content.get(offset as usize..).unwrap_or_default();
                let n = rest.len().min(limit).min(room.len());
                room[..n].copy_from_slice(&rest[..n]);
                transfer.filled(n)
            }
            Step::Send { bytes, .. } => {
                assert!(!bytes.is_empty(), "nothing to send");
                let n = limit.min(bytes.len());
                driven.sent.extend_from_slice(&bytes[..n]);
                driven.writes.push(n);
                transfer.sent(n);
                Ok(())
            }
        };
        if let Err(error) = result {
            assert!(transfer.closes(), "a broken transfer closes");
            assert_eq!(transfer.step(), Err(error), "for ever");
            driven.result = Err(error);
            return driven;
        }
    }
    panic!("a transfer without end");
}

/// A step's kind, and its bytes.
fn shape(step: &Step<'_, FileBytes<'_>, FileBytes<'_>>) -> (u8, u64, u64, *const u8, usize) {
    match step {
        Step::Copy(FileBytes {
            offset, len, room, ..
        }) => (0, *offset, *len, room.as_ptr(), room.len()),
        Step::Done => (1, 0, 0, std::ptr::null(), 0),
        Step::Fill(FileBytes { offset, room, .. }) => (2, *offset, 0, room.as_ptr(), room.len()),
        Step::Send { bytes, more } => (3, 0, (*more).into(), bytes.as_ptr(), bytes.len()),
    }
}
