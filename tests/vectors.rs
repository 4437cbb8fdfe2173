//! Runs the reference vectors, from the folder that `REPLYWIRE_VECTORS` names or the package's own;
//! and the suite of fractions, so that both can be had with the other backend for those at once.

mod fractions;

use std::collections::BTreeSet;
use std::fmt::Write as _;
use std::path::Path;

use conformance::family::{FAMILIES, Outcome, Tally, tally, verdict};
use conformance::rules::{self, CONDITIONS, Rule, Standing};
use conformance::vector::{Vector, folder, load, shared};

#[test]
fn every_vector_matches_or_diverges_by_a_stated_rule() {
    let folder = folder();
    let rules = rules::read();
    let mut all = Tally::default();
    let mut found = 0;
    // The runner may have left its own line open.
    let mut report = String::from("\n");
    for (family, check) in FAMILIES {
        let Some(check) = check else {
            writeln!(report, "vectors {family}: not built").unwrap();
            continue;
        };
        let Some(tally) = tally(&folder, family, check, &rules) else {
            writeln!(report, "vectors {family}: no file").unwrap();
            continue;
        };
        found += 1;
        writeln!(
            report,
            "vectors {family}: {} passed, {} failed, {} diverged",
            tally.passed,
            tally.failed.len(),
            tally.all_diverged()
        )
        .unwrap();
        for (rule, count) in tally.diverged.iter().filter(|(_, count)| *count != 0) {
            let apart = match apart(rule) {
                "better" => String::new(),
                apart => format!(" ({apart})"),
            };
            writeln!(report, "  diverged by {}{apart}: {count}", rule.name).unwrap();
        }
        for failure in &tally.failed {
            writeln!(report, "  failed {failure}").unwrap();
        }
        all.passed += tally.passed;
        all.failed.extend(tally.failed);
        all.diverged.extend(tally.diverged);
    }
    let (passed, failed) = (all.passed, all.failed.len());
    let diverged = all.all_diverged();
    write!(
        report,
        "vectors, all families: {passed} passed, {failed} failed, {diverged} diverged:"
    )
    .unwrap();
    for kind in ["better", "choice", "to be mended", "in other words"] {
        let of_kind = all.diverged.iter().filter(|(rule, _)| apart(rule) == kind);
        let count: usize = of_kind.map(|(_, count)| count).sum();
        write!(report, " {count} {kind},").unwrap();
    }
    report.pop();
    // All at once, so that no other test's line comes between.
    println!("{report}");
    assert_ne!(found, 0, "no vectors in {}", folder.display());
    assert_eq!(failed, 0, "vectors failed");
}

/// The name under which the vectors of a rule are counted, apart from the others.
fn apart(rule: &Rule) -> &'static str {
    match (rule.standing, &rule.words) {
        (Standing::Weakness, _) => "to be mended",
        (_, Some(_)) => "in other words",
        (Standing::Choice, None) => "choice",
        (Standing::Better, None) => "better",
    }
}

#[test]
fn every_rule_is_whole_and_names_a_test_that_exists() {
    let tests = include_str!("divergences.rs");
    let mut names = BTreeSet::new();
    for rule in rules::read() {
        assert!(
            names.insert(rule.name.clone()),
            "{} is there twice",
            rule.name
        );
        for text in [&rule.name, &rule.rfc, &rule.reason, &rule.test] {
            assert!(!text.trim().is_empty(), "{rule:?}");
        }
        // Events are of the HTML Living Standard.
        let is_cited = ["RFC ", "HTML "].iter().any(|name| rule.rfc.contains(name));
        assert!(is_cited && rule.rfc.contains('§'), "{rule:?}");
        let function = format!("#[test]\nfn {}() {{", rule.test);
        assert!(tests.contains(&function), "no test {}", rule.test);
        assert!(!rule.families.is_empty(), "{rule:?}");
        assert_ne!(rule.differs.is_empty(), rule.words.is_none(), "{rule:?}");
        for family in &rule.families {
            let known = FAMILIES.iter().find(|(name, _)| name == family);
            assert!(known.is_some_and(|(_, check)| check.is_some()), "{rule:?}");
        }
        match (&rule.tag, &rule.condition) {
            (None, None) => assert!(rule.words.is_some(), "{rule:?}"),
            (Some(tag), None) => assert!(tag.contains(':'), "{rule:?}"),
            (None, Some(condition)) => {
                assert!(
                    CONDITIONS.iter().any(|(name, _)| name == condition),
                    "{rule:?}"
                );
            }
            _ => panic!("{rule:?} has a tag and a condition"),
        }
    }
}

/// The vectors of a family that come with the package: the shared ones, and those that are written
/// by hand.
fn own(family: &str) -> Vec<Vector> {
    let by_hand = Path::new(env!("CARGO_MANIFEST_DIR")).join("vectors_by_hand");
    let mut vectors = shared(family);
    vectors.extend(load(&by_hand, family).unwrap_or_default());
    vectors
}

#[test]
fn vectors_by_hand_match_or_diverge_by_a_stated_rule() {
    let rules = rules::read();
    for (family, check) in FAMILIES {
        let Some(check) = check else { continue };
        for vector in own(family) {
            let verdict = verdict(check, &vector);
            let outcome = verdict.outcome(family, &vector, &rules);
            assert!(
                !matches!(outcome, Outcome::Failed),
                "{} of {family}: {verdict:?}",
                vector.id
            );
        }
    }
}

#[test]
fn every_rule_is_needed_by_a_vector() {
    let rules = rules::read();
    let mut unused: BTreeSet<&str> = rules.iter().map(|rule| rule.name.as_str()).collect();
    for (family, check) in FAMILIES {
        let Some(check) = check else { continue };
        for vector in own(family) {
            let verdict = verdict(check, &vector);
            for name in &verdict.words {
                unused.remove(name);
            }
            if verdict.same() {
                continue;
            }
            for rule in rules.iter().filter(|rule| rule.covers(family, &vector)) {
                let others = rules
                    .iter()
                    .filter(|other| other.name != rule.name && other.covers(family, &vector));
                if !verdict.is_allowed_by(&others.collect::<Vec<_>>(), &vector) {
                    unused.remove(rule.name.as_str());
                }
            }
        }
    }
    assert!(unused.is_empty(), "unused: {unused:?}");
}

#[test]
fn every_family_has_shared_vectors() {
    let here = Path::new(env!("CARGO_MANIFEST_DIR")).join("vectors");
    for (family, _) in FAMILIES {
        assert!(
            load(&here, family).is_some_and(|vectors| !vectors.is_empty()),
            "{family}"
        );
    }
}
