//! Names of languages, for the eye; what is kept and sent is the code (BCP 47).
//!
//! Pure. A code without a name here is shown as it is.

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
    fn a_code_that_says_more_is_shown_as_it_is() {
        assert_eq!(name("en"), "English");
        assert_eq!(name("pt-BR"), "pt-BR");
        assert!(NAMES.is_sorted());
    }
}
