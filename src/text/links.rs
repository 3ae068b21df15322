//! Finding links as twitter-text does, in the two dialects that count: X's, and Mastodon's changed one.
//!
//! Pure and linear: one pass over runs of domain characters, no backtracking. What a link weighs is up to
//! `x.rs` and `mastodon.rs`; Bluesky finds its links by a rule of its own (`bluesky.rs`).
//! Source: twitter-text 3.1 (`extractUrlsWithIndices`, October 2021) and Mastodon's `extractor.rb` and
//! `twitter_regex.rb` (2026).

use super::link_chars as chars;
use super::link_domains::{Labels, ascii_domains, label_fits};
use std::ops::Range;

/// Whose links.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Dialect {
    /// With `http(s)://`, or a bare ASCII domain with a known ending.
    X,
    /// With a scheme only; a few more schemes; almost any character in a path.
    Mastodon,
}

/// Longest link, scheme included; longer ones are plain text.
const MAX_LENGTH: usize = 4096;
const MAX_TCO_SLUG: usize = 40;

/// Returns the links of a text as byte ranges, in order, never overlapping.
pub fn find(text: &str, dialect: Dialect) -> Vec<Range<usize>> {
    let mut links = Vec::new();
    // Where the last match ended: what it took is not looked at again, not even as a preceding character.
    let mut taken = 0;
    let mut at = 0;
    while let Some(run) = next_run(text, at, dialect) {
        at = run.end;
        if let Some(labels) = Labels::read(text, &run, dialect) {
            taken = links_in_run(text, &run, &labels, dialect, taken, &mut links);
            at = at.max(taken);
        }
    }
    links
}

/// Returns the next run of characters that a domain may have, dots and hyphens included.
fn next_run(text: &str, from: usize, dialect: Dialect) -> Option<Range<usize>> {
    let mut inside = text[from..].char_indices();
    let in_run = |c| matches!(c, '.' | '-' | '_') || chars::is_domain(c, dialect);
    let start = from + inside.find(|&(_, c)| in_run(c))?.0;
    let end = inside
        .find(|&(_, c)| !in_run(c))
        .map_or(text.len(), |(offset, _)| from + offset);
    Some(start..end)
}

/// Finds the links that begin in a run or whose scheme leads up to it; returns how far was taken.
fn links_in_run(
    text: &str,
    run: &Range<usize>,
    labels: &Labels,
    dialect: Dialect,
    mut taken: usize,
    links: &mut Vec<Range<usize>>,
) -> usize {
    if let Some(start) = scheme_before(text, run.start, dialect) {
        let free = start == 0 || precedes(text, start, taken).is_some();
        if let Some(domain_end) = labels.0[0].domain_end.filter(|_| free && start >= taken) {
            let found = Match {
                start,
                domain: run.start..domain_end,
                tail: tail_end(text, domain_end, dialect),
            };
            taken = found.tail.end;
            links.extend(found.with_scheme(text, dialect));
        }
    }
    let mut index = 0;
    let mut start = run.start.max(taken);
    while start < run.end {
        while labels.0[index].end <= start && index + 1 < labels.0.len() {
            index += 1;
        }
        let first = text[start..].chars().next().map_or(1, char::len_utf8);
        let mut matched = None;
        if start >= labels.0[index].start {
            if start == 0 {
                // A leading character that can precede a link does so, before the text's own start counts.
                let second = first;
                if precedes(text, second, 0).is_some() && second < labels.0[0].end {
                    matched = labels
                        .domain_from(text, 0, second, dialect)
                        .map(|end| (second, end));
                }
                matched = matched.or_else(|| labels.0[0].domain_end.map(|end| (0, end)));
            } else if precedes(text, start, taken).is_some() {
                matched = labels
                    .domain_from(text, index, start, dialect)
                    .map(|end| (start, end));
            }
        }
        if let Some((start, domain_end)) = matched {
            let found = Match {
                start,
                domain: start..domain_end,
                tail: tail_end(text, domain_end, dialect),
            };
            taken = found.tail.end;
            if dialect == Dialect::X {
                found.bare(text, links);
            }
        }
        start = (start + first).max(taken);
    }
    taken
}

