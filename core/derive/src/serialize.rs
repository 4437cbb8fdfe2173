//! The code of `Serialize`.

use proc_macro2::{Span, TokenStream};
use quote::{quote, quote_spanned};
use syn::spanned::Spanned as _;
use syn::{Generics, Type, WherePredicate, parse_quote};

use crate::attributes::Default;
use crate::generics;
use crate::model::{Field, Form, Model};

/// Makes `impl Serialize`.
pub(crate) fn expand(model: &Model<'_>) -> TokenStream {
    let krate = &model.krate;
    let derived = quote!(#krate::__private::derived);
    let ident = &model.input.ident;
    let generics = generics::with(&model.input.generics, bounds(model, &derived));
    let (impl_generics, _, where_clause) = generics.split_for_impl();
    let (_, ty_generics, _) = model.input.generics.split_for_impl();
    let body = match &model.form {
        Form::Fields(fields) => of_fields(model, &derived, fields),
        Form::Newtype(field, name) => {
            let value = value(model, &derived, field);
            quote! {
                #derived::Serializer::serialize_newtype_struct(__serializer, #name, #value)
            }
        }
        Form::Transparent(field) => {
            let value = value(model, &derived, field);
            quote!(#derived::Serialize::serialize(#value, __serializer))
        }
    };
    quote! {
        #[automatically_derived]
        impl #impl_generics #derived::Serialize for #ident #ty_generics #where_clause {
            fn serialize<__S: #derived::Serializer>(
                &self,
                __serializer: __S,
            ) -> ::core::result::Result<__S::Ok, __S::Error> {
                #body
            }
        }
    }
}

