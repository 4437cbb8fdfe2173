//! The functions of documents, for which no trait need be imported.

use super::by_hand::document::ByHand;
use super::by_hand::value::ToJson;
#[cfg(feature = "serde")]
use super::by_serde::document::BySerde;
#[cfg(feature = "serde")]
use super::by_serde::owned::OwnedBySerde;
use super::document::Document;
#[cfg(feature = "serde")]
use super::filter::filtered::Filtered;
use super::rules::Rules;
use crate::error::{Error, JsonError};

macro_rules! documents {
    ($([$($params:tt)*] $document:ty;)+) => {
        $(
            impl<$($params)*> $document {
                /// Writes the text to the front of `buf`, and counts its bytes, as
                /// [`Document::write`].
                ///
                /// # Errors
                ///
                /// As there.
                pub fn write(&self, buf: &mut [u8]) -> Result<usize, Error> {
                    Document::write(self, buf)
                }

                /// Writes the text to the front of `buf`, and counts its bytes; `None` where they
                /// do not fit or the value is invalid, as [`Document::try_write`].
                pub fn try_write(&self, buf: &mut [u8]) -> Option<usize> {
                    Document::try_write(self, buf)
                }

                /// Measures the text, in bytes.
                ///
                /// # Errors
                ///
                /// The value is invalid.
                pub fn measure(&self) -> Result<usize, JsonError> {
                    Document::measure(self)
                }
            }
        )+
    };
}

documents! {
    [T: ToJson + ?Sized, D: Rules] ByHand<'_, T, D>;
}

#[cfg(feature = "serde")]
documents! {
    [T: serde_core::Serialize + ?Sized, D: Rules] BySerde<'_, T, D>;
    [T: serde_core::Serialize, D: Rules] OwnedBySerde<T, D>;
    [T: serde_core::Serialize + ?Sized, D: Rules] Filtered<'_, '_, T, D>;
}
