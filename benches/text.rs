//! How fast a text is counted (code points a second) and a post composed for six channels.
//!
//! `cargo bench --bench text`. The counter runs at every key, on texts of up to 100 kB.

use divan::Bencher;
use divan::counter::CharsCount;
use masthead::domain::{Content, Facts, PlatformId, Threading, Variant};
use masthead::text::{Counted, compose, count};

const SIX: [PlatformId; 6] = [
    PlatformId::Mastodon,
    PlatformId::Bluesky,
    PlatformId::LinkedIn,
    PlatformId::X,
    PlatformId::Zulip,
    PlatformId::YouTube,
];

/// A paragraph of the kind that is posted, with a bit of everything that is looked at.
const PARAGRAPH: &str = "Our community call is on Friday: rOpenSci packages, review and coffee ☕️ with @alice@example.org. \
    Sign up at https://example.org/calls/2026-11?ref=toot or on example.com, and bring a #question! \
    ¿Hablas español? 日本語もどうぞ。 👩🏽‍💻 + 🇳🇴 = ❤️\n\n";

fn main() {
    divan::main();
}

fn text(bytes: usize) -> String {
    let mut text = PARAGRAPH.repeat(bytes / PARAGRAPH.len() + 1);
    let end = (0..=bytes)
        .rev()
        .find(|&at| text.is_char_boundary(at))
        .unwrap_or(0);
    text.truncate(end);
    text
}

fn counting(bencher: Bencher<'_, '_>, platform: PlatformId, bytes: usize) {
    let text = text(bytes);
    let facts = Facts::default();
    bencher.counter(CharsCount::of_str(&text)).bench(|| {
        let counted = Counted {
            text: divan::black_box(&text),
            ..Counted::default()
        };
        count(platform, &counted, &facts)
    });
}

#[divan::bench(args = SIX)]
fn count_1_kb(bencher: Bencher<'_, '_>, platform: PlatformId) {
    counting(bencher, platform, 1_000);
}

#[divan::bench(args = SIX)]
fn count_100_kb(bencher: Bencher<'_, '_>, platform: PlatformId) {
    counting(bencher, platform, 100_000);
}

#[divan::bench(args = [280, 1_000, 100_000])]
fn compose_for_six_channels(bencher: Bencher<'_, '_>, bytes: usize) {
    composing(bencher, bytes, Threading::Off);
}

#[divan::bench(args = [1_000, 100_000])]
fn compose_threads_for_six_channels(bencher: Bencher<'_, '_>, bytes: usize) {
    composing(bencher, bytes, Threading::Numbered);
}

fn composing(bencher: Bencher<'_, '_>, bytes: usize, threading: Threading) {
    let content = Content {
        title: "Community call".to_owned(),
        text: text(bytes),
        threading,
        ..Content::default()
    };
    let variant = Variant::inherits("channel");
    let facts = Facts::default();
    bencher
        .counter(CharsCount::of_str(&content.text))
        .bench(|| {
            SIX.map(|platform| compose(platform, divan::black_box(&content), &variant, &facts))
        });
}
