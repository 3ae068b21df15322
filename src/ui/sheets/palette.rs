//! The command palette: names with their keys and what they act on, and under them what the chosen one does, or why it
//! cannot be run now.

use super::{input, keys, title};
use crate::app::App;
use crate::app::action::Row;
use crate::app::layout::PALETTE_FRAME;
use crate::app::palette::{PaletteSheet, commands, found, obstacle};
use crate::app::wrap::wrap;
use crate::ui::hints::Hint;
use crate::ui::pen::Pen;
use crate::ui::text::capital;
use crate::ui::theme::Role;
use ratatui::layout::Rect;

/// Where the keys stand, counted from the right edge of the list.
const KEY_FROM_RIGHT: u16 = 22;
/// Columns from a key to what its command acts on.
const SUBJECT_AFTER_KEY: u16 = 8;
/// The list is no wider than this, so that a name and its key are seen together.
const WIDEST: u16 = 96;

/// Draws the palette.
pub fn draw(pen: &mut Pen<'_>, app: &App, sheet: &PaletteSheet, area: Rect) {
    let found = found(app, sheet.input.text());
    let chosen = sheet.chosen.min(found.len().saturating_sub(1));
    let mut line = title(pen, area, "Command");
    line.shorten(1);
    line.at_right(
        &format!("{} of {}", found.len(), commands().count()),
        Role::Sheet,
    );
    line.shorten(2).put("> ", Role::Sheet);
    input(&mut line, &sheet.input, Role::Sheet);
    let height = usize::from(area.height.saturating_sub(PALETTE_FRAME));
    let start = (chosen + 1).saturating_sub(height);
    for (index, row) in found.iter().enumerate().skip(start).take(height) {
        let at = u16::try_from(1 + index - start).unwrap_or(u16::MAX);
        command(pen, app, row, area, at, index == chosen);
    }
    if found.is_empty() {
        pen.line(area, 1)
            .skip(1)
            .cut("no command is called that", Role::Muted);
    }
    if let Some(row) = found.get(chosen) {
        let explained = Rect {
            y: area.y + area.height.saturating_sub(3),
            height: 2,
            ..area
        };
        explain(pen, app, row, explained);
    }
    let hints = [
        Hint::new("Enter", "run"),
        Hint::new("Up Down", "choose"),
        Hint::new("Tab", "complete"),
        Hint::new("Esc", "close"),
    ];
    keys(pen, area, &hints);
}

fn command(pen: &mut Pen<'_>, app: &App, row: &Row, area: Rect, at: u16, is_chosen: bool) {
    let key_column = area.width.min(WIDEST).saturating_sub(KEY_FROM_RIGHT);
    let marker = pen.signs.marker();
    let mut line = pen.line(area, at);
    if is_chosen {
        line.sign(marker, Role::Accent);
    }
    line.to(1);
    line.cut_to(
        row.text,
        usize::from(key_column.saturating_sub(2)),
        Role::Text,
    );
    let key = app.keymap.label_in(row.action, app.here());
    line.to(key_column).put(&key, Role::Key).skip(1);
    line.to(key_column + SUBJECT_AFTER_KEY)
        .put(row.subject.word(), Role::Muted);
}

fn explain(pen: &mut Pen<'_>, app: &App, row: &Row, area: Rect) {
    let (sign, text, role) = match obstacle(app, row) {
        Some(reason) => ("! ", reason, Role::Warn),
        None if row.more.is_empty() => ("", sentence(row.text), Role::Text),
        None => ("", row.more.to_owned(), Role::Text),
    };
    let indent = 1 + u16::try_from(sign.len()).unwrap_or(0);
    pen.line(area, 0).skip(1).sign(sign, role);
    let width = usize::from(area.width.saturating_sub(indent + 1));
    for (row, span) in wrap(&text, width).iter().enumerate() {
        let row = u16::try_from(row).unwrap_or(u16::MAX);
        pen.line(area, row)
            .skip(indent)
            .put(&text[span.start..span.end], role);
    }
}

/// The name itself, where there is no more to say.
fn sentence(text: &str) -> String {
    format!("{}.", capital(text))
}
