//! Runs the reference vectors, from the folder that `REPLYWIRE_VECTORS` names or the package's own.

use std::collections::BTreeSet;
use std::fmt::Write as _;

use conformance::family::{FAMILIES, tally};
use conformance::rules::{self, CONDITIONS};
use conformance::vector::{folder, load, shared};

#[test]
fn every_vector_matches_or_diverges_by_a_stated_rule() {
    let folder = folder();
    let rules = rules::read();
    let mut failed = 0;
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
        failed += tally.failed.len();
        writeln!(
            report,
            "vectors {family}: {} passed, {} failed, {} diverged",
            tally.passed,
            tally.failed.len(),
            tally.all_diverged()
        )
        .unwrap();
        for (rule, count) in tally.diverged.iter().filter(|(_, count)| *count != 0) {
            writeln!(report, "  diverged by {rule}: {count}").unwrap();
        }
        for failure in &tally.failed {
            writeln!(report, "  failed {failure}").unwrap();
        }
    }
    // All at once, so that no other test's line comes between.
    print!("{report}");
    assert_ne!(found, 0, "no vectors in {}", folder.display());
    assert_eq!(failed, 0, "vectors failed");
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
        assert!(
            !rule.families.is_empty() && !rule.differs.is_empty(),
            "{rule:?}"
        );
        for family in &rule.families {
            let known = FAMILIES.iter().find(|(name, _)| name == family);
            assert!(known.is_some_and(|(_, check)| check.is_some()), "{rule:?}");
        }
        match (&rule.tag, &rule.condition) {
            (Some(tag), None) => assert!(tag.contains(':'), "{rule:?}"),
            (None, Some(condition)) => {
                assert!(
                    CONDITIONS.iter().any(|(name, _)| name == condition),
                    "{rule:?}"
                );
            }
            _ => panic!("{rule:?} needs a tag or a condition, and not both"),
        }
    }
}

#[test]
fn every_rule_about_a_tag_leaves_out_a_shared_vector() {
    let mut unused: BTreeSet<String> = rules::read()
        .into_iter()
        .filter(|rule| rule.tag.is_some())
        .map(|rule| rule.name)
        .collect();
    for (family, check) in FAMILIES {
        let Some(check) = check else { continue };
        for vector in shared(family) {
            let verdict = check(&vector);
            if verdict.same() {
                continue;
            }
            for rule in rules::read() {
                if rule.covers(family, &vector) && verdict.is_allowed_by(&[&rule]) {
                    unused.remove(&rule.name);
                }
            }
        }
    }
    assert!(unused.is_empty(), "unused: {unused:?}");
}

#[test]
fn every_family_has_shared_vectors() {
    let here = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("vectors");
    for (family, _) in FAMILIES {
        assert!(
            load(&here, family).is_some_and(|vectors| !vectors.is_empty()),
            "{family}"
        );
    }
}
