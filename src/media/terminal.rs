//! A picture's pixels as a terminal takes them, never more than a slow line carries: fewer pixels, then fewer colours, then
//! none at all, and the miniature in half blocks stays.
//!
//! A terminal that is told how many cells a picture takes scales it; sixels are as large as they are.

use super::sixel;
use super::thumb::scaled;
use crate::domain::pixels::{CellSize, Pixels, Protocol, Way};
use color_quant::NeuQuant;
use image::codecs::jpeg::JpegEncoder;
use image::{DynamicImage, RgbImage};

/// Room for the control sequences around a picture, and within it.
const AROUND: usize = 1024;
/// Numbers of pixels of a PNG that are tried; its bytes are at most about as many.
const PNG_PIXELS: [u32; 3] = [45_000, 25_000, 16_000];
/// Numbers of pixels of a JPEG that are tried, each in two qualities.
const JPEG_PIXELS: [u32; 3] = [160_000, 80_000, 40_000];
const QUALITIES: [u8; 2] = [80, 50];
/// Numbers of colours of sixels that are tried.
const SIXEL_COLOURS: [usize; 4] = [64, 32, 16, 8];
/// Rows of pixels that sixels are sent in.
const BAND: u32 = sixel::BAND as u32;
/// Every how manieth pixel is looked at to choose colours.
const SAMPLED: i32 = 3;

/// Few colours, and which of them each pixel has.
#[derive(Debug)]
pub(super) struct Indexed {
    pub width: usize,
    pub colours: Vec<[u8; 3]>,
    pub indices: Vec<u8>,
}

/// Encodes a picture that takes so many columns and rows; `None` where it would take too many bytes.
pub(super) fn encoded(
    image: &DynamicImage,
    (columns, rows): (u16, u16),
    cell: CellSize,
    way: Way,
) -> Option<Pixels> {
    let width = u32::from(columns) * u32::from(cell.width);
    let height = u32::from(rows) * u32::from(cell.height);
    let room = way.most_bytes.saturating_sub(AROUND);
    // In base64 three bytes are four.
    let room_for_file = room / 4 * 3;
    let within = |most: u32| {
        let pixels = f64::from(width) * f64::from(height);
        let scale = (f64::from(most) / pixels).sqrt().min(1.0);
        // The terminal enlarges what is smaller than its cells.
        let side =
            |length: u32, source: u32| ((f64::from(length) * scale) as u32).min(source).max(1);
        scaled(
            image,
            side(width, image.width()),
            side(height, image.height()),
        )
    };
    let bytes = match way.protocol {
        Protocol::Kitty => {
            let files = PNG_PIXELS.into_iter().filter_map(|most| png(&within(most)));
            first_within(room_for_file, files)
        }
        Protocol::Iterm2 => {
            let files = JPEG_PIXELS.into_iter().flat_map(|most| {
                let picture = within(most);
                let files = QUALITIES.into_iter();
                files.filter_map(move |quality| jpeg(&picture, quality))
            });
            first_within(room_for_file, files)
        }
        Protocol::Sixel => {
            // A band that is not whole would reach into the row below.
            let whole = (height / BAND * BAND).max(BAND);
            let picture = scaled(image, width, whole);
            let tries = SIXEL_COLOURS.into_iter();
            let tries = tries.map(|most| sixel::encoded(&indexed(&picture, most)));
            first_within(room, tries)
        }
    }?;
    Some(Pixels {
        protocol: way.protocol,
        bytes,
    })
}

fn first_within(room: usize, mut tries: impl Iterator<Item = Vec<u8>>) -> Option<Vec<u8>> {
    tries.find(|bytes| bytes.len() <= room)
}

/// Reduces a picture to so many colours (at most 256): exactly where it has no more, else to those that tell it best.
fn indexed(picture: &RgbImage, most: usize) -> Indexed {
    let mut colours: Vec<[u8; 3]> = Vec::with_capacity(most);
    let mut exact = Vec::with_capacity(picture.pixels().len());
    for pixel in picture.pixels() {
        let at = match colours.iter().position(|it| *it == pixel.0) {
            Some(at) => at,
            None => {
                colours.push(pixel.0);
                colours.len() - 1
            }
        };
        if colours.len() > most {
            break;
        }
        exact.push(at);
    }
    let narrow = |at: usize| u8::try_from(at).unwrap_or(u8::MAX);
    let width = picture.width() as usize;
    if colours.len() <= most {
        let indices = exact.into_iter().map(narrow).collect();
        return Indexed {
            width,
            colours,
            indices,
        };
    }
    let opaque = |pixel: &image::Rgb<u8>| [pixel.0[0], pixel.0[1], pixel.0[2], u8::MAX];
    let all: Vec<u8> = picture.pixels().flat_map(opaque).collect();
    let chosen = NeuQuant::new(SAMPLED, most, &all);
    let map = chosen.color_map_rgb();
    Indexed {
        width,
        colours: map
            .chunks_exact(3)
            .map(|it| [it[0], it[1], it[2]])
            .collect(),
        indices: (picture.pixels())
            .map(|pixel| narrow(chosen.index_of(&opaque(pixel))))
            .collect(),
    }
}

