//! The result of `text::compose`: exactly what would be sent, part by part, with its counts and problems.
//!
//! The counter, the preview, the reviewer and the publisher all read this and nothing else. Its hash
//! leaves out ids, times and references that a server assigns.

use super::card::CardPicture;
use super::fit::Fit;
use super::medium::Medium;
use super::part_kind::PartKind;
use super::post::{ReplyTo, Visibility};
use super::{PlatformId, Target};
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use std::collections::BTreeMap;
use std::ops::Range;

/// One post as one channel will get it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Composed {
    /// The platform whose rules were followed (for a sandbox, the one it is like).
    pub platform: PlatformId,
    /// What is sent, in order; more than one is a thread, or a post with comments.
    pub parts: Vec<Part>,
    /// What stops it from leaving; empty when it can.
    pub problems: Vec<Problem>,
    /// What the author may want to know but need not change.
    pub notes: Vec<String>,
}

/// One message of a composed post.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Part {
    /// What it is there.
    #[serde(default, skip_serializing_if = "PartKind::is_post")]
    pub kind: PartKind,
    /// The text as sent (LinkedIn: in little text format).
    pub text: String,
    /// The text as people will read it.
    pub plain: String,
    /// Where it stands in the authored text, in bytes.
    pub source: Range<usize>,
    /// Byte offset in the authored text from which it is past the limit.
    pub over: Option<usize>,
    /// Links, mentions and hashtags, in UTF-8 bytes of `text`, where the platform wants to be told.
    pub facets: Vec<Facet>,
    /// Pictures that go with it.
    pub media: Vec<PartMedia>,
    /// Link card that we build ourselves.
    pub card: Option<Card>,
    /// Content warning.
    pub warning: Option<String>,
    /// BCP 47 tag.
    pub language: Option<String>,
    /// Who may see it; `None` where the platform has no choice.
    pub visibility: Option<Visibility>,
    /// Title (YouTube).
    pub title: Option<String>,
    /// Channel on the server (Zulip).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub to: Option<Target>,
    /// Topic (Zulip).
    pub topic: Option<String>,
    /// Tags that are sent beside the text (YouTube).
    pub tags: Vec<String>,
    /// The channel's own options, checked, but for those with a field above; on part 1.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub options: BTreeMap<String, String>,
    /// What part 1 answers, as the author wrote it; later parts answer the part before.
    pub reply_to: Option<ReplyTo>,
    /// Its length against the limit.
    pub count: Count,
    /// What of `plain` counts otherwise than it looks, or takes much of the limit; the dearest first.
    #[serde(skip)]
    pub costs: Vec<Cost>,
}

/// What a piece of a text counts, where that is worth knowing.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Cost {
    /// What it is.
    pub kind: CostKind,
    /// The piece; the first of those that count the same.
    pub text: String,
    /// What it counts, in the platform's unit.
    pub used: u32,
    /// How many such pieces there are.
    pub times: u32,
}

/// What kind of piece counts so.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum CostKind {
    /// A link.
    Link,
    /// A link that would count nothing as the link of the card.
    LinkForCard,
    /// A mention.
    Mention,
    /// One cluster of several code points, such as a family of emoji.
    Cluster,
    /// Each letter of its script.
    Letter,
}

/// A length against its limit.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Measure {
    /// How much is used.
    pub used: u32,
    /// How much there may be; `None` where there is no limit.
    pub limit: Option<u32>,
}

impl Measure {
    /// Pairs a length with its limit.
    pub fn new(used: usize, limit: Option<u32>) -> Self {
        Self {
            used: u32::try_from(used).unwrap_or(u32::MAX),
            limit,
        }
    }

    /// Whether it is within the limit.
    pub fn fits(self) -> bool {
        self.limit.is_none_or(|limit| self.used <= limit)
    }

    /// How much it is over the limit.
    pub fn over(self) -> u32 {
        self.limit
            .map_or(0, |limit| self.used.saturating_sub(limit))
    }
}

/// What a platform counts in.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Unit {
    /// Extended grapheme clusters (UAX 29).
    #[default]
    Clusters,
    /// Weighted code points (twitter-text v3).
    Weighted,
    /// UTF-16 code units.
    Utf16,
    /// Unicode code points.
    CodePoints,
    /// UTF-8 bytes.
    Bytes,
}

/// The length of one part, in everything its platform measures.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Count {
    /// The text, in `unit`.
    pub text: Measure,
    /// What `text` counts.
    pub unit: Unit,
    /// UTF-8 bytes of the text, where they are limited as well (Bluesky).
    pub bytes: Option<Measure>,
    /// The title, where there is one (YouTube).
    pub title: Option<Measure>,
    /// The topic, where there is one (Zulip).
    pub topic: Option<Measure>,
    /// The tags, where they are counted (YouTube).
    pub tags: Option<Measure>,
    /// Whether the platform takes it: within every limit, and not refused for another reason of length.
    pub fits: bool,
}

/// A span of the text with a meaning, in UTF-8 bytes, end exclusive.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Facet {
    /// First byte.
    pub byte_start: usize,
    /// One past the last byte.
    pub byte_end: usize,
    /// What it is.
    pub feature: Feature,
}

/// What a facet is.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Feature {
    /// A link, with the complete address.
    Link {
        /// The address, scheme included.
        uri: String,
    },
    /// A mention; without an identity it stays plain text.
    Mention {
        /// The handle without `@`.
        handle: String,
        /// The identity it resolved to.
        did: Option<String>,
    },
    /// A hashtag, without its sign.
    Tag {
        /// The word.
        tag: String,
    },
}

