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
    let len = match document.measure() {
        Ok(len) => len,
        Err(error) => {
            assert_eq!(document.write(&mut [0; 64]), Err(Error::Json(error)));
            return Err(error);
        }
    };
    let mut buf = buffer(len);
    assert_eq!(document.write(&mut buf), Ok(len));
    let short = buf.len().saturating_sub(1);
    let overflow = Err(Error::Overflow { needed: len });
    assert_eq!(document.write(&mut buffer(short)), overflow);
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
    let mut text = Vec::new();
    loop {
        let size = size();
        let mut buf = buffer(size);
        let n = document.fill(&mut buf)?;
        // At most a character or an escape is not split.
        assert!(document.is_done() || n + 6 > size, "{n} of {size}");
        if n == 0 {
            assert!(document.is_done());
            return Ok(text);
        }
        text.extend_from_slice(&buf[..n]);
    }
}
