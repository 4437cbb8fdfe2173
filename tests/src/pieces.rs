//! Documents as a whole, and piece by piece.

use replywire::Error;
use replywire::json::{Document, JsonError, Resumable};

use crate::buffer;

/// All of a document, by a buffer of just that size.
///
/// # Errors
///
/// What is wrong with the value.
///
/// # Panics
///
/// Where a document and its length do not agree.
pub fn whole(document: &impl Document) -> Result<Vec<u8>, JsonError> {
    written(document.measure(), &|buf| document.write(buf))
}

/// All of what `write` writes. Its code is not generic: suites call it with hundreds of types.
fn written(
    measured: Result<usize, JsonError>,
    write: &dyn Fn(&mut [u8]) -> Result<usize, Error>,
) -> Result<Vec<u8>, JsonError> {
    let len = match measured {
        Ok(len) => len,
        Err(error) => {
            assert_eq!(write(&mut [0; 64]), Err(Error::Json(error)));
            return Err(error);
        }
    };
    let mut buf = buffer(len);
    assert_eq!(write(&mut buf), Ok(len));
    let short = buf.len().saturating_sub(1);
    let overflow = Err(Error::Overflow { needed: len });
    assert_eq!(write(&mut buffer(short)), overflow);
    Ok(buf)
}

/// All of a document, by buffers of these sizes.
///
/// # Errors
///
/// What is wrong with the value.
///
/// # Panics
///
/// Where a piece is shorter than it need be.
pub fn pieces(
    document: impl Document,
    mut size: impl FnMut() -> usize,
) -> Result<Vec<u8>, JsonError> {
    let mut document = Resumable::new(document);
    filled(&mut size, &mut |buf| {
        let n = document.fill(buf)?;
        Ok((n, document.is_done()))
    })
}

/// The number of bytes that a buffer was filled with, and whether they were the last.
type Piece = Result<(usize, bool), JsonError>;

/// All of what `fill` fills buffers with.
fn filled(
    size: &mut dyn FnMut() -> usize,
    fill: &mut dyn FnMut(&mut [u8]) -> Piece,
) -> Result<Vec<u8>, JsonError> {
    let mut text = Vec::new();
    loop {
        let size = size();
        let mut buf = buffer(size);
        let (n, is_done) = fill(&mut buf)?;
        // At most a character or an escape is not split.
        assert!(is_done || n + 6 > size, "{n} of {size}");
        if n == 0 {
            assert!(is_done);
            return Ok(text);
        }
        text.extend_from_slice(&buf[..n]);
    }
}
