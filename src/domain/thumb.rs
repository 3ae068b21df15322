//! A picture in miniature, as a terminal can show it: two colours in each cell, one above the other.
//!
//! Plain data. `media` makes it, `app` keeps it, `ui` draws it; the picture itself, for terminals that show pictures, is in
//! `pixels.rs` beside it.

use super::pixels::Pixels;

/// Most columns of a miniature.
pub const THUMB_COLUMNS: u16 = 24;
/// Most rows of a miniature.
pub const THUMB_ROWS: u16 = 8;

/// Red, green and blue.
pub type Rgb = [u8; 3];

/// A picture in miniature.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Thumb {
    /// Colours in a row.
    pub width: u16,
    /// The colours, row by row; an even number of rows.
    pub colours: Vec<Rgb>,
    /// The picture itself, to be shown in the place of the colours; `None` where the terminal has no way to, or it would take
    /// too many bytes.
    pub pixels: Option<Pixels>,
}

impl Thumb {
    /// Returns how many rows of cells it takes.
    pub fn rows(&self) -> u16 {
        let all = self.colours.len() / usize::from(self.width.max(1));
        u16::try_from(all / 2).unwrap_or(u16::MAX)
    }

    /// Returns the cells of a row: the colour above and the colour below.
    pub fn cells(&self, row: u16) -> impl Iterator<Item = (Rgb, Rgb)> + '_ {
        let width = usize::from(self.width);
        let start = (usize::from(row) * 2 * width).min(self.colours.len());
        let rest = &self.colours[start..];
        let (above, below) = rest.split_at(width.min(rest.len()));
        above.iter().copied().zip(below.iter().copied())
    }
}

/// How a miniature is shown.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Showing {
    /// Not at all: words are.
    #[default]
    Words,
    /// In the 240 fixed colours of a terminal that has 256.
    Palette,
    /// In exact colours.
    Exact,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_cell_has_the_colour_above_and_the_one_below() {
        let colours = (0..8).map(|shade| [shade; 3]).collect();
        let thumb = Thumb {
            width: 2,
            colours,
            pixels: None,
        };
        assert_eq!(thumb.rows(), 2);
        let second: Vec<_> = thumb.cells(1).collect();
        assert_eq!(second, [([4; 3], [6; 3]), ([5; 3], [7; 3])]);
        assert_eq!(thumb.cells(2).count(), 0);
    }
}
