//! Keys as a user writes them in the configuration, and what is said about one that no terminal sends.
//!
//! Pure. Stricter than `Key`'s own reading: what would never arrive, or arrives as another key, is refused with its remedy.

use super::Key;
use super::keymap::Sequence;

/// What every refusal can offer in place of the key.
const INSTEAD: &str = "take a letter, ctrl- and a letter, or <f1> to <f12>";

/// Why a text is no key that can be bound.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum KeyError {
    /// Nothing is written there.
    #[error(
        "an empty text names no key; [] leaves the action without one, <space> is the space bar"
    )]
    Empty,
    /// It names no key.
    #[error(
        "`{0}` names no key; write a character, two characters one after the other, ctrl-a, <enter> or <f1>"
    )]
    Unknown(String),
    /// It is written in another way.
    #[error("`{text}`: write `{form}`")]
    WriteIt {
        /// What stands there.
        text: String,
        /// How it is written.
        form: String,
    },
    /// More than two keys.
    #[error("`{0}`: a sequence has two keys at most")]
    Long(String),
    /// Alt.
    #[error("`{0}`: there are no Alt bindings, because Alt arrives as Esc and a key; {INSTEAD}")]
    Alt(String),
    /// The terminal sends another key.
    #[error(
        "`{text}`: a terminal sends it as {arrives}; bind {arrives} if that is meant, or {INSTEAD}"
    )]
    Arrives {
        /// What stands there.
        text: String,
        /// The key that arrives.
        arrives: Key,
    },
    /// The terminal sends nothing, or nothing of its own.
    #[error("`{0}`: terminals have no code of its own for it, so it would never arrive; {INSTEAD}")]
    NeverArrives(String),
}

/// Reads one key, or two: `s`, `ctrl-r`, `<enter>`, `gd`, `ctrl-x s`.
///
/// # Errors
/// What is wrong with it, with the remedy.
pub fn read(text: &str) -> Result<Sequence, KeyError> {
    let words: Vec<&str> = text.split_whitespace().collect();
    match words[..] {
        [] => Err(KeyError::Empty),
        [word] => read_word(word),
        [first, second] => Ok(vec![read_one(first)?, read_one(second)?]),
        _ => Err(KeyError::Long(shown(text))),
    }
}

fn read_word(word: &str) -> Result<Sequence, KeyError> {
    let is_plain = |c: char| !c.is_control() && !matches!(c, '<' | '>' | '-');
    let length = word.chars().count();
    if word.len() == 2 && word.starts_with('F') && word.ends_with(|c: char| c.is_ascii_digit()) {
        // Hints print the function key like this; who means F and then 1 writes `F 1`.
        return Err(written(word, &format!("<{}>", word.to_lowercase())));
    }
    if length == 2 && !word.chars().any(char::is_control) {
        return Ok(word.chars().map(Key::Char).collect());
    }
    match read_one(word) {
        Err(KeyError::Unknown(_)) if length > 2 && length < 8 && word.chars().all(is_plain) => {
            Err(KeyError::Long(shown(word)))
        }
        other => Ok(vec![other?]),
    }
}

