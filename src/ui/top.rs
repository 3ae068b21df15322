//! The top bar: the month, who publishes and what leaves next, the clock and its zone.
//!
//! What must be seen is in capitals and never dropped; the rest gives way step by step as the window narrows.

use super::glyph::Signs;
use super::pen::{Pen, marks};
use super::theme::Role;
use super::{text, times};
use crate::app::layout::{PANEL_WIDTH, WIDE_SIZE, areas};
use crate::app::update::daemon;
use crate::app::wrap::shown_width;
use crate::app::{Action, Alarm, App, Publishing, Run, View};
use crate::domain::Glyph;
use crate::domain::calendar::{plus_days, week_of};
use crate::domain::clock::clock_off;
use chrono::{DateTime, TimeDelta, Utc};
use chrono_tz::Tz;
use ratatui::layout::Rect;

/// What the wide bar needs beside the reason of a freeze.
const BESIDE_REASON: usize = 98;

/// Draws the top bar.
pub fn draw(pen: &mut Pen<'_>, app: &App, area: Rect) {
    let room = usize::from(area.width);
    let fitting = |state: &State| {
        let bars = Step::ALL.into_iter().map(|step| Bar::of(app, step));
        bars.into_iter()
            .find(|bar| bar.width() + state.width() <= room)
    };
    let mut state = State::of(app);
    let bar = fitting(&state).or_else(|| {
        state = State::short(app);
        fitting(&state)
    });
    let bar = bar.unwrap_or_else(|| Bar::of(app, Step::NoClock));
    let mut line = pen.line(area, 0);
    line.skip(1).put(&bar.month, Role::Strong).skip(1);
    if !bar.filter.is_empty() {
        line.skip(2).put(&bar.filter, Role::Text).skip(1);
    }
    line.shorten(1).at_right(&bar.clock, Role::Text);
    if !bar.clock.is_empty() {
        line.shorten(bar.gap);
    }
    if !bar.next.is_empty() {
        line.at_right(&bar.next, Role::Text)
            .shorten(bar.before_next);
    }
    let room = line.room().saturating_sub(shown_width(&state.capitals));
    let cut = line.signs().cut();
    let words = text::short_paths(&state.words, room, cut);
    line.skip(u16::try_from(room.saturating_sub(shown_width(&words))).unwrap_or(0));
    line.put(&state.capitals, Role::Alarm)
        .cut(&words, state.role);
}

/// Draws only what must be seen, at the right end of a row that belongs to a page.
pub fn draw_alarm(pen: &mut Pen<'_>, app: &App, area: Rect) {
    let state = State::of(app);
    if !state.capitals.is_empty() {
        let mut line = pen.line(area, 0);
        let room = line.room().saturating_sub(shown_width(&state.capitals));
        let cut = line.signs().cut();
        let words = text::short_paths(&state.words, room, cut);
        let free = room.saturating_sub(shown_width(&words) + 1);
        line.skip(u16::try_from(free).unwrap_or(0))
            .put(&state.capitals, Role::Alarm)
            .cut(&words, state.role);
    }
}

/// Returns who publishes, or why nothing does, and what leaves next, as sentences.
pub fn said(app: &App) -> (String, String) {
    let state = State::of(app);
    let words = match (state.capitals.is_empty(), &app.publishing) {
        (true, _) if state.words.is_empty() => String::new(),
        (true, Publishing::Here) if state.words == "publishing" => "Publishing here.".to_owned(),
        _ => {
            // A sign for the eye is no word.
            let words = state.words.trim_start_matches(['?', '!']).trim_start();
            let words = match state.capitals.is_empty() {
                true => words,
                false => &state.words,
            };
            let all = format!("{}{words}", state.capitals);
            format!("{}.", text::capital(&all))
        }
    };
    let next = next(app, Step::Whole).replace("   ", ", ");
    let next = match next.as_str() {
        "" => next,
        words => format!("{}.", text::capital(words)),
    };
    (words, next)
}

