//! Posts in the forms that other programs read and write. Pure: text in, text out; files are opened by whoever asks.
//!
//! Imports only `domain`. So far Markdown with front matter, which `E` hands to the user's own editor.

pub mod markdown;
mod variants;
