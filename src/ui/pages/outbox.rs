//! The outbox: two lines and more a delivery, the fact, then why it is one and the keys that help.
//!
//! What is said comes from `app::outbox`; nothing here decides it.

use crate::app::App;
use crate::app::outbox::{Columns, GAP, OutboxPage, Told, columns, told};
use crate::app::wrap::shown_width;
use crate::app::{Action, layout};
use crate::domain::{DeliveryState, Glyph, Kind, OutboxRow};
use crate::ui::hints::{self, Hint, Keep};
use crate::ui::pen::{Line, Pen};
use crate::ui::queue::NO_ALT;
use crate::ui::theme::Role;
use crate::ui::times;
use crate::ui::uploads;
use chrono::{DateTime, Utc};
use ratatui::layout::Rect;

/// From this width a row has the whole date.
const WHOLE_DATES: u16 = 120;

/// Draws the page.
pub fn draw(pen: &mut Pen<'_>, app: &App, page: &OutboxPage, area: Rect) {
    frame(pen, app, page, area);
    let columns = columns(area.width);
    names(pen, columns, area);
    let list = Rect {
        y: area.y + 2,
        height: area.height.saturating_sub(3),
        ..area
    };
    if page.rows().is_empty() {
        let words = match &page.outbox {
            None => "reading",
            Some(_) => "Nothing here.",
        };
        pen.line(list, 1).skip(1).put(words, Role::Muted);
    }
    let mut row = 0;
    for one in page.rows().iter().skip(page.scroll) {
        if row >= list.height {
            break;
        }
        let is_selected = page.selected == Some(one.delivery.id);
        row += delivery(pen, app, one, is_selected, columns, list, row);
    }
}

/// Draws what stands above and below the list: which section it is, and how many deliveries stand where.
pub fn frame(pen: &mut Pen<'_>, app: &App, page: &OutboxPage, area: Rect) {
    head(pen, app, page, area);
    tally(pen, app, page, area);
}

fn head(pen: &mut Pen<'_>, app: &App, page: &OutboxPage, area: Rect) {
    pen.rule(area, 0);
    let filter = hints::worded(app, &[(Action::Filter, "filter")]);
    let mut line = pen.line(area, 0);
    let marker = line.signs().marker();
    line.sign(marker, Role::Accent)
        .put("Outbox", Role::Accent)
        .skip(3);
    line.shorten(1);
    for hint in &filter {
        hint.at_right(&mut line);
        line.shorten(1);
    }
    line.at_right(page.section.words(), Role::Text);
    let position = match (page.at(), &page.outbox) {
        (Some(at), Some(outbox)) if page.rows().len() * 2 > layout::page_height(app) => {
            let more = if outbox.more { "+" } else { "" };
            format!("{} of {}{more}", at + 1, page.rows().len())
        }
        _ => String::new(),
    };
    line.shorten(3).at_right(&position, Role::Muted).shorten(2);
    line.cut(&span(app, page), Role::Text);
}

/// The days from the first to the last delivery that was read.
fn span(app: &App, page: &OutboxPage) -> String {
    let days = page.rows().iter().filter_map(when);
    let days = days.map(|at| times::day(at, app.zone));
    let (Some(first), Some(last)) = (days.clone().min(), days.max()) else {
        return String::new();
    };
    if first == last {
        return times::date(first, app.today());
    }
    let from = if first.format("%b %Y").to_string() == last.format("%b %Y").to_string() {
        first.format("%a %-d").to_string()
    } else {
        times::date(first, app.today())
    };
    format!("{from} to {}", times::date(last, app.today()))
}

fn names(pen: &mut Pen<'_>, columns: Columns, area: Rect) {
    let mut line = pen.line(area, 1);
    line.skip(1).put("when", Role::Muted).to(columns.channel);
    line.put("channel", Role::Muted).to(columns.state);
    line.put("state", Role::Muted).to(columns.title);
    line.cut("post; under it the reason and what to do", Role::Muted);
}

fn when(row: &OutboxRow) -> Option<DateTime<Utc>> {
    row.delivery.due_at
}

/// Draws a delivery; returns how many lines it takes.
fn delivery(
    pen: &mut Pen<'_>,
    app: &App,
    row: &OutboxRow,
    is_selected: bool,
    columns: Columns,
    area: Rect,
    at: u16,
) -> u16 {
    let one = &row.delivery;
    let is_over = matches!(one.state, DeliveryState::Published | DeliveryState::Skipped);
    let words = if is_over { Role::Muted } else { Role::Text };
    let state = row.glyph();
    if is_selected {
        pen.set_cursor(area.x, area.y + at.min(area.height.saturating_sub(1)));
    }
    let mut line = pen.line(area, at);
    if is_selected {
        let marker = line.signs().marker();
        line.sign(marker, Role::Accent);
    } else {
        line.skip(1);
    }
    line.put(&day(app, row, area.width), words)
        .to(columns.channel);
    line.put(&format!("{:<3}", app.mark_beside_name(&one.channel)), words);
    let name = usize::from(columns.state - columns.channel - 4);
    line.cut_to(one.channel.as_str(), name, words)
        .to(columns.state);
    line.state(state).skip(1).put(state.word(), words);
    line.to(columns.title - 1);
    let title = match row.kind {
        Kind::Evergreen if !is_over => Role::Evergreen,
        _ => words,
    };
    let kind = line.signs().kind(row.kind);
    line.sign(kind, title).shorten(1);
    if row.lacks_alt() {
        line.at_right(NO_ALT, Role::Warn).shorten(1);
    }
    line.cut(&row.title, title);
    let told = told(app, row);
    let Some(upload) = &told.upload else {
        return reason(pen, app, &told, columns, area, at + 1);
    };
    uploads::progress(&mut pen.line(area, at + 1), upload);
    reason(pen, app, &told, columns, area, at + 2) + 1
}