/// Who publishes, or why nothing does: capitals, then words.
#[derive(Debug, PartialEq, Eq)]
struct State {
    capitals: String,
    words: String,
    role: Role,
}

impl State {
    /// What is frozen and what is unknown stand beside every other alarm, so that none hides another.
    fn of(app: &App) -> Self {
        let state = Self::of_frozen(app);
        match (unseen_unknown(app), state.capitals.is_empty()) {
            (0, _) => state,
            (count, true) => Self {
                words: format!("? {count} unknown"),
                role: Role::Ask,
                ..state
            },
            (count, false) => Self {
                capitals: format!("{count} UNKNOWN, {}", state.capitals),
                ..state
            },
        }
    }

    /// The same where there is no room for the word: the sign of what is unknown, with the number.
    fn short(app: &App) -> Self {
        let state = Self::of_frozen(app);
        match unseen_unknown(app) {
            count if count > 0 && !state.capitals.is_empty() => {
                let sign = Signs::new(app.look.ascii).state(Glyph::Unknown);
                Self {
                    capitals: format!("{sign}{count} {}", state.capitals),
                    ..state
                }
            }
            _ => Self::of(app),
        }
    }

    fn of_frozen(app: &App) -> Self {
        let state = Self::of_publishing(app);
        let Some(freeze) = &app.frozen else {
            return state;
        };
        if !state.capitals.is_empty() {
            return Self {
                capitals: format!("FROZEN, {}", state.capitals),
                ..state
            };
        }
        let words = if has_whole_freeze(app) {
            let since = times::clock(freeze.since, app.zone);
            let why = if freeze.reason.is_empty() {
                format!("by {}", freeze.by)
            } else {
                let width = usize::from(app.size.0).saturating_sub(BESIDE_REASON);
                let signs = Signs::new(app.look.ascii);
                format!("\"{}\"", text::cut(&freeze.reason, width, signs.cut()))
            };
            format!(" since {since}, {why}")
        } else {
            format!(", {} thaws", app.keymap.label(Action::Freeze))
        };
        Self {
            capitals: "FROZEN".to_owned(),
            words,
            role: Role::Strong,
        }
    }

    fn of_publishing(app: &App) -> Self {
        let alarm = |capitals: &str, words: String| Self {
            capitals: capitals.to_owned(),
            words,
            role: Role::Strong,
        };
        let quiet = |words: String| Self {
            capitals: String::new(),
            words,
            role: Role::Muted,
        };
        match (&app.alarm, &app.publishing, app.queue.offline, app.run) {
            (Some(Alarm::Restart), ..) => {
                let words = ": a newer Masthead changed the file";
                alarm("RESTART", words.to_owned())
            }
            (Some(Alarm::CannotSave(reason)), publishing, ..) => {
                let capitals = if stands_still(publishing) {
                    "NOT SAVED, NOT PUBLISHING"
                } else {
                    "NOT SAVED"
                };
                alarm(capitals, format!(": {reason}"))
            }
            (Some(Alarm::Broken(what)), ..) => alarm("BROKEN", format!(": {what}")),
            (None, Publishing::Nobody, ..) => {
                // On a page, over a stale text and while one is typed, that key is something else.
                let key = daemon::key(app).map(|action| app.keymap.label_in(action, app.here()));
                let key = key.unwrap_or_default();
                let words = if key.is_empty() {
                    ": run `masthead daemon`".to_owned()
                } else {
                    format!(": no daemon, {key} starts it")
                };
                alarm("NOT PUBLISHING", words)
            }
            (None, Publishing::Cannot(reason), ..) => {
                alarm("NOT PUBLISHING", format!(": {reason}"))
            }
            (None, Publishing::Silent { who, since }, ..) => {
                let since = times::upcoming(*since, app.zone, app.today());
                alarm("NOT PUBLISHING", format!(": {who} silent since {since}"))
            }
            (None, _, Some(offline), _) => {
                let since = times::upcoming(offline.since, app.zone, app.today());
                alarm(
                    "OFFLINE",
                    format!(" since {since}, {} wait", offline.waiting),
                )
            }
            (None, _, _, Run::Normal) if clock_is_off(app).is_some() => Self {
                capitals: String::new(),
                words: clock_is_off(app).unwrap_or_default(),
                role: Role::Warn,
            },
            (None, _, _, Run::ClockSet) => alarm("CLOCK SET", ": only sandboxes leave".to_owned()),
            (None, _, _, Run::Demo) => quiet("demo: nothing leaves".to_owned()),
            (None, Publishing::Here, ..) => quiet("publishing".to_owned()),
            (None, Publishing::Daemon, ..) => quiet("publishing: daemon".to_owned()),
            (None, Publishing::Session(name), ..) => quiet(format!("publishing: session {name}")),
            (None, Publishing::Unknown, ..) => quiet(String::new()),
        }
    }

