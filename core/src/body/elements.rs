use core::fmt;

use super::step::{Step, steps};
use super::transfer::Transfer;
use crate::error::{Error, JsonError};
use crate::head::status::Status;
use crate::json::container::Container;
use crate::json::depth::Depth;
use crate::json::document::nothing::Nothing;
use crate::json::document::text::DocumentText;
use crate::json::pieces::resumable::MIN_BUFFER;
use crate::json::sink::replay::Kind;
use crate::json::{Dialect, Document, Resumable, Sink};
use crate::request::exchange::Exchange;

/// A reply whose body is an array or an object of elements that come one by one: the rows of a
/// query, the samples of a sensor.
///
/// [`Response::array_stream`](crate::Response::array_stream) and
/// [`object_stream`](crate::Response::object_stream) make it. Each call gives a [`Piece`], which is
/// driven by [the protocol](crate::body#steps): at its [`Step::Done`] the next call is wanted.
/// Elements gather in the buffer until it is full, or until they are [`flush`](Self::flush)ed, and
/// leave as one chunk. The values are not looked at where no body is sent.
///
/// ```
/// use replywire::body::Step;
/// use replywire::json::Python;
/// use replywire::{Response, Status};
/// use replywire::request::Exchange;
///
/// let mut wire = Vec::new();
/// let mut buf = [0; 128];
/// let mut rows = Response::to(&Exchange::GET, &mut buf, Status::OK).array_stream(Python)?;
/// for row in 1..=3 {
///     let mut piece = rows.item(Python::of(&row))?;
///     while let Step::Send { bytes, .. } = piece.step()? {
///         let n = bytes.len();
///         wire.extend_from_slice(bytes);
///         piece.sent(n);
///     }
/// }
/// let mut piece = rows.end()?;
/// while let Step::Send { bytes, .. } = piece.step()? {
///     let n = bytes.len();
///     wire.extend_from_slice(bytes);
///     piece.sent(n);
/// }
/// assert_eq!(
///     wire,
///     b"HTTP/1.1 200 OK\r\ncontent-type: application/json\r\n\
///       transfer-encoding: chunked\r\n\r\n7\r\n[1,2,3]\r\n0\r\n\r\n",
/// );
/// # Ok::<(), replywire::Error>(())
/// ```
#[must_use = "elements are sent one by one, and ended"]
pub struct Elements<'b, D> {
    transfer: Transfer<'b>,
    /// The number of bytes used in the room for a chunk.
    used: usize,
    kind: Kind,
    /// The bracket that opens, until something was written; then a comma.
    separator: u8,
    state: State,
    dialect: D,
}

/// The calls that are allowed next.
#[derive(Clone, Copy, Debug)]
enum State {
    /// Any piece.
    Ready,
    /// The rest of a piece.
    Open,
    /// None: this went wrong.
    Broken(JsonError),
    /// None: all was sent.
    Ended,
}

impl<D> fmt::Debug for Elements<'_, D> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Elements")
            .field("transfer", &self.transfer)
            .finish_non_exhaustive()
    }
}

impl<'b, D: Dialect> Elements<'b, D> {
    pub(crate) const fn array(transfer: Transfer<'b>, dialect: D) -> Self {
        Self::new(transfer, Kind::Array, b'[', dialect)
    }

    pub(crate) const fn object(transfer: Transfer<'b>, dialect: D) -> Self {
        Self::new(transfer, Kind::Object, b'{', dialect)
    }

    const fn new(transfer: Transfer<'b>, kind: Kind, separator: u8, dialect: D) -> Self {
        Self {
            transfer,
            used: 0,
            kind,
            separator,
            state: State::Ready,
            dialect,
        }
    }

    /// The dialect that the elements are written in.
    pub const fn dialect(&self) -> D {
        self.dialect
    }

