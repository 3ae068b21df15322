//! X on a strict server, by keys: what is refused and why, what is published, and what a look-up proves and costs. Logins
//! and tokens are in `x_grant.rs`.

use crate::common::lost::{look, look_for, lost};
use crate::common::{channel, http, now, picture, png, published, request, text, thread};
use crate::x_server::{CLIENT, Post, REDIRECT, Server};
use chrono::{DateTime, TimeDelta, Utc};
use masthead::domain::{
    AttemptRequest, Clock, Corrected, DeliveryId, Outcome, Part, PlatformId, RemoteRef,
};
use masthead::platforms::login::store;
use masthead::platforms::{
    CallError, Connection, Http, LookUp, PartContext, Platform, Timeouts, connect,
};
use masthead::secrets::{GrantSecret, Secret, SecretFile, SecretSource, StoredSecret};
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

pub const PATIENCE: Duration = Duration::from_secs(10);

/// This machine's clock, so many minutes wrong.
#[derive(Debug)]
struct Wrong(i64);

impl Clock for Wrong {
    fn now(&self) -> DateTime<Utc> {
        now() + TimeDelta::minutes(self.0)
    }
}

pub fn by_keys(server: &Server) -> Connection {
    Connection {
        url: Some(server.url()),
        secret: Some(Secret::new(server.site().first().keys())),
        ..Connection::default()
    }
}

pub fn by_grant(server: &Server, folder: &Path) -> Connection {
    Connection {
        url: Some(server.url()),
        client_id: Some(CLIENT.to_owned()),
        redirect: Some(REDIRECT.to_owned()),
        stored: folder.join("secrets/test.json"),
        ..Connection::default()
    }
}

/// Connects by a grant that is stored already.
pub fn granted(server: &Server, folder: &Path) -> Arc<dyn Platform> {
    let grant = server.site().grant("100");
    let secret = StoredSecret::Grant(GrantSecret {
        client_id: CLIENT.to_owned(),
        access: Secret::new(grant.access),
        refresh: Secret::new(grant.refresh),
        scopes: None,
    });
    store(&SecretFile::new(folder.join("secrets/test.json")), &secret).unwrap();
    connected(by_grant(server, folder))
}

pub fn connected(connection: Connection) -> Arc<dyn Platform> {
    connect(&channel(PlatformId::X), connection, &http(PATIENCE)).unwrap()
}

fn example(server: &Server) -> Arc<dyn Platform> {
    connected(by_keys(server))
}

/// The request of a second or third try.
fn again(platform: &dyn Platform, part: &Part, earlier: &AttemptRequest) -> AttemptRequest {
    let context = PartContext {
        delivery: DeliveryId(1),
        index: 0,
        total: 1,
        answers: None,
        media_refs: &[],
        created_at: now(),
        earlier: Some(earlier),
    };
    platform.request(part, &context)
}

fn reason(outcome: &Outcome) -> String {
    assert!(matches!(outcome, Outcome::Rejected { .. }), "{outcome:?}");
    outcome.reason().to_owned()
}

#[tokio::test]
async fn keys_say_whose_they_are_and_wrong_ones_are_told_without_showing_them() {
    let server = Server::start();
    let account = example(&server).verify().await.unwrap();
    assert_eq!(
        (account.id.as_str(), account.handle.as_str()),
        ("100", "@example100")
    );
    for wrong in [0, 1, 2, 3] {
        let keys = server.site().first().keys();
        let mut keys: Vec<&str> = keys.split(' ').collect();
        keys[wrong] = "n0pe";
        let connection = Connection {
            secret: Some(Secret::new(keys.join(" "))),
            ..by_keys(&server)
        };
        let Err(CallError::Unauthorized(said)) = connected(connection).verify().await else {
            panic!("key {wrong} is taken");
        };
        assert!(said.contains("masthead login test"), "{said}");
        assert!(!said.contains("n0pe"), "{said}");
    }
}

