//! The settings of a server in a run, and the bounds that follow from them.

use std::time::Duration;

use replywire_std::{Config, Rate};

use super::check::Excuses;
use super::choices::one_of;
use super::clock::{MILLISECOND, SECOND};
use super::routes::Route;
use super::script::{Pace, Script};

/// Any settings: few slots, small buffers, short limits.
pub(super) fn any() -> Config {
    let seconds = |choices: &[u64]| Some(Duration::from_secs(one_of(choices)));
    let mut config = Config::default();
    config.connections = one_of(&[1, 2, 3, 100]);
    config.grace = Duration::from_secs(one_of(&[0, 1, 30]));
    config.buffer = one_of(&[256, 300, 512, 8192]);
    config.reply_buffer = one_of(&[420, 512, 1000, 12288]);
    config.largest_reply = one_of(&[1200, 16 << 20, 16 << 20]);
    let timeouts = &mut config.timeouts;
    timeouts.first = seconds(&[7, 10]);
    timeouts.handshake = seconds(&[3, 10]);
    timeouts.head = seconds(&[4, 10]);
    timeouts.idle = seconds(&[8, 75]);
    timeouts.content = seconds(&[4, 30]);
    timeouts.handler = one_of(&[None, seconds(&[5])]);
    timeouts.upgraded = one_of(&[None, seconds(&[5])]);
    timeouts.write = seconds(&[4, 30]);
    timeouts.half_closed = seconds(&[3, 30]);
    timeouts.linger = seconds(&[3, 30]);
    let rate = Rate::new(one_of(&[20, 240])).grace(Duration::from_secs(one_of(&[4, 20])));
    timeouts.rate = one_of(&[None, Some(rate), Some(rate)]);
    config
}

pub(super) fn nanoseconds(length: Option<Duration>) -> u64 {
    length.map_or(0, |length| length.as_nanos() as u64)
}

/// The pace of clients that keep to the limits.
pub(super) fn pace(config: &Config) -> Pace {
    let limits = &config.timeouts;
    let grace = limits.rate.map(|rate| rate.grace);
    let all = [
        limits.head,
        limits.content,
        limits.write,
        grace.or(limits.head),
    ]
    .map(nanoseconds);
    Pace {
        pause: all.iter().min().map_or(SECOND, |limit| limit / 4),
        rate: 2 * limits.rate.map_or(0, |rate| rate.bytes as usize),
    }
}

/// The time after which the connection of a client has ended.
pub(super) fn bound(config: &Config, script: &Script) -> u64 {
    let limits = &config.timeouts;
    let once = [limits.first, limits.idle, limits.linger];
    let each = [
        limits.head,
        limits.content,
        limits.content,
        limits.handler,
        limits.upgraded,
        limits.write,
    ];
    let sum = |limits: &[Option<Duration>]| limits.iter().copied().map(nanoseconds).sum::<u64>();
    let rate = limits
        .rate
        .map_or(0, |rate| 5 * nanoseconds(Some(rate.grace)));
    let requests = script.asked.len() as u64 + 2;
    script.takes() + sum(&once) + requests * (sum(&each) + rate)
}

/// The time in which a server notices that a client has gone for sure.
pub(super) fn notice(script: &Script) -> u64 {
    // Work that goes on after a reply does not depend on the client, and each reply may have some.
    let work: u64 = script.asked.iter().map(|asked| asked.delay).sum();
    2 * SECOND + work * MILLISECOND
}

/// The excuses that the settings are.
pub(super) fn excuses(config: &Config) -> Excuses {
    Excuses {
        was_cut: false,
        shut_down_at: None,
        is_crowded: false,
        half_closed: nanoseconds(config.timeouts.half_closed),
        lacks_descriptors: false,
        linger: nanoseconds(config.timeouts.linger).min(5 * SECOND),
    }
}

/// Tells whether a handler may go on for ever.
pub(super) fn may_stay(config: &Config, script: &Script) -> bool {
    let mut routes = script.asked.iter().map(|asked| asked.route);
    routes.any(|route| match route {
        Route::Silent => true,
        Route::Never => config.timeouts.handler.is_none(),
        Route::Upgrade => config.timeouts.upgraded.is_none(),
        _ => false,
    })
}
