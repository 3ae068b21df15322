//! A dry run's result: each call that would be made, with what would stop it.
//!
//! Plain data. `publisher::dry_run` works it out; screen and command line show it.

use super::{ChannelName, Composed, PostId};
use chrono::{DateTime, Utc};

/// One delivery as it would leave.
#[derive(Clone, Debug, PartialEq)]
pub struct Call {
    /// When, by the plan's clock.
    pub at: DateTime<Utc>,
    /// The post.
    pub post: PostId,
    /// What names it.
    pub title: String,
    /// The channel.
    pub channel: ChannelName,
    /// The account, once one is known.
    pub account: Option<String>,
    /// Exactly what would be sent; `None` where the channel is not configured any more.
    pub composed: Option<Composed>,
    /// Everything that would stop it, in plain words; it leaves when there is nothing.
    pub problems: Vec<String>,
}

impl Call {
    /// Whether it would leave.
    pub fn leaves(&self) -> bool {
        self.problems.is_empty()
    }
}
