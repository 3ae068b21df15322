//! The bytes that put a text into the clipboard of the terminal that somebody sits at (OSC 52), through tmux and screen too.
//!
//! Pure but for its name. Nothing answers: a terminal that does not take it, or is told not to, shows nothing, so the screen
//! always names another way. How much is handed over at all is `app/clipboard.rs`.

use crate::app::clipboard::fits;
use crate::domain::text_safety::is_unsafe;
use crossterm::Command;
use crossterm::clipboard::CopyToClipboard;

/// What stands between this program and the terminal.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Within {
    /// Nothing that is known.
    Terminal,
    /// tmux: it takes the sequence with `set-clipboard on`, and hands a wrapped one through with `allow-passthrough on`
    /// (always before 3.3).
    Tmux,
    /// GNU screen, which hands short wrapped pieces through.
    Screen,
}

/// GNU screen cuts a string that it hands through at 768 bytes.
const SCREEN_PIECE: usize = 512;

impl Within {
    /// Finds out from variables of the environment.
    pub fn of(variable: impl Fn(&str) -> Option<String>) -> Self {
        let is_set = |name| variable(name).is_some_and(|value| !value.is_empty());
        if is_set("TMUX") {
            Self::Tmux
        } else if is_set("STY") {
            Self::Screen
        } else {
            Self::Terminal
        }
    }
}

/// Returns what is written to the terminal; empty for a text that no terminal is asked to take.
pub fn sequence(text: &str, within: Within) -> String {
    if !fits(text) {
        return String::new();
    }
    let mut plain = String::new();
    if CopyToClipboard::to_clipboard_from(text)
        .write_ansi(&mut plain)
        .is_err()
    {
        return String::new();
    }
    match within {
        Within::Terminal => plain,
        // Whichever of the two tmux is set to take; the same text twice does no harm.
        Within::Tmux => {
            let doubled = plain.replace('\u{1b}', "\u{1b}\u{1b}");
            format!("{plain}\u{1b}Ptmux;{doubled}\u{1b}\\")
        }
        Within::Screen => {
            // Its own end would end the wrapping: a bell ends the sequence as well.
            let ended = plain.trim_end_matches("\u{1b}\\").trim_end_matches('\u{7}');
            let ended = format!("{ended}\u{7}");
            let pieces = ended.as_bytes().chunks(SCREEN_PIECE);
            pieces
                .map(|piece| format!("\u{1b}P{}\u{1b}\\", String::from_utf8_lossy(piece)))
                .collect()
        }
    }
}

/// Returns a text as it may be written to a terminal: line ends and tabs stay, what could steer it is left out.
pub fn harmless(text: &str) -> String {
    text.chars().filter(|c| !is_unsafe(*c)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::app::clipboard::LIMIT;
    use base64::Engine;
    use base64::engine::general_purpose::STANDARD;

    const TEXT: &str = "Grüße 👋\n\tzwei";

    /// What a terminal would take out of the bytes.
    fn taken(bytes: &str) -> String {
        let start = bytes.find("]52;c;").expect("an OSC 52") + 6;
        let end = bytes[start..].find(['\u{1b}', '\u{7}']).expect("its end") + start;
        let decoded = STANDARD.decode(&bytes[start..end]).expect("base64");
        String::from_utf8(decoded).expect("the text")
    }

    #[test]
    fn a_terminal_gets_exactly_the_text() {
        assert_eq!(taken(&sequence(TEXT, Within::Terminal)), TEXT);
        let long = "x".repeat(LIMIT);
        let bytes = sequence(&long, Within::Terminal);
        assert_eq!(taken(&bytes), long);
        assert!(bytes.len() < 100_020, "{}", bytes.len());
    }

    #[test]
    fn what_is_too_long_is_not_handed_over_at_all() {
        let long = "x".repeat(100_000);
        for within in [Within::Terminal, Within::Tmux, Within::Screen] {
            assert_eq!(sequence(&long, within), "");
        }
    }

    #[test]
    fn tmux_is_told_itself_and_hands_it_through() {
        let bytes = sequence(TEXT, Within::Tmux);
        let (own, through) = bytes.split_once("\u{1b}Ptmux;").expect("a wrapped one");
        assert_eq!(taken(own), TEXT);
        let inner = through.strip_suffix("\u{1b}\\").expect("its end");
        assert_eq!(inner.replace("\u{1b}\u{1b}", "\u{1b}"), own);
    }

    #[test]
    fn screen_gets_it_in_pieces_that_it_does_not_cut() {
        let text = "y".repeat(4_000);
        let bytes = sequence(&text, Within::Screen);
        let mut whole = String::new();
        for piece in bytes.split("\u{1b}P").skip(1) {
            let piece = piece.strip_suffix("\u{1b}\\").expect("its end");
            assert!(piece.len() <= SCREEN_PIECE);
            whole.push_str(piece);
        }
        assert_eq!(taken(&whole), text);
    }

    #[test]
    fn the_multiplexer_is_known_from_the_environment() {
        let with =
            |name: &'static str| Within::of(move |asked| (asked == name).then(|| "set".to_owned()));
        assert_eq!(with("TMUX"), Within::Tmux);
        assert_eq!(with("STY"), Within::Screen);
        assert_eq!(with("TERM"), Within::Terminal);
    }

    #[test]
    fn a_shown_text_keeps_its_lines_and_loses_what_steers() {
        assert_eq!(harmless("a\u{1b}[2J\n\tb\u{202e}"), "a[2J\n\tb");
    }
}
