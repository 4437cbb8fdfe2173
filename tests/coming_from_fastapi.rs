//! The page for those who come from FastAPI, `core/docs/coming-from-fastapi.md`: it is made of the
//! text of `coming_from_fastapi.md`, of the programs that the suite `fastapi` runs, and of the
//! table `parameters.md`.

use std::collections::BTreeMap;
use std::fmt::Write;
use std::fs;

use conformance::source_files::workspace;
use regex::{Captures, Regex};

use crate::parameters::{REFERENCE, named, table};

const PAGE: &str = "core/docs/coming-from-fastapi.md";

fn read(path: &str) -> String {
    fs::read_to_string(workspace().join(path)).unwrap()
}

/// The page as it has to be.
fn made() -> String {
    let python = read("tests/interop/fastapi_programs.py");
    let rust = read("tests/fastapi.rs");
    let programs = Regex::new(r"<!-- (python|rust)((?: \w+)+) -->").unwrap();
    let text = read("tests/coming_from_fastapi.md");
    let text = programs.replace_all(&text, |found: &Captures| {
        let names = found[2].split_whitespace();
        let (fence, snippets): (_, Vec<_>) = match &found[1] {
            "python" => (
                "python",
                names.map(|name| of_python(&python, name)).collect(),
            ),
            _ => (
                "rust,ignore",
                names.map(|name| of_rust(&rust, name)).collect(),
            ),
        };
        format!("```{fence}\n{}\n```", snippets.join("\n\n"))
    });
    let (before, after) = text.split_once("<!-- table -->\n").unwrap();
    assert!(!before.contains("<!--") && !after.contains("<!--"));
    format!("{before}{}{after}", rows())
}

/// A function or class with its decorators.
fn of_python(source: &str, name: &str) -> String {
    let begin = Regex::new(&format!(r"(?m)^(?:def|class) {name}\(")).unwrap();
    let found = source.split("\n\n\n").find(|part| begin.is_match(part));
    let found = found.unwrap_or_else(|| panic!("{name} in Python"));
    found.trim_end().to_owned()
}

/// The items of a name, without their comments, as it is for a server of one runtime.
fn of_rust(source: &str, name: &str) -> String {
    let begin = format!(r"(?m)^(?:async fn|fn|struct|const|impl Content for) {name}\b");
    let begin = Regex::new(&begin).unwrap();
    let parts = Regex::new(r"\n\n(\S)")
        .unwrap()
        .replace_all(source, "\0$1")
        .into_owned();
    let found: Vec<_> = parts
        .split('\0')
        .filter(|part| begin.is_match(part))
        .collect();
    assert!(!found.is_empty(), "{name} in Rust");
    let found = found.join("\n\n");
    let lines = found.lines().filter(|line| !line.starts_with("///"));
    lines
        .collect::<Vec<_>>()
        .join("\n")
        .replace("Responder<'_, Line>", "Responder<'_>")
}

/// A table for each class, with a row for each parameter.
fn rows() -> String {
    let mut calls = BTreeMap::new();
    for [item, call, _] in table() {
        for of in named(item) {
            calls.entry(of).or_insert(call);
        }
    }
    let mut text = String::new();
    for (of, names) in REFERENCE {
        let title = match of {
            "response" => "Attributes and methods of every response".to_owned(),
            _ => format!("`{of}`"),
        };
        write!(text, "## {title}\n\n| there | here |\n| --- | --- |\n").unwrap();
        for name in names.split_whitespace() {
            let call = |of: &str| calls[&(of.to_owned(), name.to_owned())];
            // "as of `Response`" is what that one says.
            let other = call(of)
                .strip_prefix("as of `")
                .and_then(|rest| rest.strip_suffix('`'));
            writeln!(text, "| `{name}` | {} |", other.map_or(call(of), call)).unwrap();
        }
        text.push('\n');
    }
    text
}

#[test]
fn the_page_is_made_of_the_programs_and_the_table_that_are_tested() {
    let (path, made) = (workspace().join(PAGE), made());
    if std::env::var_os("REPLYWIRE_WRITE_PAGE").is_some() {
        fs::write(&path, &made).unwrap();
    }
    let is = fs::read_to_string(&path).unwrap_or_default();
    assert!(
        is == made,
        "{PAGE} is not what it is made of; `REPLYWIRE_WRITE_PAGE=1 cargo test -p conformance \
         --test driver coming_from_fastapi` writes it anew",
    );
}

#[test]
fn each_parameter_of_the_reference_has_a_row_of_its_own() {
    let rows = rows();
    let wanted: usize = REFERENCE
        .iter()
        .map(|(_, names)| names.split_whitespace().count())
        .sum();
    assert_eq!(
        rows.lines().filter(|line| line.starts_with("| `")).count(),
        wanted
    );
    assert!(
        wanted > 70 && !rows.contains("as of `") && !rows.contains("as above"),
        "{rows}"
    );
}
