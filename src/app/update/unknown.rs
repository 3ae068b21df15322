//! Keys while a person is asked what became of a delivery whose answer was lost.
//!
//! Nothing is sent by a single key: sending again wants a typed word, as publishing now does.

use super::{ask, outbox, reload, say, sheets};
use crate::app::msg::{NotThere, Rank};
use crate::app::sheet::Sheet;
use crate::app::unknown::{UnknownChoice, UnknownSheet, UnknownStep};
use crate::app::{App, Effect, Input, Key};
use crate::domain::{Delivery, DeliveryId, DeliveryState, PostId};

/// Asks what became of a delivery.
pub fn open(app: &mut App, delivery: &Delivery, title: String) -> Vec<Effect> {
    app.sheet = Some(Sheet::Unknown(Box::new(UnknownSheet {
        post: delivery.post,
        delivery: delivery.id,
        channel: delivery.channel.clone(),
        title,
        next_look: delivery.next_try,
        tries: None,
        choice: UnknownChoice::default(),
        address: Input::new(app.memory.typed.remove(TYPED).unwrap_or_default()),
        step: UnknownStep::default(),
    })));
    vec![load(app, delivery.id)]
}

/// What the sheet's address is kept as.
const TYPED: &str = "unknown";

/// Asks for everything that was tried at a delivery.
pub fn load(app: &mut App, id: DeliveryId) -> Effect {
    app.memory.tries = ask(app);
    Effect::LoadTries(app.memory.tries, id)
}

/// Opens the question about a post's first delivery of unknown outcome, as it was read; `None` where there is none.
pub fn open_for(app: &mut App, id: PostId) -> Option<Vec<Effect>> {
    let detail = app.detail.as_ref().filter(|it| it.view.post.id == id)?;
    let is_unknown = |it: &&Delivery| it.state == DeliveryState::Unknown;
    let delivery = detail.view.deliveries.iter().find(is_unknown)?.clone();
    let title = super::posts::short(&detail.view.post);
    Some(open(app, &delivery, title))
}

/// Takes a key while it is asked.
pub fn press(app: &mut App, key: Key) -> Vec<Effect> {
    let Some(Sheet::Unknown(sheet)) = &mut app.sheet else {
        return Vec::new();
    };
    if key == Key::Ctrl('y') {
        return match sheet.page().map(str::to_owned) {
            Some(page) => outbox::copy(app, page),
            None => Vec::new(),
        };
    }
    if key == Key::Esc {
        return back(app);
    }
    if sheet.tries.is_none() || sheet.step == UnknownStep::Checking {
        return Vec::new();
    }
    if let UnknownStep::SendAgain(word) = &mut sheet.step {
        if key == Key::Enter {
            if word.text().trim() != "now" {
                return Vec::new();
            }
            return answer(app, |app, sheet| {
                Effect::MarkNotThere(ask(app), sheet.post, sheet.channel.clone(), NotThere::Send)
            });
        }
        word.press(key);
        return Vec::new();
    }
    choose(app, key)
}

/// Esc goes one step back; from the choices it leaves, and what was typed comes back next time.
fn back(app: &mut App) -> Vec<Effect> {
    let Some(Sheet::Unknown(sheet)) = &mut app.sheet else {
        return Vec::new();
    };
    if matches!(
        sheet.step,
        UnknownStep::SendAgain(_) | UnknownStep::WithoutAddress
    ) {
        sheet.step = UnknownStep::Choosing;
        return Vec::new();
    }
    let typed = sheet.address.text().to_owned();
    app.memory.typed.insert(TYPED, typed);
    sheets::close(app)
}

fn choose(app: &mut App, key: Key) -> Vec<Effect> {
    let Some(Sheet::Unknown(sheet)) = &mut app.sheet else {
        return Vec::new();
    };
    let last = UnknownChoice::ALL.len() - 1;
    let at = UnknownChoice::ALL.iter();
    let at = at
        .clone()
        .position(|one| one.0 == sheet.choice)
        .unwrap_or(0);
    let typing = sheet.choice == UnknownChoice::There && !sheet.address.text().is_empty();
    let to = match key {
        Key::Down => Some((at + 1).min(last)),
        Key::Up => Some(at.saturating_sub(1)),
        Key::Enter => return take(app),
        // An address begins with none of these.
        Key::Char('j') if !typing => Some((at + 1).min(last)),
        Key::Char('k') if !typing => Some(at.saturating_sub(1)),
        Key::Char(digit @ '1'..='4') if !typing => {
            Some(usize::from(u8::try_from(digit).unwrap_or(b'1') - b'1'))
        }
        _ => None,
    };
    match to {
        Some(to) => {
            sheet.choice = UnknownChoice::ALL[to].0;
            sheet.step = UnknownStep::Choosing;
        }
        None if sheet.choice == UnknownChoice::There => {
            sheet.step = UnknownStep::Choosing;
            sheet.address.press(key);
        }
        None => {}
    }
    Vec::new()
}

fn take(app: &mut App) -> Vec<Effect> {
    let Some(Sheet::Unknown(sheet)) = &mut app.sheet else {
        return Vec::new();
    };
    match sheet.choice {
        UnknownChoice::There => {
            let address = sheet.address.text().trim().to_owned();
            if address.is_empty() && sheet.step != UnknownStep::WithoutAddress {
                sheet.step = UnknownStep::WithoutAddress;
                return Vec::new();
            }
            answer(app, |app, sheet| {
                Effect::MarkThere(ask(app), sheet.post, sheet.channel.clone(), address)
            })
        }
        UnknownChoice::SendAgain => {
            sheet.step = UnknownStep::SendAgain(Input::default());
            Vec::new()
        }
        UnknownChoice::Skip => answer(app, |app, sheet| {
            Effect::MarkNotThere(ask(app), sheet.post, sheet.channel.clone(), NotThere::Skip)
        }),
        UnknownChoice::LookAgain => answer(app, |app, sheet| {
            Effect::LookAgain(ask(app), sheet.post, sheet.channel.clone())
        }),
    }
}

/// Hands an answer on; the sheet stays until it was taken, so that a refused one can be put right.
fn answer(app: &mut App, effect: impl FnOnce(&mut App, &UnknownSheet) -> Effect) -> Vec<Effect> {
    let Some(Sheet::Unknown(mut sheet)) = app.sheet.take() else {
        return Vec::new();
    };
    let effect = effect(app, &sheet);
    sheet.step = UnknownStep::Checking;
    app.sheet = Some(Sheet::Unknown(sheet));
    vec![effect]
}

/// Takes in that an answer was refused: the question stands again.
pub fn refused(app: &mut App) {
    if let Some(Sheet::Unknown(sheet)) = &mut app.sheet {
        sheet.step = UnknownStep::Choosing;
    }
}

/// Takes in that an answer was recorded.
pub fn settled(app: &mut App, words: String) -> Vec<Effect> {
    if matches!(app.sheet, Some(Sheet::Unknown(_))) {
        app.sheet = None;
    }
    app.memory.typed.remove(TYPED);
    say(app, Rank::News, words);
    reload(app)
}