    fn width(&self) -> usize {
        shown_width(&self.capitals) + shown_width(&self.words)
    }
}

/// How much has given way to the state and to what leaves next.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Step {
    Whole,
    OneZone,
    ShortMonth,
    ShortDate,
    NoMarks,
    NoDate,
    NoCity,
    ShortFilter,
    NoMonth,
    TinyFilter,
    NoClock,
}

impl Step {
    const ALL: [Self; 11] = [
        Self::Whole,
        Self::OneZone,
        Self::ShortMonth,
        Self::ShortDate,
        Self::NoMarks,
        Self::NoDate,
        Self::NoCity,
        Self::ShortFilter,
        Self::NoMonth,
        Self::TinyFilter,
        Self::NoClock,
    ];
}

struct Bar {
    month: String,
    filter: String,
    next: String,
    clock: String,
    gap: u16,
    before_next: u16,
}

impl Bar {
    fn of(app: &App, step: Step) -> Self {
        let is_wide = app.size.0 >= WIDE_SIZE.0;
        Self {
            month: days(app, step),
            filter: filter(app, step),
            next: next(app, step),
            clock: clock(app, step, is_wide),
            gap: if is_wide && app.frozen.is_none() {
                4
            } else {
                2
            },
            before_next: if has_whole_freeze(app) { 3 } else { 2 },
        }
    }

    /// Everything but the state, with the blanks around it.
    fn width(&self) -> usize {
        let parted = |text: &str, gap: usize| match shown_width(text) {
            0 => 0,
            width => width + gap,
        };
        let clock = parted(&self.clock, usize::from(self.gap));
        let filter = parted(&self.filter, 3);
        1 + shown_width(&self.month)
            + filter
            + 2
            + parted(&self.next, usize::from(self.before_next))
            + clock
            + 1
    }
}

/// The month, or the week of the week view: `Week 46   9 to 15 November 2026`.
fn days(app: &App, step: Step) -> String {
    if app.finding.view == View::Week && app.place().is_none() {
        let first = week_of(app.day, app.week_start);
        let last = plus_days(first, 6);
        let week = times::week(plus_days(first, 3));
        let from = if first.format("%m").to_string() == last.format("%m").to_string() {
            "%-d"
        } else if step >= Step::ShortMonth {
            "%-d %b"
        } else {
            "%-d %B"
        };
        let from = first.format(from);
        return match step {
            _ if step >= Step::NoMonth => week,
            _ if step >= Step::ShortMonth => format!("{week}  {from} to {}", last.format("%-d %b")),
            _ => format!(
                "Week {}   {from} to {}",
                &week[1..],
                last.format("%-d %B %Y")
            ),
        };
    }
    match step {
        _ if step >= Step::NoMonth => app.day.format("%b").to_string(),
        _ if step >= Step::ShortMonth => app.day.format("%b %Y").to_string(),
        _ => app.day.format("%B %Y").to_string(),
    }
}