/// A picture, a video, a document or captions as they go with a part: type, size and pixels are those of what is sent.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct PartMedia {
    /// SHA-256 of the stored file, hex; also its name in the data directory.
    pub hash: String,
    /// The name of the file it came from.
    pub name: String,
    /// MIME type.
    pub mime: String,
    /// Size in bytes; about, where it is made to fit.
    pub size: u64,
    /// Width and height in pixels, where known.
    pub pixels: Option<(u32, u32)>,
    /// How long a video plays, in milliseconds, where known.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub duration_ms: Option<u64>,
    /// Alt text; empty when the author gave none.
    pub alt: String,
    /// What is made of the stored file; `None` where it is sent as it is.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub fit: Option<Fit>,
}

impl PartMedia {
    /// Returns what it is.
    pub fn medium(&self) -> Medium {
        Medium::of(&self.mime)
    }

    /// Whether it is a video.
    pub fn is_video(&self) -> bool {
        self.medium() == Medium::Video
    }

    /// Whether it is a picture.
    pub fn is_picture(&self) -> bool {
        self.medium() == Medium::Picture
    }

    /// Whether it is the captions of a video.
    pub fn is_captions(&self) -> bool {
        self.medium() == Medium::Captions
    }

    /// Whether it is a picture of which people who do not see it are told nothing.
    pub fn lacks_alt(&self) -> bool {
        self.is_picture() && self.alt.trim().is_empty()
    }
}

/// A link card that we build ourselves; every text is final, the title is never empty.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Card {
    /// The address it leads to.
    pub url: String,
    /// Its title.
    pub title: String,
    /// Its description; may be empty.
    pub description: String,
    /// Its picture. `Part::uploads` names it for uploading, so that its reference is the only one in `media_refs`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub picture: Option<CardPicture>,
}

impl Part {
    /// Returns what is uploaded before the part is sent, in the order of `PartContext::media_refs`: its pictures, else the
    /// picture of its card. A part has one or the other.
    pub fn uploads(&self) -> Vec<PartMedia> {
        if !self.media.is_empty() {
            return self.media.clone();
        }
        let picture = self.card.as_ref().and_then(|card| card.picture.as_ref());
        let as_media = |picture: &CardPicture| PartMedia {
            hash: picture.hash.clone(),
            name: "link card".to_owned(),
            mime: picture.mime.clone(),
            size: picture.size,
            pixels: Some(picture.pixels),
            duration_ms: None,
            alt: String::new(),
            fit: None,
        };
        picture.map(as_media).into_iter().collect()
    }

    /// Returns SHA-256, in hex, of what is uploaded before the part is sent, alt texts included; empty where nothing is.
    pub fn uploads_hash(&self) -> String {
        match self.uploads().as_slice() {
            [] => String::new(),
            uploads => json_hash(&uploads),
        }
    }

    /// Returns SHA-256, in hex, of all that an approver saw of it.
    pub fn hash(&self) -> String {
        json_hash(&self.as_seen())
    }

    fn as_seen(&self) -> Self {
        let mut seen = self.clone();
        seen.count = Count::default();
        seen.over = None;
        seen.source = 0..0;
        for facet in &mut seen.facets {
            if let Feature::Mention { did, .. } = &mut facet.feature {
                *did = None;
            }
        }
        seen
    }
}

impl PartMedia {
    /// Returns SHA-256, in hex, of it with its alt text and of what is made of it.
    pub fn sent_hash(&self) -> String {
        json_hash(self)
    }
}

/// What stops a post from leaving, in one plain sentence.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Problem {
    /// The part it is about, from 0; `None` when it is about the whole post.
    pub part: Option<usize>,
    /// What is wrong and what to do.
    pub message: String,
    /// Whether `C-t` (split into a thread) would solve it.
    pub splitting_helps: bool,
}

impl Composed {
    /// Returns how far the worst part is over a limit, in its unit, with its place; `None` when every length fits.
    pub fn worst_over(&self) -> Option<(usize, u32)> {
        self.parts
            .iter()
            .map(|part| {
                let count = &part.count;
                let others = [count.bytes, count.title, count.topic, count.tags];
                let more = others.into_iter().flatten().map(Measure::over).max();
                count.text.over().max(more.unwrap_or(0))
            })
            .enumerate()
            .max_by_key(|(_, over)| *over)
            .filter(|(_, over)| *over > 0)
    }

    /// Whether nothing stops it from leaving.
    pub fn can_leave(&self) -> bool {
        self.problems.is_empty()
    }

    /// Returns SHA-256, in hex, of all that an approver saw.
    ///
    /// Counts, limits and problems are left out (a changed server limit alone changes nothing that is
    /// sent), and so are identities that a server assigns.
    pub fn hash(&self) -> String {
        json_hash(&Self {
            platform: self.platform,
            parts: self.parts.iter().map(Part::as_seen).collect(),
            problems: Vec::new(),
            notes: Vec::new(),
        })
    }
}

fn json_hash(value: &impl Serialize) -> String {
    hex(&Sha256::digest(
        serde_json::to_vec(value).unwrap_or_default(),
    ))
}

/// Returns bytes as lower-case hex.
pub fn hex(bytes: &[u8]) -> String {
    use std::fmt::Write as _;
    bytes
        .iter()
        .fold(String::with_capacity(bytes.len() * 2), |mut text, byte| {
            let _ = write!(text, "{byte:02x}");
            text
        })
}

/// Returns SHA-256 of the bytes, in lower-case hex.
pub fn sha256_hex(bytes: &[u8]) -> String {
    hex(&Sha256::digest(bytes))
}
