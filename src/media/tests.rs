//! Pictures with things in them that nobody should see, and files that are no pictures.

use super::*;
use image::{DynamicImage, ImageEncoder, Rgb, RgbImage};

/// Where the picture was taken, as it must not be found again.
const SECRET: &[u8] = b"59.9139N 10.7522E";

/// A colour profile's header, as far as anybody here looks at it.
fn profile() -> Vec<u8> {
    let mut profile = vec![0; 128];
    profile[12..20].copy_from_slice(b"mntrRGB ");
    profile[36..40].copy_from_slice(b"acsp");
    profile
}

/// EXIF with an orientation, and a GPS directory whose one value is the secret.
fn exif(orientation: u8) -> Vec<u8> {
    let mut tiff = b"II*\0\x08\0\0\0\x02\0".to_vec();
    tiff.extend(b"\x12\x01\x03\0\x01\0\0\0");
    tiff.extend([orientation, 0, 0, 0]);
    // GPS directory at 38.
    tiff.extend(b"\x25\x88\x04\0\x01\0\0\0\x26\0\0\0\0\0\0\0");
    // One entry: the area's name, text at 56.
    tiff.extend(b"\x01\0\x1c\0\x02\0");
    tiff.extend(u32::try_from(SECRET.len()).expect("short").to_le_bytes());
    tiff.extend(b"\x38\0\0\0\0\0\0\0");
    tiff.extend(SECRET);
    tiff
}

/// Wider than high, red on the left and blue on the right, so that turning it shows.
fn picture() -> DynamicImage {
    RgbImage::from_fn(64, 32, |x, _| {
        if x < 32 {
            Rgb([250, 0, 0])
        } else {
            Rgb([0, 0, 250])
        }
    })
    .into()
}

fn jpeg_with(orientation: u8) -> Vec<u8> {
    let mut plain = Vec::new();
    let mut encoder = image::codecs::jpeg::JpegEncoder::new_with_quality(&mut plain, 95);
    encoder.set_icc_profile(profile()).expect("taken");
    picture().write_with_encoder(encoder).expect("encoded");
    let segment = |marker: u8, contents: &[u8]| {
        let length = u16::try_from(contents.len() + 2).expect("short");
        [&[0xff, marker], &length.to_be_bytes()[..], contents].concat()
    };
    let mut jpeg = plain[..2].to_vec();
    jpeg.extend(segment(
        0xe1,
        &[b"Exif\0\0", &exif(orientation)[..]].concat(),
    ));
    jpeg.extend(segment(
        0xe1,
        &[b"http://ns.adobe.com/xap/1.0/\0", SECRET].concat(),
    ));
    jpeg.extend(segment(0xe2, &[b"MPF\0", SECRET].concat()));
    jpeg.extend(segment(0xed, &[b"Photoshop 3.0\0", SECRET].concat()));
    jpeg.extend(segment(0xfe, SECRET));
    jpeg.extend(&plain[2..]);
    // Some phones append a second picture, with metadata of its own.
    jpeg.extend(SECRET);
    jpeg
}

fn png_with(orientation: Option<u8>) -> Vec<u8> {
    let mut plain = Vec::new();
    let mut encoder = image::codecs::png::PngEncoder::new(&mut plain);
    encoder.set_icc_profile(profile()).expect("taken");
    picture().write_with_encoder(encoder).expect("encoded");
    let chunk = |kind: &[u8; 4], contents: &[u8]| {
        let length = u32::try_from(contents.len()).expect("short");
        let checked = [&kind[..], contents].concat();
        [
            &length.to_be_bytes()[..],
            &checked,
            &crc32(&checked).to_be_bytes(),
        ]
        .concat()
    };
    // Behind the header, which has 13 bytes.
    let (head, rest) = plain.split_at(8 + 25);
    let mut png = head.to_vec();
    if let Some(orientation) = orientation {
        png.extend(chunk(b"eXIf", &exif(orientation)));
    }
    png.extend(chunk(b"tEXt", &[b"Location\0", SECRET].concat()));
    png.extend(chunk(
        b"iTXt",
        &[b"XML:com.adobe.xmp\0\0\0\0\0", SECRET].concat(),
    ));
    png.extend(chunk(b"caMe", SECRET));
    png.extend(rest);
    png.extend(SECRET);
    png
}

/// The checksum of PNG, bit by bit.
fn crc32(bytes: &[u8]) -> u32 {
    let step = |crc: u32, _| (crc >> 1) ^ (0xedb8_8320 & 0_u32.wrapping_sub(crc & 1));
    !bytes
        .iter()
        .fold(!0, |crc, byte| (0..8).fold(crc ^ u32::from(*byte), step))
}

fn webp_with(orientation: u8) -> Vec<u8> {
    let mut plain = Vec::new();
    let mut encoder = image::codecs::webp::WebPEncoder::new_lossless(&mut plain);
    encoder.set_icc_profile(profile()).expect("taken");
    encoder.set_exif_metadata(exif(orientation)).expect("taken");
    picture().write_with_encoder(encoder).expect("encoded");
    let mut body = plain[8..].to_vec();
    body.extend(b"XMP \x11\0\0\0");
    body.extend(SECRET);
    body.push(0);
    body[12] |= 0x04;
    let length = u32::try_from(body.len()).expect("short");
    [b"RIFF", &length.to_le_bytes()[..], &body].concat()
}

