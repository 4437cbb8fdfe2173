//! The version of a file, by what the system says of it.

use std::time::{SystemTime, UNIX_EPOCH};

use replywire::ETag;

/// Seconds since 1970, rounded down, and the nanoseconds that were rounded off.
pub(crate) type Time = (i64, u32);

/// The facts of a descriptor.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Stat {
    pub(crate) len: u64,
    pub(crate) modified: Time,
    /// The last change of anything about the file, which no program can set, and the file's number;
    /// where the system has them.
    pub(crate) changed: Option<(Time, u64)>,
    /// Its bytes are nowhere on a disk: there are none, they are zeros, or they are made up.
    pub(crate) has_no_blocks: bool,
    /// It has a name, as far as the system tells.
    pub(crate) has_name: bool,
}

/// The validators of a version, RFC 9110 § 8.8.1.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) enum Version {
    /// The time of its modification and its length, which are the same on every server with a copy.
    Modified,
    /// A tag: the time of the modification alone says nothing.
    Tagged(ETag<'static>),
    /// Another version could have the same facts.
    Unknown,
}

impl Version {
    /// The version of a file whose facts were asked for at `now` or later.
    pub(crate) fn of(stat: &Stat, now: Time) -> Self {
        match (is_credible(stat.modified, now), stat.changed) {
            (true, _) if is_past(stat.modified, now) => Self::Modified,
            (false, Some((changed, number))) if is_past(changed, now) => {
                let numbers = [
                    nanoseconds(stat.modified),
                    nanoseconds(changed),
                    number.into(),
                    stat.len.into(),
                ];
                let bytes: Vec<u8> = numbers.into_iter().flat_map(i128::to_le_bytes).collect();
                Self::Tagged(ETag::of(&bytes))
            }
            _ => Self::Unknown,
        }
    }
}

/// Tells whether a file may have been written at this time. Packers set another one, the same for
/// every version: mostly one before there was a Web (0, 1, 1980 as in ZIP, 1985 as in npm), else
/// the start of a day, somewhere.
fn is_credible(time: Time, now: Time) -> bool {
    /// The start of 1990.
    const WEB: i64 = 631_152_000;
    let is_round = time.0 % 3600 == 0 && time.1 == 0;
    time.0 >= WEB && time <= now && !is_round
}

/// Tells whether the clock of the file system has moved on since: until then, a change leaves the
/// time as it is (RFC 9110 § 8.8.2.2). It has steps of up to two seconds, as with FAT, or else of
/// up to 16 ms, the longest tick of a kernel.
fn is_past(time: Time, now: Time) -> bool {
    let step = match time.1 {
        0 => 2_000_000_000,
        _ => 20_000_000,
    };
    nanoseconds(now) - nanoseconds(time) >= step
}

fn nanoseconds((seconds, nanoseconds): Time) -> i128 {
    i128::from(seconds) * 1_000_000_000 + i128::from(nanoseconds)
}

/// Now.
pub(crate) fn now() -> Time {
    since_epoch(SystemTime::now())
}

/// Seconds, rounded down, and the nanoseconds that were rounded off.
pub(crate) fn since_epoch(time: SystemTime) -> Time {
    let seconds = |secs: u64| i64::try_from(secs).unwrap_or(i64::MAX);
    match time.duration_since(UNIX_EPOCH) {
        Ok(after) => (seconds(after.as_secs()), after.subsec_nanos()),
        Err(before) => {
            let before = before.duration();
            match before.subsec_nanos() {
                0 => (-seconds(before.as_secs()), 0),
                nanos => (-seconds(before.as_secs()) - 1, 1_000_000_000 - nanos),
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const NOW: Time = (1_800_000_000, 500_000_000);

    fn stat(modified: Time, changed: Option<(Time, u64)>) -> Stat {
        Stat {
            len: 4,
            modified,
            changed,
            has_no_blocks: false,
            has_name: true,
        }
    }

    #[test]
    fn a_time_at_which_a_file_may_have_been_written_is_a_validator_once_it_is_past() {
        for (modified, want) in [
            ((1_700_000_000, 0), Version::Modified),
            ((1_700_000_000, 1), Version::Modified),
            // The hour that it was then, and a nanosecond later.
            ((1_699_999_200, 0), Version::Unknown),
            ((1_699_999_200, 1), Version::Modified),
            ((1_800_000_000, 480_000_000), Version::Modified),
            ((1_800_000_000, 480_000_001), Version::Unknown),
            ((1_799_999_998, 0), Version::Modified),
            ((1_799_999_999, 0), Version::Unknown),
            (NOW, Version::Unknown),
            ((631_152_001, 0), Version::Modified),
        ] {
            // It was changed at once, and has no other validators to fall back on.
            let stat = stat(modified, Some((NOW, 7)));
            assert_eq!(Version::of(&stat, NOW), want, "{modified:?}");
        }
    }

    #[test]
    fn a_time_that_says_nothing_is_none() {
        for modified in [
            (i64::MIN, 0),
            (-1, 999_999_999),
            (0, 0),
            (1, 0),
            (1, 1),
            // The starts of 1980, 2000, 2010 and 2020, the last in three zones.
            (315_532_800, 0),
            (946_684_800, 0),
            (1_262_304_000, 0),
            (1_577_836_800, 0),
            (1_577_833_200, 0),
            (1_577_865_600, 0),
            // Yarn's and npm's.
            (456_789_000, 0),
            (499_162_500, 0),
            (631_151_999, 999_999_999),
            // Times to come.
            (NOW.0, NOW.1 + 1),
            (i64::MAX, 0),
        ] {
            let version = |changed| Version::of(&stat(modified, changed), NOW);
            let tag = |changed| match version(Some(changed)) {
                Version::Tagged(tag) => tag,
                other => panic!("{modified:?} {other:?}"),
            };
            let changed = (1_700_000_000, 5);
            assert_eq!(tag((changed, 7)), tag((changed, 7)));
            assert_ne!(tag((changed, 7)), tag((changed, 8)));
            assert_ne!(tag((changed, 7)), tag(((1_700_000_000, 6), 7)));
            assert_eq!(version(None), Version::Unknown);
            for changed in [NOW, (NOW.0, NOW.1 - 19_999_999), (NOW.0 + 1, 0)] {
                assert_eq!(version(Some((changed, 7))), Version::Unknown);
            }
        }
    }
}
