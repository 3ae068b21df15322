//! Reads any bytes as every answer of X.
#![no_main]

#[path = "../answers.rs"]
mod answers;

use libfuzzer_sys::fuzz_target;
use masthead::platforms::x_reading::read;

fuzz_target!(|data: &[u8]| answers::read_any(data, read));
