//! The domains in a run of text: which of its dot-separated labels make one, and where it ends.
//!
//! Pure. Every start in a run shares what was learnt about the labels behind it, which is what keeps
//! `links.rs` linear. The sources are named there.

use super::links::Dialect;
use super::{link_chars as chars, tld};
use std::ops::Range;

/// Longest label once encoded.
const MAX_LABEL: usize = 63;

/// One dot-separated piece of a run.
#[derive(Debug)]
pub(super) struct Label {
    pub start: usize,
    pub end: usize,
    /// Ends in a letter or digit rather than `-` or `_`.
    ends_well: bool,
    last_underscore: Option<usize>,
    /// End of the known ending that follows the dot after this label.
    ending: Option<usize>,
    /// End of the longest domain that begins at this label.
    pub domain_end: Option<usize>,
}

/// The labels of a run, with what a domain starting at each would reach, so that no start is tried twice.
#[derive(Debug)]
pub(super) struct Labels(pub Vec<Label>);

impl Labels {
    /// Reads a run; `None` when no domain ends in it.
    pub fn read(text: &str, run: &Range<usize>, dialect: Dialect) -> Option<Self> {
        let piece = &text[run.clone()];
        if !piece.as_bytes().contains(&b'.') {
            return None;
        }
        let mut labels = Vec::new();
        let mut start = run.start;
        let mut any = false;
        for part in piece.split('.') {
            let end = start + part.len();
            let ending = (end < run.end).then(|| ending_at(text, end + 1)).flatten();
            any |= ending.is_some();
            labels.push(Label {
                start,
                end,
                ends_well: !part.is_empty() && !part.ends_with(['-', '_']),
                last_underscore: part.rfind('_').map(|offset| start + offset),
                ending,
                domain_end: None,
            });
            start = end + 1;
        }
        if !any {
            return None;
        }
        let mut labels = Self(labels);
        for index in (0..labels.0.len()).rev() {
            let start = labels.0[index].start;
            labels.0[index].domain_end = labels.domain_from(text, index, start, dialect);
        }
        Some(labels)
    }

    /// Returns the end of the longest domain from `start`, inside label `index`.
    pub fn domain_from(
        &self,
        text: &str,
        index: usize,
        start: usize,
        dialect: Dialect,
    ) -> Option<usize> {
        let label = &self.0[index];
        let first = text[start..label.end].chars().next()?;
        if !label.ends_well || !chars::is_domain(first, dialect) {
            return None;
        }
        let further = self.0.get(index + 1).and_then(|next| next.domain_end);
        // An underscore may stand in a subdomain, never in the name right before the ending.
        let nameable = label.last_underscore.is_none_or(|at| at < start);
        further.or_else(|| label.ending.filter(|_| nameable))
    }
}

/// Returns the end of the known ending (or punycode) that starts at `at`.
fn ending_at(text: &str, at: usize) -> Option<usize> {
    let rest = &text[at..];
    let ascii = rest.bytes().take_while(u8::is_ascii_alphanumeric).count();
    let mut known = [0_u8; 24];
    if (1..=known.len()).contains(&ascii) && ends_cleanly(&rest[ascii..]) {
        let known = &mut known[..ascii];
        known.copy_from_slice(&rest.as_bytes()[..ascii]);
        known.make_ascii_lowercase();
        if std::str::from_utf8(known).is_ok_and(tld::is_known) {
            return Some(at + ascii);
        }
    }
    let mut lower = String::new();
    let mut longest = None;
    for (offset, c) in rest.char_indices().take(tld::LONGEST_UNICODE) {
        if matches!(c, '.' | '/' | ' ' | '\n') {
            break;
        }
        lower.extend(c.to_lowercase());
        let end = offset + c.len_utf8();
        if !lower.is_ascii() && tld::is_known(&lower) && ends_cleanly(&rest[end..]) {
            longest = Some(at + end);
        }
    }
    if longest.is_some() {
        return longest;
    }
    let prefix = rest.get(..4)?;
    let tail = rest[4..]
        .bytes()
        .take_while(|b| b.is_ascii_alphanumeric() || *b == b'-')
        .count();
    (prefix.eq_ignore_ascii_case("xn--") && tail > 0).then_some(at + 4 + tail)
}

/// Whether an ending may stand before this text.
fn ends_cleanly(rest: &str) -> bool {
    !rest.starts_with(|c: char| c.is_ascii_alphanumeric() || matches!(c, '@' | '+' | '-'))
}

/// Whether a label is at most 63 characters long once encoded.
pub(super) fn label_fits(label: &str) -> bool {
    if label.is_ascii() {
        return (1..=MAX_LABEL).contains(&label.len());
    }
    // Each character takes at least one place, so a longer one need not be encoded to be refused.
    if label.chars().take(MAX_LABEL + 1).count() > MAX_LABEL {
        return false;
    }
    // The library's encoder takes these for dots too.
    let encoded: usize = label
        .split(['\u{3002}', '\u{ff0e}', '\u{ff61}'])
        .map(|part| match part.is_ascii() {
            true => Some(part.len() + 1),
            false => idna::punycode::encode_str(part).map(|coded| coded.len() + 5),
        })
        .try_fold(0, |sum, length| length.map(|length| sum + length))
        .unwrap_or(usize::MAX);
    encoded.saturating_sub(1) <= MAX_LABEL
}

/// Adds the domains made of ASCII and accented Latin letters from `from` to the end of `text`.
pub(super) fn ascii_domains(text: &str, from: usize, links: &mut Vec<Range<usize>>) {
    let in_label = |c: char| c.is_ascii_alphanumeric() || c == '-' || chars::is_latin_accent(c);
    let mut at = from;
    while at < text.len() {
        let Some(start) = text[at..].find(in_label).map(|offset| at + offset) else {
            return;
        };
        let mut best = None;
        let mut label_start = start;
        let mut end = start;
        for c in text[start..].chars() {
            if c == '.' && end > label_start {
                label_start = end + 1;
                best = ending_at(text, label_start).or(best);
            } else if !in_label(c) {
                break;
            }
            end += c.len_utf8();
        }
        links.extend(best.map(|best| start..best));
        at = best.unwrap_or(end).max(start + 1);
        while !text.is_char_boundary(at) {
            at += 1;
        }
    }
}
