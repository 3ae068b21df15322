//! What follows a post on LinkedIn is a comment on it: on a strict server, from both requests to a lost answer and deletion.

use crate::common::lost::{look, look_for, lost};
use crate::common::{now, published, request};
use crate::linkedin::{connected, connection, member, page, page_with};
use crate::linkedin_server::{ADA, Comment, MEMBER_SCOPES, PAGE, Server, TOKEN, Token};
use masthead::domain::{
    Attempt, AttemptRequest, Content, Corrected, Facts, Outcome, Part, PartKind, PlatformId,
    Published, RemoteRef, Threading, Variant,
};
use masthead::platforms::{LookUp, Platform, next_in_thread};
use masthead::text::compose;
use serde_json::json;

/// The parts of a text with dividers, as the publisher composes them.
pub fn parts(text: &str) -> Vec<Part> {
    let content = Content {
        text: text.to_owned(),
        threading: Threading::On,
        ..Content::default()
    };
    let variant = Variant::inherits("test");
    let composed = compose(PlatformId::LinkedIn, &content, &variant, &Facts::default());
    assert!(composed.can_leave(), "{:?}", composed.problems);
    composed.parts
}

/// A post that is out, and the request of the comment that follows it.
async fn posted(platform: &dyn Platform, text: &str) -> (Published, AttemptRequest) {
    let parts = parts(text);
    let post = published(
        platform
            .publish(&request(platform, &parts[0], None, &[]))
            .await,
    );
    let answers = next_in_thread(&post, None);
    let comment = request(platform, &parts[1], Some(&answers), &[]);
    (post, comment)
}

fn reference(there: &Published) -> RemoteRef {
    RemoteRef {
        id: there.id.clone(),
        ..RemoteRef::default()
    }
}

/// Makes the first attempt at a comment one of a while ago.
fn aged(request: &AttemptRequest, minutes: i64) -> AttemptRequest {
    let began = now() - chrono::TimeDelta::minutes(minutes);
    AttemptRequest {
        key: began.to_rfc3339_opts(chrono::SecondsFormat::Millis, true),
        ..request.clone()
    }
}

#[tokio::test]
async fn a_comment_is_plain_text_in_the_authors_name_on_the_post_and_so_is_the_next_one() {
    let server = Server::start();
    let platform = page(&server);
    let all = parts("We are (open)!\n---\nThe address: https://example.org/a_(b) #rse\n---\nBye.");
    assert_eq!(all[0].text, "We are \\(open\\)!");
    let kinds: Vec<PartKind> = all.iter().map(|part| part.kind).collect();
    assert_eq!(
        kinds,
        [PartKind::Post, PartKind::Comment, PartKind::Comment]
    );
    let sent = crate::common::thread(&*platform, &all).await;
    let post = server.posts().remove(0);
    let comments = server.comments();
    let author = format!("urn:li:organization:{PAGE}");
    assert_eq!(
        comments[0].body,
        json!({"actor": author, "object": post.urn, "message": {"text": "The address: https://example.org/a_(b) #rse"}})
    );
    assert_eq!(comments[1].object, post.urn, "not on the first comment");
    let ids: Vec<String> = sent.iter().map(|(_, there)| there.id.clone()).collect();
    let named = |one: &Comment| format!("urn:li:comment:({},{})", post.urn, one.number);
    assert_eq!(
        ids,
        [post.urn.clone(), named(&comments[0]), named(&comments[1])]
    );
    assert_eq!(
        sent[1].1.permalink.as_deref(),
        Some(format!("https://www.linkedin.com/feed/update/{}/", post.urn).as_str())
    );
    // The last goes first; the second time it is gone.
    let (_, last) = &sent[2];
    assert_eq!(platform.delete(&reference(last)).await, Corrected::Done);
    assert_eq!(platform.delete(&reference(last)).await, Corrected::Gone);
    assert_eq!(server.comments().len(), 1);
    assert!(matches!(
        platform.edit(&reference(&sent[1].1), &all[1], &[]).await,
        Corrected::Refused { .. }
    ));
}

