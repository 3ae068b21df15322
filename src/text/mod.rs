//! Counting and composing: what each platform makes of a post, and how long that is.
//!
//! Pure. One file per platform holds its rules; `compose` is the only way from a post to what is sent.

use crate::domain::{Composed, Content, Count, Facts, PlatformId, Variant};

/// A text as it is counted outside a post: on the command line, in a test.
#[derive(Clone, Copy, Debug, Default)]
pub struct Counted<'a> {
    /// The text.
    pub text: &'a str,
    /// Content warning, where the platform has one.
    pub warning: &'a str,
    /// Title (YouTube).
    pub title: Option<&'a str>,
    /// Topic (Zulip).
    pub topic: Option<&'a str>,
}

/// Returns the length of a text on a platform, exactly as given, against the limits in `facts`.
pub fn count(platform: PlatformId, counted: &Counted<'_>, facts: &Facts) -> Count {
    let _ = (platform, counted, facts);
    todo!()
}

/// Returns exactly what would be sent to a channel whose rules are `platform`'s.
pub fn compose(
    platform: PlatformId,
    content: &Content,
    variant: &Variant,
    facts: &Facts,
) -> Composed {
    let _ = (platform, content, variant, facts);
    todo!()
}
