//! The files of a crate, and what each takes from the others: by `use`, by full paths in code, and
//! by macros. Paths are followed through what other files re-export, to the file that has the item.

use std::collections::{BTreeMap, BTreeSet};
use std::ops::RangeInclusive;

use crate::tokens::{Token, attribute, close, tokens};

/// The sources of one crate.
#[derive(Debug)]
pub struct Crate {
    /// By path below `src`.
    pub files: BTreeMap<String, Source>,
    /// The files that define a macro of a name.
    macros: BTreeMap<String, Vec<String>>,
    /// The file of each module.
    modules: BTreeMap<Vec<String>, String>,
}

/// One file.
#[derive(Debug)]
pub struct Source {
    pub text: String,
    pub tokens: Vec<Token>,
    /// The path of its module: nothing for the root.
    module: Vec<String>,
    /// All of it is for tests.
    pub is_test: bool,
    paths: Vec<Path>,
    exported: Vec<RangeInclusive<usize>>,
    /// The modules that it declares, and whether the target chooses them.
    pub children: BTreeMap<String, bool>,
}

/// A path as it is written, with `super` and `self` resolved.
#[derive(Clone, Debug)]
struct Path {
    segments: Vec<String>,
    /// The name that a `use` gives it; `*` for all.
    name: Option<String>,
    is_public: bool,
    is_test: bool,
    line: usize,
}

/// Something that a file takes from another one.
#[derive(Clone, Debug, Eq, Ord, PartialEq, PartialOrd)]
pub struct Import {
    pub from: String,
    pub line: usize,
    /// The path, from the root on.
    pub path: Vec<String>,
    /// The file that has the item.
    pub to: String,
    pub is_test: bool,
    /// A `mod.rs` hands it on from a child of its own, and does no more with it.
    pub is_handed_on: bool,
    /// It is a macro's name, or a path in one that other crates use.
    pub is_macro: bool,
}

impl Crate {
    /// The crate with these files, as their paths below `src` and their texts.
    pub fn new<P: Into<String>, T: Into<String>>(files: impl IntoIterator<Item = (P, T)>) -> Self {
        let files = files.into_iter().map(|(path, text)| {
            let path = path.into();
            let source = Source::new(&path, text.into());
            (path, source)
        });
        let mut all = Self {
            files: files.collect(),
            macros: BTreeMap::new(),
            modules: BTreeMap::new(),
        };
        all.mark_test_files();
        all.macros = all.find_macros();
        let files = all.files.iter();
        all.modules = files
            .map(|(path, source)| (source.module.clone(), path.clone()))
            .collect();
        all
    }

    /// Files that are modules for tests alone.
    fn mark_test_files(&mut self) {
        let mut tested = BTreeSet::new();
        for source in self.files.values() {
            for at in 0..source.tokens.len() {
                if let (Some(name), true) =
                    (declared(&source.tokens, at), source.tokens[at].is_test)
                {
                    let mut module = source.module.clone();
                    module.push(name.to_owned());
                    tested.insert(module);
                }
            }
        }
        for source in self.files.values_mut() {
            source.is_test = tested
                .iter()
                .any(|module| source.module.starts_with(module));
        }
    }

    /// Names of macros, and the files that define them.
    fn find_macros(&self) -> BTreeMap<String, Vec<String>> {
        let mut macros = BTreeMap::<String, Vec<String>>::new();
        for (path, source) in &self.files {
            for window in source.tokens.windows(3) {
                if window[0].is_word("macro_rules") && window[1].is_sign("!") {
                    let name = window[2].word().unwrap_or_default().to_owned();
                    macros.entry(name).or_default().push(path.clone());
                }
            }
        }
        macros
    }

    /// The file whose macro this name is, if another one than `from`: of several the one that is
    /// nearest.
    fn macro_of(&self, name: &str, from: &str) -> Option<&String> {
        let files = self.macros.get(name)?;
        let own = &self.files[from].module;
        let common = |path: &&String| {
            let module = &self.files[*path].module;
            own.iter().zip(module).take_while(|(a, b)| a == b).count()
        };
        let nearest = files.iter().max_by_key(common)?;
        let is_own = files.iter().any(|path| path == from);
        (!is_own).then_some(nearest)
    }

