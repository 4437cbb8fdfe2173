//! A body that lies in memory, written after its head: at once in `fast` where words have 64 bits,
//! else by a call in `compact`.

#[cfg(not(target_pointer_width = "64"))]
mod compact;
#[cfg(target_pointer_width = "64")]
mod fast;
