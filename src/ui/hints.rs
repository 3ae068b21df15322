//! The bottom row: the keys of the focused pane as the user bound them, or the message of the last action.
//!
//! Names and keys come from the action table and the keymap; an action without a key is not hinted.

use super::completion;
use super::pen::{Line, Pen};
use super::theme::Role;
use crate::app::action::Row;
use crate::app::layout::{PANEL_WIDTH, Room, room};
use crate::app::wrap::{shown_width, wrap};
use crate::app::{Action, App, Page, Pane, Place, Rank, View};
use crate::domain::Glyph;
use ratatui::layout::Rect;

/// From so many columns on the row has room for a login that ends soon; elsewhere it stands with the counts.
const LOGIN_ROOM: u16 = 100;

/// A key and what it does, in a word or two.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Hint {
    key: String,
    word: String,
}

impl Hint {
    /// Pairs a key's name with a word.
    pub fn new(key: impl Into<String>, word: impl Into<String>) -> Self {
        Self {
            key: key.into(),
            word: word.into(),
        }
    }

    /// Returns the key's name.
    pub fn key(&self) -> &str {
        &self.key
    }

    /// Returns what it does.
    pub fn word(&self) -> &str {
        &self.word
    }

    fn width(&self) -> usize {
        shown_width(&self.key) + 1 + shown_width(&self.word)
    }

    fn write(&self, line: &mut Line<'_, '_>) {
        if self.width() <= line.room() {
            line.put(&self.key, Role::Key).skip(1);
            line.put(&self.word, Role::Muted);
        }
    }
}

/// Draws the bottom row.
pub fn draw(pen: &mut Pen<'_>, app: &App, area: Rect) {
    if let Some(shown) = &app.note {
        return note(pen, &shown.note.text, shown.note.rank, area);
    }
    if app.sheet.is_some() || app.welcome.is_some() {
        return;
    }
    let area = login(pen, app, area);
    let mut line = pen.line(area, 0);
    line.skip(1);
    match app.place() {
        Some(Place::Details) => {
            let is_typing = app.details.as_ref().is_some_and(|it| it.input.is_some());
            let hints = if is_typing {
                vec![
                    Hint::new("Enter", "take it"),
                    Hint::new("Esc", "leave as it was"),
                ]
            } else {
                of(app, &DETAILS)
            };
            write(&mut line, &hints, 3, Keep::First);
        }
        Some(_) if app.completion.is_some() => {
            line.put("typing", Role::Muted).skip(3);
            write(&mut line, &completion::hints(), 3, Keep::First);
        }
        Some(_) => {
            line.put("typing", Role::Muted).skip(3);
            let hints = of(app, &TYPING);
            if width(&hints, 2) <= line.room() {
                squeeze(&mut line, &hints);
            } else {
                write(&mut line, &of(app, &TYPING_SHORT), 3, Keep::First);
            }
        }
        None if !app.marks.is_empty() => {
            line.put(&app.marks.words(), Role::Strong).skip(3);
            write(&mut line, &of(app, &MARKED), 2, Keep::First);
        }
        None => {
            let (wanted, keep) = match app.shown_page() {
                Some(page) => page_hints(page),
                None => pane_hints(app, app.hinted.unwrap_or(app.focus)),
            };
            write(&mut line, &of(app, wanted), 2, keep);
        }
    }
}

/// Writes bottom right, where there is room for it beside the keys, which login ends soon; returns the rest of the row.
fn login(pen: &mut Pen<'_>, app: &App, area: Rect) -> Rect {
    let words = login_words(app).filter(|_| area.width >= LOGIN_ROOM);
    let Some(words) = words else {
        return area;
    };
    let width = u16::try_from(shown_width(&words)).unwrap_or(area.width);
    let keys = Rect {
        width: area.width.saturating_sub(width + 2),
        ..area
    };
    let place = Rect {
        x: keys.x + keys.width + 1,
        width,
        ..area
    };
    pen.line(place, 0).put(&words, Role::Warn);
    keys
}

/// Returns which login ends soon, where the row of hints has no room for it.
pub fn login_elsewhere(app: &App) -> Option<String> {
    login_words(app).filter(|_| app.size.0 < LOGIN_ROOM)
}

fn login_words(app: &App) -> Option<String> {
    let (mark, at) = app.login_end.as_ref()?;
    Some(match (*at - app.now).num_days() {
        _ if *at <= app.now => format!("{mark} login ended"),
        1 => format!("{mark} login 1 day"),
        days => format!("{mark} login {days} days"),
    })
}

