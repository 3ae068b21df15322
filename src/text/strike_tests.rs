//! Words, what is left of them, and what falls off, against the one composer.

use super::compose;
use super::strike::Strikes;
use crate::domain::{Composed, Content, Facts, PlatformId, Threading, Variant};

fn shown(strikes: &Strikes) -> Vec<&str> {
    let words = strikes.words().iter();
    words
        .map(|word| &strikes.text()[word.range.clone()])
        .collect()
}

fn content(text: &str) -> Content {
    Content {
        text: text.to_owned(),
        ..Content::default()
    }
}

fn composed(content: &Content, text: &str) -> Composed {
    let mut variant = Variant::inherits("bluesky");
    variant.text = Some(text.to_owned());
    compose(PlatformId::Bluesky, content, &variant, &Facts::default())
}

#[test]
fn a_text_of_which_nothing_is_struck_is_left_as_it_is() {
    for text in [
        "",
        "  ",
        "a",
        "\n a  b\t\nc \n",
        "国国 a",
        "\u{200b}",
        "a\u{200b}b\u{feff}",
    ] {
        assert_eq!(Strikes::new(text).left().text, text);
    }
}

#[test]
fn words_stand_between_blanks_and_links_and_tags_stay_whole() {
    let spaced = Strikes::new("One, two\n\nthree…  https://example.org/a_(b)");
    assert_eq!(
        shown(&spaced),
        ["One,", "two", "three…", "https://example.org/a_(b)"]
    );
    let unspaced = Strikes::new("詳しくはhttps://example.org/58を、ご覧。 #日本語タグ");
    let words = shown(&unspaced);
    assert!(words.contains(&"https://example.org/58"), "{words:?}");
    assert!(words.contains(&"#日本語タグ"), "{words:?}");
    assert!(words.contains(&"を、"), "{words:?}");
}

#[test]
fn the_widest_break_around_what_is_struck_stays_and_none_does_at_the_ends() {
    let mut strikes = Strikes::new("one two.\n\nThree four five\n");
    strikes.toggle([1, 2]);
    assert_eq!(strikes.left().text, "one\n\nfour five\n");
    strikes.toggle([0]);
    assert_eq!(strikes.left().text, "four five\n");
    strikes.toggle([4]);
    assert_eq!(strikes.left().text, "four");
    strikes.toggle([3]);
    assert_eq!(strikes.left().text, "");
    assert_eq!(strikes.struck(), 5);
}

#[test]
fn every_step_is_taken_back_in_turn() {
    let text = "one two three";
    let mut strikes = Strikes::new(text);
    strikes.toggle([2, 1]);
    strikes.toggle([1, 99]);
    strikes.toggle([99]);
    assert_eq!(strikes.left().text, "one two");
    assert_eq!(strikes.undo(), Some(1));
    assert_eq!(strikes.left().text, "one");
    assert_eq!(strikes.undo(), Some(2));
    assert_eq!(strikes.undo(), None);
    assert_eq!(strikes.left().text, text);
}

#[test]
fn what_falls_off_is_what_the_composer_says_is_past_the_limit() {
    let text = format!("{}end of it", "word ".repeat(59));
    let content = content(&text);
    let mut strikes = Strikes::new(&text);
    let falls = |strikes: &Strikes| {
        let left = strikes.left();
        left.falling(&composed(&content, &left.text), strikes.words().len())
    };
    // 295 clusters of words, then `end `, of which the blank is the 299th: `of` ends at 301.
    let falling = falls(&strikes);
    let first = falling.iter().position(|falls| *falls);
    assert_eq!(first, Some(60));
    assert_eq!(falling.iter().filter(|falls| **falls).count(), 2);
    strikes.toggle([0, 1]);
    assert!(!falls(&strikes).contains(&true));
}

#[test]
fn only_the_part_that_is_too_long_falls_off() {
    let long = "x".repeat(320);
    let text = format!("short\n---\nbefore {long} after\n---\nlast");
    let content = Content {
        threading: Threading::On,
        ..content(&text)
    };
    let strikes = Strikes::new(&text);
    let left = strikes.left();
    let falling = left.falling(&composed(&content, &text), strikes.words().len());
    let words: Vec<&str> = shown(&strikes)
        .into_iter()
        .zip(falling)
        .filter_map(|(word, falls)| falls.then_some(word))
        .collect();
    assert_eq!(words, [long.as_str()]);
}

#[test]
fn striking_all_that_falls_off_makes_it_fit_whatever_the_script() {
    let family = "👨‍👩‍👧‍👦 ".repeat(400);
    let texts = [
        "lorem ipsum dolor sit amet ".repeat(400),
        "日本語の文章、".repeat(1_500),
        "مرحبا بالعالم ".repeat(700),
        "ab\u{200b}c \u{200d} ".repeat(1_500),
        "https://example.org/reviews/58 ".repeat(300),
        family,
        "x".repeat(10_000),
    ];
    for text in texts {
        let content = content(&text);
        let mut strikes = Strikes::new(&text);
        let left = strikes.left();
        let falling = left.falling(&composed(&content, &left.text), strikes.words().len());
        let places: Vec<usize> = (0..falling.len()).filter(|at| falling[*at]).collect();
        assert!(!places.is_empty());
        strikes.toggle(places);
        let left = strikes.left();
        let composed = composed(&content, &left.text);
        assert!(composed.parts[0].over.is_none(), "{}", left.text);
    }
}

#[test]
fn hostile_texts_take_linear_time() {
    for pattern in [
        "国",
        "国 ",
        "#国",
        "a.国",
        "\u{301}",
        "\u{200b} ",
        "http://国",
    ] {
        let started = std::time::Instant::now();
        let mut strikes = Strikes::new(pattern.repeat(20_000));
        let all = 0..strikes.words().len();
        strikes.toggle(all);
        assert_eq!(strikes.left().text, "");
        assert!(started.elapsed().as_secs() < 5, "{pattern}");
    }
}