#[tokio::test]
async fn what_is_not_four_keys_is_told_with_the_order_in_which_they_are_written() {
    let server = Server::start();
    let connection = Connection {
        secret: Some(Secret::new("only one-s3cret")),
        secret_from: Some(SecretSource::Env("X_KEYS".to_owned())),
        ..by_keys(&server)
    };
    let error = connect(&channel(PlatformId::X), connection, &http(PATIENCE)).unwrap_err();
    let said = error.to_string();
    assert!(said.contains("token_env `X_KEYS`"), "{said}");
    assert!(
        said.contains("API key, API key secret, access token"),
        "{said}"
    );
    assert!(!said.contains("one-s3cret"), "{said}");
}

#[tokio::test]
async fn keys_that_may_only_read_are_refused_at_once() {
    let server = Server::start();
    server.site().first().writes = false;
    let Err(CallError::Rejected(said)) = example(&server).verify().await else {
        panic!("taken");
    };
    assert!(said.contains("may only read"), "{said}");
    assert!(said.contains("Read and write"), "{said}");
}

#[tokio::test]
async fn a_clock_that_is_wrong_is_told_with_how_much_and_nothing_is_published() {
    let server = Server::start();
    for (minutes, way) in [(6, "6 minutes ahead of"), (-7, "7 minutes behind")] {
        let http = Http::new(Timeouts::default(), Arc::new(Wrong(minutes)));
        let platform = connect(&channel(PlatformId::X), by_keys(&server), &http).unwrap();
        let Err(CallError::Unauthorized(said)) = platform.verify().await else {
            panic!("{minutes} minutes do not matter");
        };
        assert!(said.contains(way) && said.contains("timedatectl"), "{said}");
        let sent = request(&*platform, &text("late"), None, &[]);
        let outcome = platform.publish(&sent).await;
        assert!(
            matches!(outcome, Outcome::Unauthorized { .. }),
            "{outcome:?}"
        );
        assert!(outcome.reason().contains(way), "{outcome:?}");
    }
    assert!(server.posts().is_empty());
    // Two minutes are within what X takes.
    let http = Http::new(Timeouts::default(), Arc::new(Wrong(2)));
    let platform = connect(&channel(PlatformId::X), by_keys(&server), &http).unwrap();
    platform.verify().await.unwrap();
}

#[tokio::test]
async fn a_thread_is_a_chain_of_answers_and_each_part_has_its_address() {
    let server = Server::start();
    let platform = example(&server);
    platform.verify().await.unwrap();
    let parts = ["one & only", "two <2>", "three: example.org"].map(text);
    let sent = thread(&*platform, &parts).await;
    let posts = server.posts();
    assert_eq!(posts.len(), 3);
    assert_eq!(posts[0].answers, None);
    assert_eq!(posts[1].answers.as_ref(), Some(&posts[0].id));
    assert_eq!(posts[2].answers.as_ref(), Some(&posts[1].id));
    for ((_, there), (post, part)) in sent.iter().zip(posts.iter().zip(&parts)) {
        assert_eq!(there.id, post.id);
        assert_eq!(part.text, post.text);
        let link = format!("https://x.com/example100/status/{}", post.id);
        assert_eq!(there.permalink.as_deref(), Some(link.as_str()));
    }
}

#[tokio::test]
async fn a_thread_that_x_does_not_allow_keeps_its_first_part_and_says_why_the_rest_is_not() {
    let server = Server::start();
    server.site().replies_allowed = false;
    let platform = example(&server);
    let first = published(
        platform
            .publish(&request(&*platform, &text("one"), None, &[]))
            .await,
    );
    let there = RemoteRef {
        id: first.id,
        ..RemoteRef::default()
    };
    let second = request(&*platform, &text("two"), Some(&there), &[]);
    let said = reason(&platform.publish(&second).await);
    assert!(said.contains("you have not been mentioned"), "{said}");
    assert!(said.contains("what is out stays"), "{said}");
    assert_eq!(server.posts().len(), 1);
}

