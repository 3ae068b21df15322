//! Several real processes on one database, sick disks and networks under a real screen, and an idle daemon.
//!
//! Everything leaves to a sandbox or to a server of the test's own on loopback; `MASTHEAD_FULL=1` makes the runs long.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on says so")]

#[path = "processes/desk.rs"]
mod desk;
#[path = "common/disk.rs"]
mod disk;
#[path = "processes/idle.rs"]
mod idle;
#[path = "processes/many.rs"]
mod many;
#[path = "processes/read_only.rs"]
mod read_only;
#[path = "processes/server.rs"]
mod server;
#[path = "processes/sick.rs"]
mod sick;
#[path = "processes/stopped.rs"]
mod stopped;
#[path = "pty/terminal.rs"]
#[allow(
    dead_code,
    reason = "the other suite that drives a terminal uses the rest"
)]
mod terminal;