#[tokio::test]
async fn a_forbidden_comment_leaves_the_post_and_says_what_it_takes() {
    let server = Server::start();
    let old = Token::of(ADA, "w_organization_social,r_organization_social");
    server.world().tokens.insert("old".to_owned(), old);
    let platform = page_with(&server, "old");
    let (_, comment) = posted(&*platform, "post\n---\ncomment").await;
    let outcome = platform.publish(&comment).await;
    assert!(matches!(outcome, Outcome::Rejected { .. }), "{outcome:?}");
    let said = outcome.reason();
    assert!(said.contains("lacks w_organization_social_feed"), "{said}");
    assert!(said.contains("Community Management API"), "{said}");
    assert!(said.ends_with("; the post is out without it"), "{said}");
    // Who posts with what everybody is given may not comment with it.
    let platform = member(&server);
    platform.verify().await.unwrap();
    let (_, comment) = posted(&*platform, "mine\n---\ncomment").await;
    let outcome = platform.publish(&comment).await;
    assert!(matches!(outcome, Outcome::Rejected { .. }), "{outcome:?}");
    let said = outcome.reason();
    assert!(said.contains("lacks w_member_social_feed"), "{said}");
    assert!(said.contains("Community Management API"), "{said}");
    assert!(server.comments().is_empty());
    assert_eq!(server.posts().len(), 2);
}

#[tokio::test]
async fn a_post_that_is_not_known_yet_is_waited_for_and_one_that_is_gone_is_not() {
    let server = Server::start();
    let platform = page(&server);
    let (post, comment) = posted(&*platform, "post\n---\ncomment").await;
    server.world().settling = 1;
    let outcome = platform.publish(&comment).await;
    assert!(matches!(outcome, Outcome::NotReady { .. }), "{outcome:?}");
    published(platform.publish(&comment).await);
    assert_eq!(platform.delete(&reference(&post)).await, Corrected::Done);
    assert!(
        server.comments().is_empty(),
        "a post takes its comments with it"
    );
    let outcome = platform.publish(&aged(&comment, 5)).await;
    assert!(matches!(outcome, Outcome::Rejected { .. }), "{outcome:?}");
}

#[tokio::test]
async fn a_lost_comment_is_found_among_all_that_are_on_the_post() {
    let server = Server::start();
    let platform = page(&server);
    let (_, comment) = posted(&*platform, "post\n---\ncomment (1)").await;
    assert_eq!(look(&*platform, &comment, &[]).await, LookUp::Absent);
    let made = published(platform.publish(&comment).await);
    assert_eq!(
        look(&*platform, &comment, &[]).await,
        LookUp::Found(made.clone())
    );
    assert_eq!(
        look(&*platform, &comment, &[&made.id]).await,
        LookUp::Absent
    );
    // Others talk, some of it hidden from us: pages are read to the end.
    let first = server.comments().remove(0);
    server.world().comments.clear();
    for number in 0..45 {
        let text = match number {
            20..40 => "(hidden)".to_owned(),
            _ => format!("chatter {number}"),
        };
        server.world().comments.push(Comment {
            number,
            text,
            actor: "urn:li:person:somebody".to_owned(),
            ..first.clone()
        });
    }
    assert_eq!(look(&*platform, &comment, &[]).await, LookUp::Absent);
    server.world().comments.push(first.clone());
    assert_eq!(look(&*platform, &comment, &[]).await, LookUp::Found(made));
    // The same words of an hour ago are another comment.
    server.world().comments[45].created -= 3_600_000;
    assert_eq!(look(&*platform, &comment, &[]).await, LookUp::Absent);
}