#[tokio::test]
async fn pictures_go_with_their_alt_text() {
    let server = Server::start();
    let platform = example(&server);
    let mut ids = Vec::new();
    for number in 1..=4 {
        let bytes = png(number);
        let media = picture(&bytes, &format!("picture “{number}”"));
        ids.push(platform.upload(&media, bytes).await.unwrap());
    }
    let sent = request(&*platform, &text("four"), None, &ids);
    published(platform.publish(&sent).await);
    let post = server.posts().remove(0);
    assert_eq!(post.media, ids);
    for (number, id) in (1..).zip(&ids) {
        let media = server.site().media[id].clone();
        assert_eq!(media.alt, format!("picture “{number}”"));
        assert_eq!(media.bytes, png(number));
    }
}

#[tokio::test]
async fn what_x_refuses_is_told_in_its_words_and_nothing_is_made() {
    let server = Server::start();
    let platform = example(&server);
    let long = request(&*platform, &text(&"long ".repeat(60)), None, &[]);
    let said = reason(&platform.publish(&long).await);
    assert!(
        said.contains("not permitted to perform this action"),
        "{said}"
    );
    let nothing = reason(
        &platform
            .publish(&request(&*platform, &text("a"), None, &["17".to_owned()]))
            .await,
    );
    assert!(nothing.contains("media IDs are invalid"), "{nothing}");
    assert!(server.posts().is_empty());
}

#[tokio::test]
async fn the_same_text_is_refused_looked_up_or_left_to_a_person_by_which_try_it_is() {
    let server = Server::start();
    let platform = example(&server);
    let part = text("again and again");
    let first = request(&*platform, &part, None, &[]);
    published(platform.publish(&first).await);
    let said = reason(&platform.publish(&first).await);
    assert!(said.contains("duplicate content"), "{said}");
    assert!(said.contains("change it"), "{said}");
    let second = again(&*platform, &part, &first);
    assert_eq!(second.body, first.body);
    let outcome = platform.publish(&second).await;
    assert!(matches!(outcome, Outcome::Unknown { .. }), "{outcome:?}");
    let LookUp::Found(there) = look(&*platform, &second, &[]).await else {
        panic!("it is there");
    };
    assert_eq!(there.id, server.posts()[0].id);
    let third = again(&*platform, &part, &second);
    let said = reason(&platform.publish(&third).await);
    assert!(said.contains("look there"), "{said}");
    assert_eq!(server.posts().len(), 1);
}

#[tokio::test]
async fn a_channel_without_credits_rests_and_asks_nothing_for_an_hour() {
    let server = Server::start();
    let platform = example(&server);
    platform.verify().await.unwrap();
    server.site().credits = Some(0);
    let sent = request(&*platform, &text("dear"), None, &[]);
    let outcome = platform.publish(&sent).await;
    let Outcome::RateLimited { until, reason } = &outcome else {
        panic!("{outcome:?}");
    };
    assert!((55..=61).contains(&(*until - now()).num_minutes()));
    assert!(reason.contains("credits are spent"), "{reason}");
    assert!(reason.contains("console.x.com"), "{reason}");
    let asked = server.site().asked.len();
    let outcome = platform.publish(&sent).await;
    assert!(
        matches!(outcome, Outcome::RateLimited { .. }),
        "{outcome:?}"
    );
    assert_eq!(server.site().asked.len(), asked);
}

#[tokio::test]
async fn too_many_calls_wait_until_the_window_ends() {
    let server = Server::start();
    let platform = example(&server);
    server.site().patience = Some(0);
    let sent = request(&*platform, &text("wait"), None, &[]);
    let outcome = platform.publish(&sent).await;
    let Outcome::RateLimited { until, .. } = outcome else {
        panic!("{outcome:?}");
    };
    assert!((9..=10).contains(&(until - now()).num_minutes()));
}

