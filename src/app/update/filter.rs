//! The filter: its sheet, its saved names, and what it shows of what was read.
//!
//! A chip works at once, without asking the database for the month again; only the queue is read anew, because what
//! matches may stand behind what does not. What needs a person is never filtered.

use super::replies::select_what_is_there;
use super::{ask, panes, reflow, say, search, views};
use crate::app::finding::{FilterSheet, Offer, Whole};
use crate::app::msg::Rank;
use crate::app::sheet::Sheet;
use crate::app::{Action, App, Effect, Input, Key, Request};
use crate::domain::queue::Queue;
use crate::domain::sentence::short_title;
use crate::domain::{Filter, Offered, Summary};

/// Letters of a saved filter's name.
const LONGEST_NAME: usize = 40;

/// Opens the sheet with what is chosen now.
pub fn open(app: &mut App) -> Vec<Effect> {
    app.sheet = Some(Sheet::Filter(FilterSheet {
        row: 0,
        chip: 0,
        before: app.finding.filter.clone(),
        name: None,
    }));
    vec![Effect::LoadChoices(ask(app))]
}

/// Takes in what can be chosen.
pub fn choices(app: &mut App, choices: Offered) {
    app.finding.choices = choices;
    stay_inside(app);
}

/// Takes a key while the sheet is open.
pub fn press(app: &mut App, key: Key) -> Vec<Effect> {
    let rows = app.filter_rows();
    let Some(Sheet::Filter(sheet)) = &mut app.sheet else {
        return Vec::new();
    };
    if sheet.name.is_some() {
        return press_name(app, key);
    }
    let chips = rows.get(sheet.row).map_or(0, |row| row.chips.len());
    let offer = rows
        .get(sheet.row)
        .and_then(|row| row.chips.get(sheet.chip))
        .cloned();
    match key {
        Key::Char('l') | Key::Right => sheet.chip = (sheet.chip + 1).min(chips.saturating_sub(1)),
        Key::Char('h') | Key::Left => sheet.chip = sheet.chip.saturating_sub(1),
        Key::Char('j') | Key::Down | Key::Tab if sheet.row + 1 < rows.len() => {
            (sheet.row, sheet.chip) = (sheet.row + 1, 0);
        }
        Key::Char('k') | Key::Up | Key::BackTab if sheet.row > 0 => {
            (sheet.row, sheet.chip) = (sheet.row - 1, 0);
        }
        Key::Char(' ') => return offer.map_or_else(Vec::new, |offer| take(app, &offer)),
        Key::Char('0') => return set(app, Filter::default()),
        Key::Char('s') if !app.finding.filter.is_empty() => sheet.name = Some(Input::default()),
        Key::Char('d') => {
            let saved = offer.as_ref().and_then(|offer| app.finding.saved(offer));
            if let Some(name) = saved.map(|saved| saved.name.clone()) {
                return vec![Effect::DropFilter(name), Effect::LoadChoices(ask(app))];
            }
        }
        Key::Char(digit @ '1'..='9') => {
            let at = digit.to_digit(10).and_then(|it| usize::try_from(it).ok());
            let saved = at.and_then(|at| app.finding.choices.saved.get(at - 1));
            if let Some(filter) = saved.map(|saved| saved.filter.clone()) {
                return set(app, filter);
            }
        }
        Key::Enter | Key::Char('f' | 'q') => return close(app),
        Key::Esc => {
            let before = sheet.before.clone();
            app.sheet = None;
            return set(app, before);
        }
        _ => {}
    }
    Vec::new()
}

fn press_name(app: &mut App, key: Key) -> Vec<Effect> {
    let Some(Sheet::Filter(sheet)) = &mut app.sheet else {
        return Vec::new();
    };
    let Some(name) = &mut sheet.name else {
        return Vec::new();
    };
    match key {
        Key::Esc => sheet.name = None,
        Key::Enter => {
            let name: String = name.text().trim().chars().take(LONGEST_NAME).collect();
            sheet.name = None;
            if !name.is_empty() {
                return vec![
                    Effect::SaveFilter(name, app.finding.filter.clone()),
                    Effect::LoadChoices(ask(app)),
                ];
            }
        }
        key => {
            name.press(key);
        }
    }
    Vec::new()
}

/// Takes a chip or leaves it; a saved filter is taken whole.
fn take(app: &mut App, offer: &Offer) -> Vec<Effect> {
    let filter = match offer {
        Offer::Chip(chip) => {
            let mut filter = app.finding.filter.clone();
            filter.toggle(chip.clone());
            filter
        }
        Offer::Saved(_) if app.finding.is_chosen(offer) => Filter::default(),
        Offer::Saved(_) => {
            let saved = app.finding.saved(offer);
            saved.map_or_else(Filter::default, |saved| saved.filter.clone())
        }
    };
    set(app, filter)
}

