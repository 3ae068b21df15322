//! What changed between two versions of a post on one channel: the text by words, everything else by name.
//!
//! Pure. Marked as `git diff --word-diff` does, so that it reads without any colour.

use super::prose::{Line, Tone};
use crate::domain::{Composed, PartMedia};
use similar::{ChangeTag, TextDiff};

/// Texts longer than this, in bytes, are compared by lines: by words it would take as long as one notices.
const BY_WORDS: usize = 20_000;

/// With more lines than this in both together they are not compared at all: the old text is shown taken away, the new one put in.
const LINES: usize = 5_000;

/// Where a part ends and the next one begins.
const BETWEEN_PARTS: &str = "\n\n---\n\n";

/// Returns the new text with what was taken away as `[-old-]` and what was put in as `{+new+}`.
pub fn marked(old: &str, new: &str) -> String {
    if old.len().max(new.len()) > BY_WORDS && old.lines().count() + new.lines().count() > LINES {
        return replaced(old, new);
    }
    let diff = if old.len().max(new.len()) > BY_WORDS {
        TextDiff::from_lines(old, new)
    } else {
        TextDiff::from_words(old, new)
    };
    let mut out = String::with_capacity(old.len() + new.len());
    let mut open = ChangeTag::Equal;
    for change in diff.iter_all_changes() {
        if change.tag() != open {
            out.push_str(closing(open));
            open = change.tag();
            out.push_str(opening(open));
        }
        out.push_str(change.value());
    }
    out.push_str(closing(open));
    out
}

/// Marks all between what both begin with and what both end with.
fn replaced(old: &str, new: &str) -> String {
    let same = |(a, b): &(char, char)| a == b;
    let begin: usize = old
        .chars()
        .zip(new.chars())
        .take_while(same)
        .map(|(a, _)| a.len_utf8())
        .sum();
    let (rest_old, rest_new) = (&old[begin..], &new[begin..]);
    let ends = rest_old.chars().rev().zip(rest_new.chars().rev());
    let end: usize = ends.take_while(same).map(|(a, _)| a.len_utf8()).sum();
    let cut = |rest: &str| rest[..rest.len() - end].to_owned();
    let (taken, put) = (cut(rest_old), cut(rest_new));
    let mut out = old[..begin].to_owned();
    for (tag, text) in [(ChangeTag::Delete, taken), (ChangeTag::Insert, put)] {
        if !text.is_empty() {
            out.push_str(opening(tag));
            out.push_str(&text);
            out.push_str(closing(tag));
        }
    }
    out.push_str(&old[old.len() - end..]);
    out
}

fn opening(tag: ChangeTag) -> &'static str {
    match tag {
        ChangeTag::Delete => "[-",
        ChangeTag::Insert => "{+",
        ChangeTag::Equal => "",
    }
}

fn closing(tag: ChangeTag) -> &'static str {
    match tag {
        ChangeTag::Delete => "-]",
        ChangeTag::Insert => "+}",
        ChangeTag::Equal => "",
    }
}

/// Says what changed on a channel; empty when what is sent is the same.
pub fn said(old: &Composed, new: &Composed) -> Vec<Line> {
    let mut lines = Vec::new();
    let (before, after) = (plain(old), plain(new));
    if before != after {
        lines.push(Line::new(Tone::Text, 3, marked(&before, &after)));
    }
    for (name, read) in OPTIONS {
        let (was, is) = (read(old), read(new));
        if was != is {
            let or_none = |text: String| {
                if text.is_empty() {
                    "none".to_owned()
                } else {
                    text
                }
            };
            let words = format!("{name}: {} -> {}", or_none(was), or_none(is));
            lines.push(Line::new(Tone::Warn, 3, words));
        }
    }
    lines
}

fn plain(composed: &Composed) -> String {
    let parts: Vec<&str> = composed
        .parts
        .iter()
        .map(|part| part.plain.as_str())
        .collect();
    parts.join(BETWEEN_PARTS)
}

