//! Soft wrap: which rows of a given width a text is shown on, and where a byte stands in them.
//!
//! Pure. The editor's cursor, the gutter marks and the view all use these rows, so they agree to the cell.

use crate::domain::text_safety::{is_unsafe, visible};
use std::borrow::Cow;
use unicode_segmentation::UnicodeSegmentation;
use unicode_width::UnicodeWidthStr;

/// One row of a wrapped text, as byte offsets into it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct WrapRow {
    /// First byte.
    pub start: usize,
    /// One past the last byte, the line end and a blank at the break left out.
    pub end: usize,
    /// Whether an authored line begins here.
    pub begins_line: bool,
}

/// Returns a cluster as it is drawn, and how many columns that takes.
pub fn shown(cluster: &str) -> (Cow<'_, str>, usize) {
    if cluster == "\t" {
        return (Cow::Borrowed("    "), 4);
    }
    if cluster.contains(is_unsafe) {
        let text = visible(cluster);
        let width = text.width();
        return (Cow::Owned(text), width);
    }
    match cluster.width() + sound_marks(cluster) {
        // A combining mark without its base would be drawn onto the cell before.
        0 => (Cow::Owned(format!("\u{25cc}{cluster}")), 1),
        width => (Cow::Borrowed(cluster), width),
    }
}

/// Whether a text is letters of one byte alone: each is a character by itself, shown as it is in one column.
pub fn is_plain(text: &str) -> bool {
    text.bytes().all(|byte| matches!(byte, b' '..=b'~'))
}

/// Halfwidth voiced sound marks belong to the cluster before them, but terminals give each a column of its own.
fn sound_marks(cluster: &str) -> usize {
    let marks = cluster.chars();
    marks
        .filter(|c| matches!(c, '\u{ff9e}' | '\u{ff9f}'))
        .count()
}

/// Returns how many columns a one-line text takes when drawn.
pub fn shown_width(text: &str) -> usize {
    if is_plain(text) {
        return text.len();
    }
    text.graphemes(true).map(|cluster| shown(cluster).1).sum()
}

/// Wraps a text at word ends to rows of at most `width` columns; a longer word is broken between clusters.
pub fn wrap(text: &str, width: usize) -> Vec<WrapRow> {
    let width = width.max(8);
    let mut rows = Vec::new();
    let mut at = 0;
    for line in text.split('\n') {
        wrap_line(line, at, width, &mut rows);
        at += line.len() + 1;
    }
    rows
}

fn wrap_line(line: &str, offset: usize, width: usize, rows: &mut Vec<WrapRow>) {
    let mut start = 0;
    let mut columns = 0;
    let mut begins_line = true;
    // Where the row could end (before a blank) and where the next would begin (after it).
    let mut break_at: Option<(usize, usize, usize)> = None;
    for (at, cluster) in line.grapheme_indices(true) {
        let (_, wide) = shown(cluster);
        let is_blank = cluster == " " || cluster == "\t";
        if columns + wide > width && !is_blank {
            let (end, next, used) = break_at.take().unwrap_or((at, at, columns));
            rows.push(WrapRow {
                start: offset + start,
                end: offset + end,
                begins_line,
            });
            begins_line = false;
            start = next;
            columns -= used;
        }
        columns += wide;
        if is_blank {
            break_at = Some((at, at + cluster.len(), columns));
        }
    }
    rows.push(WrapRow {
        start: offset + start,
        end: offset + line.len(),
        begins_line,
    });
}

/// Returns the row on which a byte offset stands.
pub fn row_of(rows: &[WrapRow], byte: usize) -> usize {
    rows.partition_point(|row| row.start <= byte)
        .saturating_sub(1)
}

/// Returns the column of a byte offset within its row.
pub fn column_of(text: &str, row: WrapRow, byte: usize) -> usize {
    let end = byte.clamp(row.start, text.len());
    shown_width(&text[row.start..end])
}

/// Returns the byte offset in a row that is nearest to a column, on a cluster boundary.
pub fn byte_at(text: &str, row: WrapRow, column: usize) -> usize {
    let mut columns = 0;
    for (at, cluster) in text[row.start..row.end].grapheme_indices(true) {
        let (_, wide) = shown(cluster);
        if columns + wide > column {
            return row.start + at;
        }
        columns += wide;
    }
    row.end
}

#[cfg(test)]
mod tests {
    use super::*;

    fn wrapped(text: &str, width: usize) -> Vec<&str> {
        wrap(text, width)
            .into_iter()
            .map(|row| &text[row.start..row.end])
            .collect()
    }

    #[test]
    fn words_go_to_the_next_row_whole_and_the_blank_between_is_not_drawn() {
        assert_eq!(
            wrapped("sourmash compares genomes", 12),
            ["sourmash", "compares", "genomes"]
        );
        assert_eq!(
            wrapped("one two three four", 8),
            ["one two", "three", "four"]
        );
        assert_eq!(wrapped("a\n\nb", 8), ["a", "", "b"]);
    }

    #[test]
    fn a_word_longer_than_the_row_is_broken_between_clusters() {
        assert_eq!(wrapped("abcdefghijkl", 8), ["abcdefgh", "ijkl"]);
        assert_eq!(wrapped("国国国国国", 8), ["国国国国", "国"]);
    }

    #[test]
    fn every_byte_has_one_row_and_comes_back_from_its_column() {
        let text = "Reviewed in the open by two volunteers\nand an editor 👨‍👩‍👧 x";
        let rows = wrap(text, 16);
        for (byte, _) in text.grapheme_indices(true) {
            let row = rows[row_of(&rows, byte)];
            if byte < row.end {
                assert_eq!(byte_at(text, row, column_of(text, row, byte)), byte);
            }
        }
    }
}
