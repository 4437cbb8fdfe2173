//! The rules of the house that show in the sources: who may import from whom, what adapters do not
//! know, where targets differ, how documentation reads, how long files are.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::sync::OnceLock;

use conformance::imports::{Crate, Import, Source};
use conformance::source_files::{sources, workspace};
use conformance::tokens::{Kind, Token, attribute};

/// The rooms of the core, each built on those before it.
const ROOMS: [&str; 9] = [
    "error", "write", "field", "head", "request", "json", "body", "file", "response",
];

/// The most lines of a file.
const MOST_LINES: usize = 450;

/// Longer files, and why they are one idea.
const LONG: [(&str, &str); 1] = [(
    "adapters/files/src/tests.rs",
    "one tree of files, links and devices, which all its tests look into",
)];

/// The core and the adapters, by the paths of their sources.
fn all() -> &'static BTreeMap<String, Crate> {
    static ALL: OnceLock<BTreeMap<String, Crate>> = OnceLock::new();
    ALL.get_or_init(|| {
        let mut folders = vec![CORE.to_owned(), DERIVE.to_owned()];
        for entry in fs::read_dir(workspace().join("adapters")).expect("a folder") {
            let name = entry.expect("an entry").file_name();
            folders.push(format!("adapters/{}/src", name.to_string_lossy()));
        }
        let with_sources = folders.into_iter().filter_map(|folder| {
            let path = workspace().join(&folder);
            path.is_dir().then(|| (folder, Crate::new(sources(&path))))
        });
        let all: BTreeMap<_, _> = with_sources.collect();
        assert!(all.len() > 5 && all[CORE].files.len() > 50, "{all:?}");
        all
    })
}

const CORE: &str = "core/src";
const DERIVE: &str = "core/derive/src";

fn core() -> &'static Crate {
    &all()[CORE]
}

/// Fails with all that breaks a rule.
fn none(broken: impl IntoIterator<Item = String>) {
    let broken: Vec<String> = broken.into_iter().collect();
    assert!(broken.is_empty(), "\n{}\n", broken.join("\n"));
}

/// Gathers what `rule` finds in each file of the crates.
fn everywhere(rule: impl Fn(&str, &str, &Source) -> Vec<(usize, String)>) -> Vec<String> {
    let mut broken = Vec::new();
    for (folder, krate) in all() {
        for (path, source) in &krate.files {
            for (line, what) in rule(folder, path, source) {
                broken.push(format!("{folder}/{path}:{line}: {what}"));
            }
        }
    }
    broken
}

/// Gathers what `rule` finds in the texts of all sources: also those of tests, examples and
/// firmware.
fn everywhere_written(rule: impl Fn(&str) -> Vec<(usize, String)>) -> Vec<String> {
    let mut broken = Vec::new();
    for folder in ["adapters", "core", "tests"] {
        let sources = sources(&workspace().join(folder));
        assert!(sources.len() > 30, "{folder}");
        for (path, text) in sources {
            for (line, what) in rule(&text) {
                broken.push(format!("{folder}/{path}:{line}: {what}"));
            }
        }
    }
    broken
}

#[test]
fn rooms_import_from_those_before_them() {
    none(across_rooms(core()));
}

/// Imports from a room that comes later, or by way of the crate's root.
fn across_rooms(krate: &Crate) -> Vec<String> {
    let room = |module: &str| ROOMS.iter().position(|room| *room == module);
    let room_of = |path: &str| {
        let first = path.split('/').next().unwrap_or_default();
        room(first.strip_suffix(".rs").unwrap_or(first))
    };
    let mut broken = Vec::new();
    for import in krate.imports() {
        // The root and what is about all of the crate stand above the rooms.
        let Some(own) = room_of(&import.from) else {
            continue;
        };
        let Import {
            from,
            line,
            path,
            to,
            ..
        } = &import;
        let path = path.join("::");
        let first = import.path.first().map(String::as_str).unwrap_or_default();
        // A macro's code is the user's, who has no rooms.
        if import.is_macro && first == "__private" {
            continue;
        }
        match room(first).or(room_of(to).filter(|_| import.is_test || import.is_macro)) {
            None => broken.push(format!("{from}:{line}: {path} is not named by its room")),
            Some(other) if other > own => {
                broken.push(format!("{from}:{line}: {path} is of a later room"));
            }
            Some(_) => {}
        }
    }
    broken
}

