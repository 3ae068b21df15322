//! What a platform must say about itself to be counted and composed for.
//!
//! `Offers` is what differs as data, `Rules` what differs as code. One implementation per file; the
//! registry is in `mod.rs`. Nothing here knows a platform by name.

use super::fit::Bounds;
use super::naming::{Named, Naming};
use super::options::OptionSpec;
use crate::domain::{Count, Facet, Facts, Measure, PartMedia, Unit, Visibility};
use std::ops::Range;

/// A piece of text that is counted as one and never cut: a grapheme cluster, a link, a mention.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Atom {
    /// First byte in the text; the piece reaches to the next one's start.
    pub start: usize,
    /// What it adds, in the platform's unit.
    pub used: u32,
}

/// What happens to a content warning.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum WarningStyle {
    /// It goes in a field of its own and counts with the text.
    CountedField,
    /// It goes in a field of its own.
    Field,
    /// It is written before the text.
    Prefix,
    /// The text is folded away under it.
    Spoiler,
}

/// What a platform offers beside text.
#[derive(Debug)]
pub(super) struct Offers {
    pub warning: WarningStyle,
    pub threads: bool,
    pub replies: bool,
    pub language: bool,
    pub visibility: bool,
    pub card: bool,
    pub topic: bool,
    pub title: bool,
    pub tags: bool,
    /// A post without media may not be without text either.
    pub needs_text: bool,
    pub max_media: Option<u32>,
    /// Longest alt text, in code points.
    pub max_alt: Option<u32>,
    pub max_image_bytes: Option<u64>,
    /// Image types that are taken; empty when not known.
    pub mime_types: &'static [&'static str],
    /// What is taken of videos; `None` where none can be sent.
    pub video: Option<&'static Film>,
    /// What is taken of documents; `None` where none can be sent.
    pub document: Option<&'static Film>,
    /// Whether pictures, videos and documents go together.
    pub mixes: bool,
    /// Whether there is no post without a video.
    pub needs_video: bool,
}

/// What a platform takes of videos, or of documents.
#[derive(Debug)]
pub(super) struct Film {
    /// Most of them on one post.
    pub most: Option<u32>,
    pub max_bytes: Option<u64>,
    pub min_bytes: Option<u64>,
    /// Longest and shortest, in milliseconds.
    pub max_ms: Option<u64>,
    pub min_ms: Option<u64>,
    /// Most pixels, width times height.
    pub max_pixels: Option<u64>,
    /// Most frames in a second.
    pub max_rate: Option<u32>,
    /// Types that are taken; empty where all are. What the server says wins.
    pub mime_types: &'static [&'static str],
    /// Whether an alt text goes with it.
    pub alt: FilmAlt,
    /// Whether what the server says of pictures' size holds for them too.
    pub as_pictures: bool,
    /// How sure the numbers are.
    pub firm: Firm,
}

impl Film {
    /// Anything.
    pub const ANY: Self = Self {
        most: None,
        max_bytes: None,
        min_bytes: None,
        max_ms: None,
        min_ms: None,
        max_pixels: None,
        max_rate: None,
        mime_types: &[],
        alt: FilmAlt::NotAsked,
        as_pictures: false,
        firm: Firm::Always,
    };
}

/// What is said of the alt text of a video.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum FilmAlt {
    /// It is not asked for.
    NotAsked,
    /// It goes with the video, as long as that of a picture.
    AsPictures,
    /// It goes with the video: at most so many characters as people see them, and bytes.
    UpTo(usize, usize),
}

/// How sure the numbers about videos are.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Firm {
    /// The platform says so.
    Always,
    /// Accounts that pay, which the user told by their own limit of characters, may do more.
    UnlessPaidFor,
    /// Others say so: a note, never a refusal.
    Hearsay,
    /// The platform says how many bytes, others say how long it may play.
    InBytes,
}

/// The counting and composing rule of one platform.
pub(super) trait Rules: Sync {
    /// What the text is counted in.
    fn unit(&self) -> Unit;

    /// What there is beside the text.
    fn offers(&self) -> &'static Offers;

