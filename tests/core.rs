//! The suites of the core: bytes in buffers, without a transport and without a runtime.

mod cookies;
mod decimals_and_arrays;
mod disposition;
mod events;
mod every_byte;
mod exchange;
mod framing;
mod headers;
mod house;
mod json;
mod media_types;
mod misuse;
mod overflow;
mod preconditions;
mod ranges;
mod response_model;
mod resumable;
mod stream_calls;
mod transfer;
