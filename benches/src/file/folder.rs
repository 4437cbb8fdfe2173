//! The files that are served.

use std::env;
use std::fs::{self, File};
use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::process;

use crate::dice::Dice;

/// A temporary folder, gone when it is dropped.
#[derive(Debug)]
pub(super) struct Folder {
    path: PathBuf,
    bytes: Vec<u8>,
}

impl Folder {
    /// A folder with a file of every length, named by the function.
    pub(super) fn new(lens: &[usize]) -> io::Result<Self> {
        let mut dice = Dice::new(0x2545_f491_4f6c_dd1d);
        let most = lens.iter().copied().max().unwrap_or_default();
        let bytes = (0..most.div_ceil(8))
            .flat_map(|_| dice.bits().to_le_bytes())
            .take(most)
            .collect();
        let path = env::temp_dir().join(format!("replywire-benches-{}", process::id()));
        let folder = Self { path, bytes };
        fs::create_dir_all(served(&folder.path))?;
        for &len in lens {
            let mut file = File::create(served(&folder.path).join(name(len)))?;
            file.write_all(folder.content(len))?;
            // Nothing is left for the kernel to write while servers are measured.
            file.sync_all()?;
        }
        Ok(folder)
    }

    pub(super) fn path(&self) -> &Path {
        &self.path
    }

    /// What is in the file of this length.
    pub(super) fn content(&self, len: usize) -> &[u8] {
        &self.bytes[..len]
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        // What is left is in a folder for temporary files.
        let _ = fs::remove_dir_all(&self.path);
    }
}

/// The part of a folder that servers show; the rest is their own.
pub(super) fn served(folder: &Path) -> PathBuf {
    folder.join("files")
}

/// The name of the file of this length.
pub(super) fn name(len: usize) -> String {
    format!("{len}.bin")
}
