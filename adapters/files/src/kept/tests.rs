//! Answers that a folder keeps between requests, and facts that it asks for each time.
#![cfg(target_os = "linux")]

use std::collections::HashMap;
use std::fs::{self, OpenOptions};
use std::os::unix::fs::FileExt;
use std::path::PathBuf;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::thread;
use std::time::Duration;

use crate::{Folder, Found, OpenFile};
use replywire::file::Coding;
use replywire::request::Exchange;
use replywire::{Response, Status};

const FOREVER: Duration = Duration::from_secs(3600);
/// Longer than the clock of a file system takes to move on.
const A_TICK: Duration = Duration::from_millis(20);

/// A directory of files, gone at the end.
struct Tree(PathBuf);

impl Tree {
    fn new(name: &str) -> Self {
        let path =
            std::env::temp_dir().join(format!("replywire-kept-{name}-{}", std::process::id()));
        fs::create_dir_all(&path).unwrap();
        Self(path)
    }

    fn write(&self, name: &str, text: &str) {
        fs::write(self.0.join(name), text).unwrap();
    }

    /// Replaces a file, as programs do that take care.
    fn replace(&self, name: &str, text: &str) {
        self.write("new", text);
        fs::rename(self.0.join("new"), self.0.join(name)).unwrap();
    }

    fn remove(&self, name: &str) {
        fs::remove_file(self.0.join(name)).unwrap();
    }

    fn folder(&self) -> Folder {
        let folder = Folder::open(&self.0).unwrap();
        folder.precompressed(true).lookup_ttl(FOREVER)
    }

    /// The number of descriptors of this process that are open in here.
    fn descriptors(&self) -> usize {
        let all = fs::read_dir("/proc/self/fd").unwrap();
        let targets = all.filter_map(|fd| fs::read_link(fd.unwrap().path()).ok());
        targets.filter(|target| target.starts_with(&self.0)).count()
    }
}

impl Drop for Tree {
    fn drop(&mut self) {
        let _ = fs::remove_dir_all(&self.0);
    }
}

fn text(file: &OpenFile) -> String {
    let mut bytes = vec![0; file.len() as usize];
    let read = file.read_at(0, &mut bytes).unwrap();
    assert_eq!(read as u64, file.len());
    String::from_utf8(bytes).unwrap()
}

/// The text of what is found, looked up as a handler does.
fn found(folder: &Folder, name: &str) -> Option<String> {
    match folder.find(&format!("/{name}"), None, &[Coding::Gzip]) {
        Found::File(found) => Some(text(&found.file)),
        Found::NotFound => None,
        other => panic!("{other:?}"),
    }
}

/// The tag that a reply with the file has.
fn tag(file: &OpenFile) -> Option<String> {
    let plan = file.facts().plan::<&str, &str>(&Exchange::GET, []);
    let mut buf = [0; 1024];
    let transfer = Response::to(&Exchange::GET, &mut buf, Status::OK)
        .file(&plan)
        .unwrap();
    let head = std::str::from_utf8(transfer.head()).unwrap();
    let tag = head.lines().find_map(|line| line.strip_prefix("etag: "));
    tag.map(Into::into)
}

#[test]
fn the_answer_of_a_look_up_holds_for_its_time() {
    let tree = Tree::new("time");
    let (kept, fresh) = (tree.folder(), tree.folder().lookup_ttl(Duration::ZERO));
    let none = tree.folder().max_open_files(0);
    let short = tree.folder().lookup_ttl(Duration::from_millis(10));
    for folder in [&kept, &fresh, &none, &short] {
        assert_eq!(found(folder, "a.txt"), None);
    }
    tree.write("a.txt", "a");
    assert_eq!(found(&kept, "a.txt"), None);
    assert_eq!(found(&fresh, "a.txt").as_deref(), Some("a"));
    assert_eq!(found(&none, "a.txt").as_deref(), Some("a"));
    tree.write("a.txt.gz", "gzip");
    assert_eq!(found(&fresh, "a.txt").as_deref(), Some("gzip"));
    thread::sleep(Duration::from_millis(20));
    assert_eq!(found(&short, "a.txt").as_deref(), Some("gzip"));
    for (len, is_kept) in [(255, true), (256, true), (257, false)] {
        // A path has no length of its own: the names of a directory and a file make it.
        let name = format!("d/{}", "n".repeat(len - 2 - 3) + ".md");
        fs::create_dir_all(tree.0.join("d")).unwrap();
        assert_eq!(name.len(), len);
        assert_eq!(found(&kept, &name), None);
        tree.write(&name, "long");
        assert_eq!(found(&kept, &name).is_none(), is_kept, "{len}");
    }
}

