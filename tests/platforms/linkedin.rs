//! LinkedIn on a strict server: who posts as whom, what is refused and why, what is published, changed and deleted.
//!
//! Pictures, documents and videos are in `linkedin_media.rs`, what a look-up proves is in `linkedin_look.rs`.

use crate::common::{channel, http, now, picture, png, published, request, text};
use crate::linkedin_server::{ADA, MEMBER_SCOPES, PAGE, Post, Server, TOKEN, Token};
use masthead::domain::{
    AttemptRequest, Content, Corrected, Facts, Outcome, Part, PlatformId, RemoteRef, Variant,
    Visibility,
};
use masthead::platforms::{CallError, Connection, Platform, connect};
use masthead::secrets::{OwnApp, Secret};
use masthead::text::compose;
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

pub const PATIENCE: Duration = Duration::from_secs(10);

pub fn connection(server: &Server, token: &str) -> Connection {
    Connection {
        url: Some(server.url()),
        secret: Some(Secret::new(token)),
        // Nobody has logged in: only the lock is ever there.
        stored: Path::new(env!("CARGO_TARGET_TMPDIR")).join("linkedin/test.json"),
        ..Connection::default()
    }
}

pub fn connected(connection: Connection) -> Arc<dyn Platform> {
    connect(&channel(PlatformId::LinkedIn), connection, &http(PATIENCE)).unwrap()
}

pub fn page(server: &Server) -> Arc<dyn Platform> {
    page_with(server, TOKEN)
}

fn page_with(server: &Server, token: &str) -> Arc<dyn Platform> {
    connected(Connection {
        organization: Some(format!("urn:li:organization:{PAGE}")),
        ..connection(server, token)
    })
}

pub fn member(server: &Server) -> Arc<dyn Platform> {
    let token = Token::of(ADA, MEMBER_SCOPES);
    server.world().tokens.insert("member".to_owned(), token);
    connected(connection(server, "member"))
}

/// Composes as the publisher does, with no facts from outside.
fn part(content: Content) -> Part {
    let variant = Variant::inherits("test");
    let composed = compose(PlatformId::LinkedIn, &content, &variant, &Facts::default());
    assert!(composed.can_leave(), "{:?}", composed.problems);
    composed.parts.into_iter().next().unwrap()
}

