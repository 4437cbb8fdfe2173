//! The page that tells a status as JSON; RFC 9457.

use super::builder::Response;
use super::reply::Reply;
use crate::error::Error;
use crate::head::status::Status;
use crate::json::{Outcome, Sink, ToJson, Value};

impl<'b> Response<'b> {
    /// Ends with problem details, type `application/problem+json`: the reply's status, and its
    /// phrase as the title (RFC 9457 § 4.2.1). A status without content ends
    /// [`empty`](Self::empty), so that the reply of [`not_allowed`](Self::not_allowed) to `OPTIONS`
    /// is right.
    ///
    /// Of what went wrong it tells nothing else; a problem of your own is
    /// [`media_type`](Self::media_type) and a document.
    ///
    /// # Errors
    ///
    /// As [`empty`](Self::empty).
    ///
    /// ```
    /// use replywire::request::Exchange;
    /// use replywire::{Response, Status};
    ///
    /// let mut buf = [0; 160];
    /// let reply = Response::to(&Exchange::GET, &mut buf, Status::NOT_FOUND).problem()?;
    /// assert_eq!(
    ///     reply.as_bytes(),
    ///     b"HTTP/1.1 404 Not Found\r\ncontent-type: application/problem+json\r\n\
    ///       content-length: 34\r\n\r\n{\"status\":404,\"title\":\"Not Found\"}",
    /// );
    /// # Ok::<(), replywire::Error>(())
    /// ```
    #[doc(alias("ProblemDetails", "RFC 7807"))]
    pub fn problem(self) -> Result<Reply<'b>, Error> {
        match self.status.code() {
            ..=199 | 204 | 205 | 304 => self.empty(),
            _ => {
                let problem = Problem(self.status);
                self.media_type("application/problem+json")
                    .json_by_hand(&problem)
            }
        }
    }
}

/// The status of a reply, as a document.
struct Problem(Status);

impl ToJson for Problem {
    fn to_json<S: Sink>(&self, out: Value<S>) -> Outcome<S> {
        let problem = out.object()?.field("status", &self.0.code())?;
        match self.0.reason() {
            // One that is not registered.
            "" => problem.end(),
            phrase => problem.field("title", phrase)?.end(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::request::exchange::Exchange;
    use crate::request::method::Method;
    use crate::request::version::Version;

    fn bytes(status: Status) -> std::vec::Vec<u8> {
        let mut buf = [0; 200];
        let response = Response::to(&Exchange::GET, &mut buf, status);
        response.problem().unwrap().as_bytes().to_vec()
    }

    #[test]
    fn a_status_without_content_has_no_document() {
        assert_eq!(
            bytes(Status::NO_CONTENT),
            b"HTTP/1.1 204 No Content\r\n\r\n"
        );
        let options = Exchange::new("OPTIONS", Version::Http11, [("host", "a")]);
        let mut buf = [0; 200];
        let response = Response::not_allowed(&options, &mut buf, &[Method::Put]);
        assert_eq!(
            response.problem().unwrap().as_bytes(),
            b"HTTP/1.1 204 No Content\r\nallow: OPTIONS, PUT\r\n\r\n"
        );
    }

    #[test]
    fn a_status_without_a_phrase_has_no_title() {
        let status = Status::new(499).unwrap();
        assert_eq!(
            bytes(status),
            b"HTTP/1.1 499 \r\ncontent-type: application/problem+json\r\n\
              content-length: 14\r\n\r\n{\"status\":499}"
        );
    }

    #[test]
    fn every_buffer_length_is_all_or_nothing() {
        let want = bytes(Status::NOT_FOUND);
        for len in 0..=want.len() + 1 {
            let mut buf = std::vec![0xaa; len];
            match Response::to(&Exchange::GET, &mut buf, Status::NOT_FOUND).problem() {
                Ok(reply) => assert_eq!(reply.as_bytes(), want),
                Err(error) => {
                    let needed = want.len();
                    assert_eq!(error, Error::Overflow { needed });
                }
            }
        }
    }
}
