//! Types by their tokens: their names, and the parameters of a struct in them.

use proc_macro2::{Group, Ident, TokenStream, TokenTree};
use quote::{ToTokens as _, quote};
use syn::{DeriveInput, Generics, Type, WherePredicate, parse_quote};

/// The generics of a struct with more bounds.
pub(crate) fn with(generics: &Generics, bounds: Vec<WherePredicate>) -> Generics {
    let mut generics = generics.clone();
    generics.make_where_clause().predicates.extend(bounds);
    generics
}

/// Bounds of the parameters, and of their associated types, that occur in these types.
pub(crate) fn bounds<'t>(
    generics: &Generics,
    types: impl IntoIterator<Item = &'t Type>,
    bound: &TokenStream,
) -> Vec<WherePredicate> {
    let mut found: Vec<TokenStream> = Vec::new();
    for ty in types.into_iter().filter(|ty| !is_phantom(ty)) {
        walk(generics, ty.to_token_stream(), &mut found);
    }
    let mut texts: Vec<String> = Vec::new();
    found.retain(|one| {
        let text = one.to_string();
        let is_new = !texts.contains(&text);
        texts.push(text);
        is_new
    });
    let predicates = found.iter().map(|one| parse_quote!(#one: #bound));
    predicates.collect()
}

/// Tells whether a parameter that is no lifetime occurs in a type.
pub(crate) fn is_generic(generics: &Generics, ty: &Type) -> bool {
    let mut found = Vec::new();
    walk(generics, ty.to_token_stream(), &mut found);
    let mut consts = generics.const_params();
    !found.is_empty() || consts.any(|param| mentions(ty.to_token_stream(), &param.ident))
}

/// Tells whether a name occurs in tokens.
pub(crate) fn mentions(tokens: TokenStream, name: &Ident) -> bool {
    tokens.into_iter().any(|token| match token {
        TokenTree::Group(group) => mentions(group.stream(), name),
        TokenTree::Ident(ident) => ident == *name,
        _ => false,
    })
}

/// Finds `T` and `T::Item`.
fn walk(generics: &Generics, tokens: TokenStream, found: &mut Vec<TokenStream>) {
    let tokens: Vec<TokenTree> = tokens.into_iter().collect();
    let is_punct = |at: usize, char: char| match tokens.get(at) {
        Some(TokenTree::Punct(punct)) => punct.as_char() == char,
        _ => false,
    };
    let mut is_path = false;
    for (at, token) in tokens.iter().enumerate() {
        match token {
            TokenTree::Group(group) => walk(generics, group.stream(), found),
            TokenTree::Ident(ident) if !is_path && is_param(generics, ident) => {
                let of = is_punct(at + 1, ':') && is_punct(at + 2, ':');
                found.push(match tokens.get(at + 3) {
                    Some(TokenTree::Ident(item)) if of => quote!(#ident::#item),
                    _ => quote!(#ident),
                });
            }
            _ => {}
        }
        // What follows `::` or the mark of a lifetime is no parameter.
        is_path = is_punct(at, '\'') || at > 0 && is_punct(at, ':') && is_punct(at - 1, ':');
    }
}

fn is_param(generics: &Generics, ident: &Ident) -> bool {
    generics.type_params().any(|param| param.ident == *ident)
}

/// Gives a type in which a struct is named, and is not `Self`.
pub(crate) fn without_self(input: &DeriveInput, ty: &Type) -> syn::Result<Type> {
    let ident = &input.ident;
    let (_, ty_generics, _) = input.generics.split_for_impl();
    syn::parse2(replaced(ty.to_token_stream(), &quote!(#ident #ty_generics)))
}

fn replaced(tokens: TokenStream, of_self: &TokenStream) -> TokenStream {
    let tokens = tokens.into_iter().map(|token| match token {
        TokenTree::Group(group) => {
            let inner = replaced(group.stream(), of_self);
            let mut outer = Group::new(group.delimiter(), inner);
            outer.set_span(group.span());
            TokenTree::from(outer).into()
        }
        TokenTree::Ident(ident) if ident == "Self" => of_self.clone(),
        token => token.into(),
    });
    tokens.collect()
}

/// Gives tokens in which the lifetimes of a struct are `'static`.
pub(crate) fn with_static(generics: &Generics, tokens: TokenStream) -> TokenStream {
    let mut is_lifetime = false;
    let tokens = tokens.into_iter().map(|token| {
        let is_name = is_lifetime;
        is_lifetime = matches!(&token, TokenTree::Punct(punct) if punct.as_char() == '\'');
        match token {
            TokenTree::Ident(ident) if is_name && has_lifetime(generics, &ident) => {
                Ident::new("static", ident.span()).into()
            }
            TokenTree::Group(group) => {
                let inner = with_static(generics, group.stream());
                let mut outer = Group::new(group.delimiter(), inner);
                outer.set_span(group.span());
                outer.into()
            }
            token => token,
        }
    });
    tokens.collect()
}

fn has_lifetime(generics: &Generics, ident: &Ident) -> bool {
    let mut lifetimes = generics.lifetimes();
    lifetimes.any(|param| param.lifetime.ident == *ident)
}

/// `PhantomData`, of which nothing is asked.
pub(crate) fn is_phantom(ty: &Type) -> bool {
    is_named(ty, &["PhantomData"])
}

/// Tells whether the last name of a type's path is one of these.
pub(crate) fn is_named(ty: &Type, names: &[&str]) -> bool {
    let Type::Path(path) = ty else { return false };
    let last = path.path.segments.last();
    last.is_some_and(|last| names.iter().any(|name| last.ident == name))
}
