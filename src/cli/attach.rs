//! Pictures from the command line into the data folder, and back out of it.

use super::house::House;
use crate::app::pictures::Known;
use crate::domain::text_safety::visible;
use crate::domain::{Attachment, Content, PartMedia};
use crate::text::Suit;
use crate::{media, text};
use anyhow::anyhow;
use std::collections::BTreeSet;
use std::io::Write;
use std::path::Path;

/// Copies a picture, stripped of its metadata, into the data folder.
pub(super) fn import(folder: &Path, path: &Path, alt: &str) -> anyhow::Result<Attachment> {
    let picture = media::import(path, folder).map_err(|error| anyhow!("--attach: {error}"))?;
    Ok(Attachment {
        alt: alt.to_owned(),
        ..picture
    })
}

/// Reads a picture as it is sent.
pub(super) fn read(folder: &Path, picture: &PartMedia) -> Result<Vec<u8>, String> {
    media::as_sent(folder, picture).map_err(|error| error.to_string())
}

/// Says on stderr what becomes of the pictures of a content from this place on (from 0), and what stops them.
pub(super) fn say(house: &House, content: &Content, from: usize) -> anyhow::Result<()> {
    let new = content.attachments.iter().enumerate().skip(from);
    if new.len() == 0 {
        return Ok(());
    }
    let (channels, facts) = house.store.wait(|db| Ok((db.channels()?, db.facts()?)))?;
    let known = Known {
        channels: &channels,
        facts: &facts,
    };
    let mut err = std::io::stderr().lock();
    for (index, picture) in new {
        let name = visible(&picture.name);
        for (channel, suit) in known.suits(content, index) {
            if let Suit::Fitted(fit) = suit {
                let words = fit.words();
                let _ = writeln!(err, "note: {name} will be sent to {channel} as {words}");
            }
        }
        if picture.lacks_alt() {
            let _ = writeln!(
                err,
                "note: {name} has no alt text; an --alt after its --attach says what is on it"
            );
        }
    }
    let mut said = BTreeSet::new();
    for variant in &content.variants {
        let name = &variant.channel;
        let Some(channel) = channels.iter().find(|it| it.name == *name) else {
            continue;
        };
        let facts = facts.get(name).cloned().unwrap_or_default();
        for problem in text::attached_problems(channel.rules(), content, &facts) {
            if said.insert((name, problem.clone())) {
                let _ = writeln!(err, "problem: {name}: {}", visible(&problem));
            }
        }
    }
    Ok(())
}
