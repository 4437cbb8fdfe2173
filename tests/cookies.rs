//! The strict policy of cookies, byte by byte.

use conformance::buffer;
use replywire::request::Exchange;
use replywire::{Error, Headers, HttpDate, Place, Response, SameSite, SetCookie, Status};

/// The value of the `set-cookie` line.
fn line(cookie: &SetCookie<'_>) -> Result<String, Error> {
    let mut buf = buffer(8192);
    let reply = Response::to(&Exchange::GET, &mut buf, Status::OK)
        .cookie(cookie)
        .empty()?;
    let text = std::str::from_utf8(reply.as_bytes()).unwrap();
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
                assert_eq!(
                    line(&cookie),
                    Err(Error::CookieReservedName(Place::UNKNOWN)),
                    "{name}"
                );
            }
            let longer = format!("{name}x");
            assert!(line(&SetCookie::new(&longer, "x")).is_ok());
        }
    }
}

#[test]
fn what_browsers_drop_is_refused() {
    let insecure = SetCookie::new("a", "b").same_site(SameSite::parse("NoNe").unwrap());
    assert_eq!(
        line(&insecure),
        Err(Error::CookieSameSiteInsecure(Place::UNKNOWN))
    );
    assert_eq!(
        line(&insecure.secure()).unwrap(),
        "a=b; Path=/; SameSite=NoNe; Secure"
    );

    for name in ["__Secure-a", "__secure-a", "__Host-a", "__hOST-a"] {
        let cookie = SetCookie::new(name, "b");
        assert_eq!(
            line(&cookie),
            Err(Error::CookiePrefix(Place::UNKNOWN)),
            "{name}"
        );
        assert!(line(&cookie.secure()).is_ok(), "{name}");
    }
    for cookie in [
        SetCookie::new("__Host-a", "b").secure().path("/x"),
        SetCookie::new("__Host-a", "b").secure().path(""),
        SetCookie::new("__Host-a", "b")
            .secure()
            .domain("example.org"),
    ] {
        assert_eq!(line(&cookie), Err(Error::CookiePrefix(Place::UNKNOWN)));
    }
    let domain = SetCookie::new("__Secure-a", "b")
        .secure()
        .domain("example.org")
        .path("/x");
    assert!(line(&domain).is_ok());
}

/// The attributes that a prefix asks for: secure, hidden from scripts, of one host alone.
const PREFIXES: [(&str, bool, bool, bool); 8] = [
    ("__Host-Http-", true, true, true),
    ("__Host-", true, false, true),
    ("__Http-", true, true, false),
    ("__Secure-", true, false, false),
    // No prefix, though nearly one.
    ("__HostHttp-", false, false, false),
    ("__Http", false, false, false),
    ("_Http-", false, false, false),
    ("x__Host-", false, false, false),
];

#[test]
fn a_prefix_asks_for_its_attributes_whatever_else_the_cookie_has_and_in_any_case() {
    for (prefix, secure, http_only, on_host) in PREFIXES {
        let upper = prefix.to_ascii_uppercase();
        let lower = prefix.to_ascii_lowercase();
        for name in [prefix, &upper, &lower].map(|prefix| [prefix, "sid"].concat()) {
            for case in 0..1 << 5 {
                let has = |bit: u32| case >> bit & 1 == 1;
                for strict in [true, false] {
                    let policy = if strict {
                        SetCookie::new
                    } else {
                        SetCookie::quoting
                    };
                    let mut cookie = policy(&name, "v");
                    if has(0) {
                        cookie = cookie.secure();
                    }
                    if has(1) {
                        cookie = cookie.http_only();
                    }
                    if has(2) {
                        cookie = cookie.domain("a.example");
                    }
                    if has(3) {
                        cookie = cookie.path(if has(4) { "/x" } else { "" });
                    }
                    let is_kept = (has(0) || !secure)
                        && (has(1) || !http_only)
                        && (!has(2) && !has(3) || !on_host);
                    let want = (strict && !is_kept).then_some(Error::CookiePrefix(Place::UNKNOWN));
                    assert_eq!(line(&cookie).err(), want, "{cookie:?}");
                }
            }
        }
    }
}

