//! Keys in the details form. It changes the editor's content; closing it goes back to the text, or saves.

use super::{act, ask, cards, palette, reflow, say, typing};
use crate::app::connections::Asked;
use crate::app::details::{Field, choose};
use crate::app::keymap::Lookup;
use crate::app::topics::{self, TopicsOf};
use crate::app::{Action, App, Details, Effect, Input, Key, Place, Rank, places};
use crate::domain::{Attachment, ChannelName, Content, Places};
use std::collections::BTreeMap;
use std::sync::Arc;

/// Takes a key while the form is open.
pub fn press(app: &mut App, key: Key) -> Vec<Effect> {
    if typing::is_closing(app) && key != Key::Ctrl('c') {
        return Vec::new();
    }
    let Some(form) = &mut app.details else {
        return Vec::new();
    };
    if let Some(input) = &mut form.input {
        match key {
            Key::Enter | Key::Tab | Key::BackTab => {
                let effects = take_typed(app);
                if key != Key::Enter {
                    step(app, if key == Key::Tab { 1 } else { -1 });
                }
                return effects;
            }
            Key::Esc => form.input = None,
            Key::Down | Key::Up => complete(app, key == Key::Down),
            Key::Ctrl('c') => return act(app, Action::FieldQuit),
            key => {
                input.press(key);
                form.wish = None;
            }
        }
        return Vec::new();
    }
    match app.keymap.look_up_in(&[key], Place::Details) {
        Lookup::Action(action) => command(app, action),
        Lookup::Prefix | Lookup::Nothing => Vec::new(),
    }
}

/// Does what an action of the form asks for.
pub(super) fn command(app: &mut App, action: Action) -> Vec<Effect> {
    match action {
        Action::FieldNext => step(app, 1),
        Action::FieldPrevious => step(app, -1),
        Action::FieldChoose => return turn(app, true),
        Action::FieldBack => return turn(app, false),
        Action::FieldEdit => return edit(app),
        Action::FieldAttach => return typing::open_attach(app),
        Action::FieldRemove => return remove_picture(app),
        Action::FieldCard => return cards::again(app),
        Action::FieldNoCard => return cards::toggle(app, action),
        Action::FieldDone => return done(app),
        Action::FieldHelp => return palette::open_help(app, Place::Details),
        other => return act(app, other),
    }
    Vec::new()
}

fn step(app: &mut App, by: isize) {
    if let Some(form) = &mut app.details {
        let length = isize::try_from(form.fields.len()).unwrap_or(1);
        let at = (isize::try_from(form.selected).unwrap_or(0) + by).rem_euclid(length);
        form.selected = usize::try_from(at).unwrap_or(0);
    }
}

/// Puts the next completion into the field; what was typed before goes on choosing among them.
fn complete(app: &mut App, forward: bool) {
    let Some(form) = &app.details else { return };
    let typed = form.input.as_ref().map_or("", Input::text).to_owned();
    let next = topics::step(&topics::offered(app, form), &typed, forward);
    if let (Some(form), Some(next)) = (&mut app.details, next) {
        form.wish.get_or_insert(typed);
        form.input = Some(Input::new(next));
    }
}

/// Reads what a field is completed from: what was kept, and beside it what the servers say.
fn load_topics(app: &mut App) -> Vec<Effect> {
    let field = app.details.as_ref().map(|form| form.field());
    if let Some(channel) = field.and_then(places::asked) {
        return vec![Effect::LoadPlaces(ask(app), channel)];
    }
    let channels = match &app.details {
        Some(form) => topics::asked(app, form.field()),
        None => Vec::new(),
    };
    if channels.is_empty() {
        return Vec::new();
    }
    vec![
        Effect::LoadTopics(ask(app), channels.clone(), Asked::Nobody),
        Effect::LoadTopics(ask(app), channels, Asked::Platforms),
    ]
}

/// Takes in topics that channels know.
pub(super) fn topics(app: &mut App, topics: BTreeMap<TopicsOf, Vec<String>>) -> Vec<Effect> {
    app.topics.extend(topics);
    Vec::new()
}

