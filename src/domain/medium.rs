//! What an attached file is: a picture, a video, a document or the captions of a video, told by its MIME type.

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
    /// WebVTT, SubRip.
    Captions,
}

/// The type of captions in the form of WebVTT (W3C, registered with IANA).
pub const WEBVTT: &str = "text/vtt";

/// The type of captions in the form of SubRip, which nobody registered.
pub const SUBRIP: &str = "application/x-subrip";

impl Medium {
    /// Tells it by a MIME type.
    pub fn of(mime: &str) -> Self {
        if [WEBVTT, SUBRIP].contains(&mime) {
            return Self::Captions;
        }
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
            Self::Captions => "captions",
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
        assert_eq!(Medium::of(WEBVTT), Medium::Captions);
        assert_eq!(Medium::of(SUBRIP), Medium::Captions);
    }
}
