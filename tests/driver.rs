//! The suites of the driver, of files and folders through it, and of what is better than the
//! reference, over transports in memory.

mod blocking;
mod connection;
mod divergences;
mod files;
mod folder_replies;
mod folders;
mod json_stream;
mod schedules;
mod sizes;
mod streams;
