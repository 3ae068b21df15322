//! Pictures, videos, documents and captions: read, stripped of what they tell about where and how they were taken, and kept by the
//! hash of their bytes.
//!
//! Knows files and their formats, not the database. Removes no picture that was kept: a copy of the database that is
//! restored, an undo or an older revision may still name it. The formats are in one file each; `turn.rs` applies the
//! orientation that a camera only noted, `fit.rs` encodes what a channel does not take as it is; videos and documents, which
//! are never whole in memory, are in `large.rs`; `thumb.rs` makes what a terminal shows.

mod captions;
#[cfg(test)]
mod captions_tests;
mod card;
mod decode;
mod film;
mod fit;
#[cfg(test)]
mod fit_tests;
mod gif;
mod jpeg;
mod large;
#[cfg(test)]
mod large_tests;
mod png;
mod sixel;
mod terminal;
mod thumb;
mod turn;
mod webp;
mod white;

pub use card::keep_for_card;
pub use fit::fitted;
pub use large::{MAX_LARGE_BYTES, check, range};
pub use thumb::thumb;

use crate::domain::composed::sha256_hex;
use crate::domain::fault_words::in_words;
use crate::domain::text_safety::visible;
use crate::domain::{Attachment, PartMedia};
use decode::NotDecoded;
use image::ImageFormat;
use std::fs::{self, DirBuilder, File, OpenOptions};
use std::io::{self, Cursor, Read, Write};
use std::os::unix::fs::{DirBuilderExt, OpenOptionsExt};
use std::path::Path;
use std::sync::atomic::{AtomicU64, Ordering};

/// Largest file that is read, in bytes.
pub const MAX_BYTES: u64 = 100 * 1024 * 1024;

/// Most pixels of a picture: beyond, a small file could fill the memory when it is decoded.
pub const MAX_PIXELS: u64 = 200_000_000;

/// Why a picture was not taken, or is not there, in one line.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum MediaError {
    /// There is no such file.
    #[error("There is no file {0}: check the path")]
    Missing(String),
    /// It may not be read, or reading it failed.
    #[error("{path} cannot be read: {why}")]
    Unreadable {
        /// The file.
        path: String,
        /// What the system said.
        why: String,
    },
    /// A folder, a pipe, a device.
    #[error("{0} is no file: name the picture or the video itself")]
    NotAFile(String),
    /// It has no bytes.
    #[error("{0} is empty: save or copy the file again, then attach it")]
    Empty(String),
    /// It has more bytes than are read.
    #[error("{0} is larger than 100 MB: make it smaller")]
    TooLarge(String),
    /// It is a video or a document of more bytes than are kept.
    #[error("{0} is larger than 4 GB: make it smaller")]
    LargerThan4GB(String),
    /// It is of another format.
    #[error(
        "{path} is {what}: JPEG, PNG, GIF and WebP pictures, MP4, MOV and WebM videos, PDF documents and WebVTT and SubRip captions are taken"
    )]
    NotTaken {
        /// The file.
        path: String,
        /// What it seems to be.
        what: &'static str,
    },
    /// It is cut off or otherwise broken.
    #[error("{path} is damaged: {why}")]
    Damaged {
        /// The file.
        path: String,
        /// What is wrong with it.
        why: String,
    },
    /// It has more pixels than are decoded.
    #[error("{0} has more than 200 million pixels: make it smaller")]
    TooManyPixels(String),
    /// It is kept, and cannot be encoded for a channel that does not take it as it is.
    #[error("The picture {hash} cannot be made to fit: {why}; attach a smaller one")]
    CannotFit {
        /// The picture.
        hash: String,
        /// Why not.
        why: String,
    },
    /// It cannot be written to the data folder.
    #[error("{path} cannot be written: {why}")]
    NotKept {
        /// The file in the data folder.
        path: String,
        /// What the system said.
        why: String,
    },
    /// A file that a post uses is not in the data folder any more.
    #[error("The file {0} is not in the data folder any more: attach it again")]
    Gone(String),
    /// Its bytes are not those that were kept.
    #[error("The file {0} was changed in the data folder: attach it again")]
    Altered(String),
}

/// A format's own word on why its bytes make no sense.
type Broken = &'static str;

