//! X: weighted code points after normalisation, a link counts 23, an emoji sequence 2.
//!
//! Pure and linear. Source: twitter-text 3.1 with its configurations v1, v2 and v3 (October 2021), and X's
//! documentation "Counting characters" (August 2026). How it is sent: `platforms/x.rs`.

use super::fit::{Animation, Bounds};
use super::links::{self, Dialect};
use super::naming::{self, Naming};
use super::rules::{Atom, Film, Firm, Offers, Rules, WarningStyle};
use super::{clusters, emoji, hashtags, link_chars};
use crate::domain::{Count, Facts, Unit};
use std::borrow::Cow;
use std::ops::Range;
use unicode_normalization::{IsNormalized, UnicodeNormalization, is_nfc_quick};

/// X's rule.
#[derive(Debug)]
pub(super) struct X;

/// The numbers of one of twitter-text's configurations.
#[derive(Clone, Copy, Debug)]
pub struct Config {
    /// Longest text, in units of weight by `scale`.
    pub max_length: u32,
    /// What the weights are divided by.
    pub scale: u32,
    /// Weight of a code point in no range, and of an emoji.
    pub default_weight: u32,
    /// What a link counts.
    pub url_length: u32,
    /// First and last code point of ranges with a weight of their own.
    pub ranges: &'static [(u32, u32, u32)],
    /// Whether an emoji sequence counts as one.
    pub emoji: bool,
}

/// The present rule (2018).
pub const V3: Config = Config { emoji: true, ..V2 };

/// 280 weighted code points, emoji by their parts (2017).
pub const V2: Config = Config {
    max_length: 280,
    scale: 100,
    default_weight: 200,
    url_length: 23,
    ranges: &[
        (0, 4351, 100),
        (8192, 8205, 100),
        (8208, 8223, 100),
        (8242, 8247, 100),
    ],
    emoji: false,
};

/// The old rule of 140 code points.
pub const V1: Config = Config {
    max_length: 140,
    scale: 1,
    default_weight: 1,
    ranges: &[],
    ..V2
};

/// docs.x.com, media best practices (2026-08).
static VIDEO: Film = Film {
    most: Some(1),
    max_bytes: Some(512_000_000),
    max_ms: Some(140_000),
    min_ms: Some(500),
    mime_types: &["video/mp4", "video/quicktime"],
    firm: Firm::UnlessPaidFor,
    ..Film::ANY
};

static OFFERS: Offers = Offers {
    warning: WarningStyle::Prefix,
    threads: true,
    replies: true,
    language: false,
    visibility: false,
    card: false,
    topic: false,
    title: false,
    tags: false,
    needs_text: true,
    max_media: Some(4),
    max_alt: Some(1000),
    max_image_bytes: Some(5_000_000),
    mime_types: &["image/jpeg", "image/png", "image/gif", "image/webp"],
    video: Some(&VIDEO),
    document: None,
    mixes: false,
    needs_video: false,
};

/// Longest name of an account, in characters.
const LONGEST_ACCOUNT: usize = 15;

impl Naming for X {
    fn handle(&self, written: &str) -> Result<String, String> {
        let handle = naming::bare(written, &["x.com", "twitter.com"]);
        let fits = |c: char| c.is_ascii_alphanumeric() || c == '_';
        if (1..=LONGEST_ACCOUNT).contains(&handle.len()) && handle.chars().all(fits) {
            return Ok(handle.to_owned());
        }
        Err(format!(
            "`{written}` is no X handle: write up to 15 letters, digits and _, like ada_lovelace"
        ))
    }

    fn example(&self) -> &'static str {
        "like ada_lovelace"
    }

    fn mention(&self, _name: &str, handle: &str) -> String {
        format!("@{handle}")
    }

    fn is_read(&self, plain: &str, range: Range<usize>) -> bool {
        let before = plain[..range.start].chars().next_back();
        let after = plain[range.end..].chars().next();
        let joins = |c: char| c.is_ascii_alphanumeric() || "_@＠!#$%&*".contains(c);
        !before.is_some_and(joins)
            && !after.is_some_and(|c| {
                c.is_ascii_alphanumeric()
                    || matches!(c, '_' | '@')
                    || link_chars::is_latin_accent(c)
            })
    }
}

impl Rules for X {
    fn unit(&self) -> Unit {
        Unit::Weighted
    }