fn gif_with_comment() -> Vec<u8> {
    let mut plain = Vec::new();
    {
        let mut encoder = image::codecs::gif::GifEncoder::new(&mut plain);
        encoder
            .set_repeat(image::codecs::gif::Repeat::Infinite)
            .expect("taken");
        for _ in 0..2 {
            encoder
                .encode_frame(image::Frame::new(picture().to_rgba8()))
                .expect("encoded");
        }
    }
    let secret = u8::try_from(SECRET.len()).expect("short");
    let mut extensions = vec![0x21, 0xfe, secret];
    extensions.extend(SECRET);
    extensions.extend(b"\0\x21\xff\x0bXMP DataXMP");
    extensions.push(secret);
    extensions.extend(SECRET);
    extensions.push(0);
    let end = plain.pop().expect("a trailer");
    plain.extend(extensions);
    plain.push(end);
    plain.extend(SECRET);
    plain
}

struct Imported {
    attachment: Attachment,
    bytes: Vec<u8>,
}

fn take(name: &str, bytes: &[u8]) -> Result<Imported, MediaError> {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join(name);
    fs::write(&path, bytes).expect("written");
    let kept = folder.path().join("media");
    let attachment = import(&path, &kept)?;
    let bytes = read(&kept, &attachment.hash)?;
    Ok(Imported { attachment, bytes })
}

fn holds(bytes: &[u8], what: &[u8]) -> bool {
    bytes.windows(what.len()).any(|window| window == what)
}

/// Colours at the left, right, top and bottom edge.
fn corners(bytes: &[u8]) -> [char; 2] {
    let image = image::load_from_memory(bytes).expect("decodes").to_rgb8();
    let name = |x, y| {
        let Rgb([red, _, blue]) = *image.get_pixel(x, y);
        if red > blue { 'r' } else { 'b' }
    };
    [name(1, 1), name(image.width() - 2, image.height() - 2)]
}

#[test]
fn no_picture_keeps_where_it_was_taken() {
    for (name, bytes) in [
        ("one.jpg", jpeg_with(1)),
        ("turned.jpg", jpeg_with(6)),
        ("one.png", png_with(None)),
        ("turned.png", png_with(Some(6))),
        ("one.webp", webp_with(1)),
        ("turned.webp", webp_with(6)),
        ("one.gif", gif_with_comment()),
    ] {
        assert!(holds(&bytes, SECRET), "{name}");
        let taken = take(name, &bytes).expect(name);
        for trace in [
            SECRET,
            b"Exif",
            b"eXIf",
            b"EXIF",
            b"XMP",
            b"xap",
            b"MPF",
            b"Photoshop",
        ] {
            assert!(!holds(&taken.bytes, trace), "{name} still holds {trace:?}");
        }
    }
}

#[test]
fn a_picture_that_stands_upright_keeps_its_pixels_bit_for_bit() {
    for (name, bytes) in [
        ("one.jpg", jpeg_with(1)),
        ("one.png", png_with(Some(1))),
        ("one.webp", webp_with(1)),
        ("one.gif", gif_with_comment()),
    ] {
        let taken = take(name, &bytes).expect(name);
        let decode = |bytes: &[u8]| image::load_from_memory(bytes).expect(name);
        assert_eq!(decode(&taken.bytes), decode(&bytes), "{name}");
        assert_eq!(taken.attachment.pixels, Some((64, 32)));
        assert_eq!(corners(&taken.bytes), ['r', 'b']);
    }
}

#[test]
fn a_picture_that_its_camera_noted_as_turned_is_turned() {
    for (name, bytes) in [
        ("turned.jpg", jpeg_with(6)),
        ("turned.png", png_with(Some(6))),
        ("turned.webp", webp_with(6)),
    ] {
        let taken = take(name, &bytes).expect(name);
        assert_eq!(taken.attachment.pixels, Some((32, 64)), "{name}");
        assert_eq!(corners(&taken.bytes), ['r', 'b'], "{name}");
    }
    let mirrored = take("mirrored.jpg", &jpeg_with(2)).expect("taken");
    assert_eq!(mirrored.attachment.pixels, Some((64, 32)));
    assert_eq!(corners(&mirrored.bytes), ['b', 'r']);
}

#[test]
fn the_colour_profile_is_kept_whether_it_is_turned_or_not() {
    for (name, bytes) in [
        ("one.jpg", jpeg_with(1)),
        ("turned.jpg", jpeg_with(6)),
        ("one.png", png_with(None)),
        ("turned.png", png_with(Some(6))),
        ("one.webp", webp_with(1)),
        ("turned.webp", webp_with(6)),
    ] {
        let taken = take(name, &bytes).expect(name);
        let reader = image::ImageReader::new(Cursor::new(&taken.bytes))
            .with_guessed_format()
            .expect(name);
        let mut decoder = reader.into_decoder().expect(name);
        let kept = image::ImageDecoder::icc_profile(&mut decoder).expect(name);
        assert_eq!(kept, Some(profile()), "{name}");
    }
}

