//! The replies of the core to each family's vectors.

use std::collections::BTreeSet;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::Path;

use serde_json::Value as Json;

use crate::encoder::Encoder;
use crate::failure::Failure;
use crate::plan::{Plan, Way};
use crate::reply::{Fields, Parsed, strict};
use crate::rules::{Rule, Standing};
use crate::vector::{Vector, fields, is_body, load};

mod cookies;
mod file;
pub mod head;
mod headers;
mod json;
mod merge;
pub mod redirect;
pub(crate) mod response_model;
#[cfg(unix)]
mod staticfiles;
mod streaming;
mod wire;

pub use self::cookies::Cookies;

/// Every family of the vectors, and how its vectors are checked where that is built.
pub const FAMILIES: [(&str, Option<Check>); 11] = [
    ("head", Some(head::check)),
    ("redirect", Some(redirect::check)),
    ("cookies", Some(cookies::check)),
    ("headers", Some(headers::check)),
    ("merge", Some(merge::check)),
    ("json", Some(json::check)),
    ("wire", Some(wire::check)),
    ("file", Some(file::check)),
    #[cfg(unix)]
    ("staticfiles", Some(staticfiles::check)),
    #[cfg(not(unix))]
    ("staticfiles", None),
    ("streaming", Some(streaming::check)),
    ("response_model", Some(response_model::check)),
];

/// Runs a vector.
pub type Check = fn(&Vector) -> Verdict;

/// Runs a family whose vectors are one response each.
fn against(plan: Result<Plan, Failure>, vector: &Vector) -> Verdict {
    let (got, words) = match plan {
        Ok(plan) => (plan.run(Way::Hand), plan.words().clone()),
        Err(failure) => (Got::Refused(failure), Words::new()),
    };
    got.against(&vector.expect, &vector.input).said(&words)
}

/// The rules by which an input was said in other words than the vector's; see
/// [`Rule`]`::words`.
pub type Words = BTreeSet<&'static str>;

/// The outcome of a vector's input.
#[derive(Clone, Debug, Eq, PartialEq)]
pub enum Got {
    /// The text that was written is not exactly one reply, for the reason given.
    Broken(String),
    Refused(Failure),
    Reply(Parsed),
}

impl Got {
    /// Reads back what the core wrote in reply to `method`.
    pub fn read(wire: &[u8], method: &str) -> Self {
        match strict(wire, method) {
            Ok(parsed) => Self::Reply(parsed),
            Err(error) => Self::Broken(error),
        }
    }

    /// The differences from `expect`, a response or an error.
    pub fn differs(&self, expect: &Json, input: &Json) -> Differences {
        match (self, expect["error"].as_str()) {
            (Self::Reply(parsed), None) => different(parsed, &expect["ok"]),
            (Self::Refused(failure), Some(kind)) if failure.is(kind, input) => Differences::new(),
            (Self::Refused(_), Some(_)) => one("kind"),
            (Self::Refused(_), None) => one("refused"),
            (Self::Reply(_), Some(_)) => one("answered"),
            (Self::Broken(_), _) => one("broken"),
        }
    }

    /// Compares with `expect`, a response or an error.
    pub fn against(&self, expect: &Json, input: &Json) -> Verdict {
        self.verdict(self.differs(expect, input))
    }

    /// The verdict when it is known what differs.
    pub fn verdict(&self, differs: Differences) -> Verdict {
        let sane = !matches!(self, Self::Broken(_));
        Verdict::new(vec![differs], sane, self.to_string())
    }
}

/// In what an outcome differs from the expected one: the lower-case names of fields, or `answered`
/// (instead of an error), `body`, `broken`, `kind` (of an error), `lines`, `refused`, `results`,
/// `status`. Where several encoders are asked, the encoder's name stands before: `ujson refused`.
pub type Differences = BTreeSet<String>;

/// A single difference.
pub fn one(what: &str) -> Differences {
    [what.to_owned()].into()
}

/// The differences between a reply and an expected response.
fn different(got: &Parsed, want: &Json) -> Differences {
    let mut differs = different_fields(&got.by_name(), &fields(&want["headers"]));
    if want["status"] != got.status {
        differs.insert("status".into());
    }
    if !is_body(&got.body, &want["body"]) {
        differs.insert("body".into());
    }
    differs
}

/// The names of the fields that are not the same in both.
fn different_fields(got: &Fields, want: &Fields) -> Differences {
    got.keys()
        .chain(want.keys())
        .filter(|name| got.get(*name) != want.get(*name))
        .cloned()
        .collect()
}

impl std::fmt::Display for Got {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Broken(reason) => write!(f, "broken: {reason}"),
            Self::Refused(failure) => write!(f, "refused: {failure:?}"),
            Self::Reply(parsed) => {
                write!(f, "{} {}", parsed.status, parsed.reason)?;
                for (name, value) in &parsed.fields {
                    write!(f, " | {name}: {}", value.escape_ascii())?;
                }
                write!(f, " | body \"{}\"", parsed.body.escape_ascii())
            }
        }
    }
}

/// The verdict on a vector.
#[derive(Clone, Debug)]
pub struct Verdict {
    /// The differences from each of the outcomes that would do.
    pub differs: Vec<Differences>,
    /// The outcome is a typed error, or exactly one reply with one framing.
    pub sane: bool,
    /// The outcome, for people.
    pub got: String,
    /// The rules by which the input was said in other words.
    pub words: Words,
}

