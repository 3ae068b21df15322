//! Zulip's own marks in a text: mentions, times, and the words of a link.
//!
//! Pure and linear. Source: Zulip `zerver/lib/mention.py` and `zerver/lib/markdown/__init__.py`, read 2026-11. Code
//! blocks are not told apart: what is found in one is only a remark too many.

use chrono::{DateTime, NaiveDateTime};
use std::ops::Range;

/// A name between `@**` and `**`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Mention<'a> {
    pub range: Range<usize>,
    /// The name, perhaps with `|` and the account's number.
    pub name: &'a str,
    /// `@_**Name**` tells nobody.
    pub silent: bool,
}

/// Names that are everybody in the channel or in the topic.
const WILDCARDS: [&str; 5] = ["all", "everyone", "stream", "channel", "topic"];

impl Mention<'_> {
    pub fn is_wildcard(&self) -> bool {
        is_wildcard(self.name)
    }
}

/// Whether a name calls everybody.
pub(super) fn is_wildcard(name: &str) -> bool {
    WILDCARDS.contains(&name)
}

/// Finds mentions, in order.
pub(super) fn mentions(text: &str) -> Vec<Mention<'_>> {
    let mut found = Vec::new();
    let mut at = 0;
    while let Some(sign) = text[at..].find('@').map(|next| at + next) {
        at = sign + 1;
        let before = text[..sign].chars().next_back();
        if before.is_some_and(|c| !c.is_whitespace() && !"'\"({[/<".contains(c)) {
            continue;
        }
        let (silent, open) = match text[at..].strip_prefix('_') {
            Some(_) => (true, at + 1),
            None => (false, at),
        };
        if !text[open..].starts_with("**") {
            continue;
        }
        let start = open + 2;
        let Some(end) = text[start..].find('*').map(|end| start + end) else {
            break;
        };
        if end > start && text[end..].starts_with("**") {
            at = end + 2;
            found.push(Mention {
                range: sign..at,
                name: &text[start..end],
                silent,
            });
        }
    }
    found
}

/// How Zulip reads what stands in `<time:…>`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Time {
    /// Everybody reads it in their own zone.
    Exact,
    /// It is taken as UTC.
    WithoutZone,
    /// Nobody knows: it is shown as an error, or guessed.
    Unread,
}

/// Returns what stands in each `<time:…>`.
pub(super) fn times(text: &str) -> Vec<&str> {
    text.split("<time:")
        .skip(1)
        .filter_map(|rest| rest.split_once('>'))
        .map(|(written, _)| written)
        .collect()
}

/// Reads what stands in a `<time:…>`: ISO 8601 or epoch seconds.
pub(super) fn time(written: &str) -> Time {
    let written = written.trim();
    let exact = |text: &str| {
        DateTime::parse_from_rfc3339(text).is_ok()
            || ["%Y-%m-%dT%H:%M%:z", "%Y-%m-%d %H:%M%:z"]
                .iter()
                .any(|form| DateTime::parse_from_str(text, form).is_ok())
    };
    let zoned = written
        .strip_suffix(['Z', 'z'])
        .map(|rest| format!("{rest}+00:00"));
    let plain = |text: &str| {
        [
            "%Y-%m-%dT%H:%M",
            "%Y-%m-%d %H:%M",
            "%Y-%m-%dT%H:%M:%S",
            "%Y-%m-%d %H:%M:%S",
        ]
        .iter()
        .any(|form| NaiveDateTime::parse_from_str(text, form).is_ok())
    };
    let epoch = written.len() >= 9 && written.bytes().all(|byte| byte.is_ascii_digit());
    if epoch || exact(written) || zoned.as_deref().is_some_and(exact) {
        Time::Exact
    } else if plain(written) {
        Time::WithoutZone
    } else {
        Time::Unread
    }
}

/// Returns an alt text so that it can be the words of a link: what would end the link or call somebody is replaced.
pub(super) fn link_words(alt: &str) -> String {
    let calls = alt.contains('@');
    let words: String = alt
        .split_whitespace()
        .collect::<Vec<_>>()
        .join(" ")
        .chars()
        .filter(|c| !(calls && *c == '*'))
        .map(|c| match c {
            '[' => '(',
            ']' => ')',
            '`' => '\'',
            other => other,
        })
        .collect();
    if words.is_empty() {
        "picture".to_owned()
    } else {
        words
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_mention_stands_by_itself_between_its_stars() {
        let names = |text| -> Vec<(&str, bool)> {
            mentions(text)
                .into_iter()
                .map(|mention| (mention.name, mention.silent))
                .collect()
        };
        assert_eq!(
            names("@**Ada Løv|7**, (@_**Bo**) \"@**all**\""),
            [("Ada Løv|7", false), ("Bo", true), ("all", false)]
        );
        for none in ["a@**Bo**", "@*group*", "@****", "@**Bo*", "@**Bo", "@@", ""] {
            assert_eq!(names(none), [], "{none}");
        }
        assert_eq!(names("@**x*y @**Bo**"), [("Bo", false)]);
    }

    #[test]
    fn a_time_is_exact_with_a_zone_and_utc_without() {
        for exact in [
            "2026-12-01T09:00+01:00",
            "2026-12-01 09:00:30+01:00",
            "2026-12-01T09:00Z",
            "2026-12-01T09:00:00.5z",
            "1795000000",
        ] {
            assert_eq!(time(exact), Time::Exact, "{exact}");
        }
        assert_eq!(time("2026-12-01T09:00"), Time::WithoutZone);
        for unread in ["", "9", "tomorrow", "2026-13-01T09:00Z"] {
            assert_eq!(time(unread), Time::Unread, "{unread}");
        }
        assert_eq!(times("a <time:1> b <time:2>> <time:3"), ["1", "2"]);
    }

    #[test]
    fn an_alt_text_ends_no_link_and_calls_nobody() {
        assert_eq!(link_words("a [b]\n `c` *d*"), "a (b) 'c' *d*");
        assert_eq!(link_words("by @**all**"), "by @all");
        assert_eq!(link_words(" \n"), "picture");
    }
}