#[test]
fn an_animation_keeps_its_frames_and_repeats() {
    use image::AnimationDecoder;
    let taken = take("one.gif", &gif_with_comment()).expect("taken");
    assert!(holds(&taken.bytes, b"NETSCAPE2.0"));
    let decoder = image::codecs::gif::GifDecoder::new(Cursor::new(&taken.bytes)).expect("a GIF");
    assert_eq!(decoder.into_frames().count(), 2);
}

#[test]
fn the_stored_file_is_named_by_its_hash_and_private() {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("My poster.PNG");
    fs::write(&path, png_with(None)).expect("written");
    let kept = folder.path().join("data/media");
    let attachment = import(&path, &kept).expect("taken");
    let bytes = fs::read(kept.join(&attachment.hash)).expect("there");
    assert_eq!(attachment.hash, sha256_hex(&bytes));
    assert_eq!(attachment.size, u64::try_from(bytes.len()).expect("short"));
    assert_eq!(
        (attachment.name.as_str(), attachment.mime.as_str()),
        ("My poster.PNG", "image/png")
    );
    assert_eq!(attachment.alt, "");
    assert_eq!(import(&path, &kept), Ok(attachment));
    assert_eq!(fs::read_dir(&kept).expect("listed").count(), 1);
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt;
        let mode = |path: &Path| fs::metadata(path).expect("there").permissions().mode() & 0o777;
        assert_eq!(mode(&kept), 0o700);
        assert_eq!(
            mode(
                &fs::read_dir(&kept)
                    .expect("listed")
                    .next()
                    .expect("one")
                    .expect("one")
                    .path()
            ),
            0o600
        );
    }
}

#[test]
fn what_is_no_picture_is_told_in_one_line_and_nothing_is_kept() {
    let folder = tempfile::tempdir().expect("a folder");
    let kept = folder.path().join("media");
    let told = |path: &Path| {
        let error = import(path, &kept).expect_err("refused").to_string();
        assert_eq!(error.lines().count(), 1, "{error}");
        assert!(error.contains(&path.display().to_string()), "{error}");
        error
    };
    let written = |name: &str, bytes: &[u8]| {
        let path = folder.path().join(name);
        fs::write(&path, bytes).expect("written");
        told(&path)
    };
    assert!(told(&folder.path().join("nowhere.png")).contains("no file"));
    assert!(told(folder.path()).contains("no file"));
    assert!(written("empty.png", b"").contains("empty: save or copy"));
    let drawing = written(
        "drawing.png",
        b"<?xml version=\"1.0\"?>\n<svg xmlns=\"http://www.w3.org/2000/svg\"/>",
    );
    assert!(drawing.contains("SVG") && drawing.contains("JPEG, PNG, GIF and WebP"));
    assert!(written("phone.jpg", b"\0\0\0\x18ftypheic\0\0\0\0").contains("HEIC"));
    assert!(written("poster.png", b"Not a picture").contains("is a text file"));
    assert!(written("noise.png", b"\x01\x02\xfe\xff\0").contains("no picture"));
    assert!(!kept.exists());
}

#[test]
fn a_picture_that_is_cut_off_or_garbled_is_damaged_and_never_a_panic() {
    for (name, whole) in [
        ("one.jpg", jpeg_with(6)),
        ("one.png", png_with(Some(6))),
        ("one.webp", webp_with(6)),
        ("one.gif", gif_with_comment()),
    ] {
        for length in (4..whole.len()).step_by(7) {
            // Whatever it says, it says it; most of the file is needed for a picture.
            let cut = take(name, &whole[..length]);
            assert!(length > 60 || cut.is_err(), "{name} cut to {length}");
            let mut garbled = whole.clone();
            garbled[length] ^= 0xff;
            take(name, &garbled).ok();
        }
    }
}

#[test]
fn a_small_file_with_more_pixels_than_memory_is_refused_before_it_is_decoded() {
    let mut bytes = png_with(Some(6));
    bytes[16..24].copy_from_slice(&[0, 0, 0xff, 0xff, 0, 0, 0xff, 0xff]);
    let checksum = crc32(&bytes[12..29]).to_be_bytes();
    bytes[29..33].copy_from_slice(&checksum);
    assert!(matches!(
        take("bomb.png", &bytes),
        Err(MediaError::TooManyPixels(_))
    ));
}

#[test]
fn a_picture_that_was_changed_or_removed_in_the_data_folder_is_not_sent() {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("one.png");
    fs::write(&path, png_with(None)).expect("written");
    let hash = import(&path, folder.path()).expect("taken").hash;
    fs::write(folder.path().join(&hash), b"something else").expect("written");
    assert_eq!(
        read(folder.path(), &hash),
        Err(MediaError::Altered(hash.clone()))
    );
    fs::remove_file(folder.path().join(&hash)).expect("removed");
    assert_eq!(read(folder.path(), &hash), Err(MediaError::Gone(hash)));
    assert!(matches!(
        read(folder.path(), "../one.png"),
        Err(MediaError::Gone(_))
    ));
}
