//! What is sent for a post wherever it goes: the sentences that `compose` keeps.
//!
//! What one platform alone wants is in `compose_platform_tests.rs`.

use super::compose;
use crate::domain::{
    Attachment, Card, Composed, Content, Facts, Limits, LinkCard, PlatformId, PostId, ReplyTo,
    Threading, Variant, Visibility,
};

pub(super) const THREADING: [PlatformId; 5] = [
    PlatformId::Mastodon,
    PlatformId::Bluesky,
    PlatformId::X,
    PlatformId::Zulip,
    PlatformId::Sandbox,
];

pub(super) fn post(text: &str) -> Content {
    Content {
        text: text.to_owned(),
        title: "A title".to_owned(),
        ..Content::default()
    }
}

pub(super) fn composed(platform: PlatformId, content: &Content) -> Composed {
    compose(
        platform,
        content,
        &Variant::inherits("channel"),
        &Facts::default(),
    )
}

pub(super) fn messages(composed: &Composed) -> Vec<&str> {
    composed
        .problems
        .iter()
        .map(|problem| problem.message.as_str())
        .collect()
}

pub(super) fn texts(composed: &Composed) -> Vec<&str> {
    composed
        .parts
        .iter()
        .map(|part| part.plain.as_str())
        .collect()
}

pub(super) fn picture(alt: &str) -> Attachment {
    Attachment {
        hash: "ab".to_owned(),
        name: "hall.jpg".to_owned(),
        mime: "image/jpeg".to_owned(),
        size: 1000,
        pixels: Some((10, 10)),
        duration_ms: None,
        alt: alt.to_owned(),
        ..Attachment::default()
    }
}

pub(super) fn film() -> Attachment {
    Attachment {
        name: "hall.mp4".to_owned(),
        mime: "video/mp4".to_owned(),
        duration_ms: Some(60_000),
        ..picture("")
    }
}

#[test]
fn a_short_post_leaves_everywhere_as_it_was_written() {
    for platform in PlatformId::ALL {
        let mut content = post("Meet us on Friday.");
        if *platform == PlatformId::YouTube {
            content.attachments = vec![film()];
        }
        let composed = composed(*platform, &content);
        assert!(composed.can_leave(), "{platform}: {:?}", composed.problems);
        assert_eq!(texts(&composed), ["Meet us on Friday."], "{platform}");
        assert_eq!(
            (composed.parts[0].source.clone(), composed.parts[0].over),
            (0..18, None)
        );
    }
}

#[test]
fn an_own_text_takes_the_place_of_the_master() {
    let mut variant = Variant::inherits("channel");
    variant.set_own("own", "master");
    let composed = compose(PlatformId::X, &post("master"), &variant, &Facts::default());
    assert_eq!(texts(&composed), ["own"]);
}

#[test]
fn an_empty_post_is_a_problem_unless_it_has_a_picture_or_a_link() {
    let wanted = "The post is empty: write something or attach a picture";
    for platform in PlatformId::ALL {
        assert_eq!(
            messages(&composed(*platform, &post(" \n")))[0],
            wanted,
            "{platform}"
        );
        let mut content = post("");
        content.attachments = vec![if *platform == PlatformId::YouTube {
            film()
        } else {
            picture("a hall")
        }];
        assert!(composed(*platform, &content).can_leave(), "{platform}");
        assert!(
            composed(*platform, &content).parts[0].count.fits,
            "{platform}"
        );
    }
    let mut content = post("---\n\n---");
    content.threading = Threading::On;
    assert_eq!(
        messages(&composed(PlatformId::Mastodon, &content)),
        [wanted]
    );
}

#[test]
fn a_warning_that_stands_alone_is_a_problem_on_mastodon() {
    let mut content = post("");
    content.warning = Some("food".to_owned());
    content.attachments.push(picture("soup"));
    let composed = composed(PlatformId::Mastodon, &content);
    assert_eq!(composed.problems.len(), 1);
    assert!(messages(&composed)[0].contains("content warning that stands alone"));
}

#[test]
fn over_long_without_a_thread_is_one_part_with_a_problem_that_names_the_overshoot() {
    let content = post(&"é".repeat(315));
    let composed = composed(PlatformId::Bluesky, &content);
    assert_eq!(composed.parts.len(), 1);
    assert_eq!(composed.parts[0].over, Some(600));
    assert_eq!(
        messages(&composed),
        ["15 over the limit of 300: shorten the text or split it into a thread"]
    );
    assert!(composed.problems[0].splitting_helps);
}

