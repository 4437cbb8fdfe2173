//! Status codes, RFC 9110 § 15 and the registry of IANA.

use core::fmt;

use crate::error::Error;

/// A status code in `100..=999`.
///
/// ```
/// use replywire::Status;
///
/// assert_eq!(Status::NOT_FOUND.code(), 404);
/// assert_eq!(Status::NOT_FOUND.reason(), "Not Found");
/// assert_eq!(Status::new(299).map(Status::reason), Some(""));
/// assert_eq!(Status::new(99), None);
/// assert!(Status::try_from(404_u16)?.is_client_error());
/// # Ok::<(), replywire::Error>(())
/// ```
#[doc(alias("StatusCode", "status_code"))]
#[derive(Clone, Copy, Debug, Eq, Hash, Ord, PartialEq, PartialOrd)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
pub struct Status(u16);

impl Status {
    /// Returns `code` as a status; `None` outside `100..=999`.
    pub const fn new(code: u16) -> Option<Self> {
        match code {
            100..=999 => Some(Self(code)),
            _ => None,
        }
    }

    /// The code, of three digits.
    pub const fn code(self) -> u16 {
        self.0
    }

    /// Returns true for an interim status, below 200; RFC 9110 § 15.2.
    pub const fn is_informational(self) -> bool {
        self.0 < 200
    }

    /// Returns true for a status from 200 to 299; RFC 9110 § 15.3.
    pub const fn is_success(self) -> bool {
        matches!(self.0, 200..=299)
    }

    /// Returns true for a status from 300 to 399; RFC 9110 § 15.4.
    pub const fn is_redirection(self) -> bool {
        matches!(self.0, 300..=399)
    }

    /// Returns true for a status from 400 to 499; RFC 9110 § 15.5.
    pub const fn is_client_error(self) -> bool {
        matches!(self.0, 400..=499)
    }

    /// Returns true for a status from 500 to 599; RFC 9110 § 15.6. Those above are of no class.
    pub const fn is_server_error(self) -> bool {
        matches!(self.0, 500..=599)
    }

    /// The status line of an unregistered code, with its CRLF. RFC 9112 § 4: the blank before the
    /// phrase stays when the phrase is empty.
    pub(crate) const fn unregistered_line(self) -> [u8; 15] {
        let mut line = *b"HTTP/1.1 000 \r\n";
        line[9] = b'0' + (self.0 / 100 % 10) as u8;
        line[10] = b'0' + (self.0 / 10 % 10) as u8;
        line[11] = b'0' + (self.0 % 10) as u8;
        line
    }
}

impl From<Status> for u16 {
    fn from(status: Status) -> Self {
        status.0
    }
}

impl TryFrom<u16> for Status {
    type Error = Error;

    /// As [`new`](Self::new), with [`Error::Status`] for `None`.
    fn try_from(code: u16) -> Result<Self, Error> {
        Self::new(code).ok_or(Error::Status)
    }
}

impl fmt::Display for Status {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)?;
        match self.reason() {
            "" => Ok(()),
            reason => {
                f.write_str(" ")?;
                f.write_str(reason)
            }
        }
    }
}

/// A function fails with a status by `?`, such as one that looks for a row; where it is a handler
/// of a server, the client is sent the page of that status.
impl core::error::Error for Status {}

macro_rules! statuses {
    ($($code:literal $name:ident $reason:literal, $rfc:literal;)+) => {
        impl Status {
            $(
                #[doc = concat!("`", $code, " ", $reason, "`, ", $rfc, ".")]
                pub const $name: Self = Self($code);
            )+

            /// The reason phrase, empty for an unregistered code.
            pub const fn reason(self) -> &'static str {
                match self.0 {
                    $($code => $reason,)+
                    _ => "",
                }
            }

            /// The whole status line of a registered code, with its CRLF.
            pub(crate) const fn registered_line(self) -> Option<&'static [u8]> {
                match self.0 {
                    $($code => Some(concat!("HTTP/1.1 ", $code, " ", $reason, "\r\n").as_bytes()),)+
                    _ => None,
                }
            }
        }
    };
}