#[test]
fn every_file_of_the_core_is_in_a_room() {
    let files = core().files.keys().map(String::as_str);
    let is_outside = |path: &&str| {
        let is_in =
            |room: &str| path.starts_with(&format!("{room}/")) || *path == format!("{room}.rs");
        !matches!(*path, "lib.rs" | "format.rs") && !ROOMS.iter().any(|room| is_in(room))
    };
    none(files.filter(is_outside).map(str::to_owned));
}

#[test]
fn no_files_import_each_other() {
    let mut broken = Vec::new();
    for (folder, krate) in all() {
        let loops = circles(krate);
        broken.extend(
            loops
                .into_iter()
                .map(|circle| format!("{folder}: {circle}")),
        );
    }
    none(broken);
}

/// Files that import each other, directly or by way of others, with a line for each step.
fn circles(krate: &Crate) -> Vec<String> {
    let mut steps: BTreeMap<&str, BTreeMap<&str, usize>> = BTreeMap::new();
    let imports = krate.imports();
    // The root hands on what the crate is made of, and every file is below it.
    let counts = |import: &&Import| {
        let is_root = import.from == "lib.rs" || import.to == "lib.rs";
        !import.is_test && !import.is_handed_on && !is_root && import.from != import.to
    };
    for import in imports.iter().filter(counts) {
        let to = steps.entry(&import.from).or_default();
        to.entry(&import.to).or_insert(import.line);
    }
    let mut circles: BTreeMap<BTreeSet<&str>, String> = BTreeMap::new();
    for start in steps.keys() {
        if let Some(circle) = way(&steps, start) {
            let text = circle.windows(2).map(|pair| {
                let line = steps[pair[0]][pair[1]];
                format!("{}:{line} imports {}", pair[0], pair[1])
            });
            let text = text.collect::<Vec<_>>().join(", ");
            circles.entry(circle.into_iter().collect()).or_insert(text);
        }
    }
    circles.into_values().collect()
}

/// The shortest way from a file back to itself.
fn way<'p>(
    steps: &BTreeMap<&'p str, BTreeMap<&'p str, usize>>,
    start: &'p str,
) -> Option<Vec<&'p str>> {
    let mut ways = vec![vec![start]];
    let mut seen = BTreeSet::new();
    while !ways.is_empty() {
        let mut longer = Vec::new();
        for way in ways {
            let last = way.last().copied().unwrap_or(start);
            for next in steps.get(last).into_iter().flat_map(BTreeMap::keys) {
                let mut way = way.clone();
                way.push(next);
                if *next == start {
                    return Some(way);
                }
                if seen.insert(*next) {
                    longer.push(way);
                }
            }
        }
        ways = longer;
    }
    None
}

#[test]
fn adapters_name_no_field_and_no_status_line() {
    let fields = fields(core());
    assert!(fields.contains("content-length") && fields.contains("retry-after"));
    none(everywhere(|folder, _, source| match folder {
        CORE | DERIVE => Vec::new(),
        _ => named(source, &fields),
    }));
}

/// The names of fields: those that the core has, and others that are well known.
fn fields(core: &Crate) -> BTreeSet<String> {
    const OTHERS: &str = "accept accept-charset accept-encoding accept-language authorization \
        connection content-length cookie expect forwarded from host if-match if-modified-since \
        if-none-match if-range if-unmodified-since keep-alive max-forwards origin pragma \
        proxy-authorization range referer te trailer transfer-encoding upgrade user-agent via \
        x-forwarded-for x-request-id";
    let mut fields: BTreeSet<String> = OTHERS.split_whitespace().map(str::to_owned).collect();
    for path in ["field/id.rs", "field/name/mod.rs"] {
        let source = &core.files[path];
        let of_code = source.tokens.iter().filter(|token| !token.is_test);
        for window in of_code.collect::<Vec<_>>().windows(2) {
            // A row of a table: a constant's name, and the field's.
            if let (Some(_), Kind::Text(text)) = (window[0].word(), &window[1].kind) {
                let is_name = |byte: u8| byte.is_ascii_lowercase() || byte == b'-';
                if !text.is_empty() && text.bytes().all(is_name) {
                    fields.insert(text.clone());
                }
            }
        }
    }
    fields
}

