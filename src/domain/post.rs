//! A post: one piece authored once, with a variant for each channel it goes to.
//!
//! `Content` is all that an author can change; a revision stores it whole and undo puts one back.
//! What happened to it on the channels is in `delivery.rs`.

use super::card::{CardUse, PageCard};
use super::composed::sha256_hex;
use super::fit::Seen;
use super::{Author, ChannelName, LocalTime, Medium, Plan, PostId};
use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, BTreeSet};
use std::str::FromStr;

/// Whether a post can be used again or is tied to its time.
#[derive(
    Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize,
)]
#[serde(rename_all = "kebab-case")]
pub enum Kind {
    /// No date of its own, prepared ahead, can be used again.
    Evergreen,
    /// Tied to a time: worthless or embarrassing when late.
    #[default]
    AdHoc,
}

impl Kind {
    /// Returns the word used in database, JSON and on the command line.
    pub fn word(self) -> &'static str {
        match self {
            Self::Evergreen => "evergreen",
            Self::AdHoc => "ad-hoc",
        }
    }
}

impl FromStr for Kind {
    type Err = String;

    fn from_str(word: &str) -> Result<Self, String> {
        match word {
            "evergreen" => Ok(Self::Evergreen),
            "ad-hoc" | "adhoc" => Ok(Self::AdHoc),
            other => Err(format!(
                "`{other}` is no kind; there are: evergreen, ad-hoc"
            )),
        }
    }
}

/// Who may see it, where the platform gives a choice.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Visibility {
    /// Everyone, and in public lists.
    #[default]
    Public,
    /// Everyone who has the address.
    Unlisted,
    /// Followers.
    Private,
    /// Only those who are mentioned.
    Direct,
}

impl Visibility {
    /// Every choice, the widest first.
    pub const ALL: [Self; 4] = [Self::Public, Self::Unlisted, Self::Private, Self::Direct];

    /// Returns the word used in database, JSON and on the command line.
    pub fn word(self) -> &'static str {
        match self {
            Self::Public => "public",
            Self::Unlisted => "unlisted",
            Self::Private => "private",
            Self::Direct => "direct",
        }
    }
}

impl FromStr for Visibility {
    type Err = String;

    fn from_str(word: &str) -> Result<Self, String> {
        Self::ALL
            .into_iter()
            .find(|visibility| visibility.word() == word)
            .ok_or_else(|| {
                format!("`{word}` is no visibility; there are: public, unlisted, private, direct")
            })
    }
}

/// Whether an over-long text may become several parts.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Threading {
    /// One part; over-long is a problem.
    #[default]
    Off,
    /// Split at `---` lines, then at sentence and word ends.
    On,
    /// The same, each part ending in ` 1/3`.
    Numbered,
}

/// What a post answers.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum ReplyTo {
    /// One of our own posts; on each channel the delivery there is answered.
    Post(PostId),
    /// A post on the platform, by its address (or platform id).
    Url(String),
}

impl ReplyTo {
    /// Reads what a person types: our own post's number, or an address.
    pub fn parse(text: &str) -> Option<Self> {
        let text = text.trim();
        if text.is_empty() {
            return None;
        }
        match text.trim_start_matches('#').parse::<i64>() {
            // Platform ids of Mastodon and X are numbers too, but far longer than ours.
            Ok(id) if (1..1_000_000_000).contains(&id) => Some(Self::Post(PostId(id))),
            _ => Some(Self::Url(text.to_owned())),
        }
    }
}

/// A link shown as a card, with the title that the author typed.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct LinkCard {
    /// The address.
    pub url: String,
    /// Its title; empty when none was typed.
    #[serde(default)]
    pub title: String,
    /// Its description; may be empty.
    #[serde(default)]
    pub description: String,
}

/// A picture, a video, a document or captions attached to a post; the bytes are in the data directory under `hash`.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Attachment {
    /// SHA-256 of the stored (stripped) file, hex.
    pub hash: String,
    /// The name of the file it came from, without its folder.
    pub name: String,
    /// MIME type.
    pub mime: String,
    /// Size in bytes.
    pub size: u64,
    /// Width and height in pixels, where known.
    pub pixels: Option<(u32, u32)>,
    /// How long a video plays, in milliseconds, where known.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub duration_ms: Option<u64>,
    /// Frames that a video shows in a second, rounded down, where known.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub rate: Option<u32>,
    /// Alt text; empty when the author gave none.
    #[serde(default)]
    pub alt: String,
    /// What was seen of it when it was attached; `None` where nobody looked.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub seen: Option<Seen>,
}

