//! Family `cookies`: operations on an empty response.

use replywire::request::Exchange;
use replywire::{Headers, Reply, Response, Status};
use serde_json::{Value as Json, json};

use crate::edits;
use crate::failure::Failure;
use crate::family::{Got, Verdict, different};
use crate::vector::{Vector, fields};
use crate::{ROOM, buffer, latin1};

pub(super) fn check(vector: &Vector) -> Verdict {
    let (input, expect) = (&vector.input, &vector.expect);
    let cookies = Cookies::of(vector);
    let mut buf = buffer(ROOM);
    let got = match cookies.stored(&mut buf) {
        Ok(reply) => Got::read(reply.as_bytes(), "GET"),
        Err(failure) => Got::Refused(failure),
    };
    let mut differs = match (&got, expect["error"].as_str()) {
        (Got::Reply(parsed), None) => {
            let ok = &expect["ok"];
            let lines = ok["set_cookie"].as_array().expect("a list");
            let want = lines
                .iter()
                .map(|line| latin1(line.as_str().expect("a text")));
            assert!(
                want.eq(fields(&ok["headers"])
                    .remove("set-cookie")
                    .unwrap_or_default())
            );
            let empty =
                json!({"status": 200, "headers": ok["headers"], "body": {"len": 0, "b64": ""}});
            different(parsed, &empty)
        }
        _ => got.differs(expect, input),
    };
    // Written straight into the reply, or into one that is finished, cookies give the same bytes
    // and the same mistakes.
    let (mut direct, mut late) = (buffer(ROOM), buffer(ROOM));
    for (what, reply) in [
        ("direct", cookies.written(&mut direct)),
        ("edited", cookies.edited(&mut late)),
    ] {
        let agrees = match reply {
            None => true,
            Some(Ok(reply)) => Got::read(reply.as_bytes(), "GET") == got,
            Some(Err(failure)) => Got::Refused(failure) == got,
        };
        if !agrees {
            differs.insert(what.into());
        }
    }
    got.verdict(differs)
}

/// The operations of a vector of this family.
#[derive(Clone, Copy, Debug)]
pub struct Cookies<'v> {
    ops: &'v [Json],
    now: i64,
}

impl<'v> Cookies<'v> {
    /// Those of `vector`.
    ///
    /// # Panics
    ///
    /// Where it is of another family.
    pub fn of(vector: &'v Vector) -> Self {
        Self {
            ops: vector.input["ops"].as_array().expect("operations"),
            now: vector.input["now"].as_i64().expect("a time"),
        }
    }

    /// Collects the lines in a store, then writes the reply.
    ///
    /// # Errors
    ///
    /// What the core refuses.
    pub fn stored<'b>(&self, buf: &'b mut [u8]) -> Result<Reply<'b>, Failure> {
        let mut headers = Headers::<16384>::new();
        for op in self.ops {
            edits::apply(op, self.now, &mut headers)?;
        }
        let response = Response::to(&Exchange::GET, buf, Status::OK);
        Ok(response.headers(&headers).empty()?)
    }

    /// Writes the cookies straight into the reply; `None` where there are other operations.
    pub fn written<'b>(&self, buf: &'b mut [u8]) -> Option<Result<Reply<'b>, Failure>> {
        let mut response = Response::to(&Exchange::GET, buf, Status::OK);
        for op in self.ops {
            if !matches!(op["op"].as_str(), Some("set_cookie" | "delete_cookie")) {
                return None;
            }
            match edits::cookie(op, self.now) {
                Ok(cookie) => response = response.cookie(&cookie),
                Err(failure) => return Some(Err(failure)),
            }
        }
        Some(response.empty().map_err(Failure::Core))
    }

    /// Adds the lines to a finished reply, as the reference does; `None` where lines are removed.
    pub fn edited<'b>(&self, buf: &'b mut [u8]) -> Option<Result<Reply<'b>, Failure>> {
        let reply = Response::to(&Exchange::GET, buf, Status::OK).empty();
        let mut edit = reply.expect("an empty reply").edit();
        for op in self.ops {
            let text = |key: &str| op[key].as_str().expect("a text");
            edit = match text("op") {
                "set_cookie" | "delete_cookie" => match edits::cookie(op, self.now) {
                    Ok(cookie) => edit.cookie(&cookie),
                    Err(failure) => return Some(Err(failure)),
                },
                "append_header" => edit.header(text("name"), text("value")),
                _ => return None,
            };
        }
        Some(edit.finish().map_err(Failure::Core))
    }
}
