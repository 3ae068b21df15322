//! What the terminal reports between the keys, whole, torn, late and broken.

use super::decode::{Decoder, Due, Input};
use crate::app::pointer::Gesture;
use crate::app::{Colours, Key};

const DARK: &[u8] = b"\x1b]11;rgb:1e1e/1e1e/2e2e\x1b\\";

/// Feeds pieces, each after the patience with the one before has ended.
fn read(pieces: &[&[u8]], due: Due) -> Vec<Input> {
    let mut decoder = Decoder::default();
    let mut seen = Vec::new();
    for piece in pieces {
        decoder.feed(piece);
        seen.extend(std::iter::from_fn(|| decoder.next(due)));
        if decoder.patience().is_some() {
            seen.extend(decoder.give_up(due));
        }
    }
    seen
}

#[test]
fn the_background_is_never_text_however_it_is_torn_and_however_late_it_comes() {
    let dark = Input::Background(Colours::Dark);
    for due in [Due::Soon, Due::Late] {
        assert_eq!(read(&[DARK], due), std::slice::from_ref(&dark));
        for torn_at in 1..DARK.len() {
            let mut seen = read(&[&DARK[..torn_at], &DARK[torn_at..]], due);
            // A torn Esc is one while nobody knows what follows; letters never are.
            seen.retain(|input| *input != Input::Key(Key::Esc));
            let letters = |input: &Input| matches!(input, Input::Key(_));
            // What is torn before it can be told from a key may be lost, but is no text.
            if torn_at == 1 || torn_at > 4 {
                assert_eq!(seen, std::slice::from_ref(&dark), "torn at {torn_at}");
            }
            assert!(
                !seen.iter().any(letters) || torn_at <= 4,
                "torn at {torn_at}: {seen:?}"
            );
        }
    }
}

#[test]
fn keys_behind_an_answer_that_breaks_off_are_keys() {
    let seen = read(&[b"\x1b]11;rgb:1e1e/zq"], Due::Late);
    assert_eq!(
        seen,
        [Input::Key(Key::Char('z')), Input::Key(Key::Char('q'))]
    );
}

#[test]
fn clicks_and_the_wheel_are_no_keys() {
    let seen = read(&[b"\x1b[<0;3;2M\x1b[<0;3;2mx\x1b[<64;1;1M"], Due::No);
    let gestures: Vec<Option<Gesture>> = seen
        .iter()
        .map(|input| match input {
            Input::Mouse(pointed) => Some(pointed.gesture),
            _ => None,
        })
        .collect();
    assert_eq!(
        gestures,
        [Some(Gesture::Click), None, Some(Gesture::WheelUp)]
    );
    assert_eq!(seen[1], Input::Key(Key::Char('x')));
}
