//! Hashtags and cashtags as twitter-text finds them; LinkedIn's hashtags follow the same rule.
//!
//! Pure and linear. Source: twitter-text 3.1, `extractHashtagsWithIndices` and `extractCashtagsWithIndices`.
//! Bluesky's hashtags are in `bluesky.rs`.

use super::link_chars::is_space;
use super::links::{self, Dialect};
use std::ops::Range;

/// Returns the hashtags of a text outside links as byte ranges, sign included.
pub fn find(text: &str) -> Vec<Range<usize>> {
    if !text.contains(['#', '＃']) {
        return Vec::new();
    }
    let mut tags = Vec::new();
    let mut taken = 0;
    for (at, sign) in text.match_indices(['#', '＃']) {
        let before = text[..at].chars().next_back();
        let boundary = before.is_none_or(|c| {
            let free = at - c.len_utf8() >= taken;
            free && (matches!(c, '\u{fe0e}' | '\u{fe0f}') || !(in_tag(c) || c == '&'))
        });
        if at < taken || !boundary {
            continue;
        }
        let start = at + sign.len();
        let rest = &text[start..];
        let word = rest.find(|c| !in_tag(c)).map_or(rest, |end| &rest[..end]);
        if rest.starts_with(['\u{fe0f}', '\u{20e3}']) || !word.chars().any(is_letter) {
            continue;
        }
        taken = start + word.len();
        let after = &text[taken..];
        if !after.starts_with(['#', '＃']) && !after.starts_with("://") {
            tags.push(at..taken);
        }
    }
    outside_links(text, tags)
}

fn outside_links(text: &str, tags: Vec<Range<usize>>) -> Vec<Range<usize>> {
    if tags.is_empty() {
        return tags;
    }
    let links = links::find(text, Dialect::X);
    let mut next = 0;
    tags.into_iter()
        .filter(|tag| {
            while links.get(next).is_some_and(|link| link.end <= tag.start) {
                next += 1;
            }
            links.get(next).is_none_or(|link| link.start >= tag.end)
        })
        .collect()
}

/// Returns the cashtags of a text as byte ranges, sign included.
pub fn find_cashtags(text: &str) -> Vec<Range<usize>> {
    let mut tags = Vec::new();
    for (at, _) in text.match_indices('$') {
        if !text[..at].chars().next_back().is_none_or(is_space) {
            continue;
        }
        if let Some(length) = cashtag_length(&text[at + 1..]) {
            tags.push(at..at + 1 + length);
        }
    }
    tags
}

/// One to six letters, perhaps a dot or underscore with one or two more, then white space, punctuation or the end.
fn cashtag_length(rest: &str) -> Option<usize> {
    let letters = |text: &str, most: usize| {
        text.bytes()
            .take(most + 1)
            .take_while(u8::is_ascii_alphabetic)
            .count()
    };
    let ends = |length: usize| {
        rest[length..].chars().next().is_none_or(|c| {
            c.is_whitespace() || (c.is_ascii_punctuation() && !matches!(c, '"' | '`'))
        })
    };
    let first = letters(rest, 6);
    if !(1..=6).contains(&first) {
        return None;
    }
    if rest[first..].starts_with(['.', '_']) {
        let more = letters(&rest[first + 1..], 2);
        if (1..=2).contains(&more) && ends(first + 1 + more) {
            return Some(first + 1 + more);
        }
    }
    ends(first).then_some(first)
}

fn is_letter(c: char) -> bool {
    if c.is_ascii() {
        return c.is_ascii_alphabetic();
    }
    c.is_alphabetic()
        || unicode_normalization::char::is_combining_mark(c)
            && !matches!(c, '\u{fe0e}' | '\u{fe0f}' | '\u{20e3}')
}

fn in_tag(c: char) -> bool {
    if c.is_ascii() {
        return c.is_ascii_alphanumeric() || c == '_';
    }
    is_letter(c) || c.is_numeric() || is_special(c)
}

/// What a hashtag may hold beside letters, marks and digits.
fn is_special(c: char) -> bool {
    matches!(
        c,
        '\u{200c}'
            | '\u{200d}'
            | '\u{a67e}'
            | '\u{5be}'
            | '\u{5f3}'
            | '\u{5f4}'
            | '\u{ff5e}'
            | '\u{301c}'
    ) || matches!(
        c,
        '\u{309b}'
            | '\u{309c}'
            | '\u{30a0}'
            | '\u{30fb}'
            | '\u{3003}'
            | '\u{f0b}'
            | '\u{f0c}'
            | '\u{b7}'
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_link_fragments_and_joined_tags_are_none() {
        for text in [
            "#16",
            "a#b",
            "&#x",
            "#a#b",
            "https://example.com/#frag",
            "# a",
            "1.#️⃣",
        ] {
            assert_eq!(find(text), [0..0; 0], "{text}");
        }
        assert_eq!(find("(#hashtag)#two"), [1..9, 10..14]);
    }

    #[test]
    fn cashtags_stand_alone() {
        let text = "$TEST $OK.A $123 $toolongone x$NO $A.";
        let found: Vec<&str> = find_cashtags(text)
            .into_iter()
            .map(|range| &text[range])
            .collect();
        assert_eq!(found, ["$TEST", "$OK.A", "$A"]);
    }
}
