use core::hint::black_box;

/// How long the longest reply is that a program writes at once.
pub const ROOM: usize = 512;

static mut BUFFER: [u8; ROOM] = [0; ROOM];
static mut REQUEST_BUFFER: [u8; ROOM] = [0; ROOM];

/// The buffer, once.
#[inline(always)]
pub fn buffer() -> &'static mut [u8] {
    // SAFETY: `start` is the only caller, and runs once.
    let buffer = unsafe { &mut *(&raw mut BUFFER) };
    black_box(buffer.as_mut_slice())
}

/// The buffer of a server's requests, once.
#[inline(always)]
pub fn request_buffer() -> &'static mut [u8] {
    // SAFETY: `start` is the only caller, and runs once.
    let buffer = unsafe { &mut *(&raw mut REQUEST_BUFFER) };
    black_box(buffer.as_mut_slice())
}
