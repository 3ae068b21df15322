//! Pictures on a frame: their miniatures in half blocks, and where the terminal may show the pictures themselves.
//!
//! Writes no sequence; what the terminal is sent for a picture is decided behind `ui`.

use super::super::theme;
use super::{Paper, Pen};
use crate::app::thumbs::Thumbs;
use ratatui::layout::{Position, Rect};

/// A picture that the terminal may show itself, over its miniature.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Placed {
    /// The picture's hash.
    pub hash: String,
    /// The cells that it takes.
    pub area: Rect,
}

/// What belongs to a frame besides its cells.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Painted {
    /// Where the cursor stands, if it is to be seen.
    pub cursor: Option<Position>,
    /// The pictures that stand whole on it.
    pub pictures: Vec<Placed>,
}

impl Pen<'_> {
    /// Draws a row of a picture in miniature, two colours in each cell; with its first row it notes where the picture stands.
    pub fn picture_row(&mut self, x: u16, y: u16, thumbs: &Thumbs, hash: &str, row: u16) {
        let sign = self.signs.upper_half();
        let (Paper::Cells(buffer), Some(thumb)) = (&mut self.paper, thumbs.of(hash)) else {
            return;
        };
        if row == 0 && thumb.pixels.is_some() {
            self.placed.push(Placed {
                hash: hash.to_owned(),
                area: Rect::new(x, y, thumb.width, thumb.rows()),
            });
        }
        for (column, (above, below)) in (0..).zip(thumb.cells(row)) {
            let Some(cell) = buffer.cell_mut((x.saturating_add(column), y)) else {
                return;
            };
            cell.set_symbol(sign);
            cell.fg = theme::half(above, thumbs.showing);
            cell.bg = theme::half(below, thumbs.showing);
        }
    }

    /// Returns the cursor and the pictures that stand whole on a frame: nothing was written over them, no edge cuts them.
    pub fn into_painted(mut self) -> Painted {
        let sign = self.signs.upper_half();
        if let Paper::Cells(buffer) = &self.paper {
            self.placed.retain(|it| {
                let area = it.area;
                area.intersection(buffer.area) == area
                    && area.positions().all(|at| buffer[at].symbol() == sign)
            });
        }
        Painted {
            cursor: self.cursor,
            pictures: self.placed,
        }
    }
}
