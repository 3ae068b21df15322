//! Which channel of the server a part goes to: the variant's own, else the configured one, and whether it is there.
//!
//! Pure. The option is declared by the platform that has such channels; which there are is a fact that was asked for.

use super::options::PLACE;
use crate::domain::text_safety::visible;
use crate::domain::{Facts, Target};
use std::collections::BTreeMap;

/// The longest name that a server takes (Zulip's `max_stream_name_length`, read 2026-11).
const LONGEST_NAME: usize = 60;

/// Refuses what names no channel.
pub(super) fn check(typed: &str) -> Result<(), String> {
    let target = Target::read(typed);
    let name = target.name().unwrap_or("-");
    if name.is_empty() {
        return Err("write the name of a channel there, or its number after a `|`".to_owned());
    }
    if name.contains(char::is_control) {
        return Err("a channel's name has no line end or control character".to_owned());
    }
    let length = name.chars().count();
    if length > LONGEST_NAME {
        return Err(format!(
            "a channel's name has {LONGEST_NAME} characters at the most, this one {length}"
        ));
    }
    Ok(())
}

/// Returns the channel that a variant names itself.
pub(super) fn own(options: &BTreeMap<String, String>) -> Option<Target> {
    options.get(PLACE).map(|typed| Target::read(typed))
}

/// Says that the server shows no such channel, as far as it was asked.
pub(super) fn unknown(target: &Target, facts: &Facts) -> Option<String> {
    let places = facts.places.as_ref()?;
    if places.find(target).is_some() || !places.are_all() {
        return None;
    }
    let near = places.near(target).map_or_else(String::new, |near| {
        format!(" (did you mean `{}`?)", visible(&near.name))
    });
    Some(format!(
        "The login sees no channel {} there{near}: name one that is there; to a private one it has to be subscribed (asked {})",
        visible(&target.shown().replace("channel ", "number ")),
        places.told_at.format("%-d %b %H:%M UTC")
    ))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::{Content, Place, Places, PlatformId, Threading, Variant};
    use crate::text::{check_option, compose};
    use chrono::DateTime;
    use std::sync::Arc;

    const ZULIP: PlatformId = PlatformId::Zulip;

    fn facts(seen: &[(u32, &str)]) -> Facts {
        let place = |(number, name): &(u32, &str)| Place {
            number: *number,
            name: (*name).to_owned(),
        };
        Facts {
            default_to: Some(Target::read("announce")),
            places: Some(Arc::new(Places {
                all: seen.iter().map(place).collect(),
                told_at: DateTime::UNIX_EPOCH,
            })),
            ..Facts::default()
        }
    }

    fn to(channel: &str) -> Variant {
        let mut variant = Variant::inherits("z");
        variant.options.insert(PLACE.to_owned(), channel.to_owned());
        variant
    }

    #[test]
    fn every_part_goes_to_the_variants_own_channel_and_an_approver_saw_which() {
        let content = Content {
            text: "one\n---\ntwo".to_owned(),
            threading: Threading::On,
            ..Content::default()
        };
        let facts = facts(&[(41, "general"), (42, "announce")]);
        let configured = compose(ZULIP, &content, &Variant::inherits("z"), &facts);
        assert_eq!(configured.parts[0].to, Some(Target::read("announce")));
        let own = compose(ZULIP, &content, &to("general|41"), &facts);
        assert!(own.can_leave(), "{:?}", own.problems);
        for part in &own.parts {
            assert_eq!(part.to, Some(Target::Known(41, "general".to_owned())));
            assert!(part.options.is_empty(), "it has a field of its own");
        }
        assert_ne!(configured.hash(), own.hash());
    }

    #[test]
    fn a_channel_that_the_server_does_not_show_is_one_sentence_with_the_nearest_name() {
        let content = Content {
            text: "Hello".to_owned(),
            topic: Some("news".to_owned()),
            ..Content::default()
        };
        let said = |facts: &Facts, channel: &str| {
            let composed = compose(ZULIP, &content, &to(channel), facts);
            let problems = composed.problems.into_iter();
            problems.map(|it| it.message).collect::<Vec<_>>()
        };
        let seen = facts(&[(41, "general"), (42, "announce")]);
        assert_eq!(
            said(&seen, "generl"),
            [
                "The login sees no channel #generl there (did you mean `general`?): name one that is there; to a private one it \
              has to be subscribed (asked 1 Jan 00:00 UTC)"
            ]
        );
        assert!(said(&seen, "general|77")[0].contains("#general (77)"));
        assert!(said(&seen, "GENERAL").is_empty(), "case is one here");
        // Nobody asked yet, or there are more than are kept: the publisher asks.
        assert!(said(&Facts::default(), "generl").is_empty());
        let many: Vec<(u32, &str)> = (0..2000).map(|number| (number, "x")).collect();
        assert!(said(&facts(&many), "generl").is_empty());
    }

    #[test]
    fn what_names_no_channel_is_refused_where_it_is_typed() {
        let refused = |typed: &str| check_option(ZULIP, PLACE, typed).unwrap_err().to_string();
        assert!(refused("#").contains("write the name of a channel"));
        assert!(refused(&"x".repeat(61)).contains("60 characters at the most, this one 61"));
        for fine in ["announce", "#announce", "announce|42", "|42", "a | b"] {
            assert!(check_option(ZULIP, PLACE, fine).is_ok(), "{fine}");
        }
    }
}
