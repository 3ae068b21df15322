//! What fits into the clipboard of the terminal that somebody sits at (OSC 52).
//!
//! Pure. How it is written is `runtime/clipboard.rs`. Nobody can tell from here whether a terminal took it.

/// The longest text that is handed to a terminal, in bytes: its base64 form is at most 100,000, which is where the
/// strictest terminals that have this at all cut it off (the limit of hterm, `osc52.sh` in libapps, 2026).
pub const LIMIT: usize = 74_994;

/// Whether a text is handed to a terminal at all; half of one would be pasted as if it were the whole.
pub fn fits(text: &str) -> bool {
    text.len() <= LIMIT
}
