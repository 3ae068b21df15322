//! The `[hashtags]` section: groups that `##name` in a text stands for, with other sets for single platforms or channels.
//!
//! What becomes of a group in a text is `text/flow.rs`.

use super::read::{Entry, Reader, entries};
use crate::domain::directory::Key;
use crate::domain::hashtags::checked_hashtag;
use crate::domain::text_safety::visible;
use crate::domain::{ChannelName, HashtagGroup, HashtagGroups, PlatformId};
use toml::de::{DeTable, DeValue};

const ALLOWED: &str = "a list of hashtags such as [\"#RSEng\", \"#OpenScience\"]";

/// Reads the section, `channels` being the names of those configured.
pub(super) fn read(
    reader: &mut Reader<'_>,
    table: &DeTable<'_>,
    channels: &[ChannelName],
) -> HashtagGroups {
    let mut groups = HashtagGroups::default();
    for entry in entries(table) {
        let Ok(name) = entry.key.parse::<Key>() else {
            let name = visible(entry.key);
            let message = format!(
                "`{name}` in [hashtags] cannot stand after ##: take letters a to z and digits, with - _ or . between them"
            );
            reader.wrong(&entry.key_at, message);
            continue;
        };
        let mut group = HashtagGroup::default();
        if let DeValue::Table(sets) = entry.value {
            let place = format!(" in [hashtags.{name}]");
            for set in entries(sets) {
                let tags = tags(reader, &set, &place);
                if set.key == "default" {
                    group.default = tags;
                } else if is_place(set.key, channels) {
                    group.others.insert(set.key.to_owned(), tags);
                } else {
                    let (key, known) = (visible(set.key), places(channels));
                    let near = super::nearest::nearest(set.key, known.iter().map(String::as_str));
                    let advice = near.map_or_else(
                        || format!("allowed: {}", known.join(", ")),
                        |near| format!("did you mean `{near}`?"),
                    );
                    let message = format!("unknown key `{key}`{place}; {advice}");
                    reader.wrong(&set.key_at, message);
                }
            }
        } else {
            group.default = tags(reader, &entry, " in [hashtags]");
        }
        groups.0.insert(name.to_string(), group);
    }
    groups
}

fn is_place(key: &str, channels: &[ChannelName]) -> bool {
    key.parse::<PlatformId>().is_ok() || channels.iter().any(|name| name.as_str() == key)
}

fn places(channels: &[ChannelName]) -> Vec<String> {
    let platforms = PlatformId::ALL.iter().map(|it| it.word().to_owned());
    let channels = channels.iter().map(|name| name.as_str().to_owned());
    let mut all = vec!["default".to_owned()];
    all.extend(platforms.chain(channels));
    all.dedup();
    all
}

/// Reads a list, or a line of hashtags with blanks between them.
fn tags(reader: &mut Reader<'_>, entry: &Entry<'_, '_>, place: &str) -> Vec<String> {
    let words: Option<Vec<String>> = match entry.value {
        DeValue::String(line) => Some(line.split_whitespace().map(str::to_owned).collect()),
        DeValue::Array(list) => list
            .iter()
            .map(|word| match word.get_ref() {
                DeValue::String(word) => Some(word.clone().into_owned()),
                _ => None,
            })
            .collect(),
        _ => None,
    };
    let key = visible(entry.key);
    let Some(words) = words else {
        reader.wrong(&entry.at, format!("`{key}`{place} must be {ALLOWED}"));
        return Vec::new();
    };
    let mut tags = Vec::with_capacity(words.len());
    for word in words {
        match checked_hashtag(&word) {
            Some(tag) => tags.push(tag),
            None => {
                let word = visible(&word);
                let message = format!(
                    "`{key}`{place}: `{word}` is no hashtag; take letters, digits and _, one word each"
                );
                reader.wrong(&entry.at, message);
            }
        }
    }
    tags
}

#[cfg(test)]
mod tests {
    use crate::config::Config;
    use crate::domain::{ChannelName, PlatformId};

    #[test]
    fn a_group_is_a_list_or_a_section_with_other_sets() {
        let text = "[hashtags]\nrse = [\"#RSEng\", \"research\"]\n[hashtags.news]\ndefault = \"#a #b\"\nzulip = []\n\
                    town = [\"#t\"]\n[channels.town]\nplatform = \"sandbox\"\n";
        let groups = Config::parse(text, "config.toml")
            .expect("it parses")
            .hashtags;
        let on = |channel: &str, rules| groups.on(&ChannelName::new(channel), rules);
        assert_eq!(on("a", PlatformId::Mastodon)["rse"], "#RSEng #research");
        assert_eq!(on("a", PlatformId::Mastodon)["news"], "#a #b");
        assert_eq!(on("a", PlatformId::Zulip)["news"], "");
        assert_eq!(on("town", PlatformId::Sandbox)["news"], "#t");
    }

    #[test]
    fn what_is_wrong_with_a_group_is_said_with_its_line() {
        for (text, says) in [
            (
                "[hashtags]\nnews = 3",
                "config.toml:2: `news` in [hashtags] must be a list",
            ),
            ("[hashtags]\n\"a b\" = []", "cannot stand after ##"),
            ("[hashtags]\nnews = [\"#a-b\"]", "`#a-b` is no hashtag"),
            ("[hashtags.news]\nlinkdin = []", "did you mean `linkedin`?"),
            (
                "[hashtags.news]\nzzzzzzzz = []",
                "allowed: default, mastodon",
            ),
            ("hashtags = 3", "`hashtags` must be a section"),
        ] {
            let errors = Config::parse(text, "config.toml").expect_err("something is wrong");
            let said = errors[0].to_string();
            assert!(said.contains(says), "{said}");
        }
    }
}
