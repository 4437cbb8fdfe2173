//! Media types by the extension of a file's name.

use core::cmp::Ordering;

use self::packed::{KEYS, TEXT, is_end, place};

mod packed;
mod table;

/// Guesses the media type of a file by the last extension of its name, in any case.
///
/// `None` means that the extension is unknown or missing, which leaves `application/octet-stream`.
/// Folders before the last `/` do not count, and dots at the start of a name begin no extension. A
/// compressed file has the type of its own name, whatever it holds; a file that is sent in place of
/// the plain one has the type of the plain one's name (see [`Coding`](crate::file::Coding)).
///
/// A program that does not call it does not hold the table, of 4.3 KB.
///
/// ```
/// use replywire::file::guess_media_type;
///
/// assert_eq!(guess_media_type("static/index.HTML"), Some("text/html"));
/// assert_eq!(guess_media_type("log.json.gz"), Some("application/gzip"));
/// assert_eq!(guess_media_type(".profile"), None);
/// ```
#[doc(alias = "guess_type")]
pub fn guess_media_type(name: impl AsRef<[u8]>) -> Option<&'static str> {
    find(extension(name.as_ref())?)
}

/// The part after the last dot, unless only dots stand before it.
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
        let (before, after) = keys.split_at_checked(keys.len() / 2)?;
        let start = before
            .iter()
            .rposition(is_end)
            .map_or(0, |end| end.wrapping_add(1));
        let end = before.len().wrapping_add(after.iter().position(is_end)?);
        let (row, row_end) = keys.get(start..end.wrapping_add(1))?.split_last_chunk()?;
        let order = extension
            .iter()
            .map(u8::to_ascii_lowercase)
            .cmp(row.iter().copied());
        keys = match order {
            Ordering::Less => keys.get(..start)?,
            Ordering::Equal => return media_type(place(*row_end)),
            Ordering::Greater => keys.get(end.wrapping_add(1)..)?,
        };
    }
}

/// The type at this place.
fn media_type(place: usize) -> Option<&'static str> {
    let types = TEXT.get(place..)?;
    types.get(..types.bytes().position(|byte| byte == b' ')?)
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;
    use std::format;
    use std::vec::Vec;

    use super::table::TYPES;
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
            assert_eq!(&row[..row.len() - 2], extension.as_bytes());
        }
    }

    #[test]
    fn what_is_not_in_the_table_has_no_type() {
        let known: BTreeSet<_> = TYPES.iter().flat_map(|(_, all)| all.split(' ')).collect();
        // All extensions of at most two bytes, and each byte before and after each known one.
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
