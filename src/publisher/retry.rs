//! When a try that made nothing is repeated.
//!
//! Pure but for `random`. Only outcomes that certainly made nothing come here; an unknown one never does.

use chrono::{DateTime, Duration, Utc};

/// How soon to try again.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Pace {
    /// The network or the server is away: 5 s, 15 s, 45 s … up to ten minutes.
    Away,
    /// Something else of ours has to happen first: as when the network is away.
    InTurn,
    /// Media are still being processed there: 2 s, 6 s, 18 s … up to a minute.
    Processing,
    /// The platform named an instant (by the real clock).
    Until(DateTime<Utc>),
}

/// Returns when to try again, by the real clock, after `tries` tries; `random` is in 0 to 1.
pub fn next(pace: Pace, tries: u32, now: DateTime<Utc>, random: f64) -> DateTime<Utc> {
    let (first, most) = match pace {
        Pace::Away | Pace::InTurn => (5_000.0, 600_000.0),
        Pace::Processing => (2_000.0, 60_000.0),
        Pace::Until(until) => {
            // Everybody else who was told to wait comes back at that instant too.
            return until.max(now) + Duration::milliseconds(500 + (random * 2_000.0) as i64);
        }
    };
    let exponent = i32::try_from(tries.saturating_sub(1).min(16)).unwrap_or(16);
    let step: f64 = f64::min(first * 3f64.powi(exponent), most);
    now + Duration::milliseconds((step * (0.75 + random / 2.0)) as i64)
}

/// Returns a random number in 0 to 1.
pub fn random() -> f64 {
    let bits = uuid::Uuid::new_v4().as_u128() & u128::from(u32::MAX);
    f64::from(u32::try_from(bits).unwrap_or(u32::MAX)) / f64::from(u32::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn seconds(pace: Pace, tries: u32, random: f64) -> f64 {
        let now = DateTime::<Utc>::UNIX_EPOCH;
        (next(pace, tries, now, random) - now).num_milliseconds() as f64 / 1000.0
    }

    #[test]
    fn tries_come_apart_threefold_up_to_ten_minutes() {
        let steps = [1, 2, 3, 4, 5, 6, 60].map(|tries| seconds(Pace::Away, tries, 0.5));
        assert_eq!(steps, [5.0, 15.0, 45.0, 135.0, 405.0, 600.0, 600.0]);
        assert_eq!(seconds(Pace::Processing, 9, 0.5), 60.0);
    }

    #[test]
    fn jitter_stays_within_a_quarter() {
        assert_eq!(seconds(Pace::Away, 2, 0.0), 11.25);
        assert_eq!(seconds(Pace::Away, 2, 1.0), 18.75);
        assert!((0..100).all(|_| (0.0..=1.0).contains(&random())));
    }

    #[test]
    fn an_instant_that_the_platform_named_is_obeyed() {
        let now = DateTime::<Utc>::UNIX_EPOCH;
        let until = now + Duration::minutes(5);
        assert!(next(Pace::Until(until), 1, now, 0.0) > until);
        assert!(next(Pace::Until(now - Duration::minutes(5)), 1, now, 0.0) > now);
    }
}
