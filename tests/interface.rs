//! The rules of the public interface, read from the texts of it: what may grow can grow without a
//! break, and traits are implemented by whom they are meant for.

use std::collections::BTreeSet;
use std::fs;

use conformance::source_files::workspace;

/// The enums that users match without an arm for the rest, and why none will be added.
const WHOLE_ENUMS: [(&str, &str); 7] = [
    (
        "replywire::Leaving",
        "a reply is whole or it leaves in steps: a driver that does not know how cannot send it",
    ),
    (
        "replywire::body::Step",
        "a driver has to do each step, or it would never end",
    ),
    ("replywire::request::ContentStep", "as `Step`"),
    ("replywire::request::RequestStep", "as `Step`"),
    (
        "replywire::request::Scanned",
        "whoever looks for a head has to act on each outcome, as on a `Step`",
    ),
    (
        "replywire_embedded::Phase",
        "a transport has to know for each wait how long it may take, or a peer could wait for ever",
    ),
    (
        "replywire_std::Message",
        "WebSocket has no other kinds, RFC 6455 § 5.6",
    ),
];

/// The structs that users make by their fields, and why there will be no other field.
const WHOLE_STRUCTS: [(&str, &str); 10] = [
    ("replywire::body::JsonItem", "as `TextItem`"),
    (
        "replywire::body::TextItem",
        "the name of a way to read what it holds",
    ),
    (
        "replywire_embedded::Buffers",
        "the memory of a connection is lent by whoever has it: more of it would be a break anyhow",
    ),
    ("replywire_embedded::Logged", "as `TextItem`"),
    ("replywire_embedded::Plain", "as `TextItem`"),
    ("replywire_embedded::blocking::Std", "as `TextItem`"),
    (
        "replywire_http::ForReply",
        "an extractor, taken apart where it is received",
    ),
    ("replywire_std::FromFutures", "as `TextItem`"),
    ("replywire_std::Unfailing", "as `TextItem`"),
    ("replywire_tokio::FromTokio", "as `TextItem`"),
];

/// The traits that users implement, and for what.
const OPEN_TRAITS: [(&str, &str); 32] = [
    ("replywire::body::Chunk", "chunks of their own"),
    ("replywire::body::Content", "contents of their own"),
    ("replywire::body::IntoChunk", "items of their own"),
    ("replywire::json::Shaped", "models by hand"),
    ("replywire::json::ToJson", "values by hand"),
    ("replywire::request::HostedParts", "other servers as hosts"),
    (
        "replywire_async_std::DynHandler",
        "nobody: each handler has it",
    ),
    ("replywire_async_std::Handler", "handlers"),
    (
        "replywire_async_std::prelude::Handler",
        "the same by its other path",
    ),
    ("replywire_embedded::Chunks", "sources of chunks"),
    ("replywire_embedded::FileSource", "files from elsewhere"),
    ("replywire_embedded::Handler", "handlers"),
    ("replywire_embedded::Items", "sources of values"),
    ("replywire_embedded::Transport", "transports"),
    ("replywire_files::FileTransport", "transports"),
    ("replywire_http::Handler", "handlers"),
    ("replywire_smol::DynHandler", "nobody: each handler has it"),
    ("replywire_smol::Handler", "handlers"),
    (
        "replywire_smol::prelude::Handler",
        "the same by its other path",
    ),
    ("replywire_std::CoreRuntime", "another runtime"),
    ("replywire_std::FuturesIo", "another runtime"),
    ("replywire_std::Handles", "another runtime, by `adapter!`"),
    ("replywire_std::Listen", "listeners of their own"),
    ("replywire_std::Observe", "hooks"),
    ("replywire_std::Runtime", "another runtime"),
    (
        "replywire_std::SendFn",
        "nobody: each async function has it",
    ),
    ("replywire_std::Socket", "another runtime"),
    ("replywire_std::Streams", "another runtime"),
    ("replywire_std::Timer", "another runtime"),
    ("replywire_tokio::DynHandler", "nobody: each handler has it"),
    ("replywire_tokio::Handler", "handlers"),
    (
        "replywire_tokio::prelude::Handler",
        "the same by its other path",
    ),
];