/// RFC 1034 § 3.5 as RFC 1123 § 2.1 has it.
fn is_host(text: &str) -> bool {
    let is_label = |label: &str| {
        (1..64).contains(&label.len())
            && !label.starts_with('-')
            && !label.ends_with('-')
            && label
                .chars()
                .all(|char| char == '-' || char.is_ascii_alphanumeric())
    };
    text.len() <= 253 && text.split('.').all(is_label)
}

#[test]
fn a_strict_domain_is_the_name_of_a_host() {
    let label = "l".repeat(63);
    let most = [&label[..], &label, &label, &label[..61]].join(".");
    assert_eq!(most.len(), 253);
    for domain in [
        "example.org",
        "A.Example",
        "127.0.0.1",
        "xn--a",
        "a--b.c",
        &label,
        &most,
    ] {
        assert!(is_host(domain));
        let cookie = SetCookie::new("a", "b").path("").any_site().domain(domain);
        assert_eq!(line(&cookie), Ok(format!("a=b; Domain={domain}")));
    }
    for domain in [
        "a.example:8080",
        "https://a.example",
        "*.example.com",
        "ex ample",
        "a.example, b",
        ".example.com",
        "example.com.",
        "a..b",
        ".",
        "-",
        "[::1]",
        "a_b.example",
        "caf\u{e9}.example",
        "a.example/x",
        &"l".repeat(64),
        &[&most, "l"].concat(),
        &[&most[..251], "l.l"].concat(),
    ] {
        assert!(!is_host(domain), "{domain}");
        let cookie = SetCookie::new("a", "b").domain(domain);
        assert_eq!(
            line(&cookie),
            Err(Error::CookieDomain(Place::UNKNOWN)),
            "{domain}"
        );
        // Python lets it through.
        let mut headers = Headers::<512>::new();
        let quoting = SetCookie::quoting("a", "b").domain(domain);
        assert_eq!(headers.cookie(&quoting), Ok(()), "{domain}");
    }
    // Every pair of characters, alone, and in and around a label.
    for first in '\0'..='\u{ff}' {
        for second in '\0'..='\u{ff}' {
            for domain in [
                format!("{first}{second}"),
                format!("a{first}{second}b"),
                format!("{first}a.b{second}"),
            ] {
                let result = line(&SetCookie::new("a", "b").domain(&domain));
                match is_host(&domain) {
                    true => assert!(result.is_ok(), "{domain:?}"),
                    false => assert_eq!(
                        result,
                        Err(Error::CookieDomain(Place::UNKNOWN)),
                        "{domain:?}"
                    ),
                }
            }
        }
    }
}

#[test]
fn a_strict_path_begins_with_a_slash_and_an_expiry_is_an_imf_fixdate() {
    for char in '\0'..='\u{ff}' {
        for path in [format!("{char}"), format!("{char}/a"), format!("/{char}a")] {
            let is_path = path.starts_with('/')
                && path
                    .chars()
                    .all(|char| matches!(char, ' '..='~') && char != ';');
            let result = line(&SetCookie::new("a", "b").path(&path));
            match is_path {
                true => assert_eq!(result, Ok(format!("a=b; Path={path}; SameSite=lax"))),
                false => assert_eq!(result, Err(Error::CookiePath(Place::UNKNOWN)), "{path:?}"),
            }
        }
    }
    for (expires, is_written) in [
        ("Sun, 06 Nov 1994 08:49:37 GMT", true),
        ("Mon, 01 Jan 1601 00:00:00 GMT", true),
        ("Sun, 31 Dec 1600 23:59:59 GMT", false),
        ("Mon, 06 Nov 1994 08:49:37 GMT", false),
        ("Sunday, 06-Nov-94 08:49:37 GMT", false),
        ("Sun Nov  6 08:49:37 1994", false),
        ("Sun, 06 Nov 1994 08:49:37 UTC", false),
        ("Sun, 06 Nov 1994 08:49:37 GMT ", false),
        ("tomorrow", false),
        ("0", false),
    ] {
        let result = line(
            &SetCookie::new("a", "b")
                .path("")
                .any_site()
                .expires_text(expires),
        );
        match is_written {
            true => assert_eq!(result, Ok(format!("a=b; expires={expires}"))),
            false => assert_eq!(
                result,
                Err(Error::CookieExpires(Place::UNKNOWN)),
                "{expires}"
            ),
        }
    }
}

