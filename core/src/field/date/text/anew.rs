use crate::field::date::format::write_imf_fixdate;

/// Writes a time in seconds since the start of the year 0 as `IMF-fixdate`.
#[inline(always)]
pub(in crate::field::date) fn write(seconds: u64, text: &mut [u8; 29]) {
    write_imf_fixdate(seconds, text);
}