/// Texts of the code, tests apart, that are a field's name, have a field's line or a status line.
fn named(source: &Source, fields: &BTreeSet<String>) -> Vec<(usize, String)> {
    if source.is_test {
        return Vec::new();
    }
    let is_field = |text: &str| fields.contains(&text.to_ascii_lowercase());
    let has_line = |text: &str| {
        // Escapes stand as they do in the source.
        let is_message = text.contains('{') && !text.contains("\\n");
        let lines = text
            .split("\\n")
            .flat_map(str::lines)
            .filter(|_| !is_message);
        let mut lines = lines.map(|line| line.trim_start_matches("\\r").trim_start());
        lines.any(|line| {
            line.starts_with("HTTP/1.")
                || line.split_once(':').is_some_and(|(name, _)| is_field(name))
        })
    };
    let tokens = source
        .tokens
        .iter()
        .filter(|token| !token.is_test && !token.is_attribute);
    tokens
        .filter_map(|token| match &token.kind {
            Kind::Text(text) if is_field(text) || has_line(text) => {
                Some((token.line, format!("{text:?}")))
            }
            _ => None,
        })
        .collect()
}

#[test]
fn targets_differ_in_pairs_of_files() {
    none(everywhere(|folder, path, source| {
        let is_chosen = || pairs(&all()[folder]).contains(path);
        match path.ends_with("mod.rs") || is_chosen() {
            true => Vec::new(),
            false => forks(source),
        }
    }));
}

/// The files that a `mod.rs` chooses by the width of pointers.
fn pairs(krate: &Crate) -> BTreeSet<String> {
    let mut pairs = BTreeSet::new();
    for (path, source) in &krate.files {
        let Some(folder) = path.strip_suffix("mod.rs") else {
            continue;
        };
        let chosen = source.children.iter().filter(|(_, is_chosen)| **is_chosen);
        pairs.extend(chosen.map(|(name, _)| format!("{folder}{name}.rs")));
    }
    pairs
}

/// Lines whose code depends on the width of pointers, but for whether a call is inlined.
fn forks(source: &Source) -> Vec<(usize, String)> {
    let mut found = Vec::new();
    let mut inlined = 0;
    for (at, token) in source.tokens.iter().enumerate() {
        let attribute = attribute(&source.tokens, at);
        if let Some(end) = attribute.filter(|end| is_inlining(&source.tokens[at..*end])) {
            inlined = end;
        }
        if token.is_word("target_pointer_width") && at >= inlined {
            found.push((token.line, "target_pointer_width".to_owned()));
        }
    }
    found
}

/// `#[cfg_attr(…, inline)]`, with or without how.
fn is_inlining(tokens: &[Token]) -> bool {
    let words: Vec<&str> = tokens.iter().filter_map(Token::word).collect();
    matches!(
        words[..],
        ["cfg_attr", .., "inline"] | ["cfg_attr", .., "inline", "always" | "never"]
    )
}

#[test]
fn documentation_opens_with_a_noun_or_a_verb() {
    none(everywhere_written(opened));
}

/// Blocks of documentation that open with a word that none should.
fn opened(text: &str) -> Vec<(usize, String)> {
    const BARRED: [&str; 7] = ["How", "That", "What", "Where", "Whether", "Who", "Why"];
    let mut found = Vec::new();
    let mut before = "";
    for (at, line) in text.lines().enumerate() {
        let line = line.trim_start();
        let doc = ["///", "//!"]
            .into_iter()
            .find(|mark| line.starts_with(mark));
        let mark = doc
            .filter(|_| !line.starts_with("////"))
            .unwrap_or_default();
        if !mark.is_empty() && mark != before {
            let sentence = line[mark.len()..].trim_start();
            let word: String = sentence
                .chars()
                .take_while(|char| char.is_alphabetic())
                .collect();
            if BARRED.contains(&word.as_str()) {
                found.push((at + 1, sentence.to_owned()));
            }
        }
        before = mark;
    }
    found
}

