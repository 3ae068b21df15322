//! The order of the queue: what needs a person first, then what waits for a reviewer, then what leaves next, day by day.
//!
//! Pure; `store` fills the lists, `ui` draws the rows.

use super::{Summary, Uploading};
use chrono::{DateTime, NaiveDate, Utc};
use chrono_tz::Tz;
use serde::{Deserialize, Serialize};

/// What the queue pane shows.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Queue {
    /// Unknown, failed and missed posts, the worst and then the earliest first.
    pub needs_you: Vec<Summary>,
    /// What waits for a reviewer, what leaves first before the others; at most as many as were asked for.
    pub review: Vec<Summary>,
    /// What has not left yet and waits for nobody, by time; at most as many as were asked for.
    pub next: Vec<Summary>,
    /// How many need a person in all.
    pub needs_you_total: usize,
    /// How many have not left yet in all, drafts included, but for those that wait for a reviewer.
    pub next_total: usize,
    /// How many wait for a reviewer in all.
    pub review_total: usize,
    /// What goes up now.
    #[serde(skip)]
    pub uploads: Vec<Uploading>,
    /// Set while the network is away.
    pub offline: Option<Offline>,
    /// How many seconds the leader's clock is ahead of what servers say.
    #[serde(default)]
    pub clock_ahead: i64,
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
    /// Head of the section of posts that wait for a reviewer, with their number.
    ToReview(usize),
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
        self.needs_you.iter().chain(&self.review).chain(&self.next)
    }

    /// Returns the rows of the pane, heads included; an empty section is absent.
    pub fn rows(&self, zone: Tz) -> Vec<QueueRow<'_>> {
        let mut rows =
            Vec::with_capacity(self.needs_you.len() + self.review.len() + self.next.len() + 8);
        if !self.needs_you.is_empty() {
            rows.push(QueueRow::NeedsYou(self.needs_you_total));
            rows.extend(self.needs_you.iter().map(QueueRow::Post));
        }
        if !self.review.is_empty() {
            rows.push(QueueRow::ToReview(self.review_total));
            rows.extend(self.review.iter().map(QueueRow::Post));
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::{Author, Kind, PostId, Review};

    fn post(id: i64) -> Summary {
        Summary {
            id: PostId(id),
            title: String::new(),
            kind: Kind::AdHoc,
            due_at: Some(DateTime::UNIX_EPOCH),
            held: false,
            review: Review::Draft,
            campaign: None,
            author: Author::new("li"),
            tags: Vec::new(),
            without_alt: 0,
            channels: Vec::new(),
        }
    }

    #[test]
    fn what_waits_for_a_reviewer_stands_between_what_needs_you_and_what_leaves_next() {
        let queue = Queue {
            needs_you: vec![post(1)],
            review: vec![post(2)],
            next: vec![post(3)],
            needs_you_total: 1,
            review_total: 7,
            next_total: 1,
            uploads: Vec::new(),
            offline: None,
            clock_ahead: 0,
        };
        let heads: Vec<String> = queue
            .rows(chrono_tz::UTC)
            .iter()
            .map(|row| match row {
                QueueRow::NeedsYou(count) => format!("needs {count}"),
                QueueRow::ToReview(count) => format!("review {count}"),
                QueueRow::Day(..) => "day".to_owned(),
                QueueRow::Undated(_) => "undated".to_owned(),
                QueueRow::Post(post) => post.id.to_string(),
            })
            .collect();
        assert_eq!(heads, ["needs 1", "1", "review 7", "2", "day", "3"]);
        let ids: Vec<i64> = queue.posts().map(|post| post.id.0).collect();
        assert_eq!(ids, [1, 2, 3]);
    }
}
