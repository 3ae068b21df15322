//! The picture of a link card: a stranger's, so only its pixels are kept, small enough for every platform.
//!
//! Always encoded anew, as JPEG on white: cards are shown small, and nothing of the original file is handed on.

use super::white::on_white;
use super::{MediaError, keep, sniff};
use crate::domain::CardPicture;
use crate::domain::composed::sha256_hex;
use image::codecs::jpeg::JpegEncoder;
use image::metadata::Orientation;
use image::{DynamicImage, ImageDecoder, ImageReader, Limits};
use std::io::Cursor;
use std::path::Path;

/// Most bytes: Bluesky's limit for a thumbnail (lexicon `app.bsky.embed.external`, read 2026-11), the smallest of all.
const MOST_BYTES: usize = 1_000_000;
/// The longer side at most, in pixels: what pages offer for cards is 1200 wide.
const LONGEST_SIDE: u32 = 1200;
/// A side of fewer pixels is a point that counts visits, not a picture.
const SHORTEST_SIDE: u32 = 16;
/// Most pixels on one side before it is made smaller, and memory for that: a stranger's picture gets less than our own.
const MOST_SIDE: u32 = 12_000;
const MAX_MEMORY: u64 = 256 * 1024 * 1024;
/// Tried one after the other until it fits.
const QUALITIES: [u8; 3] = [85, 70, 50];

/// Makes a picture fit for a card and keeps it in `folder` under the hash of its bytes.
///
/// # Errors
/// When it is no picture that is known here, is damaged, or cannot be written.
pub fn keep_for_card(bytes: &[u8], folder: &Path) -> Result<CardPicture, MediaError> {
    let name = "the card's picture";
    let damaged = |why: String| MediaError::Damaged {
        path: name.to_owned(),
        why,
    };
    let format = sniff(bytes, name)?;
    let mut reader = ImageReader::with_format(Cursor::new(bytes), format);
    let mut limits = Limits::default();
    limits.max_image_width = Some(MOST_SIDE);
    limits.max_image_height = Some(MOST_SIDE);
    limits.max_alloc = Some(MAX_MEMORY);
    reader.limits(limits);
    let mut decoder = reader
        .into_decoder()
        .map_err(|it| damaged(it.to_string()))?;
    let orientation = decoder.orientation().unwrap_or(Orientation::NoTransforms);
    let mut image = DynamicImage::from_decoder(decoder).map_err(|it| damaged(it.to_string()))?;
    image.apply_orientation(orientation);
    if image.width().min(image.height()) < SHORTEST_SIDE {
        return Err(damaged("it is too small to be seen".to_owned()));
    }
    if image.width().max(image.height()) > LONGEST_SIDE {
        image = image.thumbnail(LONGEST_SIDE, LONGEST_SIDE);
    }
    let flat = if image.color().has_alpha() {
        on_white(&image.into_rgba8())
    } else {
        image.into_rgb8()
    };
    let fitting = QUALITIES.iter().find_map(|quality| {
        let mut out = Vec::new();
        let encoder = JpegEncoder::new_with_quality(&mut out, *quality);
        flat.write_with_encoder(encoder).ok()?;
        (out.len() <= MOST_BYTES).then_some(out)
    });
    let kept = fitting.ok_or_else(|| damaged("it cannot be made small enough".to_owned()))?;
    let hash = sha256_hex(&kept);
    keep(&kept, folder, &hash)?;
    Ok(CardPicture {
        hash,
        mime: "image/jpeg".to_owned(),
        size: u64::try_from(kept.len()).unwrap_or(u64::MAX),
        pixels: (flat.width(), flat.height()),
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use image::{ImageFormat, Rgb, RgbImage};

    fn encoded(image: &DynamicImage, format: ImageFormat) -> Vec<u8> {
        let mut bytes = Cursor::new(Vec::new());
        image.write_to(&mut bytes, format).unwrap();
        bytes.into_inner()
    }

    #[test]
    fn a_large_picture_of_any_format_becomes_a_small_jpeg_under_its_hash() {
        let folder = tempfile::tempdir().unwrap();
        // Noise does not compress: 3000 by 1500 of it is far above the limit.
        let mut seed = 1_u32;
        let noise = RgbImage::from_fn(3000, 1500, |_, _| {
            seed = seed.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
            let [a, b, c, _] = seed.to_be_bytes();
            Rgb([a, b, c])
        });
        let noise = DynamicImage::ImageRgb8(noise);
        let kept = keep_for_card(&encoded(&noise, ImageFormat::Png), folder.path()).unwrap();
        assert_eq!(kept.pixels, (1200, 600));
        assert_eq!(kept.mime, "image/jpeg");
        assert!(kept.size <= 1_000_000);
        let bytes = crate::media::read(folder.path(), &kept.hash).unwrap();
        assert_eq!(bytes.len() as u64, kept.size);
        for format in [ImageFormat::Gif, ImageFormat::WebP, ImageFormat::Jpeg] {
            let small = DynamicImage::ImageRgb8(RgbImage::new(40, 30));
            let kept = keep_for_card(&encoded(&small, format), folder.path()).unwrap();
            assert_eq!(kept.pixels, (40, 30), "{format:?}");
        }
    }

    #[test]
    fn what_is_no_picture_is_refused_and_nothing_is_kept() {
        let folder = tempfile::tempdir().unwrap();
        let dot = DynamicImage::ImageRgb8(RgbImage::new(1, 1));
        let broad = DynamicImage::ImageRgb8(RgbImage::new(MOST_SIDE + 1, 16));
        let whole = encoded(
            &DynamicImage::ImageRgb8(RgbImage::new(60, 60)),
            ImageFormat::Png,
        );
        for bytes in [
            Vec::new(),
            b"<svg xmlns='http://www.w3.org/2000/svg'/>".to_vec(),
            b"<html>not found</html>".to_vec(),
            b"\x89PNG\r\n\x1a\nnothing".to_vec(),
            whole[..whole.len() / 2].to_vec(),
            encoded(&dot, ImageFormat::Png),
            encoded(&broad, ImageFormat::Png),
        ] {
            assert!(
                keep_for_card(&bytes, folder.path()).is_err(),
                "{bytes:.20?}"
            );
        }
        assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 0);
    }
}