/// Returns when a delivery is or was due: with its clock within a week, else the day, whose clock the reason has.
fn day(app: &App, row: &OutboxRow, width: u16) -> String {
    let Some(at) = when(row) else {
        return String::new();
    };
    let (on, clock) = (times::day(at, app.zone), times::clock(at, app.zone));
    if width >= WHOLE_DATES {
        return format!("{} {clock}", on.format("%a %-d %b"));
    }
    match (on - app.today()).num_days().abs() {
        0..=6 => format!("{} {clock}", on.format("%a")),
        7..=182 => on.format("%a%e %b").to_string(),
        _ => on.format("%-d %b %y").to_string(),
    }
}

/// Draws why a delivery stands where it does, wrapped and never cut; returns how many lines it takes, the fact included.
fn reason(pen: &mut Pen<'_>, app: &App, told: &Told, columns: Columns, area: Rect, at: u16) -> u16 {
    let rows = told.wrapped(area.width);
    let bar = usize::from(told.upload.is_some());
    let height = u16::try_from(told.height(&app.keymap, area.width) - bar).unwrap_or(2);
    // Where the reason leaves no room, the keys have a line of their own.
    let keys_at = at + height.saturating_sub(2);
    for (index, span) in rows.iter().enumerate() {
        let row = at + u16::try_from(index).unwrap_or(0);
        let mut line = pen.line(area, row);
        line.to(columns.reason).shorten(1);
        let text = line
            .signs()
            .sentence(&told.text[span.start..span.end])
            .into_owned();
        if row == keys_at {
            helping(&mut line, app, told, shown_width(&text) + GAP);
        }
        line.put(&text, Role::Muted);
        if let Some(address) = told.address.as_ref().filter(|_| index + 1 == rows.len())
            && line.room() > GAP
        {
            line.skip(2).address(address, Role::Muted);
        }
    }
    if usize::from(keys_at - at) >= rows.len() {
        let mut line = pen.line(area, keys_at);
        line.to(columns.reason).shorten(1);
        helping(&mut line, app, told, 0);
    }
    height
}

/// The keys that help stand at the right, as many as leave the reason whole.
fn helping(line: &mut Line<'_, '_>, app: &App, told: &Told, taken: usize) {
    let mut keys = hints::worded(app, &told.keys);
    let room = line.room().saturating_sub(taken);
    while hints::width(&keys, GAP) > room && !keys.is_empty() {
        keys.pop();
    }
    for hint in keys.iter().rev() {
        hint.at_right(line);
    }
    // An address beside them stays a column further off; a reason may need that column.
    if !keys.is_empty() && line.room() >= taken {
        line.shorten(1);
    }
}

/// How many deliveries stand where; what needs a person is named even among many.
fn tally(pen: &mut Pen<'_>, app: &App, page: &OutboxPage, area: Rect) {
    let Some(outbox) = &page.outbox else { return };
    let last = area.height.saturating_sub(1);
    let mut line = pen.line(area, last);
    line.skip(1).shorten(1);
    let counts: Vec<(Glyph, usize)> = [
        Glyph::Waiting,
        Glyph::Draft,
        Glyph::InReview,
        Glyph::ChangesRequested,
        Glyph::Publishing,
        Glyph::Published,
        Glyph::Failed,
        Glyph::Unknown,
        Glyph::Missed,
        Glyph::Skipped,
    ]
    .into_iter()
    .map(|sign| (sign, outbox.tally.of(sign)))
    .filter(|(_, count)| *count > 0)
    .collect();
    let words = |(sign, count): &(Glyph, usize)| format!("{count} {}", sign.word());
    let width = counts
        .iter()
        .map(|it| shown_width(&words(it)) + 3)
        .sum::<usize>();
    // Counts are never cut: where the words have no room, the signs stand for them.
    let has_words = width <= line.room() + 3;
    for (at, one) in counts.iter().enumerate() {
        line.skip(if at > 0 { 3 } else { 0 });
        let (sign, count) = *one;
        let role = if sign.needs_you() {
            Role::Strong
        } else {
            Role::Text
        };
        if has_words {
            line.put(&words(one), role);
        } else {
            line.put(&format!("{count} "), role).state(sign);
        }
    }
    if counts.is_empty() {
        let add = hints::worded(app, &[(Action::Quit, "back")]);
        line.put("Nothing was planned yet.", Role::Muted).skip(3);
        hints::write(&mut line, &add, 2, Keep::First);
    }
}

impl Hint {
    /// Writes it at the right end of a line, and ends the line before it.
    fn at_right(&self, line: &mut Line<'_, '_>) {
        line.at_right(self.word(), Role::Muted).shorten(1);
        line.at_right(self.key(), Role::Key).shorten(2);
    }
}
