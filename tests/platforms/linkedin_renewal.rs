//! The renewal of LinkedIn's token: stored before it is used, once, and told in LinkedIn's words where it is refused.

use crate::common::{now, published};
use crate::linkedin::{connected, connection, says, sent};
use crate::linkedin_server::{ADA, APP, APP_SECRET, PAGE, PAGE_SCOPES, Server, TOKEN};
use masthead::domain::Outcome;
use masthead::platforms::{CallError, Connection, Platform, login};
use masthead::secrets::{OwnAppSecret, Secret, SecretFile, StoredSecret};
use std::sync::Arc;

/// A server that has just ended our token, and a page's channel on it whose login can be renewed.
struct Desk {
    server: Server,
    platform: Arc<dyn Platform>,
    file: SecretFile,
    _folder: tempfile::TempDir,
}

impl Desk {
    fn new(app_secret: &str) -> Self {
        let server = Server::start();
        {
            let mut world = server.world();
            world.refreshes = true;
            world.tokens.get_mut(TOKEN).unwrap().expired = true;
            let grant = (ADA.to_owned(), PAGE_SCOPES.to_owned());
            world.refresh_tokens.insert("r3fresh".to_owned(), grant);
        }
        let folder = tempfile::tempdir().unwrap();
        let file = SecretFile::new(folder.path().join("secrets/test.json"));
        let grant = OwnAppSecret {
            client_secret: Some(Secret::new(app_secret)),
            token: Secret::new(TOKEN),
            refresh: Some(Secret::new("r3fresh")),
            refresh_ends_at: Some(now() + chrono::TimeDelta::days(300)),
            ..OwnAppSecret::new(APP)
        };
        login::store(&file, &StoredSecret::LinkedIn(grant)).unwrap();
        let platform = connected(Connection {
            organization: Some(format!("urn:li:organization:{PAGE}")),
            stored: file.path().to_owned(),
            ..connection(&server, TOKEN)
        });
        Self {
            server,
            platform,
            file,
            _folder: folder,
        }
    }

    fn stored(&self) -> OwnAppSecret {
        match self.file.read() {
            Ok(Some(StoredSecret::LinkedIn(kept))) => kept,
            other => panic!("{other:?}"),
        }
    }
}

#[tokio::test]
async fn an_expired_token_is_renewed_stored_first_and_the_post_sent_once() {
    let desk = Desk::new(APP_SECRET);
    let request = sent(&*desk.platform, &says("hello"));
    published(desk.platform.publish(&request).await);
    assert_eq!(desk.server.posts().len(), 1);
    let kept = desk.stored();
    assert!(desk.server.world().tokens.contains_key(kept.token.expose()));
    assert!(kept.ends_at.unwrap() > now() + chrono::TimeDelta::days(59));
}

#[tokio::test]
async fn a_renewal_that_is_refused_is_told_in_linkedins_words_and_without_a_secret() {
    let desk = Desk::new(APP_SECRET);
    desk.server.world().refresh_tokens.clear();
    let error = desk.platform.verify().await.unwrap_err();
    assert!(matches!(error, CallError::Unauthorized(_)), "{error:?}");
    let said = error.to_string();
    assert!(
        said.contains("does not renew the login (Unable to retrieve access token"),
        "{said}"
    );
    assert!(said.contains("run `masthead login test`"), "{said}");

    let desk = Desk::new("an-0ld-secret");
    let request = sent(&*desk.platform, &says("hello"));
    let outcome = desk.platform.publish(&request).await;
    assert!(
        matches!(outcome, Outcome::Unauthorized { .. }),
        "{outcome:?}"
    );
    let said = outcome.reason();
    assert!(said.contains("Client authentication failed"), "{said}");
    for secret in ["an-0ld-secret", "r3fresh", TOKEN] {
        assert!(!said.contains(secret), "{said}");
    }
    assert!(desk.server.posts().is_empty());
}