/// Returns the character before `start` when a link may follow it and no earlier link took it.
fn precedes(text: &str, start: usize, taken: usize) -> Option<char> {
    let before = text[..start].chars().next_back()?;
    let free = start - before.len_utf8() >= taken;
    (free && chars::may_precede(before)).then_some(before)
}

/// Returns where the scheme begins that ends right before `at`.
fn scheme_before(text: &str, at: usize, dialect: Dialect) -> Option<usize> {
    let rest = text[..at].strip_suffix("://")?;
    let schemes: &[&str] = match dialect {
        Dialect::X => &["https", "http"],
        Dialect::Mastodon => &[
            "https", "http", "dat", "dweb", "ipfs", "ipns", "ssb", "gopher", "gemini",
        ],
    };
    schemes.iter().find_map(|scheme| {
        let start = rest.len().checked_sub(scheme.len())?;
        rest.get(start..)?
            .eq_ignore_ascii_case(scheme)
            .then_some(start)
    })
}

/// Where the path begins (if there is one) and where the whole link ends.
#[derive(Debug)]
struct Tail {
    has_path: bool,
    end: usize,
}

fn tail_end(text: &str, domain_end: usize, dialect: Dialect) -> Tail {
    let bytes = text.as_bytes();
    let mut end = domain_end;
    if bytes.get(end) == Some(&b':') {
        let digits = bytes[end + 1..]
            .iter()
            .take_while(|b| b.is_ascii_digit())
            .count();
        if digits > 0 {
            end += 1 + digits;
        }
    }
    let has_path = bytes.get(end) == Some(&b'/');
    if has_path {
        end = path_end(text, end + 1, dialect);
    }
    if bytes.get(end) == Some(&b'?') {
        end = query_end(text, end, dialect);
    }
    Tail { has_path, end }
}

/// Returns the end of the path that starts after its first slash: the last good ending, parentheses balanced.
fn path_end(text: &str, from: usize, dialect: Dialect) -> usize {
    let mut at = from;
    let mut good = from;
    while let Some(c) = text[at..].chars().next() {
        if c == '(' {
            let Some(end) = parentheses_end(text, at, dialect) else {
                break;
            };
            // Mastodon took the rule for an ending from the original, where a pair holds fewer characters.
            let ends = text[at..end]
                .chars()
                .all(|c| matches!(c, '(' | ')') || chars::is_path(c, Dialect::X));
            at = end;
            if ends {
                good = end;
            }
        } else if chars::is_path(c, dialect) {
            at += c.len_utf8();
            if chars::ends_path(c, dialect) {
                good = at;
            }
        } else {
            break;
        }
    }
    good
}

/// Returns the end of a balanced pair at `open`, with at most one pair inside.
fn parentheses_end(text: &str, open: usize, dialect: Dialect) -> Option<usize> {
    let skip = |at: usize| {
        text[at..]
            .char_indices()
            .find(|&(_, c)| !chars::is_path(c, dialect))
            .map_or(text.len(), |(offset, _)| at + offset)
    };
    let bytes = text.as_bytes();
    let first = skip(open + 1);
    match bytes.get(first) {
        Some(b')') if first > open + 1 => Some(first + 1),
        Some(b'(') => {
            let inner = skip(first + 1);
            if inner == first + 1 || bytes.get(inner) != Some(&b')') {
                return None;
            }
            let last = skip(inner + 1);
            (bytes.get(last) == Some(&b')')).then_some(last + 1)
        }
        _ => None,
    }
}

/// Returns the end of the query at `mark`, or `mark` where there is none.
fn query_end(text: &str, mark: usize, dialect: Dialect) -> usize {
    let mut end = mark;
    let mut at = mark + 1;
    for c in text[at..]
        .chars()
        .take_while(|&c| chars::is_query(c, dialect))
    {
        at += c.len_utf8();
        if chars::ends_query(c, dialect) {
            end = at;
        }
    }
    end
}

/// A stretch of text that has the form of a link.
#[derive(Debug)]
struct Match {
    start: usize,
    domain: Range<usize>,
    tail: Tail,
}

