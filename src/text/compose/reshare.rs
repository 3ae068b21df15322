//! A link that leads to a post on the platform itself: it is reshared there, in the place of a card.
//!
//! Pure. Which addresses are posts is each platform's own: `Rules::reshared`.

use super::Composer;
use crate::domain::CardUse;
use std::collections::BTreeMap;

/// What stands before the address of the post that a part reshares, among what is sent beside its text.
pub const RESHARES: &str = "reshares";

impl Composer<'_> {
    /// Takes the link for a post to reshare where it is one; nobody reshares by pasting.
    pub(super) fn find_reshare(&mut self) {
        if self.content.card != CardUse::Shown || self.facts.by_hand {
            return;
        }
        let Some(link) = &self.link else { return };
        match self.rules.reshared(&link.url) {
            // Pictures take its place, as they do a card's.
            Some(Ok(_)) if self.has_media() => {}
            Some(Ok(_)) => self.reshares = Some(link.url.clone()),
            Some(Err(note)) => self.notes.push(note),
            None => {}
        }
    }

    /// Returns what is sent beside the text of part 1.
    pub(super) fn beside(&self) -> BTreeMap<String, String> {
        let mut beside = self.options.beside(self.offers);
        let reshares = self.reshares.clone();
        beside.extend(reshares.map(|address| (RESHARES.to_owned(), address)));
        beside
    }

    /// Says where a link gives way to pictures.
    pub(super) fn say_what_gives_way(&mut self) {
        let taken = self.offers.card && self.has_media();
        let Some(link) = self.link.as_ref().filter(|_| taken) else {
            return;
        };
        let (label, url) = (self.platform.label(), &link.url);
        let other = match self.rules.reshared(url) {
            Some(Ok(_)) => "a reshared post",
            _ => "a card",
        };
        self.notes.push(format!(
            "{label} shows pictures or {other}, not both: {url} is in the text"
        ));
    }
}
