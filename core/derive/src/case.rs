//! The rules of `rename_all`.

use syn::LitStr;

/// A rule by which the names of fields become aliases.
#[derive(Clone, Copy)]
pub(crate) enum Case {
    Camel,
    Kebab,
    Pascal,
    /// As fields are named.
    Snake,
    ScreamingKebab,
    Upper,
}

impl Case {
    pub(crate) fn read(text: &LitStr) -> syn::Result<Self> {
        Ok(match text.value().as_str() {
            "lowercase" | "snake_case" => Self::Snake,
            "UPPERCASE" | "SCREAMING_SNAKE_CASE" => Self::Upper,
            "PascalCase" => Self::Pascal,
            "camelCase" => Self::Camel,
            "kebab-case" => Self::Kebab,
            "SCREAMING-KEBAB-CASE" => Self::ScreamingKebab,
            _ => return Err(syn::Error::new(text.span(), "no rule of `rename_all`")),
        })
    }

    /// Gives the alias of a field.
    pub(crate) fn apply(self, name: &str) -> String {
        match self {
            Self::Snake => name.to_owned(),
            Self::Upper => name.to_ascii_uppercase(),
            Self::Kebab => name.replace('_', "-"),
            Self::ScreamingKebab => name.to_ascii_uppercase().replace('_', "-"),
            Self::Pascal => pascal(name),
            Self::Camel => {
                let pascal = pascal(name);
                let mut chars = pascal.chars();
                let first = chars.next().map(|first| first.to_ascii_lowercase());
                first.into_iter().chain(chars).collect()
            }
        }
    }
}

fn pascal(name: &str) -> String {
    let mut pascal = String::new();
    for word in name.split('_') {
        let mut chars = word.chars();
        pascal.extend(chars.next().map(|first| first.to_ascii_uppercase()));
        pascal.push_str(chars.as_str());
    }
    pascal
}