    /// All imports of all files. What a file has itself is one only where the path leads by way of
    /// another file.
    pub fn imports(&self) -> Vec<Import> {
        let mut imports = Vec::new();
        for (from, source) in &self.files {
            for path in &source.paths {
                imports.extend(self.import(from, source, path));
            }
            for window in source.tokens.windows(2) {
                let name = window[0].word().unwrap_or_default();
                let is_call = window[1].is_sign("!") && !name.is_empty();
                if let Some(to) = self.macro_of(name, from).filter(|_| is_call) {
                    let mut path = self.files[to].module.clone();
                    path.push(name.to_owned());
                    imports.push(Import {
                        from: from.clone(),
                        line: window[0].line,
                        path,
                        to: to.clone(),
                        is_test: source.is_test || window[0].is_test,
                        is_handed_on: false,
                        is_macro: true,
                    });
                }
            }
        }
        imports.sort();
        imports.dedup();
        imports
    }

    fn import(&self, from: &str, source: &Source, path: &Path) -> Option<Import> {
        let to = self.resolve(&path.segments, 0)?;
        let is_own = |to: &str| self.files[to].module.starts_with(&source.module);
        let name = path.name.as_deref().unwrap_or_default();
        let is_handed_on = path.is_public && is_own(&to) && !source.uses(name);
        let exported = &source.exported;
        let is_macro = exported.iter().any(|lines| lines.contains(&path.line));
        let is_elsewhere = to != from || !path.segments.starts_with(&source.module);
        is_elsewhere.then(|| Import {
            from: from.to_owned(),
            line: path.line,
            path: path.segments.clone(),
            to,
            is_test: source.is_test || path.is_test,
            is_handed_on,
            is_macro,
        })
    }

    /// The file with the item that a path leads to, or with the last module in it.
    fn resolve(&self, segments: &[String], depth: usize) -> Option<String> {
        let (path, len) = (0..=segments.len()).rev().find_map(|len| {
            let path = self.modules.get(&segments[..len])?;
            Some((path, len))
        })?;
        let source = &self.files[path];
        let Some(item) = segments.get(len).filter(|_| depth < 8) else {
            return Some(path.clone());
        };
        let named = source
            .paths
            .iter()
            .find(|path| path.name.as_deref() == Some(item) && path.segments != segments[..=len]);
        // All that a module has may be handed on, of which only the names tell.
        let of_all = || {
            let is_all = |path: &&Path| path.is_public && path.name.as_deref() == Some("*");
            let mut all = source.paths.iter().filter(is_all);
            all.find_map(|path| {
                let file = self.resolve(&path.segments, depth + 1)?;
                self.files[&file].defines(item).then_some(file)
            })
        };
        match named {
            Some(named) => self
                .resolve(&named.segments, depth + 1)
                .or_else(|| Some(path.clone())),
            None => of_all().or_else(|| Some(path.clone())),
        }
    }
}

impl Source {
    fn new(path: &str, text: String) -> Self {
        let tokens = tokens(&text);
        let stem = path.strip_suffix(".rs").unwrap_or(path);
        let mut module: Vec<String> = stem.split('/').map(str::to_owned).collect();
        if matches!(module.last().map(String::as_str), Some("lib" | "mod")) {
            module.pop();
        }
        let mut source = Self {
            children: children(&tokens),
            exported: exported(&tokens),
            text,
            module,
            is_test: false,
            paths: Vec::new(),
            tokens,
        };
        source.paths = Paths::of(&source);
        source
    }

    /// Tells if the code has this name, other than in a `use`.
    fn uses(&self, name: &str) -> bool {
        let mut at = 0;
        while at < self.tokens.len() {
            let token = &self.tokens[at];
            if token.is_word("use") {
                at = self.end_of_use(at);
                continue;
            }
            // Neither a module of the same name nor the end of another path.
            let before = at.checked_sub(1).map(|before| &self.tokens[before]);
            let is_own =
                before.is_none_or(|before| !before.is_word("mod") && !before.is_sign("::"));
            if token.is_word(name) && is_own && !token.is_test && !token.is_attribute {
                return true;
            }
            at += 1;
        }
        false
    }

