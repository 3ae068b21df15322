//! LinkedIn: UTF-16 units of the plain text, sent in little text format with hashtags as templates.
//!
//! Pure. Source: learn.microsoft.com, "little text format" and "Posts API" (li-lms-2026-05). An unescaped
//! reserved character cuts the published text silently, so all are escaped. How it is sent: `platforms/linkedin.rs`.

use super::fit::Bounds;
use super::hashtags;
use super::rules::{Atom, Film, Firm, Offers, Rules, WarningStyle, walk_clusters};
use crate::domain::{Count, Facts, Unit};

/// LinkedIn's rule.
#[derive(Debug)]
pub(super) struct LinkedIn;

/// The limit that clients work with; its unit is not documented.
const MAX_UNITS: u32 = 3000;
/// From here on the unit could make the difference.
const WARN_FROM: u32 = 2900;

/// Fewer than 36,152,320 (Images API, li-lms-2026-05).
const MAX_PIXELS: u64 = 36_152_319;
/// As others found it; LinkedIn's own page of limits was not readable.
static VIDEO: Film = Film {
    most: Some(1),
    max_bytes: Some(500_000_000),
    min_bytes: Some(75_000),
    max_ms: Some(30 * 60_000),
    min_ms: Some(3_000),
    mime_types: &["video/mp4", "video/quicktime"],
    firm: Firm::Hearsay,
    ..Film::ANY
};

static DOCUMENT: Film = Film {
    most: Some(1),
    max_bytes: Some(100_000_000),
    firm: Firm::Hearsay,
    ..Film::ANY
};

static OFFERS: Offers = Offers {
    warning: WarningStyle::Prefix,
    threads: false,
    replies: false,
    language: false,
    visibility: false,
    card: true,
    topic: false,
    title: false,
    tags: false,
    needs_text: false,
    // `multiImage` holds 2 to 20.
    max_media: Some(20),
    max_alt: Some(4086),
    max_image_bytes: None,
    mime_types: &["image/jpeg", "image/png", "image/gif"],
    video: Some(&VIDEO),
    document: Some(&DOCUMENT),
    mixes: false,
    needs_video: false,
};

impl Rules for LinkedIn {
    fn unit(&self) -> Unit {
        Unit::Utf16
    }

    fn offers(&self) -> &'static Offers {
        &OFFERS
    }

    fn default_limit(&self) -> Option<u32> {
        Some(MAX_UNITS)
    }

    fn picture_bounds(&self) -> Bounds {
        Bounds {
            pixels: Some(MAX_PIXELS),
            ..Bounds::default()
        }
    }

    fn walk(&self, text: &str, _facts: &Facts, each: &mut dyn FnMut(Atom)) {
        walk_clusters(text, units, each);
    }

    fn used(&self, text: &str, _warning: &str, _facts: &Facts) -> usize {
        units(text)
    }

    fn encode(&self, plain: &str) -> String {
        commentary(plain)
    }

    fn remark(&self, _plain: &str, count: &Count, _facts: &Facts, notes: &mut Vec<String>) {
        if count.text.fits() && count.text.used >= WARN_FROM && count.text.limit == Some(MAX_UNITS)
        {
            notes.push(
                "LinkedIn does not say how it counts: this close to 3000 it may refuse the text"
                    .to_owned(),
            );
        }
    }
}

fn units(text: &str) -> usize {
    text.encode_utf16().count()
}

/// Returns a plain text in little text format, hashtags as templates.
pub fn commentary(plain: &str) -> String {
    let mut out = String::with_capacity(plain.len() + plain.len() / 8);
    let mut at = 0;
    for tag in hashtags::find(plain) {
        escape_into(&plain[at..tag.start], &mut out);
        let sign = plain[tag.clone()].chars().next().map_or(1, char::len_utf8);
        out.push_str("{hashtag|\\#|");
        escape_into(&plain[tag.start + sign..tag.end], &mut out);
        out.push('}');
        at = tag.end;
    }
    escape_into(&plain[at..], &mut out);
    out
}

/// Returns a plain text with every reserved character escaped.
pub fn escape(plain: &str) -> String {
    let mut out = String::with_capacity(plain.len() + plain.len() / 8);
    escape_into(plain, &mut out);
    out
}

fn escape_into(plain: &str, out: &mut String) {
    for c in plain.chars() {
        if c.is_ascii() && b"\\|{}@[]()<>#*_~".contains(&(c as u8)) {
            out.push('\\');
        }
        out.push(c);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_reserved_character_is_escaped() {
        assert_eq!(escape("a_(b) @c #d"), "a\\_\\(b\\) \\@c \\#d");
    }

    #[test]
    fn a_hashtag_becomes_a_template_and_a_fragment_does_not() {
        assert_eq!(
            commentary("Ship #open_science (v2) https://example.com/#top"),
            "Ship {hashtag|\\#|open\\_science} \\(v2\\) https://example.com/\\#top"
        );
    }

    #[test]
    fn the_plain_text_is_counted_in_utf16() {
        assert_eq!(LinkedIn.used("😀(a)", "", &Facts::default()), 5);
    }
}
