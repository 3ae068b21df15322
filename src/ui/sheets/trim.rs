//! The trim screen: the text with what falls off underlined and what is struck in brackets, the count, the chosen word, and
//! what costs much.
//!
//! Rows and standings come from `app::trim`.

use super::{keys, title};
use crate::app::App;
use crate::app::layout::trim_height;
use crate::app::trim::{GUTTER, Standing, TrimRow, TrimSheet, width};
use crate::ui::counts;
use crate::ui::hints::Hint;
use crate::ui::pen::Pen;
use crate::ui::theme::Role;
use ratatui::layout::Rect;

/// Where values begin under the text.
const VALUE_COLUMN: u16 = 9;

/// Draws the screen.
pub fn draw(pen: &mut Pen<'_>, app: &App, sheet: &TrimSheet, area: Rect) {
    let mut line = title(pen, area, "Trim");
    let channel = app.mark_and_name(&sheet.channel);
    line.put(&channel, Role::Sheet).skip(2);
    if let Some(editor) = &app.editor {
        line.cut(&editor.content.display_title(), Role::Sheet);
    }
    count(pen, sheet, area);
    let height = trim_height(app).min(usize::from(area.height.saturating_sub(7)));
    let (rows, cursor) = sheet.rows(width(area.width), height);
    let body = Rect {
        y: area.y + 3,
        height: u16::try_from(height).unwrap_or(0),
        ..area
    };
    for (at, row) in rows.iter().enumerate() {
        text_row(pen, sheet, row, body, u16::try_from(at).unwrap_or(0));
    }
    let foot = Rect {
        y: area.bottom().saturating_sub(4),
        height: 3,
        ..area
    };
    word(pen, sheet, foot);
    costs(pen, sheet, foot);
    beyond(pen, sheet, foot);
    let hints = [
        Hint::new("Space", "strike"),
        Hint::new("Enter", "take it"),
        Hint::new("Esc", "as it was"),
        Hint::new("a", "all that falls off"),
        Hint::new("u", "undo"),
        Hint::new("h l j k", "word"),
    ];
    keys(pen, area, &hints);
    pen.cursor = None;
    if let Some((down, column)) = cursor {
        let x = body.x + GUTTER + u16::try_from(column).unwrap_or(u16::MAX / 2);
        let y = body.y + u16::try_from(down).unwrap_or(0);
        pen.set_cursor(x.min(area.right().saturating_sub(1)), y);
    }
}

/// The count as it falls, how far it still is over, and from where it came.
fn count(pen: &mut Pen<'_>, sheet: &TrimSheet, area: Rect) {
    let mut line = pen.line(area, 1);
    line.skip(1).shorten(1);
    let struck = sheet.strikes.struck();
    let words = match struck {
        1 => "1 word struck".to_owned(),
        more => format!("{more} words struck"),
    };
    line.at_right(&format!("was {}   {words}", sheet.was), Role::Muted)
        .shorten(2);
    line.put(&counts::total(&sheet.composed), Role::Strong);
    line.skip(2);
    match counts::trouble(&sheet.composed) {
        Some(trouble) => line.cut(&format!("! {trouble}"), Role::Bad),
        None => line.put("it fits", Role::Text),
    };
}

fn text_row(pen: &mut Pen<'_>, sheet: &TrimSheet, row: &TrimRow, area: Rect, at: u16) {
    if row.struck {
        pen.line(area, at).sign("-", Role::Muted);
    }
    if row.falls {
        pen.line(area, at).to(1).sign("!", Role::Bad);
    }
    let text = Rect {
        x: area.x + GUTTER,
        width: area.width.saturating_sub(GUTTER + 1),
        ..area
    };
    let mut line = pen.line(text, at);
    for (range, standing) in &row.pieces {
        let role = match standing {
            Standing::Stays => Role::Text,
            Standing::Falls => Role::Over,
            Standing::Struck => Role::Muted,
            Standing::Chosen => Role::Select,
        };
        line.put(&sheet.strikes.text()[range.clone()], role);
    }
    for (column, bracket) in &row.brackets {
        let column = column.map_or(0, |column| column + 1);
        let column = GUTTER - 1 + u16::try_from(column).unwrap_or(u16::MAX / 2);
        pen.line(area, at).to(column).put(bracket, Role::Text);
    }
}

fn word(pen: &mut Pen<'_>, sheet: &TrimSheet, area: Rect) {
    let effect = sheet.effect;
    let words = match sheet.standing() {
        Standing::Struck => format!("struck; putting it back adds {effect}"),
        Standing::Falls => format!("past the limit; striking it saves {effect}"),
        Standing::Stays | Standing::Chosen => format!("stays; striking it saves {effect}"),
    };
    let mut line = pen.line(area, 0);
    line.skip(1).shorten(1).put("word", Role::Muted);
    line.to(VALUE_COLUMN)
        .at_right(&words, Role::Text)
        .shorten(2);
    line.cut(sheet.word(), Role::Strong);
}

fn costs(pen: &mut Pen<'_>, sheet: &TrimSheet, area: Rect) {
    let costs = counts::costs(&sheet.composed);
    if !costs.is_empty() {
        let mut line = pen.line(area, 1);
        line.skip(1).shorten(1).put("costs", Role::Muted);
        line.to(VALUE_COLUMN).cut(&costs.join(", "), Role::Text);
    }
}

/// What no striking of words can help.
fn beyond(pen: &mut Pen<'_>, sheet: &TrimSheet, area: Rect) {
    if sheet.beyond > 0 {
        let words = format!(
            "! {} over without any word: the warning or the link around the text is too long",
            sheet.beyond
        );
        pen.line(area, 2).skip(1).cut(&words, Role::Bad);
    }
}
