//! What each platform takes, as data: for the README's table and whoever asks before anything is composed.
//!
//! Everything is read from the platform's own rules; nothing is written down a second time.

use super::rules::WarningStyle;
use super::{Counted, OptionSpec, count, options, rules_of};
use crate::domain::{Count, Facts, PlatformId};

/// What a platform takes, where no server says otherwise.
#[derive(Clone, Copy, Debug)]
pub struct Abilities {
    /// The limits of text, title and topic, measured on next to nothing.
    pub count: Count,
    /// Whether an over-long text may become several posts.
    pub threads: bool,
    /// Whether it can answer a post.
    pub replies: bool,
    /// Whether a content warning has a place of its own.
    pub warning: bool,
    /// Whether one chooses who may see it.
    pub visibility: bool,
    /// Whether it says in which language it is.
    pub language: bool,
    /// Whether a link is shown as a card of ours.
    pub card: bool,
    /// Most pictures on one post; `None` where nothing is said.
    pub pictures: Option<u32>,
    /// Largest video, in bytes, and longest, in milliseconds; 0 where nothing is said of it. `None` where none can be sent.
    pub video: Option<(u64, u64)>,
    /// Longest alt text, in code points.
    pub alt: Option<u32>,
    /// What each variant may choose beside.
    pub options: &'static [OptionSpec],
}

/// Returns what a platform takes.
pub fn abilities(platform: PlatformId) -> Abilities {
    let rules = rules_of(platform);
    let offers = rules.offers();
    let smallest = Counted {
        text: "a",
        title: offers.title.then_some("a"),
        topic: offers.topic.then_some("a"),
        ..Counted::default()
    };
    Abilities {
        count: count(platform, &smallest, &Facts::default()),
        threads: offers.threads,
        replies: offers.replies,
        warning: offers.warning != WarningStyle::Prefix,
        visibility: offers.visibility,
        language: offers.language,
        card: offers.card,
        pictures: offers.max_media,
        video: (offers.video).map(|film| (film.max_bytes.unwrap_or(0), film.max_ms.unwrap_or(0))),
        alt: offers.max_alt,
        options: options(platform),
    }
}
