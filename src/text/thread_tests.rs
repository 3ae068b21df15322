//! What a thread becomes: where it is split, what counts, what stands on which part.

use super::compose_tests::{THREADING, composed, messages, picture, post, texts};
use crate::domain::{PlatformId, ReplyTo, Threading, Visibility};

#[test]
fn dividers_make_parts_only_where_a_thread_was_asked_for() {
    let mut content = post("One.\n---\nTwo.\r\n --- \r\nThree.\n");
    assert_eq!(composed(PlatformId::Mastodon, &content).parts.len(), 1);
    content.threading = Threading::On;
    for platform in THREADING {
        assert_eq!(
            texts(&composed(platform, &content)),
            ["One.", "Two.", "Three."],
            "{platform}"
        );
    }
    assert_eq!(
        texts(&composed(PlatformId::YouTube, &content)),
        ["One.\n\nTwo.\n\nThree."]
    );
    content.threading = Threading::Numbered;
    let composed = composed(PlatformId::Bluesky, &content);
    assert_eq!(texts(&composed), ["One. 1/3", "Two. 2/3", "Three. 3/3"]);
    let sources: Vec<&str> = composed
        .parts
        .iter()
        .map(|part| &content.text[part.source.clone()])
        .collect();
    assert_eq!(sources, ["One.", "Two.", "Three."]);
}

#[test]
fn a_thread_ends_its_parts_at_sentences_and_then_at_words() {
    let sentence = "This is a sentence of a good length that says nothing much at all. ";
    let mut content = post(&sentence.repeat(9));
    content.threading = Threading::On;
    let bluesky = composed(PlatformId::Bluesky, &content);
    assert!(bluesky.can_leave());
    assert_eq!(bluesky.parts.len(), 3);
    assert!(
        bluesky
            .parts
            .iter()
            .all(|part| part.plain.ends_with("at all."))
    );
    content.text = "word ".repeat(100);
    let bluesky = composed(PlatformId::Bluesky, &content);
    assert_eq!(
        bluesky
            .parts
            .iter()
            .map(|part| part.plain.len())
            .collect::<Vec<_>>(),
        [299, 199]
    );
}

#[test]
fn a_link_counts_as_short_as_the_platform_does_and_is_never_cut() {
    let link = format!("https://example.org/{}", "a".repeat(400));
    let mut content = post(&format!("{}{link} and {link}", "word ".repeat(45)));
    content.threading = Threading::On;
    let parts = composed(PlatformId::X, &content);
    assert!(parts.can_leave(), "{:?}", parts.problems);
    assert_eq!(parts.parts.len(), 1);
    content.text = content.text.repeat(2);
    let parts = composed(PlatformId::X, &content);
    let links = parts
        .parts
        .iter()
        .map(|part| part.plain.matches(&link).count())
        .sum::<usize>();
    assert_eq!((parts.parts.len(), links), (2, 4));
}

#[test]
fn the_number_of_a_part_counts() {
    let mut content = post(&format!("{}\n---\nb", "a".repeat(298)));
    content.threading = Threading::Numbered;
    let composed = composed(PlatformId::Bluesky, &content);
    assert_eq!(
        messages(&composed),
        ["part 1: 2 over the limit of 300: it has no place to split at, shorten it"]
    );
    assert_eq!(composed.problems[0].part, Some(0));
    assert!(!composed.problems[0].splitting_helps);
}

#[test]
fn a_word_longer_than_the_limit_stays_whole_and_is_a_problem_of_its_part() {
    let mut content = post(&format!("Before. {} after.", "x".repeat(320)));
    content.threading = Threading::On;
    let composed = composed(PlatformId::Bluesky, &content);
    assert_eq!(composed.parts.len(), 3);
    assert!(messages(&composed)[0].starts_with("part 2: 20 over the limit of 300"));
    assert_eq!(composed.parts[1].over, Some(8 + 300));
}

#[test]
fn warning_language_and_visibility_are_on_every_part_and_the_rest_on_the_first() {
    let mut content = post("One.\n---\nTwo.");
    content.threading = Threading::On;
    content.warning = Some("food".to_owned());
    content.language = Some("en".to_owned());
    content.reply_to = Some(ReplyTo::Url("https://x".to_owned()));
    content.attachments.push(picture("a hall"));
    let mastodon = composed(PlatformId::Mastodon, &content);
    for part in &mastodon.parts {
        assert_eq!(part.warning.as_deref(), Some("food"));
        assert_eq!(
            (part.language.as_deref(), part.visibility),
            (Some("en"), Some(Visibility::Public))
        );
    }
    assert_eq!(
        (mastodon.parts[0].media.len(), mastodon.parts[1].media.len()),
        (1, 0)
    );
    assert!(mastodon.parts[0].reply_to.is_some() && mastodon.parts[1].reply_to.is_none());
    let bluesky = composed(PlatformId::Bluesky, &content);
    assert_eq!(texts(&bluesky), ["CW: food\n\nOne.", "CW: food\n\nTwo."]);
}

#[test]
fn a_warning_as_long_as_the_limit_leaves_no_use_in_splitting() {
    let mut content = post("word ".repeat(30).trim_end());
    content.warning = Some("w".repeat(500));
    assert!(!composed(PlatformId::Mastodon, &content).problems[0].splitting_helps);
    content.threading = Threading::On;
    assert_eq!(composed(PlatformId::Mastodon, &content).parts.len(), 1);
}

#[test]
fn a_letter_that_normalising_joins_is_no_place_to_cut() {
    let word = "https://example.com/a?q=1ae\u{301}\u{301}example.org";
    let mut content = post(&format!("{} {word} and so on", "word ".repeat(50)));
    content.threading = Threading::On;
    let x = composed(PlatformId::X, &content);
    assert!(x.parts.len() > 1);
    assert!(
        texts(&x).iter().any(|part| part.contains(word)),
        "{:?}",
        texts(&x)
    );
}
