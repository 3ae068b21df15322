//! Decoding, with a bound on its memory: what is seen of a picture when it is attached, and its pixels when it is fitted.
//!
//! Of an animation only the first picture is decoded.

use super::{png, webp};
use crate::domain::Seen;
use image::{DynamicImage, ImageDecoder, ImageError, ImageFormat, ImageReader, Limits};
use std::io::Cursor;

/// Memory for decoding, in bytes: the largest picture that is taken has 200 million pixels of four bytes.
const MAX_MEMORY: u64 = 1 << 30;

/// Why a picture was not decoded.
#[derive(Debug)]
pub(super) enum NotDecoded {
    /// Its bytes make no sense.
    Damaged(String),
    /// It would take too much memory.
    TooLarge,
    /// A variety of its format that is not read here, though others may read it.
    Unknown(String),
}

impl From<ImageError> for NotDecoded {
    fn from(error: ImageError) -> Self {
        match error {
            ImageError::Limits(_) => Self::TooLarge,
            ImageError::Unsupported(_) => Self::Unknown(error.to_string()),
            _ => Self::Damaged(error.to_string()),
        }
    }
}

/// Returns a decoder that stays within its memory.
pub(super) fn decoder(
    bytes: &[u8],
    format: ImageFormat,
) -> Result<impl ImageDecoder + '_, ImageError> {
    let mut reader = ImageReader::with_format(Cursor::new(bytes), format);
    let mut limits = Limits::default();
    limits.max_alloc = Some(MAX_MEMORY);
    reader.limits(limits);
    reader.into_decoder()
}

/// A picture's pixels and the profile that says what their colours mean.
pub(super) struct Decoded {
    pub image: DynamicImage,
    pub profile: Option<Vec<u8>>,
}

/// Decodes a picture, or the first one of an animation.
pub(super) fn decode(bytes: &[u8], format: ImageFormat) -> Result<Decoded, NotDecoded> {
    let mut decoder = decoder(bytes, format)?;
    let profile = decoder.icc_profile().ok().flatten();
    let image = DynamicImage::from_decoder(decoder)?;
    Ok(Decoded { image, profile })
}

/// Looks at a picture; `None` where this variety of its format is not read here.
pub(super) fn look(bytes: &[u8], format: ImageFormat) -> Result<Option<Seen>, NotDecoded> {
    let image = match decode(bytes, format) {
        Ok(decoded) => decoded.image,
        Err(NotDecoded::Unknown(_)) => return Ok(None),
        Err(other) => return Err(other),
    };
    let animated = match format {
        ImageFormat::Gif => super::gif::is_animated(bytes),
        ImageFormat::Png => png::is_animated(bytes),
        ImageFormat::WebP => webp::is_animated(bytes),
        _ => false,
    };
    Ok(Some(Seen {
        animated,
        transparent: is_transparent(&image),
    }))
}

/// Whether something shows through: an alpha channel alone says nothing, most pictures leave it full.
pub(super) fn is_transparent(image: &DynamicImage) -> bool {
    match image {
        DynamicImage::ImageRgba8(it) => it.pixels().any(|pixel| pixel.0[3] < u8::MAX),
        DynamicImage::ImageLumaA8(it) => it.pixels().any(|pixel| pixel.0[1] < u8::MAX),
        DynamicImage::ImageRgba16(it) => it.pixels().any(|pixel| pixel.0[3] < u16::MAX),
        DynamicImage::ImageLumaA16(it) => it.pixels().any(|pixel| pixel.0[1] < u16::MAX),
        other => other.color().has_alpha(),
    }
}
