use super::{MAX_DIGITS, decimal};

/// The most digits of a `u128`.
pub(crate) const MAX_WIDE_DIGITS: usize = 39;

/// Writes the digits of `value` to the last bytes of `to`.
pub(crate) fn wide_digits(value: u128, to: &mut [u8; MAX_WIDE_DIGITS]) -> &[u8] {
    const GROUP: u128 = 10_000_000_000_000_000_000;
    to.fill(b'0');
    let mut rest = value;
    let mut end = MAX_WIDE_DIGITS;
    loop {
        let mut room = [0; MAX_DIGITS];
        let digits = decimal((rest % GROUP) as u64, &mut room);
        let place = to.get_mut(..end).unwrap_or_default();
        for (to, digit) in place.iter_mut().rev().zip(digits.iter().rev()) {
            *to = *digit;
        }
        rest /= GROUP;
        if rest == 0 {
            let start = end.saturating_sub(digits.len());
            return to.get(start..).unwrap_or_default();
        }
        end = end.saturating_sub(19);
    }
}
