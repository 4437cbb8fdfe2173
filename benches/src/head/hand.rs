//! What one would write by hand: the pieces of this one reply, through a cursor that checks its
//! bounds, the values checked byte by byte.

pub(super) struct Cursor<'b> {
    bytes: &'b mut [u8],
    len: usize,
}

impl<'b> Cursor<'b> {
    pub(super) fn new(bytes: &'b mut [u8]) -> Self {
        Self { bytes, len: 0 }
    }

    pub(super) fn len(&self) -> usize {
        self.len
    }

    #[inline]
    pub(super) fn put(&mut self, piece: &[u8]) -> Option<()> {
        let end = self.len.checked_add(piece.len())?;
        self.bytes.get_mut(self.len..end)?.copy_from_slice(piece);
        self.len = end;
        Some(())
    }

    /// Refuses what would break the framing.
    #[inline]
    pub(super) fn put_value(&mut self, value: &str) -> Option<()> {
        let blank = |byte: Option<&u8>| matches!(byte, Some(b' ' | b'\t'));
        let bytes = value.as_bytes();
        let fit = bytes.iter().all(|byte| matches!(byte, b'\t' | b' '..=b'~'));
        if !fit || blank(bytes.first()) || blank(bytes.last()) {
            return None;
        }
        self.put(bytes)
    }

    #[inline]
    pub(super) fn put_decimal(&mut self, value: u64) -> Option<()> {
        self.put(itoa::Buffer::new().format(value).as_bytes())
    }
}
