//! The same text by `core::fmt`, which escapes nothing.

#![no_std]
#![no_main]

use core::fmt::Write as _;

use heapless::String;
use size::{Dev, Pos, TEXT_ROOM, dev, program, send};

program!(run(dev()));

fn run(dev: &Dev<'_>) {
    let Dev {
        id,
        name,
        on,
        level,
        rssi,
        pos: Pos { x, y },
        samples: [a, b, c, d],
    } = dev;
    let mut text = String::<TEXT_ROOM>::new();
    let result = write!(
        text,
        r#"{{"id":{id},"name":"{name}","on":{on},"level":{level},"rssi":{rssi},"#
    )
    .and_then(|()| {
        write!(
            text,
            r#""pos":{{"x":{x},"y":{y}}},"samples":[{a},{b},{c},{d}]}}"#
        )
    });
    if result.is_ok() {
        send(text.as_bytes());
    }
}