#[test]
fn lines_have_at_most_100_columns() {
    none(everywhere_written(wide));
}

fn wide(text: &str) -> Vec<(usize, String)> {
    let lines = text.lines().enumerate();
    let widths = lines.map(|(at, line)| (at + 1, line.chars().count()));
    let wide = widths.filter(|(_, width)| *width > 100);
    wide.map(|(line, width)| (line, format!("{width} columns")))
        .collect()
}

#[test]
fn files_are_short_or_listed_with_a_reason() {
    let mut listed: BTreeMap<&str, &str> = LONG.into_iter().collect();
    assert_eq!(listed.len(), LONG.len());
    let mut broken = Vec::new();
    for (folder, krate) in all() {
        for (path, source) in &krate.files {
            let path = format!("{folder}/{path}");
            let lines = source.text.lines().count();
            if lines > MOST_LINES && listed.remove(path.as_str()).is_none_or(str::is_empty) {
                broken.push(format!("{path}: {lines} lines"));
            }
        }
    }
    broken.extend(
        listed
            .keys()
            .map(|path| format!("{path}: listed, and short or gone")),
    );
    none(broken);
}

/// Small sources that the rules must refuse, and their like that they must not.
mod refusals {
    use super::*;

    fn krate(files: &[(&str, &str)]) -> Crate {
        let root = (
            "lib.rs",
            "mod field; mod head; mod json; mod write; pub use self::head::Status;",
        );
        let all = files.iter().copied().chain([root]);
        Crate::new(all)
    }

    /// Counts what is refused of a file of the room `head`; `write` and `field` are before that
    /// room and the room `json` is after.
    fn refused(source: &str) -> usize {
        across_rooms(&krate(&[
            ("head/status.rs", source),
            ("head/mod.rs", "mod status; pub use self::status::Status;"),
            (
                "json/mod.rs",
                "pub struct Value; pub use crate::write::Buf as Late;",
            ),
            ("field/mod.rs", "pub mod date; pub struct Name;"),
            ("field/date.rs", ""),
            ("write/mod.rs", "pub struct Buf;"),
        ]))
        .len()
    }

    #[test]
    fn a_later_room_is_refused_however_it_is_named() {
        for source in [
            "use crate::json::Value;",
            "pub(crate) use crate::json::Value as Other;",
            "use crate::json::*;",
            "use crate::json;",
            "use crate::{field::Name, json::Value};",
            "use crate::{\n    field::{Name, date},\n    json::{self},\n};",
            "use super::super::json::Value;",
            "mod inner { use super::super::super::json::Value; }",
            "fn f() { use crate::json::Value; }",
            "fn f() -> crate::json::Value { todo() }",
            "fn f() { for value in crate::json::Value {} }",
            "impl From<super::super::json::Value> for Status {}",
            "macro_rules! m { () => { $crate::json::Value } }",
            "#[cfg(feature = \"x\")] use crate::json::Value;",
            "#[cfg(not(feature = \"x\"))] fn f(_: crate::json::Value) {}",
            "#[cfg(test)] mod tests { use crate::json::Value; }",
            // The path that is written counts, whatever is handed on there.
            "use crate::json::Late;",
            "use crate::Status;",
            "fn f() { crate::Status::OK }",
            "use super::super::Status;",
            "use crate::*;",
        ] {
            assert_eq!(refused(source), 1, "{source}");
        }
        assert_eq!(refused("use crate::json::{Value, Late as X};"), 2);
    }

