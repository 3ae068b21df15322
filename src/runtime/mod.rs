//! What touches the machine while the program runs. `clock.rs` is the one place that reads its time.

pub mod clock;
pub mod outlets;
