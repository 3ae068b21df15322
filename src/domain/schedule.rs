//! When a post leaves: a local wall time and a zone, the instant that follows from them, and how late is too late.
//!
//! Pure. A wall time that does not exist moves to the first that does, one that exists twice takes the first;
//! both are reported so that the screen can say so.

use super::Kind;
use chrono::{DateTime, Days, Duration, NaiveDateTime, TimeZone, Utc};
use chrono_tz::Tz;
use serde::{Deserialize, Serialize};

/// A wall time in a zone.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct LocalTime {
    /// What the clock on the wall shows.
    pub local: NaiveDateTime,
    /// Where that wall is.
    pub zone: Tz,
}

/// What the clocks did at a wall time.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum ClockChange {
    /// It does not exist that day; the first time that does was taken.
    Skipped,
    /// It exists twice that day; the first was taken.
    Repeated,
}

/// The instant that a wall time means.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ResolvedTime {
    /// The instant.
    pub at: DateTime<Utc>,
    /// The wall time that it really is (differs when the wanted one does not exist).
    pub local: NaiveDateTime,
    /// Set when the clocks skip or repeat the wanted time.
    pub change: Option<ClockChange>,
}

impl LocalTime {
    /// Pairs a wall time with its zone.
    pub fn new(local: NaiveDateTime, zone: Tz) -> Self {
        Self { local, zone }
    }

    /// Returns the wall time of an instant in a zone.
    pub fn from_instant(at: DateTime<Utc>, zone: Tz) -> Self {
        Self {
            local: at.with_timezone(&zone).naive_local(),
            zone,
        }
    }

    /// Returns the instant that it means, and whether the clocks change there.
    pub fn resolve(&self) -> ResolvedTime {
        use chrono::LocalResult::{Ambiguous, None, Single};
        match self.zone.from_local_datetime(&self.local) {
            Single(at) => ResolvedTime {
                at: at.to_utc(),
                local: self.local,
                change: Option::None,
            },
            Ambiguous(first, second) => ResolvedTime {
                at: first.min(second).to_utc(),
                local: self.local,
                change: Some(ClockChange::Repeated),
            },
            None => self.first_after_gap(),
        }
    }

    /// Returns the instant alone.
    pub fn instant(&self) -> DateTime<Utc> {
        self.resolve().at
    }

    fn first_after_gap(&self) -> ResolvedTime {
        // Gaps are whole minutes and at most a day (a zone that crosses the date line).
        let after = (1..=24 * 60).find_map(|minutes| {
            let floor =
                self.local - Duration::seconds(i64::from(chrono::Timelike::second(&self.local)));
            let local = floor + Duration::minutes(minutes);
            let at = self.zone.from_local_datetime(&local).earliest()?;
            Some(ResolvedTime {
                at: at.to_utc(),
                local,
                change: Some(ClockChange::Skipped),
            })
        });
        after.unwrap_or(ResolvedTime {
            at: self.local.and_utc(),
            local: self.local,
            change: Some(ClockChange::Skipped),
        })
    }

    /// Moves by whole days and keeps the clock time.
    #[must_use]
    pub fn plus_days(&self, days: i64) -> Self {
        let step = Days::new(days.unsigned_abs());
        let moved = if days < 0 {
            self.local.checked_sub_days(step)
        } else {
            self.local.checked_add_days(step)
        };
        Self {
            local: moved.unwrap_or(self.local),
            zone: self.zone,
        }
    }

    /// Moves by minutes of real time, so that a step over a clock change is not lost.
    #[must_use]
    pub fn plus_minutes(&self, minutes: i64) -> Self {
        Self::from_instant(self.instant() + Duration::minutes(minutes), self.zone)
    }
}

/// When a post is to leave.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "type", rename_all = "lowercase")]
pub enum Plan {
    /// Undated, kept until wanted.
    #[default]
    Shelf,
    /// At a local time.
    At(LocalTime),
    /// Takes the next free slot. Without slots it waits like the shelf.
    Queued,
}

impl Plan {
    /// Returns the word used in database and JSON.
    pub fn word(&self) -> &'static str {
        match self {
            Self::Shelf => "shelf",
            Self::At(_) => "at",
            Self::Queued => "queued",
        }
    }

    /// Returns the local time, where there is one.
    pub fn at(&self) -> Option<LocalTime> {
        match self {
            Self::At(time) => Some(*time),
            Self::Shelf | Self::Queued => None,
        }
    }
}

