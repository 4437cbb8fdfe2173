//! Media types by the extension of a file's name.

use core::cmp::Ordering;

use crate::write::bytes::place;

/// The media type of a file, by the last extension of its name, in any case.
///
/// `None` where the extension is unknown or there is none, which leaves `application/octet-stream`.
/// What stands before the last `/` does not count, and the dots that a name begins with begin no
/// extension. A compressed file is what its own name says, whatever is in it: where another file
/// stands for the plain one, the type is that of the plain one's name (see
/// [`Coding`](crate::file::Coding)).
///
/// A program that does not call it does not hold the table, of 2.5 KB.
///
/// ```
/// use replywire::file::guess_media_type;
///
/// assert_eq!(guess_media_type("static/index.HTML"), Some("text/html"));
/// assert_eq!(guess_media_type("log.json.gz"), Some("application/gzip"));
/// assert_eq!(guess_media_type(".profile"), None);
/// ```
pub fn guess_media_type(name: impl AsRef<[u8]>) -> Option<&'static str> {
    find(extension(name.as_ref())?)
}

/// What stands behind the last dot, unless only dots stand before it.
fn extension(name: &[u8]) -> Option<&[u8]> {
    let base = name.rsplit(|byte| *byte == b'/').next()?;
    let dot = base.iter().rposition(|byte| *byte == b'.')?;
    let (stem, extension) = base.split_at_checked(dot)?;
    let has_stem = stem.iter().any(|byte| *byte != b'.');
    extension.get(1..).filter(|_| has_stem)
}

/// Halves [`KEYS`] at the row that holds the byte in the middle.
fn find(extension: &[u8]) -> Option<&'static str> {
    let mut keys: &[u8] = &KEYS;
    loop {
        let (before, behind) = keys.split_at_checked(keys.len() / 2)?;
        let start = before
            .iter()
            .rposition(is_end)
            .map_or(0, |end| end.wrapping_add(1));
        let end = before.len().wrapping_add(behind.iter().position(is_end)?);
        let order = extension
            .iter()
            .map(u8::to_ascii_lowercase)
            .cmp(keys.get(start..end)?.iter().copied());
        keys = match order {
            Ordering::Less => keys.get(..start)?,
            Ordering::Equal => return media_type(*keys.get(end)?),
            Ordering::Greater => keys.get(end.wrapping_add(1)..)?,
        };
    }
}

/// The type that a row ends with.
fn media_type(end: u8) -> Option<&'static str> {
    let [start, end, ..] = STARTS.get(usize::from(end & !END)..)? else {
        return None;
    };
    TEXT.get(usize::from(*start)..usize::from(*end))
}

const _: () = assert!(TYPES.len() <= END as usize);

/// The bit of the byte that ends a row of [`KEYS`]; the others are the number of its type.
const END: u8 = 0x80;

fn is_end(byte: &u8) -> bool {
    *byte & END != 0
}

/// All extensions in the order of their bytes, each with the number of its type behind it.
static KEYS: [u8; keys_len()] = keys();
/// All types, one behind the other.
static TEXT: &str = match str::from_utf8(&TEXT_BYTES) {
    Ok(text) => text,
    Err(_) => "",
};
static TEXT_BYTES: [u8; text_len()] = text();
/// Where each type begins, and where the last one ends.
static STARTS: [u16; TYPES.len() + 1] = starts();

