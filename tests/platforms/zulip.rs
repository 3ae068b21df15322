//! Zulip on a strict server: who posts where, what is refused and why, what is published, and what a look-up proves.

use crate::common::lost::look;
use crate::common::{channel, http, now, picture, png, published, request};
use crate::zulip_server::{BOT, KEY, Message, Server};
use masthead::domain::{
    Attachment, AttemptRequest, Content, Corrected, Facts, Outcome, Part, PlatformId, RemoteRef,
    Target, Variant,
};
use masthead::platforms::{CallError, Connection, LookUp, Platform, connect, zulip};
use masthead::secrets::{Secret, SecretSource, StoredSecret};
use masthead::text::compose;
use std::sync::Arc;
use std::time::Duration;

const PATIENCE: Duration = Duration::from_secs(10);

pub fn connection(server: &Server) -> Connection {
    Connection {
        url: Some(server.url()),
        email: Some(BOT.to_owned()),
        to: Some(Target::Named("Big Announce".to_owned())),
        secret: Some(Secret::new(KEY)),
        ..Connection::default()
    }
}

pub fn connected(connection: Connection) -> Arc<dyn Platform> {
    connect(&channel(PlatformId::Zulip), connection, &http(PATIENCE)).unwrap()
}

pub fn herald(server: &Server) -> Arc<dyn Platform> {
    connected(connection(server))
}

/// Composes as the publisher does, with no facts from outside.
pub fn part(content: Content) -> Part {
    let variant = Variant::inherits("test");
    let composed = compose(PlatformId::Zulip, &content, &variant, &Facts::default());
    assert!(composed.can_leave(), "{:?}", composed.problems);
    composed.parts.into_iter().next().unwrap()
}

pub fn says(text: &str) -> Part {
    part(Content {
        text: text.to_owned(),
        topic: Some("news".to_owned()),
        ..Content::default()
    })
}

pub fn sent(platform: &dyn Platform, part: &Part) -> AttemptRequest {
    request(platform, part, None, &[])
}

async fn refusal(platform: &dyn Platform) -> String {
    match platform.verify().await {
        Err(CallError::Rejected(reason)) => reason,
        other => panic!("{other:?}"),
    }
}

#[tokio::test]
async fn an_account_is_told_with_its_channel_by_name_and_by_number() {
    let server = Server::start();
    for to in [
        Target::Named("Big Announce".to_owned()),
        Target::Numbered(42),
    ] {
        let platform = connected(Connection {
            to: Some(to),
            ..connection(&server)
        });
        let account = platform.verify().await.unwrap();
        assert_eq!(account.id, "8");
        assert_eq!(account.handle, format!("{BOT} in #big announce"));
    }
}

#[tokio::test]
async fn whatever_is_wrong_with_the_channel_is_said_with_what_to_do() {
    let server = Server::start();
    let to = |to: Target| {
        connected(Connection {
            to: Some(to),
            ..connection(&server)
        })
    };
    let said = refusal(&*to(Target::Named("big anounce".to_owned()))).await;
    assert!(said.contains("sees no channel #big anounce"), "{said}");
    assert!(said.contains("did you mean `big announce`?"), "{said}");
    assert!(said.contains("set `to`"), "{said}");
    let said = refusal(&*to(Target::Numbered(77))).await;
    assert!(said.contains("with the number 77"), "{said}");
    // A private channel is as if it were not there.
    server.realm().announce().subscribers = Some(vec![9]);
    let said = refusal(&*herald(&server)).await;
    assert!(said.contains("it has to be subscribed"), "{said}");
    server.realm().announce().subscribers = None;
    server.realm().announce().archived = true;
    let said = refusal(&*herald(&server)).await;
    assert!(said.contains("is archived"), "{said}");
}

#[tokio::test]
async fn a_missing_permission_is_told_on_old_and_new_servers_and_a_bot_may_what_its_owner_may() {
    for level in [200, 400] {
        let server = Server::start();
        server.realm().level = level;
        server.realm().announce().posters = Some(vec![9]);
        let platform = herald(&server);
        let said = refusal(&*platform).await;
        assert!(
            said.contains("may not post to #big announce"),
            "{level}: {said}"
        );
        assert!(said.contains("ask an administrator"), "{level}: {said}");
        let outcome = platform.publish(&sent(&*platform, &says("hello"))).await;
        assert!(matches!(outcome, Outcome::Rejected { .. }), "{outcome:?}");
        // Ada owns the bot.
        server.realm().users[0].role = 200;
        server.realm().announce().posters = Some(vec![9, 7]);
        herald(&server).verify().await.unwrap();
        let outcome = platform.publish(&sent(&*platform, &says("hello"))).await;
        assert!(matches!(outcome, Outcome::Published(_)), "{outcome:?}");
    }
}