#[test]
fn splitting_is_offered_where_a_platform_has_threads() {
    let content = post(&"word ".repeat(5000));
    for platform in PlatformId::ALL {
        let composed = composed(*platform, &content);
        let helps = composed
            .problems
            .iter()
            .any(|problem| problem.splitting_helps);
        let limited = !platform.is_local();
        assert_eq!(helps, limited && THREADING.contains(platform), "{platform}");
        assert_eq!(composed.problems.is_empty(), !limited, "{platform}");
    }
}

#[test]
fn the_limit_of_bytes_is_a_problem_of_its_own() {
    let family = "👨‍👩‍👧‍👧";
    let composed = composed(PlatformId::Bluesky, &post(&family.repeat(130)));
    assert_eq!(
        messages(&composed),
        ["250 bytes over the limit of 3000 bytes: shorten the text or split it into a thread"]
    );
    assert_eq!(composed.parts[0].over, Some(3000));
}

#[test]
fn a_cluster_across_the_limit_is_past_it_as_a_whole() {
    let composed = composed(PlatformId::X, &post(&format!("{}日", "a".repeat(279))));
    assert_eq!(composed.parts[0].over, Some(279));
    let across = format!("{}https://example.com/a", "a ".repeat(130));
    let composed = compose(
        PlatformId::X,
        &post(&across),
        &Variant::inherits("x"),
        &Facts::default(),
    );
    assert_eq!(composed.parts[0].over, Some(260));
}

#[test]
fn the_servers_limit_wins_and_then_the_accounts() {
    let mut facts = Facts {
        account_limit: Some(25_000),
        ..Facts::default()
    };
    let content = post(&"a".repeat(1000));
    let variant = Variant::inherits("x");
    assert!(compose(PlatformId::X, &content, &variant, &facts).can_leave());
    facts.limits = Some(Limits {
        max_characters: Some(600),
        ..Limits::default()
    });
    let composed = compose(PlatformId::Mastodon, &content, &variant, &facts);
    assert_eq!(composed.parts[0].over, Some(600));
}

#[test]
fn a_warning_goes_in_its_field_or_before_the_text_or_folds_it_away() {
    let mut content = post("Soup.");
    content.warning = Some("food".to_owned());
    let part = |platform| composed(platform, &content).parts.remove(0);
    let mastodon = part(PlatformId::Mastodon);
    assert_eq!(
        (mastodon.plain.as_str(), mastodon.warning.as_deref()),
        ("Soup.", Some("food"))
    );
    assert_eq!(mastodon.count.text.used, 9);
    for platform in [
        PlatformId::Bluesky,
        PlatformId::X,
        PlatformId::LinkedIn,
        PlatformId::YouTube,
    ] {
        let part = part(platform);
        assert_eq!(
            (part.plain.as_str(), part.warning),
            ("CW: food\n\nSoup.", None),
            "{platform}"
        );
        assert_eq!(part.count.text.used, 15, "{platform}");
    }
    assert_eq!(part(PlatformId::Zulip).plain, "```spoiler food\nSoup.\n```");
}

#[test]
fn a_spoiler_is_fenced_longer_than_any_fence_inside() {
    let mut content = post("````\ncode\n````");
    content.warning = Some("code".to_owned());
    let composed = composed(PlatformId::Zulip, &content);
    assert!(composed.parts[0].plain.starts_with("`````spoiler code\n"));
    assert!(composed.parts[0].plain.ends_with("\n`````"));
}

#[test]
fn a_prefixed_warning_moves_the_mark_of_the_limit_to_the_right_place_in_the_authored_text() {
    let mut content = post(&"b".repeat(300));
    content.warning = Some("food".to_owned());
    let composed = composed(PlatformId::Bluesky, &content);
    assert_eq!(composed.parts[0].over, Some(290));
    assert_eq!(composed.parts[0].source, 0..300);
}

