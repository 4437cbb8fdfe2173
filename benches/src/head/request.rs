//! The head of a request, read and checked, beside `httparse` alone, which reads it and checks what
//! bytes its parts have.
//!
//! `replywire` is what a connection does: it finds the end of the head among the bytes that came,
//! has `httparse` read it, and knows how its content is framed, what its client expects, and that
//! host and target have a form that they may have. `replywire-parse` is given a head that is whole.

use std::hint::black_box;
use std::mem::MaybeUninit;

use replywire::request::{Request, RequestHead, RequestStep, Requests};

use crate::measure::{Contender, Work};

/// The most fields, as servers have it.
const FIELDS: usize = 64;

const BARE: &[u8] = b"GET / HTTP/1.1\r\nhost: localhost\r\n\r\n";

/// What a browser sends for a page that it has seen before.
const BROWSER: &[u8] = b"GET /articles/2026/11?page=2 HTTP/1.1\r\n\
    Host: www.example.org\r\n\
    Connection: keep-alive\r\n\
    Cache-Control: max-age=0\r\n\
    sec-ch-ua: \"Chromium\";v=\"142\", \"Not_A Brand\";v=\"99\"\r\n\
    sec-ch-ua-mobile: ?0\r\n\
    sec-ch-ua-platform: \"Linux\"\r\n\
    Upgrade-Insecure-Requests: 1\r\n\
    User-Agent: Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) \
    Chrome/142.0.0.0 Safari/537.36\r\n\
    Accept: text/html,application/xhtml+xml,application/xml;q=0.9,image/avif,\
    image/webp,*/*;q=0.8\r\n\
    Sec-Fetch-Site: same-origin\r\n\
    Sec-Fetch-Mode: navigate\r\n\
    Sec-Fetch-Dest: document\r\n\
    Accept-Encoding: gzip, deflate, br, zstd\r\n\
    Accept-Language: en-US,en;q=0.9,de;q=0.8\r\n\
    Cookie: session=31d4d96e407aad42b6d4; theme=dark; consent=1\r\n\
    \r\n";

pub(super) fn bare() -> Work {
    work("request", BARE, b"GET / 1")
}

pub(super) fn browser() -> Work {
    work(
        "request-browser",
        BROWSER,
        b"GET /articles/2026/11?page=2 15",
    )
}

fn work(name: &'static str, head: &'static [u8], want: &'static [u8]) -> Work {
    let tell = |request: &Request<'_>| {
        let (method, target) = (request.method(), request.target());
        format!("{method} {target} {}", request.headers().count()).into_bytes()
    };
    Work::new(name, want)
        .exact(Contender::new(
            "replywire",
            Came::of(head),
            |came| connection(came, |_| ()),
            move |came| connection(came, tell),
        ))
        .exact(Contender::new(
            "replywire-parse",
            head,
            |head| parse(head, |_| ()),
            move |head| parse(head, tell),
        ))
        .exact(Contender::new(
            "httparse",
            head,
            |head| httparse(head, |_| ()),
            |head| {
                httparse(head, |request| {
                    let method = request.method.expect("a method");
                    let target = request.path.expect("a target");
                    format!("{method} {target} {}", request.headers.len()).into_bytes()
                })
            },
        ))
}

/// A connection's buffer, as long as that of servers, with the head that has come.
struct Came {
    buf: Vec<u8>,
    len: usize,
}

impl Came {
    fn of(head: &[u8]) -> Self {
        let mut buf = head.to_vec();
        buf.resize(8192, 0);
        Self {
            buf,
            len: head.len(),
        }
    }
}

/// Takes the request whose bytes are in the buffer, as if they had just been read into it.
#[inline(never)]
fn connection<T>(came: &mut Came, look: impl FnOnce(&Request<'_>) -> T) -> T {
    let mut requests = Requests::new(&mut came.buf);
    assert!(matches!(requests.step(), RequestStep::Read(_)));
    requests.filled(came.len);
    assert!(matches!(requests.step(), RequestStep::Head));
    requests.begin::<FIELDS>().expect("a head");
    let (request, _) = requests.request();
    look(black_box(&request))
}

#[inline(never)]
fn parse<T>(head: &[u8], look: impl FnOnce(&Request<'_>) -> T) -> T {
    let head = RequestHead::parse::<FIELDS>(head).expect("a head");
    look(black_box(&head.request()))
}

#[inline(never)]
fn httparse<T>(head: &[u8], look: impl FnOnce(&httparse::Request<'_, '_>) -> T) -> T {
    let mut fields = [const { MaybeUninit::uninit() }; FIELDS];
    let mut request = httparse::Request::new(&mut []);
    let read = request.parse_with_uninit_headers(head, &mut fields);
    assert!(read.is_ok_and(|read| read.is_complete()));
    look(black_box(&request))
}
