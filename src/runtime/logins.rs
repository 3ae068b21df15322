//! Which logins end soon, and the words in which a person is told.
//!
//! Reads the stored logins; asks no platform. How often it is told is kept by `caretaker.rs`.

use crate::config::{Config, Locations};
use crate::domain::ChannelName;
use crate::secrets::SecretFile;
use chrono::{DateTime, Utc};

/// A login that ends by itself.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LoginEnd {
    /// Its channel.
    pub channel: ChannelName,
    /// When it ends.
    pub at: DateTime<Utc>,
}

impl LoginEnd {
    /// Returns the whole days that are left; below zero when it has ended.
    pub fn days(&self, now: DateTime<Utc>) -> i64 {
        (self.at - now).num_seconds().div_euclid(24 * 60 * 60)
    }

    /// Whether it ends within so many days, or has ended.
    pub fn is_near(&self, now: DateTime<Utc>, days: u32) -> bool {
        days > 0 && self.days(now) <= i64::from(days)
    }

    /// Says it in one line, with what to do.
    pub fn words(&self, now: DateTime<Utc>) -> String {
        let (name, date) = (&self.channel, self.at.format("%Y-%m-%d"));
        let when = match self.days(now) {
            ..0 => format!("ended on {date}"),
            0 => format!("ends within a day ({date})"),
            1 => format!("ends in 1 day ({date})"),
            days => format!("ends in {days} days ({date})"),
        };
        format!("the login of {name} {when}: run `masthead login {name}`")
    }

    /// Returns which notice it is time for: the first, the one three days before, the one when it is over.
    pub fn stage(&self, now: DateTime<Utc>) -> u8 {
        match self.days(now) {
            ..0 => 3,
            0..=3 => 2,
            _ => 1,
        }
    }
}

/// Returns the logins whose end is known, in the order of the configuration. A secret that the configuration refers to
/// wins over what was stored, and nobody knows when that ends.
pub fn ends(config: &Config, locations: &Locations) -> Vec<LoginEnd> {
    config
        .channels
        .iter()
        .filter(|configured| configured.secret.is_none() && !configured.channel.dormant)
        .filter_map(|configured| {
            let channel = configured.channel.name.clone();
            let file = SecretFile::new(locations.stored_secret(channel.as_str()));
            // What cannot be read is told as such elsewhere.
            let at = file.read().ok()??.ends_at()?;
            Some(LoginEnd { channel, at })
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use chrono::TimeDelta;

    fn ending_in(hours: i64) -> (LoginEnd, DateTime<Utc>) {
        let now: DateTime<Utc> = "2026-11-22T12:00:00Z".parse().unwrap();
        let end = LoginEnd {
            channel: "li".into(),
            at: now + TimeDelta::hours(hours),
        };
        (end, now)
    }

    #[test]
    fn days_are_whole_and_the_last_ones_are_told_in_their_own_words() {
        for (hours, days, words) in [
            (
                11 * 24 + 5,
                11,
                "the login of li ends in 11 days (2026-12-03)",
            ),
            (47, 1, "the login of li ends in 1 day (2026-11-24)"),
            (5, 0, "the login of li ends within a day (2026-11-22)"),
            (-5, -1, "the login of li ended on 2026-11-22"),
        ] {
            let (end, now) = ending_in(hours);
            assert_eq!(end.days(now), days);
            assert_eq!(end.words(now), format!("{words}: run `masthead login li`"));
        }
    }

    #[test]
    fn it_is_near_from_the_chosen_day_on_and_never_when_nothing_is_to_be_said() {
        let (end, now) = ending_in(14 * 24 + 1);
        assert!(end.is_near(now, 14) && !end.is_near(now, 13) && !end.is_near(now, 0));
        assert_eq!(end.stage(now), 1);
        assert_eq!(ending_in(72).0.stage(now), 2);
        assert_eq!(ending_in(-1).0.stage(now), 3);
    }
}
