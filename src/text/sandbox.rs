//! What is like nothing, a sandbox or a channel served by hand: plain text of any length, every option kept.
//!
//! One that is like a platform never gets here: its channel names that platform's rules.

use super::rules::{Atom, Film, Offers, Rules, WarningStyle, walk_clusters};
use crate::domain::{Facts, Unit};

/// The rule without limits.
#[derive(Debug)]
pub(super) struct Sandbox;

static OFFERS: Offers = Offers {
    warning: WarningStyle::Field,
    threads: true,
    replies: true,
    language: true,
    visibility: true,
    card: true,
    topic: false,
    title: false,
    tags: false,
    needs_text: false,
    max_media: None,
    max_alt: None,
    max_image_bytes: None,
    mime_types: &[],
    video: Some(&Film::ANY),
    document: Some(&Film::ANY),
    mixes: true,
    needs_video: false,
};

impl Rules for Sandbox {
    fn unit(&self) -> Unit {
        Unit::Clusters
    }

    fn offers(&self) -> &'static Offers {
        &OFFERS
    }

    fn takes_captions(&self) -> bool {
        true
    }

    fn default_limit(&self) -> Option<u32> {
        None
    }

    fn walk(&self, text: &str, _facts: &Facts, each: &mut dyn FnMut(Atom)) {
        walk_clusters(text, |_| 1, each);
    }
}
