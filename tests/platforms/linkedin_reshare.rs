//! A post on LinkedIn that reshares another one: what a link becomes, what is sent, and how a lost one is known.

use crate::common::lost::look;
use crate::common::{published, request};
use crate::linkedin::page;
use crate::linkedin_server::Server;
use masthead::domain::{
    Attachment, CardUse, Composed, Content, Facts, LinkCard, PlatformId, Variant,
};
use masthead::platforms::LookUp;
use masthead::text::{RESHARES, compose};
use serde_json::json;

const OTHER: &str = "urn:li:ugcPost:12";
const ADDRESS: &str = "https://www.linkedin.com/feed/update/urn:li:ugcPost:12/";

fn linked(text: &str, url: &str) -> Content {
    Content {
        text: text.to_owned(),
        link: Some(LinkCard {
            url: url.to_owned(),
            ..LinkCard::default()
        }),
        ..Content::default()
    }
}

fn composed(platform: PlatformId, content: &Content) -> Composed {
    let variant = Variant::inherits("test");
    let composed = compose(platform, content, &variant, &Facts::default());
    assert!(composed.can_leave(), "{:?}", composed.problems);
    composed
}

#[test]
fn a_link_to_a_post_there_is_reshared_there_and_a_link_elsewhere() {
    let content = linked("Look (here)", ADDRESS);
    let there = composed(PlatformId::LinkedIn, &content);
    let part = &there.parts[0];
    assert_eq!(part.options[RESHARES], ADDRESS);
    assert_eq!((part.plain.as_str(), &part.card), ("Look (here)", &None));
    assert_eq!(part.count.text.used, 11);
    let elsewhere = composed(PlatformId::Mastodon, &content);
    assert!(elsewhere.parts[0].options.is_empty());
    assert!(elsewhere.parts[0].plain.ends_with(ADDRESS));
    // What is approved is this post and no other.
    let other = linked(
        "Look (here)",
        "https://www.linkedin.com/feed/update/urn:li:share:13/",
    );
    assert_ne!(there.hash(), composed(PlatformId::LinkedIn, &other).hash());
    // Words of one's own are not needed.
    composed(PlatformId::LinkedIn, &linked("", ADDRESS));
}

#[test]
fn what_gives_way_or_has_another_name_is_said_while_it_is_composed() {
    let entry = "https://www.linkedin.com/posts/ada_hello-activity-99-AbCd";
    let all = composed(PlatformId::LinkedIn, &linked("Look", entry));
    assert_eq!(all.parts[0].card.as_ref().unwrap().url, entry);
    assert!(all.notes[0].contains("Embed this post"), "{:?}", all.notes);
    let mut pictured = linked("Look", ADDRESS);
    pictured.attachments.push(Attachment {
        name: "a.png".to_owned(),
        mime: "image/png".to_owned(),
        alt: "a".to_owned(),
        pixels: Some((9, 9)),
        ..Attachment::default()
    });
    let all = composed(PlatformId::LinkedIn, &pictured);
    assert!(all.parts[0].options.is_empty());
    assert_eq!(all.parts[0].plain, format!("Look\n{ADDRESS}"));
    assert_eq!(
        all.notes,
        [format!(
            "LinkedIn shows pictures or a reshared post, not both: {ADDRESS} is in the text"
        )]
    );
    // A link that shall be no card is no reshare either.
    let plain = Content {
        card: CardUse::Off,
        ..linked("Look", ADDRESS)
    };
    let all = composed(PlatformId::LinkedIn, &plain);
    assert!(all.parts[0].options.is_empty());
    assert_eq!(all.parts[0].plain, format!("Look\n{ADDRESS}"));
}

#[tokio::test]
async fn a_reshare_is_sent_with_its_words_and_one_without_is_known_by_what_it_reshares() {
    let server = Server::start();
    server.world().others.insert(OTHER.to_owned());
    let platform = page(&server);
    let said = composed(PlatformId::LinkedIn, &linked("Look (here)", ADDRESS));
    let sent = request(&*platform, &said.parts[0], None, &[]);
    published(platform.publish(&sent).await);
    let post = server.posts().remove(0);
    assert_eq!(post.body["reshareContext"], json!({"parent": OTHER}));
    assert_eq!(post.shown, "Look (here)");
    assert!(post.body.get("content").is_none());

    let bare = composed(PlatformId::LinkedIn, &linked("", ADDRESS));
    let sent = request(&*platform, &bare.parts[0], None, &[]);
    assert_eq!(look(&*platform, &sent, &[]).await, LookUp::Absent);
    let made = published(platform.publish(&sent).await);
    assert_eq!(look(&*platform, &sent, &[]).await, LookUp::Found(made));
}

#[tokio::test]
async fn a_post_that_is_not_there_is_refused_and_nothing_is_made() {
    let server = Server::start();
    let platform = page(&server);
    let gone = "https://www.linkedin.com/feed/update/urn:li:share:404/";
    let all = composed(PlatformId::LinkedIn, &linked("Look", gone));
    let outcome = platform
        .publish(&request(&*platform, &all.parts[0], None, &[]))
        .await;
    assert!(outcome.reason().contains("no such post"), "{outcome:?}");
    assert!(server.posts().is_empty());
}
