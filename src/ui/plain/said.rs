//! What a room of the screen would write, taken down as rows of words instead of being drawn.
//!
//! A pen writes into it as onto a frame, so that a sheet or a page says the same facts in the same order. Columns become
//! commas, labels get a colon. What of it is told is `news.rs`.

use crate::app::wrap::shown;
use crate::ui::glyph::SELECTED;
use crate::ui::pen::Stroke;
use crate::ui::theme::Role;
use ratatui::layout::Position;
use unicode_segmentation::UnicodeSegmentation;

/// What stands before a field.
const PROMPT: &str = "> ";

/// Everything that was written.
#[derive(Debug, Default)]
pub struct Said {
    pieces: Vec<Piece>,
    /// Whether the next piece begins a column.
    parted: bool,
    selected: Option<u16>,
    typed: Option<Typed>,
}

/// Where text is typed.
#[derive(Clone, Copy, Debug)]
struct Typed {
    y: u16,
    /// The column in which the field begins.
    from: u16,
    cursor: u16,
}

#[derive(Debug)]
struct Piece {
    x: u16,
    y: u16,
    end: u16,
    text: String,
    stroke: Stroke,
    parted: bool,
}

/// One row, as words.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Row {
    /// The words; in a row into which something is typed, those before the cursor.
    pub words: String,
    /// Whether the selection or the cursor stands on it.
    pub has_focus: bool,
    /// What stands after the cursor, in a row into which something is typed.
    pub after: Option<String>,
}

impl Said {
    /// Takes down what fits before the right edge; returns the column after it.
    pub fn write(&mut self, x: u16, y: u16, right: u16, text: &str, stroke: Stroke) -> u16 {
        let mut end = x;
        let mut kept = String::new();
        for cluster in text.graphemes(true) {
            let (drawn, width) = shown(cluster);
            let width = u16::try_from(width).unwrap_or(u16::MAX);
            if end.saturating_add(width) > right {
                break;
            }
            end += width;
            kept.push_str(match drawn.as_ref() {
                "\n" | "\r\n" => " ",
                other => other,
            });
        }
        if let Stroke::Sign(_) = stroke
            && let Some(rest) = kept.strip_prefix(SELECTED)
        {
            self.selected = Some(y);
            kept = rest.to_owned();
        }
        let says_nothing = match stroke {
            Stroke::Sign(_) => kept.trim().is_empty(),
            Stroke::Word(_) => kept.is_empty(),
        };
        if !says_nothing {
            self.pieces.push(Piece {
                x,
                y,
                end,
                text: kept,
                stroke,
                parted: std::mem::take(&mut self.parted),
            });
        }
        end
    }

    /// Notes that what comes next begins a column.
    pub fn part(&mut self) {
        self.parted = true;
    }

    /// Notes where a field begins.
    pub fn field_at(&mut self, x: u16, y: u16) {
        self.typed = Some(Typed {
            y,
            from: x,
            cursor: x,
        });
    }

    /// Notes where its cursor stands.
    pub fn typed_at(&mut self, x: u16) {
        if let Some(typed) = &mut self.typed {
            typed.cursor = x;
        }
    }

    /// Returns the rows from the top, blank ones left out.
    pub fn rows(mut self, cursor: Option<Position>) -> Vec<Row> {
        self.pieces.sort_by_key(|piece| (piece.y, piece.x));
        let focus = (self.typed.map(|it| it.y))
            .or(self.selected)
            .or(cursor.map(|it| it.y));
        let rows = self.pieces.chunk_by(|a, b| a.y == b.y).map(|pieces| {
            let y = pieces[0].y;
            let typed = self.typed.filter(|it| it.y == y);
            let split = typed.map_or(pieces.len(), |it| {
                pieces.partition_point(|piece| piece.x < it.cursor)
            });
            let is_typed = |piece: &Piece| typed.is_some_and(|it| piece.x >= it.from);
            let (before, after) = pieces.split_at(split);
            let words = sentence(before, is_typed);
            Row {
                words: if typed.is_some() {
                    words
                } else {
                    words.trim().to_owned()
                },
                has_focus: focus == Some(y),
                after: typed.map(|_| sentence(after, |_| true)),
            }
        });
        rows.filter(|row| !row.words.is_empty() || row.after.is_some())
            .collect()
    }
}

