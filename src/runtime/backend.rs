//! The terminal that frames are painted for: remembers what it shows, where its cursor stands and which style is on, and sends
//! only what differs.
//!
//! A frame is one write, and a frame without a change is none. It knows nothing of the program; what is painted is `ui`'s. The
//! ways from one state to another are `backend/ways.rs`, what differs between two frames is found by `backend/shown.rs`,
//! pictures over the cells are put and taken off by `backend/pictures.rs`.

mod pictures;
mod shown;
#[cfg(test)]
mod tests;
mod ways;

use pictures::Pictures;
pub use pictures::{ALL_KITTY_OFF, Painted, Picture};
use ratatui::buffer::{Buffer, Cell};
use ratatui::layout::{Position, Size};
use shown::{Frames, is_blank, is_certain};
use std::io::{self, Write};
use unicode_width::UnicodeWidthStr;
use ways::{PLAIN, Pen};

/// Asks the terminal whether it is well (ECMA-48 8.3.35, DSR 5); it answers `CSI 0 n` when it has read that far.
pub const QUESTION: &str = "\x1b[5n";
/// As many bytes of frames may be on the way without a question behind them: a typed letter is not asked about.
const UNASKED: usize = 64;
/// More cells than this between two changes are never sent again.
const LONGEST_GAP: u16 = 8;

/// Since when pictures stand where the last frame has them.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Moved {
    /// Since that frame.
    JustNow,
    /// Since an earlier one.
    Before,
}

/// Writes frames to `W` with as few bytes as it can.
#[derive(Debug)]
pub struct WireBackend<W: Write> {
    out: W,
    frame: Vec<u8>,
    /// What the terminal shows, and shall show next; `None` while that is not known: it is cleared before the next frame.
    frames: Option<Frames>,
    /// Where the terminal's cursor is; `None` when a wrap or an emoji leaves it in doubt.
    at: Option<(u16, u16)>,
    style: Option<Pen>,
    cursor_shown: Option<bool>,
    size: Option<Size>,
    bytes: u64,
    pictures: Pictures,
    may_show: bool,
    may_ask: bool,
    unasked: usize,
    asked: Option<usize>,
}

impl<W: Write> WireBackend<W> {
    /// Creates a backend for a terminal in an unknown state.
    pub fn new(out: W) -> Self {
        Self {
            out,
            frame: Vec::new(),
            frames: None,
            at: None,
            style: None,
            cursor_shown: None,
            size: None,
            bytes: 0,
            pictures: Pictures::default(),
            may_show: false,
            may_ask: false,
            unasked: 0,
            asked: None,
        }
    }

    /// Creates a backend for something of a fixed size that is not the process's own terminal.
    pub fn with_size(out: W, size: Size) -> Self {
        let mut wire = Self::new(out);
        wire.size = Some(size);
        wire
    }

    /// Tells how large the terminal is from now on.
    pub fn resized(&mut self, size: Size) {
        self.size = Some(size);
    }

