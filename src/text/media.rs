//! The pictures of a post against what a platform takes: number, size, type, alt text.
//!
//! Pure. The server's own figures win over the platform's. What is made of a picture that does not fit is `fit.rs`;
//! `compose.rs` puts the result on part 1.

use super::fit::{self, Suit};
use super::rules::Rules;
use crate::domain::{Attachment, Facts, PartMedia, Problem};

/// Returns what is attached as it goes with a part.
pub(super) fn all(
    label: &str,
    rules: &dyn Rules,
    attachments: &[Attachment],
    facts: &Facts,
) -> Vec<PartMedia> {
    let suits = suits(label, rules, attachments, facts);
    let each = attachments.iter().zip(&suits);
    each.filter(|(attachment, _)| rules.takes_captions() || !attachment.is_captions())
        .map(|(attachment, suit)| part_media(attachment, suit))
        .collect()
}

/// Tells of each attachment whether it is taken.
fn suits(label: &str, rules: &dyn Rules, attachments: &[Attachment], facts: &Facts) -> Vec<Suit> {
    (1..)
        .zip(attachments)
        .map(|(number, picture)| fit::suit(label, rules, number, picture, facts))
        .collect()
}

fn part_media(attachment: &Attachment, suit: &Suit) -> PartMedia {
    let stored = PartMedia {
        hash: attachment.hash.clone(),
        name: attachment.name.clone(),
        mime: attachment.mime.clone(),
        size: attachment.size,
        pixels: attachment.pixels,
        duration_ms: attachment.duration_ms,
        alt: attachment.alt.clone(),
        fit: None,
    };
    match suit {
        Suit::AsItIs | Suit::Refused(_) => stored,
        Suit::Fitted(fit) => PartMedia {
            mime: fit.kind.mime().to_owned(),
            size: fit.about(),
            pixels: Some((fit.width, fit.height)),
            fit: Some(*fit),
            ..stored
        },
    }
}

/// Returns the longest alt text, in code points: as the server says, else as the platform does.
pub(super) fn max_alt(rules: &dyn Rules, facts: &Facts) -> Option<u32> {
    let told = facts.limits.as_ref().and_then(|limits| limits.max_alt);
    told.or(rules.offers().max_alt)
}

/// Adds what is wrong with the pictures, and what the author may want to know.
pub(super) fn check(
    label: &str,
    rules: &dyn Rules,
    attachments: &[Attachment],
    facts: &Facts,
    problems: &mut Vec<Problem>,
    notes: &mut Vec<String>,
) {
    let (offers, told) = (rules.offers(), facts.limits.as_ref());
    let kinds: Vec<&str> = (attachments.iter())
        .map(|attachment| attachment.mime.as_str())
        .collect();
    let mut problem = |message: String| {
        problems.push(Problem {
            part: Some(0),
            message,
            splitting_helps: false,
        });
    };
    if let Some(message) = rules.refused_media(&kinds) {
        problem(message);
    }
    let most = told
        .and_then(|limits| limits.max_media)
        .or(offers.max_media);
    if let Some(most) = most
        .map(|most| most as usize)
        .filter(|&most| attachments.len() > most)
    {
        let (have, more) = (attachments.len(), attachments.len() - most);
        problem(format!(
            "{have} pictures, at most {most} on {label}: remove {more}"
        ));
    }
    let max_alt = max_alt(rules, facts);
    let suits = suits(label, rules, attachments, facts);
    for ((number, attachment), suit) in (1..).zip(attachments).zip(suits) {
        let name = &attachment.name;
        let alt = attachment.alt.chars().count();
        if let Some(limit) = max_alt
            .map(|limit| limit as usize)
            .filter(|&limit| alt > limit)
        {
            let over = alt - limit;
            problem(format!(
                "The alt text of picture {number} is {over} over the limit of {limit}: shorten it"
            ));
        }
        if alt == 0 || attachment.alt.trim().is_empty() {
            notes.push(format!("Picture {number} ({name}) has no alt text"));
        }
        match suit {
            Suit::AsItIs => {}
            Suit::Fitted(fit) => notes.push(format!(
                "Picture {number} ({name}) will be sent to {label} as {}",
                fit.words()
            )),
            Suit::Refused(sentence) => problem(sentence),
        }
    }
}
