//! Statuses, dates, names, values, cookies and the stores of them.

use replywire::file::{Accepted, Coding, guess_media_type};
use replywire::json::JsonError;
use replywire::request::{Encoded, Exchange, Fields, MediaType, Method, Pairs, Segments, Version};
use replywire::{
    Cors, Disposition, Draft, Error, HeaderName, HeaderValue, Headers, HttpDate, Place, Preflight,
    SameSite, SetCookie, Status,
};

use crate::{any, bytes, keep, room, show, show_debug, text};

pub(crate) fn date() -> HttpDate {
    any(HttpDate::from_unix(any(1)).unwrap_or_else(|| any(EPOCH)))
}

const EPOCH: HttpDate = match HttpDate::from_unix(0) {
    Some(date) => date,
    None => panic!("no start of time"),
};

pub(crate) fn status() -> Status {
    Status::new(any(200)).unwrap_or(any(Status::OK))
}

pub(crate) fn exchange() -> Exchange<'static> {
    let headers = any([("connection", "close"); 2]);
    Exchange::new(
        text(),
        any(Version::Http11),
        any(headers.as_slice()).iter().copied(),
    )
}

pub(crate) fn name() -> HeaderName {
    HeaderName::new(text()).unwrap_or(any(HeaderName::ETAG))
}

pub(crate) fn value() -> HeaderValue<'static> {
    HeaderValue::new(text())
        .or(HeaderValue::from_bytes(bytes()))
        .unwrap_or(any(EMPTY))
}

const EMPTY: HeaderValue<'static> = match HeaderValue::new("") {
    Some(value) => value,
    None => panic!("the empty value is one"),
};

#[unsafe(no_mangle)]
pub extern "C" fn surface_status(code: u16) {
    let status = Status::new(code);
    keep(status);
    let status = status.unwrap_or(any(Status::IM_A_TEAPOT));
    keep(status.code());
    keep(status.is_informational());
    keep(status.is_success());
    keep(status.reason());
    keep(status.cmp(&any(Status::OK)));
    show(&status);
}

#[unsafe(no_mangle)]
pub extern "C" fn surface_date(year: u16, month: u8, day: u8, seconds: i64) {
    keep(HttpDate::from_unix(any(i64::MIN)));
    keep(HttpDate::from_civil(
        year,
        month,
        day,
        any(1),
        any(2),
        any(3),
    ));
    let date = date();
    keep(date.to_unix());
    keep(date.checked_add(seconds));
    keep(date.to_imf_fixdate());
    keep(HttpDate::parse(bytes()));
    keep(HttpDate::parse_near(bytes(), date));
    keep(date.cmp(&any(EPOCH)));
    show(&date);
}

#[unsafe(no_mangle)]
pub extern "C" fn surface_exchange() {
    let exchange = exchange().at(date());
    keep(exchange.closing());
    keep(exchange.method());
    keep(exchange.version());
    keep(exchange.keep_alive());
    keep(exchange.takes_trailers());
    keep(exchange.date());
    keep(Method::parse(bytes()));
    keep(any(Version::Http10).cmp(&any(Version::Http11)));
    show_debug(&exchange);
}

#[unsafe(no_mangle)]
pub extern "C" fn surface_names_and_values() {
    let (name, value) = (name(), value());
    keep(name.as_str());
    keep(value.as_bytes());
    show(&name);
    show_debug(&value);
}

#[unsafe(no_mangle)]
pub extern "C" fn surface_errors() {
    let json = any(JsonError::Depth);
    show(&json);
    show(&any(Error::Overflow { needed: any(1) }));
    show(&Error::from(json));
    keep(core::error::Error::source(&any(Error::HeaderValue(Place::UNKNOWN))).is_some());
}

