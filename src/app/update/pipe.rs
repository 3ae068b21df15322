//! Keys of the sheet that pipes a text through a command of the user's own, and what the command answers.
//!
//! Nothing is changed before the difference is accepted, and then only the text that the command got: one step that the
//! editor's undo takes back.

use super::{ask, say, sheets, typing};
use crate::app::layout::prose_height;
use crate::app::msg::Rank;
use crate::app::pipe::{PipeSheet, PipeStep, Piped, lines};
use crate::app::sheet::Sheet;
use crate::app::{Action, App, Effect, Key, Request, prose};

/// Under which name the last chosen filter is remembered.
const TYPED: &str = "pipe";
/// Rows that a page key scrolls.
const PAGE: isize = 10;

/// Opens the list of filters.
pub fn open(app: &mut App) -> Vec<Effect> {
    if app.editor.is_none() {
        return Vec::new();
    }
    if app.text_filters.is_empty() {
        let words = "No command for texts is set up: a [[filters]] section of the configuration names one, \
            config.example.toml shows how";
        say(app, Rank::Warn, words.into());
        return Vec::new();
    }
    let last = app.memory.typed.get(TYPED);
    let filters = &app.text_filters;
    let chosen = filters.iter().position(|it| Some(&it.name) == last);
    show(app, chosen.unwrap_or(0), PipeStep::Choosing(None));
    Vec::new()
}

fn show(app: &mut App, chosen: usize, step: PipeStep) {
    app.sheet = Some(Sheet::Pipe(Box::new(PipeSheet { chosen, step })));
}

/// Takes a key while the sheet is open.
pub fn press(app: &mut App, key: Key) -> Vec<Effect> {
    let Some(Sheet::Pipe(sheet)) = &app.sheet else {
        return Vec::new();
    };
    match &sheet.step {
        PipeStep::Choosing(_) => choose(app, key),
        PipeStep::Running { .. } if key == Key::Esc => {
            let chosen = sheet.chosen;
            let stopped = "Stopped: the text is as it was".to_owned();
            show(app, chosen, PipeStep::Choosing(Some(stopped)));
            vec![Effect::StopPipe]
        }
        // A key that was meant for the difference before it was there answers nothing.
        PipeStep::Running { .. } => Vec::new(),
        PipeStep::Came { .. } => judge(app, key),
    }
}

fn choose(app: &mut App, key: Key) -> Vec<Effect> {
    let last = app.text_filters.len().saturating_sub(1);
    let Some(Sheet::Pipe(sheet)) = &mut app.sheet else {
        return Vec::new();
    };
    match key {
        Key::Esc | Key::Char('q') => return sheets::close(app),
        Key::Down | Key::Char('j') => sheet.chosen = (sheet.chosen + 1).min(last),
        Key::Up | Key::Char('k') => sheet.chosen = sheet.chosen.saturating_sub(1),
        Key::Enter => return run(app),
        Key::Char(digit @ '1'..='9') => {
            let at = digit.to_digit(10).and_then(|it| usize::try_from(it).ok());
            if let Some(at) = at.map(|at| at - 1).filter(|at| *at <= last) {
                sheet.chosen = at;
                return run(app);
            }
        }
        _ => {}
    }
    Vec::new()
}

fn run(app: &mut App) -> Vec<Effect> {
    let request = ask(app);
    let (Some(Sheet::Pipe(sheet)), Some(editor)) = (&mut app.sheet, &app.editor) else {
        return Vec::new();
    };
    let Some(filter) = app.text_filters.get(sheet.chosen).cloned() else {
        return Vec::new();
    };
    let before = editor.text().to_owned();
    sheet.step = PipeStep::Running {
        request,
        seconds: 0,
        tab: editor.tab.clone(),
        before: before.clone(),
    };
    app.memory.typed.insert(TYPED, filter.name.clone());
    vec![Effect::Pipe(request, filter, before)]
}

/// It still runs.
pub fn runs(app: &mut App, request: Request, now: u64) -> Vec<Effect> {
    if let Some(Sheet::Pipe(sheet)) = &mut app.sheet
        && let PipeStep::Running {
            request: open,
            seconds,
            ..
        } = &mut sheet.step
        && *open == request
    {
        *seconds = now;
    }
    Vec::new()
}

/// It has ended.
pub fn ended(app: &mut App, request: Request, result: Result<Piped, String>) -> Vec<Effect> {
    let Some(Sheet::Pipe(sheet)) = &mut app.sheet else {
        return Vec::new();
    };
    let PipeStep::Running {
        request: open,
        tab,
        before,
        ..
    } = &sheet.step
    else {
        return Vec::new();
    };
    if *open != request {
        return Vec::new();
    }
    sheet.step = match result {
        Ok(piped) if piped.text == *before => {
            PipeStep::Choosing(Some("It found nothing to change".to_owned()))
        }
        Ok(piped) => PipeStep::Came {
            tab: tab.clone(),
            before: before.clone(),
            piped,
            scroll: 0,
        },
        Err(why) => PipeStep::Choosing(Some(format!("{why}. The text is as it was"))),
    };
    Vec::new()
}

fn judge(app: &mut App, key: Key) -> Vec<Effect> {
    let height = prose_height(app);
    let width = app.size.0.saturating_sub(1);
    let Some(Sheet::Pipe(sheet)) = &mut app.sheet else {
        return Vec::new();
    };
    let rows = prose::rows(&lines(sheet), width).len();
    let PipeStep::Came { scroll, .. } = &mut sheet.step else {
        return Vec::new();
    };
    let by = match key {
        Key::Enter => return accept(app),
        Key::Esc | Key::Char('q') => {
            say(app, Rank::News, "Left as it was".into());
            return sheets::close(app);
        }
        Key::Down | Key::Char('j') => 1,
        Key::Up | Key::Char('k') => -1,
        Key::PageDown => PAGE,
        Key::PageUp => -PAGE,
        _ => return Vec::new(),
    };
    *scroll = prose::scrolled(*scroll, by, rows, height);
    Vec::new()
}

fn accept(app: &mut App) -> Vec<Effect> {
    let Some(Sheet::Pipe(sheet)) = app.sheet.take() else {
        return Vec::new();
    };
    let PipeStep::Came {
        tab, before, piped, ..
    } = sheet.step
    else {
        return Vec::new();
    };
    let Some(editor) = &mut app.editor else {
        return Vec::new();
    };
    if editor.tab != tab || editor.text() != before {
        let words = "The text changed while the command ran: nothing was taken over";
        say(app, Rank::Warn, words.into());
        return Vec::new();
    }
    editor.replace(&piped.text);
    let key = app
        .keymap
        .label_in(Action::TypeUndo, crate::app::Place::Typing);
    say(app, Rank::News, format!("Taken over. {key} takes it back"));
    typing::typed(app)
}

#[cfg(test)]
#[path = "pipe_tests.rs"]
mod tests;
