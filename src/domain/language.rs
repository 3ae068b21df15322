//! What a language tag looks like. Whether a platform knows the language is not asked.
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
}
