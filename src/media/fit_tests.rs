//! Pictures made to fit: the type and size that were decided, never more bytes, the same bytes every time.

use super::{MediaError, fitted, import, keep};
use crate::domain::composed::sha256_hex;
use crate::domain::pixels::Wanted;
use crate::domain::{Attachment, Fit, FitType};
use image::{DynamicImage, GrayImage, Luma, Rgb, RgbImage, Rgba, RgbaImage};
use std::fs;
use std::io::Cursor;
use tempfile::TempDir;

/// Noise, which no encoder makes small; the same every time.
fn noise(width: u32, height: u32) -> DynamicImage {
    let mut state = 0x2545_f491_u32;
    let mut next = || {
        state ^= state << 13;
        state ^= state >> 17;
        state ^= state << 5;
        state.to_le_bytes()
    };
    RgbImage::from_fn(width, height, |_, _| {
        let [red, green, blue, _] = next();
        Rgb([red, green, blue])
    })
    .into()
}

fn jpeg(width: u32, height: u32, max_bytes: Option<u64>) -> Fit {
    Fit {
        kind: FitType::Jpeg,
        width,
        height,
        max_bytes,
        on_white: false,
    }
}

struct Album {
    folder: TempDir,
}

impl Album {
    fn new() -> Self {
        let folder = tempfile::tempdir().expect("a folder");
        Self { folder }
    }

    fn attach(&self, image: &DynamicImage, format: image::ImageFormat) -> Attachment {
        let path = self.folder.path().join("picture");
        image.save_with_format(&path, format).expect("saved");
        import(&path, &self.folder.path().join("media")).expect("taken")
    }

    fn fitted(&self, picture: &Attachment, fit: &Fit) -> Result<Vec<u8>, MediaError> {
        fitted(&self.folder.path().join("media"), &picture.hash, fit)
    }
}

fn read_back(bytes: &[u8]) -> (image::ImageFormat, DynamicImage) {
    let reader = image::ImageReader::new(Cursor::new(bytes))
        .with_guessed_format()
        .expect("read");
    let format = reader.format().expect("known");
    (format, reader.decode().expect("decodes"))
}

#[test]
fn noise_of_several_megabytes_fits_and_has_exactly_the_pixels_that_were_decided() {
    let album = Album::new();
    let picture = album.attach(&noise(1200, 800), image::ImageFormat::Png);
    assert!(picture.size > 2_500_000, "{}", picture.size);
    for (width, height, most) in [(1200, 800, 384_000), (600, 400, 96_000), (40, 25, 2_000)] {
        let bytes = album
            .fitted(&picture, &jpeg(width, height, Some(most)))
            .expect("fits");
        assert!(bytes.len() as u64 <= most, "{} of {most}", bytes.len());
        let (format, image) = read_back(&bytes);
        assert_eq!(format, image::ImageFormat::Jpeg);
        assert_eq!((image.width(), image.height()), (width, height));
    }
}

#[test]
fn the_same_picture_and_fit_give_the_same_bytes_and_are_encoded_once() {
    let (one, other) = (Album::new(), Album::new());
    let fit = jpeg(300, 200, Some(60_000));
    let image = noise(600, 400);
    let pictures = [&one, &other].map(|album| album.attach(&image, image::ImageFormat::Png));
    let first = one.fitted(&pictures[0], &fit).expect("fits");
    assert_eq!(other.fitted(&pictures[1], &fit), Ok(first.clone()));
    // The picture itself is not needed any more.
    let media = one.folder.path().join("media");
    fs::remove_file(media.join(&pictures[0].hash)).expect("removed");
    assert_eq!(one.fitted(&pictures[0], &fit), Ok(first));
    let another = jpeg(301, 200, Some(60_000));
    assert_eq!(
        one.fitted(&pictures[0], &another),
        Err(MediaError::Gone(pictures[0].hash.clone()))
    );
}

#[test]
fn a_fitted_file_that_was_changed_is_encoded_again() {
    let album = Album::new();
    let picture = album.attach(&noise(600, 400), image::ImageFormat::Png);
    let fit = jpeg(300, 200, Some(60_000));
    let bytes = album.fitted(&picture, &fit).expect("fits");
    let kept = album.folder.path().join("media").join(sha256_hex(&bytes));
    fs::write(&kept, b"something else").expect("written");
    assert_eq!(album.fitted(&picture, &fit), Ok(bytes.clone()));
    assert_eq!(fs::read(&kept).expect("there"), bytes);
}

