//! Rust source as tokens, as far as rules about sources need them: words, texts and punctuation
//! with their lines, and whether they are compiled for tests alone.

/// One token of a source.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Token {
    pub kind: Kind,
    /// Counted from 1.
    pub line: usize,
    /// It stands in an item under `#[cfg(test)]`.
    pub is_test: bool,
    /// It stands in an attribute.
    pub is_attribute: bool,
}

/// The kind of a token.
#[derive(Clone, Debug, Eq, PartialEq)]
pub enum Kind {
    /// A character literal, a lifetime or a number: nothing that rules are about.
    Other,
    /// One character, but for `::`.
    Sign(&'static str),
    /// The inside of a string literal of any kind, escapes as they stand.
    Text(String),
    Word(String),
}

impl Token {
    /// Tells if this is the word.
    pub fn is_word(&self, word: &str) -> bool {
        matches!(&self.kind, Kind::Word(own) if own == word)
    }

    /// Tells if this is the sign.
    pub fn is_sign(&self, sign: &str) -> bool {
        self.kind == Kind::Sign(match_sign(sign))
    }

    /// The word, if it is one.
    pub fn word(&self) -> Option<&str> {
        match &self.kind {
            Kind::Word(word) => Some(word),
            _ => None,
        }
    }
}

/// Signs that rules look for; each other one is `?`.
const SIGNS: [&str; 16] = [
    "::", "{", "}", "(", ")", "[", "]", ";", ",", "#", "!", "*", "$", "=", "<", ">",
];

fn match_sign(sign: &str) -> &'static str {
    SIGNS.into_iter().find(|own| *own == sign).unwrap_or("?")
}

/// The tokens of a source, without comments.
pub fn tokens(source: &str) -> Vec<Token> {
    let mut tokens = read(source);
    mark(&mut tokens);
    tokens
}

fn read(source: &str) -> Vec<Token> {
    let chars: Vec<char> = source.chars().collect();
    let mut tokens = Vec::new();
    let (mut at, mut line) = (0, 1);
    while at < chars.len() {
        let (kind, end) = next(&chars, at);
        if let Some(kind) = kind {
            tokens.push(Token {
                kind,
                line,
                is_test: false,
                is_attribute: false,
            });
        }
        line += chars[at..end].iter().filter(|char| **char == '\n').count();
        at = end;
    }
    tokens
}

/// The token at a place, if it is one, and where it ends.
fn next(chars: &[char], at: usize) -> (Option<Kind>, usize) {
    let is = |at: usize, char| chars.get(at) == Some(&char);
    let char = chars[at];
    if char == '/' && is(at + 1, '/') {
        return (None, skip(chars, at, |char| char != '\n'));
    }
    if char == '/' && is(at + 1, '*') {
        return (None, block_comment(chars, at));
    }
    if char == '"' {
        let (text, end) = text(chars, at + 1);
        return (Some(Kind::Text(text)), end);
    }
    if char == '\'' {
        return (Some(Kind::Other), quote(chars, at));
    }
    if char.is_ascii_digit() {
        let end = skip(chars, at, |char| char.is_alphanumeric() || char == '_');
        return (Some(Kind::Other), end);
    }
    if char.is_alphabetic() || char == '_' {
        return word(chars, at);
    }
    if char == ':' && is(at + 1, ':') {
        return (Some(Kind::Sign("::")), at + 2);
    }
    match char.is_whitespace() {
        true => (None, at + 1),
        false => (Some(Kind::Sign(match_sign(&char.to_string()))), at + 1),
    }
}

fn skip(chars: &[char], at: usize, is: impl Fn(char) -> bool) -> usize {
    let len = chars[at..].iter().take_while(|char| is(**char)).count();
    at + len
}

/// The end of a comment that may have others in it.
fn block_comment(chars: &[char], at: usize) -> usize {
    let (mut at, mut depth) = (at, 0);
    while at < chars.len() {
        match (chars[at], chars.get(at + 1)) {
            ('/', Some('*')) => (at, depth) = (at + 2, depth + 1),
            ('*', Some('/')) => (at, depth) = (at + 2, depth - 1),
            _ => at += 1,
        }
        if depth == 0 {
            break;
        }
    }
    at
}

/// The inside of a string with escapes, and where it ends.
fn text(chars: &[char], start: usize) -> (String, usize) {
    let mut at = start;
    while at < chars.len() && chars[at] != '"' {
        at += if chars[at] == '\\' { 2 } else { 1 };
    }
    let end = at.min(chars.len());
    (
        chars[start..end].iter().collect(),
        (end + 1).min(chars.len()),
    )
}

/// The end of a character literal or a lifetime.
fn quote(chars: &[char], at: usize) -> usize {
    match (chars.get(at + 1), chars.get(at + 2)) {
        (Some('\\'), _) => skip(chars, at + 3, |char| char != '\'') + 1,
        (Some(_), Some('\'')) => at + 3,
        _ => skip(chars, at + 1, |char| char.is_alphanumeric() || char == '_'),
    }
}

