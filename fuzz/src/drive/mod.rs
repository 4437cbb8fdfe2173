//! Makes a case with the library.

mod fields;
pub mod filter;
mod json;

use replywire::body::{BodyError, Step, Transfer};
use replywire::request::{Exchange, Version};
use replywire::{Error, Head, Reply, Response, head};

pub(crate) use self::fields::with_cookie;
use self::fields::{ToEdit, ToResponse, draft, headers, status, with_line};
use crate::input::{Case, Edit, End, Late, Request, Start};
use crate::model;

pub const DRAFT_STORE: usize = 256;
pub const LARGE_STORE: usize = 512;
pub const SMALL_STORE: usize = 64;

const HEAD: Head = head!(
    replywire::Status::OK,
    "Content-Type" => "text/html; charset=utf-8",
    "cache-control" => "no-store",
);

/// What the buffer holds before the reply.
const FILLER: u8 = 0xaa;

/// What went over the wire.
#[derive(Debug)]
pub struct Sent {
    pub wire: Vec<u8>,
    pub closes: bool,
    pub broken: Option<BodyError>,
    /// What the reply says of the exchange that it was made for.
    pub checked: Result<(), Error>,
}

/// Makes the reply in a buffer of `room` bytes, and sends it.
pub fn send(case: &Case, room: usize) -> Result<Sent, Error> {
    let mut buf = vec![FILLER; room];
    let exchange = match case.start {
        Start::New(_) => Exchange::GET,
        _ => exchange(&case.request),
    };
    let whole = |reply| Ok(whole(late(reply, case.late.as_ref())?, &exchange));
    let driven = |transfer, body| driven(transfer, &exchange, body, &case.splits.0);
    let mut response = match &case.start {
        Start::New(code) => Response::to(&Exchange::GET, &mut buf, status(*code)),
        Start::To(code) => Response::to(&exchange, &mut buf, status(*code)),
        Start::Head => Response::with_head(&exchange, &mut buf, HEAD),
        Start::Join(code, edits) => {
            Response::to(&exchange, &mut buf, status(*code)).join(&draft(edits))
        }
    };
    for change in &case.edits {
        response = edit(response, change);
    }
    match &case.end {
        End::Empty => response.empty().and_then(whole),
        End::Body(body) => response.body(&body.0).and_then(whole),
        End::Bytes(media_type, body) => response.bytes(&media_type.0, &body.0).and_then(whole),
        End::Text(text) => response.text(&text.0).and_then(whole),
        End::Html(text) => response.html(&text.0).and_then(whole),
        End::Json(value) => response.json(value).and_then(whole),
        End::JsonByHand(value) => response.json_by_hand(value).and_then(whole),
        End::Redirect(url) => response.redirect(&url.0).and_then(whole),
        End::RedirectLocal(path) => response.redirect_local(&path.0).and_then(whole),
        End::Sized(source) => response
            .sized(source.promised())
            .map(|transfer| driven(transfer, &source.body.0)),
        End::SizedExactly(source) => response
            .sized_exactly(source.promised())
            .map(|transfer| driven(transfer, &source.body.0)),
        End::Stream(body) => response.stream().map(|transfer| driven(transfer, &body.0)),
    }
}

fn exchange(request: &Request) -> Exchange<'static> {
    let version = match request.http_1_0 {
        true => Version::Http10,
        false => Version::Http11,
    };
    let lines = request.connection.iter();
    let lines = lines.map(|value| ("Connection", value.0.as_str()));
    let exchange = Exchange::new(request.method.as_str(), version, lines);
    match request.date {
        Some(date) => exchange.at(fields::date(date)),
        None => exchange,
    }
}

fn edit<'b>(response: Response<'b>, edit: &Edit) -> Response<'b> {
    match edit {
        Edit::Header(name, value) => with_line(name, value, ToResponse(response)),
        Edit::SmallStore(edits) => response.headers(&headers::<SMALL_STORE>(edits)),
        Edit::LargeStore(edits) => response.headers(&headers::<LARGE_STORE>(edits)),
        Edit::Cookie(cookie) => with_cookie(cookie, |cookie| response.cookie(cookie)),
        Edit::MediaType(media_type) => response.media_type(&media_type.0),
        Edit::Close => response.close(),
    }
}

