//! Every sign that Masthead draws, with its plain ASCII form, and the role in which a state's sign stands.
//!
//! All are one column wide. Capital letters are the states that want a person. Users' text is never changed by this.

use super::theme::Role;
use crate::domain::{Glyph, Kind};
use std::borrow::Cow;

/// The signs in the form that this terminal shows.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Signs {
    ascii: bool,
    words: bool,
}

/// The marker of the selection where all else is words: whoever reads it takes it out again.
pub const SELECTED: &str = "\u{25b8}";

impl Signs {
    /// Chooses between signs and plain ASCII.
    pub fn new(ascii: bool) -> Self {
        Self {
            ascii,
            words: false,
        }
    }

    /// Chooses words in place of signs; `ascii` says how sentences are written.
    pub fn words(ascii: bool) -> Self {
        Self { ascii, words: true }
    }

    /// Whether words stand in place of signs.
    pub fn are_words(self) -> bool {
        self.words
    }

    fn either(self, sign: &'static str, letter: &'static str) -> &'static str {
        if self.ascii { letter } else { sign }
    }

    fn or_word(self, sign: &'static str, letter: &'static str, word: &'static str) -> &'static str {
        if self.words {
            word
        } else {
            self.either(sign, letter)
        }
    }

    /// Returns the sign of a state.
    pub fn state(self, state: Glyph) -> &'static str {
        if self.words {
            return state.word();
        }
        match state {
            Glyph::Unknown => self.either("?", "U"),
            Glyph::Failed => self.either("✗", "F"),
            Glyph::Missed => self.either("⊘", "M"),
            Glyph::ChangesRequested => self.either("✎", "C"),
            Glyph::Publishing => self.either("»", "g"),
            Glyph::Draft => self.either("◊", "d"),
            Glyph::InReview => self.either("◉", "r"),
            Glyph::Waiting => self.either("◦", "w"),
            Glyph::Published => self.either("✓", "p"),
            Glyph::Skipped => self.either("↷", "s"),
        }
    }

    /// Returns what stands between time and title: the evergreen sign, or a blank.
    pub fn kind(self, kind: Kind) -> &'static str {
        match kind {
            Kind::Evergreen => self.or_word("↻", "%", "evergreen"),
            Kind::AdHoc => " ",
        }
    }

    /// Returns the marker of the focused pane and the selected row.
    pub fn marker(self) -> &'static str {
        self.or_word(SELECTED, ">", SELECTED)
    }

    /// Returns the sign of a marked post, which stands where the selected one has its marker.
    pub fn marked(self) -> &'static str {
        self.or_word("*", "*", "marked")
    }

    /// Returns the sign of a post that is both selected and marked.
    pub fn selected_and_marked(self) -> &'static str {
        self.or_word("✱", "#", "\u{25b8}marked")
    }

    /// Returns the mark of cut text.
    pub fn cut(self) -> &'static str {
        self.either("…", "~")
    }

    /// Returns the line between panes.
    pub fn edge(self) -> &'static str {
        self.or_word("│", "|", "")
    }

    /// Returns the half of a cell in the letters' colour, above the one in the colour behind.
    pub fn upper_half(self) -> &'static str {
        self.or_word("▀", " ", "")
    }

    /// Returns the line before something quoted from elsewhere.
    pub fn quote(self) -> &'static str {
        self.or_word("¦", "|", "")
    }

    /// Returns one of our own sentences (a reason, a message) in the form that this terminal shows.
    pub fn sentence(self, text: &str) -> Cow<'_, str> {
        if text.is_ascii() {
            return Cow::Borrowed(text);
        }
        if !self.ascii {
            return match self.are_words() && text.contains('✓') {
                true => Cow::Owned(text.replace('✓', "ok")),
                false => Cow::Borrowed(text),
            };
        }
        let plain = |c| match c {
            '“' | '”' => '"',
            '‘' | '’' => '\'',
            '–' | '—' => '-',
            '…' => '~',
            '\u{a0}' => ' ',
            other => other,
        };
        // What is well in a list of checks has no one letter that says so.
        Cow::Owned(text.replace('✓', "ok").chars().map(plain).collect())
    }
}

/// Returns the role of a state's sign.
pub fn role(state: Glyph) -> Role {
    match state {
        Glyph::Unknown => Role::Ask,
        Glyph::Failed => Role::Bad,
        Glyph::Missed | Glyph::ChangesRequested => Role::Warn,
        Glyph::Publishing => Role::Accent,
        Glyph::Draft | Glyph::InReview | Glyph::Waiting => Role::Text,
        Glyph::Published | Glyph::Skipped => Role::Muted,
    }
}

/// Every state, in the order of the legend in help.
pub const STATES: [Glyph; 10] = [
    Glyph::Waiting,
    Glyph::Publishing,
    Glyph::Published,
    Glyph::Failed,
    Glyph::Unknown,
    Glyph::Missed,
    Glyph::Skipped,
    Glyph::Draft,
    Glyph::InReview,
    Glyph::ChangesRequested,
];

#[cfg(test)]
mod tests {
    use super::*;
    use crate::app::wrap::shown_width;
    use std::collections::BTreeSet;

    #[test]
    fn every_state_has_a_sign_a_letter_and_a_word_of_its_own() {
        for forms in [Signs::new(false), Signs::new(true)] {
            let signs: BTreeSet<&str> = STATES.iter().map(|it| forms.state(*it)).collect();
            assert_eq!(signs.len(), STATES.len());
        }
        let words: BTreeSet<&str> = STATES.iter().map(|it| it.word()).collect();
        assert_eq!(words.len(), STATES.len());
    }

    #[test]
    fn every_sign_is_one_column_wide_and_its_plain_form_is_ascii() {
        for ascii in [false, true] {
            let signs = Signs::new(ascii);
            let all = STATES.iter().map(|it| signs.state(*it)).chain([
                signs.kind(Kind::Evergreen),
                signs.kind(Kind::AdHoc),
                signs.marker(),
                signs.marked(),
                signs.selected_and_marked(),
                signs.cut(),
                signs.edge(),
                signs.quote(),
            ]);
            for sign in all {
                assert_eq!(shown_width(sign), 1, "{sign}");
                assert!(!ascii || sign.is_ascii(), "{sign}");
            }
        }
    }

    #[test]
    fn capital_letters_are_the_states_that_want_a_person() {
        for state in STATES {
            let letter = Signs::new(true).state(state);
            assert_eq!(
                letter.chars().all(char::is_uppercase),
                state.needs_you() || state == Glyph::ChangesRequested,
                "{letter}"
            );
        }
    }

    #[test]
    fn our_own_sentences_are_plain_where_the_terminal_is() {
        let text = "its “not after” time has passed…";
        assert_eq!(
            Signs::new(true).sentence(text),
            "its \"not after\" time has passed~"
        );
        assert_eq!(Signs::new(false).sentence(text), text);
    }
}
