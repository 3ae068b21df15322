//! Deleting and editing on its platform what is out: asked with the account and the address, answered by a typed word.
//!
//! What may be asked for is decided in `publisher/correct.rs`; this only asks the person.

use super::{ask, say, sheets};
use crate::app::msg::Rank;
use crate::app::sheet::{CorrectSheet, Sheet};
use crate::app::{App, Effect, Input, Key};
use crate::domain::{CorrectionKind, DeliveryState, OutboxRow};

/// Asks before a delivery is deleted or edited there; says why not where nothing of it is known to be there.
pub fn open(app: &mut App, row: &OutboxRow, kind: CorrectionKind) -> Vec<Effect> {
    let one = &row.delivery;
    let words = match one.state {
        DeliveryState::Publishing => "It is being sent: wait until that is over",
        DeliveryState::Unknown => "Nobody knows whether it is there: say first what you saw",
        _ if one.remote_ids.is_empty() => "Nothing of it is there",
        _ => {
            app.sheet = Some(Sheet::Correct(Box::new(CorrectSheet {
                kind,
                post: one.post,
                title: row.title.clone(),
                channel: one.channel.clone(),
                permalink: one.permalink.clone(),
                parts: one.remote_ids.len(),
                input: Input::default(),
            })));
            return Vec::new();
        }
    };
    say(app, Rank::Warn, words.to_owned());
    Vec::new()
}

/// Takes a key while it is asked.
pub fn press(app: &mut App, key: Key) -> Vec<Effect> {
    let Some(Sheet::Correct(sheet)) = &mut app.sheet else {
        return Vec::new();
    };
    match key {
        Key::Esc => sheets::close(app),
        Key::Enter if sheet.input.text().trim() == sheet.word() => {
            let (kind, post, channel) = (sheet.kind, sheet.post, sheet.channel.clone());
            app.sheet = None;
            say(app, Rank::News, format!("Asking {channel}"));
            vec![Effect::Correct(ask(app), kind, post, channel)]
        }
        Key::Enter => Vec::new(),
        key => {
            sheet.input.press(key);
            Vec::new()
        }
    }
}
