//! What holds for any text: counting never fails, splitting loses nothing, every part fits or says why not.

use super::{Counted, compose, count};
use crate::domain::{Content, Facts, PlatformId, Threading, Variant};
use proptest::prelude::*;
use std::time::{Duration, Instant};

/// Texts made of what the rules look at.
fn texts() -> impl Strategy<Value = String> {
    let piece = prop_oneof![
        3 => "[a-zA-Z0-9]{1,12}",
        3 => Just(" ".to_owned()),
        1 => Just("\n".to_owned()),
        1 => Just("\n---\n".to_owned()),
        1 => Just("https://example.com/a_(b)?q=1".to_owned()),
        1 => Just("example.org".to_owned()),
        1 => Just("@bob@example.org".to_owned()),
        1 => Just("#täg".to_owned()),
        1 => Just("日本語。".to_owned()),
        1 => Just("👩‍👩‍👧🏽🇳🇴1️⃣".to_owned()),
        1 => Just("e\u{301}\u{301}".to_owned()),
        1 => Just("\u{202e}العربية\u{202c}".to_owned()),
        1 => "[.!?,;:()'\"@#$/_*~-]{1,4}",
        1 => "\\PC{1,4}",
        1 => any::<char>().prop_map(String::from),
    ];
    proptest::collection::vec(piece, 0..120).prop_map(|pieces| pieces.concat())
}

fn composed(
    platform: PlatformId,
    text: &str,
    threading: Threading,
    limit: u32,
) -> crate::domain::Composed {
    let content = Content {
        text: text.to_owned(),
        threading,
        title: "t".to_owned(),
        ..Content::default()
    };
    let facts = Facts {
        account_limit: Some(limit),
        ..Facts::default()
    };
    compose(platform, &content, &Variant::inherits("channel"), &facts)
}

/// What must survive a split: everything but white space and dividers.
fn substance(text: &str) -> String {
    let lines = text
        .split_inclusive('\n')
        .filter(|line| line.trim() != "---");
    lines
        .flat_map(str::chars)
        .filter(|c| !c.is_whitespace())
        .collect()
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(200))]

    #[test]
    fn counting_never_panics_and_is_what_composing_counts(text in texts()) {
        for platform in PlatformId::ALL {
            let counted = Counted { text: &text, warning: &text, title: Some(&text), topic: Some(&text) };
            let _ = count(*platform, &counted, &Facts::default());
            let alone = count(*platform, &Counted { text: &text, ..Counted::default() }, &Facts::default());
            let composed = composed(*platform, &text, Threading::Off, 100);
            prop_assert_eq!(alone.text.used, composed.parts[0].count.text.used);
        }
    }

    #[test]
    fn a_longer_text_of_words_never_counts_less(text in "[a-z日é😀 ]{0,80}", more in "[a-z日é😀 ]{0,20}") {
        let longer = format!("{text} {more}");
        for platform in PlatformId::ALL {
            let used = |text: &str| {
                count(*platform, &Counted { text, ..Counted::default() }, &Facts::default()).text.used
            };
            prop_assert!(used(&text) <= used(&longer), "{platform}");
        }
    }

    #[test]
    fn the_mark_of_the_limit_is_a_boundary_that_what_precedes_it_respects(text in texts()) {
        for platform in [PlatformId::Mastodon, PlatformId::Bluesky, PlatformId::LinkedIn, PlatformId::X] {
            let composed = composed(platform, &text, Threading::Off, 60);
            let part = &composed.parts[0];
            prop_assert_eq!(part.over.is_some(), !part.count.text.fits() || part.count.bytes.is_some_and(|b| !b.fits()));
            if let Some(over) = part.over {
                prop_assert!(text.is_char_boundary(over), "{platform}");
            }
        }
    }

    #[test]
    fn splitting_loses_nothing_and_every_part_fits_or_says_why_not(text in texts()) {
        for platform in PlatformId::ALL {
            for threading in [Threading::On, Threading::Numbered] {
                let composed = composed(*platform, &text, threading, 60);
                let sources = composed.parts.iter().map(|part| part.source.clone());
                let mut end = 0;
                for source in sources.clone() {
                    prop_assert!(source.start >= end && source.end <= text.len(), "{platform}");
                    end = source.end;
                }
                let many = composed.parts.len() > 1;
                if many {
                    let kept: String = sources.map(|source| substance(&text[source])).collect();
                    prop_assert_eq!(kept, substance(&text), "{}", platform);
                }
                for (index, part) in composed.parts.iter().enumerate() {
                    let reported = composed.problems.iter().any(|problem| problem.part == Some(index));
                    prop_assert!(part.count.fits || reported || !composed.can_leave(), "{platform}: {part:?}");
                    if many && !part.count.text.fits() {
                        // Only what holds no place to split at may be too long.
                        prop_assert!(part.plain.split_whitespace().count() <= 3, "{platform}: {}", part.plain);
                    }
                }
            }
        }
    }
}

#[test]
fn a_hundred_kilobytes_of_anything_are_counted_and_composed_in_no_time() {
    let patterns = [
        "@",
        "@a@b.c ",
        "http://",
        "https://a.b/(",
        "#",
        "#a ",
        "\u{301}",
        "e\u{301}",
        "\0",
        "\u{202e}",
        "\n",
        "---\n",
        "a. ",
        " ",
        "🇳",
        "👩\u{200d}",
        "\u{200d}",
        "\u{fe0f}",
        "1\u{fe0f}",
        "가",
        "\u{1100}",
        "日.com",
        "...",
        "$A ",
        "`",
        "\u{feff}",
        "\u{110bd}\u{11071}",
        "क\u{94d}",
        "\u{e0067}",
        "🏴\u{e0067}",
    ];
    for pattern in patterns {
        let text = pattern.repeat(100_000 / pattern.len());
        for platform in PlatformId::ALL {
            let started = Instant::now();
            let _ = count(
                *platform,
                &Counted {
                    text: &text,
                    ..Counted::default()
                },
                &Facts::default(),
            );
            let _ = composed(*platform, &text, Threading::Off, 300);
            let _ = composed(*platform, &text, Threading::Numbered, 300);
            let took = started.elapsed();
            assert!(
                took < Duration::from_secs(4),
                "{platform}, {pattern:?}: {took:?}"
            );
        }
    }
}