impl Attachment {
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

/// The post's text and options for one channel.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Variant {
    /// The channel.
    pub channel: ChannelName,
    /// Own text; `None` inherits the master text.
    #[serde(default)]
    pub text: Option<String>,
    /// Hash of the master text that an own text was written against.
    #[serde(default)]
    pub written_against: Option<String>,
    /// What the channel's platform offers beside the text, by name; `text::options` checks it.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub options: BTreeMap<String, String>,
}

impl Variant {
    /// Creates a variant that inherits the master text.
    pub fn inherits(channel: impl Into<ChannelName>) -> Self {
        Self {
            channel: channel.into(),
            text: None,
            written_against: None,
            options: BTreeMap::new(),
        }
    }

    /// Whether the text is this channel's own.
    pub fn is_own(&self) -> bool {
        self.text.is_some()
    }

    /// Whether the text is own and the master text changed since it was written. `Content::stale` asks for all at once.
    pub fn is_stale(&self, master: &str) -> bool {
        self.seen_master()
            .is_some_and(|seen| seen != text_hash(master))
    }

    /// Returns the hash of the master text that an own text was written against.
    fn seen_master(&self) -> Option<&str> {
        self.written_against
            .as_deref()
            .filter(|_| self.text.is_some())
    }

    /// Takes the channel's own text away; its options stay.
    pub fn inherit(&mut self) {
        self.text = None;
        self.written_against = None;
    }

    /// Gives the channel its own text, written against the present master text.
    pub fn set_own(&mut self, text: impl Into<String>, master: &str) {
        self.text = Some(text.into());
        self.written_against = Some(text_hash(master));
    }
}

/// Returns a short hash of a text, to tell whether it changed.
pub fn text_hash(text: &str) -> String {
    let mut hash = sha256_hex(text.as_bytes());
    hash.truncate(16);
    hash
}

/// All that an author can change about a post.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Content {
    /// One line that names it in lists; never sent, but as a video's title.
    pub title: String,
    /// The master text.
    pub text: String,
    /// Evergreen or ad hoc.
    pub kind: Kind,
    /// When it is to leave.
    pub plan: Plan,
    /// Whether the author said that it may leave at its time; a draft is held.
    pub scheduled: bool,
    /// Not before this local time.
    pub not_before: Option<LocalTime>,
    /// Past this local time it is never sent.
    pub not_after: Option<LocalTime>,
    /// Name of the campaign.
    pub campaign: Option<String>,
    /// Tags, without `#`: for finding and filtering (YouTube: sent).
    pub tags: Vec<String>,
    /// BCP 47 tag.
    pub language: Option<String>,
    /// Content warning.
    pub warning: Option<String>,
    /// Who may see it.
    pub visibility: Visibility,
    /// Topic (Zulip); `None` takes the channel's.
    pub topic: Option<String>,
    /// Link shown as a card.
    pub link: Option<LinkCard>,
    /// What the pages of its links said of themselves; what the author typed wins.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub pages: Vec<PageCard>,
    /// Whether a link is shown as a card at all.
    pub card: CardUse,
    /// Whether it may become several parts.
    pub threading: Threading,
    /// What it answers.
    pub reply_to: Option<ReplyTo>,
    /// Pictures, in order.
    pub attachments: Vec<Attachment>,
    /// The channels it goes to, each with its variant, in the order of the configuration.
    pub variants: Vec<Variant>,
    /// Whether it lies in the trash.
    pub trashed: bool,
}

impl Content {
    /// Whether people see something beside the text: captions alone are nothing without their video.
    pub fn shows_media(&self) -> bool {
        self.attachments.iter().any(|one| !one.is_captions())
    }

    /// Returns the variant for a channel it goes to.
    pub fn variant(&self, channel: &ChannelName) -> Option<&Variant> {
        self.variants
            .iter()
            .find(|variant| variant.channel == *channel)
    }

    /// Returns the variant for a channel it goes to, to change it.
    pub fn variant_mut(&mut self, channel: &ChannelName) -> Option<&mut Variant> {
        self.variants
            .iter_mut()
            .find(|variant| variant.channel == *channel)
    }

