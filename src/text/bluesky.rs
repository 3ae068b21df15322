//! Bluesky: 300 grapheme clusters and 3000 bytes; links, mentions and hashtags are told as facets in bytes.
//!
//! Pure and linear. Sources: `lexicons/app/bsky/feed/post.json` and `packages/api/src/rich-text` of
//! bluesky-social/atproto (August 2026). How it is sent: `platforms/bluesky.rs`.

use super::naming::{self, Named, Naming};
use super::punctuation::is_punctuation;
use super::rules::{Atom, Film, FilmAlt, Firm, Offers, Rules, WarningStyle, walk_clusters};
use super::{clusters, tld};
use crate::domain::{Count, Facet, Facts, Feature, Unit};

/// Bluesky's rule.
#[derive(Debug)]
pub(super) struct Bluesky;

const MAX_CLUSTERS: u32 = 300;
const MAX_BYTES: u32 = 3000;
/// Longest hashtag, in UTF-16 units as the official client measures.
const MAX_TAG: usize = 64;
/// The schema takes twice as much since 2026; hosts that run an older one refuse the whole post.
const CAUTIOUS_IMAGE_BYTES: u64 = 1_000_000;

/// Lexicon `app.bsky.embed.video`; the length is what its app takes.
static VIDEO: Film = Film {
    most: Some(1),
    max_bytes: Some(300_000_000),
    max_ms: Some(180_000),
    mime_types: &["video/mp4"],
    alt: FilmAlt::UpTo(1000, 10_000),
    firm: Firm::InBytes,
    ..Film::ANY
};

static OFFERS: Offers = Offers {
    warning: WarningStyle::Prefix,
    threads: true,
    replies: true,
    language: true,
    visibility: false,
    card: true,
    topic: false,
    title: false,
    tags: false,
    needs_text: false,
    max_media: Some(4),
    max_alt: None,
    max_image_bytes: Some(CAUTIOUS_IMAGE_BYTES),
    mime_types: &[],
    video: Some(&VIDEO),
    document: None,
    mixes: false,
    needs_video: false,
};

impl Rules for Bluesky {
    fn unit(&self) -> Unit {
        Unit::Clusters
    }

    fn offers(&self) -> &'static Offers {
        &OFFERS
    }

    fn default_limit(&self) -> Option<u32> {
        Some(MAX_CLUSTERS)
    }

    fn byte_limit(&self) -> Option<u32> {
        Some(MAX_BYTES)
    }

    fn walk(&self, text: &str, _facts: &Facts, each: &mut dyn FnMut(Atom)) {
        walk_clusters(text, |_| 1, each);
    }

    fn used(&self, text: &str, _warning: &str, _facts: &Facts) -> usize {
        clusters::of(text).count()
    }

    fn facets(&self, plain: &str, facts: &Facts) -> Vec<Facet> {
        let mut facets = detect(plain);
        for facet in &mut facets {
            if let Feature::Mention { handle, did } = &mut facet.feature {
                *did = facts.handles.get(handle).cloned().flatten();
            }
        }
        facets
    }

    fn naming(&self) -> Option<&'static dyn Naming> {
        Some(&Bluesky)
    }

    fn facets_naming(
        &self,
        named: &[Named],
        facts: &Facts,
        facets: &mut Vec<Facet>,
        notes: &mut Vec<String>,
    ) {
        for one in named {
            let (start, end) = (one.range.start, one.range.end);
            let is_mention = |facet: &Facet| {
                (facet.byte_start, facet.byte_end) == (start, end)
                    && matches!(facet.feature, Feature::Mention { .. })
            };
            if facets.iter().any(is_mention) {
                continue;
            }
            // The official client looks for mentions after blanks only; who is in the directory is meant wherever they stand.
            facets.retain(|facet| facet.byte_end <= start || end <= facet.byte_start);
            let did = facts.handles.get(&one.handle).cloned();
            if did == Some(None) {
                notes.push(nobody(&one.handle));
            }
            facets.push(Facet {
                byte_start: start,
                byte_end: end,
                feature: Feature::Mention {
                    handle: one.handle.clone(),
                    did: did.flatten(),
                },
            });
        }
        facets.sort_by_key(|facet| facet.byte_start);
    }

    fn remark(&self, plain: &str, _count: &Count, facts: &Facts, notes: &mut Vec<String>) {
        for facet in detect(plain) {
            if let Feature::Mention { handle, .. } = facet.feature
                && facts.handles.get(&handle) == Some(&None)
            {
                notes.push(nobody(&handle));
            }
        }
    }
}

fn nobody(handle: &str) -> String {
    format!("@{handle} is not on Bluesky and stays plain text")
}

