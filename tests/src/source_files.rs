//! The sources of the workspace, for rules that are about their text.

use std::fs;
use std::path::{Path, PathBuf};

/// The folder that all packages stand in.
pub fn workspace() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("..")
}

/// The sources below a folder, by their paths in it; none of what was built there.
pub fn sources(folder: &Path) -> Vec<(String, String)> {
    let mut found = Vec::new();
    let mut folders = vec![folder.to_owned()];
    while let Some(next) = folders.pop() {
        for entry in fs::read_dir(&next).expect("a folder") {
            let path = entry.expect("an entry").path();
            if path.is_dir() {
                if !path.ends_with("target") {
                    folders.push(path);
                }
            } else if path.extension().is_some_and(|extension| extension == "rs") {
                let below = path.strip_prefix(folder).expect("a path below the folder");
                let names: Vec<_> = below.iter().map(|name| name.to_string_lossy()).collect();
                found.push((names.join("/"), fs::read_to_string(&path).expect("a text")));
            }
        }
    }
    found
}
