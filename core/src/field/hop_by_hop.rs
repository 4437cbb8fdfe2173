//! Fields of one connection, RFC 9110 § 7.6.1, and those that are passed on.

use heapless::Vec;

use super::grammar::is_name;
use super::id::FieldId;
use super::line::write_field;
use super::list::{Members, without_blanks};
use crate::error::{Error, Place};
use crate::write::buf::Buf;

/// The fields that no message takes over from another: those that frame it, those of its connection
/// (RFC 9110 § 7.6.1; `trailer` announces what is not sent), and what a proxy tells its own client
/// (§§ 11.7.1, 11.7.3).
const HOP_BY_HOP: [&[u8]; 10] = [
    b"connection",
    b"content-length",
    b"keep-alive",
    b"proxy-authenticate",
    b"proxy-authentication-info",
    b"proxy-connection",
    b"te",
    b"trailer",
    b"transfer-encoding",
    b"upgrade",
];

/// The most bytes of the names, and a comma for each, that the `connection` lines of a message have
/// together. More than a few names are an attack: each field is compared with all of them.
const MAX_OPTIONS: usize = 512;

/// Adds the fields of a message that are passed on: neither of its connection nor named by one of
/// its `connection` lines, wherever that stands, and of each singleton the last line. The others of
/// that are only checked.
///
/// The fields are walked twice, so that the work is linear in them.
pub(crate) fn forward<N, V>(
    fields: impl IntoIterator<Item = (N, V)> + Clone,
    mut add: impl FnMut(&str, &[u8]) -> Result<(), Error>,
) -> Result<(), Error>
where
    N: AsRef<str>,
    V: AsRef<[u8]>,
{
    let mut options = Vec::<u8, MAX_OPTIONS>::new();
    // How many lines of each singleton are still to come.
    let mut left = [0_usize; FieldId::SINGLETONS];
    for (name, value) in fields.clone() {
        let name = name.as_ref().as_bytes();
        if is_name(name, b"connection") {
            for part in Members(value.as_ref()).flat_map(|option| [option, b","]) {
                let result = options.extend_from_slice(part);
                result.map_err(|_| Error::HeaderValue(Place::UNKNOWN))?;
            }
        }
        if let Some(left) = left.get_mut(FieldId::of(name) as usize) {
            *left = left.wrapping_add(1);
        }
    }
    for (name, value) in fields {
        let (name, value) = (name.as_ref(), without_blanks(value.as_ref()));
        let bytes = name.as_bytes();
        if HOP_BY_HOP.iter().any(|field| is_name(bytes, field))
            || Members(&options).any(|option| option.eq_ignore_ascii_case(bytes))
        {
            continue;
        }
        let left = left.get_mut(FieldId::of(bytes) as usize).map(|left| {
            *left = left.wrapping_sub(1);
            *left
        });
        match left {
            None | Some(0) => add(name, value)?,
            Some(_) => write_field(&mut Buf::new(&mut []), name, value)?,
        }
    }
    Ok(())
}
