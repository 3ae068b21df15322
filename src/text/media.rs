//! The pictures of a post against what a platform takes: number, size, type, alt text.
//!
//! Pure. The server's own figures win over the platform's. `compose.rs` puts the result on part 1.

use super::rules::Rules;
use crate::domain::{Attachment, Facts, PartMedia, Problem};

/// Returns an attachment as it goes with a part.
pub(super) fn part_media(attachment: &Attachment) -> PartMedia {
    PartMedia {
        hash: attachment.hash.clone(),
        name: attachment.name.clone(),
        mime: attachment.mime.clone(),
        size: attachment.size,
        pixels: attachment.pixels,
        duration_ms: attachment.duration_ms,
        alt: attachment.alt.clone(),
    }
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
    let max_alt = told.and_then(|limits| limits.max_alt).or(offers.max_alt);
    let max_bytes = told
        .and_then(|limits| limits.max_image_bytes)
        .or(offers.max_image_bytes);
    let told_types = told
        .map(|limits| limits.mime_types.as_slice())
        .unwrap_or_default();
    for (number, attachment) in (1..).zip(attachments) {
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
        if let Some(limit) = max_bytes.filter(|&limit| attachment.size > limit) {
            let (size, limit) = (megabytes(attachment.size), megabytes(limit));
            problem(format!(
                "Picture {number} ({name}) has {size}, at most {limit} on {label}: make it smaller"
            ));
        }
        let refused = match told_types {
            [] => {
                !offers.mime_types.is_empty()
                    && !offers.mime_types.contains(&attachment.mime.as_str())
            }
            told => !told.contains(&attachment.mime),
        };
        if refused {
            let mime = &attachment.mime;
            problem(format!(
                "{label} does not take {mime} (picture {number}, {name}): use JPEG or PNG"
            ));
        }
    }
}

fn megabytes(bytes: u64) -> String {
    let tenths = (bytes + 50_000) / 100_000;
    format!("{}.{} MB", tenths / 10, tenths % 10)
}
