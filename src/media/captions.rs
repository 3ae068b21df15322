//! The captions of a video: WebVTT and SubRip, told by what is in the file and kept byte for byte.
//!
//! W3C "WebVTT", section 4.1: the file is UTF-8 and begins with WEBVTT, after a byte order mark at most. SubRip has no
//! specification: a number, a line of times with commas, the words. What is wrong is told when it is attached.

use super::{MediaError, file_name, keep};
use crate::domain::Attachment;
use crate::domain::composed::sha256_hex;
use crate::domain::medium::{SUBRIP, WEBVTT};
use std::path::Path;

/// Between the beginning and the end of a time.
const ARROW: &str = "-->";

/// Returns the type of captions; `None` for what is something else.
///
/// # Errors
/// `Damaged` for what is meant as captions, by its beginning or its name, and cannot be read as such.
pub(super) fn kind(
    path: &Path,
    bytes: &[u8],
    shown: &str,
) -> Result<Option<&'static str>, MediaError> {
    let damaged = |why: &str| MediaError::Damaged {
        path: shown.to_owned(),
        why: why.to_owned(),
    };
    let ending = path
        .extension()
        .map(|it| it.to_string_lossy().to_lowercase());
    let named = match ending.as_deref() {
        Some("vtt") => Some(WEBVTT),
        Some("srt") => Some(SUBRIP),
        _ => None,
    };
    let begun = bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes);
    if !begun.starts_with(b"WEBVTT") && named.is_none() {
        return Ok(None);
    }
    let Ok(text) = std::str::from_utf8(begun) else {
        return Err(damaged("captions must be UTF-8: save it so"));
    };
    let is_headed = text
        .strip_prefix("WEBVTT")
        .is_some_and(|rest| rest.is_empty() || rest.starts_with([' ', '\t', '\n', '\r']));
    match named {
        _ if is_headed => match text.lines().any(|line| is_times(line, '.')) {
            true => Ok(Some(WEBVTT)),
            false => Err(damaged(
                "it has no line of times such as 00:00:01.000 --> 00:00:04.000",
            )),
        },
        Some(SUBRIP) => match text.lines().any(|line| is_times(line, ',')) {
            true => Ok(Some(SUBRIP)),
            false => Err(damaged(
                "it has no line of times such as 00:00:01,000 --> 00:00:04,000",
            )),
        },
        Some(_) => Err(damaged("its first line must be WEBVTT")),
        None => Ok(None),
    }
}

/// Keeps captions in `folder` under the hash of their bytes.
pub(super) fn import(
    path: &Path,
    bytes: &[u8],
    mime: &str,
    folder: &Path,
) -> Result<Attachment, MediaError> {
    let hash = sha256_hex(bytes);
    keep(bytes, folder, &hash)?;
    Ok(Attachment {
        hash,
        name: file_name(path),
        mime: mime.to_owned(),
        size: u64::try_from(bytes.len()).unwrap_or(u64::MAX),
        ..Attachment::default()
    })
}

/// Whether a line says from when to when something is shown, with this sign before the milliseconds.
fn is_times(line: &str, point: char) -> bool {
    let Some((from, to)) = line.split_once(ARROW) else {
        return false;
    };
    // Where it is shown may follow.
    let to = to.split_whitespace().next().unwrap_or_default();
    is_time(from.trim(), point) && is_time(to, point)
}

/// Whether it is a time: hours, which may be left out, minutes, seconds and milliseconds.
fn is_time(text: &str, point: char) -> bool {
    let Some((clock, milliseconds)) = text.split_once(point) else {
        return false;
    };
    let digits = |text: &str| !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
    let fields: Vec<&str> = clock.split(':').collect();
    (2..=3).contains(&fields.len()) && fields.into_iter().all(digits) && digits(milliseconds)
}