/// The message takes the row; a long one grows upwards, because what went wrong is never cut.
fn note(pen: &mut Pen<'_>, text: &str, rank: Rank, area: Rect) {
    let text = pen.signs.sentence(text).into_owned();
    let (sign, role) = match rank {
        Rank::News => ("", Role::Text),
        Rank::Warn => ("!", Role::Warn),
        Rank::Bad => (pen.signs.state(Glyph::Failed), Role::Bad),
    };
    let indent = if sign.is_empty() { 1 } else { 3 };
    let rows = wrap(&text, usize::from(area.width).saturating_sub(indent + 1));
    let height = u16::try_from(rows.len())
        .unwrap_or(1)
        .min(area.y.saturating_sub(1))
        .max(1);
    let place = Rect {
        y: (area.y + 1).saturating_sub(height),
        height,
        ..area
    };
    pen.fill(place, Role::Text);
    pen.line(place, 0).skip(1).sign(sign, role);
    for (row, span) in rows.iter().enumerate() {
        let row = u16::try_from(row).unwrap_or(u16::MAX);
        pen.line(place, row)
            .to(u16::try_from(indent).unwrap_or(1))
            .put(&text[span.start..span.end], role);
    }
}

/// What a place hints: actions whose keys are shown together, and the word after them (else the table's).
type Wanted = (&'static [Action], Option<&'static str>);

const ADD: Wanted = (&[Action::Add], None);
const EDIT: Wanted = (&[Action::Edit], None);
const SCHEDULE: Wanted = (&[Action::Schedule], None);
const HELP: Wanted = (&[Action::Help], None);
const OPEN: Wanted = (&[Action::Open], None);
const TRASH: Wanted = (&[Action::Trash], None);
const PALETTE: Wanted = (&[Action::Palette], None);
const UNDO: Wanted = (&[Action::Undo], None);
const OUTBOX_KEY: Wanted = (&[Action::Outbox], None);
const REVIEW: Wanted = (&[Action::Review], None);
const NOW: Wanted = (&[Action::PublishNow], None);

const FIND: Wanted = (&[Action::Search], None);
const FILTER: Wanted = (&[Action::Filter], None);

const BY_DAY: Wanted = (&[Action::DayBack, Action::DayOn], Some("day"));
const BY_QUARTER: Wanted = (&[Action::Earlier, Action::Later], Some("15 min"));
const TO_QUEUE: Wanted = (&[Action::NextPane], Some("queue"));
const CLIPBOARD: Wanted = (
    &[Action::Copy, Action::Cut, Action::Paste],
    Some("copy cut paste"),
);

/// Where the calendar stands alone.
const CALENDAR: [Wanted; 12] = [
    ADD, EDIT, BY_DAY, SCHEDULE, REVIEW, NOW, TO_QUEUE, TRASH, UNDO, FIND, PALETTE, HELP,
];

/// Where the queue stands beside it.
const CALENDAR_WIDE: [Wanted; 14] = [
    ADD, EDIT, BY_DAY, BY_QUARTER, SCHEDULE, REVIEW, NOW, FIND, TRASH, UNDO, FILTER, TO_QUEUE,
    PALETTE, HELP,
];

/// Where the post's panel does too.
const CALENDAR_WIDEST: [Wanted; 15] = [
    ADD, EDIT, BY_DAY, BY_QUARTER, SCHEDULE, CLIPBOARD, REVIEW, NOW, FIND, FILTER, TRASH, UNDO,
    TO_QUEUE, PALETTE, HELP,
];

const WEEK: [Wanted; 12] = [
    (&[Action::Left, Action::Right], Some("day")),
    (&[Action::Down, Action::Up], Some("post")),
    (&[Action::PreviousMonth, Action::NextMonth], Some("week")),
    BY_DAY,
    BY_QUARTER,
    ADD,
    EDIT,
    (&[Action::MonthView], None),
    REVIEW,
    FIND,
    PALETTE,
    HELP,
];

const LIST: [Wanted; 11] = [
    (&[Action::Down, Action::Up], Some("row")),
    (&[Action::Left, Action::Right], Some("day")),
    (&[Action::DayBack, Action::DayOn], Some("move")),
    ADD,
    EDIT,
    SCHEDULE,
    REVIEW,
    (&[Action::MonthView], None),
    FIND,
    PALETTE,
    HELP,
];

const QUEUE: [Wanted; 12] = [
    OPEN,
    EDIT,
    SCHEDULE,
    TRASH,
    UNDO,
    FILTER,
    (&[Action::NextPane], Some("editor")),
    REVIEW,
    NOW,
    FIND,
    PALETTE,
    HELP,
];

