//! Documents that leave through a small buffer.

use conformance::random::Random;
use conformance::sample::{Hand, any_value};
use replywire::json::{Dialect, Document, JsonError, Resumable, Strict};

fn whole(document: &impl Document) -> Vec<u8> {
    let len = document.measure().unwrap();
    let mut buf = vec![0; len];
    assert_eq!(document.write(&mut buf), Ok(len));
    buf
}

/// What comes out of buffers of these sizes.
fn pieces(document: impl Document, size: &mut impl FnMut() -> usize) -> Result<Vec<u8>, JsonError> {
    let mut document = Resumable::new(document);
    let mut text = Vec::new();
    loop {
        let size = size();
        let mut buf = vec![0xee; size];
        let n = document.fill(&mut buf)?;
        // No piece is needlessly short.
        assert!(document.is_done() || n > size - 8, "{n} of {size}");
        assert!(buf[n..].iter().all(|byte| *byte == 0xee) || document.is_done() || n > size - 8);
        if n == 0 {
            assert!(document.is_done());
            return Ok(text);
        }
        text.extend_from_slice(&buf[..n]);
    }
}

#[test]
fn every_buffer_gives_the_same_bytes() {
    let mut source = Random::new(7);
    for _ in 0..300 {
        let value = any_value(&mut source, 5);
        let expected = whole(&Strict::of(&value));
        for size in 16..=300 {
            let text = pieces(Strict::of(&value), &mut || size).unwrap();
            assert_eq!(
                String::from_utf8_lossy(&text),
                String::from_utf8_lossy(&expected)
            );
            let by_hand = pieces(Strict::by_hand(&Hand(&value)), &mut || size).unwrap();
            assert_eq!(by_hand, text);
        }
    }
}
