use std::io::{self, Read};

/// The bytes of a reader, as they come: the iterator of
/// [`Blocking::read`](crate::Blocking::read).
#[derive(Debug)]
pub(crate) struct Reads<T> {
    reader: T,
    buf: Vec<u8>,
}

impl<T> Reads<T> {
    pub(crate) fn new(reader: T) -> Self {
        Self {
            reader,
            buf: vec![0; 8 << 10],
        }
    }
}

impl<T: Read> Iterator for Reads<T> {
    type Item = io::Result<Vec<u8>>;

    fn next(&mut self) -> Option<Self::Item> {
        loop {
            return match self.reader.read(&mut self.buf) {
                Ok(0) => None,
                Ok(n) => {
                    let bytes = self.buf.get(..n).unwrap_or(&self.buf);
                    Some(Ok(bytes.to_vec()))
                }
                Err(error) if error.kind() == io::ErrorKind::Interrupted => continue,
                Err(error) => Some(Err(error)),
            };
        }
    }
}
