//! A reviewer's words: why something has to change, or something worth saying.
//!
//! Neither is kept without words.

use super::{input, keys, title};
use crate::app::review::RemarkSheet;
use crate::domain::review::NoteKind;
use crate::ui::hints::Hint;
use crate::ui::pen::Pen;
use crate::ui::theme::Role;
use ratatui::layout::Rect;

/// Draws the question.
pub fn draw(pen: &mut Pen<'_>, sheet: &RemarkSheet, area: Rect) {
    let (name, label, words, enter) = match sheet.kind {
        NoteKind::Changes => (
            "Request changes",
            "reason",
            "It stays with the post; an approval of it is taken back.",
            "request changes",
        ),
        _ => (
            "Note",
            "note",
            "It stays with the post, with your name and the time.",
            "keep it",
        ),
    };
    title(pen, area, name).cut(&sheet.title, Role::Sheet);
    let mut line = pen.line(area, 1);
    line.skip(1).put(label, Role::Muted).to(9);
    line.put("> ", Role::Text);
    input(&mut line, &sheet.input, Role::Input);
    let mut line = pen.line(area, 2);
    line.to(9).shorten(1).cut(words, Role::Muted);
    let hints = [Hint::new("Enter", enter), Hint::new("Esc", "leave it")];
    keys(pen, area, &hints);
}
