//! Logging in, keeping the session, renewing it once, and whose it has to be.

use super::*;
use crate::dropped::goes_away_after;

/// Writes the record only if the new session is stored by then.
struct WrittenIfStored(PathBuf);

impl Respond for WrittenIfStored {
    fn respond(&self, _: &Request) -> ResponseTemplate {
        let stored = std::fs::read_to_string(&self.0).unwrap();
        if stored.contains("new-refresh") && !stored.contains("old-refresh") {
            written()
        } else {
            error(400, "InvalidRequest")
        }
    }
}

#[tokio::test]
async fn the_first_post_logs_in_and_the_next_process_takes_the_stored_session() {
    let fake = Fake::new().await;
    fake.on(CREATE, begun("new"), 1).await;
    fake.to("new-access", PUT, written(), 2).await;
    let platform = fake.connect(Some("app-pass"));
    let request = request(&*platform, &text("hello"), None, &[]);
    let outcome = published(platform.publish(&request).await);
    assert_eq!(outcome.cid.as_deref(), Some("bafy"));
    let key = request.rkey.unwrap();
    assert_eq!(
        outcome.permalink.unwrap(),
        format!("https://bsky.app/profile/alice.test/post/{key}")
    );
    published(say(&*fake.connect(Some("app-pass")), "again").await);
    // The configuration refers to the password; it is not ours to copy.
    assert_eq!(fake.stored().password, None);
}

#[tokio::test]
async fn an_expired_session_is_refreshed_once_and_stored_before_it_is_used() {
    for status in [400, 401] {
        let fake = Fake::new().await;
        fake.store("old", Some("app-pass"));
        fake.to("old-access", PUT, error(status, "ExpiredToken"), 1)
            .await;
        fake.to("old-refresh", REFRESH, begun("new"), 1).await;
        fake.on(CREATE, begun("wrong"), 0).await;
        let file = fake.file().path().to_owned();
        fake.to("new-access", PUT, WrittenIfStored(file), 1).await;
        let platform = fake.connect(None);
        let request = request(&*platform, &text("hello"), None, &[]);
        published(platform.publish(&request).await);
        assert_eq!(fake.stored().password, Some(Secret::new("app-pass")));
        let sent: Vec<Vec<u8>> = fake
            .server
            .received_requests()
            .await
            .unwrap()
            .into_iter()
            .filter(|request| request.url.path() == PUT)
            .map(|request| request.body)
            .collect();
        assert_eq!(sent, vec![request.body.clone().into_bytes(); 2]);
    }
}

#[tokio::test]
async fn wherever_a_post_is_dropped_the_session_is_refreshed_once_and_stored() {
    for polls in 0.. {
        let fake = Fake::new().await;
        fake.store("old", None);
        fake.to("old-refresh", REFRESH, begun("new"), 1).await;
        for (token, answer) in [("old", error(400, "ExpiredToken")), ("new", written())] {
            Mock::given(path(PUT))
                .and(header(
                    "authorization",
                    format!("Bearer {token}-access").as_str(),
                ))
                .respond_with(answer)
                .mount(&fake.server)
                .await;
        }
        let platform = fake.connect(None);
        let ended = goes_away_after(polls, say(&*platform, "dropped")).await;
        published(say(&*platform, "next").await);
        assert_eq!(fake.stored().refresh, Secret::new("new-refresh"));
        if ended {
            return;
        }
    }
}

#[tokio::test]
async fn two_posts_that_meet_an_expired_session_refresh_it_once() {
    let fake = Fake::new().await;
    fake.store("old", None);
    Mock::given(path(PUT))
        .and(header("authorization", "Bearer old-access"))
        .respond_with(error(400, "ExpiredToken").set_delay(Duration::from_millis(50)))
        .mount(&fake.server)
        .await;
    fake.to("old-refresh", REFRESH, begun("new"), 1).await;
    fake.to("new-access", PUT, written(), 2).await;
    let platform = fake.connect(None);
    let (one, other) = tokio::join!(say(&*platform, "one"), say(&*platform, "other"));
    published(one);
    published(other);
}

