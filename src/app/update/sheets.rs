//! Keys while a sheet lies over the screen. Esc always closes it and changes nothing; what was typed comes back next time.

use super::{
    act, ask, by_hand, connections, correct, filter, freeze, history, outbox, palette, panes,
    people, pipe, posts, review, say, search, several, stale, trim, typing, unknown,
};
use crate::app::editor::Editor;
use crate::app::msg::Rank;
use crate::app::sheet::{ConflictSheet, PreviewSheet, Sheet, meaning};
use crate::app::unknown::{UnknownChoice, UnknownStep};
use crate::app::{Action, AfterSave, App, Effect, Input, Key};
use crate::domain::when::When;
use crate::domain::{ClockChange, Content, LocalTime, Plan};
use std::path::PathBuf;

/// Takes a key while a sheet is open.
pub fn press(app: &mut App, key: Key) -> Vec<Effect> {
    if key == Key::Ctrl('c') {
        return act(app, Action::QuitSafely);
    }
    match &app.sheet {
        Some(Sheet::Prefix(_)) => panes::press_second(app, key),
        Some(Sheet::GoTo(_)) => press_go_to(app, key),
        Some(Sheet::Schedule(_)) => press_schedule(app, key),
        Some(Sheet::ScheduleMarked(_)) => several::press_schedule(app, key),
        Some(Sheet::History(_)) => history::press(app, key),
        Some(Sheet::PublishNow(_)) => press_publish(app, key),
        Some(Sheet::Freeze(_)) => freeze::press_freeze(app, key),
        Some(Sheet::Thaw(_)) => freeze::press_thaw(app, key),
        Some(Sheet::Search(_)) => search::press(app, key),
        Some(Sheet::Filter(_)) => filter::press(app, key),
        Some(Sheet::Help(_)) => palette::press_help(app, key),
        Some(Sheet::Palette(_)) => palette::press(app, key),
        Some(Sheet::Attach(_)) => press_attach(app, key),
        Some(Sheet::Preview(_)) => press_preview(app, key),
        Some(Sheet::Trim(_)) => trim::press(app, key),
        Some(Sheet::Recover(_)) => press_recover(app, key),
        Some(Sheet::Conflict(_)) => press_conflict(app, key),
        Some(Sheet::Unknown(_)) => unknown::press(app, key),
        Some(Sheet::Correct(_)) => correct::press(app, key),
        Some(Sheet::Tries(_)) => outbox::press_tries(app, key),
        Some(Sheet::DryRun(_)) => outbox::press_dry_run(app, key),
        Some(Sheet::Connections(_)) => connections::press(app, key),
        Some(Sheet::Remark(_)) => review::press_remark(app, key),
        Some(Sheet::Pipe(_)) => pipe::press(app, key),
        Some(Sheet::People(_)) => people::press(app, key),
        Some(Sheet::ByHand(_)) => by_hand::press(app, key),
        Some(Sheet::Stale(_)) => stale::press(app, key),
        None => Vec::new(),
    }
}

/// Pastes into the sheet's field, where it has one; never into a confirmation.
pub fn paste(sheet: &mut Sheet, text: &str) {
    match sheet {
        Sheet::GoTo(input)
        | Sheet::ScheduleMarked(input)
        | Sheet::Attach(input)
        | Sheet::Freeze(input)
        | Sheet::Search(input) => input.paste(text),
        Sheet::Filter(sheet) => {
            if let Some(name) = &mut sheet.name {
                name.paste(text);
            }
        }
        Sheet::Schedule(sheet) => sheet.input.paste(text),
        Sheet::Remark(sheet) => sheet.input.paste(text),
        Sheet::People(sheet) => people::paste(sheet, text),
        Sheet::ByHand(sheet) => by_hand::paste(sheet, text),
        Sheet::Unknown(sheet) if sheet.choice == UnknownChoice::There => {
            sheet.step = UnknownStep::Choosing;
            sheet.address.paste(text.trim());
        }
        Sheet::Help(sheet) => {
            if let Some(find) = &mut sheet.find {
                find.paste(text);
            }
        }
        Sheet::Palette(sheet) => {
            sheet.input.paste(text);
            sheet.chosen = 0;
        }
        _ => {}
    }
}

