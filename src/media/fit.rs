//! A picture encoded as a `Fit` says: that type, exactly those pixels, no more bytes. The same bytes every time.
//!
//! What was encoded is kept in the data folder under its own hash; `fitted/` says which fit of which picture that is. What
//! is to be encoded is decided in `text/fit.rs`, never here.

use super::decode::{self, Decoded, NotDecoded};
use super::turn::profile_fits;
use super::white::on_white;
use super::{MediaError, is_hash, keep, read, sniff};
use crate::domain::composed::sha256_hex;
use crate::domain::{Fit, FitType};
use image::codecs::jpeg::JpegEncoder;
use image::codecs::png::PngEncoder;
use image::imageops::FilterType;
use image::{DynamicImage, ImageEncoder};
use std::fs;
use std::path::Path;
use std::sync::{Mutex, PoisonError};

/// Which file is which fit, a folder within that of the pictures.
const FITTED: &str = "fitted";

/// JPEG qualities that are tried one after the other, the first that fits is taken; the second number is how much finer
/// detail is given up first. The last is so coarse that noise fits as well.
const STEPS: &[(u8, u32)] = &[
    (88, 1),
    (80, 1),
    (70, 1),
    (60, 1),
    (60, 2),
    (45, 3),
    (35, 6),
];

/// A colour profile may take this part of the bytes, and is left out where it takes more.
const PROFILE_SHARE: u64 = 10;

/// One picture is decoded at a time: several large ones together would fill the memory of a small machine.
static TURN: Mutex<()> = Mutex::new(());

/// Returns a kept picture as a fit says.
///
/// # Errors
/// As `read`; `CannotFit` when the picture cannot be decoded.
pub fn fitted(folder: &Path, hash: &str, fit: &Fit) -> Result<Vec<u8>, MediaError> {
    if !is_hash(hash) {
        return Err(MediaError::Gone(hash.escape_default().to_string()));
    }
    let names = folder.join(FITTED);
    let name = format!("{hash}-{}", fit.recipe());
    let kept = || {
        let own = fs::read_to_string(names.join(&name)).ok()?;
        read(folder, own.trim_end()).ok()
    };
    if let Some(bytes) = kept() {
        return Ok(bytes);
    }
    let _turn = TURN.lock().unwrap_or_else(PoisonError::into_inner);
    // Whoever had the turn before may have wanted the same.
    if let Some(bytes) = kept() {
        return Ok(bytes);
    }
    let source = read(folder, hash)?;
    let format = sniff(&source, hash)?;
    let cannot = |why: String| MediaError::CannotFit {
        hash: hash.to_owned(),
        why,
    };
    let decoded = decode::decode(&source, format).map_err(|error| match error {
        NotDecoded::Damaged(why) | NotDecoded::Unknown(why) => cannot(why),
        NotDecoded::TooLarge => cannot("it takes too much memory".to_owned()),
    })?;
    drop(source);
    let bytes = encode(decoded, fit).map_err(cannot)?;
    // A full disk is no reason not to send it: encoding it again gives the same bytes.
    let own = sha256_hex(&bytes);
    if keep(&bytes, folder, &own).is_ok() {
        keep(own.as_bytes(), &names, &name).ok();
    }
    Ok(bytes)
}

/// Encodes a picture; the error is the reason in words.
pub(super) fn encode(decoded: Decoded, fit: &Fit) -> Result<Vec<u8>, String> {
    let Decoded { image, profile } = decoded;
    let most = fit.max_bytes.unwrap_or(u64::MAX);
    let image = plain(image, fit);
    let image = scaled(image, fit.width, fit.height);
    let profile = profile.filter(|profile| {
        let length = u64::try_from(profile.len()).unwrap_or(u64::MAX);
        profile_fits(profile, &image) && length <= most / PROFILE_SHARE
    });
    let within = |bytes: &Vec<u8>| u64::try_from(bytes.len()).is_ok_and(|length| length <= most);
    match fit.kind {
        FitType::Png => {
            let mut out = Vec::new();
            write(&image, PngEncoder::new(&mut out), profile)?;
            Some(out).filter(within)
        }
        FitType::Jpeg => {
            let mut fitting = None;
            for (quality, coarse) in STEPS {
                let mut out = Vec::new();
                let encoder = JpegEncoder::new_with_quality(&mut out, *quality);
                write(&coarser(&image, *coarse), encoder, profile.clone())?;
                if within(&out) {
                    fitting = Some(out);
                    break;
                }
            }
            fitting
        }
    }
    .ok_or_else(|| format!("it stays larger than {most} bytes"))
}

/// Returns eight bits a channel, on white where nothing may show through. Grey stays grey, so that its profile holds.
fn plain(image: DynamicImage, fit: &Fit) -> DynamicImage {
    let has_colour = image.color().has_color();
    match fit.kind {
        FitType::Png if has_colour => image.into_rgba8().into(),
        FitType::Png => image.into_luma_alpha8().into(),
        FitType::Jpeg if !image.color().has_alpha() && has_colour => image.into_rgb8().into(),
        FitType::Jpeg if !image.color().has_alpha() => image.into_luma8().into(),
        FitType::Jpeg => {
            let image = DynamicImage::from(on_white(&image.into_rgba8()));
            if has_colour {
                image
            } else {
                image.into_luma8().into()
            }
        }
    }
}

/// Scales to exactly this size. Far larger pictures are averaged first, which takes little memory.
fn scaled(image: DynamicImage, width: u32, height: u32) -> DynamicImage {
    let image = if image.width() / 2 >= width && image.height() / 2 >= height {
        image.thumbnail_exact(width * 2, height * 2)
    } else {
        image
    };
    if (image.width(), image.height()) == (width, height) {
        return image;
    }
    image.resize_exact(width, height, FilterType::CatmullRom)
}

/// Gives up finer detail, without changing the size.
fn coarser(image: &DynamicImage, by: u32) -> DynamicImage {
    if by == 1 {
        return image.clone();
    }
    let (width, height) = (image.width(), image.height());
    image
        .thumbnail_exact((width / by).max(1), (height / by).max(1))
        .resize_exact(width, height, FilterType::Triangle)
}

fn write(
    image: &DynamicImage,
    mut encoder: impl ImageEncoder,
    profile: Option<Vec<u8>>,
) -> Result<(), String> {
    if let Some(profile) = profile {
        encoder
            .set_icc_profile(profile)
            .map_err(|error| error.to_string())?;
    }
    image
        .write_with_encoder(encoder)
        .map_err(|error| error.to_string())
}
