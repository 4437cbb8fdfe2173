//! The fields of a request that are lists, of each of which one member is known.

use crate::field::grammar::is_name;

/// A field that is a list of names.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(super) enum List {
    Connection,
    Expect,
    Te,
    TransferEncoding,
}

impl List {
    /// The list of this name, and the member of it that is known.
    #[cfg_attr(target_pointer_width = "64", inline)]
    pub(super) fn of(name: &[u8]) -> Option<(Self, &'static [u8])> {
        static LISTS: [(List, &[u8], &[u8]); 4] = [
            (List::Connection, b"connection", b"close"),
            (List::Expect, b"expect", b"100-continue"),
            (List::Te, b"te", b"trailers"),
            (List::TransferEncoding, b"transfer-encoding", b"chunked"),
        ];
        LISTS
            .iter()
            .find(|(_, known, _)| is_name(name, known))
            .map(|(list, _, member)| (*list, *member))
    }
}
