//! The bytes of a terminal as keys, pastes and answers.
//!
//! An answer to a question of ours is never text, however late it comes and wherever it was torn apart. Alt arrives as Esc and
//! a key: there are no Alt bindings, so it is Esc, and the key is dropped.

use super::answers;
use crate::app::pointer::Pointed;
use crate::app::{Colours, Key};
use std::time::Duration;

const ESC: u8 = 0x1b;
const PASTE_ENDS: &[u8] = b"\x1b[201~";
/// What a terminal says that is well, after the Esc (ECMA-48 8.3.35, DSR 0).
const ANSWER: &[u8] = b"[0n";
/// A lone Esc is a key at once, but while an answer is due it may be the beginning of that.
const TORN_ANSWER: Duration = Duration::from_millis(60);
/// The rest of a sequence that began with more than Esc comes within this, or it was Alt and a key.
const TORN_SEQUENCE: Duration = Duration::from_millis(500);

/// What came from the terminal.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Input {
    /// A key.
    Key(Key),
    /// A pasted text.
    Paste(String),
    /// The window has another size: columns and rows.
    Resize(u16, u16),
    /// The terminal has read as far as the last question.
    Answer,
    /// The terminal has a background for these colours.
    Background(Colours),
    /// Something was done with the mouse.
    Mouse(Pointed),
}

/// Whether the terminal owes an answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Due {
    /// It owes none.
    No,
    /// It may come any moment: a lone Esc may be its beginning.
    Soon,
    /// It ought to have come: Esc does not wait for it, and it is no text still.
    Late,
}

/// Takes bytes in as they come and gives out what they mean.
#[derive(Debug, Default)]
pub(super) struct Decoder {
    bytes: Vec<u8>,
    /// How far a paste was searched for its end.
    searched: Option<usize>,
    /// How much of an answer followed an Esc that was given out already.
    torn: Option<usize>,
}

enum Step {
    /// So many bytes mean this, or nothing.
    Taken(usize, Option<Input>),
    /// More is needed.
    Incomplete,
}

impl Decoder {
    pub(super) fn feed(&mut self, bytes: &[u8]) {
        self.bytes.extend_from_slice(bytes);
    }

    /// Returns the next whole input; `due` says whether a question has not been answered yet.
    pub(super) fn next(&mut self, due: Due) -> Option<Input> {
        loop {
            if due == Due::No {
                self.torn = None;
            }
            let step = match (self.searched, self.torn) {
                (Some(searched), _) => self.paste(searched, due),
                (None, Some(seen)) => self.torn(seen),
                (None, None) if self.bytes == [ESC] && due != Due::Soon => {
                    self.torn = (due == Due::Late).then_some(0);
                    Step::Taken(1, Some(Input::Key(Key::Esc)))
                }
                (None, None) => step(&self.bytes),
            };
            match step {
                Step::Incomplete => return None,
                Step::Taken(count, input) => {
                    self.bytes.drain(..count);
                    if self.bytes.is_empty() {
                        // The room of a large paste is given back.
                        self.bytes = Vec::new();
                    }
                    match input {
                        Some(Input::Paste(_)) if self.searched.is_none() => self.searched = Some(0),
                        Some(input) => {
                            self.searched = None;
                            return Some(input);
                        }
                        None if count == 0 => return None,
                        None => {}
                    }
                }
            }
        }
    }

    /// How long to wait for the rest of what has begun.
    pub(super) fn patience(&self) -> Option<Duration> {
        match self.bytes.as_slice() {
            [] => None,
            _ if self.searched.is_some() => None,
            // It ends by itself, at the first byte that cannot be part of it.
            bytes if answers::has_begun(bytes) => None,
            [ESC] => Some(TORN_ANSWER),
            _ => Some(TORN_SEQUENCE),
        }
    }

    /// The rest did not come: it was Esc, or Alt and a key.
    pub(super) fn give_up(&mut self, due: Due) -> Option<Input> {
        if self.bytes.first() != Some(&ESC) {
            self.bytes.clear();
            return None;
        }
        if due != Due::No && ANSWER.starts_with(&self.bytes[1..]) && self.bytes.len() > 1 {
            // The beginning of an answer and never a key; its end is still to come.
            self.torn = Some(self.bytes.len() - 1);
            self.bytes.clear();
            return None;
        }
        self.torn = (due != Due::No && self.bytes.len() == 1).then_some(0);
        self.bytes.clear();
        Some(Input::Key(Key::Esc))
    }