#[tokio::test]
async fn a_lost_post_is_found_however_x_shows_it_and_others_are_not_taken_for_it() {
    let server = Server::start();
    server.site().first().limit = 25_000;
    let platform = example(&server);
    let long = "All of it & more: https://example.org/a?b=1&c=2 ".repeat(30);
    for words in [
        "plain",
        "A & B <3 \"q\": see example.org and https://EXAMPLE.org/Path/?a=1&b=2.",
        "e\u{301} decomposed, 日本 👨‍👩‍👧‍👦",
        long.trim_end(),
    ] {
        let part = text(words);
        let sent = request(&*platform, &part, None, &[]);
        assert_eq!(
            look(&*platform, &sent, &[]).await,
            LookUp::Absent,
            "{words}"
        );
        let there = published(platform.publish(&sent).await);
        let found = look(&*platform, &sent, &[]).await;
        let LookUp::Found(found) = found else {
            panic!("{words}: {found:?}");
        };
        assert_eq!(found.id, there.id, "{words}");
        assert_eq!(look(&*platform, &sent, &[&there.id]).await, LookUp::Absent);
    }
    let bytes = png(9);
    let id = platform.upload(&picture(&bytes, ""), bytes).await.unwrap();
    let with_picture = request(&*platform, &text("look at this"), None, &[id]);
    let there = published(platform.publish(&with_picture).await);
    assert!(
        matches!(look(&*platform, &with_picture, &[]).await, LookUp::Found(found) if found.id == there.id)
    );
    let without = request(&*platform, &text("look at this"), None, &[]);
    let said = look(&*platform, &without, &[]).await;
    assert!(
        matches!(&said, LookUp::CannotTell { reason } if reason.contains(&there.id)),
        "{said:?}"
    );
}

#[tokio::test]
async fn a_look_up_reads_a_long_thread_page_by_page_and_pays_for_no_other_day() {
    let server = Server::start();
    let platform = example(&server);
    let sent = request(&*platform, &text("the first of many"), None, &[]);
    published(platform.publish(&sent).await);
    {
        let mut site = server.site();
        let at = site.posts[0].at;
        let old = |number: i64, at: i64| Post {
            id: format!("17000000000000{number:05}"),
            author: "100".to_owned(),
            text: format!("number {number}"),
            media: Vec::new(),
            answers: None,
            at,
        };
        let earlier: Vec<Post> = (0..50).map(|number| old(number, at - 86_400)).collect();
        site.posts.splice(0..0, earlier);
        let live: Vec<Post> = (50..280).map(|number| old(number, at)).collect();
        site.posts.extend(live);
        site.read = 0;
    }
    assert!(matches!(
        look(&*platform, &sent, &[]).await,
        LookUp::Found(_)
    ));
    assert_eq!(server.site().read, 231, "three pages of the day itself");
    // What was made long after an attempt is not read for it either.
    server.site().read = 0;
    let yesterday = now() - TimeDelta::hours(24);
    let other = request(&*platform, &text("something else"), None, &[]);
    assert_eq!(
        look_for(&*platform, &lost(&other, yesterday), &[]).await,
        LookUp::Absent
    );
    assert_eq!(server.site().read, 50);
}

#[tokio::test]
async fn a_wrong_clock_does_not_hide_a_post_from_a_look_up() {
    let server = Server::start();
    let folder = tempfile::tempdir().unwrap();
    let platform = granted(&server, folder.path());
    server.site().clock_ahead = -3600;
    let sent = request(&*platform, &text("an hour ago, it says"), None, &[]);
    published(platform.publish(&sent).await);
    assert!(matches!(
        look(&*platform, &sent, &[]).await,
        LookUp::Found(_)
    ));
    server.site().clock_ahead = 3600;
    let sent = request(&*platform, &text("in an hour, it says"), None, &[]);
    published(platform.publish(&sent).await);
    assert!(matches!(
        look(&*platform, &sent, &[]).await,
        LookUp::Found(_)
    ));
}

#[tokio::test]
async fn what_is_out_is_deleted_once_and_gone_the_second_time() {
    let server = Server::start();
    let platform = example(&server);
    let sent = request(&*platform, &text("oops"), None, &[]);
    let there = RemoteRef {
        id: published(platform.publish(&sent).await).id,
        ..RemoteRef::default()
    };
    assert_eq!(platform.delete(&there).await, Corrected::Done);
    assert!(server.posts().is_empty());
    assert_eq!(platform.delete(&there).await, Corrected::Gone);
    let nothing = RemoteRef {
        id: "../users".to_owned(),
        ..RemoteRef::default()
    };
    assert!(matches!(
        platform.delete(&nothing).await,
        Corrected::Refused { .. }
    ));
    assert!(!platform.can_edit());
}