const EDITOR: [Wanted; 10] = [
    EDIT,
    (&[Action::Details], None),
    SCHEDULE,
    NOW,
    REVIEW,
    (&[Action::Left, Action::Right], Some("channel")),
    (&[Action::Down, Action::Up], Some("scroll")),
    (&[Action::NextPane], Some("calendar")),
    PALETTE,
    HELP,
];

const MARKED: [Wanted; 6] = [
    (&[Action::DayBack, Action::DayOn], Some("day")),
    (&[Action::Earlier, Action::Later], Some("15 min")),
    SCHEDULE,
    TRASH,
    (&[Action::Copy, Action::Cut], Some("copy, cut")),
    (&[Action::Leave], Some("no marks")),
];

const TYPING: [Wanted; 7] = [
    (&[Action::TypeSave], None),
    (&[Action::TypeNextTab], None),
    (&[Action::TypeDetails], None),
    (&[Action::TypeAttach], None),
    (&[Action::TypePreview], None),
    (&[Action::TypeThread], None),
    (&[Action::TypeOwn], None),
];

/// Where there is little room the attachment's key stands in the details form only.
const TYPING_SHORT: [Wanted; 6] = [
    (&[Action::TypeSave], None),
    (&[Action::TypeNextTab], None),
    (&[Action::TypeDetails], None),
    (&[Action::TypePreview], None),
    (&[Action::TypeThread], None),
    (&[Action::TypeOwn], None),
];

const DETAILS: [Wanted; 6] = [
    (&[Action::FieldNext], None),
    (&[Action::FieldChoose], None),
    (&[Action::FieldEdit], None),
    (&[Action::FieldAttach], None),
    (&[Action::FieldDone], None),
    (&[Action::FieldHelp], Some("help")),
];

/// Palette and help name all other keys, so they stay where there is room for few.
fn pane_hints(app: &App, pane: Pane) -> (&'static [Wanted], Keep) {
    let hints: &[Wanted] = match pane {
        Pane::Calendar => match app.finding.view {
            View::Month if room(app.size) != Room::Wide => &CALENDAR,
            View::Month if app.size.0 < PANEL_WIDTH => &CALENDAR_WIDE,
            View::Month => &CALENDAR_WIDEST,
            View::Week => &WEEK,
            View::List => &LIST,
        },
        // Help names the palette's key; the pane's own keys need the room.
        Pane::Queue => return (&QUEUE, Keep::FirstAndLast(1)),
        Pane::Editor => &EDITOR,
    };
    (hints, Keep::FirstAndLast(2))
}

const OUTBOX: [Wanted; 8] = [
    (&[Action::Down, Action::Up], Some("row")),
    OPEN,
    EDIT,
    (&[Action::OutboxTries], None),
    FIND,
    (&[Action::OutboxDryRun], None),
    (&[Action::Quit], Some("back")),
    HELP,
];

const REVIEWING: [Wanted; 8] = [
    (&[Action::ReviewApprove], None),
    (&[Action::ReviewChanges], None),
    (&[Action::ReviewPostpone], None),
    EDIT,
    (&[Action::Preview], None),
    (&[Action::ReviewNote], None),
    (&[Action::NextMonth], Some("next")),
    HELP,
];

fn page_hints(page: &Page) -> (&'static [Wanted], Keep) {
    match page {
        Page::Outbox(_) => (&OUTBOX, Keep::FirstAndLast(2)),
        Page::Review(_) => (&REVIEWING, Keep::First),
    }
}

/// What the days hint where they are told in sentences.
const SPOKEN: [Wanted; 7] = [
    (&[Action::Left, Action::Right], Some("day")),
    (&[Action::Down, Action::Up], Some("week")),
    OPEN,
    SCHEDULE,
    REVIEW,
    (&[Action::Palette], Some("command")),
    HELP,
];

/// Returns the keys of where the person is, for the plain view; keys that are shown together stand apart.
pub fn spoken(app: &App) -> Vec<Hint> {
    let wanted: &[Wanted] = match (app.place(), app.shown_page()) {
        (Some(Place::Details), _) if app.details.as_ref().is_some_and(|it| it.input.is_some()) => {
            return vec![
                Hint::new("Enter", "take it"),
                Hint::new("Esc", "leave as it was"),
            ];
        }
        (Some(Place::Details), _) => &DETAILS,
        (Some(_), _) => &TYPING,
        (None, Some(page)) => page_hints(page).0,
        (None, None) if app.focus == Pane::Calendar => &SPOKEN,
        (None, None) => pane_hints(app, app.focus).0,
    };
    keyed(app, wanted, apart)
}

