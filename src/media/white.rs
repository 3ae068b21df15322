//! White behind what can be seen through: most logos and drawings are made for that.
//!
//! Pure. Where a picture is cut, scaled and encoded is in `fit.rs`, `card.rs` and `thumb.rs`.

use image::{Pixel, Rgb, RgbImage, Rgba, RgbaImage};

/// Returns a picture in front of white.
pub(super) fn on_white(image: &RgbaImage) -> RgbImage {
    RgbImage::from_fn(image.width(), image.height(), |x, y| {
        in_front_of_white(*image.get_pixel(x, y))
    })
}

/// Mixes to the nearest of 256 steps.
fn in_front_of_white(pixel: Rgba<u8>) -> Rgb<u8> {
    let alpha = u16::from(pixel.0[3]);
    pixel.to_rgb().map(|channel| {
        let mixed = u16::from(channel) * alpha + 255 * (255 - alpha);
        u8::try_from((mixed + 127) / 255).unwrap_or(u8::MAX)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_can_be_seen_through_is_white_and_what_cannot_stays_as_it_is() {
        let mixed = |pixel| in_front_of_white(Rgba(pixel)).0;
        assert_eq!(mixed([0, 7, 255, 0]), [255; 3]);
        assert_eq!(mixed([200, 0, 13, 255]), [200, 0, 13]);
        // Half and a little more: 127, 177.2 and all of it.
        assert_eq!(mixed([0, 100, 255, 128]), [127, 177, 255]);
        let one = on_white(&RgbaImage::from_pixel(2, 3, Rgba([0, 0, 0, 1])));
        assert_eq!(
            (one.dimensions(), one.get_pixel(1, 2).0),
            ((2, 3), [254; 3])
        );
    }
}