    fn end_of_use(&self, at: usize) -> usize {
        let rest = self.tokens[at..].iter();
        at + rest.take_while(|token| !token.is_sign(";")).count()
    }

    /// Tells if an item of this name is defined here.
    fn defines(&self, name: &str) -> bool {
        const ITEMS: [&str; 9] = [
            "const", "enum", "fn", "mod", "static", "struct", "trait", "type", "union",
        ];
        self.tokens.windows(2).any(|window| {
            ITEMS.iter().any(|item| window[0].is_word(item)) && window[1].is_word(name)
        })
    }
}

/// The lines of macros that other crates use, whose paths must be public.
fn exported(tokens: &[Token]) -> Vec<RangeInclusive<usize>> {
    let mut lines = Vec::new();
    let mut is_exported = false;
    for (at, token) in tokens.iter().enumerate() {
        is_exported |= token.is_word("macro_export");
        if token.is_word("macro_rules") && std::mem::take(&mut is_exported) {
            let rest = tokens[at..].iter();
            let open = at + rest.take_while(|token| !token.is_sign("{")).count();
            let end = close(tokens, open.min(tokens.len() - 1));
            lines.push(token.line..=tokens[end - 1].line);
        }
    }
    lines
}

/// The name of the module that is declared here, by a word `mod` and without its body.
fn declared(tokens: &[Token], at: usize) -> Option<&str> {
    let is_declared = tokens[at].is_word("mod") && tokens.get(at + 2)?.is_sign(";");
    is_declared.then(|| tokens[at + 1].word()).flatten()
}

/// The modules that a file declares, and whether the target chooses them.
fn children(tokens: &[Token]) -> BTreeMap<String, bool> {
    let mut children = BTreeMap::new();
    let (mut at, mut is_chosen) = (0, false);
    while at < tokens.len() {
        if let Some(end) = attribute(tokens, at) {
            is_chosen |= tokens[at..end]
                .iter()
                .any(|token| token.is_word("target_pointer_width"));
            at = end;
            continue;
        }
        if let Some(name) = declared(tokens, at) {
            *children.entry(name.to_owned()).or_default() |= is_chosen;
        }
        let is_before_item = ["pub", "crate", "(", ")", "mod"]
            .iter()
            .any(|part| tokens[at].is_word(part) || tokens[at].is_sign(part));
        is_chosen &= is_before_item;
        at += 1;
    }
    children
}

/// Reads the paths of a file.
struct Paths<'s> {
    source: &'s Source,
    /// The inline modules around, and how deep their braces are.
    inline: Vec<(String, usize)>,
    depth: usize,
    found: Vec<Path>,
}

impl<'s> Paths<'s> {
    fn of(source: &'s Source) -> Vec<Path> {
        let mut paths = Self {
            source,
            inline: Vec::new(),
            depth: 0,
            found: Vec::new(),
        };
        paths.read();
        paths.found
    }

    fn read(&mut self) {
        let tokens = &self.source.tokens;
        let mut at = 0;
        while at < tokens.len() {
            let is =
                |at: usize, sign: &str| tokens.get(at).is_some_and(|token| token.is_sign(sign));
            let token = &tokens[at];
            if token.is_sign("{") {
                self.depth += 1;
            } else if token.is_sign("}") {
                self.inline.pop_if(|(_, depth)| *depth == self.depth);
                self.depth = self.depth.saturating_sub(1);
            } else if token.is_word("mod") && is(at + 2, "{") {
                let name = tokens[at + 1].word().unwrap_or_default();
                self.depth += 1;
                self.inline.push((name.to_owned(), self.depth));
                at += 3;
                continue;
            } else if token.is_word("use") && !self.is_bound(at) {
                let is_public = self.is_public(at);
                at = self.tree(at + 1, &[], is_public);
                continue;
            } else if token.word().is_some() && is(at + 1, "::") {
                at = self.path(at);
                continue;
            }
            at += 1;
        }
    }

