//! `update`: the only function that changes the screen's state. It cannot fail and cannot wait.
//!
//! This file routes; what a key does is in `panes.rs` (nothing typed), `posts.rs` and `clip.rs` (changing posts),
//! `typing.rs`, and for a sheet, a page or a feature in the file of its name; answers of the database are taken in by
//! `replies.rs`.

mod by_hand;
mod cards;
mod clip;
mod completion;
mod connections;
mod correct;
pub mod daemon;
mod details;
mod filter;
mod freeze;
mod glance;
pub mod history;
mod leaving;
mod outbox;
mod outbox_search;
mod outside;
mod pages;
mod palette;
mod panes;
mod people;
mod pipe;
mod pointer;
mod posts;
pub mod presence;
pub mod replies;
mod resizing;
mod review;
mod search;
mod several;
pub mod sheets;
pub mod stale;
mod trim;
mod typing;
mod unknown;
mod unsaved;
mod views;

use super::msg::{Note, Rank, Turn};
use super::state::Pane;
use super::{Action, App, Effect, Key, Msg, Page, Place, Request, ShownNote, layout};
use crate::domain::Message;
use crate::domain::calendar::plus_days;
use std::time::Duration;

/// A message stays at least this long, whatever is pressed.
const NOTE_STAYS: Duration = Duration::from_secs(2);

/// Changes the state and returns what the runtime shall do.
pub fn update(app: &mut App, msg: Msg) -> Vec<Effect> {
    let had_sheet = app.sheet.is_some();
    let mut effects = route(app, msg);
    if let Some((hash, wanted)) = app.next_thumb() {
        effects.push(Effect::LoadThumb(ask(app), hash, wanted));
    }
    if app.sheet.is_some() && !had_sheet {
        // A question's last row has its keys; news of what came before would lie over them.
        app.note.take_if(|shown| shown.note.rank < Rank::Bad);
    }
    effects
}

/// Whether a message may change what is drawn. A pause after a move that is over only asks for what is read next.
pub fn is_seen(app: &App, msg: &Msg) -> bool {
    match msg {
        Msg::Settled(request) => {
            [app.memory.counts, app.memory.hints, app.memory.retry].contains(request)
        }
        _ => true,
    }
}

/// Whether the end of a pause still leads to something: each move begins a new one, and the one before means nothing then.
pub fn is_awaited(app: &App, pause: Request) -> bool {
    let memory = &app.memory;
    [memory.settle, memory.counts, memory.hints, memory.retry].contains(&pause)
}

fn route(app: &mut App, msg: Msg) -> Vec<Effect> {
    match msg {
        Msg::Key(key) => {
            app.memory.scrolled.clear();
            press(app, key)
        }
        Msg::Paste(text) => paste(app, &text),
        Msg::Resize(width, height) => resizing::resize(app, width, height),
        Msg::Measured(cell) => {
            app.thumbs.measured(cell);
            Vec::new()
        }
        Msg::Tick(now, uptime) => {
            app.now = now;
            app.memory.uptime = uptime;
            Vec::new()
        }
        Msg::Settled(request) => settled(app, request),
        Msg::Reply(request, reply) => replies::take(app, request, *reply),
        Msg::Changed => {
            let mut effects = reload(app);
            effects.extend(freeze::refresh(app));
            effects.extend(by_hand::refresh(app));
            effects.extend(history::refresh(app));
            effects.push(people::load(app));
            effects
        }
        Msg::Publisher(publishing) => {
            app.publishing = publishing;
            Vec::new()
        }
        Msg::Told(note) => {
            say(app, note.rank, note.text);
            Vec::new()
        }
        Msg::Pointed(pointed) => pointer::pointed(app, pointed),
        Msg::Background(colours) => {
            app.look.colours = colours;
            Vec::new()
        }
        Msg::Ended => end(app),
    }
}

/// Returns what is asked for when the screen opens.
pub fn start(app: &mut App) -> Vec<Effect> {
    let channels = Effect::LoadChannels(ask(app));
    let mut effects = vec![channels];
    effects.extend(glance::load(app));
    effects.extend(load_lists(app));
    effects.push(Effect::LoadDrafts(ask(app)));
    effects
}