fn close(app: &mut App) -> Vec<Effect> {
    app.sheet = None;
    let nothing = app.filter_count().is_some_and(|(shown, _)| shown == 0);
    if let Some(words) = app.filter_words().filter(|_| nothing) {
        let key = app.keymap.label(Action::Filter);
        let text = format!("Nothing here matches {words}: {key} and then 0 shows everything");
        say(app, Rank::Warn, text);
    }
    Vec::new()
}

/// Shows what a filter lets through.
fn set(app: &mut App, filter: Filter) -> Vec<Effect> {
    if filter == app.finding.filter {
        return Vec::new();
    }
    app.finding.filter = filter;
    search::forget_hits(app);
    let Whole { posts, queue } = std::mem::take(&mut app.finding.whole);
    let posts = posts.unwrap_or_else(|| std::mem::take(&mut app.posts));
    let queue = queue.unwrap_or_else(|| std::mem::take(&mut app.queue));
    show_posts(app, posts);
    let mut effects = take_queue(app, queue);
    select_what_is_there(app);
    stay_inside(app);
    reflow(app);
    effects.extend(super::moved(app));
    effects
}

fn show_posts(app: &mut App, posts: Vec<Summary>) {
    let filter = &app.finding.filter;
    if filter.is_empty() {
        app.finding.whole.posts = None;
        app.posts = posts;
    } else {
        app.posts = posts
            .iter()
            .filter(|it| filter.matches(it))
            .cloned()
            .collect();
        app.finding.whole.posts = Some(posts);
    }
}

/// Takes in the posts of the shown days; a selected one that the filter hides is named, so that none vanishes unseen.
pub fn take_posts(app: &mut App, posts: Vec<Summary>) {
    show_posts(app, posts);
    search::forget_hits(app);
    let Some(id) = app.selected else { return };
    let of_id = |post: &&Summary| post.id == id;
    let hidden = app.finding.whole.posts.iter().flatten().find(of_id);
    let is_shown = app
        .posts
        .iter()
        .chain(app.queue.posts())
        .any(|it| it.id == id);
    let Some(title) = hidden.filter(|_| !is_shown).map(|it| it.title.clone()) else {
        return;
    };
    let words = app.filter_words().unwrap_or_default();
    let key = app.keymap.label(Action::Filter);
    let title = short_title(&title);
    let text = format!("“{title}” is hidden by {words}: {key} and then 0 shows everything");
    say(app, Rank::Warn, text);
}

/// Takes in the queue. Within a filter its first rows are shown at once, and all that matches is asked for.
pub fn take_queue(app: &mut App, queue: Queue) -> Vec<Effect> {
    let filter = app.finding.filter.clone();
    if filter.is_empty() {
        app.finding.whole.queue = None;
        app.queue = queue;
        return Vec::new();
    }
    let let_through = |posts: &[Summary]| -> Vec<Summary> {
        let posts = posts.iter().filter(|it| filter.matches(it));
        posts.cloned().collect()
    };
    let next = let_through(&queue.next);
    app.queue = Queue {
        needs_you: queue.needs_you.clone(),
        needs_you_total: queue.needs_you_total,
        review: let_through(&queue.review),
        next_total: next.len(),
        next,
        review_total: queue.review_total,
        uploads: queue.uploads.clone(),
        offline: queue.offline,
        clock_ahead: queue.clock_ahead,
    };
    app.finding.whole.queue = Some(queue);
    app.finding.matching = ask(app);
    vec![Effect::LoadMatching(app.finding.matching, filter)]
}

/// Takes in all of the queue that the filter lets through.
pub fn matching(
    app: &mut App,
    request: Request,
    mut next: Vec<Summary>,
    total: usize,
) -> Vec<Effect> {
    if request != app.finding.matching || app.finding.filter.is_empty() {
        return Vec::new();
    }
    // What waits for a reviewer stands in its own section.
    let before = next.len();
    next.retain(|post| !app.queue.review.iter().any(|it| it.id == post.id));
    app.queue.next_total = total.saturating_sub(before - next.len());
    app.queue.next = next;
    select_what_is_there(app);
    panes::scroll_queue(app);
    views::scroll(app);
    Vec::new()
}

/// Rows come and go with what can be chosen.
fn stay_inside(app: &mut App) {
    let rows = app.filter_rows();
    if let Some(Sheet::Filter(sheet)) = &mut app.sheet {
        sheet.row = sheet.row.min(rows.len().saturating_sub(1));
        let chips = rows.get(sheet.row).map_or(0, |row| row.chips.len());
        sheet.chip = sheet.chip.min(chips.saturating_sub(1));
    }
}

#[cfg(test)]
mod tests;