#[tokio::test]
async fn what_could_be_it_asks_a_person_and_so_does_a_member() {
    let server = Server::start();
    let platform = page(&server);
    let (post, comment) = posted(&*platform, "post\n---\nsee https://example.org/long").await;
    published(platform.publish(&comment).await);
    let asks = |looked: &LookUp, why: &str| {
        assert!(
            matches!(looked, LookUp::CannotTell { reason } if reason.contains(why)),
            "{looked:?}"
        );
    };
    // An address may come back in another form.
    server.world().comments[0].text = "see https://lnkd.in/x".to_owned();
    asks(
        &look(&*platform, &comment, &[]).await,
        "could be it is there",
    );
    // Nothing can be said of what may not be read.
    let blind = Token::of(ADA, "w_organization_social,w_organization_social_feed");
    server.world().tokens.insert("blind".to_owned(), blind);
    let other = page_with(&server, "blind");
    let looked = look(&*other, &comment, &[]).await;
    asks(&looked, "lacks r_organization_social_feed");
    assert_eq!(platform.delete(&reference(&post)).await, Corrected::Done);
    asks(&look(&*platform, &comment, &[]).await, "cannot be read");

    let scopes = format!("{MEMBER_SCOPES},w_member_social_feed");
    server
        .world()
        .tokens
        .insert("granted".to_owned(), Token::of(ADA, &scopes));
    let own = connected(connection(&server, "granted"));
    own.verify().await.unwrap();
    let (post, comment) = posted(&*own, "mine\n---\ncomment").await;
    published(own.publish(&comment).await);
    assert_eq!(server.comments()[0].actor, format!("urn:li:person:{ADA}"));
    asks(&look(&*own, &comment, &[]).await, &post.permalink.unwrap());
}

#[tokio::test]
async fn a_comment_is_known_by_the_address_that_linkedin_shows_for_it() {
    let server = Server::start();
    let platform = page(&server);
    let (_, comment) = posted(&*platform, "post\n---\ncomment").await;
    published(platform.publish(&comment).await);
    let there = server.comments().remove(0);
    let number = there.number;
    let entry = format!("9{}", there.object.rsplit(':').next().unwrap());
    let shown = format!(
        "https://www.linkedin.com/feed/update/urn:li:activity:{entry}?commentUrn=urn%3Ali%3Acomment%3A%28activity%3A{entry}%2C{number}%29"
    );
    let found = platform.find_post(&shown).await.unwrap().unwrap();
    assert_eq!(
        found.id,
        format!("urn:li:comment:(urn:li:activity:{entry},{number})")
    );
    assert_eq!(platform.delete(&found).await, Corrected::Done);
    assert!(server.comments().is_empty());
}

#[tokio::test]
async fn an_expired_token_makes_no_comment_and_a_damaged_one_names_no_post() {
    let server = Server::start();
    let platform = page(&server);
    let (_, comment) = posted(&*platform, "post\n---\ncomment").await;
    server.world().tokens.get_mut(TOKEN).unwrap().expired = true;
    let outcome = platform.publish(&comment).await;
    assert!(
        matches!(outcome, Outcome::Unauthorized { .. }),
        "{outcome:?}"
    );
    let nowhere = request(&*platform, &parts("a\n---\nb")[1], None, &[]);
    let outcome = platform.publish(&nowhere).await;
    assert!(matches!(outcome, Outcome::Rejected { .. }), "{outcome:?}");
    assert_eq!(server.posts().len(), 1, "a comment never becomes a post");
}

#[tokio::test]
async fn a_duplicate_that_is_shown_late_is_found_and_others_stay_unknown() {
    let server = Server::start();
    let platform = page(&server);
    let all = parts("hello\n---\nthere");
    let post = request(&*platform, &all[0], None, &[]);
    let made = published(platform.publish(&post).await);
    server.world().unread.insert(made.id.clone());
    let outcome = platform.publish(&post).await;
    assert!(
        matches!(&outcome, Outcome::Duplicate { of: Some(of), .. } if *of == made.id),
        "{outcome:?}"
    );
    let refused = Attempt {
        outcome: Some(outcome),
        ..lost(&post, now())
    };
    let again = || look_for(&*platform, &refused, &[]);
    assert!(matches!(again().await, LookUp::CannotTell { .. }));
    server.world().unread.clear();
    assert!(matches!(again().await, LookUp::Found(there) if there.id == made.id));
    // The text has changed since: that is no proof.
    server.world().posts[0].commentary = "something else".to_owned();
    assert!(matches!(again().await, LookUp::CannotTell { .. }));
}
