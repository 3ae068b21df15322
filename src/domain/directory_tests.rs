//! What names somebody in a text, and what may stand in the directory.

use super::directory::*;

fn found(text: &str) -> Vec<(Sign, String)> {
    let all = references(text).into_iter();
    all.map(|one| (one.sign, text[one.range].to_owned()))
        .collect()
}

fn people(text: &str) -> Vec<String> {
    found(text).into_iter().map(|(_, text)| text).collect()
}

#[test]
fn a_reference_is_a_sign_and_a_key_that_stands_by_itself() {
    assert_eq!(
        found("Thanks @@Ada, (@@numpy.org) and ##News."),
        [
            (Sign::Entry, "@@Ada".to_owned()),
            (Sign::Entry, "@@numpy.org".to_owned()),
            (Sign::Group, "##News".to_owned())
        ]
    );
    assert_eq!(
        people("@@adaさん and 京都@@kyoto-u。"),
        ["@@ada", "@@kyoto-u"]
    );
    assert_eq!(people("_@@ada_ *@@bo*"), ["@@bo"], "an underscore joins");
    assert_eq!(
        people("“@@ada” @@ada-lovelace--"),
        ["@@ada", "@@ada-lovelace"]
    );
}

#[test]
fn words_addresses_rows_of_signs_and_code_hold_no_reference() {
    for text in [
        "a@@ada",
        "@@@ada",
        "@@ -1,3 +1,4 @@",
        "## Heading",
        "###three",
        "https://x.org/@@ada",
        "?q=@@ada",
        "`@@ada`",
        "``a ` @@ada``",
        "```\n@@ada\n```",
        "```\n##news",
        "@@",
        "&##39;",
    ] {
        assert_eq!(people(text), [""; 0], "{text}");
    }
    assert_eq!(people("one ` @@ada"), ["@@ada"], "no code without its end");
    assert_eq!(people("`a` @@ada `b`"), ["@@ada"]);
}

#[test]
fn a_long_row_of_signs_takes_linear_time() {
    for pattern in ["@", "@@a", "#", "`", "@@a.", "`@@a"] {
        let started = std::time::Instant::now();
        let _ = references(&pattern.repeat(20_000));
        assert!(started.elapsed().as_secs() < 5, "{pattern}");
    }
}

#[test]
fn what_is_typed_after_a_sign_is_found_at_the_cursor() {
    assert_eq!(begun("see @@ad", 8), Some((Sign::Entry, 4)));
    assert_eq!(begun("see @@", 6), Some((Sign::Entry, 4)));
    assert_eq!(begun("##né", "##né".len()), Some((Sign::Group, 0)));
    assert_eq!(begun("see @@ad ", 9), None);
    assert_eq!(begun("a@@ad", 5), None);
    assert_eq!(begun("`@@ad`", 5), None);
    assert_eq!(begun("@ad", 3), None);
    assert_eq!(begun("é", 1), None, "not within a character");
}

#[test]
fn a_key_is_plain_and_made_of_a_name() {
    let key = |word: &str| word.parse::<Key>().map(|key| key.to_string());
    assert_eq!(key("@@Ada-L").as_deref(), Ok("ada-l"));
    for bad in ["", "-a", "a.", "a b", "løv", "a[b]", &"a".repeat(41)] {
        assert!(key(bad).is_err(), "{bad}");
    }
    let of = |name| Key::of_name(name).map(|key| key.to_string());
    assert_eq!(of("Åse Løvås (NTNU)").as_deref(), Some("ase-lovas-ntnu"));
    assert_eq!(of("東京"), None);
}

#[test]
fn a_name_with_brackets_is_taken_and_one_that_would_steer_a_terminal_is_not() {
    let name = |name| checked_name(name).map_err(|error| error.to_string());
    assert_eq!(
        name(" CodeRefinery [NeIC] (*|*) ").as_deref(),
        Ok("CodeRefinery [NeIC] (*|*)")
    );
    for (bad, says) in [
        (" ", "it is empty"),
        ("a\u{1b}[2Jb", "control character"),
        ("a\nb", "line end"),
        ("a\u{202e}b", "control character"),
        ("@ada", "begins like a handle"),
        (&"a".repeat(101), "more than 100"),
    ] {
        assert!(name(bad).unwrap_err().contains(says), "{bad:?}");
    }
}

#[test]
fn a_misspelt_key_finds_the_one_that_was_meant() {
    let entry = Entry::new("ada".parse().unwrap(), "Ada", EntryKind::Person).unwrap();
    let directory: Directory = [entry].into_iter().collect();
    assert_eq!(directory.nearest("adda"), Some("ada"));
    assert!(directory.entry("ADA").is_some());
    let long = Entry::new(
        "elodie-noel".parse().unwrap(),
        "Élodie Noël",
        EntryKind::Person,
    )
    .unwrap();
    let directory: Directory = [long].into_iter().collect();
    assert_eq!(directory.nearest("Elodi"), Some("elodie-noel"));
    assert_eq!(directory.nearest("e"), None);
}
