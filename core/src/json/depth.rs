//! Depth: how far values are in one another.

/// The depth to which arrays and objects may nest, and newtypes, unless
/// [`Shallow`](crate::json::Shallow) says less.
pub const MAX_DEPTH: u8 = 254;

/// The depth of a value: the arrays and objects around it in the lower byte, and the newtypes in
/// the upper one.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Depth(u16);

const NEWTYPE: u16 = 1 << 8;

/// One newtype less than none: more than `MAX_DEPTH` of them.
#[cfg(feature = "serde")]
const OUTSIDE: u16 = 255 * NEWTYPE;

impl Depth {
    /// The depth of a value in so many arrays and objects.
    #[inline(always)]
    pub(crate) const fn new(level: u8) -> Self {
        Self(level as u16)
    }

    /// Counts the arrays and objects around the value.
    #[inline(always)]
    pub(crate) const fn level(self) -> u8 {
        self.0 as u8
    }

    /// Counts the arrays and objects that the value may have one in another, with those around it
    /// at `most` so many.
    #[inline(always)]
    pub(crate) const fn left(self, most: u8) -> u8 {
        most.saturating_sub(self.level())
    }

    /// Goes into an array or an object, of which there are at `most` so many.
    #[inline(always)]
    pub(crate) const fn inside(self, most: u8) -> Option<Self> {
        match self.level() < most {
            true => Some(self.next()),
            false => None,
        }
    }

    /// Goes into an array or an object, or into what stands for one.
    #[inline(always)]
    pub(crate) const fn next(self) -> Self {
        // At most 254 plus one, so the upper byte stays.
        Self(self.0.wrapping_add(1))
    }

    /// Goes back out of it.
    #[cfg(feature = "serde")]
    #[inline(always)]
    pub(crate) const fn before(self) -> Self {
        Self(self.0.wrapping_sub(1))
    }

    /// Goes into a newtype, of which there are at `most` so many.
    #[inline(always)]
    pub(crate) const fn newtype(self, most: u8) -> Option<Self> {
        let inside = self.0.wrapping_add(NEWTYPE);
        match inside < (most as u16).wrapping_add(1).wrapping_mul(NEWTYPE) {
            true => Some(Self(inside)),
            false => None,
        }
    }

    /// Goes into a newtype that does not count, nor does the one in it: that makes up for this.
    #[cfg(feature = "serde")]
    #[inline(always)]
    pub(crate) const fn uncounted(self) -> Option<Self> {
        match self.0 < OUTSIDE {
            true => Some(Self(self.0.wrapping_sub(NEWTYPE))),
            false => None,
        }
    }
}
