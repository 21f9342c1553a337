//! Buckets and log groups over HTTP, against servers that others wrote: the real program, the real
//! client, and between them and a server, where a test wants it, a proxy that does what networks
//! do.
//!
//! The servers are Python programs. `TRAILCASE_MOTO` names `moto_server`; without it, and without one
//! on the path, these tests do not run, and say so. In CI (`CI=true`) that is a failure.

#![allow(clippy::unwrap_used, clippy::disallowed_methods, clippy::print_stdout, reason = "a test")]

mod bucket;
mod failures;
mod listing;
mod program;
mod proxy;
mod reopened;
mod server;
