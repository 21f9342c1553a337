//! Buckets and log groups over HTTP, against servers that others wrote: the real program, the real
//! client, and between them and a server, where a test wants it, a proxy that does what networks
//! do.
//!
//! The servers are Python programs. `TRAILCASE_MOTO` names `moto_server`, and `TRAILCASE_MINISTACK`
//! another that knows more of versions and locks; without one, there and on the path, its tests do
//! not run, and say so. In CI (`CI=true`) that is a failure.

#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::disallowed_methods,
    clippy::print_stdout,
    reason = "a test"
)]

mod bucket;
mod choosing;
mod codes;
mod failures;
mod fake;
mod groups;
mod history;
mod keys;
mod listing;
mod live;
mod patience;
mod program;
mod proxy;
mod reopened;
mod server;
mod tail;
mod tls;
