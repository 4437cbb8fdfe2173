//! What the core makes of each family's vectors.

use std::collections::BTreeSet;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::Path;

use serde_json::Value as Json;

use crate::encoder::Encoder;
use crate::failure::Failure;
use crate::plan::{Plan, Way};
use crate::reply::{Fields, Parsed, strict};
use crate::rules::Rule;
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
    let got = match plan {
        Ok(plan) => plan.run(Way::Hand),
        Err(failure) => Got::Refused(failure),
    };
    got.against(&vector.expect, &vector.input)
}

/// What came of a vector's input.
#[derive(Clone, Debug, Eq, PartialEq)]
pub enum Got {
    /// What was written is not exactly one reply, for the reason given.
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

    /// What is different from `expect`, a response or an error.
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
        Verdict {
            differs: vec![differs],
            sane: !matches!(self, Self::Broken(_)),
            got: self.to_string(),
        }
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

/// What differs between a reply and an expected response.
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

/// How a vector went.
#[derive(Clone, Debug)]
pub struct Verdict {
    /// What is different from each of the outcomes that would do.
    pub differs: Vec<Differences>,
    /// The outcome is a typed error, or exactly one reply with one framing.
    pub sane: bool,
    /// The outcome, for people.
    pub got: String,
}

impl Verdict {
    /// Where there are several outcomes, each must do.
    fn of_all(verdicts: impl IntoIterator<Item = Self>) -> Self {
        let mut all = Self {
            differs: vec![Differences::new()],
            sane: true,
            got: String::new(),
        };
        for verdict in verdicts {
            all.sane &= verdict.sane;
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

    /// Whether the outcome is an expected one.
    pub fn same(&self) -> bool {
        self.sane && self.differs.iter().any(Differences::is_empty)
    }

    /// Whether the outcome is sane, and only differs in what these rules say.
    pub fn is_allowed_by(&self, rules: &[&Rule]) -> bool {
        let is_named = |what: &String| rules.iter().any(|rule| rule.allows(what));
        self.sane
            && self
                .differs
                .iter()
                .any(|differs| differs.iter().all(is_named))
    }
}

/// What became of the vectors of a family.
#[derive(Debug, Default)]
pub struct Tally {
    pub passed: usize,
    /// For people: which, and why.
    pub failed: Vec<String>,
    /// By the name of the rule, in the order of the rules.
    pub diverged: Vec<(String, usize)>,
}

impl Tally {
    /// How many vectors diverged.
    pub fn all_diverged(&self) -> usize {
        self.diverged.iter().map(|(_, count)| count).sum()
    }
}

/// Checks a family's vectors; `None` where `folder` has none.
pub fn tally(folder: &Path, family: &str, check: Check, rules: &[Rule]) -> Option<Tally> {
    let mut tally = Tally {
        diverged: rules.iter().map(|rule| (rule.name.clone(), 0)).collect(),
        ..Tally::default()
    };
    for vector in load(folder, family)? {
        // A vector that the suite cannot read fails alone.
        let verdict = catch_unwind(AssertUnwindSafe(|| check(&vector))).unwrap_or(Verdict {
            differs: Vec::new(),
            sane: false,
            got: "a panic".into(),
        });
        if verdict.same() {
            tally.passed += 1;
            continue;
        }
        let covering: Vec<&Rule> = rules
            .iter()
            .filter(|rule| rule.covers(family, &vector))
            .collect();
        match covering.first() {
            Some(first) if verdict.is_allowed_by(&covering) => {
                let counts = tally.diverged.iter_mut();
                for (_, count) in counts.filter(|(name, _)| *name == first.name) {
                    *count += 1;
                }
            }
            _ => tally.failed.push(format!(
                "{} ({})\n    want {}\n    got  {}\n    differs in {:?}",
                vector.id, vector.note, vector.expect, verdict.got, verdict.differs
            )),
        }
    }
    Some(tally)
}