/// Takes in the channels that a server shows; what is composed may have waited for them.
pub(super) fn places(app: &mut App, channel: &ChannelName, places: Places) -> Vec<Effect> {
    if let Some(facts) = app.facts.get_mut(channel) {
        facts.places = Some(Arc::new(places));
    }
    if let Some(editor) = &mut app.editor {
        editor.compose(&app.channels, &app.facts);
    }
    Vec::new()
}

fn edit(app: &mut App) -> Vec<Effect> {
    let (Some(form), Some(editor)) = (&mut app.details, &app.editor) else {
        return Vec::new();
    };
    let field = form.field().clone();
    if !field.is_text() {
        return turn(app, true);
    }
    form.input = Some(Input::new(form.typed(&field, &editor.content)));
    form.wish = None;
    load_topics(app)
}

fn turn(app: &mut App, forward: bool) -> Vec<Effect> {
    let Some(form) = &app.details else {
        return Vec::new();
    };
    let field = form.field().clone();
    if field.is_text() {
        return if forward { edit(app) } else { Vec::new() };
    }
    let channels = app.channels.clone();
    change(app, |content| choose(&field, content, &channels, forward))
}

fn take_typed(app: &mut App) -> Vec<Effect> {
    let now = app.local_now();
    let (Some(form), Some(editor)) = (&mut app.details, &mut app.editor) else {
        return Vec::new();
    };
    let Some(input) = form.input.take() else {
        return Vec::new();
    };
    let field = form.field().clone();
    let mut content = editor.content.clone();
    form.read(&field, input.text(), &mut content, now);
    change(app, |old| *old = content)
}

fn remove_picture(app: &mut App) -> Vec<Effect> {
    let Some(Field::Alt(index)) = app.details.as_ref().map(|form| form.field().clone()) else {
        return Vec::new();
    };
    change(app, |content| {
        if index < content.attachments.len() {
            content.attachments.remove(index);
        }
    })
}

/// Adds a picture and asks for its alt text.
pub fn attach(app: &mut App, picture: Attachment) -> Vec<Effect> {
    let effects = change(app, |content| content.attachments.push(picture));
    let Some(editor) = &app.editor else {
        return effects;
    };
    let field = Field::Alt(editor.content.attachments.len() - 1);
    if app.details.is_none() {
        app.details = Some(Details::open(&editor.content, &app.channels, true));
    }
    if let Some(form) = &mut app.details {
        form.selected = form
            .fields
            .iter()
            .position(|it| *it == field)
            .unwrap_or(form.selected);
        form.input = Some(Input::default());
    }
    let editor = app.editor.as_ref();
    let said = editor.and_then(|editor| app.known().attached(&editor.content));
    if let Some(note) = said {
        say(app, note.rank, note.text);
    }
    reflow(app);
    effects
}

fn change(app: &mut App, change: impl FnOnce(&mut Content)) -> Vec<Effect> {
    let Some(editor) = &mut app.editor else {
        return Vec::new();
    };
    let mut content = editor.content.clone();
    change(&mut content);
    if content != editor.content {
        editor.set_content(content);
    }
    if let (Some(form), Some(editor)) = (&mut app.details, &app.editor) {
        form.refresh(&editor.content, &app.channels);
    }
    typing::typed(app)
}

fn done(app: &mut App) -> Vec<Effect> {
    let Some(form) = &app.details else {
        return Vec::new();
    };
    let unread = form.errors.iter().find(|error| !error.typed.is_empty());
    if let Some(error) = unread {
        // Closing would lose what was typed: the cursor goes there instead.
        let at = form.fields.iter().position(|field| *field == error.field);
        let text = format!(
            "{}: {}. Correct it, or clear the field",
            error.field.label(),
            error.message
        );
        if let (Some(at), Some(form)) = (at, &mut app.details) {
            form.selected = at;
        }
        say(app, Rank::Warn, text);
        return Vec::new();
    }
    if form.over_editor {
        app.details = None;
        reflow(app);
        return Vec::new();
    }
    typing::save_and_close(app)
}
