/// The most digits of a `u64`.
pub(crate) const MAX_DIGITS: usize = 20;
