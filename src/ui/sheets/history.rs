//! The history: what was done, by whom, and what was said; the latest first.
//!
//! A row that was undone says so in a word. The row under the list spells the selected one out.

use super::{keys, title};
use crate::app::App;
use crate::app::sheet::{HistoryList, HistorySheet};
use crate::app::wrap::{shown_width, wrap};
use crate::domain::history::named;
use crate::domain::{Deed, Glyph, Message, Rank, Standing};
use crate::ui::hints::Hint;
use crate::ui::pen::Pen;
use crate::ui::theme::Role;
use crate::ui::times;
use chrono::{DateTime, Utc};
use ratatui::layout::Rect;

const WHO_COLUMN: u16 = 19;
const WHAT_COLUMN: u16 = 31;
const SAID_COLUMN: u16 = 21;
/// Rows under the list that spell the selected one out.
const EXPLAINED: u16 = 2;

/// Draws the sheet.
pub fn draw(pen: &mut Pen<'_>, app: &App, sheet: &HistorySheet, area: Rect) {
    let (name, other) = match sheet.list {
        HistoryList::Deeds => ("what was done", "Tab what was said"),
        HistoryList::Messages => ("what was said here", "Tab what was done"),
    };
    let mut line = title(pen, area, "History");
    line.at_right(other, Role::Sheet).shorten(2);
    line.put(name, Role::Sheet).skip(3);
    let Some(history) = &sheet.history else {
        pen.line(area, 1).skip(1).cut("reading", Role::Muted);
        return keys(pen, area, &[Hint::new("Esc", "close")]);
    };
    let body = Rect {
        y: area.y + 1,
        height: area.height.saturating_sub(2 + EXPLAINED),
        ..area
    };
    let height = usize::from(body.height);
    let start = first_row(sheet.selected, height);
    let rows = sheet.rows();
    if rows > height {
        let words = format!("{} of {rows}", sheet.selected + 1);
        let mut line = pen.line(area, 0);
        line.to(WHAT_COLUMN).put(&words, Role::Sheet);
    }
    if rows == 0 {
        pen.line(body, 0).skip(1).cut("nothing yet", Role::Muted);
    }
    for row in 0..body.height {
        let index = start + usize::from(row);
        let is_selected = index == sheet.selected;
        match sheet.list {
            HistoryList::Deeds => {
                if let Some(deed) = history.deeds.get(index) {
                    deed_row(pen, app, deed, body, row, is_selected);
                }
            }
            HistoryList::Messages => {
                if let Some(message) = history.messages.get(index) {
                    message_row(pen, app, message, body, row, is_selected);
                }
            }
        }
    }
    let below = Rect {
        y: body.bottom(),
        height: EXPLAINED,
        ..area
    };
    explain(pen, app, sheet, below);
    keys(pen, area, &hints(app, sheet));
}

/// The list jumps by half its height, so that two rows around the selected one are seen.
fn first_row(selected: usize, height: usize) -> usize {
    let last_without = height.saturating_sub(2).max(1);
    if selected < last_without {
        return 0;
    }
    let half = (height / 2).max(1);
    ((selected - last_without) / half + 1) * half
}

fn hints(app: &App, sheet: &HistorySheet) -> Vec<Hint> {
    let mut hints = vec![Hint::new("j k", "choose")];
    if let Some(deed) = sheet.deed() {
        hints.push(Hint::new("Enter", "go to the post"));
        if deed.author == app.author && deed.standing == Standing::Done {
            hints.push(Hint::new("u", "undo down to this"));
        }
        hints.push(Hint::new("C-r", "redo"));
    }
    hints.push(Hint::new("Esc", "close"));
    hints
}

fn when(app: &App, at: DateTime<Utc>) -> String {
    times::date_and_clock(at, app.zone, app.today())
}

/// Returns what was done, naming the post where the words do not.
fn what(deed: &Deed) -> String {
    if deed.posts > 1 {
        return deed.label.clone();
    }
    named(&deed.label, &deed.title)
}

fn deed_row(pen: &mut Pen<'_>, app: &App, deed: &Deed, area: Rect, row: u16, is_selected: bool) {
    if is_selected {
        pen.set_cursor(area.x, area.y + row);
    }
    let role = match deed.standing {
        Standing::Done => Role::Text,
        Standing::Undone => Role::Muted,
    };
    let mut line = pen.line(area, row);
    line.shorten(1);
    if deed.standing == Standing::Undone {
        line.at_right("undone", Role::Muted).shorten(2);
    }
    line.standing(is_selected, false);
    line.put(&when(app, deed.at), role).to(WHO_COLUMN);
    let room = usize::from(WHAT_COLUMN - WHO_COLUMN - 1);
    line.cut_to(deed.author.as_str(), room, role)
        .to(WHAT_COLUMN);
    let words = line.signs().sentence(&what(deed)).into_owned();
    line.cut(&words, role);
}

fn message_row(
    pen: &mut Pen<'_>,
    app: &App,
    message: &Message,
    area: Rect,
    row: u16,
    is_selected: bool,
) {
    if is_selected {
        pen.set_cursor(area.x, area.y + row);
    }
    let mut line = pen.line(area, row);
    line.shorten(1).standing(is_selected, false);
    line.put(&when(app, message.at), Role::Muted).to(WHO_COLUMN);
    match message.rank {
        Rank::News => line.skip(1),
        Rank::Warn => line.sign("!", Role::Warn),
        Rank::Bad => {
            let sign = line.signs().state(Glyph::Failed);
            line.sign(sign, Role::Bad)
        }
    };
    line.to(SAID_COLUMN);
    let words = line.signs().sentence(&message.text).into_owned();
    line.cut(&words, Role::Text);
}

/// What the list had to cut.
fn explain(pen: &mut Pen<'_>, app: &App, sheet: &HistorySheet, area: Rect) {
    let Some(history) = &sheet.history else {
        return;
    };
    let text = match sheet.list {
        HistoryList::Deeds => sheet.deed().map(|deed| {
            let own = history.deeds[..=sheet.selected]
                .iter()
                .filter(|it| it.author == app.author && it.standing == Standing::Done)
                .count();
            match (deed.author == app.author, deed.standing) {
                (true, Standing::Done) if own > 1 => {
                    format!(
                        "{}. u takes this and {} later changes of yours back",
                        what(deed),
                        own - 1
                    )
                }
                (true, Standing::Done) => format!("{}. u takes it back", what(deed)),
                (_, Standing::Undone) => format!("{}, undone", what(deed)),
                (false, _) => format!("{}. Only {} can undo it", what(deed), deed.author),
            }
        }),
        HistoryList::Messages => history
            .messages
            .get(sheet.selected)
            .map(|message| message.text.clone()),
    };
    let text = pen.signs.sentence(&text.unwrap_or_default()).into_owned();
    let rows = wrap(&text, usize::from(area.width).saturating_sub(2));
    let shown = rows
        .iter()
        .filter(|row| shown_width(&text[row.start..row.end]) > 0);
    for (at, row) in shown.take(usize::from(EXPLAINED)).enumerate() {
        pen.line(area, u16::try_from(at).unwrap_or(0))
            .skip(1)
            .put(text[row.start..row.end].trim_end(), Role::Muted);
    }
}
