//! LinkedIn: UTF-16 units of the plain text, sent in little text format with hashtags as templates.
//!
//! Pure. Source: learn.microsoft.com, "little text format" and "Posts API" (li-lms-2026-05). An unescaped
//! reserved character cuts the published text silently, so all are escaped. What follows a post is a comment, in plain text. How it
//! is sent: `platforms/linkedin.rs`; what a post reshares: `linkedin_reshare.rs`.

use super::fit::Bounds;
use super::hashtags;
use super::linkedin_reshare;
use super::naming::{Named, Naming};
use super::rules::{Atom, Film, Firm, FollowUp, Offers, Rules, WarningStyle, walk_clusters};
use crate::domain::directory::checked_name;
use crate::domain::{Count, Facts, PartKind, Unit, Visibility};

/// LinkedIn's rule.
#[derive(Debug)]
pub(super) struct LinkedIn;

/// The limit that clients work with; its unit is not documented.
const MAX_UNITS: u32 = 3000;
/// From here on the unit could make the difference.
const WARN_FROM: u32 = 2900;

/// The longest comment that clients send, and from where on its unit could make the difference: LinkedIn's pages name no limit.
const MAX_COMMENT: u32 = 1250;
const WARN_COMMENT_FROM: u32 = 1200;

/// A comment takes plain text (working clients, read 2026-11). Which form of a mention the versioned API takes in one is not
/// documented where it could be read, and a wrong one would lose the whole comment.
static COMMENT: FollowUp = FollowUp {
    kind: PartKind::Comment,
    limit: MAX_COMMENT,
};

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
    // As comments.
    threads: true,
    replies: false,
    language: false,
    visibility: true,
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

    fn follow_up(&self) -> Option<&'static FollowUp> {
        Some(&COMMENT)
    }

    fn reshared(&self, link: &str) -> Option<Result<String, String>> {
        linkedin_reshare::reshared(link)
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

    fn refused_visibility(&self, wanted: Visibility) -> Option<String> {
        (wanted == Visibility::Direct).then(|| {
            "LinkedIn has no posts for those mentioned alone: make it public, or private for a person's connections"
                .to_owned()
        })
    }

    fn encode(&self, plain: &str) -> String {
        commentary(plain)
    }

    fn naming(&self) -> Option<&'static dyn Naming> {
        Some(&LinkedIn)
    }

    fn encode_naming(&self, plain: &str, named: &[Named]) -> String {
        commentary_naming(plain, named)
    }

    fn remark(&self, _plain: &str, count: &Count, _facts: &Facts, notes: &mut Vec<String>) {
        let is_close = |limit, from| {
            count.text.fits() && count.text.used >= from && count.text.limit == Some(limit)
        };
        if is_close(MAX_UNITS, WARN_FROM) {
            notes.push(
                "LinkedIn does not say how it counts: this close to 3000 it may refuse the text"
                    .to_owned(),
            );
        }
        if is_close(MAX_COMMENT, WARN_COMMENT_FROM) {
            notes.push(
                "LinkedIn does not say how long a comment may be: this close to 1250 it may refuse it"
                    .to_owned(),
            );
        }
    }
}

/// Kinds of account that a text can name.
const KINDS: [&str; 2] = ["urn:li:organization:", "urn:li:person:"];

/// Parts a kept handle into the URN and the name that LinkedIn knows, where that is another one than people read.
fn parted(handle: &str) -> (&str, Option<&str>) {
    let (urn, name) = handle.split_once(' ').unwrap_or((handle, ""));
    (urn, Some(name.trim()).filter(|name| !name.is_empty()))
}

impl Naming for LinkedIn {
    fn handle(&self, written: &str) -> Result<String, String> {
        let (urn, name) = parted(written);
        let id = KINDS.iter().find_map(|kind| urn.strip_prefix(kind));
        let is_id = |id: &str| {
            let fits = |c: char| c.is_ascii_alphanumeric() || matches!(c, '-' | '_');
            !id.is_empty() && id.len() <= 64 && id.chars().all(fits)
        };
        let numbered = !urn.starts_with(KINDS[0])
            || id.is_some_and(|id| id.bytes().all(|b| b.is_ascii_digit()));
        if !id.is_some_and(is_id) || !numbered {
            return Err(format!(
                "`{written}` is no LinkedIn URN: write urn:li:organization:123 (the number in the address of the page's \
                 admin view) or urn:li:person:ID"
            ));
        }
        let Some(name) = name else {
            return Ok(urn.to_owned());
        };
        let name = checked_name(name).map_err(|error| error.to_string())?;
        Ok(format!("{urn} {name}"))
    }

