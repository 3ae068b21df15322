//! What the bottom row says when a delivery stands somewhere else than before: what happened, to what, and which key helps.

use crate::app::msg::Rank;
use crate::app::{Action, App, Note};
use crate::domain::DeliveryState::{Failed, Missed, Published, Unknown};
use crate::publisher::Settled;

/// Returns the message about a delivery; `None` when there is nothing to say.
pub fn note(app: &App, settled: &Settled) -> Option<Note> {
    let channel = format!("{} {}", app.mark(&settled.channel), settled.channel);
    let (rank, text) = match settled.state {
        Published => {
            let link = settled.permalink.clone().unwrap_or_default();
            (Rank::News, format!("Published on {channel}: {link}"))
        }
        Failed => {
            let outbox = app.key_for(Action::Outbox);
            let said = format!("{channel}: {}. {outbox} shows what helps", settled.reason);
            (Rank::Bad, said)
        }
        Unknown => {
            let said = "nobody knows yet whether it arrived; it is looked up";
            let outbox = app.key_for(Action::Outbox);
            (Rank::Warn, format!("{channel}: {said}. {outbox} shows it"))
        }
        Missed => {
            let time = app.key_for(Action::Schedule);
            let said = format!("{channel}: {}. {time} gives it a new time", settled.reason);
            (Rank::Warn, said)
        }
        _ if settled.reason.is_empty() => return None,
        _ => (Rank::Warn, format!("{channel}: {}", settled.reason)),
    };
    Some(Note { rank, text })
}
