//! From what a request says to a path below a folder, or to nothing.

use std::borrow::Cow;

use percent_encoding::{AsciiSet, CONTROLS, percent_decode_str, utf8_percent_encode};

/// The longest name of a file that common systems have, in bytes.
const NAME: usize = 255;
/// The longest path that Linux takes, in bytes.
const PATH: usize = 4095;

/// A path that stays below a folder by its names alone: no `..`, no empty component.
#[derive(Debug, Eq, PartialEq)]
pub(crate) struct Asked {
    /// The components with `/` between them; the folder itself is empty.
    pub(crate) path: String,
    /// The request ended in `/`.
    pub(crate) is_directory: bool,
    /// The request ended in a name, as that of a file does; not in `/` or `/.`.
    pub(crate) ends_in_name: bool,
}

/// The reason that a path is not looked up. Both are a 404.
#[derive(Debug, Eq, PartialEq)]
pub(crate) enum PathError {
    /// It names what a folder never serves.
    Forbidden,
    /// It is no path at all: a broken escape, no UTF-8, a control character, too long.
    Malformed,
}

/// Decodes a path as it was sent, once.
pub(crate) fn decode(sent: &str) -> Result<Cow<'_, str>, PathError> {
    let is_escape = |rest: &str| {
        let digits = rest.as_bytes().first_chunk::<2>();
        digits.is_some_and(|digits| digits.iter().all(u8::is_ascii_hexdigit))
    };
    // A query begins at the first `?`; in a path it is sent as `%3F`.
    if sent.contains('?') || !sent.split('%').skip(1).all(is_escape) {
        return Err(PathError::Malformed);
    }
    percent_decode_str(sent)
        .decode_utf8()
        .map_err(|_| PathError::Malformed)
}

/// Checks a decoded path, which begins after the folder's own path in the URL.
pub(crate) fn check(decoded: &str, hidden: bool) -> Result<Asked, PathError> {
    check_for(decoded, hidden, cfg!(windows))
}

fn check_for(decoded: &str, hidden: bool, windows: bool) -> Result<Asked, PathError> {
    let is_too_long = decoded.len() > PATH || decoded.split('/').any(|part| part.len() > NAME);
    if is_too_long || decoded.contains(char::is_control) {
        return Err(PathError::Malformed);
    }
    if !decoded.is_empty() && !decoded.starts_with('/') {
        return Err(PathError::Forbidden);
    }
    let mut path = String::with_capacity(decoded.len());
    for part in parts(decoded) {
        // RFC 8615 has one hidden name that is for everybody, at the top.
        let is_public = !part.starts_with('.') || path.is_empty() && part == ".well-known";
        if part == ".." || !(hidden || is_public) || windows && is_alias(part) {
            return Err(PathError::Forbidden);
        }
        push(&mut path, part);
    }
    Ok(Asked {
        path,
        is_directory: decoded.ends_with('/'),
        ends_in_name: !matches!(name(decoded), "" | "."),
    })
}

/// The components of a path but those that mean nothing.
pub(crate) fn parts(path: &str) -> impl Iterator<Item = &str> {
    path.split('/')
        .filter(|part| !part.is_empty() && *part != ".")
}

/// Adds a component.
pub(crate) fn push(path: &mut String, part: &str) {
    if !path.is_empty() {
        path.push('/');
    }
    path.push_str(part);
}

/// The last component.
pub(crate) fn name(path: &str) -> &str {
    path.rsplit('/').next().unwrap_or_default()
}

/// Tells whether Windows takes a name for another one, or for a path: a device, a short name, one
/// without its end.
fn is_alias(part: &str) -> bool {
    let stem = part.split('.').next().unwrap_or_default().trim_end();
    let stem = stem.to_ascii_uppercase();
    let is_numbered = |device| {
        let number = stem.strip_prefix(device).map(|rest| rest.chars());
        number.is_some_and(|mut rest| {
            let digit = rest.next();
            digit.is_some_and(|digit| digit.is_ascii_digit() || "¹²³".contains(digit))
                && rest.next().is_none()
        })
    };
    let is_device = matches!(&*stem, "AUX" | "CON" | "CONIN$" | "CONOUT$" | "NUL" | "PRN");
    let mut tildes = part.split('~').skip(1);
    part.ends_with(['.', ' '])
        || part.contains(['"', '*', ':', '<', '>', '?', '\\', '|'])
        || tildes.any(|rest| rest.starts_with(|first: char| first.is_ascii_digit()))
        || is_device
        || is_numbered("COM")
        || is_numbered("LPT")
}