/// How long after its time a delivery may still leave.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct LatePolicy {
    /// Grace of an ad hoc post.
    pub ad_hoc: Duration,
    /// Grace of an evergreen post.
    pub evergreen: Duration,
}

impl Default for LatePolicy {
    fn default() -> Self {
        Self {
            ad_hoc: Duration::minutes(15),
            evergreen: Duration::hours(12),
        }
    }
}

impl LatePolicy {
    /// Returns the grace of a kind.
    pub fn grace(&self, kind: Kind) -> Duration {
        match kind {
            Kind::AdHoc => self.ad_hoc,
            Kind::Evergreen => self.evergreen,
        }
    }

    /// Returns why a delivery that was due at `due` must not leave at `now` any more; `None` when it may.
    pub fn too_late(
        &self,
        kind: Kind,
        due: DateTime<Utc>,
        not_after: Option<DateTime<Utc>>,
        now: DateTime<Utc>,
    ) -> Option<String> {
        if not_after.is_some_and(|limit| now > limit) {
            return Some("its “not after” time has passed".to_owned());
        }
        let grace = self.grace(kind);
        (now > due + grace).then(|| {
            format!(
                "nothing was publishing at its time; the grace was {}",
                words(grace)
            )
        })
    }
}

/// Returns a length of time as `15 min`, `12 h`, `2 d`.
pub fn words(length: Duration) -> String {
    let minutes = length.num_minutes();
    match minutes {
        m if m % (24 * 60) == 0 && m > 0 => format!("{} d", m / (24 * 60)),
        m if m % 60 == 0 && m > 0 => format!("{} h", m / 60),
        m => format!("{m} min"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use chrono::NaiveDate;

    fn oslo(y: i32, m: u32, d: u32, h: u32, min: u32) -> LocalTime {
        let day = NaiveDate::from_ymd_opt(y, m, d).expect("a date");
        LocalTime::new(
            day.and_hms_opt(h, min, 0).expect("a time"),
            chrono_tz::Europe::Oslo,
        )
    }

    #[test]
    fn a_time_that_does_not_exist_moves_to_the_first_that_does() {
        let resolved = oslo(2027, 3, 28, 2, 30).resolve();
        assert_eq!(resolved.change, Some(ClockChange::Skipped));
        assert_eq!(resolved.local, oslo(2027, 3, 28, 3, 0).local);
        assert_eq!(resolved.at.to_rfc3339(), "2027-03-28T01:00:00+00:00");
    }

    #[test]
    fn a_time_that_exists_twice_takes_the_first() {
        let resolved = oslo(2026, 10, 25, 2, 30).resolve();
        assert_eq!(resolved.change, Some(ClockChange::Repeated));
        assert_eq!(resolved.at.to_rfc3339(), "2026-10-25T00:30:00+00:00");
    }

    #[test]
    fn moving_by_days_keeps_the_clock_time_over_a_clock_change() {
        let moved = oslo(2026, 10, 24, 9, 0).plus_days(2);
        assert_eq!(moved, oslo(2026, 10, 26, 9, 0));
        assert_eq!(
            (moved.instant() - oslo(2026, 10, 24, 9, 0).instant()).num_hours(),
            49
        );
    }

    #[test]
    fn moving_by_minutes_steps_over_the_gap() {
        assert_eq!(
            oslo(2027, 3, 28, 1, 45).plus_minutes(15),
            oslo(2027, 3, 28, 3, 0)
        );
        assert_eq!(
            oslo(2027, 3, 28, 3, 0).plus_minutes(-15),
            oslo(2027, 3, 28, 1, 45)
        );
    }

    #[test]
    fn an_ad_hoc_post_is_missed_after_a_quarter_of_an_hour_and_an_evergreen_one_after_half_a_day() {
        let policy = LatePolicy::default();
        let due = oslo(2026, 11, 10, 9, 0).instant();
        let after = |minutes| due + Duration::minutes(minutes);
        assert_eq!(policy.too_late(Kind::AdHoc, due, None, after(15)), None);
        assert!(policy.too_late(Kind::AdHoc, due, None, after(16)).is_some());
        assert_eq!(
            policy.too_late(Kind::Evergreen, due, None, after(720)),
            None
        );
        assert!(
            policy
                .too_late(Kind::Evergreen, due, None, after(721))
                .is_some()
        );
        assert!(
            policy
                .too_late(Kind::Evergreen, due, Some(after(5)), after(6))
                .is_some()
        );
    }
}
