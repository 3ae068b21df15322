//! Undo and redo from the screen, and the history: what was done by whom, what was said, and the way back.
//!
//! What stands in the way of an undo is named; the next one passes over it. The journal itself is in `store`.

use super::{ask, load_selected, panes, reload, say, sheets};
use crate::app::msg::{Rank, Turn};
use crate::app::sheet::{HistoryList, HistorySheet, Sheet};
use crate::app::{Action, App, Effect, Key};
use crate::domain::{Deed, History, PostId, Standing};

/// Takes the last change back, or does again what was undone last.
pub fn turn(app: &mut App, turn: Turn) -> Vec<Effect> {
    let passing = app.memory.passing.clone();
    vec![Effect::Turn(ask(app), turn, passing)]
}

/// Takes in that a change was undone or redone.
pub fn turned(
    app: &mut App,
    turn: Turn,
    post: PostId,
    (label, changes): (String, usize),
    stayed: &[String],
) -> Vec<Effect> {
    let (word, key) = match turn {
        Turn::Undo => ("Undone", Action::Redo),
        Turn::Redo => ("Redone", Action::Undo),
    };
    let what = match changes {
        0 | 1 => label,
        many => format!("{many} changes, down to: {label}"),
    };
    match stayed.first() {
        None => {
            let (key, back) = (app.keymap.label(key), turn_words(turn));
            say(app, Rank::News, format!("{word}: {what}. {key} {back}"));
        }
        Some(first) => {
            let more = more_words(stayed.len());
            say(
                app,
                Rank::Warn,
                format!("{word}: {what}. But {first}{more}"),
            );
        }
    }
    app.detail = None;
    app.selected = Some(post);
    app.memory.select = Some(post);
    let mut effects = reload(app);
    effects.extend(refresh(app));
    effects
}

fn turn_words(turn: Turn) -> &'static str {
    match turn {
        Turn::Undo => "redoes it",
        Turn::Redo => "undoes it",
    }
}

fn more_words(count: usize) -> String {
    match count {
        0 | 1 => String::new(),
        many => format!(" (and {} more)", many - 1),
    }
}

/// Takes in that a change cannot be undone or redone: it is named, and the next try passes over its posts.
pub fn stuck(app: &mut App, turn: Turn, posts: Vec<PostId>, why: String) -> Vec<Effect> {
    let (action, next) = match turn {
        Turn::Undo => (Action::Undo, "takes back what was done before it"),
        Turn::Redo => (Action::Redo, "goes on with the next one"),
    };
    app.memory.passing.extend(posts);
    let key = app.keymap.label(action);
    say(app, Rank::Warn, format!("{why}. {key} again {next}"));
    Vec::new()
}

/// A new change begins a new way: nothing is passed over any more.
pub fn changed(app: &mut App) {
    app.memory.passing.clear();
}

/// Opens the history.
pub fn open(app: &mut App) -> Vec<Effect> {
    app.sheet = Some(Sheet::History(HistorySheet::default()));
    refresh(app).into_iter().collect()
}

/// Reads the history again while it is shown.
pub fn refresh(app: &mut App) -> Option<Effect> {
    if !matches!(app.sheet, Some(Sheet::History(_))) {
        return None;
    }
    app.memory.history = ask(app);
    Some(Effect::LoadHistory(app.memory.history))
}

/// Takes the history in.
pub fn told(app: &mut App, history: History) -> Vec<Effect> {
    if let Some(Sheet::History(sheet)) = &mut app.sheet {
        sheet.history = Some(history);
        sheet.selected = sheet.selected.min(sheet.last());
    }
    Vec::new()
}

/// Returns what was said since last asked, to be kept.
pub fn said(app: &mut App) -> Option<Effect> {
    let said = std::mem::take(&mut app.memory.said);
    (!said.is_empty()).then_some(Effect::KeepMessages(said))
}

impl HistorySheet {
    /// Returns the selected change, where changes are shown.
    pub fn deed(&self) -> Option<&Deed> {
        let history = self.history.as_ref()?;
        match self.list {
            HistoryList::Deeds => history.deeds.get(self.selected),
            HistoryList::Messages => None,
        }
    }

    /// Returns how many rows the shown list has.
    pub fn rows(&self) -> usize {
        self.history.as_ref().map_or(0, |history| match self.list {
            HistoryList::Deeds => history.deeds.len(),
            HistoryList::Messages => history.messages.len(),
        })
    }

    fn last(&self) -> usize {
        self.rows().saturating_sub(1)
    }
}

/// Takes a key while the history is shown.
pub fn press(app: &mut App, key: Key) -> Vec<Effect> {
    const PAGE: usize = 10;
    let Some(Sheet::History(sheet)) = &mut app.sheet else {
        return Vec::new();
    };
    let (at, last) = (sheet.selected, sheet.last());
    match key {
        Key::Esc | Key::Char('q') => return sheets::close(app),
        Key::Char('j') | Key::Down => sheet.selected = (at + 1).min(last),
        Key::Char('k') | Key::Up => sheet.selected = at.saturating_sub(1),
        Key::PageDown => sheet.selected = (at + PAGE).min(last),
        Key::PageUp => sheet.selected = at.saturating_sub(PAGE),
        Key::Char('g') | Key::Home => sheet.selected = 0,
        Key::Char('G') | Key::End => sheet.selected = last,
        Key::Tab | Key::BackTab => {
            sheet.list = match sheet.list {
                HistoryList::Deeds => HistoryList::Messages,
                HistoryList::Messages => HistoryList::Deeds,
            };
            sheet.selected = 0;
        }
        Key::Enter => return go_to_post(app),
        Key::Char('u') => return back_to(app),
        Key::Ctrl('r') => return turn(app, Turn::Redo),
        _ => {}
    }
    Vec::new()
}

fn go_to_post(app: &mut App) -> Vec<Effect> {
    let Some(Sheet::History(sheet)) = &app.sheet else {
        return Vec::new();
    };
    let Some(post) = sheet.deed().map(|deed| deed.post) else {
        return Vec::new();
    };
    app.sheet = None;
    let mut effects = panes::select(app, post);
    if app.selected_detail().is_none() {
        // It may stand on a day that was not read: its own time says which.
        app.memory.select = Some(post);
        effects.extend(load_selected(app));
    }
    effects
}

/// Takes back every change of one's own, down to and including the selected one.
fn back_to(app: &mut App) -> Vec<Effect> {
    let Some(Sheet::History(sheet)) = &app.sheet else {
        return Vec::new();
    };
    let Some(deed) = sheet.deed() else {
        return Vec::new();
    };
    if deed.author != app.author {
        let text = format!("{} did that: only {} can undo it", deed.author, deed.author);
        say(app, Rank::Warn, text);
        return Vec::new();
    }
    if deed.standing == Standing::Undone {
        let key = app.keymap.label(Action::Redo);
        let text = format!("That is undone already; {key} redoes what was undone last");
        say(app, Rank::Warn, text);
        return Vec::new();
    }
    let id = deed.id;
    vec![Effect::UndoTo(ask(app), id)]
}
