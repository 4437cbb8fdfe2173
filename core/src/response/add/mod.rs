//! A line of the caller's, added at once in `fast` where words have 64 bits, else by two ways in
//! `compact`.

#[cfg(not(target_pointer_width = "64"))]
mod compact;
#[cfg(target_pointer_width = "64")]
mod fast;
