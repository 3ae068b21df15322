//! The sheet of connections. Its lines come from `app::connections`.

use super::{keys, prose, title};
use crate::app::App;
use crate::app::connections::{ConnectionsSheet, lines};
use crate::ui::hints::Hint;
use crate::ui::pen::Pen;
use crate::ui::theme::Role;
use ratatui::layout::Rect;

/// Draws how each channel is connected.
pub fn draw(pen: &mut Pen<'_>, app: &App, sheet: &ConnectionsSheet, area: Rect) {
    let mut line = title(pen, area, "Connections");
    if sheet.asking {
        line.at_right("asking every platform", Role::Sheet);
    }
    let lines = lines(app, sheet);
    let scrolls = prose::body(pen, app, lines.as_deref(), sheet.scroll, area);
    let mut hints = vec![Hint::new("c", "check: ask every platform")];
    if scrolls {
        hints.push(Hint::new("j k", "scroll"));
    }
    hints.push(Hint::new("Esc", "back"));
    keys(pen, area, &hints);
}