    /// Adds an element to an array.
    ///
    /// # Errors
    ///
    /// [`JsonError::Element`] in an object, after the end, or if the last piece was not driven to
    /// its end.
    pub fn item<'e, T>(&'e mut self, value: T) -> Result<Piece<'e, 'b, D, T>, JsonError>
    where
        T: Document<Dialect = D>,
    {
        self.element(Kind::Array, None, value)
    }

    /// Adds a member to an object. Names are not compared.
    ///
    /// # Errors
    ///
    /// [`JsonError::Element`] in an array, after the end, or if the last piece was not driven to
    /// its end.
    pub fn member<'e, T>(
        &'e mut self,
        name: &'e str,
        value: T,
    ) -> Result<Piece<'e, 'b, D, T>, JsonError>
    where
        T: Document<Dialect = D>,
    {
        self.element(Kind::Object, Some(name), value)
    }

    fn element<'e, T>(
        &'e mut self,
        kind: Kind,
        name: Option<&'e str>,
        value: T,
    ) -> Result<Piece<'e, 'b, D, T>, JsonError>
    where
        T: Document<Dialect = D>,
    {
        if self.kind != kind {
            return Err(JsonError::Element);
        }
        self.open()?;
        let element = Element {
            separator: self.separator,
            name,
            value,
        };
        self.separator = b',';
        Ok(Piece {
            elements: self,
            work: Work::Element(Resumable::new(element)),
        })
    }

    fn open(&mut self) -> Result<(), JsonError> {
        match self.state {
            State::Ready => {
                self.state = State::Open;
                Ok(())
            }
            _ => Err(JsonError::Element),
        }
    }

    /// Sends the elements that have gathered, and the head.
    ///
    /// # Errors
    ///
    /// [`JsonError::Element`] after the end, or if the last piece was not driven to its end.
    pub fn flush(&mut self) -> Result<Piece<'_, 'b, D>, JsonError> {
        self.piece(Work::Flush)
    }

    /// Ends the array or object, and the reply.
    ///
    /// # Errors
    ///
    /// As [`flush`](Self::flush).
    pub fn end(&mut self) -> Result<Piece<'_, 'b, D>, JsonError> {
        self.piece(Work::Bracket)
    }

    fn piece(&mut self, work: Work<'static, Nothing<D>>) -> Result<Piece<'_, 'b, D>, JsonError> {
        self.open()?;
        Ok(Piece {
            elements: self,
            work,
        })
    }

    /// Tells if elements are sent at all: not in the reply to `HEAD`, for which none need be made.
    pub const fn is_wanted(&self) -> bool {
        !self.transfer.is_ended()
    }

    /// The status of the reply.
    pub const fn status(&self) -> Status {
        self.transfer.status()
    }

    /// Returns true if the connection must be closed after this reply, which says so or broke off.
    pub const fn closes(&self) -> bool {
        matches!(self.state, State::Open | State::Broken(_)) || self.transfer.closes()
    }

    /// Checks that this is a final reply to `exchange`; see [`Reply::check`](crate::Reply::check).
    ///
    /// # Errors
    ///
    /// As there.
    pub fn check(&self, exchange: &Exchange<'_>) -> Result<(), Error> {
        self.transfer.check(exchange)
    }
}

/// The bytes of one call on [`Elements`].
///
/// Dropping it before [`Step::Done`] leaves half an element, so all further
/// calls are [`JsonError::Element`], and the connection must be closed.
#[must_use = "a piece does nothing until it is driven"]
pub struct Piece<'e, 'b, D, T = Nothing<D>> {
    elements: &'e mut Elements<'b, D>,
    work: Work<'e, T>,
}

impl<D, T> fmt::Debug for Piece<'_, '_, D, T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Piece").finish_non_exhaustive()
    }
}

/// The work that is left.
enum Work<'e, T> {
    Element(Resumable<Element<'e, T>>),
    /// The bracket that ends all.
    Bracket,
    /// The chunk, and the end of the body after it.
    Rest,
    /// The chunk.
    Flush,
    None,
}

