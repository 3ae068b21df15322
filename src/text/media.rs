//! The pictures of a post against what a platform takes: number, size, type, alt text.
//!
//! Pure. The server's own figures win over the platform's. What is made of a picture that does not fit is `fit.rs`;
//! `compose.rs` puts the result on part 1.

use super::fit::{self, Suit};
use super::rules::Rules;
use crate::domain::{Attachment, Content, Facts, PartMedia, Problem};

/// Tells of each picture whether it is taken.
pub(super) fn suits(
    label: &str,
    rules: &dyn Rules,
    attachments: &[Attachment],
    facts: &Facts,
) -> Vec<Suit> {
    (1..)
        .zip(attachments)
        .map(|(number, picture)| fit::suit(label, rules, number, picture, facts))
        .collect()
}

/// Returns the pictures as they go with a part.
pub(super) fn all(attachments: &[Attachment], suits: &[Suit]) -> Vec<PartMedia> {
    let each = attachments.iter().zip(suits);
    each.map(|(picture, suit)| part_media(picture, suit))
        .collect()
}

/// Returns an attachment as it goes with a part.
fn part_media(attachment: &Attachment, suit: &Suit) -> PartMedia {
    let stored = PartMedia {
        hash: attachment.hash.clone(),
        name: attachment.name.clone(),
        mime: attachment.mime.clone(),
        size: attachment.size,
        pixels: attachment.pixels,
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

/// What was found out about the pictures of a post.
#[derive(Default)]
pub(super) struct Found {
    /// What stops it.
    pub problems: Vec<Problem>,
    /// What the author may want to know.
    pub notes: Vec<String>,
}

/// Holds the pictures against what a channel takes. There is a suit for each.
pub(super) fn check(
    label: &str,
    rules: &dyn Rules,
    content: &Content,
    suits: &[Suit],
    facts: &Facts,
) -> Found {
    let attachments = &content.attachments;
    let mut found = Found::default();
    let told = facts.limits.as_ref();
    let mut problem = |message: String| {
        found.problems.push(Problem {
            part: Some(0),
            message,
            splitting_helps: false,
        });
    };
    let most = told
        .and_then(|limits| limits.max_media)
        .or(rules.offers().max_media);
    if let Some(most) = most
        .map(|most| most as usize)
        .filter(|&most| attachments.len() > most)
    {
        let (have, more) = (attachments.len(), attachments.len() - most);
        problem(format!(
            "{have} pictures, at most {most} on {label}: remove {more}"
        ));
    }
    let alone = (1..)
        .zip(attachments)
        .find(|(_, it)| fit::stands_alone(rules, it));
    if let Some((number, picture)) = alone.filter(|_| attachments.len() > 1) {
        let name = &picture.name;
        problem(format!(
            "On {label} an animation goes alone (picture {number}, {name}): remove the others, or the animation"
        ));
    }
    let max_alt = max_alt(rules, facts);
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
        if attachment.lacks_alt() {
            found
                .notes
                .push(format!("Picture {number} ({name}) has no alt text"));
        }
        match suit {
            Suit::AsItIs => {}
            Suit::Fitted(fit) => found.notes.push(format!(
                "Picture {number} ({name}) will be sent to {label} as {}",
                fit.words()
            )),
            Suit::Refused(sentence) => problem(sentence.clone()),
        }
    }
    found
}
