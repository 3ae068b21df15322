//! Freezing everything that leaves, and thawing it: one key, two questions.
//!
//! What a thaw would do is worked out by the runtime and shown before it is done.

use super::{ask, reload, say, sheets};
use crate::app::msg::Rank;
use crate::app::sheet::{Sheet, ThawSheet};
use crate::app::{Action, App, Effect, Input, Key};
use crate::domain::freeze::Choice;
use crate::domain::{Freeze, HeldPost, PostId};

/// Asks for the reason of a freeze, or shows what a thaw would do.
pub fn open(app: &mut App) -> Vec<Effect> {
    if app.frozen.is_some() {
        app.sheet = Some(Sheet::Thaw(ThawSheet::default()));
        return refresh(app).into_iter().collect();
    }
    let typed = app.memory.typed.remove("freeze").unwrap_or_default();
    app.sheet = Some(Sheet::Freeze(Input::new(&typed)));
    Vec::new()
}

/// Takes a key while the reason is asked for.
pub fn press_freeze(app: &mut App, key: Key) -> Vec<Effect> {
    let Some(Sheet::Freeze(input)) = &mut app.sheet else {
        return Vec::new();
    };
    match key {
        Key::Esc => {
            let typed = input.text().to_owned();
            app.memory.typed.insert("freeze", typed);
            sheets::close(app)
        }
        Key::Enter => {
            let reason = input.text().trim().to_owned();
            app.sheet = None;
            vec![Effect::Freeze(ask(app), reason)]
        }
        key => {
            input.press(key);
            Vec::new()
        }
    }
}

/// Takes a key while the question before a thaw is open. It is answered only once it says what would happen.
pub fn press_thaw(app: &mut App, key: Key) -> Vec<Effect> {
    let Some(Sheet::Thaw(sheet)) = &mut app.sheet else {
        return Vec::new();
    };
    let held = sheet.held.as_deref().unwrap_or_default();
    let step = |back: bool| match key {
        Key::Char('j') | Key::Down if !back => true,
        Key::Char('k') | Key::Up => back,
        _ => false,
    };
    match (key, sheet.chosen) {
        (Key::Esc | Key::Char('q'), Some(_)) => sheet.chosen = None,
        (Key::Esc | Key::Char('q'), None) => return sheets::close(app),
        (Key::Enter, _) if sheet.current => {
            let choices = std::mem::take(&mut sheet.choices);
            app.sheet = None;
            return vec![Effect::Thaw(ask(app), choices)];
        }
        (Key::Char('e'), None) => sheet.chosen = held.get(sheet.scroll).map(|row| row.post),
        (Key::Char(' '), Some(post)) => {
            choose(sheet, post);
            sheet.current = false;
            return refresh(app).into_iter().collect();
        }
        (_, Some(post)) if step(false) || step(true) => {
            let next = next_post(held, post, step(true));
            sheet.chosen = Some(next);
            sheet.scroll = held
                .iter()
                .position(|row| row.post == next)
                .unwrap_or_default();
        }
        (_, None) if step(false) => {
            sheet.scroll = (sheet.scroll + 1).min(held.len().saturating_sub(1));
        }
        (_, None) if step(true) => sheet.scroll = sheet.scroll.saturating_sub(1),
        _ => {}
    }
    Vec::new()
}

/// Leaves a post out that would leave, sends one that would not, or takes that choice back.
fn choose(sheet: &mut ThawSheet, post: PostId) {
    if sheet.choices.remove(&post).is_some() {
        return;
    }
    let mut rows = sheet.held.iter().flatten().filter(|row| row.post == post);
    let leaves = rows.any(|row| row.fate.leaves_at().is_some());
    let choice = if leaves {
        Choice::LeaveOut
    } else {
        Choice::Send
    };
    sheet.choices.insert(post, choice);
}

/// Returns the post below or above one; it may stand in two rows, with two fates.
fn next_post(held: &[HeldPost], post: PostId, back: bool) -> PostId {
    let other = |row: &&HeldPost| row.post != post;
    let found = if back {
        let first = held.iter().position(|row| row.post == post).unwrap_or(0);
        held[..first].iter().rev().find(other)
    } else {
        let after = held.iter().skip_while(|row| row.post != post);
        after.into_iter().find(other)
    };
    found.map_or(post, |row| row.post)
}

/// Has it worked out again what a thaw would do, while that is asked.
pub fn refresh(app: &mut App) -> Option<Effect> {
    let Some(Sheet::Thaw(sheet)) = &app.sheet else {
        return None;
    };
    let choices = sheet.choices.clone();
    app.memory.held = ask(app);
    Some(Effect::LoadHeld(app.memory.held, choices))
}

/// Takes in what the database says; a question that somebody else has answered meanwhile closes.
pub fn told(app: &mut App, frozen: Option<Freeze>) {
    if frozen.is_none() && matches!(app.sheet, Some(Sheet::Thaw(_))) {
        app.sheet = None;
        say(app, Rank::News, "Thawed by somebody else meanwhile".into());
    }
    app.frozen = frozen;
}

/// Takes in that everything is frozen.
pub fn frozen(app: &mut App, freeze: Freeze) -> Vec<Effect> {
    app.frozen = Some(freeze);
    let key = app.keymap.label(Action::Freeze);
    let text = format!("Frozen: nothing leaves, and everyone sees it. {key} thaws");
    say(app, Rank::News, text);
    reload(app)
}

/// Takes in what a thaw would do.
pub fn held(app: &mut App, held: Vec<HeldPost>) -> Vec<Effect> {
    if let Some(Sheet::Thaw(sheet)) = &mut app.sheet {
        sheet.scroll = sheet.scroll.min(held.len().saturating_sub(1));
        if let Some(chosen) = sheet.chosen {
            match held.iter().position(|row| row.post == chosen) {
                Some(row) => sheet.scroll = row,
                // It left, or was moved, by somebody else's hand.
                None => sheet.chosen = held.get(sheet.scroll).map(|row| row.post),
            }
        }
        sheet.held = Some(held);
        sheet.current = true;
    }
    Vec::new()
}

/// Takes in that things leave again.
pub fn thawed(app: &mut App, leaving: usize, missed: usize) -> Vec<Effect> {
    app.frozen = None;
    let text = match (leaving, missed) {
        (0, 0) => "Thawed: nothing was held".to_owned(),
        (leaving, 0) => format!("Thawed: of what was held {leaving} leave, none is too late"),
        (leaving, missed) => {
            let queue = app.key_for(Action::PaneQueue);
            format!("Thawed: of what was held {leaving} leave, {missed} not. {queue} shows them")
        }
    };
    say(app, Rank::News, text);
    reload(app)
}
