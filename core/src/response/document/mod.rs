//! A JSON document that is written into the buffer before its length is known: by code of its own
//! in `fast` where words have 64 bits, else by the code of all documents in `compact`.

#[cfg(not(target_pointer_width = "64"))]
mod compact;
#[cfg(target_pointer_width = "64")]
mod fast;
mod length;