#[tokio::test]
async fn a_wrong_key_a_deactivated_account_and_a_webhook_bot_are_told() {
    let server = Server::start();
    let wrong = connected(Connection {
        secret: Some(Secret::new("n0pe")),
        ..connection(&server)
    });
    let error = wrong.verify().await.unwrap_err();
    assert!(matches!(error, CallError::Unauthorized(_)), "{error:?}");
    assert!(error.to_string().contains("masthead login test"), "{error}");
    assert!(!error.to_string().contains("n0pe"), "{error}");
    let outcome = wrong.publish(&sent(&*wrong, &says("hello"))).await;
    assert!(
        matches!(outcome, Outcome::Unauthorized { .. }),
        "{outcome:?}"
    );
    server.realm().users[1].webhook = true;
    let error = herald(&server).verify().await.unwrap_err().to_string();
    assert!(error.contains("incoming webhook bots"), "{error}");
    server.realm().users[1].active = false;
    let error = herald(&server).verify().await.unwrap_err();
    assert!(matches!(error, CallError::Unauthorized(_)), "{error:?}");
}

#[tokio::test]
async fn limits_come_from_the_server_and_its_queue_is_closed_again() {
    let server = Server::start();
    {
        let mut realm = server.realm();
        (realm.max_content, realm.max_topic) = (20_000, 50);
        realm.max_upload = 10 * 1024 * 1024;
        realm.mandatory_topics = true;
    }
    let limits = herald(&server).limits().await.unwrap();
    assert_eq!(limits.max_characters, Some(20_000));
    assert_eq!((limits.max_topic, limits.needs_topic), (Some(50), true));
    assert_eq!(limits.max_image_bytes, Some(10 * 1024 * 1024));
    assert!(server.realm().queues.is_empty());
}

#[tokio::test]
async fn two_pictures_go_up_with_their_words_and_the_message_is_where_it_says() {
    for level in [200, 400] {
        let server = Server::start();
        server.realm().level = level;
        let platform = herald(&server);
        let pictures = [(png(1), "a [red] cat"), (png(2), "")];
        let attachments = pictures.iter().map(|(bytes, alt)| {
            let described = picture(bytes, alt);
            Attachment {
                hash: described.hash,
                name: described.name,
                mime: described.mime,
                size: described.size,
                pixels: described.pixels,
                duration_ms: None,
                alt: described.alt,
                ..Attachment::default()
            }
        });
        let part = part(Content {
            text: "Look: \n".to_owned(),
            topic: Some("1.0 (beta)".to_owned()),
            warning: Some("cats".to_owned()),
            attachments: attachments.collect(),
            ..Content::default()
        });
        let mut refs = Vec::new();
        for (media, (bytes, _)) in part.media.iter().zip(&pictures) {
            refs.push(platform.upload(media, bytes.clone()).await.unwrap());
        }
        for (reference, (bytes, _)) in refs.iter().zip(&pictures) {
            assert_eq!(&server.realm().uploads[reference], bytes);
        }
        let there = published(
            platform
                .publish(&request(&*platform, &part, None, &refs))
                .await,
        );
        let all = server.messages();
        assert_eq!(all.len(), 1);
        assert_eq!(
            all[0].content,
            format!(
                "```spoiler cats\nLook:\n\n[a (red) cat]({})\n[picture]({})\n```",
                refs[0], refs[1]
            )
        );
        assert_eq!((all[0].topic.as_str(), all[0].stream), ("1.0 (beta)", 42));
        assert!(part.count.text.used as usize >= all[0].content.chars().count());
        let word = if level == 200 { "stream" } else { "channel" };
        let link = format!(
            "{}/#narrow/{word}/42-big-announce/topic/1.2E0.20.28beta.29/near/1",
            server.url()
        );
        assert_eq!(there.permalink.as_deref(), Some(link.as_str()));
        let found = platform.find_post(&link).await.unwrap();
        assert_eq!(found.unwrap().id, "1");
        assert_eq!(platform.find_post("999").await.unwrap(), None);
    }
}

