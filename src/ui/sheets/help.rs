//! Help: every key of a place, from the action table and the user's own bindings, in two columns, and what the signs mean.
//!
//! Searchable; scrolled by rows.

use super::{input, keys, title};
use crate::app::App;
use crate::app::action::{ACTIONS, Group, Place, Row};
use crate::app::sheet::HelpSheet;
use crate::app::wrap::{shown_width, wrap};
use crate::domain::Kind;
use crate::ui::glyph::{self, Signs};
use crate::ui::hints::Hint;
use crate::ui::pen::Pen;
use crate::ui::theme::Role;
use ratatui::layout::Rect;

/// Columns left of the keys.
const INDENT: u16 = 3;
/// From this width there are two columns.
const TWO_COLUMNS: u16 = 72;

/// One line of help.
enum HelpLine {
    Head(&'static str),
    Key(String, String),
    More(String),
    Sign(&'static str, Role, String),
    Blank,
}

/// Draws the page.
pub fn draw(pen: &mut Pen<'_>, app: &App, sheet: &HelpSheet, area: Rect) {
    let mut line = title(pen, area, "Help");
    line.put(place_name(sheet.place), Role::Sheet).skip(3);
    if let Some(find) = &sheet.find {
        line.put("find > ", Role::Sheet);
        input(&mut line, find, Role::Sheet);
    } else {
        line.at_right("/ find   Tab next page", Role::Sheet);
    }
    let body = Rect {
        y: area.y + 1,
        height: area.height.saturating_sub(2),
        ..area
    };
    // Two columns where each has room for keys and words.
    let columns = if body.width < TWO_COLUMNS { 1 } else { 2 };
    let column_width = body.width / columns;
    let key_width = key_width(app, sheet.place);
    let find = sheet.find.as_ref().map_or("", |it| it.text().trim());
    let text_width = column_width.saturating_sub(INDENT + key_width + 2);
    let lines = lines(app, sheet.place, find, text_width, pen.signs);
    let height = usize::from(body.height);
    let shown = usize::from(columns) * height;
    let start = sheet.scroll.min(lines.len().saturating_sub(height));
    for (index, line) in lines.iter().skip(start).take(shown).enumerate() {
        let column = Rect {
            x: body.x + if index < height { 0 } else { column_width },
            width: column_width,
            ..body
        };
        let row = u16::try_from(index % height).unwrap_or(0);
        draw_line(pen, line, column, row, key_width);
    }
    if lines.is_empty() {
        let words = format!("no key does `{find}`");
        pen.line(body, 1).skip(1).cut(&words, Role::Muted);
    }
    let mut hints = Vec::new();
    if lines.len() > shown {
        hints.push(Hint::new("j k", "scroll"));
    }
    hints.push(Hint::new("/", "find"));
    hints.push(Hint::new("Esc", "close"));
    keys(pen, area, &hints);
}

fn draw_line(pen: &mut Pen<'_>, help: &HelpLine, area: Rect, row: u16, key_width: u16) {
    let text_column = INDENT + key_width + 1;
    let mut line = pen.line(area, row);
    line.skip(1).shorten(1);
    match help {
        HelpLine::Head(name) => {
            line.put(name, Role::Strong);
        }
        HelpLine::Key(keys, text) => {
            line.to(INDENT).put(keys, Role::Key);
            line.to(text_column).put(text, Role::Text);
        }
        HelpLine::More(text) => {
            line.to(text_column).put(text, Role::Text);
        }
        HelpLine::Sign(sign, role, word) => {
            line.skip(2).sign(sign, *role).skip(1).put(word, Role::Text);
        }
        HelpLine::Blank => {}
    }
}

fn place_name(place: Place) -> &'static str {
    match place {
        Place::Everywhere => "Every pane",
        Place::Calendar => "Calendar",
        Place::Queue => "Queue",
        Place::EditorPane => "Editor",
        Place::Typing => "Typing",
        Place::Details => "Details",
        Place::Outbox => "Outbox",
    }
}

fn belongs(row: &Row, place: Place) -> bool {
    match place {
        Place::Typing | Place::Details => row.place == place,
        _ => row.place == Place::Everywhere || row.place == place,
    }
}

fn lines(app: &App, place: Place, find: &str, width: u16, signs: Signs) -> Vec<HelpLine> {
    let find = find.to_lowercase();
    let mut lines = Vec::new();
    for group in Group::ALL {
        let mut rows = Vec::new();
        let in_group = ACTIONS
            .iter()
            .filter(|row| row.group == group && belongs(row, place));
        for row in in_group {
            let keys = app.keymap.labels(row.action).join(" ");
            let is_wanted = find.is_empty()
                || row.text.to_lowercase().contains(&find)
                || keys.to_lowercase().contains(&find);
            if is_wanted && !keys.is_empty() {
                rows.extend(key_lines(keys, row.text, width));
            }
        }
        if !rows.is_empty() {
            lines.push(HelpLine::Head(group.word()));
            lines.append(&mut rows);
            lines.push(HelpLine::Blank);
        }
    }
    if find.is_empty() {
        lines.push(HelpLine::Head("marks"));
        for state in glyph::STATES {
            let word = state.word().to_owned();
            lines.push(HelpLine::Sign(signs.state(state), glyph::role(state), word));
        }
        let evergreen = "evergreen: may go again".to_owned();
        lines.push(HelpLine::Sign(
            signs.kind(Kind::Evergreen),
            Role::Evergreen,
            evergreen,
        ));
        for (sign, word) in [
            ("=", "inherits the master text"),
            ("*", "has its own text"),
            ("~", "own, and the master changed"),
            ("!", "does not fit"),
        ] {
            lines.push(HelpLine::Sign(sign, Role::Text, word.to_owned()));
        }
    }
    lines
}

/// The keys' column is as wide as the longest of them.
fn key_width(app: &App, place: Place) -> u16 {
    let rows = ACTIONS.iter().filter(|row| belongs(row, place));
    let widths = rows.map(|row| shown_width(&app.keymap.labels(row.action).join(" ")));
    u16::try_from(widths.max().unwrap_or(0)).unwrap_or(u16::MAX)
}

/// What an action does is never cut: it goes on in the next line.
fn key_lines(keys: String, text: &str, width: u16) -> Vec<HelpLine> {
    let mut parts = wrap(text, usize::from(width))
        .into_iter()
        .map(|row| &text[row.start..row.end]);
    let first = parts.next().unwrap_or("").to_owned();
    let mut lines = vec![HelpLine::Key(keys, first)];
    lines.extend(parts.map(|part| HelpLine::More(part.to_owned())));
    lines
}
