//! What the operating system says of a failure, as a person reads it: its words, without the number that only programs know.
//!
//! Pure. Whoever puts such an error into a sentence asks this; what is done about it is said there.

use std::fmt::Display;

/// How the standard library ends the words of an error of the system.
const NUMBER: &str = " (os error ";

/// Returns the words of an error, and of those it holds, without `(os error 111)`.
pub fn in_words(error: &impl Display) -> String {
    let said = error.to_string();
    let mut words = String::with_capacity(said.len());
    let mut rest = said.as_str();
    while let Some((before, after)) = rest.split_once(NUMBER) {
        words.push_str(before);
        let end = after.trim_start_matches(|c: char| c.is_ascii_digit() || c == '-');
        rest = match end.strip_prefix(')') {
            Some(after) => after,
            None => {
                words.push_str(NUMBER);
                after
            }
        };
    }
    words + rest
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::io;

    #[test]
    fn an_error_of_the_system_is_told_without_its_number() {
        let refused = io::Error::from_raw_os_error(111);
        assert_eq!(in_words(&refused), "Connection refused");
        let path =
            "cannot be read: Permission denied (os error 13): check who owns it (os error 2)";
        assert_eq!(
            in_words(&path),
            "cannot be read: Permission denied: check who owns it"
        );
    }

    #[test]
    fn what_only_looks_like_it_stays() {
        for said in ["an (os error of mine)", "the end (os error ", "plain words"] {
            assert_eq!(in_words(&said), said);
        }
    }
}