/// The lines of the interface of all crates.
fn lines() -> Vec<String> {
    let mut texts = vec![workspace().join("core/api.txt")];
    for entry in fs::read_dir(workspace().join("adapters")).expect("a folder") {
        texts.push(entry.expect("an entry").path().join("api.txt"));
    }
    texts.retain(|text| text.is_file());
    assert_eq!(texts.len(), 8, "{texts:?}");
    let texts = texts
        .iter()
        .map(|path| fs::read_to_string(path).expect("a text"));
    texts
        .flat_map(|text| text.lines().map(str::to_owned).collect::<Vec<_>>())
        .collect()
}

/// The path at the start of an item, without its parameters.
fn path(item: &str) -> &str {
    let is_end = |at: usize| {
        let rest = &item[at..];
        let is_colon = rest.starts_with(':') && !rest.starts_with("::");
        is_colon && !item[..at].ends_with(':') || rest.starts_with(['<', '(', ' ', ';'])
    };
    let end = (0..item.len()).find(|at| is_end(*at));
    &item[..end.unwrap_or(item.len())]
}

/// The items of a kind that have no mark that more may come, by their paths.
fn exhaustive<'l>(lines: &'l [String], kind: &'l str) -> impl Iterator<Item = &'l str> {
    let items = lines.iter().filter_map(move |line| line.strip_prefix(kind));
    items.map(path)
}

/// Fails unless those that were found are those of the list.
fn are_listed(found: &BTreeSet<&str>, list: &[(&str, &str)]) {
    let listed: BTreeSet<&str> = list.iter().map(|(path, _)| *path).collect();
    assert_eq!(listed.len(), list.len());
    let more: Vec<_> = found.difference(&listed).collect();
    assert!(more.is_empty(), "not listed with a reason: {more:?}");
    let gone: Vec<_> = listed.difference(found).collect();
    assert!(gone.is_empty(), "listed, and not there: {gone:?}");
}

#[test]
fn paths_end_before_parameters_and_types() {
    for (item, want) in [
        ("a::B", "a::B"),
        ("a::B<'t, T>", "a::B"),
        ("a::B(pub T)", "a::B"),
        ("a::B: c::D", "a::B"),
        ("a::B::c: usize", "a::B::c"),
    ] {
        assert_eq!(path(item), want);
    }
}

#[test]
fn an_enum_may_grow_or_is_listed_with_the_reason_why_it_does_not() {
    let lines = lines();
    are_listed(&exhaustive(&lines, "pub enum ").collect(), &WHOLE_ENUMS);
}

#[test]
fn a_struct_with_public_fields_may_grow_or_is_listed_with_the_reason_why_it_does_not() {
    let lines = lines();
    let has_fields = |item: &&str| {
        let field = format!("pub {}::", path(item));
        // Associated items begin with their kind, so what begins with the path is a field.
        item.contains("(pub ") || lines.iter().any(|line| line.starts_with(&field))
    };
    let structs = lines
        .iter()
        .filter_map(|line| line.strip_prefix("pub struct "));
    are_listed(
        &structs.filter(has_fields).map(path).collect(),
        &WHOLE_STRUCTS,
    );
}

#[test]
fn a_trait_is_sealed_or_listed_with_what_users_implement_it_for() {
    let lines = lines();
    let traits = lines
        .iter()
        .filter_map(|line| line.strip_prefix("pub trait "));
    let is_open = |item: &&str| {
        // Traits that nobody can name stand in private modules, or without a path.
        let (_, above) = item.split_once(": ").unwrap_or_default();
        !above.split(" + ").any(|above| {
            let is_private = |part: &str| above.contains(&format!("::{part}::"));
            !above.contains("::") && !above.starts_with('\'')
                || ["sealed", "rules", "document::text"]
                    .into_iter()
                    .any(is_private)
        }) || above.is_empty()
    };
    are_listed(&traits.filter(is_open).map(path).collect(), &OPEN_TRAITS);
}

#[test]
fn what_is_private_is_not_in_the_interface() {
    let lines = lines();
    let private: Vec<_> = lines
        .iter()
        .filter(|line| line.contains("__private"))
        .collect();
    assert!(private.is_empty(), "{private:#?}");
}
