use replywire::request::{CONTINUE, Exchange};

/// Writes `100 Continue` to the front of `output`, if it has room for it, and tells its length.
#[inline(always)]
pub(crate) fn put_continue(_: &Exchange<'_>, output: &mut [u8]) -> Option<usize> {
    let room = output.get_mut(..CONTINUE.len())?;
    for (to, from) in room.iter_mut().zip(CONTINUE) {
        *to = *from;
    }
    Some(CONTINUE.len())
}