pub fn says(text: &str) -> Part {
    part(Content {
        text: text.to_owned(),
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

pub fn there(post: &Post) -> RemoteRef {
    RemoteRef {
        id: post.urn.clone(),
        ..RemoteRef::default()
    }
}

#[tokio::test]
async fn a_page_is_told_by_its_name_and_address_and_a_member_by_theirs() {
    let server = Server::start();
    let account = page(&server).verify().await.unwrap();
    assert_eq!(account.id, format!("urn:li:organization:{PAGE}"));
    assert_eq!(
        account.handle,
        "Research Software (linkedin.com/company/rso)"
    );
    let account = member(&server).verify().await.unwrap();
    assert_eq!(account.id, format!("urn:li:person:{ADA}"));
    assert_eq!(account.handle, "Ada Løvelace");
}

#[tokio::test]
async fn a_missing_role_names_the_pages_where_there_is_one() {
    let server = Server::start();
    server.world().roles[0].1 = 99;
    let said = refusal(&*page(&server)).await;
    assert!(
        said.contains(&format!("has no role on page {PAGE}")),
        "{said}"
    );
    assert!(said.contains("may post as 99"), "{said}");
    assert!(said.contains("Content admin"), "{said}");
    server.world().roles = vec![(ADA.to_owned(), PAGE, "ANALYST".to_owned())];
    let said = refusal(&*page(&server)).await;
    assert!(said.contains("is only ANALYST of page"), "{said}");
    let outcome = page(&server)
        .publish(&sent(&*page(&server), &says("hello")))
        .await;
    assert!(matches!(outcome, Outcome::Rejected { .. }), "{outcome:?}");
    assert!(
        outcome.reason().contains("this login has no role on page"),
        "{outcome:?}"
    );
}

#[tokio::test]
async fn many_roles_are_read_to_their_end() {
    let server = Server::start();
    let ours = server.world().roles.remove(0);
    for number in 0..150 {
        let other = (ADA.to_owned(), 1000 + number, "ADMINISTRATOR".to_owned());
        server.world().roles.push(other);
    }
    server.world().roles.push(ours);
    page(&server).verify().await.unwrap();
}

#[tokio::test]
async fn a_missing_scope_is_told_with_the_product_that_gives_it() {
    let server = Server::start();
    let member_only = Token::of(ADA, MEMBER_SCOPES);
    server.world().tokens.insert("m".to_owned(), member_only);
    let said = refusal(&*page_with(&server, "m")).await;
    assert!(said.contains("lacks rw_organization_admin"), "{said}");
    assert!(said.contains("Community Management API"), "{said}");
    let outcome = {
        let platform = page_with(&server, "m");
        platform.publish(&sent(&*platform, &says("hello"))).await
    };
    assert!(
        outcome.reason().contains("lacks w_organization_social"),
        "{outcome:?}"
    );
    // Who may read the page's posts has a role on it, though nothing lists it.
    let no_list = Token::of(ADA, "w_organization_social,r_organization_social");
    server.world().tokens.insert("n".to_owned(), no_list);
    let account = page_with(&server, "n").verify().await.unwrap();
    assert!(
        account.handle.starts_with(&format!("page {PAGE}")),
        "{account:?}"
    );
    // A person's needs another product.
    let nameless = Token::of(ADA, "w_member_social");
    server.world().tokens.insert("w".to_owned(), nameless);
    let said = refusal(&*connected(connection(&server, "w"))).await;
    assert!(said.contains("lacks openid and profile"), "{said}");
    assert!(said.contains("OpenID Connect"), "{said}");
}

#[tokio::test]
async fn a_refused_or_expired_token_says_what_to_do_and_is_never_shown() {
    let server = Server::start();
    let wrong = page_with(&server, "n0pe");
    let error = wrong.verify().await.unwrap_err();
    assert!(matches!(error, CallError::Unauthorized(_)), "{error:?}");
    assert!(error.to_string().contains("masthead login test"), "{error}");
    assert!(!error.to_string().contains("n0pe"), "{error}");
    server.world().tokens.get_mut(TOKEN).unwrap().expired = true;
    let platform = page(&server);
    let outcome = platform.publish(&sent(&*platform, &says("hello"))).await;
    assert!(
        matches!(outcome, Outcome::Unauthorized { .. }),
        "{outcome:?}"
    );
    assert!(!format!("{platform:?}").contains(TOKEN));
}

#[tokio::test]
async fn a_version_that_has_ended_names_the_line_to_change() {
    let server = Server::start();
    server.world().oldest_version = 202_701;
    let platform = page(&server);
    let outcome = platform.publish(&sent(&*platform, &says("hello"))).await;
    assert!(matches!(outcome, Outcome::Rejected { .. }), "{outcome:?}");
    assert!(
        outcome
            .reason()
            .contains("add a line api_version = \"YYYYMM\" to [channels.test]"),
        "{outcome:?}"
    );
    let older = connected(Connection {
        organization: Some(format!("urn:li:organization:{PAGE}")),
        api_version: Some("202604".to_owned()),
        ..connection(&server, TOKEN)
    });
    let said = older.verify().await.unwrap_err().to_string();
    assert!(
        said.contains("change the line api_version = \"202604\" in [channels.test]"),
        "{said}"
    );
    let newer = connected(Connection {
        organization: Some(format!("urn:li:organization:{PAGE}")),
        api_version: Some("202702".to_owned()),
        ..connection(&server, TOKEN)
    });
    published(newer.publish(&sent(&*newer, &says("hello"))).await);
}

#[tokio::test]
async fn every_reserved_character_arrives_and_an_unescaped_one_would_have_cut_the_text() {
    let server = Server::start();
    let platform = page(&server);
    let whole = "all of \\|{}@[]()<>#*_~ https://example.org/a_(b)_c?x=[1]#top #研究ソフトウェア と #オープン、 (end)";
    published(platform.publish(&sent(&*platform, &says(whole))).await);
    let post = server.posts().remove(0);
    assert_eq!(post.shown, whole);
    assert!(
        post.commentary.contains("{hashtag|\\#|研究ソフトウェア}"),
        "{}",
        post.commentary
    );
    // The server is as strict as the real one.
    let raw = text("hello (world) and more");
    published(platform.publish(&sent(&*platform, &raw)).await);
    assert_eq!(server.posts()[1].shown, "hello ");
}

#[tokio::test]
async fn who_sees_it_is_public_or_a_members_own_network() {
    let server = Server::start();
    let visible = |visibility| {
        part(Content {
            text: format!("for {visibility:?}"),
            visibility,
            ..Content::default()
        })
    };
    let own = member(&server);
    own.verify().await.unwrap();
    for (visibility, said) in [
        (Visibility::Public, "PUBLIC"),
        (Visibility::Unlisted, "PUBLIC"),
        (Visibility::Private, "CONNECTIONS"),
    ] {
        published(own.publish(&sent(&*own, &visible(visibility))).await);
        assert_eq!(server.posts().last().unwrap().body["visibility"], said);
    }
    let platform = page(&server);
    let outcome = platform
        .publish(&sent(&*platform, &visible(Visibility::Private)))
        .await;
    assert!(
        outcome.reason().contains("page's posts are public"),
        "{outcome:?}"
    );
    let direct = Content {
        text: "psst".to_owned(),
        visibility: Visibility::Direct,
        ..Content::default()
    };
    let composed = compose(
        PlatformId::LinkedIn,
        &direct,
        &Variant::inherits("test"),
        &Facts::default(),
    );
    assert!(!composed.can_leave());
}

#[tokio::test]
async fn too_many_requests_wait_until_midnight_in_utc() {
    let server = Server::start();
    let platform = page(&server);
    let request = sent(&*platform, &says("hello"));
    server.world().patience = Some(0);
    match platform.publish(&request).await {
        Outcome::RateLimited { until, .. } => {
            assert_eq!(until.timestamp() % 86_400, 0);
            assert!(until > now());
        }
        other => panic!("{other:?}"),
    }
    assert!(server.posts().is_empty());
}

#[tokio::test]
async fn an_answer_that_names_no_post_is_unknown() {
    let server = Server::start();
    server.world().names_posts = false;
    let platform = page(&server);
    let outcome = platform.publish(&sent(&*platform, &says("hello"))).await;
    assert!(matches!(outcome, Outcome::Unknown { .. }), "{outcome:?}");
    assert_eq!(server.posts().len(), 1);
}

#[tokio::test]
async fn the_text_of_what_is_out_is_changed_and_it_is_deleted_once() {
    let server = Server::start();
    let platform = page(&server);
    published(
        platform
            .publish(&sent(&*platform, &says("helo (all)")))
            .await,
    );
    let post = server.posts().remove(0);
    let better = says("hello (all)");
    assert!(platform.can_edit());
    assert_eq!(
        platform.edit(&there(&post), &better, &[]).await,
        Corrected::Done
    );
    assert_eq!(server.posts()[0].shown, "hello (all)");
    let mut pictured = better.clone();
    pictured.media.push(picture(&png(1), "a cat"));
    let refused = platform.edit(&there(&post), &pictured, &[]).await;
    assert!(matches!(refused, Corrected::Refused { .. }), "{refused:?}");
    assert_eq!(platform.delete(&there(&post)).await, Corrected::Done);
    assert_eq!(platform.delete(&there(&post)).await, Corrected::Done);
    assert_eq!(
        platform.edit(&there(&post), &better, &[]).await,
        Corrected::Gone
    );
    let nonsense = RemoteRef {
        id: "../v2/userinfo".to_owned(),
        ..RemoteRef::default()
    };
    let refused = platform.delete(&nonsense).await;
    assert!(matches!(refused, Corrected::Refused { .. }), "{refused:?}");
}

#[tokio::test]
async fn a_channel_without_a_token_says_how_to_get_one() {
    let error = connect(
        &channel(PlatformId::LinkedIn),
        Connection {
            app: OwnApp::default(),
            ..Connection::default()
        },
        &http(PATIENCE),
    )
    .unwrap_err();
    assert!(matches!(error, CallError::Unauthorized(_)), "{error:?}");
    assert!(error.to_string().contains("masthead login test"), "{error}");
}
