use core::fmt;

use super::lines::TemplateLines;
use crate::error::Error;
use crate::field::grammar;
use crate::field::id::{FieldId, FieldSet};
use crate::head::lines::{Line, Lines};
use crate::head::written::WrittenFields;
use crate::write::buf::Buf;
use crate::write::bytes::shift;

/// Lines that every reply of an exchange has, such as those about security and the id of a request.
///
/// An exchange carries them ([`Exchange::with_template`]), and each reply to it, whatever its
/// status and its end, has them after its own lines. It is as if they had been written first: a
/// singleton of the reply, such as `x-frame-options`, stands in the place of theirs; lists, cookies
/// and fields that are not registered add up.
///
/// ```
/// use replywire::request::Exchange;
/// use replywire::{Response, Status, Template};
///
/// let mut memory = [0; 128];
/// let template = Template::write(&mut memory, |lines| {
///     lines.header("x-frame-options", "DENY").header("x-request-id", 7);
/// })?;
/// let exchange = Exchange::GET.with_template(template);
///
/// let mut buf = [0; 128];
/// let reply = Response::to(&exchange, &mut buf, Status::NOT_FOUND)
///     .header("x-frame-options", "SAMEORIGIN")
///     .empty()?;
/// assert_eq!(
///     reply.as_bytes(),
///     b"HTTP/1.1 404 Not Found\r\nx-frame-options: SAMEORIGIN\r\nx-request-id: 7\r\n\
///       content-length: 0\r\n\r\n",
/// );
/// # Ok::<(), replywire::Error>(())
/// ```
///
/// [`Exchange::with_template`]: crate::request::Exchange::with_template
#[doc(alias("middleware", "default headers"))]
#[derive(Clone, Copy, Eq, PartialEq)]
pub struct Template<'t> {
    pub(super) lines: &'t [u8],
    /// The singletons among them.
    pub(super) singletons: FieldSet,
}

impl<'t> Template<'t> {
    /// No lines.
    pub const EMPTY: Self = Self {
        lines: &[],
        singletons: FieldSet::NONE,
    };

    /// Makes a template of the lines that `write` adds, which stand in `buf`.
    ///
    /// # Errors
    ///
    /// The first mistake of `write`, see [`TemplateLines`]; or [`Error::Overflow`] with the size
    /// that would have been enough, in which lines that were replaced count too.
    pub fn write(
        buf: &'t mut [u8],
        write: impl FnOnce(&mut TemplateLines<'_>),
    ) -> Result<Self, Error> {
        let mut lines = TemplateLines::new(buf);
        write(&mut lines);
        let (len, singletons) = lines.end()?;
        Ok(Self {
            lines: buf.get(..len).unwrap_or_default(),
            singletons,
        })
    }

    /// All lines in order, as name and value.
    pub fn iter(&self) -> impl Iterator<Item = (&'t str, &'t [u8])> + use<'t> {
        Lines(self.lines).map(|line| {
            (
                core::str::from_utf8(line.name).unwrap_or_default(),
                line.value,
            )
        })
    }

    /// The bytes that the lines take in a head.
    pub const fn len(&self) -> usize {
        self.lines.len()
    }

    /// Returns true if there are no lines.
    pub const fn is_empty(&self) -> bool {
        self.lines.is_empty()
    }

    /// Writes the lines of a reply that has these lines already.
    #[inline(never)]
    pub(crate) fn write_to(&self, buf: &mut Buf<'_>, written: &WrittenFields) {
        if !written.has_any(self.singletons) {
            return buf.write(self.lines);
        }
        for Line { name, value, .. } in Lines(self.lines) {
            if !written.has_singleton(FieldId::of(name)) {
                buf.write_line(name, value);
            }
        }
    }
}

/// Makes a template as [`Template::write`] does, of at most `room` bytes, in the last bytes of
/// `buf` and as few of them as it needs; the bytes before `start` are kept. Gives the rest, too.
///
/// # Errors
///
/// As there, by way of `failed`, and the error of `write`: then all of `buf` is the rest.
pub fn write_template_last<'t, E>(
    buf: &'t mut [u8],
    start: usize,
    room: usize,
    write: impl FnOnce(&mut TemplateLines<'_>) -> Result<(), E>,
    failed: impl FnOnce(Error) -> E,
) -> (&'t mut [u8], Result<Template<'t>, E>) {
    let end = start.saturating_add(room).min(buf.len());
    let mut lines = TemplateLines::new(buf.get_mut(start..end).unwrap_or_default());
    let written = write(&mut lines).and_then(|()| lines.end().map_err(failed));
    let (len, singletons) = match written {
        Ok(written) => written,
        Err(error) => return (buf, Err(error)),
    };
    let rest = buf.len().saturating_sub(len);
    let by = rest.saturating_sub(start);
    shift(buf, start..start.saturating_add(len), by);
    let (rest, lines) = buf.split_at_mut_checked(rest).unwrap_or_default();
    (rest, Ok(Template { lines, singletons }))
}

impl fmt::Debug for Template<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut lines = f.debug_struct("Template");
        for (name, value) in self.iter() {
            lines.field(name, &grammar::Quoted(value));
        }
        lines.finish()
    }
}

impl Default for Template<'_> {
    fn default() -> Self {
        Self::EMPTY
    }
}
