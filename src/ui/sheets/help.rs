//! Help: every key of a place, from the action table and the user's own bindings, in two columns, and what the signs mean.
//!
//! Searchable; scrolled by rows.

use super::{input, keys, title};
use crate::app::App;
use crate::app::action::{ACTIONS, Group, Place, Row};
use crate::app::sheet::HelpSheet;
use crate::app::wrap::wrap;
use crate::domain::Kind;
use crate::ui::glyph::{self, Signs};
use crate::ui::hints::Hint;
use crate::ui::pen::Pen;
use crate::ui::theme::Role;
use ratatui::layout::Rect;

const KEY_WIDTH: u16 = 12;

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
        line.at_right("/ find", Role::Sheet);
    }
    let body = Rect {
        y: area.y + 1,
        height: area.height.saturating_sub(2),
        ..area
    };
    let column_width = body.width / 2;
    let find = sheet.find.as_ref().map_or("", |it| it.text().trim());
    let lines = lines(app, sheet.place, find, column_width, pen.signs);
    let height = usize::from(body.height);
    let start = sheet.scroll.min(lines.len().saturating_sub(height));
    for (index, line) in lines.iter().skip(start).take(2 * height).enumerate() {
        let column = Rect {
            x: body.x + if index < height { 0 } else { column_width },
            width: column_width,
            ..body
        };
        let row = u16::try_from(index % height).unwrap_or(0);
        draw_line(pen, line, column, row);
    }
    if lines.is_empty() {
        let words = format!("no key does `{find}`");
        pen.line(body, 1).skip(1).cut(&words, Role::Muted);
    }
    let mut hints = Vec::new();
    if lines.len() > 2 * height {
        hints.push(Hint::new("j k", "scroll"));
    }
    hints.push(Hint::new("/", "find"));
    hints.push(Hint::new("Esc", "close"));
    keys(pen, area, &hints);
}

fn draw_line(pen: &mut Pen<'_>, help: &HelpLine, area: Rect, row: u16) {
    let mut line = pen.line(area, row);
    line.skip(1).shorten(1);
    match help {
        HelpLine::Head(name) => {
            line.put(name, Role::Strong);
        }
        HelpLine::Key(keys, text) => {
            line.skip(2).put(keys, Role::Key).skip(1);
            line.to(3 + KEY_WIDTH).put(text, Role::Text);
        }
        HelpLine::More(text) => {
            line.to(3 + KEY_WIDTH).put(text, Role::Text);
        }
        HelpLine::Sign(sign, role, word) => {
            line.skip(2).sign(sign, *role).skip(1).put(word, Role::Text);
        }
        HelpLine::Blank => {}
    }
}

fn place_name(place: Place) -> &'static str {
    match place {
        Place::Everywhere | Place::Calendar => "Calendar",
        Place::Queue => "Queue",
        Place::EditorPane => "Editor",
        Place::Typing => "Typing",
        Place::Details => "Details",
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
            ("=", "the channel inherits the master text"),
            ("*", "it has its own"),
            ("~", "own, and the master changed since"),
            ("!", "it does not fit"),
        ] {
            lines.push(HelpLine::Sign(sign, Role::Text, word.to_owned()));
        }
    }
    lines
}

/// What an action does is never cut: it goes on in the next line.
fn key_lines(keys: String, text: &str, width: u16) -> Vec<HelpLine> {
    let room = usize::from(width.saturating_sub(3 + KEY_WIDTH + 1));
    let mut parts = wrap(text, room)
        .into_iter()
        .map(|row| &text[row.start..row.end]);
    let first = parts.next().unwrap_or("").to_owned();
    let mut lines = vec![HelpLine::Key(keys, first)];
    lines.extend(parts.map(|part| HelpLine::More(part.to_owned())));
    lines
}