/// What the filter lets through, and how many of the shown month: `evergreen Li, 9 of 31`.
fn filter(app: &App, step: Step) -> String {
    let Some(words) = app.filter_words() else {
        return String::new();
    };
    let (shown, all) = app.filter_count().unwrap_or_default();
    if step >= Step::TinyFilter {
        return format!("{} {shown}/{all}", app.keymap.label(Action::Filter));
    }
    if step >= Step::ShortFilter {
        return format!("filter {shown}/{all}");
    }
    let width = usize::from(app.size.0) / 4;
    let signs = Signs::new(app.look.ascii);
    let words = text::cut(&words, width, signs.cut()).into_owned();
    format!("{words}, {shown} of {all}")
}

fn next(app: &App, step: Step) -> String {
    if has_whole_freeze(app) {
        let key = app.keymap.label(Action::Freeze);
        return format!("nothing leaves, {} held   {key} thaws", app.held());
    }
    let Some(next) = &app.next else {
        return match app.publishing {
            Publishing::Unknown => String::new(),
            _ => "nothing waits".to_owned(),
        };
    };
    let when = times::upcoming(next.at, app.zone, app.today());
    if app.frozen.is_some() {
        let marks = marks(app, next.channels.iter(), " ", 8);
        return if step >= Step::NoMarks || marks.is_empty() {
            format!("{when} held")
        } else {
            format!("{when} {marks} held")
        };
    }
    if stands_still(&app.publishing) {
        return format!("{when} due");
    }
    let marks = marks(app, next.channels.iter(), " ", 8);
    if step >= Step::NoMarks || marks.is_empty() {
        format!("next {when}")
    } else {
        format!("next {when} {marks}")
    }
}

/// Returns what is said of a machine's clock that is wrong: what is signed with it is refused sooner or later.
fn clock_is_off(app: &App) -> Option<String> {
    let off = clock_off(TimeDelta::try_seconds(app.queue.clock_ahead)?)?;
    Some(format!("! clock is {off}, `masthead doctor`"))
}

/// Returns how many posts nobody knows the outcome of, where a page or a sheet hides the counts that say so elsewhere.
fn unseen_unknown(app: &App) -> usize {
    let areas = areas(app);
    let has_counts = areas.queue.is_some() || areas.side.is_some() || areas.day_lines.is_some();
    let is_hidden = app.sheet.is_some() || app.shown_page().is_some() || !has_counts;
    // While a text is typed the preview has the queue's place, and leaving it shows the queue again.
    let is_typing = app.sheet.is_none() && areas.preview.is_some();
    if !is_hidden || is_typing {
        return 0;
    }
    let posts = app.whole_queue().needs_you.iter();
    posts.filter(|post| post.glyph() == Glyph::Unknown).count()
}

/// Whether the bar says of a freeze since when it is, why, and how much it holds.
fn has_whole_freeze(app: &App) -> bool {
    app.frozen.is_some() && app.size.0 >= WIDE_SIZE.0
}

fn stands_still(publishing: &Publishing) -> bool {
    matches!(
        publishing,
        Publishing::Nobody | Publishing::Cannot(_) | Publishing::Silent { .. }
    )
}

fn clock(app: &App, step: Step, is_wide: bool) -> String {
    if step >= Step::NoClock {
        return String::new();
    }
    let day = match step {
        _ if step >= Step::NoDate => "",
        _ if is_wide && step < Step::ShortDate => "%a %-d %b ",
        _ => "%a %-d ",
    };
    let time = if app.look.hide_clock { "" } else { "%H:%M " };
    let now = app.now.with_timezone(&app.zone);
    let mut clock = now.format(&format!("{day}{time}")).to_string();
    if step < Step::NoCity || app.look.hide_clock {
        clock.push_str(&times::city(app.zone));
    }
    let has_room = is_wide && app.size.0 >= PANEL_WIDTH && step < Step::OneZone;
    if let Some(second) = app.second_zone.filter(|_| has_room && !app.look.hide_clock) {
        clock.push_str(&format!("  {}", zone_clock(app.now, second)));
    }
    clock.trim_end().to_owned()
}

/// Returns a clock in another zone: `02:12 New York`.
pub fn zone_clock(at: DateTime<Utc>, zone: Tz) -> String {
    format!("{} {}", times::clock(at, zone), times::city(zone))
}