/// Opens the question for a date.
pub fn open_go_to(app: &mut App) -> Vec<Effect> {
    app.sheet = Some(Sheet::GoTo(Input::default()));
    Vec::new()
}

/// Returns how a changed clock is told.
pub fn clock_words(change: ClockChange, at: LocalTime) -> String {
    let time = at.local.format("%H:%M");
    match change {
        ClockChange::Skipped => format!("{time} does not exist that day"),
        ClockChange::Repeated => format!("{time} comes twice that day, the first is taken"),
    }
}

pub(super) fn close(app: &mut App) -> Vec<Effect> {
    app.sheet = None;
    Vec::new()
}

fn press_go_to(app: &mut App, key: Key) -> Vec<Effect> {
    let now = app.local_now();
    let Some(Sheet::GoTo(input)) = &mut app.sheet else {
        return Vec::new();
    };
    match key {
        Key::Esc => close(app),
        Key::Enter => match meaning(input, now) {
            Some(Ok(When::At { time, .. })) => {
                let day = time.resolve().at.with_timezone(&app.zone).date_naive();
                app.sheet = None;
                panes::to_day(app, day)
            }
            Some(Ok(When::Shelf)) | None => close(app),
            // The sheet says why it is no date; it stays open with what was typed.
            Some(Err(_)) => Vec::new(),
        },
        key => {
            input.press(key);
            Vec::new()
        }
    }
}

fn press_schedule(app: &mut App, key: Key) -> Vec<Effect> {
    let Some(Sheet::Schedule(sheet)) = &mut app.sheet else {
        return Vec::new();
    };
    match key {
        Key::Esc => {
            let typed = sheet.input.text().to_owned();
            app.memory.typed.insert("schedule", typed);
            close(app)
        }
        Key::Enter => take_schedule(app),
        key => {
            sheet.input.press(key);
            Vec::new()
        }
    }
}

/// Returns the plan that the schedule sheet means at this moment; `None` while it means none.
pub fn scheduled_plan(app: &App) -> Option<Plan> {
    let Some(Sheet::Schedule(sheet)) = &app.sheet else {
        return None;
    };
    let planned = app
        .detail
        .as_ref()
        .filter(|it| it.view.post.id == sheet.post);
    let planned = planned.and_then(|it| it.view.post.content.plan.at());
    match meaning(&sheet.input, app.local_now()) {
        None => planned.map(Plan::At),
        Some(Ok(when)) => Some(when.plan(planned)),
        Some(Err(_)) => None,
    }
}

fn take_schedule(app: &mut App) -> Vec<Effect> {
    let Some(plan) = scheduled_plan(app) else {
        return Vec::new();
    };
    let Some(Sheet::Schedule(sheet)) = &app.sheet else {
        return Vec::new();
    };
    let post = sheet.post;
    if plan.at().is_some_and(|at| posts::is_past(app, at)) {
        let now = app.key_for(Action::PublishNow);
        let text = format!("That time is past; type another, or Esc and then {now} publishes now");
        say(app, Rank::Warn, text);
        return Vec::new();
    }
    app.memory.typed.remove("schedule");
    app.sheet = None;
    posts::schedule(app, post, plan)
}

fn press_publish(app: &mut App, key: Key) -> Vec<Effect> {
    let Some(Sheet::PublishNow(sheet)) = &mut app.sheet else {
        return Vec::new();
    };
    match key {
        Key::Esc => close(app),
        // The word that sends has no such letter.
        Key::Char('v') if sheet.input.text().is_empty() => {
            let question = Some(Box::new(sheet.clone()));
            app.sheet = Some(Sheet::Preview(PreviewSheet {
                question,
                ..PreviewSheet::default()
            }));
            Vec::new()
        }
        Key::Enter => {
            let ready: Vec<_> = sheet.accounts.iter().filter(|row| row.can_leave).collect();
            let channels: Vec<_> = ready.iter().map(|row| row.channel.clone()).collect();
            if sheet.input.text().trim() != "now" {
                return Vec::new();
            }
            let post = sheet.post;
            app.sheet = None;
            if channels.is_empty() {
                let edit = app.key_for(Action::Edit);
                let text = format!("Nothing left: no channel can take it as it is. {edit} edits");
                say(app, Rank::Warn, text);
                return Vec::new();
            }
            vec![Effect::MakeDue(ask(app), post, channels)]
        }
        key => {
            sheet.input.press(key);
            Vec::new()
        }
    }
}

