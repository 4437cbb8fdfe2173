use std::sync::Arc;

use crate::slots::Slots;

/// The memory of a reply that outgrew the reply buffer, which counts until it is dropped.
#[derive(Debug)]
pub(crate) struct GrownReply {
    bytes: Vec<u8>,
    slots: Arc<Slots>,
}

impl GrownReply {
    /// Memory of `size` bytes; `None` where the system has none.
    pub(crate) fn new(size: usize, slots: Arc<Slots>) -> Option<Self> {
        let mut bytes = Vec::new();
        bytes.try_reserve_exact(size).ok()?;
        bytes.resize(size, 0);
        slots.grew(size);
        Some(Self { bytes, slots })
    }
}

impl AsMut<[u8]> for GrownReply {
    fn as_mut(&mut self) -> &mut [u8] {
        &mut self.bytes
    }
}

impl Drop for GrownReply {
    fn drop(&mut self) {
        self.slots.shrank(self.bytes.len());
    }
}
