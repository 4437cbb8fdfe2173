use core::convert::Infallible;

/// The next action of a driver, by [the protocol](crate::body#steps).
///
/// `F` is the form in which a machine asks to be filled, and `C` that in which it asks for a copy;
/// of one that never does, the form has no values, and a `match` needs no arm for it. A driver must
/// know every step, so a new one is a breaking change.
#[derive(Debug, Eq, PartialEq)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
pub enum Step<'t, F = Infallible, C = Infallible> {
    /// Copy bytes from the source straight to the connection, and then call `copied`.
    Copy(C),
    /// Nothing: everything was sent.
    Done,
    /// Give more of the body, and then call `filled`; or, where pieces are pushed, push the next
    /// one or the end.
    Fill(F),
    /// Write some of `bytes` to the connection, and then call `sent`.
    Send {
        /// The bytes to write, which are never empty.
        bytes: &'t [u8],
        /// True if others follow at once, so that these need not leave alone.
        more: bool,
    },
}

impl<'t, F, C> Step<'t, F, C> {
    /// Returns the bytes to send; none where this is another step.
    pub const fn bytes(&self) -> &'t [u8] {
        match self {
            Self::Send { bytes, .. } => bytes,
            _ => &[],
        }
    }
}

/// A body that leaves in steps, for drivers of any of them; see [the protocol](crate::body#steps).
///
/// Each has these methods as its own too, so this trait is only for code that is generic.
pub trait Steps: sealed::Sealed {
    /// The form in which it asks to be filled.
    type Fill<'t>
    where
        Self: 't;
    /// The form in which it asks for a copy.
    type Copy<'t>
    where
        Self: 't;
    /// The reason why the body broke off.
    type Error;

    /// Returns the next thing to do. Asking again without acting changes nothing.
    ///
    /// # Errors
    ///
    /// The body has broken off: nothing more is sent, and every further call is this error. If some
    /// of the reply has left, the connection must be closed.
    #[allow(clippy::type_complexity, reason = "each part of it is a step's")]
    fn step(&mut self) -> Result<Step<'_, Self::Fill<'_>, Self::Copy<'_>>, Self::Error>;

    /// Records that `n` bytes of the last [`Step::Send`] reached the connection. After any other
    /// step, nothing happens.
    fn sent(&mut self, n: usize);
}

pub(crate) mod sealed {
    pub trait Sealed {}
}

/// Makes machines with methods of these names [`Steps`].
macro_rules! steps {
    (
        impl[$($params:tt)*] $machine:ty {
            $(Fill<$fill_life:lifetime> = $fill:ty;)?
            $(Copy<$copy_life:lifetime> = $copy:ty;)?
            Error = $error:ty;
        }
    ) => {
        impl<$($params)*> crate::body::step::sealed::Sealed for $machine {}

        impl<$($params)*> crate::body::step::Steps for $machine {
            crate::body::step::steps!(@form Fill $($fill_life $fill)?);
            crate::body::step::steps!(@form Copy $($copy_life $copy)?);
            type Error = $error;

            #[inline]
            fn step(
                &mut self,
            ) -> Result<crate::body::step::Step<'_, Self::Fill<'_>, Self::Copy<'_>>, $error> {
                self.step()
            }

            #[inline]
            fn sent(&mut self, n: usize) {
                self.sent(n);
            }
        }
    };
    (@form $name:ident) => {
        type $name<'t> = core::convert::Infallible where Self: 't;
    };
    (@form $name:ident $life:lifetime $form:ty) => {
        type $name<$life> = $form where Self: $life;
    };
}
pub(crate) use steps;
