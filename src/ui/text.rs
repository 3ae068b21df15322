//! Fitting text into columns: cut at the end or in the middle, by what a person sees as one character.
//!
//! Widths come from `app::wrap`, the one function that layout and drawing share. Marks are `glyph.rs`.

use crate::app::wrap::{is_plain, shown, shown_width};
use crate::domain::text_safety::visible;
use std::borrow::Cow;
use unicode_segmentation::UnicodeSegmentation;

/// Returns a text with a capital at its beginning.
pub fn capital(text: &str) -> String {
    let mut letters = text.chars();
    let first = letters.next().map(|it| it.to_uppercase().to_string());
    format!("{}{}", first.unwrap_or_default(), letters.as_str())
}

/// Returns text as one row of the screen shows it: no controls, no line ends.
pub fn one_line(text: &str) -> Cow<'_, str> {
    if is_plain(text) {
        Cow::Borrowed(text)
    } else {
        Cow::Owned(visible(text))
    }
}

/// Cuts text to `width` columns, blanks before the mark removed; `mark` is one column wide.
pub fn cut<'a>(text: &'a str, width: usize, mark: &str) -> Cow<'a, str> {
    let text = one_line(text);
    match kept(&text, width) {
        Kept::All => text,
        Kept::Nothing => Cow::Borrowed(""),
        Kept::Beginning(end) => Cow::Owned(format!("{}{mark}", &text[..end])),
    }
}

/// What is kept of a text that is cut.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kept {
    /// All of it: it fits.
    All,
    /// So many bytes, and the mark after them.
    Beginning(usize),
    /// Nothing, not even the mark.
    Nothing,
}

/// Returns what is kept of a text of one line in `width` columns, the mark included.
pub fn kept(text: &str, width: usize) -> Kept {
    if shown_width(text) <= width {
        Kept::All
    } else if width == 0 {
        Kept::Nothing
    } else {
        Kept::Beginning(head(text, width - 1).trim_end().len())
    }
}

/// Cuts an address in the middle, so that its host and its end stay.
pub fn cut_middle<'a>(address: &'a str, width: usize, mark: &str) -> Cow<'a, str> {
    let address = one_line(address);
    if shown_width(&address) <= width {
        return address;
    }
    if width < 8 {
        return Cow::Owned(cut(&address, width, mark).into_owned());
    }
    // The end names the post and needs less room than scheme and host.
    let tail_width = (width - 1) / 3;
    let head = head(&address, width - 1 - tail_width);
    let tail = tail(&address, tail_width);
    Cow::Owned(format!("{head}{mark}{tail}"))
}

/// Returns the longest beginning that takes at most `width` columns.
fn head(text: &str, width: usize) -> &str {
    if is_plain(text) {
        return &text[..width.min(text.len())];
    }
    let mut columns = 0;
    for (at, cluster) in text.grapheme_indices(true) {
        columns += shown(cluster).1;
        if columns > width {
            return &text[..at];
        }
    }
    text
}

/// Returns the longest end that takes at most `width` columns.
fn tail(text: &str, width: usize) -> &str {
    let mut columns = 0;
    for (at, cluster) in text.grapheme_indices(true).rev() {
        columns += shown(cluster).1;
        if columns > width {
            return &text[at + cluster.len()..];
        }
    }
    text
}

/// Whether a text holds letters that are written from right to left.
pub fn is_right_to_left(text: &str) -> bool {
    text.chars().any(|c| {
        matches!(c,
            '\u{590}'..='\u{8ff}' | '\u{fb1d}'..='\u{fdff}' | '\u{fe70}'..='\u{fefc}'
            | '\u{10800}'..='\u{10fff}' | '\u{1e800}'..='\u{1efff}')
    })
}

/// Shortens the paths in a sentence that has no room for them: folders give way, the name of the file stays.
pub fn short_paths<'t>(text: &'t str, columns: usize, mark: &str) -> Cow<'t, str> {
    if shown_width(text) <= columns {
        return Cow::Borrowed(text);
    }
    let words = text.split(' ').map(|word| match word.rsplit_once('/') {
        Some((folders, name)) if folders.contains('/') && !name.is_empty() => {
            format!("{mark}/{name}")
        }
        _ => word.to_owned(),
    });
    Cow::Owned(words.collect::<Vec<_>>().join(" "))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_path_without_room_keeps_the_name_of_its_file() {
        let said = ": /home/masthead/plans/2026/plan.db cannot be opened";
        assert_eq!(short_paths(said, 60, "…"), said);
        assert_eq!(short_paths(said, 30, "…"), ": …/plan.db cannot be opened");
        assert_eq!(short_paths(": and/or so", 5, "…"), ": and/or so");
    }

    #[test]
    fn cut_text_loses_the_blank_before_the_mark() {
        assert_eq!(cut("How open review works", 10, "…"), "How open…");
        assert_eq!(cut("Newsletter 46", 9, "~"), "Newslett~");
        assert_eq!(cut("verde", 5, "…"), "verde");
        assert_eq!(cut("verde", 0, "…"), "");
    }

    #[test]
    fn a_wide_character_is_cut_whole() {
        assert_eq!(cut("国国国国", 6, "…"), "国国…");
        assert_eq!(cut("👨‍👩‍👧👨‍👩‍👧", 3, "…"), "👨‍👩‍👧…");
    }

    #[test]
    fn an_address_keeps_its_host_and_its_end() {
        let cut = cut_middle("https://fosstodon.org/@example/115531234567890", 30, "…");
        assert_eq!(cut, "https://fosstodon.or…234567890");
    }

    #[test]
    fn foreign_text_shows_its_controls() {
        assert_eq!(cut("a\u{1b}[2Jb", 20, "…"), "a<1b>[2Jb");
        assert_eq!(one_line("two\nlines"), "two lines");
    }

    #[test]
    fn arabic_and_hebrew_are_written_from_right_to_left() {
        assert!(is_right_to_left("مرحبا"));
        assert!(is_right_to_left("abc שלום"));
        assert!(!is_right_to_left("review Ωmega 国"));
    }
}
