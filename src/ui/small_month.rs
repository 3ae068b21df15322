//! A month in a few columns: each day's number and its worst state.
//!
//! Stands in the side column, and in place of the grid where that has no room.

use super::calendar::is_weekend;
use super::glyph;
use super::pen::Pen;
use super::theme::Role;
use crate::app::App;
use crate::domain::Summary;
use chrono::Datelike;
use ratatui::layout::Rect;

/// How wide a day is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Pitch {
    /// Three columns; the selected day is underlined, and named beside or below.
    Tight,
    /// Four columns; the selected day has brackets.
    Bracketed,
}

impl Pitch {
    fn columns(self) -> u16 {
        match self {
            Self::Tight => 3,
            Self::Bracketed => 4,
        }
    }

    /// Returns the width of a week.
    pub fn width(self) -> u16 {
        7 * self.columns()
    }
}

/// Draws weekday names and the weeks of the shown month; returns how many rows that took.
pub fn draw(pen: &mut Pen<'_>, app: &App, area: Rect, pitch: Pitch, has_focus: bool) -> u16 {
    let grid = app.grid();
    let mut head = pen.line(area, 0);
    for column in 0..7u16 {
        let day = grid.day(0, usize::from(column));
        let role = if is_weekend(day) {
            Role::Muted
        } else {
            Role::Text
        };
        let name = day.format("%a").to_string();
        head.to(column * pitch.columns()).put(&name[..2], role);
    }
    for week in 0..grid.weeks() {
        let row = 1 + u16::try_from(week).unwrap_or(0);
        for column in 0..7u16 {
            let day = grid.day(week, usize::from(column));
            let is_selected = day == app.day;
            let role = if is_selected && pitch == Pitch::Tight {
                Role::Input
            } else if day == app.today() {
                Role::Accent
            } else if !grid.in_month(day) || day < app.today() || is_weekend(day) {
                Role::Muted
            } else {
                Role::Text
            };
            let number = format!("{:>2}", day.day());
            if is_selected && pitch == Pitch::Bracketed {
                let role = if has_focus { Role::Select } else { role };
                // The bracket takes the column left of the number.
                let cell = Rect {
                    x: (area.x + column * pitch.columns()).saturating_sub(1),
                    width: 4,
                    ..area
                };
                let mut line = pen.line(cell, row);
                line.put(&format!("[{number}]"), role);
                if has_focus {
                    pen.set_cursor(cell.x + 1, area.y + row);
                }
                continue;
            }
            let worst = app.posts_on(day).iter().map(Summary::glyph).min();
            let sign = worst.map(|state| (pen.signs.state(state), glyph::role(state)));
            let mut line = pen.line(area, row);
            line.to(column * pitch.columns()).put(&number, role);
            if let Some((sign, sign_role)) = sign {
                line.sign(
                    sign,
                    if grid.in_month(day) {
                        sign_role
                    } else {
                        Role::Muted
                    },
                );
            }
        }
    }
    1 + u16::try_from(grid.weeks()).unwrap_or(0)
}
