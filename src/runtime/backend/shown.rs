//! What a terminal shows, as far as the program wrote it: the cells, and how one frame differs from the next.
//!
//! Sends nothing; `backend.rs` writes what is found here.

use super::ways::{PLAIN, Pen};
use ratatui::buffer::{Buffer, Cell};
use ratatui::layout::{Position, Rect, Size};
use std::ops::Range;
use unicode_width::UnicodeWidthStr;

/// No cell is painted with it: `ui` writes control characters as letters.
const NEVER_PAINTED: &str = "\u{7f}";
/// Setting a region, scrolling it and taking it back, and a move to the next cell.
const SCROLL_BYTES: usize = 22;
/// A move within a row, roughly.
const MOVE_BYTES: usize = 5;
/// Fewer changed rows than these are not worth a look for what moved.
const LOOK_FROM: usize = 3;
/// As many moves are weighed against each other.
const MOST_TRIED: usize = 12;

/// The cells of the screen, row by row. The second half of a wide character is a cell with an empty symbol.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Shown {
    width: u16,
    cells: Vec<Cell>,
}

/// What the terminal shows and what it shall show next: they differ in the touched rows only, so that a frame costs what it
/// changes and not what the window holds.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Frames {
    canvas: Buffer,
    /// How each cell was painted last; a row that is painted like it again is not looked at closer.
    painted: Vec<Ink>,
    shown: Shown,
    next: Shown,
    touched: Vec<bool>,
}

impl Frames {
    pub(super) fn blank(size: Size) -> Self {
        let canvas = Buffer::empty(Rect::from((Position::ORIGIN, size)));
        Self {
            painted: canvas.content.iter().map(Ink::of).collect(),
            canvas,
            shown: Shown::blank(size),
            next: Shown::blank(size),
            touched: vec![false; usize::from(size.height)],
        }
    }

    pub(super) fn width(&self) -> u16 {
        self.shown.width
    }

    pub(super) fn height(&self) -> u16 {
        self.shown.height()
    }

    pub(super) fn size(&self) -> Size {
        self.canvas.area.as_size()
    }

    /// Returns a blank canvas for the next frame.
    pub(super) fn canvas(&mut self) -> &mut Buffer {
        self.canvas.reset();
        &mut self.canvas
    }

    /// Takes in what was painted onto the canvas.
    pub(super) fn take_in(&mut self) {
        let width = usize::from(self.width()).max(1);
        let rows = self.painted.chunks_mut(width);
        let rows = (0..).zip(rows.zip(self.canvas.content.chunks(width)));
        for (y, (before, painted)) in rows {
            if before
                .iter()
                .zip(painted)
                .all(|(ink, cell)| ink.is_of(cell))
            {
                continue;
            }
            self.next.set_row(y, before, painted);
            self.touched[usize::from(y)] = true;
            for (ink, cell) in before.iter_mut().zip(painted) {
                *ink = Ink::of(cell);
            }
        }
    }

    /// Returns a row as it is shown and as it shall be, where these differ.
    pub(super) fn changed(&self, y: u16) -> Option<(&[Cell], &[Cell])> {
        if !self.touched.get(usize::from(y)).is_some_and(|it| *it) {
            return None;
        }
        let (old, new) = (self.shown.row(y), self.next.row(y));
        (old != new).then_some((old, new))
    }

    /// Notes that it is not known what the terminal shows in an area: all of it is sent again.
    pub(super) fn doubt(&mut self, area: Rect) {
        let area = area.intersection(self.canvas.area);
        for y in area.rows().map(|row| row.y) {
            let (first, last) = (usize::from(area.left()), usize::from(area.right()));
            let start = self.shown.span(y..y + 1).start;
            self.shown.cells[start + first..start + last].fill(Cell::new(NEVER_PAINTED));
            self.touched[usize::from(y)] = true;
        }
    }

    /// Finds rows that moved together, where moving them on the terminal is cheaper than sending them again.
    pub(super) fn moved(&self) -> Option<Scroll> {
        let changed: Vec<bool> = (0..self.height())
            .map(|y| self.changed(y).is_some())
            .collect();
        self.shown.moved_to(&self.next, &changed)
    }

    /// Notes that the terminal moved rows; what it shows in their region is compared anew.
    pub(super) fn scroll(&mut self, scroll: &Scroll) {
        self.shown.scroll(scroll);
        for y in scroll.region.clone() {
            self.touched[usize::from(y)] = true;
        }
    }

    /// Notes that the terminal shows the next frame now.
    pub(super) fn sent(&mut self) {
        for (y, touched) in (0..).zip(&mut self.touched) {
            if std::mem::take(touched) {
                let span = self.next.span(y..y + 1);
                self.shown.cells[span.clone()].clone_from_slice(&self.next.cells[span]);
            }
        }
    }
}

/// Rows that moved together.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Scroll {
    /// The rows within which they moved.
    pub(super) region: Range<u16>,
    /// By how many rows; up is positive.
    pub(super) up: i16,
}

