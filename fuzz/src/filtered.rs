//! Writes what filters leave of a value, and compares with what the model says.

use replywire::json::{Filter, Python};
use serde_core::de::IgnoredAny;

use crate::document::document;
use crate::input::filter::FilterCase;
use crate::meant::{Rules, with_parts};
use crate::model::filter::left;

/// Writes what is left of a value as a whole and in pieces, and all of it through filters that leave
/// out nothing.
///
/// # Panics
///
/// Where the library does not do what the model says.
pub fn check(case: &FilterCase) {
    let FilterCase {
        sizes,
        rules,
        value,
        include,
        exclude,
    } = case;
    let plain = Python::of(value);
    let want = left(value, *rules, include.as_deref(), exclude.as_deref());
    if let Ok(text) = &want {
        // It is read however deep it is.
        serde_json::from_str::<IgnoredAny>(text).expect("the model writes JSON");
    }
    with_parts(
        [
            include.as_deref().unwrap_or_default(),
            exclude.as_deref().unwrap_or_default(),
        ],
        &mut |parts| {
            let filter = rules.filter(
                include.as_ref().map(|_| parts[0]),
                exclude.as_ref().map(|_| parts[1]),
            );
            document(plain.filtered(&filter), sizes, &want);
        },
    );

    let all = left(value, Rules::default(), None, None);
    document(plain, sizes, &all);
    for filter in [Filter::new(), Filter::new().exclude(&[])] {
        document(plain.filtered(&filter), sizes, &all);
    }
}
