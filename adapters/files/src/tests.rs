//! Folders in a real file system, by every way there is to open what is below.
#![cfg(unix)]
// Races, devices and descriptors are Linux's own.
#![cfg_attr(not(target_os = "linux"), allow(unused_imports))]

use std::fs::{self, File};
use std::os::unix::fs::symlink;
use std::os::unix::net::UnixListener;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::mpsc;
use std::thread;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use rustix::fs::CWD;

use crate::path::parts;
#[cfg(target_os = "linux")]
use crate::system::Kernel;
use replywire::file::Coding;

use crate::folder::SIBLINGS;
use crate::{Folder, Found, OpenError, OpenFile};

const SECRET: &str = "TOP-SECRET";

/// A directory with `root` to be served and `outside` with a secret, gone at the end.
struct Tree(PathBuf);

impl Tree {
    fn new() -> Self {
        static COUNT: AtomicUsize = AtomicUsize::new(0);
        let count = COUNT.fetch_add(1, Ordering::Relaxed);
        let name = format!("replywire-files-{}-{count}", std::process::id());
        let tree = Self(std::env::temp_dir().join(name));
        tree.write("root/a.txt", "a");
        tree.write("root/sub/b.txt", "b");
        tree.write("root/sub/deep/c.txt", "c");
        tree.write("outside/secret.txt", SECRET);
        tree.write("outside/a.txt", SECRET);
        tree.write("outside/index.html", SECRET);
        tree.write("root_sibling/secret.txt", SECRET);
        tree
    }

    fn path(&self, path: &str) -> PathBuf {
        self.0.join(path)
    }

    fn write(&self, path: &str, text: &str) {
        let path = self.path(path);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, text).unwrap();
    }

    fn link(&self, path: &str, target: impl AsRef<Path>) {
        symlink(target, self.path(path)).unwrap();
    }

    /// The folder, by each of the ways to open what is in it, and with what it keeps.
    fn folders(&self, build: impl Fn(Folder) -> Folder) -> Vec<Folder> {
        let mut folders = self.folders_that_keep_nothing(&build);
        folders.push(build(Folder::open(self.path("root")).unwrap()));
        folders
    }

    fn folders_that_keep_nothing(&self, build: impl Fn(Folder) -> Folder) -> Vec<Folder> {
        let open = || {
            let folder = Folder::open(self.path("root")).unwrap();
            folder.lookup_ttl(Duration::ZERO)
        };
        let mut folders = vec![build(open())];
        #[cfg(target_os = "linux")]
        for kernel in [Kernel::Paths, Kernel::Names] {
            let mut folder = build(open());
            folder.root.kernel = kernel;
            folders.push(folder);
        }
        folders
    }

    /// The number of descriptors of this process that are open in here.
    #[cfg(target_os = "linux")]
    fn descriptors(&self) -> usize {
        let all = fs::read_dir("/proc/self/fd").unwrap();
        all.filter(|fd| {
            let target = fs::read_link(fd.as_ref().unwrap().path());
            target.is_ok_and(|target| target.starts_with(&self.0))
        })
        .count()
    }
}

impl Drop for Tree {
    fn drop(&mut self) {
        fs::remove_dir_all(&self.0).unwrap();
    }
}

fn text(file: &OpenFile) -> String {
    let mut buf = vec![0; 64];
    let len = file.read_at(0, &mut buf).unwrap();
    buf.truncate(len);
    String::from_utf8(buf).unwrap()
}

/// The answer of a folder, in short.
fn short(found: Found) -> String {
    match found {
        Found::Error(error) => panic!("{error}"),
        Found::File(found) => {
            let page = if found.is_error_page { "404 " } else { "" };
            format!("{page}{} {}", found.name, text(&found.file))
        }
        Found::NotFound => "-".into(),
        Found::Redirect(to) => format!("> {to}"),
    }
}