pub(crate) fn cookie() -> SetCookie<'static> {
    let cookie = match any(true) {
        true => SetCookie::new(text(), text()),
        false => SetCookie::quoting(text(), text()),
    };
    let cookie = match any(1) {
        0 => cookie.deleting(date()),
        1 => cookie.expires(date()),
        2 => cookie.expires_in(date(), any(-1)),
        3 => cookie.expires_text(text()),
        4 => cookie.max_age(any(-1)),
        5 => cookie.http_only().partitioned().secure(),
        _ => cookie,
    };
    let cookie = match SameSite::parse(text()) {
        Ok(same_site) => cookie.same_site(same_site),
        Err(_) => cookie.any_site(),
    };
    any(cookie.domain(text()).path(text()))
}

#[unsafe(no_mangle)]
pub extern "C" fn surface_cookie() {
    show_debug(&cookie());
    keep(any(SameSite::LAX) == any(SameSite::NONE));
    show_debug(&any(SameSite::STRICT));
}

pub(crate) fn disposition() -> Disposition<'static> {
    match any(true) {
        true => Disposition::attachment(text()),
        false => Disposition::inline(text()),
    }
}

#[unsafe(no_mangle)]
pub extern "C" fn surface_disposition() {
    show_debug(&disposition());
}

#[unsafe(no_mangle)]
pub extern "C" fn surface_media_type() {
    keep(guess_media_type(text()));
    keep(guess_media_type(bytes()));
}

#[unsafe(no_mangle)]
pub extern "C" fn surface_codings() {
    let coding = any(Coding::Gzip);
    keep(coding.as_str());
    keep(coding.suffix());
    show_debug(&coding);
    let lines = any([bytes(); 3]);
    let accepted = any(Accepted::new(any(lines.as_slice())));
    keep(accepted.quality(coding));
    let offered = any([coding; 3]);
    keep(accepted.choose(any(offered.as_slice()).iter().copied()));
    keep(accepted == any(Accepted::default()));
    let fields = any([(text(), bytes()); 3]);
    keep(accepted == Accepted::of_fields(any(fields.as_slice()).iter().copied()));
    show_debug(&accepted);
}

#[unsafe(no_mangle)]
pub extern "C" fn surface_request_fields() {
    let fields = any(Fields::of_lines(bytes()));
    keep(fields.get(text()));
    keep(fields.all(text()).count());
    for member in fields.list(text()) {
        keep(member);
    }
    for (name, value) in fields.cookies() {
        keep((name, value));
    }
    keep(Exchange::new(text(), any(Version::Http11), fields));
    show_debug(&fields);
    if let Some(cookie) = fields.cookie(text()) {
        encoded(cookie);
    }
    if let Some(media_type) = fields.media_type().or(MediaType::parse(bytes())) {
        keep(media_type.essence());
        keep(media_type.is(text()));
        if let Some(value) = media_type.parameter(text()) {
            encoded(value);
        }
        show_debug(&media_type);
    }
}

#[unsafe(no_mangle)]
pub extern "C" fn surface_request_parts() {
    let pairs = any(Pairs::of(bytes()));
    for (name, value) in pairs {
        encoded(name);
        encoded(value);
    }
    keep(pairs.all(text()).count());
    keep(pairs.parse::<u64>(text()));
    show_debug(&pairs);
    let segments = any(Segments::of(text()));
    segments.clone().for_each(encoded);
    show_debug(&segments);
    path::<0>(segments.clone());
    path::<7>(segments);
}

fn encoded(part: Encoded<'static>) {
    let part = any(part);
    let mut bytes = [0; 512];
    keep(part.as_bytes());
    keep(part.as_str());
    keep(part.bytes().count());
    keep(part.decode(room(&mut bytes)));
    keep(part.parse::<i32>());
    keep(part == *text());
    keep(part == any(part));
    keep(part.eq_ignore_ascii_case(text()));
    show(&part);
    show_debug(&part);
    if let Err(error) = part.parse::<u8>() {
        show(&error);
    }
    if let Err(error) = part.decode(&mut []) {
        show(&error);
    }
}

