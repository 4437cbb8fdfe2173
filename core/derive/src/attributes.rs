//! The attributes of a struct and of its fields: those of `serde`, and `model`.

use syn::meta::ParseNestedMeta;
use syn::{Attribute, ExprPath, LitStr, Path, Token, WherePredicate, punctuated::Punctuated};

use crate::case::Case;

/// The place where a default comes from.
pub(crate) enum Default {
    Trait,
    Function(ExprPath),
}

/// The attributes of a struct.
#[derive(std::default::Default)]
pub(crate) struct OfStruct {
    pub(crate) case: Option<Case>,
    pub(crate) is_transparent: bool,
    /// The path of the crate `replywire`.
    pub(crate) krate: Option<Path>,
    pub(crate) shared: Shared,
}

/// The attributes of a field.
#[derive(std::default::Default)]
pub(crate) struct OfField {
    /// The fields of its value stand among the others.
    pub(crate) is_flat: bool,
    /// It is never written.
    pub(crate) is_hidden: bool,
    /// Its default is not compared.
    pub(crate) no_default: bool,
    /// Nothing is known of its shape.
    pub(crate) is_opaque: bool,
    pub(crate) serialize_with: Option<ExprPath>,
    pub(crate) shared: Shared,
    pub(crate) skip_if: Option<ExprPath>,
}

/// The attributes that a struct and a field can both have.
#[derive(std::default::Default)]
pub(crate) struct Shared {
    /// The bounds in place of those that are found.
    pub(crate) bound: Option<Vec<WherePredicate>>,
    pub(crate) default: Option<Default>,
    /// The name of the type, or the alias of the field.
    pub(crate) rename: Option<String>,
}

impl Shared {
    /// Reads an attribute of `serde`, if it is one of these; else returns false.
    fn read(&mut self, meta: &ParseNestedMeta<'_>) -> syn::Result<bool> {
        match &*word(meta) {
            "bound" => for_serialize(meta, |text| {
                self.bound = Some(predicates(text)?);
                Ok(())
            })?,
            "default" => self.default = Some(default(meta)?),
            "rename" => for_serialize(meta, |text| {
                self.rename = Some(text.value());
                Ok(())
            })?,
            _ => return Ok(false),
        }
        Ok(true)
    }
}

impl OfField {
    /// Tells whether the field is written whatever it holds, and as one.
    pub(crate) fn is_always_written(&self) -> bool {
        !self.is_flat && !self.is_hidden && self.skip_if.is_none()
    }
}

impl OfStruct {
    pub(crate) fn read(attributes: &[Attribute]) -> syn::Result<Self> {
        let mut read = Self::default();
        each(attributes, "model", |meta| match &*word(&meta) {
            "crate" => {
                read.krate = Some(text(&meta)?.parse_with(Path::parse_mod_style)?);
                Ok(())
            }
            word => Err(meta.error(format!("`{word}` is no attribute of a model"))),
        })?;
        each(attributes, "serde", |meta| match &*word(&meta) {
            _ if read.shared.read(&meta)? => Ok(()),
            "rename_all" => for_serialize(&meta, |text| {
                read.case = Some(Case::read(text)?);
                Ok(())
            }),
            "transparent" => {
                read.is_transparent = true;
                Ok(())
            }
            // They are about reading alone.
            "crate" | "deny_unknown_fields" | "expecting" | "from" | "try_from" => ignore(&meta),
            word @ ("into" | "remote") => Err(meta.error(format!(
                "`{word}` is not for models: it serializes another type, which may be one"
            ))),
            "tag" => Err(meta.error(
                "`tag` is not for models: a field of their own names their kind, as \
                 `kind: &'static str`",
            )),
            word => Err(unknown(&meta, word)),
        })?;
        Ok(read)
    }
}

impl OfField {
    pub(crate) fn read(attributes: &[Attribute]) -> syn::Result<Self> {
        let mut read = Self::default();
        each(attributes, "model", |meta| match &*word(&meta) {
            "no_default" => {
                read.no_default = true;
                Ok(())
            }
            "opaque" => {
                read.is_opaque = true;
                Ok(())
            }
            word => Err(meta.error(format!("`{word}` is no attribute of a model's field"))),
        })?;
        each(attributes, "serde", |meta| match &*word(&meta) {
            _ if read.shared.read(&meta)? => Ok(()),
            "serialize_with" => {
                read.serialize_with = Some(text(&meta)?.parse()?);
                Ok(())
            }
            "skip" | "skip_serializing" => {
                read.is_hidden = true;
                Ok(())
            }
            "skip_serializing_if" => {
                read.skip_if = Some(text(&meta)?.parse()?);
                Ok(())
            }
            "with" => {
                let text = text(&meta)?;
                let mut path: ExprPath = text.parse()?;
                let function = syn::Ident::new("serialize", text.span());
                path.path.segments.push(function.into());
                read.serialize_with = Some(path);
                Ok(())
            }
            // They are about reading alone.
            "alias" | "borrow" | "deserialize_with" | "skip_deserializing" => ignore(&meta),
            "flatten" => {
                read.is_flat = true;
                Ok(())
            }
            word @ "getter" => Err(meta.error(format!("`{word}` is not for models"))),
            word => Err(unknown(&meta, word)),
        })?;
        Ok(read)
    }
}

/// Reads what stands in the attributes of this name.
fn each(
    attributes: &[Attribute],
    name: &str,
    mut read: impl FnMut(ParseNestedMeta<'_>) -> syn::Result<()>,
) -> syn::Result<()> {
    let mut attributes = attributes.iter().filter(|one| one.path().is_ident(name));
    attributes.try_for_each(|attribute| attribute.parse_nested_meta(&mut read))
}

fn word(meta: &ParseNestedMeta<'_>) -> String {
    let word = meta.path.get_ident().map(ToString::to_string);
    word.unwrap_or_default()
}

fn unknown(meta: &ParseNestedMeta<'_>, word: &str) -> syn::Error {
    meta.error(format!(
        "`{word}` is no attribute of serde's that models know"
    ))
}

fn text(meta: &ParseNestedMeta<'_>) -> syn::Result<LitStr> {
    meta.value()?.parse()
}

/// Reads a text that is for both ways, or that for writing among others:
/// `rename(serialize = "a", deserialize = "b")`.
fn for_serialize(
    meta: &ParseNestedMeta<'_>,
    mut read: impl FnMut(&LitStr) -> syn::Result<()>,
) -> syn::Result<()> {
    if meta.input.peek(Token![=]) {
        return read(&text(meta)?);
    }
    meta.parse_nested_meta(|meta| match &*word(&meta) {
        "serialize" => read(&text(&meta)?),
        "deserialize" => text(&meta).map(|_| ()),
        word => Err(unknown(&meta, word)),
    })
}

fn default(meta: &ParseNestedMeta<'_>) -> syn::Result<Default> {
    Ok(match meta.input.peek(Token![=]) {
        true => Default::Function(text(meta)?.parse()?),
        false => Default::Trait,
    })
}

fn predicates(text: &LitStr) -> syn::Result<Vec<WherePredicate>> {
    let parser = Punctuated::<WherePredicate, Token![,]>::parse_terminated;
    Ok(text.parse_with(parser)?.into_iter().collect())
}

fn ignore(meta: &ParseNestedMeta<'_>) -> syn::Result<()> {
    match meta.input.peek(Token![=]) {
        true => text(meta).map(|_| ()),
        false => Ok(()),
    }
}
