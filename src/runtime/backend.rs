//! The terminal as ratatui draws onto it: remembers where the cursor stands and which style is on, and sends only what differs.
//!
//! A frame is one write, and a frame without a change is none. It knows nothing of the program; what is drawn is `ui`'s.

use ratatui::backend::{Backend, ClearType, WindowSize};
use ratatui::buffer::Cell;
use ratatui::layout::{Position, Size};
use ratatui::style::{Color, Modifier};
use std::io::{self, Write};
use unicode_width::UnicodeWidthStr;

/// Writes frames to `W` with as few bytes as it can.
#[derive(Debug)]
pub struct WireBackend<W: Write> {
    out: W,
    frame: Vec<u8>,
    /// Where the terminal's cursor is; `None` when a wrap or an emoji leaves it in doubt.
    at: Option<(u16, u16)>,
    style: Option<Pen>,
    cursor_shown: Option<bool>,
    bytes: u64,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Pen {
    fg: Color,
    bg: Color,
    underline: Color,
    modifier: Modifier,
}

const PLAIN: Pen = Pen {
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

impl<W: Write> WireBackend<W> {
    /// Creates a backend for a terminal in an unknown state.
    pub fn new(out: W) -> Self {
        Self {
            out,
            frame: Vec::new(),
            at: None,
            style: None,
            cursor_shown: None,
            bytes: 0,
        }
    }

    /// Forgets what the terminal looks like: something else wrote onto it.
    pub fn forget(&mut self) {
        self.at = None;
        self.style = None;
        self.cursor_shown = None;
    }

    /// Returns how many bytes were written so far.
    pub fn bytes(&self) -> u64 {
        self.bytes
    }

    /// Returns what is written to.
    pub fn out(&self) -> &W {
        &self.out
    }

    fn go(&mut self, x: u16, y: u16) {
        if self.at == Some((x, y)) {
            return;
        }
        let mut way = match (x, y) {
            (0, 0) => "\x1b[H".to_owned(),
            (0, _) => format!("\x1b[{}H", y + 1),
            _ => format!("\x1b[{};{}H", y + 1, x + 1),
        };
        if let Some((from_x, from_y)) = self.at {
            let relative = down(from_y, y) + &along(from_x, x);
            if relative.len() < way.len() {
                way = relative;
            }
        }
        self.frame.extend_from_slice(way.as_bytes());
        self.at = Some((x, y));
    }

    fn pen(&mut self, pen: Pen) {
        if self.style == Some(pen) {
            return;
        }
        let afresh = codes(PLAIN, pen);
        let afresh = if afresh.is_empty() {
            String::new()
        } else {
            format!("0;{afresh}")
        };
        let code = match self.style {
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
        self.frame
            .extend_from_slice(format!("\x1b[{code}m").as_bytes());
        self.style = Some(pen);
    }
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

impl<W: Write> Backend for WireBackend<W> {
    type Error = io::Error;

    fn draw<'a, I>(&mut self, content: I) -> io::Result<()>
    where
        I: Iterator<Item = (u16, u16, &'a Cell)>,
    {
        let columns = self.size()?.width;
        for (x, y, cell) in content {
            self.go(x, y);
            self.pen(Pen {
                fg: cell.fg,
                bg: cell.bg,
                underline: cell.underline_color,
                modifier: cell.modifier,
            });
            let symbol = cell.symbol();
            self.frame.extend_from_slice(symbol.as_bytes());
            let width = u16::try_from(symbol.width()).unwrap_or(1);
            let next = x + width;
            // Terminals disagree on joined emoji, and at the edge on where the cursor waits.
            let certain = next < columns && (symbol.is_ascii() || symbol.chars().nth(1).is_none());
            self.at = certain.then_some((next, y));
        }
        Ok(())
    }

    fn hide_cursor(&mut self) -> io::Result<()> {
        if self.cursor_shown != Some(false) {
            self.frame.extend_from_slice(b"\x1b[?25l");
            self.cursor_shown = Some(false);
        }
        Ok(())
    }

    fn show_cursor(&mut self) -> io::Result<()> {
        if self.cursor_shown != Some(true) {
            self.frame.extend_from_slice(b"\x1b[?25h");
            self.cursor_shown = Some(true);
        }
        Ok(())
    }

    fn get_cursor_position(&mut self) -> io::Result<Position> {
        // The terminal is not asked: an answer over a slow line would arrive among the keys.
        let (x, y) = self.at.unwrap_or((0, 0));
        Ok(Position { x, y })
    }

    fn set_cursor_position<P: Into<Position>>(&mut self, position: P) -> io::Result<()> {
        let Position { x, y } = position.into();
        self.go(x, y);
        Ok(())
    }

    fn clear(&mut self) -> io::Result<()> {
        self.clear_region(ClearType::All)
    }

    fn clear_region(&mut self, region: ClearType) -> io::Result<()> {
        self.pen(PLAIN);
        let code: &[u8] = match region {
            ClearType::All => b"\x1b[2J",
            ClearType::AfterCursor => b"\x1b[J",
            ClearType::BeforeCursor => b"\x1b[1J",
            ClearType::CurrentLine => b"\x1b[2K",
            ClearType::UntilNewLine => b"\x1b[K",
        };
        self.frame.extend_from_slice(code);
        Ok(())
    }

    fn size(&self) -> io::Result<Size> {
        let (width, height) = crossterm::terminal::size()?;
        Ok(Size { width, height })
    }

    fn window_size(&mut self) -> io::Result<WindowSize> {
        Ok(WindowSize {
            columns_rows: self.size()?,
            pixels: Size::default(),
        })
    }

    fn flush(&mut self) -> io::Result<()> {
        if self.frame.is_empty() {
            return Ok(());
        }
        let written = self.out.write_all(&self.frame);
        self.bytes += self.frame.len() as u64;
        self.frame.clear();
        written?;
        self.out.flush()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use ratatui::style::Style;

    fn sent(draw: impl FnOnce(&mut WireBackend<Vec<u8>>)) -> String {
        let mut wire = WireBackend::new(Vec::new());
        wire.at = Some((10, 5));
        wire.style = Some(PLAIN);
        wire.cursor_shown = Some(true);
        draw(&mut wire);
        wire.flush().unwrap();
        String::from_utf8(wire.out).unwrap()
    }

    #[test]
    fn a_frame_without_a_change_sends_nothing() {
        assert_eq!(sent(|wire| wire.show_cursor().unwrap()), "");
    }

    #[test]
    fn the_shortest_way_to_a_cell_is_taken() {
        assert_eq!(sent(|wire| wire.go(11, 5)), "\x1b[C");
        assert_eq!(sent(|wire| wire.go(8, 5)), "\x08\x08");
        assert_eq!(sent(|wire| wire.go(0, 5)), "\r");
        assert_eq!(sent(|wire| wire.go(10, 7)), "\n\n");
        assert_eq!(sent(|wire| wire.go(9, 6)), "\n\x08");
        assert_eq!(sent(|wire| wire.go(0, 6)), "\n\r");
        assert_eq!(sent(|wire| wire.go(30, 20)), "\x1b[21;31H");
    }

    #[test]
    fn a_style_is_sent_once_and_taken_back_in_three_bytes() {
        let bold = Pen {
            modifier: Modifier::BOLD,
            ..PLAIN
        };
        assert_eq!(sent(|wire| wire.pen(bold)), "\x1b[1m");
        assert_eq!(
            sent(|wire| {
                wire.pen(bold);
                wire.pen(bold);
                wire.pen(PLAIN);
            }),
            "\x1b[1m\x1b[m"
        );
        let red = Pen {
            fg: Color::Red,
            ..bold
        };
        assert_eq!(
            sent(|wire| {
                wire.pen(bold);
                wire.pen(red);
            }),
            "\x1b[1m\x1b[31m"
        );
    }

    #[test]
    fn what_a_terminal_shows_is_what_was_drawn() {
        let mut parser = vt100::Parser::new(3.try_into().unwrap(), 12.try_into().unwrap(), 0);
        let mut wire = WireBackend::new(Vec::new());
        let mut cells = Vec::new();
        for (x, y, symbol, style) in [
            (0, 0, "a", Style::new()),
            (1, 0, "国", Style::new().add_modifier(Modifier::BOLD)),
            (3, 0, "b", Style::new()),
            (11, 1, "c", Style::new().fg(Color::Green)),
            (0, 2, "d", Style::new()),
        ] {
            let mut cell = Cell::default();
            cell.set_symbol(symbol).set_style(style);
            cells.push((x, y, cell));
        }
        for (x, y, cell) in &cells {
            wire.go(*x, *y);
            wire.pen(Pen {
                fg: cell.fg,
                bg: cell.bg,
                underline: cell.underline_color,
                modifier: cell.modifier,
            });
            wire.frame.extend_from_slice(cell.symbol().as_bytes());
            wire.at = None;
        }
        wire.flush().unwrap();
        parser.process(wire.out());
        assert_eq!(parser.screen().contents(), "a国b\n           c\nd");
    }
}