#[test]
fn a_file_is_found_by_its_path() {
    let tree = Tree::new();
    tree.write("root/caf\u{e9} 100%?.txt", "odd");
    tree.write("root/%2e%2e", "twice");
    for folder in tree.folders(|folder| folder) {
        for (path, want) in [
            ("/a.txt", "a.txt a"),
            ("//a.txt", "a.txt a"),
            ("/a.txt/", "-"),
            ("/a.txt/.", "-"),
            ("/a.txt//", "-"),
            ("/a.txt%2f", "-"),
            ("/./sub/.//b%2Etxt", "b.txt b"),
            ("/sub%2fdeep/c.txt", "c.txt c"),
            ("/caf%C3%A9%20100%25%3F.txt", "caf\u{e9} 100%?.txt odd"),
            ("/%252e%252e", "%2e%2e twice"),
            ("", "-"),
            ("/", "-"),
            ("/sub", "-"),
            ("/sub/", "-"),
            ("/none", "-"),
            ("/a.txt/b", "-"),
        ] {
            assert_eq!(short(folder.find(path, None, &[])), want, "{path}");
        }
        let odd = folder.find_decoded("/caf\u{e9} 100%?.txt", None, &[]);
        assert_eq!(short(odd), "caf\u{e9} 100%?.txt odd");
    }
}

#[test]
fn a_name_that_only_windows_takes_for_another_is_a_name() {
    let names = [
        "2024-01-01T10:00:00.csv",
        "C:",
        "a:b:$DATA",
        "a\\b.txt",
        "..\\..\\a.txt",
        "\\\\host",
        "con",
        "NUL.txt",
        "com1",
        "LPT9.x",
        "a.",
        "a ",
        "GIT~1",
        "a*",
        "a|b",
        "\"a\"",
        "<a>",
    ];
    let tree = Tree::new();
    for name in names {
        tree.write(&format!("root/{name}"), "odd");
    }
    for folder in tree.folders(|folder| folder.hidden(true)) {
        for name in names {
            let found = folder.find_decoded(&format!("/{name}"), None, &[]);
            assert_eq!(short(found), format!("{name} odd"));
            let now = folder.find_now(&format!("/{}", name.replace('\\', "%5C")), None, &[]);
            assert!(now.is_none_or(|now| short(now) == format!("{name} odd")));
        }
    }
}