fn path<const N: usize>(segments: Segments<'static>) {
    let mut bytes = [0; 512];
    match segments.decode::<N>(room(&mut bytes)) {
        Ok(path) => {
            keep(path.as_slice());
            show_debug(&path);
        }
        Err(error) => {
            keep(error.status());
            show(&error);
        }
    }
}

#[unsafe(no_mangle)]
pub extern "C" fn surface_headers() {
    headers(&mut any(Headers::<0>::new()));
    headers(&mut any(Headers::<7>::default()));
    headers(&mut any(Headers::<256>::new()));
    keep(any(Headers::<16>::new()) == any(Headers::<32>::new()));
}

fn headers<const N: usize>(headers: &mut Headers<N>) {
    keep(headers.append(text(), text()));
    keep(headers.append(name(), bytes()));
    keep(headers.append(text(), any(*b"")));
    keep(headers.append(text(), any(*b"array")));
    keep(headers.cookie(&cookie()));
    keep(headers.set(text(), text()));
    keep(headers.set(name(), value()));
    keep(headers.set(name(), any(1u8)));
    keep(headers.set(name(), any(1u16)));
    keep(headers.set(name(), any(1u32)));
    keep(headers.set(name(), any(1u64)));
    keep(headers.set(name(), any(1usize)));
    keep(headers.set(name(), date()));
    keep(headers.set(text(), disposition()));
    let pairs = any([(text(), text()); 2]);
    keep(headers.update(any(pairs.as_slice()).iter().copied()));
    keep(headers.set_default(text(), text()));
    keep(headers.set_default(name(), value()));
    headers.remove(text());
    headers.remove(name());
    keep(headers.add_vary(text()));
    keep(headers.contains(text()));
    keep(headers.get(text()));
    keep(headers.get(name()));
    keep(headers.contains(name()));
    headers.get_all(text()).for_each(keep);
    headers.iter().for_each(keep);
    keep(headers.len());
    keep(headers.is_empty());
    show_debug(&*headers);
    let mut copy = headers.clone();
    keep(copy == *headers);
    copy.clear();
    keep(copy);
}

pub(crate) fn draft<const N: usize>() -> Draft<N> {
    let mut draft = any(Draft::new());
    draft.set_status(status());
    draft.set_status(any(Some(status())));
    keep(draft.set(text(), text()));
    keep(draft.append(name(), bytes()));
    keep(draft.cookie(&cookie()));
    keep(draft.headers_mut().set_default(text(), text()));
    draft
}

#[unsafe(no_mangle)]
pub extern "C" fn surface_draft() {
    let draft = draft::<128>();
    keep(draft.status());
    keep(draft.headers().len());
    keep(any(Draft::<16>::default()).clone());
    show_debug(&draft);
}

#[unsafe(no_mangle)]
pub extern "C" fn surface_cors() {
    let texts = any([text(); 3]);
    let texts = any(texts.as_slice());
    let mut cors = match any(true) {
        true => Cors::new(),
        false => Cors::default(),
    };
    cors = cors
        .origins(texts)
        .methods(texts)
        .headers(texts)
        .expose_headers(texts)
        .max_age(any(600));
    cors = match any(0) {
        0 => cors.origin_rule(&|origin| any(origin).is_empty()),
        1 => cors.credentials(),
        2 => cors.private_network(),
        _ => cors,
    };
    let cors = any(cors);
    show_debug(&cors);

    let mut headers = any(Headers::<256>::new());
    keep(cors.simple(any(Some(bytes())), &mut headers));
    keep(headers);

    let fields = any([(text(), bytes()); 3]);
    if let Some(preflight) = Preflight::read(text(), any(fields.as_slice()).iter().copied()) {
        show_debug(&preflight);
        keep(cors.preflight(&preflight, &exchange(), room(&mut [0; 512])));
    }
}