#[test]
fn a_cookie_is_at_most_4096_bytes_and_an_attribute_1024() {
    let value = "v".repeat(4092);
    assert!(line(&SetCookie::new("name", &value)).is_ok());
    assert_eq!(
        line(&SetCookie::new("names", &value)),
        Err(Error::CookieTooLong(Place::UNKNOWN))
    );
    assert!(line(&SetCookie::quoting("names", &value)).is_ok());

    let path = "/".repeat(1024);
    assert!(line(&SetCookie::new("a", "b").path(&path)).is_ok());
    let longer = "/".repeat(1025);
    let refused = Err(Error::CookiePath(Place::UNKNOWN));
    assert_eq!(line(&SetCookie::new("a", "b").path(&longer)), refused);
    for cookie in [
        SetCookie::quoting("a", "b").path(&longer),
        SetCookie::quoting("a", "b").domain(&longer),
        SetCookie::quoting("a", "b").expires_text(&longer),
    ] {
        assert!(line(&cookie).is_ok());
    }
}

#[test]
fn an_expiry_is_between_1601_and_9999() {
    let date = |seconds| HttpDate::from_unix(seconds).unwrap();
    let cookie = SetCookie::new("a", "b").path("").any_site();
    let (first, last) = (date(-62_167_219_200), date(253_402_300_799));
    // Browsers ignore a date before 1601, so the cookie would stay; RFC 6265 § 5.1.1.
    let earliest = date(-11_644_473_600);
    for (expiring, want) in [
        (cookie.expires(date(-1)), "Wed, 31 Dec 1969 23:59:59 GMT"),
        (cookie.expires(date(0)), "Thu, 01 Jan 1970 00:00:00 GMT"),
        (cookie.expires(earliest), "Mon, 01 Jan 1601 00:00:00 GMT"),
        (
            cookie.expires(date(-11_644_473_601)),
            "Mon, 01 Jan 1601 00:00:00 GMT",
        ),
        (cookie.expires(first), "Mon, 01 Jan 1601 00:00:00 GMT"),
        (cookie.expires(last), "Fri, 31 Dec 9999 23:59:59 GMT"),
        (
            cookie.expires_in(date(0), -1),
            "Wed, 31 Dec 1969 23:59:59 GMT",
        ),
        (
            cookie.expires_in(date(0), 253_402_300_799),
            "Fri, 31 Dec 9999 23:59:59 GMT",
        ),
        (cookie.expires_in(last, 0), "Fri, 31 Dec 9999 23:59:59 GMT"),
        (cookie.expires_in(last, 1), "Fri, 31 Dec 9999 23:59:59 GMT"),
        (
            cookie.expires_in(date(0), i64::MAX),
            "Fri, 31 Dec 9999 23:59:59 GMT",
        ),
        (
            cookie.expires_in(last, i64::MAX),
            "Fri, 31 Dec 9999 23:59:59 GMT",
        ),
        (
            cookie.expires_in(first, -1),
            "Mon, 01 Jan 1601 00:00:00 GMT",
        ),
        (
            cookie.expires_in(date(0), i64::MIN),
            "Mon, 01 Jan 1601 00:00:00 GMT",
        ),
        (
            cookie.expires_in(earliest, -1),
            "Mon, 01 Jan 1601 00:00:00 GMT",
        ),
        (
            cookie.expires_in(earliest, 1),
            "Mon, 01 Jan 1601 00:00:01 GMT",
        ),
    ] {
        assert_eq!(line(&expiring).unwrap(), format!("a=b; expires={want}"));
    }
    assert_eq!(
        line(&cookie.deleting(first)).unwrap(),
        "a=; expires=Mon, 01 Jan 1601 00:00:00 GMT; Max-Age=0"
    );
}

#[test]
fn a_partitioned_cookie_must_be_secure() {
    let cookie = SetCookie::new("a", "b").partitioned();
    let mut buf = [0; 256];
    let refused = Response::to(&Exchange::GET, &mut buf, Status::OK)
        .cookie(&cookie)
        .empty();
    assert_eq!(
        refused.unwrap_err(),
        Error::CookiePartitionedInsecure(Place::UNKNOWN)
    );
    let reply = Response::to(&Exchange::GET, &mut buf, Status::NO_CONTENT)
        .cookie(&cookie.secure())
        .empty()
        .unwrap();
    assert_eq!(
        reply.as_bytes(),
        b"HTTP/1.1 204 No Content\r\n\
          set-cookie: a=b; Partitioned; Path=/; SameSite=lax; Secure\r\n\r\n"
    );
}
