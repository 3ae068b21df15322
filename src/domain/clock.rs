//! Where time comes from, as a trait, so that everything below `runtime` can be handed one.
//!
//! The only implementation that reads the machine's time is `runtime/clock.rs`.

use chrono::{DateTime, Utc};

/// Something that knows what time it is.
///
/// Two are passed around: the *plan's* clock, which `MASTHEAD_NOW` may set, decides what is due;
/// the *real* clock is for leases, tokens, record keys, `createdAt` and HTTP.
pub trait Clock: Send + Sync + std::fmt::Debug {
    /// Returns the present instant.
    fn now(&self) -> DateTime<Utc>;
}

/// A clock that stands still, for tests and for work that must see one instant throughout.
impl Clock for DateTime<Utc> {
    fn now(&self) -> DateTime<Utc> {
        *self
    }
}
