//! Changing posts from the calendar and the queue: add, open, move, copy, paste, schedule, trash; what lets them leave or
//! stay is `leaving.rs`.
//!
//! Every change is a save of the whole content by compare-and-set. An action on a post that is not read yet, or is being
//! saved, waits for that and is then done, so that quick keys are not lost.

use super::{ask, by_hand, clip, leaving, outside, pipe, reflow, say, sheets, stale};
use crate::app::msg::{Rank, Save};
use crate::app::sheet::{PreviewSheet, ScheduleSheet, Sheet};
use crate::app::{Action, AfterSave, App, Clip, Details, Editor, Effect, Input, Pane, Tab};
use crate::domain::sentence::short_title;
use crate::domain::{
    ChannelName, Composed, Content, DeliveryState, DraftKey, Kind, LocalTime, Plan, Post, PostId,
    Variant,
};
use chrono::{Duration, NaiveDate, NaiveTime, Timelike};

/// What is said in place of sending a post whose answer was lost a second time.
pub fn unknown_words(app: &App) -> String {
    let (outbox, open) = (app.key_for(Action::Outbox), app.key_for(Action::Open));
    format!(
        "Nobody knows whether it arrived: {outbox} shows it, and {open} there says what you saw"
    )
}

/// What is said where an action needs a selected post.
pub fn none_selected(app: &App) -> String {
    let (next, previous) = (
        app.key_for(Action::NextPost),
        app.key_for(Action::PreviousPost),
    );
    format!("No post is selected here: {next} and {previous} go to the next ones")
}

/// What is said of a post that goes nowhere.
pub fn no_channel(app: &App) -> String {
    let details = app.key_for(Action::Details);
    format!("It goes to no channel yet: {details} chooses channels")
}

/// Does an action on the selected post, as soon as it is at hand.
pub fn on_selected(app: &mut App, action: Action) -> Vec<Effect> {
    match app.selected {
        Some(id) => on_post(app, id, action),
        None if matches!(action, Action::Open | Action::Edit) => add(app),
        None if action == Action::EditOutside => outside::add(app),
        None => {
            let text = format!(
                "{}, {} adds one",
                none_selected(app),
                app.key_for(Action::Add)
            );
            say(app, Rank::News, text);
            Vec::new()
        }
    }
}

/// Does an action on a post, or lets it wait until the post was read or saved.
pub fn on_post(app: &mut App, id: PostId, action: Action) -> Vec<Effect> {
    if app.memory.save.is_some() {
        app.memory.waiting.push_back((id, action));
        return Vec::new();
    }
    let at_hand = app
        .detail
        .as_ref()
        .filter(|detail| detail.view.post.id == id);
    let Some(detail) = at_hand else {
        app.memory.waiting.push_back((id, action));
        app.memory.post = ask(app);
        return vec![Effect::LoadPost(app.memory.post, id)];
    };
    let post = detail.view.post.clone();
    match action {
        // Whoever opens a row that asks gives the answer; e still edits.
        Action::Open if app.focus == Pane::Queue && app.page.is_none() => {
            let asked = super::unknown::open_for(app, id)
                .or_else(|| by_hand::open_for(app, id, by_hand::Wanted::Asked));
            asked.unwrap_or_else(|| open(app, &post, false))
        }
        Action::Open | Action::Edit => open(app, &post, false),
        Action::ByHand => by_hand::open_any(app, id),
        Action::Details => open(app, &post, true),
        Action::EditOutside => {
            warn_if_left(app);
            outside::open(app, &post)
        }
        Action::Pipe => {
            let mut effects = open(app, &post, false);
            if app.sheet.is_none() {
                effects.extend(pipe::open(app));
            }
            effects
        }
        Action::Copy => clip::take(app, &post, Clip::Copied(id)),
        Action::Cut => clip::take(app, &post, Clip::Cut(id)),
        Action::Paste => clip::paste_post(app, &post),
        Action::DayBack => move_by(app, &post, |at| at.plus_days(-1)),
        Action::DayOn => move_by(app, &post, |at| at.plus_days(1)),
        Action::Earlier => move_by(app, &post, |at| at.plus_minutes(-15)),
        Action::Later => move_by(app, &post, |at| at.plus_minutes(15)),
        Action::Schedule => ask_schedule(app, &post),
        Action::Trash => trash(app, &post),
        Action::PublishNow => leaving::ask_publish(app, &post),
        Action::Skip => leaving::skip(app, &post),
        Action::Preview => preview(app),
        Action::StaleText => stale::open(app),
        _ => Vec::new(),
    }
}

/// Opens the editor on a new post of the selected day.
pub fn add(app: &mut App) -> Vec<Effect> {
    if offer_draft(app, None) {
        return Vec::new();
    }
    let content = new_content(app);
    show_editor(app, Editor::open(None, 0, content));
    if app.channels.is_empty() {
        say(
            app,
            Rank::Warn,
            "No channel yet: the text is kept, and goes nowhere until one is connected".into(),
        );
    }
    Vec::new()
}

