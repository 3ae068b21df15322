//! The folder of a sandbox: a file appears whole or not at all, is never changed, and is on the disk before it is told.
//!
//! What stands in a file, and what it is called, is in `sandbox.rs`.

use crate::domain::fault_words::in_words;
use crate::domain::{Corrected, Outcome, Published};
use std::fs::{self, File};
use std::io::{self, Write};
use std::path::Path;

/// How the name of a file ends that is still being written.
const DRAFT: &str = ".new";

/// Gives a file another name, so that it is no part of the outbox any more.
pub(super) fn put_aside(folder: &Path, name: &str) -> Corrected {
    let path = folder.join(name);
    let shown = path.display();
    match fs::rename(&path, folder.join(format!("{name}.deleted"))) {
        Ok(()) => match File::open(folder).and_then(|folder| folder.sync_all()) {
            Ok(()) => Corrected::Done,
            Err(error) => Corrected::Unknown {
                reason: format!(
                    "{shown} was deleted, but that may not be safe: {}",
                    in_words(&error)
                ),
            },
        },
        Err(error) if error.kind() == io::ErrorKind::NotFound => Corrected::Gone,
        Err(error) => Corrected::NotDone {
            reason: format!("{shown} cannot be deleted: {}", in_words(&error)),
        },
    }
}

/// Runs file work where it cannot hold up other tasks.
pub(super) async fn blocking<T: Send + 'static>(
    work: impl FnOnce() -> io::Result<T> + Send + 'static,
) -> io::Result<T> {
    tokio::task::spawn_blocking(work)
        .await
        .unwrap_or_else(|error| Err(io::Error::other(error)))
}

/// Makes one file appear whole or not at all, and never changes one that is there.
pub(super) fn deliver(folder: &Path, name: &str, body: &[u8]) -> Outcome {
    let path = folder.join(name);
    let wrote = match write_once(folder, &path, body) {
        Ok(()) => sync(folder).map_err(Refusal::NotSafe),
        // Whoever wrote it may have died before it was safe.
        Err(Refusal::Exists) if fs::read(&path).is_ok_and(|there| there == body) => {
            sync(folder).map_err(Refusal::NotSafe)
        }
        other => other,
    };
    match wrote {
        Ok(()) => {}
        Err(Refusal::Exists) => match fs::read(&path) {
            Ok(_) => {
                return Outcome::Rejected {
                    reason: format!(
                        "{} is there already and says something else",
                        path.display()
                    ),
                };
            }
            Err(error) => {
                return Outcome::Unknown {
                    reason: format!(
                        "{} is there, but cannot be read: {}",
                        path.display(),
                        in_words(&error)
                    ),
                };
            }
        },
        Err(Refusal::NotWritten(error)) => {
            return Outcome::NotSent {
                reason: format!("{} cannot be written: {}", path.display(), in_words(&error)),
            };
        }
        Err(Refusal::NotSafe(error)) => {
            return Outcome::Unknown {
                reason: format!(
                    "{} was written, but may not be safe: {}",
                    path.display(),
                    in_words(&error)
                ),
            };
        }
    }
    Outcome::Published(written(&path, name))
}

/// Returns what is told of a file that is there.
pub(super) fn written(path: &Path, name: &str) -> Published {
    let address = std::path::absolute(path)
        .ok()
        .and_then(|path| url::Url::from_file_path(path).ok());
    Published {
        id: name.to_owned(),
        permalink: address.map(String::from),
        ..Published::default()
    }
}

/// Why a file was not written.
enum Refusal {
    Exists,
    NotWritten(io::Error),
    NotSafe(io::Error),
}

/// Makes a folder and those above it, so that a power cut does not take them away again.
pub(super) fn make_folder(folder: &Path) -> io::Result<()> {
    fs::create_dir_all(folder)?;
    for above in std::path::absolute(folder)?.ancestors().skip(1) {
        // Where nothing can be read or synced nothing was made either.
        if sync(above).is_err() {
            break;
        }
    }
    Ok(())
}

/// Waits until the names in a folder are on the disk.
pub(super) fn sync(folder: &Path) -> io::Result<()> {
    File::open(folder)?.sync_all()
}

/// Removes what processes that were killed left of a file they were writing.
pub(super) fn remove_drafts(folder: &Path, path: &Path) {
    let stem = path.file_stem().unwrap_or_default().to_string_lossy();
    let of_it = format!("{stem}.");
    for entry in fs::read_dir(folder).into_iter().flatten().flatten() {
        let name = entry.file_name().to_string_lossy().into_owned();
        if name.starts_with(&of_it) && name.ends_with(DRAFT) {
            // That it stays harms nobody: the next look tries again.
            fs::remove_file(entry.path()).ok();
        }
    }
}

/// Gives a file its name, whole; the name is on the disk only when its folder was synced.
fn write_once(folder: &Path, path: &Path, body: &[u8]) -> Result<(), Refusal> {
    if !folder.is_dir() {
        make_folder(folder).map_err(Refusal::NotWritten)?;
    }
    let draft = path.with_extension(format!("{}{DRAFT}", std::process::id()));
    let written = File::create(&draft)
        .and_then(|mut file| file.write_all(body).and_then(|()| file.sync_all()))
        // Linking fails when the name is taken, and gives it to the whole file at once.
        .and_then(|()| fs::hard_link(&draft, path));
    let _ = fs::remove_file(&draft);
    match written {
        Err(error) if error.kind() == io::ErrorKind::AlreadyExists => Err(Refusal::Exists),
        Err(error) => Err(Refusal::NotWritten(error)),
        Ok(()) => Ok(()),
    }
}