/// Writes a PNG with a palette, a third of what one of exact colours takes.
fn png(picture: &RgbImage) -> Option<Vec<u8>> {
    let few = indexed(picture, 256);
    let mut bytes = Vec::new();
    let mut encoder = png::Encoder::new(&mut bytes, picture.width(), picture.height());
    encoder.set_color(png::ColorType::Indexed);
    encoder.set_depth(png::BitDepth::Eight);
    encoder.set_palette(few.colours.concat());
    // Neighbours in a palette say nothing about each other.
    encoder.set_filter(png::Filter::NoFilter);
    let mut writer = encoder.write_header().ok()?;
    writer.write_image_data(&few.indices).ok()?;
    writer.finish().ok()?;
    Some(bytes)
}

fn jpeg(picture: &RgbImage, quality: u8) -> Option<Vec<u8>> {
    let mut bytes = Vec::new();
    let mut encoder = JpegEncoder::new_with_quality(&mut bytes, quality);
    encoder.encode_image(picture).ok()?;
    Some(bytes)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::pixels::{MOST_SENT, MOST_SENT_FAR};
    use image::Rgb;

    const CELL: CellSize = CellSize {
        width: 10,
        height: 20,
    };

    /// The worst that there can be: no pixel says anything about the next.
    fn noise(width: u32, height: u32) -> DynamicImage {
        let mut state = 1_u32;
        RgbImage::from_fn(width, height, |_, _| {
            state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
            Rgb([(state >> 24) as u8, (state >> 16) as u8, (state >> 8) as u8])
        })
        .into()
    }

    /// Red above, blue below.
    fn halves(width: u32, height: u32) -> DynamicImage {
        RgbImage::from_fn(width, height, |_, y| match y * 2 < height {
            true => Rgb([250, 0, 0]),
            false => Rgb([0, 0, 250]),
        })
        .into()
    }

    #[test]
    fn whatever_the_picture_it_stays_within_the_bound() {
        let large = CellSize {
            width: 20,
            height: 40,
        };
        let (noise, flag) = (noise(900, 600), halves(900, 600));
        for protocol in [Protocol::Kitty, Protocol::Iterm2, Protocol::Sixel] {
            for (cell, most_bytes) in [
                (CELL, MOST_SENT),
                (large, MOST_SENT),
                (CELL, MOST_SENT_FAR),
                (large, MOST_SENT_FAR),
            ] {
                let way = Way {
                    protocol,
                    most_bytes,
                };
                let pixels = encoded(&noise, (24, 8), cell, way);
                let sent = pixels.map(|it| match protocol {
                    Protocol::Sixel => it.bytes.len(),
                    _ => it.bytes.len() * 4 / 3,
                });
                println!("{protocol:?} {cell:?} {most_bytes} {sent:?}");
                assert!(sent.is_none_or(|it| it < most_bytes), "{way:?} {sent:?}");
                let is_there = encoded(&flag, (24, 8), cell, way).is_some();
                assert!(is_there, "{way:?}");
            }
        }
    }

    #[test]
    fn a_png_and_a_jpeg_are_read_back_as_the_picture() {
        for protocol in [Protocol::Kitty, Protocol::Iterm2] {
            let way = Way {
                protocol,
                most_bytes: MOST_SENT,
            };
            let pixels = encoded(&halves(900, 600), (24, 8), CELL, way).expect("encoded");
            let read = image::load_from_memory(&pixels.bytes)
                .expect("a picture")
                .into_rgb8();
            assert_eq!((read.width(), read.height()), (240, 160), "{protocol:?}");
            let near = |at: (u32, u32), wanted: [u8; 3]| {
                let found = read.get_pixel(at.0, at.1).0;
                let far = found.iter().zip(wanted).map(|(a, b)| a.abs_diff(b)).max();
                assert!(far <= Some(6), "{protocol:?} {found:?}");
            };
            near((5, 5), [250, 0, 0]);
            near((235, 155), [0, 0, 250]);
        }
    }

    #[test]
    fn a_picture_of_few_colours_keeps_them_exactly() {
        let picture = halves(30, 20).into_rgb8();
        let few = indexed(&picture, 2);
        assert_eq!(few.colours, [[250, 0, 0], [0, 0, 250]]);
        assert_eq!((few.indices[0], few.indices[599]), (0, 1));
        let many = indexed(&noise(30, 20).into_rgb8(), 16);
        assert_eq!(many.colours.len(), 16);
        assert!(many.indices.iter().all(|at| *at < 16));
    }
}
