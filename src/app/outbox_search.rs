//! What a search among the deliveries of the outbox finds.
//!
//! Pure. The words are those that the row itself shows; what its keys do is `update/outbox_search.rs`.

use super::App;
use super::outbox::{OutboxPage, told};
use crate::domain::search::{begins, fold, words};
use crate::domain::{DeliveryId, OutboxRow};

/// A search among the deliveries.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct OutboxSearch {
    /// What is searched for; empty before the first search.
    pub typed: String,
    /// The places of the deliveries that have every word of it, among those that were read.
    pub hits: Vec<usize>,
    /// The delivery to go back to, while the sheet is open.
    pub came_from: Option<DeliveryId>,
    /// Whether more deliveries are being read because those at hand have no further match.
    pub goes_on: bool,
}

/// Searches the deliveries that were read: in title, channel, state and reason.
pub fn find(app: &mut App) {
    let hits = app.outbox().map(|page| hits(app, page));
    if let (Some(page), Some(hits)) = (app.outbox_mut(), hits) {
        page.search.hits = hits;
    }
}

fn hits(app: &App, page: &OutboxPage) -> Vec<usize> {
    let words: Vec<String> = words(&page.search.typed)
        .iter()
        .map(|word| fold(word))
        .collect();
    if words.is_empty() {
        return Vec::new();
    }
    let rows = page.rows().iter().enumerate();
    rows.filter(|(_, row)| has(app, row, &words))
        .map(|(at, _)| at)
        .collect()
}

fn has(app: &App, row: &OutboxRow, words: &[String]) -> bool {
    let one = &row.delivery;
    let shown = [
        row.title.as_str(),
        one.channel.as_str(),
        &app.mark(&one.channel),
        row.glyph().word(),
        one.state.word(),
        &told(app, row).text,
    ]
    .join(" ");
    words.iter().all(|word| begins(&shown, word).is_some())
}

/// Returns which of the matches the selected delivery is, from 1; `None` while it is no match.
pub fn position(page: &OutboxPage) -> Option<usize> {
    let at = page.at()?;
    let nth = page.search.hits.iter().position(|it| *it == at)?;
    Some(nth + 1)
}
