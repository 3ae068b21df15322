//! Videos and documents: checked without decoding, and copied into the data folder in pieces, never whole in memory.
//!
//! What a video tells about where and with what it was taken (`udta`, `meta`, XMP) is blanked in the copy, which keeps its
//! length; pictures and sound stay byte for byte. A WebM file and a PDF document keep what they say.

use super::film::{self, Film, Unread};
use super::{MediaError, UNFINISHED, create_folder, file_name, is_hash, sync_folder};
use crate::domain::Attachment;
use crate::domain::composed::hex;
use crate::domain::fault_words::in_words;
use sha2::{Digest, Sha256};
use std::fs::{self, File, OpenOptions};
use std::io::{self, BufReader, Read, Seek, SeekFrom, Write};
use std::os::unix::fs::OpenOptionsExt;
use std::path::Path;
use std::sync::atomic::{AtomicU64, Ordering};

/// Largest video or document that is taken, in bytes.
pub const MAX_LARGE_BYTES: u64 = 4 * 1024 * 1024 * 1024;

/// How much is in memory at a time.
const PIECE: usize = 1024 * 1024;

/// Whether a file begins like one that is kept here.
pub(super) fn is_large(head: &[u8]) -> bool {
    film::is_mp4(head) || film::is_webm(head) || head.starts_with(b"%PDF-")
}

/// Reads what it says about itself, and keeps a copy in `folder` under the hash of its bytes.
pub(super) fn import(path: &Path, shown: &str, folder: &Path) -> Result<Attachment, MediaError> {
    let unreadable = |error: io::Error| MediaError::Unreadable {
        path: shown.to_owned(),
        why: in_words(&error),
    };
    let mut file = File::open(path).map_err(unreadable)?;
    let size = file.metadata().map_err(unreadable)?.len();
    if size > MAX_LARGE_BYTES {
        return Err(MediaError::LargerThan4GB(shown.to_owned()));
    }
    let film = inspect(&mut file, size).map_err(|unread| match unread {
        Unread::Io(error) => unreadable(error),
        Unread::Broken(why) => MediaError::Damaged {
            path: shown.to_owned(),
            why: why.to_owned(),
        },
        Unread::Other(what) => MediaError::NotTaken {
            path: shown.to_owned(),
            what,
        },
    })?;
    let hash = keep(&mut file, size, &film, folder).map_err(|failed| match failed {
        Failed::Reading(error) => unreadable(error),
        Failed::Changed => MediaError::Damaged {
            path: shown.to_owned(),
            why: "it changes while it is read: attach it when it is finished".to_owned(),
        },
        Failed::Writing(error) => MediaError::NotKept {
            path: folder.display().to_string(),
            why: in_words(&error),
        },
    })?;
    Ok(Attachment {
        hash,
        name: file_name(path),
        mime: film.mime.to_owned(),
        size,
        pixels: film.pixels,
        duration_ms: film.duration_ms,
        rate: film.rate,
        alt: String::new(),
        seen: None,
    })
}

fn inspect(file: &mut File, size: u64) -> Result<Film, Unread> {
    let mut head = Vec::new();
    file.seek(SeekFrom::Start(0))?;
    file.take(32).read_to_end(&mut head)?;
    if film::is_webm(&head) {
        return film::webm(BufReader::new(file), size);
    }
    if film::is_mp4(&head) {
        return film::mp4(BufReader::new(file), size);
    }
    // A PDF file ends in %%EOF, with some room for what programs append (ISO 32000-1, annex H.3.1).
    let mut tail = Vec::new();
    file.seek(SeekFrom::Start(size.saturating_sub(1024)))?;
    file.take(1024).read_to_end(&mut tail)?;
    if !tail.windows(5).any(|window| window == b"%%EOF") {
        return Err(Unread::Broken("it is cut off"));
    }
    Ok(Film {
        mime: "application/pdf",
        ..Film::default()
    })
}

enum Failed {
    Reading(io::Error),
    Changed,
    Writing(io::Error),
}

