//! What a platform is still at with a part that is there already, and what became of that.
//!
//! Plain data: a platform says it of what it published, `store` keeps it, `publisher` looks again until it is over.

use chrono::{DateTime, TimeDelta, Utc};
use serde::{Deserialize, Serialize};

/// Whether a part that is there is as it will be.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "watch", rename_all = "snake_case")]
pub enum Watch {
    /// It is.
    #[default]
    Over,
    /// Its platform is still at it, or something that goes with it is not there yet: it is looked at again.
    GoesOn {
        /// What is left to be done there, in the platform's own words; opaque here, never shown.
        left: String,
    },
    /// It is of no use as it is, and it is there all the same: a person has to act there. Never sent a second time.
    Spoiled {
        /// Why, and what to do, in plain words.
        reason: String,
    },
}

impl Watch {
    /// Whether nothing is left to be looked at or told.
    pub fn is_over(&self) -> bool {
        *self == Self::Over
    }

    /// Whether it is to be looked at again.
    pub fn goes_on(&self) -> bool {
        matches!(self, Self::GoesOn { .. })
    }
}

/// For so long a platform is looked at; after it only a person can tell.
pub const LONGEST: TimeDelta = TimeDelta::hours(48);

/// Returns when a part is looked at again that has been watched since then: each minute at first, each hour at last; `None`
/// when it was watched long enough.
pub fn next_watch(since: DateTime<Utc>, now: DateTime<Utc>) -> Option<DateTime<Utc>> {
    let age = now - since;
    if age >= LONGEST {
        return None;
    }
    let pause = match age.num_minutes() {
        ..15 => 1,
        15..60 => 5,
        60..360 => 15,
        _ => 60,
    };
    Some(now + TimeDelta::minutes(pause))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn looks_are_a_minute_apart_at_first_and_end_after_two_days() {
        let since = DateTime::<Utc>::UNIX_EPOCH;
        let pause = |minutes| {
            let now = since + TimeDelta::minutes(minutes);
            next_watch(since, now).map(|next| (next - now).num_minutes())
        };
        let pauses = [0, 14, 15, 59, 60, 400, 48 * 60 - 1].map(pause);
        assert_eq!(pauses, [1, 1, 5, 5, 15, 60, 60].map(Some));
        assert_eq!(pause(48 * 60), None);
        // A clock that was set back does not end it.
        assert_eq!(pause(-600), Some(1));
    }

    #[test]
    fn what_was_written_before_there_were_watches_is_over() {
        let old = r#"{"outcome":"published","id":"1","cid":null,"permalink":null,"note":null}"#;
        let crate::domain::Outcome::Published(there) = serde_json::from_str(old).unwrap() else {
            panic!("another outcome");
        };
        assert!(there.watch.is_over());
        assert!(!serde_json::to_string(&there).unwrap().contains("watch"));
    }
}
