//! Time words as people type them: "next fri 14:00", "in 2 h", "nov 30", "+10", "week 50", "shelf".
//!
//! Pure: the present is an argument. `app` shows the meaning at every keystroke, `cli` uses it for `--at`.

use super::LocalTime;

/// What typed words mean.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum When {
    /// No date: back to the shelf.
    Shelf,
    /// A day and, where one was typed, a clock time (else `has_time` is false and the time is midnight).
    At {
        /// The wall time and its zone.
        time: LocalTime,
        /// Whether a clock time was typed.
        has_time: bool,
    },
}

/// The words mean no time.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("`{0}` is no time; try: tomorrow 14:00, next mon 9, nov 30 9:00, in 2 h, 2027-01-12 09:00")]
pub struct WhenError(pub String);

/// Reads time words relative to `now` (a local time in the zone to assume).
pub fn parse(words: &str, now: LocalTime) -> Result<When, WhenError> {
    let _ = now;
    Err(WhenError(words.to_owned()))
}
