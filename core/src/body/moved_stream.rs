//! A stream that goes on through another buffer.

#[cfg(feature = "hosted")]
use core::ops::Range;

#[cfg(feature = "hosted")]
use super::error::StreamError;
use super::stream::Stream;

/// The length of the buffer of a stream.
pub const fn stream_buffer_len(stream: &Stream<'_>) -> usize {
    stream.buffer_len()
}

/// The same stream through other memory, with the bytes that have gathered and those that are to be
/// sent; `None` where there is too little room for these, or the stream is ending. The stream that
/// it is made of is driven no further until this one has [moved back](move_back).
///
/// ```
/// use replywire::__private::{move_back, moved_stream};
/// use replywire::body::{Step, Stream};
/// use replywire::request::Exchange;
/// use replywire::{Response, Status};
///
/// let (mut buf, mut memory, mut wire) = ([0; 96], [0; 256], Vec::new());
/// let mut stream = Stream::new(Response::to(&Exchange::GET, &mut buf, Status::OK).stream()?);
/// assert!(stream.write(&mut &b"to"[..])?);
/// let mut moved = moved_stream(&stream, &mut memory).unwrap();
/// assert!(moved.write(&mut &b"gether"[..])?);
/// moved.flush()?;
/// while let Step::Send { bytes, .. } = moved.step()? {
///     wire.extend_from_slice(bytes);
///     let n = bytes.len();
///     moved.sent(n);
/// }
/// assert!(move_back(&mut stream, &moved));
/// stream.end()?;
/// assert_eq!(stream.step()?.bytes(), b"0\r\n\r\n");
/// assert!(wire.ends_with(b"\r\n\r\n8\r\ntogether\r\n"));
/// # Ok::<(), Box<dyn core::error::Error>>(())
/// ```
pub fn moved_stream<'m>(stream: &Stream<'_>, memory: &'m mut [u8]) -> Option<Stream<'m>> {
    stream.moved(memory)
}

/// Has a stream go on where `moved` is, through the buffer that it has; false where there is too
/// little room for what `moved` has yet to send: then the stream has no buffer, and is broken.
#[must_use = "a stream that has not moved back is broken"]
pub fn move_back(stream: &mut Stream<'_>, moved: &Stream<'_>) -> bool {
    let buffer = stream.take_buffer();
    match moved.moved(buffer) {
        Some(back) => {
            *stream = back;
            true
        }
        None => false,
    }
}

/// The place, in its memory, of the bytes that a stream has yet to send, those that have gathered
/// too. They count as sent, for a driver that hands the memory over.
///
/// ```
/// use replywire::__private::{moved_stream, take_place};
/// use replywire::body::Stream;
/// use replywire::request::Exchange;
/// use replywire::{Response, Status};
///
/// let exchange = Exchange::GET.hosted();
/// let (mut buf, mut memory) = ([0; 96], [0; 256]);
/// let stream = Stream::new(Response::to(&exchange, &mut buf, Status::OK).stream()?);
/// let mut moved = moved_stream(&stream, &mut memory).unwrap();
/// assert!(moved.write(&mut &b"together"[..])?);
/// let place = take_place(&mut moved)?;
/// assert!(moved.step()?.bytes().is_empty());
/// assert_eq!(&memory[place], b"HTTP/1.1 200 OK\r\n\r\ntogether");
/// # Ok::<(), Box<dyn core::error::Error>>(())
/// ```
///
/// # Errors
///
/// [`StreamError::Body`] if it is more than was promised.
#[cfg(feature = "hosted")]
pub fn take_place(stream: &mut Stream<'_>) -> Result<Range<usize>, StreamError> {
    stream.take_place()
}
