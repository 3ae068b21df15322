//! Pages of words that are scrolled by rows: lines with a tone and an indent, wrapped to a width.
//!
//! Pure; `update` counts the rows and `ui` draws them, so that scrolling ends where the text does.

use super::wrap::wrap;

/// How a line is said.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Tone {
    /// A head.
    Strong,
    /// Plain.
    Text,
    /// Beside the point.
    Muted,
    /// Worth a look.
    Warn,
    /// Something failed, or would.
    Bad,
}

/// One line, before or after it was wrapped.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Line {
    /// How it is said.
    pub tone: Tone,
    /// Blank columns before it.
    pub indent: u16,
    /// The words.
    pub text: String,
}

impl Line {
    /// Creates a line.
    pub fn new(tone: Tone, indent: u16, text: impl Into<String>) -> Self {
        Self {
            tone,
            indent,
            text: text.into(),
        }
    }

    /// Creates an empty line.
    pub fn blank() -> Self {
        Self::new(Tone::Text, 0, "")
    }
}

/// Wraps lines to rows of at most `width` columns, indents included; nothing is cut.
pub fn rows(lines: &[Line], width: u16) -> Vec<Line> {
    let mut rows = Vec::with_capacity(lines.len());
    for line in lines {
        let room = usize::from(width.saturating_sub(line.indent));
        rows.extend(wrap(&line.text, room).into_iter().map(|row| Line {
            text: line.text[row.start..row.end].trim_end().to_owned(),
            ..line.clone()
        }));
    }
    rows
}

/// Moves a first shown row by `by`, as far as there are rows.
pub fn scrolled(scroll: usize, by: isize, rows: usize, height: usize) -> usize {
    let last = rows.saturating_sub(height);
    scroll.min(last).saturating_add_signed(by).min(last)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn scrolling_ends_where_the_text_does_and_comes_back_at_once() {
        assert_eq!(scrolled(8, 1, 12, 4), 8);
        assert_eq!(scrolled(99, -1, 12, 4), 7);
        assert_eq!(scrolled(0, -1, 12, 4), 0);
        assert_eq!(scrolled(0, 1, 3, 4), 0);
    }

    #[test]
    fn a_wrapped_line_keeps_its_indent_and_its_tone() {
        let lines = [Line::new(Tone::Bad, 4, "one two three four")];
        let all = rows(&lines, 14);
        assert_eq!(all.len(), 2);
        assert!(
            all.iter()
                .all(|row| row.indent == 4 && row.tone == Tone::Bad)
        );
        assert_eq!(all[1].text, "three four");
    }
}