/// A word, or the string that it begins: `b"…"`, `r#"…"#` and the like.
fn word(chars: &[char], at: usize) -> (Option<Kind>, usize) {
    let end = skip(chars, at, |char| char.is_alphanumeric() || char == '_');
    let word: String = chars[at..end].iter().collect();
    let hashes = skip(chars, end, |char| char == '#') - end;
    let is_quoted = |at: usize| chars.get(at) == Some(&'"');
    match word.as_str() {
        "b" | "c" if is_quoted(end) => {
            let (text, end) = text(chars, end + 1);
            (Some(Kind::Text(text)), end)
        }
        "b" if chars.get(end) == Some(&'\'') => (Some(Kind::Other), quote(chars, end)),
        "r" | "br" | "cr" if is_quoted(end + hashes) => {
            let start = end + hashes + 1;
            let is_end = |at: usize| {
                is_quoted(at) && chars[at + 1..].iter().take_while(|c| **c == '#').count() >= hashes
            };
            let stop = (start..chars.len()).find(|at| is_end(*at));
            let stop = stop.unwrap_or(chars.len());
            let text = chars[start..stop].iter().collect();
            (Some(Kind::Text(text)), (stop + 1 + hashes).min(chars.len()))
        }
        "r" if hashes == 1 => {
            let stop = skip(chars, end + 1, |char| char.is_alphanumeric() || char == '_');
            let word = chars[end + 1..stop].iter().collect();
            (Some(Kind::Word(word)), stop)
        }
        _ => (Some(Kind::Word(word)), end),
    }
}

/// Marks attributes, and the items that are compiled for tests alone.
fn mark(tokens: &mut [Token]) {
    let mut at = 0;
    while at < tokens.len() {
        let Some(end) = attribute(tokens, at) else {
            at += 1;
            continue;
        };
        tokens[at..end]
            .iter_mut()
            .for_each(|token| token.is_attribute = true);
        let words: Vec<&str> = tokens[at..end].iter().filter_map(Token::word).collect();
        if matches!(words[..], ["cfg", "test"] | ["cfg", "all", "test", ..]) {
            let item = item(tokens, end);
            tokens[end..item]
                .iter_mut()
                .for_each(|token| token.is_test = true);
        }
        at = end;
    }
}

/// The end of an attribute that begins here.
pub fn attribute(tokens: &[Token], at: usize) -> Option<usize> {
    let is = |at: usize, sign| tokens.get(at).is_some_and(|token| token.is_sign(sign));
    if !is(at, "#") {
        return None;
    }
    let open = if is(at + 1, "!") { at + 2 } else { at + 1 };
    is(open, "[").then(|| close(tokens, open))
}

/// The end of what is opened here.
pub fn close(tokens: &[Token], open: usize) -> usize {
    let mut depth = 0_usize;
    for (at, token) in tokens.iter().enumerate().skip(open) {
        if ["(", "[", "{"].iter().any(|sign| token.is_sign(sign)) {
            depth += 1;
        }
        if [")", "]", "}"].iter().any(|sign| token.is_sign(sign)) {
            depth = depth.saturating_sub(1);
        }
        if depth == 0 {
            return at + 1;
        }
    }
    tokens.len()
}

/// The end of the item that begins here, with attributes before it: at a semicolon or a comma, or
/// after its braces.
fn item(tokens: &[Token], start: usize) -> usize {
    let mut at = start;
    while at < tokens.len() {
        let token = &tokens[at];
        if token.is_sign(";") || token.is_sign(",") {
            return at + 1;
        }
        if token.is_sign("}") {
            return at;
        }
        if token.is_sign("{") {
            return close(tokens, at);
        }
        at = match token.is_sign("(") || token.is_sign("[") {
            true => close(tokens, at),
            false => at + 1,
        };
    }
    at
}

#[cfg(test)]
mod tests {
    use super::{Kind, tokens};

    fn words(source: &str) -> Vec<String> {
        let words = tokens(source)
            .into_iter()
            .filter_map(|token| match token.kind {
                Kind::Word(word) => Some(word),
                _ => None,
            });
        words.collect()
    }

    #[test]
    fn comments_and_texts_have_no_words() {
        let source = r###"
            // a b
            /* c /* d */ e */ f "g \" h" r#"i " j"# b"k" 'l' '\'' '\u{41}' x'm
            r#match 0x1f br##"n "# o"## b'"' p
        "###;
        assert_eq!(words(source), ["f", "x", "match", "p"]);
        let texts: Vec<Kind> = tokens(source)
            .into_iter()
            .map(|token| token.kind)
            .filter(|kind| matches!(kind, Kind::Text(_)))
            .collect();
        let text = |text: &str| Kind::Text(text.into());
        assert_eq!(
            texts,
            [
                text(r#"g \" h"#),
                text(r#"i " j"#),
                text("k"),
                text(r##"n "# o"##)
            ]
        );
    }

    #[test]
    fn lines_are_counted_through_texts_and_comments() {
        let source = "a\n/*\n\n*/ b \"\n\" c";
        let lines: Vec<usize> = tokens(source).iter().map(|token| token.line).collect();
        assert_eq!(lines, [1, 4, 4, 5]);
    }

    #[test]
    fn what_is_for_tests_alone_is_marked() {
        let source = "
            #[cfg(test)] use a; b
            #[cfg(test)] mod tests { #[test] fn c() { d } } e
            #[cfg(any(test, f))] fn g() {}
            #[cfg(test)] #[allow(h)] fn i(j: [k; 2]) -> l { m } n
            struct O { #[cfg(test)] p: q, r: s }
            #[cfg(all(test, t))] const U: u8 = 1; v
        ";
        let tested: Vec<String> = tokens(source)
            .iter()
            .filter(|token| token.is_test && !token.is_attribute)
            .filter_map(|token| token.word().map(str::to_owned))
            .collect();
        assert_eq!(
            tested.join(" "),
            "use a mod tests fn c d fn i j k l m p q const U u8"
        );
    }
}
