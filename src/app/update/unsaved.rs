//! While nothing can be written (a full disk, a locked or protected database): the text stays on the screen, the top bar
//! says so, and it is tried again until it is kept.

use super::{ask, end, say, typing};
use crate::app::editor::Kept;
use crate::app::msg::Rank;
use crate::app::{Action, Alarm, App, Effect, Request};

/// A save or a draft could not be written.
pub fn cannot_save(app: &mut App, request: Request, why: String) -> Vec<Effect> {
    app.memory.save.take_if(|(open, _)| *open == request);
    app.memory.waiting.clear();
    if app.memory.draft == request {
        app.memory.draft = 0;
    }
    let Some(editor) = &mut app.editor else {
        app.note = None;
        let key = app.keymap.label(Action::Leave);
        let words = format!("Not saved: {why}. Nothing was changed; {key}, then the same again");
        say(app, Rank::Bad, words);
        return Vec::new();
    };
    if editor.kept != Kept::Saved {
        editor.kept = Kept::Typed;
        editor.unkept = true;
    }
    if app.alarm.is_none() {
        app.alarm = Some(Alarm::CannotSave(why.clone()));
    }
    // Whoever was told that leaving loses the text must still read that when the next try fails too.
    if app.memory.leave_refused {
        say_what_leaving_does(app);
    } else {
        let key = app.keymap.label(Action::TypeSave);
        let words = format!("Not saved: {why}. Your text is kept here; {key} tries again");
        say(app, Rank::Bad, words);
    }
    app.memory.retry = ask(app);
    vec![Effect::TryAgain(app.memory.retry)]
}

/// Tries again to keep what is typed, unless that is under way.
pub fn try_again(app: &mut App) -> Vec<Effect> {
    let waits = app.editor.as_ref().is_some_and(|editor| editor.unkept);
    if waits && app.memory.draft == 0 && app.memory.save.is_none() {
        return typing::keep_draft_now(app);
    }
    Vec::new()
}

/// It could be written, or nothing is left to be written.
pub fn over(app: &mut App) {
    if matches!(app.alarm, Some(Alarm::CannotSave(_))) {
        app.alarm = None;
        app.note = None;
    }
    app.memory.leave_refused = false;
}

/// Keeps what is typed and leaves; refuses once where it cannot be kept.
pub fn quit(app: &mut App) -> Vec<Effect> {
    let would_lose = matches!(app.alarm, Some(Alarm::CannotSave(_)))
        && app
            .editor
            .as_ref()
            .is_some_and(|editor| editor.kept == Kept::Typed);
    if would_lose && !app.memory.leave_refused {
        app.memory.leave_refused = true;
        say_what_leaving_does(app);
        return typing::keep_draft_now(app);
    }
    end(app)
}

fn say_what_leaving_does(app: &mut App) {
    let key = app.keymap.label(Action::TypeQuit);
    let words = format!("The text is only on this screen: {key} again leaves without it");
    say(app, Rank::Bad, words);
}
