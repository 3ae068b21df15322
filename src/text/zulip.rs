//! Zulip: code points of what the server keeps; too long a text would be cut silently, so it is a problem here.
//!
//! Pure. Source: Zulip `zerver/lib/message.py` and `zerver/openapi/zulip.yaml` (feature level 247); the
//! server's own limits in `Facts` win. How it is sent: `platforms/zulip.rs`.

use super::rules::{Atom, Extras, Offers, Rules, WarningStyle, walk_clusters};
use crate::domain::{Count, Facts, Measure, Unit};
use std::ops::Range;

/// Zulip's rule.
#[derive(Debug)]
pub(super) struct Zulip;

/// Default of `max_message_length`.
const MAX_CONTENT: u32 = 10_000;
/// Default of `max_topic_length`.
const MAX_TOPIC: u32 = 60;

static OFFERS: Offers = Offers {
    warning: WarningStyle::Spoiler,
    threads: true,
    replies: false,
    language: false,
    visibility: false,
    card: false,
    topic: true,
    title: false,
    tags: false,
    needs_text: true,
    max_media: None,
    max_alt: None,
    // `max_file_upload_size_mib`, 25 by default.
    max_image_bytes: Some(25 * 1024 * 1024),
    mime_types: &[],
};

impl Rules for Zulip {
    fn unit(&self) -> Unit {
        Unit::CodePoints
    }

    fn offers(&self) -> &'static Offers {
        &OFFERS
    }

    fn default_limit(&self) -> Option<u32> {
        Some(MAX_CONTENT)
    }

    fn walk(&self, text: &str, _facts: &Facts, each: &mut dyn FnMut(Atom)) {
        walk_clusters(text, |cluster| cluster.chars().count(), each);
    }

    fn used(&self, text: &str, _warning: &str, _facts: &Facts) -> usize {
        text.chars().count()
    }

    fn kept(&self, text: &str) -> Range<usize> {
        // Python's `isspace` takes the four information separators too.
        let end = text
            .trim_end_matches(|c: char| c.is_whitespace() || matches!(c, '\u{1c}'..='\u{1f}'))
            .len();
        let start = text[..end].len() - text[..end].trim_start_matches('\n').len();
        start..end
    }

    fn refusal(&self, text: &str) -> Option<String> {
        text.contains('\0')
            .then(|| "Zulip refuses a text with a NUL character: remove it".to_owned())
    }

    fn measure_extras(&self, extras: &Extras<'_>, facts: &Facts, count: &mut Count) {
        let told = facts.limits.as_ref().and_then(|limits| limits.max_topic);
        count.topic = extras
            .topic
            .map(|topic| Measure::new(topic.chars().count(), Some(told.unwrap_or(MAX_TOPIC))));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn trailing_space_and_leading_line_ends_are_not_kept() {
        let text = "\n\n  a\n \u{1f}\n";
        assert_eq!(&text[Zulip.kept(text)], "  a");
        assert_eq!(Zulip.kept("\n \n"), 0..0);
    }
}