impl<D, T> Piece<'_, '_, D, T>
where
    D: Dialect,
    T: Document<Dialect = D>,
{
    /// Returns the next thing to do; [`Step::Done`] is the end of the piece. Asking again without
    /// acting changes nothing.
    ///
    /// # Errors
    ///
    /// An error of the value, for ever. Nothing more is sent, and the connection must be closed.
    pub fn step(&mut self) -> Result<Step<'_>, JsonError> {
        let Elements {
            transfer,
            used,
            kind,
            separator,
            state,
            ..
        } = &mut *self.elements;
        if let State::Broken(error) = state {
            return Err(*error);
        }
        while let Step::Fill(room) = transfer.next() {
            let free = room.get_mut(*used..).unwrap_or_default();
            let is_ample = free.len() >= MIN_BUFFER;
            match &mut self.work {
                Work::Element(element) if is_ample => match element.fill(free) {
                    Ok(written) => {
                        *used += written;
                        if element.is_done() {
                            self.work = Work::None;
                        }
                        continue;
                    }
                    Err(error) => {
                        transfer.break_off();
                        *state = State::Broken(error);
                        return Err(error);
                    }
                },
                Work::Bracket if is_ample => {
                    let bracket: &[u8] = match (*kind, *separator) {
                        (Kind::Array, b',') => b"]",
                        (Kind::Array, _) => b"[]",
                        (_, b',') => b"}",
                        (_, _) => b"{}",
                    };
                    for (to, byte) in free.iter_mut().zip(bracket) {
                        *to = *byte;
                    }
                    *used += bracket.len();
                    self.work = Work::Rest;
                    continue;
                }
                Work::None => {
                    *state = State::Ready;
                    return Ok(Step::Done);
                }
                Work::Flush if *used == 0 && !transfer.is_joining() => {
                    self.work = Work::None;
                    continue;
                }
                _ => {}
            }
            // The chunk is full, or the last.
            let filled = core::mem::take(used);
            match filled {
                0 if transfer.is_joining() && !matches!(self.work, Work::Rest) => transfer.part(),
                _ => transfer
                    .filled(filled)
                    .map_err(|_| JsonError::LengthChanged)?,
            }
            if let Work::Rest = self.work {
                transfer.join_end();
            }
        }
        match transfer.next() {
            Step::Send { bytes, more } => Ok(Step::Send { bytes, more }),
            Step::Done | Step::Fill(_) => {
                // Without a body, nothing is ever filled.
                *state = match self.work {
                    Work::Bracket | Work::Rest => State::Ended,
                    _ => State::Ready,
                };
                Ok(Step::Done)
            }
        }
    }

    /// Records that `n` bytes of the last [`Step::Send`] reached the connection.
    pub fn sent(&mut self, n: usize) {
        self.elements.transfer.sent(n);
    }
}

steps! {
    impl['e, 'b, D: Dialect, T: Document<Dialect = D>] Piece<'e, 'b, D, T> {
        Error = JsonError;
    }
}

/// An element with the separator and the name before it.
struct Element<'e, T> {
    separator: u8,
    name: Option<&'e str>,
    value: T,
}

impl<T: DocumentText> DocumentText for Element<'_, T> {
    type Dialect = T::Dialect;

    fn write_text<S>(&self, sink: S, depth: u8) -> Result<S, S::Error>
    where
        S: Sink<Dialect = Self::Dialect>,
    {
        let mut container = Container::new(sink, Depth::new(depth), Kind::Array)?;
        container.separator = self.separator;
        container.element(self.name, Whole(&self.value))?;
        Ok(container.sink)
    }

    fn check(&self, depth: u8) -> Result<(), JsonError> {
        self.value.check(depth.saturating_add(1))
    }
}

struct Whole<'v, T>(&'v T);

impl<S, T> crate::json::container::WriteValue<S> for Whole<'_, T>
where
    S: Sink<Dialect = T::Dialect>,
    T: DocumentText,
{
    fn write_value(self, sink: S, depth: Depth) -> Result<S, S::Error> {
        self.0.write_text(sink, depth.level())
    }
}
