/// A set of characters: whether it has a byte, for each.
pub(crate) struct CharSet([bool; 256]);

#[expect(
    clippy::indexing_slicing,
    reason = "the compiler sees that a byte is in range"
)]
impl CharSet {
    /// The set of these characters.
    pub(crate) const fn of(characters: &[u8]) -> Self {
        let mut table = [false; 256];
        let mut rest = characters;
        while let [byte, tail @ ..] = rest {
            table[*byte as usize] = true;
            rest = tail;
        }
        Self(table)
    }

    /// Tells if a character is in it.
    #[inline]
    pub(crate) const fn has(&self, byte: u8) -> bool {
        self.0[byte as usize]
    }

    /// The number of characters at the start of a text that are in it.
    #[inline]
    pub(crate) const fn run(&self, text: &[u8]) -> usize {
        let mut rest = text;
        // Eight at a time, with one branch for all of them.
        while let Some(([a, b, c, d, e, f, g, h], tail)) = rest.split_first_chunk() {
            let first = self.has(*a) & self.has(*b) & self.has(*c) & self.has(*d);
            if !(first & self.has(*e) & self.has(*f) & self.has(*g) & self.has(*h)) {
                break;
            }
            rest = tail;
        }
        while let [byte, tail @ ..] = rest {
            if !self.has(*byte) {
                break;
            }
            rest = tail;
        }
        text.len() - rest.len()
    }
}
