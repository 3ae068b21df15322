//! A task that is done by hand: where it stands, its checklist with the address to bring back, and the selected text.
//!
//! What is said comes from `app::by_hand` and `domain::by_hand`; nothing of a text is left out, it scrolls.

use super::{input, keys, title};
use crate::app::by_hand::{ByHandSheet, ByHandStep, division, room, shown_text, standing};
use crate::app::prose::{self, Tone};
use crate::app::{App, Input};
use crate::domain::by_hand::Handling;
use crate::domain::{Piece, Task};
use crate::ui::hints::Hint;
use crate::ui::pen::Pen;
use crate::ui::theme::Role;
use ratatui::layout::Rect;

/// Columns left of what a line of the checklist says.
const SAYS: u16 = 26;

/// Draws the task.
pub fn draw(pen: &mut Pen<'_>, app: &App, sheet: &ByHandSheet, area: Rect) {
    let channel = app.mark_and_name(&sheet.channel);
    let mut line = title(pen, area, "By hand");
    line.at_right(&channel, Role::Sheet).shorten(2);
    line.cut(&sheet.title, Role::Sheet);
    let Some(task) = &sheet.task else {
        pen.line(area, 1).skip(1).put("reading", Role::Muted);
        return keys(pen, area, &[Hint::new("Esc", "back")]);
    };
    let mut said = prose::rows(&standing(app, task), area.width.saturating_sub(1));
    for row in &mut said {
        row.text = pen.signs.sentence(&row.text).into_owned();
    }
    let body = Rect {
        y: area.y + 1,
        height: area.height.saturating_sub(2),
        ..area
    };
    let above = rows(pen, &said, body, 0);
    let rest = Rect {
        y: body.y + above,
        height: body.height - above,
        ..body
    };
    let pieces = sheet.pieces();
    let (list, text) = division(room(app, task), pieces.len());
    checklist(pen, sheet, &pieces, rest, list);
    let below = u16::try_from(list).unwrap_or(0).min(rest.height);
    step(pen, &sheet.step, rest, below);
    let shown = prose::rows(&shown_text(sheet), area.width.saturating_sub(1));
    let start = sheet.scroll.min(shown.len().saturating_sub(text));
    let end = shown.len().min(start + text);
    rows(pen, &shown[start..end], rest, below + 1);
    keys(pen, area, &hints(sheet, task, shown.len() > text));
}

/// Draws rows of words from a row on; returns how many fitted.
fn rows(pen: &mut Pen<'_>, rows: &[prose::Line], area: Rect, from: u16) -> u16 {
    let mut drawn = 0;
    for row in rows {
        if from + drawn >= area.height {
            break;
        }
        let role = match row.tone {
            Tone::Strong => Role::Strong,
            Tone::Text => Role::Text,
            Tone::Muted => Role::Muted,
            Tone::Warn => Role::Warn,
            Tone::Bad => Role::Bad,
        };
        let mut line = pen.line(area, from + drawn);
        line.to(row.indent).put(&row.text, role);
        drawn += 1;
    }
    drawn
}

/// Draws the lines of the checklist around the selected one, the address last.
fn checklist(pen: &mut Pen<'_>, sheet: &ByHandSheet, pieces: &[Piece], area: Rect, height: usize) {
    let first = (sheet.selected + 1).saturating_sub(height);
    for row in 0..height {
        let at = first + row;
        let y = u16::try_from(row).unwrap_or(u16::MAX);
        if y >= area.height {
            break;
        }
        let is_selected = at == sheet.selected;
        if is_selected {
            pen.set_cursor(area.x, area.y + y);
        }
        let mut line = pen.line(area, y);
        line.shorten(1).standing(is_selected, false);
        match pieces.get(at) {
            Some(piece) => {
                let done = match piece.handling {
                    Handling::Paste if sheet.copied.contains(&piece.text) => "copied",
                    Handling::Paste => "",
                    Handling::Attach => "attach it",
                    Handling::Open => "open it",
                    Handling::Know => "",
                };
                line.at_right(done, Role::Muted).shorten(1);
                line.put(&piece.name, Role::Text).to(SAYS);
                if !piece.detail.is_empty() {
                    line.put(&piece.detail, Role::Strong).skip(2);
                }
                match piece.handling {
                    Handling::Attach | Handling::Open => line.address(&piece.text, Role::Muted),
                    Handling::Paste | Handling::Know => {
                        line.cut(&piece.text.replace('\n', " "), Role::Muted)
                    }
                };
            }
            None => {
                line.put("its address", Role::Text).to(SAYS);
                address(&mut line, sheet, is_selected);
            }
        }
    }
}

fn address(line: &mut crate::ui::pen::Line<'_, '_>, sheet: &ByHandSheet, is_selected: bool) {
    let there = sheet.task.as_ref().map(|task| &task.delivery);
    if let Some(there) = there.filter(|_| sheet.is_posted()) {
        let permalink = there.permalink.as_deref().unwrap_or("not known");
        line.address(permalink, Role::Strong);
        return;
    }
    line.put("> ", Role::Text);
    if is_selected {
        input(line, &sheet.address, Role::Input);
    } else if sheet.address == Input::default() {
        line.put("paste it here once it is posted", Role::Muted);
    } else {
        line.cut(sheet.address.text(), Role::Text);
    }
}

/// Says under the checklist what keeps the last step from being done, wrapped and never cut.
fn step(pen: &mut Pen<'_>, step: &ByHandStep, area: Rect, row: u16) {
    let (words, tone) = match step {
        ByHandStep::Working => return,
        ByHandStep::NoAddress(why) => (why.as_str(), Tone::Bad),
        ByHandStep::OnceMore(why) => (why.as_str(), Tone::Warn),
        ByHandStep::TakeBack => ("it was not posted: Enter takes the mark back", Tone::Warn),
        ByHandStep::Recording => ("recording", Tone::Muted),
    };
    let said = prose::Line::new(tone, 1, pen.signs.sentence(words).into_owned());
    let wrapped = prose::rows(&[said], area.width.saturating_sub(1));
    rows(pen, &wrapped, area, row);
}

fn hints(sheet: &ByHandSheet, task: &Task, scrolls: bool) -> Vec<Hint> {
    let mut hints = match &sheet.step {
        ByHandStep::TakeBack => {
            return vec![Hint::new("Enter", "take it back"), Hint::new("Esc", "no")];
        }
        ByHandStep::Recording => return vec![Hint::new("Esc", "back")],
        _ if sheet.is_posted() => vec![Hint::new("y", "copy"), Hint::new("t", "not posted")],
        _ if sheet.is_at_address() => vec![Hint::new("Enter", "posted")],
        _ => vec![Hint::new("y", "copy"), Hint::new("m", "posted")],
    };
    let is_typing = !sheet.is_posted() && sheet.is_at_address() && !sheet.address.text().is_empty();
    if !is_typing {
        if task.page.is_some() {
            hints.push(Hint::new("o", "where"));
        }
        hints.push(Hint::new("v", "select"));
    }
    hints.push(Hint::new("Esc", "back"));
    if !is_typing {
        if !sheet.is_posted() {
            hints.push(Hint::new("w", "later"));
            hints.push(Hint::new("X", "skip"));
        }
        hints.push(Hint::new("j k", "line"));
    }
    if scrolls {
        hints.push(Hint::new("PgDn", "text"));
    }
    hints
}
