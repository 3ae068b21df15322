//! Search as you type: the first match from here on is shown at once, Enter stays there, Esc goes back.
//!
//! One search is on its way at a time; what was typed meanwhile is asked for when it comes back.

use super::{ask, load_selected, moved, outbox_search, panes, say};
use crate::app::finding::{Asked, CameFrom, Search, Then};
use crate::app::msg::Rank;
use crate::app::sheet::Sheet;
use crate::app::{Action, App, Effect, Input, Key, Pane, Request};
use crate::domain::Hit;
use crate::domain::search::words;

/// What was typed, by the sheet's name.
const TYPED: &str = "search";
/// Letters of a search that a message repeats.
const QUOTED: usize = 24;

/// Does what an action of searching asks for.
pub fn act(app: &mut App, action: Action) -> Vec<Effect> {
    match action {
        Action::Search => open(app),
        Action::NextMatch => step(app, Then::Next),
        Action::PreviousMatch => step(app, Then::Previous),
        _ => Vec::new(),
    }
}

fn open(app: &mut App) -> Vec<Effect> {
    let typed = app.memory.typed.get(TYPED).cloned().unwrap_or_default();
    app.finding.search.came_from = Some(CameFrom {
        day: app.day,
        selected: app.selected,
        focus: app.focus,
    });
    app.sheet = Some(Sheet::Search(Input::new(typed)));
    typed_on(app)
}

/// Takes a key while the sheet is open.
pub fn press(app: &mut App, key: Key) -> Vec<Effect> {
    if app.outbox().is_some() {
        return outbox_search::press(app, key);
    }
    match read(app, key, TYPED) {
        Typed::Leave => {
            app.finding.search.asked = None;
            go_back(app)
        }
        Typed::Accept => accept(app),
        Typed::Next => step(app, Then::Next),
        Typed::Previous => step(app, Then::Previous),
        Typed::More => typed_on(app),
        Typed::Nothing => Vec::new(),
    }
}

/// What a key means while a search is typed.
pub(super) enum Typed {
    Leave,
    Accept,
    Next,
    Previous,
    More,
    Nothing,
}

/// Reads a key for the sheet, which Esc closes; what was typed is kept under `name` then.
pub(super) fn read(app: &mut App, key: Key, name: &'static str) -> Typed {
    let Some(Sheet::Search(input)) = &mut app.sheet else {
        return Typed::Nothing;
    };
    match key {
        Key::Esc => {
            app.memory.typed.insert(name, input.text().to_owned());
            app.sheet = None;
            Typed::Leave
        }
        Key::Enter => Typed::Accept,
        Key::Down | Key::Ctrl('n') => Typed::Next,
        Key::Up | Key::Ctrl('p') => Typed::Previous,
        key => {
            let before = input.text().to_owned();
            input.press(key);
            match input.text() == before {
                true => Typed::Nothing,
                false => Typed::More,
            }
        }
    }
}

/// Says that there is nothing to step through.
pub(super) fn not_yet(app: &mut App) {
    let key = app.key_for(Action::Search);
    say(
        app,
        Rank::News,
        format!("Nothing was searched for yet: {key} searches"),
    );
}

/// Returns the keys that go on, as a message ends with them; none for a single match.
pub(super) fn ways_on(app: &App, matches: usize) -> String {
    let [next, previous] = [Action::NextMatch, Action::PreviousMatch].map(|it| app.key_for(it));
    match matches {
        1 => String::new(),
        _ => format!("   {next} next   {previous} previous"),
    }
}

/// Asks for what is typed now, unless a search is on its way.
pub fn typed_on(app: &mut App) -> Vec<Effect> {
    if app.outbox().is_some() {
        return outbox_search::typed_on(app);
    }
    let Some(Sheet::Search(input)) = &app.sheet else {
        return Vec::new();
    };
    let typed = input.text().to_owned();
    if words(&typed).is_empty() {
        let search = &mut app.finding.search;
        (search.typed, search.hits, search.at) = (String::new(), Vec::new(), None);
        search.asked = None;
        return go_back_and_stay(app);
    }
    if app.finding.search.asked.is_some() {
        return Vec::new();
    }
    ask_for(app, typed, Then::Show)
}

