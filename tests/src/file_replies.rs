//! Files as replies, by their path, over real sockets: the same on every runtime.

use std::fs;
use std::time::{Duration, SystemTime};

use replywire_std::Config;
use tokio::io::AsyncWriteExt;

use crate::disk::Disk;
use crate::served::{App, Running, Runtime, end, start_app};

/// Makes every case of this module a test on the [`Runtime`].
#[macro_export]
macro_rules! file_replies {
    ($runtime:ty) => {
        $crate::file_replies! { $runtime:
            a_file_is_sent_with_its_type_and_validators_and_head_without_it
            ranges_and_preconditions_are_those_of_the_file
            a_file_that_is_missing_or_not_regular_is_not_found
            a_file_is_saved_under_a_name_outside_ascii
        }
    };
    ($runtime:ty: $($case:ident)*) => {
        $(#[tokio::test]
        async fn $case() {
            $crate::file_replies::$case::<$runtime>().await;
        })*
    };
}

const CONTENT: &[u8] = b"abcdefghijklmnopqrstuvwxyz";

/// The lines of the file's version: it was changed at the second 784,111,777.
const VERSION: &str =
    "last-modified: Sun, 06 Nov 1994 08:49:37 GMT\r\netag: \"ae1b981bc490a00-1a\"\r\n";

/// Serves a directory with `letters.txt`.
fn serve<R: Runtime>() -> Running {
    let disk = Disk::new();
    let path = disk.path().join("letters.txt");
    fs::write(&path, CONTENT).unwrap();
    let file = fs::File::options().write(true).open(&path).unwrap();
    let modified = SystemTime::UNIX_EPOCH + Duration::from_secs(784_111_777);
    file.set_modified(modified).unwrap();
    fs::create_dir(disk.path().join("folder")).unwrap();
    start_app::<R>(App::with(disk), Config::default(), |_| {})
}

/// The reply on a connection that it ends, without its date.
async fn reply(server: &Running, method: &str, path: &str, fields: &str) -> String {
    let mut stream = server.connect().await;
    let request =
        format!("{method} {path} HTTP/1.1\r\nhost: x\r\nconnection: close\r\n{fields}\r\n");
    stream.write_all(request.as_bytes()).await.unwrap();
    let text = String::from_utf8(end(&mut stream).await.unwrap()).unwrap();
    let lines = text.split_inclusive("\r\n");
    let dated = lines.clone().filter(|line| line.starts_with("date: "));
    assert_eq!(dated.count(), 1, "{text}");
    lines.filter(|line| !line.starts_with("date: ")).collect()
}

pub async fn a_file_is_sent_with_its_type_and_validators_and_head_without_it<R: Runtime>() {
    let server = serve::<R>();
    for (method, body) in [("GET", "abcdefghijklmnopqrstuvwxyz"), ("HEAD", "")] {
        assert_eq!(
            reply(&server, method, "/reply/letters.txt", "").await,
            format!(
                "HTTP/1.1 200 OK\r\ncontent-type: text/plain; charset=utf-8\r\n\
                 accept-ranges: bytes\r\n{VERSION}connection: close\r\n\
                 content-length: 26\r\n\r\n{body}"
            )
        );
    }
    server.stop().await;
}

pub async fn ranges_and_preconditions_are_those_of_the_file<R: Runtime>() {
    let server = serve::<R>();
    let got = reply(&server, "GET", "/reply/letters.txt", "range: bytes=2-4\r\n").await;
    assert_eq!(
        got,
        format!(
            "HTTP/1.1 206 Partial Content\r\ncontent-type: text/plain; charset=utf-8\r\n\
             accept-ranges: bytes\r\n{VERSION}content-range: bytes 2-4/26\r\n\
             connection: close\r\ncontent-length: 3\r\n\r\ncde"
        )
    );
    let got = reply(&server, "GET", "/reply/letters.txt", "range: bytes=26-\r\n").await;
    assert!(
        got.starts_with("HTTP/1.1 416 Range Not Satisfiable\r\n"),
        "{got}"
    );
    assert!(got.contains("\r\ncontent-range: bytes */26\r\n"), "{got}");

    let tag = "if-none-match: \"ae1b981bc490a00-1a\"\r\n";
    let got = reply(&server, "GET", "/reply/letters.txt", tag).await;
    assert!(got.starts_with("HTTP/1.1 304 Not Modified\r\n"), "{got}");
    assert!(
        got.contains("\r\netag: \"ae1b981bc490a00-1a\"\r\n"),
        "{got}"
    );
    assert!(got.ends_with("\r\n\r\n"), "{got}");
    let got = reply(
        &server,
        "GET",
        "/reply/letters.txt",
        "if-match: \"other\"\r\n",
    )
    .await;
    assert!(
        got.starts_with("HTTP/1.1 412 Precondition Failed\r\n"),
        "{got}"
    );
    server.stop().await;
}

pub async fn a_file_that_is_missing_or_not_regular_is_not_found<R: Runtime>() {
    let server = serve::<R>();
    for path in ["/reply/missing.txt", "/reply/folder", "/save/missing.txt"] {
        for (method, body) in [("GET", "Not Found"), ("HEAD", "")] {
            assert_eq!(
                reply(&server, method, path, "range: bytes=2-4\r\n").await,
                format!(
                    "HTTP/1.1 404 Not Found\r\ncontent-type: text/plain; charset=utf-8\r\n\
                     connection: close\r\ncontent-length: 9\r\n\r\n{body}"
                ),
                "{method} {path}"
            );
        }
    }
    server.stop().await;
}

pub async fn a_file_is_saved_under_a_name_outside_ascii<R: Runtime>() {
    let server = serve::<R>();
    assert_eq!(
        reply(&server, "GET", "/save/letters.txt", "range: bytes=25-\r\n").await,
        format!(
            "HTTP/1.1 206 Partial Content\r\n\
             content-disposition: attachment; filename=\"pre_os _.txt\"; \
             filename*=utf-8''pre%C3%A7os%20%E2%82%AC.txt\r\n\
             content-type: text/x; charset=utf-8\r\n\
             accept-ranges: bytes\r\n{VERSION}content-range: bytes 25-25/26\r\n\
             connection: close\r\ncontent-length: 1\r\n\r\nz"
        )
    );
    server.stop().await;
}
