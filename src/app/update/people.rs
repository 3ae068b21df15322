//! Keys of the sheet of people, packages and institutions, and the directory when it was read again.
//!
//! What was changed here is taken back here, while the sheet is open: the journal of posts knows nothing of it.

use super::{ask, load_lists, load_selected, say, sheets, trim};
use crate::app::msg::Rank;
use crate::app::people::{Change, Field, Form, PeopleSheet};
use crate::app::sheet::Sheet;
use crate::app::{Action, App, Effect, Key, Place};
use crate::domain::{Directory, DirectoryChange, Entry};
use std::sync::Arc;

/// Rows that a page key goes.
const PAGE: usize = 10;

/// Opens the sheet.
pub fn open(app: &mut App) -> Vec<Effect> {
    app.sheet = Some(Sheet::People(Box::default()));
    vec![load(app)]
}

/// Asks for the directory.
pub fn load(app: &mut App) -> Effect {
    app.memory.people = ask(app);
    Effect::LoadPeople(app.memory.people)
}

/// Takes the directory in; what names somebody is composed anew where that changes anything.
pub fn read(app: &mut App, directory: Directory) -> Vec<Effect> {
    if app.directory().is_none_or(|known| *known == directory) {
        return Vec::new();
    }
    let directory = Arc::new(directory);
    for facts in app.facts.values_mut() {
        facts.directory = Arc::clone(&directory);
    }
    if let Some(editor) = &mut app.editor {
        editor.compose(&app.channels, &app.facts);
    }
    trim::recount(app);
    app.compose_review();
    let last = directory.len().saturating_sub(1);
    if let Some(Sheet::People(sheet)) = &mut app.sheet {
        sheet.chosen = sheet.chosen.min(last);
    }
    load_selected(app).into_iter().collect()
}

/// Takes a key while the sheet is open.
pub fn press(app: &mut App, key: Key) -> Vec<Effect> {
    let Some(Sheet::People(sheet)) = &mut app.sheet else {
        return Vec::new();
    };
    if sheet.form.is_some() {
        return press_form(app, key);
    }
    let last = app
        .facts
        .values()
        .next()
        .map_or(0, |facts| facts.directory.len().saturating_sub(1));
    match key {
        Key::Esc | Key::Char('q') => return sheets::close(app),
        Key::Down | Key::Char('j') => sheet.chosen = (sheet.chosen + 1).min(last),
        Key::Up | Key::Char('k') => sheet.chosen = sheet.chosen.saturating_sub(1),
        Key::PageDown => sheet.chosen = (sheet.chosen + PAGE).min(last),
        Key::PageUp => sheet.chosen = sheet.chosen.saturating_sub(PAGE),
        Key::Home => sheet.chosen = 0,
        Key::End => sheet.chosen = last,
        Key::Char('a') => open_form(app, None),
        Key::Enter | Key::Char('e') => {
            if let Some(entry) = chosen(app).cloned() {
                open_form(app, Some(&entry));
            }
        }
        Key::Char('d') => {
            let Some(key) = chosen(app).map(|entry| entry.key.clone()) else {
                return Vec::new();
            };
            let remove = Change {
                put: Vec::new(),
                remove: vec![key],
            };
            return send(app, remove, true);
        }
        Key::Char('u') => {
            let Some(back) = sheet.back.pop() else {
                say(app, Rank::News, "Nothing was changed here".into());
                return Vec::new();
            };
            return send(app, back, false);
        }
        _ => {}
    }
    Vec::new()
}

fn chosen(app: &App) -> Option<&Entry> {
    let Some(Sheet::People(sheet)) = &app.sheet else {
        return None;
    };
    app.directory()?.entries().nth(sheet.chosen)
}

/// Opens the form for an entry, or for somebody new; what was typed into it before and not taken is there again.
fn open_form(app: &mut App, entry: Option<&Entry>) {
    let fresh = Form::open(entry);
    let typed = app.memory.people_forms.remove(&fresh.key);
    let again = typed.filter(|form| !form.says_the_same(&fresh));
    if again.is_some() {
        let words = match app.keymap.label_in(Action::TypeOwn, Place::Typing) {
            key if key.is_empty() => "What was typed here is here again".to_owned(),
            key => format!("What was typed here is here again: {key} lets it go"),
        };
        say(app, Rank::News, words);
    }
    if let Some(Sheet::People(sheet)) = &mut app.sheet {
        sheet.form = Some(again.unwrap_or(fresh));
    }
}