    /// What follows an Esc that was given out while an answer was due.
    fn torn(&mut self, seen: usize) -> Step {
        if seen == 0
            && let Some(step) = answers::background(&self.bytes)
        {
            return answered(step, 0);
        }
        match self.bytes.first() {
            None => Step::Incomplete,
            Some(byte) if ANSWER.get(seen) == Some(byte) => {
                let whole = seen + 1 == ANSWER.len();
                self.torn = (!whole).then_some(seen + 1);
                Step::Taken(1, whole.then_some(Input::Answer))
            }
            Some(_) => {
                // It was no answer: what was held back of it were keys.
                self.torn = None;
                self.bytes.splice(..0, ANSWER[..seen].iter().copied());
                step(&self.bytes)
            }
        }
    }

    fn paste(&mut self, searched: usize, due: Due) -> Step {
        let found = self.bytes[searched..]
            .windows(PASTE_ENDS.len())
            .position(|window| window == PASTE_ENDS);
        let Some(found) = found else {
            self.searched = Some(self.bytes.len().saturating_sub(PASTE_ENDS.len()));
            return Step::Incomplete;
        };
        let end = searched + found;
        let mut text = String::from_utf8_lossy(&self.bytes[..end]).into_owned();
        // An answer may come in the middle of a paste.
        let answer = "\x1b[0n";
        let answered = due != Due::No && text.contains(answer);
        if answered {
            text = text.replacen(answer, "", 1);
        }
        self.bytes.drain(..end + PASTE_ENDS.len());
        if answered {
            self.bytes.splice(..0, answer.bytes());
        }
        Step::Taken(0, Some(Input::Paste(text)))
    }
}

/// A question was answered, after so many bytes; or the rest of the answer is still to come.
fn answered(answer: answers::Answered, after: usize) -> Step {
    match answer {
        answers::Answered::Partly => Step::Incomplete,
        answers::Answered::Whole(count, colours) => {
            Step::Taken(after + count, colours.map(Input::Background))
        }
    }
}

fn key(count: usize, key: Key) -> Step {
    Step::Taken(count, Some(Input::Key(key)))
}

fn step(bytes: &[u8]) -> Step {
    if let [ESC, rest @ ..] = bytes
        && let Some(answer) = answers::background(rest)
    {
        return answered(answer, 1);
    }
    match bytes {
        [] | [ESC] => Step::Incomplete,
        [ESC, ESC, ..] => key(1, Key::Esc),
        [ESC, b'[', rest @ ..] => control_sequence(rest),
        [ESC, b'O'] => Step::Incomplete,
        [ESC, b'O', letter, ..] => Step::Taken(3, letter_key(*letter).map(Input::Key)),
        [ESC, rest @ ..] => match character(rest) {
            Some((count, _)) => key(1 + count, Key::Esc),
            None => Step::Incomplete,
        },
        bytes => match character(bytes) {
            Some((count, key)) => Step::Taken(count, key.map(Input::Key)),
            None => Step::Incomplete,
        },
    }
}

/// Returns the key of the first character and how many bytes it takes; `None` when bytes are missing.
fn character(bytes: &[u8]) -> Option<(usize, Option<Key>)> {
    let first = *bytes.first()?;
    let key = match first {
        b'\r' | b'\n' => Key::Enter,
        b'\t' => Key::Tab,
        // Some terminals send C-h for Backspace.
        0x08 | 0x7f => Key::Backspace,
        0 => Key::Ctrl(' '),
        0x01..=0x1a => Key::Ctrl(char::from(first - 1 + b'a')),
        0x1c..=0x1f => Key::Ctrl(char::from(first - 0x1c + b'4')),
        0x20..=0x7e => Key::Char(char::from(first)),
        _ => return long_character(bytes),
    };
    Some((1, Some(key)))
}

fn long_character(bytes: &[u8]) -> Option<(usize, Option<Key>)> {
    let wanted = match bytes.first()? {
        0xc2..=0xdf => 2,
        0xe0..=0xef => 3,
        0xf0..=0xf4 => 4,
        _ => return Some((1, None)),
    };
    let there = &bytes[..bytes.len().min(wanted)];
    match std::str::from_utf8(there) {
        Ok(text) => {
            let letter = text.chars().next().filter(|letter| !letter.is_control());
            Some((wanted, letter.map(Key::Char)))
        }
        Err(error) if error.error_len().is_none() => None,
        Err(error) => Some((error.error_len().unwrap_or(1), None)),
    }
}