    fn offers(&self) -> &'static Offers {
        &OFFERS
    }

    fn default_limit(&self) -> Option<u32> {
        Some(V3.max_length)
    }

    fn picture_bounds(&self) -> Bounds {
        Bounds {
            pixels: None,
            // docs.x.com, media best practices, read 2026-11: "4 images, or 1 GIF".
            animation: Animation {
                bytes: Some(15_000_000),
                sides: Some((1280, 1080)),
                ..Animation::default()
            },
        }
    }

    fn naming(&self) -> Option<&'static dyn Naming> {
        Some(&X)
    }

    fn walk(&self, text: &str, _facts: &Facts, each: &mut dyn FnMut(Atom)) {
        let normal = Normal::new(text);
        let mut pending: Option<Atom> = None;
        let mut cluster_end = 0;
        let mut segment = 0;
        tokens(&normal.text, &V3, |start, weight, is_link| {
            let used = weight / V3.scale;
            match &mut pending {
                Some(atom) if start < cluster_end && !is_link => atom.used += used,
                _ => {
                    cluster_end = clusters::end_from(&normal.text, start);
                    let start = normal.source_of(start, &mut segment);
                    pending
                        .replace(Atom { start, used })
                        .into_iter()
                        .for_each(&mut *each);
                }
            }
        });
        pending.into_iter().for_each(each);
    }

    fn used(&self, text: &str, _warning: &str, _facts: &Facts) -> usize {
        length(text, &V3) as usize
    }

    fn refusal(&self, text: &str) -> Option<String> {
        let refused = text.chars().find(|&c| link_chars::is_invalid(c))?;
        Some(format!(
            "X refuses the character U+{:04X}: remove it",
            refused as u32
        ))
    }

    fn refused_media(&self, types: &[&str]) -> Option<String> {
        let moves = types.contains(&"image/gif") && types.len() > 1;
        moves.then(|| "X takes a GIF alone: remove it, or the other pictures".to_owned())
    }

    fn remark(&self, plain: &str, _count: &Count, _facts: &Facts, notes: &mut Vec<String>) {
        if hashtags::find_cashtags(plain).len() > 1 {
            notes.push("X takes one cashtag ($ABC) in a post on most plans".to_owned());
        }
    }
}

/// Returns the weighted length of a text.
pub fn length(text: &str, config: &Config) -> u32 {
    let mut weight = 0_u64;
    tokens(&normalised(text), config, |_, each, _| {
        weight += u64::from(each)
    });
    u32::try_from(weight / u64::from(config.scale)).unwrap_or(u32::MAX)
}

/// Returns a text in the form in which two readings of it are compared: normalised, and each link without what X may
/// add to it or take from it (a scheme, a last slash, capitals of the host).
pub fn as_compared(text: &str) -> String {
    let text = normalised(text);
    let mut whole = String::with_capacity(text.len());
    let mut at = 0;
    for link in links::find(&text, Dialect::X) {
        whole.push_str(&text[at..link.start]);
        at = link.end;
        let link = &text[link];
        let bare = (["https://", "http://"].iter())
            .find_map(|scheme| {
                let start = link.get(..scheme.len())?;
                (start.eq_ignore_ascii_case(scheme)).then(|| &link[scheme.len()..])
            })
            .unwrap_or(link);
        let host = bare.find(['/', '?', '#']).unwrap_or(bare.len());
        whole.push_str(&bare[..host].to_lowercase());
        whole.push_str(bare[host..].trim_end_matches('/'));
    }
    whole.push_str(&text[at..]);
    whole.trim().to_owned()
}

/// What twitter-text's `parseTweet` says of a text.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Parsed {
    /// Weighted length.
    pub weighted_length: u32,
    /// Not empty, not too long, and without characters that X refuses.
    pub valid: bool,
    /// Thousandths of the limit.
    pub permillage: u32,
    /// Last UTF-16 unit of the text that is within the limit, as the library tells it.
    pub valid_range_end: usize,
    /// Last UTF-16 unit of the text.
    pub display_range_end: usize,
}

/// Measures a text as twitter-text's `parseTweet` does.
pub fn parse(text: &str, config: &Config) -> Parsed {
    let normal = normalised(text);
    let limit = u64::from(config.max_length) * u64::from(config.scale);
    let mut weight = 0_u64;
    let mut starts: Vec<(usize, u64)> = Vec::new();
    tokens(&normal, config, |start, each, _| {
        weight += u64::from(each);
        starts.push((start, weight));
    });
    let mut allowed = true;
    let (mut unit, mut valid_end) = (0, 0);
    for (index, &(start, so_far)) in starts.iter().enumerate() {
        let end = starts.get(index + 1).map_or(normal.len(), |next| next.0);
        let token = &normal[start..end];
        allowed &= !token.contains(link_chars::is_invalid);
        unit += token.encode_utf16().count();
        if allowed && so_far <= limit {
            valid_end = unit - 1;
        }
    }
    let units = text.encode_utf16().count();
    let weighted_length = u32::try_from(weight / u64::from(config.scale)).unwrap_or(u32::MAX);
    Parsed {
        weighted_length,
        valid: allowed && weight > 0 && weight <= limit,
        permillage: (u64::from(weighted_length) * 1000 / u64::from(config.max_length)) as u32,
        valid_range_end: (valid_end + units).saturating_sub(unit),
        display_range_end: units.saturating_sub(1),
    }
}

