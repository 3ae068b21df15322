//! A post with all that happened to it, and what was typed but not saved: what store, screen and command line hand each other.
//!
//! Plain data; `store` fills it, `app` shows it.

use super::{Author, ChannelName, Content, Delivery, DraftKey, Post, PostId, Review};
use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

/// A post with all that happened to it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PostView {
    /// The post.
    pub post: Post,
    /// One for each channel it goes to, in the order of its variants; then those of channels that were taken off it
    /// after something had been tried there.
    pub deliveries: Vec<Delivery>,
    /// Derived from its approvals.
    pub review: Review,
    /// Who has it open for typing on other screens; filled for a screen only.
    pub open_by: Vec<OpenBy>,
    /// What the master text was when each stale text was written, where a revision still has it.
    pub seen_masters: Vec<SeenMaster>,
}

/// The master text that a channel's own text was written against, and that was changed since.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SeenMaster {
    /// The channel whose own text is stale.
    pub channel: ChannelName,
    /// The master text as it was then.
    pub text: String,
    /// When it was changed first.
    pub changed_at: DateTime<Utc>,
}

/// Somebody who has a post open for typing.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OpenBy {
    /// Who.
    pub author: Author,
    /// Since when.
    pub since: DateTime<Utc>,
}

/// What was last typed and not saved to the post.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct EditorDraft {
    /// What tells it from every other, of this author too.
    pub key: DraftKey,
    /// The draft that it goes on with, of an earlier sitting: forgotten as soon as this one is kept.
    pub goes_on: Option<DraftKey>,
    /// The post; `None` for one that was never saved.
    pub post: Option<PostId>,
    /// The variant that was being typed; `None` for the master text.
    pub channel: Option<ChannelName>,
    /// The revision it was based on.
    pub base_revision: i64,
    /// The content as it stood in the editor, texts included.
    pub content: Content,
    /// Cursor, as a byte offset into the text that was being typed.
    pub cursor: usize,
    /// When it was written.
    pub at: DateTime<Utc>,
}

impl EditorDraft {
    /// Returns the keys under which something of it may be kept.
    pub fn keys(&self) -> Vec<DraftKey> {
        [Some(self.key.clone()), self.goes_on.clone()]
            .into_iter()
            .flatten()
            .collect()
    }
}
