//! What is typed into a search as words, and where in a post they stand.
//!
//! Every word must be there, each may be the beginning of a longer one; accents and capitals do not matter. Finding posts
//! among many is `store::search`, which folds by the same rule.

use super::{Content, PostId};
use chrono::{DateTime, Utc};
use unicode_normalization::UnicodeNormalization;
use unicode_normalization::char::is_combining_mark;

/// A post that a search found.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Hit {
    /// The post.
    pub post: PostId,
    /// When it is to leave; `None` without a time.
    pub due_at: Option<DateTime<Utc>>,
}

/// Where a word stands in a post.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FoundIn {
    /// `title`, `text`, a channel's name, `tag` or `alt`.
    pub place: String,
    /// What stands around it, from the original text.
    pub excerpt: String,
}

/// Letters shown before the word.
const BEFORE: usize = 24;
/// Letters shown from there on.
const EXCERPT: usize = 160;

/// Returns the words of what was typed, each once; what holds no letter and no digit is no word.
pub fn words(typed: &str) -> Vec<String> {
    let mut words: Vec<String> = Vec::new();
    let mut seen = std::collections::BTreeSet::new();
    for word in typed.split(|c: char| c.is_whitespace() || c.is_control()) {
        if word.chars().any(char::is_alphanumeric) && seen.insert(fold(word)) {
            words.push(word.to_owned());
        }
    }
    words
}

/// Takes accents and capitals away: `Mañana` and `manana` fold to the same.
pub fn fold(text: &str) -> String {
    text.nfd()
        .filter(|c| !is_combining_mark(*c))
        .flat_map(char::to_lowercase)
        .collect()
}

/// Returns where the first word that can be found stands: in the title, else in a text, a tag or an alt text.
pub fn found_in(content: &Content, typed: &str) -> Option<FoundIn> {
    let words: Vec<String> = words(typed).iter().map(|word| fold(word)).collect();
    let own = content.variants.iter().filter_map(|variant| {
        let text = variant.text.as_deref()?;
        Some((variant.channel.as_str(), text))
    });
    let tags = content.tags.iter().map(|tag| ("tag", tag.as_str()));
    let alts = content
        .attachments
        .iter()
        .map(|it| ("alt", it.alt.as_str()));
    let title = std::iter::once(("title", content.title.as_str()));
    let text = std::iter::once(("text", content.text.as_str()));
    let places: Vec<(&str, &str)> = text
        .chain(own)
        .chain(tags)
        .chain(alts)
        .chain(title)
        .collect();
    // The title stands on the screen anyway: what only the text says is worth more.
    words.iter().find_map(|word| {
        places.iter().find_map(|(place, text)| {
            let at = begins(text, word)?;
            Some(FoundIn {
                place: (*place).to_owned(),
                excerpt: excerpt(text, at),
            })
        })
    })
}

/// Returns the byte at which a word begins with `folded`; `None` when none does.
pub fn begins(text: &str, folded: &str) -> Option<usize> {
    let mut after_letter = false;
    for (at, c) in text.char_indices() {
        let is_letter = c.is_alphanumeric();
        if is_letter && !after_letter {
            // Folding can lengthen or shorten a word; a little more of it than is sought is enough to compare.
            let end = text[at..].char_indices().nth(folded.len() * 3);
            let rest = end.map_or(&text[at..], |(end, _)| &text[at..at + end]);
            if fold(rest).starts_with(folded) {
                return Some(at);
            }
        }
        after_letter = is_letter || (after_letter && is_combining_mark(c));
    }
    None
}

fn excerpt(text: &str, at: usize) -> String {
    let start = text[..at].char_indices().rev().nth(BEFORE - 1);
    let start = start.map_or(0, |(start, _)| {
        let blank = text[start..at].find(char::is_whitespace);
        blank.map_or(start, |blank| start + blank)
    });
    let shown: String = text[start..].trim_start().chars().take(EXCERPT).collect();
    shown.split_whitespace().collect::<Vec<_>>().join(" ")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::{Attachment, Variant};

    #[test]
    fn accents_and_capitals_fold_away() {
        assert_eq!(fold("Mañana"), "manana");
        assert_eq!(fold("man\u{303}ana"), "manana");
        assert_eq!(fold("ÅNGSTRÖM"), "angstrom");
    }

    #[test]
    fn words_are_what_holds_a_letter_or_a_digit_each_once() {
        assert_eq!(words("  Mañana manana -- \"48\" *"), ["Mañana", "\"48\""]);
        assert_eq!(words("a\0b"), ["a", "b"]);
        assert_eq!(words(" \" * ( "), Vec::<String>::new());
    }

    #[test]
    fn a_word_is_found_where_it_begins_with_what_stands_around_it() {
        let content = Content {
            title: "Newsletter".to_owned(),
            text: "The deadline is not today: la reunión será mañana por la tarde.".to_owned(),
            tags: vec!["Python".to_owned()],
            ..Content::default()
        };
        let found = found_in(&content, "manan").unwrap();
        assert_eq!(found.place, "text");
        assert!(found.excerpt.contains("será mañana por"), "{found:?}");
        assert!(!found.excerpt.contains("deadline"), "{found:?}");
        assert_eq!(found_in(&content, "pyth").unwrap().place, "tag");
        assert_eq!(found_in(&content, "news").unwrap().place, "title");
        assert_eq!(found_in(&content, "anana"), None);
    }

    #[test]
    fn own_texts_and_alt_texts_are_places_too() {
        let mut own = Variant::inherits("fosstodon");
        own.set_own("Boost this", "");
        let content = Content {
            variants: vec![own],
            attachments: vec![Attachment {
                hash: String::new(),
                name: String::new(),
                mime: String::new(),
                size: 0,
                pixels: None,
                duration_ms: None,
                alt: "A café terrace".to_owned(),
                ..Attachment::default()
            }],
            ..Content::default()
        };
        assert_eq!(found_in(&content, "boost").unwrap().place, "fosstodon");
        assert_eq!(found_in(&content, "CAFE").unwrap().place, "alt");
    }

    #[test]
    fn ten_kilobytes_are_harmless() {
        let content = Content {
            text: "国".repeat(10_000),
            ..Content::default()
        };
        assert_eq!(found_in(&content, &"x".repeat(10_000)), None);
        assert!(found_in(&content, "国国").is_some());
    }
}