/// Returns the content of a new post of the selected day: a draft for every channel that does not sleep.
pub fn new_content(app: &App) -> Content {
    Content {
        kind: Kind::AdHoc,
        plan: Plan::At(LocalTime::new(
            app.day.and_time(default_clock(app, app.day)),
            app.zone,
        )),
        variants: app
            .channels
            .iter()
            .filter(|it| !it.dormant)
            .map(|it| Variant::inherits(it.name.clone()))
            .collect(),
        ..Content::default()
    }
}

/// Asks about a text of an earlier session before typing would take its place; returns whether it did.
pub fn offer_draft(app: &mut App, post: Option<PostId>) -> bool {
    let draft = app.memory.drafts.iter().find(|draft| draft.post == post);
    let draft = draft.cloned();
    if let Some(draft) = &draft {
        app.sheet = Some(Sheet::Recover(Box::new(draft.clone())));
    }
    draft.is_some()
}

/// Nine in the morning; today, once that has passed, the next full hour.
pub(super) fn default_clock(app: &App, day: NaiveDate) -> NaiveTime {
    let nine = NaiveTime::from_hms_opt(9, 0, 0).unwrap_or_default();
    let now = app.local_now().local;
    if day != now.date() || now.time() < nine {
        return nine;
    }
    let hour = now.time().hour() + if now.time().minute() >= 50 { 2 } else { 1 };
    NaiveTime::from_hms_opt(hour, 0, 0)
        .unwrap_or_else(|| NaiveTime::from_hms_opt(23, 45, 0).unwrap_or(nine))
}

/// Returns the key of a new sitting's draft.
pub fn new_key(app: &mut App) -> DraftKey {
    let number = ask(app);
    DraftKey::new(format!("{}/{number}", app.screen.as_str()))
}

/// Puts an editor on the screen.
pub fn show_editor(app: &mut App, mut editor: Editor) {
    editor.key = new_key(app);
    editor.compose(&app.channels, &app.facts);
    // What still waited to open something else must not take the place of what is typed from now on.
    let opens = |action: &Action| {
        matches!(
            action,
            Action::Open
                | Action::Edit
                | Action::Details
                | Action::EditOutside
                | Action::Schedule
                | Action::PublishNow
        )
    };
    app.memory.waiting.retain(|(_, action)| !opens(action));
    app.editor = Some(editor);
    app.memory.came_from = app.focus;
    app.focus = Pane::Editor;
    reflow(app);
}

fn open(app: &mut App, post: &Post, details: bool) -> Vec<Effect> {
    if offer_draft(app, Some(post.id)) {
        return Vec::new();
    }
    warn_if_left(app);
    show_editor(
        app,
        Editor::open(Some(post.id), post.revision, post.content.clone()),
    );
    if details {
        app.details = Some(Details::open(&post.content, &app.channels, false));
        reflow(app);
    }
    Vec::new()
}

/// Shows what the selected post's channels get, first that of the tab that is shown.
fn preview(app: &mut App) -> Vec<Effect> {
    let detail = app.detail.as_ref();
    let is_shown = |name: &ChannelName| app.detail_tab == Tab::Channel(name.clone());
    let at = detail.and_then(|it| it.composed.iter().position(|(name, _)| is_shown(name)));
    app.sheet = Some(Sheet::Preview(PreviewSheet {
        channel: at.unwrap_or(0),
        ..PreviewSheet::default()
    }));
    Vec::new()
}

fn warn_if_left(app: &mut App) {
    if left(app).is_some_and(|state| state != DeliveryState::Skipped) {
        let copy = app.key_for(Action::Copy);
        let text = "It has left: what is changed here changes nothing that is out";
        say(app, Rank::Warn, format!("{text}. {copy} copies it"));
    }
}

/// Returns the state of a post that no channel is still open for; `None` while one is.
pub fn left(app: &App) -> Option<DeliveryState> {
    let deliveries = &app.detail.as_ref()?.view.deliveries;
    let open = deliveries.iter().any(|it| it.state.is_open());
    if open {
        None
    } else {
        DeliveryState::worst(deliveries.iter().map(|it| it.state))
    }
}

fn move_by(app: &mut App, post: &Post, step: impl Fn(LocalTime) -> LocalTime) -> Vec<Effect> {
    match post.content.plan.at() {
        Some(at) => move_to(app, post, step(at)),
        None => {
            let key = app.key_for(Action::Schedule);
            say(
                app,
                Rank::News,
                format!("It has no time yet: {key} gives it one"),
            );
            Vec::new()
        }
    }
}

