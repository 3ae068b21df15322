//! What a terminal reports that is no key: the colour of its background, and what was done with the mouse.
//!
//! Pure; `decode.rs` finds out where these stand among the keys.

use crate::app::Colours;
use crate::app::pointer::{Gesture, Pointed};

/// Asks for the colour of the background (xterm, "Operating System Commands", 11).
pub const BACKGROUND: &str = "\x1b]11;?\x1b\\";
/// How the answer begins, after the Esc.
const BEGINS: &[u8] = b"]11;";
/// No colour is said in more.
const LONGEST: usize = 64;

/// How much of an answer is there.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Answered {
    /// More is needed.
    Partly,
    /// So many bytes are the answer; what cannot be read says nothing.
    Whole(usize, Option<Colours>),
}

/// Whether bytes are an answer whose end is still to come.
pub fn has_begun(bytes: &[u8]) -> bool {
    let bytes = bytes.strip_prefix(b"\x1b").unwrap_or(bytes);
    bytes.starts_with(BEGINS)
}

/// Reads the colour of the background behind an Esc; `None` where it is something else.
pub fn background(bytes: &[u8]) -> Option<Answered> {
    if bytes.is_empty() {
        return None;
    }
    if !bytes.starts_with(BEGINS) {
        return BEGINS.starts_with(bytes).then_some(Answered::Partly);
    }
    let said = &bytes[BEGINS.len()..];
    let is_part = |byte: &u8| byte.is_ascii_hexdigit() || b"rgba:/".contains(byte);
    let length = said.iter().take_while(|byte| is_part(byte)).count();
    let colours = || {
        let said = std::str::from_utf8(&said[..length]).ok()?;
        shade(said)
    };
    let count = BEGINS.len() + length;
    Some(match &said[length..] {
        [] | [0x1b] if length < LONGEST => Answered::Partly,
        [0x07, ..] => Answered::Whole(count + 1, colours()),
        [0x1b, b'\\', ..] => Answered::Whole(count + 2, colours()),
        _ => Answered::Whole(count, None),
    })
}

/// Reads `rgb:1e1e/1e1e/2e2e`, one to four digits each.
fn shade(said: &str) -> Option<Colours> {
    let (_, parts) = said.split_once(':')?;
    let mut parts = parts.split('/').map(|part| {
        let most = 16_f64.powi(i32::try_from(part.len()).ok()?) - 1.0;
        let value = u16::from_str_radix(part, 16).ok()?;
        Some(f64::from(value) / most)
    });
    let mut next = || parts.next().flatten();
    // How bright it seems (ITU-R BT.601).
    let bright = 0.299 * next()? + 0.587 * next()? + 0.114 * next()?;
    Some(if bright < 0.5 {
        Colours::Dark
    } else {
        Colours::Light
    })
}

/// Reads a report of the mouse, `button;column;row` (xterm, "SGR (1006)"); releases, drags and other buttons say nothing.
pub fn pointed(report: &str, is_press: bool) -> Option<Pointed> {
    let mut numbers = report.split(';').map(|number| number.parse::<u16>().ok());
    let mut next = || numbers.next().flatten();
    let (button, column, row) = (next()?, next()?, next()?);
    // Shift, Meta and Control are bits of their own.
    let gesture = match button & !0b1_1100 {
        0 if is_press => Gesture::Click,
        64 => Gesture::WheelUp,
        65 => Gesture::WheelDown,
        _ => return None,
    };
    Some(Pointed {
        x: column.checked_sub(1)?,
        y: row.checked_sub(1)?,
        gesture,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_background_is_dark_or_light_however_many_digits_it_has() {
        let shade = |said: &str| match background(format!("]11;{said}\x1b\\").as_bytes()) {
            Some(Answered::Whole(_, colours)) => colours,
            other => panic!("{other:?}"),
        };
        assert_eq!(shade("rgb:1e1e/1e1e/2e2e"), Some(Colours::Dark));
        assert_eq!(shade("rgb:fd/f6/e3"), Some(Colours::Light));
        assert_eq!(shade("rgba:f/f/f/f"), Some(Colours::Light));
        for broken in ["rgb:", "rgb:1e1e/", "", "rgb:zz/zz/zz", "rgb:////"] {
            let bytes = format!("]11;{broken}\x07");
            let whole = matches!(background(bytes.as_bytes()), Some(Answered::Whole(_, None)));
            assert!(whole, "{broken}");
        }
    }

    #[test]
    fn what_is_no_answer_is_left_to_the_keys_and_a_broken_one_ends() {
        assert_eq!(background(b"]q"), None);
        assert_eq!(background(b"[A"), None);
        assert_eq!(background(b"]1"), Some(Answered::Partly));
        assert_eq!(background(b"]11;rgb:1e1e/"), Some(Answered::Partly));
        assert_eq!(
            background(b"]11;rgb:1hello"),
            Some(Answered::Whole(9, None))
        );
    }

    #[test]
    fn a_click_and_the_wheel_are_read_and_a_release_is_not() {
        let click = pointed("0;33;12", true);
        assert_eq!(
            click,
            Some(Pointed {
                x: 32,
                y: 11,
                gesture: Gesture::Click
            })
        );
        assert_eq!(pointed("0;33;12", false), None);
        assert_eq!(pointed("32;33;12", true), None, "a drag");
        let wheel = pointed("65;1;1", true).map(|it| it.gesture);
        assert_eq!(wheel, Some(Gesture::WheelDown));
        assert_eq!(pointed("0;0;0", true), None);
        assert_eq!(pointed("0;99999999;1", true), None);
    }
}
