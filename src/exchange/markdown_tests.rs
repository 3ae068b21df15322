//! There and back, and every way in which an edited file can be wrong.

use super::*;
use crate::domain::{Attachment, CardUse, PageCard, Variant};
use chrono::NaiveDate;
use proptest::prelude::*;

fn at(day: u32) -> LocalTime {
    let day = NaiveDate::from_ymd_opt(2026, 11, day).unwrap();
    LocalTime::new(day.and_hms_opt(9, 0, 0).unwrap(), chrono_tz::Europe::Oslo)
}

fn names() -> Vec<ChannelName> {
    ["fosstodon", "bluesky", "linkedin"]
        .map(ChannelName::from)
        .to_vec()
}

fn rich() -> Content {
    let mut own = Variant::inherits("bluesky");
    own.set_own("own text\n\nof two lines\n", "an earlier master");
    own.options
        .insert("topic".to_owned(), "a \"quiet\" one".to_owned());
    Content {
        title: "A \"title\" with = and '".to_owned(),
        text: "One\n---\n+++ two\n\\+++ three\n+++\n\n".to_owned(),
        kind: Kind::Evergreen,
        plan: Plan::At(at(30)),
        scheduled: true,
        not_before: Some(at(29)),
        not_after: None,
        campaign: Some("Autumn".to_owned()),
        tags: vec!["OpenScience".to_owned()],
        language: Some("en".to_owned()),
        warning: Some("spoiler\nof two lines".to_owned()),
        visibility: Visibility::Unlisted,
        topic: Some("news".to_owned()),
        link: Some(LinkCard {
            url: "https://example.org".to_owned(),
            title: "Example".to_owned(),
            description: String::new(),
        }),
        threading: Threading::Numbered,
        reply_to: ReplyTo::parse("42"),
        attachments: vec![Attachment {
            hash: "0123456789abcdef0123".to_owned(),
            name: "cover.png".to_owned(),
            mime: "image/png".to_owned(),
            size: 3,
            pixels: None,
            duration_ms: None,
            alt: "a cover".to_owned(),
            ..Attachment::default()
        }],
        variants: vec![Variant::inherits("fosstodon"), own],
        pages: vec![PageCard {
            url: "https://example.org".to_owned(),
            title: "What the page said".to_owned(),
            ..PageCard::default()
        }],
        card: CardUse::Off,
        trashed: false,
    }
}

fn back(text: &str, base: &Content) -> Result<Content, MarkdownError> {
    let check = |_: &ChannelName, name: &str, value: &str| match name {
        "topic" => Ok(value.trim().to_owned()),
        other => Err(format!("`{other}` is no option")),
    };
    read(text, base, &names(), chrono_tz::Europe::Oslo, &check)
}

#[test]
fn everything_that_an_author_can_change_comes_back_as_it_was() {
    let content = rich();
    assert_eq!(back(&write(&content), &content), Ok(content));
    let empty = Content::default();
    assert_eq!(back(&write(&empty), &empty), Ok(empty));
}

#[test]
fn it_is_markdown_with_front_matter() {
    let content = Content {
        title: "Release".to_owned(),
        text: "It is out.\n\n#OpenScience".to_owned(),
        plan: Plan::At(at(30)),
        variants: vec![Variant::inherits("fosstodon"), {
            let mut own = Variant::inherits("bluesky");
            own.set_own("Out!", "It is out.");
            own
        }],
        ..Content::default()
    };
    let text = write(&content);
    let lines: Vec<&str> = text
        .lines()
        .filter(|line| !line.starts_with('#') || line.starts_with("#O"))
        .collect();
    let wanted = [
        "+++",
        "title = \"Release\"",
        "kind = \"ad-hoc\"",
        "plan = \"2026-11-30 09:00 Europe/Oslo\"",
        "scheduled = false",
        "channels = [\"fosstodon\", \"bluesky\"]",
        "+++",
        "",
        "It is out.",
        "",
        "#OpenScience",
        "",
        "+++ bluesky",
        "",
        "Out!",
    ];
    assert_eq!(lines, wanted);
}

#[test]
fn what_was_edited_is_taken_over() {
    let content = rich();
    let text = write(&content)
        .replace("2026-11-30 09:00 Europe/Oslo", "2026-12-01 10:30")
        .replace(
            "[\"fosstodon\", \"bluesky\"]",
            "[\"bluesky\", \"linkedin\"]",
        )
        .replace("a cover", "a new cover")
        .replace("own text", "a text of its own");
    let edited = back(&text, &content).unwrap();
    let plan = edited.plan.at().unwrap();
    assert_eq!(plan.local.to_string(), "2026-12-01 10:30:00");
    assert_eq!(edited.attachments[0].alt, "a new cover");
    let channels: Vec<&str> = edited
        .variants
        .iter()
        .map(|it| it.channel.as_str())
        .collect();
    assert_eq!(channels, ["bluesky", "linkedin"]);
    assert!(
        edited
            .text_for(&"bluesky".into())
            .starts_with("a text of its own")
    );
    assert!(!edited.variants[0].is_stale(&edited.text));
    assert_eq!(edited.text_for(&"linkedin".into()), content.text);
}