#[tokio::test]
async fn a_session_that_another_process_refreshed_is_taken_from_the_file() {
    let fake = Fake::new().await;
    fake.store("old", None);
    fake.to("old-access", PUT, written(), 1).await;
    let platform = fake.connect(None);
    published(say(&*platform, "hello").await);
    fake.store("theirs", None);
    fake.server.reset().await;
    fake.to("old-access", PUT, error(400, "ExpiredToken"), 1)
        .await;
    fake.on(REFRESH, begun("wrong"), 0).await;
    fake.to("theirs-access", PUT, written(), 1).await;
    published(say(&*platform, "again").await);
}

#[tokio::test]
async fn a_dead_refresh_token_leads_to_a_login_with_the_app_password() {
    for (configured, kept) in [(Some("app-pass"), None), (None, Some("app-pass"))] {
        let fake = Fake::new().await;
        fake.store("old", kept);
        fake.to("old-access", PUT, error(400, "ExpiredToken"), 1)
            .await;
        fake.on(REFRESH, error(400, "ExpiredToken"), 1).await;
        let login = json!({"identifier": "alice.test", "password": "app-pass"});
        Mock::given(path(CREATE))
            .and(body_string(login.to_string()))
            .respond_with(begun("new"))
            .expect(1)
            .mount(&fake.server)
            .await;
        fake.to("new-access", PUT, written(), 1).await;
        published(say(&*fake.connect(configured), "hello").await);
        assert_eq!(fake.stored().password, kept.map(Secret::new));
    }
}

#[tokio::test]
async fn a_session_that_cannot_be_renewed_asks_for_a_login_and_nothing_is_made() {
    let fake = Fake::new().await;
    fake.store("old", None);
    fake.on(PUT, error(400, "ExpiredToken"), 1).await;
    fake.on(REFRESH, error(400, "InvalidToken"), 1).await;
    let outcome = say(&*fake.connect(None), "hello").await;
    assert!(
        matches!(&outcome, Outcome::Unauthorized { reason } if reason.contains("masthead login test"))
    );
}

#[tokio::test]
async fn an_unknown_token_is_replaced_once_and_never_in_a_circle() {
    let fake = Fake::new().await;
    fake.store("old", None);
    fake.on(PUT, error(400, "InvalidToken"), 2).await;
    fake.on(CREATE, begun("new"), 1).await;
    let outcome = say(&*fake.connect(Some("app-pass")), "hello").await;
    assert!(
        matches!(outcome, Outcome::Unauthorized { .. }),
        "{outcome:?}"
    );
}

#[tokio::test]
async fn a_login_of_another_account_publishes_nothing() {
    let fake = Fake::new().await;
    fake.on(PUT, written(), 0).await;
    let other = json!({"accessJwt": "a", "refreshJwt": "r", "did": "did:plc:mallory", "handle": "alice.test"});
    fake.on(CREATE, ResponseTemplate::new(200).set_body_json(other), 1)
        .await;
    let outcome = say(&*fake.connect(Some("app-pass")), "hello").await;
    assert!(
        matches!(&outcome, Outcome::Unauthorized { reason } if reason.contains("did:plc:mallory"))
    );
}

#[tokio::test]
async fn a_stored_session_of_another_handle_is_not_used() {
    let fake = Fake::new().await;
    fake.store("old", None);
    fake.on(CREATE, begun("new"), 1).await;
    fake.to("new-access", PUT, written(), 1).await;
    let uri = fake.server.uri();
    let platform = bluesky(
        &uri,
        "bob.test",
        Some("app-pass"),
        fake.folder.path(),
        None,
        Duration::from_secs(10),
    );
    published(say(&*platform, "hello").await);
}

#[tokio::test]
async fn a_stored_session_that_others_can_read_is_refused() {
    use std::os::unix::fs::PermissionsExt;
    let fake = Fake::new().await;
    fake.store("old", None);
    let open = std::fs::Permissions::from_mode(0o644);
    std::fs::set_permissions(fake.file().path(), open).unwrap();
    let error = fake.connect(None).verify().await.unwrap_err();
    assert!(
        matches!(&error, CallError::Unauthorized(reason) if reason.contains("chmod 600")),
        "{error:?}"
    );
}
