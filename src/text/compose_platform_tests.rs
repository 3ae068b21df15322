//! What one platform alone wants of a post, and what a person pastes there: the sentences that `compose` keeps.
//!
//! What holds everywhere is in `compose_tests.rs`.

use super::compose;
use super::compose_tests::{composed, film, messages, post};
use crate::domain::{Content, Facts, Feature, LinkCard, PlatformId, Variant};

#[test]
fn youtube_wants_a_title_and_no_angle_brackets() {
    let mut content = post("a < b");
    content.title = " ".to_owned();
    content.attachments = vec![film()];
    let composed = composed(PlatformId::YouTube, &content);
    assert_eq!(
        messages(&composed),
        [
            "YouTube refuses < and > in a description: write them in words",
            "YouTube needs a title: give the post one",
        ]
    );
}

#[test]
fn zulip_sends_what_it_keeps_and_takes_the_channels_topic() {
    let facts = Facts {
        default_topic: Some("news".to_owned()),
        ..Facts::default()
    };
    let composed = compose(
        PlatformId::Zulip,
        &post("\n\nHi \n"),
        &Variant::inherits("z"),
        &facts,
    );
    let part = &composed.parts[0];
    assert_eq!(
        (
            part.plain.as_str(),
            part.source.clone(),
            part.topic.as_deref()
        ),
        ("Hi", 2..4, Some("news"))
    );
    let mut content = post("Hi");
    content.topic = Some("t".repeat(61));
    let composed = compose(PlatformId::Zulip, &content, &Variant::inherits("z"), &facts);
    assert_eq!(
        messages(&composed),
        ["The topic is 1 over Zulip's limit of 60: shorten it"]
    );
}

#[test]
fn linkedin_is_sent_in_little_text_and_counted_in_plain() {
    let composed = composed(PlatformId::LinkedIn, &post("Ship #it (v2)"));
    let part = &composed.parts[0];
    assert_eq!(part.text, "Ship {hashtag|\\#|it} \\(v2\\)");
    assert_eq!(
        (part.plain.as_str(), part.count.text.used),
        ("Ship #it (v2)", 13)
    );
}

#[test]
fn bluesky_mentions_carry_their_identity_and_an_unknown_one_is_noted() {
    let mut facts = Facts::default();
    facts
        .handles
        .insert("a.org".to_owned(), Some("did:plc:a".to_owned()));
    facts.handles.insert("b.org".to_owned(), None);
    let composed = compose(
        PlatformId::Bluesky,
        &post("@a.org @b.org"),
        &Variant::inherits("b"),
        &facts,
    );
    assert!(composed.can_leave());
    let dids: Vec<Option<&str>> = composed.parts[0]
        .facets
        .iter()
        .map(|facet| match &facet.feature {
            Feature::Mention { did, .. } => did.as_deref(),
            Feature::Link { .. } | Feature::Tag { .. } => Some("no mention"),
        })
        .collect();
    assert_eq!(dids, [Some("did:plc:a"), None]);
    assert_eq!(
        composed.notes,
        ["@b.org is not on Bluesky and stays plain text"]
    );
}

#[test]
fn what_a_person_pastes_is_as_people_read_it_and_has_its_link_in_it() {
    let content = Content {
        text: "A (small) note_1 #OpenScience".to_owned(),
        link: Some(LinkCard {
            url: "https://example.org/a_(b)".to_owned(),
            title: "Title".to_owned(),
            description: String::new(),
        }),
        ..Content::default()
    };
    let variant = Variant::inherits("page");
    let by_hand = Facts {
        by_hand: true,
        ..Facts::default()
    };
    let pasted = compose(PlatformId::LinkedIn, &content, &variant, &by_hand);
    let part = &pasted.parts[0];
    assert_eq!(
        part.text,
        "A (small) note_1 #OpenScience\nhttps://example.org/a_(b)"
    );
    assert_eq!((&part.card, part.facets.len()), (&None, 0));
    assert_eq!(
        part.count.text.used as usize,
        part.text.encode_utf16().count()
    );
    let sent = compose(PlatformId::LinkedIn, &content, &variant, &Facts::default());
    assert_ne!(
        sent.parts[0].text, sent.parts[0].plain,
        "an API is told otherwise"
    );
    let skies = compose(PlatformId::Bluesky, &content, &variant, &by_hand);
    assert!(skies.parts[0].facets.is_empty() && skies.parts[0].card.is_none());
}