/// Returns hints for actions, each with a word of its own; one without a key is left out.
pub fn worded(app: &App, actions: &[(Action, &str)]) -> Vec<Hint> {
    (actions.iter())
        .map(|(action, word)| Hint::new(app.keymap.label(*action), *word))
        .filter(|hint| !hint.key.is_empty())
        .collect()
}

fn of(app: &App, wanted: &[Wanted]) -> Vec<Hint> {
    keyed(app, wanted, together)
}

fn keyed(app: &App, wanted: &[Wanted], keys: impl Fn(&App, &[Action]) -> String) -> Vec<Hint> {
    wanted
        .iter()
        // The review page is named while something waits there.
        .filter(|(actions, _)| *actions != [Action::Review] || app.queue.review_total > 0)
        .filter_map(|(actions, word)| {
            let key = keys(app, actions);
            let from_table = || Row::of(actions[0]).map_or("", |row| row.hint);
            (!key.trim().is_empty()).then(|| Hint::new(key, word.unwrap_or_else(from_table)))
        })
        .collect()
}

/// Returns the keys of actions that belong together: `j k`, but `<>`.
pub fn together(app: &App, actions: &[Action]) -> String {
    let keys = labels(app, actions);
    let are_signs = keys.iter().all(|key| "<>-+".contains(key.as_str()));
    keys.join(if are_signs { "" } else { " " })
}

/// Returns them one by one, as they are read out.
fn apart(app: &App, actions: &[Action]) -> String {
    labels(app, actions).join(" ")
}

fn labels(app: &App, actions: &[Action]) -> Vec<String> {
    actions
        .iter()
        .map(|action| app.keymap.label_in(*action, app.here()))
        .filter(|key| !key.is_empty())
        .collect()
}

/// Returns the keys that help with a post in a state.
pub fn remedies(app: &App, state: Glyph) -> Vec<Hint> {
    let open = (&[Action::Open][..], Some("open"));
    let wanted: &[Wanted] = match state {
        Glyph::Failed | Glyph::Missed => &[
            open,
            OUTBOX_KEY,
            (&[Action::Schedule], Some("new time")),
            NOW,
        ],
        Glyph::Unknown => &[(&[Action::Open], Some("answer")), OUTBOX_KEY],
        Glyph::Draft => &[open, (&[Action::Schedule], Some("let it leave")), TRASH],
        Glyph::InReview => &[open, REVIEW, (&[Action::Schedule], Some("new time"))],
        Glyph::ChangesRequested => &[
            open,
            (&[Action::AskReview], Some("ask again")),
            (&[Action::Schedule], Some("new time")),
        ],
        Glyph::Waiting => &[open, (&[Action::Schedule], Some("new time")), NOW, TRASH],
        Glyph::Publishing | Glyph::Published | Glyph::Skipped => &[open],
    };
    of(app, wanted)
}

/// Which hint stays when there is room for few.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Keep {
    /// The first ones.
    First,
    /// The first ones and so many of the last.
    FirstAndLast(usize),
}

/// Writes hints as far as they fit, `between` columns apart; what does not fit is dropped from the end.
pub fn write(line: &mut Line<'_, '_>, hints: &[Hint], between: u16, keep: Keep) {
    let kept = match keep {
        Keep::First => 0,
        Keep::FirstAndLast(count) => count.min(hints.len()),
    };
    let (others, last) = hints.split_at(hints.len() - kept);
    let gap = usize::from(between);
    let mut room = line.room().saturating_sub(width(last, gap));
    for hint in others {
        let after = if last.is_empty() { 0 } else { gap };
        if hint.width() + after > room {
            break;
        }
        room = room.saturating_sub(hint.width() + gap);
        hint.write(line);
        line.skip(between);
    }
    for hint in last {
        hint.write(line);
        line.skip(between);
    }
}

/// Writes all hints three columns apart, and two at the end where that is too wide.
fn squeeze(line: &mut Line<'_, '_>, hints: &[Hint]) {
    let mut spare = line.room().saturating_sub(width(hints, 2));
    for hint in hints {
        hint.write(line);
        line.skip(if spare > 0 { 3 } else { 2 });
        spare = spare.saturating_sub(1);
    }
}

/// How many columns hints take.
pub fn width(hints: &[Hint], between: usize) -> usize {
    let words: usize = hints.iter().map(Hint::width).sum();
    words + between * hints.len().saturating_sub(1)
}