fn press(app: &mut App, key: Key) -> Vec<Effect> {
    forget_note(app, key);
    if app.leaving {
        return Vec::new();
    }
    if layout::room(app.size) == layout::Room::TooSmall {
        return match key {
            Key::Char('q') if app.editor.is_none() => leave(app),
            Key::Ctrl('c') => end(app),
            _ => Vec::new(),
        };
    }
    if app.sheet.is_some() {
        return sheets::press(app, key);
    }
    if app.welcome.is_some() {
        return panes::press_welcome(app, key);
    }
    if app.details.is_some() {
        return details::press(app, key);
    }
    if app.editor.is_some() {
        return typing::press(app, key);
    }
    if let Some(place) = app.shown_page().map(Page::place) {
        return pages::press(app, place, key);
    }
    panes::press(app, key)
}

fn paste(app: &mut App, text: &str) -> Vec<Effect> {
    if let Some(sheet) = &mut app.sheet {
        sheets::paste(sheet, text);
        return search::typed_on(app);
    }
    if let Some(form) = &mut app.details {
        if let Some(input) = &mut form.input {
            input.paste(text);
        }
        return Vec::new();
    }
    if app.editor.is_some() {
        return typing::insert(app, text);
    }
    if !text.trim().is_empty() {
        let (edit, add) = (app.key_for(Action::Edit), app.key_for(Action::Add));
        let text = format!("Pasted text goes into a post: press {edit} or {add} first, then paste");
        say(app, Rank::Warn, text);
    }
    Vec::new()
}

/// Does what an action asks for, wherever it was chosen.
fn act(app: &mut App, action: Action) -> Vec<Effect> {
    if let Some(effects) = pages::act(app, action) {
        return effects;
    }
    if let Some(effects) = several::act(app, action) {
        return effects;
    }
    match action {
        Action::Help => palette::open_help(app, Place::of(app.focus)),
        Action::Palette => palette::open(app),
        Action::Quit => back_or_quit(app),
        Action::Leave if !app.marks.is_empty() => {
            app.marks.clear();
            Vec::new()
        }
        Action::Leave => {
            app.focus = Pane::Calendar;
            Vec::new()
        }
        Action::QuitSafely | Action::TypeQuit | Action::FieldQuit => unsaved::quit(app),
        Action::Suspend => vec![Effect::Suspend],
        Action::TypeSuspend => {
            let mut effects = typing::keep_draft_now(app);
            effects.push(Effect::Suspend);
            effects
        }
        Action::Redraw => vec![Effect::Redraw],
        Action::Add => posts::add(app),
        Action::Undo => history::turn(app, Turn::Undo),
        Action::Redo => history::turn(app, Turn::Redo),
        Action::History => history::open(app),
        Action::Connections => connections::open(app),
        Action::Mark => several::mark(app),
        Action::EditOutside | Action::Pipe | Action::ByHand => posts::on_selected(app, action),
        Action::People => people::open(app),
        Action::TypePipe => pipe::open(app),
        Action::Open | Action::Edit | Action::Details | Action::Copy | Action::Cut => {
            posts::on_selected(app, action)
        }
        Action::DayBack | Action::DayOn | Action::Earlier | Action::Later => {
            posts::on_selected(app, action)
        }
        Action::Schedule | Action::Trash | Action::PublishNow | Action::Skip | Action::Preview => {
            posts::on_selected(app, action)
        }
        // After typing, Esc leads back to where it began: there the key means what the editor's line promised.
        Action::StartDaemon if stale::is_asked(app) => posts::on_selected(app, Action::StaleText),
        Action::StartDaemon => daemon::start(app),
        // One key for both, as its alarm says: where no stale text is shown, there is nothing else that it could mean.
        Action::StaleText if daemon::key(app) == Some(action) => daemon::start(app),
        Action::StaleText => posts::on_selected(app, action),
        Action::Outbox => outbox::open(app),
        Action::Review => review::open(app),
        Action::AskReview => review::ask_for(app),
        Action::Freeze => freeze::open(app),
        Action::Paste => clip::paste(app),
        Action::GoToDate => sheets::open_go_to(app),
        Action::Search | Action::NextMatch | Action::PreviousMatch => search::act(app, action),
        Action::Filter => filter::open(app),
        Action::MonthView | Action::WeekView | Action::ListView => views::show(app, action),
        move_action => panes::go(app, move_action),
    }
}

fn back_or_quit(app: &mut App) -> Vec<Effect> {
    if app.focus == Pane::Calendar {
        return leave(app);
    }
    app.focus = Pane::Calendar;
    Vec::new()
}