    #[test]
    fn rooms_before_and_the_own_room_are_not_refused() {
        for source in [
            "use crate::write::Buf;",
            "use crate::{field::{Name, date}, write::*};",
            "use super::super::field::Name;",
            "use super::other;",
            "pub(in crate::json) fn f() {}",
            "// use crate::json::Value;\n/// [`crate::json::Value`]\nfn f() {}",
            "const TEXT: &str = \"crate::json::Value\";",
            "use core::json::Value; use json::Value;",
            "#[cfg(test)] mod tests { use super::*; use crate::Status; use crate::field::date; }",
            "#[macro_export] macro_rules! m { () => { $crate::Status } }",
            "fn f<'a>() -> impl Sized + use<'a> {}",
        ] {
            assert_eq!(refused(source), 0, "{source}");
        }
    }

    #[test]
    fn a_macro_of_a_later_room_is_refused() {
        let late = ("json/mod.rs", "macro_rules! late { () => {} }");
        assert_eq!(
            across_rooms(&krate(&[("head/mod.rs", "late!();"), late])).len(),
            1
        );
        // One of the same name is its own.
        let own = "macro_rules! late { () => {} } late!();";
        assert_eq!(across_rooms(&krate(&[("head/mod.rs", own), late])).len(), 0);
    }

    fn loops(files: &[(&str, &str)]) -> usize {
        circles(&krate(files)).len()
    }

    #[test]
    fn files_that_import_each_other_are_refused() {
        let a = ("json/a.rs", "use super::b::B; pub struct A;");
        // One file from the other.
        assert_eq!(
            loops(&[a, ("json/b.rs", "use super::a::A; pub struct B;")]),
            1
        );
        let full = ("json/b.rs", "pub struct B; fn f(_: crate::json::a::A) {}");
        assert_eq!(loops(&[a, full]), 1);
        // By way of a third.
        let b = ("json/b.rs", "use super::c::*; pub struct B;");
        let c = ("json/c.rs", "use crate::json::a::A; pub struct C;");
        assert_eq!(loops(&[a, b, c]), 1);
        // By way of what the parent hands on, also from others and all at once.
        let handing = (
            "json/mod.rs",
            "mod a; mod b; pub use self::a::A; pub(crate) use self::b::*;",
        );
        assert_eq!(
            loops(&[handing, a, ("json/b.rs", "use super::A; pub struct B;")]),
            1
        );
        let all = ("json/a.rs", "use crate::json::B; pub struct A;");
        assert_eq!(
            loops(&[handing, all, ("json/b.rs", "use super::A; pub struct B;")]),
            1
        );
        // With the parent itself.
        let child = ("json/a.rs", "use super::Own; pub struct A;");
        for parent in [
            "mod a; use self::a::A; pub struct Own(A);",
            "mod a; pub use self::a::A; pub struct Own(A);",
            "mod a; pub struct Own(a::A);",
            "mod a; pub struct Own(self::a::A);",
        ] {
            assert_eq!(loops(&[("json/mod.rs", parent), child]), 1, "{parent}");
        }
        // By a macro.
        let using = ("json/b.rs", "use super::a::A; macro_rules! b { () => {} }");
        assert_eq!(loops(&[("json/a.rs", "pub struct A; b!();"), using]), 1);
    }

    #[test]
    fn handing_on_and_tests_are_no_circles() {
        let handing = (
            "json/mod.rs",
            "mod a; mod b; pub use self::a::A; pub struct Own;",
        );
        let a = ("json/a.rs", "use super::Own; pub struct A;");
        let b = (
            "json/b.rs",
            "use super::A; #[cfg(test)] mod tests { use super::super::a::A; }",
        );
        assert_eq!(loops(&[handing, a, b]), 0);
        let tested = (
            "json/a.rs",
            "pub struct A; #[cfg(test)] mod tests { use super::super::b; }",
        );
        assert_eq!(
            loops(&[handing, tested, ("json/b.rs", "use super::a::A;")]),
            0
        );
        let file = ("json/tests.rs", "use super::a::A;");
        let parent = (
            "json/mod.rs",
            "#[cfg(test)] mod tests; mod a; pub struct Own;",
        );
        assert_eq!(
            loops(&[parent, file, ("json/a.rs", "use super::Own; pub struct A;")]),
            0
        );
    }

