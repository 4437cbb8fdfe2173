/// Two numbers, of which each is 0 where it is not known.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
pub(super) struct Numbers {
    line: u16,
    byte: u16,
}

impl Numbers {
    pub(super) const UNKNOWN: Self = Self { line: 0, byte: 0 };

    pub(super) const fn at(index: usize) -> Self {
        Self {
            line: 0,
            byte: saturated(index.saturating_add(1)),
        }
    }

    pub(super) const fn in_line(self, line: usize) -> Self {
        Self {
            line: saturated(line),
            byte: self.byte,
        }
    }

    pub(super) const fn line(self) -> Option<u16> {
        known(self.line)
    }

    pub(super) const fn byte(self) -> Option<u16> {
        known(self.byte)
    }
}

const fn saturated(number: usize) -> u16 {
    match number < u16::MAX as usize {
        true => number as u16,
        false => u16::MAX,
    }
}

const fn known(number: u16) -> Option<u16> {
    match number {
        0 => None,
        number => Some(number),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_count_from_one_and_stop_at_the_last() {
        for (index, byte) in [(0, 1), (65_533, 65_534), (65_534, 65_535), (65_535, 65_535)] {
            assert_eq!(Numbers::at(index).byte(), Some(byte));
            let place = Numbers::at(index).in_line(index + 1);
            assert_eq!((place.line(), place.byte()), (Some(byte), Some(byte)));
        }
        let last = Numbers::at(usize::MAX).in_line(usize::MAX);
        assert_eq!((last.line(), last.byte()), (Some(u16::MAX), Some(u16::MAX)));
        assert_eq!(
            (Numbers::UNKNOWN.line(), Numbers::UNKNOWN.byte()),
            (None, None)
        );
    }
}
