//! Counts any text on every platform: what is over a limit never fits, and every line has an answer that is JSON.
#![no_main]

use libfuzzer_sys::fuzz_target;
use masthead::domain::{Facts, Limits, PlatformId};
use masthead::text::{Counted, count};

fuzz_target!(|data: &[u8]| {
    let Some((&knob, data)) = data.split_first() else {
        return;
    };
    let text = String::from_utf8_lossy(data);
    let (warning, text) = text.split_once('\u{1}').unwrap_or(("", &text));
    // Servers name limits of all sizes, nonsense included.
    let facts = Facts {
        limits: (knob & 1 == 1).then(|| Limits {
            max_characters: Some(u32::from(knob).pow(u32::from(knob & 3) + 1)),
            characters_per_url: Some(u32::from(knob)),
            ..Limits::default()
        }),
        ..Facts::default()
    };
    for platform in PlatformId::ALL {
        let counted = Counted {
            text,
            warning,
            title: Some(warning),
            topic: Some(warning),
        };
        let count = count(*platform, &counted, &facts);
        let measures = [
            Some(count.text),
            count.bytes,
            count.title,
            count.topic,
            count.tags,
        ];
        for measure in measures.into_iter().flatten() {
            assert_eq!(measure.fits(), measure.over() == 0, "{platform}");
            assert!(measure.fits() || !count.fits, "{platform}");
        }
    }
    let line = serde_json::json!({ "text": text, "cw": warning }).to_string();
    let mut out = Vec::new();
    let lines = masthead::cli::count::count_lines(line.as_bytes(), &mut out).unwrap();
    assert_eq!(lines.malformed, 0);
    // Any line at all has an answer that is JSON.
    let mut out = Vec::new();
    masthead::cli::count::count_lines(data, &mut out).unwrap();
    for line in out
        .split(|byte| *byte == b'\n')
        .filter(|line| !line.is_empty())
    {
        assert!(serde_json::from_slice::<serde_json::Value>(line).is_ok());
    }
});