/// The reply, edited.
fn late<'b>(reply: Reply<'b>, late: Option<&Late>) -> Result<Reply<'b>, Error> {
    let Some(late) = late else {
        return Ok(reply);
    };
    let mut edited = reply.edit();
    if let Some(code) = late.status {
        edited = edited.status(status(code));
    }
    if let Some(edits) = &late.join {
        edited = edited.join(&draft(edits));
    }
    for edit in &late.edits {
        edited = match edit {
            Edit::Header(name, value) => with_line(name, value, ToEdit(edited)),
            Edit::SmallStore(edits) => edited.headers(&headers::<SMALL_STORE>(edits)),
            Edit::LargeStore(edits) => edited.headers(&headers::<LARGE_STORE>(edits)),
            Edit::Cookie(cookie) => with_cookie(cookie, |cookie| edited.cookie(cookie)),
            Edit::MediaType(media_type) => edited.media_type(&media_type.0),
            Edit::Close => edited.close(),
        };
    }
    edited.finish()
}

fn whole(reply: Reply<'_>, exchange: &Exchange<'_>) -> Sent {
    let checked = reply.check(exchange);
    let wire = reply.as_bytes().to_vec();
    let closes = reply.closes();
    let (buf, range) = reply.into_parts();
    assert_eq!(buf.get(range), Some(wire.as_slice()));
    Sent {
        wire,
        closes,
        broken: None,
        checked,
    }
}

/// Drives a transfer to its end, with reads and writes cut short.
fn driven(
    mut transfer: Transfer<'_>,
    exchange: &Exchange<'_>,
    mut source: &[u8],
    splits: &[u8],
) -> Sent {
    let checked = transfer.check(exchange);
    let mut wire = Vec::new();
    let closes = transfer.closes();
    let mut splits = splits.iter().map(|most| usize::from(*most) + 1).cycle();
    let mut broken = None;
    loop {
        let asked = shape(&transfer.step().unwrap());
        assert_eq!(
            shape(&transfer.step().unwrap()),
            asked,
            "asking twice changed the answer"
        );
        let most = splits.next().unwrap_or(usize::MAX);
        match transfer.step().unwrap() {
            Step::Done => break,
            Step::Fill(room) => {
                assert!(!room.is_empty(), "a read of nothing would be the end");
                let n = room.len().min(source.len()).min(most);
                let (front, rest) = source.split_at(n);
                room[..n].copy_from_slice(front);
                source = rest;
                if let Err(error) = transfer.filled(n) {
                    broken = Some(error);
                    break;
                }
            }
            Step::Send { bytes, .. } => {
                assert!(!bytes.is_empty(), "a write of nothing would be an error");
                let n = bytes.len().min(most);
                wire.extend_from_slice(&bytes[..n]);
                transfer.sent(n);
            }
        }
    }
    let end = broken.map_or(Ok(Step::Done), Err);
    assert_eq!(transfer.step(), end, "a step after the end");
    assert_eq!(transfer.closes(), closes || broken.is_some());
    Sent {
        wire,
        closes,
        broken,
        checked,
    }
}

/// Where a step points, to be compared with another.
fn shape(step: &Step<'_, &mut [u8]>) -> (u8, *const u8, usize) {
    match step {
        Step::Done => (0, std::ptr::null(), 0),
        Step::Copy(never) => match *never {},
        Step::Fill(room) => (1, room.as_ptr(), room.len()),
        Step::Send { bytes, .. } => (2, bytes.as_ptr(), bytes.len()),
    }
}

/// What the library says of an edit must be what the model says.
fn same<T: PartialEq + std::fmt::Debug>(got: T, want: T, edit: &dyn std::fmt::Debug) {
    assert_eq!(got, want, "{edit:?}");
}

/// The lines of a store must be those of the model, however they are asked for.
fn compare<const N: usize>(headers: &replywire::Headers<N>, store: &model::store::Store) {
    let lines: Vec<_> = headers.iter().collect();
    let want: Vec<_> = store
        .fields
        .iter()
        .map(|(name, value)| (name.as_str(), value.as_slice()))
        .collect();
    assert_eq!(lines, want);
    assert_eq!(headers.len(), want.len());
    assert_eq!(headers.is_empty(), want.is_empty());
    for (name, _) in &want {
        let shouted = name.to_ascii_uppercase();
        let shouted = shouted.as_str();
        let values: Vec<_> = want
            .iter()
            .filter(|(other, _)| other == name)
            .map(|(_, value)| *value)
            .collect();
        assert!(headers.get_all(shouted).eq(values.iter().copied()));
        assert_eq!(headers.get(shouted), values.first().copied());
        assert!(headers.contains(shouted));
    }
    assert!(!headers.contains("x-nowhere"));
    assert_eq!(headers, &headers.clone());
}
