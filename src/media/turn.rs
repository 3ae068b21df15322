//! Turns a picture as its camera noted (EXIF orientation), so that it stands upright once the note is gone.
//!
//! Everything else that is attached is copied byte for byte; what is encoded for a channel's limits is `fit.rs`.

use super::{decode, png, webp};
use image::codecs::jpeg::JpegEncoder;
use image::codecs::png::PngEncoder;
use image::codecs::webp::WebPEncoder;
use image::metadata::Orientation;
use image::{DynamicImage, ImageDecoder, ImageEncoder, ImageFormat};

/// Good enough that nobody sees the second encoding, at about the size that cameras write.
const JPEG_QUALITY: u8 = 92;

/// Returns the picture turned and encoded anew, with its colour profile; `None` when it stands upright already.
///
/// Animations are never turned: encoding them anew would leave one frame.
pub(super) fn turned(bytes: &[u8], format: ImageFormat) -> Result<Option<Vec<u8>>, String> {
    let is_still = match format {
        ImageFormat::Jpeg => true,
        ImageFormat::Png => !png::is_animated(bytes),
        ImageFormat::WebP => !webp::is_animated(bytes),
        _ => false,
    };
    if !is_still {
        return Ok(None);
    }
    let mut decoder = decode::decoder(bytes, format).map_err(|error| error.to_string())?;
    // A note that cannot be read is no reason to refuse a picture that can.
    let orientation = decoder.orientation().unwrap_or(Orientation::NoTransforms);
    if orientation == Orientation::NoTransforms {
        return Ok(None);
    }
    let profile = decoder.icc_profile().ok().flatten();
    let mut image = DynamicImage::from_decoder(decoder).map_err(|error| error.to_string())?;
    image.apply_orientation(orientation);
    encode(&image, format, profile).map(Some)
}

fn encode(
    image: &DynamicImage,
    format: ImageFormat,
    profile: Option<Vec<u8>>,
) -> Result<Vec<u8>, String> {
    let mut out = Vec::new();
    let profile = profile.filter(|profile| profile_fits(profile, image));
    let encoded = match format {
        ImageFormat::Jpeg => {
            let encoder = JpegEncoder::new_with_quality(&mut out, JPEG_QUALITY);
            write(image, encoder, profile)
        }
        ImageFormat::Png => write(image, PngEncoder::new(&mut out), profile),
        _ => write(image, WebPEncoder::new_lossless(&mut out), profile),
    };
    encoded.map_err(|error| error.to_string())?;
    Ok(out)
}

fn write(
    image: &DynamicImage,
    mut encoder: impl ImageEncoder,
    profile: Option<Vec<u8>>,
) -> image::ImageResult<()> {
    if let Some(profile) = profile {
        encoder
            .set_icc_profile(profile)
            .map_err(image::ImageError::Unsupported)?;
    }
    image.write_with_encoder(encoder)
}

/// Whether a profile is for the colours that decoding gave: a printer's CMYK, for one, was converted.
/// Bytes 16 to 19 of a profile name its colour space (ICC.1:2022, 7.2.8).
pub(super) fn profile_fits(profile: &[u8], image: &DynamicImage) -> bool {
    let space = profile.get(16..20);
    if image.color().has_color() {
        space == Some(b"RGB ")
    } else {
        space == Some(b"GRAY")
    }
}