fn ask_for(app: &mut App, typed: String, then: Then) -> Vec<Effect> {
    let request = ask(app);
    app.finding.search.asked = Some(Asked {
        request,
        typed: typed.clone(),
        then,
    });
    vec![Effect::Search(request, typed, app.finding.filter.clone())]
}

fn accept(app: &mut App) -> Vec<Effect> {
    let Some(Sheet::Search(input)) = &app.sheet else {
        return Vec::new();
    };
    let typed = input.text().to_owned();
    app.sheet = None;
    app.memory.typed.remove(TYPED);
    if words(&typed).is_empty() {
        return go_back(app);
    }
    let search = &mut app.finding.search;
    if search.asked.is_none() && search.typed == typed {
        return settle_on(app);
    }
    // It is answered in a moment; a search for less than all of what was typed is not waited for.
    ask_for(app, typed, Then::ShowAndSay)
}

/// The sheet is closed: stay at the match, or go back where there is none.
fn settle_on(app: &mut App) -> Vec<Effect> {
    if app.finding.search.hits.is_empty() {
        let words = quoted(&app.finding.search.typed);
        let effects = go_back(app);
        let within = within(app);
        let text = format!("Nothing found for {words}{within}: you are where you were");
        say(app, Rank::Warn, text);
        return effects;
    }
    app.finding.search.came_from = None;
    say_position(app, "");
    Vec::new()
}

/// Takes in what was found.
pub fn found(app: &mut App, request: Request, hits: Vec<Hit>) -> Vec<Effect> {
    let search = &mut app.finding.search;
    let Some(asked) = search.asked.take_if(|asked| asked.request == request) else {
        return Vec::new();
    };
    if let Some(Sheet::Search(input)) = &app.sheet
        && input.text() != asked.typed
    {
        return typed_on(app);
    }
    search.typed = asked.typed;
    search.hits = hits;
    search.is_stale = false;
    search.at = None;
    match asked.then {
        Then::Next | Then::Previous => go_on(app, asked.then),
        Then::Show | Then::ShowAndSay => {
            let mut effects = match from_here(app) {
                Some(at) => go_to(app, at),
                None => go_back_and_stay(app),
            };
            if asked.then == Then::ShowAndSay {
                effects.extend(settle_on(app));
            }
            effects
        }
    }
}

/// The search could not be made; the next key asks again.
pub fn failed(app: &mut App, request: Request) {
    app.finding
        .search
        .asked
        .take_if(|asked| asked.request == request);
}

/// What was found is asked for again before it is used.
pub fn forget_hits(app: &mut App) {
    app.finding.search.is_stale = true;
}

fn step(app: &mut App, then: Then) -> Vec<Effect> {
    let Search { typed, asked, .. } = &app.finding.search;
    if typed.is_empty() {
        if app.sheet.is_none() {
            not_yet(app);
        }
        return Vec::new();
    }
    if asked.is_some() {
        return Vec::new();
    }
    if app.finding.search.is_stale {
        let typed = typed.clone();
        return ask_for(app, typed, then);
    }
    go_on(app, then)
}

