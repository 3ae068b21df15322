//! Posts and people in the forms that other programs read and write. Pure: text in, text out;
//! files are opened by whoever asks.
//!
//! Imports only `domain`. Markdown with front matter, which `E` hands to the user's own editor; the directory as CSV.

pub mod markdown;
pub mod people;
mod variants;
