//! The strict policy of cookies, byte by byte.

use conformance::buffer;
use replywire::{Error, HttpDate, Response, SameSite, SetCookie, Status};

/// The value of the `set-cookie` line.
fn line(cookie: &SetCookie<'_>) -> Result<String, Error> {
    let mut buf = buffer(8192);
    let reply = Response::new(&mut buf, Status::OK).cookie(cookie).empty()?;
    let text = std::str::from_utf8(&reply).unwrap();
    let line = text.lines().nth(1).unwrap();
    Ok(line.strip_prefix("set-cookie: ").unwrap().to_owned())
}

#[test]
fn attributes_stand_in_one_order_however_they_are_given() {
    let now = HttpDate::from_unix(784_111_777).unwrap();
    let cookie = SetCookie::new("sid", "31d4d96e")
        .secure()
        .same_site(SameSite::NONE)
        .path("/app")
        .partitioned()
        .max_age(i64::MIN)
        .http_only()
        .expires_in(now, 60)
        .domain("example.org");
    assert_eq!(
        line(&cookie).unwrap(),
        "sid=31d4d96e; Domain=example.org; expires=Sun, 06 Nov 1994 08:50:37 GMT; HttpOnly; \
         Max-Age=-9223372036854775808; Partitioned; Path=/app; SameSite=none; Secure"
    );
    assert_eq!(
        line(&SetCookie::new("a", "b")).unwrap(),
        "a=b; Path=/; SameSite=lax"
    );
    let bare = SetCookie::new("a", "").path("").any_site();
    assert_eq!(line(&bare).unwrap(), "a=");
    let most = SetCookie::new("a", "b")
        .max_age(i64::MAX)
        .path("")
        .any_site();
    assert_eq!(line(&most).unwrap(), "a=b; Max-Age=9223372036854775807");
}

#[test]
fn a_deleted_cookie_has_no_value_and_is_over() {
    let epoch = HttpDate::from_unix(0).unwrap();
    let expired = "; expires=Thu, 01 Jan 1970 00:00:00 GMT; Max-Age=0; Path=/; SameSite=lax";
    let strict = SetCookie::new("sid", "31d4d96e").deleting(epoch);
    assert_eq!(line(&strict).unwrap(), format!("sid={expired}"));
    let quoting = SetCookie::quoting("sid", "31d4d96e").deleting(epoch);
    assert_eq!(line(&quoting).unwrap(), format!("sid=\"\"{expired}"));
}

#[test]
fn a_reserved_name_is_refused_in_any_case() {
    for name in [
        "expires",
        "path",
        "comment",
        "domain",
        "max-age",
        "secure",
        "httponly",
        "version",
        "samesite",
        "partitioned",
    ] {
        for name in [name.to_owned(), name.to_uppercase()] {
            for cookie in [SetCookie::new(&name, "x"), SetCookie::quoting(&name, "x")] {
                assert_eq!(line(&cookie), Err(Error::CookieReservedName), "{name}");
            }
            let longer = format!("{name}x");
            assert!(line(&SetCookie::new(&longer, "x")).is_ok());
        }
    }
}

#[test]
fn what_browsers_drop_is_refused() {
    let insecure = SetCookie::new("a", "b").same_site(SameSite::parse("NoNe").unwrap());
    assert_eq!(line(&insecure), Err(Error::CookieSameSiteInsecure));
    assert_eq!(
        line(&insecure.secure()).unwrap(),
        "a=b; Path=/; SameSite=NoNe; Secure"
    );

    for name in ["__Secure-a", "__secure-a", "__Host-a", "__hOST-a"] {
        let cookie = SetCookie::new(name, "b");
        assert_eq!(line(&cookie), Err(Error::CookiePrefix), "{name}");
        assert!(line(&cookie.secure()).is_ok(), "{name}");
    }
    for cookie in [
        SetCookie::new("__Host-a", "b").secure().path("/x"),
        SetCookie::new("__Host-a", "b").secure().path(""),
        SetCookie::new("__Host-a", "b")
            .secure()
            .domain("example.org"),
    ] {
        assert_eq!(line(&cookie), Err(Error::CookiePrefix));
    }
    let domain = SetCookie::new("__Secure-a", "b")
        .secure()
        .domain("example.org")
        .path("/x");
    assert!(line(&domain).is_ok());
}

#[test]
fn a_cookie_is_at_most_4096_bytes_and_an_attribute_1024() {
    let value = "v".repeat(4092);
    assert!(line(&SetCookie::new("name", &value)).is_ok());
    assert_eq!(
        line(&SetCookie::new("names", &value)),
        Err(Error::CookieTooLong)
    );
    assert!(line(&SetCookie::quoting("names", &value)).is_ok());

    let path = "/".repeat(1024);
    assert!(line(&SetCookie::new("a", "b").path(&path)).is_ok());
    assert!(line(&SetCookie::new("a", "b").domain(&path)).is_ok());
    let longer = "/".repeat(1025);
    let refused = Err(Error::CookieAttribute);
    assert_eq!(line(&SetCookie::new("a", "b").path(&longer)), refused);
    assert_eq!(line(&SetCookie::new("a", "b").domain(&longer)), refused);
    assert_eq!(
        line(&SetCookie::new("a", "b").expires_text(&longer)),
        refused
    );
    assert!(line(&SetCookie::quoting("a", "b").path(&longer)).is_ok());
}

#[test]
fn an_expiry_is_between_1970_and_9999() {
    let epoch = HttpDate::from_unix(0).unwrap();
    let last = HttpDate::from_unix(253_402_300_799).unwrap();
    let cookie = SetCookie::new("a", "b").path("").any_site();
    assert_eq!(
        line(&cookie.expires_in(epoch, 253_402_300_799)).unwrap(),
        "a=b; expires=Fri, 31 Dec 9999 23:59:59 GMT"
    );
    assert_eq!(
        line(&cookie.expires_in(last, -253_402_300_799)).unwrap(),
        "a=b; expires=Thu, 01 Jan 1970 00:00:00 GMT"
    );
    for wrong in [
        cookie.expires_in(epoch, -1),
        cookie.expires_in(last, 1),
        cookie.expires_in(last, i64::MAX),
    ] {
        assert_eq!(line(&wrong), Err(Error::Date));
    }
}

#[test]
fn a_partitioned_cookie_must_be_secure() {
    let cookie = SetCookie::new("a", "b").partitioned();
    let mut buf = [0; 256];
    let refused = Response::new(&mut buf, Status::OK).cookie(&cookie).empty();
    assert_eq!(refused.unwrap_err(), Error::CookiePartitionedInsecure);
    let reply = Response::new(&mut buf, Status::NO_CONTENT)
        .cookie(&cookie.secure())
        .empty()
        .unwrap();
    assert_eq!(
        reply.as_bytes(),
        b"HTTP/1.1 204 No Content\r\n\
          set-cookie: a=b; Partitioned; Path=/; SameSite=lax; Secure\r\n\r\n"
    );
}
