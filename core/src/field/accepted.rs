//! `Accept-Encoding`, RFC 9110 § 12.5.3.

use super::coding::Coding;
use super::grammar;
use super::list::{Members, values, without_blanks};

/// The content codings that a request takes, from its `accept-encoding` lines.
///
/// ```
/// use replywire::file::{Accepted, Coding};
///
/// let accepted = Accepted::new(["gzip, deflate", "br;q=0.5"]);
/// assert_eq!(accepted.quality(Coding::Brotli), 500);
///
/// let offered = [Coding::Brotli, Coding::Gzip, Coding::Identity];
/// assert_eq!(accepted.choose(offered), Some(Coding::Gzip));
/// assert_eq!(Accepted::new(["*"]).choose(offered), Some(Coding::Brotli));
/// ```
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
pub struct Accepted {
    /// True if there is such a line.
    is_told: bool,
    any: Option<u16>,
    brotli: Option<u16>,
    gzip: Option<u16>,
    identity: Option<u16>,
    zstd: Option<u16>,
}

impl Accepted {
    /// The name of the field: a reply that depends on it has it in `vary`.
    pub const FIELD: &str = "accept-encoding";

    /// Reads the `accept-encoding` lines among all fields of a request; see [`new`](Self::new).
    ///
    /// ```
    /// use replywire::file::{Accepted, Coding};
    ///
    /// let fields = [("host", "a"), ("Accept-Encoding", "gzip"), ("accept-encoding", "br;q=0.5")];
    /// let accepted = Accepted::of_fields(fields);
    /// assert_eq!(accepted, Accepted::new(["gzip, br;q=0.5"]));
    /// ```
    pub fn of_fields<N, V>(fields: impl IntoIterator<Item = (N, V)>) -> Self
    where
        N: AsRef<str>,
        V: AsRef<[u8]>,
    {
        Self::new(values(fields.into_iter(), Self::FIELD))
    }

    /// Reads the values of all `accept-encoding` lines, which are one list.
    ///
    /// A member that the grammar does not allow is passed over. Of one that is there twice, the
    /// lower quality counts.
    pub fn new<V: AsRef<[u8]>>(values: impl IntoIterator<Item = V>) -> Self {
        let mut accepted = Self::default();
        for value in values {
            accepted.add(value.as_ref());
        }
        accepted
    }

    /// Returns the quality of a coding in thousandths, 0 to 1000; 0 is refused.
    ///
    /// A body without a coding is acceptable unless `identity` or `*` says otherwise; if they say
    /// nothing, it comes last (1). Without a line every coding is acceptable; then the codings come
    /// last (1), since many clients that send no line can decode none.
    pub const fn quality(&self, coding: Coding) -> u16 {
        let told = match coding {
            Coding::Brotli => self.brotli,
            Coding::Gzip => self.gzip,
            Coding::Identity => self.identity,
            Coding::Zstd => self.zstd,
        };
        match (told, self.any, coding) {
            (Some(quality), _, _) | (None, Some(quality), _) => quality,
            (None, None, Coding::Identity) if self.is_told => LEAST,
            (None, None, Coding::Identity) => MOST,
            (None, None, _) if self.is_told => 0,
            (None, None, _) => LEAST,
        }
    }

    /// Returns the coding of the highest quality on offer; of equal ones, the first.
    ///
    /// `None` means that each is refused: a server may then send the content without a coding, or
    /// answer `406` (RFC 9110 § 12.5.3). The reply depends on the request, so it should say
    /// `vary: accept-encoding`.
    pub fn choose(&self, offered: impl IntoIterator<Item = Coding>) -> Option<Coding> {
        let (mut chosen, mut best) = (None, 0);
        for coding in offered {
            let quality = self.quality(coding);
            if quality > best {
                (chosen, best) = (Some(coding), quality);
            }
        }
        chosen
    }

    fn add(&mut self, value: &[u8]) {
        self.is_told = true;
        for (name, quality) in Members(value).filter_map(member) {
            let told = match name.len() {
                1 if name == b"*" => &mut self.any,
                2 if grammar::is_name(name, b"br") => &mut self.brotli,
                4 if grammar::is_name(name, b"gzip") => &mut self.gzip,
                4 if grammar::is_name(name, b"zstd") => &mut self.zstd,
                // RFC 9110 § 8.4.1.3
                6 if grammar::is_name(name, b"x-gzip") => &mut self.gzip,
                8 if grammar::is_name(name, b"identity") => &mut self.identity,
                _ => continue,
            };
            *told = Some(told.unwrap_or(MOST).min(quality));
        }
    }
}

