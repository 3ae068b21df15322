//! The one place that reads the machine's time.
//!
//! Everything else is handed a `Clock`: the real one, or the plan's, which `MASTHEAD_NOW` may set.

use crate::domain::Clock;
use chrono::{DateTime, TimeDelta, Utc};
use std::sync::atomic::{AtomicI64, Ordering};

/// How many seconds the machine's clock was ahead when it was compared last. There is one such clock, however many hold it.
static AHEAD: AtomicI64 = AtomicI64::new(NOT_COMPARED);
const NOT_COMPARED: i64 = i64::MIN;

/// The machine's clock: leases, tokens, record keys, `createdAt` and HTTP.
#[derive(Clone, Copy, Debug, Default)]
pub struct RealClock;

impl Clock for RealClock {
    #[expect(
        clippy::disallowed_methods,
        reason = "this is the one place that reads the machine's time"
    )]
    fn now(&self) -> DateTime<Utc> {
        Utc::now()
    }

    fn compared(&self, ahead: TimeDelta) {
        AHEAD.store(ahead.num_seconds(), Ordering::Relaxed);
    }

    fn ahead(&self) -> Option<TimeDelta> {
        let seconds = AHEAD.load(Ordering::Relaxed);
        (seconds != NOT_COMPARED)
            .then_some(seconds)
            .and_then(TimeDelta::try_seconds)
    }
}

/// The clock that decides what is due: the real one unless `MASTHEAD_NOW` sets it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PlanClock {
    /// It goes with the machine.
    Real,
    /// It was set and runs on, this far from the machine's.
    Shifted(TimeDelta),
    /// It was set and stands still.
    Stopped(DateTime<Utc>),
}

/// `MASTHEAD_NOW` is not understood.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error(
    "MASTHEAD_NOW: `{0}` is no instant; write it like 2026-11-10T08:12:00+01:00, with `;frozen` at its end to stop the clock there"
)]
pub struct ClockError(pub String);

impl PlanClock {
    /// Reads what `MASTHEAD_NOW` says; unset or empty is the real time.
    ///
    /// # Errors
    /// When it says something else than an RFC 3339 instant, with or without `;frozen`.
    pub fn from_setting(setting: Option<&str>, real: DateTime<Utc>) -> Result<Self, ClockError> {
        let Some(setting) = setting.filter(|text| !text.trim().is_empty()) else {
            return Ok(Self::Real);
        };
        let shown = || ClockError(crate::domain::text_safety::visible(setting));
        let (instant, frozen) = match setting.split_once(';') {
            None => (setting, false),
            Some((instant, "frozen")) => (instant, true),
            Some(_) => return Err(shown()),
        };
        let at = DateTime::parse_from_rfc3339(instant.trim())
            .map_err(|_| shown())?
            .to_utc();
        Ok(if frozen {
            Self::Stopped(at)
        } else {
            Self::Shifted(at - real)
        })
    }

    /// Whether it was set: then only what stays on this machine is published.
    pub fn is_set(self) -> bool {
        self != Self::Real
    }
}

impl Clock for PlanClock {
    fn now(&self) -> DateTime<Utc> {
        match self {
            Self::Real => RealClock.now(),
            Self::Shifted(by) => RealClock.now() + *by,
            Self::Stopped(at) => *at,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(text: &str) -> DateTime<Utc> {
        DateTime::parse_from_rfc3339(text)
            .expect("an instant")
            .to_utc()
    }

    #[test]
    fn a_set_clock_runs_on_from_there_unless_it_is_frozen() {
        let real = at("2026-11-01T00:00:00Z");
        let read = |setting| PlanClock::from_setting(Some(setting), real);
        assert_eq!(
            read("2026-11-02T00:00:00Z"),
            Ok(PlanClock::Shifted(TimeDelta::days(1)))
        );
        assert_eq!(
            read("2026-11-10T08:12:00+01:00;frozen").map(|clock| clock.now()),
            Ok(at("2026-11-10T07:12:00Z"))
        );
        assert_eq!(PlanClock::from_setting(None, real), Ok(PlanClock::Real));
        assert!(!PlanClock::Real.is_set());
    }

    #[test]
    fn anything_else_is_refused_in_one_line() {
        for wrong in ["tomorrow", "2026-11-10T08:12:00Z;stopped", "2026-11-10\n"] {
            let error = PlanClock::from_setting(Some(wrong), at("2026-11-01T00:00:00Z"))
                .expect_err(wrong)
                .to_string();
            assert!(!error.contains('\n'), "{error}");
        }
    }
}
