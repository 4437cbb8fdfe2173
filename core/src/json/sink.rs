use super::JsonError;

/// What JSON is written to: bytes, or a mere count of them.
///
/// Sinks are the crate's own; code that writes values by hand is generic over them.
pub trait Sink: sealed::Sink + Sized {}

impl<S: sealed::Sink + Sized> Sink for S {}

mod sealed {
    use super::JsonError;

    pub trait Sink {
        /// Writes all of `bytes`.
        #[doc(hidden)]
        fn put(self, bytes: &[u8]) -> Result<Self, JsonError>
        where
            Self: Sized;

        /// [`put`](Self::put) for a length known at compile time.
        #[doc(hidden)]
        fn put_array<const N: usize>(self, bytes: &[u8; N]) -> Result<Self, JsonError>
        where
            Self: Sized;
    }
}

/// Writes to a slice until it is full.
#[derive(Debug)]
pub(crate) struct Slice<'b> {
    pub(crate) rest: &'b mut [u8],
}

impl<'b> Slice<'b> {
    pub(crate) fn new(rest: &'b mut [u8]) -> Self {
        Self { rest }
    }
}

impl sealed::Sink for Slice<'_> {
    #[inline]
    fn put(self, bytes: &[u8]) -> Result<Self, JsonError> {
        match self.rest.split_at_mut_checked(bytes.len()) {
            Some((to, rest)) => {
                crate::bytes::copy(to, bytes);
                Ok(Self { rest })
            }
            None => Err(JsonError::Full),
        }
    }

    #[inline]
    fn put_array<const N: usize>(self, bytes: &[u8; N]) -> Result<Self, JsonError> {
        match self.rest.split_first_chunk_mut::<N>() {
            Some((to, rest)) => {
                *to = *bytes;
                Ok(Self { rest })
            }
            None => Err(JsonError::Full),
        }
    }
}

/// Counts, and is never full.
#[derive(Debug, Default)]
pub(crate) struct Count {
    pub(crate) len: usize,
}

impl sealed::Sink for Count {
    #[inline]
    fn put(self, bytes: &[u8]) -> Result<Self, JsonError> {
        Ok(Self {
            len: self.len.saturating_add(bytes.len()),
        })
    }

    #[inline]
    fn put_array<const N: usize>(self, bytes: &[u8; N]) -> Result<Self, JsonError> {
        self.put(bytes)
    }
}
