//! What the channels of a post make of its pictures, in words: whether they take one, and how long its alt text may be.
//!
//! The rules are `text`'s; here it is only said for which channels.

use super::stops::together;
use super::{Note, Rank};
use crate::domain::{Attachment, Channel, ChannelName, Content, Facts, PlatformId};
use crate::text::{self, Suit};
use std::collections::BTreeMap;

/// The channels that a post may go to, with what is known about each.
#[derive(Clone, Copy, Debug)]
pub struct Known<'a> {
    /// The configured channels.
    pub channels: &'a [Channel],
    /// What is known about them.
    pub facts: &'a BTreeMap<ChannelName, Facts>,
}

impl Known<'_> {
    fn rules(&self, name: &ChannelName) -> PlatformId {
        let channel = self.channels.iter().find(|it| it.name == *name);
        channel.map_or_else(PlatformId::default, Channel::rules)
    }

    fn each<T>(
        &self,
        content: &Content,
        tell: impl Fn(PlatformId, &Facts) -> T,
    ) -> Vec<(ChannelName, T)> {
        let none = Facts::default();
        let names = content.variants.iter().map(|variant| &variant.channel);
        names
            .map(|name| {
                let facts = self.facts.get(name).unwrap_or(&none);
                (name.clone(), tell(self.rules(name), facts))
            })
            .collect()
    }

    /// Tells of each of the post's channels whether it takes the picture at this place (from 0).
    pub fn suits(&self, content: &Content, index: usize) -> Vec<(ChannelName, Suit)> {
        let Some(picture) = content.attachments.get(index) else {
            return Vec::new();
        };
        let each = self.each(content, |rules, facts| {
            (!text::leaves_out(rules, picture))
                .then(|| text::suit(rules, index + 1, picture, facts))
        });
        each.into_iter()
            .filter_map(|(name, suit)| Some((name, suit?)))
            .collect()
    }

    /// Returns the shortest longest alt text among the post's channels, in code points, and the channel that sets it.
    pub fn alt_limit(&self, content: &Content) -> Option<(u32, ChannelName)> {
        let attached = &content.attachments;
        self.each(content, |rules, facts| {
            text::alt_limit(rules, attached, facts)
        })
        .into_iter()
        .filter_map(|(name, limit)| Some((limit?, name)))
        .min_by_key(|(limit, _)| *limit)
    }

    /// Says what becomes of the last picture of a content, as soon as it is attached.
    pub fn attached(&self, content: &Content) -> Option<Note> {
        let index = content.attachments.len().checked_sub(1)?;
        let picture = &content.attachments[index];
        let problems = self.each(content, |rules, facts| {
            text::attached_problems(rules, content, facts)
        });
        let wrong: Vec<(ChannelName, String)> = problems
            .into_iter()
            .filter_map(|(name, problems)| Some((name, problems.into_iter().next()?)))
            .collect();
        if !wrong.is_empty() {
            let names: Vec<&str> = wrong.iter().map(|(name, _)| name.as_str()).collect();
            let names = list(&names);
            let why: Vec<String> = (together(wrong).into_iter())
                .map(|stop| stop.message)
                .collect();
            return Some(Note {
                rank: Rank::Warn,
                text: format!(
                    "Attached, but it cannot go to {names} so. {}",
                    why.join(". ")
                ),
            });
        }
        let suits = self.suits(content, index);
        let fitted: Vec<String> = suits
            .iter()
            .filter_map(|(name, suit)| match suit {
                Suit::Fitted(fit) => Some(format!("to {name} as {}", fit.words())),
                Suit::AsItIs | Suit::Refused(_) => None,
            })
            .collect();
        let text = match (fitted.is_empty(), fits(&suits)) {
            (false, _) => format!("{} will be sent {}", picture.name, fitted.join("; ")),
            (true, Some(words)) => format!("{} {words}", picture.name),
            (true, None) => return None,
        };
        Some(Note {
            rank: Rank::News,
            text,
        })
    }
}

/// Returns names as a sentence lists them: `one, two and three`.
fn list(names: &[&str]) -> String {
    match names {
        [before @ .., last] if !before.is_empty() => format!("{} and {last}", before.join(", ")),
        all => all.concat(),
    }
}