    /// What each variant may choose beside the text; none where the platform has nothing of the kind.
    fn options(&self) -> &'static [OptionSpec] {
        &[]
    }

    /// Longest text where neither server nor user say otherwise.
    fn default_limit(&self) -> Option<u32>;

    /// Longest text in bytes, where that is limited as well.
    fn byte_limit(&self) -> Option<u32> {
        None
    }

    /// Calls `each` with the pieces of a text, in order.
    fn walk(&self, text: &str, facts: &Facts, each: &mut dyn FnMut(Atom));

    /// Returns the length of a text with the warning that counts with it.
    fn used(&self, text: &str, warning: &str, facts: &Facts) -> usize {
        let _ = warning;
        let mut sum = 0_usize;
        self.walk(text, facts, &mut |atom| sum += atom.used as usize);
        sum
    }

    /// Whether the captions of a video go with it; elsewhere they are left out.
    fn takes_captions(&self) -> bool {
        false
    }

    /// Returns what pictures may be beside `offers`.
    fn picture_bounds(&self) -> Bounds {
        Bounds::default()
    }

    /// Returns what of a text the platform keeps.
    fn kept(&self, text: &str) -> Range<usize> {
        0..text.len()
    }

    /// Returns why the platform takes the text at no length.
    fn refusal(&self, text: &str) -> Option<String> {
        let _ = text;
        None
    }

    /// Returns why the platform does not take pictures of these types together.
    fn refused_media(&self, types: &[&str]) -> Option<String> {
        let _ = types;
        None
    }

    /// Returns why the platform takes a title, topic or tag at no length.
    fn refused_extra(&self, extras: &Extras<'_>) -> Option<String> {
        let _ = extras;
        None
    }

    /// Returns why a post cannot be for those alone whom a visibility means.
    fn refused_visibility(&self, wanted: Visibility) -> Option<String> {
        let _ = wanted;
        None
    }

    /// Returns what pictures add to the text of part 1; nothing where they go beside it.
    fn enclose(&self, media: &[PartMedia]) -> Enclosed {
        let _ = media;
        Enclosed::default()
    }

    /// Returns the text in the form in which it is sent.
    fn encode(&self, plain: &str) -> String {
        plain.to_owned()
    }

    /// Returns the spans that the platform wants to be told.
    fn facets(&self, plain: &str, facts: &Facts) -> Vec<Facet> {
        let _ = (plain, facts);
        Vec::new()
    }

    /// Returns how people are named; `None` where nobody has a handle.
    fn naming(&self) -> Option<&'static dyn Naming> {
        None
    }

    /// Returns the text in the form in which it is sent, with those whom it names.
    fn encode_naming(&self, plain: &str, named: &[Named]) -> String {
        let _ = named;
        self.encode(plain)
    }

    /// Adds the spans of those whom the text names, where the platform would not find them by itself.
    fn facets_naming(
        &self,
        named: &[Named],
        facts: &Facts,
        facets: &mut Vec<Facet>,
        notes: &mut Vec<String>,
    ) {
        let _ = (named, facts, facets, notes);
    }

    /// Adds what the author may want to know about a finished part.
    fn remark(&self, plain: &str, count: &Count, facts: &Facts, notes: &mut Vec<String>) {
        let _ = (plain, count, facts, notes);
    }

    /// Adds the measures of title, topic and tags.
    fn measure_extras(&self, extras: &Extras<'_>, facts: &Facts, count: &mut Count) {
        let _ = (extras, facts, count);
    }
}

/// Pictures that are written into the text.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Enclosed {
    /// What is sent after the author's own text; the server's addresses stand where its names for the pictures do.
    pub text: String,
    /// How long that can become at the most, in the platform's unit.
    pub used: usize,
}

/// What is measured beside the text.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Extras<'a> {
    pub title: Option<&'a str>,
    pub topic: Option<&'a str>,
    pub tags: &'a [String],
    /// What pictures add to the length of the text.
    pub enclosed: usize,
}

/// Returns the longest text: as the server says, else as the user set, else the platform's default.
pub(super) fn limit(rules: &dyn Rules, facts: &Facts) -> Option<u32> {
    let told = facts
        .limits
        .as_ref()
        .and_then(|limits| limits.max_characters);
    told.or(facts.account_limit).or(rules.default_limit())
}

/// Measures a text of which the platform keeps everything.
pub(super) fn measure(
    rules: &dyn Rules,
    text: &str,
    warning: &str,
    extras: &Extras<'_>,
    has_media: bool,
    facts: &Facts,
) -> Count {
    let mut count = Count {
        text: Measure::new(
            rules.used(text, warning, facts) + extras.enclosed,
            limit(rules, facts),
        ),
        unit: rules.unit(),
        bytes: rules
            .byte_limit()
            .map(|limit| Measure::new(text.len(), Some(limit))),
        ..Count::default()
    };
    rules.measure_extras(extras, facts, &mut count);
    let measures = [count.bytes, count.title, count.topic, count.tags];
    let too_empty = rules.offers().needs_text && text.is_empty() && !has_media;
    count.fits = count.text.fits()
        && measures.into_iter().flatten().all(Measure::fits)
        && !too_empty
        && rules.refusal(text).is_none()
        && rules.refused_extra(extras).is_none();
    count
}

/// Walks grapheme clusters, each weighing what `weigh` says.
pub(super) fn walk_clusters(text: &str, weigh: impl Fn(&str) -> usize, each: &mut dyn FnMut(Atom)) {
    for range in super::clusters::of(text) {
        let used = u32::try_from(weigh(&text[range.clone()])).unwrap_or(u32::MAX);
        each(Atom {
            start: range.start,
            used,
        });
    }
}
