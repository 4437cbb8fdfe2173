//! A request's content as a value of a type that is `Deserialize`.

use core::fmt;

use replywire::Status;
use replywire::request::{Refusal, Request};
use serde_core::de::{DeserializeOwned, StdError};
#[cfg(feature = "serde_json")]
use serde_json::error::Category;

use crate::error::ContentError;
use crate::responder::Responder;
use crate::transport::Transport;
use crate::unanswered::{Cause, Unanswered};

impl<T: Transport> Responder<'_, T> {
    /// Reads the request's content, at most `most` bytes of JSON, as a value.
    ///
    /// A handler that gives up after an error is answered for by its status, and the connection
    /// goes on where it can:
    ///
    /// | status | the content |
    /// | --- | --- |
    /// | `413` | is longer |
    /// | `415` | is [not told to be JSON](replywire::request::MediaType::is_json) |
    /// | `415` | has a `content-encoding` other than `identity` |
    /// | `422` | is no JSON, or no such value, as in FastAPI |
    /// | `400`, `408` | did not arrive, as for [`read`](Self::read) |
    ///
    /// With the feature `std` a log tells the line and the column of a mistake; the page does not.
    /// The error of `serde_json` is not kept: its text may quote the content.
    ///
    /// ```
    /// use replywire_embedded::{Answer, Request, Responder, Transport};
    /// use serde::Deserialize;
    ///
    /// #[derive(Deserialize)]
    /// struct Note {
    ///     text: String,
    /// }
    ///
    /// async fn handle<T: Transport>(
    ///     request: &Request<'_>,
    ///     mut responder: Responder<'_, T>,
    /// ) -> Answer {
    ///     let note: Note = responder.read_json(request, 64 << 10).await?;
    ///     responder.ok().text(&*note.text).await
    /// }
    /// ```
    ///
    /// # Errors
    ///
    /// [`Cause::Refused`] for `415` and `422`; [`Cause::Content`] with the [`ContentError`] for the
    /// others.
    #[cfg(feature = "serde_json")]
    #[doc(alias("Json", "body", "from_slice", "pydantic", "request.json"))]
    pub async fn read_json<V: DeserializeOwned>(
        &mut self,
        request: &Request<'_>,
        most: usize,
    ) -> Result<V, Unanswered> {
        request.expect_json()?;
        request.expect_no_coding()?;
        let content = self.read_to_vec(most).await.map_err(not_read)?;
        serde_json::from_slice(&content).map_err(|error| no_value(NoJson::of(&error)))
    }

    /// Reads the request's content, at most `most` bytes of a form
    /// (`application/x-www-form-urlencoded`), as a value: a struct, whose fields that are a `Vec`
    /// take each pair of their name, or a map.
    ///
    /// Bytes that are no UTF-8 become U+FFFD, as in the URL Standard; where they are to be an
    /// error, or no memory is to be taken, [`read_all`](Self::read_all) and
    /// [`Pairs`](replywire::request::Pairs) read a form.
    ///
    /// ```
    /// use std::collections::HashMap;
    ///
    /// use replywire_embedded::{Answer, Request, Responder, Transport};
    ///
    /// async fn greet<T: Transport>(
    ///     request: &Request<'_>,
    ///     mut responder: Responder<'_, T>,
    /// ) -> Answer {
    ///     let form: HashMap<String, String> = responder.read_form(request, 1024).await?;
    ///     let name = form.get("name").map_or("nobody", String::as_str);
    ///     responder.ok().text(&format!("hello, {name}")).await
    /// }
    /// ```
    ///
    /// # Errors
    ///
    /// As [`read_json`](Self::read_json), for a form; `415` also where a `charset` is told that is
    /// not `utf-8`. What a log tells has no place in the form, and no text of it.
    #[cfg(feature = "serde_html_form")]
    #[doc(alias("Form", "request.form", "urlencoded"))]
    pub async fn read_form<V: DeserializeOwned>(
        &mut self,
        request: &Request<'_>,
        most: usize,
    ) -> Result<V, Unanswered> {
        request.expect_media_type("application/x-www-form-urlencoded")?;
        let charset = request.media_type().and_then(|it| it.parameter("charset"));
        if charset.is_some_and(|charset| !charset.eq_ignore_ascii_case("utf-8")) {
            Err(Refusal::of(Status::UNSUPPORTED_MEDIA_TYPE))?;
        }
        request.expect_no_coding()?;
        let content = self.read_to_vec(most).await.map_err(not_read)?;
        serde_html_form::from_bytes(&content).map_err(|_| no_value(NoForm))
    }
}

/// The content did not arrive; the connection knows the status.
fn not_read<E: StdError + Send + Sync + 'static>(error: ContentError<E>) -> Unanswered {
    Unanswered::caused_by(Cause::Content, error)
}

/// The content is no value of its type.
fn no_value(error: impl StdError + Send + Sync + 'static) -> Unanswered {
    const REFUSAL: Refusal = Refusal::of(Status::UNPROCESSABLE_CONTENT);

    Unanswered::caused_by(Cause::Refused(REFUSAL), error)
}

/// The reason that JSON is no value, without the text of `serde_json`, which quotes the content.
#[cfg(feature = "serde_json")]
#[derive(Debug)]
struct NoJson {
    reason: &'static str,
    line: usize,
    column: usize,
}

#[cfg(feature = "serde_json")]
impl NoJson {
    fn of(error: &serde_json::Error) -> Self {
        let reason = match error.classify() {
            Category::Data => "not the value that is asked for",
            Category::Eof => "JSON that ends early",
            Category::Io | Category::Syntax => "no JSON",
        };
        Self {
            reason,
            line: error.line(),
            column: error.column(),
        }
    }
}

#[cfg(feature = "serde_json")]
impl fmt::Display for NoJson {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self {
            reason,
            line,
            column,
        } = self;
        write!(f, "{reason}, line {line}, column {column}")
    }
}

#[cfg(feature = "serde_json")]
impl StdError for NoJson {}

/// Says that a form is no value.
#[cfg(feature = "serde_html_form")]
#[derive(Debug)]
struct NoForm;

#[cfg(feature = "serde_html_form")]
impl fmt::Display for NoForm {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("not the form that is asked for")
    }
}

#[cfg(feature = "serde_html_form")]
impl StdError for NoForm {}
