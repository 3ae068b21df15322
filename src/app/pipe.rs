//! The text through a command of the user's own: which one, how long it runs, and the difference to accept.
//!
//! Pure. Nothing is changed before the difference is accepted. Keys are `update/pipe.rs`; the command is run by `runtime/pipe.rs`.

use super::difference;
use super::prose::{Line, Tone};
use super::{App, Request, Tab};
use crate::domain::text_safety::{clean_input, without_sequences};

/// Seconds are shown from here on; before, the word alone says that it runs.
const SAYS_SECONDS: u64 = 3;

/// The open sheet.
#[derive(Clone, Debug, PartialEq)]
pub struct PipeSheet {
    /// Which of the filters is chosen, by its place.
    pub chosen: usize,
    /// How far it is.
    pub step: PipeStep,
}

/// How far it is.
#[derive(Clone, Debug, PartialEq)]
pub enum PipeStep {
    /// A filter is being chosen; what went wrong with the last one is said.
    Choosing(Option<String>),
    /// The command runs.
    Running {
        /// The request whose answer is waited for.
        request: Request,
        /// For how many seconds.
        seconds: u64,
        /// Which text it got.
        tab: Tab,
        /// That text.
        before: String,
    },
    /// The command gave a text back.
    Came {
        /// Which text it got.
        tab: Tab,
        /// That text.
        before: String,
        /// What came back, and how it differs.
        piped: Piped,
        /// First shown row of the difference.
        scroll: usize,
    },
}

/// What a command made of a text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Piped {
    /// The text, as it would be taken over.
    pub text: String,
    /// How it differs from what the command got, by words.
    pub difference: String,
}

impl Piped {
    /// Takes what a command printed: without what steers a terminal, and ending as the text did that it got. `None` when
    /// nothing is left of it.
    pub fn of(before: &str, printed: &str) -> Option<Self> {
        let clean = clean_input(&without_sequences(printed));
        let words = clean.trim_end();
        if words.trim().is_empty() {
            return None;
        }
        let end = &before[before.trim_end().len()..];
        let text = format!("{words}{end}");
        let difference = difference::marked(before, &text);
        Some(Self { text, difference })
    }
}

/// Returns what a command is given: a text whose last line is ended, as programs that read lines expect it.
pub fn given(text: &str) -> String {
    let mut given = text.to_owned();
    if !given.ends_with('\n') {
        given.push('\n');
    }
    given
}

/// Says whose text it is: the master's, or a channel's.
pub fn whose(app: &App, tab: &Tab) -> String {
    match tab {
        Tab::Master => "master text".to_owned(),
        Tab::Channel(channel) => app.mark_and_name(channel),
    }
}

/// Says that it runs, and for how long where that is long.
pub fn running_words(seconds: u64) -> String {
    if seconds < SAYS_SECONDS {
        "running".to_owned()
    } else {
        format!("running, {seconds} s")
    }
}

/// Says what is under the list, or what came back.
pub fn lines(sheet: &PipeSheet) -> Vec<Line> {
    match &sheet.step {
        PipeStep::Choosing(Some(trouble)) => {
            vec![Line::blank(), Line::new(Tone::Bad, 1, trouble.as_str())]
        }
        PipeStep::Choosing(None) | PipeStep::Running { .. } => Vec::new(),
        PipeStep::Came { piped, .. } => vec![
            Line::new(Tone::Muted, 1, "[-taken away-] {+put in+}"),
            Line::blank(),
            Line::new(Tone::Text, 3, piped.difference.as_str()),
        ],
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn text(before: &str, printed: &str) -> String {
        Piped::of(before, printed).map_or_else(String::new, |it| it.text)
    }

    #[test]
    fn what_a_command_printed_ends_as_the_text_ended_that_it_got() {
        assert_eq!(text("teh end", "the end\n"), "the end");
        assert_eq!(text("teh end\n\n", "the end\n"), "the end\n\n");
        assert_eq!(text("a", "b\r\nc\r\n"), "b\nc");
        assert_eq!(given("a"), "a\n");
        assert_eq!(given("a\n"), "a\n");
    }

    #[test]
    fn sequences_and_control_characters_are_not_taken_over() {
        assert_eq!(text("a", "\x1b[31mred\x1b[0m\x07\0 b\n"), "red b");
        assert_eq!(Piped::of("a", "\x1b[2J\x1b[H\n \n"), None);
        assert_eq!(Piped::of("a", ""), None);
    }

    #[test]
    fn the_difference_is_by_words() {
        let piped = Piped::of("teh end", "the end\n").expect("a text");
        assert_eq!(piped.difference, "[-teh-]{+the+} end");
    }

    #[test]
    fn seconds_are_said_once_they_are_many() {
        assert_eq!(running_words(2), "running");
        assert_eq!(running_words(7), "running, 7 s");
    }
}