#[test]
fn no_spelling_of_a_way_out_leads_out() {
    let tree = Tree::new();
    let root = tree.path("root").display().to_string();
    let outside = tree.path("outside/secret.txt").display().to_string();
    let dots = [
        "..",
        "%2e%2e",
        "%2E.",
        ".%2e",
        "%252e%252e",
        "%25252e%25252e",
        "%c0%ae%c0%ae",
        "%e0%80%ae%e0%80%ae",
        "%uff0e%uff0e",
        "．．",
        "..;",
        "..;a=b",
        "...",
        "....",
        ". .",
        "..%20",
        "..%00",
        "%00..",
        "..%09",
        "..%0a",
        "..\\",
        "\\..",
        "..%5c",
        "%5c..",
        "..:",
        "..%c2%ad",
        "%f0%80%80%ae.",
        "..%e2%80%8b",
        "~",
    ];
    let slashes = [
        "/",
        "//",
        "%2f",
        "%2F",
        "%252f",
        "\\",
        "%5c",
        "%c0%af",
        "%e0%80%af",
        "/./",
        "%2f.%2f",
        "/%00/",
        ";/",
        "%3b/",
        "／",
        "\u{2215}",
        ":/",
    ];
    let starts = ["", "/sub", "/sub/deep/..", "/%2f", "\\"];
    let mut paths = Vec::new();
    for dots in dots {
        for slash in slashes {
            for start in starts {
                for times in 1..=3 {
                    let up = format!("{slash}{dots}").repeat(times);
                    paths.push(format!("{start}{up}{slash}outside{slash}secret.txt"));
                    paths.push(format!("{start}{up}{slash}root_sibling/secret.txt"));
                }
            }
        }
    }
    for absolute in [
        &outside,
        "/etc/passwd",
        "C:/Windows/win.ini",
        "C:\\Windows\\win.ini",
    ] {
        for start in [
            "", "/", "//", "///", "\\", "\\\\", "/\\", "%2f", "/%2f%2f", "%5c%5c", "file://",
        ] {
            paths.push(format!("{start}{absolute}"));
            paths.push(format!("{start}{}", absolute.replace('/', "%2f")));
        }
    }
    for path in [
        "\\\\localhost\\c$\\a",
        "//localhost/c$/a",
        "/c:",
        "/c:a.txt",
        "/a.txt::$DATA",
        "/a.txt:",
        "/\0",
        "/a.txt\0",
        "/a.txt%00",
        "/a.txt%00.html",
        "/%",
        "/%2",
        "/%zz",
        "*",
        "a.txt",
        "http://x/a.txt",
        "/a.txt?b",
        "/.",
        "/..",
        "/../",
        "/../root/a.txt",
        "/sub/../a.txt",
        "/%2e%2e/root/a.txt",
        "/sub/deep/../../a.txt",
        "/a\r\nb",
        "/\u{85}",
    ] {
        paths.push(path.into());
    }
    for len in [255, 256, 4094, 4095, 4096, 5000, 100_000] {
        paths.push(format!("/{}", "n".repeat(len)));
        paths.push("/x".repeat(len / 2));
        paths.push(format!("{}/outside/secret.txt", "/..".repeat(len / 3)));
        paths.push(format!("{}a.txt", "/sub/deep/../..".repeat(len / 15)));
    }
    paths.push(format!("/..{root}/a.txt"));

    let builds: [fn(Folder) -> Folder; 4] = [
        |folder| folder,
        |folder| folder.hidden(true),
        |folder| folder.html(true).precompressed(true),
        |folder| folder.hidden(true).follow_symlinks(true),
    ];
    for build in builds {
        for folder in tree.folders(build) {
            for path in &paths {
                assert_eq!(short(folder.find(path, None, &SIBLINGS)), "-", "{path}");
                let now = folder.find_now(path, None, &SIBLINGS);
                assert_eq!(now.map_or("-".into(), short), "-", "{path}");
                if !path.contains('%') {
                    assert_eq!(short(folder.find_decoded(path, None, &[])), "-", "{path}");
                }
            }
        }
    }
}

#[test]
fn links_are_followed_inside_and_named_by_their_target() {
    let tree = Tree::new();
    tree.link("root/in.md", "a.txt");
    tree.link("root/chain.md", "sub/up");
    tree.link("root/sub/up", ".././/in.md");
    tree.link("root/dir", "sub/deep");
    tree.link("root/sub/deep/around", "../../dir/../deep/c.txt");
    tree.link("root/none", "nowhere");
    tree.link("root/loop", "loop");
    tree.link("root/ping", "pong");
    tree.link("root/pong", "ping");
    tree.link("root/self", ".");
    tree.link("root/top", "sub/..");
    tree.link("root/out.txt", "../outside/secret.txt");
    tree.link("root/outdir", "../outside");
    tree.link("root/absolute", tree.path("outside/secret.txt"));
    tree.link("root/absolute_in", tree.path("root/a.txt"));
    tree.link("root/back", "../root/a.txt");
    tree.link("root/clamped", "../a.txt");
    tree.link("root/via", "outdir/secret.txt");
    tree.link("root/proc", "/proc/self/root/etc/passwd");
    tree.link("outside/home", "../root");
    // 40 links are followed, and no more.
    tree.link("root/n0", "a.txt");
    for count in 1..=40 {
        tree.link(&format!("root/n{count}"), format!("n{}", count - 1));
    }
    for folder in tree.folders(|folder| folder) {
        for (path, want) in [
            ("/in.md", "a.txt a"),
            ("/chain.md", "a.txt a"),
            ("/dir/c.txt", "c.txt c"),
            ("/dir/around", "c.txt c"),
            ("/self/self/self/a.txt", "a.txt a"),
            ("/top/a.txt", "a.txt a"),
            ("/n39", "a.txt a"),
            ("/n40", "-"),
            ("/none", "-"),
            ("/loop", "-"),
            ("/loop/a.txt", "-"),
            ("/ping", "-"),
            ("/self", "-"),
            ("/top", "-"),
            ("/in.md/b", "-"),
            ("/out.txt", "-"),
            ("/outdir/secret.txt", "-"),
            ("/outdir/home/a.txt", "-"),
            ("/outdir/../a.txt", "-"),
            ("/absolute", "-"),
            ("/absolute_in", "-"),
            ("/back", "-"),
            ("/clamped", "-"),
            ("/via", "-"),
            ("/proc", "-"),
        ] {
            assert_eq!(short(folder.find(path, None, &[])), want, "{path}");
        }
    }
    for folder in tree.folders_that_keep_nothing(|folder| folder) {
        // A link has to be read, which may need the disk.
        assert!(folder.find_now("/in.md", None, &[]).is_none());
    }
    for folder in tree.folders(|folder| folder.follow_symlinks(true)) {
        for (path, want) in [
            ("/in.md", "in.md a"),
            ("/dir/c.txt", "c.txt c"),
            ("/out.txt", "out.txt TOP-SECRET"),
            ("/outdir/secret.txt", "secret.txt TOP-SECRET"),
            ("/absolute_in", "absolute_in a"),
            ("/back", "back a"),
            ("/loop", "-"),
            ("/none", "-"),
            ("/outdir/../outside/secret.txt", "-"),
            ("/../outside/secret.txt", "-"),
        ] {
            assert_eq!(short(folder.find(path, None, &[])), want, "{path}");
        }
    }
}

