//! What a search among the deliveries of the outbox finds.
//!
//! Pure. The words are those that the row itself shows; what its keys do is `update/outbox_search.rs`.

use super::App;
use super::outbox::told;
use crate::domain::search::{begins, fold, words};
use crate::domain::{DeliveryId, OutboxRow};

/// A search among the deliveries.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct OutboxSearch {
    /// What is searched for; empty before the first search.
    pub typed: String,
    /// The delivery to go back to, while the sheet is open.
    pub came_from: Option<DeliveryId>,
    /// Whether more deliveries are being read because those at hand have no further match.
    pub goes_on: bool,
}

/// Returns the places of the deliveries that have every word of the search: in title, channel, state or reason.
pub fn found(app: &App) -> Vec<usize> {
    let Some(page) = app.outbox() else {
        return Vec::new();
    };
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

/// Returns `2 of 5` for the selected delivery; `None` while it is no match.
pub fn position(app: &App) -> Option<String> {
    let at = app.outbox()?.at()?;
    let found = found(app);
    let nth = found.iter().position(|it| *it == at)?;
    Some(format!("{} of {}", nth + 1, found.len()))
}