fn sentence(pieces: &[Piece], is_typed: impl Fn(&Piece) -> bool) -> String {
    let mut words = String::new();
    let mut last: Option<&Piece> = None;
    let mut asks = false;
    for piece in pieces {
        if piece.text == PROMPT && !is_typed(piece) {
            asks = true;
            continue;
        }
        // A state's word and the word beside its sign are the same.
        let is_said = last
            .is_some_and(|last| matches!(last.stroke, Stroke::Sign(_)) && last.text == piece.text);
        if is_said {
            last = Some(piece);
            continue;
        }
        let text = match is_typed(piece) {
            true => piece.text.clone(),
            false => without_sign(piece, words.is_empty()),
        };
        if let Some(last) = last {
            let between = if asks {
                ": "
            } else {
                between(
                    last,
                    piece,
                    words.len() == one_blank(&last.text).len(),
                    pieces.len(),
                )
            };
            let has_blank = words.ends_with(' ') || text.starts_with(' ');
            match between {
                " " | ", " if has_blank => {}
                between => words.push_str(between),
            }
        }
        asks = false;
        words.push_str(&text);
        last = Some(piece);
    }
    if asks && !words.is_empty() {
        words.push_str(": ");
    }
    words
}

/// Returns the words of a piece; what calls for a look says so where its sign stood.
fn without_sign(piece: &Piece, is_first: bool) -> String {
    let text = one_blank(&piece.text);
    let calls = matches!(piece.stroke, Stroke::Word(Role::Bad | Role::Warn));
    match text.strip_prefix("! ").filter(|_| calls) {
        Some(rest) if is_first => format!("Look: {rest}"),
        Some(rest) => rest.to_owned(),
        None => text,
    }
}

/// What stands between two pieces of a row.
fn between(one: &Piece, next: &Piece, is_first: bool, count: usize) -> &'static str {
    let gap = next.x.saturating_sub(one.end);
    let is_label = |piece: &Piece| piece.stroke == Stroke::Word(Role::Muted);
    if one
        .text
        .trim_end()
        .ends_with([':', ',', '.', '!', '?', ';'])
    {
        return if gap == 0 && !next.parted { "" } else { " " };
    }
    let is_apart = next.parted || gap >= 2;
    // A row of nothing but quiet words names columns, unless there are two.
    if is_first && is_label(one) && (count == 2 || !is_label(next)) && is_apart {
        return ": ";
    }
    let is_key = |piece: &Piece| piece.stroke == Stroke::Word(Role::Key);
    if is_key(one) && !is_key(next) && next.parted {
        return ": ";
    }
    let is_sign = |piece: &Piece| matches!(piece.stroke, Stroke::Sign(_));
    match gap {
        _ if is_sign(one) || is_sign(next) => " ",
        0 | 1 if next.parted => ", ",
        0 => "",
        1 => " ",
        _ => ", ",
    }
}

fn one_blank(text: &str) -> String {
    let mut kept = String::with_capacity(text.len());
    for letter in text.chars() {
        if letter != ' ' || !kept.ends_with(' ') {
            kept.push(letter);
        }
    }
    kept
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::app::{Appearance, Input};
    use crate::domain::Glyph;
    use crate::ui::pen::Pen;
    use crate::ui::sheets::input;
    use ratatui::layout::Rect;

    const AREA: Rect = Rect::new(0, 0, 60, 4);

    fn said(write: impl FnOnce(&mut Pen<'_>)) -> Vec<Row> {
        let mut said = Said::default();
        let mut pen = Pen::saying(&mut said, Appearance::default());
        write(&mut pen);
        let cursor = pen.cursor;
        said.rows(cursor)
    }

    #[test]
    fn columns_become_commas_and_states_are_said_once() {
        let rows = said(|pen| {
            let mut line = pen.line(AREA, 0);
            line.shorten(1).at_right("Li Ma", Role::Text);
            line.standing(true, false).put("Tue 09:00", Role::Text);
            line.to(6).state(Glyph::Failed).skip(1);
            line.put("failed", Role::Text)
                .to(30)
                .put("Title", Role::Text);
        });
        assert_eq!(rows.len(), 1);
        assert_eq!(rows[0].words, "Tue 09:00 failed, Title, Li Ma");
        assert!(rows[0].has_focus);
    }

    #[test]
    fn a_field_is_parted_at_its_cursor_and_keeps_its_blanks() {
        let mut typed = Input::new("fri  14:00 ");
        let row = |typed: &Input| {
            let rows = said(|pen| {
                let mut line = pen.line(AREA, 1);
                line.skip(1).put("when", Role::Muted).skip(2);
                line.put("> ", Role::Text);
                input(&mut line, typed, Role::Input);
            });
            (rows[0].words.clone(), rows[0].after.clone())
        };
        let (words, after) = row(&typed);
        assert_eq!(
            (words.as_str(), after.as_deref()),
            ("when: fri  14:00 ", Some(""))
        );
        typed.press(crate::app::Key::Home);
        let (words, after) = row(&typed);
        assert_eq!(
            (words.as_str(), after.as_deref()),
            ("when: ", Some("fri  14:00 "))
        );
        let (words, after) = row(&Input::default());
        assert_eq!((words.as_str(), after.as_deref()), ("when: ", Some("")));
    }
}
