//! A kept picture for a terminal: in miniature, and itself where the terminal shows pictures.
//!
//! The picture is decoded once for both; how its pixels are encoded is `terminal.rs`.

use super::decode::{self, Decoded};
use super::white::on_white;
use super::{MediaError, read, sniff, terminal};
use crate::domain::pixels::{CellSize, Wanted};
use crate::domain::thumb::{THUMB_COLUMNS, THUMB_ROWS, Thumb};
use image::imageops::FilterType;
use image::{DynamicImage, RgbImage};

/// A stretch of so much is not seen.
const UNSEEN_STRETCH: f64 = 1.04;

/// Returns a kept picture in at most 24 columns and 8 rows of cells; what is transparent is white.
///
/// # Errors
/// As `read`; `CannotFit` when it cannot be decoded.
pub fn thumb(folder: &std::path::Path, hash: &str, wanted: Wanted) -> Result<Thumb, MediaError> {
    let source = read(folder, hash)?;
    let format = sniff(&source, hash)?;
    let Decoded { image, .. } =
        decode::decode(&source, format).map_err(|_| MediaError::CannotFit {
            hash: hash.to_owned(),
            why: "it cannot be decoded".to_owned(),
        })?;
    let (columns, rows) = cells((image.width(), image.height()), wanted.cell);
    // Two halves make a row.
    let small = scaled(&image, u32::from(columns), u32::from(rows) * 2);
    Ok(Thumb {
        width: columns,
        colours: small.pixels().map(|pixel| pixel.0).collect(),
        pixels: (wanted.way)
            .and_then(|it| terminal::encoded(&image, (columns, rows), wanted.cell, it)),
    })
}

/// Returns how many columns and rows of cells a picture takes: as many as there may be without a stretch that is seen, or those
/// that stretch it least.
fn cells((wide, high): (u32, u32), cell: CellSize) -> (u16, u16) {
    let aspect = f64::from(wide) / f64::from(high.max(1));
    let columns_a_row = aspect * f64::from(cell.height) / f64::from(cell.width);
    let choices = (1..=THUMB_ROWS).rev().map(|rows| {
        let exact = f64::from(rows) * columns_a_row;
        let columns = exact.round().clamp(1.0, f64::from(THUMB_COLUMNS));
        let stretch = (columns / exact).max(exact / columns);
        (stretch, (columns as u16, rows))
    });
    let choices: Vec<(f64, (u16, u16))> = choices.collect();
    let unseen = choices
        .iter()
        .find(|(stretch, _)| *stretch <= UNSEEN_STRETCH);
    let least = || choices.iter().min_by(|a, b| a.0.total_cmp(&b.0));
    unseen.or_else(least).map_or((1, 1), |(_, cells)| *cells)
}

/// Returns a picture in other measures, on white.
pub(super) fn scaled(image: &DynamicImage, width: u32, height: u32) -> RgbImage {
    let coarse = image.thumbnail_exact(
        (width * 4).min(image.width()).max(1),
        (height * 4).min(image.height()).max(1),
    );
    let small = coarse.resize_exact(width, height, FilterType::Triangle);
    on_white(&small.into_rgba8())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_picture_takes_the_cells_that_keep_its_shape() {
        let usual = CellSize::default();
        let cases = [
            ((1200, 800), (24, 8)),
            ((1600, 900), (24, 7)),
            ((1200, 630), (23, 6)),
            ((800, 800), (16, 8)),
            ((600, 1200), (8, 8)),
            ((4000, 100), (24, 1)),
            ((1, 4000), (1, 8)),
        ];
        for (picture, taken) in cases {
            assert_eq!(cells(picture, usual), taken, "{picture:?}");
        }
        let high = CellSize {
            width: 8,
            height: 20,
        };
        assert_eq!(cells((800, 800), high), (20, 8));
    }
}