/// Reads what follows `CSI` (ECMA-48 5.4; the keys are those of xterm, "PC-Style Function Keys").
fn control_sequence(rest: &[u8]) -> Step {
    // The Linux console's F1 to F5.
    if let [b'[', letter, ..] = rest {
        let number = letter.wrapping_sub(b'A') + 1;
        let function = (1..=5)
            .contains(&number)
            .then_some(Input::Key(Key::F(number)));
        return Step::Taken(4, function);
    }
    let Some(end) = rest.iter().position(|byte| !(0x20..=0x3f).contains(byte)) else {
        return if rest.len() > 64 {
            Step::Taken(2 + rest.len(), None)
        } else {
            Step::Incomplete
        };
    };
    let taken = 2 + end + 1;
    let text = std::str::from_utf8(&rest[..end]).unwrap_or_default();
    if let (Some(mouse), b'M' | b'm') = (text.strip_prefix('<'), rest[end]) {
        let pointed = answers::pointed(mouse, rest[end] == b'M');
        return Step::Taken(taken, pointed.map(Input::Mouse));
    }
    let mut numbers = text.split(';').map(|part| {
        let number = part.split(':').next().unwrap_or_default();
        number.parse::<u32>().ok()
    });
    let first = numbers.next().flatten();
    let modifiers = numbers.next().flatten().unwrap_or(1).saturating_sub(1);
    let input = match rest[end] {
        b'n' if matches!(first, Some(0 | 3)) => return Step::Taken(taken, Some(Input::Answer)),
        b'~' if first == Some(200) => {
            return Step::Taken(taken, Some(Input::Paste(String::new())));
        }
        b'~' => first.and_then(numbered_key),
        b'Z' => Some(Key::BackTab),
        b'u' => first.and_then(char::from_u32).and_then(|letter| {
            let mut utf8 = [0; 4];
            let (_, key) = character(letter.encode_utf8(&mut utf8).as_bytes())?;
            match key {
                Some(Key::Char(letter)) if modifiers & 4 != 0 => {
                    Some(Key::Ctrl(letter.to_ascii_lowercase()))
                }
                Some(Key::Tab) if modifiers & 1 != 0 => Some(Key::BackTab),
                _ if letter == '\x1b' => Some(Key::Esc),
                key => key,
            }
        }),
        // It may also be the place of the cursor, which nobody asked for.
        b'R' if first != Some(1) || !(1..16).contains(&modifiers) => None,
        letter if text.is_empty() || modifiers > 0 || first == Some(1) => letter_key(letter),
        // The end of something else, or a byte that belongs to no sequence.
        _ => None,
    };
    let alt = modifiers & 2 != 0;
    Step::Taken(
        taken,
        input.map(|key| Input::Key(if alt { Key::Esc } else { key })),
    )
}

fn letter_key(letter: u8) -> Option<Key> {
    Some(match letter {
        b'A' => Key::Up,
        b'B' => Key::Down,
        b'C' => Key::Right,
        b'D' => Key::Left,
        b'H' => Key::Home,
        b'F' => Key::End,
        b'M' => Key::Enter,
        b'P'..=b'S' => Key::F(letter - b'P' + 1),
        _ => return None,
    })
}

