//! How far a large file has come on its way to a platform: what is kept over a crash, and the figures that people see.
//!
//! Plain data; `publisher` writes it, `store` keeps it, the screen and the command line show `words`.

use super::{ChannelName, DeliveryId, Kind};
use chrono::{DateTime, Utc};

/// One file of one part on its way.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Upload {
    /// The delivery it belongs to.
    pub delivery: DeliveryId,
    /// The part, from 0.
    pub part: u32,
    /// Its place among the part's media, from 0.
    pub place: u32,
    /// What is uploaded: another file, alt text or, where the upload makes the post, another post is not gone on with.
    pub hash: String,
    /// What the platform needs to go on with it; opaque here, never shown.
    pub session: String,
    /// The platform's reference to it, once it is all there.
    pub reference: Option<String>,
    /// Bytes that have arrived.
    pub sent: u64,
    /// Bytes in all.
    pub total: u64,
    /// Bytes that had arrived before this run of it began.
    pub kept: u64,
    /// When this run of it began, by the real clock.
    pub since: DateTime<Utc>,
    /// When `sent` was told last, by the real clock.
    pub at: DateTime<Utc>,
}

/// A file on its way as a list shows it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Uploading {
    /// How far it has come.
    pub upload: Upload,
    /// The channel that it goes to.
    pub channel: ChannelName,
    /// The kind of its post.
    pub kind: Kind,
    /// What names its post.
    pub title: String,
}

impl Upload {
    /// Returns how much of it has arrived, in whole percent; 100 only when all has.
    pub fn percent(&self) -> u64 {
        let (sent, total) = (u128::from(self.sent), u128::from(self.total.max(1)));
        u64::try_from(sent * 100 / total).unwrap_or(100).min(100)
    }

    /// Returns bytes for each second of this run; `None` while nothing can be said.
    pub fn rate(&self) -> Option<u64> {
        let took = u64::try_from((self.at - self.since).num_milliseconds()).ok()?;
        let moved = self.sent.saturating_sub(self.kept);
        (took >= 500 && moved > 0).then(|| moved.saturating_mul(1000) / took)
    }

    /// Returns the seconds that the rest takes at this rate.
    pub fn seconds_left(&self) -> Option<u64> {
        let left = self.total.saturating_sub(self.sent);
        self.rate()
            .filter(|rate| *rate > 0)
            .map(|rate| left.div_ceil(rate))
    }

    /// Returns the figures in words, without the percentage: `41 of 79 MB   400 KB/s   3 min`; while no rate is known, that it
    /// begins or goes on.
    pub fn figures(&self) -> Vec<String> {
        let mut figures = vec![of(self.sent, self.total)];
        if self.sent >= self.total {
            figures.push("server works".to_owned());
            return figures;
        }
        match self.rate() {
            Some(rate) => figures.push(format!("{}/s", bytes(rate))),
            None if self.kept > 0 => figures.push("goes on".to_owned()),
            None => figures.push("begins".to_owned()),
        }
        if let Some(left) = self.seconds_left() {
            figures.push(match left {
                0..60 => format!("{left} s"),
                60..5400 => format!("{} min", left.div_ceil(60)),
                _ => format!("{} h", left.div_ceil(3600)),
            });
        }
        figures
    }

    /// Says where it stands in one phrase: `upload 52 %, 41 of 79 MB, 400 KB/s, 3 min left`.
    pub fn words(&self) -> String {
        let mut words = format!("upload {} %, {}", self.percent(), self.figures().join(", "));
        if self.sent < self.total && self.seconds_left().is_some() {
            words.push_str(" left");
        }
        words
    }
}

/// Returns two numbers of bytes in one unit.
fn of(sent: u64, total: u64) -> String {
    let (unit, name) = unit(total);
    format!("{} of {} {name}", sent / unit, total.div_ceil(unit))
}

/// Returns a number of bytes as people say it.
pub fn bytes(count: u64) -> String {
    let (unit, name) = unit(count);
    let tenths = count.saturating_mul(10) / unit;
    match tenths {
        0..100 if unit > 1 => format!("{}.{} {name}", tenths / 10, tenths % 10),
        _ => format!("{} {name}", count / unit),
    }
}

fn unit(count: u64) -> (u64, &'static str) {
    match count {
        0..1_000 => (1, "bytes"),
        1_000..1_000_000 => (1_000, "KB"),
        1_000_000..10_000_000_000 => (1_000_000, "MB"),
        _ => (1_000_000_000, "GB"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use chrono::TimeDelta;

    fn upload(sent: u64, kept: u64, seconds: i64) -> Upload {
        let since = DateTime::<Utc>::UNIX_EPOCH;
        Upload {
            delivery: DeliveryId(1),
            part: 0,
            place: 0,
            hash: String::new(),
            session: String::new(),
            reference: None,
            sent,
            total: 79_000_000,
            kept,
            since,
            at: since + TimeDelta::seconds(seconds),
        }
    }

    #[test]
    fn the_rate_counts_only_what_this_run_has_sent() {
        let resumed = upload(41_000_000, 40_000_000, 5);
        assert_eq!(resumed.rate(), Some(200_000));
        assert_eq!(
            resumed.words(),
            "upload 51 %, 41 of 79 MB, 200 KB/s, 4 min left"
        );
    }

    #[test]
    fn until_a_rate_is_known_it_begins_or_goes_on() {
        assert_eq!(upload(1, 0, 0).words(), "upload 0 %, 0 of 79 MB, begins");
        assert_eq!(
            upload(41_000_000, 41_000_000, 9).words(),
            "upload 51 %, 41 of 79 MB, goes on"
        );
    }

    #[test]
    fn it_is_at_a_hundred_percent_only_when_all_of_it_has_arrived() {
        assert_eq!(upload(78_999_999, 0, 10).percent(), 99);
        assert_eq!(
            upload(79_000_000, 0, 10).words(),
            "upload 100 %, 79 of 79 MB, server works"
        );
    }

    #[test]
    fn bytes_are_said_in_a_fitting_unit() {
        assert_eq!(bytes(999), "999 bytes");
        assert_eq!(bytes(214_000), "214 KB");
        assert_eq!(bytes(1_250_000), "1.2 MB");
        assert_eq!(bytes(12_000_000_000), "12 GB");
    }
}
