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

    /// The method that a route goes by: `GET` in the place of `HEAD`, for which a handler does the
    /// same, as the library leaves out the content of a reply to it.
    ///
    /// ```
    /// use replywire::request::Method;
    /// use replywire::request::Method::{Get, Post};
    ///
    /// fn route(method: Method, path: &str) -> &str {
    ///     match (method.head_as_get(), path) {
    ///         (Get, "/notes") => "list",
    ///         (Post, "/notes") => "make",
    ///         _ => "refuse",
    ///     }
    /// }
    /// assert_eq!(route(Method::Head, "/notes"), "list");
    /// assert_eq!(route(Method::Put, "/notes"), "refuse");
    /// ```
    #[must_use]
    pub const fn head_as_get(self) -> Self {
        match self {
            Self::Head => Self::Get,
            method => method,
        }
    }

    /// Tells if it asks for the methods of a resource; RFC 9110 § 9.3.7.
    pub(crate) const fn asks_for_methods(self) -> bool {
        matches!(self, Self::Options)
    }
}

/// The methods that a resource has, `HEAD` where there is `GET`, and always `OPTIONS`.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
pub(crate) struct Methods(u16);

impl Methods {
    /// The methods that have a name, in the order in which they are written.
    const NAMED: [Method; 9] = [
        Method::Connect,
        Method::Delete,
        Method::Get,
        Method::Head,
        Method::Options,
        Method::Patch,
        Method::Post,
        Method::Put,
        Method::Trace,
    ];

    pub(crate) const fn of(methods: &[Method]) -> Self {
        let mut set = Method::Options.bit();
        let mut rest = methods;
        while let [method, others @ ..] = rest {
            set |= method.bit();
            rest = others;
        }
        match set & Method::Get.bit() {
            0 => Self(set),
            _ => Self(set | Method::Head.bit()),
        }
    }

    /// Their names, in alphabetical order.
    pub(crate) fn names(self) -> impl Iterator<Item = &'static str> {
        let named = Self::NAMED.into_iter();
        let methods = named.filter(move |method| self.0 & method.bit() != 0);
        methods.filter_map(Method::as_str)
    }
}

impl Method {
    const fn bit(self) -> u16 {
        1 << self as u8
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_head_of_a_get_is_routed_as_it_and_no_other_method_is() {
        for method in Methods::NAMED.into_iter().chain([Method::Other]) {
            let want = match method {
                Method::Head => Method::Get,
                _ => method,
            };
            assert_eq!(method.head_as_get(), want);
        }
    }

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