fn of_fields(model: &Model<'_>, derived: &TokenStream, fields: &[Field]) -> TokenStream {
    let krate = &model.krate;
    let name = model.attributes.shared.rename.clone();
    let name = name.unwrap_or_else(|| syn::ext::IdentExt::unraw(&model.input.ident).to_string());
    let always = |field: &&Field| !field.attributes.is_flat && field.attributes.skip_if.is_none();
    let count = model.written().filter(always).count();
    let maybe = model.written().filter(|field| !always(field)).map(|field| {
        let count = match field.attributes.is_flat {
            true => {
                let value = value(model, derived, field);
                quote!(#derived::count_fields(#value))
            }
            false => quote!(1),
        };
        let member = &field.member;
        match &field.attributes.skip_if {
            Some(skip_if) => quote!(+ if #skip_if(&self.#member) { 0 } else { #count }),
            None => quote!(+ #count),
        }
    });
    let of_struct = model.attributes.shared.default.as_ref().map(|default| {
        let value = match default {
            Default::Trait => quote!(::core::default::Default::default()),
            Default::Function(path) => quote!(#path()),
        };
        quote!(let __default: Self = #value;)
    });
    let of_struct = of_struct.filter(|_| {
        let mut written = model.written();
        written.any(|field| has_default(field) && field.attributes.shared.default.is_none())
    });
    let steps = fields.iter().map(|field| step(model, derived, field));
    quote! {
        #of_struct
        let __len = #count #(#maybe)*;
        let __model = #krate::json::Model::new(__serializer, #name, __len)?;
        #(#steps)*
        __model.end()
    }
}

/// Makes the code that writes a field.
fn step(model: &Model<'_>, derived: &TokenStream, field: &Field) -> TokenStream {
    let krate = &model.krate;
    let Field {
        member,
        name,
        alias,
        attributes,
        ..
    } = field;
    let hidden = quote!(__model.hidden(#name)?);
    if attributes.is_hidden {
        return quote!(let __model = #hidden;);
    }
    let value = value(model, derived, field);
    let (write, hidden) = match attributes.is_flat {
        true => (
            quote!(__model.flatten(#value)?),
            quote!(__model.flatten(&())?),
        ),
        false => {
            let default = default(model, derived, field);
            let alias = (alias != name).then(|| quote!(.alias(#alias)));
            let field = quote!(#krate::json::Field::new(#name) #alias #default);
            (quote!(__model.field(#field, #value)?), hidden)
        }
    };
    match &attributes.skip_if {
        Some(skip_if) => quote! {
            let __model = if #skip_if(&self.#member) { #hidden } else { #write };
        },
        None => quote!(let __model = #write;),
    }
}

/// Tells whether a field may have a default.
fn has_default(field: &Field) -> bool {
    !field.attributes.is_flat && !field.attributes.no_default
}

/// Makes the note that a field has its default, or has not.
fn default(model: &Model<'_>, derived: &TokenStream, field: &Field) -> Option<TokenStream> {
    let Field { member, ty, .. } = field;
    if !has_default(field) {
        return None;
    }
    let default = match (
        &field.attributes.shared.default,
        &model.attributes.shared.default,
    ) {
        (Some(Default::Trait), _) => {
            quote_spanned!(at(ty)=> <#ty as ::core::default::Default>::default())
        }
        (Some(Default::Function(path)), _) => quote!(#path()),
        (None, Some(_)) => quote!(__default.#member),
        (None, None) => return None,
    };
    Some(quote_spanned! {at(ty)=>
        .default(#derived::is_default::<#ty>(&self.#member, &#default))
    })
}

/// The place of a type, for errors, where the names are those of the derive.
fn at(ty: &Type) -> Span {
    Span::call_site().located_at(ty.span())
}

/// Makes the value of a field, by reference.
fn value(model: &Model<'_>, derived: &TokenStream, field: &Field) -> TokenStream {
    let Field { member, ty, .. } = field;
    let Some(path) = &field.attributes.serialize_with else {
        return quote_spanned!(at(ty)=> &self.#member);
    };
    // A type of its own has the function for its `Serialize`.
    let ident = &model.input.ident;
    let (_, ty_generics, _) = model.input.generics.split_for_impl();
    let mut generics = generics::with(&model.input.generics, bounds(model, derived));
    generics.params.insert(0, parse_quote!('__a));
    let (impl_generics, with_generics, where_clause) = generics.split_for_impl();
    quote! {
        &{
            struct __With #impl_generics #where_clause {
                value: &'__a #ty,
                of: ::core::marker::PhantomData<&'__a #ident #ty_generics>,
            }
            impl #impl_generics #derived::Serialize for __With #with_generics #where_clause {
                fn serialize<__S: #derived::Serializer>(
                    &self,
                    __serializer: __S,
                ) -> ::core::result::Result<__S::Ok, __S::Error> {
                    #path(self.value, __serializer)
                }
            }
            __With { value: &self.#member, of: ::core::marker::PhantomData::<&Self> }
        }
    }
}

/// The bounds of the `impl`: those that the attributes name, or else what the fields ask of their
/// parameters.
fn bounds(model: &Model<'_>, derived: &TokenStream) -> Vec<WherePredicate> {
    if let Some(bound) = &model.attributes.shared.bound {
        return bound.clone();
    }
    let own: &Generics = &model.input.generics;
    let plain = model.written().filter(|field| {
        field.attributes.serialize_with.is_none() && field.attributes.shared.bound.is_none()
    });
    let types = plain.map(|field| &field.ty);
    let mut bounds = generics::bounds(own, types, &quote!(#derived::Serialize));
    let of_fields = model
        .written()
        .filter_map(|field| field.attributes.shared.bound.clone());
    bounds.extend(of_fields.flatten());
    let Form::Fields(fields) = &model.form else {
        return bounds;
    };
    // Defaults are compared.
    for field in fields.iter().filter(|field| !field.attributes.is_hidden) {
        let ty = &field.ty;
        if !has_default(field) || !generics::is_generic(own, ty) {
            continue;
        }
        match (
            &field.attributes.shared.default,
            &model.attributes.shared.default,
        ) {
            (Some(Default::Trait), _) => bounds.push(parse_quote! {
                #ty: ::core::cmp::PartialEq + ::core::default::Default
            }),
            (Some(_), _) | (None, Some(_)) => {
                bounds.push(parse_quote!(#ty: ::core::cmp::PartialEq));
            }
            (None, None) => {}
        }
    }
    if let Some(Default::Trait) = &model.attributes.shared.default
        && own.type_params().next().is_some()
    {
        let ident = &model.input.ident;
        let (_, ty_generics, _) = own.split_for_impl();
        bounds.push(parse_quote!(#ident #ty_generics: ::core::default::Default));
    }
    bounds
}