#[test]
fn every_short_path_through_links_is_what_the_system_says() {
    let tree = Tree::new();
    tree.link("root/in", "sub");
    tree.link("root/sub/up", "..");
    tree.link("root/sub/out", "../../outside");
    tree.link("root/out", "../outside");
    tree.link("root/sub/deep/far", "../../../outside/a.txt");
    let tokens = [
        "/", ".", "..", "sub", "deep", "in", "up", "out", "far", "a.txt", "c.txt", "%2e", "%2f",
        "\\",
    ];
    let root = tree.path("root").canonicalize().unwrap();
    // By the kernel and by names.
    let mut folders = tree.folders(|folder| folder);
    folders.drain(1..folders.len().max(2) - 1);
    let mut files = 0;
    for number in 0..tokens.len().pow(4) {
        let digits = [1, 14, 196, 2744].map(|place| number / place % 14);
        let path: Vec<&str> = digits.iter().map(|digit| tokens[*digit]).collect();
        for path in [
            format!("/{}", path.concat()),
            format!("/{}", path.join("/")),
        ] {
            let decoded = path.replace("%2e", ".").replace("%2f", "/");
            let names: Vec<&str> = parts(&decoded).collect();
            let is_plain = !names
                .iter()
                .any(|name| name.starts_with('.') || name.contains('\\'));
            let ends_in_name = !decoded.ends_with('/') && !decoded.ends_with("/.");
            let target = root.join(names.join("/")).canonicalize();
            let want = match target {
                Ok(target)
                    if is_plain
                        && ends_in_name
                        && target.starts_with(&root)
                        && target.is_file() =>
                {
                    files += 1;
                    let name = target.file_name().unwrap().to_str().unwrap();
                    format!("{name} {}", fs::read_to_string(&target).unwrap())
                }
                _ => "-".into(),
            };
            for folder in &folders {
                assert_eq!(short(folder.find(&path, None, &[])), want, "{path}");
            }
        }
    }
    assert!(files > 130, "{files}");
}

#[test]
fn hidden_files_are_found_only_where_wanted() {
    let tree = Tree::new();
    tree.write("root/.env", "key");
    tree.write("root/.git/config", "git");
    tree.write("root/.well-known/security.txt", "contact");
    tree.write("root/sub/.well-known/x", "no");
    tree.link("root/current", ".git");
    for folder in tree.folders(|folder| folder) {
        for path in [
            "/.env",
            "/%2eenv",
            "//.env",
            "/.git/config",
            "/./.env",
            "/sub/.well-known/x",
        ] {
            assert_eq!(short(folder.find(path, None, &[])), "-", "{path}");
        }
        let public = folder.find("/.well-known/security.txt", None, &[]);
        assert_eq!(short(public), "security.txt contact");
        // The owner gave it another name.
        assert_eq!(
            short(folder.find("/current/config", None, &[])),
            "config git"
        );
    }
    for folder in tree.folders(|folder| folder.hidden(true)) {
        assert_eq!(short(folder.find("/.env", None, &[])), ".env key");
        assert_eq!(short(folder.find("/.git/config", None, &[])), "config git");
        assert_eq!(short(folder.find("/.", None, &[])), "-");
    }
}

