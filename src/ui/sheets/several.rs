//! One time for all marked posts: every keystroke shows when the first would leave.
//!
//! Words are read as in `when.rs`; what each post gets is `domain/several.rs`.

use super::{input, keys, title};
use crate::app::sheet::meaning;
use crate::app::{App, Input};
use crate::domain::when::When;
use crate::ui::hints::Hint;
use crate::ui::pen::Pen;
use crate::ui::theme::Role;
use crate::ui::times;
use ratatui::layout::Rect;

const MEANING_COLUMN: u16 = 10;

/// Draws the question.
pub fn schedule(pen: &mut Pen<'_>, app: &App, typed: &Input, area: Rect) {
    let count = app.marks.len();
    let words = match count {
        1 => "1 marked post".to_owned(),
        many => format!("{many} marked posts"),
    };
    title(pen, area, "Schedule").cut(&words, Role::Sheet);
    let mut line = pen.line(area, 1);
    line.skip(1).put("when", Role::Muted).skip(2);
    line.put("> ", Role::Text);
    input(&mut line, typed, Role::Input);
    let mut line = pen.line(area, 2);
    line.to(MEANING_COLUMN).shorten(1);
    match meaning(typed, app.local_now()) {
        Some(Ok(When::At { time, .. })) => {
            let resolved = time.resolve();
            let day = resolved.local.format("%a %-d %B %Y %H:%M");
            line.put(&format!("{day} {}", times::city(time.zone)), Role::Strong);
        }
        Some(Ok(When::Shelf)) => {
            line.cut("all back to the shelf, without a time", Role::Strong);
        }
        Some(Err(_)) => {
            let words = format!("`{}` is no time yet", typed.text().trim());
            line.cut(&words, Role::Warn);
        }
        None => {
            line.put("type a time", Role::Muted);
        }
    }
    for (row, words) in [
        (
            3,
            "the first leaves then, the others keep their distance to it",
        ),
        (4, "try: tomorrow 14:00   in 2 h   fri 9 new york   shelf"),
    ] {
        pen.line(area, row)
            .to(MEANING_COLUMN)
            .shorten(1)
            .cut(words, Role::Muted);
    }
    let hints = [
        Hint::new("Enter", "schedule all"),
        Hint::new("Esc", "leave them as they were"),
    ];
    keys(pen, area, &hints);
}