/// The name of something that is sent beside the text, and how it reads.
type Named = (&'static str, fn(&Composed) -> String);

/// What is sent beside the text.
const OPTIONS: [Named; 11] = [
    ("parts", |it| it.parts.len().to_string()),
    ("pictures", |it| {
        let pictures = it.parts.iter().flat_map(|part| &part.media);
        listed(pictures.map(picture))
    }),
    ("warning", |it| first(it, |part| part.warning.clone())),
    ("visible to", |it| {
        first(it, |part| {
            part.visibility.map(|seen| seen.word().to_owned())
        })
    }),
    ("language", |it| first(it, |part| part.language.clone())),
    ("title", |it| first(it, |part| part.title.clone())),
    ("to", |it| {
        first(it, |part| part.to.as_ref().map(|to| to.shown()))
    }),
    ("topic", |it| first(it, |part| part.topic.clone())),
    ("options", |it| {
        let options = it.parts.iter().flat_map(|part| &part.options);
        listed(options.map(|(name, value)| format!("{name} {value}")))
    }),
    ("link card", |it| {
        let card = |part: &crate::domain::Part| {
            let card = part.card.as_ref()?;
            let picture = card
                .picture
                .as_ref()
                .map_or("", |it| it.hash.get(..8).unwrap_or_default());
            let words = format!("{} {} {} {picture}", card.url, card.title, card.description);
            Some(words.trim_end().to_owned())
        };
        first(it, card)
    }),
    ("answers", |it| {
        first(it, |part| {
            part.reply_to.as_ref().map(|to| format!("{to:?}"))
        })
    }),
];

fn picture(media: &PartMedia) -> String {
    let short = media.hash.get(..8).unwrap_or(&media.hash);
    match media.alt.trim() {
        "" => format!("{} ({short}), no alt text", media.name),
        alt => format!("{} ({short}), “{alt}”", media.name),
    }
}

fn listed(all: impl Iterator<Item = String>) -> String {
    all.collect::<Vec<_>>().join("; ")
}

fn first(composed: &Composed, read: impl Fn(&crate::domain::Part) -> Option<String>) -> String {
    composed.parts.first().and_then(read).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::{Part, PlatformId};

    fn composed(text: &str, warning: Option<&str>) -> Composed {
        Composed {
            platform: PlatformId::Sandbox,
            parts: vec![Part {
                plain: text.to_owned(),
                warning: warning.map(str::to_owned),
                ..Part::default()
            }],
            problems: Vec::new(),
            notes: Vec::new(),
        }
    }

    #[test]
    fn words_that_changed_are_marked_in_their_place() {
        assert_eq!(
            marked("Next one: March. Come!", "Next one: April. Come!"),
            "Next one: [-March.-]{+April.+} Come!"
        );
        assert_eq!(marked("same", "same"), "same");
    }

    #[test]
    fn texts_of_very_many_lines_are_not_compared_line_by_line() {
        let lines = |word: &str| {
            (0..20_000)
                .map(|at| format!("{word} {at}\n"))
                .collect::<String>()
        };
        let started = std::time::Instant::now();
        let (old, new) = (format!("é{}z", lines("old")), format!("é{}z", lines("new")));
        let text = marked(&old, &new);
        assert!(
            text.starts_with("é[-old 0\n") && text.ends_with("new+} 19999\nz"),
            "{}",
            &text[..40]
        );
        assert!(started.elapsed() < std::time::Duration::from_secs(20));
    }

    #[test]
    fn what_is_sent_beside_the_text_is_named() {
        let lines = said(&composed("a", None), &composed("a", Some("food")));
        assert_eq!(lines.len(), 1);
        assert_eq!(lines[0].text, "warning: none -> food");
        assert!(said(&composed("a", None), &composed("a", None)).is_empty());
    }
}
