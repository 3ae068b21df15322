//! Freeze: nothing leaves, on purpose; and what becomes of each delivery that waits.
//!
//! Plain data. `publisher::foresee` works it out, `store` keeps it, screen and command line show it.

use super::{Author, ChannelName, DeliveryId, PostId, Waits};
use chrono::{DateTime, Utc};
use std::collections::BTreeMap;

/// Nothing leaves: who said so, why, and since when.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Freeze {
    /// Who froze.
    pub by: Author,
    /// Why, as it was typed; may be empty.
    pub reason: String,
    /// Since when, by the plan's clock.
    pub since: DateTime<Utc>,
}

impl Freeze {
    /// Returns who froze and why: `frozen by tester, "wrong link in the call"`.
    pub fn words(&self) -> String {
        if self.reason.is_empty() {
            format!("frozen by {}", self.by)
        } else {
            format!("frozen by {}, \"{}\"", self.by, self.reason)
        }
    }
}

/// A freeze that stands or has stood.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PastFreeze {
    /// The freeze.
    pub freeze: Freeze,
    /// Who ended it, and when; `None` while it stands.
    pub thawed: Option<(Author, DateTime<Utc>)>,
}

/// What becomes of a waiting delivery.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Fate {
    /// It leaves at this time.
    Leaves {
        /// When.
        at: DateTime<Utc>,
        /// Why not before, where something made it wait; may be empty.
        reason: String,
        /// What it waits for until then.
        waits: Waits,
    },
    /// It is too late for it.
    Missed(String),
    /// Its time passed after a part of its thread had left.
    Failed(String),
    /// It goes on waiting.
    Stays(String),
    /// It does not go: whoever thaws left it out.
    LeftOut,
}

/// What whoever thaws wants for a post, other than what its time says.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Choice {
    /// It does not go.
    LeaveOut,
    /// It is due now, however late it is; never past its “not after”.
    Send,
}

/// The choices of a thaw.
pub type Choices = BTreeMap<PostId, Choice>;

impl Fate {
    /// Returns when it leaves, where it does.
    pub fn leaves_at(&self) -> Option<DateTime<Utc>> {
        match self {
            Self::Leaves { at, .. } => Some(*at),
            Self::Missed(_) | Self::Failed(_) | Self::Stays(_) | Self::LeftOut => None,
        }
    }
}

/// What becomes of one delivery.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Foreseen {
    /// The delivery.
    pub delivery: DeliveryId,
    /// Its post.
    pub post: PostId,
    /// What names the post.
    pub title: String,
    /// Its channel.
    pub channel: ChannelName,
    /// Its planned time; the thaw's own where it was chosen to be sent.
    pub due_at: Option<DateTime<Utc>>,
    /// When it is decided.
    pub at: DateTime<Utc>,
    /// What becomes of it.
    pub fate: Fate,
}

/// A held post on the channels that share a fate.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct HeldPost {
    /// The post.
    pub post: PostId,
    /// What names it.
    pub title: String,
    /// Its planned time.
    pub due_at: Option<DateTime<Utc>>,
    /// The channels.
    pub channels: Vec<ChannelName>,
    /// What becomes of it there.
    pub fate: Fate,
}

/// Puts the deliveries of a post that share a fate into one row: by their planned times, and what does not leave comes last.
pub fn by_post(all: &[Foreseen]) -> Vec<HeldPost> {
    let mut rows: Vec<HeldPost> = Vec::new();
    for one in all {
        let same = |row: &&mut HeldPost| row.post == one.post && row.fate == one.fate;
        match rows.iter_mut().find(same) {
            Some(row) => row.channels.push(one.channel.clone()),
            None => rows.push(HeldPost {
                post: one.post,
                title: one.title.clone(),
                due_at: one.due_at,
                channels: vec![one.channel.clone()],
                fate: one.fate.clone(),
            }),
        }
    }
    rows.sort_by_key(|row| {
        let leaves_at = row.fate.leaves_at();
        (leaves_at.is_none(), row.due_at, leaves_at, row.post)
    });
    rows
}

/// Counts the posts among held rows: one that has two fates is one post.
pub fn count_posts(rows: &[HeldPost]) -> usize {
    let mut posts: Vec<PostId> = rows.iter().map(|row| row.post).collect();
    posts.sort_unstable();
    posts.dedup();
    posts.len()
}

#[cfg(test)]
mod tests {
    use super::*;
    use chrono::Duration;

    fn foreseen(post: i64, channel: &str, fate: Fate) -> Foreseen {
        Foreseen {
            delivery: DeliveryId(post * 10),
            post: PostId(post),
            title: format!("post {post}"),
            channel: channel.into(),
            due_at: Some(DateTime::UNIX_EPOCH),
            at: DateTime::UNIX_EPOCH,
            fate,
        }
    }

    fn leaves(minutes: i64) -> Fate {
        Fate::Leaves {
            at: DateTime::UNIX_EPOCH + Duration::minutes(minutes),
            reason: String::new(),
            waits: Waits::ForItself,
        }
    }

    #[test]
    fn channels_with_one_fate_share_a_row_and_what_leaves_comes_first() {
        let late = Fate::Missed("too late".to_owned());
        let rows = by_post(&[
            foreseen(1, "a", late.clone()),
            foreseen(2, "a", leaves(15)),
            foreseen(2, "b", leaves(0)),
            foreseen(3, "b", leaves(15)),
            foreseen(1, "b", late),
        ]);
        let shown: Vec<(i64, usize, Option<i64>)> = rows
            .iter()
            .map(|row| {
                let at = row.fate.leaves_at();
                (
                    row.post.0,
                    row.channels.len(),
                    at.map(|at| at.timestamp() / 60),
                )
            })
            .collect();
        assert_eq!(
            shown,
            [
                (2, 1, Some(0)),
                (2, 1, Some(15)),
                (3, 1, Some(15)),
                (1, 2, None)
            ]
        );
        assert_eq!(count_posts(&rows), 3);
    }

    #[test]
    fn a_freeze_without_a_reason_is_told_without_one() {
        let mut freeze = Freeze {
            by: Author::new("tester"),
            reason: String::new(),
            since: DateTime::UNIX_EPOCH,
        };
        assert_eq!(freeze.words(), "frozen by tester");
        freeze.reason = "wrong link".to_owned();
        assert_eq!(freeze.words(), "frozen by tester, \"wrong link\"");
    }
}
