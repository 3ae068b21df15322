//! What composing needs to know from outside, stored with its date: server limits, resolved handles,
//! the post that is answered.
//!
//! Plain data; `platforms` fetches it, `store` keeps it, `text::compose` reads it.

use super::{Directory, Places, Price, Target};
use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use std::sync::Arc;

/// Everything from outside that `compose` may use for one post on one channel.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Facts {
    /// What the server itself says about lengths and media.
    pub limits: Option<Limits>,
    /// The account's own length limit, where the user set one; wins over the platform's default.
    pub account_limit: Option<u32>,
    /// Topic of the channel, used where a post names none (Zulip).
    pub default_topic: Option<String>,
    /// The channel on the server, used where a variant names none (Zulip).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub default_to: Option<Target>,
    /// The channels that the server shows, as it was asked last (Zulip).
    #[serde(skip)]
    pub places: Option<Arc<Places>>,
    /// Handle to identity (Bluesky: DID). `None` inside: it was asked and does not exist.
    pub handles: BTreeMap<String, Option<String>>,
    /// The post that part 1 answers, once it is resolved.
    pub reply: Option<RemoteRef>,
    /// What the platform takes for a post, where it takes money.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub price: Option<Price>,
    /// Whether a person pastes the text: it is then as people read it, not as a platform's API is told.
    pub by_hand: bool,
    /// Who is who, for `@@key` in a text.
    #[serde(skip)]
    pub directory: Arc<Directory>,
    /// What `##name` stands for on this channel, by the group's name.
    #[serde(skip)]
    pub hashtags: BTreeMap<String, String>,
}

/// What a server says about itself. A field is `None` where it does not tell.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Limits {
    /// Longest text, in the platform's own unit.
    pub max_characters: Option<u32>,
    /// What a link counts as.
    pub characters_per_url: Option<u32>,
    /// Most media on one post.
    pub max_media: Option<u32>,
    /// Longest alt text, in code points.
    pub max_alt: Option<u32>,
    /// Largest image, in bytes.
    pub max_image_bytes: Option<u64>,
    /// Most pixels of an image, width times height.
    #[serde(default)]
    pub max_image_pixels: Option<u64>,
    /// Largest video, in bytes.
    #[serde(default)]
    pub max_video_bytes: Option<u64>,
    /// Most pixels of a video, width times height.
    #[serde(default)]
    pub max_video_pixels: Option<u64>,
    /// Most frames of a video in a second.
    #[serde(default)]
    pub max_video_rate: Option<u32>,
    /// Longest topic, in code points (Zulip).
    pub max_topic: Option<u32>,
    /// Whether the server refuses a post without a topic (Zulip).
    #[serde(default)]
    pub needs_topic: bool,
    /// Image types that the server takes; empty when it does not tell.
    #[serde(default)]
    pub mime_types: Vec<String>,
    /// Video types that the server takes; empty when it does not tell.
    #[serde(default)]
    pub video_types: Vec<String>,
    /// When the server said so.
    pub fetched_at: Option<DateTime<Utc>>,
}

/// A post on a platform, as later posts refer to it.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct RemoteRef {
    /// The platform's id: a Mastodon status id, an `at://` address.
    pub id: String,
    /// Content id of the record (Bluesky).
    pub cid: Option<String>,
    /// First post of the conversation, id and content id, where it is another one (Bluesky).
    pub root: Option<(String, String)>,
}
