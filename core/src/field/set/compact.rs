/// A set of characters, one bit each: three words instead of a table, and one function that reads a
/// text by any set.
pub(crate) struct CharSet([u32; 3]);

impl CharSet {
    /// The set of these characters.
    pub(crate) const fn of(characters: &[u8]) -> Self {
        let [mut low, mut upper, mut lower] = [0; 3];
        let mut rest = characters;
        while let [byte, tail @ ..] = rest {
            let bit = 1 << (*byte & 31);
            match *byte >> 5 {
                1 => low |= bit,
                2 => upper |= bit,
                _ => lower |= bit,
            }
            rest = tail;
        }
        Self([low, upper, lower])
    }

    /// Tells if a character is in it.
    pub(crate) const fn has(&self, byte: u8) -> bool {
        let [low, upper, lower] = self.0;
        let word = match byte >> 5 {
            1 => low,
            2 => upper,
            3 => lower,
            _ => 0,
        };
        word >> (byte & 31) & 1 == 1
    }

    /// The number of characters at the start of a text that are in it.
    #[inline(never)]
    pub(crate) const fn run(&self, text: &[u8]) -> usize {
        let mut rest = text;
        while let [byte, tail @ ..] = rest {
            if !self.has(*byte) {
                break;
            }
            rest = tail;
        }
        text.len() - rest.len()
    }
}
