//! Where time comes from, as a trait, so that everything below `runtime` can be handed one.
//!
//! The only implementation that reads the machine's time is `runtime/clock.rs`.

use chrono::{DateTime, TimeDelta, Utc};

/// Something that knows what time it is.
///
/// Two are passed around: the *plan's* clock, which `MASTHEAD_NOW` may set, decides what is due;
/// the *real* clock is for leases, tokens, record keys, `createdAt` and HTTP.
pub trait Clock: Send + Sync + std::fmt::Debug {
    /// Returns the present instant.
    fn now(&self) -> DateTime<Utc>;

    /// Takes notice of how far this clock is ahead of somebody else's, in whole seconds (negative when it is behind).
    fn compared(&self, ahead: TimeDelta) {
        let _ = ahead;
    }

    /// Returns how far it was ahead in the last comparison; `None` before the first.
    fn ahead(&self) -> Option<TimeDelta> {
        None
    }
}

/// A machine's clock further off than this is told: from here on servers begin to refuse what is signed with it.
pub const CLOCK_OFF: TimeDelta = TimeDelta::seconds(60);

/// Says how far off a clock is, where it is more than [`CLOCK_OFF`]: `94 s ahead`, `6 min behind`.
pub fn clock_off(ahead: TimeDelta) -> Option<String> {
    if ahead.abs() <= CLOCK_OFF {
        return None;
    }
    let seconds = ahead.num_seconds().unsigned_abs();
    let size = match seconds {
        0..120 => format!("{seconds} s"),
        120..7200 => format!("{} min", seconds / 60),
        _ => format!("{} h", seconds / 3600),
    };
    let side = if ahead > TimeDelta::zero() {
        "ahead"
    } else {
        "behind"
    };
    Some(format!("{size} {side}"))
}

/// A clock that stands still, for tests and for work that must see one instant throughout.
impl Clock for DateTime<Utc> {
    fn now(&self) -> DateTime<Utc> {
        *self
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_clock_is_off_from_a_minute_on_and_it_is_said_to_which_side() {
        let said = |seconds| clock_off(TimeDelta::seconds(seconds));
        assert_eq!(said(60), None);
        assert_eq!(said(-60), None);
        assert_eq!(said(94).as_deref(), Some("94 s ahead"));
        assert_eq!(said(-361).as_deref(), Some("6 min behind"));
        assert_eq!(said(-7200).as_deref(), Some("2 h behind"));
    }
}