#[tokio::test]
async fn what_the_server_refuses_says_why_and_what_to_do() {
    let server = Server::start();
    let platform = herald(&server);
    server.realm().wildcards_allowed = false;
    let outcome = platform
        .publish(&sent(&*platform, &says("@**all** hello")))
        .await;
    assert!(matches!(outcome, Outcome::Rejected { .. }), "{outcome:?}");
    assert!(
        outcome
            .reason()
            .contains("take the mention of everybody out"),
        "{outcome:?}"
    );
    server.realm().mandatory_topics = true;
    let mut untitled = says("hello");
    untitled.topic = None;
    let outcome = platform.publish(&sent(&*platform, &untitled)).await;
    assert!(
        outcome.reason().contains("Topics are required"),
        "{outcome:?}"
    );
    server.realm().announce().name = "renamed".to_owned();
    let outcome = platform.publish(&sent(&*platform, &says("hello"))).await;
    assert!(
        outcome.reason().contains("set `to` to a channel"),
        "{outcome:?}"
    );
    let bytes = png(1);
    server.realm().max_upload = 10;
    let error = platform
        .upload(&picture(&bytes, ""), bytes)
        .await
        .unwrap_err();
    assert!(matches!(error, CallError::Rejected(_)), "{error:?}");
    assert!(server.messages().is_empty());
}

#[tokio::test]
async fn too_many_requests_wait_as_long_as_the_server_says() {
    let server = Server::start();
    let platform = herald(&server);
    let request = sent(&*platform, &says("hello"));
    server.realm().patience = Some(0);
    match platform.publish(&request).await {
        Outcome::RateLimited { until, .. } => {
            let wait = (until - now()).num_seconds();
            assert!((0..=60).contains(&wait), "{wait}");
        }
        other => panic!("{other:?}"),
    }
    assert!(server.messages().is_empty());
}

#[tokio::test]
async fn a_lost_message_is_found_and_another_of_the_same_words_is_not_taken_for_it() {
    let server = Server::start();
    let platform = herald(&server);
    let request = sent(&*platform, &says("hello *all* \n"));
    assert_eq!(look(&*platform, &request, &[]).await, LookUp::Absent);
    let there = published(platform.publish(&request).await);
    match look(&*platform, &request, &[]).await {
        LookUp::Found(found) => {
            assert_eq!((found.id, found.permalink), (there.id, there.permalink));
        }
        other => panic!("{other:?}"),
    }
    assert_eq!(look(&*platform, &request, &["1"]).await, LookUp::Absent);
    // What others said is nobody's business here.
    server.realm().messages[0].sender = 7;
    assert_eq!(look(&*platform, &request, &[]).await, LookUp::Absent);
    // The same words of an hour ago are another message.
    server.realm().messages[0].sender = 8;
    server.realm().messages[0].timestamp -= 3600;
    assert_eq!(look(&*platform, &request, &[]).await, LookUp::Absent);
}

#[tokio::test]
async fn a_message_without_a_topic_is_found_where_topics_may_be_empty() {
    let server = Server::start();
    let platform = herald(&server);
    let mut untitled = says("hello");
    untitled.topic = Some("(no topic)".to_owned());
    let request = sent(&*platform, &untitled);
    published(platform.publish(&request).await);
    assert_eq!(server.messages()[0].topic, "");
    let looked = look(&*platform, &request, &[]).await;
    assert!(matches!(looked, LookUp::Found(_)), "{looked:?}");
}

#[tokio::test]
async fn a_moved_edited_or_cut_message_asks_a_person() {
    let server = Server::start();
    let platform = herald(&server);
    let request = sent(&*platform, &says("hello there, everybody who reads this"));
    published(platform.publish(&request).await);
    let asks = async |change: fn(&mut Message)| {
        let kept = server.messages();
        change(&mut server.realm().messages[0]);
        let looked = look(&*platform, &request, &[]).await;
        server.realm().messages = kept;
        match looked {
            LookUp::CannotTell { reason } => assert!(reason.contains("/near/1"), "{reason}"),
            other => panic!("{other:?}"),
        }
    };
    asks(|message| message.topic = "elsewhere".to_owned()).await;
    asks(|message| {
        message.content = "hello".to_owned();
        message.edited = Some(message.timestamp);
    })
    .await;
    server.realm().messages.clear();
    server.realm().max_content = 30;
    published(platform.publish(&request).await);
    assert!(
        server.messages()[0]
            .content
            .ends_with("[message truncated]")
    );
    let looked = look(&*platform, &request, &[]).await;
    assert!(matches!(looked, LookUp::CannotTell { .. }), "{looked:?}");
}