/// Reads a picture, a video, a document or captions, strips it and keeps it in `folder` under the hash of what is left; the alt text
/// stays empty.
///
/// EXIF, XMP, IPTC, comments and everything else that is not the picture or its colour profile are left out without
/// touching the pixels. Only a picture that is to be turned is encoded anew (JPEG at quality 92). It is decoded once, so
/// that one that is damaged is told now.
///
/// # Errors
/// One line that names the file and what is wrong with it; nothing is kept then.
pub fn import(path: &Path, folder: &Path) -> Result<Attachment, MediaError> {
    let shown = visible(&path.display().to_string());
    if large::is_large(&head(path, &shown)?) {
        return large::import(path, &shown, folder);
    }
    let bytes = read_picture(path, &shown)?;
    if let Some(mime) = captions::kind(path, &bytes, &shown)? {
        return captions::import(path, &bytes, mime, folder);
    }
    let format = sniff(&bytes, &shown)?;
    let damaged = |why: &str| MediaError::Damaged {
        path: shown.clone(),
        why: why.to_owned(),
    };
    let (width, height) = pixels(&bytes).ok_or_else(|| damaged("its size cannot be read"))?;
    if u64::from(width) * u64::from(height) > MAX_PIXELS {
        return Err(MediaError::TooManyPixels(shown));
    }
    let turned = turn::turned(&bytes, format).map_err(|why| damaged(&why))?;
    let stripped = strip(turned.as_deref().unwrap_or(&bytes), format).map_err(damaged)?;
    let seen = decode::look(&stripped, format).map_err(|error| match error {
        NotDecoded::TooLarge => MediaError::TooManyPixels(shown.clone()),
        NotDecoded::Damaged(why) | NotDecoded::Unknown(why) => damaged(&why),
    })?;
    let hash = sha256_hex(&stripped);
    keep(&stripped, folder, &hash)?;
    Ok(Attachment {
        name: file_name(path),
        mime: format.to_mime_type().to_owned(),
        size: u64::try_from(stripped.len()).unwrap_or(u64::MAX),
        pixels: pixels(&stripped),
        hash,
        duration_ms: None,
        rate: None,
        alt: String::new(),
        seen,
    })
}

/// Returns the bytes of a picture as it is sent: as it was kept, or made to fit its channel.
///
/// # Errors
/// As `read` and `fitted`.
pub fn as_sent(folder: &Path, media: &PartMedia) -> Result<Vec<u8>, MediaError> {
    match &media.fit {
        None => read(folder, &media.hash),
        Some(fit) => fitted(folder, &media.hash, fit),
    }
}

/// Returns the bytes of a kept picture, after checking that they are still those that were kept.
///
/// # Errors
/// `Gone` or `Altered`; `Unreadable` with what the system said.
pub fn read(folder: &Path, hash: &str) -> Result<Vec<u8>, MediaError> {
    if !is_hash(hash) {
        return Err(MediaError::Gone(hash.escape_default().to_string()));
    }
    let path = folder.join(hash);
    let bytes = fs::read(&path).map_err(|error| match error.kind() {
        io::ErrorKind::NotFound => MediaError::Gone(hash.to_owned()),
        _ => MediaError::Unreadable {
            path: path.display().to_string(),
            why: in_words(&error),
        },
    })?;
    if sha256_hex(&bytes) != hash {
        return Err(MediaError::Altered(hash.to_owned()));
    }
    Ok(bytes)
}

/// Returns width and height from a picture's header; `None` when it has none that can be read.
pub fn pixels(bytes: &[u8]) -> Option<(u32, u32)> {
    image::ImageReader::new(Cursor::new(bytes))
        .with_guessed_format()
        .ok()?
        .into_dimensions()
        .ok()
}

/// Ending of a file that is not complete yet.
const UNFINISHED: &str = ".part";

/// Returns the first bytes of a file, which tell what it is.
fn head(path: &Path, shown: &str) -> Result<Vec<u8>, MediaError> {
    let told = |error| unreadable(shown, &error);
    // Before it is opened: opening a pipe would wait for somebody to write to it.
    if !fs::metadata(path).map_err(told)?.is_file() {
        return Err(MediaError::NotAFile(shown.to_owned()));
    }
    let mut bytes = Vec::new();
    File::open(path)
        .and_then(|file| file.take(32).read_to_end(&mut bytes))
        .map_err(told)?;
    Ok(bytes)
}

fn unreadable(shown: &str, error: &io::Error) -> MediaError {
    match error.kind() {
        io::ErrorKind::NotFound => MediaError::Missing(shown.to_owned()),
        _ => MediaError::Unreadable {
            path: shown.to_owned(),
            why: in_words(error),
        },
    }
}

fn read_picture(path: &Path, shown: &str) -> Result<Vec<u8>, MediaError> {
    let told = |error| unreadable(shown, &error);
    let mut bytes = Vec::new();
    let file = File::open(path).map_err(told)?;
    file.take(MAX_BYTES + 1)
        .read_to_end(&mut bytes)
        .map_err(told)?;
    match u64::try_from(bytes.len()).unwrap_or(u64::MAX) {
        0 => Err(MediaError::Empty(shown.to_owned())),
        length if length > MAX_BYTES => Err(MediaError::TooLarge(shown.to_owned())),
        _ => Ok(bytes),
    }
}

