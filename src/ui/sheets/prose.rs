//! Sheets of words that are scrolled by rows: every try at a delivery, the dry run, and what changed under a stale text.
//!
//! The lines come from `app::outbox_sheets` and `app::stale`, wrapped by `app::prose`.

use super::{keys, title};
use crate::app::layout::prose_height;
use crate::app::outbox_sheets::{self, Calls, DryRunSheet, TriesSheet};
use crate::app::prose::{self, Tone};
use crate::app::stale::{self, StaleSheet};
use crate::app::{Action, App, Place};
use crate::ui::hints::Hint;
use crate::ui::pen::Pen;
use crate::ui::theme::Role;
use ratatui::layout::Rect;

/// Draws every try at a delivery.
pub fn tries(pen: &mut Pen<'_>, app: &App, sheet: &TriesSheet, area: Rect) {
    let one = &sheet.row.delivery;
    let channel = app.mark_and_name(&one.channel);
    let mut line = title(pen, area, "Tries");
    line.at_right(&channel, Role::Sheet).shorten(2);
    line.cut(&sheet.row.title, Role::Sheet);
    let lines = outbox_sheets::tries(app, sheet);
    let scrolls = body(pen, app, lines.as_deref(), sheet.scroll, area);
    let mut hints = Vec::new();
    if scrolls {
        hints.push(Hint::new("j k", "scroll"));
    }
    hints.push(Hint::new("Esc", "back"));
    keys(pen, area, &hints);
}

/// Draws what would leave.
pub fn dry_run(pen: &mut Pen<'_>, app: &App, sheet: &DryRunSheet, area: Rect) {
    let mut line = title(pen, area, "Dry run");
    if let Some(Calls {
        leaving, stopped, ..
    }) = &sheet.calls
    {
        let words = format!("{leaving} leave, {stopped} would not");
        line.at_right(&words, Role::Sheet).shorten(2);
    }
    line.cut(&outbox_sheets::until_words(app, sheet), Role::Sheet);
    let lines = outbox_sheets::dry_run(app, sheet);
    let scrolls = body(pen, app, lines.as_deref(), sheet.scroll, area);
    let mut hints = vec![Hint::new("h l", "shorter, longer")];
    if scrolls {
        hints.push(Hint::new("j k", "scroll"));
    }
    hints.push(Hint::new("Esc", "back: nothing was sent"));
    keys(pen, area, &hints);
}

/// Draws what was changed in the master under a channel's own text.
pub fn stale(pen: &mut Pen<'_>, app: &App, sheet: &StaleSheet, area: Rect) {
    let channel = app.mark_and_name(&sheet.channel);
    let mut line = title(pen, area, "Stale text");
    line.at_right(&channel, Role::Sheet).shorten(2);
    line.cut(
        &stale::since(app, Some(sheet.post), &sheet.channel),
        Role::Sheet,
    );
    let scrolls = body(pen, app, Some(&sheet.lines), sheet.scroll, area);
    let inherits = app.keymap.label_in(Action::TypeOwn, Place::Typing);
    let mut hints = vec![Hint::new("K", "keep this text"), Hint::new("e", "edit it")];
    if !inherits.is_empty() {
        hints.push(Hint::new(&inherits, "inherit again"));
    }
    if scrolls {
        hints.push(Hint::new("j k", "scroll"));
    }
    hints.push(Hint::new("Esc", "back"));
    keys(pen, area, &hints);
}

/// Draws the rows that are shown; returns whether there are more.
pub(super) fn body(
    pen: &mut Pen<'_>,
    app: &App,
    lines: Option<&[prose::Line]>,
    scroll: usize,
    area: Rect,
) -> bool {
    let Some(lines) = lines else {
        pen.line(area, 1).skip(1).put("reading", Role::Muted);
        return false;
    };
    let rows = prose::rows(lines, area.width.saturating_sub(1));
    let height = prose_height(app).min(usize::from(area.height.saturating_sub(2)));
    let start = scroll.min(rows.len().saturating_sub(height));
    for (at, row) in rows.iter().skip(start).take(height).enumerate() {
        let role = match row.tone {
            Tone::Strong => Role::Strong,
            Tone::Text => Role::Text,
            Tone::Muted => Role::Muted,
            Tone::Warn => Role::Warn,
            Tone::Bad => Role::Bad,
        };
        let mut line = pen.line(area, 1 + u16::try_from(at).unwrap_or(0));
        let text = line.signs().sentence(&row.text).into_owned();
        line.to(row.indent).put(&text, role);
    }
    rows.len() > height
}
