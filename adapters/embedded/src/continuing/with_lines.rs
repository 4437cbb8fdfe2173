use replywire::request::Exchange;

/// Writes `100 Continue` to the front of `output`, if it has room for it, and tells its length.
pub(crate) fn put_continue(exchange: &Exchange<'_>, output: &mut [u8]) -> Option<usize> {
    Some(exchange.write_continue(output).ok()?.len())
}
