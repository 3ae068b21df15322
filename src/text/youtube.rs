//! YouTube: a title of 100 characters, a description of 5000 bytes, tags of 500 characters in all.
//!
//! Pure. Source: YouTube Data API v3, `VideoSnippet` (discovery 20240514) and the reference's error table.
//! How it is sent: `platforms/youtube.rs`.

use super::rules::{Atom, Extras, Film, Offers, Rules, WarningStyle, walk_clusters};
use crate::domain::{Count, Facts, Measure, Unit};

/// YouTube's rule.
#[derive(Debug)]
pub(super) struct YouTube;

const MAX_TITLE: u32 = 100;
const MAX_DESCRIPTION_BYTES: u32 = 5000;
const MAX_TAGS: u32 = 500;

/// developers.google.com/youtube/v3, videos.insert: 256 GB or 12 hours; over 15 minutes the channel must be verified.
static VIDEO: Film = Film {
    most: Some(1),
    max_bytes: Some(274_877_906_944),
    max_ms: Some(12 * 3_600_000),
    ..Film::ANY
};

static OFFERS: Offers = Offers {
    warning: WarningStyle::Prefix,
    threads: false,
    replies: false,
    language: true,
    visibility: false,
    card: false,
    topic: false,
    title: true,
    tags: true,
    needs_text: false,
    max_media: Some(1),
    max_alt: None,
    max_image_bytes: None,
    mime_types: &[],
    video: Some(&VIDEO),
    document: None,
    mixes: false,
    needs_video: true,
};

impl Rules for YouTube {
    fn unit(&self) -> Unit {
        Unit::Bytes
    }

    fn offers(&self) -> &'static Offers {
        &OFFERS
    }

    fn default_limit(&self) -> Option<u32> {
        Some(MAX_DESCRIPTION_BYTES)
    }

    fn walk(&self, text: &str, _facts: &Facts, each: &mut dyn FnMut(Atom)) {
        walk_clusters(text, str::len, each);
    }

    fn used(&self, text: &str, _warning: &str, _facts: &Facts) -> usize {
        text.len()
    }

    fn refusal(&self, text: &str) -> Option<String> {
        has_angle(text)
            .then(|| "YouTube refuses < and > in a description: write them in words".to_owned())
    }

    fn refused_extra(&self, extras: &Extras<'_>) -> Option<String> {
        let title = extras.title?;
        if title.trim().is_empty() {
            return Some("YouTube needs a title: give the post one".to_owned());
        }
        has_angle(title)
            .then(|| "YouTube refuses < and > in a title: write them in words".to_owned())
    }

    fn measure_extras(&self, extras: &Extras<'_>, _facts: &Facts, count: &mut Count) {
        count.title = extras
            .title
            .map(|title| Measure::new(title.chars().count(), Some(MAX_TITLE)));
        if !extras.tags.is_empty() {
            count.tags = Some(Measure::new(tags_length(extras.tags), Some(MAX_TAGS)));
        }
    }
}

fn has_angle(text: &str) -> bool {
    text.contains(['<', '>'])
}

/// Returns the length of tags as YouTube counts them: commas between, two more for a tag with a space.
pub fn tags_length(tags: &[String]) -> usize {
    let each = |tag: &String| tag.chars().count() + if tag.contains(' ') { 2 } else { 0 };
    tags.iter().map(each).sum::<usize>() + tags.len().saturating_sub(1)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_tag_with_a_space_counts_two_more() {
        let tags = ["Foo Baz".to_owned(), "Foo-Baz".to_owned()];
        assert_eq!(tags_length(&tags[..1]), 9);
        assert_eq!(tags_length(&tags), 17);
    }
}