    #[test]
    fn a_field_and_a_status_line_are_refused() {
        let fields = BTreeSet::from(["host".to_owned(), "content-length".to_owned()]);
        let count = |source| {
            let krate = krate(&[("head/mod.rs", source)]);
            named(&krate.files["head/mod.rs"], &fields).len()
        };
        for source in [
            "const A: &str = \"Host\";",
            "const A: &[u8] = b\"content-length\";",
            "write(r\"content-length: 0\")",
            "write(b\"\\r\\nContent-Length: 0\\r\\n\")",
            "write(\"HTTP/1.1 200 OK\\r\\n\")",
            "format!(\"host: {host}\\r\\n\")",
            "#[cfg(feature = \"x\")] const A: &str = \"host\";",
        ] {
            assert_eq!(count(source), 1, "{source}");
        }
        for source in [
            "/// `\"host\"`\n// \"host\"\nconst A: &str = \"hosts\";",
            "const A: &str = \"the host: gone\"; const HOST: u8 = 0; fn host() {}",
            "#[doc = \"host\"] fn f() {}",
            "#[cfg(test)] mod tests { const A: &str = \"host\"; }",
            "write!(f, \"host: {error}\")",
        ] {
            assert_eq!(count(source), 0, "{source}");
        }
        let known = fields_of("names! { AGE \"age\" X_Y b\"x-y\" } const A: &str = \"no name\";");
        assert!(known.contains("age") && known.contains("x-y") && !known.contains("no name"));
    }

    fn fields_of(table: &str) -> BTreeSet<String> {
        let files = [("field/id.rs", ""), ("field/name/mod.rs", table)];
        super::fields(&krate(&files))
    }

    #[test]
    fn forks_are_refused_but_for_inlining() {
        let count = |source| forks(&krate(&[("head/mod.rs", source)]).files["head/mod.rs"]).len();
        for source in [
            "#[cfg(target_pointer_width = \"64\")] fn f() {}",
            "#[cfg(any(test, not(target_pointer_width = \"64\")))] use a;",
            "fn f() { if cfg!(target_pointer_width = \"64\") {} }",
            "#[cfg_attr(target_pointer_width = \"64\", derive(Clone))] struct A;",
            "#[cfg_attr(target_pointer_width = \"64\", inline, must_use)] fn f() {}",
        ] {
            assert_eq!(count(source), 1, "{source}");
        }
        for source in [
            "#[cfg_attr(target_pointer_width = \"64\", inline)] fn f() {}",
            "#[cfg_attr(not(target_pointer_width = \"64\"), inline(never))] fn f() {}",
            "// target_pointer_width",
        ] {
            assert_eq!(count(source), 0, "{source}");
        }
    }

    #[test]
    fn pairs_are_what_the_target_chooses() {
        let source = "
            #[cfg(target_pointer_width = \"64\")] mod fast;
            #[cfg(not(target_pointer_width = \"64\"))]
            pub(crate) mod compact;
            #[cfg(target_pointer_width = \"64\")] use self::fast::f;
            mod other;
        ";
        let krate = krate(&[("head/mod.rs", source)]);
        let want = ["head/compact.rs".to_owned(), "head/fast.rs".to_owned()];
        assert_eq!(pairs(&krate), BTreeSet::from(want));
    }

    #[test]
    fn openings_and_wide_lines_are_refused() {
        for text in [
            "/// What it is.",
            "    //! How it is done.\n    //! And more.",
            "/// A field.\nfn f() {}\n/// Whether it is.",
            "//! A module.\n/// That it was.",
        ] {
            assert_eq!(opened(text).len(), 1, "{text}");
        }
        for text in [
            "/// A field.\n/// What it is.",
            "// What it is.",
            "//// What it is.",
            "/// Whatever it is.\nlet a = \"/// What\";",
        ] {
            assert_eq!(opened(text).len(), 0, "{text}");
        }
        assert_eq!(wide(&"é".repeat(100)).len(), 0);
        assert_eq!(wide(&"a".repeat(101)), [(1, "101 columns".to_owned())]);
    }
}