impl Naming for Bluesky {
    fn handle(&self, written: &str) -> Result<String, String> {
        let handle = naming::bare(written, &["bsky.app"]).to_ascii_lowercase();
        let whole = format!("@{handle}");
        if mention(&whole, 0).is_some_and(|facet| facet.byte_end == whole.len()) {
            return Ok(handle);
        }
        Err(format!(
            "`{written}` is no Bluesky handle: write it in full, like ada.bsky.social or example.org"
        ))
    }

    fn example(&self) -> &'static str {
        "the whole handle, like ada.bsky.social"
    }

    fn mention(&self, _name: &str, handle: &str) -> String {
        format!("@{handle}")
    }
}

/// Returns the links, mentions, hashtags and cashtags that the official client would find.
///
/// In order, never overlapping. Mentions come without identity.
pub fn detect(text: &str) -> Vec<Facet> {
    let mut facets = Vec::new();
    for (at, c) in text.char_indices() {
        match c {
            '@' if opens(text, at, Opener::SpaceOrParenthesis) => facets.extend(mention(text, at)),
            '#' | '＃' if opens(text, at, Opener::Space) => facets.extend(hashtag(text, at, c)),
            '$' if opens(text, at, Opener::SpaceOrParenthesis) => facets.extend(cashtag(text, at)),
            _ => {}
        }
    }
    links(text, &mut facets);
    facets.sort_by_key(|facet| (facet.byte_start, usize::MAX - facet.byte_end));
    let mut end = 0;
    facets.retain(|facet| {
        let free = facet.byte_start >= end;
        if free {
            end = facet.byte_end;
        }
        free
    });
    facets
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Opener {
    Space,
    SpaceOrParenthesis,
}

/// Whether a span may begin at `at`: at the start of the text or after an opener.
fn opens(text: &str, at: usize, opener: Opener) -> bool {
    text[..at].chars().next_back().is_none_or(|before| {
        is_space(before) || (before == '(' && opener == Opener::SpaceOrParenthesis)
    })
}

fn mention(text: &str, at: usize) -> Option<Facet> {
    let bytes = text.as_bytes();
    let in_handle = |b: &u8| b.is_ascii_alphanumeric() || matches!(b, b'.' | b'-');
    let in_word = |b: &u8| b.is_ascii_alphanumeric() || *b == b'_';
    let start = at + 1;
    let run = start + bytes[start..].iter().take_while(|b| in_handle(b)).count();
    // The handle ends at the last word boundary: `@a.com.` without the dot.
    let end = (start + 1..=run)
        .rev()
        .find(|&end| in_word(&bytes[end - 1]) != bytes.get(end).is_some_and(in_word))?;
    let handle = &text[start..end];
    (has_ending(handle) || handle.ends_with(".test")).then(|| Facet {
        byte_start: at,
        byte_end: end,
        feature: Feature::Mention {
            handle: handle.to_owned(),
            did: None,
        },
    })
}

fn has_ending(domain: &str) -> bool {
    domain
        .rsplit_once('.')
        .is_some_and(|(_, ending)| tld::is_current(ending))
}

fn hashtag(text: &str, at: usize, sign: char) -> Option<Facet> {
    let start = at + sign.len_utf8();
    let rest = &text[start..];
    let run = rest
        .find(|c| is_space(c) || is_invisible(c))
        .map_or(rest, |end| &rest[..end]);
    if run.starts_with('\u{fe0f}') || run.chars().all(|c| c.is_ascii_digit() || is_punctuation(c)) {
        return None;
    }
    let tag = run.trim_end_matches(is_punctuation);
    // A code point takes at most two units, so a long run is told from a short one without reading it all.
    (!tag.is_empty() && tag.encode_utf16().take(MAX_TAG + 1).count() <= MAX_TAG).then(|| Facet {
        byte_start: at,
        byte_end: start + tag.len(),
        feature: Feature::Tag {
            tag: tag.to_owned(),
        },
    })
}

fn cashtag(text: &str, at: usize) -> Option<Facet> {
    let rest = &text[at + 1..];
    let length = rest
        .bytes()
        .take(6)
        .take_while(u8::is_ascii_alphanumeric)
        .count();
    let follows = rest[length..].chars().next();
    let ends = follows.is_none_or(|c| {
        is_space(c)
            || matches!(
                c,
                '.' | ',' | ';' | ':' | '!' | '?' | ')' | '"' | '\'' | '\u{2019}'
            )
    });
    let letter = rest.starts_with(|c: char| c.is_ascii_alphabetic());
    (letter && (1..=5).contains(&length) && ends).then(|| Facet {
        byte_start: at,
        byte_end: at + 1 + length,
        feature: Feature::Tag {
            tag: format!("${}", rest[..length].to_ascii_uppercase()),
        },
    })
}

fn links(text: &str, facets: &mut Vec<Facet>) {
    let mut taken = 0;
    let mut at = 0;
    loop {
        if at >= taken
            && let Some(length) = link_length(&text[at..])
        {
            taken = at + length;
            facets.extend(link(text, at, taken));
        }
        // The next place where a link may begin.
        match text[at..].find(|c| is_space(c) || c == '(') {
            Some(offset) => {
                at += offset + text[at + offset..].chars().next().map_or(1, char::len_utf8)
            }
            None => return,
        }
    }
}

/// Returns how far the link reaches that begins here: to the next white space.
fn link_length(rest: &str) -> Option<usize> {
    let has_scheme = ["https://", "http://"].iter().any(|scheme| {
        let (head, tail) = (rest.get(..scheme.len()), rest.get(scheme.len()..));
        head.is_some_and(|head| head.eq_ignore_ascii_case(scheme))
            && tail
                .and_then(|tail| tail.chars().next())
                .is_some_and(|c| !is_space(c))
    });
    if !has_scheme && bare_domain(rest).is_none() {
        return None;
    }
    Some(rest.find(is_space).unwrap_or(rest.len()))
}

/// Returns the end of the domain that the text begins with: ASCII labels, the first starting with a letter.
fn bare_domain(rest: &str) -> Option<usize> {
    let bytes = rest.as_bytes();
    let label = |from: usize| {
        bytes[from..]
            .iter()
            .take_while(|b| b.is_ascii_alphanumeric())
            .count()
    };
    if !bytes.first()?.is_ascii_alphabetic() {
        return None;
    }
    let first = label(0);
    let mut end = first;
    while bytes.get(end) == Some(&b'.') {
        let length = label(end + 1);
        if length == 0 {
            break;
        }
        end += 1 + length;
    }
    (end > first).then_some(end)
}

fn link(text: &str, start: usize, end: usize) -> Option<Facet> {
    let mut shown = &text[start..end];
    let scheme = ["https://", "http://"]
        .iter()
        .find(|scheme| shown.starts_with(**scheme));
    if scheme.is_none() {
        let domain = bare_domain(shown)?;
        if !has_ending(&shown[..domain]) {
            return None;
        }
    }
    shown = shown
        .strip_suffix(['.', ',', ';', ':', '!', '?'])
        .unwrap_or(shown);
    if !shown.contains('(') {
        shown = shown.strip_suffix(')').unwrap_or(shown);
    }
    let uri = match scheme {
        // The schema refuses an address without a host, and with it the whole post.
        Some(scheme) if shown.len() <= scheme.len() || shown[scheme.len()..].starts_with('/') => {
            return None;
        }
        Some(_) => shown.to_owned(),
        None => format!("https://{shown}"),
    };
    Some(Facet {
        byte_start: start,
        byte_end: start + shown.len(),
        feature: Feature::Link { uri },
    })
}

/// JavaScript's white space, which the official client goes by.
fn is_space(c: char) -> bool {
    matches!(c, '\t'..='\r' | ' ' | '\u{a0}' | '\u{1680}' | '\u{2000}'..='\u{200a}' | '\u{2028}' | '\u{2029}')
        || matches!(c, '\u{202f}' | '\u{205f}' | '\u{3000}' | '\u{feff}')
}

/// Characters without width, which end a hashtag.
fn is_invisible(c: char) -> bool {
    matches!(
        c,
        '\u{ad}' | '\u{2060}' | '\u{200b}'..='\u{200d}' | '\u{20e2}'
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    fn spans(text: &str) -> Vec<&str> {
        detect(text)
            .into_iter()
            .map(|facet| &text[facet.byte_start..facet.byte_end])
            .collect()
    }

    #[test]
    fn links_mentions_and_tags_are_found_in_bytes() {
        let text = "ñ @atproto.com #tag, (https://example.com/a_(b)). example.org!";
        assert_eq!(
            spans(text),
            [
                "@atproto.com",
                "#tag",
                "https://example.com/a_(b))",
                "example.org"
            ]
        );
    }

    #[test]
    fn an_address_that_the_schema_refuses_is_no_link() {
        assert_eq!(spans("http:///x https://) https://?"), [""; 0]);
        let facets = detect("httpbin.org/get");
        assert_eq!(
            facets[0].feature,
            Feature::Link {
                uri: "https://httpbin.org/get".to_owned()
            }
        );
    }

    #[test]
    fn spans_never_overlap() {
        let text = "https://a.com/(@b.com (https://c.com)";
        assert_eq!(spans(text), ["https://a.com/(@b.com", "https://c.com"]);
    }

    #[test]
    fn hostile_texts_take_linear_time() {
        for pattern in [
            "@", "@a", "#", " #", " #!", "(", "(a.com", "http://", " http://", " $A", " @a.",
            "\u{301}",
        ] {
            let started = std::time::Instant::now();
            let _ = detect(&pattern.repeat(50_000));
            assert!(started.elapsed().as_secs() < 3, "{pattern}");
        }
    }
}
