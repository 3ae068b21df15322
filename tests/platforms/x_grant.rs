//! Logging in at a strict X, and the token that an account grants: replaced once, stored before it is used.

use crate::common::{channel, http, published, request, text};
use crate::x::{PATIENCE, by_grant, by_keys, connected, granted};
use crate::x_server::{CLIENT, Server};
use masthead::domain::PlatformId;
use masthead::platforms::x_login::{self, XLogin};
use masthead::platforms::{CallError, Connection};
use masthead::secrets::{GrantSecret, Secret, SecretFile, SecretSource, StoredSecret};
use std::path::Path;

pub fn stored(folder: &Path) -> GrantSecret {
    match SecretFile::new(folder.join("secrets/test.json")).read() {
        Ok(Some(StoredSecret::Grant(grant))) => grant,
        other => panic!("{other:?}"),
    }
}

#[tokio::test]
async fn an_expired_token_is_replaced_once_and_the_new_one_is_stored_before_it_is_used() {
    let server = Server::start();
    let folder = tempfile::tempdir().unwrap();
    let platform = granted(&server, folder.path());
    let before = stored(folder.path());
    server.site().grants[0].expired = true;
    let sent = request(&*platform, &text("after two hours"), None, &[]);
    published(platform.publish(&sent).await);
    assert_eq!(server.posts().len(), 1);
    let after = stored(folder.path());
    assert_ne!(before, after);
    assert_eq!(server.site().grants[0].access, after.access.expose());
    let asked = server.site().asked.clone();
    let calls = ["POST /2/tweets", "POST /2/oauth2/token", "POST /2/tweets"];
    assert_eq!(asked, calls);
}

#[tokio::test]
async fn two_that_meet_an_expired_token_use_up_one_refresh_token() {
    let server = Server::start();
    let folder = tempfile::tempdir().unwrap();
    let one = granted(&server, folder.path());
    let other = connected(by_grant(&server, folder.path()));
    one.verify().await.unwrap();
    other.verify().await.unwrap();
    server.site().grants[0].expired = true;
    let (a, b) = tokio::join!(one.verify(), other.verify());
    a.unwrap();
    b.unwrap();
    let asked = server.site().asked.clone();
    let refreshed = asked.iter().filter(|call| call.contains("token")).count();
    assert_eq!(refreshed, 1, "{asked:?}");
}

#[tokio::test]
async fn a_refresh_token_that_was_used_up_asks_for_a_login() {
    let server = Server::start();
    let folder = tempfile::tempdir().unwrap();
    let platform = granted(&server, folder.path());
    server.site().grants.clear();
    let Err(CallError::Unauthorized(said)) = platform.verify().await else {
        panic!("taken");
    };
    assert!(said.contains("run `masthead login test`"), "{said}");
    assert!(!said.contains("t0ken-"), "{said}");
}

#[tokio::test]
async fn a_login_in_a_browser_ends_in_a_grant_for_public_and_confidential_applications() {
    for secret in [None, Some("cl1ent-s3cret")] {
        let server = Server::start();
        server.site().client_secret = secret.map(str::to_owned);
        let folder = tempfile::tempdir().unwrap();
        let connection = Connection {
            secret: secret.map(Secret::new),
            secret_from: secret.map(|_| SecretSource::Env("X_CLIENT_SECRET".to_owned())),
            ..by_grant(&server, folder.path())
        };
        let test = channel(PlatformId::X);
        let (login, address) = XLogin::begin(&test, connection, &http(PATIENCE)).unwrap();
        let back = server.allow(&address);
        let (stored, account) = login.finish(login.code(&back).unwrap()).await.unwrap();
        assert_eq!(account.handle, "@example100");
        assert!(matches!(&stored, StoredSecret::Grant(grant) if grant.client_id == CLIENT));
        // The same address again is used up.
        let error = login.finish(login.code(&back).unwrap()).await.unwrap_err();
        assert!(
            matches!(&error, CallError::Unauthorized(said) if said.contains("30 seconds")),
            "{error}"
        );
    }
}

#[tokio::test]
async fn what_goes_wrong_in_a_browser_login_is_one_line() {
    let server = Server::start();
    let folder = tempfile::tempdir().unwrap();
    let test = channel(PlatformId::X);
    let begin = || XLogin::begin(&test, by_grant(&server, folder.path()), &http(PATIENCE)).unwrap();
    let (login, _) = begin();
    let (_, other) = begin();
    let error = login.code(&server.allow(&other)).unwrap_err();
    assert!(
        matches!(&error, CallError::Rejected(said) if said.contains("another login")),
        "{error}"
    );
    // Asked again, the right address still works: nothing was sent for the wrong one.
    let (login, address) = begin();
    let back = server.allow(&address);
    server.site().clock_ahead += 31;
    let error = login.finish(login.code(&back).unwrap()).await.unwrap_err();
    assert!(
        matches!(&error, CallError::Unauthorized(said) if said.contains("30 seconds")),
        "{error}"
    );
    server.site().scopes = "tweet.read users.read offline.access".to_owned();
    let (login, address) = begin();
    let error = login
        .finish(login.code(&server.allow(&address)).unwrap())
        .await
        .unwrap_err();
    let said = error.to_string();
    assert!(said.contains("lacks tweet.write, media.write"), "{said}");
}

#[tokio::test]
async fn keys_are_checked_before_they_are_stored() {
    let server = Server::start();
    let test = channel(PlatformId::X);
    let (secret, account) = x_login::keys(&test, by_keys(&server), &http(PATIENCE))
        .await
        .unwrap();
    assert_eq!(account.id, "100");
    assert!(matches!(secret, StoredSecret::Signing(_)));
    let shown = format!("{secret:?}");
    assert!(!shown.contains("s3cret"), "{shown}");
}