/// The types and their extensions.
const TYPES: [(&str, &str); 103] = [
    ("application/gzip", "gz svgz taz tgz tz"),
    ("application/json", "json"),
    ("application/manifest+json", "webmanifest"),
    ("application/msword", "doc dot wiz"),
    ("application/n-quads", "nq"),
    ("application/n-triples", "nt"),
    ("application/octet-stream", "a bin dll exe o obj so"),
    ("application/oda", "oda"),
    ("application/pdf", "pdf"),
    ("application/pkcs7-mime", "p7c"),
    ("application/postscript", "ai eps ps"),
    ("application/trig", "trig"),
    ("application/vnd.apple.mpegurl", "m3u m3u8"),
    ("application/vnd.ms-excel", "xlb xls"),
    ("application/vnd.ms-powerpoint", "pot ppa pps ppt pwz"),
    ("application/wasm", "wasm"),
    ("application/x-bcpio", "bcpio"),
    ("application/x-bzip2", "bz2 tbz2"),
    ("application/x-cpio", "cpio"),
    ("application/x-csh", "csh"),
    ("application/x-dvi", "dvi"),
    ("application/x-gtar", "gtar"),
    ("application/x-hdf", "hdf"),
    ("application/x-hdf5", "h5"),
    ("application/x-latex", "latex"),
    ("application/x-mif", "mif"),
    ("application/x-netcdf", "cdf nc"),
    ("application/x-pkcs12", "p12 pfx"),
    ("application/x-pn-realaudio", "ram"),
    ("application/x-python-code", "pyc pyo"),
    ("application/x-sh", "sh"),
    ("application/x-shar", "shar"),
    ("application/x-shockwave-flash", "swf"),
    ("application/x-sv4cpio", "sv4cpio"),
    ("application/x-sv4crc", "sv4crc"),
    ("application/x-tar", "tar"),
    ("application/x-tcl", "tcl"),
    ("application/x-tex", "tex"),
    ("application/x-texinfo", "texi texinfo"),
    ("application/x-troff", "roff t tr"),
    ("application/x-troff-man", "man"),
    ("application/x-troff-me", "me"),
    ("application/x-troff-ms", "ms"),
    ("application/x-ustar", "ustar"),
    ("application/x-wais-source", "src"),
    ("application/x-xz", "txz xz"),
    ("application/xml", "rdf wsdl xpdl xsl"),
    ("application/zip", "zip"),
    ("application/zstd", "zst"),
    ("audio/3gpp", "3gp 3gpp"),
    ("audio/3gpp2", "3g2 3gpp2"),
    ("audio/aac", "aac adts ass loas"),
    ("audio/basic", "au snd"),
    ("audio/mpeg", "mp2 mp3"),
    ("audio/opus", "opus"),
    ("audio/x-aiff", "aif aifc aiff"),
    ("audio/x-pn-realaudio", "ra"),
    ("audio/x-wav", "wav"),
    ("image/avif", "avif"),
    ("image/bmp", "bmp"),
    ("image/gif", "gif"),
    ("image/heic", "heic"),
    ("image/heif", "heif"),
    ("image/ief", "ief"),
    ("image/jpeg", "jpe jpeg jpg"),
    ("image/png", "png"),
    ("image/svg+xml", "svg"),
    ("image/tiff", "tif tiff"),
    ("image/vnd.microsoft.icon", "ico"),
    ("image/webp", "webp"),
    ("image/x-cmu-raster", "ras"),
    ("image/x-portable-anymap", "pnm"),
    ("image/x-portable-bitmap", "pbm"),
    ("image/x-portable-graymap", "pgm"),
    ("image/x-portable-pixmap", "ppm"),
    ("image/x-rgb", "rgb"),
    ("image/x-xbitmap", "xbm"),
    ("image/x-xpixmap", "xpm"),
    ("image/x-xwindowdump", "xwd"),
    ("message/rfc822", "eml mht mhtml nws"),
    ("text/css", "css"),
    ("text/csv", "csv"),
    ("text/html", "htm html"),
    ("text/javascript", "js mjs"),
    ("text/markdown", "markdown md"),
    ("text/n3", "n3"),
    ("text/plain", "bat c h ksh pl srt txt"),
    ("text/richtext", "rtx"),
    ("text/rtf", "rtf"),
    ("text/tab-separated-values", "tsv"),
    ("text/vtt", "vtt"),
    ("text/x-python", "py"),
    ("text/x-rst", "rst"),
    ("text/x-setext", "etx"),
    ("text/x-sgml", "sgm sgml"),
    ("text/x-vcard", "vcf"),
    ("text/xml", "xml"),
    ("video/mp4", "mp4"),
    ("video/mpeg", "m1v mpa mpe mpeg mpg"),
    ("video/quicktime", "mov qt"),
    ("video/webm", "webm"),
    ("video/x-msvideo", "avi"),
    ("video/x-sgi-movie", "movie"),
];

const fn keys_len() -> usize {
    let mut len = 0;
    let mut types: &[(&str, &str)] = &TYPES;
    while let [(_, extensions), tail @ ..] = types {
        len += extensions.len() + 1;
        types = tail;
    }
    len
}

const fn text_len() -> usize {
    let mut len = 0;
    let mut types: &[(&str, &str)] = &TYPES;
    while let [(name, _), tail @ ..] = types {
        len += name.len();
        types = tail;
    }
    len
}

const fn keys<const N: usize>() -> [u8; N] {
    let mut keys = [0; N];
    let mut at = 0;
    let mut last: &[u8] = b"";
    while let Some((extension, number)) = next(last) {
        at = place(&mut keys, at, extension);
        at = place(&mut keys, at, &[number | END]);
        last = extension;
    }
    keys
}

const fn text<const N: usize>() -> [u8; N] {
    let mut text = [0; N];
    let mut at = 0;
    let mut types: &[(&str, &str)] = &TYPES;
    while let [(name, _), tail @ ..] = types {
        at = place(&mut text, at, name.as_bytes());
        types = tail;
    }
    text
}

const fn starts<const N: usize>() -> [u16; N] {
    let mut starts = [0; N];
    let mut end = 0;
    let mut types: &[(&str, &str)] = &TYPES;
    let all: &mut [u16] = &mut starts;
    let [_, ends @ ..] = all else {
        return starts;
    };
    let mut ends = ends;
    while let ([(name, _), tail @ ..], [to, rest @ ..]) = (types, ends) {
        end += name.len() as u16;
        *to = end;
        (types, ends) = (tail, rest);
    }
    starts
}