#[test]
fn a_folder_of_pages_has_indexes_and_a_page_for_what_is_missing() {
    let tree = Tree::new();
    tree.write("root/dir/index.html", "index");
    tree.write("root/a b/index.html", "blank");
    tree.write("root/evil.example/index.html", "host");
    fs::create_dir_all(tree.path("root/odd/index.html")).unwrap();
    tree.link("root/out", "../outside");
    let plain = |folder: Folder| folder.html(true);
    for folder in tree.folders(plain) {
        assert_eq!(short(folder.find("/none", None, &[])), "-");
    }
    tree.write("root/404.html", "page");
    for folder in tree.folders(plain) {
        for (path, query, want) in [
            ("/dir/", None, "index.html index"),
            ("/dir/./", None, "index.html index"),
            ("/dir//", Some("q"), "index.html index"),
            ("/dir/index.html", None, "index.html index"),
            ("/dir/index.html/", None, "404 404.html page"),
            ("/dir", None, "> /dir/"),
            ("//dir", Some("x=%20y"), "> /dir/?x=%20y"),
            ("/%2fdir/.", Some(""), "> /dir/?"),
            ("/a%20b", None, "> /a%20b/"),
            ("//evil.example", None, "> /evil.example/"),
            ("/404.html", None, "404.html page"),
            ("/none", None, "404 404.html page"),
            ("", None, "404 404.html page"),
            ("/sub", None, "404 404.html page"),
            ("/sub/", None, "404 404.html page"),
            ("/odd/", None, "404 404.html page"),
            ("/odd", None, "404 404.html page"),
            ("/a.txt/", None, "404 404.html page"),
            ("/a.txt/.", None, "404 404.html page"),
            ("/out", None, "404 404.html page"),
            ("/out/", None, "404 404.html page"),
            ("/../outside/secret.txt", None, "404 404.html page"),
            ("/.git", None, "404 404.html page"),
            ("/a%00b", None, "-"),
            ("/\\evil.example", None, "404 404.html page"),
        ] {
            assert_eq!(short(folder.find(path, query, &[])), want, "{path}");
        }
    }
    tree.write("root/index.html", "top");
    for folder in tree.folders(|folder| folder.html(true).at("static//files/")) {
        for (path, want) in [
            ("/static/files", "> /static/files/"),
            ("/static/files/", "index.html top"),
            ("/static/files/dir", "> /static/files/dir/"),
            ("/static/files/a.txt", "a.txt a"),
            ("/static/file/a.txt", "404 404.html page"),
            ("/static/filesa.txt", "404 404.html page"),
            ("/a.txt", "404 404.html page"),
            ("/static/files/../a.txt", "404 404.html page"),
        ] {
            assert_eq!(short(folder.find(path, None, &[])), want, "{path}");
        }
    }
}

