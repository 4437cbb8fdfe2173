//! The cookies of a request.

use crate::field::list::without_blanks;

/// The name and the value of each cookie of a `cookie` line. Pairs of nothing are passed over.
pub(crate) fn pairs(line: &[u8]) -> impl Iterator<Item = (&[u8], &[u8])> {
    let pairs = line.split(|byte| *byte == b';').map(without_blanks);
    pairs.filter(|pair| !pair.is_empty()).map(|pair| {
        // RFC 6265bis § 5.7: a cookie without a name is sent as its value alone.
        let equals = pair.iter().position(|byte| *byte == b'=');
        let Some((name, [_, value @ ..])) = equals.and_then(|at| pair.split_at_checked(at)) else {
            return (&[][..], pair);
        };
        (without_blanks(name), without_blanks(value))
    })
}

#[cfg(test)]
mod tests {
    use std::format;
    use std::string::String;
    use std::vec::Vec;

    use super::*;

    /// RFC 6265 § 4.2, and what is not: told plainly.
    fn model(line: &str) -> Vec<(&str, &str)> {
        let trim = |text| str::trim_matches(text, [' ', '\t']);
        let pairs = line.split(';').map(trim).filter(|pair| !pair.is_empty());
        pairs
            .map(|pair| match pair.split_once('=') {
                Some((name, value)) => (trim(name), trim(value)),
                None => ("", pair),
            })
            .collect()
    }

    #[test]
    fn every_short_line_is_read_as_a_plain_model_says() {
        let mut lines = Vec::from([String::new()]);
        for _ in 0..5 {
            let longer = lines.iter().flat_map(|line| {
                let next = ['a', '=', ';', ' ', '"', '\t'];
                next.map(|char| format!("{line}{char}"))
            });
            lines = longer.collect();
            for line in &lines {
                let want = model(line);
                let want = want
                    .iter()
                    .map(|(name, value)| (name.as_bytes(), value.as_bytes()));
                assert!(pairs(line.as_bytes()).eq(want), "{line:?}");
            }
        }
        let line = "sid=31d4d96e; theme=\"a b\";empty=; x=1=2; \u{ff}=\u{ff}";
        let want = [
            ("sid", "31d4d96e"),
            ("theme", "\"a b\""),
            ("empty", ""),
            ("x", "1=2"),
            ("\u{ff}", "\u{ff}"),
        ];
        assert!(pairs(line.as_bytes()).eq(want.map(|(a, b)| (a.as_bytes(), b.as_bytes()))));
    }
}
