//! Groups of hashtags: `##name` in a text stands for a channel's set.
//!
//! Pure. They are read from the configuration (`config/hashtags.rs`); what becomes of one in a text is `text/flow.rs`.

use super::{ChannelName, PlatformId};
use std::collections::BTreeMap;

/// One group: a set for all channels, and others for single platforms or channels.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct HashtagGroup {
    /// The set where no other holds, each with its sign.
    pub default: Vec<String>,
    /// Sets by the name of a channel or the word of a platform; the channel's own wins.
    pub others: BTreeMap<String, Vec<String>>,
}

impl HashtagGroup {
    fn of(&self, channel: &ChannelName, rules: PlatformId) -> &[String] {
        let own = self.others.get(channel.as_str());
        let own = own.or_else(|| self.others.get(rules.word()));
        own.unwrap_or(&self.default)
    }
}

/// All groups, by name in lower case.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct HashtagGroups(pub BTreeMap<String, HashtagGroup>);

impl HashtagGroups {
    /// Returns what each group stands for on a channel whose rules are `rules`: its hashtags with blanks between them.
    pub fn on(&self, channel: &ChannelName, rules: PlatformId) -> BTreeMap<String, String> {
        let groups = self.0.iter();
        groups
            .map(|(name, group)| (name.clone(), group.of(channel, rules).join(" ")))
            .collect()
    }
}

/// Returns a hashtag with its sign; `None` for what is none: blanks, no letter, characters that end it.
pub fn checked_hashtag(written: &str) -> Option<String> {
    let word = written.trim().trim_start_matches(['#', '＃']);
    let fits = word.chars().any(char::is_alphabetic)
        && word.chars().all(|c| c.is_alphanumeric() || c == '_')
        && word.chars().count() <= 64;
    fits.then(|| format!("#{word}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_channels_own_set_wins_over_its_platforms_and_that_over_the_default() {
        let set = |tag: &str| vec![tag.to_owned()];
        let group = HashtagGroup {
            default: set("#a"),
            others: BTreeMap::from([
                ("fosstodon".to_owned(), set("#b")),
                ("mastodon".to_owned(), set("#c")),
                ("zulip".to_owned(), Vec::new()),
            ]),
        };
        let groups = HashtagGroups(BTreeMap::from([("news".to_owned(), group)]));
        let on =
            |channel: &str, rules| groups.on(&ChannelName::new(channel), rules)["news"].clone();
        assert_eq!(on("fosstodon", PlatformId::Mastodon), "#b");
        assert_eq!(on("other", PlatformId::Mastodon), "#c");
        assert_eq!(on("page", PlatformId::LinkedIn), "#a");
        assert_eq!(on("chat", PlatformId::Zulip), "");
    }

    #[test]
    fn a_hashtag_is_one_word_with_a_letter() {
        assert_eq!(checked_hashtag("RSE").as_deref(), Some("#RSE"));
        assert_eq!(checked_hashtag(" #科学 ").as_deref(), Some("#科学"));
        for none in ["", "#", "#2026", "#a b", "#a-b", "#a.b"] {
            assert_eq!(checked_hashtag(none), None, "{none}");
        }
    }
}
