use super::Method;

impl Method {
    /// The method of a name; methods are case-sensitive (RFC 9110 § 9.1).
    pub const fn parse(name: &[u8]) -> Self {
        static METHODS: [([u8; 7], Method); 9] = [
            (*b"CONNECT", Method::Connect),
            (*b"DELETE ", Method::Delete),
            (*b"GET    ", Method::Get),
            (*b"HEAD   ", Method::Head),
            (*b"OPTIONS", Method::Options),
            (*b"PATCH  ", Method::Patch),
            (*b"POST   ", Method::Post),
            (*b"PUT    ", Method::Put),
            (*b"TRACE  ", Method::Trace),
        ];
        let mut methods = METHODS.as_slice();
        while let [(known, method), others @ ..] = methods {
            let (mut left, mut right) = (name, known.as_slice());
            while let ([a, rest @ ..], [b, other @ ..]) = (left, right)
                && *a == *b
                && *b != b' '
            {
                (left, right) = (rest, other);
            }
            if left.is_empty() && matches!(right, [] | [b' ', ..]) {
                return *method;
            }
            methods = others;
        }
        Self::Other
    }
}