    fn example(&self) -> &'static str {
        "urn:li:organization:123, and the name there where it is another one"
    }

    fn mention(&self, name: &str, handle: &str) -> String {
        // It has to be the account's own name, else nobody is tagged.
        parted(handle).1.unwrap_or(name).to_owned()
    }

    fn is_lost_in_pasting(&self) -> bool {
        true
    }
}

fn units(text: &str) -> usize {
    text.encode_utf16().count()
}

/// Returns a plain text in little text format, hashtags as templates.
pub fn commentary(plain: &str) -> String {
    commentary_naming(plain, &[])
}

/// The same with mentions: `@[Name](URN)`, the name escaped like any other text.
fn commentary_naming(plain: &str, named: &[Named]) -> String {
    let mut out = String::with_capacity(plain.len() + plain.len() / 8);
    let mut at = 0;
    let mut people = named.iter().peekable();
    let mut tags = hashtags::find(plain).into_iter().peekable();
    loop {
        let is_person = match (people.peek(), tags.peek()) {
            (None, None) => break,
            (Some(one), Some(tag)) => one.range.start <= tag.start,
            (one, _) => one.is_some(),
        };
        if let Some(one) = people.next_if(|_| is_person) {
            escape_into(&plain[at..one.range.start], &mut out);
            out.push_str("@[");
            escape_into(&plain[one.range.clone()], &mut out);
            out.push_str(&format!("]({})", parted(&one.handle).0));
            at = one.range.end;
        } else if let Some(tag) = tags.next()
            && tag.start >= at
        {
            escape_into(&plain[at..tag.start], &mut out);
            let sign = plain[tag.clone()].chars().next().map_or(1, char::len_utf8);
            out.push_str("{hashtag|\\#|");
            escape_into(&plain[tag.start + sign..tag.end], &mut out);
            out.push('}');
            at = tag.end;
        }
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

/// Returns what people read of a text in little text format: hashtags as words, mentions as names, nothing escaped.
pub fn read_commentary(commentary: &str) -> String {
    let mut out = String::with_capacity(commentary.len());
    let mut rest = commentary;
    while let Some(c) = rest.chars().next() {
        let template = rest
            .strip_prefix("{hashtag|")
            .and_then(|rest| rest.strip_prefix('\\').or(Some(rest)))
            .and_then(|rest| rest.strip_prefix(['#', '＃']))
            .and_then(|rest| rest.strip_prefix('|'));
        if let Some(word) = template {
            out.push('#');
            rest = until(word, '}', &mut out);
        } else if let Some(name) = rest.strip_prefix("@[") {
            let after = until(name, ']', &mut out);
            rest = after
                .strip_prefix('(')
                .and_then(|urn| urn.split_once(')'))
                .map_or(after, |(_, rest)| rest);
        } else if let Some(escaped) = rest.strip_prefix('\\') {
            let mut characters = escaped.chars();
            out.extend(characters.next());
            rest = characters.as_str();
        } else {
            out.push(c);
            rest = &rest[c.len_utf8()..];
        }
    }
    out
}

/// Copies a text up to an end that is not escaped, and returns what is after it.
fn until<'t>(text: &'t str, end: char, out: &mut String) -> &'t str {
    let mut characters = text.chars();
    while let Some(c) = characters.next() {
        match c {
            '\\' => out.extend(characters.next()),
            c if c == end => break,
            c => out.push(c),
        }
    }
    characters.as_str()
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
    fn a_text_is_read_back_as_it_was_written() {
        for plain in [
            "Ship #open_science (v2) https://example.com/a_(b)#top",
            "all of \\|{}@[]()<>#*_~",
            "日本語 #研究ソフトウェア。 {hashtag} \\",
        ] {
            assert_eq!(read_commentary(&commentary(plain)), plain);
        }
        assert_eq!(
            read_commentary("hi @[Ada \\(A\\)](urn:li:person:1)! \\"),
            "hi Ada (A)! "
        );
    }

    #[test]
    fn the_plain_text_is_counted_in_utf16() {
        assert_eq!(LinkedIn.used("😀(a)", "", &Facts::default()), 5);
    }
}
