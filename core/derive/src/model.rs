//! A model: the struct as it is read.

use quote::ToTokens as _;
use syn::ext::IdentExt as _;
use syn::{Data, DeriveInput, Fields, Member, Path, Type, parse_quote};

use crate::attributes::{OfField, OfStruct};
use crate::generics::{self, is_named, is_phantom};

/// A struct whose values are models.
pub(crate) struct Model<'i> {
    pub(crate) input: &'i DeriveInput,
    pub(crate) attributes: OfStruct,
    /// The path of the crate `replywire`.
    pub(crate) krate: Path,
    pub(crate) form: Form,
}

pub(crate) enum Form {
    /// Named fields.
    Fields(Vec<Field>),
    /// A value in a newtype of this name.
    Newtype(Field, String),
    /// A value that stands for the struct.
    Transparent(Field),
}

/// A field.
pub(crate) struct Field {
    pub(crate) attributes: OfField,
    pub(crate) member: Member,
    /// The name by which filters mean it.
    pub(crate) name: String,
    pub(crate) alias: String,
    pub(crate) ty: Type,
}

impl<'i> Model<'i> {
    pub(crate) fn read(input: &'i DeriveInput) -> syn::Result<Self> {
        let no_struct = |text| Err(syn::Error::new_spanned(&input.ident, text));
        let Data::Struct(data) = &input.data else {
            return no_struct(
                "`Model` is derived for structs; an enum of models derives `serde::Serialize`",
            );
        };
        let attributes = OfStruct::read(&input.attrs)?;
        let mut fields = Vec::new();
        let mut errors: Option<syn::Error> = None;
        for (field, member) in data.fields.iter().zip(data.fields.members()) {
            match Field::read(input, field, member, &attributes) {
                Ok(field) => fields.push(field),
                Err(error) => match &mut errors {
                    Some(errors) => errors.combine(error),
                    None => errors = Some(error),
                },
            }
        }
        if let Some(errors) = errors {
            return Err(errors);
        }
        let name = attributes.shared.rename.clone();
        let name = name.unwrap_or_else(|| input.ident.unraw().to_string());
        let form = match (&data.fields, attributes.is_transparent) {
            (_, true) => {
                fields.retain(|field| !field.attributes.is_hidden && !is_phantom(&field.ty));
                match only(fields) {
                    Some(field) => Form::Transparent(field),
                    None => return no_struct("`transparent` is for structs with one field"),
                }
            }
            (Fields::Named(_), false) => Form::Fields(fields),
            (Fields::Unnamed(_), false) => match only(fields) {
                Some(field) if !field.attributes.is_always_written() => {
                    return no_struct("the field of a newtype is written always, and as it is");
                }
                Some(field) => Form::Newtype(field, name),
                None => {
                    return no_struct(
                        "`Model` is derived for structs with named fields: a tuple is a list, and \
                         derives `serde::Serialize`",
                    );
                }
            },
            (Fields::Unit, false) => {
                return no_struct(
                    "`Model` is derived for structs with named fields: one without is null, and \
                     derives `serde::Serialize`",
                );
            }
        };
        let krate = attributes.krate.clone();
        Ok(Self {
            krate: krate.unwrap_or_else(|| parse_quote!(::replywire)),
            input,
            attributes,
            form,
        })
    }

    /// The fields that are written, or may be.
    pub(crate) fn written(&self) -> impl Iterator<Item = &Field> {
        let fields = match &self.form {
            Form::Fields(fields) => fields.as_slice(),
            Form::Newtype(field, _) | Form::Transparent(field) => std::slice::from_ref(field),
        };
        fields.iter().filter(|field| !field.attributes.is_hidden)
    }
}

impl Field {
    fn read(
        input: &DeriveInput,
        field: &syn::Field,
        member: Member,
        of: &OfStruct,
    ) -> syn::Result<Self> {
        let attributes = OfField::read(&field.attrs)?;
        if attributes.is_flat && is_named(&field.ty, &["BTreeMap", "HashMap"]) {
            return Err(syn::Error::new_spanned(
                &field.ty,
                "a map is not flattened into a model: no filter knows the names in it",
            ));
        }
        if attributes.serialize_with.is_some() && is_named(&field.ty, &["Settable"]) {
            return Err(syn::Error::new_spanned(
                &field.ty,
                "a function that serializes a `Settable` hides whether it was set: have it \
                 serialize a type of your own within",
            ));
        }
        let ty = generics::without_self(input, &field.ty)?;
        if attributes.is_flat && generics::mentions(ty.to_token_stream(), &input.ident) {
            return Err(syn::Error::new_spanned(
                &field.ty,
                "a model is not flattened into itself",
            ));
        }
        let name = field.ident.as_ref().map(|ident| ident.unraw().to_string());
        let name = name.unwrap_or_default();
        let alias = match (&attributes.shared.rename, of.case) {
            (Some(alias), _) => alias.clone(),
            (None, Some(case)) => case.apply(&name),
            (None, None) => name.clone(),
        };
        Ok(Self {
            attributes,
            member,
            name,
            alias,
            ty,
        })
    }
}

fn only(fields: Vec<Field>) -> Option<Field> {
    let mut fields = fields.into_iter();
    fields.next().filter(|_| fields.next().is_none())
}
