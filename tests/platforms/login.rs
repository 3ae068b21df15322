//! What `masthead login` does at a server, and what it stores.

use crate::common::{channel, http};
use base64::Engine as _;
use masthead::domain::{Account, PlatformId};
use masthead::platforms::login::{MastodonLogin, bluesky_login, store};
use masthead::platforms::{CallError, Http};
use masthead::secrets::{Secret, SecretFile, SecretSource, StoredSecret};
use serde_json::json;
use sha2::{Digest, Sha256};
use std::collections::HashMap;
use std::time::Duration;
use wiremock::matchers::{body_string_contains, header, method, path};
use wiremock::{Mock, MockServer, ResponseTemplate};

fn client() -> Http {
    http(Duration::from_secs(10))
}

async fn mastodon_server() -> MockServer {
    let server = MockServer::start().await;
    Mock::given(path("/api/v1/apps"))
        .and(body_string_contains(
            "redirect_uris=urn%3Aietf%3Awg%3Aoauth%3A2.0%3Aoob",
        ))
        .respond_with(
            ResponseTemplate::new(200)
                .set_body_json(json!({"client_id": "cid", "client_secret": "app-s3cret"})),
        )
        .mount(&server)
        .await;
    server
}

#[tokio::test]
async fn a_mastodon_login_proves_itself_and_its_token_is_stored() {
    let server = mastodon_server().await;
    Mock::given(method("POST"))
        .and(path("/oauth/token"))
        .and(body_string_contains("code=the-code"))
        .and(body_string_contains("grant_type=authorization_code"))
        .respond_with(
            ResponseTemplate::new(200).set_body_json(json!({"access_token": "acc-t0ken"})),
        )
        .mount(&server)
        .await;
    Mock::given(path("/api/v1/accounts/verify_credentials"))
        .and(header("authorization", "Bearer acc-t0ken"))
        .respond_with(
            ResponseTemplate::new(200).set_body_json(json!({"id": "42", "acct": "alice"})),
        )
        .mount(&server)
        .await;
    let channel = channel(PlatformId::Mastodon);
    let (login, address) = MastodonLogin::begin(&server.uri(), &channel, &client())
        .await
        .unwrap();
    let (secret, account) = login
        .finish(login.code(" the-code\n").unwrap())
        .await
        .unwrap();

    let pairs: HashMap<String, String> = url::Url::parse(&address)
        .unwrap()
        .query_pairs()
        .into_owned()
        .collect();
    let requests = server.received_requests().await.unwrap();
    let exchange = requests
        .iter()
        .find(|request| request.url.path() == "/oauth/token")
        .unwrap();
    let fields: HashMap<String, String> = url::form_urlencoded::parse(&exchange.body)
        .into_owned()
        .collect();
    let challenge = base64::engine::general_purpose::URL_SAFE_NO_PAD
        .encode(Sha256::digest(fields["code_verifier"].as_bytes()));
    assert_eq!(pairs["code_challenge"], challenge);
    assert_eq!(fields["client_secret"], "app-s3cret");

    let host = server.uri().replace("http://", "");
    assert_eq!(
        account,
        Account {
            id: "42".to_owned(),
            handle: format!("@alice@{host}"),
        }
    );
    let shown = format!("{login:?} {secret:?}");
    for value in ["app-s3cret", "acc-t0ken", &fields["code_verifier"]] {
        assert!(!shown.contains(value), "{shown}");
    }
    let folder = tempfile::tempdir().unwrap();
    let file = SecretFile::new(folder.path().join("secrets/test.json"));
    store(&file, &secret).unwrap();
    let resolved = SecretSource::Stored(file.path().to_owned())
        .resolve()
        .unwrap();
    assert_eq!(resolved.expose(), "acc-t0ken");
}

#[tokio::test]
async fn a_wrong_code_is_told_as_one() {
    let server = mastodon_server().await;
    Mock::given(path("/oauth/token"))
        .respond_with(ResponseTemplate::new(400).set_body_json(json!({"error": "invalid_grant"})))
        .mount(&server)
        .await;
    let channel = channel(PlatformId::Mastodon);
    let (login, _) = MastodonLogin::begin(&server.uri(), &channel, &client())
        .await
        .unwrap();
    assert!(matches!(
        login.finish(login.code("wrong").unwrap()).await,
        Err(CallError::Unauthorized(_))
    ));
    assert!(matches!(login.code("  "), Err(CallError::Rejected(_))));
}

