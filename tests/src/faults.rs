//! Faults to plant in a copy of the sources, each an edit that a switch turns on.

use std::fs;
use std::path::Path;

use serde::Deserialize;

/// A fault.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Fault {
    /// The fault, in words.
    pub name: String,
    /// The path of the source in the workspace.
    pub file: String,
    /// The text that stands there once.
    pub find: String,
    /// The text in its place, with `{on}` where it asks for the switch.
    pub put: String,
}

#[derive(Deserialize)]
struct Table {
    fault: Vec<Fault>,
}

/// All faults of the table.
///
/// # Panics
///
/// Where it is no such table.
pub fn all() -> Vec<Fault> {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("planted/faults.toml");
    let text = fs::read_to_string(path).expect("the table of faults");
    let table: Table = toml::from_str(&text).expect("a table of faults");
    table.fault
}

impl Fault {
    /// The source with the fault, which is switched on by this number.
    ///
    /// # Panics
    ///
    /// Where the text does not stand there once, or nothing asks for the switch.
    pub fn planted(&self, source: &str, number: usize) -> String {
        let times = source.matches(&self.find).count();
        assert_eq!(
            times, 1,
            "{}: stands {times} times in {}",
            self.name, self.file
        );
        assert!(self.put.contains("{on}"), "{}: has no switch", self.name);
        let put = self
            .put
            .replace("{on}", &format!("crate::planted::on({number})"));
        source.replace(&self.find, &put)
    }
}