/// Copies in pieces, blanks what the film tells, and gives the copy the name of its hash.
fn keep(file: &mut File, size: u64, film: &Film, folder: &Path) -> Result<String, Failed> {
    static NUMBER: AtomicU64 = AtomicU64::new(0);
    let number = NUMBER.fetch_add(1, Ordering::Relaxed);
    create_folder(folder).map_err(Failed::Writing)?;
    let name = format!("large-{}-{number}{UNFINISHED}", std::process::id());
    let unfinished = folder.join(name);
    let kept = copy(file, size, film, &unfinished).and_then(|hash| {
        fs::rename(&unfinished, folder.join(&hash))
            .and_then(|()| sync_folder(folder))
            .map_err(Failed::Writing)?;
        Ok(hash)
    });
    if kept.is_err() {
        fs::remove_file(&unfinished).ok();
    }
    kept
}

fn copy(file: &mut File, size: u64, film: &Film, to: &Path) -> Result<String, Failed> {
    let mut options = OpenOptions::new();
    options.read(true).write(true).create_new(true).mode(0o600);
    let mut copy = options.open(to).map_err(Failed::Writing)?;
    file.seek(SeekFrom::Start(0)).map_err(Failed::Reading)?;
    let (mut piece, mut copied) = (vec![0; PIECE], 0_u64);
    loop {
        let read = file.read(&mut piece).map_err(Failed::Reading)?;
        if read == 0 {
            break;
        }
        copied += read as u64;
        if copied > size {
            return Err(Failed::Changed);
        }
        copy.write_all(&piece[..read]).map_err(Failed::Writing)?;
    }
    if copied != size {
        return Err(Failed::Changed);
    }
    for told in &film.tells {
        blank(&mut copy, told.start, told.end).map_err(Failed::Writing)?;
    }
    copy.sync_all().map_err(Failed::Writing)?;
    hash(&mut copy).map_err(Failed::Writing)
}

/// Makes free space of a box: its size stays, so that every offset in the file stays right.
fn blank(file: &mut File, kind_at: u64, end: u64) -> io::Result<()> {
    file.seek(SeekFrom::Start(kind_at))?;
    file.write_all(b"free")?;
    // A box with a long size has that behind its type.
    let mut head = [0; 4];
    file.seek(SeekFrom::Start(kind_at - 4))?;
    file.read_exact(&mut head)?;
    let from = kind_at + if u32::from_be_bytes(head) == 1 { 12 } else { 4 };
    file.seek(SeekFrom::Start(from))?;
    io::copy(&mut io::repeat(0).take(end.saturating_sub(from)), file)?;
    Ok(())
}

fn hash(file: &mut File) -> io::Result<String> {
    file.seek(SeekFrom::Start(0))?;
    let (mut piece, mut hasher) = (vec![0; PIECE], Sha256::new());
    loop {
        match file.read(&mut piece)? {
            0 => return Ok(hex(&hasher.finalize())),
            read => hasher.update(&piece[..read]),
        }
    }
}

fn open(folder: &Path, hash: &str) -> Result<File, MediaError> {
    if !is_hash(hash) {
        return Err(MediaError::Gone(hash.escape_default().to_string()));
    }
    let path = folder.join(hash);
    File::open(&path).map_err(|error| match error.kind() {
        io::ErrorKind::NotFound => MediaError::Gone(hash.to_owned()),
        _ => MediaError::Unreadable {
            path: path.display().to_string(),
            why: in_words(&error),
        },
    })
}

/// Checks that the bytes of a kept file are still those that were kept. Reads all of it, a piece at a time.
///
/// # Errors
/// `Gone` or `Altered`; `Unreadable` with what the system said.
pub fn check(folder: &Path, hash: &str) -> Result<(), MediaError> {
    let mut file = open(folder, hash)?;
    match self::hash(&mut file) {
        Ok(found) if found == hash => Ok(()),
        Ok(_) => Err(MediaError::Altered(hash.to_owned())),
        Err(error) => Err(MediaError::Unreadable {
            path: folder.join(hash).display().to_string(),
            why: in_words(&error),
        }),
    }
}

/// Returns bytes of a kept file from an offset on: as many as were asked for, or up to its end.
///
/// # Errors
/// `Gone`; `Unreadable` with what the system said.
pub fn range(folder: &Path, hash: &str, at: u64, length: usize) -> Result<Vec<u8>, MediaError> {
    let mut file = open(folder, hash)?;
    let mut bytes = Vec::new();
    let read = file.seek(SeekFrom::Start(at)).and_then(|_| {
        file.take(u64::try_from(length).unwrap_or(u64::MAX))
            .read_to_end(&mut bytes)
    });
    read.map(|_| bytes).map_err(|error| MediaError::Unreadable {
        path: folder.join(hash).display().to_string(),
        why: in_words(&error),
    })
}
