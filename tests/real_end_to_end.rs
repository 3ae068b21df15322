//! The real binary against the real servers: what was planned is there in time, exactly as composed, and once.
//!
//! Started by `tests/servers/run.sh`; skipped without it. Every test has accounts of its own.

#![expect(
    clippy::unwrap_used,
    reason = "in a test, what cannot go on has failed"
)]

mod common;
#[path = "real_end_to_end/desk.rs"]
mod desk;
#[path = "real_end_to_end/kills.rs"]
mod kills;
#[path = "real_end_to_end/logins.rs"]
mod logins;
#[path = "real_end_to_end/secrets.rs"]
mod secrets;
#[path = "real_end_to_end/servers.rs"]
mod servers;
#[path = "real_end_to_end/threads.rs"]
mod threads;
#[path = "real_end_to_end/times.rs"]
mod times;
