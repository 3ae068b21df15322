//! A kept picture in miniature, for a terminal.

use super::decode::{self, Decoded};
use super::{MediaError, read, sniff};
use crate::domain::thumb::{THUMB_COLUMNS, THUMB_ROWS, Thumb};
use image::imageops::FilterType;

/// Returns a kept picture in at most 24 columns and 8 rows of cells that are twice as high as wide; what is transparent is
/// white.
///
/// # Errors
/// As `read`; `CannotFit` when it cannot be decoded.
pub fn thumb(folder: &std::path::Path, hash: &str) -> Result<Thumb, MediaError> {
    let source = read(folder, hash)?;
    let format = sniff(&source, hash)?;
    let Decoded { image, .. } =
        decode::decode(&source, format).map_err(|_| MediaError::CannotFit {
            hash: hash.to_owned(),
            why: "it cannot be decoded".to_owned(),
        })?;
    // Halves of a cell are about as high as wide.
    let (most_wide, most_high) = (f64::from(THUMB_COLUMNS), f64::from(THUMB_ROWS * 2));
    let (wide, high) = (f64::from(image.width()), f64::from(image.height()));
    let scale = (most_wide / wide).min(most_high / high);
    let side = |length: f64, most: f64| ((length * scale).round().clamp(1.0, most)) as u32;
    let width = side(wide, most_wide);
    // Two halves make a row.
    let height = side(high, most_high).next_multiple_of(2);
    let coarse = image.thumbnail_exact(
        (width * 4).min(image.width()),
        (height * 4).min(image.height()),
    );
    let small = coarse
        .resize_exact(width, height, FilterType::Triangle)
        .into_rgba8();
    let on_white = |pixel: &image::Rgba<u8>| {
        let [red, green, blue, alpha] = pixel.0;
        let alpha = u16::from(alpha);
        [red, green, blue].map(|channel| {
            let mixed = u16::from(channel) * alpha + 255 * (255 - alpha);
            u8::try_from(mixed / 255).unwrap_or(u8::MAX)
        })
    };
    Ok(Thumb {
        width: u16::try_from(width).unwrap_or(THUMB_COLUMNS),
        colours: small.pixels().map(on_white).collect(),
    })
}