#[test]
fn a_sibling_that_the_client_takes_is_served() {
    let tree = Tree::new();
    for (path, text) in [
        ("root/app.js", "plain"),
        ("root/app.js.br", "br"),
        ("root/app.js.gz", "gz"),
        ("root/app.js.gz.br", "twice"),
        ("root/orphan.gz", "orphan"),
        ("root/dir/index.html", "index"),
        ("root/dir/index.html.zst", "zst"),
        ("root/404.html", "page"),
        ("root/404.html.br", "page.br"),
    ] {
        tree.write(path, text);
    }
    tree.link("root/a.txt.br", "../outside/secret.txt");
    fs::create_dir(tree.path("root/a.txt.gz")).unwrap();
    tree.link("root/alias.mjs", "app.js");
    tree.link("root/alias.mjs.gz", "app.js.gz");
    use Coding::{Brotli, Gzip, Zstd};
    for folder in tree.folders(|folder| folder.html(true).precompressed(true)) {
        let found = |path, codings: &[Coding]| match folder.find(path, None, codings) {
            Found::File(found) => (found.name, text(&found.file), found.encoding, found.vary),
            other => panic!("{path} {other:?}"),
        };
        for (path, codings, name, text, encoding, vary) in [
            ("/app.js", &[][..], "app.js", "plain", None, true),
            ("/app.js", &[Gzip, Brotli], "app.js", "gz", Some(Gzip), true),
            (
                "/app.js",
                &[Brotli, Gzip],
                "app.js",
                "br",
                Some(Brotli),
                true,
            ),
            ("/app.js", &[Zstd, Gzip], "app.js", "gz", Some(Gzip), true),
            ("/app.js", &[Zstd], "app.js", "plain", None, true),
            ("/app.js.gz", &[Brotli], "app.js.gz", "gz", None, false),
            ("/alias.mjs", &[Gzip], "app.js", "gz", Some(Gzip), true),
            ("/a.txt", &[Brotli, Gzip, Zstd], "a.txt", "a", None, true),
            ("/dir/", &[Zstd], "index.html", "zst", Some(Zstd), true),
            ("/orphan", &[Gzip], "404.html", "page", None, false),
        ] {
            let want = (name.into(), text.into(), encoding, vary);
            assert_eq!(found(path, codings), want, "{path} {codings:?}");
        }
    }
    let folder = Folder::open(tree.path("root")).unwrap();
    assert_eq!(short(folder.find("/app.js", None, &[Gzip])), "app.js plain");
}

#[test]
#[cfg(target_os = "linux")]
fn what_was_used_lately_is_found_without_a_wait() {
    let tree = Tree::new();
    let [detected, paths, names] = tree
        .folders_that_keep_nothing(|folder| folder.html(true).precompressed(true))
        .try_into()
        .unwrap();
    for folder in [&paths, &names] {
        assert!(folder.find_now("/sub/b.txt", None, &[]).is_none());
    }
    if detected.root.kernel != Kernel::Cached {
        return;
    }
    for path in ["/sub/b.txt", "/sub", "/none", "/sub/"] {
        let want = short(detected.find(path, None, &SIBLINGS));
        let found = detected.find_now(path, None, &SIBLINGS).unwrap();
        assert_eq!(short(found), want, "{path}");
    }
    // No look-up is needed to see that.
    assert!(detected.find_now("/%00", None, &[]).is_some());
}

#[test]
#[cfg(target_os = "linux")]
fn what_is_no_regular_file_is_refused_without_a_wait() {
    use rustix::fs::{FileType, Mode, mknodat};

    let tree = Tree::new();
    let fifo = tree.path("root/fifo");
    mknodat(CWD, &fifo, FileType::Fifo, Mode::RWXU, 0).unwrap();
    tree.link("root/tofifo", "fifo");
    let _listener = UnixListener::bind(tree.path("root/socket")).unwrap();
    for device in ["null", "zero", "tty", "full", "ptmx"] {
        tree.link(&format!("root/{device}"), format!("/dev/{device}"));
    }
    let (done, waits) = mpsc::channel();
    let worker = thread::spawn(move || {
        for path in ["fifo", "tofifo", "socket", "null", "zero", "full", "sub"] {
            let error = OpenFile::open(tree.path("root").join(path)).unwrap_err();
            assert!(matches!(error, OpenError::NotRegular), "{path} {error:?}");
        }
        for follow in [false, true] {
            for folder in
                tree.folders_that_keep_nothing(|folder| folder.html(true).follow_symlinks(follow))
            {
                for path in [
                    "fifo", "tofifo", "socket", "null", "zero", "tty", "full", "ptmx",
                ] {
                    for path in [
                        format!("/{path}"),
                        format!("/{path}/"),
                        format!("/{path}/a"),
                    ] {
                        assert_eq!(short(folder.find(&path, None, &[])), "-", "{path}");
                    }
                }
            }
        }
        done.send(()).unwrap();
    });
    waits.recv_timeout(Duration::from_secs(30)).unwrap();
    worker.join().unwrap();
}

