//! Keys while a text is typed: every printable key is text, commands are control and function keys and Esc.
//!
//! Each change is kept in the draft at once, one write under way at a time; leaving saves to the post.

use super::{act, ask, cards, completion, moved, palette, posts, reflow, say, trim, unsaved};
use crate::app::composing::Uncounted;
use crate::app::editor::{Kept, Step};
use crate::app::keymap::Lookup;
use crate::app::msg::Rank;
use crate::app::sheet::{PreviewSheet, Sheet};
use crate::app::{Action, AfterSave, App, Details, Effect, Input, Key, Place, Tab, layout};
use crate::domain::Threading;
use crate::domain::sentence::short_title;

/// Takes a key while a text is typed.
pub fn press(app: &mut App, key: Key) -> Vec<Effect> {
    if is_closing(app) && key != Key::Ctrl('c') {
        return Vec::new();
    }
    if let Some(effects) = completion::press(app, key) {
        return effects;
    }
    if let Lookup::Action(action) = app.keymap.look_up_in(&[key], Place::Typing) {
        completion::close(app);
        return command(app, action);
    }
    let step = match key {
        Key::Char(c) => return insert(app, c.encode_utf8(&mut [0; 4])),
        Key::Enter => return insert(app, "\n"),
        Key::Backspace => {
            edit(app, |editor| editor.delete_back());
            return typed(app);
        }
        Key::Delete => {
            edit(app, |editor| editor.delete_forward());
            return typed(app);
        }
        Key::Left => Step::Left,
        Key::Right => Step::Right,
        Key::Up => Step::Up,
        Key::Down => Step::Down,
        Key::Home => Step::Home,
        Key::End => Step::End,
        Key::PageUp => Step::PageUp,
        Key::PageDown => Step::PageDown,
        _ => return Vec::new(),
    };
    completion::close(app);
    let height = layout::text_height(app);
    if let Some(editor) = &mut app.editor {
        editor.step(step, height.saturating_sub(1));
        editor.scroll_to_cursor(height);
    }
    Vec::new()
}

/// Whether the text is on its way to its post: what is typed now would go into what is about to close.
pub(super) fn is_closing(app: &App) -> bool {
    matches!(app.memory.save, Some((_, AfterSave::CloseEditor)))
}

/// Types text, a whole paste at once.
pub fn insert(app: &mut App, text: &str) -> Vec<Effect> {
    if is_closing(app) {
        return Vec::new();
    }
    edit(app, |editor| editor.insert(text));
    typed(app)
}

fn edit(app: &mut App, change: impl FnOnce(&mut crate::app::Editor)) {
    if let Some(editor) = &mut app.editor {
        change(editor);
    }
}

/// After a change: count and compose anew, and keep it.
pub fn typed(app: &mut App) -> Vec<Effect> {
    app.memory.save_failed = false;
    app.memory.leave_refused = false;
    let height = layout::text_height(app);
    let Some(editor) = &mut app.editor else {
        return Vec::new();
    };
    let rest = editor.compose_shown(&app.channels, &app.facts);
    editor.scroll_to_cursor(height);
    let unkept = editor.unkept;
    completion::follow(app);
    let mut effects = if unkept { keep_draft(app) } else { Vec::new() };
    if rest == Uncounted::Others {
        app.memory.counts = ask(app);
        effects.push(Effect::Settle(app.memory.counts));
    }
    effects.extend(cards::noticed(app));
    effects
}

/// The keys rest: what they did to the other channels follows.
pub fn count_all(app: &mut App) {
    app.memory.counts = 0;
    let App {
        editor,
        channels,
        facts,
        ..
    } = app;
    if let Some(editor) = editor {
        editor.compose(channels, facts);
    }
}

fn keep_draft(app: &mut App) -> Vec<Effect> {
    if app.memory.draft != 0 {
        app.memory.draft_again = true;
        return Vec::new();
    }
    keep_draft_now(app)
}

/// Keeps what is typed, whatever is under way.
pub fn keep_draft_now(app: &mut App) -> Vec<Effect> {
    let request = ask(app);
    let Some(editor) = app.editor.as_mut().filter(|it| it.is_changed()) else {
        return Vec::new();
    };
    editor.unkept = false;
    let draft = editor.draft(app.now);
    app.memory.draft = request;
    app.memory.draft_again = false;
    vec![Effect::KeepDraft(request, Box::new(draft))]
}

/// The draft is kept; what was typed meanwhile is next.
pub fn draft_kept(app: &mut App) -> Vec<Effect> {
    app.memory.draft = 0;
    if app.memory.draft_again {
        return keep_draft_now(app);
    }
    edit(app, |editor| {
        editor.kept = Kept::Drafted;
        editor.goes_on = None;
    });
    Vec::new()
}

