//! The connection while a request is answered, lent to whoever does the next thing with it: the
//! handler's responder, or the loop that attends to the connection while the handler waits.

#[cfg(target_os = "none")]
mod cell;
#[cfg(not(target_os = "none"))]
mod lock;

#[cfg(target_os = "none")]
use self::cell::Held;
#[cfg(target_os = "none")]
pub(crate) use self::cell::Slot;
#[cfg(not(target_os = "none"))]
use self::lock::Held;
#[cfg(not(target_os = "none"))]
pub(crate) use self::lock::Slot;
use crate::error::ConnectionError;
use crate::io::ConnectionIo;
use crate::transport::Transport;

/// A connection that one holds at a time, by calls that take turns.
pub(crate) struct Lent<'c, T>(Slot<&'c mut ConnectionIo<'c, T>>);

impl<'c, T> Lent<'c, T> {
    pub(crate) fn new(io: &'c mut ConnectionIo<'c, T>) -> Self {
        Self(Slot::new(io))
    }

    /// Takes the connection, until the outcome is dropped.
    pub(crate) fn take(&'c self) -> Taken<'c, T> {
        Taken(self.0.hold())
    }
}

/// The connection, where no one else had taken it.
pub(crate) struct Taken<'c, T>(Held<'c, &'c mut ConnectionIo<'c, T>>);

impl<'c, T: Transport> Taken<'c, T> {
    /// The connection. Another has it only where a future that had taken it was leaked.
    pub(crate) fn io(&mut self) -> Result<&mut ConnectionIo<'c, T>, ConnectionError<T::Error>> {
        match self.0.value() {
            Some(io) => Ok(io),
            None => Err(ConnectionError::WriteZero),
        }
    }
}

impl<'c, T> Taken<'c, T> {
    /// The connection, which no one else has until the handler has ended.
    pub(crate) fn keep(self) -> Option<&'c mut ConnectionIo<'c, T>> {
        self.0.keep()
    }
}
