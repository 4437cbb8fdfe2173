#![doc = include_str!("../README.md")]

use proc_macro::TokenStream;
use syn::{DeriveInput, parse_macro_input};

mod attributes;
mod case;
mod expand;
mod generics;
mod model;
mod serialize;
mod shape;
#[cfg(test)]
mod tests;

/// Derives a response model: `serde`'s `Serialize` for a struct, with all that a filter asks of its
/// fields, and `Shaped`. The documentation of the crate tells which attributes count.
#[doc(alias = "BaseModel")]
#[doc(alias = "exclude_unset")]
#[doc(alias = "response_model")]
#[proc_macro_derive(Model, attributes(model, serde))]
pub fn derive_model(input: TokenStream) -> TokenStream {
    let input = parse_macro_input!(input as DeriveInput);
    expand::expand(&input)
        .unwrap_or_else(syn::Error::into_compile_error)
        .into()
}