fn go_on(app: &mut App, then: Then) -> Vec<Effect> {
    let hits = &app.finding.search.hits;
    let Some(last) = hits.len().checked_sub(1) else {
        let words = quoted(&app.finding.search.typed);
        let text = format!("Nothing found for {words}{}", within(app));
        say(app, Rank::Warn, text);
        return Vec::new();
    };
    let here = hits.iter().position(|hit| Some(hit.post) == app.selected);
    let day_of = |hit: &Hit| hit.due_at.map(|at| app.day_at(at));
    let (at, over) = match (then, here) {
        (Then::Previous, Some(0)) => (last, ": from the end again"),
        (Then::Previous, Some(here)) => (here - 1, ""),
        (Then::Previous, None) => {
            let before = hits
                .iter()
                .rposition(|hit| day_of(hit).is_some_and(|it| it < app.day));
            (before.unwrap_or(last), "")
        }
        (_, Some(here)) if here == last => (0, ": from the beginning again"),
        (_, Some(here)) => (here + 1, ""),
        (_, None) => {
            let after = hits
                .iter()
                .position(|hit| day_of(hit).is_none_or(|it| it >= app.day));
            (after.unwrap_or(0), "")
        }
    };
    let effects = go_to(app, at);
    if app.sheet.is_none() {
        say_position(app, over);
    }
    effects
}

/// Returns the first hit on or after the day that the search began on, else the first of all.
fn from_here(app: &App) -> Option<usize> {
    let search = &app.finding.search;
    let day = search.came_from.map_or(app.day, |it| it.day);
    let is_on = |hit: &Hit| hit.due_at.is_none_or(|at| app.day_at(at) >= day);
    let first = search.hits.iter().position(is_on);
    first.or((!search.hits.is_empty()).then_some(0))
}

/// Shows a hit: its day with the post selected, or where a post without a day is listed.
fn go_to(app: &mut App, at: usize) -> Vec<Effect> {
    let Some(hit) = app.finding.search.hits.get(at).copied() else {
        return Vec::new();
    };
    app.finding.search.at = Some(at);
    let is_queued = app.queue.posts().any(|it| it.id == hit.post);
    if let Some(at) = hit.due_at {
        app.day = app.day_at(at);
        if app.focus == Pane::Queue && !is_queued {
            app.focus = Pane::Calendar;
        }
    } else {
        app.focus = if is_queued { Pane::Queue } else { Pane::Editor };
    }
    let effects = panes::select(app, hit.post);
    super::reflow(app);
    effects
}

/// Goes back to where the search began.
fn go_back(app: &mut App) -> Vec<Effect> {
    let effects = go_back_and_stay(app);
    app.finding.search.came_from = None;
    effects
}

/// Goes back to where the search began, and remembers that place: the sheet stays open.
fn go_back_and_stay(app: &mut App) -> Vec<Effect> {
    let Some(CameFrom {
        day,
        selected,
        focus,
    }) = app.finding.search.came_from
    else {
        return Vec::new();
    };
    app.finding.search.at = None;
    if (app.day, app.selected, app.focus) == (day, selected, focus) {
        return Vec::new();
    }
    (app.day, app.selected, app.focus) = (day, selected, focus);
    super::reflow(app);
    let mut effects = moved(app);
    if app.selected_detail().is_none() && effects.is_empty() {
        effects.extend(load_selected(app));
    }
    effects
}

fn say_position(app: &mut App, over: &str) {
    let search = &app.finding.search;
    let Some(position) = search.position() else {
        return;
    };
    let without = search
        .at
        .and_then(|at| search.hits.get(at))
        .is_some_and(|hit| hit.due_at.is_none());
    let place = if without { ", without a time" } else { "" };
    let words = quoted(&search.typed);
    let keys = ways_on(app, search.hits.len());
    let text = format!("{words} {position}{}{place}{over}{keys}", within(app));
    say(app, Rank::News, text);
}

fn within(app: &App) -> String {
    app.filter_words()
        .map_or_else(String::new, |words| format!(" in {words}"))
}

/// Returns what was searched for, short enough for a message.
pub(super) fn quoted(typed: &str) -> String {
    let typed = crate::domain::text_safety::visible(typed.trim());
    if typed.chars().count() <= QUOTED {
        return format!("“{typed}”");
    }
    let cut: String = typed.chars().take(QUOTED - 1).collect();
    format!("“{}…”", cut.trim_end())
}

#[cfg(test)]
mod tests;