impl Verdict {
    /// An outcome of an input that was said as it is.
    pub const fn new(differs: Vec<Differences>, sane: bool, got: String) -> Self {
        Self {
            differs,
            sane,
            got,
            words: Words::new(),
        }
    }

    /// Says how the input was said.
    fn said(mut self, words: &Words) -> Self {
        self.words.extend(words);
        self
    }

    /// The verdict on several outcomes, each of which must do.
    fn of_all(verdicts: impl IntoIterator<Item = Self>) -> Self {
        let mut all = Self::new(vec![Differences::new()], true, String::new());
        for verdict in verdicts {
            all.sane &= verdict.sane;
            all.words.extend(&verdict.words);
            if verdict.same() {
                continue;
            }
            all.got += &verdict.got;
            all.got.push_str("; ");
            let each = |mine: &Differences| {
                let both = |theirs| mine | theirs;
                verdict.differs.iter().map(both).collect::<Vec<_>>()
            };
            all.differs = all.differs.iter().flat_map(each).collect();
        }
        all
    }

    /// Says of the differences that they are those of `encoder`.
    fn with(mut self, encoder: Encoder) -> Self {
        let name = encoder.name();
        for differs in &mut self.differs {
            *differs = differs
                .iter()
                .map(|what| format!("{name} {what}"))
                .collect();
        }
        self.got = format!("{name}: {}", self.got);
        self
    }

    /// True if the outcome is an expected one.
    pub fn same(&self) -> bool {
        self.sane && self.differs.iter().any(Differences::is_empty)
    }

    /// True if the outcome is sane, and only differs in what these rules say.
    pub fn is_allowed_by(&self, rules: &[&Rule], vector: &Vector) -> bool {
        let is_named = |what: &String| rules.iter().any(|rule| rule.allows(what, vector));
        self.sane
            && self
                .differs
                .iter()
                .any(|differs| differs.iter().all(is_named))
    }

    /// The outcome that it counts as, with the rule by which it diverged.
    pub fn outcome<'r>(&self, family: &str, vector: &Vector, rules: &'r [Rule]) -> Outcome<'r> {
        let mut spoken = Vec::new();
        for name in &self.words {
            let mut of_family = rules.iter().filter(|rule| {
                rule.words.is_some() && rule.families.iter().any(|name| name == family)
            });
            match of_family.find(|rule| rule.name == *name) {
                Some(rule) => spoken.push(rule),
                None => return Outcome::Failed,
            }
        }
        if self.same() {
            return spoken
                .first()
                .map_or(Outcome::Passed, |rule| Outcome::Diverged(rule));
        }
        let covering: Vec<&Rule> = rules
            .iter()
            .filter(|rule| rule.covers(family, vector))
            .collect();
        if !self.is_allowed_by(&covering, vector) {
            return Outcome::Failed;
        }
        let is_needed = |rule: &&&Rule| {
            let others = covering.iter().filter(|other| other.name != rule.name);
            !self.is_allowed_by(&others.copied().collect::<Vec<_>>(), vector)
        };
        let needed: Vec<&Rule> = covering.iter().filter(is_needed).copied().collect();
        let weak = needed
            .iter()
            .find(|rule| rule.standing == Standing::Weakness);
        let alone = || {
            let mut covering = covering.iter();
            covering.find(|rule| self.is_allowed_by(&[**rule], vector))
        };
        let rule = weak.or_else(|| needed.first()).or_else(alone);
        rule.or(covering.first())
            .map_or(Outcome::Failed, |rule| Outcome::Diverged(rule))
    }
}

/// The outcome that a verdict counts as.
#[derive(Clone, Copy, Debug)]
pub enum Outcome<'r> {
    /// It differs, or was said in other words, by this rule.
    Diverged(&'r Rule),
    Failed,
    Passed,
}

/// The results of the vectors of a family.
#[derive(Debug, Default)]
pub struct Tally {
    pub passed: usize,
    /// For people: which, and why.
    pub failed: Vec<String>,
    /// By rule, in the order of the rules.
    pub diverged: Vec<(Rule, usize)>,
}

impl Tally {
    /// The number of vectors that diverged.
    pub fn all_diverged(&self) -> usize {
        self.diverged.iter().map(|(_, count)| count).sum()
    }
}

/// Checks a vector. One that the suite cannot read fails alone.
pub fn verdict(check: Check, vector: &Vector) -> Verdict {
    catch_unwind(AssertUnwindSafe(|| check(vector)))
        .unwrap_or_else(|_| Verdict::new(Vec::new(), false, "a panic".into()))
}

/// Checks a family's vectors; `None` where `folder` has none.
pub fn tally(folder: &Path, family: &str, check: Check, rules: &[Rule]) -> Option<Tally> {
    let mut tally = Tally {
        diverged: rules.iter().map(|rule| (rule.clone(), 0)).collect(),
        ..Tally::default()
    };
    for vector in load(folder, family)? {
        let verdict = verdict(check, &vector);
        match verdict.outcome(family, &vector, rules) {
            Outcome::Passed => tally.passed += 1,
            Outcome::Diverged(by) => {
                let counts = tally.diverged.iter_mut();
                for (_, count) in counts.filter(|(rule, _)| rule.name == by.name) {
                    *count += 1;
                }
            }
            Outcome::Failed => tally.failed.push(format!(
                "{} ({})\n    want {}\n    got  {}\n    differs in {:?}, said by {:?}",
                vector.id, vector.note, vector.expect, verdict.got, verdict.differs, verdict.words
            )),
        }
    }
    Some(tally)
}