    /// Returns the channels whose text is own and older than the present master text, which is hashed once at most.
    pub fn stale(&self) -> BTreeSet<ChannelName> {
        let seen = |variant: &Variant| variant.seen_master().is_some();
        if !self.variants.iter().any(seen) {
            return BTreeSet::new();
        }
        let master = text_hash(&self.text);
        self.variants
            .iter()
            .filter(|variant| variant.seen_master().is_some_and(|seen| seen != master))
            .map(|variant| variant.channel.clone())
            .collect()
    }

    /// Returns what the page at an address said of itself.
    pub fn page(&self, url: &str) -> Option<&PageCard> {
        self.pages.iter().find(|page| page.url == url)
    }

    /// Returns the authored text for a channel: its own, or the master.
    pub fn text_for(&self, channel: &ChannelName) -> &str {
        self.variant(channel)
            .and_then(|variant| variant.text.as_deref())
            .unwrap_or(&self.text)
    }

    /// Counts the pictures without alt text.
    pub fn without_alt(&self) -> usize {
        self.attachments.iter().filter(|it| it.lacks_alt()).count()
    }

    /// Whether there is nothing in it that would be a loss.
    pub fn is_blank(&self) -> bool {
        self.title.trim().is_empty()
            && self.text.trim().is_empty()
            && self.attachments.is_empty()
            && self.variants.iter().all(|variant| {
                variant
                    .text
                    .as_deref()
                    .is_none_or(|text| text.trim().is_empty())
            })
    }

    /// Returns what names the post in a list: its title, else the beginning of its text.
    pub fn display_title(&self) -> String {
        if !self.title.trim().is_empty() {
            return self.title.trim().to_owned();
        }
        let first = self
            .text
            .lines()
            .map(str::trim)
            .find(|line| !line.is_empty());
        first.map_or_else(
            || "(empty)".to_owned(),
            |line| line.chars().take(80).collect(),
        )
    }
}

/// One piece, authored once.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Post {
    /// Row id.
    pub id: PostId,
    /// Counts up with every saved change, from 1.
    pub revision: i64,
    /// Who wrote it first.
    pub author: Author,
    /// The post it was made from (an evergreen used again).
    pub parent: Option<PostId>,
    /// When it was added.
    pub created_at: DateTime<Utc>,
    /// When it was last saved.
    pub updated_at: DateTime<Utc>,
    /// All that an author can change.
    #[serde(flatten)]
    pub content: Content,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_own_text_is_stale_once_the_master_changes() {
        let mut variant = Variant::inherits("fosstodon");
        assert!(!variant.is_stale("master"));
        variant.set_own("own", "master");
        assert!(!variant.is_stale("master"));
        assert!(variant.is_stale("another master"));
    }

    #[test]
    fn the_stale_channels_are_those_that_say_so_one_by_one() {
        let mut fresh = Variant::inherits("fosstodon");
        fresh.set_own("own", "the master");
        let mut older = Variant::inherits("bluesky");
        older.set_own("own", "an earlier master");
        let content = Content {
            text: "the master".to_owned(),
            variants: vec![Variant::inherits("linkedin"), fresh, older],
            ..Content::default()
        };
        let stale = content.stale();
        for variant in &content.variants {
            let is_stale = stale.contains(&variant.channel);
            assert_eq!(is_stale, variant.is_stale(&content.text));
        }
        assert_eq!(stale.len(), 1);
    }

    #[test]
    fn a_variant_without_options_is_stored_as_before() {
        let stored = r#"{"channel":"fosstodon","text":null,"written_against":null}"#;
        let read: Variant = serde_json::from_str(stored).unwrap();
        assert_eq!(read, Variant::inherits("fosstodon"));
        assert_eq!(serde_json::to_string(&read).unwrap(), stored);
    }

    #[test]
    fn a_reply_is_read_as_our_number_or_as_an_address() {
        assert_eq!(ReplyTo::parse("42"), Some(ReplyTo::Post(PostId(42))));
        assert_eq!(ReplyTo::parse("#42"), Some(ReplyTo::Post(PostId(42))));
        let url = "https://fosstodon.org/@a/113";
        assert_eq!(ReplyTo::parse(url), Some(ReplyTo::Url(url.to_owned())));
        assert_eq!(
            ReplyTo::parse("113579246813579246"),
            Some(ReplyTo::Url("113579246813579246".to_owned()))
        );
        assert_eq!(ReplyTo::parse("  "), None);
    }
}
