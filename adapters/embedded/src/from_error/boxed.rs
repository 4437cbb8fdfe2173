use std::boxed::Box;
use std::char::{CharTryFromError, ParseCharError};
use std::convert::Infallible;
use std::error::Error as StdError;
use std::io;
use std::net::AddrParseError;
use std::num::{ParseFloatError, ParseIntError};
use std::str::ParseBoolError;

use replywire::body::{BodyError, StreamError};
use replywire::json::JsonError;
use replywire::request::{DecodeError, ParseError, PathError, Refusal, Refused};
use replywire::{Error, Status};

use crate::error::{ConnectionError, ContentError, SendError};
use crate::kept::Kept;
use crate::unanswered::{Cause, Unanswered};

impl Unanswered {
    /// A failure of the handler, with an error that was boxed before, or a text.
    ///
    /// ```
    /// use replywire_embedded::{Cause, Unanswered};
    ///
    /// let failure = Unanswered::because("no such row");
    /// assert_eq!(failure.cause(), Cause::Handler);
    /// assert_eq!(failure.to_string(), "handler failed: no such row");
    /// ```
    pub fn because(error: impl Into<Box<dyn StdError + Send + Sync>>) -> Self {
        Self {
            cause: Cause::Handler,
            kept: Kept::of_boxed(error.into()),
        }
    }

    /// A panic of the handler, with its message.
    #[doc(hidden)]
    pub fn panicked(message: &str) -> Self {
        Self {
            cause: Cause::Panicked,
            kept: Kept::of_boxed(message.into()),
        }
    }

    /// The error that the handler failed with, which can be downcast; `None` where the cause holds
    /// it, or there was none.
    ///
    /// So an error of yours has a status, by [`caused_by`](Self::caused_by), and its page has the
    /// details:
    ///
    /// ```
    /// # use core::fmt;
    /// # use replywire::Status;
    /// # use replywire::request::Refusal;
    /// # use replywire_embedded::{
    /// #     Answer, Cause, Handler, Request, Responder, Transport, Unanswered, error_pages,
    /// #     handler_fn,
    /// # };
    /// #[derive(Debug)]
    /// struct NoItem(u32);
    ///
    /// impl fmt::Display for NoItem {
    ///     fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
    ///         write!(f, "there is no item {}", self.0)
    ///     }
    /// }
    ///
    /// impl core::error::Error for NoItem {}
    ///
    /// fn refused(error: NoItem) -> Unanswered {
    ///     Unanswered::caused_by(Cause::Refused(Refusal::of(Status::NOT_FOUND)), error)
    /// }
    ///
    /// async fn item<T: Transport>(_: &Request<'_>, _: Responder<'_, T>) -> Answer {
    ///     Err(refused(NoItem(7)))
    /// }
    ///
    /// # fn api<T: Transport>() -> impl Handler<T> {
    /// error_pages(handler_fn(item::<T>), |_, cause, response| {
    ///     match cause.error().and_then(|error| error.downcast_ref::<NoItem>()) {
    ///         Some(error) => response.text(format_args!("{error}")),
    ///         None => response.problem(),
    ///     }
    /// })
    /// # }
    /// ```
    pub fn error(&self) -> Option<&(dyn StdError + Send + Sync + 'static)> {
        self.kept.0.as_deref()
    }
}

impl<E: StdError + Send + Sync + 'static> From<E> for Unanswered {
    /// Keeps the error; its cause is that of an error of the library, or else
    /// [`Handler`](Cause::Handler).
    fn from(error: E) -> Self {
        match known(&error) {
            Some(cause) if cause.holds(&error) => Self::of_cause(cause),
            cause => Self::caused_by(cause.unwrap_or(Cause::Handler), error),
        }
    }
}

impl Cause {
    /// True if the cause holds the error that it was made of.
    fn holds(self, error: &(dyn StdError + 'static)) -> bool {
        match self {
            Self::Body(_) | Self::Closed | Self::Json(_) | Self::Reply(_) => true,
            Self::Refused(refusal) => {
                let is_status = error.downcast_ref() == Some(&refusal.status());
                is_status || error.is::<Refusal>() || error.is::<Refused>()
            }
            _ => false,
        }
    }
}

/// The cause of an error of this library, as far as its type can be known.
fn known(error: &(dyn StdError + 'static)) -> Option<Cause> {
    if let Some(sent) = sent(error) {
        return Some(sent);
    }
    if error.is::<ContentError<io::Error>>() {
        return Some(Cause::Content);
    }
    let refused = || refusal(error).map(Cause::Refused);
    let known = held(error).or_else(refused);
    known.or_else(|| held(error.source()?))
}

/// The refusal that an error about a request is.
fn refusal(error: &(dyn StdError + 'static)) -> Option<Refusal> {
    fn of<E>(error: &(dyn StdError + 'static)) -> Option<Refusal>
    where
        E: StdError + Copy + Into<Refusal> + 'static,
    {
        error.downcast_ref::<E>().copied().map(E::into)
    }
    of::<Refusal>(error)
        .or_else(|| error.downcast_ref::<Refused>().map(|error| error.reason))
        .or_else(|| of::<Status>(error))
        .or_else(|| of::<DecodeError>(error))
        .or_else(|| of::<PathError>(error))
        .or_else(|| is_parse_error(error).then_some(Refusal::BadRequest))
}

/// Tells if the error is a [`ParseError`] of a type of the standard library, all of which cannot be
/// told apart from others.
fn is_parse_error(error: &(dyn StdError + 'static)) -> bool {
    error.is::<ParseError<Infallible>>()
        || error.is::<ParseError<AddrParseError>>()
        || error.is::<ParseError<CharTryFromError>>()
        || error.is::<ParseError<ParseBoolError>>()
        || error.is::<ParseError<ParseCharError>>()
        || error.is::<ParseError<ParseFloatError>>()
        || error.is::<ParseError<ParseIntError>>()
}

/// The cause of an error that a reply was not sent for, with the sources that are most common.
fn sent(error: &(dyn StdError + 'static)) -> Option<Cause> {
    fn of<R: 'static>(error: &(dyn StdError + 'static)) -> Option<Cause>
    where
        SendError<R, io::Error>: StdError,
    {
        Some(match error.downcast_ref::<SendError<R, io::Error>>()? {
            SendError::Body(error) => Cause::Body(*error),
            SendError::Closed => Cause::Closed,
            SendError::Connection(_) => Cause::Connection,
            SendError::Json(error) => Cause::Json(*error),
            SendError::Reply(error) => Cause::Reply(*error),
            SendError::Source(_) => Cause::Source,
        })
    }
    of::<Infallible>(error).or_else(|| of::<io::Error>(error))
}

/// The cause that an error of the core, or of a connection, is.
fn held(error: &(dyn StdError + 'static)) -> Option<Cause> {
    if error.is::<ConnectionError<io::Error>>() {
        return Some(Cause::Connection);
    }
    let reply = error.downcast_ref::<Error>().copied().map(Cause::Reply);
    let json = || error.downcast_ref::<JsonError>().copied().map(Cause::Json);
    let stream = || error.downcast_ref::<StreamError>().copied();
    let body = || error.downcast_ref::<BodyError>().copied();
    let body = || stream().or_else(|| body().map(StreamError::Body));
    reply.or_else(json).or_else(|| body().map(Cause::Body))
}
