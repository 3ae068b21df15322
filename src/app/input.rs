//! A one-line field: text and a cursor that moves by what a person sees as one character.
//!
//! Pure; sheets and the details form use it. Texts of several lines are `editor.rs`.

use super::Key;
use crate::domain::text_safety::clean_input;
use unicode_segmentation::UnicodeSegmentation;

/// One line of text with a cursor.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Input {
    text: String,
    cursor: usize,
}

impl Input {
    /// Creates a field with a text and the cursor at its end.
    pub fn new(text: impl Into<String>) -> Self {
        let text = text.into();
        Self {
            cursor: text.len(),
            text,
        }
    }

    /// Returns the text.
    pub fn text(&self) -> &str {
        &self.text
    }

    /// Returns the cursor, as a byte offset on a cluster boundary.
    pub fn cursor(&self) -> usize {
        self.cursor
    }

    /// Inserts pasted text; line ends become blanks.
    pub fn paste(&mut self, text: &str) {
        let line = clean_input(text).replace(['\n', '\t'], " ");
        self.text.insert_str(self.cursor, &line);
        self.cursor += line.len();
    }

    /// Takes a key; returns whether it was one for a field.
    pub fn press(&mut self, key: Key) -> bool {
        match key {
            Key::Char(c) => {
                self.text.insert(self.cursor, c);
                self.cursor += c.len_utf8();
            }
            Key::Left => self.cursor = self.before(),
            Key::Right => self.cursor = self.after(),
            Key::Home | Key::Ctrl('a') => self.cursor = 0,
            Key::End | Key::Ctrl('e') => self.cursor = self.text.len(),
            Key::Backspace => {
                let start = self.before();
                self.text.replace_range(start..self.cursor, "");
                self.cursor = start;
            }
            Key::Delete => {
                let end = self.after();
                self.text.replace_range(self.cursor..end, "");
            }
            Key::Ctrl('u') => {
                self.text.replace_range(..self.cursor, "");
                self.cursor = 0;
            }
            Key::Ctrl('w') => {
                let kept = self.text[..self.cursor].trim_end();
                let start = kept.rfind(char::is_whitespace).map_or(0, |at| {
                    at + kept[at..].chars().next().map_or(0, char::len_utf8)
                });
                self.text.replace_range(start..self.cursor, "");
                self.cursor = start;
            }
            _ => return false,
        }
        true
    }

    fn before(&self) -> usize {
        self.text[..self.cursor]
            .grapheme_indices(true)
            .next_back()
            .map_or(0, |(at, _)| at)
    }

    fn after(&self) -> usize {
        self.text[self.cursor..]
            .graphemes(true)
            .next()
            .map_or(self.cursor, |cluster| self.cursor + cluster.len())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn backspace_takes_a_whole_family() {
        let mut input = Input::new("hi 👨‍👩‍👧");
        assert!(input.press(Key::Backspace));
        assert_eq!(input.text(), "hi ");
    }

    #[test]
    fn a_pasted_line_end_is_a_blank() {
        let mut input = Input::new("a");
        input.paste("b\r\nc\u{1b}");
        assert_eq!(input.text(), "ab c");
    }
}
