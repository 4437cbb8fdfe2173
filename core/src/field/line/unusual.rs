use crate::error::Error;
use crate::field::grammar;
use crate::field::name::FieldName;
use crate::field::value::FieldValue;
use crate::field::value::sealed::ValueWriter;
use crate::write::buf::Buf;

/// Writes a line whose name is checked here, or whose value is not simply copied.
#[cfg_attr(target_pointer_width = "64", inline(always))]
#[cfg_attr(not(target_pointer_width = "64"), inline(never))]
pub(super) fn write_unusual_line<N: FieldName, V: FieldValue>(
    buf: &mut Buf<'_>,
    name: N,
    value: V,
) -> Result<(), Error> {
    let start = buf.len();
    let text = name.bytes();
    if !N::CHECKED {
        buf.located(grammar::check_name(text), start)?;
    }
    let plain = value
        .bytes()
        .is_some_and(|bytes| buf.try_write_line::<true>(text, bytes));
    let mut result = Ok(());
    if !plain {
        buf.write(text);
        buf.write_array(b": ");
        result = value.write(&mut ValueWriter(buf));
        buf.write_array(b"\r\n");
    }
    if !N::CHECKED {
        buf.lower(start..start.saturating_add(text.len()));
    }
    buf.located(result, start)
}
