//! The endings of a reply whose body may be longer than the buffer.

use super::builder::Response;
use super::reply::Reply;
use crate::body::content::Content;
use crate::body::content::text::{Html, PlainText, Text};
use crate::body::content::transfer::ContentTransfer;
use crate::body::document::JsonTransfer;
use crate::error::Error;
use crate::field::media;
use crate::json::Document;

/// A reply that was ended with its body at hand.
#[derive(Debug)]
pub enum Leaving<'b, S> {
    /// It is whole, in the buffer.
    Whole(Reply<'b>),
    /// The buffer has its head, and too little room for the rest, which leaves in steps.
    InSteps(S),
}

impl<'b> Response<'b> {
    /// Ends as [`body`](Self::body) does, with a body of any length: where the buffer has too
    /// little room for it after the head, it leaves from where it lies. The bytes that are sent are
    /// the same.
    ///
    /// # Errors
    ///
    /// The first mistake, or [`Error::Overflow`] with the size that would have been enough for the
    /// head.
    ///
    /// ```
    /// use replywire::request::Exchange;
    /// use replywire::{Leaving, Response, Status};
    ///
    /// let mut buf = [0; 64];
    /// let response = Response::to(&Exchange::GET, &mut buf, Status::OK);
    /// let Leaving::Whole(reply) = response.leave_body(b"short")? else { unreachable!() };
    /// assert_eq!(reply.as_bytes(), b"HTTP/1.1 200 OK\r\ncontent-length: 5\r\n\r\nshort");
    /// # Ok::<(), replywire::Error>(())
    /// ```
    pub fn leave_body<'d>(
        self,
        body: &'d [u8],
    ) -> Result<Leaving<'b, ContentTransfer<'b, &'d [u8]>>, Error> {
        self.leave(body)
    }

    /// Ends as [`bytes`](Self::bytes) does, with a body of any length; see
    /// [`leave_body`](Self::leave_body).
    ///
    /// # Errors
    ///
    /// As there.
    pub fn leave_bytes<'d>(
        mut self,
        media_type: &str,
        body: &'d [u8],
    ) -> Result<Leaving<'b, ContentTransfer<'b, &'d [u8]>>, Error> {
        self.default_media_type(media_type);
        self.leave(body)
    }

    /// Ends as [`text`](Self::text) does, with a text of any length; see
    /// [`leave_content`](Self::leave_content).
    ///
    /// # Errors
    ///
    /// As there.
    pub fn leave_text<T: Text>(
        mut self,
        text: T,
    ) -> Result<Leaving<'b, ContentTransfer<'b, PlainText<T>>>, Error> {
        self.default_type_line(media::PLAIN);
        self.leave(PlainText::new(text))
    }

    /// Ends as [`html`](Self::html) does, with a page of any length; see
    /// [`leave_content`](Self::leave_content).
    ///
    /// # Errors
    ///
    /// As there.
    pub fn leave_html<T: Text>(
        mut self,
        html: T,
    ) -> Result<Leaving<'b, ContentTransfer<'b, Html<T>>>, Error> {
        self.default_type_line(media::HTML);
        self.leave(Html::new(html))
    }

    /// Ends as [`content`](Self::content) does, with a content of any length: where the buffer has
    /// too little room for it after the head, it leaves from where it lies in memory, or else is
    /// written while it leaves. The bytes that are sent are the same.
    ///
    /// # Errors
    ///
    /// As [`leave_body`](Self::leave_body), and the error of the content as far as it was written.
    pub fn leave_content<C: Content>(
        mut self,
        content: C,
    ) -> Result<Leaving<'b, ContentTransfer<'b, C>>, Error> {
        self.default_media_type(content.media_type());
        self.leave(content)
    }

    /// Ends as [`document`](Self::document) does, with a document of any length: where the buffer
    /// has too little room for it after the head, it is measured, and written while it leaves. The
    /// bytes that are sent are the same.
    ///
    /// # Errors
    ///
    /// As [`leave_body`](Self::leave_body), and [`Error::Json`] for a value that the dialect cannot
    /// express.
    pub fn leave_document<T: Document>(
        self,
        document: T,
    ) -> Result<Leaving<'b, JsonTransfer<'b, T>>, Error> {
        self.leave_any_document(document)
    }
}

#[cfg(test)]
#[cfg(feature = "askama-016")]
mod tests {
    use core::fmt;
    use std::vec;
    use std::vec::Vec;

    use askama::Template;

    use super::*;
    use crate::body::content::askama::Askama;
    use crate::body::content::transfer::ContentTransfer;
    use crate::head::status::Status;
    use crate::request::exchange::Exchange;

    #[derive(Clone, Copy, Template)]
    #[template(
        source = "<ul>{% for n in from..6 %}<li>{{ n }} {{ text }}</li>{% endfor %}</ul>",
        ext = "html"
    )]
    struct List {
        from: u8,
        text: Value,
    }

    #[derive(Clone, Copy)]
    enum Value {
        Fails,
        Is(&'static str),
    }

    impl fmt::Display for Value {
        fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
            match self {
                Self::Fails => Err(fmt::Error),
                Self::Is(text) => f.write_str(text),
            }
        }
    }

    const LIST: List = List {
        from: 4,
        text: Value::Is("a<b"),
    };
    const WIRE: &[u8] = b"HTTP/1.1 200 OK\r\ncontent-type: text/html; charset=utf-8\r\n\
        content-length: 45\r\n\r\n<ul><li>4 a&#60;b</li><li>5 a&#60;b</li></ul>";

    fn drive<C: Content>(mut transfer: ContentTransfer<'_, C>, at_once: usize) -> Vec<u8> {
        let mut wire = Vec::new();
        loop {
            let bytes = transfer.step().unwrap().bytes();
            let n = bytes.len().min(at_once);
            wire.extend_from_slice(&bytes[..n]);
            if n == 0 {
                return wire;
            }
            transfer.sent(n);
        }
    }

    #[test]
    fn a_template_leaves_whole_through_a_buffer_of_any_length() {
        let head = WIRE.len() - 45;
        for len in 0..=WIRE.len() + 1 {
            let mut buf = vec![0xAA; len];
            let response = Response::to(&Exchange::GET, &mut buf, Status::OK);
            let whole = response.content(Askama::new(LIST));
            match whole {
                Ok(reply) => assert_eq!(reply.as_bytes(), WIRE),
                Err(error) => {
                    let needed = WIRE.len();
                    assert_eq!(error, Error::Overflow { needed });
                }
            }
            for at_once in [1, 7, usize::MAX] {
                let response = Response::to(&Exchange::GET, &mut buf, Status::OK);
                match response.leave_content(Askama::new(LIST)) {
                    Ok(Leaving::Whole(reply)) => assert_eq!(reply.as_bytes(), WIRE),
                    Ok(Leaving::InSteps(transfer)) => assert_eq!(drive(transfer, at_once), WIRE),
                    Err(error) => {
                        assert!(len < head);
                        assert_eq!(error, Error::Overflow { needed: head });
                    }
                }
            }
        }
    }

    #[test]
    fn a_template_that_fails_is_no_reply_at_any_length() {
        let text = Value::Fails;
        for len in 0..200 {
            let mut buf = vec![0; len];
            let response = Response::to(&Exchange::GET, &mut buf, Status::OK);
            let failed = response.content(Askama::new(List { text, ..LIST }));
            assert_eq!(failed.map(|_| ()), Err(Error::Display), "{len}");
        }
    }
}
