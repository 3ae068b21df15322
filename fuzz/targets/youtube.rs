//! Reads any bytes as every answer of YouTube.
#![no_main]

#[path = "../answers.rs"]
mod answers;

use libfuzzer_sys::fuzz_target;
use masthead::platforms::youtube_reading::read;

fuzz_target!(|data: &[u8]| answers::read_any(data, read));
