//! Searching the outbox: the first match from the selected delivery on is shown at once, Enter stays there, Esc goes back.
//!
//! Only what is listed is searched; what was not read yet is read before it is said that nothing is found.

use super::search::{Typed, not_yet, quoted, read, ways_on};
use super::{outbox, say};
use crate::app::msg::Rank;
use crate::app::outbox_search::{find, position};
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
    match read(app, key, TYPED) {
        Typed::Leave => {
            go_back(app);
            Vec::new()
        }
        Typed::Accept => accept(app),
        Typed::Next => step(app, Way::On),
        Typed::Previous => step(app, Way::Back),
        Typed::More => typed_on(app),
        Typed::Nothing => Vec::new(),
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
    find(app);
    let hits = app.outbox().map_or(&[][..], |page| &page.search.hits);
    let first = hits.iter().find(|at| **at >= from).or(hits.first());
    select(app, first.copied());
    Vec::new()
}

fn accept(app: &mut App) -> Vec<Effect> {
    app.sheet = None;
    app.memory.typed.remove(TYPED);
    let Some(search) = app.outbox().map(|page| &page.search) else {
        return Vec::new();
    };
    if words(&search.typed).is_empty() {
        go_back(app);
        return Vec::new();
    }
    if search.hits.is_empty() {
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
            not_yet(app);
        }
        return Vec::new();
    }
    let at = page.at().unwrap_or(0);
    let has_more = page.outbox.as_ref().is_some_and(|outbox| outbox.more);
    let matches = &page.search.hits;
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
    find(app);
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
    let Some(nth) = app.outbox().and_then(position) else {
        return;
    };
    if let Some(page) = app.outbox_mut() {
        page.search.came_from = None;
    }
    let typed = app.outbox().map_or("", |page| page.search.typed.as_str());
    let words = quoted(typed);
    let matches = app.outbox().map_or(0, |page| page.search.hits.len());
    let keys = ways_on(app, matches);
    let text = format!("{words} {nth} of {matches}{over}{keys}");
    say(app, Rank::News, text);
}

#[cfg(test)]
mod tests;
