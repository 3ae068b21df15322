//! The continuations of a prefix key, shown at once: what can be pressed next, in as many columns as fit.
//!
//! The user's own sequences stand there like the defaults.

use super::keys;
use crate::app::layout::prefix_columns;
use crate::app::{App, Key};
use crate::ui::hints::Hint;
use crate::ui::pen::Pen;
use crate::ui::theme::Role;
use ratatui::layout::Rect;

/// Draws the sheet.
pub fn draw(pen: &mut Pen<'_>, app: &App, prefix: Key, area: Rect) {
    pen.line(area, 0).skip(1).put(&prefix.label(), Role::Sheet);
    let columns = prefix_columns(app, prefix);
    let next = app.keymap.continuations(prefix, app.here());
    let last = usize::from(area.height.saturating_sub(1));
    for (index, (key, row)) in next.iter().enumerate().take(last * columns.len()) {
        let at = u16::try_from(index / columns.len()).unwrap_or(u16::MAX);
        let column = columns[index % columns.len()];
        // The first row is the sheet's head.
        let (key_role, role) = match at {
            0 => (Role::Sheet, Role::Sheet),
            _ => (Role::Key, Role::Text),
        };
        let mut line = pen.line(area, at);
        line.shorten(1).to(column);
        line.put(&key.label(), key_role).skip(1);
        line.cut(row.short(), role);
    }
    keys(pen, area, &[Hint::new("Esc", "back")]);
}