/// The characters that a path of a URL encodes: all but those of `pchar` (RFC 3986 § 3.3) and `/`.
const IN_PATH: &AsciiSet = &IN_QUERY.add(b'%').add(b'?').add(b'[').add(b']');

/// The characters that a query should not have been sent with.
const IN_QUERY: &AsciiSet = &CONTROLS
    .add(b' ')
    .add(b'"')
    .add(b'#')
    .add(b'<')
    .add(b'>')
    .add(b'\\')
    .add(b'^')
    .add(b'`')
    .add(b'{')
    .add(b'|')
    .add(b'}');

/// The URL of a directory: a path that begins with one `/` and ends with one, and the query.
pub(crate) fn slashed(mount: &str, path: &str, query: Option<&str>) -> String {
    let mut url = String::new();
    for part in parts(mount).chain(parts(path)) {
        url.push('/');
        url.extend(utf8_percent_encode(part, IN_PATH));
    }
    url.push('/');
    if let Some(query) = query {
        url.push('?');
        url.extend(utf8_percent_encode(query, IN_QUERY));
    }
    url
}

/// The same [URL](slashed), relative to a request for it without the slash, of which the path may
/// have had more before it; `None` where that ends in another name, or spells it otherwise.
pub(crate) fn relative(url: &str, requested: &str) -> Option<String> {
    let end = url.find('?').unwrap_or(url.len());
    let (path, query) = url.split_at_checked(end)?;
    let name = path.strip_suffix('/')?.rsplit('/').next()?;
    let last = requested.rsplit('/').next()?;
    (!name.is_empty() && last == name).then(|| ["./", name, "/", query].concat())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn asked(decoded: &str) -> Result<(String, bool), PathError> {
        let asked = check_for(decoded, false, false)?;
        Ok((asked.path, asked.is_directory))
    }

    #[test]
    fn a_path_is_decoded_once() {
        for (sent, decoded) in [
            ("/a%20b%2Fc", "/a b/c"),
            ("/%252e%252E", "/%2e%2E"),
            ("/caf%C3%A9", "/café"),
            ("/café", "/café"),
            ("/a+b%3fc%23", "/a+b?c#"),
            ("", ""),
        ] {
            assert_eq!(decode(sent).unwrap(), decoded);
        }
        for sent in [
            "/%",
            "/%2",
            "/%zz",
            "/%+1",
            "/%é",
            "/a?b",
            "/%c0%ae%c0%ae/",
            "/%e0%80%af",
            "/%ff",
            "/%ed%a0%80",
            "/%u002e",
        ] {
            assert_eq!(decode(sent), Err(PathError::Malformed), "{sent}");
        }
    }

    #[test]
    fn what_means_nothing_is_dropped_and_what_leaves_is_forbidden() {
        for (decoded, path, is_directory) in [
            ("", "", false),
            ("/", "", true),
            ("//", "", true),
            ("/.", "", false),
            ("/a", "a", false),
            ("//a//b/", "a/b", true),
            ("/./a/./b/.", "a/b", false),
            ("/a...b/c..", "a...b/c..", false),
            ("/.well-known/x", ".well-known/x", false),
            ("//.well-known", ".well-known", false),
        ] {
            assert_eq!(asked(decoded), Ok((path.into(), is_directory)), "{decoded}");
        }
        for decoded in [
            "/..",
            "/../a",
            "/a/..",
            "/a/../b",
            "a",
            "*",
            "http://a/b",
            "\\a",
            "/.git",
            "/a/.b",
            "/...",
            "/..;/a",
            "/a/.well-known",
            "/.well-known/.a",
            "/.well-known2",
        ] {
            assert_eq!(asked(decoded), Err(PathError::Forbidden), "{decoded}");
        }
    }

    #[test]
    fn a_path_with_a_control_character_is_malformed() {
        for control in ('\0'..=' ').chain('\u{7f}'..='\u{a0}') {
            let is_malformed = asked(&format!("/a{control}")) == Err(PathError::Malformed);
            assert_eq!(is_malformed, control.is_control(), "{control:?}");
        }
    }

    #[test]
    fn every_length_of_a_name_and_of_a_path_has_its_answer() {
        for len in 0..=300 {
            let name = "n".repeat(len);
            assert_eq!(asked(&format!("/{name}")).is_ok(), len <= 255);
            assert_eq!(asked(&format!("/a/{name}/b")).is_ok(), len <= 255);
        }
        for len in 4000..4200 {
            let path = "/n".repeat(len / 2) + &"n".repeat(len % 2);
            assert_eq!(asked(&path).is_ok(), len <= 4095);
        }
    }

    #[test]
    fn hidden_names_are_served_where_wanted_and_dots_never_are() {
        for good in ["/.git", "/a/.b", "/...", "/..;/a"] {
            assert!(check_for(good, true, false).is_ok(), "{good}");
        }
        assert_eq!(check_for("/a/../b", true, false), Err(PathError::Forbidden));
    }

    #[test]
    fn windows_has_more_names_for_a_thing() {
        for bad in [
            "/con",
            "/CON.txt",
            "/a/nul",
            "/Aux .b",
            "/com1",
            "/LPT9.x",
            "/com¹",
            "/CONIN$",
            "/a.",
            "/a ",
            "/a./b",
            "/GIT~1",
            "/progra~1/a",
            "/a*",
            "/a?",
            "/a|b",
            "/a\"b",
            "/<a",
            "/b>",
            "/\\a",
            "/a\\b",
            "/..\\a",
            "/C:/a",
            "/c:a",
            "/a:b",
            "/\\\\host\\share",
        ] {
            assert_eq!(
                check_for(bad, true, true),
                Err(PathError::Forbidden),
                "{bad}"
            );
            assert!(check_for(bad, true, false).is_ok(), "{bad}");
        }
        for good in [
            "/cons", "/com", "/com10", "/lpt.txt", "/a.b", "/~user", "/a~b", "/xnul",
        ] {
            assert!(check_for(good, true, true).is_ok(), "{good}");
        }
    }

    #[test]
    fn a_directorys_url_begins_and_ends_with_one_slash() {
        for (mount, path, query, url) in [
            ("", "", None, "/"),
            ("", "", Some(""), "/?"),
            ("", "a", None, "/a/"),
            ("/s", "", None, "/s/"),
            ("/s/t", "a/b", Some("x=%20y"), "/s/t/a/b/?x=%20y"),
            ("", "a b", None, "/a%20b/"),
            ("", "café", None, "/caf%C3%A9/"),
            ("", "a?b#c%41[]", None, "/a%3Fb%23c%2541%5B%5D/"),
            ("", "~!$&'()*+,;=@-._", None, "/~!$&'()*+,;=@-._/"),
            (
                "",
                "evil.example",
                Some("\r\nx: y\\é"),
                "/evil.example/?%0D%0Ax:%20y%5C%C3%A9",
            ),
            ("/\\evil", "", None, "/%5Cevil/"),
        ] {
            assert_eq!(slashed(mount, path, query), url);
        }
    }

    #[test]
    fn a_relative_url_leads_to_the_same_directory() {
        for (url, requested, relative_url) in [
            ("/a/", "/a", Some("./a/")),
            ("/s/a/b/?x=/y/", "/a/b", Some("./b/?x=/y/")),
            ("/a:b/", "/a:b", Some("./a:b/")),
            ("/a%20b/", "/a%20b", Some("./a%20b/")),
            ("/a/", "/b/../a", Some("./a/")),
            ("/a/", "/a/b/..", None),
            ("/a/", "/%61", None),
            ("/", "/", None),
            ("/?a", "", None),
        ] {
            assert_eq!(relative(url, requested).as_deref(), relative_url, "{url}");
        }
    }
}