/// Goes back to the list; what was typed is kept until it is taken.
fn leave_form(app: &mut App) {
    if let Some(Sheet::People(sheet)) = &mut app.sheet
        && let Some(form) = sheet.form.take()
    {
        app.memory.people_forms.insert(form.key.clone(), form);
    }
}

fn press_form(app: &mut App, key: Key) -> Vec<Effect> {
    let lets_go = app.keymap.keys_in(Action::TypeOwn, Place::Typing);
    let lets_go = lets_go.iter().any(|keys| *keys == [key]);
    let facts = app.facts.values().next();
    let directory = facts.map(|facts| Arc::clone(&facts.directory));
    let Some(Sheet::People(sheet)) = &mut app.sheet else {
        return Vec::new();
    };
    let Some(form) = &mut sheet.form else {
        return Vec::new();
    };
    let is_kind = form.field() == Some(Field::Kind);
    match key {
        Key::Esc => leave_form(app),
        _ if lets_go => {
            let known = directory.as_deref().zip(form.key.as_ref());
            let entry = known.and_then(|(all, key)| all.entry(key.as_str()));
            *form = Form::open(entry);
        }
        Key::Tab | Key::Down => form.step(1),
        Key::BackTab | Key::Up => form.step(-1),
        Key::Enter => match form.entry(&directory.unwrap_or_default()) {
            Ok(entry) => {
                leave_form(app);
                let put = Change {
                    put: vec![entry],
                    remove: Vec::new(),
                };
                return send(app, put, true);
            }
            Err((at, why)) => {
                form.selected = at;
                form.wrong = Some(why);
            }
        },
        Key::Char(' ') | Key::Right if is_kind => form.turn_kind(1),
        Key::Left if is_kind => form.turn_kind(-1),
        _ if is_kind => {}
        key => {
            let at = form.selected;
            if let Some((_, input)) = form.fields.get_mut(at)
                && input.press(key)
            {
                form.wrong = None;
            }
        }
    }
    Vec::new()
}

/// Pastes into the chosen field.
pub fn paste(sheet: &mut PeopleSheet, text: &str) {
    if let Some(form) = &mut sheet.form
        && form.field() != Some(Field::Kind)
        && let Some((_, input)) = form.fields.get_mut(form.selected)
    {
        input.paste(text.trim());
    }
}

fn send(app: &mut App, change: Change, can_go_back: bool) -> Vec<Effect> {
    let request = ask(app);
    let back = app.directory().map(|directory| change.back(directory));
    if let Some(Sheet::People(sheet)) = &mut app.sheet {
        sheet.sent = back.filter(|_| can_go_back);
    }
    vec![Effect::ChangePeople(request, change.put, change.remove)]
}

/// The change was made: says what follows from it.
pub fn changed(app: &mut App, change: &DirectoryChange) -> Vec<Effect> {
    for key in &change.changed {
        app.memory.people_forms.remove(&Some(key.clone()));
    }
    if !change.added.is_empty() {
        app.memory.people_forms.remove(&None);
    }
    if let Some(Sheet::People(sheet)) = &mut app.sheet {
        let sent = sheet.sent.take();
        sheet.back.extend(sent);
    }
    let done = [
        ("Taken in", &change.added),
        ("Changed", &change.changed),
        ("Taken out", &change.removed),
    ];
    let mut words: Vec<String> = Vec::new();
    for (verb, keys) in done {
        let keys: Vec<String> = keys.iter().map(|key| format!("@@{key}")).collect();
        if !keys.is_empty() {
            words.push(format!("{verb}: {}", keys.join(", ")));
        }
    }
    if words.is_empty() {
        words.push("Nothing was changed".to_owned());
    }
    words.extend(match (change.naming.len(), change.unapproved.len()) {
        (0, _) => None,
        (posts, 0) => Some(format!("Planned posts that name them: {posts}")),
        (posts, lost) => Some(format!(
            "Planned posts that name them: {posts}, to be approved anew: {lost}"
        )),
    });
    say(app, Rank::News, words.join(". "));
    let mut effects = vec![load(app)];
    effects.extend(load_lists(app));
    effects
}
