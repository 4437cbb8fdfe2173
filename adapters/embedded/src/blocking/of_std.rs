use std::io::{self, ErrorKind};

use embedded_io::{ErrorType, Read, Write};

/// A reader or a writer of the standard library as one of `embedded-io`, such as a socket, a file
/// or a `Vec<u8>`. A call that a signal interrupts is made again.
///
/// ```
/// use replywire::request::Exchange;
/// use replywire::{Leaving, Response, Status};
/// use replywire_embedded::blocking::{self, Std};
///
/// let page = "<p>".repeat(1000);
/// let (mut wire, mut buf) = (Vec::new(), [0; 256]);
/// match Response::to(&Exchange::GET, &mut buf, Status::OK).leave_html(&page)? {
///     Leaving::Whole(reply) => blocking::send(&reply, &mut Std(&mut wire))?,
///     Leaving::InSteps(mut steps) => blocking::send_steps(&mut steps, &mut Std(&mut wire))?,
/// }
/// assert!(wire.ends_with(page.as_bytes()));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Copy, Debug)]
pub struct Std<T>(
    /// The reader or writer.
    pub T,
);

impl<T> ErrorType for Std<T> {
    type Error = io::Error;
}

impl<T: io::Read> Read for Std<T> {
    fn read(&mut self, room: &mut [u8]) -> io::Result<usize> {
        again(|| self.0.read(room))
    }
}

impl<T: io::Write> Write for Std<T> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        again(|| self.0.write(bytes))
    }

    fn flush(&mut self) -> io::Result<()> {
        again(|| self.0.flush())
    }
}

fn again<N>(mut call: impl FnMut() -> io::Result<N>) -> io::Result<N> {
    loop {
        match call() {
            Err(error) if error.kind() == ErrorKind::Interrupted => {}
            done => return done,
        }
    }
}