impl Shown {
    fn blank(size: Size) -> Self {
        let count = usize::from(size.width) * usize::from(size.height);
        Self {
            width: size.width,
            cells: vec![Cell::default(); count],
        }
    }

    fn height(&self) -> u16 {
        let rows = self.cells.len() / usize::from(self.width.max(1));
        u16::try_from(rows).unwrap_or(u16::MAX)
    }

    fn row(&self, y: u16) -> &[Cell] {
        &self.cells[self.span(y..y + 1)]
    }

    fn span(&self, rows: Range<u16>) -> Range<usize> {
        let width = usize::from(self.width);
        usize::from(rows.start) * width..usize::from(rows.end) * width
    }

    /// Takes a row as it is to be shown; it was painted like `before` when it was taken in last.
    fn set_row(&mut self, y: u16, before: &[Ink], painted: &[Cell]) {
        let span = self.span(y..y + 1);
        let cells = &mut self.cells[span];
        let mut x = 0;
        while x < cells.len() {
            let cell = &painted[x];
            let wide = width(cell.symbol()).clamp(1, cells.len() - x);
            let was_covered = cells[x].symbol().is_empty();
            if wide > 1 || was_covered || !before[x].is_of(cell) {
                cells[x] = tidy(cell);
                let (first, covered) = cells[x..x + wide].split_at_mut(1);
                for half in covered {
                    half.clone_from(&first[0]);
                    half.set_symbol("");
                }
            }
            x += wide;
        }
    }

    /// Moves rows as the terminal does; what comes in is blank.
    fn scroll(&mut self, scroll: &Scroll) {
        let by = usize::from(scroll.up.unsigned_abs()) * usize::from(self.width);
        let span = self.span(scroll.region.clone());
        let region = &mut self.cells[span];
        if scroll.up > 0 {
            region.rotate_left(by);
            let kept = region.len() - by;
            region[kept..].fill(Cell::default());
        } else {
            region.rotate_right(by);
            region[..by].fill(Cell::default());
        }
    }

    fn moved_to(&self, next: &Self, changed: &[bool]) -> Option<Scroll> {
        let rows = 0..self.height();
        if changed.iter().filter(|changed| **changed).count() < LOOK_FROM {
            return None;
        }
        // A row that stays where it is has not moved, however many look like it.
        let left = |y: &u16| changed[usize::from(*y)] && is_movable(self.row(*y));
        let origins: Vec<u16> = rows.clone().filter(left).collect();
        let mut best = (0, None);
        let mut tried: Vec<Scroll> = Vec::new();
        for y in rows.filter(|y| changed[usize::from(*y)]) {
            let row = next.row(y);
            let came = |origin: &&u16| **origin != y && self.row(**origin) == row;
            for origin in origins.iter().filter(came) {
                let Some(scroll) = self.run(next, y, *origin) else {
                    continue;
                };
                if tried.contains(&scroll) || tried.len() == MOST_TRIED {
                    continue;
                }
                let gain = self.gain(next, &scroll);
                if gain > best.0 {
                    best = (gain, Some(scroll.clone()));
                }
                tried.push(scroll);
            }
        }
        best.1
    }

    /// The rows around `y` that all came from the same distance as this one.
    fn run(&self, next: &Self, y: u16, origin: u16) -> Option<Scroll> {
        let up = i32::from(origin) - i32::from(y);
        let comes = |y: i32| {
            let rows = 0..i32::from(self.height());
            let from = y + up;
            rows.contains(&y)
                && rows.contains(&from)
                && u16::try_from(y)
                    .ok()
                    .zip(u16::try_from(from).ok())
                    .is_some_and(|(y, from)| next.row(y) == self.row(from))
        };
        let mut first = i32::from(y);
        while comes(first - 1) {
            first -= 1;
        }
        let mut last = i32::from(y);
        while comes(last + 1) {
            last += 1;
        }
        let (start, end) = if up > 0 {
            (first, last + up + 1)
        } else {
            (first + up, last + 1)
        };
        Some(Scroll {
            region: u16::try_from(start).ok()?..u16::try_from(end).ok()?,
            up: i16::try_from(up).ok()?,
        })
    }

    /// How many bytes a scroll saves; 0 when it saves none.
    fn gain(&self, next: &Self, scroll: &Scroll) -> usize {
        let without: usize = scroll
            .region
            .clone()
            .map(|y| cost(self.row(y), next.row(y)))
            .sum();
        let blank = vec![Cell::default(); usize::from(self.width)];
        let comes_from = |y: u16| {
            let from = y.checked_add_signed(scroll.up)?;
            scroll.region.contains(&from).then(|| self.row(from))
        };
        let with: usize = scroll
            .region
            .clone()
            .map(|y| cost(comes_from(y).unwrap_or(&blank), next.row(y)))
            .sum();
        without.saturating_sub(with + SCROLL_BYTES)
    }
}

