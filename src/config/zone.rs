//! The default time zone: the configured one, else `TZ`, else the system's, else UTC.
//!
//! The screen and `doctor` say which it was.

use super::Config;
use chrono_tz::Tz;

/// Where the default zone came from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ZoneSource {
    /// `timezone` in the configuration.
    Config,
    /// The environment's `TZ`.
    Environment,
    /// The system's setting.
    System,
    /// Nothing said anything.
    Fallback,
}

impl ZoneSource {
    /// Returns how it is said to people.
    pub fn words(self) -> &'static str {
        match self {
            Self::Config => "from the configuration",
            Self::Environment => "from TZ",
            Self::System => "the system's",
            Self::Fallback => "nothing names one",
        }
    }
}

/// Returns the default zone and where it came from.
pub fn zone_for(config: &Config) -> (Tz, ZoneSource) {
    let tz = std::env::var("TZ").ok();
    let system = iana_time_zone::get_timezone().ok();
    choose(config.zone, tz.as_deref(), system.as_deref())
}

fn choose(configured: Option<Tz>, tz: Option<&str>, system: Option<&str>) -> (Tz, ZoneSource) {
    if let Some(zone) = configured {
        return (zone, ZoneSource::Config);
    }
    // POSIX lets a zone's name follow a colon.
    if let Some(zone) = tz.and_then(|tz| tz.trim_start_matches(':').parse().ok()) {
        return (zone, ZoneSource::Environment);
    }
    if let Some(zone) = system.and_then(|name| name.parse().ok()) {
        return (zone, ZoneSource::System);
    }
    (Tz::UTC, ZoneSource::Fallback)
}

#[cfg(test)]
mod tests {
    use super::*;
    use chrono_tz::{America::Lima, Asia::Kolkata, Europe::Oslo};

    #[test]
    fn the_configured_zone_wins_over_tz_and_tz_over_the_system() {
        let (tz, system) = (Some(":America/Lima"), Some("Asia/Kolkata"));
        assert_eq!(choose(Some(Oslo), tz, system), (Oslo, ZoneSource::Config));
        assert_eq!(choose(None, tz, system), (Lima, ZoneSource::Environment));
        assert_eq!(
            choose(None, Some("CET-1CEST"), system),
            (Kolkata, ZoneSource::System)
        );
        assert_eq!(choose(None, None, None), (Tz::UTC, ZoneSource::Fallback));
    }
}