impl Match {
    fn with_scheme(&self, text: &str, dialect: Dialect) -> Option<Range<usize>> {
        let link = &text[self.start..self.tail.end];
        let scheme = self.domain.start - self.start;
        if !self.is_valid(text, scheme, dialect) {
            return None;
        }
        let Some(slug) = tco_slug(link) else {
            return Some(self.start..self.tail.end);
        };
        if slug.end - slug.start > MAX_TCO_SLUG {
            return None;
        }
        let end = slug.end;
        let end = if link.as_bytes().get(end) == Some(&b'?') {
            query_end(link, end, Dialect::X)
        } else {
            end
        };
        Some(self.start..self.start + end)
    }

    /// Adds the ASCII domains of a link without scheme; path and query belong to the last.
    fn bare(&self, text: &str, links: &mut Vec<Range<usize>>) {
        let before = text[..self.start].chars().next_back();
        if before.is_some_and(|c| matches!(c, '-' | '_' | '.' | '/'))
            || !self.is_valid(text, 8, Dialect::X)
        {
            return;
        }
        let found = links.len();
        ascii_domains(&text[..self.domain.end], self.domain.start, links);
        if let Some(last) = links[found..].last_mut()
            && self.tail.has_path
        {
            last.end = self.tail.end;
        }
    }

    /// Whether the link is short enough and each label of its domain survives punycode.
    fn is_valid(&self, text: &str, scheme: usize, dialect: Dialect) -> bool {
        let domain = &text[self.domain.clone()];
        if domain.starts_with("xn--") && !domain.is_ascii() {
            let mut any = Vec::new();
            ascii_domains(domain, 0, &mut any);
            if any.is_empty() {
                return false;
            }
        }
        let link = &text[self.start..self.tail.end];
        let length = match dialect {
            // The library adds the scheme to a length that has it already.
            Dialect::X if link.len() > MAX_LENGTH / 2 => link.encode_utf16().count() + scheme,
            Dialect::Mastodon if link.len() > MAX_LENGTH => link.chars().count(),
            _ => 0,
        };
        length <= MAX_LENGTH && domain.split('.').all(label_fits)
    }
}

/// Returns where the slug of a `t.co` link lies.
fn tco_slug(link: &str) -> Option<Range<usize>> {
    let start = ["https://t.co/", "http://t.co/"]
        .iter()
        .find_map(|prefix| {
            let head = link.get(..prefix.len())?;
            head.eq_ignore_ascii_case(prefix).then_some(prefix.len())
        })?;
    let slug = link[start..]
        .bytes()
        .take_while(u8::is_ascii_alphanumeric)
        .count();
    (slug > 0).then_some(start..start + slug)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn found(text: &str, dialect: Dialect) -> Vec<&str> {
        find(text, dialect)
            .into_iter()
            .map(|range| &text[range])
            .collect()
    }

    #[test]
    fn x_takes_bare_domains_and_mastodon_only_schemes() {
        let text = "see example.com/a_(b), https://example.org. gemini://example.net/x";
        assert_eq!(
            found(text, Dialect::X),
            ["example.com/a_(b)", "https://example.org"]
        );
        assert_eq!(
            found(text, Dialect::Mastodon),
            ["https://example.org", "gemini://example.net/x"]
        );
    }

    #[test]
    fn mail_addresses_and_files_are_no_links() {
        for text in [
            "a.b@example.com",
            "x@example.com",
            "notes.tar.bz2",
            "@example.com",
            "$x.com",
        ] {
            assert_eq!(found(text, Dialect::X), [""; 0], "{text}");
        }
    }

    #[test]
    fn cjk_text_around_bare_domains_is_left_out() {
        let text = "これ。example.com中国語t.co/abcde한국";
        assert_eq!(found(text, Dialect::X), ["example.com", "t.co/abcde"]);
    }

    #[test]
    fn hostile_texts_take_linear_time() {
        let patterns = [
            "a.",
            "-a",
            "日",
            "日.",
            "http://",
            "http://a.",
            "t.co/(",
            "t.co.あ-.",
            "a_.com-",
            ".com",
            "(((",
            "t.co?!",
            "co.",
            "\u{301}",
            "t.co/((",
            "xn--",
            "xn--あ.com",
            "a.com日",
        ];
        for pattern in patterns {
            let text = pattern.repeat(200_000 / pattern.len());
            let started = std::time::Instant::now();
            for dialect in [Dialect::X, Dialect::Mastodon] {
                let _ = find(&text, dialect);
            }
            assert!(started.elapsed().as_secs() < 5, "{pattern}");
        }
    }
}
