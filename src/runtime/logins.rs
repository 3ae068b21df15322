//! Which logins and API versions end soon, and the words in which a person is told.
//!
//! Reads the stored logins and a table of versions; asks no platform. How often it is told is kept by `caretaker.rs`.

use crate::config::{ChannelConfig, Config, Locations};
use crate::domain::ChannelName;
use crate::platforms::{ApiEnd, api_end};
use crate::secrets::SecretFile;
use chrono::{DateTime, Utc};

/// From how many days before its end a version of an API is told: time for somebody to try the next one.
const API_NOTICE_DAYS: u32 = 45;

/// A login, or a version of an API, that ends by itself.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LoginEnd {
    /// Its channel.
    pub channel: ChannelName,
    /// When it ends.
    pub at: DateTime<Utc>,
    /// What ends.
    pub what: Ending,
}

/// What ends by itself.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Ending {
    /// What a person logged in with.
    Login,
    /// The version of its platform's API that a channel speaks.
    Api(ApiEnd),
}

impl Ending {
    /// Returns the word for it in JSON.
    pub fn word(&self) -> &'static str {
        match self {
            Self::Login => "login",
            Self::Api(_) => "api",
        }
    }
}

impl LoginEnd {
    /// Returns the whole days that are left; below zero when it has ended.
    pub fn days(&self, now: DateTime<Utc>) -> i64 {
        (self.at - now).num_seconds().div_euclid(24 * 60 * 60)
    }

    /// Whether it ends within so many days (of an API's version: within its own), or has ended; never where days are 0.
    pub fn is_near(&self, now: DateTime<Utc>, days: u32) -> bool {
        let within = match self.what {
            Ending::Login => days,
            Ending::Api(_) => API_NOTICE_DAYS,
        };
        days > 0 && self.days(now) <= i64::from(within)
    }

    /// Says it in one line, with what to do.
    pub fn words(&self, now: DateTime<Utc>) -> String {
        let (name, date) = (&self.channel, self.at.format("%Y-%m-%d"));
        let (what, expected, remedy) = match &self.what {
            Ending::Login => (
                format!("the login of {name}"),
                false,
                format!("run `masthead login {name}`"),
            ),
            Ending::Api(end) => (
                format!("version {} of the API that {name} speaks", end.version),
                !end.is_announced,
                format!(
                    "set api_version in [channels.{name}] to a newer one before that, and run `masthead channels --check`"
                ),
            ),
        };
        let days = self.days(now);
        let verb = match (expected, days) {
            (true, ..0) => "was expected to end",
            (true, _) => "is expected to end",
            (false, ..0) => "ended",
            (false, _) => "ends",
        };
        let when = match days {
            ..0 => format!("on {date}"),
            0 => format!("within a day ({date})"),
            1 => format!("in 1 day ({date})"),
            days => format!("in {days} days ({date})"),
        };
        format!("{what} {verb} {when}: {remedy}")
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

/// Returns the logins whose end is known, in the order of the configuration, each before its channel's API version. A
/// secret that the configuration refers to wins over what was stored, and nobody knows when that ends.
pub fn ends(config: &Config, locations: &Locations) -> Vec<LoginEnd> {
    let of = |configured: &ChannelConfig| {
        [
            login_end(configured, locations),
            api_version_end(configured),
        ]
    };
    let awake = config.channels.iter().filter(|it| !it.channel.dormant);
    awake.flat_map(of).flatten().collect()
}

fn login_end(configured: &ChannelConfig, locations: &Locations) -> Option<LoginEnd> {
    if configured.secret.is_some() {
        return None;
    }
    let channel = configured.channel.name.clone();
    let file = SecretFile::new(locations.stored_secret(channel.as_str()));
    // What cannot be read is told as such elsewhere.
    let at = file.read().ok()??.ends_at()?;
    Some(LoginEnd {
        channel,
        at,
        what: Ending::Login,
    })
}

fn api_version_end(configured: &ChannelConfig) -> Option<LoginEnd> {
    let end = api_end(
        configured.channel.platform,
        configured.api_version.as_deref(),
    )?;
    Some(LoginEnd {
        channel: configured.channel.name.clone(),
        at: end.at,
        what: Ending::Api(end),
    })
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
            what: Ending::Login,
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

    #[test]
    fn a_version_of_an_api_is_told_from_45_days_before_its_end_with_the_line_to_change() {
        let (end, now) = ending_in(45 * 24 + 1);
        let version = |is_announced| LoginEnd {
            what: Ending::Api(ApiEnd {
                version: "202601".to_owned(),
                at: end.at,
                is_announced,
            }),
            ..end.clone()
        };
        let known = version(true);
        assert!(known.is_near(now, 15) && !known.is_near(now, 0));
        assert!(!known.is_near(now - TimeDelta::days(1), 15));
        let words = known.words(now);
        assert!(
            words.starts_with("version 202601 of the API that li speaks ends in 45 days (2027-01-06): set api_version in [channels.li]"),
            "{words}"
        );
        let words = version(false).words(now);
        assert!(words.contains("is expected to end in 45 days"), "{words}");
    }
}
