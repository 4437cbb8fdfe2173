//! Functions, types and constants as they stand in a source.

/// The paragraph of the source that has an item of this name: with its comments and attributes, and
/// the items that no empty line parts from it.
pub(super) fn snippet(source: &'static str, name: &str) -> Option<&'static str> {
    paragraphs(source).find(|paragraph| paragraph.lines().any(|line| is_item(line, name)))
}

/// The parts of a source that begin at the first column, after an empty line.
fn paragraphs(source: &'static str) -> impl Iterator<Item = &'static str> {
    let mut rest = source;
    std::iter::from_fn(move || {
        rest = rest.trim_start_matches('\n');
        if rest.is_empty() {
            return None;
        }
        let mut ends = rest.match_indices("\n\n").map(|(at, _)| at);
        let is_end = |at: &usize| {
            let next = rest.get(at + 2..).unwrap_or_default();
            !next.starts_with([' ', '\n'])
        };
        let (paragraph, after) = rest.split_at(ends.find(is_end).unwrap_or(rest.len()));
        rest = after;
        Some(paragraph.trim_end())
    })
}

fn is_item(line: &str, name: &str) -> bool {
    let line = line.strip_prefix("pub(super) ").unwrap_or(line);
    let line = line.strip_prefix("pub(crate) ").unwrap_or(line);
    let line = line.strip_prefix("async ").unwrap_or(line);
    let rest = ["fn ", "const ", "static ", "struct "]
        .into_iter()
        .find_map(|kind| line.strip_prefix(kind)?.strip_prefix(name));
    rest.is_some_and(|rest| rest.starts_with(['(', '<', ':', ' ']))
}