statuses! {
    100 CONTINUE "Continue", "RFC 9110 § 15.2.1";
    101 SWITCHING_PROTOCOLS "Switching Protocols", "RFC 9110 § 15.2.2";
    102 PROCESSING "Processing", "RFC 2518 § 10.1";
    103 EARLY_HINTS "Early Hints", "RFC 8297";
    104 UPLOAD_RESUMPTION_SUPPORTED "Upload Resumption Supported",
        "draft-ietf-httpbis-resumable-upload, registered for a time";
    200 OK "OK", "RFC 9110 § 15.3.1";
    201 CREATED "Created", "RFC 9110 § 15.3.2";
    202 ACCEPTED "Accepted", "RFC 9110 § 15.3.3";
    203 NON_AUTHORITATIVE_INFORMATION "Non-Authoritative Information", "RFC 9110 § 15.3.4";
    204 NO_CONTENT "No Content", "RFC 9110 § 15.3.5";
    205 RESET_CONTENT "Reset Content", "RFC 9110 § 15.3.6";
    206 PARTIAL_CONTENT "Partial Content", "RFC 9110 § 15.3.7";
    207 MULTI_STATUS "Multi-Status", "RFC 4918 § 11.1";
    208 ALREADY_REPORTED "Already Reported", "RFC 5842 § 7.1";
    226 IM_USED "IM Used", "RFC 3229 § 10.4.1";
    300 MULTIPLE_CHOICES "Multiple Choices", "RFC 9110 § 15.4.1";
    301 MOVED_PERMANENTLY "Moved Permanently", "RFC 9110 § 15.4.2";
    302 FOUND "Found", "RFC 9110 § 15.4.3";
    303 SEE_OTHER "See Other", "RFC 9110 § 15.4.4";
    304 NOT_MODIFIED "Not Modified", "RFC 9110 § 15.4.5";
    305 USE_PROXY "Use Proxy", "RFC 9110 § 15.4.6";
    307 TEMPORARY_REDIRECT "Temporary Redirect", "RFC 9110 § 15.4.8";
    308 PERMANENT_REDIRECT "Permanent Redirect", "RFC 9110 § 15.4.9";
    400 BAD_REQUEST "Bad Request", "RFC 9110 § 15.5.1";
    401 UNAUTHORIZED "Unauthorized", "RFC 9110 § 15.5.2";
    402 PAYMENT_REQUIRED "Payment Required", "RFC 9110 § 15.5.3";
    403 FORBIDDEN "Forbidden", "RFC 9110 § 15.5.4";
    404 NOT_FOUND "Not Found", "RFC 9110 § 15.5.5";
    405 METHOD_NOT_ALLOWED "Method Not Allowed", "RFC 9110 § 15.5.6";
    406 NOT_ACCEPTABLE "Not Acceptable", "RFC 9110 § 15.5.7";
    407 PROXY_AUTHENTICATION_REQUIRED "Proxy Authentication Required", "RFC 9110 § 15.5.8";
    408 REQUEST_TIMEOUT "Request Timeout", "RFC 9110 § 15.5.9";
    409 CONFLICT "Conflict", "RFC 9110 § 15.5.10";
    410 GONE "Gone", "RFC 9110 § 15.5.11";
    411 LENGTH_REQUIRED "Length Required", "RFC 9110 § 15.5.12";
    412 PRECONDITION_FAILED "Precondition Failed", "RFC 9110 § 15.5.13";
    413 CONTENT_TOO_LARGE "Content Too Large", "RFC 9110 § 15.5.14";
    414 URI_TOO_LONG "URI Too Long", "RFC 9110 § 15.5.15";
    415 UNSUPPORTED_MEDIA_TYPE "Unsupported Media Type", "RFC 9110 § 15.5.16";
    416 RANGE_NOT_SATISFIABLE "Range Not Satisfiable", "RFC 9110 § 15.5.17";
    417 EXPECTATION_FAILED "Expectation Failed", "RFC 9110 § 15.5.18";
    418 IM_A_TEAPOT "I'm a Teapot", "RFC 2324 § 2.3.2; RFC 9110 § 15.5.19 keeps the code unused";
    421 MISDIRECTED_REQUEST "Misdirected Request", "RFC 9110 § 15.5.20";
    422 UNPROCESSABLE_CONTENT "Unprocessable Content", "RFC 9110 § 15.5.21";
    423 LOCKED "Locked", "RFC 4918 § 11.3";
    424 FAILED_DEPENDENCY "Failed Dependency", "RFC 4918 § 11.4";
    425 TOO_EARLY "Too Early", "RFC 8470 § 5.2";
    426 UPGRADE_REQUIRED "Upgrade Required", "RFC 9110 § 15.5.22";
    428 PRECONDITION_REQUIRED "Precondition Required", "RFC 6585 § 3";
    429 TOO_MANY_REQUESTS "Too Many Requests", "RFC 6585 § 4";
    431 REQUEST_HEADER_FIELDS_TOO_LARGE "Request Header Fields Too Large", "RFC 6585 § 5";
    451 UNAVAILABLE_FOR_LEGAL_REASONS "Unavailable For Legal Reasons", "RFC 7725 § 3";
    500 INTERNAL_SERVER_ERROR "Internal Server Error", "RFC 9110 § 15.6.1";
    501 NOT_IMPLEMENTED "Not Implemented", "RFC 9110 § 15.6.2";
    502 BAD_GATEWAY "Bad Gateway", "RFC 9110 § 15.6.3";
    503 SERVICE_UNAVAILABLE "Service Unavailable", "RFC 9110 § 15.6.4";
    504 GATEWAY_TIMEOUT "Gateway Timeout", "RFC 9110 § 15.6.5";
    505 HTTP_VERSION_NOT_SUPPORTED "HTTP Version Not Supported", "RFC 9110 § 15.6.6";
    506 VARIANT_ALSO_NEGOTIATES "Variant Also Negotiates", "RFC 2295 § 8.1";
    507 INSUFFICIENT_STORAGE "Insufficient Storage", "RFC 4918 § 11.5";
    508 LOOP_DETECTED "Loop Detected", "RFC 5842 § 7.2";
    510 NOT_EXTENDED "Not Extended", "RFC 2774 § 7";
    511 NETWORK_AUTHENTICATION_REQUIRED "Network Authentication Required", "RFC 6585 § 6";
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_number_is_a_status_of_one_class_or_refused() {
        for code in 0..=u16::MAX {
            let status = Status::try_from(code);
            assert_eq!(status.ok(), Status::new(code));
            let Ok(status) = status else {
                assert_eq!(status, Err(Error::Status));
                assert!(!(100..=999).contains(&code));
                continue;
            };
            assert_eq!(u16::from(status), code);
            let classes = [
                status.is_informational(),
                status.is_success(),
                status.is_redirection(),
                status.is_client_error(),
                status.is_server_error(),
            ];
            let want = [1, 2, 3, 4, 5].map(|class| code / 100 == class);
            assert_eq!(classes, want, "{code}");
        }
    }
}
