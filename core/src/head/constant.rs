use core::fmt;

use super::status::Status;
use super::written::WrittenFields;
use crate::field::grammar;
use crate::field::id::FieldId;
use crate::write::bytes::copy_at;

/// A status line and header lines built at compile time by [`head!`](crate::head), so that a whole
/// head is one copy from flash.
///
/// ```
/// use replywire::{Head, Response, Status, head};
/// use replywire::request::Exchange;
///
/// const PAGE: Head = head!(
///     Status::OK,
///     "content-type" => "text/html; charset=utf-8",
///     "cache-control" => "no-store",
/// );
///
/// let mut buf = [0; 128];
/// let reply = Response::with_head(&Exchange::GET, &mut buf, PAGE).html("<p>hi")?;
/// assert_eq!(
///     reply.as_bytes(),
///     b"HTTP/1.1 200 OK\r\ncontent-type: text/html; charset=utf-8\r\n\
///       cache-control: no-store\r\ncontent-length: 5\r\n\r\n<p>hi",
/// );
/// # Ok::<(), replywire::Error>(())
/// ```
#[derive(Clone, Copy)]
pub struct Head {
    bytes: &'static [u8],
    reason: &'static str,
    status: Status,
    written: &'static WrittenFields,
}

impl Head {
    /// The status.
    pub const fn status(self) -> Status {
        self.status
    }

    /// The reason phrase.
    pub const fn reason(self) -> &'static str {
        self.reason
    }

    /// The lines, without the blank one that ends a head.
    pub const fn as_bytes(self) -> &'static [u8] {
        self.bytes
    }

    #[inline]
    pub(crate) fn written(self) -> WrittenFields {
        *self.written
    }
}

impl fmt::Debug for Head {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Head")
            .field(&grammar::Quoted(self.bytes))
            .finish()
    }
}

/// Builds a [`Head`] at compile time from a [`Status`] and any number of `name => value` texts.
///
/// Names are texts too, and lowered. An invalid name or value, a framing field, a value outside
/// ASCII, or a second `content-type`, `date` or `location` does not compile:
///
/// ```compile_fail,E0080
/// use replywire::{Status, head};
///
/// let page = head!(Status::OK, "x-a" => "b\r\nset-cookie: evil=1");
/// ```
#[macro_export]
macro_rules! head {
    ($status:expr $(, $name:expr => $value:expr)* $(,)?) => {{
        // Constants are not hygienic, so these have names that no caller has.
        const __REPLYWIRE_STATUS: $crate::Status = $status;
        const __REPLYWIRE_LINES: &[(&str, &str)] = &[$(($name, $value)),*];
        const __REPLYWIRE_LEN: usize =
            $crate::HeadLines::measure(__REPLYWIRE_STATUS, __REPLYWIRE_LINES);
        const __REPLYWIRE_BYTES: &[u8; __REPLYWIRE_LEN] =
            &$crate::HeadLines::write(__REPLYWIRE_STATUS, __REPLYWIRE_LINES);
        const __REPLYWIRE_CHECKED: &$crate::HeadLines =
            &match $crate::HeadLines::new(__REPLYWIRE_LINES) {
                ::core::option::Option::Some(lines) => lines,
                ::core::option::Option::None => ::core::panic!("invalid or repeated header"),
            };
        const __REPLYWIRE_HEAD: $crate::Head =
            __REPLYWIRE_CHECKED.head(__REPLYWIRE_STATUS, __REPLYWIRE_BYTES);
        __REPLYWIRE_HEAD
    }};
}

/// The facts that [`head!`](crate::head) has checked. They are apart from the bytes, as most heads
/// share them.
#[doc(hidden)]
#[derive(Debug)]
pub struct HeadLines {
    written: WrittenFields,
}

impl HeadLines {
    /// The length that `lines` need.
    pub const fn measure(status: Status, lines: &[(&str, &str)]) -> usize {
        let mut len = match status.registered_line() {
            Some(line) => line.len(),
            None => status.unregistered_line().len(),
        };
        let mut rest = lines;
        while let [(name, value), tail @ ..] = rest {
            len += name.len() + value.len() + 4;
            rest = tail;
        }
        len
    }

    /// The bytes of a head, of the [measured](Self::measure) length.
    pub const fn write<const N: usize>(status: Status, lines: &[(&str, &str)]) -> [u8; N] {
        let mut out = [0; N];
        let mut at = match status.registered_line() {
            Some(line) => copy_at(&mut out, 0, line),
            None => copy_at(&mut out, 0, &status.unregistered_line()),
        };
        let mut rest = lines;
        while let [(name, value), tail @ ..] = rest {
            let start = at;
            at = copy_at(&mut out, at, name.as_bytes());
            at = copy_at(&mut out, at, b": ");
            at = copy_at(&mut out, at, value.as_bytes());
            at = copy_at(&mut out, at, b"\r\n");
            lower(&mut out, start, name.len());
            rest = tail;
        }
        out
    }

    /// Checks the lines; `None` where one is invalid.
    pub const fn new(lines: &[(&str, &str)]) -> Option<Self> {
        let mut written = WrittenFields::NONE;
        let mut rest = lines;
        while let [(name, value), tail @ ..] = rest {
            if grammar::check_name(name.as_bytes()).is_err()
                || grammar::check_value(value.as_bytes()).is_err()
                || !value.is_ascii()
            {
                return None;
            }
            let field = FieldId::of(name.as_bytes());
            if let Some(1..) = written.line_mut(field) {
                return None;
            }
            written.add(field, name.len() + value.len() + 4);
            rest = tail;
        }
        Some(Self { written })
    }

    /// The head.
    pub const fn head(&'static self, status: Status, bytes: &'static [u8]) -> Head {
        Head {
            bytes,
            reason: reason(bytes),
            status,
            written: &self.written,
        }
    }
}

/// The phrase in a status line: it is in flash once.
const fn reason(head: &'static [u8]) -> &'static str {
    let mut len = 0;
    if let Some((_, line)) = head.split_at_checked(b"HTTP/1.1 200 ".len()) {
        let mut rest = line;
        while let [b' '..=b'~', tail @ ..] = rest {
            rest = tail;
            len += 1;
        }
        if let Some((reason, _)) = line.split_at_checked(len)
            && let Ok(reason) = str::from_utf8(reason)
        {
            return reason;
        }
    }
    ""
}

const fn lower(out: &mut [u8], at: usize, len: usize) {
    if let Some((_, tail)) = out.split_at_mut_checked(at)
        && let Some((name, _)) = tail.split_at_mut_checked(len)
    {
        name.make_ascii_lowercase();
    }
}