fn numbered_key(number: u32) -> Option<Key> {
    Some(match number {
        1 | 7 => Key::Home,
        2 => Key::Insert,
        3 => Key::Delete,
        4 | 8 => Key::End,
        5 => Key::PageUp,
        6 => Key::PageDown,
        11..=15 => Key::F(u8::try_from(number - 10).ok()?),
        17..=21 => Key::F(u8::try_from(number - 11).ok()?),
        23 | 24 => Key::F(u8::try_from(number - 12).ok()?),
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(bytes: &[u8], due: Due) -> Vec<Input> {
        let mut decoder = Decoder::default();
        decoder.feed(bytes);
        std::iter::from_fn(|| decoder.next(due)).collect()
    }

    fn keys(bytes: &[u8]) -> Vec<Key> {
        let keys = read(bytes, Due::No).into_iter().map(|input| match input {
            Input::Key(key) => key,
            other => panic!("{other:?}"),
        });
        keys.collect()
    }

    #[test]
    fn keys_are_what_terminals_send_for_them() {
        assert_eq!(
            keys(b"\x1b[A\x1bOB\x1b[1;5C"),
            [Key::Up, Key::Down, Key::Right]
        );
        assert_eq!(
            keys(b"\x1b[5~\x1b[6;2~\x1b[3~"),
            [Key::PageUp, Key::PageDown, Key::Delete]
        );
        assert_eq!(
            keys(b"\x1bOP\x1b[15~\x1b[24~\x1b[[A"),
            [Key::F(1), Key::F(5), Key::F(12), Key::F(1)]
        );
        assert_eq!(
            keys(b"\t\x1b[Z\r\n\x7f\x08"),
            [
                Key::Tab,
                Key::BackTab,
                Key::Enter,
                Key::Enter,
                Key::Backspace,
                Key::Backspace
            ]
        );
        assert_eq!(
            keys(b"\x04J\xc3\xa9\x1b"),
            [Key::Ctrl('d'), Key::Char('J'), Key::Char('é'), Key::Esc]
        );
        assert_eq!(keys(b"\x1b[100;5u\x1b[27u"), [Key::Ctrl('d'), Key::Esc]);
    }

    #[test]
    fn alt_is_esc_and_its_key_is_dropped() {
        assert_eq!(
            keys(b"\x1bqx\x1b[1;3A"),
            [Key::Esc, Key::Char('x'), Key::Esc]
        );
        assert_eq!(keys(b"\x1b\x1b"), [Key::Esc, Key::Esc]);
    }

    #[test]
    fn what_is_no_key_is_dropped_whole() {
        assert_eq!(
            keys(b"\x1b[?62;4c\x1b[I\x1b[12;40R\xffz\xc2\x85"),
            [Key::Char('z')]
        );
    }

    #[test]
    fn a_paste_is_one_text_and_none_of_it_a_key() {
        let input = read(b"a\x1b[200~two\rlines \x1b[A\xc3\xa9\x1b[201~b", Due::No);
        assert_eq!(
            input,
            [
                Input::Key(Key::Char('a')),
                Input::Paste("two\rlines \x1b[Aé".to_owned()),
                Input::Key(Key::Char('b')),
            ]
        );
    }

    #[test]
    fn a_paste_in_pieces_is_the_same_text() {
        let mut decoder = Decoder::default();
        let mut seen = Vec::new();
        for byte in b"\x1b[200~some text\x1b[201~" {
            decoder.feed(&[*byte]);
            seen.extend(std::iter::from_fn(|| decoder.next(Due::Soon)));
        }
        assert_eq!(seen, [Input::Paste("some text".to_owned())]);
    }

    #[test]
    fn an_answer_within_a_paste_is_no_part_of_it() {
        let input = read(b"\x1b[200~some\x1b[0n text\x1b[201~", Due::Soon);
        assert_eq!(input, [Input::Paste("some text".to_owned()), Input::Answer]);
    }

    #[test]
    fn an_answer_is_never_text_however_it_is_torn_and_however_long_the_pieces_take() {
        let answer = b"\x1b[0n";
        for torn_at in 1..answer.len() {
            for also_at in torn_at..answer.len() {
                let mut decoder = Decoder::default();
                let mut seen = Vec::new();
                let pieces = [
                    &answer[..torn_at],
                    &answer[torn_at..also_at],
                    &answer[also_at..],
                ];
                for piece in pieces {
                    decoder.feed(piece);
                    seen.extend(std::iter::from_fn(|| decoder.next(Due::Soon)));
                    if decoder.patience().is_some() {
                        seen.extend(decoder.give_up(Due::Soon));
                    }
                }
                seen.retain(|input| *input != Input::Key(Key::Esc));
                assert_eq!(seen, [Input::Answer], "torn at {torn_at} and {also_at}");
            }
        }
    }

    #[test]
    fn keys_after_an_esc_are_keys_also_while_an_answer_is_due() {
        let mut decoder = Decoder::default();
        decoder.feed(b"\x1b");
        assert_eq!(decoder.next(Due::Soon), None);
        assert_eq!(decoder.give_up(Due::Soon), Some(Input::Key(Key::Esc)));
        decoder.feed(b"[q");
        let seen: Vec<Input> = std::iter::from_fn(|| decoder.next(Due::Soon)).collect();
        assert_eq!(
            seen,
            [Input::Key(Key::Char('[')), Input::Key(Key::Char('q'))]
        );
    }

    #[test]
    fn without_a_question_esc_does_not_wait() {
        assert_eq!(read(b"\x1b", Due::No), [Input::Key(Key::Esc)]);
        assert_eq!(read(b"\x1b", Due::Soon), []);
        assert_eq!(read(b"\x1b", Due::Late), [Input::Key(Key::Esc)]);
    }

    #[test]
    fn an_answer_that_comes_when_nobody_waits_any_more_is_no_text_either() {
        let mut decoder = Decoder::default();
        let mut seen = Vec::new();
        for byte in b"\x1b[0nx" {
            decoder.feed(&[*byte]);
            seen.extend(std::iter::from_fn(|| decoder.next(Due::Late)));
        }
        let esc = Input::Key(Key::Esc);
        assert_eq!(seen, [esc, Input::Answer, Input::Key(Key::Char('x'))]);
    }
}