/// Tells the format by the first bytes; the name's ending says nothing.
fn sniff(bytes: &[u8], shown: &str) -> Result<ImageFormat, MediaError> {
    let begins = |magic: &[u8]| bytes.starts_with(magic);
    let holds_at_4 = |magic: &[u8]| bytes.get(4..).is_some_and(|rest| rest.starts_with(magic));
    if begins(b"\xff\xd8\xff") {
        return Ok(ImageFormat::Jpeg);
    }
    if begins(png::SIGNATURE) {
        return Ok(ImageFormat::Png);
    }
    if begins(b"GIF87a") || begins(b"GIF89a") {
        return Ok(ImageFormat::Gif);
    }
    if begins(b"RIFF") && bytes.get(8..12) == Some(b"WEBP") {
        return Ok(ImageFormat::WebP);
    }
    let text = String::from_utf8_lossy(&bytes[..bytes.len().min(1024)]);
    let what = match text.trim_start_matches('\u{feff}').trim_start() {
        _ if holds_at_4(b"ftyphei") || holds_at_4(b"ftypmif1") => "a HEIC picture",
        _ if holds_at_4(b"ftypavif") => "an AVIF picture",
        _ if begins(b"II*\0") || begins(b"MM\0*") => "a TIFF picture",
        _ if begins(b"BM") => "a BMP picture",
        text if text.starts_with("<svg") => "an SVG drawing",
        text if text.starts_with("<?xml") && text.contains("<svg") => "an SVG drawing",
        text if is_words(text) => "a text file",
        _ => "no picture, video or document that is known here",
    };
    Err(MediaError::NotTaken {
        path: shown.to_owned(),
        what,
    })
}

/// Whether it reads as a text, whatever its name says.
fn is_words(text: &str) -> bool {
    let is_odd =
        |c: char| c == char::REPLACEMENT_CHARACTER || (c.is_control() && !c.is_whitespace());
    // The last letter may be cut in two.
    !text
        .trim_end_matches(char::REPLACEMENT_CHARACTER)
        .contains(is_odd)
}

fn strip(bytes: &[u8], format: ImageFormat) -> Result<Vec<u8>, Broken> {
    match format {
        ImageFormat::Jpeg => jpeg::strip(bytes),
        ImageFormat::Png => png::strip(bytes),
        ImageFormat::Gif => gif::strip(bytes),
        ImageFormat::WebP => webp::strip(bytes),
        _ => Err("its format is not known here"),
    }
}

fn file_name(path: &Path) -> String {
    visible(
        &path
            .file_name()
            .unwrap_or(path.as_os_str())
            .to_string_lossy(),
    )
}

fn is_hash(name: &str) -> bool {
    name.len() == 64
        && name
            .bytes()
            .all(|byte| matches!(byte, b'0'..=b'9' | b'a'..=b'f'))
}

/// Writes the file whole or not at all. One that is there already is written anew, so that it counts as young.
fn keep(bytes: &[u8], folder: &Path, hash: &str) -> Result<(), MediaError> {
    static NUMBER: AtomicU64 = AtomicU64::new(0);
    let number = NUMBER.fetch_add(1, Ordering::Relaxed);
    let unfinished = folder.join(format!(
        "{hash}-{}-{number}{UNFINISHED}",
        std::process::id()
    ));
    let written = create_folder(folder)
        .and_then(|()| write_synced(&unfinished, bytes))
        .and_then(|()| fs::rename(&unfinished, folder.join(hash)))
        .and_then(|()| sync_folder(folder));
    written.map_err(|error| {
        fs::remove_file(&unfinished).ok();
        MediaError::NotKept {
            path: folder.join(hash).display().to_string(),
            why: in_words(&error),
        }
    })
}

fn create_folder(folder: &Path) -> io::Result<()> {
    let mut builder = DirBuilder::new();
    builder.recursive(true);
    builder.mode(0o700);
    builder.create(folder)
}

fn write_synced(path: &Path, bytes: &[u8]) -> io::Result<()> {
    let mut options = OpenOptions::new();
    options.write(true).create_new(true);
    options.mode(0o600);
    let mut file = options.open(path)?;
    file.write_all(bytes)?;
    file.sync_all()
}

/// Makes the new name as durable as the bytes.
fn sync_folder(folder: &Path) -> io::Result<()> {
    File::open(folder)?.sync_all()
}

#[cfg(test)]
mod tests;
