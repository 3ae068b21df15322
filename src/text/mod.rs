//! Counting and composing: what each platform makes of a post, and how long that is.
//!
//! Pure, linear in the text, and never panicking. One file per platform holds its rules behind `rules::Rules`;
//! the registry is below. `compose` is the only way from a post to what is sent.

mod abilities;
pub mod bluesky;
mod captions;
pub mod card;
mod clusters;
#[cfg(test)]
mod comment_tests;
mod compose;
#[cfg(test)]
mod compose_platform_tests;
#[cfg(test)]
mod compose_tests;
mod costs;
mod draft;
mod emoji;
mod films;
mod fit;
#[cfg(test)]
mod fit_tests;
mod flow;
#[cfg(test)]
mod flow_tests;
pub mod hashtags;
mod link_chars;
mod link_domains;
pub mod linkedin;
pub mod linkedin_reshare;
pub mod links;
mod mastodon;
mod media;
mod mentions;
pub mod naming;
#[cfg(test)]
mod naming_tests;
pub mod options;
mod places;
pub mod price;
#[cfg(test)]
mod properties;
mod punctuation;
mod rules;
mod sandbox;
pub mod strike;
#[cfg(test)]
mod strike_tests;
mod thread;
#[cfg(test)]
mod thread_tests;
mod tld;
pub mod x;
pub mod youtube;
pub mod zulip;
mod zulip_marks;

use crate::domain::{
    Attachment, Channel, Composed, Content, Count, Facts, PartKind, PlatformId, Variant,
};
pub use abilities::{Abilities, abilities};
pub use compose::RESHARES;
pub use fit::Suit;
pub use options::{OptionError, OptionKind, OptionSpec, check_option, option, options};
use rules::{Extras, Rules};

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

fn rules_of(platform: PlatformId) -> &'static dyn Rules {
    match platform {
        PlatformId::Mastodon => &mastodon::Mastodon,
        PlatformId::Bluesky => &bluesky::Bluesky,
        PlatformId::LinkedIn => &linkedin::LinkedIn,
        PlatformId::X => &x::X,
        PlatformId::Zulip => &zulip::Zulip,
        PlatformId::YouTube => &youtube::YouTube,
        PlatformId::Sandbox | PlatformId::ByHand => &sandbox::Sandbox,
    }
}

/// Returns the length of a text on a platform, exactly as given, against the limits in `facts`.
///
/// The warning counts where it goes in a field that counts (Mastodon) and is left out elsewhere; title and
/// topic are measured where the platform has them and they are given.
pub fn count(platform: PlatformId, counted: &Counted<'_>, facts: &Facts) -> Count {
    let rules = rules_of(platform);
    let kept = &counted.text[rules.kept(counted.text)];
    let extras = Extras {
        title: counted.title,
        topic: counted.topic,
        tags: &[],
        enclosed: 0,
        follow_up: None,
    };
    rules::measure(rules, kept, counted.warning, &extras, false, facts)
}

/// Returns exactly what would be sent to a channel whose rules are `platform`'s.
///
/// A link that the platform cannot show as a card of ours becomes the last line of the text, where it
/// counts; a content warning without a field of its own becomes the first.
pub fn compose(
    platform: PlatformId,
    content: &Content,
    variant: &Variant,
    facts: &Facts,
) -> Composed {
    let mut composed = compose::compose(platform, rules_of(platform), content, variant, facts);
    let price = facts.price.as_ref();
    let note = price.and_then(|price| price::note(&composed, price));
    composed.notes.extend(note);
    composed
}

/// Tells whether a channel whose rules are `platform`'s takes a picture, which is number `number` (from 1) of its post; a video
/// or a document is taken as it is or refused.
pub fn suit(platform: PlatformId, number: usize, picture: &Attachment, facts: &Facts) -> Suit {
    if !picture.is_picture() {
        let (mut problems, mut notes) = (Vec::new(), Vec::new());
        let (label, rules) = (platform.label(), rules_of(platform));
        let only = std::slice::from_ref(picture);
        films::check_all(label, rules, only, facts, &mut problems, &mut notes);
        // What the post lacks comes first, what is wrong with this one last.
        let wrong = problems.pop();
        return wrong.map_or(Suit::AsItIs, |problem| Suit::Refused(problem.message));
    }
    fit::suit(platform.label(), rules_of(platform), number, picture, facts)
}

/// Returns what stops what is attached to a post from going to a channel whose rules are `platform`'s, a sentence each.
pub fn attached_problems(platform: PlatformId, content: &Content, facts: &Facts) -> Vec<String> {
    let (label, rules) = (platform.label(), rules_of(platform));
    let (mut problems, mut notes) = (Vec::new(), Vec::new());
    films::check_all(
        label,
        rules,
        &content.attachments,
        facts,
        &mut problems,
        &mut notes,
    );
    captions::check(label, rules, content, &mut problems, &mut notes);
    problems
        .into_iter()
        .map(|problem| problem.message)
        .collect()
}

/// Returns what the later parts of a post are on a channel whose rules are `platform`'s.
pub fn later_parts(platform: PlatformId) -> PartKind {
    let follow_up = rules_of(platform).follow_up();
    follow_up.map_or(PartKind::Post, |follow_up| follow_up.kind)
}

/// Whether what is attached is left out on a channel whose rules are `platform`'s, and nothing is wrong with that.
pub fn leaves_out(platform: PlatformId, attached: &Attachment) -> bool {
    attached.is_captions() && !rules_of(platform).takes_captions()
}

/// Returns the longest alt text of what is attached, on a channel whose rules are `platform`'s, in code points (of a video, in
/// characters as people see them where the platform counts so); `None` where there is no limit.
pub fn alt_limit(platform: PlatformId, attached: &[Attachment], facts: &Facts) -> Option<u32> {
    let rules = rules_of(platform);
    let of_video = attached.iter().any(Attachment::is_video);
    let of_video = of_video.then(|| films::max_alt(rules)).flatten();
    of_video.or_else(|| media::max_alt(rules, facts))
}

/// Returns the addresses whose pages a content's cards are made of: one at most for each of its channels that takes cards.
pub fn card_links(content: &Content, channels: &[Channel]) -> Vec<String> {
    let mut links: Vec<String> = Vec::new();
    for variant in &content.variants {
        let channel = channels.iter().find(|it| it.name == variant.channel);
        let takes = |it: &&Channel| !it.platform.is_by_hand() && rules_of(it.rules()).offers().card;
        if channel.filter(takes).is_none() {
            continue;
        }
        let rules = channel.map(|channel| rules_of(channel.rules()));
        let is_reshared = |link: &str| {
            let there = rules.and_then(|rules| rules.reshared(link));
            content.link.is_some() && matches!(there, Some(Ok(_)))
        };
        let authored = variant.text.as_deref().unwrap_or(&content.text);
        let link = card::address(content, authored);
        links.extend(link.filter(|link| !is_reshared(link) && !links.contains(link)));
    }
    links
}
