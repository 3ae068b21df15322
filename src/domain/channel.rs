//! A channel: one connected account on one platform, named by the user.
//!
//! Holds what configuration and the store know of it, never a secret. Marks are made unique here.

use super::{ChannelName, PlatformId, Price, Target};
use serde::{Deserialize, Serialize};

/// One connected account on one platform.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Channel {
    /// The user's own name for it, unique.
    pub name: ChannelName,
    /// The service it publishes to.
    pub platform: PlatformId,
    /// A sandbox, or a channel served by hand, counts and composes like this platform.
    pub like: Option<PlatformId>,
    /// One or two ASCII letters that stand for it in a calendar cell, unique.
    pub mark: String,
    /// The account's own length limit, in the platform's unit, where the user set one (X Premium).
    pub limit: Option<u32>,
    /// Topic that is used when a post names none (Zulip).
    pub topic: Option<String>,
    /// The channel on the server that a post goes to when its variant names none (Zulip).
    #[serde(default)]
    pub to: Option<Target>,
    /// The address at which a person posts, on a channel served by hand.
    pub page: Option<String>,
    /// It keeps its history, no new post goes there by itself, and nothing is said about its login.
    #[serde(default)]
    pub dormant: bool,
    /// What the platform takes for a post, where it takes money.
    #[serde(default)]
    pub price: Option<Price>,
    /// The account pinned when the channel was first connected.
    pub account: Option<Account>,
}

/// The account behind a channel, as the platform told it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Account {
    /// The platform's own id of the account (a Mastodon id, a DID); another one is refused.
    pub id: String,
    /// What a confirmation shows: `@example@fosstodon.org`, `@example.org`.
    pub handle: String,
}

impl Channel {
    /// Creates a channel with its platform's default mark and no options.
    pub fn new(name: impl Into<ChannelName>, platform: PlatformId) -> Self {
        Self {
            name: name.into(),
            platform,
            like: None,
            mark: platform.mark().to_owned(),
            limit: None,
            topic: None,
            to: None,
            page: None,
            dormant: false,
            price: platform.listed_price(),
            account: None,
        }
    }

    /// Returns the platform whose counting and composing rules hold here.
    pub fn rules(&self) -> PlatformId {
        self.like.unwrap_or(self.platform)
    }
}

/// Gives each channel a mark of one or two ASCII letters that no other has.
///
/// `wanted` holds the user's own mark where there is one, in the order of `channels`. A first channel
/// of a platform takes the platform's mark; a further one the first letters of its own name, then any
/// letter and digit that are free.
pub fn assign_marks(channels: &mut [Channel], wanted: &[Option<String>]) {
    let mut taken: Vec<String> = wanted.iter().flatten().cloned().collect();
    for (index, channel) in channels.iter_mut().enumerate() {
        if let Some(Some(own)) = wanted.get(index) {
            channel.mark.clone_from(own);
            continue;
        }
        let letters: Vec<char> = channel
            .name
            .as_str()
            .chars()
            .filter(char::is_ascii_alphanumeric)
            .collect();
        let first = letters.first().copied().unwrap_or('C').to_ascii_uppercase();
        let from_name = letters[1.min(letters.len())..]
            .iter()
            .map(|second| format!("{first}{second}"));
        let numbered = (2..100).map(|number| {
            format!(
                "{}{number}",
                if number < 10 {
                    first.to_string()
                } else {
                    String::new()
                }
            )
        });
        let mark = std::iter::once(channel.rules().mark().to_owned())
            .chain(from_name)
            .chain(numbered)
            .find(|mark| !taken.contains(mark))
            .unwrap_or_else(|| first.to_string());
        taken.push(mark.clone());
        channel.mark = mark;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_second_channel_of_a_platform_takes_the_first_letters_of_its_own_name() {
        let mut channels = vec![
            Channel::new("fosstodon", PlatformId::Mastodon),
            Channel::new("hachyderm", PlatformId::Mastodon),
            Channel::new("mine", PlatformId::Bluesky),
        ];
        assign_marks(&mut channels, &[None, None, Some("Me".to_owned())]);
        let marks: Vec<&str> = channels
            .iter()
            .map(|channel| channel.mark.as_str())
            .collect();
        assert_eq!(marks, ["Ma", "Ha", "Me"]);
    }
}
