//! The shortest ways from one place or style of a terminal to another, as bytes.
//!
//! Knows control sequences and nothing of what is shown; `wire` and `shown` beside it choose with it.

use ratatui::buffer::Cell;
use ratatui::style::{Color, Modifier};

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Pen {
    pub(super) fg: Color,
    pub(super) bg: Color,
    pub(super) underline: Color,
    pub(super) modifier: Modifier,
}

pub(super) const PLAIN: Pen = Pen {
    fg: Color::Reset,
    bg: Color::Reset,
    underline: Color::Reset,
    modifier: Modifier::empty(),
};

const MODIFIERS: [(Modifier, &str); 8] = [
    (Modifier::BOLD, "1"),
    (Modifier::DIM, "2"),
    (Modifier::ITALIC, "3"),
    (Modifier::UNDERLINED, "4"),
    (Modifier::SLOW_BLINK, "5"),
    (Modifier::REVERSED, "7"),
    (Modifier::HIDDEN, "8"),
    (Modifier::CROSSED_OUT, "9"),
];

/// What a blank shows of its style.
const SEEN_ON_BLANKS: Modifier = Modifier::UNDERLINED
    .union(Modifier::REVERSED)
    .union(Modifier::CROSSED_OUT);

impl Pen {
    pub(super) fn of(cell: &Cell) -> Self {
        Self {
            fg: cell.fg,
            bg: cell.bg,
            underline: cell.underline_color,
            modifier: cell.modifier,
        }
    }

    /// Whether a blank, or an erased cell, looks like one in the terminal's own style.
    pub(super) fn leaves_blanks_plain(self) -> bool {
        self.bg == Color::Reset && !self.modifier.intersects(SEEN_ON_BLANKS)
    }
}

/// Returns the way from one cell to another; the place may be in doubt.
pub(super) fn way(at: Option<(u16, u16)>, (x, y): (u16, u16)) -> String {
    let absolute = match (x, y) {
        (0, 0) => "\x1b[H".to_owned(),
        (0, _) => format!("\x1b[{}H", y + 1),
        _ => format!("\x1b[{};{}H", y + 1, x + 1),
    };
    let Some((from_x, from_y)) = at else {
        return absolute;
    };
    let along = along(from_x, x);
    // A new line and the columns from its start are sometimes less than the way back along the row.
    let from_start = shorter(along, "\r".to_owned() + &self::along(0, x));
    shorter(absolute, down(from_y, y) + &from_start)
}

/// Returns the sequence that leads from one style to another.
pub(super) fn restyle(from: Option<Pen>, pen: Pen) -> String {
    let afresh = codes(PLAIN, pen);
    let afresh = if afresh.is_empty() {
        String::new()
    } else {
        format!("0;{afresh}")
    };
    let code = match from {
        Some(now) if pen.modifier.contains(now.modifier) => {
            let change = codes(now, pen);
            if !afresh.is_empty() && afresh.len() < change.len() {
                afresh
            } else {
                change
            }
        }
        _ => afresh,
    };
    format!("\x1b[{code}m")
}

fn shorter(one: String, other: String) -> String {
    if other.len() < one.len() { other } else { one }
}

fn times(n: u16, letter: char) -> String {
    if n == 1 {
        format!("\x1b[{letter}")
    } else {
        format!("\x1b[{n}{letter}")
    }
}

/// Returns the way to another row; a line feed keeps the column, since the terminal is in raw mode.
fn down(from: u16, to: u16) -> String {
    match to.checked_sub(from) {
        Some(0) => String::new(),
        Some(n) => shorter("\n".repeat(usize::from(n)), times(n, 'B')),
        None => times(from - to, 'A'),
    }
}

/// Returns the way to another column.
fn along(from: u16, to: u16) -> String {
    match to.checked_sub(from) {
        Some(0) => String::new(),
        Some(n) => times(n, 'C'),
        None if to == 0 => "\r".to_owned(),
        None => shorter("\x08".repeat(usize::from(from - to)), times(from - to, 'D')),
    }
}

/// Returns the SGR parameters that lead from one style to another that has all its modifiers.
fn codes(from: Pen, to: Pen) -> String {
    let mut codes: Vec<String> = MODIFIERS
        .iter()
        .filter(|(modifier, _)| {
            to.modifier.contains(*modifier) && !from.modifier.contains(*modifier)
        })
        .map(|(_, code)| (*code).to_owned())
        .collect();
    if from.fg != to.fg {
        codes.push(colour(to.fg, 30, 38));
    }
    if from.bg != to.bg {
        codes.push(colour(to.bg, 40, 48));
    }
    if from.underline != to.underline {
        codes.push(match to.underline {
            Color::Rgb(r, g, b) => format!("58;2;{r};{g};{b}"),
            Color::Indexed(index) => format!("58;5;{index}"),
            _ => "59".to_owned(),
        });
    }
    codes.join(";")
}

fn colour(colour: Color, base: u8, extended: u8) -> String {
    let plain = |index: u8| (base + index).to_string();
    let bright = |index: u8| (base + 60 + index).to_string();
    match colour {
        Color::Reset => plain(9),
        Color::Black => plain(0),
        Color::Red => plain(1),
        Color::Green => plain(2),
        Color::Yellow => plain(3),
        Color::Blue => plain(4),
        Color::Magenta => plain(5),
        Color::Cyan => plain(6),
        Color::Gray => plain(7),
        Color::DarkGray => bright(0),
        Color::LightRed => bright(1),
        Color::LightGreen => bright(2),
        Color::LightYellow => bright(3),
        Color::LightBlue => bright(4),
        Color::LightMagenta => bright(5),
        Color::LightCyan => bright(6),
        Color::White => bright(7),
        Color::Rgb(r, g, b) => format!("{extended};2;{r};{g};{b}"),
        Color::Indexed(index) => format!("{extended};5;{index}"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_shortest_way_to_a_cell_is_taken() {
        let from = |to| way(Some((10, 5)), to);
        assert_eq!(from((11, 5)), "\x1b[C");
        assert_eq!(from((8, 5)), "\x08\x08");
        assert_eq!(from((0, 5)), "\r");
        assert_eq!(from((10, 7)), "\n\n");
        assert_eq!(from((9, 6)), "\n\x08");
        assert_eq!(from((0, 6)), "\n\r");
        assert_eq!(from((30, 20)), "\x1b[21;31H");
        assert_eq!(way(None, (0, 0)), "\x1b[H");
    }

    #[test]
    fn a_style_is_sent_once_and_taken_back_in_three_bytes() {
        let bold = Pen {
            modifier: Modifier::BOLD,
            ..PLAIN
        };
        let red = Pen {
            fg: Color::Red,
            ..bold
        };
        assert_eq!(restyle(Some(PLAIN), bold), "\x1b[1m");
        assert_eq!(restyle(Some(bold), PLAIN), "\x1b[m");
        assert_eq!(restyle(Some(bold), red), "\x1b[31m");
        assert_eq!(restyle(None, red), "\x1b[0;1;31m");
    }
}
