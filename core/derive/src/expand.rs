//! The code that comes of a model.

use proc_macro2::TokenStream;
use quote::quote;
use syn::DeriveInput;

use crate::model::Model;
use crate::{serialize, shape};

/// Makes the code for a struct.
pub(crate) fn expand(input: &DeriveInput) -> syn::Result<TokenStream> {
    let model = Model::read(input)?;
    let serialize = serialize::expand(&model);
    let shape = shape::expand(&model);
    Ok(quote! {
        #[allow(deprecated)]
        const _: () = {
            #serialize
            #shape
        };
    })
}