const LEAST: u16 = 1;
const MOST: u16 = 1000;

/// `codings [ weight ]`, its quality in thousandths.
fn member(text: &[u8]) -> Option<(&[u8], u16)> {
    let mut parts = text.split(|byte| *byte == b';').map(without_blanks);
    let name = parts.next()?;
    let quality = match parts.next() {
        None => MOST,
        Some([b'q' | b'Q', b'=', value @ ..]) => thousandths(value)?,
        Some(_) => return None,
    };
    parts.next().is_none().then_some((name, quality))
}

/// `qvalue`, RFC 9110 § 12.4.2.
fn thousandths(text: &[u8]) -> Option<u16> {
    let (whole, mut digits): (_, &[u8]) = match text {
        [whole @ (b'0' | b'1')] => (whole, b""),
        [whole @ (b'0' | b'1'), b'.', digits @ ..] => (whole, digits),
        _ => return None,
    };
    let mut value = u16::from(whole & 1);
    for _ in 0..3 {
        let digit = match digits.split_first() {
            None => 0,
            Some((digit @ b'0'..=b'9', rest)) => {
                digits = rest;
                digit & 0xf
            }
            Some(_) => return None,
        };
        value = value * 10 + u16::from(digit);
    }
    (digits.is_empty() && value <= MOST).then_some(value)
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;
    use std::format;
    use std::string::{String, ToString};
    use std::vec::Vec;

    use super::*;

    const ALL: [Coding; 4] = [Coding::Brotli, Coding::Gzip, Coding::Identity, Coding::Zstd];

    fn qualities<const N: usize>(lines: [&str; N]) -> [u16; 4] {
        let accepted = Accepted::new(lines);
        ALL.map(|coding| accepted.quality(coding))
    }

    #[test]
    fn qualities_are_those_of_rfc_9110() {
        for (value, want) in [
            // Its own examples, § 12.5.3.
            ("compress, gzip", [0, 1000, 1, 0]),
            ("", [0, 0, 1, 0]),
            ("*", [1000, 1000, 1000, 1000]),
            ("compress;q=0.5, gzip;q=1.0", [0, 1000, 1, 0]),
            ("gzip;q=1.0, identity; q=0.5, *;q=0", [0, 1000, 500, 0]),
            // What browsers send.
            ("gzip, deflate, br, zstd", [1000, 1000, 1, 1000]),
            // Names have no case, and `x-gzip` is `gzip`.
            ("X-GZip;Q=0.25,\tBR ; q=0.125 ,", [125, 250, 1, 0]),
            ("identity;q=0", [0, 0, 0, 0]),
            ("*;q=0", [0, 0, 0, 0]),
            ("*;q=0.001, br", [1000, 1, 1, 1]),
            // What the grammar does not allow is passed over.
            (
                "gzip;q=1.1, br;q=, zstd;level=9, identity;q=0;q=1",
                [0, 0, 1, 0],
            ),
            ("gzip; q = 1, br q=1, zstd;q=0.0001, *;q=-0", [0, 0, 1, 0]),
            (",,;q=1, ;, gzip;", [0, 0, 1, 0]),
        ] {
            assert_eq!(qualities([value]), want, "{value}");
        }
    }

    #[test]
    fn without_a_line_every_coding_is_acceptable_and_the_plain_one_chosen() {
        assert_eq!(qualities([]), [1, 1, 1000, 1]);
        let accepted = Accepted::new::<&[u8]>([]);
        assert_eq!(accepted.choose(ALL), Some(Coding::Identity));
        assert_eq!(accepted.choose([Coding::Gzip]), Some(Coding::Gzip));
    }

    #[test]
    fn qvalues_are_read_as_the_grammar_says() {
        let mut valid = BTreeMap::new();
        for value in 0..=1000u16 {
            let (whole, digits) = (value / 1000, format!("{:03}", value % 1000));
            for len in 0..=3 {
                if digits[len..].bytes().all(|digit| digit == b'0') {
                    valid.insert(format!("{whole}.{}", &digits[..len]), value);
                    if len == 0 {
                        valid.insert(whole.to_string(), value);
                    }
                }
            }
        }
        let mut texts = Vec::from([String::new()]);
        for _ in 0..=6 {
            for text in &texts {
                let want = valid.get(text).copied();
                assert_eq!(thousandths(text.as_bytes()), want, "{text}");
            }
            let longer = texts
                .iter()
                .flat_map(|text| "01.9e".chars().map(move |char| format!("{text}{char}")));
            texts = longer.collect();
        }
        for (text, value) in valid {
            assert_eq!(thousandths(text.as_bytes()), Some(value), "{text}");
        }
    }

    #[test]
    fn every_short_list_on_any_lines_is_as_a_plain_model_says() {
        const MEMBERS: [(&str, Option<(&str, u16)>); 11] = [
            ("", None),
            ("gzip", Some(("gzip", 1000))),
            ("gzip;q=0", Some(("gzip", 0))),
            (" x-gzip ; q=0.7", Some(("gzip", 700))),
            ("br;q=0.50", Some(("br", 500))),
            ("identity", Some(("identity", 1000))),
            ("identity;q=0", Some(("identity", 0))),
            ("*", Some(("*", 1000))),
            ("*;q=0.", Some(("*", 0))),
            ("deflate", Some(("deflate", 1000))),
            ("zstd;q=9", None),
        ];
        let mut lists = Vec::from([Vec::new()]);
        for _ in 0..3 {
            let longer = lists
                .iter()
                .flat_map(|list| MEMBERS.map(|member| [list.as_slice(), &[member]].concat()));
            lists = longer.collect();
            for list in &lists {
                let texts: Vec<_> = list.iter().map(|(text, _)| *text).collect();
                let want = model(list.iter().filter_map(|(_, read)| *read));
                for lines in 1..=texts.len() {
                    let (first, last) = texts.split_at(lines);
                    let lines = [first.join(","), last.join(",")];
                    let lines = &lines[..1 + usize::from(!last.is_empty())];
                    let accepted = Accepted::new(lines);
                    let got = ALL.map(|coding| accepted.quality(coding));
                    assert_eq!(got, want, "{lines:?}");
                }
            }
        }
    }

    /// The qualities where there is a line.
    fn model(members: impl Iterator<Item = (&'static str, u16)>) -> [u16; 4] {
        let mut told = BTreeMap::new();
        for (name, quality) in members {
            let lowest = told.entry(name).or_insert(quality);
            *lowest = quality.min(*lowest);
        }
        ["br", "gzip", "identity", "zstd"].map(|name| match (told.get(name), told.get("*")) {
            (Some(quality), _) | (None, Some(quality)) => *quality,
            (None, None) => u16::from(name == "identity"),
        })
    }

    #[test]
    fn the_first_of_the_most_welcome_is_chosen() {
        const QUALITIES: [u16; 4] = [0, 1, 500, 1000];
        let mut orders = Vec::from([Vec::new()]);
        for _ in 0..ALL.len() {
            let longer: Vec<_> = orders
                .iter()
                .flat_map(|order: &Vec<Coding>| {
                    let rest = ALL.iter().filter(|coding| !order.contains(coding));
                    rest.map(|coding| [order.as_slice(), &[*coding]].concat())
                })
                .collect();
            orders.extend(longer);
        }
        for case in 0..256usize {
            let weights: Vec<_> = (0..4).map(|at| QUALITIES[case >> (2 * at) & 3]).collect();
            let members: Vec<_> = ALL
                .iter()
                .zip(&weights)
                .map(|(coding, quality)| {
                    let (whole, rest) = (quality / 1000, quality % 1000);
                    format!("{};q={whole}.{rest:03}", coding.as_str())
                })
                .collect();
            let accepted = Accepted::new([members.join(", ")]);
            for order in &orders {
                let weight = |coding: &Coding| {
                    weights[ALL.iter().position(|other| other == coding).unwrap()]
                };
                let most = order.iter().map(weight).max().unwrap_or(0);
                let first = order.iter().find(|coding| weight(coding) == most);
                let want = first.copied().filter(|_| most != 0);
                assert_eq!(accepted.choose(order.iter().copied()), want);
            }
        }
    }
}
