//! What a language tag looks like, and the names of the languages for the eye. Whether a platform knows one is not asked.
//!
//! Configuration, command line and details take the same tags.

/// Whether a text has the shape of a BCP 47 tag (RFC 5646: a language of 2 to 8 letters, then subtags).
pub fn is_language_tag(tag: &str) -> bool {
    let mut subtags = tag.split('-');
    let first = subtags.next().unwrap_or_default();
    (2..=8).contains(&first.len())
        && first.bytes().all(|byte| byte.is_ascii_alphabetic())
        && subtags.all(|subtag| {
            (1..=8).contains(&subtag.len()) && subtag.bytes().all(|b| b.is_ascii_alphanumeric())
        })
}

/// Codes of ISO 639-1 with their English names, the ones that communities post in most.
const NAMES: &[(&str, &str)] = &[
    ("ar", "Arabic"),
    ("ca", "Catalan"),
    ("cs", "Czech"),
    ("cy", "Welsh"),
    ("da", "Danish"),
    ("de", "German"),
    ("el", "Greek"),
    ("en", "English"),
    ("es", "Spanish"),
    ("et", "Estonian"),
    ("eu", "Basque"),
    ("fa", "Persian"),
    ("fi", "Finnish"),
    ("fr", "French"),
    ("gl", "Galician"),
    ("he", "Hebrew"),
    ("hi", "Hindi"),
    ("hu", "Hungarian"),
    ("id", "Indonesian"),
    ("is", "Icelandic"),
    ("it", "Italian"),
    ("ja", "Japanese"),
    ("ko", "Korean"),
    ("nb", "Norwegian"),
    ("nl", "Dutch"),
    ("nn", "Nynorsk"),
    ("no", "Norwegian"),
    ("pl", "Polish"),
    ("pt", "Portuguese"),
    ("ro", "Romanian"),
    ("ru", "Russian"),
    ("sv", "Swedish"),
    ("tr", "Turkish"),
    ("uk", "Ukrainian"),
    ("vi", "Vietnamese"),
    ("zh", "Chinese"),
];

/// Returns the name of a language; its code where it has none here, or says more than the language (`pt-BR`).
pub fn name(code: &str) -> &str {
    let found = NAMES.iter().find(|(known, _)| *known == code);
    found.map_or(code, |(_, name)| name)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_tag_is_a_language_and_what_narrows_it_down() {
        for tag in ["en", "pt-BR", "gsw", "sr-Latn-RS", "de-1996"] {
            assert!(is_language_tag(tag), "{tag}");
        }
        for other in [
            "",
            "e",
            "english!",
            "en_GB",
            "en-",
            "-en",
            "12",
            "norwegian bokmål",
        ] {
            assert!(!is_language_tag(other), "{other}");
        }
    }

    #[test]
    fn a_code_that_says_more_is_shown_as_it_is() {
        assert_eq!(name("en"), "English");
        assert_eq!(name("pt-BR"), "pt-BR");
        assert!(NAMES.is_sorted());
    }
}
