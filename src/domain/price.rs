//! What a platform takes for what is done there, and what that came to.
//!
//! Pure. What a post costs by it is worked out in `text/price.rs`; the figures are the configuration's, or the platform's
//! own list of a day that is named.

use chrono::NaiveDate;
use serde::{Deserialize, Serialize};
use std::fmt;
use std::ops::{Add, Mul};

/// An amount in US dollars, kept in millionths: prices are fractions of a cent.
#[derive(
    Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize,
)]
pub struct Money(u64);

impl Money {
    /// Creates an amount of millionths of a dollar.
    pub const fn millionths(millionths: u64) -> Self {
        Self(millionths)
    }

    /// Reads an amount such as `0.015` or `2`; `None` for what is no amount, or finer than a millionth.
    pub fn read(text: &str) -> Option<Self> {
        let (whole, part) = text.split_once('.').unwrap_or((text, "0"));
        let digits = |text: &str| !text.is_empty() && text.bytes().all(|b| b.is_ascii_digit());
        if !digits(whole) || !digits(part) || whole.len() > 6 || part.len() > 6 {
            return None;
        }
        let whole: u64 = whole.parse().ok()?;
        let part: u64 = format!("{part:0<6}").parse().ok()?;
        Some(Self(whole * 1_000_000 + part))
    }

    /// Returns it in dollars, for a program that reads it.
    pub fn dollars(self) -> f64 {
        self.0 as f64 / 1e6
    }
}

impl Add for Money {
    type Output = Self;

    fn add(self, other: Self) -> Self {
        Self(self.0.saturating_add(other.0))
    }
}

impl Mul<u32> for Money {
    type Output = Self;

    fn mul(self, times: u32) -> Self {
        Self(self.0.saturating_mul(times.into()))
    }
}

impl fmt::Display for Money {
    /// Writes at least cents, and finer only where there is something: `$0.20`, `$0.015`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let part = format!("{:06}", self.0 % 1_000_000);
        let fine = part[2..].trim_end_matches('0');
        write!(f, "${}.{}{fine}", self.0 / 1_000_000, &part[..2])
    }
}

/// What a platform takes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Price {
    /// For a post.
    pub post: Money,
    /// For a post with a link, in place of that.
    pub with_link: Money,
    /// For each post that is read back, when one is looked up.
    pub read: Money,
    /// The day of which this was so.
    pub as_of: NaiveDate,
}

/// What was done on a channel that costs, and what it came to.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Spent {
    /// Posts that are there, or may be.
    pub posts: u32,
    /// Those of them with a link.
    pub with_link: u32,
    /// How often it was looked whether one is there.
    pub looks: u32,
    /// What that came to, with one post read for each look.
    #[serde(serialize_with = "dollars", rename = "usd")]
    pub money: Money,
}

fn dollars<S: serde::Serializer>(money: &Money, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.serialize_f64(money.dollars())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn amounts_are_read_exactly_and_written_as_people_do() {
        for (text, shown) in [
            ("0.015", "$0.015"),
            ("0.2", "$0.20"),
            ("0.20", "$0.20"),
            ("2", "$2.00"),
            ("0", "$0.00"),
            ("12.000001", "$12.000001"),
        ] {
            assert_eq!(Money::read(text).unwrap().to_string(), shown, "{text}");
        }
        for wrong in [
            "",
            ".5",
            "1.",
            "-1",
            "1e3",
            "0.0000001",
            "1_0",
            "nan",
            "9999999",
        ] {
            assert_eq!(Money::read(wrong), None, "{wrong}");
        }
        let three = Money::read("0.2").unwrap() + Money::read("0.015").unwrap() * 2;
        assert_eq!(three.to_string(), "$0.23");
    }
}
