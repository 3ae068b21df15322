//! Searching the outbox: the first match from the selected delivery on is shown at once, Enter stays there, Esc goes back.
//!
//! Only what is listed is searched; what was not read yet is read before it is said that nothing is found.

use super::search::quoted;
use super::{outbox, say};
use crate::app::msg::Rank;
use crate::app::outbox_search::{found, position};
use crate::app::sheet::Sheet;
use crate::app::{Action, App, Effect, Input, Key};
use crate::domain::DeliveryId;
use crate::domain::search::words;

/// What was typed, by the sheet's name.
const TYPED: &str = "outbox-search";
/// More is read in steps that grow by this factor, so that even a long history is few questions.
const GROWTH: usize = 4;

/// Does what an action of searching asks for on this page.
pub fn act(app: &mut App, action: Action) -> Vec<Effect> {
    match action {
        Action::Search => open(app),
        Action::PreviousMatch => step(app, Way::Back),
        _ => step(app, Way::On),
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Way {
    On,
    Back,
}

fn open(app: &mut App) -> Vec<Effect> {
    let typed = app.memory.typed.get(TYPED).cloned().unwrap_or_default();
    if let Some(page) = app.outbox_mut() {
        page.search.came_from = page.selected;
    }
    app.sheet = Some(Sheet::Search(Input::new(typed)));
    typed_on(app)
}

/// Takes a key while the sheet is open.
pub fn press(app: &mut App, key: Key) -> Vec<Effect> {
    let Some(Sheet::Search(input)) = &mut app.sheet else {
        return Vec::new();
    };
    match key {
        Key::Esc => {
            let typed = input.text().to_owned();
            app.memory.typed.insert(TYPED, typed);
            app.sheet = None;
            go_back(app);
            Vec::new()
        }
        Key::Enter => accept(app),
        Key::Down | Key::Ctrl('n') => step(app, Way::On),
        Key::Up | Key::Ctrl('p') => step(app, Way::Back),
        key => {
            let before = input.text().to_owned();
            input.press(key);
            if input.text() == before {
                return Vec::new();
            }
            typed_on(app)
        }
    }
}

/// Shows the first match of what is typed now.
pub fn typed_on(app: &mut App) -> Vec<Effect> {
    let Some(Sheet::Search(input)) = &app.sheet else {
        return Vec::new();
    };
    let typed = input.text().to_owned();
    let Some(page) = app.outbox_mut() else {
        return Vec::new();
    };
    page.search.typed = typed;
    page.selected = page.search.came_from;
    let from = page.at().unwrap_or(0);
    let matches = found(app);
    let first = matches.iter().find(|at| **at >= from).or(matches.first());
    select(app, first.copied());
    Vec::new()
}

fn accept(app: &mut App) -> Vec<Effect> {
    app.sheet = None;
    app.memory.typed.remove(TYPED);
    let is_empty = app
        .outbox()
        .is_none_or(|page| words(&page.search.typed).is_empty());
    if is_empty {
        go_back(app);
        return Vec::new();
    }
    if found(app).is_empty() {
        return go_on_reading(app);
    }
    say_position(app, "");
    Vec::new()
}

fn step(app: &mut App, way: Way) -> Vec<Effect> {
    let Some(page) = app.outbox() else {
        return Vec::new();
    };
    if words(&page.search.typed).is_empty() {
        if app.sheet.is_none() {
            let key = app.key_for(Action::Search);
            let text = format!("Nothing was searched for yet: {key} searches");
            say(app, Rank::News, text);
        }
        return Vec::new();
    }
    let at = page.at().unwrap_or(0);
    let has_more = page.outbox.as_ref().is_some_and(|outbox| outbox.more);
    let matches = found(app);
    let (next, over) = match way {
        Way::On => match matches.iter().find(|it| **it > at) {
            Some(next) => (Some(next), ""),
            None if has_more => return go_on_reading(app),
            None => (matches.first(), ": from the beginning again"),
        },
        Way::Back => match matches.iter().rfind(|it| **it < at) {
            Some(next) => (Some(next), ""),
            None => (matches.last(), ": from the end again"),
        },
    };
    match next.copied() {
        Some(next) => {
            select(app, Some(next));
            if app.sheet.is_none() {
                say_position(app, over);
            }
        }
        None => nothing(app),
    }
    Vec::new()
}

/// Reads more deliveries, and goes on to the next match among them.
fn go_on_reading(app: &mut App) -> Vec<Effect> {
    let has_more = (app.outbox())
        .and_then(|page| page.outbox.as_ref())
        .is_some_and(|outbox| outbox.more);
    match app.outbox_mut() {
        Some(page) if has_more => {
            page.search.goes_on = true;
            page.limit *= GROWTH;
        }
        _ => {
            nothing(app);
            return Vec::new();
        }
    }
    outbox::refresh(app).into_iter().collect()
}

/// The deliveries were read again: goes on where more of them were asked for.
pub fn taken(app: &mut App) -> Vec<Effect> {
    let goes_on = app
        .outbox_mut()
        .is_some_and(|page| std::mem::take(&mut page.search.goes_on));
    if goes_on {
        return step(app, Way::On);
    }
    Vec::new()
}

fn nothing(app: &mut App) {
    if app.sheet.is_some() {
        return;
    }
    go_back(app);
    let typed = app.outbox().map_or("", |page| page.search.typed.as_str());
    let text = format!("Nothing found for {} in the outbox", quoted(typed));
    say(app, Rank::Warn, text);
}

fn go_back(app: &mut App) {
    if let Some(page) = app.outbox_mut()
        && let Some(id) = page.search.came_from.take()
    {
        page.selected = Some(id);
    }
    outbox::scroll(app);
}

fn select(app: &mut App, at: Option<usize>) {
    let id: Option<DeliveryId> = app
        .outbox()
        .and_then(|page| page.rows().get(at?))
        .map(|row| row.delivery.id);
    if let (Some(page), Some(id)) = (app.outbox_mut(), id) {
        page.selected = Some(id);
    }
    outbox::scroll(app);
}

fn say_position(app: &mut App, over: &str) {
    let Some(position) = position(app) else {
        return;
    };
    if let Some(page) = app.outbox_mut() {
        page.search.came_from = None;
    }
    let typed = app.outbox().map_or("", |page| page.search.typed.as_str());
    let words = quoted(typed);
    let (next, previous) = (
        app.key_for(Action::NextMatch),
        app.key_for(Action::PreviousMatch),
    );
    let keys = if position.ends_with(" of 1") {
        String::new()
    } else {
        format!("   {next} next   {previous} previous")
    };
    say(app, Rank::News, format!("{words} {position}{over}{keys}"));
}

#[cfg(test)]
mod tests;
