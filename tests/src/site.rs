//! The trees that the vectors of folders are about, in a temporary folder.

use std::collections::BTreeMap;
use std::fs::{self, File};
use std::os::unix::fs::symlink;
use std::path::{Path, PathBuf};
use std::process;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, UNIX_EPOCH};

use replywire_files::Folder;
use serde_json::Value as Json;

use crate::vector::{self, content, reference_tag};

/// The sites of the vectors, gone when this is dropped.
#[derive(Debug)]
pub struct Sites {
    base: PathBuf,
    sites: BTreeMap<String, Json>,
    tags: BTreeMap<String, String>,
}

impl Sites {
    /// Makes every tree of the vectors' folder.
    ///
    /// # Panics
    ///
    /// Where it cannot.
    pub fn new() -> Self {
        static COUNT: AtomicUsize = AtomicUsize::new(0);
        let count = COUNT.fetch_add(1, Ordering::Relaxed);
        let name = format!("conformance-sites-{}-{count}", process::id());
        let base = std::env::temp_dir().join(name);
        let sites = read();
        let mut tags = BTreeMap::new();
        for (name, site) in &sites {
            for entry in site["entries"].as_array().expect("entries") {
                plant(&base.join(name), entry);
                if entry["kind"] == "file" {
                    tags.extend([both_tags(entry)]);
                }
            }
        }
        Self { base, sites, tags }
    }

    /// The folder that a vector is about, with its options, and with names that begin with
    /// a dot where they are wanted.
    ///
    /// # Panics
    ///
    /// Where there is none.
    pub fn folder(&self, input: &Json, hidden: bool) -> Folder {
        let name = input["site"].as_str().expect("a site");
        let site = &self.sites[name];
        Folder::open(self.base.join(name).join("root"))
            .expect("a folder")
            .at(input["root_path"].as_str().unwrap_or_default())
            .follow_symlinks(site["follow_symlink"] == true)
            .hidden(hidden)
            .html(site["html"] == true)
    }

    /// For every file the text of its tag, as the reference makes it and as this library defines
    /// it: when it was modified, in nanoseconds, and its length, both in hexadecimal.
    pub const fn tags(&self) -> &BTreeMap<String, String> {
        &self.tags
    }
}

impl Default for Sites {
    fn default() -> Self {
        Self::new()
    }
}

impl Drop for Sites {
    fn drop(&mut self) {
        let removed = fs::remove_dir_all(&self.base);
        removed.expect("a folder of this process alone");
    }
}

/// Tells if a path of a site is that of an empty file.
pub fn is_empty_file(site: &str, path: &str) -> bool {
    let sites = read();
    let entries = sites.get(site).and_then(|site| site["entries"].as_array());
    let mut files = entries
        .into_iter()
        .flatten()
        .filter(|entry| entry["kind"] == "file");
    files.any(|entry| {
        let name = entry["path"]
            .as_str()
            .and_then(|name| name.strip_prefix("root"));
        name == Some(path) && content(&entry["content"]).is_empty()
    })
}

/// The sites that the family's file describes.
fn read() -> BTreeMap<String, Json> {
    let mut sites = BTreeMap::new();
    let shared = Path::new(env!("CARGO_MANIFEST_DIR")).join("vectors");
    for folder in [vector::folder(), shared] {
        let Ok(text) = fs::read_to_string(folder.join("staticfiles.json")) else {
            continue;
        };
        let file: Json = serde_json::from_str(&text).expect("a file of vectors");
        for (name, site) in file["sites"].as_object().expect("sites") {
            sites.insert(name.clone(), site.clone());
        }
    }
    sites
}

/// Makes a file, a directory or a link below `base`.
fn plant(base: &Path, entry: &Json) {
    let path = base.join(entry["path"].as_str().expect("a path"));
    let parent = path.parent().expect("a parent");
    fs::create_dir_all(parent).expect("a directory");
    match entry["kind"].as_str() {
        Some("dir") => fs::create_dir_all(path).expect("a directory"),
        Some("file") => {
            fs::write(&path, content(&entry["content"])).expect("a file");
            let nanos = entry["mtime_ns"].as_u64().expect("a time");
            let file = File::options().write(true).open(path).expect("a file");
            file.set_modified(UNIX_EPOCH + Duration::from_nanos(nanos))
                .expect("a time of a file");
        }
        Some("symlink") => {
            let target = entry["target"].as_str().expect("a target");
            symlink(target, path).expect("a link");
        }
        other => panic!("unknown kind of entry {other:?}"),
    }
}

/// The tags of a file, the reference's and the library's.
fn both_tags(file: &Json) -> (String, String) {
    let nanos = file["mtime_ns"].as_u64().expect("a time");
    let len = content(&file["content"]).len();
    let seconds = (nanos / 1_000_000_000) as f64;
    let time = seconds + 1e-9 * (nanos % 1_000_000_000) as f64;
    let theirs = reference_tag(&format!("{time:?}"), len);
    (theirs, format!("{nanos:x}-{len:x}"))
}

/// The path of a request for a decoded path: every byte but those of `.`, `/` and names, escaped.
pub fn escaped(path: &str) -> String {
    let stands = |byte: u8| byte.is_ascii_alphanumeric() || b"./".contains(&byte);
    path.bytes()
        .map(|byte| match stands(byte) {
            true => char::from(byte).to_string(),
            false => format!("%{byte:02X}"),
        })
        .collect()
}