fn press_attach(app: &mut App, key: Key) -> Vec<Effect> {
    let Some(Sheet::Attach(input)) = &mut app.sheet else {
        return Vec::new();
    };
    match key {
        Key::Esc => {
            let typed = input.text().to_owned();
            app.memory.typed.insert("attach", typed);
            close(app)
        }
        Key::Enter => {
            let path = input.text().trim().to_owned();
            if path.is_empty() {
                return close(app);
            }
            // Kept until the picture is there: a wrong path can be corrected.
            app.memory.typed.insert("attach", path.clone());
            app.sheet = None;
            vec![Effect::Attach(ask(app), PathBuf::from(path))]
        }
        key => {
            input.press(key);
            Vec::new()
        }
    }
}

fn press_preview(app: &mut App, key: Key) -> Vec<Effect> {
    let Some(Sheet::Preview(sheet)) = &app.sheet else {
        return Vec::new();
    };
    let count = sheet.shown(app).len().max(1);
    let Some(Sheet::Preview(sheet)) = &mut app.sheet else {
        return Vec::new();
    };
    match key {
        Key::Esc | Key::Char('q' | 'v') | Key::Ctrl('v') => {
            app.sheet = sheet.question.take().map(|it| Sheet::PublishNow(*it));
        }
        Key::Char('j') | Key::Down => sheet.scroll += 1,
        Key::Char('k') | Key::Up => sheet.scroll = sheet.scroll.saturating_sub(1),
        Key::Char('l') | Key::Right | Key::Tab => {
            (sheet.channel, sheet.scroll) = ((sheet.channel + 1) % count, 0);
        }
        Key::Char('h') | Key::Left | Key::BackTab => {
            (sheet.channel, sheet.scroll) = ((sheet.channel + count - 1) % count, 0);
        }
        _ => {}
    }
    Vec::new()
}

fn press_recover(app: &mut App, key: Key) -> Vec<Effect> {
    let Some(Sheet::Recover(draft)) = &app.sheet else {
        return Vec::new();
    };
    match key {
        Key::Enter => {
            // The post's own content is not at hand; a different one makes sure that leaving saves.
            let editor = Editor::from_draft(draft, Content::default());
            let key = draft.key.clone();
            app.memory.drafts.retain(|other| other.key != key);
            app.sheet = None;
            posts::show_editor(app, editor);
            Vec::new()
        }
        Key::Char('d') => {
            let keys = draft.keys();
            app.memory.drafts.retain(|other| !keys.contains(&other.key));
            app.sheet = None;
            say(app, Rank::News, "The unsaved text was thrown away".into());
            vec![Effect::DropDrafts(keys)]
        }
        // Asked again when the post is opened, or at the next start; nothing is lost by not answering.
        Key::Esc => close(app),
        _ => Vec::new(),
    }
}

fn press_conflict(app: &mut App, key: Key) -> Vec<Effect> {
    let Some(Sheet::Conflict(sheet)) = &app.sheet else {
        return Vec::new();
    };
    let ConflictSheet { mine, theirs } = sheet.as_ref().clone();
    match key {
        Key::Char('m') => {
            app.sheet = None;
            let label = format!("saved “{}” over another version", posts::short(&theirs));
            let (id, base) = (theirs.id, theirs.revision);
            posts::save(
                app,
                Some(id),
                base,
                None,
                mine.content,
                label,
                AfterSave::CloseEditor,
            )
        }
        Key::Char('t') => {
            app.sheet = None;
            typing::close(app);
            say(
                app,
                Rank::News,
                "Theirs stands; your version is a post on the shelf".into(),
            );
            let drafts = mine.keys();
            let mut content = mine.content;
            (content.plan, content.scheduled) = (Plan::Shelf, false);
            let label = format!("kept your version of “{}”", posts::short(&theirs));
            // The draft stays until the copy is there: a save can fail.
            let after = AfterSave::ShowKept(drafts);
            posts::save(app, None, 0, Some(theirs.id), content, label, after)
        }
        Key::Esc => close(app),
        _ => Vec::new(),
    }
}
