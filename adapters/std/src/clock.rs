use std::time::{SystemTime, UNIX_EPOCH};

use replywire::HttpDate;

/// The time of the system's clock, for the `date` field of replies.
pub fn now() -> Option<HttpDate> {
    let since = SystemTime::now().duration_since(UNIX_EPOCH).ok()?;
    HttpDate::from_unix(since.as_secs().try_into().ok()?)
}
