//! The head of a reply as values of `http`.

use std::mem;

use bytes::Bytes;
use http::{HeaderMap, HeaderName, HeaderValue, header};
use replywire::request::Exchange;
use replywire::{SentHead, Status};

/// The fields of a reply, as a host has them.
pub(crate) trait Fields: Default {
    /// Takes the memory of a map that is not needed any more, where the host's are such.
    fn reuse(&mut self, _: &mut HeaderMap) {}

    /// Adds a field, unless it is none of the host's, or there are too many. Where the value is not
    /// known, it is taken from `shared` memory.
    fn add(&mut self, name: &[u8], value: &[u8], shared: impl FnOnce() -> Bytes) -> Option<()>;

    /// Adds the length of a content.
    fn add_length(&mut self, len: u64) -> Option<()>;
}

/// The head of a reply but for its fields, and the bytes of its body that came with it.
pub(crate) struct ReplyHead {
    pub(crate) status: Status,
    /// The length that is told of the body.
    #[cfg(feature = "actix")]
    pub(crate) told_len: Option<u64>,
    /// The bytes of the body, where the head tells them.
    pub(crate) body_len: Option<u64>,
    pub(crate) body: Bytes,
}

impl ReplyHead {
    /// The head at the start of `bytes`, whose fields are added to `fields`; interim ones are
    /// passed over, as no host sends them for us. What is kept of the bytes is a part of `shared`,
    /// which has them, or a copy. `None` where the end is not there, and for fields that are none
    /// of the host's.
    pub(crate) fn read<F: Fields>(
        exchange: &Exchange<'_>,
        bytes: &[u8],
        mut shared: Option<Bytes>,
        fields: &mut F,
    ) -> Option<Self> {
        let mut is_right = true;
        let sent = SentHead::read(exchange, bytes, |name, place| {
            let value = bytes.get(place.clone()).unwrap_or_default();
            let share = || {
                let shared = shared.get_or_insert_with(|| Bytes::copy_from_slice(bytes));
                shared.slice(place)
            };
            is_right &= fields.add(name, value, share).is_some();
        })?;
        let start = sent.body_start();
        if sent.status().is_informational() {
            *fields = F::default();
            let shared = shared.map(|shared| shared.slice(start..));
            return Self::read(exchange, bytes.get(start..)?, shared, fields);
        }
        let (told_len, body_len) = (sent.content_length(), sent.body_len());
        // Hosts tell the length of the body that they are given; HTTP/2 not that of an empty one.
        let is_told = body_len == told_len && body_len != Some(0);
        if let Some(len) = told_len.filter(|_| !is_told) {
            fields.add_length(len)?;
        }
        is_right.then(|| Self {
            status: sent.status(),
            #[cfg(feature = "actix")]
            told_len,
            body_len,
            body: match shared {
                Some(shared) => shared.slice(start..),
                None => Bytes::copy_from_slice(bytes.get(start..).unwrap_or_default()),
            },
        })
    }
}

/// A head that has come through the passage.
pub(crate) struct Arrived {
    exchange: Exchange<'static>,
    sent: SentHead,
    /// The head, and the body after it: values and body are parts of one piece of memory.
    all: Bytes,
}

impl Arrived {
    /// The head at the start of `bytes`, interim ones passed over; `share` makes what is kept of
    /// them. Where its end is not there, the bytes of it that are.
    pub(crate) fn find<'b>(
        exchange: &Exchange<'static>,
        bytes: &'b [u8],
        share: impl FnOnce(&[u8]) -> Bytes,
    ) -> Result<Self, &'b [u8]> {
        let mut rest = bytes;
        loop {
            let sent = SentHead::read(exchange, rest, |_, _| {}).ok_or(rest)?;
            if !sent.status().is_informational() {
                return Ok(Self {
                    exchange: *exchange,
                    sent,
                    all: share(rest),
                });
            }
            rest = rest.get(sent.body_start()..).unwrap_or_default();
        }
    }

    /// Bytes of the body have come with the head.
    pub(crate) fn has_body(&self) -> bool {
        self.all.len() > self.sent.body_start()
    }

    /// The body follows, as far as the head tells.
    pub(crate) fn goes_on(&self) -> bool {
        self.sent.body_len() != Some(0)
    }

    /// The head, whose fields are added to `fields`.
    pub(crate) fn read(&self, fields: &mut impl Fields) -> Option<ReplyHead> {
        let shared = Some(self.all.clone());
        ReplyHead::read(&self.exchange, &self.all, shared, fields)
    }
}

/// The fields of lines of which each ends in CRLF.
pub(crate) fn trailers(lines: &[u8]) -> Option<HeaderMap> {
    let mut map = HeaderMap::new();
    for (name, value) in replywire::request::Fields::of_lines(lines) {
        let copy = || Bytes::copy_from_slice(value);
        map.add(name.as_bytes(), value, copy)?;
    }
    Some(map)
}

/// The values of `content-type` that most replies have.
pub(crate) const TYPES: [&str; 3] = [
    "application/json",
    "text/html; charset=utf-8",
    "text/plain; charset=utf-8",
];

impl Fields for HeaderMap {
    fn reuse(&mut self, map: &mut HeaderMap) {
        map.clear();
        mem::swap(self, map);
    }

    fn add(&mut self, name: &[u8], value: &[u8], shared: impl FnOnce() -> Bytes) -> Option<()> {
        /// They need no check, and share no memory.
        static KNOWN: [HeaderValue; 3] = [
            HeaderValue::from_static(TYPES[0]),
            HeaderValue::from_static(TYPES[1]),
            HeaderValue::from_static(TYPES[2]),
        ];
        const TYPE: HeaderName = header::CONTENT_TYPE;

        let (name, known) = match name == TYPE.as_str().as_bytes() {
            true => (TYPE, KNOWN.iter().find(|known| known.as_bytes() == value)),
            false => (HeaderName::from_bytes(name).ok()?, None),
        };
        let value = match known {
            Some(known) => known.clone(),
            None => HeaderValue::from_maybe_shared(shared()).ok()?,
        };
        self.try_append(name, value).ok().map(drop)
    }

    fn add_length(&mut self, len: u64) -> Option<()> {
        self.insert(header::CONTENT_LENGTH, len.into());
        Some(())
    }
}
