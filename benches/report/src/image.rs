use std::fs;
use std::path::Path;

use object::{Object as _, ObjectSection as _, ObjectSymbol as _, SectionKind};

/// A linked program.
pub(super) struct Image {
    /// How many bytes of it are code and constants.
    pub(super) flash: u64,
    /// Its functions and constants, the largest first.
    pub(super) symbols: Vec<Symbol>,
}

pub(super) struct Symbol {
    pub(super) size: u64,
    pub(super) name: String,
}

impl Image {
    pub(super) fn read(path: &Path) -> Result<Self, String> {
        let said = |error: &dyn std::fmt::Display| format!("{}: {error}", path.display());
        let data = fs::read(path).map_err(|error| said(&error))?;
        let file = object::File::parse(data.as_slice()).map_err(|error| said(&error))?;
        let flash = file
            .sections()
            .filter(|section| is_flash(section.kind()))
            .map(|section| section.size())
            .sum();
        let mut symbols: Vec<Symbol> = file
            .symbols()
            .filter(|symbol| {
                let section = symbol.section_index();
                section
                    .and_then(|index| file.section_by_index(index).ok())
                    .is_some_and(|section| is_flash(section.kind()))
            })
            .map(|symbol| Symbol {
                size: symbol.size(),
                name: demangled(symbol.name().unwrap_or_default()),
            })
            .collect();
        symbols.sort_by(|a, b| b.size.cmp(&a.size).then_with(|| a.name.cmp(&b.name)));
        Ok(Self { flash, symbols })
    }

    /// How many of its functions end in a panic, or serve one.
    pub(super) fn panics(&self) -> usize {
        let is_panic = |symbol: &&Symbol| is_panic(&symbol.name);
        self.symbols.iter().filter(is_panic).count()
    }
}

fn is_panic(name: &str) -> bool {
    let failing = name.split([':', '<', '>']).any(|part| {
        ["_fail", "_fail_rt", "_failed"]
            .iter()
            .any(|end| part.ends_with(end))
    });
    failing || name.contains("core::panicking::") || name.ends_with("rust_begin_unwind")
}

const fn is_flash(kind: SectionKind) -> bool {
    matches!(
        kind,
        SectionKind::Data
            | SectionKind::ReadOnlyData
            | SectionKind::ReadOnlyString
            | SectionKind::Text
    )
}

fn demangled(symbol: &str) -> String {
    format!("{:#}", rustc_demangle::demangle(symbol))
}