/// Calls `each` with the start and weight of every link, emoji and other code point of a normalised text.
fn tokens(text: &str, config: &Config, mut each: impl FnMut(usize, u32, bool)) {
    let links = if text.contains('.') {
        links::find(text, Dialect::X)
    } else {
        Vec::new()
    };
    let mut links = links.into_iter().peekable();
    let bytes = text.as_bytes();
    let mut at = 0;
    while at < bytes.len() {
        if let Some(link) = links.next_if(|link| link.start == at) {
            each(at, config.url_length * config.scale, true);
            at = link.end;
            continue;
        }
        // Only a keycap makes an emoji of an ASCII character, and none is followed by ASCII.
        let plain = bytes[at].is_ascii() && bytes.get(at + 1).is_none_or(u8::is_ascii);
        if config.emoji
            && !plain
            && let Some(length) = emoji::leading(&text[at..])
        {
            each(at, config.default_weight, false);
            at += length;
            continue;
        }
        let c = text[at..].chars().next().unwrap_or('\0');
        each(at, weight_of(c, config), false);
        at += c.len_utf8();
    }
}

fn weight_of(c: char, config: &Config) -> u32 {
    // The library looks at UTF-16 units: a code point beyond the first plane is in no range.
    config
        .ranges
        .iter()
        .find(|(first, last, _)| (*first..=*last).contains(&(c as u32)))
        .map_or(config.default_weight, |range| range.2)
}

fn normalised(text: &str) -> Cow<'_, str> {
    if text.is_ascii() || is_nfc_quick(text.chars()) == IsNormalized::Yes {
        Cow::Borrowed(text)
    } else {
        Cow::Owned(text.nfc().collect())
    }
}

/// A normalised text with the way back, cluster by cluster.
struct Normal<'a> {
    text: Cow<'a, str>,
    /// Where each cluster starts here and in the source; empty when nothing changed.
    starts: Vec<(usize, usize)>,
}

impl<'a> Normal<'a> {
    fn new(source: &'a str) -> Self {
        let text = normalised(source);
        let mut starts = Vec::new();
        if matches!(text, Cow::Owned(_)) {
            // No composition crosses the boundary of a cluster, so the lengths of the parts add up.
            let mut here = 0;
            for cluster in clusters::of(source) {
                starts.push((here, cluster.start));
                here += source[cluster].nfc().map(char::len_utf8).sum::<usize>();
            }
        }
        Self { text, starts }
    }

    /// Returns the byte in the source; `segment` is where the last call left off.
    fn source_of(&self, at: usize, segment: &mut usize) -> usize {
        while self
            .starts
            .get(*segment + 1)
            .is_some_and(|next| next.0 <= at)
        {
            *segment += 1;
        }
        self.starts.get(*segment).map_or(at, |start| start.1)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn cjk_weighs_two_and_a_link_23_scheme_or_not() {
        assert_eq!(length("abc", &V3), 3);
        assert_eq!(length("日本", &V3), 4);
        assert_eq!(length("see example.com", &V3), 27);
        assert_eq!(
            length(
                "https://example.com/a/very/long/path/that/counts/the/same",
                &V3
            ),
            23
        );
        assert_eq!(length("…", &V3), 2);
    }

    #[test]
    fn an_emoji_sequence_weighs_two() {
        for text in ["😀", "👨‍👩‍👧‍👦", "🙋🏽", "🇳🇴", "1⃣", "☺", "©️"]
        {
            assert_eq!(length(text, &V3), 2, "{text}");
        }
        assert_eq!(length("👨‍👩‍👧‍👦", &V2), 11);
        assert_eq!((length("©", &V3), length("™", &V3)), (1, 2));
    }

    #[test]
    fn pieces_of_a_text_that_normalising_changes_start_in_the_source() {
        let mut atoms = Vec::new();
        X.walk("e\u{301}x\u{fb2c}y", &Facts::default(), &mut |atom| {
            atoms.push((atom.start, atom.used))
        });
        assert_eq!(atoms, [(0, 1), (3, 1), (4, 3), (7, 1)]);
    }

    #[test]
    fn two_readings_of_a_link_are_the_same_and_two_links_are_not() {
        let same = |a: &str, b: &str| as_compared(a) == as_compared(b);
        assert!(same(
            "see Example.org/A, yes ",
            "see http://example.org/A/, yes"
        ));
        assert!(same(
            "e\u{301} https://example.org",
            "\u{e9} http://EXAMPLE.org/"
        ));
        assert!(!same("https://example.org/a", "https://example.org/A"));
        assert!(!same("https://example.org/a", "https://example.org/a/b"));
        assert!(!same("Yes", "yes"));
    }

    #[test]
    fn a_gif_goes_alone() {
        assert_eq!(X.refused_media(&["image/gif"]), None);
        assert_eq!(X.refused_media(&["image/png", "image/jpeg"]), None);
        let said = X.refused_media(&["image/png", "image/gif"]).unwrap();
        assert!(said.contains("a GIF alone"), "{said}");
    }

    #[test]
    fn refused_characters_make_it_invalid() {
        assert!(!parse("ABC\u{feff}", &V3).valid);
        assert!(!parse("", &V3).valid);
        assert!(parse(" ", &V3).valid);
        assert!(
            X.refusal("a\u{ffff}")
                .is_some_and(|reason| reason.contains("U+FFFF"))
        );
    }
}
