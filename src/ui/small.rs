//! What a window that is too small says: the size it needs, that nothing is lost, and what leaves.
//!
//! Works down to one column and one row.

use super::pen::{Pen, marks};
use super::theme::Role;
use super::times;
use crate::app::editor::Kept;
use crate::app::layout::MIN_SIZE;
use crate::app::wrap::wrap;
use crate::app::{Action, App, Publishing};
use ratatui::layout::Rect;

/// Draws the message.
pub fn draw(pen: &mut Pen<'_>, app: &App, area: Rect) {
    let (width, height) = MIN_SIZE;
    let (columns, rows) = app.size;
    let size = format!("Masthead needs {width} x {height}.\nThis window is {columns} x {rows}.");
    let mut row = 0;
    let text = Rect {
        x: area.x + 1.min(area.width),
        width: area.width.saturating_sub(1),
        ..area
    };
    for (part, role) in [(size, Role::Strong), (state(app), Role::Text)] {
        let wrapped = wrap(&part, usize::from(text.width));
        for line in wrapped {
            pen.line(text, row).put(&part[line.start..line.end], role);
            row += 1;
        }
        // A blank row between, where there is height for it.
        row += u16::from(area.height > 6);
    }
    let last = area.height.saturating_sub(1);
    if row <= last {
        let (key, word) = if app.editor.is_some() || app.details.is_some() {
            (app.keymap.label(Action::TypeQuit), "save and quit")
        } else {
            (app.keymap.label(Action::Quit), "quit")
        };
        let mut line = pen.line(text, last);
        line.put(&key, Role::Key).skip(1).put(word, Role::Muted);
    }
}

fn state(app: &App) -> String {
    let mut words = match app.editor.as_ref().map(|editor| editor.kept) {
        None => String::new(),
        Some(Kept::Saved) => "Your text is saved. ".to_owned(),
        Some(Kept::Drafted) => "Your text is kept. ".to_owned(),
        Some(Kept::Typed) => "Your text is about to be kept. ".to_owned(),
    };
    words.push_str(match app.publishing {
        _ if app.frozen.is_some() => "FROZEN, nothing leaves:\n",
        Publishing::Here | Publishing::Daemon | Publishing::Session(_)
            if app.queue.offline.is_some() =>
        {
            "OFFLINE, it is tried again:\n"
        }
        Publishing::Here | Publishing::Daemon | Publishing::Session(_) => "Publishing goes on:\n",
        Publishing::Nobody | Publishing::Cannot(_) | Publishing::Silent { .. } => {
            "NOT PUBLISHING:\n"
        }
        Publishing::Unknown => "\n",
    });
    match &app.next {
        Some(next) => {
            let when = times::upcoming(next.at, app.zone, app.today());
            let marks = marks(app, next.channels.iter(), " ", 12);
            words.push_str(&format!("next {when} {marks}"));
        }
        None => words.push_str("nothing waits"),
    }
    match app.queue.needs_you_total {
        0 => {}
        1 => words.push_str(", 1 needs you"),
        more => words.push_str(&format!(", {more} need you")),
    }
    words.push('.');
    words
}