#[tokio::test]
async fn a_look_reads_as_far_back_as_it_must_and_says_when_that_is_too_far() {
    let server = Server::start();
    let platform = herald(&server);
    let request = sent(&*platform, &says("hello"));
    published(platform.publish(&request).await);
    let chatter = |from: u64, to: u64| {
        let first = server.messages().remove(0);
        for id in from..to {
            server.realm().messages.push(Message {
                id,
                content: format!("chatter {id}"),
                ..first.clone()
            });
        }
    };
    chatter(2, 350);
    let looked = look(&*platform, &request, &[]).await;
    assert!(matches!(looked, LookUp::Found(_)), "{looked:?}");
    chatter(350, 2000);
    let looked = look(&*platform, &request, &[]).await;
    assert!(matches!(looked, LookUp::CannotTell { .. }), "{looked:?}");
}

#[tokio::test]
async fn what_is_out_is_edited_and_deleted_as_far_as_the_organization_allows() {
    let server = Server::start();
    let platform = herald(&server);
    let there = published(platform.publish(&sent(&*platform, &says("helo"))).await);
    let there = RemoteRef {
        id: there.id,
        ..RemoteRef::default()
    };
    let better = says("hello");
    assert!(platform.can_edit());
    assert_eq!(platform.edit(&there, &better, &[]).await, Corrected::Done);
    assert_eq!(server.messages()[0].content, "hello");
    server.realm().edits_allowed = false;
    server.realm().deletions_allowed = false;
    for refused in [
        platform.edit(&there, &better, &[]).await,
        platform.delete(&there).await,
    ] {
        assert!(matches!(refused, Corrected::Refused { .. }), "{refused:?}");
        assert!(refused.reason().contains("says:"), "{refused:?}");
    }
    server.realm().deletions_allowed = true;
    assert_eq!(platform.delete(&there).await, Corrected::Done);
    assert_eq!(platform.delete(&there).await, Corrected::Gone);
    assert_eq!(platform.edit(&there, &better, &[]).await, Corrected::Gone);
    assert!(server.messages().is_empty());
}

#[tokio::test]
async fn people_are_found_by_name_whatever_its_case_and_by_number() {
    let server = Server::start();
    server.realm().users[2].active = false;
    let names = ["ada løvelace", "Ada Løvelace|7", "Otto", "Nobody"].map(str::to_owned);
    let found = herald(&server).resolve_handles(&names).await.unwrap();
    let seven = Some("7".to_owned());
    assert_eq!(found, [seven.clone(), seven, None, None]);
}

#[tokio::test]
async fn an_account_file_says_it_all_and_one_for_another_server_is_refused() {
    let server = Server::start();
    let with = |site: &str, url: Option<String>| {
        let text = format!("[api]\nemail={BOT}\nkey={KEY}\nsite={site}\n");
        Connection {
            url,
            email: None,
            secret: Some(Secret::new(text)),
            secret_from: Some(SecretSource::Whole {
                key: "zuliprc",
                path: "/home/me/zuliprc".into(),
            }),
            ..connection(&server)
        }
    };
    let test = channel(PlatformId::Zulip);
    let client = http(PATIENCE);
    let account = connected(with(&server.url(), None)).verify().await.unwrap();
    assert_eq!(account.id, "8");
    let other = with("https://zulip.test", Some(server.url()));
    let error = connect(&test, other, &client).unwrap_err().to_string();
    assert!(
        error.contains("zuliprc /home/me/zuliprc is for zulip.test"),
        "{error}"
    );
    let login = zulip::login(&test, connection(&server), &client).await;
    let (secret, account) = login.unwrap();
    assert!(matches!(&secret, StoredSecret::Zulip(kept) if kept.key.expose() == KEY));
    assert_eq!(account.id, "8");
    assert!(!format!("{secret:?}").contains(KEY));
}
