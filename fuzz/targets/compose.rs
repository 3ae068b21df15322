//! Composes any text for every platform: the same twice, within the limits or said to be over, cut at characters.
#![no_main]

use libfuzzer_sys::fuzz_target;
use masthead::domain::{Content, Facts, Limits, PlatformId, Threading, Variant};
use masthead::text::compose;

fuzz_target!(|data: &[u8]| {
    let Some((&knob, data)) = data.split_first() else {
        return;
    };
    let text = String::from_utf8_lossy(data);
    let (warning, text) = match text.split_once('\u{1}') {
        Some((warning, text)) => (Some(warning.to_owned()), text.to_owned()),
        None => (None, text.into_owned()),
    };
    let facts = Facts {
        limits: (knob & 1 == 1).then(|| Limits {
            max_characters: Some(1 + u32::from(knob) * u32::from(knob & 7)),
            ..Limits::default()
        }),
        ..Facts::default()
    };
    let content = Content {
        title: text.chars().take(20).collect(),
        text,
        warning,
        threading: match knob & 6 {
            0 => Threading::Off,
            2 => Threading::Numbered,
            _ => Threading::On,
        },
        ..Content::default()
    };
    for platform in PlatformId::ALL {
        let variant = Variant::inherits("a");
        let composed = compose(*platform, &content, &variant, &facts);
        assert_eq!(composed, compose(*platform, &content, &variant, &facts));
        for part in &composed.parts {
            assert!(part.source.start <= part.source.end && part.source.end <= content.text.len());
            assert!(content.text.is_char_boundary(part.source.start));
            assert!(content.text.is_char_boundary(part.source.end));
            for facet in &part.facets {
                assert!(facet.byte_start < facet.byte_end, "{platform}");
                assert!(part.text.get(facet.byte_start..facet.byte_end).is_some());
            }
            if composed.can_leave() {
                assert!(part.count.fits, "{platform} would send what does not fit");
            }
        }
    }
});
