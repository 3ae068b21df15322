//! Link cards from the command line: the page is asked before the post is written, and never stops it.

use super::freeze;
use super::house::House;
use crate::domain::text_safety::visible;
use crate::domain::{CardUse, Content};
use crate::runtime::cards::{Ask, Cards};
use crate::runtime::clock::RealClock;
use crate::text;
use crate::web::{Reach, Reader};
use std::io::Write;
use std::sync::Arc;

/// Returns who asks pages; `None` where the configuration says that none are asked.
pub(super) fn of(house: &House) -> Option<Cards> {
    let config = &house.config;
    // Where nothing leaves this machine, what a page on it says does not either.
    let stays = config.channels.iter().all(|channel| channel.is_local());
    let reach = if stays && !config.channels.is_empty() {
        Reach::OwnMachineToo
    } else {
        Reach::Public
    };
    config.cards.then(|| Cards {
        reader: Reader::new(reach),
        store: house.store.clone(),
        media: house.locations.media(),
        clock: Arc::new(RealClock),
    })
}

/// Pins what the pages of a content's links say; what cannot be had is said on stderr.
pub(super) fn pin(house: &House, content: &mut Content) -> anyhow::Result<()> {
    let links = text::card_links(content, &house.known_channels()?);
    if content.card == CardUse::Shown {
        content.pages.retain(|page| links.contains(&page.url));
    }
    let wanted: Vec<String> = links
        .into_iter()
        .filter(|url| content.page(url).is_none())
        .collect();
    let Some(cards) = of(house).filter(|_| !wanted.is_empty()) else {
        return Ok(());
    };
    let tasks = house.tasks()?;
    for url in wanted {
        match tasks.block_on(cards.page(&url, Ask::Cached)) {
            Ok(page) => content.pages.push(page),
            Err(why) => {
                let line = format!("the link card shows what was typed: {why}");
                // Nobody may be listening any more.
                let _ = writeln!(std::io::stderr(), "masthead: {}", visible(&line));
            }
        }
    }
    Ok(())
}

/// Writes what the pages of a post's links said of themselves, and when.
pub(super) fn show(house: &House, content: &Content, out: &mut impl Write) -> std::io::Result<()> {
    for page in &content.pages {
        let title = if page.title.is_empty() {
            "without a title"
        } else {
            page.title.as_str()
        };
        let mut said = vec![format!("link card: {title}"), page.url.clone()];
        if let Some(picture) = &page.picture {
            said.push(format!("picture {}x{}", picture.pixels.0, picture.pixels.1));
        }
        if let Some(at) = page.fetched_at {
            said.push(format!("as of {}", freeze::local(house, at)));
        }
        writeln!(out, "\n{}", visible(&said.join("  ")))?;
    }
    Ok(())
}
