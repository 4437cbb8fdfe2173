//! The sessions of the service: who knows the password has one, by an id that no one can guess.

use std::collections::HashMap;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use replywire::request::{Encoded, Request};
use replywire::{SameSite, SetCookie};
use rustls::crypto::ring::default_provider;

pub(crate) struct Sessions {
    password: String,
    /// The ids, and when their sessions end.
    ends: Mutex<HashMap<String, Instant>>,
}

/// The name of the cookie: browsers take it from no other host, and over TLS alone.
const NAME: &str = "__Host-session";

const SECONDS: u32 = 24 * 60 * 60;

/// The cookie of a session, which scripts do not see, and other sites do not send.
pub(crate) fn cookie(id: &str) -> SetCookie<'_> {
    let cookie = SetCookie::new(NAME, id).max_age(SECONDS.into());
    cookie.http_only().same_site(SameSite::STRICT).secure()
}

impl Sessions {
    /// No sessions yet; `None` for an empty password, which everyone would know.
    pub(crate) fn new(password: String) -> Option<Self> {
        let ends = Mutex::default();
        (!password.is_empty()).then_some(Self { password, ends })
    }

    /// Begins a session, if this is the password; its id.
    pub(crate) fn begin(
        &self,
        given: Option<Encoded<'_>>,
    ) -> Result<Option<String>, rustls::Error> {
        if !given.is_some_and(|given| is_same(given, &self.password)) {
            return Ok(None);
        }
        let mut id = [0; 16];
        default_provider().secure_random.fill(&mut id)?;
        let id = format!("{:032x}", u128::from_ne_bytes(id));
        let now = Instant::now();
        let mut ends = self.lock();
        ends.retain(|_, end| now < *end);
        ends.insert(id.clone(), now + Duration::from_secs(SECONDS.into()));
        Ok(Some(id))
    }

    /// Tells if the request is one of a session.
    pub(crate) fn has(&self, request: &Request<'_>) -> bool {
        let ends = self.lock();
        let end = id(request).and_then(|id| ends.get(id));
        end.is_some_and(|end| Instant::now() < *end)
    }

    /// Ends the session of the request.
    pub(crate) fn end(&self, request: &Request<'_>) {
        id(request).and_then(|id| self.lock().remove(id));
    }

    fn lock(&self) -> MutexGuard<'_, HashMap<String, Instant>> {
        self.ends.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn id<'r>(request: &Request<'r>) -> Option<&'r str> {
    request.cookie(NAME)?.as_str()
}

/// Compares in a time that tells nothing of where the difference is.
fn is_same(given: Encoded<'_>, secret: &str) -> bool {
    let length = given.bytes().count() ^ secret.len();
    let bytes = given.bytes().zip(secret.bytes());
    bytes.fold(length, |differences, (a, b)| {
        differences | usize::from(a ^ b)
    }) == 0
}
