//! What the bottom row says when a delivery stands somewhere else than before: what happened, to what, and which key helps.

use crate::app::Note;
use crate::app::msg::Rank;
use crate::domain::DeliveryState::{Failed, Missed, Published, Unknown};
use crate::publisher::Settled;

/// Returns the message about a delivery on `channel` (mark and name); `None` when there is nothing to say.
pub fn note(channel: &str, settled: &Settled) -> Option<Note> {
    let (rank, text) = match settled.state {
        Published => {
            let link = settled.permalink.clone().unwrap_or_default();
            (Rank::News, format!("Published on {channel}: {link}"))
        }
        Failed => {
            let said = format!("{channel}: {}. o shows what helps", settled.reason);
            (Rank::Bad, said)
        }
        Unknown => {
            let said = "nobody knows yet whether it arrived; it is looked up. o shows it";
            (Rank::Warn, format!("{channel}: {said}"))
        }
        Missed => {
            let said = format!("{channel}: {}. s gives it a new time", settled.reason);
            (Rank::Warn, said)
        }
        _ if settled.reason.is_empty() => return None,
        _ => (Rank::Warn, format!("{channel}: {}", settled.reason)),
    };
    Some(Note { rank, text })
}
