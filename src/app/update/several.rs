//! Marking posts, and doing one action to all that are marked.
//!
//! What the action makes of each is `domain/several.rs`; the store does it in one go, undone as one.

use super::{ask, history, panes, posts, reload, say, sheets};
use crate::app::msg::Rank;
use crate::app::sheet::{Sheet, meaning};
use crate::app::{Action, App, Clip, Effect, Input, Key, Pane};
use crate::domain::when::When;
use crate::domain::{Plan, PostId, Several};

/// Marks the selected post, or takes its mark away; in a list the next row is selected then.
pub fn mark(app: &mut App) -> Vec<Effect> {
    let Some(id) = app.selected else {
        say(app, Rank::News, posts::none_selected(app));
        return Vec::new();
    };
    app.marks.toggle(id);
    match app.focus {
        Pane::Queue => panes::go(app, Action::Down),
        Pane::Calendar | Pane::Editor => Vec::new(),
    }
}

/// Does an action to all marked posts; `None` where it is one for the selected post alone, or none is marked.
pub fn act(app: &mut App, action: Action) -> Option<Vec<Effect>> {
    if app.marks.is_empty() {
        return None;
    }
    let done = match action {
        Action::DayBack => change_marked(app, Several::MoveDays(-1)),
        Action::DayOn => change_marked(app, Several::MoveDays(1)),
        Action::Earlier => change_marked(app, Several::MoveMinutes(-15)),
        Action::Later => change_marked(app, Several::MoveMinutes(15)),
        Action::Trash => change_marked(app, Several::Trash),
        Action::Schedule => {
            let typed = app.memory.typed.get("schedule").cloned();
            app.sheet = Some(Sheet::ScheduleMarked(Input::new(typed.unwrap_or_default())));
            Vec::new()
        }
        Action::Copy | Action::Cut => {
            let posts = app.marks.posts();
            let (what, clip) = match action {
                Action::Copy => ("Copied", Clip::CopiedAll(posts)),
                _ => ("Cut", Clip::CutAll(posts)),
            };
            let text = format!(
                "{what} {} posts: {} pastes them, the first on the selected day",
                app.marks.len(),
                app.keymap.label(Action::Paste)
            );
            app.clip = Some(clip);
            app.marks.clear();
            say(app, Rank::News, text);
            Vec::new()
        }
        _ => return None,
    };
    Some(done)
}

fn change_marked(app: &mut App, action: Several) -> Vec<Effect> {
    let posts = app.marks.posts();
    change(app, posts, action)
}

/// Does an action to several posts.
pub fn change(app: &mut App, posts: Vec<PostId>, action: Several) -> Vec<Effect> {
    // What comes next is done to the posts as this leaves them.
    app.detail = None;
    vec![Effect::ChangeSeveral(ask(app), posts, action)]
}

/// Pastes several posts, the first onto the selected day.
pub fn paste(app: &mut App, clip: Clip) -> Vec<Effect> {
    match clip {
        Clip::CopiedAll(posts) => change(app, posts, Several::CopyTo(app.day, app.zone)),
        Clip::CutAll(posts) => {
            app.clip = None;
            change(app, posts, Several::MoveTo(app.day, app.zone))
        }
        Clip::Copied(_) | Clip::Cut(_) => Vec::new(),
    }
}

/// Takes in what was done.
pub fn changed(
    app: &mut App,
    action: Several,
    posts: &[PostId],
    label: &str,
    stayed: &[String],
) -> Vec<Effect> {
    history::changed(app);
    let mut capital = label.chars();
    let label: String = capital
        .next()
        .into_iter()
        .flat_map(char::to_uppercase)
        .chain(capital)
        .collect();
    match stayed.first() {
        _ if posts.is_empty() => say(app, Rank::News, "All of them are so already".into()),
        None => {
            let key = app.keymap.label(Action::Undo);
            say(app, Rank::News, format!("{label}. {key} undoes"));
        }
        Some(first) => {
            let more = match stayed.len() {
                1 => String::new(),
                many => format!(" (and {} more)", many - 1),
            };
            say(app, Rank::Warn, format!("{label}. But {first}{more}"));
        }
    }
    match action {
        Several::Trash => {
            app.marks.clear();
            app.memory.select = None;
            if app.selected.is_some_and(|id| posts.contains(&id)) {
                app.selected = None;
                app.detail = None;
            }
        }
        Several::CopyTo(..) | Several::MoveTo(..) => app.memory.select = posts.first().copied(),
        _ => app.memory.select = app.selected.filter(|id| posts.contains(id)),
    }
    if let Some(id) = app.memory.select {
        app.selected = Some(id);
    }
    reload(app)
}

/// Takes a key while the time for all marked posts is asked.
pub fn press_schedule(app: &mut App, key: Key) -> Vec<Effect> {
    let now = app.local_now();
    let Some(Sheet::ScheduleMarked(input)) = &mut app.sheet else {
        return Vec::new();
    };
    match key {
        Key::Esc => {
            let typed = input.text().to_owned();
            app.memory.typed.insert("schedule", typed);
            sheets::close(app)
        }
        Key::Enter => {
            let plan = match meaning(input, now) {
                Some(Ok(When::At { time, .. })) => Plan::At(time),
                Some(Ok(When::Shelf)) => Plan::Shelf,
                // The sheet says why it is no time; it stays open with what was typed.
                Some(Err(_)) | None => return Vec::new(),
            };
            app.sheet = None;
            app.memory.typed.remove("schedule");
            change_marked(app, Several::Schedule(plan))
        }
        key => {
            input.press(key);
            Vec::new()
        }
    }
}
