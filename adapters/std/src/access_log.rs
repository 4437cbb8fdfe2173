use std::fmt::{self, Write as _};
use std::io::{self, Write as _};

use replywire::json::{Outcome, Python, Sink, ToJson, Value};
use replywire::request::Version;
use replywire_embedded::{Cause, Unanswered};

use crate::clock;
use crate::observe::{Ended, Observe, Replied};

/// Writes one line for each exchange, as a [hook](Observe) of a server: requests that were refused
/// or reset, and handlers that panicked, included. A failure that belongs to no exchange, such as
/// of accepting a connection, is a line of its own.
///
/// A line goes to a function, which should not block, or to the [standard error
/// stream](Self::stderr); with the features `log` and `tracing` to the loggers of these crates, by
/// [`log`](Self::log) and [`tracing`](Self::tracing). Whatever a client sends, there is one line,
/// whose quotes it cannot end.
#[derive(Clone, Copy)]
#[doc(alias("TraceLayer", "access", "morgan"))]
pub struct AccessLog<F> {
    form: LogForm,
    write: F,
}

/// The form of the lines of an [`AccessLog`].
#[non_exhaustive]
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum LogForm {
    /// The Common Log Format, `host - - [time] "request" status bytes`, with the bytes of head and
    /// body; after a failure its cause follows, in quotes. A hyphen is what is not known. In
    /// quotes, `"`, `\` and all but the visible characters of ASCII and spaces are `\xHH`.
    ///
    /// ```text
    /// 192.0.2.7 - - [30/Nov/2026:10:14:07 +0000] "GET /a HTTP/1.1" 200 131
    /// 192.0.2.7 - - [30/Nov/2026:10:14:08 +0000] "GET /b HTTP/1.1" 500 145 "handler failed"
    /// ```
    Common,
    /// A JSON object. The clock of the runtime is read for `seconds`, which is
    /// [`Replied::took`] in seconds, a number with a fraction: with the nanoseconds that the clock
    /// tells, in the shortest form that gives them back.
    ///
    /// ```text
    /// {"time":"Mon, 30 Nov 2026 10:14:07 GMT","connection_number":1,"peer":"192.0.2.7:61000",
    ///  "method":"GET","target":"/a","version":"HTTP/1.1","status":200,"bytes":131,"whole":true,
    ///  "seconds":0.0001,"failure":null}
    /// ```
    Json,
}

impl<F: Fn(&str) + Send + Sync> AccessLog<F> {
    /// A log whose lines, without their ends, are given to `write`.
    pub const fn new(form: LogForm, write: F) -> Self {
        Self { form, write }
    }
}

impl AccessLog<fn(&str)> {
    /// A log whose lines go to the standard error stream, each by one write; one that cannot be
    /// written is lost.
    ///
    /// ```
    /// use replywire_std::{AccessLog, LogForm};
    ///
    /// let log = AccessLog::stderr(LogForm::Common);
    /// // Server::new(handler).observe(log)
    /// # let _ = log;
    /// ```
    #[doc(alias = "uvicorn.access")]
    pub fn stderr(form: LogForm) -> Self {
        Self::new(form, |line| {
            // There is no one to tell that the log is gone.
            let _ = io::stderr().write_all(format!("{line}\n").as_bytes());
        })
    }
}

#[cfg(feature = "log")]
impl AccessLog<fn(&str)> {
    /// A log whose lines are records of the crate `log`, with the level `Info` and the target
    /// `replywire::access`.
    pub fn log(form: LogForm) -> Self {
        Self::new(
            form,
            |line| log::info!(target: "replywire::access", "{line}"),
        )
    }
}

#[cfg(feature = "tracing")]
impl AccessLog<fn(&str)> {
    /// A log whose lines are events of the crate `tracing`, with the level `INFO` and the target
    /// `replywire::access`.
    pub fn tracing(form: LogForm) -> Self {
        Self::new(
            form,
            |line| tracing::info!(target: "replywire::access", "{line}"),
        )
    }
}

impl<F: Fn(&str) + Send + Sync> Observe for AccessLog<F> {
    fn wants_times(&self) -> bool {
        self.form == LogForm::Json
    }

    fn accept_failed(&self, error: &io::Error) {
        self.failed("-", &format!("connection not accepted: {error}"));
    }

    fn replied(&self, reply: &Replied<'_>) {
        (self.write)(&match self.form {
            LogForm::Common => common(reply),
            LogForm::Json => json(&JsonLine(reply, &time())),
        });
    }

    fn ended(&self, end: &Ended<'_>) {
        // A connection that its server drops between requests is no failure.
        let failure = end.failure;
        if let Some(failure) = failure.filter(|failure| failure.cause() != Cause::Dropped) {
            let peer = end.connection.peer.map(|peer| peer.ip().to_string());
            self.failed(peer.as_deref().unwrap_or("-"), &failure.to_string());
        }
    }
}

impl<F: Fn(&str)> AccessLog<F> {
    /// Writes the line of a failure that belongs to no exchange.
    fn failed(&self, peer: &str, failure: &str) {
        (self.write)(&match self.form {
            LogForm::Common => {
                let failure = Quoted(failure);
                format!("{peer} - - [{}] \"-\" - 0 \"{failure}\"", common_time())
            }
            LogForm::Json => json(&FailureLine(peer, failure, &time())),
        });
    }
}

