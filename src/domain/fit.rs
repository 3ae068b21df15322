//! How a picture is made to fit a channel: decided from limits alone, shown, and obeyed to the pixel when it is sent.
//!
//! Plain data. `text/fit.rs` decides, `media/fit.rs` encodes; neither asks the other.

use serde::{Deserialize, Serialize};

/// What was seen of a picture when it was decoded.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Seen {
    /// Whether it moves.
    pub animated: bool,
    /// Whether something shows through it.
    pub transparent: bool,
}

/// What a picture is encoded as.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum FitType {
    /// Small, and nothing shows through.
    Jpeg,
    /// Larger, and what is transparent stays so.
    Png,
}

impl FitType {
    /// Returns its MIME type.
    pub fn mime(self) -> &'static str {
        match self {
            Self::Jpeg => "image/jpeg",
            Self::Png => "image/png",
        }
    }

    fn name(self) -> &'static str {
        match self {
            Self::Jpeg => "JPEG",
            Self::Png => "PNG",
        }
    }
}

/// What becomes of a picture that a channel does not take as it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Fit {
    /// What it is encoded as.
    pub kind: FitType,
    /// Width in pixels.
    pub width: u32,
    /// Height in pixels.
    pub height: u32,
    /// Most bytes that it may have.
    pub max_bytes: Option<u64>,
    /// Whether what is transparent becomes white.
    pub on_white: bool,
}

impl Fit {
    /// Returns about how many bytes it will have: what a photograph of that size takes, and never more than allowed.
    pub fn about(&self) -> u64 {
        let pixels = u64::from(self.width) * u64::from(self.height);
        let usual = match self.kind {
            FitType::Jpeg => pixels * 9 / 25,
            FitType::Png => pixels * 2,
        };
        usual.min(self.max_bytes.unwrap_or(u64::MAX)).max(1)
    }

    /// Returns it in words: `JPEG 1920x1280, about 0.9 MB`.
    pub fn words(&self) -> String {
        let (kind, width, height) = (self.kind.name(), self.width, self.height);
        let white = if self.on_white {
            ", what is transparent becomes white"
        } else {
            ""
        };
        format!(
            "{kind} {width}x{height}, about {}{white}",
            bytes_in_words(self.about())
        )
    }

    /// Returns a name for it that no other fit has, of letters, digits and `-`.
    pub fn recipe(&self) -> String {
        let kind = self.kind.name().to_lowercase();
        let most = self.max_bytes.map_or_else(String::new, |it| it.to_string());
        let white = if self.on_white { "-white" } else { "" };
        format!("{kind}-{}x{}-{most}{white}", self.width, self.height)
    }
}

/// Returns a size in words, rounded up: `214 KB`, `1.3 MB`.
pub fn bytes_in_words(bytes: u64) -> String {
    if bytes < 950_000 {
        return format!("{} KB", bytes.div_ceil(1000));
    }
    let tenths = bytes.div_ceil(100_000);
    format!("{}.{} MB", tenths / 10, tenths % 10)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_fit_is_said_in_words_and_never_about_more_than_is_allowed() {
        let fit = Fit {
            kind: FitType::Jpeg,
            width: 1920,
            height: 1280,
            max_bytes: Some(1_000_000),
            on_white: false,
        };
        assert_eq!(fit.words(), "JPEG 1920x1280, about 885 KB");
        let larger = Fit {
            width: 4000,
            on_white: true,
            ..fit
        };
        assert_eq!(
            larger.words(),
            "JPEG 4000x1280, about 1.0 MB, what is transparent becomes white"
        );
        assert_ne!(fit.recipe(), larger.recipe());
    }

    #[test]
    fn sizes_are_rounded_up() {
        assert_eq!(bytes_in_words(1), "1 KB");
        assert_eq!(bytes_in_words(214_000), "214 KB");
        assert_eq!(bytes_in_words(949_999), "950 KB");
        assert_eq!(bytes_in_words(1_000_001), "1.1 MB");
    }
}