/// What of a painted cell tells it from another, in a third of the room: all of them are looked at in every frame.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Ink {
    /// `None` for a joined symbol, which is looked at closer each time.
    letter: Option<char>,
    pen: Pen,
}

impl Ink {
    fn of(cell: &Cell) -> Self {
        Self {
            letter: letter(cell.symbol()),
            pen: Pen::of(cell),
        }
    }

    fn is_of(&self, cell: &Cell) -> bool {
        let letter = letter(cell.symbol());
        letter.is_some() && self.letter == letter && self.pen == Pen::of(cell)
    }
}

/// Returns the only character of a symbol; those of one byte are the rule.
fn letter(symbol: &str) -> Option<char> {
    if let [byte] = symbol.as_bytes() {
        return Some(char::from(*byte));
    }
    let mut letters = symbol.chars();
    letters.next().filter(|_| letters.next().is_none())
}

/// Returns how many columns a symbol takes; letters of one byte are the rule.
fn width(symbol: &str) -> usize {
    if symbol.len() == 1 { 1 } else { symbol.width() }
}

/// Returns a cell without what cannot be seen of it: a blank has no colour of its own.
fn tidy(cell: &Cell) -> Cell {
    let mut seen = Cell::default();
    seen.set_symbol(cell.symbol());
    let pen = Pen::of(cell);
    let pen = if cell.symbol() == " " && pen.leaves_blanks_plain() {
        PLAIN
    } else {
        pen
    };
    (seen.fg, seen.bg) = (pen.fg, pen.bg);
    (seen.underline_color, seen.modifier) = (pen.underline, pen.modifier);
    seen
}

/// Whether it is a blank in the terminal's own style.
pub(super) fn is_blank(cell: &Cell) -> bool {
    cell.symbol() == " " && Pen::of(cell) == PLAIN
}

/// Whether every terminal agrees on how wide a symbol is: they disagree on joined ones.
pub(super) fn is_certain(symbol: &str) -> bool {
    symbol.is_ascii() || symbol.chars().nth(1).is_none()
}

fn is_movable(row: &[Cell]) -> bool {
    row.iter().all(|cell| is_certain(cell.symbol())) && !row.iter().all(is_blank)
}

/// Roughly how many bytes lead from one row to another.
fn cost(from: &[Cell], to: &[Cell]) -> usize {
    let mut cost = 0;
    let mut writing = false;
    let tail = to
        .iter()
        .rposition(|cell| !is_blank(cell))
        .map_or(0, |at| at + 1);
    for (x, (old, new)) in from.iter().zip(to).enumerate() {
        let differs = old != new;
        if differs && !writing {
            cost += MOVE_BYTES;
        }
        writing = differs;
        if differs && x >= tail {
            return cost + 3;
        }
        if differs {
            cost += new.symbol().len();
        }
    }
    cost
}

#[cfg(test)]
mod tests {
    use super::*;

    fn paint(frames: &mut Frames, cells: &[(u16, u16, &'static str)]) {
        let canvas = frames.canvas();
        for (x, y, symbol) in cells {
            canvas[(*x, *y)] = Cell::new(symbol);
        }
        frames.take_in();
    }

    #[test]
    fn a_frame_compares_the_rows_that_were_painted_otherwise_and_no_others() {
        let mut frames = Frames::blank(Size::new(8, 60));
        let touched = |frames: &Frames| frames.touched.iter().filter(|it| **it).count();
        let changed = |frames: &Frames| (0..60).filter(|y| frames.changed(*y).is_some()).count();
        paint(&mut frames, &[(3, 7, "a"), (3, 9, "b")]);
        assert_eq!((touched(&frames), changed(&frames)), (2, 2));
        frames.sent();
        assert_eq!(frames.shown, frames.next);
        assert_eq!((touched(&frames), changed(&frames)), (0, 0));
        paint(&mut frames, &[(3, 7, "a"), (4, 9, "b")]);
        assert_eq!((touched(&frames), changed(&frames)), (1, 1));
    }

    #[test]
    fn what_cannot_be_seen_of_a_painted_blank_changes_nothing() {
        let mut frames = Frames::blank(Size::new(8, 2));
        frames.canvas()[(1, 1)].set_fg(ratatui::style::Color::Red);
        frames.take_in();
        assert!(frames.touched[1] && frames.changed(1).is_none());
    }

    #[test]
    fn rows_that_the_terminal_moved_are_compared_anew() {
        let mut frames = Frames::blank(Size::new(8, 10));
        let letters = ["a", "b", "c", "d", "e"];
        let rows: Vec<_> = (0..10)
            .map(|y| (0, y, letters[usize::from(y) % 5]))
            .collect();
        paint(&mut frames, &rows);
        frames.sent();
        frames.scroll(&Scroll {
            region: 2..6,
            up: 1,
        });
        assert!((2..6).all(|y| frames.changed(y).is_some()));
        assert!(frames.changed(1).is_none() && frames.changed(6).is_none());
        frames.sent();
        assert_eq!(frames.shown, frames.next);
    }
}