impl<F> fmt::Debug for AccessLog<F> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("AccessLog")
            .field("form", &self.form)
            .finish_non_exhaustive()
    }
}

fn common(reply: &Replied<'_>) -> String {
    let mut line = String::new();
    match reply.connection.peer {
        Some(peer) => push(&mut line, format_args!("{}", peer.ip())),
        None => line.push('-'),
    }
    push(&mut line, format_args!(" - - [{}] \"", common_time()));
    match (reply.method, reply.target) {
        (Some(method), Some(target)) => {
            let (method, target) = (Quoted(method), Quoted(target));
            let version = reply.version.map_or("-", Version::as_str);
            push(&mut line, format_args!("{method} {target} {version}"));
        }
        _ => line.push('-'),
    }
    line.push_str("\" ");
    match reply.status {
        Some(status) => push(&mut line, format_args!("{}", status.code())),
        None => line.push('-'),
    }
    push(&mut line, format_args!(" {}", reply.bytes));
    if let Some(failure) = reply.failure {
        push(
            &mut line,
            format_args!(" \"{}\"", Quoted(&failure.to_string())),
        );
    }
    line
}

fn push(line: &mut String, text: fmt::Arguments<'_>) {
    // A string takes all.
    let _ = line.write_fmt(text);
}

/// A text between quotes, which it cannot end.
struct Quoted<'t>(&'t str);

impl fmt::Display for Quoted<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for byte in self.0.bytes() {
            match byte {
                b'"' | b'\\' | ..b' ' | 0x7f.. => write!(f, "\\x{byte:02X}")?,
                _ => f.write_char(byte.into())?,
            }
        }
        Ok(())
    }
}

/// The time as in the `date` of a reply.
fn time() -> String {
    clock::now().map(|now| now.to_string()).unwrap_or_default()
}

/// The time as the Common Log Format has it.
fn common_time() -> String {
    let time = time();
    // `Mon, 30 Nov 2026 10:14:07 GMT`
    let mut parts = time.split(' ').skip(1);
    let mut part = || parts.next().unwrap_or_default();
    format!("{}/{}/{}:{} +0000", part(), part(), part(), part())
}

fn json<T: ToJson>(line: &T) -> String {
    let document = Python::by_hand(line);
    let mut text = vec![0; document.measure().unwrap_or_default()];
    match document.write(&mut text) {
        Ok(_) => ascii(&String::from_utf8(text).unwrap_or_default()),
        Err(_) => String::new(),
    }
}

/// The same JSON in ASCII: what is not stands in strings, where terminals and readers of lines
/// could take it for more than text.
fn ascii(json: &str) -> String {
    let mut line = String::with_capacity(json.len());
    for char in json.chars() {
        match char {
            ' '..='~' => line.push(char),
            char => {
                for unit in char.encode_utf16(&mut [0; 2]) {
                    push(&mut line, format_args!("\\u{unit:04x}"));
                }
            }
        }
    }
    line
}

/// An exchange, and the time.
struct JsonLine<'l>(&'l Replied<'l>, &'l str);

impl ToJson for JsonLine<'_> {
    fn to_json<S: Sink>(&self, out: Value<S>) -> Outcome<S> {
        let Self(reply, time) = self;
        let peer = reply.connection.peer.map(|peer| peer.to_string());
        let seconds = reply.took.map(|took| took.as_secs_f64());
        out.object()?
            .field("time", *time)?
            .field("connection_number", &reply.connection.connection)?
            .field("peer", &peer.as_deref())?
            .field("method", &reply.method)?
            .field("target", &reply.target)?
            .field("version", &reply.version.map(Version::as_str))?
            .field("status", &reply.status.map(|status| status.code()))?
            .field("bytes", &reply.bytes)?
            .field("whole", &reply.is_whole)?
            .field("seconds", &seconds)?
            .field(
                "failure",
                &reply.failure.map(Unanswered::to_string).as_deref(),
            )?
            .end()
    }
}

/// The peer, a failure that belongs to no exchange, and the time.
struct FailureLine<'l>(&'l str, &'l str, &'l str);

impl ToJson for FailureLine<'_> {
    fn to_json<S: Sink>(&self, out: Value<S>) -> Outcome<S> {
        let Self(peer, failure, time) = self;
        out.object()?
            .field("time", *time)?
            .field("peer", *peer)?
            .field("failure", *failure)?
            .end()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_text_ends_its_quotes_or_its_line() {
        for text in (0..=0x2ff).filter_map(char::from_u32).map(String::from) {
            let quoted = Quoted(&text).to_string();
            let is_plain = |byte: u8| (b' '..=b'~').contains(&byte) && byte != b'"';
            assert!(quoted.bytes().all(is_plain), "{quoted:?}");
            // What was quoted can be told.
            let bytes: Vec<u8> = match quoted.strip_prefix("\\x") {
                None => quoted.into_bytes(),
                Some(rest) => rest
                    .split("\\x")
                    .map(|byte| u8::from_str_radix(byte, 16).unwrap())
                    .collect(),
            };
            assert_eq!(bytes, text.as_bytes());
        }
    }

    #[test]
    fn the_time_of_the_common_form_has_its_parts() {
        let time = common_time();
        let shape: String = time
            .chars()
            .map(|c| match c {
                '0'..='9' => '9',
                'A'..='Z' | 'a'..='z' => 'a',
                _ => c,
            })
            .collect();
        assert_eq!(shape, "99/aaa/9999:99:99:99 +9999");
    }
}
