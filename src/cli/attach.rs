//! Pictures from the command line into the data folder, and back out of it.

use crate::domain::Attachment;
use crate::media;
use anyhow::anyhow;
use std::path::Path;

/// Copies a picture, stripped of its metadata, into the data folder.
pub(super) fn import(folder: &Path, path: &Path, alt: &str) -> anyhow::Result<Attachment> {
    let picture = media::import(path, folder).map_err(|error| anyhow!("--attach: {error}"))?;
    Ok(Attachment {
        alt: alt.to_owned(),
        ..picture
    })
}

/// Reads a stored picture.
pub(super) fn read(folder: &Path, hash: &str) -> Result<Vec<u8>, String> {
    media::read(folder, hash).map_err(|error| error.to_string())
}