#[test]
#[cfg(target_os = "linux")]
fn a_file_that_misstates_its_length_is_refused() {
    for (folder, path) in [
        ("/proc", "version"),
        ("/proc", "self/status"),
        ("/proc", "sys/kernel/ostype"),
        ("/proc", "self/mem"),
        ("/sys", "class/net/lo/mtu"),
        ("/sys", "kernel/mm/transparent_hugepage/enabled"),
    ] {
        let whole = Path::new(folder).join(path);
        if whole.exists() {
            let error = OpenFile::open(&whole).unwrap_err();
            assert!(matches!(error, OpenError::NotRegular), "{path} {error:?}");
            let folder = Folder::open(folder).unwrap().follow_symlinks(true);
            let found = folder.find(&format!("/{path}"), None, &[]);
            assert_eq!(short(found), "-", "{path}");
        }
    }
    let tree = Tree::new();
    for len in [0, 1, 4096, 1 << 40] {
        let path = tree.path("root/sparse");
        File::create(&path).unwrap().set_len(len).unwrap();
        assert_eq!(OpenFile::open(&path).unwrap().len(), len);
    }
}

#[test]
fn an_error_says_what_is_wrong() {
    let tree = Tree::new();
    let missing = OpenFile::open(tree.path("root/none")).unwrap_err();
    assert!(matches!(missing, OpenError::Missing));
    assert_eq!(missing.to_string(), "no such file");
    let missing = OpenFile::open(tree.path("root/a.txt/b")).unwrap_err();
    assert!(matches!(missing, OpenError::Missing));
    tree.link("root/loop", "loop");
    let error = OpenFile::open(tree.path("root/loop")).unwrap_err();
    assert!(matches!(error, OpenError::Io(_)));
    assert!(std::error::Error::source(&error).is_some());
    let directory = OpenFile::from_file(File::open(tree.path("root")).unwrap());
    assert!(matches!(directory, Err(OpenError::NotRegular)));
    let file = Folder::open(tree.path("root/a.txt")).unwrap_err();
    assert_eq!(file.kind(), std::io::ErrorKind::NotADirectory);
    let missing = Folder::open(tree.path("none")).unwrap_err();
    assert_eq!(missing.kind(), std::io::ErrorKind::NotFound);
}

#[test]
fn the_facts_are_those_of_the_descriptor() {
    let tree = Tree::new();
    let path = tree.path("root/a.txt");
    let file = File::options().write(true).open(&path).unwrap();
    for (secs, nanos) in [
        (0, 0),
        (1, 999_999_999),
        (1_700_000_000, 123_456_789),
        (-1, 0),
        (-1, 1),
        (-2, 999_999_999),
        (-1_000_000_000, 5),
    ] {
        let nanos_of = Duration::from_nanos(u64::from(nanos));
        let time = match u64::try_from(secs) {
            Ok(secs) => UNIX_EPOCH + Duration::from_secs(secs) + nanos_of,
            Err(_) => UNIX_EPOCH - Duration::from_secs(i64::unsigned_abs(secs)) + nanos_of,
        };
        file.set_modified(time).unwrap();
        assert_eq!(OpenFile::open(&path).unwrap().modified(), (secs, nanos));
    }
    file.set_modified(SystemTime::now()).unwrap();
    let open = OpenFile::open(&path).unwrap();
    tree.write("root/new", "something longer");
    fs::rename(tree.path("root/new"), &path).unwrap();
    assert_eq!((open.len(), text(&open)), (1, "a".into()));
    file.set_len(0).unwrap();
    assert_eq!((open.len(), text(&open)), (1, String::new()));
}

#[test]
fn the_folder_stays_the_one_that_was_opened() {
    let tree = Tree::new();
    let folders = tree.folders(|folder| folder);
    fs::rename(tree.path("root"), tree.path("moved")).unwrap();
    tree.link("root", "outside");
    for folder in folders {
        assert_eq!(short(folder.find("/a.txt", None, &[])), "a.txt a");
    }
}

