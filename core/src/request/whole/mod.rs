//! Heads that come whole, as most do. Where bytes end with a blank line, `fast` parses the first
//! head of them at once, and looks at the ends of its lines then; `compact`, where words have 32
//! bits, has every end searched for.

#[cfg(not(target_pointer_width = "64"))]
mod compact;
#[cfg(target_pointer_width = "64")]
mod fast;

#[cfg(not(target_pointer_width = "64"))]
pub(super) use self::compact::{IS_FOUND, is_at_hand, len};
#[cfg(target_pointer_width = "64")]
pub(super) use self::fast::{IS_FOUND, is_at_hand, len};

#[cfg(test)]
mod tests {
    use std::vec::Vec;

    use crate::request::reading::ContentStep;
    use crate::request::refusal::Refused;
    use crate::request::requests::{RequestStep, Requests};

    /// The heads and contents that are read of these bytes, which come in pieces of this size, and
    /// the reason that there are no further ones.
    fn read(wire: &[u8], size: usize) -> (Vec<Vec<u8>>, Option<Refused>) {
        let mut buf = [0; 160];
        let mut requests = Requests::new(&mut buf);
        let mut pieces = wire.chunks(size);
        let mut put = |room: &mut [u8]| {
            let piece = pieces.next().unwrap_or_default();
            room[..piece.len()].copy_from_slice(piece);
            piece.len()
        };
        let mut seen = Vec::new();
        loop {
            match requests.step() {
                RequestStep::Read(room) => match put(room) {
                    0 => return (seen, None),
                    n => requests.filled(n),
                },
                RequestStep::Head => {
                    if let Err(refused) = requests.begin::<2>() {
                        return (seen, Some(refused));
                    }
                    let (request, mut content) = requests.request();
                    seen.push(request.bytes.to_vec());
                    for (name, value) in request.headers() {
                        seen.push([name.as_bytes(), value].concat());
                    }
                    loop {
                        match content.step().unwrap() {
                            ContentStep::Slice(bytes) => {
                                bytes.iter().for_each(|byte| seen.push(std::vec![*byte]));
                            }
                            ContentStep::Read(room) => match put(room) {
                                0 => return (seen, None),
                                n => content.filled(n),
                            },
                            ContentStep::Continue | ContentStep::Done => break,
                        }
                    }
                }
                RequestStep::Content => return (seen, None),
                RequestStep::Refused(refused) => return (seen, Some(refused)),
            }
        }
    }

    #[test]
    fn heads_that_come_whole_are_read_as_those_that_come_byte_by_byte() {
        const PARTS: [&[u8]; 10] = [
            b"GET / HTTP/1.1\r\nhost:a",
            b"PUT /b HTTP/1.0",
            b" HTTP/2.0",
            b"\r\n",
            b"\n",
            b"\r\n\r\n",
            b"\r",
            b"a: b \r\n",
            b"content-length:4\r\n",
            b"x",
        ];
        let (mut accepted, mut refused) = (0, 0);
        for len in 0..6 {
            for number in 0..PARTS.len().pow(len) {
                let parts = (0..len).map(|at| PARTS[number / PARTS.len().pow(at) % PARTS.len()]);
                let wire: Vec<u8> = parts.flatten().copied().collect();
                let whole = read(&wire, wire.len().max(1));
                assert_eq!(whole, read(&wire, 1), "{}", wire.escape_ascii());
                accepted += whole.0.len();
                refused += usize::from(whole.1.is_some());
            }
        }
        assert!(accepted > 1000 && refused > 1000, "{accepted} {refused}");
    }
}