#[test]
fn what_is_transparent_becomes_white_in_a_jpeg_and_stays_so_in_a_png() {
    let album = Album::new();
    let clear = RgbaImage::from_fn(64, 64, |x, _| {
        if x < 32 {
            Rgba([200, 0, 0, 255])
        } else {
            Rgba([0, 0, 0, 0])
        }
    });
    let picture = album.attach(&clear.into(), image::ImageFormat::Png);
    assert!(picture.seen.expect("seen").transparent);
    let fit = Fit {
        on_white: true,
        ..jpeg(64, 64, Some(50_000))
    };
    let (_, image) = read_back(&album.fitted(&picture, &fit).expect("fits"));
    let pixel = image.to_rgb8().get_pixel(60, 30).0;
    assert!(pixel.iter().all(|channel| *channel > 245), "{pixel:?}");
    let fit = Fit {
        kind: FitType::Png,
        on_white: false,
        ..fit
    };
    let (format, image) = read_back(&album.fitted(&picture, &fit).expect("fits"));
    assert_eq!(format, image::ImageFormat::Png);
    assert_eq!(image.to_rgba8().get_pixel(60, 30).0[3], 0);
}

#[test]
fn webp_and_gif_and_grey_pictures_fit_too() {
    let album = Album::new();
    let colour = noise(200, 100);
    let grey: DynamicImage = GrayImage::from_fn(200, 100, |x, _| Luma([(x % 256) as u8])).into();
    for (image, format) in [
        (&colour, image::ImageFormat::WebP),
        (&colour, image::ImageFormat::Gif),
        (&grey, image::ImageFormat::Png),
        (&grey, image::ImageFormat::Jpeg),
    ] {
        let picture = album.attach(image, format);
        let bytes = album.fitted(&picture, &jpeg(100, 50, None)).expect("fits");
        let (format, fitted) = read_back(&bytes);
        assert_eq!((format, fitted.width()), (image::ImageFormat::Jpeg, 100));
        assert_eq!(fitted.color().has_color(), image.color().has_color());
    }
}

#[test]
fn a_picture_of_thirty_thousand_pixels_fits_in_little_memory() {
    let album = Album::new();
    let wide: DynamicImage = GrayImage::from_fn(30_000, 60, |x, y| {
        Luma([u8::try_from((x / 100 + y) % 256).expect("small")])
    })
    .into();
    let picture = album.attach(&wide, image::ImageFormat::Png);
    assert_eq!(picture.pixels, Some((30_000, 60)));
    let bytes = album
        .fitted(&picture, &jpeg(8192, 16, Some(1_000_000)))
        .expect("fits");
    let (_, image) = read_back(&bytes);
    assert_eq!((image.width(), image.height()), (8192, 16));
}

#[test]
fn what_cannot_be_decoded_is_told_in_one_line_with_the_remedy() {
    let album = Album::new();
    let media = album.folder.path().join("media");
    let broken = b"\x89PNG\r\n\x1a\nand then nothing";
    let hash = sha256_hex(broken);
    keep(broken, &media, &hash).expect("kept");
    let error = fitted(&media, &hash, &jpeg(10, 10, None)).expect_err("damaged");
    let line = error.to_string();
    assert!(
        line.contains("attach a smaller one") && line.lines().count() == 1,
        "{line}"
    );
    assert!(matches!(
        fitted(&media, "../secrets", &jpeg(10, 10, None)),
        Err(MediaError::Gone(_))
    ));
}

#[test]
fn a_miniature_keeps_proportions_and_colours() {
    let album = Album::new();
    let red: DynamicImage = RgbImage::from_pixel(600, 300, Rgb([250, 0, 0])).into();
    let picture = album.attach(&red, image::ImageFormat::Png);
    let media = album.folder.path().join("media");
    let small = super::thumb(&media, &picture.hash, Wanted::default()).expect("read");
    assert_eq!((small.width, small.rows()), (24, 6));
    assert!(small.colours.iter().all(|colour| *colour == [250, 0, 0]));
    let tall: DynamicImage = RgbImage::from_pixel(2, 900, Rgb([0, 0, 9])).into();
    let picture = album.attach(&tall, image::ImageFormat::Png);
    let small = super::thumb(&media, &picture.hash, Wanted::default()).expect("read");
    assert_eq!((small.width, small.rows()), (1, 8));
}
