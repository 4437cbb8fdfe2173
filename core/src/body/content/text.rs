//! Texts as bodies, whatever they are made of.

use core::fmt;
use core::num::{
    NonZeroI8, NonZeroI16, NonZeroI32, NonZeroI64, NonZeroI128, NonZeroIsize, NonZeroU8,
    NonZeroU16, NonZeroU32, NonZeroU64, NonZeroU128, NonZeroUsize,
};

use super::Content;
use super::writer::ContentWriter;
use crate::error::Error;
use crate::field::date::HttpDate;
use crate::field::etag::ETag;
use crate::head::status::Status;

/// A text as a body.
///
/// * `&str`, and a reference to what can be seen as one, such as `&String` and `&Cow<str>`;
/// * `format_args!(…)`: anything that is `Display`, written into the buffer without an allocator,
///   before its length is known; [`Error::Display`] where it fails by itself;
/// * integers, also `NonZero`, `bool`, `char`, [`ETag`], [`HttpDate`] and [`Status`].
///
/// What is not in memory as a text is displayed again where it did not fit, or where it leaves in
/// pieces, and must be the same each time: another length is [`Error::ContentChanged`].
///
/// ```
/// use replywire::request::Exchange;
/// use replywire::{Response, Status};
///
/// let mut buf = [0; 128];
/// let reply = Response::to(&Exchange::GET, &mut buf, Status::OK)
///     .text(format_args!("{} of {} items", 7, 40))?;
/// assert_eq!(
///     reply.as_bytes(),
///     b"HTTP/1.1 200 OK\r\ncontent-type: text/plain; charset=utf-8\r\n\
///       content-length: 13\r\n\r\n7 of 40 items",
/// );
/// # Ok::<(), replywire::Error>(())
/// ```
pub trait Text: sealed::Text {}

pub(crate) mod sealed {
    use super::{ContentWriter, Error};

    pub trait Text {
        /// The text, where it lies in memory.
        #[doc(hidden)]
        fn bytes(&self) -> Option<&[u8]>;

        /// Writes the text.
        #[doc(hidden)]
        fn write(&self, out: &mut ContentWriter<'_>) -> Result<(), Error>;
    }
}

impl<T: AsRef<str> + ?Sized> Text for &T {}

impl<T: AsRef<str> + ?Sized> sealed::Text for &T {
    #[inline(always)]
    fn bytes(&self) -> Option<&[u8]> {
        Some((**self).as_ref().as_bytes())
    }

    #[inline]
    fn write(&self, out: &mut ContentWriter<'_>) -> Result<(), Error> {
        out.text((**self).as_ref())
    }
}

impl Text for fmt::Arguments<'_> {}

impl sealed::Text for fmt::Arguments<'_> {
    #[inline(always)]
    fn bytes(&self) -> Option<&[u8]> {
        None
    }

    fn write(&self, out: &mut ContentWriter<'_>) -> Result<(), Error> {
        out.write_fmt(*self)
    }
}

macro_rules! displayed {
    ($($type:ty)+) => {
        $(
            impl Text for $type {}

            impl sealed::Text for $type {
                #[inline(always)]
                fn bytes(&self) -> Option<&[u8]> {
                    None
                }

                fn write(&self, out: &mut ContentWriter<'_>) -> Result<(), Error> {
                    out.write_fmt(format_args!("{self}"))
                }
            }
        )+
    };
}

displayed! {
    bool char u8 u16 u32 u64 u128 usize i8 i16 i32 i64 i128 isize
    NonZeroU8 NonZeroU16 NonZeroU32 NonZeroU64 NonZeroU128 NonZeroUsize
    NonZeroI8 NonZeroI16 NonZeroI32 NonZeroI64 NonZeroI128 NonZeroIsize
    ETag<'_> HttpDate Status
}

/// A text as content of type `text/plain; charset=utf-8`.
///
/// ```
/// use replywire::body::PlainText;
/// use replywire::request::Exchange;
/// use replywire::{Response, Status};
///
/// let mut buf = [0; 128];
/// let response = Response::to(&Exchange::GET, &mut buf, Status::OK);
/// assert_eq!(response.content(PlainText::new(404))?.body(), b"404");
/// # Ok::<(), replywire::Error>(())
/// ```
#[derive(Clone, Copy, Debug)]
pub struct PlainText<T>(T);

/// A text as content of type `text/html; charset=utf-8`. Nothing in it is escaped.
#[derive(Clone, Copy, Debug)]
pub struct Html<T>(T);

macro_rules! contents {
    ($($content:ident $media_type:literal)+) => {
        $(
            impl<T> $content<T> {
                /// The content of a text.
                pub const fn new(text: T) -> Self {
                    Self(text)
                }
            }

            impl<T: Text> Content for $content<T> {
                fn media_type(&self) -> &str {
                    $media_type
                }

                fn write(&self, out: &mut ContentWriter<'_>) -> Result<(), Error> {
                    self.0.write(out)
                }

                #[inline]
                fn as_bytes(&self) -> Option<&[u8]> {
                    self.0.bytes()
                }
            }
        )+
    };
}

contents! {
    Html "text/html"
    PlainText "text/plain"
}
