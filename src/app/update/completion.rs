//! Keys of the list that opens while `@@` or `##` is typed.
//!
//! It follows the text, never the other way round: a letter is in the text before anything is looked up.

use super::typing;
use crate::app::completion::at_cursor;
use crate::app::{App, Effect, Key};

/// Takes a key while the list is open; `None` for one that is the text's.
pub fn press(app: &mut App, key: Key) -> Option<Vec<Effect>> {
    let open = app.completion.as_mut()?;
    let last = open.offers.len().saturating_sub(1);
    match key {
        Key::Down => {
            open.chosen = if open.chosen >= last {
                0
            } else {
                open.chosen + 1
            }
        }
        Key::Up => open.chosen = open.chosen.checked_sub(1).unwrap_or(last),
        Key::Esc => dismiss(app),
        Key::Tab => return Some(take(app)),
        // What is written out already is left to the line end.
        Key::Enter if !is_written_out(app) => return Some(take(app)),
        _ => return None,
    }
    Some(Vec::new())
}

/// Looks anew who could be meant, after the text changed.
pub fn follow(app: &mut App) {
    let found = app
        .editor
        .as_ref()
        .and_then(|editor| at_cursor(app, editor));
    let chosen = app.completion.as_ref().and_then(|open| {
        let key = open.offered().map(|it| it.key.clone())?;
        (open.chosen > 0).then_some(key)
    });
    let start = found.as_ref().map(|it| it.start);
    if app.memory.dismissed.is_some() && app.memory.dismissed == start {
        app.completion = None;
        return;
    }
    app.memory.dismissed = None;
    app.completion = found.map(|mut found| {
        let at = found
            .offers
            .iter()
            .position(|it| Some(&it.key) == chosen.as_ref());
        found.chosen = at.unwrap_or(0);
        found
    });
}

/// Closes the list: the cursor went elsewhere.
pub fn close(app: &mut App) {
    app.completion = None;
}

/// Closes the list for what is typed here.
fn dismiss(app: &mut App) {
    app.memory.dismissed = app.completion.take().map(|it| it.start);
}

fn is_written_out(app: &App) -> bool {
    let (Some(open), Some(editor)) = (&app.completion, &app.editor) else {
        return true;
    };
    let typed = editor.text().get(open.start + 2..editor.cursor());
    let chosen = open.offered().map(|it| it.key.as_str());
    typed
        .zip(chosen)
        .is_some_and(|(typed, key)| typed.eq_ignore_ascii_case(key))
}

fn take(app: &mut App) -> Vec<Effect> {
    let Some(open) = app.completion.take() else {
        return Vec::new();
    };
    let (Some(offered), Some(editor)) = (open.offered(), &mut app.editor) else {
        return Vec::new();
    };
    let written = format!("{}{}", open.sign.text(), offered.key);
    editor.complete(open.start, &written);
    app.memory.dismissed = Some(open.start);
    typing::typed(app)
}