fn read_one(word: &str) -> Result<Key, KeyError> {
    let unknown = || KeyError::Unknown(shown(word));
    let lower = word.to_lowercase();
    let bare = lower.strip_prefix('<').and_then(|it| it.strip_suffix('>'));
    let is_named = bare.is_some();
    let bare = bare.unwrap_or(&lower);
    if let Some((modifier, rest)) = split_modifier(bare) {
        return match modifier {
            _ if lower == "<s-tab>" => Ok(Key::BackTab),
            Modifier::Control => control(word, &lower, rest),
            Modifier::Alt => Err(KeyError::Alt(shown(word))),
            Modifier::Shift if rest == "tab" => Err(written(word, "<s-tab>")),
            Modifier::Shift if rest.chars().count() == 1 => {
                Err(written(word, &rest.to_uppercase()))
            }
            Modifier::Shift | Modifier::Super => Err(KeyError::NeverArrives(shown(word))),
        };
    }
    let key = match word.parse::<Key>() {
        Ok(Key::F(number)) if !(1..=12).contains(&number) => {
            return Err(KeyError::NeverArrives(shown(word)));
        }
        Ok(Key::Char(c)) if c.is_control() => return Err(unknown()),
        Ok(key) => return Ok(key),
        Err(_) if is_named => return Err(unknown()),
        Err(_) => format!("<{bare}>"),
    };
    // `Enter`, as hints print it, in place of `<enter>`.
    match key.parse::<Key>() {
        Ok(_) => Err(written(word, &key)),
        Err(_) => Err(unknown()),
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Modifier {
    Control,
    Alt,
    Shift,
    Super,
}

fn split_modifier(bare: &str) -> Option<(Modifier, &str)> {
    let (modifier, rest) = bare.split_once(['-', '+'])?;
    let modifier = match modifier {
        "ctrl" | "control" | "c" => Modifier::Control,
        "alt" | "meta" | "option" | "opt" | "a" | "m" => Modifier::Alt,
        "shift" | "s" => Modifier::Shift,
        "super" | "cmd" | "command" | "win" | "d" => Modifier::Super,
        _ => return None,
    };
    (!rest.is_empty()).then_some((modifier, rest))
}

/// What a terminal makes of Control: the low five bits of a letter, so that some are other keys (ECMA-48, table of C0).
fn control(word: &str, lower: &str, rest: &str) -> Result<Key, KeyError> {
    let mut chars = rest.chars();
    let (Some(letter), None) = (chars.next(), chars.next()) else {
        return Err(KeyError::NeverArrives(shown(word)));
    };
    let arrives = match letter {
        'i' => Key::Tab,
        'j' | 'm' => Key::Enter,
        'h' => Key::Backspace,
        '[' => Key::Esc,
        'a'..='z' if lower == format!("ctrl-{letter}") => return Ok(Key::Ctrl(letter)),
        'a'..='z' => return Err(written(word, &format!("ctrl-{letter}"))),
        _ => return Err(KeyError::NeverArrives(shown(word))),
    };
    Err(KeyError::Arrives {
        text: shown(word),
        arrives,
    })
}

fn written(text: &str, form: &str) -> KeyError {
    KeyError::WriteIt {
        text: shown(text),
        form: form.to_owned(),
    }
}

/// What somebody wrote, fit for a line of a message.
fn shown(text: &str) -> String {
    let short: String = text.chars().take(24).collect();
    crate::domain::text_safety::visible(&short)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_key_or_two_are_read() {
        let c = Key::Char;
        for (text, keys) in [
            ("s", vec![c('s')]),
            ("S", vec![c('S')]),
            ("ø", vec![c('ø')]),
            ("-", vec![c('-')]),
            ("<", vec![c('<')]),
            ("gd", vec![c('g'), c('d')]),
            ("c-", vec![c('c'), c('-')]),
            ("ctrl-r", vec![Key::Ctrl('r')]),
            ("Ctrl-R", vec![Key::Ctrl('r')]),
            ("<enter>", vec![Key::Enter]),
            ("<s-tab>", vec![Key::BackTab]),
            ("<space>", vec![c(' ')]),
            ("<f12>", vec![Key::F(12)]),
            ("ctrl-x s", vec![Key::Ctrl('x'), c('s')]),
            ("g <tab>", vec![c('g'), Key::Tab]),
        ] {
            assert_eq!(read(text), Ok(keys), "{text}");
        }
    }

    #[test]
    fn a_key_that_no_terminal_sends_is_one_line_with_the_remedy() {
        for (text, said) in [
            ("ctrl-enter", "would never arrive"),
            ("shift-enter", "would never arrive"),
            ("ctrl-tab", "would never arrive"),
            ("ctrl-1", "would never arrive"),
            ("ctrl-;", "would never arrive"),
            ("super-s", "would never arrive"),
            ("<f13>", "would never arrive"),
            ("alt-x", "no Alt bindings"),
            ("M-x", "no Alt bindings"),
            ("<a-x>", "no Alt bindings"),
            ("ctrl-i", "sends it as <tab>"),
            ("ctrl-m", "sends it as <enter>"),
            ("ctrl-j", "sends it as <enter>"),
            ("ctrl-h", "sends it as <backspace>"),
            ("ctrl-[", "sends it as <esc>"),
            ("C-i", "sends it as <tab>"),
            ("C-d", "write `ctrl-d`"),
            ("<c-d>", "write `ctrl-d`"),
            ("shift-a", "write `A`"),
            ("shift-tab", "write `<s-tab>`"),
            ("Enter", "write `<enter>`"),
            ("PgUp", "write `<pgup>`"),
            ("F1", "write `<f1>`"),
            ("", "an empty text"),
            ("  ", "an empty text"),
            ("gdd", "two keys at most"),
            ("g d d", "two keys at most"),
            ("<nokey>", "names no key"),
            ("\u{1b}", "names no key"),
            ("somethingelse", "names no key"),
        ] {
            let error = read(text).expect_err(text).to_string();
            assert!(error.contains(said), "{text:?}: {error}");
            assert!(!error.contains(['\n', '\u{1b}']), "{text:?}: {error}");
        }
    }

    #[test]
    fn ten_kilobytes_are_one_short_line() {
        let error = read(&"x".repeat(10_000)).expect_err("too long");
        assert!(error.to_string().len() < 200, "{error}");
    }
}
