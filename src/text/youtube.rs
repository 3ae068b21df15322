//! YouTube: a title of 100 characters, a description of 5000 bytes, tags of 500 characters in all.
//!
//! Pure. Source: YouTube Data API v3, `VideoSnippet` (discovery 20240514) and the reference's error table.
//! How it is sent: `platforms/youtube.rs`.

use super::naming::{self, Naming};
use super::options::{OptionKind, OptionSpec};
use super::rules::{Atom, Extras, Film, Offers, Rules, WarningStyle, walk_clusters};
use crate::domain::{Count, Facts, Measure, Unit};

/// YouTube's rule.
#[derive(Debug)]
pub(super) struct YouTube;

/// Which category it is in, by YouTube's number.
pub const CATEGORY: &str = "category";

/// People & Blogs.
pub const DEFAULT_CATEGORY: &str = "22";

/// Whether it is made for children; YouTube wants to be told of every video.
pub const AUDIENCE: &str = "audience";

/// What `audience` says of a video for children.
pub const FOR_KIDS: &str = "kids";

/// Whether it shows realistic scenes that were made by a machine.
pub const MADE_WITH_AI: &str = "made-with-ai";

/// Whether those who follow the channel are told.
pub const NOTIFY: &str = "notify";

const OPTIONS: &[OptionSpec] = &[
    OptionSpec {
        name: CATEGORY,
        about: "YouTube's number of the category: 22 people, 24 entertainment, 27 education, 28 science and technology",
        kind: OptionKind::Text(is_category),
    },
    OptionSpec {
        name: AUDIENCE,
        about: "who it is made for: everyone unless you say kids",
        kind: OptionKind::Choice(&["everyone", FOR_KIDS]),
    },
    OptionSpec {
        name: MADE_WITH_AI,
        about: "whether realistic scenes were made or changed by a machine",
        kind: OptionKind::YesNo,
    },
    OptionSpec {
        name: NOTIFY,
        about: "whether subscribers are told",
        kind: OptionKind::YesNo,
    },
];

fn is_category(text: &str) -> Result<(), String> {
    let is_one = (1..=2).contains(&text.len()) && text.bytes().all(|byte| byte.is_ascii_digit());
    if is_one {
        Ok(())
    } else {
        Err(format!(
            "`{text}` is no category: write its number, such as 27 for education"
        ))
    }
}

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
    visibility: true,
    card: false,
    topic: false,
    title: true,
    tags: true,
    needs_text: false,
    max_media: Some(1),
    max_alt: None,
    // A thumbnail: 50 MB since September 2026.
    max_image_bytes: Some(50_000_000),
    mime_types: &["image/jpeg", "image/png"],
    video: Some(&VIDEO),
    document: None,
    mixes: false,
    needs_video: true,
};

impl Naming for YouTube {
    fn handle(&self, written: &str) -> Result<String, String> {
        let handle = naming::bare(written, &["youtube.com"]);
        let fits = |c: char| c.is_alphanumeric() || matches!(c, '_' | '-' | '.' | '·');
        // "Handles overview", support.google.com/youtube/answer/11585688, read 2026-11.
        if (3..=30).contains(&handle.chars().count()) && handle.chars().all(fits) {
            return Ok(handle.to_owned());
        }
        Err(format!(
            "`{written}` is no YouTube handle: write 3 to 30 letters, digits, _, - and ., like adalovelace"
        ))
    }

    fn example(&self) -> &'static str {
        "like adalovelace"
    }

    fn mention(&self, _name: &str, handle: &str) -> String {
        format!("@{handle}")
    }
}

impl Rules for YouTube {
    fn unit(&self) -> Unit {
        Unit::Bytes
    }

    fn offers(&self) -> &'static Offers {
        &OFFERS
    }

    fn options(&self) -> &'static [OptionSpec] {
        OPTIONS
    }

    fn takes_captions(&self) -> bool {
        true
    }

    fn default_limit(&self) -> Option<u32> {
        Some(MAX_DESCRIPTION_BYTES)
    }

    fn naming(&self) -> Option<&'static dyn Naming> {
        Some(&YouTube)
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
