//! Methods, RFC 9110 § 9; their names are read in two ways.

#![cfg_attr(docsrs, doc(auto_cfg(hide(target_pointer_width = "64"))))]

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

impl Method {
    /// The name; `None` for [`Other`](Self::Other), whose name is not kept.
    pub const fn as_str(self) -> Option<&'static str> {
        Some(match self {
            Self::Connect => "CONNECT",
            Self::Delete => "DELETE",
            Self::Get => "GET",
            Self::Head => "HEAD",
            Self::Options => "OPTIONS",
            Self::Other => return None,
            Self::Patch => "PATCH",
            Self::Post => "POST",
            Self::Put => "PUT",
            Self::Trace => "TRACE",
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_name_is_read_and_no_neighbour_of_it() {
        for (name, method) in [
            ("CONNECT", Method::Connect),
            ("DELETE", Method::Delete),
            ("GET", Method::Get),
            ("HEAD", Method::Head),
            ("OPTIONS", Method::Options),
            ("PATCH", Method::Patch),
            ("POST", Method::Post),
            ("PUT", Method::Put),
            ("TRACE", Method::Trace),
        ] {
            assert_eq!(method.as_str(), Some(name));
            let name = name.as_bytes();
            assert_eq!(Method::parse(name), method);
            for len in 0..name.len() {
                assert_eq!(Method::parse(&name[..len]), Method::Other);
            }
            for byte in 0..=255 {
                let longer = [name, &[byte]].concat();
                assert_eq!(Method::parse(&longer), Method::Other, "{longer:?}");
                for at in 0..name.len() {
                    let mut other = name.to_vec();
                    other[at] = byte;
                    let want = if other == name { method } else { Method::Other };
                    assert_eq!(Method::parse(&other), want, "{other:?}");
                }
            }
        }
        assert_eq!(Method::Other.as_str(), None);
    }
}