pub(super) fn move_to(app: &mut App, post: &Post, at: LocalTime) -> Vec<Effect> {
    if left(app).is_some() {
        let copy = app.key_for(Action::Copy);
        let text = format!("It has left and stays where it was; {copy} copies it");
        say(app, Rank::Warn, text);
        return Vec::new();
    }
    if post.content.scheduled && at.instant() <= app.now {
        let now = app.key_for(Action::PublishNow);
        let text = format!("That time is past: it would leave at once. {now} publishes now");
        say(app, Rank::Warn, text);
        return Vec::new();
    }
    let resolved = at.resolve();
    let mut content = post.content.clone();
    content.plan = Plan::At(at);
    let label = format!("moved “{}” to {}", short(post), day_words(at));
    let shown = LocalTime::new(resolved.local, at.zone);
    let clocks = match resolved.change {
        None => String::new(),
        Some(change) => format!(" ({})", sheets::clock_words(change, at)),
    };
    let undo = app.key_for(Action::Undo);
    let text = format!("Moved to {}{clocks}. {undo} undoes", day_words(shown));
    say(app, Rank::News, text);
    save_changed(app, post, content, label)
}

fn ask_schedule(app: &mut App, post: &Post) -> Vec<Effect> {
    if let Some(state) = left(app) {
        let words = match state {
            DeliveryState::Unknown => unknown_words(app),
            _ => {
                let copy = app.key_for(Action::Copy);
                format!("It has left; {copy} copies it, and the copy can be scheduled")
            }
        };
        say(app, Rank::Warn, words);
        return Vec::new();
    }
    let typed = app
        .memory
        .typed
        .get("schedule")
        .cloned()
        .unwrap_or_default();
    app.sheet = Some(Sheet::Schedule(ScheduleSheet {
        post: post.id,
        title: short(post),
        input: Input::new(typed),
    }));
    Vec::new()
}

/// Schedules a post at a time, or puts it back onto the shelf.
pub fn schedule(app: &mut App, id: PostId, plan: Plan) -> Vec<Effect> {
    let Some(detail) = app
        .detail
        .as_ref()
        .filter(|detail| detail.view.post.id == id)
    else {
        return Vec::new();
    };
    let post = detail.view.post.clone();
    let stopped = first_problem(&detail.composed);
    let mut content = post.content.clone();
    content.plan = plan;
    content.scheduled = plan != Plan::Shelf;
    if content.scheduled && content.variants.is_empty() {
        say(app, Rank::Warn, no_channel(app));
        return Vec::new();
    }
    let (words, label) = match plan.at() {
        Some(at) => (
            format!("Scheduled for {}", day_words(at)),
            format!("scheduled “{}”", short(&post)),
        ),
        None => (
            "Back on the shelf".to_owned(),
            format!("put “{}” on the shelf", short(&post)),
        ),
    };
    match stopped {
        Some(problem) if content.scheduled => {
            say(
                app,
                Rank::Warn,
                format!("{words}, but it cannot leave yet: {problem}"),
            );
        }
        _ => {
            let undo = app.key_for(Action::Undo);
            say(app, Rank::News, format!("{words}. {undo} undoes"));
        }
    }
    save_changed(app, &post, content, label)
}

fn trash(app: &mut App, post: &Post) -> Vec<Effect> {
    let mut content = post.content.clone();
    content.trashed = true;
    let label = format!("trashed “{}”", short(post));
    let undo = app.key_for(Action::Undo);
    let text = format!("“{}” is in the trash. {undo} brings it back", short(post));
    say(app, Rank::News, text);
    save_changed(app, post, content, label)
}

fn first_problem(composed: &[(ChannelName, Composed)]) -> Option<String> {
    composed.iter().find_map(|(channel, composed)| {
        composed
            .problems
            .first()
            .map(|problem| format!("{channel}: {}", problem.message))
    })
}

/// Asks for a save and remembers what follows it.
pub fn save(
    app: &mut App,
    post: Option<PostId>,
    base_revision: i64,
    parent: Option<PostId>,
    content: Content,
    label: String,
    after: AfterSave,
) -> Vec<Effect> {
    let request = ask(app);
    app.memory.save = Some((request, after));
    let author = app.author.clone();
    let save = Save {
        author,
        post,
        base_revision,
        parent,
        content,
        label,
    };
    vec![Effect::Save(request, Box::new(save))]
}

/// Asks for a save of a post that was changed without the editor.
pub fn save_changed(app: &mut App, post: &Post, content: Content, label: String) -> Vec<Effect> {
    let (id, base, parent) = (Some(post.id), post.revision, post.parent);
    save(app, id, base, parent, content, label, AfterSave::Show)
}

/// Returns a post's name, short enough for a message.
pub fn short(post: &Post) -> String {
    short_title(&post.content.display_title())
}

/// Returns a day and clock time as messages write it: `Wed 11 Nov 09:00`.
pub fn day_words(at: LocalTime) -> String {
    at.local.format("%a %-d %b %H:%M").to_string()
}

/// Whether a planned time has passed by more than a minute.
pub fn is_past(app: &App, at: LocalTime) -> bool {
    at.instant() + Duration::minutes(1) < app.now
}
