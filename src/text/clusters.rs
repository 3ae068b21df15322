//! Grapheme clusters (UAX 29), with a short way through ASCII.
//!
//! Pure and linear. Every platform file and `thread.rs` walk a text through here.

use unicode_segmentation::UnicodeSegmentation;

/// Walks the extended grapheme clusters of a text as byte ranges.
#[derive(Clone, Debug)]
pub(super) struct Clusters<'a> {
    text: &'a str,
    at: usize,
}

/// Starts at the beginning of a text.
pub(super) fn of(text: &str) -> Clusters<'_> {
    Clusters { text, at: 0 }
}

/// Returns the end of the cluster that starts at `at`, a cluster boundary.
pub(super) fn end_from(text: &str, at: usize) -> usize {
    let bytes = text.as_bytes();
    match bytes.get(at) {
        None => at,
        // Between two ASCII characters is always a boundary, but in CR LF.
        Some(first) if first.is_ascii() && bytes.get(at + 1).is_none_or(u8::is_ascii) => {
            let pair = *first == b'\r' && bytes.get(at + 1) == Some(&b'\n');
            at + 1 + usize::from(pair)
        }
        Some(_) => at + text[at..].graphemes(true).next().map_or(0, str::len),
    }
}

impl Iterator for Clusters<'_> {
    type Item = std::ops::Range<usize>;

    fn next(&mut self) -> Option<Self::Item> {
        let start = self.at;
        if start >= self.text.len() {
            return None;
        }
        self.at = end_from(self.text, start);
        Some(start..self.at)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_short_way_agrees_with_the_long_one() {
        for text in [
            "plain",
            "a\r\nb\n\r",
            "e\u{301}x",
            "a👨‍👩‍👧b\u{200d}",
            "🇳🇴🇸🇪x",
            "\u{301}a",
            "한글 ก็ क्षि",
        ] {
            let ours: Vec<&str> = of(text).map(|range| &text[range]).collect();
            let theirs: Vec<&str> = text.graphemes(true).collect();
            assert_eq!(ours, theirs);
        }
    }
}
