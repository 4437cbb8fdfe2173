//! Methods, RFC 9110 § 9; their names are read in two ways.

#[cfg(not(target_pointer_width = "64"))]
mod compact;
#[cfg(target_pointer_width = "64")]
mod fast;

/// A request method, as far as replies depend on it; RFC 9110 § 9.
#[non_exhaustive]
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
pub enum Method {
    /// `CONNECT`: a reply with a status of 2xx has neither length nor body.
    Connect,
    /// `DELETE`
    Delete,
    /// `GET`
    Get,
    /// `HEAD`: a reply has the head of the `GET` reply, and no body.
    Head,
    /// `OPTIONS`
    Options,
    /// Any other method.
    Other,
    /// `PATCH`
    Patch,
    /// `POST`
    Post,
    /// `PUT`
    Put,
    /// `TRACE`
    Trace,
}
