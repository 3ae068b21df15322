//! A whole text in place of another, as one step that undo takes back.
//!
//! The library knows a deletion and an insertion only: both belong together, and undo and redo pass over the empty text between.

use super::Editor;

impl Editor {
    /// Puts a text in place of the present tab's; the cursor stays where it was, as far as there is text. One undo step.
    pub fn replace(&mut self, text: &str) {
        if text == self.text {
            return;
        }
        let cursor = self.cursor();
        self.own();
        self.goal_column = None;
        let before = self.text.clone();
        self.move_to(0);
        self.area.delete_str(before.chars().count());
        self.area.insert_str(text);
        self.changed();
        self.replaced.push((before, self.text.clone()));
        self.move_to(cursor);
    }

    /// Puts a text in place of what stands between `start` and the cursor, which then stands behind it.
    pub fn complete(&mut self, start: usize, text: &str) {
        let cursor = self.cursor();
        let Some(typed) = self.text.get(start..cursor) else {
            return;
        };
        let letters = typed.chars().count();
        self.own();
        self.goal_column = None;
        self.move_to(start);
        self.area.delete_str(letters);
        self.area.insert_str(text);
        self.changed();
    }

    /// Whether a step of undo or redo that led away from the text `from` stands between the two halves of a replacement.
    pub(super) fn is_half_replaced(&self, from: &str) -> bool {
        let is_empty = self.area.lines().iter().all(String::is_empty);
        let mut all = self.replaced.iter();
        is_empty && all.any(|(before, after)| from == before || from == after)
    }
}

#[cfg(test)]
mod tests {
    use crate::app::Tab;
    use crate::app::editor::Step;
    use crate::app::editor::tests::editor;

    #[test]
    fn a_replaced_text_is_one_step_back_and_one_step_on() {
        let mut it = editor("teh first\nline");
        it.insert("s");
        it.replace("the first\nlines\nand more");
        assert_eq!(it.text(), "the first\nlines\nand more");
        assert!(it.undo());
        assert_eq!(it.text(), "teh first\nlines");
        assert!(it.redo());
        assert_eq!(it.text(), "the first\nlines\nand more");
        assert!(it.undo() && it.undo());
        assert_eq!(it.text(), "teh first\nline");
        assert!(!it.undo());
    }

    #[test]
    fn an_empty_text_is_replaced_and_comes_back_empty() {
        let mut it = editor("");
        it.replace("something");
        assert!(it.undo());
        assert_eq!(it.text(), "");
        assert!(!it.undo());
        assert!(it.redo());
        assert_eq!(it.text(), "something");
    }

    #[test]
    fn the_cursor_stays_and_what_follows_is_typed_there() {
        let mut it = editor("teh end");
        it.step(Step::Home, 1);
        it.replace("the end");
        it.insert(">");
        assert_eq!(it.text(), ">the end");
    }

    #[test]
    fn a_replaced_inherited_text_becomes_the_channels_own() {
        let mut it = editor("master");
        it.show(Tab::Channel("fosstodon".into()));
        it.replace("own");
        assert!(it.is_own());
        assert_eq!(it.content.text, "master");
    }

    #[test]
    fn a_text_longer_than_the_librarys_jumps_is_replaced_whole() {
        let mut it = editor(&"x".repeat(70_000));
        it.replace("short");
        assert_eq!(it.text(), "short");
    }
}
