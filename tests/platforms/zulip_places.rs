//! Channels and topics of a strict Zulip: told, posted to, and looked up where a message was sent.

use crate::common::lost::look;
use crate::common::published;
use crate::zulip::{connected, connection, herald, part, says, sent};
use crate::zulip_server::Server;
use masthead::domain::{Content, Part, Place, Target};
use masthead::platforms::{Connection, LookUp};

#[tokio::test]
async fn the_topics_of_the_channel_are_told_the_newest_first() {
    for level in [200, 400] {
        let server = Server::start();
        server.realm().level = level;
        let platform = herald(&server);
        assert_eq!(platform.topics(None).await, Ok(Vec::new()));
        for topic in ["news", "releases", "news"] {
            let part = part(Content {
                text: format!("in {topic}"),
                topic: Some(topic.to_owned()),
                ..Content::default()
            });
            published(platform.publish(&sent(&*platform, &part)).await);
        }
        assert_eq!(
            platform.topics(None).await,
            Ok(vec!["news".to_owned(), "releases".to_owned()])
        );
    }
}

#[tokio::test]
async fn a_part_goes_to_its_own_channel_and_is_looked_up_where_it_was_sent() {
    for level in [200, 400] {
        let server = Server::start();
        server.realm().level = level;
        let platform = herald(&server);
        for to in [
            Target::Named("General".to_owned()),
            Target::Known(41, "as it was called".to_owned()),
        ] {
            server.realm().messages.clear();
            let part = Part {
                to: Some(to.clone()),
                ..says("for everybody")
            };
            let request = sent(&*platform, &part);
            let there = published(platform.publish(&request).await);
            assert_eq!(server.messages()[0].stream, 41, "{to:?}");
            let link = there.permalink.unwrap();
            assert!(link.contains("41-general"), "{link}");
            // The configuration names another channel by now: what counts is where it was sent.
            let elsewhere = connected(Connection {
                to: Some(Target::Named("big announce".to_owned())),
                ..connection(&server)
            });
            let found = look(&*elsewhere, &request, &[]).await;
            let LookUp::Found(found) = found else {
                panic!("{found:?}");
            };
            assert_eq!(found.permalink.as_deref(), Some(link.as_str()));
            server.realm().messages.clear();
            assert_eq!(look(&*elsewhere, &request, &[]).await, LookUp::Absent);
        }
    }
}

#[tokio::test]
async fn the_channels_that_the_account_sees_are_told_and_each_has_topics_of_its_own() {
    let server = Server::start();
    let platform = herald(&server);
    let names = |places: Option<Vec<Place>>| -> Vec<String> {
        let places = places.unwrap().into_iter();
        places.map(|it| it.target().to_string()).collect()
    };
    let all = names(platform.places().await.unwrap());
    assert_eq!(all, ["big announce|42", "general|41"]);
    let general = Target::read("general|41");
    let part = Part {
        to: Some(general.clone()),
        ..says("hello")
    };
    published(platform.publish(&sent(&*platform, &part)).await);
    assert_eq!(platform.topics(None).await, Ok(Vec::new()));
    assert_eq!(
        platform.topics(Some(&general)).await,
        Ok(vec!["news".to_owned()])
    );
    // A private one that it is not in is as if it were not there.
    server.realm().streams[0].subscribers = Some(vec![9]);
    let all = names(platform.places().await.unwrap());
    assert_eq!(all, ["big announce|42"]);
}
