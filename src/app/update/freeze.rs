//! Freezing everything that leaves, and thawing it: one key, two questions.
//!
//! What a thaw would do is worked out by the runtime and shown before it is done.

use super::{ask, reload, say, sheets};
use crate::app::msg::Rank;
use crate::app::sheet::{Sheet, ThawSheet};
use crate::app::{Action, App, Effect, Input, Key};
use crate::domain::{Freeze, HeldPost};

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
    let last = sheet
        .held
        .as_ref()
        .map_or(0, |held| held.len().saturating_sub(1));
    match key {
        Key::Esc | Key::Char('q') => sheets::close(app),
        Key::Enter if sheet.held.is_some() => {
            app.sheet = None;
            vec![Effect::Thaw(ask(app))]
        }
        Key::Char('j') | Key::Down => {
            sheet.scroll = (sheet.scroll + 1).min(last);
            Vec::new()
        }
        Key::Char('k') | Key::Up => {
            sheet.scroll = sheet.scroll.saturating_sub(1);
            Vec::new()
        }
        _ => Vec::new(),
    }
}

/// Has it worked out again what a thaw would do, while that is asked.
pub fn refresh(app: &mut App) -> Option<Effect> {
    if !matches!(app.sheet, Some(Sheet::Thaw(_))) {
        return None;
    }
    app.memory.held = ask(app);
    Some(Effect::LoadHeld(app.memory.held))
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
        sheet.held = Some(held);
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
            format!("Thawed: of what was held {leaving} leave, {missed} not. 2 shows them")
        }
    };
    say(app, Rank::News, text);
    reload(app)
}
