//! The lines of a log that quotes programs: something to escape every few bytes.

use super::contest::contest;
use crate::dice::Dice;
use crate::measure::Work;

pub(super) fn work() -> Work {
    let mut dice = Dice::new(0xe5ca_9e5e_5ca9_e501);
    let lines: Vec<&str> = (0..590).map(|_| &*line(&mut dice).leak()).collect();
    contest("escapes", lines.leak())
}

/// A line of 40 to 200 bytes.
fn line(dice: &mut Dice) -> String {
    let mut line = String::new();
    let len = 40 + dice.below(161);
    while line.len() < len {
        line.push_str(dice.pick(PIECES));
        line.push(match dice.below(16) {
            0..6 => '"',
            6..9 => '\\',
            9..12 => '\n',
            12 => '\t',
            13 => '\r',
            // The two kinds of controls: with an escape of their own, and without.
            14 => dice.pick(&['\u{8}', '\u{c}']),
            _ => dice.pick(&['\0', '\u{1b}', '\u{1f}']),
        });
    }
    line
}

const PIECES: &[&str] = &[
    "",
    "let ",
    "C:",
    "x",
    " = ",
    "println!(",
    ")",
    "Users",
    " -> ",
    "[31m",
];
