//! Names, values, cookies and stores as the library's own types.

use replywire::{
    Draft, Edit, Error, FieldName, FieldValue, HeaderName, HeaderValue, Headers, HttpDate,
    Response, SameSite, SetCookie, Status,
};

use super::{DRAFT_STORE, compare, same};
use crate::input::{self, Attribute, Code, Cookie, Date, Name, Site, StoreEdit, Value};
use crate::model::cookie::is_same_site;
use crate::model::field::is_value;
use crate::model::store::Store;

pub(super) fn status(code: Code) -> Status {
    Status::new(code.0).expect("the code has three digits")
}

pub(super) fn date(date: Date) -> HttpDate {
    HttpDate::from_unix(date.0).expect("the year has four digits")
}

/// What is done with a name and a value, whatever their types.
pub(super) trait Line {
    type Out;

    fn put(self, name: impl FieldName, value: impl FieldValue) -> Self::Out;
}

pub(super) struct ToResponse<'b>(pub(super) Response<'b>);

impl<'b> Line for ToResponse<'b> {
    type Out = Response<'b>;

    fn put(self, name: impl FieldName, value: impl FieldValue) -> Response<'b> {
        self.0.header(name, value)
    }
}

pub(super) struct ToEdit<'b>(pub(super) Edit<'b>);

impl<'b> Line for ToEdit<'b> {
    type Out = Edit<'b>;

    fn put(self, name: impl FieldName, value: impl FieldValue) -> Edit<'b> {
        self.0.header(name, value)
    }
}

struct Append<'h, const N: usize>(&'h mut Headers<N>);

impl<const N: usize> Line for Append<'_, N> {
    type Out = Result<Vec<u8>, Error>;

    fn put(self, name: impl FieldName, value: impl FieldValue) -> Self::Out {
        self.0.append(name, value).map(|()| Vec::new())
    }
}

struct Set<'h, const N: usize>(&'h mut Headers<N>);

impl<const N: usize> Line for Set<'_, N> {
    type Out = Result<Vec<u8>, Error>;

    fn put(self, name: impl FieldName, value: impl FieldValue) -> Self::Out {
        self.0.set(name, value).map(|()| Vec::new())
    }
}

struct SetDefault<'h, const N: usize>(&'h mut Headers<N>);

impl<const N: usize> Line for SetDefault<'_, N> {
    type Out = Result<Vec<u8>, Error>;

    fn put(self, name: impl FieldName, value: impl FieldValue) -> Self::Out {
        self.0.set_default(name, value).map(<[u8]>::to_vec)
    }
}

pub(super) fn with_line<L: Line>(name: &Name, value: &Value, line: L) -> L::Out {
    match name {
        Name::Checked(name) => {
            let name = HeaderName::new(name).expect("the name is one");
            with_value(name, value, line)
        }
        Name::Text(name) => with_value(name.as_str(), value, line),
    }
}

fn with_value<L: Line>(name: impl FieldName, value: &Value, line: L) -> L::Out {
    match value {
        Value::Array(bytes) => line.put(name, *bytes),
        Value::Bytes(bytes) => line.put(name, bytes.0.as_slice()),
        Value::Checked(bytes) => {
            let value = HeaderValue::from_bytes(&bytes.0);
            assert_eq!(value.is_some(), is_value(&bytes.0), "{bytes:?}");
            match value {
                Some(value) => line.put(name, value),
                None => line.put(name, bytes.0.as_slice()),
            }
        }
        Value::CheckedText(text) => {
            let value = HeaderValue::new(&text.0);
            let want = text.0.is_ascii() && is_value(text.0.as_bytes());
            assert_eq!(value.is_some(), want, "{text:?}");
            match value {
                Some(value) => line.put(name, value),
                None => line.put(name, *b"\0"),
            }
        }
        Value::Date(value) => line.put(name, date(*value)),
        Value::I8(value) => line.put(name, *value),
        Value::I64(value) => line.put(name, *value),
        // What is displayed is the same as the text.
        Value::Text(text) if text.0.len() % 2 == 1 => line.put(name, format_args!("{}", text.0)),
        Value::Text(text) => line.put(name, text.0.as_str()),
        Value::U8(value) => line.put(name, *value),
        Value::U16(value) => line.put(name, *value),
        Value::U32(value) => line.put(name, *value),
        Value::U64(value) => line.put(name, *value),
        Value::Usize(value) => line.put(name, *value),
    }
}

pub(crate) fn with_cookie<T>(cookie: &Cookie, then: impl FnOnce(&SetCookie<'_>) -> T) -> T {
    let make = match cookie.quoting {
        true => SetCookie::quoting,
        false => SetCookie::new,
    };
    let mut made = make(&cookie.name.0, &cookie.value.0);
    for attribute in &cookie.attributes {
        made = match attribute {
            Attribute::AnySite => made.any_site(),
            Attribute::Deleting(now) => made.deleting(date(*now)),
            Attribute::Domain(text) => made.domain(&text.0),
            Attribute::Expires(at) => made.expires(date(*at)),
            Attribute::ExpiresIn(now, seconds) => made.expires_in(date(*now), *seconds),
            Attribute::ExpiresText(text) => made.expires_text(&text.0),
            Attribute::HttpOnly => made.http_only(),
            Attribute::MaxAge(seconds) => made.max_age(*seconds),
            Attribute::Partitioned => made.partitioned(),
            Attribute::Path(text) => made.path(&text.0),
            Attribute::SameSite(text) => match SameSite::parse(&text.0) {
                Ok(site) => made.same_site(site),
                Err(error) => {
                    assert_eq!(error, Error::CookieSameSite);
                    assert!(!is_same_site(&text.0), "{text:?}");
                    made
                }
            },
            Attribute::SameSiteKnown(Site::Lax) => made.same_site(SameSite::LAX),
            Attribute::SameSiteKnown(Site::None) => made.same_site(SameSite::NONE),
            Attribute::SameSiteKnown(Site::Strict) => made.same_site(SameSite::STRICT),
            Attribute::Secure => made.secure(),
        };
    }
    then(&made)
}

pub(super) fn draft(draft: &input::Draft) -> Draft<DRAFT_STORE> {
    let mut made = Draft::new();
    made.set_status(draft.status.map(status));
    *made.headers_mut() = headers(&draft.edits);
    made
}

/// A store after `edits`, each of which does what the model says.
pub(super) fn headers<const N: usize>(edits: &[StoreEdit]) -> Headers<N> {
    let mut headers = Headers::new();
    let mut store = Store::new(N);
    for edit in edits {
        same(apply(&mut headers, edit), store.edit(edit), edit);
        compare(&headers, &store);
    }
    headers
}

fn apply<const N: usize>(headers: &mut Headers<N>, edit: &StoreEdit) -> Result<Vec<u8>, Error> {
    match edit {
        StoreEdit::AddVary(value) => headers.add_vary(&value.0)?,
        StoreEdit::Append(name, value) => return with_line(name, value, Append(headers)),
        StoreEdit::Clear => headers.clear(),
        StoreEdit::Cookie(cookie) => with_cookie(cookie, |cookie| headers.cookie(cookie))?,
        StoreEdit::Remove(name) => headers.remove(name.as_str()),
        StoreEdit::Set(name, value) => return with_line(name, value, Set(headers)),
        StoreEdit::SetDefault(name, value) => return with_line(name, value, SetDefault(headers)),
        StoreEdit::Update(pairs) => {
            let pairs = pairs.iter();
            headers.update(pairs.map(|(name, value)| (name.as_str(), value.0.as_str())))?;
        }
    }
    Ok(Vec::new())
}