/// The first extension behind `last` in the order of bytes, and the number of its type.
const fn next(last: &[u8]) -> Option<(&'static [u8], u8)> {
    let mut found: Option<(&[u8], u8)> = None;
    let mut types: &[(&str, &str)] = &TYPES;
    let mut number = 0;
    while let [(_, extensions), tail @ ..] = types {
        let mut words = extensions.as_bytes();
        while let Some((extension, rest)) = split_word(words) {
            let is_first = match found {
                Some((first, _)) => is_less(extension, first),
                None => true,
            };
            if is_first && is_less(last, extension) {
                found = Some((extension, number));
            }
            words = rest;
        }
        number += 1;
        types = tail;
    }
    found
}

/// The bytes up to a blank, and those behind it.
const fn split_word(words: &[u8]) -> Option<(&[u8], &[u8])> {
    let mut rest = words;
    while let [byte, tail @ ..] = rest {
        if *byte == b' ' {
            break;
        }
        rest = tail;
    }
    match (words.split_at_checked(words.len() - rest.len()), rest) {
        (Some(([], _)) | None, _) => None,
        (Some((word, _)), [_, rest @ ..]) => Some((word, rest)),
        (Some((word, _)), []) => Some((word, b"")),
    }
}

const fn is_less(left: &[u8], right: &[u8]) -> bool {
    let (mut left, mut right) = (left, right);
    while let ([a, rest @ ..], [b, other @ ..]) = (left, right) {
        if *a != *b {
            return *a < *b;
        }
        (left, right) = (rest, other);
    }
    left.len() < right.len()
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;
    use std::format;
    use std::vec::Vec;

    use super::*;

    #[test]
    fn every_extension_of_the_table_has_its_type_in_any_case() {
        let mut seen = BTreeSet::new();
        for (name, extensions) in TYPES {
            for extension in extensions.split(' ') {
                assert!(seen.insert(extension), "{extension} is there twice");
                assert_eq!(find(extension.as_bytes()), Some(name), "{extension}");
                let upper = extension.to_ascii_uppercase();
                assert_eq!(find(upper.as_bytes()), Some(name), "{upper}");
            }
        }
        let rows: Vec<_> = KEYS.split_inclusive(is_end).collect();
        assert_eq!(rows.len(), seen.len());
        for (row, extension) in rows.iter().zip(seen) {
            assert_eq!(&row[..row.len() - 1], extension.as_bytes());
        }
    }

    #[test]
    fn what_is_not_in_the_table_has_no_type() {
        let known: BTreeSet<_> = TYPES.iter().flat_map(|(_, all)| all.split(' ')).collect();
        // All extensions of at most two bytes, and each byte before and behind each known one.
        let bytes = || (0..=255u8).filter(|byte| !byte.is_ascii_uppercase());
        let pairs = bytes().flat_map(|a| bytes().map(move |b| [a, b].to_vec()));
        let longer = known.iter().flat_map(|extension| {
            bytes().flat_map(|byte| {
                let extension = extension.as_bytes();
                [[&[byte], extension].concat(), [extension, &[byte]].concat()]
            })
        });
        let mut all: Vec<_> = pairs.chain(longer).collect();
        all.push(Vec::new());
        all.extend(bytes().map(|byte| [byte].to_vec()));
        for extension in all {
            let is_known = str::from_utf8(&extension).is_ok_and(|text| known.contains(text));
            assert_eq!(find(&extension).is_some(), is_known, "{extension:x?}");
        }
    }

    #[test]
    fn the_last_extension_of_the_last_part_counts() {
        for (name, want) in [
            ("a.txt", Some("text/plain")),
            ("a.b/c.txt", Some("text/plain")),
            ("a.txt.png", Some("image/png")),
            ("a.json.gz", Some("application/gzip")),
            (".a.txt", Some("text/plain")),
            ("a..txt", Some("text/plain")),
            (".txt", None),
            ("..txt", None),
            ("a/.txt", None),
            ("a.txt/", None),
            ("a.txt/b", None),
            ("a.", None),
            ("a.txt.", None),
            ("txt", None),
            ("", None),
        ] {
            assert_eq!(guess_media_type(name), want, "{name}");
            assert_eq!(guess_media_type(format!("/x.html/{name}")), want, "{name}");
        }
    }

    #[test]
    fn compressed_files_are_what_their_names_say() {
        for (name, want) in [
            ("a.json.gz", Some("application/gzip")),
            ("a.tgz", Some("application/gzip")),
            ("a.svgz", Some("application/gzip")),
            ("a.tar.bz2", Some("application/x-bzip2")),
            ("a.tar.xz", Some("application/x-xz")),
            ("a.js.zst", Some("application/zstd")),
            ("a.js.br", None),
            ("a.tar.Z", None),
        ] {
            assert_eq!(guess_media_type(name), want, "{name}");
        }
    }
}
