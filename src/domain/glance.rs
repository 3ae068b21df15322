//! A day at a glance: its first posts and how many more there are, which is all that a month has room for.
//!
//! Pure; `store` fills it. The screen shows it until whole days are read.

use super::Summary;
use chrono::NaiveDate;

/// The first posts of a day.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Glance {
    /// The day.
    pub day: NaiveDate,
    /// Its first posts, by time.
    pub posts: Vec<Summary>,
    /// How many follow them.
    pub more: usize,
}