/// Does what an action of typing asks for.
pub(super) fn command(app: &mut App, action: Action) -> Vec<Effect> {
    if app.memory.counts != 0 {
        count_all(app);
    }
    match action {
        Action::TypeSave => save_and_close(app),
        Action::TypeNextTab => turn_tab(app, 1),
        Action::TypePrevTab => turn_tab(app, -1),
        Action::TypeDetails => {
            if let Some(editor) = &app.editor {
                app.details = Some(Details::open(&editor.content, &app.channels, true));
                reflow(app);
            }
            Vec::new()
        }
        Action::TypeAttach => open_attach(app),
        Action::TypePreview => {
            let channel = app.editor.as_ref().map_or(0, |editor| {
                let shown = editor.shown_composed().map(|(name, _)| name);
                editor
                    .composed
                    .iter()
                    .position(|(name, _)| Some(name) == shown)
                    .unwrap_or(0)
            });
            app.sheet = Some(Sheet::Preview(PreviewSheet {
                channel,
                ..PreviewSheet::default()
            }));
            Vec::new()
        }
        Action::TypeThread => thread(app),
        Action::TypeTrim => trim::open(app),
        Action::TypeCard => cards::again(app),
        Action::TypeNoCard => cards::toggle(app, action),
        Action::TypeOwn => own(app),
        Action::TypeUndo | Action::TypeRedo => {
            let mut any = false;
            edit(app, |editor| {
                any = if action == Action::TypeUndo {
                    editor.undo()
                } else {
                    editor.redo()
                };
            });
            if any {
                return typed(app);
            }
            let words = match action {
                Action::TypeUndo => "Nothing was typed into this text since it was opened",
                _ => "Nothing was undone in this text",
            };
            say(app, Rank::News, words.into());
            Vec::new()
        }
        Action::TypeHelp => palette::open_help(app, Place::Typing),
        other => act(app, other),
    }
}

/// Asks for the path of a picture.
pub fn open_attach(app: &mut App) -> Vec<Effect> {
    let path = app.memory.typed.get("attach").cloned().unwrap_or_default();
    // Asking again is the remedy of a picture that could not be read.
    app.note = None;
    app.sheet = Some(Sheet::Attach(Input::new(path)));
    Vec::new()
}

fn turn_tab(app: &mut App, step: isize) -> Vec<Effect> {
    edit(app, |editor| editor.turn(step));
    reflow(app);
    Vec::new()
}

fn thread(app: &mut App) -> Vec<Effect> {
    let Some(editor) = &mut app.editor else {
        return Vec::new();
    };
    let mut content = editor.content.clone();
    content.threading = match content.threading {
        Threading::Off => Threading::On,
        Threading::On => Threading::Numbered,
        Threading::Numbered => Threading::Off,
    };
    let threading = content.threading;
    editor.set_content(content);
    let key = app.key_for(Action::TypeThread);
    let words = match threading {
        Threading::Off => "One part again".to_owned(),
        Threading::On => {
            format!("A thread where it is too long; a line of --- begins a part. {key} numbers")
        }
        Threading::Numbered => {
            format!("A numbered thread where it is too long. {key} makes it one part again")
        }
    };
    say(app, Rank::News, words);
    typed(app)
}

fn own(app: &mut App) -> Vec<Effect> {
    let Some(editor) = &mut app.editor else {
        return Vec::new();
    };
    if editor.tab == Tab::Master {
        let (next, own) = (
            app.key_for(Action::TypeNextTab),
            app.key_for(Action::TypeOwn),
        );
        let text = format!(
            "This is the master text: {next} goes to a channel, {own} there gives it its own"
        );
        say(app, Rank::News, text);
        return Vec::new();
    }
    editor.toggle_own();
    let words = if editor.is_own() {
        let own = app.key_for(Action::TypeOwn);
        format!("Own text for this channel now; the master stays as it is. {own} inherits again")
    } else {
        "This channel inherits the master text again".to_owned()
    };
    say(app, Rank::News, words);
    reflow(app);
    let effects = typed(app);
    // Nothing was typed: a name that the text happens to end in asks for nobody.
    completion::close(app);
    effects
}

/// Saves what is typed to the post and closes the editor; with nothing changed it just closes.
pub fn save_and_close(app: &mut App) -> Vec<Effect> {
    // One save at a time: while a move is still being written the text stays where it is.
    let Some(editor) = app.editor.as_ref().filter(|_| app.memory.save.is_none()) else {
        return Vec::new();
    };
    let (post, content) = (editor.post, editor.content.clone());
    let nothing = !editor.is_changed() || (post.is_none() && content.is_blank());
    if nothing {
        let drafted = editor.kept != Kept::Saved || app.memory.draft != 0;
        let keys = editor.draft(app.now).keys();
        close(app);
        let mut effects = moved(app);
        if drafted {
            effects.push(Effect::DropDrafts(keys));
        }
        return effects;
    }
    // What could not even be kept as a draft must not be closed.
    let is_here_alone = editor.unkept && app.memory.draft == 0;
    if app.memory.save_failed && !is_here_alone {
        return leave_as_draft(app);
    }
    let title = short_title(&content.display_title());
    let label = match post {
        Some(_) => format!("edited “{title}”"),
        None => format!("added “{title}”"),
    };
    let base = editor.base_revision;
    posts::save(
        app,
        post,
        base,
        None,
        content,
        label,
        AfterSave::CloseEditor,
    )
}

/// Closes an editor whose text cannot be saved; the draft keeps it.
fn leave_as_draft(app: &mut App) -> Vec<Effect> {
    let mut effects = keep_draft_now(app);
    close(app);
    say(
        app,
        Rank::Warn,
        "Not saved, but kept: the next start offers the text again".into(),
    );
    effects.extend(moved(app));
    effects
}

/// Closes editor and details; the focus goes back to where it was.
pub fn close(app: &mut App) {
    app.editor = None;
    app.completion = None;
    app.details = None;
    app.memory.draft_again = false;
    app.memory.save_failed = false;
    unsaved::over(app);
    app.focus = app.memory.came_from;
    reflow(app);
}
