//! The errors of the compiler.

use syn::{DeriveInput, parse_str};

use crate::expand;

/// The error of a struct.
fn error(text: &str) -> String {
    let input: DeriveInput = parse_str(text).expect("an item");
    let error = expand::expand(&input).expect_err(text);
    let texts = error.into_iter().map(|error| error.to_string());
    texts.collect::<Vec<_>>().join("; ")
}

#[test]
fn what_is_no_struct_with_named_fields_is_told_so() {
    for (text, part) in [
        (
            "enum A { B }",
            "an enum of models derives `serde::Serialize`",
        ),
        ("union A { b: u8 }", "derived for structs"),
        ("struct A;", "one without is null"),
        ("struct A(u8, u8);", "a tuple is a list"),
        ("struct A();", "a tuple is a list"),
        (
            "#[serde(transparent)] struct A { a: u8, b: u8 }",
            "`transparent`",
        ),
    ] {
        let error = error(text);
        assert!(error.contains(part), "{text}: {error}");
    }
}

#[test]
fn an_attribute_that_is_not_supported_is_named() {
    for attribute in [
        "content = \"c\"",
        "into = \"B\"",
        "remote = \"B\"",
        "rename_all_fields = \"camelCase\"",
        "tag = \"t\"",
        "untagged",
        "variant_identifier",
    ] {
        let error = error(&format!("#[serde({attribute})] struct A {{ a: u8 }}"));
        let name = attribute.split(' ').next().expect("a name");
        assert!(error.contains(&format!("`{name}`")), "{attribute}: {error}");
    }
    for attribute in ["getter = \"a\"", "other", "skip_serialising", "untagged"] {
        let error = error(&format!("struct A {{ #[serde({attribute})] a: u8 }}"));
        let name = attribute.split(' ').next().expect("a name");
        assert!(error.contains(&format!("`{name}`")), "{attribute}: {error}");
    }
    assert!(error("#[model(opaque)] struct A { a: u8 }").contains("`opaque`"));
    assert!(error("struct A { #[model(crate = \"b\")] a: u8 }").contains("`crate`"));
}

#[test]
fn the_values_of_attributes_are_checked() {
    for (text, part) in [
        (
            "#[serde(rename_all = \"Camel\")] struct A { a: u8 }",
            "no rule of `rename_all`",
        ),
        (
            "struct A { #[serde(rename(write = \"b\"))] a: u8 }",
            "`write`",
        ),
        (
            "struct A { #[serde(flatten)] a: HashMap<u8, u8> }",
            "a map is not flattened",
        ),
        (
            "struct A { #[serde(flatten)] a: std::collections::BTreeMap<u8, u8> }",
            "a map",
        ),
        (
            "struct A { #[serde(flatten)] a: Option<Box<A>> }",
            "into itself",
        ),
        (
            "struct A { #[serde(flatten)] a: Option<Box<Self>> }",
            "into itself",
        ),
        (
            "struct A { #[serde(skip_serializing_if = \"1\")] a: u8 }",
            "expected identifier",
        ),
        ("struct A { #[serde(rename)] a: u8 }", "expected"),
        (
            "struct A(#[serde(skip_serializing)] u8);",
            "the field of a newtype",
        ),
        (
            "struct A { #[serde(serialize_with = \"f\")] a: Settable<u8> }",
            "hides whether it was set",
        ),
    ] {
        let error = error(text);
        assert!(error.contains(part), "{text}: {error}");
    }
}

#[test]
fn the_errors_of_all_fields_come_at_once() {
    let error = error("struct A { #[serde(other)] a: u8, b: u8, #[serde(getter = \"x\")] c: u8 }");
    assert!(
        error.contains("`other`") && error.contains("`getter`"),
        "{error}"
    );
}

#[test]
fn what_is_about_reading_is_passed_over() {
    let text = "#[serde(crate = \"s\", deny_unknown_fields, expecting = \"e\", from = \"F\", \
        try_from = \"T\", bound(deserialize = \"u8: Copy\"), rename(deserialize = \"B\"))] \
        struct A { #[serde(alias = \"b\", alias = \"c\", borrow, deserialize_with = \"d\", \
        skip_deserializing)] a: u8, #[serde(borrow = \"'a\")] b: u8 }";
    let input: DeriveInput = parse_str(text).expect("an item");
    assert!(expand::expand(&input).is_ok());
}
