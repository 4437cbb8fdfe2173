//! A folder and files when there are no descriptors left, in a process of its own.
#![cfg(target_os = "linux")]

use std::fs;
use std::time::Duration;

use replywire::file::Coding;
use replywire_files::{Folder, Found, OpenError, OpenFile};
use rustix::io::Errno;
use rustix::process::{Resource, Rlimit, getrlimit, setrlimit};

#[test]
fn without_descriptors_a_file_is_not_missing_and_none_is_lost() {
    let root = std::env::temp_dir().join(format!("replywire-limits-{}", std::process::id()));
    fs::create_dir_all(root.join("dir")).unwrap();
    fs::write(root.join("dir/index.html"), "index").unwrap();
    fs::write(root.join("404.html"), "page").unwrap();
    std::os::unix::fs::symlink("dir/../dir/index.html", root.join("link")).unwrap();
    let folder = Folder::open(&root).unwrap().html(true).precompressed(true);
    let keeps = Folder::open(&root)
        .unwrap()
        .lookup_ttl(Duration::from_secs(3600));
    let folder = folder.lookup_ttl(Duration::ZERO);

    let before = getrlimit(Resource::Nofile);
    let open = || fs::read_dir("/proc/self/fd").unwrap().count();
    let count = open();
    // All below the limit are taken, but for `room` of them.
    let limit = 200;
    let limited = Rlimit {
        current: Some(limit),
        ..before
    };
    setrlimit(Resource::Nofile, limited).unwrap();
    let mut taken = Vec::new();
    while let Ok(file) = fs::File::open("/dev/null") {
        taken.push(file);
    }

    let is_out = |error: &std::io::Error| error.raw_os_error() == Some(Errno::MFILE.raw_os_error());
    for room in 0..4 {
        for path in ["/dir", "/dir/", "/none", "/link"] {
            let found = [
                Some(folder.find(path, None, &[Coding::Brotli, Coding::Zstd, Coding::Gzip])),
                folder.find_now(path, None, &[Coding::Brotli, Coding::Zstd, Coding::Gzip]),
            ];
            for found in found.into_iter().flatten() {
                match found {
                    Found::Error(error) => assert!(is_out(&error) && room < 3, "{path} {error}"),
                    // Nothing is said to be missing, without the page that says so.
                    Found::NotFound => panic!("{path} {room}"),
                    _ => assert_ne!(room, 0, "{path}"),
                }
            }
        }
        let file = OpenFile::open(root.join("404.html"));
        match (room, file) {
            (0, Err(OpenError::Io(error))) => assert!(is_out(&error)),
            (1.., Ok(_)) => {}
            (_, file) => panic!("{file:?}"),
        }
        taken.pop();
    }

    // What a folder holds open makes room, for another folder too.
    let find = |folder: &Folder, path| match folder.find(path, None, &[]) {
        Found::File(found) => found.file.len(),
        other => panic!("{other:?}"),
    };
    for folder in [&folder, &keeps] {
        assert_eq!(find(&keeps, "/404.html"), 4);
        while let Ok(file) = fs::File::open("/dev/null") {
            taken.push(file);
        }
        assert_eq!(find(&keeps, "/404.html"), 4);
        assert_eq!(find(folder, "/dir/index.html"), 5);
        taken.pop();
    }

    drop(keeps);
    drop(taken);
    setrlimit(Resource::Nofile, before).unwrap();
    assert_eq!(open(), count - 1);
    drop(folder);
    fs::remove_dir_all(root).unwrap();
    assert_eq!(open(), count - 2);
}