#[test]
fn a_link_is_a_card_where_there_are_cards_and_the_last_line_elsewhere() {
    let mut content = post("Read this");
    content.link = Some(LinkCard {
        url: "example.org/a".to_owned(),
        title: "A page".to_owned(),
        description: String::new(),
    });
    let bluesky = composed(PlatformId::Bluesky, &content);
    assert_eq!(bluesky.parts[0].plain, "Read this");
    assert_eq!(
        bluesky.parts[0].card,
        Some(Card {
            url: "https://example.org/a".to_owned(),
            title: "A page".to_owned(),
            description: String::new(),
            picture: None,
        })
    );
    for platform in [
        PlatformId::Mastodon,
        PlatformId::X,
        PlatformId::Zulip,
        PlatformId::YouTube,
    ] {
        let composed = composed(platform, &content);
        assert_eq!(
            composed.parts[0].plain, "Read this\nhttps://example.org/a",
            "{platform}"
        );
        assert_eq!(
            (composed.parts[0].source.clone(), &composed.parts[0].card),
            (0..9, &None)
        );
    }
    content.text = "Read https://example.org/a now".to_owned();
    content.link = Some(LinkCard {
        url: "https://example.org/a".to_owned(),
        ..LinkCard::default()
    });
    assert_eq!(
        texts(&composed(PlatformId::Mastodon, &content)),
        ["Read https://example.org/a now"]
    );
}

#[test]
fn pictures_take_the_place_of_a_card_and_the_link_moves_into_the_text() {
    let mut content = post("Look");
    content.link = Some(LinkCard {
        url: "https://example.org".to_owned(),
        ..LinkCard::default()
    });
    content.attachments.push(picture("a hall"));
    let composed = composed(PlatformId::Bluesky, &content);
    assert_eq!(composed.parts[0].plain, "Look\nhttps://example.org");
    assert_eq!(composed.parts[0].card, None);
    assert_eq!(composed.parts[0].facets.len(), 1);
    assert!(
        composed
            .notes
            .iter()
            .any(|note| note.contains("pictures or a card"))
    );
}

#[test]
fn pictures_are_held_against_number_size_type_and_alt_text() {
    let mut content = post("Look");
    content.attachments = vec![picture("fine"); 5];
    assert_eq!(
        messages(&composed(PlatformId::Mastodon, &content)),
        ["5 pictures, at most 4 on Mastodon: remove 1"]
    );
    content.attachments = vec![picture(&"x".repeat(1512)), picture("")];
    content.attachments[1].size = 20_000_000;
    content.attachments[1].mime = "image/tiff".to_owned();
    let limits = Limits {
        mime_types: vec!["image/jpeg".to_owned()],
        ..Limits::default()
    };
    let facts = Facts {
        limits: Some(limits),
        ..Facts::default()
    };
    let composed = compose(
        PlatformId::Mastodon,
        &content,
        &Variant::inherits("m"),
        &facts,
    );
    assert_eq!(
        messages(&composed),
        [
            "The alt text of picture 1 is 12 over the limit of 1500: shorten it",
            "Mastodon does not take image/tiff (picture 2, hall.jpg): use JPEG or PNG",
        ]
    );
    assert_eq!(composed.notes, ["Picture 2 (hall.jpg) has no alt text"]);
}

#[test]
fn options_go_where_the_platform_has_them() {
    let mut content = post("Hei");
    content.language = Some("nb".to_owned());
    content.visibility = Visibility::Private;
    content.topic = Some("news".to_owned());
    content.tags = vec!["one".to_owned()];
    content.reply_to = Some(ReplyTo::Post(PostId(7)));
    let part = |platform| composed(platform, &content).parts.remove(0);
    let mastodon = part(PlatformId::Mastodon);
    assert_eq!(mastodon.language.as_deref(), Some("nb"));
    assert_eq!(mastodon.visibility, Some(Visibility::Private));
    assert_eq!(
        (mastodon.topic, mastodon.title, mastodon.tags),
        (None, None, Vec::new())
    );
    assert_eq!(mastodon.reply_to, Some(ReplyTo::Post(PostId(7))));
    let bluesky = part(PlatformId::Bluesky);
    assert_eq!(
        (bluesky.language.as_deref(), bluesky.visibility),
        (Some("nb"), None)
    );
    let zulip = part(PlatformId::Zulip);
    assert_eq!(
        (zulip.topic.as_deref(), zulip.language, zulip.reply_to),
        (Some("news"), None, None)
    );
    let youtube = part(PlatformId::YouTube);
    assert_eq!(
        (youtube.title.as_deref(), youtube.tags),
        (Some("A title"), vec!["one".to_owned()])
    );
    let notes = composed(PlatformId::X, &content).notes;
    assert_eq!(notes, ["X has no `private`: this is public there"]);
}