fn leave(app: &mut App) -> Vec<Effect> {
    app.leaving = true;
    vec![Effect::Quit]
}

/// Keeps what is typed and leaves.
fn end(app: &mut App) -> Vec<Effect> {
    let mut effects = typing::keep_draft_now(app);
    effects.extend(leave(app));
    effects
}

fn settled(app: &mut App, request: Request) -> Vec<Effect> {
    if request == app.memory.retry {
        return unsaved::try_again(app);
    }
    if request == app.memory.counts {
        typing::count_all(app);
        return Vec::new();
    }
    if request == app.memory.cards {
        return cards::rested(app);
    }
    if request == app.memory.hints {
        app.hinted = None;
        return Vec::new();
    }
    if request != app.memory.settle {
        return Vec::new();
    }
    load_selected(app).into_iter().collect()
}

/// Reads everything that is shown again: somebody changed the database.
fn reload(app: &mut App) -> Vec<Effect> {
    let mut effects = load_lists(app);
    effects.extend(load_selected(app));
    effects
}

fn ask(app: &mut App) -> Request {
    app.memory.last_request += 1;
    app.memory.last_request
}

fn load_posts(app: &mut App) -> Effect {
    let grid = app.grid();
    app.memory.posts = ask(app);
    // A week more on both sides, so that moving a post over the edge shows at once.
    Effect::LoadPosts(
        app.memory.posts,
        plus_days(grid.first(), -7),
        plus_days(grid.last(), 8),
    )
}

/// Reads everything that lists posts: the month, and the queue with what leaves next.
fn load_lists(app: &mut App) -> Vec<Effect> {
    let mut effects = vec![load_posts(app), load_queue(app)];
    effects.extend(outbox::refresh(app));
    effects.extend(review::refresh(app));
    effects
}

fn load_queue(app: &mut App) -> Effect {
    app.memory.queue = ask(app);
    Effect::LoadQueue(app.memory.queue)
}

fn load_selected(app: &mut App) -> Option<Effect> {
    let id = app.selected?;
    app.memory.post = ask(app);
    Some(Effect::LoadPost(app.memory.post, id))
}

/// After a move: what is not at hand yet is read, details only once the keys rest.
fn moved(app: &mut App) -> Vec<Effect> {
    views::scroll(app);
    let grid = app.grid();
    let shown = app
        .loaded
        .is_some_and(|(from, to)| from <= grid.first() && grid.last() < to);
    let mut effects = Vec::new();
    if !shown {
        effects.push(load_posts(app));
    }
    if app.selected.is_some() && app.selected_detail().is_none() {
        app.memory.settle = ask(app);
        effects.push(if layout::shows_post(app) {
            Effect::Settle(app.memory.settle)
        } else {
            Effect::ReadAhead(app.memory.settle)
        });
    }
    effects
}

/// Wraps and scrolls anew after the window or what is shown changed.
fn reflow(app: &mut App) {
    let width = layout::text_width(app);
    let height = layout::text_height(app);
    if let Some(editor) = &mut app.editor {
        editor.width = width;
        editor.scroll_to_cursor(height);
    }
    panes::scroll_queue(app);
    trim::scroll(app);
    outbox::scroll(app);
    views::scroll(app);
}

fn say(app: &mut App, rank: Rank, text: String) {
    app.memory.said.push(Message {
        at: app.now,
        rank,
        text: text.clone(),
    });
    let kept = app
        .note
        .as_ref()
        .is_some_and(|shown| shown.note.rank > rank);
    if !kept {
        app.note = Some(ShownNote {
            note: Note { rank, text },
            since: app.memory.uptime,
        });
    }
}

fn forget_note(app: &mut App, key: Key) {
    let Some(shown) = &app.note else { return };
    let old = app.memory.uptime.saturating_sub(shown.since) >= NOTE_STAYS;
    let gone = match shown.note.rank {
        Rank::Bad => key == Key::Esc,
        _ => old || key == Key::Esc,
    };
    if gone {
        app.note = None;
    }
}

#[cfg(test)]
mod by_hand_tests;
#[cfg(test)]
mod cards_tests;
#[cfg(test)]
mod completion_tests;
#[cfg(test)]
mod outbox_tests;
#[cfg(test)]
mod people_tests;
#[cfg(test)]
mod several_tests;
#[cfg(test)]
mod stale_tests;
#[cfg(test)]
mod tests;
#[cfg(test)]
mod trim_tests;
