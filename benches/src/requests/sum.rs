//! The sum that is asked for, for the servers that have no routes or extractors of their own.

use serde::Deserialize;

/// What a query adds.
#[derive(Clone, Copy, Debug, Deserialize)]
pub(super) struct Terms {
    pub(super) a: i64,
    pub(super) b: i64,
}

impl Terms {
    /// Those of a query `a=…&b=…`, by hand.
    pub(super) fn of(query: &str) -> Option<Self> {
        let term = |name: &str| {
            let mut pairs = query.split('&').filter_map(|pair| pair.split_once('='));
            pairs.find(|(of, _)| *of == name)?.1.parse().ok()
        };
        Some(Self {
            a: term("a")?,
            b: term("b")?,
        })
    }

    /// With the number that a request's content is, if there is one.
    pub(super) fn with(self, content: &[u8]) -> Option<i64> {
        let more = match content {
            [] => 0,
            content => str::from_utf8(content).ok()?.trim().parse().ok()?,
        };
        Some(self.a + self.b + more)
    }
}