/// Swaps two names at least `times` while each of `folders` looks `path` up, until all have come
/// upon both; no byte of a secret is read.
#[cfg(target_os = "linux")]
fn race(tree: &Tree, names: [&str; 2], path: &str, folders: &[Folder], times: usize) {
    use rustix::fs::{RenameFlags, renameat_with};

    let [one, other] = names.map(|name| tree.path(name));
    let done = AtomicBool::new(false);
    let content = AtomicUsize::new(0);
    let look = |folder: &Folder| {
        let (mut found, mut missed) = (false, false);
        while !done.load(Ordering::Relaxed) {
            let before = found && missed;
            for result in [
                Some(folder.find(path, None, &SIBLINGS)),
                folder.find_now(path, None, &SIBLINGS),
            ] {
                match result.map(short).as_deref() {
                    Some("b.txt b") => found = true,
                    Some("-") => missed = true,
                    None => {}
                    Some(other) => panic!("{path} {other}"),
                }
            }
            if !before && found && missed {
                content.fetch_add(1, Ordering::Relaxed);
            }
        }
    };
    thread::scope(|scope| {
        let look = &look;
        let threads: Vec<_> = folders
            .iter()
            .map(|folder| scope.spawn(move || look(folder)))
            .collect();
        let mut swaps = 0;
        while swaps < times || content.load(Ordering::Relaxed) < folders.len() {
            renameat_with(CWD, &one, CWD, &other, RenameFlags::EXCHANGE).unwrap();
            swaps += 1;
            if threads.iter().any(|thread| thread.is_finished()) {
                break;
            }
        }
        done.store(true, Ordering::Relaxed);
        // Leave them as they were.
        if swaps % 2 == 1 {
            renameat_with(CWD, &one, CWD, &other, RenameFlags::EXCHANGE).unwrap();
        }
    });
}

#[test]
#[cfg(target_os = "linux")]
fn a_directory_that_becomes_a_link_meanwhile_leads_nowhere() {
    let times = 30_000;
    let tree = Tree::new();
    tree.write("outside/b.txt", SECRET);
    tree.write("outside/b.txt.br", SECRET);
    tree.write("outside/deep/b.txt", SECRET);
    tree.write("root/sub/deep/b.txt", "b");
    tree.link("root/link", "../outside");
    tree.link("root/sub/link", "../../outside/deep");
    tree.link("root/sub/b.link", "../../outside/b.txt");
    tree.link("root/way", "sub/deep/../b.txt");
    let folders = tree.folders(|folder| folder.precompressed(true));
    race(
        &tree,
        ["root/sub", "root/link"],
        "/sub/b.txt",
        &folders,
        times,
    );
    race(
        &tree,
        ["root/sub/deep", "root/sub/link"],
        "/sub/deep/b.txt",
        &folders,
        times,
    );
    race(
        &tree,
        ["root/sub/b.txt", "root/sub/b.link"],
        "/sub/b.txt",
        &folders,
        times,
    );
}

#[test]
#[cfg(target_os = "linux")]
fn no_descriptor_is_left_open() {
    let tree = Tree::new();
    tree.write("root/sub/index.html", "index");
    tree.write("root/a.txt.gz", "gz");
    tree.link("root/link", "sub/deep/../../sub/deep/c.txt");
    tree.link("root/loop", "loop");
    tree.link("root/out", "sub/../../outside");
    let all = tree.folders_that_keep_nothing(|folder| folder.html(true).precompressed(true));
    let before = tree.descriptors();
    assert_eq!(before, all.len());
    for folder in &all {
        for _ in 0..100 {
            for path in [
                "/a.txt", "/sub", "/sub/", "/link", "/loop", "/out/a", "/none", "/a.txt/b",
            ] {
                drop(folder.find(path, None, &SIBLINGS));
                drop(folder.find_now(path, None, &SIBLINGS));
            }
            drop(OpenFile::open(tree.path("root/a.txt")));
            drop(OpenFile::open(tree.path("root/sub")));
        }
    }
    assert_eq!(tree.descriptors(), before);
    drop(all);
    assert_eq!(tree.descriptors(), 0);
}
