//! The month grid: weekday names, then a row of days for each week. While a text is typed, only the week of its post.
//!
//! Where there is no room for cells it is a small month beside the day's list. A day's cell is `cell.rs`.

use super::cell;
use super::pen::Pen;
use super::queue;
use super::small_month::{self, Pitch};
use super::theme::Role;
use super::times;
use crate::app::layout::{Areas, Room, is_small_month};
use crate::app::{App, Pane};
use crate::domain::calendar::plus_days;
use chrono::{Datelike, NaiveDate, Weekday};
use ratatui::layout::Rect;

/// Draws the calendar.
pub fn draw(pen: &mut Pen<'_>, app: &App, areas: &Areas, area: Rect) {
    let is_writing = app.editor.is_some() || app.details.is_some();
    let has_focus = app.focus == Pane::Calendar && !is_writing;
    if is_small_month(areas) {
        return draw_small(pen, app, area, has_focus);
    }
    let grid = app.grid();
    let pitch = areas.cell + 1;
    weekdays(pen, grid.first(), area, pitch, has_focus);
    let shown_week = grid.position(app.day).map_or(0, |(week, _)| week);
    let weeks = if is_writing && areas.room == Room::Wide {
        shown_week..shown_week + 1
    } else {
        0..grid.weeks()
    };
    for (row, week) in weeks.enumerate() {
        let y = area.y + 1 + u16::try_from(row).unwrap_or(0) * areas.week;
        if y >= area.bottom() {
            break;
        }
        let height = areas.week.min(area.bottom() - y);
        let week_area = Rect { y, height, ..area };
        pen.rule(week_area, 0);
        for column in 0..7u16 {
            let day = grid.day(week, usize::from(column));
            let place = cell::Place {
                day,
                is_first: row == 0 && column == 0,
                in_month: grid.in_month(day),
                week: (column == 6).then(|| times::week(plus_days(day, -3))),
                has_focus,
            };
            let cell_area = Rect {
                x: area.x + column * pitch,
                width: pitch,
                ..week_area
            };
            cell::draw(pen, app, &place, cell_area);
        }
    }
}

fn weekdays(pen: &mut Pen<'_>, first: NaiveDate, area: Rect, pitch: u16, has_focus: bool) {
    let marker = pen.signs.marker();
    let mut line = pen.line(area, 0);
    if has_focus {
        line.sign(marker, Role::Accent);
    }
    for column in 0..7u16 {
        let day = plus_days(first, i64::from(column));
        let role = if is_weekend(day) {
            Role::Muted
        } else {
            Role::Text
        };
        let name = day.weekday().to_string();
        line.to(column * pitch + 2).put(&name, role);
    }
}

/// Whether a day is a Saturday or a Sunday.
pub fn is_weekend(day: NaiveDate) -> bool {
    matches!(day.weekday(), Weekday::Sat | Weekday::Sun)
}

fn draw_small(pen: &mut Pen<'_>, app: &App, area: Rect, has_focus: bool) {
    let month_width = Pitch::Bracketed.width() + 1;
    pen.rule(area, 0);
    let marker = pen.signs.marker();
    if has_focus {
        pen.line(area, 0).sign(marker, Role::Accent);
    }
    let month = Rect {
        x: area.x + 1,
        width: month_width.min(area.width - 1),
        ..area
    };
    small_month::draw(pen, app, month, Pitch::Bracketed, has_focus);
    let list = Rect {
        x: month.right(),
        width: area.right().saturating_sub(month.right()),
        ..area
    };
    let posts = app.posts_on(app.day);
    let mut head = pen.line(list, 0);
    head.skip(1).put(
        &times::date(app.day, app.today()),
        if app.day == app.today() {
            Role::Accent
        } else {
            Role::Text
        },
    );
    if posts.is_empty() {
        pen.line(list, 1)
            .skip(1)
            .cut("nothing planned", Role::Muted);
    }
    // The selected post stays in view: the list begins with it when it would fall off the end.
    let rows = usize::from(list.height.saturating_sub(1)).max(1);
    let selected = posts.iter().position(|post| Some(post.id) == app.selected);
    let start = selected.map_or(0, |at| (at + 1).saturating_sub(rows));
    for (row, post) in posts.iter().skip(start).take(rows).enumerate() {
        let mut line = pen.line(list, 1 + u16::try_from(row).unwrap_or(0));
        let is_selected = Some(post.id) == app.selected;
        queue::post_line(&mut line, app, post, &queue::When::Clock, is_selected);
    }
}