#[tokio::test]
async fn a_token_of_nobody_for_a_wrong_code_is_told_as_a_wrong_code() {
    let server = MockServer::start().await;
    for (call, status, body) in [
        (
            "/api/v1/apps",
            200,
            json!({"client_id": "c", "client_secret": "s"}),
        ),
        ("/oauth/token", 200, json!({"access_token": "of-nobody"})),
        ("/api/v1/accounts/verify_credentials", 422, json!({})),
    ] {
        Mock::given(path(call))
            .respond_with(ResponseTemplate::new(status).set_body_json(body))
            .mount(&server)
            .await;
    }
    let channel = channel(PlatformId::Mastodon);
    let (login, _) = MastodonLogin::begin(&server.uri(), &channel, &client())
        .await
        .unwrap();
    let code = login.code("wrong").unwrap();
    let Err(CallError::Unauthorized(reason)) = login.finish(code).await else {
        panic!("accepted");
    };
    assert!(reason.contains("does not accept the code"), "{reason}");
}

#[tokio::test]
async fn a_server_that_is_no_mastodon_is_told_as_one() {
    let server = MockServer::start().await;
    let channel = channel(PlatformId::Mastodon);
    for answer in [
        ResponseTemplate::new(404),
        ResponseTemplate::new(200).set_body_raw("<html>", "text/html"),
    ] {
        server.reset().await;
        Mock::given(path("/api/v1/apps"))
            .respond_with(answer)
            .mount(&server)
            .await;
        let error = MastodonLogin::begin(&server.uri(), &channel, &client())
            .await
            .unwrap_err();
        assert!(
            matches!(&error, CallError::Rejected(reason) if reason.contains("`url`")),
            "{error:?}"
        );
    }
}

#[tokio::test]
async fn a_bluesky_login_keeps_the_app_password_for_the_next_session() {
    let server = MockServer::start().await;
    Mock::given(path("/xrpc/com.atproto.server.createSession"))
        .and(body_string_contains("\"identifier\":\"alice.test\""))
        .respond_with(ResponseTemplate::new(200).set_body_json(json!({
            "accessJwt": "acc", "refreshJwt": "ref", "did": "did:plc:a", "handle": "alice.test",
        })))
        .mount(&server)
        .await;
    let (secret, account) = bluesky_login(
        Some(&server.uri()),
        "@alice.test",
        Secret::new("app-pass"),
        &channel(PlatformId::Bluesky),
        &client(),
    )
    .await
    .unwrap();
    assert_eq!(account.id, "did:plc:a");
    assert_eq!(account.handle, "@alice.test");
    let StoredSecret::Bluesky(session) = secret else {
        panic!("another platform's secret");
    };
    assert_eq!(session.password, Some(Secret::new("app-pass")));
    assert_eq!(session.pds, server.uri());
}

#[tokio::test]
async fn a_refused_password_is_told_with_its_remedy_and_never_shown() {
    for (status, name, words) in [
        (401, "AuthenticationRequired", "app password"),
        (401, "AuthFactorTokenRequired", "App passwords"),
        (401, "AccountTakedown", "app-pass is"),
    ] {
        let server = MockServer::start().await;
        Mock::given(path("/xrpc/com.atproto.server.createSession"))
            .respond_with(
                ResponseTemplate::new(status)
                    .set_body_json(json!({"error": name, "message": "app-pass is wrong"})),
            )
            .mount(&server)
            .await;
        let error = bluesky_login(
            Some(&server.uri()),
            "alice.test",
            Secret::new("app-pass"),
            &channel(PlatformId::Bluesky),
            &client(),
        )
        .await
        .unwrap_err();
        assert!(matches!(error, CallError::Unauthorized(_)), "{error:?}");
        let shown = error.to_string();
        assert!(!shown.contains("app-pass"), "{shown}");
        if name != "AccountTakedown" {
            assert!(shown.contains(words), "{shown}");
        }
    }
}