/// Returns that every channel takes a picture as it is, in words; `None` where one does not, or there is none.
pub fn fits(suits: &[(ChannelName, Suit)]) -> Option<String> {
    let all = suits.iter().all(|(_, suit)| *suit == Suit::AsItIs);
    let how_many = match suits.len() {
        0 => return None,
        1 => return all.then(|| "fits".to_owned()),
        2 => "both".to_owned(),
        3 => "all three".to_owned(),
        more => format!("all {more}"),
    };
    all.then(|| format!("fits {how_many}"))
}

/// Returns what is known of a picture: its size on screen and on disk.
pub fn facts(picture: &Attachment) -> String {
    let pixels = picture
        .pixels
        .map_or_else(String::new, |(width, height)| format!("{width}x{height}  "));
    let size = crate::domain::fit::bytes_in_words(picture.size);
    format!("{pixels}{size}")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::{Seen, Variant};

    fn world(size: u64, animated: bool) -> (Vec<Channel>, Content) {
        let platforms = [
            PlatformId::Mastodon,
            PlatformId::Bluesky,
            PlatformId::LinkedIn,
        ];
        let channels = platforms.map(|it| Channel::new(it.word(), it)).to_vec();
        let content = Content {
            variants: channels
                .iter()
                .map(|it| Variant::inherits(it.name.clone()))
                .collect(),
            attachments: vec![Attachment {
                name: "hall.gif".to_owned(),
                mime: "image/gif".to_owned(),
                size,
                pixels: Some((1200, 700)),
                seen: Some(Seen {
                    animated,
                    transparent: false,
                }),
                ..Attachment::default()
            }],
            ..Content::default()
        };
        (channels, content)
    }

    fn said(size: u64, animated: bool) -> (Rank, String) {
        let (channels, content) = world(size, animated);
        let known = Known {
            channels: &channels,
            facts: &BTreeMap::new(),
        };
        let note = known.attached(&content).expect("something is said");
        (note.rank, note.text)
    }

    #[test]
    fn what_becomes_of_a_picture_is_said_when_it_is_attached() {
        assert_eq!(
            said(200_000, false),
            (Rank::News, "hall.gif fits all three".to_owned())
        );
        assert_eq!(
            said(2_000_000, false),
            (
                Rank::News,
                "hall.gif will be sent to bluesky as JPEG 1200x700, about 303 KB".to_owned()
            )
        );
        let (rank, text) = said(2_000_000, true);
        assert_eq!(rank, Rank::Warn);
        assert!(
            text.starts_with("Attached, but it cannot go to bluesky so. Picture 1 (hall.gif)"),
            "{text}"
        );
        let (_, text) = said(900_000_000, true);
        assert!(
            text.starts_with("Attached, but it cannot go to mastodon and bluesky so. "),
            "{text}"
        );
    }

    #[test]
    fn the_shortest_alt_text_of_all_channels_is_the_limit() {
        let (mut channels, mut content) = world(1, false);
        let limit = |channels: &[Channel], content: &Content| {
            let facts = BTreeMap::new();
            let known = Known {
                channels,
                facts: &facts,
            };
            known.alt_limit(content)
        };
        assert_eq!(limit(&channels, &content), Some((1500, "mastodon".into())));
        channels.push(Channel::new("x", PlatformId::X));
        content.variants.push(Variant::inherits("x"));
        assert_eq!(limit(&channels, &content), Some((1000, "x".into())));
        content.variants.clear();
        assert_eq!(limit(&channels, &content), None);
        // Bluesky counts that of a video alone.
        channels.push(Channel::new("bluesky", PlatformId::Bluesky));
        content.variants.push(Variant::inherits("bluesky"));
        assert_eq!(limit(&channels, &content), None);
        content.attachments[0].mime = "video/mp4".to_owned();
        assert_eq!(limit(&channels, &content), Some((1000, "bluesky".into())));
    }

    #[test]
    fn a_document_fits_only_where_it_can_be_sent() {
        let (channels, mut content) = world(2_000_000, false);
        content.attachments[0].mime = "application/pdf".to_owned();
        let known = Known {
            channels: &channels,
            facts: &BTreeMap::new(),
        };
        let suits = known.suits(&content, 0);
        assert_eq!(fits(&suits), None);
        assert!(matches!(suits[0].1, Suit::Refused(_)), "{suits:?}");
    }
}
