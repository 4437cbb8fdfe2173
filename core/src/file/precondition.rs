//! Preconditions, RFC 9110 § 13.

use crate::field::date::HttpDate;
use crate::field::etag::ETag;
use crate::field::etag::list::{Listed, Tags, listed};
use crate::field::grammar::is_name;
use crate::request::method::Method;

/// The facts that tell versions of a representation apart.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Validators<'v> {
    pub(crate) etag: Option<ETag<'v>>,
    pub(crate) modified: Option<HttpDate>,
    /// The time at which the reply is made.
    pub(crate) now: Option<HttpDate>,
}

/// The preconditions of a request, read line by line.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Preconditions<'v> {
    validators: Validators<'v>,
    /// True if one of its tags is that of the representation; `None` without the field.
    if_match: Option<bool>,
    if_none_match: Option<bool>,
    if_modified_since: Option<Since>,
    if_unmodified_since: Option<Since>,
    if_range: Option<bool>,
}

/// The answer to a date: was the representation modified since?
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
enum Since {
    Modified,
    Unmodified,
    /// The date is invalid, or the representation has none.
    Unknown,
}

/// The result of all preconditions.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) enum Precondition {
    Failed,
    NotModified,
    Passed {
        /// True if ranges count.
        ranges: bool,
    },
}

impl<'v> Preconditions<'v> {
    pub(crate) const fn new(validators: Validators<'v>) -> Self {
        Self {
            validators,
            if_match: None,
            if_none_match: None,
            if_modified_since: None,
            if_unmodified_since: None,
            if_range: None,
        }
    }

    /// Reads a line of the request.
    pub(crate) fn read(&mut self, name: &[u8], value: &[u8]) {
        let Validators { etag, .. } = self.validators;
        let is = |name_is| is_name(name, name_is);
        if is(b"if-match") {
            let found = any(value, |tag| etag.is_some_and(|etag| etag.is_strongly(tag)));
            self.if_match = Some(self.if_match == Some(true) || found);
        } else if is(b"if-none-match") {
            let found = any(value, |tag| etag.is_some_and(|etag| etag.is_weakly(tag)));
            self.if_none_match = Some(self.if_none_match == Some(true) || found);
        } else if is(b"if-modified-since") {
            self.if_modified_since = Some(self.since(self.if_modified_since, value));
        } else if is(b"if-unmodified-since") {
            self.if_unmodified_since = Some(self.since(self.if_unmodified_since, value));
        } else if is(b"if-range") {
            // What is said twice is not trusted.
            let is_same = self.if_range.is_none() && self.is_range_of(value);
            self.if_range = Some(is_same);
        }
    }

    /// Checks all preconditions for a request by this method, in the order of RFC 9110 § 13.2.2.
    pub(crate) fn check(&self, method: Method) -> Precondition {
        let is_read = matches!(method, Method::Get | Method::Head);
        let passed = Precondition::Passed {
            ranges: method == Method::Get && self.if_range != Some(false),
        };
        // RFC 9110 § 13.2.1
        if matches!(method, Method::Connect | Method::Options | Method::Trace) {
            return passed;
        }
        let is_modified = self.if_unmodified_since == Some(Since::Modified);
        match self.if_match {
            Some(true) => {}
            None if !is_modified => {}
            _ => return Precondition::Failed,
        }
        match (self.if_none_match, self.if_modified_since) {
            (Some(true), _) if is_read => Precondition::NotModified,
            (Some(true), _) => Precondition::Failed,
            (None, Some(Since::Unmodified)) if is_read => Precondition::NotModified,
            _ => passed,
        }
    }

    /// Reads a line with a date. RFC 9110 §§ 13.1.3 and 13.1.4: a date that is said twice is
    /// invalid.
    fn since(&self, before: Option<Since>, value: &[u8]) -> Since {
        let Validators { modified, now, .. } = self.validators;
        if before.is_some() {
            return Since::Unknown;
        }
        let value = value.trim_ascii();
        let date = match now {
            Some(now) => HttpDate::parse_near(value, now),
            None => HttpDate::parse(value),
        };
        match (modified, date) {
            (Some(modified), Some(date)) if modified <= date => Since::Unmodified,
            (Some(_), Some(_)) => Since::Modified,
            _ => Since::Unknown,
        }
    }

    /// Returns true if the client's part and the representation go together; RFC 9110 § 13.1.5.
    /// A value that is spelled otherwise, if only by a blank, is another one: the whole file is
    /// always right.
    fn is_range_of(&self, value: &[u8]) -> bool {
        let Validators {
            etag,
            modified,
            now,
        } = self.validators;
        if let (Some(tag), []) = listed(value) {
            return etag.is_some_and(|etag| etag.is_strongly(tag));
        }
        // RFC 9110 § 8.8.2.2: within a second, there could be two versions.
        let is_strong = |modified: &HttpDate| now.is_none_or(|now| *modified < now);
        modified
            .filter(is_strong)
            .is_some_and(|modified| value == modified.to_imf_fixdate())
    }
}

/// True if one of the tags of a line is the right one, or the line is `*`. An empty line has none,
/// but it is there, so the date beside it does not count; RFC 9110 §§ 13.1.3 and 13.1.4.
fn any(value: &[u8], is: impl FnMut(Listed<'_>) -> bool) -> bool {
    value.trim_ascii() == b"*" || Tags(value).any(is)
}
