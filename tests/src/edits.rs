//! The operations of the vectors on headers and cookies.

use replywire::{Headers, HttpDate, SameSite, SetCookie};
use serde_json::Value as Json;

use crate::failure::Failure;

/// Applies one operation on headers or cookies.
///
/// # Errors
///
/// What the core refuses.
///
/// # Panics
///
/// Where the operation is unknown.
pub fn apply<const N: usize>(op: &Json, now: i64, headers: &mut Headers<N>) -> Result<(), Failure> {
    let text = |key: &str| op[key].as_str().expect("a text");
    match text("op") {
        "set_header" => headers.set(text("name"), text("value"))?,
        "append_header" => headers.append(text("name"), text("value"))?,
        "setdefault_header" => {
            headers.set_default(text("name"), text("value"))?;
        }
        "del_header" => headers.remove(text("name")),
        "add_vary" => headers.add_vary(text("value"))?,
        "set_cookie" | "delete_cookie" => headers.cookie(&cookie(op, now)?)?,
        other => panic!("unknown operation {other}"),
    }
    Ok(())
}

/// The cookie of a `set_cookie` or `delete_cookie`. Absent means the default, `null` means none.
///
/// # Errors
///
/// What the core refuses.
///
/// # Panics
///
/// Where it is no such operation.
pub fn cookie(op: &Json, now: i64) -> Result<SetCookie<'_>, Failure> {
    let now = HttpDate::from_unix(now).expect("a date");
    let value = op["value"].as_str().unwrap_or_default();
    let mut cookie = SetCookie::quoting(op["name"].as_str().expect("a name"), value);
    if op["op"] == "delete_cookie" {
        cookie = cookie.deleting(now);
    }
    if let Some(seconds) = op["max_age"].as_i64() {
        cookie = cookie.max_age(seconds);
    }
    cookie = match op["expires"]["kind"].as_str() {
        None => cookie,
        Some("int") => {
            let seconds = op["expires"]["v"].as_i64().expect("seconds");
            cookie.expires_in(now, seconds)
        }
        Some("str") => cookie.expires_text(op["expires"]["v"].as_str().expect("a text")),
        Some("datetime") => cookie.expires(datetime(&op["expires"])?),
        Some(other) => panic!("unknown kind {other}"),
    };
    cookie = match op.get("path") {
        None => cookie,
        Some(path) => cookie.path(path.as_str().unwrap_or_default()),
    };
    if let Some(domain) = op["domain"].as_str() {
        cookie = cookie.domain(domain);
    }
    cookie = match op.get("samesite") {
        None => cookie,
        Some(Json::Null) => cookie.any_site(),
        Some(text) => cookie.same_site(SameSite::parse(text.as_str().expect("a text"))?),
    };
    if op["secure"] == true {
        cookie = cookie.secure();
    }
    if op["httponly"] == true {
        cookie = cookie.http_only();
    }
    if op["partitioned"] == true {
        cookie = cookie.partitioned();
    }
    Ok(cookie)
}

fn datetime(time: &Json) -> Result<HttpDate, Failure> {
    if time["offset_s"] != 0 {
        return Err(Failure::NotUtc);
    }
    let small = |key: &str| time[key].as_u64().expect("a number") as u8;
    let year = time["y"].as_u64().expect("a year") as u16;
    let (month, day) = (small("mo"), small("d"));
    let date = HttpDate::from_civil(year, month, day, small("h"), small("mi"), small("s"));
    Ok(date.expect("a date"))
}
