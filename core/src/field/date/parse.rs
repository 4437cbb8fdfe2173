//! The three forms that a recipient reads, RFC 9110 § 5.6.7.

use super::civil;

/// Reads a date in any of the three forms, as seconds since the start of the year 0. `long_year`
/// makes four digits of two.
pub(super) fn parse(text: &[u8], mut long_year: impl FnMut(u16) -> u16) -> Option<u64> {
    let comma = text.iter().position(|byte| *byte == b',');
    let mut scan = Scan(text);
    let (year, month, day, time);
    match comma {
        // Sun, 06 Nov 1994 08:49:37 GMT
        Some(3) => {
            scan.short_day()?;
            scan.literal(b", ")?;
            day = scan.number(2)?;
            scan.literal(b" ")?;
            month = scan.month()?;
            scan.literal(b" ")?;
            year = scan.number(4)?;
            scan.literal(b" ")?;
            time = scan.time()?;
            scan.literal(b" GMT")?;
        }
        // Sunday, 06-Nov-94 08:49:37 GMT
        Some(_) => {
            scan.long_day()?;
            scan.literal(b", ")?;
            day = scan.number(2)?;
            scan.literal(b"-")?;
            month = scan.month()?;
            scan.literal(b"-")?;
            year = long_year(scan.number(2)?);
            scan.literal(b" ")?;
            time = scan.time()?;
            scan.literal(b" GMT")?;
        }
        // Sun Nov  6 08:49:37 1994
        None => {
            scan.short_day()?;
            scan.literal(b" ")?;
            month = scan.month()?;
            scan.literal(b" ")?;
            day = match scan.literal(b" ") {
                Some(()) => scan.number(1)?,
                None => scan.number(2)?,
            };
            scan.literal(b" ")?;
            time = scan.time()?;
            scan.literal(b" ")?;
            year = scan.number(4)?;
        }
    }
    if !scan.0.is_empty() {
        return None;
    }
    let (hour, minute, second) = time;
    let leap = second == 60;
    let date = civil::seconds(
        year,
        month,
        day as u8,
        hour as u8,
        minute as u8,
        if leap { 59 } else { second as u8 },
    )?;
    date.checked_add(u64::from(leap))
}

/// A text from whose front the parts of a date are taken. Numbers have at most four digits.
struct Scan<'t>(&'t [u8]);

impl Scan<'_> {
    fn literal(&mut self, want: &[u8]) -> Option<()> {
        self.0 = self.0.strip_prefix(want)?;
        Some(())
    }

    fn number(&mut self, digits: usize) -> Option<u16> {
        let (number, rest) = self.0.split_at_checked(digits)?;
        let mut value = 0u16;
        for digit in number {
            if !digit.is_ascii_digit() {
                return None;
            }
            value = value.wrapping_mul(10).wrapping_add(u16::from(digit - b'0'));
        }
        self.0 = rest;
        Some(value)
    }

    fn time(&mut self) -> Option<(u16, u16, u16)> {
        let hour = self.number(2)?;
        self.literal(b":")?;
        let minute = self.number(2)?;
        self.literal(b":")?;
        Some((hour, minute, self.number(2)?))
    }

    fn month(&mut self) -> Option<u8> {
        const MONTHS: [&[u8]; 12] = [
            b"Jan", b"Feb", b"Mar", b"Apr", b"May", b"Jun", b"Jul", b"Aug", b"Sep", b"Oct", b"Nov",
            b"Dec",
        ];
        self.any(&MONTHS).map(|index| index as u8 + 1)
    }

    fn short_day(&mut self) -> Option<()> {
        self.any(&[b"Mon", b"Tue", b"Wed", b"Thu", b"Fri", b"Sat", b"Sun"])
            .map(|_| ())
    }

    fn long_day(&mut self) -> Option<()> {
        const DAYS: [&[u8]; 7] = [
            b"Monday",
            b"Tuesday",
            b"Wednesday",
            b"Thursday",
            b"Friday",
            b"Saturday",
            b"Sunday",
        ];
        self.any(&DAYS).map(|_| ())
    }

    fn any(&mut self, names: &[&[u8]]) -> Option<usize> {
        let index = names.iter().position(|name| self.0.starts_with(name))?;
        self.literal(names.get(index)?)?;
        Some(index)
    }
}
