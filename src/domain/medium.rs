//! What an attached file is: a picture, a video or a document, told by its MIME type.

use serde::{Deserialize, Serialize};
use std::fmt;

/// What an attached file is.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Medium {
    /// JPEG, PNG, GIF, WebP.
    #[default]
    Picture,
    /// MP4, MOV, WebM.
    Video,
    /// PDF.
    Document,
}

impl Medium {
    /// Tells it by a MIME type.
    pub fn of(mime: &str) -> Self {
        match mime.split('/').next() {
            Some("video") => Self::Video,
            Some("application") => Self::Document,
            _ => Self::Picture,
        }
    }

    /// Returns its word.
    pub fn word(self) -> &'static str {
        match self {
            Self::Picture => "picture",
            Self::Video => "video",
            Self::Document => "document",
        }
    }
}

impl fmt::Display for Medium {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.word())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_mime_type_tells_what_a_file_is() {
        assert_eq!(Medium::of("video/quicktime"), Medium::Video);
        assert_eq!(Medium::of("application/pdf"), Medium::Document);
        assert_eq!(Medium::of("image/gif"), Medium::Picture);
    }
}
