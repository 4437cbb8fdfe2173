//! `defmt::Format` for types with a form of their own in a log: a reply by its status and size,
//! lines by their names, because values may be secrets.

use defmt::{Format, Formatter, write};

use crate::body::error::{BodyError, StreamError};
use crate::body::step::Step;
use crate::body::stream::Stream;
use crate::body::transfer::Transfer;
use crate::error::{Error, JsonError};
use crate::field::accepted::Accepted;
use crate::field::coding::Coding;
use crate::field::date::HttpDate;
use crate::field::etag::ETag;
use crate::field::name::HeaderName;
use crate::file::{FileBytes, FileTransfer};
use crate::head::constant::Head;
use crate::head::draft::Draft;
use crate::head::headers::Headers;
use crate::head::status::Status;
#[cfg(feature = "template")]
use crate::head::template::Template;
use crate::json::Decimal;
use crate::request::exchange::Exchange;
use crate::request::method::Method;
use crate::request::version::Version;
use crate::response::reply::Reply;

impl<const N: usize> Format for Draft<N> {
    fn format(&self, f: Formatter<'_>) {
        write!(
            f,
            "Draft {{ status: {}, headers: {} }}",
            self.status(),
            self.headers()
        );
    }
}

impl Format for ETag<'_> {
    fn format(&self, f: Formatter<'_>) {
        self.with_opaque(|opaque| {
            write!(
                f,
                "ETag {{ opaque: {=[u8]:a}, weak: {} }}",
                opaque,
                self.is_weak()
            );
        });
    }
}

impl Format for FileTransfer<'_, '_> {
    fn format(&self, f: Formatter<'_>) {
        write!(f, "FileTransfer {{ closes: {} }}", self.closes());
    }
}

impl Format for Head {
    fn format(&self, f: Formatter<'_>) {
        write!(
            f,
            "Head {{ status: {}, len: {} }}",
            self.status(),
            self.as_bytes().len()
        );
    }
}

impl Format for HeaderName {
    fn format(&self, f: Formatter<'_>) {
        self.as_str().format(f);
    }
}

impl Format for HttpDate {
    fn format(&self, f: Formatter<'_>) {
        write!(f, "HttpDate({=i64})", self.to_unix());
    }
}

impl<const N: usize> Format for Headers<N> {
    fn format(&self, f: Formatter<'_>) {
        write!(f, "Headers [");
        for (name, _) in self.iter() {
            write!(f, "{=str} ", name);
        }
        write!(f, "]");
    }
}

impl Format for Reply<'_> {
    fn format(&self, f: Formatter<'_>) {
        let (status, len) = (self.status(), self.as_bytes().len());
        write!(
            f,
            "Reply {{ status: {}, len: {}, closes: {} }}",
            status,
            len,
            self.closes()
        );
    }
}

impl Format for Stream<'_> {
    fn format(&self, f: Formatter<'_>) {
        write!(
            f,
            "Stream {{ is_open: {}, closes: {} }}",
            self.is_open(),
            self.closes()
        );
    }
}

impl Format for Transfer<'_> {
    fn format(&self, f: Formatter<'_>) {
        write!(f, "Transfer {{ closes: {} }}", self.closes());
    }
}

#[cfg(feature = "template")]
impl Format for Template<'_> {
    fn format(&self, f: Formatter<'_>) {
        write!(f, "Template {{ len: {} }}", self.len());
    }
}

/// The types that a device logs have a form.
const _: () = {
    const fn has_a_form<T: Format>() {}
    has_a_form::<(Accepted, BodyError, Coding, Decimal, Error, Exchange<'_>)>();
    has_a_form::<(FileBytes<'_>, HttpDate, JsonError, Method, Status)>();
    has_a_form::<(Step<'_>, Step<'_, FileBytes<'_>, FileBytes<'_>>)>();
    has_a_form::<(StreamError, Version)>();
};