    /// Forgets what the terminal looks like: something else wrote onto it.
    pub fn forget(&mut self) {
        self.frames = None;
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

    /// Allows, or forbids, a question at the end of the next frames.
    pub fn allow_question(&mut self, allowed: bool) {
        self.may_ask = allowed;
    }

    /// Returns, once, how many bytes were under way when a frame ended with a question.
    pub fn take_asked(&mut self) -> Option<usize> {
        self.asked.take()
    }

    /// Allows, or forbids, that the next frames put pictures onto their miniatures; they are taken off in any case.
    pub fn allow_pictures(&mut self, allowed: bool) {
        self.may_show = allowed;
    }

    /// Returns whether pictures of the last frame wait to be put, and whether they stood elsewhere in the frame before.
    pub fn pictures_wait(&self) -> Option<Moved> {
        let moved = match self.pictures.moved() {
            true => Moved::JustNow,
            false => Moved::Before,
        };
        self.pictures.wait().then_some(moved)
    }

    /// Has a frame painted onto a blank canvas of the terminal's size, and sends what differs from the one before; the painter
    /// returns where the cursor and pictures stand.
    ///
    /// # Errors
    /// When the terminal is gone.
    pub fn draw<'p, P: Into<Painted<'p>>>(
        &mut self,
        paint: impl FnOnce(&mut Buffer) -> P,
    ) -> io::Result<()> {
        let size = self.size()?;
        let mut frames = match self.frames.take().filter(|it| it.size() == size) {
            Some(frames) => frames,
            None => self.clear(size),
        };
        let painted = paint(frames.canvas()).into();
        frames.take_in();
        (self.pictures).take_off(&painted.pictures, &mut frames, &mut self.frame);
        self.send(&mut frames);
        self.frames = Some(frames);
        self.put_pictures(&painted.pictures);
        match painted.cursor {
            Some(at) => self.show_cursor(at),
            None => self.hide_cursor(),
        }
        self.flush()
    }

    /// Clears the terminal, which shows a blank frame then.
    fn clear(&mut self, size: Size) -> Frames {
        self.pen(PLAIN);
        self.frame.extend_from_slice(b"\x1b[2J");
        self.pictures.clear(&mut self.frame);
        Frames::blank(size)
    }

    /// Puts the pictures that are not there yet, behind the frame's text.
    fn put_pictures(&mut self, pictures: &[Picture<'_>]) {
        if !self.may_show || self.pictures.moved() {
            return;
        }
        while let Some((at, sequence)) = self.pictures.put_next(pictures) {
            self.go(at.x, at.y);
            self.frame.extend_from_slice(&sequence);
            // Terminals disagree on where a picture leaves it.
            self.at = None;
        }
    }

    /// Sends what the next frame changes.
    fn send(&mut self, frames: &mut Frames) {
        let moved = match self.pictures.are_there() {
            true => None,
            false => frames.moved(),
        };
        if let Some(scroll) = moved {
            self.scroll(&scroll, frames.height());
            frames.scroll(&scroll);
        }
        for y in 0..frames.height() {
            let Some((old, new)) = frames.changed(y) else {
                continue;
            };
            if old.iter().chain(new).all(|cell| is_certain(cell.symbol())) {
                self.row(y, old, new, frames.width());
            } else {
                self.uncertain_row(y, old, new, frames.width());
            }
        }
        frames.sent();
    }

    fn go(&mut self, x: u16, y: u16) {
        if self.at == Some((x, y)) {
            return;
        }
        let way = ways::way(self.at, (x, y));
        self.frame.extend_from_slice(way.as_bytes());
        self.at = Some((x, y));
    }

    /// Moves on along a row; what stands between is sent again where that is less than a move.
    fn go_along(&mut self, x: u16, y: u16, row: &[Cell]) {
        if let Some((from, at_y)) = self.at
            && at_y == y
            && from < x
            && x - from <= LONGEST_GAP
        {
            let between = &row[usize::from(from)..usize::from(x)];
            let bytes: usize = between.iter().map(|cell| cell.symbol().len()).sum();
            let same_pen = between.iter().all(|cell| self.is_drawn_by_pen(cell));
            if same_pen && bytes <= ways::way(self.at, (x, y)).len() {
                for cell in between {
                    self.frame.extend_from_slice(cell.symbol().as_bytes());
                }
                self.at = Some((x, y));
                return;
            }
        }
        self.go(x, y);
    }

    /// Whether a cell can be sent as it is, in the style that is on.
    fn is_drawn_by_pen(&self, cell: &Cell) -> bool {
        let plain = is_blank(cell) && self.style.is_some_and(Pen::leaves_blanks_plain);
        (plain || self.style == Some(Pen::of(cell))) && is_certain(cell.symbol())
    }

    fn pen(&mut self, pen: Pen) {
        if self.style != Some(pen) {
            let code = ways::restyle(self.style, pen);
            self.frame.extend_from_slice(code.as_bytes());
            self.style = Some(pen);
        }
    }

    /// Makes sure that blanks, and what is erased, have the terminal's own background.
    fn pen_for_blanks(&mut self) {
        if !self.style.is_some_and(Pen::leaves_blanks_plain) {
            self.pen(PLAIN);
        }
    }

    /// Sends one cell; the way to it has been gone.
    fn put(&mut self, x: u16, y: u16, cell: &Cell, columns: u16) {
        if is_blank(cell) {
            self.pen_for_blanks();
        } else {
            self.pen(Pen::of(cell));
        }
        let symbol = cell.symbol();
        self.frame.extend_from_slice(symbol.as_bytes());
        let next = x.saturating_add(u16::try_from(symbol.width()).unwrap_or(1));
        // Terminals disagree on joined emoji, and at the edge on where the cursor waits.
        let certain = next < columns && is_certain(symbol);
        self.at = certain.then_some((next, y));
    }

    /// Sends what differs between two rows of cells whose width is certain.
    fn row(&mut self, y: u16, old: &[Cell], new: &[Cell], columns: u16) {
        let tail = new
            .iter()
            .rposition(|cell| !is_blank(cell))
            .map_or(0, |at| at + 1);
        let mut x = 0;
        while x < new.len() {
            let covered = new[x + 1..]
                .iter()
                .take_while(|cell| cell.symbol().is_empty())
                .count();
            let after = x + 1 + covered;
            if old[x..after] == new[x..after] {
                x = after;
                continue;
            }
            let blanks = new[x..].iter().take_while(|cell| is_blank(cell)).count();
            let changed = (x..x + blanks)
                .rev()
                .find(|at| old[*at] != new[*at])
                .map_or(0, |last| last + 1 - x);
            let column = u16::try_from(x).unwrap_or(u16::MAX);
            if changed > 0 {
                self.go_along(column, y, new);
                self.pen_for_blanks();
                let erase = format!("\x1b[{changed}X");
                if x >= tail && changed > 3 {
                    self.frame.extend_from_slice(b"\x1b[K");
                    return;
                }
                // The cursor stays before what was erased, so that a move is still to come.
                if changed > erase.len() + 4 {
                    self.frame.extend_from_slice(erase.as_bytes());
                } else {
                    self.frame.extend(std::iter::repeat_n(b' ', changed));
                    let next = column.saturating_add(u16::try_from(changed).unwrap_or(u16::MAX));
                    self.at = (next < columns).then_some((next, y));
                }
                x += changed;
                continue;
            }
            self.go_along(column, y, new);
            self.put(column, y, &new[x], columns);
            x = after;
        }
    }

    /// Sends what differs in a row where terminals may disagree on a width: every cell by itself, and what a joined emoji covers
    /// is cleared first.
    fn uncertain_row(&mut self, y: u16, old: &[Cell], new: &[Cell], columns: u16) {
        for (x, cell) in new.iter().enumerate() {
            let wide = cell.symbol().width().clamp(1, new.len() - x);
            if cell.symbol().is_empty() || old[x..x + wide] == new[x..x + wide] {
                continue;
            }
            let column = u16::try_from(x).unwrap_or(u16::MAX);
            self.go(column, y);
            if !is_certain(cell.symbol()) {
                self.pen(Pen::of(cell));
                self.frame.extend(std::iter::repeat_n(b' ', wide));
                self.at = None;
                self.go(column, y);
            }
            self.put(column, y, cell, columns);
        }
    }

    fn scroll(&mut self, scroll: &shown::Scroll, rows: u16) {
        self.pen_for_blanks();
        let whole = scroll.region == (0..rows);
        let (by, letter) = (
            scroll.up.unsigned_abs(),
            if scroll.up > 0 { 'S' } else { 'T' },
        );
        let by = if by == 1 {
            String::new()
        } else {
            by.to_string()
        };
        let sequence = if whole {
            format!("\x1b[{by}{letter}")
        } else {
            let (top, bottom) = (scroll.region.start + 1, scroll.region.end);
            format!("\x1b[{top};{bottom}r\x1b[{by}{letter}\x1b[r")
        };
        self.frame.extend_from_slice(sequence.as_bytes());
        // Terminals put the cursor home, or leave it.
        self.at = None;
    }

    fn hide_cursor(&mut self) {
        if self.cursor_shown != Some(false) {
            self.frame.extend_from_slice(b"\x1b[?25l");
            self.cursor_shown = Some(false);
        }
    }

    fn show_cursor(&mut self, at: Position) {
        if self.cursor_shown != Some(true) {
            self.frame.extend_from_slice(b"\x1b[?25h");
            self.cursor_shown = Some(true);
        }
        self.go(at.x, at.y);
    }

    fn size(&self) -> io::Result<Size> {
        if let Some(size) = self.size {
            return Ok(size);
        }
        let (width, height) = crossterm::terminal::size()?;
        Ok(Size { width, height })
    }

    fn flush(&mut self) -> io::Result<()> {
        if self.frame.is_empty() {
            return Ok(());
        }
        self.unasked += self.frame.len();
        if self.may_ask && self.unasked >= UNASKED {
            self.frame.extend_from_slice(QUESTION.as_bytes());
            self.asked = Some(std::mem::take(&mut self.unasked));
            self.may_ask = false;
        }
        let written = self.out.write_all(&self.frame);
        self.bytes += self.frame.len() as u64;
        self.frame.clear();
        written?;
        self.out.flush()
    }
}
