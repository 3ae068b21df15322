//! The list view: day by day, one row a post, days without any among them so that gaps are seen.
//!
//! Which rows there are is `app::agenda`.

use super::calendar::is_weekend;
use super::pen::{Pen, marks};
use super::queue::{When, missing_alt, post_line};
use super::theme::Role;
use super::times;
use crate::app::agenda::{self, AgendaRow};
use crate::app::{App, Pane};
use crate::domain::calendar::plus_days;
use chrono::NaiveDate;
use ratatui::layout::Rect;

/// Where posts begin; dates with their year need it.
const POST_COLUMN: u16 = 18;
const MARKS: usize = 20;

/// Draws the list.
pub fn draw(pen: &mut Pen<'_>, app: &App, area: Rect) {
    let has_focus = app.focus == Pane::Calendar && app.place().is_none();
    let rows = agenda::rows(app);
    let selected = agenda::selected(app, &rows);
    let height = usize::from(area.height.saturating_sub(1));
    head(pen, app, &rows, has_focus, area);
    let at = selected.unwrap_or(0);
    // The window may have shrunk since the list was scrolled.
    let start = agenda::scrolled(app.finding.list_scroll, at, rows.len(), height);
    for (index, row) in rows.iter().enumerate().skip(start).take(height) {
        let y = 1 + u16::try_from(index - start).unwrap_or(0);
        let is_selected = selected == Some(index);
        // A day whose first rows are scrolled away is named where it begins to be seen.
        let is_named = row.is_first || index == start;
        draw_row(
            pen,
            app,
            row,
            Selection {
                is_selected,
                has_focus,
            },
            is_named,
            area,
            y,
        );
    }
}

#[derive(Clone, Copy)]
struct Selection {
    is_selected: bool,
    has_focus: bool,
}

fn head(pen: &mut Pen<'_>, app: &App, rows: &[AgendaRow<'_>], has_focus: bool, area: Rect) {
    pen.rule(area, 0);
    let marker = pen.signs.marker();
    let mut line = pen.line(area, 0);
    if has_focus {
        line.sign(marker, Role::Accent);
    }
    let grid = app.grid();
    let (first, last) = (grid.first(), grid.last());
    line.to(1).put("Day", Role::Text).to(POST_COLUMN + 3);
    let span = format!("{} to {}", first.format("%-d %b"), last.format("%-d %b"));
    line.shorten(1).put(&span, Role::Muted);
    let posts = rows.iter().filter(|row| row.post.is_some()).count();
    let count = match posts {
        1 => "1 post".to_owned(),
        more => format!("{more} posts"),
    };
    line.at_right(&count, Role::Muted);
}

fn draw_row(
    pen: &mut Pen<'_>,
    app: &App,
    row: &AgendaRow<'_>,
    selection: Selection,
    is_named: bool,
    area: Rect,
    y: u16,
) {
    if selection.is_selected && selection.has_focus {
        pen.set_cursor(area.x + POST_COLUMN, area.y + y);
    }
    if is_named {
        day(pen, app, row.day, selection.has_focus, area, y);
    }
    let rest = Rect {
        x: area.x + POST_COLUMN,
        width: area.width.saturating_sub(POST_COLUMN),
        ..area
    };
    let Some(post) = row.post else {
        let marker = pen.signs.marker();
        let mut line = pen.line(rest, y);
        if selection.is_selected {
            line.sign(marker, Role::Accent);
        } else {
            line.skip(1);
        }
        if row.day >= app.today() && !is_weekend(row.day) {
            line.skip(2).cut(app.nothing_words(), Role::Muted);
        }
        return;
    };
    let mut line = pen.line(rest, y);
    line.shorten(1);
    let (out, wanted) = post.published();
    let right = if out > 0 && out < wanted {
        format!("{out} of {wanted} published")
    } else {
        marks(app, post.channels.iter().map(|it| &it.channel), " ", MARKS)
    };
    line.at_right(&right, Role::Text).shorten(1);
    missing_alt(&mut line, post);
    post_line(&mut line, app, post, &When::Clock, selection.is_selected);
}

/// The day's name and number, in brackets when it is selected; then `today`, or the month where it begins.
fn day(pen: &mut Pen<'_>, app: &App, day: NaiveDate, has_focus: bool, area: Rect, y: u16) {
    let is_today = day == app.today();
    let in_month = app.grid().in_month(day);
    let role = if is_today {
        Role::Accent
    } else if day < app.today() || !in_month || is_weekend(day) {
        Role::Muted
    } else {
        Role::Text
    };
    let mut line = pen.line(area, y);
    line.to(1).put(&day.format("%a").to_string(), role);
    let number = day.format("%e").to_string();
    if day == app.day {
        let chip = if has_focus { Role::Select } else { role };
        line.put(&format!("[{number}]"), chip);
    } else {
        line.put(&format!(" {number} "), role);
    }
    if is_today {
        line.put("today", Role::Accent);
    } else if day == app.grid().first()
        || plus_days(day, -1).format("%m").to_string() != day.format("%m").to_string()
    {
        line.put(&day.format("%b").to_string(), role);
    } else if day.format("%u").to_string() == "1" {
        line.put(&times::week(day), Role::Muted);
    }
}