    /// `use<…>` in a bound is no import.
    fn is_bound(&self, at: usize) -> bool {
        let next = self.source.tokens.get(at + 1);
        next.is_some_and(|token| token.is_sign("<"))
    }

    /// Tells if `pub` or `pub(…)` stands before.
    fn is_public(&self, at: usize) -> bool {
        let before = &self.source.tokens[..at];
        match before.last() {
            Some(token) if token.is_sign(")") => {
                let open = before.iter().rposition(|token| token.is_sign("("));
                open.is_some_and(|open| open > 0 && before[open - 1].is_word("pub"))
            }
            Some(token) => token.is_word("pub"),
            None => false,
        }
    }

    /// A tree of a `use`, after the segments before it; returns where it ends.
    fn tree(&mut self, start: usize, before: &[String], is_public: bool) -> usize {
        let tokens = &self.source.tokens;
        let is = |at: usize, sign: &str| tokens.get(at).is_some_and(|token| token.is_sign(sign));
        let mut segments = before.to_vec();
        let mut at = start;
        while at < tokens.len() {
            let token = &tokens[at];
            if token.is_sign("{") {
                at += 1;
                while at < tokens.len() && !is(at, "}") {
                    at = self.tree(at, &segments, is_public);
                    at += usize::from(is(at, ","));
                }
                return at + 1;
            }
            if token.is_sign("*") {
                self.add(segments, Some("*".into()), is_public, token);
                return at + 1;
            }
            if let Some(word) = token.word().filter(|word| *word != "as") {
                segments.push(word.to_owned());
            }
            at += 1;
            if is(at, "::") || is(at, "$") {
                continue;
            }
            let (alias, end) = match tokens.get(at).is_some_and(|token| token.is_word("as")) {
                true => (tokens.get(at + 1).and_then(Token::word), at + 2),
                false => (None, at),
            };
            if !is(at.saturating_sub(1), "::") {
                if segments.len() > 1 && segments.last().is_some_and(|last| last == "self") {
                    segments.pop();
                }
                let name = alias
                    .map(str::to_owned)
                    .or_else(|| segments.last().cloned());
                self.add(segments, name, is_public, token);
                return end;
            }
        }
        at
    }

    /// A path in code; returns where it ends.
    fn path(&mut self, start: usize) -> usize {
        let tokens = &self.source.tokens;
        let mut segments = Vec::new();
        let mut at = start;
        while let Some(word) = tokens.get(at).and_then(Token::word) {
            segments.push(word.to_owned());
            at += 1;
            match tokens.get(at).is_some_and(|token| token.is_sign("::")) {
                true => at += 1,
                false => break,
            }
        }
        let before = &tokens[..start];
        let is_visibility = matches!(before, [.., public, open, inner]
            if public.is_word("pub") && open.is_sign("(") && inner.is_word("in"));
        if !is_visibility {
            self.add(segments, None, false, &tokens[start]);
        }
        at.max(start + 1)
    }

    /// Keeps a path if it leads somewhere in this crate.
    fn add(&mut self, segments: Vec<String>, name: Option<String>, is_public: bool, token: &Token) {
        let mut module = self.source.module.clone();
        module.extend(self.inline.iter().map(|(name, _)| name.clone()));
        let mut rest = segments.into_iter().peekable();
        let is_child = |first: &str| self.source.children.contains_key(first);
        match rest.peek().map(String::as_str) {
            Some("crate") => {
                module.clear();
                rest.next();
            }
            Some("self") => {
                rest.next();
            }
            Some("super") => {}
            Some(first) if is_child(first) && self.inline.is_empty() => {}
            _ => return,
        }
        while rest.next_if(|segment| segment == "super").is_some() {
            module.pop();
        }
        module.extend(rest);
        self.found.push(Path {
            segments: module,
            name,
            is_public,
            is_test: token.is_test,
            line: token.line,
        });
    }
}