#[test]
fn a_text_of_its_own_that_was_taken_out_inherits_again() {
    let content = rich();
    let text = write(&content);
    let cut = text.rfind("\n+++ bluesky").unwrap();
    let edited = back(&text[..cut], &content).unwrap();
    assert!(!edited.variant(&"bluesky".into()).unwrap().is_own());
}

#[test]
fn a_mistake_is_named_with_its_line() {
    let content = rich();
    let text = write(&content);
    for (from, to, line, says) in [
        (
            "kind = \"evergreen\"",
            "kind = \"forever\"",
            6,
            "`forever` is no kind",
        ),
        ("kind = \"evergreen\"", "knd = \"evergreen\"", 6, "knd"),
        ("kind = \"evergreen\"", "kind = evergreen", 6, ""),
        ("2026-11-30 09:00", "30 November", 7, "is no time"),
        ("Europe/Oslo", "Oslo", 7, "is no time zone"),
        (
            "\"fosstodon\", ",
            "\"fostodon\", ",
            10,
            "there are: fosstodon, bluesky, linkedin",
        ),
        (
            "0123456789ab",
            "ffff",
            21,
            "attach it while its text is typed",
        ),
    ] {
        let error = back(&text.replacen(from, to, 1), &content).unwrap_err();
        let words = error.to_string();
        assert!(words.contains(says), "{words}");
        let MarkdownError::Field { line: at, .. } = error else {
            panic!("{words}")
        };
        let line_text = text.lines().nth(at - 1).unwrap_or("");
        assert!(from.contains("0123") || at == line, "{words}: {line_text}");
    }
    assert_eq!(
        back("no front matter", &content),
        Err(MarkdownError::NoFrontMatter)
    );
    assert_eq!(
        back("+++\ntitle = \"a\"\ntext", &content),
        Err(MarkdownError::NoEnd)
    );
    let stray = text.replace("\n+++ bluesky", "\n+++ nowhere");
    let error = back(&stray, &content).unwrap_err().to_string();
    assert!(error.contains("`nowhere`"), "{error}");
}

#[test]
fn of_what_is_no_post_the_text_is_kept() {
    let base = rich();
    let kept = rescue("+++\nbroken = \n+++\n\nMy text\n", &base);
    assert_eq!(kept.text, "My text");
    assert_eq!(kept.title, base.title);
    assert_eq!(rescue("only text\n", &base).text, "only text");
    assert_eq!(rescue("", &base).text, "");
}

#[test]
fn line_ends_and_a_mark_of_another_editor_do_no_harm() {
    let content = rich();
    let foreign = format!("\u{feff}{}", write(&content).replace('\n', "\r\n"));
    assert_eq!(back(&foreign, &content), Ok(content));
}

proptest! {
    #[test]
    fn any_texts_come_back_as_they_were(
        title in "[^\\p{C}]{0,20}",
        master in "([a+\\\\ ]{0,6}\n?){0,8}",
        own in proptest::option::of("([a+\\\\ -]{0,6}\n?){0,8}"),
        warning in proptest::option::of("[^\\p{C}]{0,20}"),
    ) {
        let mut variant = Variant::inherits("bluesky");
        if let Some(own) = own {
            variant.set_own(own, &master);
        }
        let content = Content {
            title, text: master, warning,
            variants: vec![Variant::inherits("fosstodon"), variant],
            ..Content::default()
        };
        prop_assert_eq!(back(&write(&content), &content), Ok(content));
    }
}

#[test]
fn a_wrong_option_is_told_with_its_line_and_an_own_text_goes_without_its_options() {
    let content = rich();
    let written = write(&content);
    let wrong = written.replace("topic = 'a \"quiet\" one'", "topik = 'x'");
    let at = wrong
        .lines()
        .position(|line| line.starts_with("topik"))
        .unwrap()
        + 1;
    let error = back(&wrong, &content).unwrap_err();
    assert_eq!(
        error.to_string(),
        format!("line {at}: `topik` is no option")
    );
    let elsewhere = written.replace("[options.bluesky]", "[options.linkedin]");
    let error = back(&elsewhere, &content).unwrap_err().to_string();
    assert!(
        error.contains("options for `linkedin`, which is not"),
        "{error}"
    );
    let own = written.find("\n+++ bluesky").unwrap();
    let inherits = back(&written[..=own], &content).unwrap();
    let bluesky = inherits.variant(&"bluesky".into()).unwrap();
    assert!(!bluesky.is_own() && bluesky.options.contains_key("topic"));
}
