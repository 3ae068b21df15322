//! A post with all that happened to it, and what was typed but not saved: what store, screen and command line hand each other.
//!
//! Plain data; `store` fills it, `app` shows it.

use super::{ChannelName, Content, Delivery, Post, PostId, Review};
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
}

/// What was last typed and not saved to the post.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct EditorDraft {
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
