//! What all pages share: their keys, leaving them, and which actions mean the same on them as everywhere.
//!
//! What a page does itself is in the file of its name. Nothing that is done on a page changes what lies behind it unseen.

use super::{load_selected, outbox, review};
use crate::app::keymap::Lookup;
use crate::app::page::Page;
use crate::app::{Action, App, Effect, Key, Place, Sheet};

/// Takes a key while a page is shown.
pub fn press(app: &mut App, place: Place, key: Key) -> Vec<Effect> {
    match app.keymap.look_up_in(&[key], place) {
        Lookup::Action(action) => super::act(app, action),
        Lookup::Prefix => {
            app.memory.prefix = Some(key);
            app.sheet = Some(Sheet::Prefix(key));
            Vec::new()
        }
        Lookup::Nothing => Vec::new(),
    }
}

/// Does what an action asks for on the page that is shown; `None` without one, and for what means the same everywhere.
pub fn act(app: &mut App, action: Action) -> Option<Vec<Effect>> {
    let done = match app.shown_page()? {
        Page::Outbox(_) => outbox::act(app, action),
        Page::Review(_) => review::act(app, action),
    };
    match done {
        None if is_the_same_everywhere(action) => None,
        // It would move about in the panes behind the page, or change a post that is not seen here.
        None => Some(Vec::new()),
        done => done,
    }
}

/// Shows the panes again as they were.
pub fn close(app: &mut App) -> Vec<Effect> {
    app.page = None;
    // The page may have read another post than the one that the panes show.
    if app.selected_detail().is_some() {
        return Vec::new();
    }
    load_selected(app).into_iter().collect()
}

fn is_the_same_everywhere(action: Action) -> bool {
    matches!(
        action,
        Action::Undo
            | Action::Redo
            | Action::History
            | Action::Connections
            | Action::People
            | Action::Freeze
            | Action::Outbox
            | Action::Review
            | Action::Palette
            | Action::QuitSafely
            | Action::Suspend
            | Action::Redraw
    )
}
