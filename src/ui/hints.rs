//! The bottom row: the keys of the focused pane as the user bound them, or the message of the last action.
//!
//! Names and keys come from the action table and the keymap; an action without a key is not hinted.

use super::pen::{Line, Pen};
use super::theme::Role;
use crate::app::action::Row;
use crate::app::wrap::{shown_width, wrap};
use crate::app::{Action, App, Page, Pane, Place, Rank, View};
use crate::domain::Glyph;
use ratatui::layout::Rect;

/// From so many columns on the row has room for a login that ends soon.
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
        Some(_) => {
            line.put("typing", Role::Muted).skip(3);
            let mut hints = of(app, &TYPING);
            if width(&hints, 3) > line.room() {
                hints = of(app, &TYPING_SHORT);
            }
            write(&mut line, &hints, 3, Keep::First);
        }
        None if !app.marks.is_empty() => {
            line.put(&app.marks.words(), Role::Strong).skip(3);
            write(&mut line, &of(app, &MARKED), 2, Keep::First);
        }
        None => {
            let page = app.shown_page();
            let mut hints = of(app, page.map_or_else(|| pane_hints(app), page_hints));
            if page.is_none() && app.queue.review_total > 0 {
                let at = BEFORE_REVIEW.min(hints.len());
                hints.splice(at..at, of(app, &[REVIEW]));
            }
            write(&mut line, &hints, 2, Keep::FirstAndLast);
        }
    }
}

/// Writes bottom right, where there is room for it beside the keys, which login ends soon; returns the rest of the row.
fn login(pen: &mut Pen<'_>, app: &App, area: Rect) -> Rect {
    let Some((mark, at)) = app.login_end.as_ref().filter(|_| area.width >= LOGIN_ROOM) else {
        return area;
    };
    let words = match (*at - app.now).num_days() {
        _ if *at <= app.now => format!("{mark} login ended"),
        1 => format!("{mark} login 1 day"),
        days => format!("{mark} login {days} days"),
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
/// So many hints of a pane stand before that of the review page, which is named while something waits there.
const BEFORE_REVIEW: usize = 4;

const REVIEW: Wanted = (&[Action::Review], None);
const NOW: Wanted = (&[Action::PublishNow], None);

const FIND: Wanted = (&[Action::Search], None);
const FILTER: Wanted = (&[Action::Filter], None);

const CALENDAR: [Wanted; 13] = [
    ADD,
    EDIT,
    (&[Action::DayBack, Action::DayOn], Some("day")),
    (&[Action::Earlier, Action::Later], Some("15 min")),
    SCHEDULE,
    NOW,
    (&[Action::NextPane], Some("queue")),
    TRASH,
    UNDO,
    FIND,
    FILTER,
    PALETTE,
    HELP,
];

const WEEK: [Wanted; 10] = [
    (&[Action::Left, Action::Right], Some("day")),
    (&[Action::Down, Action::Up], Some("post")),
    (&[Action::PreviousMonth, Action::NextMonth], Some("week")),
    (&[Action::DayBack, Action::DayOn], Some("move")),
    ADD,
    EDIT,
    (&[Action::MonthView], None),
    FIND,
    PALETTE,
    HELP,
];

const LIST: [Wanted; 10] = [
    (&[Action::Down, Action::Up], Some("row")),
    (&[Action::Left, Action::Right], Some("day")),
    (&[Action::DayBack, Action::DayOn], Some("move")),
    ADD,
    EDIT,
    SCHEDULE,
    (&[Action::MonthView], None),
    FIND,
    PALETTE,
    HELP,
];

const QUEUE: [Wanted; 11] = [
    OPEN,
    EDIT,
    SCHEDULE,
    TRASH,
    UNDO,
    NOW,
    (&[Action::NextPane], Some("editor")),
    FIND,
    FILTER,
    PALETTE,
    HELP,
];

const EDITOR: [Wanted; 9] = [
    EDIT,
    (&[Action::Details], None),
    SCHEDULE,
    NOW,
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

fn pane_hints(app: &App) -> &'static [Wanted] {
    match app.focus {
        Pane::Calendar => match app.finding.view {
            View::Month => &CALENDAR,
            View::Week => &WEEK,
            View::List => &LIST,
        },
        Pane::Queue => &QUEUE,
        Pane::Editor => &EDITOR,
    }
}

const OUTBOX: [Wanted; 7] = [
    (&[Action::Down, Action::Up], Some("row")),
    OPEN,
    EDIT,
    (&[Action::OutboxTries], None),
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

fn page_hints(page: &Page) -> &'static [Wanted] {
    match page {
        Page::Outbox(_) => &OUTBOX,
        Page::Review(_) => &REVIEWING,
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
        (None, Some(page)) => page_hints(page),
        (None, None) if app.focus == Pane::Calendar => &SPOKEN,
        (None, None) => pane_hints(app),
    };
    parted(app, wanted, " ")
}

/// Returns hints for actions, each with a word of its own; one without a key is left out.
pub fn worded(app: &App, actions: &[(Action, &str)]) -> Vec<Hint> {
    (actions.iter())
        .map(|(action, word)| Hint::new(app.keymap.label(*action), *word))
        .filter(|hint| !hint.key.is_empty())
        .collect()
}

fn of(app: &App, wanted: &[Wanted]) -> Vec<Hint> {
    parted(app, wanted, "")
}

fn parted(app: &App, wanted: &[Wanted], between: &str) -> Vec<Hint> {
    wanted
        .iter()
        .filter_map(|(actions, word)| {
            let keys: Vec<String> = actions
                .iter()
                .map(|action| app.keymap.label_in(*action, app.here()))
                .collect();
            let key = keys.join(between);
            let from_table = || Row::of(actions[0]).map_or("", |row| row.hint);
            (!key.trim().is_empty()).then(|| Hint::new(key, word.unwrap_or_else(from_table)))
        })
        .collect()
}

/// Returns the keys that help with a post in a state.
pub fn remedies(app: &App, state: Glyph) -> Vec<Hint> {
    let open = (&[Action::Open][..], Some("open"));
    let wanted: &[Wanted] = match state {
        Glyph::Failed | Glyph::Missed => &[open, (&[Action::Schedule], Some("new time")), NOW],
        Glyph::Unknown => &[(&[Action::Open], Some("answer")), (&[Action::Outbox], None)],
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
    /// The first ones and the last two: palette and help, which name all the others.
    FirstAndLast,
}

/// Writes hints as far as they fit, `between` columns apart; what does not fit is dropped from the end.
pub fn write(line: &mut Line<'_, '_>, hints: &[Hint], between: u16, keep: Keep) {
    let kept = match keep {
        Keep::First => 0,
        Keep::FirstAndLast => 2.min(hints.len()),
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

/// How many columns hints take.
pub fn width(hints: &[Hint], between: usize) -> usize {
    let words: usize = hints.iter().map(Hint::width).sum();
    words + between * hints.len().saturating_sub(1)
}
