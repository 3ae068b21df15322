//! What a page says of itself, pinned to the post that links to it, and whose words a card shows.
//!
//! Plain data. `web` asks the page, `store` keeps the answer for other posts, a revision of the post holds the one that an
//! approver saw, `text::compose` makes the card of it and asks nobody.

use super::post::{Content, LinkCard};
use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

/// A page as it was when it was asked. Every text is one line without control characters, and may be empty.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct PageCard {
    /// The address that was asked, as the post has it.
    pub url: String,
    /// Its title.
    pub title: String,
    /// Its description.
    #[serde(default)]
    pub description: String,
    /// Its picture.
    #[serde(default)]
    pub picture: Option<CardPicture>,
    /// When it was asked; `None` where nobody knows.
    #[serde(default)]
    pub fetched_at: Option<DateTime<Utc>>,
}

/// The picture of a card; the bytes are in the data directory under `hash`, already small enough for every platform.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct CardPicture {
    /// SHA-256 of the stored file, hex.
    pub hash: String,
    /// MIME type: JPEG or PNG.
    pub mime: String,
    /// Size in bytes, at most 1,000,000.
    pub size: u64,
    /// Width and height in pixels.
    pub pixels: (u32, u32),
}

/// Whether the link of a post is shown as a card where the platform lets us build one.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum CardUse {
    /// The link field is a card; so is the first link of the text, once its page was asked.
    #[default]
    Shown,
    /// No card: the link stands in the text.
    Off,
}

/// Whose words a card shows.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Origin {
    /// The page's, as it was at this instant.
    Fetched(DateTime<Utc>),
    /// The author's, at least in part.
    Typed,
    /// Nobody's: the address alone.
    Address,
}

/// Returns whose words the card of an address shows in a post.
pub fn origin(content: &Content, url: &str) -> Origin {
    let typed = |link: &LinkCard| !(link.title.is_empty() && link.description.is_empty());
    if content.link.as_ref().is_some_and(typed) {
        return Origin::Typed;
    }
    let page = content.page(url).and_then(|page| page.fetched_at);
    page.map_or(Origin::Address, Origin::Fetched)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_the_author_typed_is_told_as_typed_whatever_was_fetched() {
        let url = "https://example.org/a";
        let mut content = Content::default();
        assert_eq!(origin(&content, url), Origin::Address);
        content.pages.push(PageCard {
            url: url.to_owned(),
            fetched_at: Some(DateTime::UNIX_EPOCH),
            ..PageCard::default()
        });
        assert_eq!(origin(&content, url), Origin::Fetched(DateTime::UNIX_EPOCH));
        content.link = Some(LinkCard {
            url: url.to_owned(),
            title: "Mine".to_owned(),
            ..LinkCard::default()
        });
        assert_eq!(origin(&content, url), Origin::Typed);
    }
}
