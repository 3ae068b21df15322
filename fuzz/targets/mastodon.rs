//! Reads any bytes as every answer of a Mastodon server.
#![no_main]

#[path = "../answers.rs"]
mod answers;

use libfuzzer_sys::fuzz_target;
use masthead::platforms::mastodon_reading::read;

fuzz_target!(|data: &[u8]| answers::read_any(data, read));
