//! The requests that a reply is written to, and the responses of their hosts.

use std::mem;

use bytes::Bytes;
use http::HeaderMap;
use http::request::Parts;
use replywire::request::Exchange;

use crate::convert::{exchange, exchange_of, status_code};
use crate::reply_body::ReplyBody;
use crate::reply_head::ReplyHead;
use crate::reply_to::sealed::{HostResponse, Sealed};

/// A request that a reply is [`written`](crate::written) to: one of `http` or its parts, with the
/// feature `actix` a reference to one of actix-web, or the [`exchange`](crate::exchange()) of any.
pub trait ReplyTo: Sealed {
    /// The response, as the host has it.
    type Response: HostResponse;
}

impl ReplyTo for Exchange<'static> {
    type Response = http::Response<ReplyBody>;
}

impl ReplyTo for Parts {
    type Response = http::Response<ReplyBody>;
}

impl ReplyTo for &Parts {
    type Response = http::Response<ReplyBody>;
}

impl<B> ReplyTo for http::Request<B> {
    type Response = http::Response<ReplyBody>;
}

impl<B> ReplyTo for &http::Request<B> {
    type Response = http::Response<ReplyBody>;
}

pub(crate) mod sealed {
    use super::{Bytes, Exchange, HeaderMap};

    pub trait Sealed: Sized {
        fn exchange(&self) -> Exchange<'static>;

        /// The fields, where nobody needs them any more.
        fn spare(&mut self) -> Option<&mut HeaderMap> {
            None
        }
    }

    pub trait HostResponse: Sized {
        /// The response of the final reply in `bytes`, which are in `shared` memory or copied; it
        /// may take the memory of `spare` fields. `None` for fields that are none of the host's.
        fn read(
            exchange: &Exchange<'_>,
            bytes: &[u8],
            shared: Option<Bytes>,
            spare: Option<&mut HeaderMap>,
        ) -> Option<Self>;
    }
}

impl Sealed for Exchange<'static> {
    fn exchange(&self) -> Exchange<'static> {
        *self
    }
}

impl Sealed for Parts {
    fn exchange(&self) -> Exchange<'static> {
        exchange(self)
    }

    fn spare(&mut self) -> Option<&mut HeaderMap> {
        Some(&mut self.headers)
    }
}

impl Sealed for &Parts {
    fn exchange(&self) -> Exchange<'static> {
        exchange(self)
    }
}

impl<B> Sealed for http::Request<B> {
    fn exchange(&self) -> Exchange<'static> {
        exchange_of(self.method(), self.version(), self.headers())
    }

    fn spare(&mut self) -> Option<&mut HeaderMap> {
        Some(self.headers_mut())
    }
}

impl<B> Sealed for &http::Request<B> {
    fn exchange(&self) -> Exchange<'static> {
        exchange_of(self.method(), self.version(), self.headers())
    }
}

impl HostResponse for http::Response<ReplyBody> {
    fn read(
        exchange: &Exchange<'_>,
        bytes: &[u8],
        shared: Option<Bytes>,
        spare: Option<&mut HeaderMap>,
    ) -> Option<Self> {
        let mut fields = spare.map(mem::take).unwrap_or_default();
        fields.clear();
        let head = ReplyHead::read(exchange, bytes, shared, &mut fields)?;
        let mut response = Self::new(ReplyBody::new(head.body, head.body_len, None));
        *response.status_mut() = status_code(head.status);
        *response.headers_mut() = fields;
        Some(response)
    }
}
