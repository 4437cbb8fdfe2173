//! The suites of the driver, of files and folders through it, and of what is better than the
//! reference, over transports in memory.

mod blocking;
mod busy_streams;
mod chain_replies;
mod coming_from_fastapi;
mod connection;
mod divergences;
mod every_reply;
mod fastapi;
mod files;
mod folder_replies;
mod folders;
mod grown;
mod half_sent;
mod json_stream;
mod parameters;
mod requests;
mod schedules;
mod sizes;
mod sources;
mod streams;
mod unflushed;
mod upgrades;
mod whole_content;
