//! Mentions as Mastodon reads them: `@local` and `@local@domain`.
//!
//! Pure and linear. Source: Mastodon `app/models/account.rb` and `app/lib/extractor.rb` (2026). Bluesky's
//! handles are in `bluesky.rs`.

use super::link_chars::is_latin_accent;
use std::ops::Range;

/// Longest domain, in code points, that is still taken for one.
const MAX_DOMAIN: usize = 253;

/// A mention in a text, in bytes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Mention {
    /// All of it, from the `@`.
    pub range: Range<usize>,
    /// End of the local part.
    pub local_end: usize,
}

/// Returns the mentions of a text, in order.
pub(super) fn find(text: &str) -> Vec<Mention> {
    let mut mentions = Vec::new();
    let mut taken = 0;
    for (at, _) in text.match_indices('@') {
        let before = text[..at].chars().next_back();
        if at < taken || before.is_some_and(|c| matches!(c, '=' | '/') || is_word(c)) {
            continue;
        }
        let Some(local_end) = joined(text, at + 1, |c| c.is_ascii_alphanumeric() || c == '_')
        else {
            continue;
        };
        let domain = text[local_end..]
            .starts_with('@')
            .then(|| joined(text, local_end + 1, is_word).map(|end| local_end + 1..end))
            .flatten();
        taken = domain.as_ref().map_or(local_end, |domain| domain.end);
        let too_long = domain.is_some_and(|domain| text[domain].chars().nth(MAX_DOMAIN).is_some());
        if !too_long && !ends_mention(&text[taken..]) {
            mentions.push(Mention {
                range: at..taken,
                local_end,
            });
        }
    }
    mentions
}

/// Returns the end of groups of word characters joined by dots and hyphens; `None` when there is none.
fn joined(text: &str, from: usize, in_word: impl Fn(char) -> bool) -> Option<usize> {
    let mut end = None;
    for (offset, c) in text[from..].char_indices() {
        if in_word(c) {
            end = Some(from + offset + c.len_utf8());
        } else if !matches!(c, '.' | '-') || end.is_none() {
            break;
        }
    }
    end
}

/// Whether what follows makes it no mention after all.
fn ends_mention(rest: &str) -> bool {
    rest.starts_with("://")
        || rest
            .chars()
            .next()
            .is_some_and(|c| matches!(c, '@' | '＠') || is_latin_accent(c))
}

/// Unicode's word characters: letters, marks, decimal digits, connecting punctuation.
fn is_word(c: char) -> bool {
    if c.is_ascii() {
        return c.is_ascii_alphanumeric() || c == '_';
    }
    c.is_alphanumeric()
        || unicode_normalization::char::is_combining_mark(c)
        || matches!(c, '‿' | '⁀' | '⁔' | '︳' | '︴' | '﹍' | '﹎' | '﹏' | '＿')
}

#[cfg(test)]
mod tests {
    use super::*;

    fn found(text: &str) -> Vec<&str> {
        find(text)
            .into_iter()
            .map(|mention| &text[mention.range])
            .collect()
    }

    #[test]
    fn local_and_remote_mentions_are_found() {
        assert_eq!(
            found("@bob, @alice@example.org."),
            ["@bob", "@alice@example.org"]
        );
        assert_eq!(
            found("(@a.b-c@x.example-y.org)"),
            ["@a.b-c@x.example-y.org"]
        );
    }

    #[test]
    fn addresses_paths_and_double_signs_are_none() {
        for text in [
            "foo@example.com",
            "https://x.org/@bob",
            "a=@b",
            "@bob@",
            "@http://x",
            "@aliceì",
        ] {
            assert_eq!(found(text), [""; 0], "{text}");
        }
    }

    #[test]
    fn a_long_row_of_signs_takes_linear_time() {
        for pattern in ["@", "@a", "@a.", "@a@", "@-"] {
            let started = std::time::Instant::now();
            let _ = find(&pattern.repeat(100_000));
            assert!(started.elapsed().as_secs() < 2, "{pattern}");
        }
    }
}
