//! The order of the queue: what needs a person first, then what leaves next, day by day.
//!
//! Pure; `store` fills the lists, `ui` draws the rows.

use super::Summary;
use chrono::{DateTime, NaiveDate, Utc};
use chrono_tz::Tz;
use serde::{Deserialize, Serialize};

/// What the queue pane shows.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Queue {
    /// Unknown, failed and missed posts, the worst and then the earliest first.
    pub needs_you: Vec<Summary>,
    /// What has not left yet, by time; at most as many as were asked for.
    pub next: Vec<Summary>,
    /// How many need a person in all.
    pub needs_you_total: usize,
    /// How many have not left yet in all, drafts included.
    pub next_total: usize,
    /// How many wait for a reviewer in all.
    pub review_total: usize,
    /// Set while the network is away.
    pub offline: Option<Offline>,
}

/// The network is away, and posts wait for it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Offline {
    /// Since the first try that did not get through.
    pub since: DateTime<Utc>,
    /// How many deliveries wait for it.
    pub waiting: usize,
}

/// One row of the queue pane.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum QueueRow<'a> {
    /// Head of the section of posts that need a person, with their number.
    NeedsYou(usize),
    /// Head of a day, with the number of its posts.
    Day(NaiveDate, usize),
    /// Head of the posts without a day.
    Undated(usize),
    /// A post.
    Post(&'a Summary),
}

impl Queue {
    /// Returns the posts in the order of the pane, without heads.
    pub fn posts(&self) -> impl Iterator<Item = &Summary> {
        self.needs_you.iter().chain(&self.next)
    }

    /// Returns the rows of the pane, heads included; an empty section is absent.
    pub fn rows(&self, zone: Tz) -> Vec<QueueRow<'_>> {
        let mut rows = Vec::with_capacity(self.needs_you.len() + self.next.len() + 8);
        if !self.needs_you.is_empty() {
            rows.push(QueueRow::NeedsYou(self.needs_you_total));
            rows.extend(self.needs_you.iter().map(QueueRow::Post));
        }
        let day = |post: &Summary| post.due_at.map(|at| at.with_timezone(&zone).date_naive());
        for posts in self.next.chunk_by(|a, b| day(a) == day(b)) {
            rows.push(match day(&posts[0]) {
                Some(date) => QueueRow::Day(date, posts.len()),
                None => QueueRow::Undated(posts.len()),
            });
            rows.extend(posts.iter().map(QueueRow::Post));
        }
        rows
    }
}
