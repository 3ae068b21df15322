//! Reads any text as a configuration: a configuration or errors, each of one line that a terminal can show.
#![no_main]

use libfuzzer_sys::fuzz_target;
use masthead::config::Config;

fuzz_target!(|data: &[u8]| {
    let text = String::from_utf8_lossy(data);
    match Config::parse(&text, "config.toml") {
        Ok(config) => {
            for channel in config.domain_channels() {
                assert!(config.channel(&channel.name).is_some());
            }
        }
        Err(errors) => {
            assert!(!errors.is_empty());
            for error in errors {
                let line = error.to_string();
                assert!(!line.is_empty() && !line.contains(['\n', '\r']), "{line:?}");
            }
        }
    }
});
