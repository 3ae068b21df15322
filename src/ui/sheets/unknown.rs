//! "Did this go out?": what is known of a lost answer, where to look, and the four things a person can say.
//!
//! What is said comes from `app::unknown`. There is no default that sends: the first choice sends nothing, and sending
//! again wants a typed word.

use super::{input, keys, title};
use crate::app::App;
use crate::app::layout::{UNKNOWN_AROUND_QUOTE, UNKNOWN_INDENT, UNKNOWN_LOOK_AT, UNKNOWN_QUOTE};
use crate::app::unknown::{UnknownChoice, UnknownSheet, UnknownStep, words};
use crate::app::wrap::wrap;
use crate::ui::hints::Hint;
use crate::ui::pen::Pen;
use crate::ui::theme::Role;
use ratatui::layout::Rect;

/// Columns left of a choice's words.
const CHOICE: u16 = 6;
/// Columns left of what belongs to a choice.
const BESIDE: u16 = 49;

/// Draws the question.
pub fn draw(pen: &mut Pen<'_>, app: &App, sheet: &UnknownSheet, area: Rect) {
    let channel = app.mark_and_name(&sheet.channel);
    let mut line = title(pen, area, "Did this go out?");
    line.skip(1).at_right(&channel, Role::Sheet).shorten(2);
    line.cut(&sheet.title, Role::Sheet);
    known(pen, app, sheet, area);
    choices(pen, app, sheet, area);
    let hints = match sheet.step {
        UnknownStep::SendAgain(_) => vec![Hint::new("Esc", "do not send it")],
        UnknownStep::WithoutAddress => vec![
            Hint::new("Enter", "it is there, without an address"),
            Hint::new("Esc", "back"),
        ],
        UnknownStep::Checking => vec![Hint::new("Esc", "leave it being checked")],
        UnknownStep::Choosing => vec![
            Hint::new("j k", "choose"),
            Hint::new("Enter", "take it"),
            Hint::new("C-y", "copy the address"),
            Hint::new("Esc", "ask me later (stays ?)"),
        ],
    };
    keys(pen, area, &hints);
}

/// What is known, from the top; where the window is low the choices below keep their rows.
fn known(pen: &mut Pen<'_>, app: &App, sheet: &UnknownSheet, area: Rect) {
    let Some(words) = words(app, sheet) else {
        pen.line(area, 1).skip(1).put("reading", Role::Muted);
        return;
    };
    let choices = u16::try_from(UnknownChoice::ALL.len()).unwrap_or(4);
    let above = Rect {
        height: area.height.saturating_sub(choices + 1),
        ..area
    };
    let mut row = 1;
    row = paragraph(pen, above, row, ("", 1), &words.sent, Role::Text) + 1;
    row = paragraph(
        pen,
        above,
        row,
        ("looked", UNKNOWN_INDENT),
        &words.looked,
        Role::Text,
    );
    row = paragraph(
        pen,
        above,
        row,
        ("so", UNKNOWN_INDENT),
        &words.so,
        Role::Text,
    ) + 1;
    row = quote(pen, above, row, &words.quote) + 1;
    let role = if sheet.page().is_some() {
        Role::Strong
    } else {
        Role::Text
    };
    paragraph(
        pen,
        above,
        row,
        ("Please look at", UNKNOWN_LOOK_AT),
        &words.look_at,
        role,
    );
}

/// Draws a wrapped paragraph with its name left of it; returns the row after it.
fn paragraph(
    pen: &mut Pen<'_>,
    area: Rect,
    row: u16,
    (name, indent): (&str, u16),
    text: &str,
    role: Role,
) -> u16 {
    let text = pen.signs.sentence(text).into_owned();
    pen.line(area, row).skip(1).put(name, Role::Muted);
    let rows = wrap(&text, usize::from(area.width.saturating_sub(indent + 1)));
    for (at, span) in rows.iter().enumerate() {
        let at = row + u16::try_from(at).unwrap_or(0);
        pen.line(area, at)
            .to(indent)
            .put(&text[span.start..span.end], role);
    }
    row + u16::try_from(rows.len()).unwrap_or(1)
}

/// Draws the first rows of what was sent, in quotation marks.
fn quote(pen: &mut Pen<'_>, area: Rect, row: u16, text: &str) -> u16 {
    let rows = wrap(
        text,
        usize::from(area.width.saturating_sub(UNKNOWN_AROUND_QUOTE)),
    );
    let shown = rows.len().min(UNKNOWN_QUOTE);
    for (at, span) in rows.iter().take(shown).enumerate() {
        let mut line = pen.line(area, row + u16::try_from(at).unwrap_or(0));
        line.to(3).put(if at == 0 { "\"" } else { " " }, Role::Text);
        line.put(&text[span.start..span.end], Role::Text);
        if at + 1 == shown {
            let more = if rows.len() > shown { " ...\"" } else { "\"" };
            line.put(more, Role::Text);
        }
    }
    row + u16::try_from(shown).unwrap_or(0)
}

fn choices(pen: &mut Pen<'_>, app: &App, sheet: &UnknownSheet, area: Rect) {
    let count = u16::try_from(UnknownChoice::ALL.len()).unwrap_or(4);
    let first = area.height.saturating_sub(count + 1);
    for (at, (choice, words)) in UnknownChoice::ALL.iter().enumerate() {
        let row = first + u16::try_from(at).unwrap_or(0);
        let is_selected = *choice == sheet.choice;
        let mut line = pen.line(area, row);
        line.skip(2).shorten(1);
        if is_selected {
            let marker = line.signs().marker();
            line.sign(marker, Role::Accent);
        } else {
            line.skip(1);
        }
        line.put(&(at + 1).to_string(), Role::Key).to(CHOICE);
        match (choice, &sheet.step) {
            (UnknownChoice::SendAgain, UnknownStep::SendAgain(word)) => {
                let account = app
                    .channel(&sheet.channel)
                    .and_then(|it| it.account.as_ref())
                    .map_or(sheet.channel.as_str(), |it| it.handle.as_str());
                line.put("Send it again to ", Role::Text)
                    .put(account, Role::Strong);
                line.put("   Type  ", Role::Text).put("now", Role::Key);
                line.put("  > ", Role::Text);
                input(&mut line, word, Role::Input);
                continue;
            }
            (UnknownChoice::There, UnknownStep::WithoutAddress) => {
                line.put("It is there, but its address is not known", Role::Text);
                line.to(BESIDE).cut("Enter once more", Role::Muted);
                continue;
            }
            _ => {}
        }
        line.put(words, Role::Text);
        match choice {
            _ if is_selected && sheet.step == UnknownStep::Checking => {
                line.to(BESIDE).put("checking", Role::Muted);
            }
            UnknownChoice::There => {
                line.to(BESIDE).put("> ", Role::Text);
                if is_selected {
                    input(&mut line, &sheet.address, Role::Input);
                } else {
                    line.cut(sheet.address.text(), Role::Text);
                }
            }
            UnknownChoice::SendAgain => {
                line.to(BESIDE + 2).cut("asks once more", Role::Muted);
            }
            UnknownChoice::Skip | UnknownChoice::LookAgain => {}
        }
    }
}
