//! The list under the cursor while `@@` or `##` is typed: key, name, and the marks of the platforms that know them.
//!
//! Below the cursor's row where there is room, else above it. What is in it comes from `app::completion`.

use super::hints::Hint;
use super::pen::Pen;
use super::theme::Role;
use crate::app::App;
use crate::app::completion::{Completion, Offered};
use crate::app::wrap::shown_width;
use ratatui::layout::Rect;

/// So many rows are shown at once.
const ROWS: usize = 6;
/// The list is no wider than this.
const WIDEST: usize = 60;
/// Columns that the longest key may take.
const LONGEST_KEY: usize = 24;

/// Draws the open list over the editor's area.
pub fn draw(pen: &mut Pen<'_>, app: &App, area: Rect) {
    let (Some(open), Some(cursor)) = (&app.completion, pen.cursor) else {
        return;
    };
    if app.sheet.is_some() {
        return;
    }
    let below = area.bottom().saturating_sub(cursor.y + 1);
    let above = cursor.y.saturating_sub(area.y);
    let wanted = u16::try_from(open.offers.len().min(ROWS)).unwrap_or(1);
    let goes_below = below >= wanted || below >= above;
    let height = wanted.min(if goes_below { below } else { above });
    let keys = open.offers.iter().map(|it| it.key.len() + 2).max();
    let keys = keys.unwrap_or(0).min(LONGEST_KEY);
    let rows = open.offers.iter().map(|it| width(it, keys)).max();
    let width = rows.unwrap_or(0).min(WIDEST).min(usize::from(area.width));
    let width = u16::try_from(width).unwrap_or(area.width);
    let left = cursor.x.min(area.right().saturating_sub(width)).max(area.x);
    let place = Rect {
        x: left,
        y: if goes_below {
            cursor.y + 1
        } else {
            cursor.y - height
        },
        width,
        height,
    };
    let first = (open.chosen + 1).saturating_sub(usize::from(height.max(1)));
    let shown = open.offers.iter().enumerate().skip(first);
    for (row, (at, offered)) in shown.take(usize::from(height)).enumerate() {
        let row = u16::try_from(row).unwrap_or(u16::MAX);
        one(pen, open, offered, keys, place, row, at == open.chosen);
    }
    pen.cursor = Some(cursor);
}

/// Marker, key, name, marks, and the blanks between them.
fn width(offered: &Offered, keys: usize) -> usize {
    let marks = offered.platforms.join(" ");
    4 + keys + 2 + shown_width(&offered.name) + shown_width(&marks)
}

fn one(
    pen: &mut Pen<'_>,
    open: &Completion,
    offered: &Offered,
    keys: usize,
    place: Rect,
    row: u16,
    is_chosen: bool,
) {
    let area = Rect {
        y: place.y + row,
        height: 1,
        ..place
    };
    let role = if is_chosen { Role::Select } else { Role::Sheet };
    pen.fill(area, role);
    let marker = pen.signs.marker();
    let mut line = pen.line(area, 0);
    if is_chosen {
        line.sign(marker, role);
    }
    line.to(1);
    line.cut_to(&format!("{}{}", open.sign.text(), offered.key), keys, role);
    let marks = offered.platforms.join(" ");
    line.shorten(1);
    line.at_right(&marks, role).shorten(1);
    let name = u16::try_from(keys).unwrap_or(u16::MAX).saturating_add(3);
    line.to(name).cut(&offered.name, role);
}

/// Returns the keys of the open list.
pub fn hints() -> [Hint; 3] {
    [
        Hint::new("Tab", "takes it"),
        Hint::new("Up Down", "choose"),
        Hint::new("Esc", "closes the list"),
    ]
}

/// Says the chosen one: `@@ada, Ada Lovelace, known on Mastodon, 1 of 3`.
pub fn words(open: &Completion) -> Option<String> {
    let offered = open.offered()?;
    let (at, all) = (open.chosen + 1, open.offers.len());
    let known = match offered.platforms.as_slice() {
        [] => String::new(),
        marks => format!(", known to {}", marks.join(" ")),
    };
    Some(format!(
        "{}{}: {}{known}, {at} of {all}. Tab takes it, Up and Down choose, Esc closes.",
        open.sign.text(),
        offered.key,
        offered.name
    ))
}
