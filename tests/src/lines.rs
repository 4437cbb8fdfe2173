//! Tests of the lines that every reply of a server has, the same on every runtime.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use replywire::Error;
use replywire::request::Request;
use replywire_std::{Cause, TemplateLines, Unanswered};
use tokio::io::AsyncWriteExt;

use crate::served::{App, Runtime, end, start_with};

/// Makes the cases of this module tests on the [`Runtime`].
#[macro_export]
macro_rules! lines {
    ($runtime:ty) => {
        #[tokio::test]
        async fn all_that_a_server_sends_has_its_lines() {
            $crate::lines::all_that_a_server_sends_has_its_lines::<$runtime>().await;
        }

        #[tokio::test]
        async fn a_mistake_in_the_lines_of_every_reply_is_an_error_page_without_them() {
            $crate::lines::a_mistake_in_them_is_an_error_page_without_them::<$runtime>().await;
        }
    };
}

/// The lines of every reply: two of security, and an id, which counts the requests.
#[derive(Default)]
pub struct Numbered(AtomicUsize);

impl Numbered {
    /// Writes the lines; some paths have a mistake in them.
    pub(crate) fn write(
        &self,
        request: Option<&Request<'_>>,
        lines: &mut TemplateLines<'_>,
    ) -> Result<(), Unanswered> {
        match request.map(Request::path) {
            Some("/lines/panic") => panic!("line {}", 9),
            Some("/lines/error") => return Err(Unanswered::because("no id is left")),
            Some("/lines/mistake") => {
                lines.header("x y", "z");
            }
            _ => {}
        }
        let id = self.0.fetch_add(1, Ordering::Relaxed);
        lines
            .header("x-content-type-options", "nosniff")
            .header("content-security-policy", "default-src 'self'")
            .header("x-request-id", id);
        Ok(())
    }
}

fn get(path: &str, last: &str) -> String {
    format!("GET {path} HTTP/1.1\r\nhost: x\r\n{last}\r\n")
}

pub async fn all_that_a_server_sends_has_its_lines<R: Runtime>() {
    let server = start_with::<R>(App::numbered(), |config| {
        config.timeouts.content = Some(Duration::from_millis(100));
        config.timeouts.handler = Some(Duration::from_millis(300));
        config.timeouts.head = Some(Duration::from_millis(200));
        config.largest_reply = 1 << 16;
    });
    let stalled = "POST /fail/content HTTP/1.1\r\nhost: x\r\ncontent-length: 9\r\n\r\nhalf";
    let malformed =
        "POST /fail/content HTTP/1.1\r\nhost: x\r\ntransfer-encoding: chunked\r\n\r\nzz\r\n";
    let switched =
        "GET /fail/upgraded HTTP/1.1\r\nhost: x\r\nconnection: upgrade\r\nupgrade: x\r\n\r\n";
    let head = "HEAD /file HTTP/1.1\r\nhost: x\r\n\r\n";
    let pipelined = [
        &get("/a", ""),
        head,
        &get("/b", ""),
        &get("/c", "connection: close\r\n"),
    ];
    let table: [(String, &[&str]); 10] = [
        (pipelined.concat(), &["200", "200", "200", "200"]),
        (get("/fail/panic", ""), &["500"]),
        (get("/fail/text", ""), &["500"]),
        (get("/fail/overflow", ""), &["500"]),
        (get("/slow", ""), &["503"]),
        (stalled.to_owned(), &["408"]),
        (malformed.to_owned(), &["400"]),
        ("GET / HTTP/1.1\r\n".to_owned(), &["408"]),
        ("GET / HTTP/9.9\r\n\r\n".to_owned(), &["505"]),
        (switched.to_owned(), &["101"]),
    ];
    let mut id = 0;
    for (request, statuses) in table {
        let mut stream = server.connect().await;
        stream.write_all(request.as_bytes()).await.unwrap();
        let mut got = Vec::new();
        // One that was upgraded and then failed is reset after its reply.
        let _ = within_all(&mut stream, &mut got).await;
        let got = String::from_utf8(got).unwrap();
        let heads: Vec<&str> = got.split("HTTP/1.1 ").skip(1).collect();
        assert_eq!(heads.len(), statuses.len(), "{request} {got}");
        for (head, status) in heads.iter().zip(statuses) {
            let (head, _) = head.split_once("\r\n\r\n").unwrap();
            let lines = format!(
                "\r\nx-content-type-options: nosniff\r\n\
                 content-security-policy: default-src 'self'\r\nx-request-id: {id}"
            );
            assert!(head.starts_with(status), "{request} {head}");
            assert_eq!(head.matches(&lines).count(), 1, "{request} {id} {head}");
            assert_eq!(head.matches("x-request-id").count(), 1);
            id += 1;
        }
    }
    server.stop().await;
}

/// Reads all that a server sends, up to its end or a reset.
async fn within_all(
    stream: &mut tokio::net::TcpStream,
    got: &mut Vec<u8>,
) -> std::io::Result<usize> {
    crate::served::within(tokio::io::AsyncReadExt::read_to_end(stream, got)).await
}

pub async fn a_mistake_in_them_is_an_error_page_without_them<R: Runtime>() {
    let server = start_with::<R>(App::numbered(), |_| ());
    let seen = Arc::clone(&server.seen);
    let mut causes = Vec::new();
    for path in ["/lines/panic", "/lines/error", "/lines/mistake"] {
        let mut stream = server.connect().await;
        stream.write_all(get(path, "").as_bytes()).await.unwrap();
        let reply = String::from_utf8(end(&mut stream).await.unwrap()).unwrap();
        let (head, page) = reply.split_once("\r\n\r\n").unwrap();
        assert!(head.starts_with("HTTP/1.1 500 "), "{path} {head}");
        assert_eq!(page, "Internal Server Error");
        assert!(
            !head.contains("x-request-id") && !head.contains("x-content"),
            "{head}"
        );
        let line = seen.lines().pop().unwrap();
        assert_eq!(
            (line.target.as_deref(), line.status),
            (Some(path), Some(500))
        );
        causes.push((line.cause, line.text));
    }
    let [panic, error, mistake] = &causes[..] else {
        panic!("{causes:?}");
    };
    assert_eq!(panic.0, Some(Cause::Panicked));
    assert!(panic.1.contains("line 9"), "{panic:?}");
    assert_eq!(error.0, Some(Cause::Handler));
    assert!(error.1.contains("no id is left"), "{error:?}");
    assert!(
        matches!(mistake.0, Some(Cause::Template(Error::HeaderName(_)))),
        "{mistake:?}"
    );
    server.stop().await;
}