#[test]
fn a_file_that_is_written_to_replaced_or_removed_is_answered_for_as_it_is() {
    let tree = Tree::new("changes");
    let folder = tree.folder();
    tree.write("a.txt", "one");
    assert_eq!(found(&folder, "a.txt").as_deref(), Some("one"));
    for text in ["two", "longer", "", "after nothing"] {
        tree.write("a.txt", text);
        assert_eq!(found(&folder, "a.txt").as_deref(), Some(text));
        tree.replace("a.txt", &format!("{text}, replaced"));
        assert_eq!(found(&folder, "a.txt"), Some(format!("{text}, replaced")));
    }
    tree.remove("a.txt");
    assert_eq!(found(&folder, "a.txt"), None);

    tree.write("b.txt", "plain");
    tree.write("b.txt.gz", "gzip");
    assert_eq!(found(&folder, "b.txt").as_deref(), Some("gzip"));
    tree.replace("b.txt.gz", "gzip, replaced");
    assert_eq!(found(&folder, "b.txt").as_deref(), Some("gzip, replaced"));
    tree.remove("b.txt.gz");
    assert_eq!(found(&folder, "b.txt").as_deref(), Some("plain"));

    tree.write("c.txt", "linked");
    fs::hard_link(tree.0.join("c.txt"), tree.0.join("d.txt")).unwrap();
    assert_eq!(found(&folder, "c.txt").as_deref(), Some("linked"));
    thread::sleep(A_TICK);
    tree.remove("c.txt");
    assert_eq!(found(&folder, "c.txt"), None);
}

#[test]
fn a_file_that_is_moved_is_found_by_its_new_name_alone() {
    let tree = Tree::new("moved");
    let outside = Tree::new("moved-outside");
    let folder = tree.folder();
    for (from, to) in [
        ("out.txt", outside.0.join("out.txt")),
        ("a.txt", tree.0.join("a.txt.old")),
    ] {
        tree.write(from, "old");
        assert_eq!(found(&folder, from).as_deref(), Some("old"));
        thread::sleep(A_TICK);
        fs::rename(tree.0.join(from), to).unwrap();
        assert_eq!(found(&folder, from), None);
    }
    assert_eq!(found(&folder, "a.txt.old").as_deref(), Some("old"));
}

#[test]
fn no_more_files_are_held_open_than_a_folder_may() {
    let tree = Tree::new("bound");
    for count in 0..300 {
        tree.write(&format!("{count}.txt"), "text");
    }
    let before = tree.descriptors();
    for files in [0, 1, 2, 7, 64, 1000] {
        let folder = tree.folder().max_open_files(files);
        for _ in 0..3 {
            for count in 0..300 {
                assert!(found(&folder, &format!("{count}.txt")).is_some());
                assert!(found(&folder, &format!("none-{count}")).is_none());
            }
        }
        let held = tree.descriptors() - before - 1;
        assert!(held <= files, "{held} of {files}");
        assert!(files < 64 || held >= 32, "{held} of {files}");
        drop(folder);
        assert_eq!(tree.descriptors(), before);
    }
}

/// Has two readers ask for `a.txt` while `write` makes versions of it, and checks that each tag is
/// that of one text. What they read while `writes` is odd, or changes, does not count.
fn each_tag_is_of_one_text(tree: &Tree, write: impl Fn(usize, &AtomicUsize)) {
    let folder = tree.folder();
    let writes = AtomicUsize::new(0);
    let is_over = AtomicBool::new(false);
    let tags = thread::scope(|scope| {
        let readers = [(); 2].map(|()| {
            scope.spawn(|| {
                let mut tags = Vec::new();
                while !is_over.load(Ordering::SeqCst) {
                    let before = writes.load(Ordering::SeqCst);
                    let Found::File(found) = folder.find("/a.txt", None, &[]) else {
                        panic!("the file is always there");
                    };
                    let (tag, text) = (tag(&found.file), text(&found.file));
                    if before.is_multiple_of(2) && writes.load(Ordering::SeqCst) == before {
                        tags.extend(tag.map(|tag| (tag, text)));
                    }
                }
                tags
            })
        });
        for version in 1..40 {
            thread::sleep(Duration::from_millis(25));
            write(version, &writes);
        }
        is_over.store(true, Ordering::SeqCst);
        readers.map(|reader| reader.join().unwrap()).concat()
    });
    let mut texts = HashMap::new();
    for (tag, text) in &tags {
        assert_eq!(*texts.entry(tag).or_insert(text), text, "{tag}");
    }
    assert!(texts.len() > 10, "{} versions had a tag", texts.len());
}

#[test]
fn a_tag_is_never_one_of_other_bytes_while_files_are_replaced() {
    let tree = Tree::new("replaced");
    tree.write("a.txt", "version 0");
    each_tag_is_of_one_text(&tree, |version, _| {
        tree.replace("a.txt", &format!("version {version}"));
    });
}

#[test]
fn a_tag_is_never_one_of_other_bytes_while_a_file_is_written_to_between_replies() {
    let tree = Tree::new("in-place");
    tree.write("a.txt", "version 00");
    each_tag_is_of_one_text(&tree, |version, writes| {
        let file = OpenOptions::new()
            .write(true)
            .open(tree.0.join("a.txt"))
            .unwrap();
        writes.fetch_add(1, Ordering::SeqCst);
        file.write_all_at(format!("version {version:02}").as_bytes(), 0)
            .unwrap();
        writes.fetch_add(1, Ordering::SeqCst);
    });
}
